"""``shape`` statements: each becomes a group with a table of fields, of a kind from the registry or the language."""

from __future__ import annotations

from collections.abc import Callable

from pgt_dsl.plugins.extension import Kind
from pgt_dsl.syntax import tree
from pgt_dsl.types.composites import composite_kind, layer_of
from pgt_dsl.types.context import Context, advice
from pgt_dsl.types.groups import GroupInfo, count_axis, new_group
from pgt_dsl.types.scope import Lazy, Scope, Val
from pgt_dsl.types.ways import primitive

HIDDEN = ("object", "canvas")  # kinds that no task declares


def declare_shape(
    cx: Context, shape: tree.Shape, scope: Scope, prefix: str = "", parent: GroupInfo | None = None
) -> GroupInfo:
    """Elaborate a ``shape`` statement to a group; its fields wait until they are asked for."""
    composite = cx.kinds.get(shape.kind)
    kind = cx.registry.kinds.get(shape.kind)
    if composite is None and (kind is None or kind.name in HIDDEN):
        names = {*cx.kinds, *cx.registry.kinds} - set(HIDDEN)
        cx.fail("N301", f"there is no kind of shape `{shape.kind}`", shape.kind_span or shape.span, "not known here",
                help=[*_form_help(cx, shape), *advice(shape.kind, names, "kinds")])  # fmt: skip
    axes, index = scope.axes, scope.index
    if shape.count is not None:
        index = count_axis(cx, shape.count, scope)
        axes = (*axes, index)
    span = shape.name_span or shape.span
    info = new_group(cx, prefix + shape.name, shape.kind, axes, span, composite=composite is not None,
                     noun=kind.noun if kind is not None and composite is None else shape.kind,
                     parent=parent.id if parent else None, entity=parent is None)  # fmt: skip
    block = Scope(scope, {}, axes, index)
    explicit = _explicit(cx, info, shape, block)
    if shape.count is not None and index is not None:
        block.names["index"] = cx.val(cx.builder.position(index))
    if composite is not None:
        composite_kind(cx, info, composite, explicit, block, shape.kind_span or span, declare_shape, parent)
    elif kind is not None:
        block.fallback = lambda n: info.fields.get(n)
        primitive(cx, info, kind, explicit, block)
        if parent is not None and "layer" not in explicit and _on_the_common_layer(kind):
            info.fields["layer"] = Lazy(f"{info.name}.layer", span, layer_of(cx, parent), "field", used=True)
    return info


def _on_the_common_layer(kind: Kind) -> bool:
    """Whether a kind lies in layer 0 unless told otherwise; a panel lies beneath."""
    return any(spec.name == "layer" and spec.default == "= 0" for spec in kind.fields)


def _form_help(cx: Context, shape: tree.Shape) -> list[str]:
    """A form may be meant, where a kind is asked for."""
    if shape.kind in cx.registry.forms:
        return [f"`{shape.kind}` is a form: `shape {shape.name}: figure {{ form = {shape.kind} }}`"]
    return []


def _explicit(cx: Context, info: GroupInfo, shape: tree.Shape, block: Scope) -> dict[str, tree.Field]:
    """The fields set in the block, by name; each is in sight of the others."""
    explicit: dict[str, tree.Field] = {}
    for entry in shape.fields:
        first = explicit.get(entry.name)
        if first is not None:
            cx.error(
                "N303",
                f"`{entry.name}` is set twice",
                entry.name_span or entry.span,
                "set again here",
                others=[(first.name_span or first.span, "first set here")],
                help="leave one of them out",
            )
            continue
        explicit[entry.name] = entry
    for name, entry in explicit.items():
        same = isinstance(entry.bind.expr, tree.Name) and entry.bind.expr.name == name  # `turn = turn` hides nothing
        what = "passed on" if same else "field"
        block.names[name] = Lazy(name, entry.name_span, _forward(cx, info, name), what, used=True, calls=cx.calls)
    return explicit


def _forward(cx: Context, info: GroupInfo, name: str) -> Callable[[], Val]:
    return lambda: info.fields[name].force(cx)
