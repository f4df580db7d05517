"""After a syntax error: the file is taken apart at its statements, so that each wrong one gives its own diagnostic."""

from __future__ import annotations

import re
from typing import Any

from lark import Token, Tree
from lark.exceptions import UnexpectedInput
from lark.utils import TextSlice

from pgt_dsl.diagnostics import Collector
from pgt_dsl.source import Source
from pgt_dsl.syntax import hints, limits
from pgt_dsl.syntax.lalr import parser

_AFTER_RESERVED = r"\b(?=[ \t]+[^\s.,=~)\]])"  # what cannot begin a statement's rest begins no statement
_AFTER_SOFT = r"(?=[ \t]+[A-Za-z0-9\"(\[-])"
_STATEMENT = re.compile(
    rf"^(?:(?:use|let|pick|def|require|twin|ask|task|module){_AFTER_RESERVED}|"
    rf"(?:background|shape|kind|canvas)\b{_AFTER_SOFT})",
    re.M,
)
_NESTED = re.compile(rf"^[ \t]+(?:(?:let|require){_AFTER_RESERVED}|shape\b{_AFTER_SOFT})", re.M)
_HEADER = re.compile(r"(?:\s|#[^\n]*\n)*(task|module)\b")
_LONGEST_JOIN = 20_000


def parts(
    source: Source, scan: limits.Scan, problem: UnexpectedInput, errors: Collector
) -> tuple[Tree[Token] | None, list[Tree[Token]]]:
    """The header and the statements that can be parsed; an error for each other one (at least one in all)."""
    text = source.text
    header = _HEADER.match(text)
    if header is None:
        start = next((m.start() for m in re.finditer(r"^[ \t]*[^#\s]", text, re.M)), 0)
        hints.missing_header(source, start, errors)
    starts = [m.start() for m in _STATEMENT.finditer(text)]
    if not starts or starts[0] > 0:
        starts.insert(0, 0)
    ends = [*starts[1:], len(text)]
    head, items = None, list[Tree[Token]]()
    at = 0
    while at < len(starts) and len(errors.found) < limits.MAX_ERRORS:
        begin, end = starts[at], ends[at]
        first_part = header is not None and begin <= header.start(1) < end
        found = _try(text, begin, end, "start" if first_part else "items")
        if isinstance(found, UnexpectedInput):
            joined = _balanced(text, scan, starts, ends, at)
            again = _try(text, begin, ends[joined], "start" if first_part else "items") if joined > at else found
            if isinstance(again, UnexpectedInput):
                hints.explain(found, source, begin, end, errors)
                items += _inside(source, found, begin, end, errors)
            else:
                found, at = again, joined
        if not isinstance(found, UnexpectedInput):
            children: list[Any] = list(found.children)
            if first_part:
                head, children = children[0], children[1:]
            items += children
        at += 1
    if not errors.has_errors:  # the statements are right one by one, and only wrong together
        hints.explain(problem, source, 0, len(text), errors)
    return head, items


def _try(text: str, start: int, end: int, rule: str) -> Tree[Token] | UnexpectedInput:
    try:
        return parser().parse(TextSlice(text, start, end), start=rule)
    except UnexpectedInput as problem:
        return problem


def _balanced(text: str, scan: limits.Scan, starts: list[int], ends: list[int], at: int) -> int:
    """The last part that must be joined to part ``at`` for its brackets to balance (``at`` itself if they do)."""
    depth, number = 0, at
    for offset, char in scan.brackets:
        if offset < starts[at]:
            continue
        while offset >= ends[number]:
            if depth <= 0:
                return number
            number += 1
        if offset - starts[at] > _LONGEST_JOIN:
            return at
        depth += 1 if char in "([{" else -1
    return number if depth <= 0 else at


def _inside(source: Source, problem: UnexpectedInput, start: int, end: int, errors: Collector) -> list[Tree[Token]]:
    """Go on at the next statement within a ``kind`` after an error in it."""
    text = source.text
    if not text.startswith("kind", start):
        return []
    found: list[Tree[Token]] = []
    place = hints.offset_of(problem, end)
    starts = [m.start() for m in _NESTED.finditer(text, start, end) if m.start() > place]
    for begin, stop in zip(starts, [*starts[1:], end], strict=True) if starts else ():
        if stop == end:
            closing = text.rfind("}", begin, end)
            stop = closing if closing >= 0 and not text[closing + 1 : end].split("#")[0].strip() else end
        tried = _try(text, begin, stop, "items")
        if isinstance(tried, UnexpectedInput):
            hints.explain(tried, source, begin, stop, errors)
        else:
            found += [child for child in tried.children if isinstance(child, Tree)]
        if len(errors.found) >= limits.MAX_ERRORS:
            break
    return found
