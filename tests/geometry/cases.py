"""Outlines and calls made by hand for the tests of geometry, and their shapely twins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from pgt_dsl.builtin.values import LISTS
from pgt_dsl.geometry import outlines
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.program.datatypes import type_of
from pgt_dsl.program.inputs import Value
from pgt_dsl.program.strings import intern

FORMS = LISTS["forms"][1]


def floats(*values: float) -> Any:
    return np.array(values, np.float64)


def moved(o: Outline, at: Any) -> Outline:
    return Outline(o.verts + np.asarray(at)[..., None, None], o.count, o.closed, o.radius)


def disc(at: complex, radius: float) -> Outline:
    return moved(outlines.circle({"radius": floats(radius)}), [at])


def polygon(*corners: complex) -> Outline:
    verts = np.array(corners, np.complex128)[None, None, :]
    return Outline(verts, np.array([[len(corners)]]), np.array([[True]]), np.zeros((1, 1)))


PARTS = ("verts", "count", "closed", "radius")


def beside_nothing(o: Outline) -> Outline:
    """With an absent piece, as a disc or a line has in a group with arrows."""
    return Outline(*(np.pad(getattr(o, n), [(0, 0), (0, 1), (0, 0)][: getattr(o, n).ndim]) for n in PARTS))


def stroke(*points: complex, width: float = 2.0) -> Outline:
    verts = np.array(points, np.complex128)[None, None, :]
    return Outline(verts, np.array([[len(points)]]), np.array([[False]]), np.array([[width / 2]]))


def arrow(start: complex, end: complex, width: float = 4.0) -> Outline:
    step = end - start
    made = outlines.arrow(
        {"length": floats(abs(step)), "stroke": floats(width), "turn": floats(np.degrees(np.angle(step)))}
    )
    return moved(made, [(start + end) / 2])


def box(at: complex, width: float, height: float, turn: float = 0.0) -> Outline:
    made = outlines.rect({"width": floats(width), "height": floats(height), "turn": floats(turn)})
    return moved(made, [at])


def figures(rng: np.random.Generator, n: int, canvas: float = 400.0, low: float = 20.0, high: float = 120.0) -> Outline:
    codes = np.array([intern(name) for name in FORMS])
    made = outlines.figure(
        {"form": rng.choice(codes, n), "size": rng.uniform(low, high, n), "turn": rng.uniform(0, 360, n)}
    )
    return moved(made, rng.uniform(0, canvas, n) + 1j * rng.uniform(0, canvas, n))


def arrows(rng: np.random.Generator, n: int, canvas: float = 400.0) -> Outline:
    made = outlines.arrow(
        {"length": rng.uniform(60, 160, n), "stroke": rng.uniform(2, 8, n), "turn": rng.uniform(0, 360, n)}
    )
    return moved(made, rng.uniform(0, canvas, n) + 1j * rng.uniform(0, canvas, n))


def core(o: Outline, row: int, piece: int = 0) -> BaseGeometry:
    points = [(z.real, z.imag) for z in o.verts[row, piece, : o.count[row, piece]]]
    if len(points) == 1:
        return Point(points[0])
    return Polygon(points) if o.closed[row, piece] else LineString(points)


def solid(o: Outline, row: int) -> BaseGeometry:
    """The filled outline of a row."""
    parts = [core(o, row, p).buffer(o.radius[row, p], quad_segs=64) for p in range(o.count.shape[1]) if o.count[row, p]]
    return shapely.union_all(parts)


@dataclass
class Scene:
    width: Any
    height: Any
    shapes: tuple[Any, ...] = ()
    luma: float = 100.0

    def all_shapes(self) -> tuple[Any, ...]:
        return self.shapes

    def luma_under(self, x0: Any, *_: Any) -> Any:
        return np.full(np.shape(x0), self.luma)


@dataclass
class Call:
    """What functions read of ``pgt_dsl.program.calls.Call``."""

    args: tuple[Value, ...]
    types: tuple[Any, ...] = ()
    outlines: dict[int, Outline] = field(default_factory=dict)
    fields: dict[tuple[int, str], Any] = field(default_factory=dict)
    scene: Scene = field(default_factory=lambda: Scene(np.array([400.0]), np.array([400.0])))
    sizes: tuple[int, ...] = ()

    def outline(self, k: int) -> Outline:
        return self.outlines[k]

    def field(self, k: int, name: str) -> Any:
        return self.fields[k, name]


def types(names: str) -> tuple[Any, ...]:
    """Types by their names, parted by blanks."""
    return tuple(type_of(name) for name in names.split())


def plain(*values: Any, types: str = "", sizes: tuple[int, ...] = ()) -> Call:
    """A call of a function without shapes; lists come as (data, mask)."""
    args = tuple(
        Value(np.asarray(v[0]), np.asarray(v[1])) if isinstance(v, tuple) else Value(np.asarray(v)) for v in values
    )
    names = types.split() or ["number"] * len(args)
    return Call(args, tuple(type_of(name) for name in names), sizes=sizes)


def shaped(*shapes: Outline, extra: tuple[Any, ...] = (), **more: Any) -> Call:
    """A call whose first arguments are shapes."""
    args = tuple(Value(np.arange(np.prod(s.count.shape[:-1])).reshape(s.count.shape[:-1])) for s in shapes)
    more.setdefault("outlines", dict(enumerate(shapes)))
    return Call(args + tuple(Value(np.asarray(e)) for e in extra), **more)
