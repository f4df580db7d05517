"""Specs that call a function on drawn arguments: once, and along a loop, as the engine calls it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.extension import Function
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.testing.photographs import photographs
from pgt_dsl.testing.stage import LAWS, Stage
from pgt_dsl.types.signature import Param, parse_signature

SHAPES = ("figure", "circle", "rect", "line", "path")
"""Kinds that shape arguments are of when a suite is not told otherwise."""

LINES = ("line", "arrow", "path", "curve")
"""Kinds for functions that are about lines."""

MOST = 4  # items of a list
_TURNED = {"figure": "turn ~ -400deg .. 400deg", "rect": "turn ~ -400deg .. 400deg", "line": "turn ~ 0deg .. 360deg"}
_TURNED["arrow"] = _TURNED["line"]


@dataclass(frozen=True)
class CallSpec:
    """A spec with the names of its values: ``once`` calls the function once, ``along`` once for each item of a loop.
    ``shapes`` are the names of the shapes among the arguments. ``along`` is "" where no argument can be an item."""

    stage: Stage
    once: str
    along: str
    shapes: tuple[str, ...]


Kinds = Sequence[str] | Mapping[str, Sequence[str]]
"""Kinds for all shape arguments in turn, or kinds for each by the name of its parameter."""


def call_specs(function: Function, kinds: Kinds, given: str, offered: Registry) -> list[CallSpec]:
    """A spec for each turn of the kinds through the shape arguments. Raises ``PgtError`` where one does not compile."""
    params = parse_signature(function.signature).params
    shapes = [p for p in params if p.base in ("shape", "T")]
    if isinstance(kinds, Mapping):
        unknown = sorted(set(kinds) - {p.name for p in shapes})
        if unknown:
            raise PgtError(f"`kinds` speaks of `{unknown[0]}`, which is no shape argument of {function.signature}")
        many = max((len(kinds.get(p.name, SHAPES)) for p in shapes), default=1)
    else:
        many = len(kinds) if shapes else 1
    specs = []
    for k in range(many):
        if isinstance(kinds, Mapping):
            chosen = [_turn(kinds.get(p.name, SHAPES), k) for p in params]
        else:
            chosen = list(islice(cycle(kinds), k, k + len(params) + 1))
        specs.append(_spec(function, params, chosen, given, offered))
    return specs


def _turn(kinds: Sequence[str], k: int) -> str:
    return kinds[k % len(kinds)]


def _spec(function: Function, params: Sequence[Param], kinds: Sequence[str], given: str, offered: Registry) -> CallSpec:
    """``kinds``: one for each parameter."""
    lines, names, shapes, items = [given] if given else [], [], [], ""
    along: list[str] = []
    for k, param in enumerate(params):
        name = f"a{k}"
        base = {"Q": "number", "T": "shape"}.get(param.base, param.base)
        if base == "shape":
            kind = kinds[k % len(kinds)]
            block = f"{{ {_TURNED.get(kind, '')} }}"
            if param.rank:
                lines += [f"let n{k} ~ 0 .. {MOST}", f"shape {name}: {kind}[n{k}] {block}"]
            else:
                lines += [f"shape {name}: {kind} {block}"]
                if not items:
                    lines += [f"let m{k} ~ 0 .. {MOST}", f"shape b{k}: {kind}[m{k}]"]
                    items = f"b{k}"
                    shapes.append(items)
            shapes.append(name)
        elif param.rank:
            law = LAWS.get(f"{base}[]") or f"= [{', '.join(f'{name}x{i}' for i in range(3))}]"
            if "~" not in law:
                lines += [f"let {name}x{i} {LAWS[base]}" for i in range(3)]
            lines.append(f"let {name} {law}")
        elif base == "vector":
            lines += [f"let {name}x ~ -2.0 .. 2.0", f"let {name}y ~ -2.0 .. 2.0", f"let {name} = ({name}x, {name}y)"]
        elif base == "area":
            lines += [f"let {name}x ~ 0px .. 60px", f"let {name} = {name}x * {name}x"]
        else:
            lines.append(f"let {name} {LAWS[base]}")
        names.append(name)
        if base == "shape" and not param.rank and "each" not in along:
            along.append("each")
        else:
            along.append(name)
    lines.append(f"let once = {function.name}({', '.join(names)})")
    loop = "each" in along and parse_signature(function.signature).rank == 0
    if loop:
        lines.append(f"let along = [each in {items}: {function.name}({', '.join(along)})]")
    stage = Stage("\n".join(lines), offered, photographs() if function.section == "photos" else None)
    try:
        stage.program  # noqa: B018
    except PgtError as error:
        raise PgtError(f"this call does not compile:\n{stage.text}\n{error}") from error
    return CallSpec(stage, "once", "along" if loop else "", tuple(shapes))
