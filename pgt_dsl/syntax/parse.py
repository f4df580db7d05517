"""From text to tree. A wrong text gives as many diagnostics as can honestly be found, each with its place and help."""

from __future__ import annotations

from lark.exceptions import UnexpectedInput

from pgt_dsl.diagnostics import Collector
from pgt_dsl.source import Source, Span
from pgt_dsl.syntax import limits, recover
from pgt_dsl.syntax import tree as t
from pgt_dsl.syntax.build import Builder
from pgt_dsl.syntax.build_expr import ExprBuilder, Parsed
from pgt_dsl.syntax.lalr import parser


def parse(source: Source) -> t.Spec:
    """The tree of a file.

    Raises ``SpecError`` with up to 20 diagnostics, in source order, if anything in it is wrong.
    """
    errors = Collector()
    scan = limits.scan(source, errors)
    try:
        head: Parsed | None
        items: list[Parsed]
        head, *items = parser().parse(source.text, start="start").children
    except UnexpectedInput as problem:
        head, items = recover.parts(source, scan, problem, errors)
    builder = Builder(source, scan, errors)
    header = builder.header(head) if head is not None else ("task", "", "", Span(source, 0, 0))
    built = builder.items(items)
    count = sum(1 + (len(item.items) if isinstance(item, t.Kind) else 0) for item in built)
    limits.check_statements(count, header[3], errors)
    limits.raise_if(errors)
    what, name, doc, name_span = header
    comments = tuple(
        _comment(source, first, last)
        for number, (first, last) in enumerate(scan.comments)
        if number not in builder.docs
    )
    return t.Spec(
        "module" if what == "module" else "task",
        name,
        tuple(built),
        doc,
        comments,
        name_span,
        span=Span(source, 0, len(source.text)),
    )


def parse_expr(text: str, name: str = "<expr>") -> t.Expr:
    """The tree of a text that is one expression; ``name`` stands for the file in diagnostics.

    Raises ``SpecError`` if it is not one.
    """
    return parse_expr_source(Source(name, text))


def parse_expr_source(source: Source) -> t.Expr:
    """The tree of a source that is one expression. Raises ``SpecError`` if it is not one."""
    errors = Collector()
    builder = ExprBuilder(source, limits.scan(source, errors), errors)
    parsed = builder.parse_part(0, len(source.text))
    expr: t.Expr | None = None
    if parsed is not None:
        deep = limits.deep_part(parsed, limits.MAX_DEPTH)
        if deep is None:
            expr = builder.expr(parsed)
        else:
            limits.too_deep(errors, Span(source, deep[0], min(deep[1], deep[0] + 40)), limits.MAX_DEPTH)
    limits.raise_if(errors)
    assert expr is not None  # there is an error otherwise
    return expr


def _comment(source: Source, start: int, end: int) -> t.Comment:
    before = source.text[source.text.rfind("\n", 0, start) + 1 : start]
    return t.Comment(source.text[start:end], not before.strip(), span=Span(source, start, end))
