"""The language as text: source to tree (``parse``, ``parse_expr``, ``read_source``) and back (``format_spec``)."""

from pgt_dsl.syntax.format import format_expr, format_source, format_spec
from pgt_dsl.syntax.limits import read_source
from pgt_dsl.syntax.parse import parse, parse_expr, parse_expr_source

__all__ = ["format_expr", "format_source", "format_spec", "parse", "parse_expr", "parse_expr_source", "read_source"]
