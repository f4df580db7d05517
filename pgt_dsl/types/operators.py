"""Operators and their type rules: arithmetic of units, comparison, logic, lists."""

from __future__ import annotations

from dataclasses import replace

from pgt_dsl.program.datatypes import Type
from pgt_dsl.source import Span
from pgt_dsl.syntax import tree
from pgt_dsl.types.coerce import as_list, coerce, convert, fits, is_empty, same
from pgt_dsl.types.context import Context, describe, plural
from pgt_dsl.types.scope import Scope, Val

BOOL = Type("bool")
INT = Type("int")
NUMBER = Type("number")
NUMBERS = ("int", "number")

# (left, right) -> result for products and quotients of unlike things; like / like is a number for every quantity.
PRODUCTS = {
    ("length", "length"): "area", ("length", "vector"): "point", ("vector", "length"): "point",
    **{(n, q): q for n in NUMBERS for q in ("length", "area", "angle", "point", "vector")},
    **{(q, n): q for n in NUMBERS for q in ("length", "area", "angle", "point", "vector")},
}  # fmt: skip
QUOTIENTS = {
    ("area", "length"): "length", ("point", "length"): "vector",
    **{(q, n): q for n in NUMBERS for q in ("length", "area", "angle", "point", "vector")},
    **{(q, q): "number" for q in ("length", "area", "angle")},
}  # fmt: skip


def unary(cx: Context, node: tree.Unary, scope: Scope) -> Val:
    """``-x`` and ``not p``."""
    val = cx.expr(cx, node.of, scope)
    if node.op == "not":
        _truth(cx, val)
        return cx.op("not", BOOL, val.node, span=node.span)
    if not val.type.is_quantity and val.type not in (Type("point"), Type("vector")):
        cx.fail("T223", f"{describe(val.type)} has no negative", val.span, f"this is {describe(val.type)}",
                help="`-` stands before numbers, quantities and points")  # fmt: skip
    record = cx.builder.nodes[val.node]
    if record.op == "const":
        value = record.attrs["value"]
        flipped = [-v for v in value] if isinstance(value, list) else -value
        return cx.val(cx.builder.const(val.type, flipped, record.attrs.get("unit", "")), node.span, (), val.percent)
    return cx.op("neg", val.type, val.node, span=node.span)


def binary(cx: Context, node: tree.Binary, scope: Scope) -> Val:
    """Every operator with two operands."""
    left, right = cx.expr(cx, node.left, scope), cx.expr(cx, node.right, scope)
    if node.op == "..":
        return _range(cx, node, left, right)
    if node.op in ("and", "or"):
        for val in (left, right):
            _truth(cx, val)
        return cx.op(node.op, BOOL, left.node, right.node, span=node.span)
    if node.op in ("==", "!=", "<", "<=", ">", ">="):
        return _compare(cx, node, left, right)
    if node.op == "in":
        return _member(cx, node, left, right)
    if node.op == "except":
        return _except(cx, node, left, right)
    if node.op in ("+", "-"):
        return _sum(cx, node, left, right)
    return _product(cx, node, left, right)


def _truth(cx: Context, val: Val) -> None:
    if val.type != BOOL:
        text = val.span.text if val.span else "..."
        zero = {"length": "0px", "angle": "0deg"}.get(val.type.base, "0")
        cx.fail("T210", "a condition is wanted here", val.span, f"this is {describe(val.type)}",
                help=f"compare it with something: `{text} > {zero}`" if val.type.is_quantity else ())  # fmt: skip


def _range(cx: Context, node: tree.Binary, left: Val, right: Val) -> Val:
    type = same(cx, left, right)
    if type is None or not type.is_quantity:
        cx.fail("T201", "the ends of a range are two quantities of one kind", node.op_span or node.span, "",
                others=_both(left, right), help=unit_help(left, right))  # fmt: skip
    low, high = cx.builder.nodes[left.node], cx.builder.nodes[right.node]
    like = low.op == high.op == "const" and low.attrs.get("unit") == high.attrs.get("unit")
    if like and low.attrs["value"] > high.attrs["value"]:
        cx.fail(
            "T224",
            "this range is empty: its first end is above its second",
            node.span,
            "no value lies in it",
            help=f"write `{right.span.text} .. {left.span.text}`" if left.span and right.span else (),
        )
    return Val(left.node, Type("range"), node.span, (), (left.node, right.node), left.percent and right.percent)


def _both(left: Val, right: Val) -> list[tuple[Span | None, str]]:
    """Labels that say of what type each operand is."""
    return [(val.span, describe(val.type)) for val in (left, right)]


