"""Distances of points and outlines, batched: signed distance to an outline, gap of two, clearance of one in another.

Units are px. A core is the point, polyline or filled polygon of a piece before it is grown by its radius.
"""

from __future__ import annotations

import numpy as np

from pgt_dsl.geometry.hulls import depth, hulls
from pgt_dsl.geometry.outline import Bools, Complexes, Floats, Ints, Outline
from pgt_dsl.geometry.pieces import (
    BUCKETS,
    Table,
    bounds,
    chunks,
    fold,
    groups,
    paired,
    piece_pairs,
    rows_of,
    take,
)

TOUCH = 1e-18  # squared px: cores nearer than a billionth of a pixel meet
EIGHTHS = np.arange(1, 8) / 8
FEW = 16  # vertices of a small piece
CULL = 90  # products of vertices from which on it pays to look for the near edges first


def squared(px: Floats, py: Floats, sx: Floats, sy: Floats, dx: Floats, dy: Floats) -> Floats:
    """Squared distances of points to segments ``s .. s + d`` (arrays that broadcast)."""
    size = dx * dx + dy * dy
    inverse = 1.0 / np.where(size > 0, size, 1.0)
    wx, wy = px - sx, py - sy
    t = wx * dx
    t += wy * dy
    t *= inverse
    np.clip(t, 0.0, 1.0, out=t)
    wx -= t * dx
    wy -= t * dy
    wx *= wx
    wy *= wy
    wx += wy
    return wx


def points_to_edges(points: Complexes, start: Complexes, end: Complexes) -> Floats:
    """Squared distances float64[m, points, edges] of points [m, i] to edges [m, j]."""
    d = end - start
    return squared(
        points.real[:, :, None], points.imag[:, :, None], start.real[:, None, :], start.imag[:, None, :],
        d.real[:, None, :], d.imag[:, None, :],
    )  # fmt: skip


def points_in(points: Complexes, start: Complexes, end: Complexes) -> Bools:
    """Whether points [m, i] lie in the polygons of edges [m, j], by the even-odd rule: bool[m, i]."""
    px, py = points.real[:, :, None], points.imag[:, :, None]
    ay, by = start.imag[:, None, :], end.imag[:, None, :]
    ax, rise = start.real[:, None, :], by - ay
    slope = (end.real[:, None, :] - ax) / np.where(rise != 0, rise, 1.0)
    hit = ((ay > py) != (by > py)) & (px < ax + (py - ay) * slope)
    return np.asarray(hit.sum(-1) % 2 == 1)


def edges_cross(pa: Complexes, qa: Complexes, pb: Complexes, qb: Complexes) -> Bools:
    """Whether edges [m, i] and [m, j] cross properly: bool[m, i, j]."""

    def cross(u: Complexes, w: Complexes) -> Floats:
        return u.real * w.imag - u.imag * w.real

    p, q = pa[:, :, None], pb[:, None, :]
    u, w = (qa - pa)[:, :, None], (qb - pb)[:, None, :]
    first = cross(u, q - p) * cross(u, qb[:, None, :] - p) < 0
    return np.asarray(first & (cross(w, p - q) * cross(w, qa[:, :, None] - q) < 0))


def _nearest(pa: Complexes, qa: Complexes, pb: Complexes, qb: Complexes) -> Floats:
    """Squared distances of two sets of edges that do not cross: float64[m]. Either may be a single point."""
    na, nb = pa.shape[1], pb.shape[1]
    if na == 1 and nb == 1:
        d = pa[:, 0] - pb[:, 0]
        return np.asarray(d.real**2 + d.imag**2)
    if na == 1:
        return np.asarray(points_to_edges(pa, pb, qb).min((1, 2)))
    if nb == 1:
        return np.asarray(points_to_edges(pb, pa, qa).min((1, 2)))
    if na * nb < CULL:
        one, two = points_to_edges(pa, pb, qb), points_to_edges(pb, pa, qa)
        return np.asarray(np.minimum(one.min((1, 2)), two.min((1, 2))))
    dx = pa.real[:, :, None] - pb.real[:, None, :]
    dy = pa.imag[:, :, None] - pb.imag[:, None, :]
    dx *= dx
    dy *= dy
    dx += dy
    best: Floats = np.asarray(dx.min((1, 2)))
    _improve(best, dx, pa, pb, qb)
    _improve(best, dx.transpose(0, 2, 1), pb, pa, qa)
    return best


