"""Expressions of lark's tree made into the nodes of ``tree.py``, with spans, and the holes of texts parsed in place."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from typing import Any, cast

from lark import Token
from lark.exceptions import UnexpectedInput
from lark.utils import TextSlice

from pgt_dsl.diagnostics import Collector
from pgt_dsl.source import Source, Span
from pgt_dsl.syntax import hints, holes, limits
from pgt_dsl.syntax import tree as t
from pgt_dsl.syntax.lalr import parser

Parsed = Any  # a lark Tree; its children (trees, tokens, None) have no more precise common type

_NUMBER = re.compile(r"([0-9.]+)(.*)")


class ExprBuilder:
    """Builds the expressions of one source; what is wrong is recorded in ``errors``."""

    def __init__(self, source: Source, scan: limits.Scan, errors: Collector) -> None:
        self.source = source
        self.scan = scan
        self.errors = errors
        self.docs: set[int] = set()  # indices of the comments that became docs

    def span(self, parsed: Parsed) -> Span:
        """The span of a tree."""
        return Span(self.source, parsed.meta.start_pos, parsed.meta.end_pos)

    def at(self, token: Token) -> Span:
        """The span of a token."""
        return Span(self.source, cast(int, token.start_pos), cast(int, token.end_pos))

    def doc_above(self, start: int) -> str:
        """The text of the ``##`` lines that stand directly above the statement at ``start``."""
        text, lines, found = self.source.text, list[str](), list[int]()
        number = bisect_left(self.scan.comments, (start, 0)) - 1
        while number >= 0:
            first, last = self.scan.comments[number]
            gap = text[last:start]
            own_line = not text[text.rfind("\n", 0, first) + 1 : first].strip()
            if gap.strip() or gap.count("\n") != 1 or not own_line or not text.startswith("##", first):
                break
            lines.append(text[first + 2 : last].removeprefix(" "))
            found.append(number)
            start, number = first, number - 1
        doc = "\n".join(reversed(lines))
        if doc:
            self.docs.update(found)
        return doc

    # texts ----------------------------------------------------------------------------------

    def plain(self, token: Token, what: str) -> str:
        """The value of a string literal that may have no holes."""
        span, value = self.at(token), ""
        for part in holes.split(self.source, span.start, span.end, self.errors):
            if isinstance(part, str):
                value += part
            else:
                hole = Span(self.source, part.start, part.end)
                self.errors.error(
                    "P117", f"{what} has no holes", hole, help="write it out; braces as such are `{{` and `}}`"
                )
        return value

    def text(self, token: Token) -> t.Text:
        """A string literal with its holes."""
        span = self.at(token)
        parts: list[str | t.Hole] = []
        for part in holes.split(self.source, span.start, span.end, self.errors):
            if isinstance(part, str):
                parts.append(part)
                continue
            expr = self._hole(part)
            if expr is not None:
                hole = Span(self.source, part.start, part.end)
                parts.append(t.Hole(expr, part.format, part.choices, span=hole))
        return t.Text(tuple(parts), span=span)

    def _hole(self, hole: holes.RawHole) -> t.Expr | None:
        parsed = self.parse_part(hole.expr_start, hole.expr_end)
        if parsed is None:
            return None
        deep = limits.deep_part(parsed, limits.MAX_HOLE_DEPTH)
        if deep is not None:
            limits.too_deep(self.errors, Span(self.source, *deep), limits.MAX_HOLE_DEPTH)
            return None
        return self.expr(parsed)

    def parse_part(self, start: int, end: int) -> Parsed | None:
        """The lark tree of the one expression in ``[start, end)``, or None with the error recorded."""
        try:
            return parser().parse(TextSlice(self.source.text, start, end), start="expr")
        except UnexpectedInput as problem:
            hints.explain(problem, self.source, start, end, self.errors)
            return None

    # expressions ----------------------------------------------------------------------------

    def expr(self, parsed: Parsed) -> t.Expr:
        """An expression. The caller has checked that it is not too deep for recursion."""
        return cast("t.Expr", getattr(self, "_expr_" + parsed.data)(parsed.children, self.span(parsed)))

    def _expr_number(self, children: list[Token], span: Span) -> t.Number:
        match = cast("re.Match[str]", _NUMBER.match(children[0]))
        limits.check_number(match[1], span, self.errors)
        return t.Number(match[1], match[2], span=span)

    def _expr_string(self, children: list[Token], span: Span) -> t.Text:
        return self.text(children[0])

    def _expr_name(self, children: list[Token], span: Span) -> t.Name:
        return t.Name(str(children[0]), span=span)

    def _expr_call(self, children: list[Parsed], span: Span) -> t.Call:
        name, args = children
        name_span = self.at(name)
        return t.Call(str(name), self._args(args, Span(self.source, name_span.end, span.end)), name_span, span=span)

    def _expr_list(self, children: list[Parsed], span: Span) -> t.ListOf:
        return t.ListOf(self._args(children[0], span), span=span)

    def _args(self, parsed: Parsed | None, span: Span) -> t.Args:
        """The arguments between brackets that lie at ``span``."""
        if parsed is None:
            return t.Args(span=span)
        *items, _, where, body = parsed.children
        limits.check_count(items, span, self.errors)
        return t.Args(
            tuple(self._arg(item) for item in items),
            None if where is None else self.expr(where),
            None if body is None else self.expr(body),
            span=span,
        )

    def _arg(self, parsed: Parsed) -> t.Arg:
        if parsed.data == "named":
            name, _, expr = parsed.children
            return t.Arg(self.expr(expr), str(name), span=self.span(parsed))
        return t.Arg(self.expr(parsed), span=self.span(parsed))

    def _expr_dot(self, children: list[Parsed], span: Span) -> t.Dot:
        return t.Dot(self.expr(children[0]), str(children[1]), self.at(children[1]), span=span)

    def _expr_index(self, children: list[Parsed], span: Span) -> t.Index:
        return t.Index(self.expr(children[0]), self.expr(children[1]), span=span)

    def _expr_paren(self, children: list[Parsed], span: Span) -> t.Expr:
        return replace(self.expr(children[0]), span=span)

    def _expr_pair(self, children: list[Parsed], span: Span) -> t.Pair:
        return t.Pair(self.expr(children[0]), self.expr(children[1]), span=span)

    def _expr_unary(self, children: list[Parsed], span: Span) -> t.Unary:
        return t.Unary("not" if children[0] == "not" else "-", self.expr(children[1]), span=span)

    def _expr_binary(self, children: list[Parsed], span: Span) -> t.Binary:
        left, sign, right = children
        return t.Binary(str(sign), self.expr(left), self.expr(right), self.at(sign), span=span)

    def _expr_choose(self, children: list[Parsed], span: Span) -> t.Choose:
        return t.Choose(self.expr(children[1]), self.expr(children[3]), self.expr(children[5]), span=span)
