"""A small document algebra for the formatter: groups laid flat where they fit, and broken elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 110


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a broken group starts a new line; ``flat`` stands there otherwise."""

    flat: str = " "


@dataclass(frozen=True, slots=True)
class Group:
    """Parts that are laid on one line if they fit; otherwise every ``Break`` of the group is a new line.

    The lines after the first are indented by ``indent`` more than the line on which the group begins.
    """

    parts: tuple[Doc, ...]
    indent: int = 2


Doc = str | Break | Group
LINE, SOFT = Break(" "), Break("")


def flat(doc: Doc) -> str:
    """The document on one line."""
    if isinstance(doc, str):
        return doc
    if isinstance(doc, Break):
        return doc.flat
    return "".join(map(flat, doc.parts))


def lay(doc: Doc, indent: int = 0, column: int = 0, reserve: int = 0, width: int = WIDTH) -> str:
    """The document laid out from ``column`` on, on a line indented by ``indent``.

    ``reserve`` columns are kept free for what follows the document on its last line.
    """
    if isinstance(doc, str):
        return doc
    whole = flat(doc)
    if isinstance(doc, Break) or column + len(whole) + reserve <= width:
        return whole
    out = ""
    inner = indent + doc.indent
    for number, part in enumerate(doc.parts):
        if isinstance(part, Break):
            last = all(isinstance(p, str) and p in ")]" for p in doc.parts[number + 1 :])
            at = indent if last else inner
            out = out.rstrip(" ") + "\n" + " " * at
            column = at
            continue
        after = 0
        for following in doc.parts[number + 1 :]:
            if isinstance(following, Break):
                break
            after += len(flat(following))
        piece = lay(part, max(indent, inner if "\n" in out else indent), column, min(after, 30), width)
        out += piece
        column = len(piece) - piece.rfind("\n") - 1 if "\n" in piece else column + len(piece)
    return out
