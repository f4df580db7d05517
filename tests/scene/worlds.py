"""A program written by hand with the registry that it needs, sampled for real: circles that are counted and named."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.plugins.extension import BackgroundKind, FieldSpec, Function, Kind
from pgt_dsl.program.builder import Builder
from pgt_dsl.program.program import (
    Ask,
    Background,
    Constraint,
    Hole,
    Law,
    Margins,
    Mistake,
    Pick,
    Program,
    Template,
    Twin,
)
from pgt_dsl.solve.reject import Sampler, SceneBatch

COLORS = {"red": "#ff0000", "blue": "#0000ff", "orange": "#ffa500", "black": "#000000"}
PLAIN = "pgt_dsl.program.oracle_plain"
HASH = "0123456789abcdef" * 4


def disc(fields: Mapping[str, Any]) -> Outline:
    """A circle of ``radius`` about its place."""
    radius = fields["radius"]
    n = len(radius)
    return Outline(np.zeros((n, 1, 1), complex), np.ones((n, 1), np.int64), np.zeros((n, 1), bool), radius[:, None])


REGISTRY: Any = SimpleNamespace(
    functions={
        "point_x": Function("point_x", "point_x(p: point): length", "", f"{__name__}:x", f"{PLAIN}:point_x")
    },
    kinds={"circle": Kind("circle", "", (), f"{__name__}:disc", "pgt_dsl.geometry.oracle_outlines:circle")},
    colors=COLORS,
    lists={"pastel": ("color", ("red", "#eeeeee"))},
    backgrounds={
        "plain": BackgroundKind("plain", "", (FieldSpec("color", "color", "~ pastel"),), ""),
        "gradient": BackgroundKind("gradient", "", (
            FieldSpec("from_color", "color", "~ pastel"), FieldSpec("to_color", "color", "~ pastel"),
            FieldSpec("turn", "angle", "~ 0deg .. 360deg")), ""),
        "noise": BackgroundKind("noise", "", (
            FieldSpec("color", "color", "~ pastel"), FieldSpec("grain", "length", "= 2px"),
            FieldSpec("strength", "number", "~ 5% .. 20%")), ""),
    },
)  # fmt: skip


def x(call: Any) -> Any:
    """The x of a point."""
    return call.args[0].data.real


def text(*parts: str | Hole) -> Template:
    return Template(parts)


def circles(label: bool = False, twin: bool = False) -> Program:
    """``xs: circle[n]`` for n in 2 .. 4, coloured at random, and five questions about them."""
    b = Builder()
    numbers = b.const("int[]", [2, 3, 4])
    n = b.var("n", "int", Law("stratum"), "pick")
    axis = b.block_axis(4, n)
    xs = b.group("xs", "circle", (axis,), noun="circle")
    one, hundred = b.const("int", 1), b.const("length", 100, "px")
    high, low = b.const("length", 90, "vw"), b.const("length", 10, "vw")
    place = [b.var(f"xs.{name}", "length", Law("uniform", (low, high)), "field", (axis,)) for name in "xy"]
    hues = b.const("color[]", list(COLORS.values()))
    color = b.var("xs.color", "color", Law("choice", (hues,)), "field", (axis,))
    names = b.const("text[]", ["A", "B", "C", "D"])
    empty = b.const("text", "")
    b.update_group(
        xs,
        fields={
            "at": b.node("pair", "point", place),
            "radius": b.const("length", 4, "vmin"),
            "color": color,
            "fill": color,
            "outline": b.const("color", "none"),
            "form": b.const("form", "circle"),
            "label": b.node("item", "text", (names, b.position(axis))) if label else empty,
            "name": empty,
            "layer": b.const("number", 0),
        },
    )
    them = b.shapes_of(xs)
    first, second = (b.node("item", "shape", (them, b.const("int", k))) for k in (0, 1))
    at = [b.field(s, "at", "point", [xs]) for s in (first, second)]
    across = [b.node("call", "length", (p,), {"name": "point_x"}) for p in at]
    left = b.node("lt", "bool", across)
    count = b.node("count", "int", (them,))
    loop = b.loop_axis([them])
    keys = b.loop(loop, b.node("call", "length", (b.field(b.elem(loop), "at", "point", [xs]),), {"name": "point_x"}))
    ranked = b.node("sort", "shape[]", (keys, them), None, (4,))
    last = b.node("argmax", "shape", (keys, them))
    hue = b.field(first, "color", "color", [xs])
    margins = Margins({"length": b.const("length", 2, "vmin")})
    more = b.node("add", "int", (count, one))
    asks = (
        Ask(
            (text("How many circles are there?"), text("Count the circles.")), count, "int",
            wrong=(Mistake(more, "one too many"), Mistake(count, "right"), Mistake(numbers)),
            say=(text("There ", Hole(count, None, ("is", "are")), " ", Hole(count, "word"), "."),),
        ),
        Ask(
            (text("Is ", Hole(first), " to the left of ", Hole(second), "?"),), left, "bool", margins,
            say=(text(Hole(left, None, ("yes", "no")), ", ", Hole(first, "bare"), "."),),
            because=(text(Hole(first), " is at ", Hole(at[0]), "."),),
        ),
        Ask((text("Which of ", Hole(them, "or"), " is rightmost?"),), last, "shape", margins, domain=them),
        Ask((text("What colour has the first?"),), hue, "color", domain=hues),
        Ask((text("Point at ", Hole(first), "."),), at[0], "point", within=hundred),
        Ask((text("From left to right?"),), ranked, "shapes", margins,
            wrong=(Mistake(b.node("reverse", "shape[]", (ranked,), None, (4,)), "reversed"),)),
    )  # fmt: skip
    for k, ask in enumerate(asks):
        if ask.margins.absolute:
            b.constraints.append(Constraint(ask.answer, "clear", ask=k))
    b.constraints.append(Constraint(them, "phrase"))
    picks = (Pick(b.nodes[n].attrs["var"], "n", numbers),)
    pair = Twin(picks[0].var) if twin else None
    return Program(
        "test/circles", "", tuple(b.nodes), tuple(b.axes), tuple(b.vars), tuple(b.groups), tuple(b.constraints), asks,
        picks, pair, Background(), ("px", 400.0, 300.0), slots=b.slots,
    )  # fmt: skip


def sample(program: Program, indices: Any, seed: int = 5) -> SceneBatch:
    """The accepted scenes of some indices."""
    return Sampler(program, REGISTRY, seed, program_hash=HASH).batch(np.asarray(indices))