def _compare(cx: Context, node: tree.Binary, left: Val, right: Val) -> Val:
    if left.type.base == "range" or right.type.base == "range":
        odd = right if right.type.base == "range" else left
        other = left if odd is right else right
        value, span = (v.span.text if v.span else "x" for v in (other, odd))
        cx.fail("T225", "a value is compared with a value, but lies in a range", odd.span, "a range",
                help=f"write `{value} in {span}`" if other.ends is None else "write `x in low .. high`")  # fmt: skip
    type = same(cx, left, right)
    if type is None:
        _unlike(cx, node, left, right)
        raise AssertionError
    if type.rank:
        xs, ys = (v.span.text if v.span else "xs" for v in (left, right))
        cx.fail("T203", "lists are compared item by item", node.op_span or node.span, "", others=_both(left, right),
                help=f"`all(i in 0 .. count({xs}) - 1: {xs}[i] {node.op} {ys}[i])`")  # fmt: skip
    left, right = convert(cx, left, type), convert(cx, right, type)
    if node.op in ("==", "!="):
        val = cx.op("eq", BOOL, left.node, right.node, span=node.span)
        return val if node.op == "==" else cx.op("not", BOOL, val.node, span=node.span)
    if not type.is_quantity:
        cx.fail("T226", f"{describe(type)} is neither more nor less than another", node.op_span or node.span, "",
                others=_both(left, right), help="`==` and `!=` compare it"
                if type.base != "shape" else "compare something of the shapes: `area(a) < area(b)`")  # fmt: skip
    low, high = (left, right) if node.op[0] == "<" else (right, left)
    return cx.op("le" if "=" in node.op else "lt", BOOL, low.node, high.node, span=node.span)


def unit_help(left: Val, right: Val) -> list[str]:
    """What to write where a quantity met a bare number."""
    for one, other in ((left, right), (right, left)):
        if one.type.base in NUMBERS and other.type.base in ("length", "angle") and one.span is not None:
            text = one.span.text
            unit = "vmin" if other.type.base == "length" else "deg"
            if text.replace(".", "", 1).isdigit() and float(text) <= 1 and unit == "vmin":
                return [f"write `{float(text) * 100:g}vmin`, or `{text} * canvas.width`"]
            if text.replace(".", "", 1).isdigit():
                return [f"write `{text}{unit}`"]
            if one.percent and unit == "vmin":
                return [f"write `{text.rstrip('%')}vmin`, or `{text} * canvas.width`"]
    return []


def _range_help(left: Val, right: Val) -> list[str]:
    """The range with the unit that the value on the left has."""
    unit = {"length": "vmin", "angle": "deg"}.get(left.type.base)
    ends = right.span.text.split("..") if right.span else []
    if unit and len(ends) == 2 and all(end.strip().isdigit() for end in ends):
        return [f"write `{ends[0].strip()}{unit} .. {ends[1].strip()}{unit}`"]
    return []


def _unlike(cx: Context, node: tree.Binary, left: Val, right: Val) -> None:
    for one, other in ((left, right), (right, left)):
        if one.type == Type("text") and other.type.base in ("color", "form") and one.span is not None:
            bare = one.span.text.strip('"')
            known = cx.base.lookup(bare) is not None
            cx.fail("T205", f"a {other.type.base} is compared with text", one.span, "text",
                    others=[(other.span, describe(other.type))], help=f"drop the quotes: `{bare}`" if known else
                    f"there is no {other.type.base} called `{bare}`")  # fmt: skip
        if one.type.rank == 1 and other.type == one.type.item:
            cx.fail("T203" if one.type.base != "shape" else "T206",
                    f"one {one.type.base} is compared with a list", one.span, describe(one.type),
                    others=[(other.span, describe(other.type))],
                    help=f"`{other.span.text} in {one.span.text}` asks whether it is one of them"
                    if one.span and other.span else ())  # fmt: skip
    cx.fail("T201", f"{describe(left.type)} is compared with {describe(right.type)}", node.op_span or node.span, "",
            others=_both(left, right), help=unit_help(left, right))  # fmt: skip


def _member(cx: Context, node: tree.Binary, left: Val, right: Val) -> Val:
    if right.ends is not None:
        low, high = right.ends
        ends = [Val(low, cx.builder.type(low), right.span), Val(high, cx.builder.type(high), right.span)]
        for end in ends:
            if same(cx, left, end) is None:
                cx.fail("T201", f"{describe(left.type)} is compared with a range of {plural(end.type.base)}",
                        node.op_span or node.span, "",
                        others=[(left.span, describe(left.type)), (right.span, f"a range of {plural(end.type.base)}")],
                        help=_range_help(left, right))  # fmt: skip
        above = cx.op("le", BOOL, low, left.node, span=node.span)
        below = cx.op("le", BOOL, left.node, high, span=node.span)
        return cx.op("and", BOOL, above.node, below.node, span=node.span)
    if right.type.rank and is_empty(cx, right):
        right = coerce(cx, right, left.type.listed, "list")
    if left.type.rank or right.type.rank != 1 or not fits(left.type, right.type.item):
        wanted = ("a range, or " if left.type.is_quantity else "") + describe(Type(left.type.base, 1))
        cx.fail(
            "T210",
            "on the left of `in` stands one value" if left.type.rank else f"after `in` stands {wanted}",
            left.span if left.type.rank else right.span,
            f"this is {describe(left.type if left.type.rank else right.type)}",
            help=f"for all of them: `all(x in {left.span.text}: x in ...)`" if left.type.rank and left.span else (),
        )
    left = convert(cx, left, right.type.item)
    return cx.op("in", BOOL, left.node, right.node, span=node.span)