def _improve(best: Floats, between: Floats, points: Complexes, start: Complexes, end: Complexes) -> None:
    """Lower ``best`` (squared) by the distances of points to edges. An edge matters only where both of its ends are
    no farther from the point than the best so far and the edge's length; ``between`` is [m, points, starts]."""
    reach = (np.sqrt(best)[:, None] + np.abs(end - start)) ** 2 * (1 + 1e-12)
    near = between <= reach[:, None, :]
    near[:, :, :-1] &= between[:, :, 1:] <= reach[:, None, :-1]
    m, i, j = np.nonzero(near)
    s, e, p = start[m, j], end[m, j], points[m, i]
    d = e - s
    np.minimum(best, fold(np.minimum, squared(p.real, p.imag, s.real, s.imag, d.real, d.imag), m, len(best), np.inf),
               out=best)  # fmt: skip


def gaps(a: Table, b: Table, ids_a: Ints, ids_b: Ints) -> Floats:
    """The gap of each pair of pieces, less both radii: float64[m]; where the cores meet, minus the least translation
    that separates their convex hulls, less both radii."""
    out = np.empty(len(ids_a))
    for (ka, kb), places in groups(a.bucket()[ids_a], b.bucket()[ids_b]):
        na, nb = int(BUCKETS[ka]), int(BUCKETS[kb])
        for part in chunks(places, na * nb):
            out[part] = _cores(a, b, ids_a[part], ids_b[part], na, nb)
    return np.asarray(out - a.radius[ids_a] - b.radius[ids_b])


def _cores(a: Table, b: Table, ids_a: Ints, ids_b: Ints, na: int, nb: int) -> Floats:
    pa, qa = a.cut(ids_a, na)
    pb, qb = b.cut(ids_b, nb)
    square = _nearest(pa, qa, pb, qb)
    if na == 1 and nb == 1:
        return np.sqrt(square)
    meet = square <= TOUCH
    boxes = np.flatnonzero(_boxes_meet(pa, pb) & ~meet)
    if len(boxes):
        closed_a, closed_b = a.closed[ids_a[boxes]], b.closed[ids_b[boxes]]
        pa_, qa_, pb_, qb_ = pa[boxes], qa[boxes], pb[boxes], qb[boxes]
        found = closed_b & points_in(pa_[:, :1], pb_, qb_)[:, 0]
        found |= closed_a & points_in(pb_[:, :1], pa_, qa_)[:, 0]
        rest = np.flatnonzero(~found)
        if na > 1 and nb > 1 and len(rest):
            found[rest] = edges_cross(pa_[rest], qa_[rest], pb_[rest], qb_[rest]).any((1, 2))
        meet[boxes] = found
    core = np.sqrt(square)
    both = np.flatnonzero(meet)
    if len(both):
        core[both] = -depth(hulls(pa[both]), hulls(pb[both]))
    return core


def _boxes_meet(p: Complexes, q: Complexes) -> Bools:
    apart = (p.real.min(1) > q.real.max(1)) | (q.real.min(1) > p.real.max(1))
    return np.asarray(~(apart | (p.imag.min(1) > q.imag.max(1)) | (q.imag.min(1) > p.imag.max(1))))


