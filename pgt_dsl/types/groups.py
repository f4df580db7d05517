"""Groups of shapes while they are being elaborated: their tables of fields and parts, their axes, their boxes."""

from __future__ import annotations

from dataclasses import dataclass, field

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import DERIVED_FIELDS, AxisId, GroupId, NodeId
from pgt_dsl.source import Span
from pgt_dsl.syntax import tree
from pgt_dsl.types.context import MAX_ITEMS, MAX_SLOTS, Context, describe, origin
from pgt_dsl.types.scope import Lazy, Scope, Use, Val

NUMBER = Type("number")
LENGTH = Type("length")
POINT = Type("point")
ENTITY_FIELDS = {"label": "text", "name": "text", "scenery": "bool", "room": "shape"}
WHOLE_FIELDS = {**ENTITY_FIELDS, "layer": "number"}  # what can be set of any shape that is made of shapes


@dataclass(slots=True)
class GroupInfo:
    """What elaboration knows of a group: its kind, its axes and its table of fields and parts."""

    id: GroupId
    name: str
    kind: str
    axes: tuple[AxisId, ...]
    span: Span | None
    fields: dict[str, Lazy] = field(default_factory=dict)
    parts: dict[str, GroupInfo] = field(default_factory=dict)
    requires: list[tuple[tree.Require, Scope, tuple[Use, ...]]] = field(default_factory=list)
    types: dict[str, Type] = field(default_factory=dict)

    def known(self) -> list[str]:
        """The names of all fields and parts."""
        hidden = {"room"}
        return sorted({*self.fields, *self.parts, *DERIVED_FIELDS, "x", "y", "width", "height", "box"} - hidden)


def count_axis(cx: Context, count: tree.Expr, scope: Scope) -> AxisId:
    """The block axis of ``kind[count]``; its size is the count's upper bound."""
    val = cx.expr(cx, count, scope)
    if val.ends is not None or val.type.base == "range" or val.type.rank:
        text = val.span.text if val.span else "2 .. 4"
        cx.fail("T207", "a count is one number", val.span, "several numbers",
                help=f"to let it vary, write `let k ~ {text}` and `[k]`")  # fmt: skip
    if val.type != Type("int"):
        cx.fail("T207", "a count is a whole number", val.span, f"this is {describe(val.type)}",
                help="round it with `round(...)`, or draw it from whole numbers: `let k ~ 2 .. 4`")  # fmt: skip
    low, high = cx.bounds()(val.node)
    if high == float("inf") or high != high:
        cx.fail("T212", "this count has no upper bound", val.span, "nothing limits this number",
                help="a count must be bounded by its own definition, as in `let k ~ 2 .. 4`")  # fmt: skip
    if high > MAX_ITEMS:
        cx.fail("L610", f"{high:,.0f} shapes are more than the {MAX_ITEMS} that a list may hold", val.span,
                "up to so many", help=f"a list of shapes has at most {MAX_ITEMS} items")  # fmt: skip
    if high < 0:
        cx.fail("T207", "this count is never positive", val.span, f"at most {high:.0f}",
                help="a list of shapes has at least one item in some scenes")  # fmt: skip
    fixed = low == high
    return cx.builder.block_axis(max(int(high), 1), None if fixed and high >= 1 else val.node)


def new_group(
    cx: Context, name: str, kind: str, axes: tuple[AxisId, ...], span: Span | None, **settings: object
) -> GroupInfo:
    """Register a group and its slots."""
    ident = cx.builder.group(name, kind, axes, origin=origin(span), **settings)
    if cx.builder.slots > MAX_SLOTS:
        cx.fail(
            "L611",
            f"the task has more than {MAX_SLOTS} shapes",
            span,
            f"{cx.builder.slots:,} with these",
            help="parts of parts multiply: use fewer or shorter lists",
        )
    info = GroupInfo(ident, name, kind, axes, span)
    cx.groups[ident] = info
    return info


def as_value(cx: Context, info: GroupInfo, span: Span | None = None) -> Val:
    """The group as seen by name: a shape, or a list of shapes."""
    return cx.val(cx.builder.shapes_of(info.id), span, (info.id,))


def itself(cx: Context, info: GroupInfo) -> Val:
    """The current item of a group, within its own block."""
    return cx.val(cx.builder.node("slot", "shape", (), {"group": info.id}, (), info.axes), info.span, (info.id,))


def edge(cx: Context, info: GroupInfo, which: str) -> NodeId:
    """An edge of the upright bounding box of a group's current item."""
    return cx.builder.field(itself(cx, info).node, which, LENGTH, (info.id,))


def middle(cx: Context, info: GroupInfo) -> Val:
    """The middle of the upright bounding box of a group's current item."""
    b = cx.builder
    sides = ((edge(cx, info, low), edge(cx, info, high)) for low, high in (("left", "right"), ("top", "bottom")))
    x, y = (b.node("div", LENGTH, (b.node("add", LENGTH, pair), b.const("int", 2))) for pair in sides)
    return cx.op("pair", POINT, x, y)


def part_of(cx: Context, of: Val, name: str, pairs: list[tuple[GroupInfo, GroupInfo]], span: Span | None) -> Val:
    """The part of a shape: one shape, or a list when the part was declared as one."""
    listed = {len(part.axes) > len(owner.axes) for owner, part in pairs}
    if len(listed) > 1:
        cx.fail("T213", f"`{name}` is one shape in some kinds and a list in others", span, "which?")
    table = [[owner.id, part.id] for owner, part in pairs]
    groups = tuple(part.id for _, part in pairs)
    if listed.pop():
        size = max(cx.builder.axes[part.axes[-1]].size for _, part in pairs)
        return cx.op("parts", "shape[]", of.node, span=span, attrs={"part": name, "map": table}, sizes=(size,),
                     groups=groups)  # fmt: skip
    return cx.op("parts", "shape", of.node, span=span, attrs={"part": name, "map": table}, groups=groups)
