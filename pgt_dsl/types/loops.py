"""List functions: ``f(a, b in xs where P: v)`` and the comprehension that all of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import AxisId
from pgt_dsl.source import Span
from pgt_dsl.syntax import tree
from pgt_dsl.types.coerce import as_list
from pgt_dsl.types.context import MAX_LOOP, Context, describe
from pgt_dsl.types.scope import Entry, Scope, Val

BOOL = Type("bool")
INT = Type("int")
LIST_FUNCTIONS = (
    "all", "some", "none", "count", "sum", "max", "min", "argmax", "argmin", "sort", "only", "mode", "distinct",
    "distinct_values", "reverse",
)  # fmt: skip
LIST_DOCS = {
    "all": ("all(items: bool[]): bool", "holds for every item; `a, b in xs` ranges over unordered pairs", "least item"),
    "some": ("some(items: bool[]): bool", "holds for at least one", "greatest item"),
    "none": ("none(items: bool[]): bool", "holds for none", "least of the negated"),
    "count": ("count(items: T[]): int", "how many items there are, or pass `where`", "least of the conditions"),
    "sum": ("sum(items: Q[]): Q", "sum of numbers, lengths, areas, angles", "value"),
    "max": ("max(items: Q[]): Q", "the largest value; also `max(p, q)`", "value"),
    "min": ("min(items: Q[]): Q", "the least value; also `min(p, q)`", "value"),
    "argmax": ("argmax(items: Q[]): item", "the item whose key is largest", "lead over the runner-up"),
    "argmin": ("argmin(items: Q[]): item", "the item whose key is least", "lead over the runner-up"),
    "sort": ("sort(items: Q[]): item[]", "the items by rising key", "least difference of neighbours"),
    "only": ("only(items: bool[]): item", "the one item that passes; none or several rejects the scene", "least item"),
    "mode": ("mode(items: T[]): T", "the most frequent value; a tie rejects the scene", "exact"),
    "distinct": ("distinct(items: T[]): bool", "no two are equal", "exact"),
    "distinct_values": ("distinct_values(items: T[]): T[]", "each value once", "exact"),
    "reverse": ("reverse(xs: T[]): T[]", "back to front", "as xs"),
}


@dataclass(frozen=True, slots=True)
class Loop:
    """A comprehension in progress: its axis, its first item, its condition and its body."""

    cx: Context
    axis: AxisId
    items: tuple[Val, ...]
    where: Val | None
    body: Val | None
    span: Span | None

    def over(self, body: Val, where: Val | None) -> Val:
        """The list of ``body`` over the loop, filtered."""
        node = self.cx.builder.loop(self.axis, body.node, where.node if where else None)
        return self.cx.val(node, self.span, body.groups)

    def as_list(self) -> Val:
        """``[x in xs where P]`` or ``[x in xs where P: v]``."""
        if self.body is None and len(self.items) > 1:
            self.cx.fail("T219", "a pair is not a value", self.span, "what of each pair?",
                         help="say what of each pair: `[a, b in xs: distance(a, b)]`")  # fmt: skip
        return self.over(self.body or self.items[0], self.where)


def is_binding(args: tree.Args) -> bool:
    """Whether arguments bind names: ``x in xs`` followed by ``where`` or ``:``."""
    if not args.items or (args.where is None and args.body is None):
        return False
    last = args.items[-1].expr
    return isinstance(last, tree.Binary) and last.op == "in" and isinstance(last.left, tree.Name)


def comprehension(cx: Context, args: tree.Args, scope: Scope, span: Span | None) -> Loop:
    """Bind the names, elaborate ``where`` and the body."""
    sources: list[tuple[list[tree.Name], Val]] = []
    waiting: list[tree.Name] = []
    for arg in args.items:
        if arg.name is not None:
            cx.fail("T219", "a name runs over a list with `in`, not `=`", arg.span, help=f"write `{arg.name} in xs`")
        node = arg.expr
        if isinstance(node, tree.Name):
            waiting.append(node)
        elif isinstance(node, tree.Binary) and node.op == "in" and isinstance(node.left, tree.Name):
            val = as_list(cx, cx.expr(cx, node.right, scope))
            if val.type.rank == 0:
                cx.fail("T210", "a loop runs over a list", node.right.span, f"this is {describe(val.type)}",
                        help="a list is `xs`, `[a, b]`, or `0 .. 5`")  # fmt: skip
            sources.append(([*waiting, node.left], val))
            waiting = []
        else:
            cx.fail("T219", "before `where` and `:` stand names, each `in` its list", node.span, "no name `in` a list",
                    help="write `x in xs`, `a, b in xs` or `a in xs, b in ys`")  # fmt: skip
    pairs = any(len(names) > 1 for names, _ in sources)
    if pairs and (len(sources) > 1 or len(sources[0][0]) > 2):
        cx.fail("T219", "pairs run over one list, and have two names", span,
                help="nest the loops: `all(a in xs: all(b in ys: ...))`")  # fmt: skip
    axis = cx.builder.loop_axis([val.node for _, val in sources], pairs)
    _check_work(cx, axis, sources, span)
    names: dict[str, Entry] = {}
    items: list[Val] = []
    for part, (bound, val) in enumerate(sources):
        for k, name in enumerate(bound):
            if name.name in names:
                cx.fail("N303", f"`{name.name}` runs over two lists", name.span, "again here",
                        others=[(names[name.name].span, "first here")], help="choose another name")  # fmt: skip
            item = cx.val(cx.builder.elem(axis, k if pairs else part), name.span, val.groups)
            names[name.name] = item
            items.append(item)
    inner = scope.child(names)
    where = cx.expr(cx, args.where, inner) if args.where is not None else None
    if where is not None and where.type != BOOL:
        cx.fail("T210", "after `where` stands a condition", where.span, f"this is {describe(where.type)}",
                help="for example `where x.color == red`")  # fmt: skip
    body = as_list(cx, cx.expr(cx, args.body, inner)) if args.body is not None else None
    return Loop(cx, axis, tuple(items), where, body, span)


def _check_work(cx: Context, axis: AxisId, sources: list[tuple[list[tree.Name], Val]], span: Span | None) -> None:
    work = cx.builder.axes[axis].size
    for _, val in sources:
        for outer in cx.builder.nodes[val.node].axes:
            work *= cx.builder.axes[outer].size
    if work > MAX_LOOP:
        cx.fail("L613", f"this takes {work:,} steps in each scene, more than the {MAX_LOOP:,} allowed", span,
                "too many",
                help="use shorter lists, or one loop fewer")  # fmt: skip


def map_list(cx: Context, xs: Val, body: Callable[[Val], Val], span: Span | None) -> Val:
    """``[x in xs: body(x)]`` for a body given as a function."""
    axis = cx.builder.loop_axis([xs.node])
    item = cx.val(cx.builder.elem(axis), span, xs.groups)
    made = body(item)
    return cx.val(cx.builder.loop(axis, made.node), span, made.groups)


def list_call(cx: Context, node: tree.Call, scope: Scope) -> Val:
    """A call of one of the list functions."""
    if not is_binding(node.args):
        return _ready(cx, node, scope)
    loop = comprehension(cx, node.args, scope, node.span)
    name = node.name
    if name == "count":
        condition = _both(cx, loop.where, loop.body) if loop.body is not None else loop.where
        return cx.op("count", INT, loop.over(loop.items[0], condition).node, span=node.span)
    if name == "only":
        condition = _both(cx, loop.where, loop.body) if loop.body is not None else loop.where
        _one_name(cx, loop, name)
        assert condition is not None
        flags = loop.over(condition, None)
        return cx.op("only", loop.items[0].type, flags.node, loop.over(loop.items[0], None).node, span=node.span,
                     groups=loop.items[0].groups)  # fmt: skip
    if loop.body is None:
        if name in ("mode", "distinct", "distinct_values", "reverse"):
            return reduce(cx, name, loop.as_list(), None, node.span)
        cx.fail("N302", f"`{name}` must know what of each item", node.span, "no `: ...`",
                help=f"did you forget `: condition`? for example `{name}(x in xs: x.color == red)`"
                if name in ("all", "some", "none") else f"for example `{name}(x in xs: area(x))`")  # fmt: skip
    keys = loop.over(loop.body, loop.where)
    items: Val | None = None
    if name in ("argmax", "argmin", "sort"):
        _one_name(cx, loop, name)
        items = loop.over(loop.items[0], loop.where)
    return reduce(cx, name, keys, items, node.span)


def _both(cx: Context, where: Val | None, body: Val) -> Val:
    if body.type != BOOL:
        cx.fail("T210", "after `:` stands a condition here", body.span, f"this is {describe(body.type)}",
                help="for example `: x.color == red`")  # fmt: skip
    return body if where is None else cx.op("and", BOOL, where.node, body.node, span=body.span)


def _one_name(cx: Context, loop: Loop, name: str) -> None:
    if len(loop.items) > 1:
        cx.fail("T219", f"`{name}` picks one item, so one name runs over the list", loop.span,
                "two names", help=f"write `{name}(x in xs: ...)`")  # fmt: skip


def _ready(cx: Context, node: tree.Call, scope: Scope) -> Val:
    """A list function on ready values: ``count(xs)``, ``max(p, q)``."""
    if node.args.where is not None or node.args.body is not None:
        cx.fail("T219", "`where` and `:` need a name that runs over a list", node.span,
                help=f"write `{node.name}(x in xs where ...: ...)`")  # fmt: skip
    for arg in node.args.items:
        if isinstance(arg.expr, tree.Binary) and arg.expr.op == "in" and isinstance(arg.expr.left, tree.Name):
            name = arg.expr.left
            if scope.lookup(name.name) is None and len(node.args.items) == 1:
                listed = arg.expr.right.span.text if arg.expr.right.span else "xs"
                cx.fail("N302", f"there is no value `{name.name}`", name.span, "not known here",
                        help="did you forget `: condition`? "
                        f"for example `{node.name}({name.name} in {listed}: {name.name}.x > 50vw)`")  # fmt: skip
    vals = [as_list(cx, cx.expr(cx, arg.expr, scope)) for arg in node.args.items]
    if not vals:
        cx.fail("T217", f"`{node.name}` wants a list", node.span, "no arguments", help=f"`{LIST_DOCS[node.name][0]}`")
    if len(vals) > 1 and node.name in ("max", "min", "distinct"):
        from pgt_dsl.types.expressions import list_of

        vals = [list_of(cx, vals, node.span)]
    if len(vals) > 1 or node.args.items[0].name is not None:
        cx.fail("T217", f"`{node.name}` takes one list", node.span, "", help=f"`{LIST_DOCS[node.name][0]}`")
    if vals[0].type.rank == 0:
        cx.fail("T210", f"`{node.name}` wants a list", vals[0].span, f"this is {describe(vals[0].type)}",
                help="put the items in brackets: `[a, b]`")  # fmt: skip
    if node.name == "only":
        cx.fail("T219", "`only` wants a name and its condition", node.span, "no condition",
                help="write `only(x in xs where x.color == red)`")  # fmt: skip
    if node.name in ("argmax", "argmin", "sort") and not vals[0].type.item.is_quantity:
        cx.fail("T219", f"`{node.name}` must know by what", node.span, "by what?",
                help=f"write `{node.name}(x in xs: area(x))`")  # fmt: skip
    return reduce(cx, node.name, vals[0], vals[0], node.span)


def reduce(cx: Context, name: str, keys: Val, items: Val | None, span: Span | None) -> Val:
    """Apply a list function to ready lists."""
    item = keys.type.item
    if name in ("all", "some", "none"):
        if item != BOOL:
            cx.fail("T210", f"`{name}` wants a condition for each item", keys.span, f"this is {describe(keys.type)}",
                    help=f"for example `{name}(x in xs: x.color == red)`")  # fmt: skip
        if name == "none":
            return cx.op("not", BOOL, cx.op("some", BOOL, keys.node, span=span).node, span=span)
        return cx.op(name, BOOL, keys.node, span=span)
    if name == "count":
        return cx.op("count", INT, keys.node, span=span)
    if name in ("sum", "max", "min", "argmax", "argmin", "sort") and not item.is_quantity:
        cx.fail("T210", f"`{name}` compares quantities", keys.span, f"this is {describe(keys.type)}",
                help=f"say of what: `{name}(x in xs: x.y)`")  # fmt: skip
    sizes = cx.builder.nodes[keys.node].sizes
    if name in ("sum", "max"):
        return cx.op(name, item, keys.node, span=span)
    if name == "min":
        return cx.op("neg", item, cx.op("max", item, _negated(cx, keys).node, span=span).node, span=span)
    if name in ("mode", "distinct", "distinct_values", "reverse"):
        if name == "mode":
            return cx.op("mode", item, keys.node, span=span, groups=keys.groups, sizes=sizes[1:])
        if name == "distinct":
            return cx.op("distinct", BOOL, keys.node, span=span)
        op = "unique" if name == "distinct_values" else "reverse"
        return cx.op(op, keys.type, keys.node, span=span, sizes=sizes, groups=keys.groups)
    assert items is not None
    order = _negated(cx, keys) if name == "argmin" else keys
    if name == "sort":
        return cx.op("sort", items.type, order.node, items.node, span=span, groups=items.groups,
                     sizes=cx.builder.nodes[items.node].sizes)  # fmt: skip
    inner = cx.builder.nodes[items.node].sizes[1:]
    return cx.op("argmax", items.type.item, order.node, items.node, span=span, groups=items.groups, sizes=inner)


def _negated(cx: Context, keys: Val) -> Val:
    return map_list(cx, keys, lambda k: cx.op("neg", k.type, k.node, span=k.span), keys.span)
