"""Texts taken apart: escapes, and the holes ``{expr}``, ``{expr:format}``, ``{expr|one|other}`` with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pgt_dsl.diagnostics import Collector
from pgt_dsl.source import Source, Span

_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "{": "{", "}": "}", "|": "|"}
_REST = re.compile(r'((?:[^{}"\\\n]|\\.|"(?:[^{}"\\\n]|\\.)*")*)\}')  # of a hole, as in the grammar's STRING
_STEP = re.compile(r'\\.|"(?:[^{}"\\\n]|\\.)*"|[(\[]|[)\]]|[:|]')


@dataclass(frozen=True, slots=True)
class RawHole:
    """A hole before its expression is parsed; ``start`` and ``end`` include the braces."""

    start: int
    end: int
    expr_start: int
    expr_end: int
    format: str | None = None
    choices: tuple[str, ...] = ()


def split(source: Source, start: int, end: int, errors: Collector) -> tuple[str | RawHole, ...]:
    """The parts of a string literal that lies at ``[start, end)``, quotes included; what is wrong is recorded."""
    text, parts, letters = source.text, list[str | RawHole](), list[str]()
    at, stop = start + 1, end - 1
    while at < stop:
        char, pair = text[at], text[at : at + 2]
        if char == "\\":
            letters.append(_unescape(source, at, errors))
            at += 2
        elif pair in ("{{", "}}") and at + 1 < stop:
            letters.append(char)
            at += 2
        elif char == "{":
            match = _REST.match(text, at + 1, stop)
            if match is None:
                _unclosed(source, at, stop, errors)
                break
            if letters:
                parts.append("".join(letters))
                letters.clear()
            hole = _hole(source, at, match.end(), errors)
            if hole is not None:
                parts.append(hole)
            at = match.end()
        else:
            if char == "}":
                errors.error(
                    "P116", "this `}` closes nothing", Span(source, at, at + 1), help="a brace as such is written `}}`"
                )
            letters.append(char)
            at += 1
    if letters:
        parts.append("".join(letters))
    return tuple(parts)


def _unescape(source: Source, at: int, errors: Collector) -> str:
    char = source.text[at + 1]
    if char not in _ESCAPES:
        errors.error(
            "P129",
            f"there is no escape `\\{char}`",
            Span(source, at, at + 2),
            help=r"the escapes are `\"`, `\\`, `\n`, `\{`, `\}` and `\|`; a backslash as such is `\\`",
        )
    return _ESCAPES.get(char, char)


def _unclosed(source: Source, at: int, stop: int, errors: Collector) -> None:
    text = source.text
    inner = text.find("{", at + 1, stop)
    closing = text.find("}", at, stop)
    if 0 <= inner < closing:
        errors.error(
            "P114",
            "a hole cannot hold another hole",
            Span(source, at, at + 1),
            "this hole",
            others=[(Span(source, inner, inner + 1), "has another one inside")],
            help="name the inner text with `let` and use the name",
        )
    else:
        errors.error(
            "P114",
            "this hole is not closed",
            Span(source, at, at + 1),
            "opened here",
            help=["close it with `}`", "a brace as such is written `{{`"],
        )


def _hole(source: Source, start: int, end: int, errors: Collector) -> RawHole | None:
    """The hole at ``[start, end)``, braces included. The first ``:`` or ``|`` outside brackets ends its expression."""
    text, first, last = source.text, start + 1, end - 1
    whole = Span(source, start, end)
    depth, marks = 0, list[int]()
    for match in _STEP.finditer(text, first, last):
        sign = match[0]
        if sign in ("(", "["):
            depth += 1
        elif sign in (")", "]"):
            depth -= 1
        elif (sign == "|" or (sign == ":" and not marks)) and depth <= 0:
            marks.append(match.start())
            if sign == ":":
                break
            depth = -last  # from here on brackets are ordinary characters of the choices
    expr_end = marks[0] if marks else last
    if not text[first:expr_end].strip():
        errors.error("P115", "this hole is empty", whole, help="put a name or an expression in it: `{a}`, `{n + 1}`")
        return None
    if not marks:
        return RawHole(start, end, first, last)
    if text[expr_end] == ":":
        format = text[expr_end + 1 : last].strip()
        if not format:
            errors.error("P130", "this hole has no format after its `:`", whole, help="drop the `:`, or name a format")
            return None
        return RawHole(start, end, first, expr_end, format=format)
    ends = [*marks[1:], last]
    choices = tuple(_choice(source, mark + 1, stop, errors) for mark, stop in zip(marks, ends, strict=True))
    return RawHole(start, end, first, expr_end, choices=choices)


def _choice(source: Source, start: int, end: int, errors: Collector) -> str:
    def unescaped(match: re.Match[str]) -> str:
        return _unescape(source, start + match.start(), errors)

    return re.sub(r"\\.", unescaped, source.text[start:end])
