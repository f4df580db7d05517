"""Fields that can only be so small or so large: a length below nothing or a polygon with two sides is no shape."""

from __future__ import annotations

from pgt_dsl.types.context import Context
from pgt_dsl.types.groups import GroupInfo
from pgt_dsl.types.scope import Val

SIZES = ("size", "radius", "width", "height", "length", "stroke")
SIDES = (3, 60)


def check_ranges(cx: Context, info: GroupInfo) -> None:
    """Report sizes that are written or drawn below 0, and numbers of sides that no polygon has."""
    for name in SIZES:
        if name in info.fields:
            val = info.fields[name].force(cx)
            if val.type.base == "length" and val.type.rank == 0 and _least(cx, val) < 0:
                cx.error("T246", f"a `{name}` is never below 0", val.span or info.span, "below 0",
                         help="write a length of 0 or more; `turn` and `at` say which way a shape lies")  # fmt: skip
    if info.kind == "polygon" and "sides" in info.fields:
        val = info.fields["sides"].force(cx)
        low, high = cx.bounds()(val.node)
        if low < SIDES[0] or high > SIDES[1]:
            cx.error("T246", f"a polygon has {SIDES[0]} to {SIDES[1]} sides", val.span or info.span,
                     f"may be {low:g}" if low < SIDES[0] else f"may be {high:g}",
                     help="draw from a smaller range, as in `sides ~ 3 .. 8`; many sides are a `circle`")  # fmt: skip


def _least(cx: Context, val: Val) -> float:
    """The least value of a constant length, or of one that is drawn from constants; 0 where it cannot be told."""
    record = cx.builder.nodes[val.node]
    if record.op == "var":
        law = cx.builder.vars[record.attrs["var"]].law
        if law.name not in ("uniform", "log_uniform", "bins") or not law.args:
            return 0.0
        record = cx.builder.nodes[law.args[0]]
    value = record.attrs.get("value") if record.op == "const" else None
    return float(value) if isinstance(value, int | float) else 0.0
