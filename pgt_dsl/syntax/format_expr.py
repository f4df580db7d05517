"""Expressions and texts printed: with the fewest parentheses, and in a way that parses back to the same tree."""

from __future__ import annotations

import re

from pgt_dsl.syntax import tree as t
from pgt_dsl.syntax.layout import LINE, SOFT, Doc, Group, flat

_CHOOSE, _OR, _AND, _NOT, _TEST, _EXCEPT, _RANGE, _SUM, _TERM, _FACTOR, _ATOM = range(11)
_LEVELS = {
    "or": _OR, "and": _AND, "==": _TEST, "!=": _TEST, "<": _TEST, "<=": _TEST, ">": _TEST, ">=": _TEST, "in": _TEST,
    "..": _RANGE, "+": _SUM, "-": _SUM, "except": _EXCEPT, "*": _TERM, "/": _TERM,
}  # fmt: skip
_ESCAPES = {'"': r"\"", "\\": r"\\", "\n": r"\n", "{": "{{", "}": "}}"}
_ESCAPES_IN_HOLE = _ESCAPES | {"{": r"\{", "}": r"\}"}
_ESCAPES_OF_CHOICES = _ESCAPES_IN_HOLE | {"|": r"\|"}


def quote(text: str) -> str:
    """A string literal without holes."""
    return f'"{_escape(text, _ESCAPES)}"'


def text_literal(text: t.Text, in_hole: bool = False) -> str:
    """A string literal with its holes. Raises ``ValueError`` for holes in a text that itself stands in a hole."""
    out = ""
    for part in text.parts:
        if isinstance(part, str):
            out += _escape(part, _ESCAPES_IN_HOLE if in_hole else _ESCAPES)
        elif in_hole:
            raise ValueError("a text inside a hole cannot have holes")
        else:
            out += _hole(part)
    return f'"{out}"'


def expr_doc(expr: t.Expr, least: int = _CHOOSE, in_hole: bool = False) -> Doc:
    """The document of an expression, in parentheses if it binds more loosely than ``least``."""
    doc = _Printer(in_hole).bare(expr)
    return Group(("(", doc, ")"), 1) if _level(expr) < least else doc


def _escape(text: str, escapes: dict[str, str]) -> str:
    return re.sub(r'["\\\n{}|]', lambda match: escapes.get(match[0], match[0]), text)


def _hole(hole: t.Hole) -> str:
    inner = flat(expr_doc(hole.expr, in_hole=True))
    if hole.choices:
        choices = "".join("|" + _escape(choice, _ESCAPES_OF_CHOICES) for choice in hole.choices)
        return f"{{{inner}{choices}}}"
    return f"{{{inner}:{hole.format}}}" if hole.format is not None else f"{{{inner}}}"


def _level(expr: t.Expr) -> int:
    if isinstance(expr, t.Choose):
        return _CHOOSE
    if isinstance(expr, t.Binary):
        return _LEVELS[expr.op]
    if isinstance(expr, t.Unary):
        return _NOT if expr.op == "not" else _FACTOR
    return _ATOM


class _Printer:
    """Prints expressions; ``in_hole`` if they stand inside a hole of a text."""

    def __init__(self, in_hole: bool) -> None:
        self.in_hole = in_hole

    def at(self, expr: t.Expr, least: int) -> Doc:
        doc = self.bare(expr)
        return Group(("(", doc, ")"), 1) if _level(expr) < least else doc

    def bare(self, expr: t.Expr) -> Doc:
        """The document of an expression without parentheses of its own."""
        match expr:
            case t.Number():
                return expr.digits + expr.unit
            case t.Text():
                return text_literal(expr, self.in_hole)
            case t.Name():
                return expr.name
            case t.Call():
                return Group((expr.name + "(", *self.args(expr.args), ")"))
            case t.ListOf():
                return Group(("[", *self.args(expr.args), "]"))
            case t.Dot():
                return Group((self.at(expr.of, _ATOM), "." + expr.name))
            case t.Index():
                return Group((self.at(expr.of, _ATOM), "[", self.bare(expr.index), "]"))
            case t.Pair():
                return Group(("(", SOFT, self.bare(expr.x), ",", LINE, self.bare(expr.y), SOFT, ")"))
            case t.Unary():
                if expr.op == "not":
                    return Group(("not ", self.at(expr.of, _NOT)))
                return Group(("-", self.at(expr.of, _FACTOR)))
            case t.Binary():
                return self.binary(expr)
            case t.Choose():
                return self.choose(expr)

    def args(self, args: t.Args) -> tuple[Doc, ...]:
        if not args.items:
            return ()
        parts: list[Doc] = []
        listed = args.where is None and args.body is None
        if listed:
            parts.append(SOFT)
        for number, arg in enumerate(args.items):
            if number:
                parts += [",", LINE] if listed else [", "]
            if arg.name is not None:
                parts.append(f"{arg.name} = ")
            parts.append(self.bare(arg.expr))
        if args.where is not None:
            parts += [LINE, "where ", self.bare(args.where)]
        if args.body is not None:
            parts += [":", LINE, self.bare(args.body)]
        if listed:
            parts.append(SOFT)
        return tuple(parts)

    def binary(self, expr: t.Binary) -> Doc:
        level = _LEVELS[expr.op]
        above = level + 1
        chains = level not in (_TEST, _RANGE)
        parts: list[Doc] = []
        left: t.Expr = expr
        while isinstance(left, t.Binary) and left.op == expr.op and (chains or left is expr):
            right = self.left_out(left.right) if left.op == "except" else self.at(left.right, above)
            parts = [LINE, f"{left.op} ", right, *parts]
            left = left.left
        return Group((self.at(left, level if chains else above), *parts))

    def left_out(self, expr: t.Expr) -> Doc:
        """What stands behind `except`: a term or a range of terms, so that `xs except [a] + [b]` needs parentheses."""
        if isinstance(expr, t.Binary) and expr.op == "..":
            return Group((self.at(expr.left, _TERM), LINE, ".. ", self.at(expr.right, _TERM)))
        return self.at(expr, _TERM)

    def choose(self, expr: t.Choose) -> Doc:
        parts: list[Doc] = []
        last: t.Expr = expr
        while isinstance(last, t.Choose):
            # An `if` within a condition or a first branch needs no parentheses, but nobody could read it.
            branches = ("if ", self.at(last.condition, _OR), " then ", self.at(last.then, _OR))
            parts += [*branches, LINE, "else "]
            last = last.otherwise
        return Group((*parts, self.bare(last)))
