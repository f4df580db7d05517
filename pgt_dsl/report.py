"""Diagnostics as people read them (source line, carets, help) and as programs do (JSON)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pgt_dsl.diagnostics import Diagnostic, Label
from pgt_dsl.source import Source

_WIDTH = 100  # columns of a source line that are shown
_TAB = 4
_RED, _YELLOW, _BLUE, _BOLD, _PLAIN = "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m", "\x1b[1m", "\x1b[0m"


def render_all(diagnostics: Iterable[Diagnostic], color: bool = False) -> str:
    """All diagnostics with a closing line that counts them; the empty text for none. Each as by ``render_text``."""
    found = list(diagnostics)
    if not found:
        return ""
    errors = sum(d.severity == "error" for d in found)
    counts = [
        f"{number} {word}{'' if number == 1 else 's'}"
        for number, word in ((errors, "error"), (len(found) - errors, "warning"))
        if number
    ]
    return "\n\n".join([*(render_text(d, color) for d in found), ", ".join(counts)])


def render_text(d: Diagnostic, color: bool = False) -> str:
    """A diagnostic with its place, the lines of source with carets under them, and its help, without final newline."""
    mark = _RED if d.severity == "error" else _YELLOW
    paint = _painter(color)
    lines = [paint(f"{d.severity}[{d.code}]", mark) + paint(f": {_safe(d.message)}", _BOLD)]
    labels = [(d.label, True)] if d.label else []
    labels += [(label, False) for label in d.others]
    sources: list[Source] = []
    for label, _ in labels:
        if not any(label.span.source is known for known in sources):
            sources.append(label.span.source)
    numbers = [label.span.source.line_column(label.span.start)[0] for label, _ in labels]
    width = max((len(str(n)) for n in numbers), default=1)
    for source in sources:
        mine = [(label, first) for label, first in labels if label.span.source is source]
        line, column = source.line_column(mine[0][0].span.start)
        arrow = "-->" if source is sources[0] else ":::"
        lines.append(f"{' ' * width}{paint(arrow, _BLUE)} {_safe(source.name)}:{line}:{column}")
        if source.text:
            lines += _snippet(source, mine, width, mark, color)
    for text in d.help:
        first, *rest = _safe(text).split("\n")
        lines.append(f"{' ' * width} {paint('=', _BLUE)} help: {first}")
        lines += [f"{' ' * width}         {line}" for line in rest]
    return "\n".join(lines)


def to_json(d: Diagnostic) -> dict[str, Any]:
    """A diagnostic as plain data. Lines and columns count from 1; ``end_column`` is the first one after the span.

    Keys: code, severity, message, file, line, column, end_line, end_column, label, others (of the same places and
    labels), help (a list of texts). Without a place, file to end_column are None.
    """
    return {
        "code": d.code,
        "severity": d.severity,
        "message": d.message,
        **_place(d.label),
        "others": [_place(label) for label in d.others],
        "help": list(d.help),
    }


def _place(label: Label | None) -> dict[str, Any]:
    if label is None:
        return dict.fromkeys(("file", "line", "column", "end_line", "end_column"), None) | {"label": ""}
    source = label.span.source
    line, column = source.line_column(label.span.start)
    end_line, end_column = source.line_column(label.span.end)
    return {
        "file": source.name,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "label": label.text,
    }


class _Painter:
    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, text: str, code: str) -> str:
        return f"{code}{text}{_PLAIN}" if self.color and text else text


def _painter(color: bool) -> _Painter:
    return _Painter(color)


def _safe(text: str) -> str:
    """Text without control characters, which could rewrite the terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\u{{{ord(c):x}}}" for c in text)


def _columns(line: str) -> tuple[str, list[int]]:
    """A source line as it is shown, and for each offset in it (and its end) the column shown, from 0."""
    shown, columns = "", []
    for char in line:
        columns.append(len(shown))
        if char == "\t":
            shown += " " * (_TAB - len(shown) % _TAB)
        else:
            shown += char if char.isprintable() else "\N{REPLACEMENT CHARACTER}"
    return shown, [*columns, len(shown)]


def _snippet(source: Source, labels: list[tuple[Label, bool]], width: int, mark: str, color: bool) -> list[str]:
    """The lines of a source that hold labels, with the carets under each, in the order of the lines."""
    paint = _painter(color)
    bar = paint(" " * width + " |", _BLUE)
    by_line: dict[int, list[tuple[Label, bool]]] = {}
    for label, first in labels:
        by_line.setdefault(source.line_column(label.span.start)[0], []).append((label, first))
    out, before = [bar], 0
    for number in sorted(by_line):
        if before and number > before + 1:
            out.append(paint(" " * width + "...", _BLUE))
        before = number
        shown, columns = _columns(source.line(number))
        marks = [(*_extent(label, number, columns), first, label.text) for label, first in by_line[number]]
        left, right = _window(len(shown), marks)
        text = ("..." if left else "") + shown[left:right].rstrip() + ("..." if right < len(shown) else "")
        shift = (3 if left else 0) - left
        gutter = paint(f"{number:>{width}} |", _BLUE)
        out.append(f"{gutter} {text}".rstrip())
        moved = [(a + shift, min(b, right) + shift, first, _safe(words)) for a, b, first, words in marks]
        out += [f"{bar} {line}".rstrip() for line in _carets(moved, mark, color)]
    return out


def _extent(label: Label, number: int, columns: list[int]) -> tuple[int, int]:
    """The columns shown that a label covers on its first line; at least one."""
    start = label.span.source.line_column(label.span.start)[1] - 1
    end_line, end = label.span.source.line_column(label.span.end)
    last = len(columns) - 1
    start = min(start, last)
    end = last if end_line > number else min(end - 1, last)
    return columns[start], max(columns[end], columns[start] + 1)


def _window(length: int, marks: list[tuple[int, int, bool, str]]) -> tuple[int, int]:
    """The stretch of a wide line to show: around its primary mark, or its first."""
    if length <= _WIDTH:
        return 0, max(length, *(b for _, b, _, _ in marks))
    start = next((a for a, _, first, _ in marks if first), marks[0][0])
    left = max(0, min(start - _WIDTH // 3, length - _WIDTH))
    return left, left + _WIDTH


def _carets(marks: list[tuple[int, int, bool, str]], mark: str, color: bool) -> list[str]:
    """The caret line, and below it the words of the marks that do not fit beside their own."""
    paint = _painter(color)
    shown = sorted((m for m in marks if m[1] > 0 and m[0] >= 0), key=lambda m: (m[0], not m[2]))
    cells: dict[int, bool] = {}
    for start, end, first, _ in shown:
        for column in range(start, max(end, start + 1)):
            cells[column] = cells.get(column, False) or first
    line, column = "", 0
    for at in sorted(cells):
        sign = "^" if cells[at] else "-"
        line += " " * (at - column) + paint(sign, mark if cells[at] else _BLUE)
        column = at + 1
    if color:
        line = line.replace(_PLAIN + mark, "").replace(_PLAIN + _BLUE, "")
    lines = [line]
    for number, (start, _, first, words) in enumerate(reversed(shown)):
        if not words:
            continue
        painted = paint(words, mark if first else _BLUE)
        if number == 0:
            lines[0] += " " + painted
        else:
            lines.append(" " * start + painted)
    return lines
