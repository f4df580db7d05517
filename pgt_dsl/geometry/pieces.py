"""Outlines taken apart: rows, boxes, buckets of pieces by their number of vertices, and pairs of pieces.

Everything batched works on *buckets*: pieces are padded to one of a few fixed numbers of vertices, never to the widest
of the batch, so that a value does not depend on what else is in the batch, to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from pgt_dsl.geometry.outline import Bools, Complexes, Floats, Ints, Outline, along

BUCKETS = np.array([1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32, 40, 48, 64, 96, 128, 192, 256, 512, 1024, 4096])
WORK = 400_000  # numbers of one temporary array: small enough for the caches of a processor core

Boxes = tuple[Floats, Floats, Floats, Floats]


def lead_of(o: Outline) -> tuple[int, ...]:
    """The leading dimensions."""
    return o.count.shape[:-1]


def rows_of(o: Outline) -> Outline:
    """The outline with its leading dimensions made one."""
    n, p, v = prod(lead_of(o)), o.verts.shape[-2], o.verts.shape[-1]
    return Outline(o.verts.reshape(n, p, v), o.count.reshape(n, p), o.closed.reshape(n, p), o.radius.reshape(n, p))


def take(o: Outline, rows: Ints) -> Outline:
    """Rows of an outline with one leading dimension."""
    return Outline(o.verts[rows], o.count[rows], o.closed[rows], o.radius[rows])


def piece_boxes(o: Outline) -> Boxes:
    """The upright boxes of the pieces: four float64[..., P]; absent pieces have x0 = inf and x1 = -inf."""
    x, y, r, there = o.verts.real, o.verts.imag, o.radius, o.count > 0
    return (
        np.where(there, along(np.minimum, x) - r, np.inf), np.where(there, along(np.minimum, y) - r, np.inf),
        np.where(there, along(np.maximum, x) + r, -np.inf), np.where(there, along(np.maximum, y) + r, -np.inf),
    )  # fmt: skip


def bounds(o: Outline) -> Boxes:
    """The upright bounding boxes (x0, y0, x1, y1) in px over the leading dimensions; inf, -inf where nothing is."""
    x0, y0, x1, y1 = piece_boxes(o)
    return along(np.minimum, x0), along(np.minimum, y0), along(np.maximum, x1), along(np.maximum, y1)


def upright(o: Outline) -> Bools:
    """Which shapes are one upright rectangle each, bool over the leading dimensions."""
    verts, count = o.verts[..., 0, :], o.count[..., 0]
    if verts.shape[-1] < 4 or o.count.shape[-1] != 1:
        return np.zeros(count.shape, np.bool_)
    step = np.stack([verts[..., (k + 1) % 4] - verts[..., k] for k in range(4)], axis=-1)
    level = (step.imag[..., 0] == 0) & (step.real[..., 1] == 0) & (step.imag[..., 2] == 0) & (step.real[..., 3] == 0)
    plumb = (step.real[..., 0] == 0) & (step.imag[..., 1] == 0) & (step.real[..., 2] == 0) & (step.imag[..., 3] == 0)
    return np.asarray((level | plumb) & (count == 4) & (o.radius[..., 0] == 0) & o.closed[..., 0])


def paired(*leads: tuple[int, ...]) -> tuple[tuple[int, ...], list[Ints]]:
    """The common shape of leading dimensions, and for each the flat row that every place of that shape reads."""
    shape = np.broadcast_shapes(*leads)
    index = [np.broadcast_to(np.arange(prod(lead)).reshape(lead), shape).reshape(-1) for lead in leads]
    return shape, index


@dataclass(frozen=True, slots=True)
class Table:
    """Pieces in a row: verts complex128[n, V], count int64[n], closed bool[n], radius float64[n]."""

    verts: Complexes
    count: Ints
    closed: Bools
    radius: Floats

    @classmethod
    def of(cls, o: Outline) -> Table:
        """All pieces of an outline; piece p of row k is number ``k * P + p``."""
        return cls(o.verts.reshape(-1, o.verts.shape[-1]), o.count.reshape(-1), o.closed.reshape(-1),
                   o.radius.reshape(-1))  # fmt: skip

    def bucket(self) -> Ints:
        """Which bucket each piece belongs to; absent pieces to that of points."""
        return np.searchsorted(BUCKETS, np.maximum(self.count, 1))

    def cut(self, ids: Ints, size: int) -> tuple[Complexes, Complexes]:
        """Starts and ends of the edges of pieces, complex128[m, size]; padding edges have no length, and an open
        piece has no closing edge."""
        width = self.verts.shape[1]
        start = self.verts[ids, : min(size, width)]
        if size > width:
            start = np.concatenate([start, np.repeat(start[:, -1:], size - width, 1)], 1)
        end = np.roll(start, -1, axis=1)
        end[:, -1] = np.where(self.closed[ids], end[:, -1], start[:, -1])
        return start, end


def groups(*keys: Ints) -> Iterator[tuple[tuple[int, ...], Ints]]:
    """The places at which each combination of keys occurs, by rising keys."""
    if not len(keys[0]):
        return
    joint = keys[0].astype(np.int64)
    for key in keys[1:]:
        joint = joint * 4096 + key
    order = np.argsort(joint, kind="stable")
    cuts = np.flatnonzero(np.diff(joint[order])) + 1
    for part in np.split(order, cuts):
        yield tuple(int(key[part[0]]) for key in keys), part


def chunks(places: Ints, each: int) -> Iterator[Ints]:
    """``places`` in parts, so that a temporary with ``each`` numbers to a place keeps within ``WORK``."""
    step = max(WORK // max(each, 1), 1)
    for k in range(0, len(places), step):
        yield places[k : k + step]


def pieces_of(o: Outline) -> tuple[Ints, Ints]:
    """Row and number of every piece that is there, by rising row; ``o`` has one leading dimension."""
    row, piece = np.nonzero(o.count > 0)
    return row, row * o.count.shape[1] + piece


def piece_pairs(a: Outline, b: Outline, ia: Ints, ib: Ints) -> tuple[Ints, Ints, Ints]:
    """For each place k, all pairs of pieces of rows ``ia[k]`` and ``ib[k]``: place, piece of a, piece of b."""
    pa, pb = a.count.shape[1], b.count.shape[1]
    if pa == 1 and pb == 1:
        both = (a.count[ia, 0] > 0) & (b.count[ib, 0] > 0)
        place = np.flatnonzero(both)
        return place, ia[place], ib[place]
    place, p, q = np.nonzero((a.count > 0)[ia][:, :, None] & (b.count > 0)[ib][:, None, :])
    return place, ia[place] * pa + p, ib[place] * pb + q


def fold(ufunc: np.ufunc, values: Floats, place: Ints, n: int, empty: float) -> Floats:
    """Fold ``values`` of rising ``place`` by ``ufunc`` into float64[n]; places without any get ``empty``."""
    out = np.full(n, empty)
    if len(values):
        first = np.flatnonzero(np.concatenate([[True], place[1:] != place[:-1]]))
        out[place[first]] = ufunc.reduceat(values, first)
    return out
