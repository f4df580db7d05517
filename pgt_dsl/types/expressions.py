"""Expressions: one rule for each node of the tree, giving a typed value or a diagnostic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from pgt_dsl.program.datatypes import Type
from pgt_dsl.source import Span
from pgt_dsl.syntax import tree
from pgt_dsl.types.calls import call
from pgt_dsl.types.coerce import as_list, coerce, constant, convert, is_empty, same
from pgt_dsl.types.context import Context, describe, did_you_mean
from pgt_dsl.types.fields import dot
from pgt_dsl.types.loops import LIST_FUNCTIONS, comprehension, is_binding
from pgt_dsl.types.operators import binary, unary
from pgt_dsl.types.scope import Lazy, Scope, Val
from pgt_dsl.types.texts import text_value

BOOL = Type("bool")
INT = Type("int")
LENGTH_UNITS = ("px", "vmin", "vw", "vh")
MAX_LENGTH = 1e6


def expr(cx: Context, node: tree.Expr, scope: Scope) -> Val:
    """Elaborate an expression. Raises ``Stop`` after recording what is wrong."""
    return _RULES[type(node)](cx, node, scope)


def _number(cx: Context, node: tree.Number, scope: Scope) -> Val:
    value = node.value
    if abs(value) > MAX_LENGTH:
        cx.fail("L605", f"a number in a task is at most {MAX_LENGTH:,.0f}", node.span, "too large",
                help="a picture has no use for it")  # fmt: skip
    if node.unit in LENGTH_UNITS:
        return cx.val(cx.builder.const("length", value, node.unit), node.span)
    if node.unit == "deg":
        return cx.val(cx.builder.const("angle", value), node.span)
    if node.unit == "%":
        return cx.val(cx.builder.const("number", value / 100), node.span, percent=True)
    if "." in node.digits:
        return cx.val(cx.builder.const("number", value), node.span)
    return cx.val(cx.builder.const("int", int(value)), node.span)


def _name(cx: Context, node: tree.Name, scope: Scope) -> Val:
    entry = scope.lookup(node.name)
    if entry is None:
        unknown(cx, node.name, node.span, scope)
    hidden = scope.shadows(node.name)
    if hidden is not None and node.span is not None and node.span.source is cx.home:
        cx.collector.warning("W703", f"`{node.name}` is the shape's own field here", node.span, "set in the same block",
                             others=[(hidden.span, "not this")] if hidden.span else [],
                             help=f"to mean the outer one, give it another name there: `let outer_{node.name} = "
                             f"{node.name}`")  # fmt: skip
    if isinstance(entry, Lazy):
        entry.used = True
        if entry.what == "background" and entry.state != "failed":
            entry.span = node.span  # the mistake is here, not where the background is declared
        found = entry.force(cx)
    else:
        found = entry
    return Val(found.node, found.type, node.span, found.groups, found.ends, found.percent)


def unknown(cx: Context, name: str, span: Span | None, scope: Scope) -> NoReturn:
    """Report a name that means nothing here."""
    names = [*scope.visible()]
    helps = [did_you_mean(name, names)]
    if name == "index":
        cx.fail("N309", "`index` has a meaning only in the block of a list of shapes", span, "which item?",
                help="write the shape as a list: `shape xs: circle[3] { ... index ... }`")  # fmt: skip
    if name == "answer":
        cx.fail("N310", "`answer` has a meaning only in `wrong`, `say` and `because`", span, "no answer yet",
                help="what the answer must be is written `expect ...`, after `answer ...`")  # fmt: skip
    if name in cx.defs or name in cx.registry.functions or name in LIST_FUNCTIONS:
        cx.fail("N302", f"`{name}` is a function and needs arguments", span, "no arguments",
                help=f"write `{name}(...)`")  # fmt: skip
    label = len(name) == 1 and name.isupper()
    if label:
        cx.fail("N302", f"there is no value `{name}`", span, "not known here",
                help=f'a label is text: `"{name}"`, or `letter(index)` in a list')  # fmt: skip
    if name in cx.registry.kinds or name in cx.kinds:
        helps = [f"`{name}` is a kind of shape; `shape a: {name}` declares one"]
    cx.fail("N301", f"there is no value `{name}`", span, "not known here", help=[h for h in helps if h])  # fmt: skip


def _pair(cx: Context, node: tree.Pair, scope: Scope) -> Val:
    x, y = cx.expr(cx, node.x, scope), cx.expr(cx, node.y, scope)
    if x.type.is_quantity and y.type.is_quantity:
        if x.type.base == y.type.base == "length":
            return cx.op("pair", "point", x.node, y.node, span=node.span)
        if x.type.base in ("int", "number") and y.type.base in ("int", "number"):
            return cx.op("pair", "vector", x.node, y.node, span=node.span)
    odd = x if x.type.base != "length" else y
    cx.fail("T210", "a point is two lengths, a vector two plain numbers", odd.span, f"this is {describe(odd.type)}",
            help="for example `(50vw, 30vh)`")  # fmt: skip


def _list(cx: Context, node: tree.ListOf, scope: Scope) -> Val:
    if is_binding(node.args):
        return comprehension(cx, node.args, scope, node.span).as_list()
    if node.args.where is not None or node.args.body is not None:
        cx.fail("T219", "a list with a condition runs over something", node.span,
                help="write `[x in xs where ...]` or `[x in xs: value]`")  # fmt: skip
    items = []
    for arg in node.args.items:
        if arg.name is not None:
            cx.fail("T217", "the items of a list have no names", arg.span, "named",
                    help=f"write `{arg.expr.span.text}`" if arg.expr.span else ())  # fmt: skip
        items.append(cx.expr(cx, arg.expr, scope))
    return list_of(cx, items, node.span)


def list_of(cx: Context, items: list[Val], span: Span | None) -> Val:
    """A list of values of one type; lists of constants become one constant."""
    if not items:
        return cx.op("list", "int[]", span=span, sizes=(0,))
    items = [as_list(cx, item) for item in items]
    first = next((item for item in items if not is_empty(cx, item)), items[0])
    type = first.type
    for item in items:
        if is_empty(cx, item) and type.rank:
            continue
        common = same(cx, Val(first.node, type), item)
        if common is None:
            cx.fail("T220", "the items of a list are all of one type", item.span, f"this is {describe(item.type)}",
                    others=[(first.span, describe(first.type))])  # fmt: skip
        type = common
    if type.rank > 1:
        cx.fail("L615", "lists nest at most two deep", span)
    items = [coerce(cx, item, type, "item") for item in items]
    groups = tuple(dict.fromkeys(g for item in items for g in item.groups))
    values = [constant(cx, item.node) for item in items]
    units = {cx.builder.nodes[i.node].attrs.get("unit") for i in items}
    if all(v is not None for v in values) and len(units) == 1:
        return cx.val(cx.builder.const(type.listed, values, units.pop() or ""), span, groups)
    inner: tuple[int, ...] = ()
    if type.rank:
        shapes = [cx.builder.nodes[item.node].sizes for item in items]
        inner = tuple(max(column) for column in zip(*shapes, strict=True))
    return cx.op("list", type.listed, *(i.node for i in items), span=span, sizes=(len(items), *inner), groups=groups)


def _index(cx: Context, node: tree.Index, scope: Scope) -> Val:
    of = as_list(cx, cx.expr(cx, node.of, scope))
    at = cx.expr(cx, node.index, scope)
    if of.type.rank == 0:
        cx.fail("T221", f"only a list has items, this is {describe(of.type)}", node.of.span, describe(of.type),
                help="a shape is a list when it is declared with a count: `shape xs: circle[3]`")  # fmt: skip
    if at.type != INT:
        cx.fail("T221", "the place in a list is a whole number", at.span, f"this is {describe(at.type)}",
                help="the first item is `[0]`, the last `[-1]`")  # fmt: skip
    record = cx.builder.nodes[of.node]
    place = constant(cx, at.node)
    if isinstance(node.index, tree.Unary) and isinstance(node.index.of, tree.Number):
        place = -int(node.index.of.value)
    size = record.sizes[0]
    if isinstance(place, int) and not -size <= place < size:
        message = f"this list has at most {size} item{'s' * (size != 1)}" if size else "this list is empty"
        cx.fail("T222", message, at.span,
                f"items are numbered 0 to {size - 1}" if size else "no such item",
                help="the last item is `[-1]`" if size else ())  # fmt: skip
    return cx.op("item", of.type.item, of.node, at.node, span=node.span, sizes=record.sizes[1:], groups=of.groups)


def _choose(cx: Context, node: tree.Choose, scope: Scope) -> Val:
    test = cx.expr(cx, node.condition, scope)
    if test.type != BOOL:
        cx.fail("T210", "after `if` stands a condition", test.span, f"this is {describe(test.type)}",
                help=f"compare it with something: `{test.span.text} > ...`" if test.type.is_quantity and test.span
                else ())  # fmt: skip
    then, other = as_list(cx, cx.expr(cx, node.then, scope)), as_list(cx, cx.expr(cx, node.otherwise, scope))
    if then.type.rank == 1 and is_empty(cx, other):
        other = coerce(cx, other, then.type, "list")
    elif other.type.rank == 1 and is_empty(cx, then):
        then = coerce(cx, then, other.type, "list")
    type = same(cx, then, other)
    if type is None:
        cx.fail("T220", "both branches of an `if` are of one type", other.span, describe(other.type),
                others=[(then.span, describe(then.type))])  # fmt: skip
    then, other = convert(cx, then, type), convert(cx, other, type)
    sizes: tuple[int, ...] = ()
    if type.rank:
        shapes = (cx.builder.nodes[then.node].sizes, cx.builder.nodes[other.node].sizes)
        sizes = tuple(max(pair) for pair in zip(*shapes, strict=True))
    groups = tuple(dict.fromkeys((*then.groups, *other.groups)))
    return cx.op("if", type, test.node, then.node, other.node, span=node.span, sizes=sizes, groups=groups)


def _dot(cx: Context, node: tree.Dot, scope: Scope) -> Val:
    if isinstance(node.of, tree.Name):
        special = cx.backgrounds.get(node.of.name)
        if special is not None and not isinstance(scope.lookup(node.of.name), Val):
            return special(node)
    return dot(cx, cx.expr(cx, node.of, scope), node.name, node.span, node.name_span)


def _text(cx: Context, node: tree.Text, scope: Scope) -> Val:
    return text_value(cx, node, scope)


_RULES: dict[type, Callable[[Context, Any, Scope], Val]] = {
    tree.Number: _number,
    tree.Text: _text,
    tree.Name: _name,
    tree.Call: call,
    tree.Dot: _dot,
    tree.Index: _index,
    tree.Pair: _pair,
    tree.ListOf: _list,
    tree.Unary: unary,
    tree.Binary: binary,
    tree.Choose: _choose,
}
