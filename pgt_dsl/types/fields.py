"""``shape.field``: what a shape has, whichever of several kinds it may be."""

from __future__ import annotations

from collections.abc import Callable

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import DERIVED_FIELDS
from pgt_dsl.source import Span
from pgt_dsl.types.context import Context, advice, describe
from pgt_dsl.types.groups import POINT, GroupInfo, edge, middle, new_group, part_of
from pgt_dsl.types.scope import Lazy, Val

LENGTH = Type("length")


def dot(cx: Context, of: Val, name: str, span: Span | None, name_span: Span | None) -> Val:
    """``of.name``; on a list it maps."""
    if of.type.rank == 1:
        from pgt_dsl.types.loops import map_list

        return map_list(cx, of, lambda item: dot(cx, item, name, span, name_span), span)
    if of.type.base == "point" and name in ("x", "y"):
        return cx.op("re" if name == "x" else "im", LENGTH, of.node, span=span)
    if of.type.base == "vector" and name in ("x", "y"):
        return cx.op("re" if name == "x" else "im", "number", of.node, span=span)
    if of.type.base != "shape" or of.type.rank:
        cx.fail("N301", f"{describe(of.type)} has no field `{name}`", name_span or span, "no such field",
                help="shapes have fields; points and vectors have `x` and `y`")  # fmt: skip
    return get_field(cx, of, name, span, name_span)


def get_field(cx: Context, of: Val, name: str, span: Span | None, name_span: Span | None = None) -> Val:
    """A field, part or derived measure of one shape. Raises ``Stop`` when some possible kind lacks it."""
    infos = [cx.groups[g] for g in of.groups]
    if name in ("x", "y"):
        at = get_field(cx, of, "at", span)
        return cx.op("re" if name == "x" else "im", LENGTH, at.node, span=span)
    if name in ("box", "segments"):
        return part_of(cx, of, name, [(info, virtual(cx, info, name, span)) for info in infos], span)
    if infos and all(name in info.parts for info in infos):
        return part_of(cx, of, name, [(info, info.parts[name]) for info in infos], span)
    for info in infos:
        if name not in info.fields and name in ("width", "height"):
            ends = ("left", "right") if name == "width" else ("top", "bottom")
            info.fields[name] = Lazy(f"{info.name}.{name}", info.span, _extent(cx, info, ends), "field", used=True)
    types: dict[Type, GroupInfo] = {}
    groups: list[int] = []
    for info in infos:
        if name in info.fields:
            val = info.fields[name].force(cx)
            types.setdefault(val.type, info)
            groups.extend(g for g in val.groups if g not in groups)
        elif name in DERIVED_FIELDS:
            types.setdefault(Type(DERIVED_FIELDS[name]), info)  # type: ignore[arg-type]
        else:
            _missing(cx, info, name, name_span or span)
    if {t.base for t in types} == {"int", "number"}:
        types = {Type("number"): infos[0]}
    if len(types) > 1:
        cx.fail("T213", f"`{name}` is not the same kind of thing in all of these shapes", name_span or span,
                ", ".join(f"{describe(t)} in `{i.kind}`" for t, i in types.items()))  # fmt: skip
    if not types:
        cx.fail("N301", f"an empty list has no `{name}`", name_span or span, "no shapes here")
    store(cx, infos, name)
    type = next(iter(types))
    if len(infos) == 1 and not infos[0].axes and name in infos[0].fields:
        value = infos[0].fields[name].force(cx)
        return cx.val(value.node, span, tuple(groups))
    return cx.val(cx.builder.field(of.node, name, type, of.groups), span, tuple(groups))


def store(cx: Context, infos: list[GroupInfo], name: str) -> None:
    """Write elaborated fields into the groups that the program will hold."""
    for info in infos:
        if name in info.fields:
            node = info.fields[name].force(cx).node
            record = cx.builder.groups[info.id]
            if record.fields.get(name) != node:
                cx.builder.update_group(info.id, fields={**record.fields, name: node})


def _extent(cx: Context, info: GroupInfo, ends: tuple[str, str]) -> Callable[[], Val]:
    def make() -> Val:
        low, high = (edge(cx, info, end) for end in ends)
        return cx.op("sub", LENGTH, high, low)

    return make


def _missing(cx: Context, info: GroupInfo, name: str, span: Span | None) -> None:
    known = info.known()
    kind = info.kind
    cx.fail("N301", f"`{kind}` has no field `{name}`", span, f"`{info.name}` is of kind `{kind}`",
            help=advice(name, known, "fields"))  # fmt: skip


def virtual(cx: Context, info: GroupInfo, name: str, span: Span | None) -> GroupInfo:
    """The unpainted group of bounding boxes, or of straight pieces, that belongs to a group."""
    found = info.parts.get(name)
    if found is not None:
        return found
    if name == "segments":
        made = _segments(cx, info, span)
    else:
        made = new_group(cx, f"{info.name}.box", "box", info.axes, info.span, parent=info.id, entity=False,
                         painted=False)  # fmt: skip
        left, right, top, bottom = (edge(cx, info, w) for w in ("left", "right", "top", "bottom"))
        b = cx.builder
        _fix(cx, made, {"at": middle(cx, info).node, "width": b.node("sub", LENGTH, (right, left)),
                        "height": b.node("sub", LENGTH, (bottom, top)), "turn": b.const("angle", 0)})  # fmt: skip
    info.parts[name] = made
    cx.builder.update_group(info.id, parts={n: p.id for n, p in info.parts.items()})
    return made


def _segments(cx: Context, info: GroupInfo, span: Span | None) -> GroupInfo:
    """The straight pieces of a path, as lines."""
    if "points" not in info.fields:
        cx.fail("T216", f"`{info.kind}` has no straight pieces", span, f"`{info.name}` is of kind `{info.kind}`",
                help="`segments` are the pieces of a `path`")  # fmt: skip
    points = info.fields["points"].force(cx)
    b = cx.builder
    size = max(b.size(points.node) - 1, 1)
    axis = b.block_axis(size, b.node("sub", "int", (b.node("count", "int", (points.node,)), b.const("int", 1))))
    made = new_group(cx, f"{info.name}.segments", "line", (*info.axes, axis), info.span, parent=info.id,
                     entity=False, painted=False)  # fmt: skip
    at = b.position(axis)
    start = b.node("item", POINT, (points.node, at))
    end = b.node("item", POINT, (points.node, b.node("add", "int", (at, b.const("int", 1)))))
    fixed = {"from": start, "to": end, "stroke": info.fields["stroke"].force(cx).node}
    fixed["length"] = b.node("call", LENGTH, (start, end), {"name": "distance"})
    fixed["turn"] = b.node("call", "angle", (start, end), {"name": "direction"})
    fixed["at"] = b.node("call", POINT, (start, end, b.const("number", 0.5)), {"name": "mix"})
    _fix(cx, made, fixed)
    return made


def _fix(cx: Context, info: GroupInfo, nodes: dict[str, int]) -> None:
    """Give a virtual group its fields as finished nodes."""
    for name, node in nodes.items():
        val = cx.val(node)
        info.fields[name] = Lazy(name, None, lambda val=val: val, "field", used=True, state="done", value=val)  # type: ignore[misc]
    cx.builder.update_group(info.id, fields=dict(nodes))
