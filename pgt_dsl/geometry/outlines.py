"""The outlines of the built-in kinds, relative to ``at``; every function takes fields as columns of length N.

Conventions: lengths in px, angles in degrees clockwise, ``turn`` turns the outline about ``at``. Strokes (``line``,
``path``, ``curve``, the shaft of ``arrow``) are open cores with half the stroke as radius. An arrow is its shaft and a
closed head of three corners whose first is the tip; ``lines.centre_lines`` relies on this order.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.geometry.forms import box_corners, ellipse_corners, fitted, on_circle, unit_form
from pgt_dsl.geometry.outline import Bools, Complexes, Floats, Ints, Outline
from pgt_dsl.program.strings import string

Fields = Mapping[str, npt.NDArray[Any]]

BLOB_CORNERS = 48
SPAN_SAMPLES = 16
MAX_SIDES = 64


def _spin(fields: Fields) -> Complexes:
    """The unit complex numbers of ``turn``; exact for 0."""
    turn = np.asarray(fields["turn"], np.float64)
    return np.asarray(np.exp(1j * np.radians(turn)))


def _filled(verts: Complexes, count: Ints | None = None) -> Outline:
    """One filled polygon each, from ``verts`` [N, V]."""
    n, v = verts.shape
    number = np.full(n, v, np.int64) if count is None else count
    return Outline(verts[:, None, :], number[:, None], np.ones((n, 1), np.bool_), np.zeros((n, 1)))


def _disc(radius: Floats) -> Outline:
    """A point with a radius each."""
    n = len(radius)
    return Outline(
        np.zeros((n, 1, 1), np.complex128), np.ones((n, 1), np.int64), np.zeros((n, 1), np.bool_), radius[:, None]
    )


def _stroke(verts: Complexes, count: Ints, stroke: Floats) -> Outline:
    """One open polyline each, grown by half the stroke."""
    n = len(verts)
    return Outline(verts[:, None, :], count[:, None], np.zeros((n, 1), np.bool_), (stroke / 2)[:, None])


def _floats(fields: Fields, name: str) -> Floats:
    return np.asarray(fields[name], np.float64)


# forms -------------------------------------------------------------------------------------------------


def figure(fields: Fields) -> Outline:
    """A ``form`` whose larger upright side is ``size``. Raises ``KeyError`` for a form without an outline."""
    forms, size, spin = np.asarray(fields["form"], np.int64), _floats(fields, "size"), _spin(fields)
    names = {int(code): string(int(code)) for code in np.unique(forms)}
    widest = max((1 if name == "circle" else len(unit_form(name)) for name in names.values()), default=1)
    made = _disc(np.zeros(len(forms)))
    verts = np.zeros((len(forms), 1, widest), np.complex128)
    for code, name in names.items():
        rows = np.flatnonzero(forms == code)
        if name == "circle":
            made.radius[rows, 0] = size[rows] / 2
            continue
        unit = unit_form(name)
        turned = unit * (size[rows] * spin[rows])[:, None]
        verts[rows, 0, : len(unit)] = turned
        verts[rows, 0, len(unit) :] = turned[:, -1:]
        made.count[rows, 0] = len(unit)
        made.closed[rows, 0] = True
    return Outline(verts, made.count, made.closed, made.radius)


def circle(fields: Fields) -> Outline:
    """A disc of ``radius``."""
    return _disc(_floats(fields, "radius"))


def ellipse(fields: Fields) -> Outline:
    """An ellipse of ``width`` and ``height`` at turn 0: a polygon of 64 corners on it."""
    unit = ellipse_corners(1, 1)
    width, height = _floats(fields, "width"), _floats(fields, "height")
    corners = unit.real * width[:, None] + 1j * (unit.imag * height[:, None])
    return _filled(corners * _spin(fields)[:, None])


def square(fields: Fields) -> Outline:
    """A square of side ``size``."""
    return _filled(box_corners(1, 1) * (_floats(fields, "size") * _spin(fields))[:, None])


def rect(fields: Fields) -> Outline:
    """A rectangle of ``width`` and ``height`` at turn 0, turned where the kind has a ``turn``."""
    unit = box_corners(1, 1)
    width, height = _floats(fields, "width"), _floats(fields, "height")
    corners = unit.real * width[:, None] + 1j * (unit.imag * height[:, None])
    return _filled(corners * _spin(fields)[:, None] if "turn" in fields else corners)


def polygon(fields: Fields) -> Outline:
    """A regular polygon of ``sides`` (held within 3 .. 64) in a circle of diameter ``size``, first corner up."""
    sides = np.clip(np.asarray(fields["sides"], np.int64), 3, MAX_SIDES)
    step = np.minimum(np.arange(int(sides.max(initial=3)))[None, :], sides[:, None] - 1)
    corners = np.exp(1j * np.pi * (2 * step / sides[:, None] - 0.5))
    return _filled(corners * (_floats(fields, "size") / 2 * _spin(fields))[:, None], sides)


def blob(fields: Fields) -> Outline:
    """A smooth closed curve of 48 corners, scaled so that its larger upright side at turn 0 is ``size``.

    In direction t its radius is ``1 + wobble (0.6 cos(2t + phase) + 0.4 cos(3t + phase2))`` before scaling.
    """
    t = 2 * np.pi * np.arange(BLOB_CORNERS) / BLOB_CORNERS
    one, two = (np.radians(_floats(fields, name))[:, None] for name in ("phase", "phase2"))
    wave = 0.6 * np.cos(2 * t + one) + 0.4 * np.cos(3 * t + two)
    radius = 1 + _floats(fields, "wobble")[:, None] * wave
    corners = fitted(np.asarray(radius * np.exp(1j * t)))
    return _filled(corners * (_floats(fields, "size") * _spin(fields))[:, None])


# strokes -----------------------------------------------------------------------------------------------


def line(fields: Fields) -> Outline:
    """A straight stroke of ``length`` in direction ``turn``, centred, with round ends."""
    half = _floats(fields, "length") / 2 * _spin(fields)
    return _stroke(np.stack([-half, half], -1), np.full(len(half), 2, np.int64), _floats(fields, "stroke"))


def head_length(length: Floats, stroke: Floats) -> Floats:
    """How long the head of an arrow is, px: five strokes, but 16% of the arrow at least and 45% at most."""
    return np.minimum(np.maximum(5 * stroke, 0.16 * length), 0.45 * length)


def arrow(fields: Fields) -> Outline:
    """A shaft up to the base of a triangular head, half as wide to each side as it is long; its tip is the end."""
    length, stroke, spin = _floats(fields, "length"), _floats(fields, "stroke"), _spin(fields)
    head = head_length(length, stroke)
    tip, base = length / 2 + 0j, length / 2 - head + 0j
    shaft = np.stack([-length / 2 + 0j, base, base], -1)
    point = np.stack([tip, base + 0.5j * head, base - 0.5j * head], -1)
    n = len(length)
    return Outline(
        np.stack([shaft, point], 1) * spin[:, None, None],
        np.tile(np.array([2, 3], np.int64), (n, 1)),
        np.tile(np.array([False, True]), (n, 1)),
        np.stack([stroke / 2, np.zeros(n)], -1),
    )


def packed(points: Complexes, mask: Bools) -> tuple[Complexes, Ints]:
    """Masked lists [N, L] with their items moved to the front and the last repeated; and how many there are."""
    count = mask.sum(-1).astype(np.int64)
    order = np.argsort(~mask, axis=-1, kind="stable")
    index = np.minimum(np.arange(points.shape[-1])[None, :], np.maximum(count - 1, 0)[:, None])
    return np.take_along_axis(points, np.take_along_axis(order, index, -1), -1), count


def listed(fields: Fields, name: str) -> tuple[Complexes, Ints]:
    """The points of a list field, relative to ``at``, and their number."""
    points = np.asarray(fields[name], np.complex128)
    try:
        mask = np.broadcast_to(np.asarray(fields[name + ".mask"], np.bool_), points.shape)
    except KeyError:
        mask = np.ones(points.shape, np.bool_)
    found, count = packed(points, mask)
    return found - np.asarray(fields["at"], np.complex128)[:, None], count


def path(fields: Fields) -> Outline:
    """A broken line through ``points``, with round ends and joints."""
    points, count = listed(fields, "points")
    return _stroke(points, count, _floats(fields, "stroke"))


def curve(fields: Fields) -> Outline:
    """A smooth stroke through the points ``through`` (see ``spline``)."""
    points, count = listed(fields, "through")
    verts, number = spline(points, count)
    return _stroke(verts, number, _floats(fields, "stroke"))


def spline(points: Complexes, count: Ints) -> tuple[Complexes, Ints]:
    """The centripetal Catmull-Rom curve through the first ``count`` of ``points`` [N, L], 16 samples to a span.

    The end points are mirrored to give the first and last span their outer neighbours. Evaluated with the pyramid of
    Barry and Goldman (1988); knots are spaced by the square root of the distance of neighbours. Returns vertices
    [N, 16 (L - 1) + 1], the last repeated, and their number.
    """
    n, size = points.shape
    if size < 2:
        return points, count
    last = np.maximum(count - 1, 0)
    before = np.maximum(last - 1, 0)
    rows = np.arange(n)
    wide = np.concatenate([2 * points[:, :1] - points[:, 1:2], points, points[:, -1:]], -1)
    wide[rows, last + 2] = 2 * points[rows, last] - points[rows, before]
    p = [wide[:, k : k + size - 1, None] for k in range(4)]
    gaps = [np.sqrt(np.abs(p[k + 1] - p[k])) for k in range(3)]
    t0 = np.zeros_like(gaps[0])
    t1 = t0 + gaps[0]
    t2 = t1 + gaps[1]
    t3 = t2 + gaps[2]
    t = t1 + (np.arange(SPAN_SAMPLES) / SPAN_SAMPLES) * (t2 - t1)

    def between(a: Complexes, b: Complexes, ta: Floats, tb: Floats) -> Complexes:
        width = tb - ta
        share = (t - ta) / np.where(width > 0, width, 1.0)
        return np.where(width > 0, a + (b - a) * share, a)

    a1, a2, a3 = between(p[0], p[1], t0, t1), between(p[1], p[2], t1, t2), between(p[2], p[3], t2, t3)
    b1, b2 = between(a1, a2, t0, t2), between(a2, a3, t1, t3)
    inner = between(b1, b2, t1, t2).reshape(n, -1)
    verts = np.concatenate([inner, points[:, -1:]], -1)
    number = np.where(count > 0, SPAN_SAMPLES * last + 1, 0)
    index = np.arange(verts.shape[1])[None, :]
    end = points[rows, last][:, None]
    return np.where(index >= SPAN_SAMPLES * last[:, None], end, verts), number


# text --------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def _extent(code: int) -> tuple[float, float]:
    """Width and height of a text at a size of 1px, measured at 1000px."""
    from pgt_dsl.paint.fonts import text_extent

    width, height = text_extent(string(code), 1000.0)
    return width / 1000, height / 1000


def text(fields: Fields) -> Outline:
    """The rectangle that the ink of ``text`` fills at ``size`` px to the em, centred."""
    codes, size = np.asarray(fields["text"], np.int64), _floats(fields, "size")
    found, where = np.unique(codes, return_inverse=True)
    extents = np.array([_extent(int(code)) for code in found], np.float64).reshape(-1, 2)[where.reshape(-1)]
    unit = box_corners(1, 1)
    corners = unit.real * (extents[:, 0] * size)[:, None] + 1j * (unit.imag * (extents[:, 1] * size)[:, None])
    return _filled(corners * _spin(fields)[:, None])


__all__ = [
    "arrow", "blob", "circle", "curve", "ellipse", "figure", "head_length", "line", "listed", "on_circle", "packed",
    "path", "polygon", "rect", "spline", "square", "text",
]  # fmt: skip
