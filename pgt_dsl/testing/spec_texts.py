"""Hypothesis strategies for whole specs that mean something: well-typed texts that compile, and their programs.

Where ``testing.trees`` gives all trees that can be written, these give tasks that can be drawn: shapes, laws, picks,
requirements that are easily met, and a question whose answer has the type that it needs. What is asked of the parts is
typed: a function here makes the text of a length, a truth, a colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from pgt_dsl.program.program import Program

SINGLES = ("a", "b")
_HUES = {"a": "red", "b": "blue"}  # each has a phrase of its own
_LETS = (  # declarations that end in a length `v`
    ("let v ~ weighted([3vmin, 5vmin], [1, 3])",),
    ("pick v ~ bins(3vmin .. 8vmin, 2)",),
    ("let vs ~ sample([3vmin, 4vmin, 5vmin], 2)", "let v = vs[0]"),
    ("let vs ~ shuffle([3vmin, 4vmin, 5vmin])", "let v = min(vs[0], vs[1])"),
    ("let k ~ 2 .. 4", "let vs ~ repeat(k, 2vmin .. 6vmin)", "let v = max(x in vs: x)"),
    ("let ps ~ scatter(3, 8vmin)", "let v = 2vmin + distance(ps[0], ps[1]) / 20"),
    ("pick wide ~ coin", "let v = if wide then 6vmin else 4vmin"),
)
_PALETTES = ("basic", "vivid", "[green, orange, purple]")


@dataclass(frozen=True, slots=True)
class _World:
    """What a spec has declared: single shapes, and whether there is a block ``xs``, a pick ``n``, a length ``v``."""

    singles: tuple[str, ...]
    block: bool
    counted: bool
    length: bool


Draw = Any


def _px(draw: Draw, low: int, high: int) -> str:
    return f"{draw(st.integers(low, high))}vmin"


def _span(draw: Draw, low: int, high: int, unit: str = "vmin") -> str:
    """A law of numbers: uniform, or one of the others between the same bounds."""
    first = draw(st.integers(low, high - 1))
    last = draw(st.integers(first + 1, high))
    law = draw(st.sampled_from(["range", "range", "log", "normal", "choice"]))
    if law == "log" and first > 0:
        return f"log_uniform({first}{unit}, {last}{unit})"
    if law == "normal":
        return f"normal({(first + last) / 2}{unit}, {(last - first) / 8}{unit})"
    if law == "choice":
        return f"[{first}{unit}, {last}{unit}]"
    return f"{first}{unit} .. {last}{unit}"


def _fields(draw: Draw, kind: str, hue: str, length: bool) -> str:
    fields = [hue]
    if length and kind in ("circle", "dot", "square", "figure", "blob", "line", "arrow") and draw(st.booleans()):
        name = {"circle": "radius", "dot": "radius", "line": "length", "arrow": "length"}.get(kind, "size")
        fields.append(f"{name} = v" if name == "radius" else f"{name} = 2 * v")
    elif kind in ("circle", "dot"):
        fields.append(f"radius ~ {_span(draw, 2, 6)}")
    elif kind in ("rect", "ellipse"):
        fields += [f"width ~ {_span(draw, 4, 14)}", f"height ~ {_span(draw, 4, 14)}"]
    elif kind in ("line", "arrow"):
        fields.append(f"length ~ {_span(draw, 8, 18)}")
    else:
        fields.append(f"size ~ {_span(draw, 5, 14)}")
    if kind in ("square", "rect", "line", "arrow", "figure") and draw(st.booleans()):
        fields.append(f"turn ~ {_span(draw, 0, 180, 'deg')}")
    places = ["", "", "at ~ anywhere(canvas, 12vmin)", "at ~ ring((50vw, 50vh), 10vmin .. 30vmin)"]
    place = draw(st.sampled_from(places))
    return ", ".join([*fields, *filter(None, [place])])


def _shapes(draw: Draw, world: _World) -> list[str]:
    kinds = st.sampled_from(["circle", "square", "rect", "ellipse", "figure", "line", "arrow", "dot", "blob"])
    lines = []
    for name in world.singles:
        kind = draw(kinds)
        lines.append(f"shape {name}: {kind} {{ {_fields(draw, kind, f'color = {_HUES[name]}', world.length)} }}")
    if world.block:
        kind = draw(st.sampled_from(["circle", "square", "figure", "dot"]))
        count = "n" if world.counted else str(draw(st.integers(1, 4)))
        hue = f"color ~ {draw(st.sampled_from(_PALETTES))} except [red, blue]"
        lines.append(f"shape xs: {kind}[{count}] {{ {_fields(draw, kind, hue, world.length)} }}")
    return lines


# typed expressions ----------------------------------------------------------------------------------


def _shape(draw: Draw, world: _World) -> str:
    return str(draw(st.sampled_from([*world.singles, *(["xs[0]"] if world.block else [])])))


def _length(draw: Draw, world: _World, depth: int = 1) -> str:
    one = _shape(draw, world)
    found = [f"{one}.at.x", f"{one}.at.y", f"{one}.width", f"{one}.left", f"distance({one}.at, canvas.at)",
             f"outline_length({one})", *(["v"] if world.length else [])]  # fmt: skip
    if len(world.singles) > 1:
        found += ["distance(a.at, b.at)", "gap_x(a, b)", "max(apart(a, b), 0px)"]
    if world.block:
        found += [
            "sort(x in xs: x.at.x)[0].at.y",
            "argmax(x in xs: x.at.y).width",
            f"max(x in xs: distance(x.at, {one}.at))",
            "min(x in xs: x.at.y)",
            "sum(x in xs: x.width)",
        ]
    if depth:
        left, right = _length(draw, world, 0), _length(draw, world, 0)
        found += [f"{left} + {right}", f"abs({left} - {right})", f"max({left}, {right})", f"{left} / 2"]
    return str(draw(st.sampled_from(found)))


def _truth(draw: Draw, world: _World, depth: int = 1) -> str:
    one = _shape(draw, world)
    found = [f"{one}.at.y < {_px(draw, 20, 80)}", f"{_length(draw, world, 0)} < {_px(draw, 5, 60)}"]
    if len(world.singles) > 1:
        found += ["left_of(a, b)", "area(a) > area(b)", "a.color == b.color", "inside(a, b)"]
    if world.block:
        found += [f"some(x in xs: x.at.x > {_px(draw, 20, 80)})", f"all(x in xs: above(x, {world.singles[0]}))"]
    if depth:
        left, right = _truth(draw, world, 0), _truth(draw, world, 0)
        found += [f"{left} and {right}", f"{left} or {right}", f"not ({left})"]
    return str(draw(st.sampled_from(found)))


def _count(draw: Draw, world: _World) -> str:
    found = ["count(shapes)", f"count(s in shapes where {_of(draw)})"]
    if world.block:
        found += ["count(xs)", f"count(x in xs where x.at.x < {_px(draw, 20, 80)})",
                  "count(distinct_values([x in xs: x.color]))"]  # fmt: skip
    if world.counted:
        found.append("n + count(shapes)")
    return str(draw(st.sampled_from(found)))


def _of(draw: Draw) -> str:
    return str(draw(st.sampled_from(["s.color == red", "s.at.y > 50vh", "s.width > 8vmin", "s.left > 10vw"])))


# questions ------------------------------------------------------------------------------------------


def _ask(draw: Draw, world: _World) -> list[str]:
    """A question with an answer of some form, and what goes with it."""
    one = world.singles[0]
    form = draw(st.sampled_from(["bool", "int", "length", "angle", "color", "point", "box", "shape"]))
    lines = ['ask "What is it?"']
    if form == "bool":
        clear = draw(st.sampled_from(["", " clear 1vmin", " even"]))
        # A quota needs a truth that comes out both ways, a margin in px one that hangs on lengths.
        answer = f"{one}.at.x < 50vw" if clear else _truth(draw, world)
        lines = [f'ask "Is it so with {{{one}}}?"', f"  answer {answer}{clear}"]
        lines += draw(st.sampled_from([[], ['  say "{answer|Yes|No}, look at {' + one + '}."']]))
    elif form == "int":
        answer = _count(draw, world)
        lines = ['ask "How many are there?"', f"  answer {answer}", f"  wrong {answer} + 1 as \"one too many\"",
                 '  say "There {answer|is|are} {answer:word}."']  # fmt: skip
    elif form == "length":
        lines.append(f"  answer {_length(draw, world)} within {_px(draw, 1, 4)}")
    elif form == "angle":
        lines.append(f"  answer direction({one}.at, canvas.at) within 5deg")
    elif form == "color":
        target = "xs[0].color" if world.block else f"{one}.color"
        lines += [f"  answer {target}", "  wrong [brown, pink]"]
    elif form == "point":
        lines += [f"  answer {one}.at within {_px(draw, 2, 5)}"]
    elif form == "box":
        lines += [f"  answer {one}.box within 80%"]
    elif len(world.singles) > 1:
        lines = ['ask "Which is nearer to the top?"', "  answer argmin(s in [a, b]: s.at.y) clear 1vmin"]
    else:
        lines.append(f"  answer {_length(draw, world, 0)} within 2vmin")
    return lines


@st.composite
def specs(draw: Draw) -> str:
    """Texts of tasks that compile: one to four shapes or a block of them, picks, draws, requirements, a question.

    Their requirements are easily met, but nothing says that they always can be.
    """
    singles = SINGLES[: draw(st.integers(1, 2))]
    block = draw(st.booleans())
    world = _World(singles, block, block and draw(st.booleans()), draw(st.booleans()))
    lines = [f'task "random/{draw(st.sampled_from(["one", "two", "three"]))}"', ""]
    if world.counted:
        lines.append(f"pick n ~ {draw(st.integers(1, 2))} .. {draw(st.integers(3, 5))}")
    if world.length:
        lines += draw(st.sampled_from(_LETS))
    lines += [*_shapes(draw, world), ""]
    requires: Sequence[str] = draw(st.lists(st.sampled_from(["edge", "apart", "truth"]), max_size=2, unique=True))
    for kind in requires:
        if kind == "apart":
            lines.append("require apart(shapes) >= 0px")
        elif kind == "edge":
            lines.append(f"require {_shape(draw, world)}.at.x > {_px(draw, 5, 25)}")
        else:
            lines.append(f"require {_truth(draw, world)} or {singles[0]}.at.y > 20vh")
    lines += ["", *_ask(draw, world)]
    return "\n".join(lines) + "\n"


def programs() -> st.SearchStrategy[Program]:
    """The programs of ``specs``, compiled with the installed plugins."""
    return specs().map(_compiled)


@lru_cache(maxsize=256)
def _compiled(text: str) -> Program:
    from pgt_dsl.api import load

    return load(text).program