def apart(a: Outline, b: Outline) -> Floats:
    """The free gap of outlines whose leading dimensions broadcast; inf where one of them is empty.

    The least distance of the two filled outlines; where they overlap, negative: the distance of the cores less both
    radii, and where the cores meet, minus the least translation that separates their convex hulls, less both radii.
    Of several pieces, the least over the pairs.
    """
    shape, (ia, ib) = paired(a.count.shape[:-1], b.count.shape[:-1])
    fa, fb = rows_of(a), rows_of(b)
    ta, tb = Table.of(fa), Table.of(fb)
    out = np.full(len(ia), np.inf)
    for part in chunks(np.arange(len(ia)), fa.count.shape[1] * fb.count.shape[1]):
        place, ids_a, ids_b = piece_pairs(fa, fb, ia[part], ib[part])
        out[part] = fold(np.minimum, gaps(ta, tb, ids_a, ids_b), place, len(part), np.inf)
    return out.reshape(shape)


def gap_or_meeting(a: Outline, b: Outline) -> Floats:
    """As ``apart`` for outlines of one piece with one leading dimension, -inf where the cores meet.

    It skips how deep they overlap, and does not sort pairs by their numbers of vertices: of a few pairs of many forms
    that takes most of the time."""
    out = np.empty(len(a.count))
    few = (a.count[:, 0] <= FEW) & (b.count[:, 0] <= FEW)
    for places, most in ((np.flatnonzero(few), FEW), (np.flatnonzero(~few), None)):
        for part in chunks(places, a.verts.shape[-1] * b.verts.shape[-1] if most is None else most * most):
            out[part] = _gap_or_meeting(*(_ring(o, part, most) for o in (a, b)))
            out[part] -= a.radius[part, 0]  # one after the other, as ``gaps`` does: the last bits are to be the same
            out[part] -= b.radius[part, 0]
    return out


Ring = tuple[Complexes, Complexes, Bools]  # starts and ends of edges [m, V], and whether they close


def _ring(o: Outline, rows: Ints, most: int | None) -> Ring:
    start = o.verts[rows, 0, :most]
    end = np.concatenate([start[:, 1:], start[:, -1:]], axis=1)
    closed = o.closed[rows, 0]
    end[:, -1] = np.where(closed, start[:, 0], start[:, -1])  # padding repeats the last vertex
    return start, end, closed


def _gap_or_meeting(a: Ring, b: Ring) -> Floats:
    pa, qa, closed_a = a
    pb, qb, closed_b = b
    square = np.minimum(points_to_edges(pa, pb, qb).min((1, 2)), points_to_edges(pb, pa, qa).min((1, 2)))
    near = np.flatnonzero(_boxes_meet(pa, pb) & (square > TOUCH))
    meet = square <= TOUCH
    if len(near):
        pa, qa, pb, qb = pa[near], qa[near], pb[near], qb[near]
        found = closed_b[near] & points_in(pa[:, :1], pb, qb)[:, 0]
        found |= closed_a[near] & points_in(pb[:, :1], pa, qa)[:, 0]
        meet[near] = found | edges_cross(pa, qa, pb, qb).any((1, 2))
    return np.where(meet, -np.inf, np.sqrt(square))


def _depths(t: Table, ids: Ints, points: Complexes) -> Floats:
    """The signed distance of points [m] to the outline of pieces, positive inside."""
    out = np.empty(len(ids))
    for (k,), places in groups(t.bucket()[ids]):
        for part in chunks(places, int(BUCKETS[k])):
            start, end = t.cut(ids[part], int(BUCKETS[k]))
            p = points[part][:, None]
            d = np.sqrt(points_to_edges(p, start, end).min((1, 2)))
            within = t.closed[ids[part]] & points_in(p, start, end)[:, 0]
            out[part] = np.where(within, d, -d)
    return np.asarray(out + t.radius[ids])


def margin(o: Outline, points: Complexes) -> Floats:
    """The signed distance of points to outlines, positive inside; leading dimensions broadcast.

    Of several pieces: outside, the distance to the nearest; inside, the distance to the outline of their union.
    """
    shape, (io, ip) = paired(o.count.shape[:-1], points.shape)
    flat, spots = rows_of(o), points.reshape(-1)
    table, width = Table.of(flat), flat.count.shape[1]
    place, piece = np.nonzero((flat.count > 0)[io])
    each = _depths(table, io[place] * width + piece, spots[ip[place]])
    out = fold(np.maximum, each, place, len(io), -np.inf)
    if width > 1:
        # the depth in one piece is the depth in the union unless another piece reaches into that distance
        reach = fold(np.add, (-each < out[place]).astype(np.float64), place, len(io), 0.0)
        deep = np.flatnonzero((out > 0) & (reach > 1))
        if len(deep):
            from pgt_dsl.geometry.unions import union_depths

            found = union_depths(take(flat, io[deep]), spots[ip[deep]])
            out[deep] = np.where(np.isnan(found), out[deep], found)
    return out.reshape(shape)


