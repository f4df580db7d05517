"""What may follow ``~``: a range, a list, or a named law; each becomes a ``Law`` of the program."""

from __future__ import annotations

from collections.abc import Callable

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import AxisId, GroupId, Law, NodeId
from pgt_dsl.source import Span
from pgt_dsl.syntax import tree
from pgt_dsl.types.coerce import as_list, coerce, convert, fits, mismatch, one, same
from pgt_dsl.types.context import Context, describe, origin, plural
from pgt_dsl.types.scope import Scope, Val

LAWS = {
    "log_uniform": "log_uniform(lo: Q, hi: Q): uniform in the logarithm",
    "normal": "normal(mean: Q, sd: Q): Gaussian, cut at four standard deviations",
    "weighted": "weighted(xs: T[], by: number[]): items with weights",
    "bins": "bins(span: range, n: int): uniform; a `pick` is even over n equal bins",
    "sample": "sample(xs: T[], k: int): k different items in random order",
    "shuffle": "shuffle(xs: T[]): a permutation",
    "repeat": "repeat(n: int, law): n independent draws",
    "anywhere": "anywhere(s: shape, margin: length = 0px): a point, uniform in the outline of s less a margin",
    "ring": "ring(centre: point, radius: range): a point, uniform in an annulus",
    "scatter": "scatter(n: int, gap: length = 6vmin): n points of the canvas, no two nearer than gap",
}


class Drawn:
    """A law with the type that it draws."""

    def __init__(self, law: Law, type: Type, sizes: tuple[int, ...] = (), groups: tuple[GroupId, ...] = ()) -> None:
        self.law, self.type, self.sizes, self.groups = law, type, sizes, groups


def draw(
    cx: Context,
    name: str,
    expr: tree.Expr,
    scope: Scope,
    role: str,
    want: Type | None,
    axes: tuple[AxisId, ...],
    span: Span | None,
    what: str,
) -> Val:
    """A variable drawn from the law that ``expr`` describes, of type ``want`` if given."""
    drawn = law_of(cx, expr, scope, what)
    if want is not None and drawn.type != want and not fits(drawn.type, want):
        mismatch(cx, Val(cx.builder.const("number", 0), drawn.type, expr.span, drawn.groups), want, what)
    law, type, sizes = drawn.law, drawn.type, drawn.sizes
    if want is not None and want.base == "number" and type.base == "int":
        type = want if law.name != "integers" else type
    node = cx.builder.var(name, type, law, role, axes, sizes, origin(span or expr.span))
    val = cx.val(node, expr.span, drawn.groups)
    return convert(cx, val, want) if want is not None else val


def law_of(cx: Context, expr: tree.Expr, scope: Scope, what: str = "it") -> Drawn:
    """The law that an expression after ``~`` describes."""
    if isinstance(expr, tree.Call) and expr.name in LAWS and expr.name not in cx.defs:
        return _named(cx, expr, scope)
    val = cx.expr(cx, expr, scope)
    if val.ends is not None:
        low, high = val.ends
        type = val_type(cx, low, high)
        if type == Type("int"):
            return Drawn(Law("integers", (low, high)), type)
        return Drawn(Law("uniform", (low, high)), type)
    if val.type.rank >= 1:
        node = cx.builder.nodes[val.node]
        if node.sizes[0] == 0:
            cx.fail("T204", "nothing to draw: the list is empty", expr.span, "no items")
        return Drawn(Law("choice", (val.node,)), val.type.item, node.sizes[1:], val.groups)
    text = expr.span.text if expr.span else "this"
    head, _, noun = describe(val.type).partition(" ")
    assert head in ("a", "an")
    fixed = f"`{what} = {text}` sets it" if " " not in what else f"write `{text}` after `=`"
    cx.fail("T204", f"nothing to draw: `{text}` is one {noun}", expr.span, "one value",
            help=f"{fixed}; after `~` stands a list, or a range `low .. high`")  # fmt: skip


def val_type(cx: Context, low: NodeId, high: NodeId) -> Type:
    """The type of the numbers in a range."""
    a, b = cx.builder.type(low), cx.builder.type(high)
    return b if a == Type("int") else a


