"""The language for Pygments, so that specs are coloured in the gallery, in Sphinx and wherever else Pygments is used.

It reads a line at a time and stops at nothing: a spec that is wrong is coloured as far as it makes sense.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from pygments.lexer import RegexLexer, bygroups, include, words
from pygments.token import (
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    Text,
    Whitespace,
    _TokenType,
)

__all__ = ["RESERVED", "SOFT", "PgtLexer"]

RESERVED = (
    "let",
    "pick",
    "def",
    "use",
    "require",
    "twin",
    "ask",
    "if",
    "then",
    "else",
    "or",
    "and",
    "not",
    "in",
    "except",
)
SOFT = (
    "task", "module", "canvas", "background", "shape", "kind", "by", "moves", "because", "even", "over", "answer",
    "clear", "within", "expect", "wrong", "of", "say", "as", "where",
)  # fmt: skip
"""Words that are keywords but right before ``=`` or ``~``, where they name a field."""

_NAME = r"[A-Za-z][A-Za-z0-9_]*"
_Rule = tuple[object, ...]
_by = cast("Callable[..., object]", bygroups)


def _named(word: str, what: _TokenType) -> _Rule:
    """A keyword with the name that it declares."""
    return (rf"\b({word})([ \t]+)({_NAME})(?![ \t]*[=~](?!=))" if word in SOFT else rf"\b({word})([ \t]+)({_NAME})",
            _by(Keyword.Declaration, Whitespace, what))  # fmt: skip


class PgtLexer(RegexLexer):
    """Specs and modules of pgt-dsl."""

    name = "pgt"
    aliases = ("pgt", "pgt-dsl")
    filenames = ("*.pgt",)
    url = ""
    tokens = {  # noqa: RUF012 - Pygments wants it so
        "root": [
            (r"\s+", Whitespace),
            (r"##[^\n]*", Comment.Special),
            (r"#[^\n]*", Comment.Single),
            (r"\b(shape|background)([ \t]+)(" + _NAME + r")([ \t]*)(:)([ \t]*)(" + _NAME + ")",
             _by(Keyword.Declaration, Whitespace, Name.Variable, Whitespace, Punctuation, Whitespace, Name.Class)),
            _named("let", Name.Variable),
            _named("pick", Name.Variable),
            _named("twin", Name.Variable),
            _named("def", Name.Function),
            _named("kind", Name.Class),
            include("expression"),
            (r'"', String.Double, "text"),
            (r".", Text),
        ],
        "expression": [
            (words(RESERVED, r"\b", r"\b"), Keyword),
            (words(SOFT, r"(?<!\.)\b", r"\b(?!\s*[=~](?!=))"), Keyword),
            (r"\b(true|false|none)\b", Keyword.Constant),
            (r"([0-9]+(?:\.[0-9]+)?)(px|vmin|vw|vh|deg|%)?(?![A-Za-z_0-9])", _by(Number, Number.Unit)),
            (rf"(\.)({_NAME})", _by(Punctuation, Name.Attribute)),
            (rf"{_NAME}(?=\()", Name.Function),
            (rf"{_NAME}(?=\s*[=~](?!=))", Name.Attribute),
            (_NAME, Name),
            (r"\.\.|==|!=|<=|>=|[-+*/<>=~|]", Operator),
            (r"[(){}\[\],:]", Punctuation),
        ],
        "text": [
            (r'"', String.Double, "#pop"),
            (r"\n", Whitespace, "#pop"),
            (r"\{\{|\}\}|\\.", String.Escape),
            (r"\{", String.Interpol, "hole"),
            (r'[^"\\{}\n]+', String.Double),
            (r".", String.Double),
        ],
        "hole": [
            (r"\}", String.Interpol, "#pop"),
            (r"\n", Whitespace, "#pop:2"),
            (r"[ \t\r]+", Whitespace),
            (r'"(?:[^{}"\\\n]|\\.)*"', String.Double),
            (r":[^{}\"\n]*(?=\})", String.Interpol),
            (r"\|[^{}\"\n|]*", String.Double),
            include("expression"),
            (r".", Text),
        ],
    }  # fmt: skip
