"""Printing and parsing again gives the same tree, for every tree; printing twice changes nothing."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from pgt_dsl.source import Source
from pgt_dsl.syntax import format_expr, format_source, format_spec, parse, parse_expr
from pgt_dsl.syntax import tree as t
from pgt_dsl.testing.trees import exprs, specs

_SETTINGS = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@_SETTINGS
@given(exprs())
def test_expressions(expr: t.Expr) -> None:
    assert parse_expr(format_expr(expr)) == expr


@_SETTINGS
@given(specs())
def test_files(spec: t.Spec) -> None:
    text = format_spec(spec)
    again = parse(Source("t.pgt", text))
    assert again == spec
    assert format_source(Source("t.pgt", text)) == text
