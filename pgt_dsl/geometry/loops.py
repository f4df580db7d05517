"""Closed outlines through points, batched: with straight sides (``patch``) or smooth ones (``loop``).

An outline that crosses or touches itself has no inside that people agree on. It has no middle either: ``loop_middle``
is undefined then, and so is the place ``at`` of such a shape, so that the scene is rejected.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.geometry.outline import Bools, Complexes, Floats, Ints, Outline
from pgt_dsl.geometry.outlines import listed, packed
from pgt_dsl.geometry.pieces import chunks

if TYPE_CHECKING:
    from pgt_dsl.program.calls import Call

LOOP_SAMPLES = 8  # corners to a span of a smooth outline


def ring(points: Complexes, count: Ints) -> tuple[Complexes, Ints]:
    """The closed centripetal Catmull-Rom curve through the first ``count`` of ``points`` [N, L], 8 samples to a span.

    Returns vertices [N, 8 L], the last repeated, and their number. Fewer than three points stay as they are.
    """
    n, size = points.shape
    if size == 0:
        return points, count
    number = np.maximum(count, 1)[:, None]
    index = np.arange(size)[None, :]
    p = [np.take_along_axis(points, (index + k) % number, -1)[..., None] for k in (-1, 0, 1, 2)]
    gaps = [np.sqrt(np.abs(p[k + 1] - p[k])) for k in range(3)]
    t1 = gaps[0]
    t2 = t1 + gaps[1]
    t3 = t2 + gaps[2]
    t = t1 + (np.arange(LOOP_SAMPLES) / LOOP_SAMPLES) * (t2 - t1)

    def between(a: Complexes, b: Complexes, ta: Floats | float, tb: Floats) -> Complexes:
        width = tb - ta
        return np.asarray(a + (b - a) * ((t - ta) / np.where(width > 0, width, 1.0)), np.complex128)

    a1, a2, a3 = between(p[0], p[1], 0.0, t1), between(p[1], p[2], t1, t2), between(p[2], p[3], t2, t3)
    b1, b2 = between(a1, a2, 0.0, t2), between(a2, a3, t1, t3)
    verts = between(b1, b2, t1, t2).reshape(n, -1)
    many = np.where(count > 2, LOOP_SAMPLES * count, count)
    few = np.concatenate([points, np.repeat(points[:, -1:], verts.shape[1] - size, -1)], -1)
    verts = np.where((count > 2)[:, None], verts, few)
    last = np.take_along_axis(verts, np.maximum(many - 1, 0)[:, None], -1)
    return np.where(np.arange(verts.shape[1]) < many[:, None], verts, last), many


def simple(verts: Complexes, count: Ints) -> Bools:
    """Whether the closed outlines [N, V] have three corners and more, and neither cross nor touch themselves: bool[N].

    Neighbouring corners that are one, and sides that turn right back, count as touching.
    """
    n, size = verts.shape
    out = np.zeros(n, np.bool_)
    index = np.arange(size)
    one, two = (index[:, None] < index[None, :]).nonzero()
    for rows in chunks(np.arange(n), len(one)):
        number = count[rows][:, None]
        start = verts[rows]
        end = np.take_along_axis(start, (index + 1) % np.maximum(number, 1), -1)
        there = index < number
        step = np.where(there, end - start, 0)
        after = np.take_along_axis(step, (index + 1) % np.maximum(number, 1), -1)
        turn = step * np.conj(after)
        back = (turn.imag == 0) & (turn.real <= 0)
        good = (number[:, 0] > 2) & ~(there & back).any(-1)
        meet = _meet(start[:, one], end[:, one], start[:, two], end[:, two])
        beside = (two - one == 1) | (two - one == number - 1)
        out[rows] = good & ~(meet & ~beside & there[:, two]).any(-1)
    return out


def _meet(a: Complexes, b: Complexes, c: Complexes, d: Complexes) -> Bools:
    """Whether the segments a b and c d have a point in common."""

    def side(p: Complexes, q: Complexes, r: Complexes) -> Floats:
        return (q.real - p.real) * (r.imag - p.imag) - (q.imag - p.imag) * (r.real - p.real)

    def near(p: Floats, q: Floats, r: Floats, s: Floats) -> Bools:
        return (np.maximum(p, q) >= np.minimum(r, s)) & (np.maximum(r, s) >= np.minimum(p, q))

    boxes = near(a.real, b.real, c.real, d.real) & near(a.imag, b.imag, c.imag, d.imag)
    return boxes & (side(a, b, c) * side(a, b, d) <= 0) & (side(c, d, a) * side(c, d, b) <= 0)


def loop_middle(call: Call) -> Complexes:
    """The middle of the box of the closed outline through points; nan where it crosses itself."""
    points = np.asarray(call.args[0].data, np.complex128)
    mask = call.args[0].mask
    full = np.ones(points.shape, np.bool_) if mask is None else np.broadcast_to(mask, points.shape)
    size = points.shape[-1]
    smooth = np.asarray(call.args[1].data, np.bool_)
    lead = np.broadcast_shapes(points.shape[:-1], smooth.shape)
    listed_points, count = packed(points.reshape(-1, size), full.reshape(-1, size))
    middles = {
        way: _middle(*(ring(listed_points, count) if way else (listed_points, count))).reshape(points.shape[:-1])
        for way in np.unique(smooth).tolist()
    }
    found = np.where(smooth, middles.get(True, np.nan), middles.get(False, np.nan))
    return np.broadcast_to(found, lead).astype(np.complex128)


def _middle(verts: Complexes, count: Ints) -> Complexes:
    """The middles of the boxes of outlines [N, V]; nan of those that are not simple."""
    known = simple(verts, count) if verts.shape[1] else np.zeros(len(verts), np.bool_)
    out = np.full(len(verts), complex(np.nan, np.nan))
    x, y = verts.real[known], verts.imag[known]
    if known.any():
        out[known] = (x.min(-1) + x.max(-1)) / 2 + 0.5j * (y.min(-1) + y.max(-1))
    return out


# the outlines of the kinds ------------------------------------------------------------------------------

Fields = Mapping[str, npt.NDArray[Any]]


def _filled(verts: Complexes, count: Ints) -> Outline:
    n = len(verts)
    return Outline(verts[:, None, :], count[:, None], np.ones((n, 1), np.bool_), np.zeros((n, 1)))


def patch(fields: Fields) -> Outline:
    """The filled polygon whose corners are ``corners``."""
    return _filled(*listed(fields, "corners"))


def loop(fields: Fields) -> Outline:
    """The filled smooth outline through the points ``knots``."""
    return _filled(*ring(*listed(fields, "knots")))