def _named(cx: Context, call: tree.Call, scope: Scope) -> Drawn:
    args: dict[str, tree.Expr] = {}
    parameters = _PARAMETERS[call.name]
    for k, arg in enumerate(call.args.items):
        key = arg.name or (parameters[k] if k < len(parameters) else "")
        if key not in parameters or key in args:
            label = "given again" if key in args else f"no parameter `{arg.name}`" if arg.name else "one too many"
            cx.fail("T217", f"`{call.name}` takes {', '.join(parameters)}", arg.span or arg.expr.span, label,
                    help=_usage(call.name))  # fmt: skip
        args[key] = arg.expr
    if call.args.body is not None or call.args.where is not None:
        cx.fail("T217", f"`{call.name}` takes no `where` and no `:`", call.span, help=_usage(call.name))
    optional = _OPTIONAL.get(call.name, ())
    missing = [p for p in parameters if p not in args and p not in optional]
    if missing:
        cx.fail("T217", f"`{call.name}` needs `{missing[0]}`", call.span, f"no `{missing[0]}`",
                help=_usage(call.name))  # fmt: skip
    return _MAKERS[call.name](cx, call, args, scope)


Args = dict[str, tree.Expr]


def _usage(name: str) -> str:
    signature, _, meaning = LAWS[name].rpartition(": ")
    return f"`{signature}`: {meaning}"


def _range(cx: Context, expr: tree.Expr, scope: Scope) -> tuple[NodeId, NodeId, Type]:
    val = cx.expr(cx, expr, scope)
    if val.ends is None:
        cx.fail(
            "T215",
            "a range is wanted",
            expr.span,
            f"this is {describe(val.type)}",
            help="write `low .. high`, for example `5vmin .. 20vmin`",
        )
    return *val.ends, val_type(cx, *val.ends)


def _list(cx: Context, expr: tree.Expr, scope: Scope) -> Val:
    val = as_list(cx, cx.expr(cx, expr, scope))
    if val.type.rank == 0:
        cx.fail("T210", "a list is wanted", expr.span, f"this is {describe(val.type)}",
                help="put the items in brackets: `[a, b]`")  # fmt: skip
    return val


def _two(name: str) -> Callable[[Context, tree.Call, Args, Scope], Drawn]:
    def make(cx: Context, call: tree.Call, args: Args, scope: Scope) -> Drawn:
        left, right = (cx.expr(cx, e, scope) for e in args.values())
        type = same(cx, left, right)
        if type is None or not type.is_quantity:
            cx.fail("T217", f"`{name}` takes two quantities of one kind", call.name_span or call.span, "",
                    others=[(v.span, describe(v.type)) for v in (left, right)], help=_usage(name))  # fmt: skip
        if type == Type("int"):
            type = Type("number")
        return Drawn(Law(name, (left.node, right.node)), type)

    return make


def _bins(cx: Context, call: tree.Call, args: Args, scope: Scope) -> Drawn:
    low, high, type = _range(cx, args["span"], scope)
    n = one(cx, cx.expr(cx, args["n"], scope), "int", "n")
    if type == Type("int"):
        type = Type("number")
    return Drawn(Law("bins", (low, high, n.node)), type)


def _weighted(cx: Context, call: tree.Call, args: Args, scope: Scope) -> Drawn:
    xs = _list(cx, args["xs"], scope)
    by = coerce(cx, cx.expr(cx, args["by"], scope), Type("number", 1), "by")
    if cx.builder.size(xs.node) != cx.builder.size(by.node):
        cx.fail("T217", "as many weights as items are wanted", args["by"].span,
                f"{cx.builder.size(by.node)} weights", others=[(args["xs"].span, f"{cx.builder.size(xs.node)} items")],
                help=_usage("weighted"))  # fmt: skip
    return Drawn(Law("weighted", (xs.node, by.node)), xs.type.item, cx.builder.nodes[xs.node].sizes[1:], xs.groups)