def _except(cx: Context, node: tree.Binary, left: Val, right: Val) -> Val:
    left = as_list(cx, left)
    right = as_list(cx, right) if right.type.base == "range" else right
    if left.type.rank != 1:
        cx.fail("T210", "`except` takes items out of a list", left.span, f"this is {describe(left.type)}")
    if right.type.rank == 0 and fits(right.type, left.type.item):
        right = convert(cx, right, left.type.item)
    elif right.type.rank:
        right = coerce(cx, right, left.type, "what is taken out") if is_empty(cx, right) else right
    if right.type.rank > 1 or not fits(right.type, left.type if right.type.rank else left.type.item):
        cx.fail("T210", f"what is taken out is {describe(left.type.item)}, or a list of them", right.span,
                f"this is {describe(right.type)}")  # fmt: skip
    return cx.op("except", left.type, left.node, right.node, span=node.span, groups=left.groups,
                 sizes=cx.builder.nodes[left.node].sizes)  # fmt: skip


def _sum(cx: Context, node: tree.Binary, left: Val, right: Val) -> Val:
    if left.type.rank or right.type.rank or "range" in (left.type.base, right.type.base):
        left, right = as_list(cx, left), as_list(cx, right)
        if is_empty(cx, left) and right.type.rank == 1:
            left = coerce(cx, left, right.type, "list")
        elif is_empty(cx, right) and left.type.rank == 1:
            right = coerce(cx, right, left.type, "list")
        if {left.type, right.type} == {Type("int", 1), Type("number", 1)}:
            left = replace(left, type=Type("number", 1))
            right = replace(right, type=Type("number", 1))
        if node.op == "+" and left.type == right.type and left.type.rank == 1:
            sizes = (cx.builder.size(left.node) + cx.builder.size(right.node),)
            groups = tuple(dict.fromkeys((*left.groups, *right.groups)))
            return cx.op("concat", left.type, left.node, right.node, span=node.span, sizes=sizes, groups=groups)
        cx.fail(
            "T227",
            f"{describe(left.type)} and {describe(right.type)} cannot be "
            f"{'joined' if node.op == '+' else 'subtracted'}",
            node.op_span or node.span,
            "",
            others=_both(left, right),
            help=_join_help(node.op, left, right),
        )
    if left.type.base == "shape" or right.type.base == "shape":
        point = Type("point")
        left = convert(cx, left, point) if left.type.base == "shape" else left
        right = convert(cx, right, point) if right.type.base == "shape" else right
    type = same(cx, left, right)
    if type is None or not (type.is_quantity or type.base in ("point", "vector")):
        cx.fail("T201", f"{describe(left.type)} and {describe(right.type)} cannot be "
                f"{'added' if node.op == '+' else 'subtracted'}", node.op_span or node.span, "",
                others=_both(left, right), help=unit_help(left, right) or (["texts are joined in a hole: `\"{a} {b}\"`"]
                                                if "text" in (left.type.base, right.type.base) else []))  # fmt: skip
    return cx.op("add" if node.op == "+" else "sub", type, left.node, right.node, span=node.span)


def _product(cx: Context, node: tree.Binary, left: Val, right: Val) -> Val:
    a, b = left.type, right.type
    result: str | None = None
    if a.rank == b.rank == 0:
        if a.base in NUMBERS and b.base in NUMBERS:
            result = "int" if node.op == "*" and a.base == b.base == "int" else "number"
        else:
            result = (PRODUCTS if node.op == "*" else QUOTIENTS).get((a.base, b.base))
    if result is None:
        verb = "times" if node.op == "*" else "divided by"
        cx.fail("T228", f"{describe(a)} {verb} {describe(b)} means nothing", node.op_span or node.span, "",
                others=_both(left, right), help=_product_help(node.op, left, right))  # fmt: skip
    return cx.op("mul" if node.op == "*" else "div", result, left.node, right.node, span=node.span)


def _join_help(op: str, left: Val, right: Val) -> str:
    xs, ys = (v.span.text if v.span else "xs" for v in (left, right))
    if op == "-":
        return f"`{xs} except {ys}` takes items out of a list"
    if left.type == Type(right.type.base, 1) and not right.type.rank:
        return f"to add one item: `{xs} + [{ys}]`"
    return "`+` joins two lists of one type"


def _product_help(op: str, left: Val, right: Val) -> list[str]:
    """What to write where a product or quotient means nothing."""
    for val in (left, right):
        if val.type == Type("shape") and val.span is not None:
            return [f"measure the shape, for example `{val.span.text}.x` or `area({val.span.text})`"]
        if val.type.rank == 1 and val.span is not None:
            return [f"for each item: `[x in {val.span.text}: x {op} ...]`"]
    if op == "/" and left.type.base in NUMBERS:
        return ["divide a quantity by a number, or by a quantity of the same type"]
    return []
