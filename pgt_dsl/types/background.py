"""The background and the canvas: what is behind the shapes, and how large the picture is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pgt_dsl.program.datatypes import Type, type_of
from pgt_dsl.program.program import Background, Law
from pgt_dsl.syntax import tree
from pgt_dsl.types.coerce import coerce
from pgt_dsl.types.context import Context, advice, describe, origin
from pgt_dsl.types.groups import new_group
from pgt_dsl.types.laws import draw
from pgt_dsl.types.model import Model
from pgt_dsl.types.scope import Lazy, Scope, Val
from pgt_dsl.types.snippets import snippet

MAX_OBJECTS = 40
MOST_SPOTS = 48  # as photos.depth.MOST_POINTS
OBJECT_FIELDS = {"at": "point", "width": "length", "height": "length", "category": "text", "crowd": "bool",
                 "cut_off": "bool"}  # fmt: skip


def canvas_size(cx: Context, item: tree.Canvas, scope: Scope) -> tuple[str, float, float]:
    """``canvas 4 by 3`` (a ratio) or ``canvas 640px by 480px``."""
    sides: list[tuple[str, float]] = []
    for side in (item.width, item.height):
        val = cx.expr(cx, side, scope)
        record = cx.builder.nodes[val.node]
        unit = record.attrs.get("unit", "")
        if record.op != "const" or val.type.base not in ("int", "number", "length") or unit not in ("", "px"):
            cx.fail("T242", "a canvas is a ratio or a size in px", val.span,
                    f"in {unit}, not in px" if unit else f"this is {describe(val.type)}",
                    help="`canvas 4 by 3` or `canvas 640px by 480px`")  # fmt: skip
        sides.append((unit, float(record.attrs["value"])))
    (unit, width), (other, height) = sides
    if unit != other:
        cx.fail("T242", "both sides are numbers, or both are in px", item.span, "one of each",
                help="`canvas 4 by 3` or `canvas 640px by 480px`")  # fmt: skip
    small, large = (64, 4096) if unit else (1e-9, 1e6)
    short, long = sorted((width, height))
    if not small <= short <= long <= min(large, 8 * short):
        cx.fail("L612", "this canvas is too small, too large, or too long and thin", item.span, "",
                help="a side has 64px to 4096px, and the longer is at most 8 times the shorter")  # fmt: skip
    return ("px" if unit else "ratio", width, height)


def declare_background(cx: Context, model: Model, item: tree.Background, scope: Scope) -> None:
    """Elaborate ``background img: kind { ... }``; ``img.field`` and ``img.objects`` become names."""
    kind = cx.registry.backgrounds.get(item.kind)
    if kind is None and item.kind != "any":
        kinds = sorted({*cx.registry.backgrounds, "any"})
        cx.fail("N301", f"there is no background `{item.kind}`", item.kind_span or item.span, "not known here",
                help=advice(item.kind, kinds, "backgrounds"))  # fmt: skip
    specs = {spec.name: spec for spec in kind.fields} if kind else {}
    fields: dict[str, Lazy] = {}
    explicit = {entry.name: entry for entry in item.fields}
    for name, entry in explicit.items():
        if name not in specs:
            cx.error("N301", f"`{item.kind}` has no field `{name}`", entry.name_span or entry.span, "no such field",
                     help=advice(name, specs, "fields"))  # fmt: skip
    for name, spec in specs.items():
        text = (spec.default or "").strip()
        given = explicit.get(name)
        if given is None and not text:
            continue
        fields[name] = Lazy(f"{item.name}.{name}", item.span,
                            _field(cx, item.name, name, given, text, scope, spec.type), "field", used=True)  # fmt: skip
    background = Background(
        item.kind, item.name, {n: z.force(cx).node for n, z in fields.items()}, origin=origin(item.span)
    )
    objects: list[Val] = []
    spots: list[Val] = []
    of_photo = ["objects", "spots"] if item.kind == "photo" else []
    if item.kind == "photo":
        photo = cx.builder.var(f"{item.name}.photo", "int", Law("photo"), "photo", (), (), origin(item.span))
        background = replace(background, photo=cx.builder.nodes[photo].attrs["var"])
    model.background = background

    def get(node: tree.Dot) -> Val:
        if node.name == "objects" and item.kind == "photo":
            if not objects:
                objects.append(_objects(cx, model, item))
            return replace(objects[0], span=node.span)
        if node.name == "spots" and item.kind == "photo":
            if not spots:
                node_id = cx.builder.node("photo", Type("point", 1), (), {"what": "spots"}, (MOST_SPOTS,))
                spots.append(cx.val(node_id, item.span))
            return replace(spots[0], span=node.span)
        if node.name in fields:
            return replace(fields[node.name].force(cx), span=node.span)
        names = [*fields, *of_photo]
        cx.fail("N301", f"the background `{item.name}` has no `{node.name}`", node.name_span or node.span,
                "no such field", help=advice(node.name, names, "it has"))  # fmt: skip

    cx.backgrounds[item.name] = get


def _field(
    cx: Context, owner: str, name: str, given: tree.Field | None, text: str, scope: Scope, type: str
) -> Callable[[], Val]:
    def make() -> Val:
        want = type_of(type)
        if given is not None:
            mode, expr, inner = given.bind.mode, given.bind.expr, scope
        else:
            mode, expr, inner = text[0], snippet(text[1:].strip(), f"<default of {name}>"), cx.base  # type: ignore[assignment]
        if mode == "~":
            return draw(cx, f"{owner}.{name}", expr, inner, "field", want, (), expr.span, name)
        return coerce(cx, cx.expr(cx, expr, inner), want, name)

    return make


def _objects(cx: Context, model: Model, item: tree.Background) -> Val:
    """The annotated objects of the photo: a list of shapes whose fields are columns of the catalogue."""
    count = cx.builder.node("photo", "int", (), {"what": "count"})
    axis = cx.builder.block_axis(MAX_OBJECTS, count)
    info = new_group(cx, f"{item.name}.objects", "object", (axis,), item.span, entity=False, painted=False)
    nodes = {name: cx.builder.node("photo", type, (), {"what": name}, (), (axis,))
             for name, type in OBJECT_FIELDS.items()}  # fmt: skip
    for name, node in nodes.items():
        val = cx.val(node)
        info.fields[name] = Lazy(name, None, lambda val=val: val, "field", used=True, state="done", value=val)  # type: ignore[misc]
    cx.builder.update_group(info.id, fields=nodes)
    model.background = replace(model.background, objects=info.id)
    return cx.val(cx.builder.shapes_of(info.id), item.span, (info.id,))
