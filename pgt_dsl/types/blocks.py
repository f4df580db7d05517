"""The fields of a shape: set in its block, defaulted by its kind, derived from others, or drawn; each on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pgt_dsl.plugins.extension import FieldSpec
from pgt_dsl.program.datatypes import Type, type_of
from pgt_dsl.program.program import Law
from pgt_dsl.source import Span
from pgt_dsl.syntax import tree
from pgt_dsl.types.coerce import coerce, one
from pgt_dsl.types.context import Context, did_you_mean, origin
from pgt_dsl.types.groups import POINT, GroupInfo
from pgt_dsl.types.laws import draw
from pgt_dsl.types.scope import Lazy, Scope, Val
from pgt_dsl.types.snippets import snippet


def set_field(
    cx: Context, info: GroupInfo, name: str, bind: tree.Bind, block: Scope, want: Type | None, span: Span | None
) -> Lazy:
    """A field with ``=`` or ``~`` from the block (or a parameter), typed when wanted."""

    def make() -> Val:
        inner = Scope(block, {}, block.axes, block.index, hidden=name)
        if bind.mode == "~":
            return draw(cx, f"{info.name}.{name}", bind.expr, inner, "field", want, info.axes, span, name)
        val = cx.expr(cx, bind.expr, inner)
        return coerce(cx, val, want, name) if want is not None else val

    return Lazy(f"{info.name}.{name}", span, make, "field", used=True, calls=cx.calls)


def default_field(cx: Context, info: GroupInfo, spec: FieldSpec) -> Lazy:
    """A field that the block does not set, from its kind's default."""
    text = (spec.default or "").strip()
    mode, body = text[0], text[1:].strip()

    def make() -> Val:
        scope = Scope(cx.base, {}, info.axes, info.axes[-1] if info.axes else None)
        scope.fallback = lambda n: info.fields.get(n) if n != spec.name else None
        if mode == "~" and body == "placed":
            return _placed(cx, info)
        expr = snippet(body, f"<default of {spec.name}>")
        if mode == "~":
            return draw(cx, f"{info.name}.{spec.name}", expr, scope, "field", type_of(spec.type), info.axes,
                        info.span, spec.name)  # fmt: skip
        return coerce(cx, cx.expr(cx, expr, scope), type_of(spec.type), spec.name)

    return Lazy(f"{info.name}.{spec.name}", info.span, make, "field", used=True, calls=cx.calls)


def _placed(cx: Context, info: GroupInfo) -> Val:
    """The implied position: uniform over where the outline fits in its room."""
    room = info.fields["room"].force(cx)
    node = cx.builder.var(f"{info.name}.at", POINT, Law("placed", (room.node,), None, info.id), "field", info.axes,
                          (), origin(info.span))  # fmt: skip
    return cx.val(node, info.span)


def derive(cx: Context, info: GroupInfo, name: str, text: str, want: Type | None) -> Lazy:
    """A field computed from the kind's other fields by an expression of the language."""

    def make() -> Val:
        scope = Scope(cx.base, {}, info.axes, info.axes[-1] if info.axes else None)
        scope.fallback = lambda n: info.fields.get(n) if n != name else None
        val = cx.expr(cx, snippet(text, f"<{info.kind}.{name}>"), scope)
        return coerce(cx, val, want, name) if want else val

    return Lazy(f"{info.name}.{name}", info.span, make, "field", used=True, calls=cx.calls)


def implied(cx: Context, info: GroupInfo, scenery: bool) -> None:
    """Entity fields that every group has."""
    for name, type, value in (("label", "text", ""), ("name", "text", ""), ("scenery", "bool", scenery)):
        if name not in info.fields or (name == "scenery" and scenery and name not in info.types):
            info.fields[name] = Lazy(name, None, constant_field(cx, type, value), "field", used=True, calls=cx.calls)


def constant_field(cx: Context, type: str, value: object) -> Callable[[], Val]:
    """How a field is made that is the same for all shapes."""
    return lambda: cx.val(cx.builder.const(type, value))


def room(cx: Context, info: GroupInfo, explicit: dict[str, tree.Field], block: Scope) -> None:
    """The shape in which this one must lie."""
    entry = explicit.get("room")

    def make() -> Val:
        if entry is None:
            assert cx.canvas is not None
            return cx.canvas
        inner = Scope(block, {}, block.axes, block.index, hidden="room")
        if entry.bind.mode == "~":
            return draw(cx, f"{info.name}.room", entry.bind.expr, inner, "field", Type("shape"), info.axes,
                        entry.name_span, "room")  # fmt: skip
        return one(cx, cx.expr(cx, entry.bind.expr, inner), "shape", "a room")

    info.fields["room"] = Lazy(f"{info.name}.room", info.span, make, "field", used=True, calls=cx.calls)


def no_field(cx: Context, kind: str, entry: tree.Field, names: Iterable[str], more: Iterable[str] = ()) -> None:
    """Record that a block sets a field that the kind does not have; ``more`` can be set but is not listed."""
    listed = sorted(names)
    mode = entry.bind.mode
    wanted = entry.bind.expr.span
    helps = [did_you_mean(entry.name, [*listed, *more]), f"fields: {', '.join(listed)}" if listed else "",
             f"to make a new field: `let {entry.name} {mode} {wanted.text if wanted else '...'}`"]  # fmt: skip
    cx.error("N301", f"`{kind}` has no field `{entry.name}`", entry.name_span or entry.span, "no such field",
             help=[line for line in helps if line])  # fmt: skip
