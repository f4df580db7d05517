"""Kinds of the registry: which of its fields a block sets, and what follows from the way in which it sets them."""

from __future__ import annotations

from collections.abc import Iterable

from pgt_dsl.plugins.extension import FieldSpec, Kind, Way
from pgt_dsl.program.datatypes import type_of
from pgt_dsl.syntax import tree
from pgt_dsl.types.blocks import default_field, derive, implied, no_field, room, set_field
from pgt_dsl.types.context import Context
from pgt_dsl.types.groups import ENTITY_FIELDS, LENGTH, POINT, GroupInfo
from pgt_dsl.types.scope import Lazy, Scope, Val


def primitive(cx: Context, info: GroupInfo, kind: Kind, explicit: dict[str, tree.Field], block: Scope) -> None:
    """Fill the field table of a kind from the registry."""
    specs = {spec.name: spec for spec in kind.fields}
    info.types.update({name: type_of(spec.type) for name, spec in specs.items()})
    for name, entry in list(explicit.items()):
        if name in specs or name in ENTITY_FIELDS or name in ("x", "y") or entry.is_let:
            continue
        no_field(cx, kind.name, entry, {*specs, "room", "x", "y"})
        del explicit[name]
        block.names.pop(name, None)
    room(cx, info, explicit, block)
    _position(cx, info, explicit, block)
    derived = _ways(cx, info, kind, explicit, specs)
    for name, entry in explicit.items():
        if name in ("x", "y", "room"):
            continue
        want = info.types.get(name) or (type_of(ENTITY_FIELDS[name]) if name in ENTITY_FIELDS else None)
        info.fields[name] = set_field(cx, info, name, entry.bind, block, want, entry.name_span or entry.span)
    for name, text in derived.items():
        if name not in info.fields:
            info.fields[name] = derive(cx, info, name, text, info.types.get(name))
    unset = [spec for name, spec in specs.items() if name not in info.fields and name not in ("x", "y")]
    missing = [spec.name for spec in unset if spec.default is None]
    if missing:
        sets = ", ".join(f"{name} = ..." for name in missing)
        cx.fail("N308", f"`{kind.name}` needs a value for {_listed(missing)}", info.span,
                f"has no {_listed(missing)}", help=f"set it in its block: `{{ {sets} }}`")  # fmt: skip
    for spec in unset:
        info.fields[spec.name] = default_field(cx, info, spec)
    implied(cx, info, kind.scenery)


def _position(cx: Context, info: GroupInfo, explicit: dict[str, tree.Field], block: Scope) -> None:
    """``x`` and ``y`` instead of ``at``."""
    given = [explicit[n] for n in ("x", "y") if n in explicit]
    if not given:
        return
    if "at" in explicit:
        at = explicit["at"]
        first, last = sorted((at, given[0]), key=lambda e: e.span.start if e.span else 0)
        cx.fail("N305", "the place is set in two ways: `at` and " + " and ".join(f"`{e.name}`" for e in given),
                last.name_span or last.span, "one too many", others=[(first.name_span or first.span, "")],
                help="set `at`, or `x` and `y`")  # fmt: skip
    if len(given) == 1:
        other = "y" if "x" in explicit else "x"
        cx.fail("N308", f"`{given[0].name}` is set, but not `{other}`", given[0].name_span or given[0].span,
                "half a place", help=f"add `{other} = ...`")  # fmt: skip
    for name in ("x", "y"):
        entry = explicit[name]
        info.fields[f"{name} "] = set_field(cx, info, name, entry.bind, block, LENGTH, entry.name_span or entry.span)

    def make() -> Val:
        x, y = (info.fields[f"{n} "].force(cx) for n in ("x", "y"))
        return cx.op("pair", POINT, x.node, y.node)

    info.fields["at"] = Lazy(f"{info.name}.at", info.span, make, "field", used=True)


def _ways(
    cx: Context, info: GroupInfo, kind: Kind, explicit: dict[str, tree.Field], specs: dict[str, FieldSpec]
) -> dict[str, str]:
    """Choose how the kind is set where there are alternatives; returns what is derived from the chosen ways."""
    derived: dict[str, str] = {}
    given = {*explicit, *(["at"] if "at" in info.fields else [])}
    for alternatives in _alternatives(kind.ways):
        members = {f for way in alternatives for f in (*way.given, *way.derive)}
        used = given & members
        fits = [way for way in alternatives if used <= set(way.given)]
        if not fits:
            spans = [explicit[n] for n in sorted(used) if n in explicit]
            spans.sort(key=lambda e: e.span.start if e.span else 0)
            choices = ", or ".join(_listed(way.given) for way in alternatives)
            cx.fail("N305", f"one thing is set in two ways: {_listed(e.name for e in spans)}",
                    spans[-1].name_span or spans[-1].span, "one too many",
                    others=[(e.name_span, "") for e in spans[:-1] if e.name_span], help=f"set {choices}")  # fmt: skip
        complete = [w for w in fits if all(f in given or specs[f].default is not None for f in w.given)]
        derived.update((complete or fits)[0].derive)
    return {name: text for name, text in derived.items() if name not in given}


def _listed(names: Iterable[str]) -> str:
    """``a``, ``b`` and ``c``, each as code."""
    *most, last = (f"`{name}`" for name in names)
    return f"{', '.join(most)} and {last}" if most else last


def _alternatives(ways: tuple[Way, ...]) -> list[list[Way]]:
    """Ways that share a field are alternatives of one another."""
    groups: list[list[Way]] = []
    for way in ways:
        if set(way.given) in ({"x", "y"}, {"at"}):
            continue  # the place is dealt with for all kinds alike
        fields = {*way.given, *way.derive} - {"x", "y"}
        for group in groups:
            if any(fields & {*w.given, *w.derive} - {"x", "y"} for w in group):
                group.append(way)
                break
        else:
            groups.append([way])
    return groups
