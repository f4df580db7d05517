"""Expressions that kinds and signatures carry as text, parsed once for the process."""

from __future__ import annotations

from functools import lru_cache

from pgt_dsl.syntax import tree
from pgt_dsl.syntax.parse import parse_expr


@lru_cache(maxsize=4096)
def snippet(text: str, name: str) -> tree.Expr:
    """The tree of ``text``; ``name`` stands for the file in diagnostics. Raises ``SpecError``."""
    return parse_expr(text, name)
