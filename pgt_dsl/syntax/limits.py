"""What a spec may at most be: a spec is data from strangers, so every size has a bound, checked before it can hurt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lark import Token, Tree

from pgt_dsl.diagnostics import Collector, SpecError
from pgt_dsl.source import Source, Span
from pgt_dsl.syntax.lalr import terminal_pattern

MAX_BYTES = 256 * 1024
MAX_DEPTH = 64
MAX_HOLE_DEPTH = 24
MAX_STATEMENTS = 2_000
MAX_TEXT = 2_000
MAX_ITEMS = 1_000
MAX_NUMBER = 1e9
MAX_DIGITS = 40
MAX_WORDS = 40_000
MAX_ERRORS = 20

_HOLE_COST = 8  # a hole takes about as long to parse as this many words

_SPLIT = "split it into modules, and `use` them"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NESTING = frozenset(
    ("choose", "binary", "unary", "call", "dot", "index", "pair", "list", "paren", "number", "string", "name")
)


@dataclass(frozen=True, slots=True)
class Scan:
    """What a first look over a text finds: comments, and brackets as ``(offset, char)``, both in order."""

    comments: tuple[tuple[int, int], ...]
    brackets: tuple[tuple[int, str], ...]


def read_source(path: str | Path, name: str | None = None) -> Source:
    """The file ``path`` as a ``Source`` named ``name`` (or as the path is written).

    Raises ``SpecError`` with a P2xx or L601 diagnostic if it is missing, a folder, unreadable, too large or not UTF-8.
    """
    path, shown = Path(path), name or str(path)
    errors = Collector()
    where = Span(Source(shown, ""), 0, 0)
    data = b""
    try:
        if path.is_dir():
            errors.error("P202", f"`{shown}` is a folder, not a spec", where, help="name a file that ends in `.pgt`")
        elif path.exists() and not path.is_file():
            errors.error("P203", f"`{shown}` is not an ordinary file", where)
        else:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        errors.error("P201", f"there is no file `{shown}`", where)
    except (OSError, ValueError) as problem:
        words = problem.strerror if isinstance(problem, OSError) else str(problem)
        errors.error("P203", f"`{shown}` cannot be read: {words}", where)
    errors.raise_errors()
    if len(data) > MAX_BYTES:
        _too_big(errors, where)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        if not errors.has_errors:
            before = data[: problem.start].decode("utf-8", "replace")
            source = Source(shown, data.decode("utf-8", "replace"))
            span = Span(source, len(before), len(before) + 1)
            errors.error("P204", "this file is not UTF-8 text", span, "no UTF-8 here", help="save it as UTF-8")
    errors.raise_errors()
    return Source(shown, text)


def _too_big(errors: Collector, where: Span) -> None:
    errors.error("L601", f"a spec holds at most {MAX_BYTES // 1024} KB", where, help=_SPLIT)


@lru_cache(maxsize=1)
def _scanner() -> re.Pattern[str]:
    text = terminal_pattern("STRING")
    return re.compile(rf'(?P<text>{text}|"[^\n]*)|(?P<comment>#[^\n]*)|(?P<bracket>[()\[\]{{}}])|\w[\w.]*|[^\w\s]')


def scan(source: Source, errors: Collector) -> Scan:
    """Look over the whole text once and record what passes the limits that need no parse.

    Raises ``SpecError`` at once for what makes parsing pointless (size, control characters, deep brackets).
    """
    text = source.text
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        _too_big(errors, Span(source, 0, 0))
        errors.raise_errors()
    for number, match in enumerate(_CONTROL.finditer(text)):
        if number < 3:
            what = f"the control character U+{ord(match[0]):04X} stands here"
            errors.error("L607", what, Span(source, *match.span()), help="a spec is plain text: delete it")
    errors.raise_errors()
    comments: list[tuple[int, int]] = []
    brackets: list[tuple[int, str]] = []
    depth = words = 0
    for match in _scanner().finditer(text):
        kind, start, end = match.lastgroup, match.start(), match.end()
        words += 1
        if kind == "comment":
            comments.append((start, len(text[start:end].rstrip()) + start))
        elif kind == "bracket":
            brackets.append((start, match[0]))
            depth = depth + 1 if match[0] in "([{" else max(0, depth - 1)
            if depth > MAX_DEPTH:
                too_deep(errors, Span(source, start, end), MAX_DEPTH)
                errors.raise_errors()
        elif kind == "text":
            words += _HOLE_COST * text.count("{", start, end)
            if end - start - 2 > MAX_TEXT:
                message = f"a text holds at most {MAX_TEXT:,} characters, this one has {end - start - 2:,}"
                errors.error("L604", message, Span(source, start, start + 20), "begins here")
        if words > MAX_WORDS:
            message = f"a file holds at most {MAX_WORDS:,} words and signs"
            errors.error("L608", message, Span(source, start, end), "too much from here on", help=_SPLIT)
            break
    errors.raise_errors()
    return Scan(tuple(comments), tuple(brackets))


def too_deep(errors: Collector, span: Span, most: int) -> None:
    """Record that an expression is nested more than ``most`` levels deep."""
    errors.error(
        "L602",
        f"this is nested more than {most} levels deep",
        span,
        help="name parts of it with `let`, and use the names",
    )


def check_number(digits: str, span: Span, errors: Collector) -> None:
    """Record a number that is too large, or has too many digits, to mean anything in a picture."""
    if len(digits) > MAX_DIGITS:
        errors.error("L605", f"a number has at most {MAX_DIGITS} digits", span, f"{len(digits):,} characters")
    elif float(digits) > MAX_NUMBER:
        errors.error("L605", f"a number is at most {MAX_NUMBER:,.0f}", span, help="a picture has no use for it")


def check_count(items: Sequence[object], span: Span, errors: Collector) -> None:
    """Record a list with too many items."""
    if len(items) > MAX_ITEMS:
        message = f"a list holds at most {MAX_ITEMS:,} items, this one has {len(items):,}"
        errors.error("L606", message, span, help="a range (`0 .. 9`), `grid` or `repeat` says it shorter")


def check_statements(count: int, span: Span, errors: Collector) -> None:
    """Record a file with too many statements."""
    if count > MAX_STATEMENTS:
        message = f"a file holds at most {MAX_STATEMENTS:,} statements, this one has {count:,}"
        errors.error("L603", message, span, help=_SPLIT)


def deep_part(tree: Tree[Token], most: int) -> tuple[int, int] | None:
    """The offsets of an expression that lies more than ``most`` levels deep, or None. Needs no recursion."""
    stack: list[tuple[Tree[Token], int]] = [(tree, 0)]
    while stack:
        node, depth = stack.pop()
        if depth > most:
            return node.meta.start_pos, node.meta.end_pos
        for child in node.children:
            if isinstance(child, Tree):
                stack.append((child, depth + (child.data in _NESTING)))
    return None


def raise_if(errors: Collector) -> None:
    """Raise ``SpecError`` with the findings in source order (at most ``MAX_ERRORS``) if there is an error."""
    if errors.has_errors:
        found = sorted(errors.found, key=lambda d: d.label.span.start if d.label else -1)
        raise SpecError(found[:MAX_ERRORS])