def _count(cx: Context, expr: tree.Expr, scope: Scope, what: str) -> tuple[Val, int]:
    n = one(cx, cx.expr(cx, expr, scope), "int", what)
    high = cx.bounds()(n.node)[1]
    if not high <= 1000:
        cx.fail("L606", "this number of draws is too large, or nothing bounds it", expr.span, "too many",
                help="a list has at most 1000 items")  # fmt: skip
    return n, max(int(high), 0)


def _sample(cx: Context, call: tree.Call, args: Args, scope: Scope) -> Drawn:
    xs = _list(cx, args["xs"], scope)
    k, size = _count(cx, args["k"], scope, "k")
    available = cx.builder.size(xs.node)
    if cx.bounds()(k.node)[0] > available:
        cx.fail("T218", f"{size} different items cannot be drawn from a list of {available}", args["k"].span, "",
                others=[(args["xs"].span, f"{available} items")],
                help="draw fewer, or from a longer list; `repeat` draws with replacement")  # fmt: skip
    inner = cx.builder.nodes[xs.node].sizes[1:]
    return Drawn(Law("sample", (xs.node, k.node)), xs.type, (min(size, available), *inner), xs.groups)


def _shuffle(cx: Context, call: tree.Call, args: Args, scope: Scope) -> Drawn:
    xs = _list(cx, args["xs"], scope)
    return Drawn(Law("shuffle", (xs.node,)), xs.type, cx.builder.nodes[xs.node].sizes, xs.groups)


def _repeat(cx: Context, call: tree.Call, args: Args, scope: Scope) -> Drawn:
    n, size = _count(cx, args["n"], scope, "n")
    inner = law_of(cx, args["law"], scope)
    return Drawn(Law("repeat", (n.node,), inner.law), inner.type.listed, (size, *inner.sizes), inner.groups)


def _anywhere(cx: Context, call: tree.Call, args: Args, scope: Scope) -> Drawn:
    shape = one(cx, cx.expr(cx, args["s"], scope), "shape", "s")
    margin = _length(cx, args.get("margin"), scope, 0.0, "px")
    return Drawn(Law("anywhere", (shape.node, margin)), Type("point"))


def _ring(cx: Context, call: tree.Call, args: Args, scope: Scope) -> Drawn:
    centre = one(cx, cx.expr(cx, args["centre"], scope), "point", "centre")
    low, high, type = _range(cx, args["radius"], scope)
    if type != Type("length"):
        cx.fail("T210", "the radius is a range of lengths", args["radius"].span, f"a range of {plural(type.base)}",
                help="for example `5vmin .. 20vmin`")  # fmt: skip
    return Drawn(Law("ring", (centre.node, low, high)), Type("point"))


def _scatter(cx: Context, call: tree.Call, args: Args, scope: Scope) -> Drawn:
    n, size = _count(cx, args["n"], scope, "n")
    gap = _length(cx, args.get("gap"), scope, 6.0, "vmin")
    return Drawn(Law("scatter", (n.node, gap)), Type("point", 1), (size,))


def _length(cx: Context, expr: tree.Expr | None, scope: Scope, default: float, unit: str) -> NodeId:
    if expr is None:
        return cx.builder.const("length", default, unit)
    return one(cx, cx.expr(cx, expr, scope), "length", "margin").node


_PARAMETERS: dict[str, tuple[str, ...]] = {
    "log_uniform": ("lo", "hi"), "normal": ("mean", "sd"), "weighted": ("xs", "by"), "bins": ("span", "n"),
    "sample": ("xs", "k"), "shuffle": ("xs",), "repeat": ("n", "law"), "anywhere": ("s", "margin"),
    "ring": ("centre", "radius"), "scatter": ("n", "gap"),
}  # fmt: skip
_OPTIONAL = {"anywhere": ("margin",), "scatter": ("gap",)}
_MAKERS: dict[str, Callable[[Context, tree.Call, Args, Scope], Drawn]] = {
    "log_uniform": _two("log_uniform"), "normal": _two("normal"), "weighted": _weighted, "bins": _bins,
    "sample": _sample, "shuffle": _shuffle, "repeat": _repeat, "anywhere": _anywhere, "ring": _ring,
    "scatter": _scatter,
}  # fmt: skip
