"""Kinds written in the language: parameters and lets become fields, shapes become parts, by expansion in place."""

from __future__ import annotations

from collections.abc import Callable

from pgt_dsl.program.datatypes import Type, type_of
from pgt_dsl.source import Span
from pgt_dsl.syntax import tree
from pgt_dsl.types.blocks import constant_field, derive, implied, no_field, room, set_field
from pgt_dsl.types.coerce import named_type
from pgt_dsl.types.context import Context
from pgt_dsl.types.groups import WHOLE_FIELDS, GroupInfo, itself, middle, part_of
from pgt_dsl.types.scope import KindDecl, Lazy, Scope, Stop, Use, Val

MAX_DEPTH = 12

Declare = Callable[[Context, tree.Shape, Scope, str, GroupInfo], GroupInfo]


def composite_kind(
    cx: Context,
    info: GroupInfo,
    decl: KindDecl,
    explicit: dict[str, tree.Field],
    block: Scope,
    span: Span | None,
    declare: Declare,
    parent: GroupInfo | None,
) -> None:
    """Fill the tables of a shape whose kind is written in the language; ``declare`` makes the groups of its parts.

    ``parent`` is the shape that it is a part of, if any: it lies in the layer of that unless it has its own.
    """
    kind = decl.tree
    names = [use.name for use in cx.calls if use.what == "kind"]
    if kind.name in names:
        cx.fail("N304", f"the kind `{kind.name}` contains itself", span,
                " -> ".join([*names[names.index(kind.name) :], kind.name]),
                help="a kind cannot be made of shapes of its own kind")  # fmt: skip
    if len(names) >= MAX_DEPTH:
        cx.fail("L602", f"kinds contain one another more than {MAX_DEPTH} deep", span)
    params = {p.name: p for p in kind.params}
    types = {name: named_type(cx, param.type) for name, param in params.items()}
    info.types.update(types)
    for name, entry in list(explicit.items()):
        if name not in params and name not in WHOLE_FIELDS and not entry.is_let:
            no_field(cx, kind.name, entry, params, WHOLE_FIELDS)
            del explicit[name]
            block.names.pop(name, None)
    room(cx, info, explicit, block)
    for name, entry in explicit.items():
        if name != "room":
            want = types.get(name) or (type_of(WHOLE_FIELDS[name]) if name in WHOLE_FIELDS else None)
            info.fields[name] = set_field(cx, info, name, entry.bind, block, want, entry.name_span or entry.span)
    missing = [name for name, param in params.items() if name not in info.fields and param.default is None]
    if missing:
        listed = " and ".join(f"`{name}`" for name in missing)
        sets = ", ".join(f"{name} = ..." for name in missing)
        cx.fail("N308", f"`{kind.name}` needs a value for {listed}", span or info.span, f"has no {listed}",
                help=f"set it in its block: `{{ {sets} }}`")  # fmt: skip
    inner = Scope(decl.scope, {}, block.axes, block.index)
    calls, cx.calls = cx.calls, (*cx.calls, Use(kind.name, span, "kind"))
    if "layer" not in info.fields and "layer" not in params:
        info.fields["layer"] = Lazy(f"{info.name}.layer", info.span, layer_of(cx, parent), "field", used=True)
    try:
        for name, param in params.items():
            if name not in info.fields and param.default is not None:
                info.fields[name] = set_field(cx, info, name, param.default, inner, types[name], param.span)
            inner.names[name] = info.fields[name]
        _expand(cx, info, kind, inner, declare)
        implied(cx, info, False)
        _stand_ins(cx, info)
    finally:
        cx.calls = calls


def _expand(cx: Context, info: GroupInfo, kind: tree.Kind, inner: Scope, declare: Declare) -> None:
    """The items of a composite kind within the scope of its parameters."""
    parts: list[Lazy] = []
    for item in kind.items:
        if isinstance(item, tree.Require):
            info.requires.append((item, inner, cx.calls))
            continue
        if item.name in inner.names:
            cx.error(
                "N303",
                f"`{item.name}` is declared twice in the kind `{kind.name}`",
                item.name_span or item.span,
                "again here",
                others=[(inner.names[item.name].span, "first here")],
                help="choose another name",
            )
            continue
        if isinstance(item, tree.Let):
            # a let of one of these names is that field of the shape, with its type
            want = type_of(WHOLE_FIELDS[item.name]) if item.name in WHOLE_FIELDS else None
            lazy = set_field(cx, info, item.name, item.bind, inner, want, item.name_span or item.span)
            info.fields[item.name] = lazy
        else:
            lazy = Lazy(item.name, item.name_span or item.span, _part(cx, info, item, inner, declare), "shape",
                        used=True, calls=cx.calls)  # fmt: skip
            parts.append(lazy)
        inner.names[item.name] = lazy
    for lazy in parts:
        try:
            lazy.force(cx)
        except Stop:
            continue


def _part(cx: Context, info: GroupInfo, item: tree.Shape, inner: Scope, declare: Declare) -> Callable[[], Val]:
    """Declare a part; within the kind its name means the parts of the same item."""

    def make() -> Val:
        part = declare(cx, item, inner, f"{info.name}.", info)
        info.parts[item.name] = part
        cx.builder.update_group(info.id, parts={n: p.id for n, p in info.parts.items()})
        return part_of(cx, itself(cx, info), item.name, [(info, part)], item.span)

    return make


def layer_of(cx: Context, parent: GroupInfo | None) -> Callable[[], Val]:
    """How the layer is made of a part that sets none: it is that of the whole."""
    if parent is None:
        return constant_field(cx, "number", 0)
    return lambda: parent.fields["layer"].force(cx)


def _stand_ins(cx: Context, info: GroupInfo) -> None:
    """What every shape has and a composite may lack: a place, a colour to be called by."""
    if "at" not in info.fields:
        info.fields["at"] = Lazy(f"{info.name}.at", info.span, lambda: middle(cx, info), "field", used=True)
    color = "color" if "color" in info.fields and info.types.get("color") == Type("color") else "none"
    info.fields.setdefault("fill", derive(cx, info, "fill", color, Type("color")))
    for name, type, value in (("outline", "color", "none"), ("stroke", "length", 0)):
        info.fields.setdefault(name, Lazy(name, None, constant_field(cx, type, value), "field", used=True))
