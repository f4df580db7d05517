"""The words that every task starts with: values of the registry, the canvas, and what is computed from the task."""

from __future__ import annotations

from contextlib import suppress

from pgt_dsl.program.datatypes import type_of
from pgt_dsl.types.context import Context
from pgt_dsl.types.groups import new_group
from pgt_dsl.types.scope import Lazy, Scope, Stop, Val


def base_scope(cx: Context) -> None:
    """Fill ``cx.base`` with the values of the language."""
    registry, b = cx.registry, cx.builder
    names = cx.base.names
    for name, value in (("true", True), ("false", False)):
        names[name] = Val(b.const("bool", value), type_of("bool"))
    names["coin"] = Val(b.const("bool[]", [False, True]), type_of("bool[]"))
    for name, rgb in registry.colors.items():
        names[name] = Val(b.const("color", rgb), type_of("color"))
    names["none"] = Val(b.const("color", "none"), type_of("color"))
    for name in registry.forms:
        names[name] = Val(b.const("form", name), type_of("form"))
    for name, (base, items) in registry.lists.items():
        values = [registry.colors.get(item, item) for item in items] if base == "color" else list(items)
        kind = type_of(base).listed
        names[name] = Val(b.const(kind, values), kind)
    canvas = new_group(cx, "canvas", "canvas", (), None, entity=False, painted=False, scenery=True)
    fields = {"width": b.node("canvas", "length", (), {"what": "width"}),
              "height": b.node("canvas", "length", (), {"what": "height"}), "turn": b.const("angle", 0)}  # fmt: skip
    half = [b.node("div", "length", (fields[side], b.const("int", 2))) for side in ("width", "height")]
    fields["at"] = b.node("pair", "point", half)
    for name, node in fields.items():
        val = cx.val(node)
        canvas.fields[name] = Lazy(name, None, lambda val=val: val, "field", used=True, state="done", value=val)  # type: ignore[misc]
    b.update_group(canvas.id, fields=fields)
    cx.canvas = Val(b.shapes_of(canvas.id), type_of("shape"), None, (canvas.id,))
    names["canvas"] = cx.canvas
    names["shapes"] = Lazy("shapes", None, lambda: _shapes(cx), "shapes", used=True)


def task_scope(cx: Context) -> Scope:
    """The scope of a task's own names, within the words of the language."""
    return Scope(cx.base)


def _shapes(cx: Context) -> Val:
    """All shapes of the scene that are not scenery; composites count once."""
    members = []
    for lazy in cx.shapes:  # a number of shapes that depends on all shapes is a circle, and said to be one
        with suppress(Stop):
            lazy.force(cx)
    for info in list(cx.groups.values()):
        record = cx.builder.groups[info.id]
        if not record.entity or record.kind == "canvas" or "scenery" not in info.fields:  # the last: it has errors
            continue
        scenery = info.fields["scenery"].force(cx)
        if cx.builder.nodes[scenery.node].attrs.get("value"):
            continue
        members.append(info.id)
    b = cx.builder
    parts = []
    for ident in members:
        node = b.shapes_of(ident)
        parts.append(node if b.type(node).rank else b.node("list", "shape[]", (node,), None, (1,)))
    if not parts:
        return Val(b.node("list", "shape[]", (), None, (0,)), type_of("shape[]"))
    size = sum(b.size(part) for part in parts)
    node = parts[0] if len(parts) == 1 else b.node("concat", "shape[]", parts, None, (size,))
    return Val(node, type_of("shape[]"), None, tuple(members))
