"""The ops of programs in plain Python, as the oracle reads them: for each node a closure ``(oracle, env) -> value``.

Environments map axes to positions: a number along a block axis, a tuple of positions (one for each list, or the two of
a pair) along a loop's. Lists hold only the items that are there.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

from pgt_dsl.geometry.oracle import Decided, Seen, UndefinedValueError, UnknownValueError, gaps, middle
from pgt_dsl.plugins.extension import Function
from pgt_dsl.program.oracle_values import Value, read, same, spoken
from pgt_dsl.program.program import Node, NodeId

if TYPE_CHECKING:
    from pgt_dsl.program.oracle_eval import Oracle
    from pgt_dsl.program.oracle_plan import Env, Plan, Run

APART = "pgt_dsl.geometry.oracle_functions:apart"

EDGES: dict[str, Callable[[Seen], Any]] = {
    "left": lambda s: s.box[0],
    "top": lambda s: s.box[1],
    "right": lambda s: s.box[2],
    "bottom": lambda s: s.box[3],
    "width": lambda s: s.box[2] - s.box[0],
    "height": lambda s: s.box[3] - s.box[1],
    "x": lambda s: s.at.real,
    "y": lambda s: s.at.imag,
    "at": lambda s: middle(s.box),
}
"""The fields that follow from the outline."""


def closure(plan: Plan, k: NodeId, node: Node) -> Run:
    """The closure of a node whose arguments have theirs."""
    args = plan.args(node)
    if node.op in _ONE:
        one = _ONE[node.op]
        (a,) = args
        return lambda o, env: one(a(o, env))
    if node.op in _TWO:
        two = _TWO[node.op]
        a, b = args
        return lambda o, env: two(a(o, env), b(o, env))
    return _OTHERS[node.op](plan, k, node, args)


def is_fixed(plan: Plan, node: Node) -> bool:
    """Whether no scene changes the value of a node."""
    if node.axes or node.op in ("loop", "elem", "call", "text"):
        return False
    if node.op in ("const", "canvas"):
        return node.type.base != "shape"
    return bool(node.args) and all(arg in plan.fixed for arg in node.args)


# ops on ready values -----------------------------------------------------------------------------------


def _div(a: Value, b: Value) -> Value:
    if b == 0:
        raise UndefinedValueError("a division by 0")
    return a / b


def _item(items: list[Value], k: int) -> Value:
    if not -len(items) <= k < len(items):
        raise UndefinedValueError(f"item {k} of a list of {len(items)}")
    return items[int(k)]


def _first(items: list[Value], what: str) -> list[Value]:
    if not items:
        raise UndefinedValueError(f"{what} of nothing")
    return items


def _argmax(keys: list[Value], items: list[Value]) -> Value:
    best = max(_first(keys, "the item with the greatest key"))
    return items[keys.index(best)]


def _sort(keys: list[Value], items: list[Value]) -> Value:
    return [items[k] for k in sorted(range(len(keys)), key=lambda k: keys[k])]


def _only(passes: list[Value], items: list[Value]) -> Value:
    found = [item for item, passed in zip(items, passes, strict=True) if passed]
    if len(found) != 1:
        raise UndefinedValueError(f"{len(found)} items pass where one should")
    return found[0]


def _mode(items: list[Value]) -> Value:
    counts = [(sum(same(x, y) for y in items), x) for x in _unique(_first(items, "the most frequent value"))]
    most = max(count for count, _ in counts)
    winners = [x for count, x in counts if count == most]
    if len(winners) > 1:
        raise UndefinedValueError("several values are most frequent")
    return winners[0]


def _unique(items: list[Value]) -> list[Value]:
    found: list[Value] = []
    for x in items:
        if not any(same(x, y) for y in found):
            found.append(x)
    return found


_ONE: dict[str, Callable[[Any], Value]] = {
    "neg": operator.neg,
    "re": operator.attrgetter("real"),
    "im": operator.attrgetter("imag"),
    "not": operator.not_,
    "all": all,
    "some": any,
    "count": len,
    "max": lambda items: max(_first(items, "the greatest")),
    "mode": _mode,
    "distinct": lambda items: len(_unique(items)) == len(items),
    "unique": _unique,
    "reverse": lambda items: items[::-1],
}

_TWO: dict[str, Callable[[Any, Any], Value]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": _div,
    "pair": complex,
    "lt": operator.lt,
    "le": operator.le,
    "eq": same,
    "range": lambda low, high: list(range(int(low), int(high) + 1)),
    "item": _item,
    "argmax": _argmax,
    "sort": _sort,
    "only": _only,
}


# ops that read the scene, or not all of their arguments ------------------------------------------------

Args = tuple["Run", ...]


def _const(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    unit = plan.units[n.attrs.get("unit", "")]
    if n.type.base == "shape":
        return lambda o, env: read(n.attrs["value"], n.type, unit, o.shapes.slot)
    return lambda o, env: read(n.attrs["value"], n.type, unit)


def _canvas(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    side = plan.width if n.attrs["what"] == "width" else plan.height
    return lambda o, env: side


def _var(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    var = plan.program.vars[n.attrs["var"]]
    name, axes, type = var.name, var.axes, var.type
    return lambda o, env: read(o.drawn(name, env, axes), type, 1.0, o.shapes.slot)


def _axis(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    axis = n.attrs["axis"]
    return lambda o, env: place if isinstance(place := env[axis], int) else int(place[0])


def _elem(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    axis, part = plan.program.axes[n.attrs["axis"]], n.attrs.get("part", 0)
    items, own = plan.run[axis.lists[0 if axis.pairs else part]], axis.id
    return lambda o, env: items(o, env)[env[own][part]]


def _and(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    return lambda o, env: all(a(o, env) for a in args)


def _or(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    return lambda o, env: any(a(o, env) for a in args)


def _if(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    condition, then, other = args
    return lambda o, env: (then if condition(o, env) else other)(o, env)


def _list(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    return lambda o, env: [a(o, env) for a in args]


def _concat(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    return lambda o, env: [item for a in args for item in a(o, env)]


def _loop(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    axis, along, body = plan.program.axes[n.attrs["axis"]], plan.along(n.attrs["axis"]), args[0]
    if len(args) == 1 and axis.pairs and _is_gap_of_pair(plan, n):
        items = plan.run[axis.lists[0]]

        def gaps_of_pairs(o: Oracle, env: Env) -> list[Value]:
            pairs = list(combinations(items(o, env), 2))
            apart = gaps(pairs)
            return [math.inf if a.slot == b.slot else gap for (a, b), gap in zip(pairs, apart, strict=True)]

        return gaps_of_pairs
    if len(args) == 1:
        return lambda o, env: [body(o, inner) for inner in along(o, env)]
    where = args[1]
    return lambda o, env: [body(o, inner) for inner in along(o, env) if where(o, inner)]


def _is_gap_of_pair(plan: Plan, n: Node) -> bool:
    """Whether a loop over pairs asks for nothing but ``apart(a, b)`` of the pair: then all gaps are found at once."""
    nodes = plan.program.nodes
    body = nodes[n.args[0]]
    if body.op != "call" or len(body.args) != 2:
        return False
    function = plan.registry.functions.get(body.attrs["name"])
    if function is None or function.oracle != APART:
        return False
    items = [nodes[a] for a in body.args]
    of_pair = [a.op == "elem" and a.attrs["axis"] == n.attrs["axis"] and a.type.base == "shape" for a in items]
    return all(of_pair) and {a.attrs.get("part", 0) for a in items} == {0, 1} and not any(a.type.rank for a in items)


def _in(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    one, items = args
    return lambda o, env: any(same(one(o, env), y) for y in items(o, env))


def _except(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    items, less = args
    single = plan.program.nodes[n.args[1]].type.rank < n.type.rank

    def run(o: Oracle, env: Env) -> list[Value]:
        every, left_out = items(o, env), less(o, env)
        if single:
            left_out = [left_out]
        return [x for x in every if not any(same(x, y) for y in left_out)]

    return run


def _sum(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    (items,), zero = args, 0 if n.type.base == "int" else 0.0
    return lambda o, env: sum(items(o, env), zero)


def _group(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    group, listed = n.attrs["group"], n.type.rank > 0
    return lambda o, env: o.shapes.all_of(group, listed)


def _slot(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    group = n.attrs["group"]
    return lambda o, env: o.shapes.here(group, env)


def _parts(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    (whole,), part, groups = args, n.attrs["part"], dict(n.attrs["map"])
    return lambda o, env: o.shapes.parts(whole(o, env), part, groups)


def _field(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    (shape,), name = args, n.attrs["name"]

    def run(o: Oracle, env: Env) -> Value:
        seen = shape(o, env)
        own = plan.fields[seen.group].get(name)
        return o.shapes.field(seen, name) if own is None else own(o, seen.positions)

    return run


def _photo(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    return lambda o, env: o.shapes.photo(n, env)


def _text(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    bases = [plan.program.nodes[a].type.base for a in n.args]

    def run(o: Oracle, env: Env) -> str:
        found = ""
        for part in n.attrs["template"]:
            if isinstance(part, str):
                found += part
                continue
            value, base = args[part["hole"]](o, env), bases[part["hole"]]
            found += spoken(value, base, part.get("format"), part.get("choices") or (), plan.colors)
        return found

    return run


def _call(plan: Plan, k: NodeId, n: Node, args: Args) -> Run:
    name, axes = n.attrs["name"], n.axes
    function = plan.registry.functions.get(name)
    if function is None:
        return _failing(UnknownValueError(f"the function {name}, which no plugin here offers"))
    try:
        scalar = resolve(function)
    except Exception as error:  # of a plugin: what cannot be judged is told scene by scene
        return _failing(error)
    needs_world = getattr(scalar, "needs_world", False)

    def run(o: Oracle, env: Env) -> Value:
        ready = [a(o, env) for a in args]
        found = scalar(*ready, world=o.world) if needs_world else scalar(*ready)
        if isinstance(found, Decided):
            o.decisions[(k, *[env[axis] for axis in axes])] = found
            return found.value
        return found

    return run


def _failing(error: Exception) -> Run:
    def run(o: Oracle, env: Env) -> Value:
        raise error.with_traceback(None)

    return run


def resolve(function: Function) -> Callable[..., Any]:
    """The scalar function of a declaration."""
    return resolved(function.oracle)


@cache
def resolved(ref: str) -> Callable[..., Any]:
    """What a plugin's reference names."""
    from pgt_dsl.plugins.discover import load_ref

    found: Callable[..., Any] = load_ref(ref)
    return found


_OTHERS: dict[str, Callable[[Plan, NodeId, Node, Args], Run]] = {
    "const": _const,
    "canvas": _canvas,
    "var": _var,
    "axis": _axis,
    "elem": _elem,
    "and": _and,
    "or": _or,
    "if": _if,
    "list": _list,
    "concat": _concat,
    "loop": _loop,
    "in": _in,
    "except": _except,
    "sum": _sum,
    "group": _group,
    "slot": _slot,
    "parts": _parts,
    "field": _field,
    "call": _call,
    "text": _text,
    "photo": _photo,
}
