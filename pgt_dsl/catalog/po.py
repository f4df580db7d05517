"""PO files, read by Babel, with the place in the file of every character of a translation."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pgt_dsl.diagnostics import Collector, PgtError
from pgt_dsl.languages.plurals import babel
from pgt_dsl.source import Source, Span

SUFFIX = ".po"
MAX_BYTES = 4 * 1024 * 1024
_LINE = re.compile(r'[ \t]*(?:msgstr(?:\[\d+\])?[ \t]*)?"((?:[^"\\]|\\.)*)"[ \t]*$')
_ANY_LINE = re.compile(
    r'[ \t]*(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)[ \t]*)?"(?:[^"\\]|\\.)*"[ \t]*)?'
)
_KEYWORD = re.compile(r"[ \t]*(msgctxt|msgid)(?=[ \t\"]|$)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class Entry:
    """A message: the text of a spec, its translation ("" for none), and for each character of that, and for its end,
    where it stands in the file. ``head`` is the place of the whole ``msgid``."""

    source: Source
    context: str
    text: str
    translated: str
    offsets: tuple[int, ...]
    head: Span
    fuzzy: bool = False

    def span(self, start: int, end: int) -> Span:
        """The place of some characters of the translation."""
        last = len(self.offsets) - 1
        first = self.offsets[min(start, last)]
        stop = self.offsets[min(max(end - 1, start), last)] + (0 if end > last else 1)
        return Span(self.source, first, max(stop, first))

    @property
    def whole(self) -> Span:
        """The place of the translation."""
        return self.span(0, len(self.translated)) if self.translated else self.head


def read_po(path: Path) -> tuple[Entry, ...]:
    """The messages of a file, but for its head and what is marked as obsolete.

    Raises ``SpecError`` when it is no PO file, ``PgtError`` when it cannot be read or Babel is not installed.
    """
    try:
        data = path.stat()
        return _read(path, data.st_mtime_ns, data.st_size)
    except OSError as error:
        raise PgtError(f"cannot read the catalogue `{path}`: {error.strerror or error}") from error


@lru_cache(maxsize=64)
def _read(path: Path, changed: int, size: int) -> tuple[Entry, ...]:
    if size > MAX_BYTES:
        raise PgtError(f"{path}: a catalogue has at most {MAX_BYTES:,} bytes")
    try:
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise PgtError(f"{path}: a catalogue is UTF-8 text; this file is not") from None
    return tuple(parsed(Source(str(path), text)))


def parsed(source: Source) -> Iterator[Entry]:
    """The messages of a text. Raises ``SpecError``."""
    babel()
    from babel.messages.pofile import PoFileError
    from babel.messages.pofile import read_po as read

    errors = Collector()
    start = 0
    for line in source.text.split("\n"):  # Babel reads over much that is no message
        if not _ANY_LINE.fullmatch(line):
            _no_po(errors, source, start, line, "this line is neither a message nor a comment")
        start += len(line) + 1
    errors.raise_errors()
    try:
        catalog = read(io.StringIO(source.text), abort_invalid=True)
    except (PoFileError, ValueError, UnicodeError) as error:
        number = getattr(error, "lineno", 0) or 1
        line = source.line(number)
        start = sum(len(source.line(n)) + 1 for n in range(1, number))
        _no_po(errors, source, start, line, f"this is not a PO file: {error}")
        errors.raise_errors()
    starts = [0]
    for line in source.text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    _twice(source, starts, errors)
    for message in catalog:
        if message.id:
            yield _entry(source, message, starts, errors)
    errors.raise_errors()


def _twice(source: Source, starts: list[int], errors: Collector) -> None:
    """Records messages that stand in the file twice, of which Babel keeps the last."""
    seen: dict[tuple[str, str], Span] = {}
    said = {"msgctxt": "", "msgid": ""}
    at, last = Span(source, 0, 0), ""
    for number, line in enumerate([*source.text.split("\n"), "msgid"]):
        head = _KEYWORD.match(line)
        if head is not None and head[1] in said:
            if last == "msgstr":
                key = said["msgctxt"], said["msgid"]
                other = seen.setdefault(key, at)
                if other is not at and key[1]:
                    errors.error(
                        "C908", "this text stands in the catalogue twice", at, "again", others=[(other, "the first")],
                        help='take one away, or give one `msgctxt "TASK"`, the name of the task that it is for',
                    )  # fmt: skip
                said = {"msgctxt": "", "msgid": ""}
            if head[1] == "msgid":
                at = Span(source, starts[number], starts[number] + len(line))
        last = "msgstr" if line.startswith("msgstr") else head[1] if head is not None else last
        text = _QUOTED.search(line)
        if text is not None and last in said and not line.startswith("#"):
            said[last] += text[1]


def _no_po(errors: Collector, source: Source, start: int, line: str, message: str) -> None:
    errors.error("C901", message, Span(source, start, start + len(line)),
                 help='a message is a line `msgid "..."` and below it a line `msgstr "..."`')  # fmt: skip


def _entry(source: Source, message: Any, starts: list[int], errors: Collector) -> Entry:
    several = isinstance(message.id, list | tuple)
    text = str(message.id[0] if several else message.id)
    lines = source.text.split("\n")
    number = max(int(message.lineno or 1) - 1, 0)
    while number < len(lines) - 1 and not lines[number].lstrip().startswith("msgid"):
        number += 1
    head = Span(source, starts[number], starts[number] + len(lines[number]))
    if several:
        errors.error(
            "C906", "plural forms stand within the text here, not in `msgid_plural`", head,
            help="a text may have several numbers: write `msgid` alone, and the forms of each word in its hole, as in "
            "`{n|Kreis|Kreise}`",
        )  # fmt: skip
    translated, offsets = _translated(lines, starts, number)
    return Entry(source, str(message.context or ""), text, translated, offsets, head, "fuzzy" in message.flags)


def _translated(lines: list[str], starts: list[int], number: int) -> tuple[str, tuple[int, ...]]:
    """The text behind ``msgstr`` and the place of each of its characters."""
    while number < len(lines) and not lines[number].lstrip().startswith("msgstr"):
        number += 1
    letters: list[str] = []
    offsets: list[int] = []
    end = starts[min(number, len(starts) - 1)]
    first = True
    while number < len(lines):
        match = _LINE.match(lines[number])
        if match is None or (not first and lines[number].lstrip().startswith("msgstr")):
            break
        first = False
        base, at = starts[number] + match.start(1), 0
        body = match[1]
        while at < len(body):
            escape = _ESCAPE.match(body, at)
            letters.append(_ESCAPES.get(escape[1], escape[1]) if escape else body[at])
            offsets.append(base + at)
            at += 2 if escape else 1
        end = base + len(body)
        number += 1
    return "".join(letters), (*offsets, end)
