"""What a recipe sets: a pick takes fewer of its values, a let is fixed or drawn from less, with the types they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import Law, NodeId
from pgt_dsl.source import Span
from pgt_dsl.syntax import tree
from pgt_dsl.types.coerce import as_list, coerce
from pgt_dsl.types.context import Context
from pgt_dsl.types.laws import draw, law_of
from pgt_dsl.types.scope import Scope, Val

Item = tuple[str, Any]  # the unit and the value of a constant


@dataclass(slots=True)
class Setting:
    """A value that a recipe sets; ``place`` is where the recipe says it."""

    name: str
    expr: tree.Expr
    place: Span
    used: bool = False


def set_let(cx: Context, item: tree.Let, setting: Setting, scope: Scope, span: Span | None) -> Val:
    """The value of a let that is set: one value fixes it, a list or a range is drawn from."""
    drawn = item.bind.mode == "~"
    old = law_of(cx, item.bind.expr, scope, item.name) if drawn else None
    want = old.type if old is not None else as_list(cx, cx.expr(cx, item.bind.expr, scope)).type
    val = cx.expr(cx, setting.expr, scope)
    if old is not None:
        told = list(val.ends) if val.ends is not None else [val.node]
        within(cx, item.name, item.bind.expr.span, old.law, told, want, setting)
    if want.base != "range" and (val.ends is not None or val.type.rank == want.rank + 1):
        return draw(cx, item.name, setting.expr, scope, "let", want, (), span, item.name)
    made = coerce(cx, val, want, item.name)
    return Val(made.node, made.type, setting.expr.span, made.groups, made.ends, False)


def within(
    cx: Context, name: str, span: Span | None, law: Law, told: Sequence[NodeId], want: Type, setting: Setting
) -> None:  # fmt: skip
    """Report constants (nodes, ``told``) that a let never takes, as far as its law says it in constants."""
    given = [found for node in told for found in constants(cx, node) or []]
    if law.name in ("uniform", "integers", "log_uniform", "bins"):
        ends = [constants(cx, node) for node in law.args[:2]]
        if not all(ends):
            return
        low, high = (end[0] for end in ends if end)
        bad = [x for x in given if x[0] == low[0] == high[0] and not low[1] <= x[1] <= high[1]]
    elif law.name == "choice" and law.args:
        items = constants(cx, law.args[0])
        bad = [x for x in given if x not in items] if items is not None and want.rank == 0 else []
    else:
        return
    if bad:
        never(cx, name, setting, span, bad)


def set_pick(cx: Context, name: str, values: Val, setting: Setting, scope: Scope) -> Val:
    """The values of a pick that the recipe leaves it, in the order of the spec."""
    given = cx.expr(cx, setting.expr, scope)
    if given.ends is not None:
        given = as_list(cx, given)
    b = cx.builder
    if given.type.rank == 0:
        given = coerce(cx, given, values.type.item, name)
        given = replace(given, node=b.node("list", values.type, (given.node,), None, (1,)), type=values.type)
    given = coerce(cx, given, values.type, name)
    if b.size(given.node) == 0:
        cx.fail("T204", f"nothing is left of `{name}`: the list is empty", setting.place, "no items")
    all_of, wanted = constants(cx, values.node), constants(cx, given.node)
    if all_of is None or wanted is None:
        axis = b.loop_axis([values.node])
        kept = b.node("in", Type("bool"), (b.elem(axis), given.node))
        return replace(values, node=b.loop(axis, b.elem(axis), kept), ends=None)
    bad = [x for x in wanted if x not in all_of]
    if bad:
        never(cx, name, setting, values.span, bad)
    base, unit = values.type.item, all_of[0][0]
    items = [b.const(base, x[1], unit) for x in all_of if x in wanted]
    return replace(values, node=b.node("list", values.type, items, None, (len(items),)), ends=None)


def set_bins(cx: Context, name: str, domain: tree.Call, setting: Setting, scope: Scope) -> tree.Call:
    """``bins`` over the part of its range that the recipe leaves it, as many as before."""
    val = cx.expr(cx, setting.expr, scope)
    if val.ends is None:
        cx.fail("T215", f"`{name}` has bins, so it is set to a range", setting.place, "one value, or a list",
                help="write `low .. high`, for example `5vmin .. 20vmin`")  # fmt: skip
    named = [arg.expr for k, arg in enumerate(domain.args.items) if arg.name == "span" or (not arg.name and k == 0)]
    span = named[0] if named else None
    whole = cx.expr(cx, span, scope) if span is not None else val
    ends = [constants(cx, node) for node in (*(whole.ends or ()), *val.ends)]
    if len(ends) == 4 and all(ends):
        low, high, first, last = (end[0] for end in ends if end)
        bad = [x for x in (first, last) if x[0] == low[0] == high[0] and not low[1] <= x[1] <= high[1]]
        if bad:
            never(cx, name, setting, whole.span, bad)
    items = tuple(replace(arg, expr=setting.expr) if arg.expr is span else arg for arg in domain.args.items)
    return replace(domain, args=replace(domain.args, items=items))


def never(cx: Context, name: str, setting: Setting, span: Span | None, bad: list[Item]) -> None:
    """Report values that a pick or a let never takes."""
    hues = {value: name for name, value in cx.registry.colors.items()}
    told = ", ".join(f"{x[1]:g}{x[0]}" if isinstance(x[1], float) else f"{hues.get(x[1], x[1])}{x[0]}" for x in bad[:3])
    cx.fail("R811", f"`{name}` is never {told}", setting.place, "set here",
            others=[(span, "these are its values")] if span is not None else [],
            help="a recipe takes values away; what a task can be at all is said in its spec")  # fmt: skip


def constants(cx: Context, node: NodeId) -> list[Item] | None:
    """The constants that a node is, with their units: one, or those of a list; None where they are not known."""
    record = cx.builder.nodes[node]
    if record.op == "const":
        unit, value = str(record.attrs.get("unit", "")), record.attrs["value"]
        if record.type.rank == 0:
            return [(unit, value)]
        return [(unit, item) for item in value] if record.type.rank == 1 else None
    if record.op == "neg":
        inner = constants(cx, record.args[0])
        return [(unit, -value) for unit, value in inner] if inner and record.type.rank == 0 else None
    if record.op in ("list", "range"):
        parts = [constants(cx, arg) for arg in record.args]
        flat = [part[0] for part in parts if part is not None and len(part) == 1]
        if len(flat) < len(parts):
            return None
        if record.op == "list":
            return flat
        return [("", value) for value in range(int(flat[0][1]), int(flat[1][1]) + 1)]
    return None
