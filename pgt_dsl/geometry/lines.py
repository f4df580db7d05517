"""Centre lines and how they meet, batched: crossings, angles, shared stretches.

The centre line of a stroke is its core; that of an arrow runs on to the tip.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pgt_dsl.geometry.distance import points_to_edges
from pgt_dsl.geometry.outline import Bools, Complexes, Floats, Ints, Outline
from pgt_dsl.geometry.pieces import BUCKETS, Table, chunks, groups, paired, rows_of


def centre_lines(o: Outline) -> Table:
    """The centre lines of outlines, rows in the order of the leading dimensions; radius is half the stroke."""
    flat = rows_of(o)
    n = len(flat.count)
    first = np.argmax(flat.count > 0, axis=1)
    rows = np.arange(n)
    verts, count = flat.verts[rows, first], flat.count[rows, first]
    radius = flat.radius[rows, first]
    if flat.count.shape[1] > 1:
        after = np.minimum(first + 1, flat.count.shape[1] - 1)
        tipped = ~flat.closed[rows, first] & flat.closed[rows, after] & (flat.count[rows, after] == 3)
        tip = np.where(tipped, flat.verts[rows, after, 0], verts[:, -1])
        verts = np.concatenate([verts, tip[:, None]], 1)
        # padding between the end of the shaft and the tip repeats the end and has no length
        spread = np.arange(verts.shape[1])[None, :] >= count[:, None]
        verts = np.where(spread & tipped[:, None], tip[:, None], verts)
        count = np.where(tipped, count + 1, count)
    return Table(verts, count, np.zeros(n, np.bool_), radius)


def ends(o: Outline) -> tuple[Complexes, Complexes]:
    """Start and end of the centre lines, over the leading dimensions."""
    lines = centre_lines(o)
    shape = o.count.shape[:-1]
    return lines.verts[:, 0].reshape(shape), lines.verts[:, -1].reshape(shape)


def angles(a: Outline, b: Outline) -> Floats:
    """The angle between the straight lines from start to end, 0 .. 90 degrees; nan for a line without length."""
    (a0, a1), (b0, b1) = ends(a), ends(b)
    step = (b1 - b0) * np.conj(a1 - a0)
    found = np.degrees(np.arctan2(np.abs(step.imag), np.abs(step.real)))
    return np.where(step == 0, np.nan, found)


@dataclass(frozen=True, slots=True)
class Meetings:
    """How two centre lines meet, over the leading dimensions.

    number: int64, how often they cross. first: complex128, the first crossing along a, nan if there is none.
    slack: float64 px, how far a line may shift before the number changes. gap: float64 px, the distance of the
    lines, 0 where they cross. hold: float64 px, the least distance of an end of one to the other line.
    """

    number: Ints
    first: Complexes
    slack: Floats
    gap: Floats
    hold: Floats


def meetings(a: Outline, b: Outline) -> Meetings:
    """Compare centre lines whose leading dimensions broadcast."""
    shape, (ia, ib) = paired(a.count.shape[:-1], b.count.shape[:-1])
    la, lb = centre_lines(a), centre_lines(b)
    n = len(ia)
    number, first = np.zeros(n, np.int64), np.full(n, np.nan + 1j * np.nan)
    slack, gap, hold = np.zeros(n), np.zeros(n), np.zeros(n)
    for (ka, kb), places in groups(la.bucket()[ia], lb.bucket()[ib]):
        na, nb = int(BUCKETS[ka]), int(BUCKETS[kb])
        for part in chunks(places, na * nb):
            pa, qa = la.cut(ia[part], na)
            pb, qb = lb.cut(ib[part], nb)
            ca, cb = la.count[ia[part]], lb.count[ib[part]]
            number[part], first[part] = _crossings(pa, qa, pb, qb)
            one, two = points_to_edges(pa, pb, qb), points_to_edges(pb, pa, qa)
            gap[part] = np.sqrt(np.minimum(one.min((1, 2)), two.min((1, 2)))) * (number[part] == 0)
            hold[part] = np.sqrt(np.minimum(_at_ends(one, ca), _at_ends(two, cb)))
            slack[part] = np.sqrt(np.minimum(_at_turns(one, ca, pa, pb, qb), _at_turns(two, cb, pb, pa, qa)))
    return Meetings(
        number.reshape(shape), first.reshape(shape), slack.reshape(shape), gap.reshape(shape), hold.reshape(shape)
    )


def _crossings(pa: Complexes, qa: Complexes, pb: Complexes, qb: Complexes) -> tuple[Ints, Complexes]:
    """The number of crossings of two sets of edges and the first of them; a corner counts to one side of a line, so
    that a line through it crosses once."""
    u, w = (qa - pa)[:, :, None], (qb - pb)[:, None, :]
    p, q = pa[:, :, None], pb[:, None, :]

    def cross(f: Complexes, g: Complexes) -> Floats:
        return f.real * g.imag - f.imag * g.real

    before, after = cross(w, p - q), cross(w, qa[:, :, None] - q)
    hit = ((cross(u, q - p) >= 0) != (cross(u, qb[:, None, :] - p) >= 0)) & ((before >= 0) != (after >= 0))
    share = before / np.where(hit, before - after, 1.0)
    along = np.where(hit, np.arange(pa.shape[1])[None, :, None] + share, np.inf)
    best = along.reshape(len(pa), -1).argmin(1)
    row, edge = np.arange(len(pa)), best // pb.shape[1]
    t = share.reshape(len(pa), -1)[row, best]
    spot = pa[row, edge] + t * (qa - pa)[row, edge]
    number = hit.sum((1, 2)).astype(np.int64)
    return number, np.where(number > 0, spot, np.nan + 1j * np.nan)


def _at_ends(square: Floats, count: Ints) -> Floats:
    rows = np.arange(len(count))
    near = square.min(2)
    return np.asarray(np.minimum(near[:, 0], near[rows, np.maximum(count - 1, 0)]))


def _at_turns(square: Floats, count: Ints, points: Complexes, start: Complexes, end: Complexes) -> Floats:
    """The least squared distance of a corner to an edge across which its shift would change the number of crossings:
    of an end, or of a corner from which the line turns back (its height over the edge is greatest or least there)."""
    step = end - start
    size = np.abs(step)
    unit = step / np.where(size > 0, size, 1.0)
    high = unit.real[:, None, :] * (points.imag[:, :, None] - start.imag[:, None, :]) - unit.imag[:, None, :] * (
        points.real[:, :, None] - start.real[:, None, :]
    )
    turns = np.ones(square.shape, np.bool_)
    rise = np.diff(high, axis=1)
    turns[:, 1:-1] = rise[:, :-1] * rise[:, 1:] <= 0
    index = np.arange(points.shape[1])[None, :]
    turns |= ((index == 0) | (index >= count[:, None] - 1))[:, :, None]
    real = (size > 0)[:, None, :] | (size == 0).all(1)[:, None, None]
    return np.asarray(np.where(turns & real, square, np.inf).min((1, 2)))


def shared_lengths(a: Outline, b: Outline) -> Floats:
    """How much of a's centre line lies within the mean of both strokes of b's, px; leading dimensions broadcast.

    Exact: a segment lies within r of another along one interval, and these are joined.
    """
    shape, (ia, ib) = paired(a.count.shape[:-1], b.count.shape[:-1])
    la, lb = centre_lines(a), centre_lines(b)
    out = np.zeros(len(ia))
    for (ka, kb), places in groups(la.bucket()[ia], lb.bucket()[ib]):
        na, nb = int(BUCKETS[ka]), int(BUCKETS[kb])
        for part in chunks(places, na * nb):
            reach = la.radius[ia[part]] + lb.radius[ib[part]]
            out[part] = _shared(*la.cut(ia[part], na), *lb.cut(ib[part], nb), reach)
    return out.reshape(shape)


def _shared(pa: Complexes, qa: Complexes, pb: Complexes, qb: Complexes, reach: Floats) -> Floats:
    length = np.abs(qa - pa)
    ahead = ((qa - pa) / np.where(length > 0, length, 1.0))[:, :, None]
    size = np.abs(qb - pb)
    along = np.where(size > 0, (qb - pb) / np.where(size > 0, size, 1.0), 1.0)[:, None, :]
    r = reach[:, None, None]
    # in the frame of an edge of b: position x along it, height y over it, both linear in the way s along an edge of a
    from_b = (pa[:, :, None] - pb[:, None, :]) * np.conj(along)
    speed = ahead * np.conj(along)
    low = np.full(from_b.shape, np.inf)
    high = np.full(from_b.shape, -np.inf)
    inner = _meet(_slab(from_b.imag, speed.imag, -r, r), _slab(from_b.real, speed.real, 0 * r, size[:, None, :]))
    for s0, s1 in (inner, _disc(from_b, speed, r), _disc(from_b - size[:, None, :], speed, r)):
        s0, s1 = np.maximum(s0, 0.0), np.minimum(s1, length[:, :, None])
        there = s0 < s1
        low, high = np.where(there, np.minimum(low, s0), low), np.where(there, np.maximum(high, s1), high)
    order = np.argsort(low, axis=2)
    low, high = np.take_along_axis(low, order, 2), np.take_along_axis(high, order, 2)
    before = np.maximum.accumulate(np.concatenate([np.zeros((*high.shape[:2], 1)), high[:, :, :-1]], 2), axis=2)
    gained = np.where(np.isfinite(low), np.maximum(high - np.maximum(low, before), 0.0), 0.0)
    return np.asarray(np.where(np.isfinite(low), gained, 0.0).sum((1, 2)))


Interval = tuple[Floats, Floats]


def _slab(value: Floats, speed: Floats, low: Floats, high: Floats) -> Interval:
    """Where ``low <= value + speed s <= high``."""
    still = np.abs(speed) < 1e-12
    by = np.where(still, 1.0, speed)
    s0, s1 = (low - value) / by, (high - value) / by
    within: Bools = (value >= low) & (value <= high)
    return (np.where(still, np.where(within, -np.inf, np.inf), np.minimum(s0, s1)),
            np.where(still, np.where(within, np.inf, -np.inf), np.maximum(s0, s1)))  # fmt: skip


def _meet(a: Interval, b: Interval) -> Interval:
    return np.maximum(a[0], b[0]), np.minimum(a[1], b[1])


def _disc(value: Complexes, speed: Complexes, r: Floats) -> Interval:
    """Where ``|value + speed s| <= r`` for a speed of size 1."""
    middle = -(value * np.conj(speed)).real
    left = r * r - (np.abs(value) ** 2 - middle**2)
    half = np.sqrt(np.maximum(left, 0.0))
    return np.where(left >= 0, middle - half, np.inf), np.where(left >= 0, middle + half, -np.inf)