def clearance(a: Outline, b: Outline) -> Floats:
    """How far a could be grown within b, negative by how far it sticks out; leading dimensions broadcast.

    Exact where b is one convex piece; of several pieces, each piece of a has to lie in one piece of b. -inf where b
    is empty.
    """
    shape, (ia, ib) = paired(a.count.shape[:-1], b.count.shape[:-1])
    fa, fb = rows_of(a), rows_of(b)
    ta, tb = Table.of(fa), Table.of(fb)
    place, ids_a, ids_b = piece_pairs(fa, fb, ia, ib)
    each = _rooms(ta, tb, ids_a, ids_b)
    piece = place * fa.count.shape[1] + ids_a % fa.count.shape[1]
    runs = np.flatnonzero(np.concatenate([[True], piece[1:] != piece[:-1]])) if len(piece) else np.zeros(0, np.int64)
    best = np.maximum.reduceat(each, runs) if len(runs) else np.zeros(0)
    return fold(np.minimum, best, place[runs], len(ia), -np.inf).reshape(shape)


def _rooms(a: Table, b: Table, ids_a: Ints, ids_b: Ints) -> Floats:
    """The clearance of pieces of a in pieces of b: float64[m]."""
    out = np.empty(len(ids_a))
    for (ka, kb), places in groups(a.bucket()[ids_a], b.bucket()[ids_b]):
        na, nb = int(BUCKETS[ka]), int(BUCKETS[kb])
        for part in chunks(places, na * nb):
            pa, qa = a.cut(ids_a[part], na)
            pb, qb = b.cut(ids_b[part], nb)
            square = points_to_edges(pa, pb, qb)
            outside = np.sqrt(square.min(2))
            closed = b.closed[ids_b[part]]
            outside = np.where(closed[:, None] & points_in(pa, pb, qb), 0.0, outside).max(1)
            room = -outside
            whole = np.flatnonzero(closed & (outside <= 1e-9))
            if len(whole):
                filled = a.closed[ids_a[part[whole]]]
                room[whole] = _within(pa[whole], qa[whole], pb[whole], qb[whole], square[whole], filled)
            out[part] = room
    return np.asarray(out + b.radius[ids_b] - a.radius[ids_a])


def _within(pa: Complexes, qa: Complexes, pb: Complexes, qb: Complexes, square: Floats, closed: Bools) -> Floats:
    """The clearance of a core whose vertices all lie in a polygon: its distance to the polygon's edge, or, where the
    polygon bends into it, minus how far their edges reach past one another (its own, at eighths of their length)."""
    back = points_to_edges(pb, pa, qa).min(2)
    near = np.sqrt(np.minimum(square.min((1, 2)), back.min(1)))
    notch = np.where(closed[:, None] & points_in(pb, pa, qa), np.sqrt(back), 0.0).max(1)
    crossed = edges_cross(pa, qa, pb, qb).any((1, 2)) | (notch > 1e-9)
    out = np.flatnonzero(crossed)
    if len(out):
        spots = (pa[out, :, None] + (qa - pa)[out, :, None] * EIGHTHS).reshape(len(out), -1)
        away = np.sqrt(points_to_edges(spots, pb[out], qb[out]).min(2))
        notch[out] = np.maximum(notch[out], np.where(points_in(spots, pb[out], qb[out]), 0.0, away).max(1))
    return np.asarray(np.where(crossed, -np.maximum(notch, 1e-9), near))


__all__ = ["apart", "bounds", "clearance", "gaps", "margin", "points_in", "points_to_edges", "squared"]
