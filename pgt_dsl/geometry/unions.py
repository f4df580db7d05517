"""Areas, perimeters and depths of unions of pieces, batched: of one shape, of two in common, of what is left bare.

Every piece becomes polygons that run the same way round, so that a place is in the union exactly where the winding
number is not zero. Areas are summed along scan lines on which lengths are exact; the lines run askew, for lengths jump
where an edge runs along them and most edges of pictures are level or plumb. With 64 lines over what is measured, the
error of an area stays well under 1% of the box measured (discs and round caps are polygons of nearly the same area).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pgt_dsl.geometry.outline import Complexes, Floats, Ints, Outline
from pgt_dsl.geometry.pieces import BUCKETS, Table, bounds, chunks, groups, pieces_of, take

DISC = 64
TIE = 1e-9
JOINT = 16  # corners of a round joint
CAP = 8  # corners of a round cap
MANY = 512  # edges beyond which edges are cut only by those whose boxes they meet
SCANS = 160  # lines across a box: of 30,000 random overlaps the worst was off by 0.009 (with 64: 0.03)
ASKEW = np.exp(0.5534j)  # the tilt of scan lines


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges of oriented polygons by rising row: ``first[k] .. first[k + 1]`` are those of row k; ``ring`` tells apart
    the polygons."""

    start: Complexes
    end: Complexes
    ring: Ints
    first: Ints

    @property
    def number(self) -> Ints:
        """How many edges each row has."""
        return np.diff(self.first)

    def pack(self, rows: Ints, size: int) -> tuple[Complexes, Complexes, Ints]:
        """The edges of rows as [m, size] arrays; padding has no length and ring -1."""
        index = self.first[rows][:, None] + np.arange(size)[None, :]
        there = index < self.first[rows + 1][:, None]
        index = np.minimum(index, max(len(self.start) - 1, 0))
        if not len(self.start):
            blank = np.zeros(index.shape, np.complex128)
            return blank, blank, np.full(index.shape, -1)
        return (np.where(there, self.start[index], 0), np.where(there, self.end[index], 0),
                np.where(there, self.ring[index], -1))  # fmt: skip


def edges_of(o: Outline) -> Edges:
    """The pieces of an outline with one leading dimension as oriented polygons."""
    row, ids = pieces_of(o)
    table = Table.of(o)
    parts: list[Rings] = []
    for (k,), places in groups(table.bucket()[ids]):
        size = int(BUCKETS[k])
        start, end = table.cut(ids[places], size)
        radius, closed = table.radius[ids[places]], table.closed[ids[places]]
        owner = row[places]
        if size == 1:
            parts.append(_discs(start[:, 0], radius, owner, DISC))
            continue
        whole = np.flatnonzero(closed)
        parts.append(_oriented(start[whole], end[whole], owner[whole]))
        m, j = np.nonzero((radius > 0)[:, None] & (start != end))
        parts.append(_strips(start[m, j], end[m, j], radius[m], owner[m], CAP if size == 2 else 1))
        # the caps of a single segment are its own; others share round joints
        m, j = np.nonzero(_new(start) & ((radius > 0) & ((size > 2) | (start == end).all(1)))[:, None])
        parts.append(_discs(start[m, j], radius[m], owner[m], JOINT))
    if not parts:
        nothing = np.zeros(0, np.complex128)
        return Edges(nothing, nothing, np.zeros(0, np.int64), np.zeros(len(o.count) + 1, np.int64))
    offsets = np.cumsum([0, *(int(p[3].max(initial=-1)) + 1 for p in parts)])
    start, end, owner = (np.concatenate([p[k] for p in parts]) for k in range(3))
    ring = np.concatenate([p[3] + offset for p, offset in zip(parts, offsets, strict=False)])
    order = np.argsort(owner, kind="stable")
    first = np.searchsorted(owner[order], np.arange(len(o.count) + 1))
    return Edges(start[order], end[order], ring[order], first)


Rings = tuple[Complexes, Complexes, Ints, Ints]  # starts and ends of edges, their row, and the number of their polygon


def _rings(corners: Complexes, owner: Ints) -> Rings:
    m, size = corners.shape
    end = np.roll(corners, -1, axis=1)
    return corners.reshape(-1), end.reshape(-1), np.repeat(owner, size), np.repeat(np.arange(m), size)


def _new(corners: Complexes) -> npt.NDArray[np.bool_]:
    """Which corners are not the repetition of the one before."""
    found = np.ones(corners.shape, np.bool_)
    found[:, 1:] = corners[:, 1:] != corners[:, :-1]
    return found


def _discs(centre: Complexes, radius: Floats, owner: Ints, corners: int) -> Rings:
    same_area = np.sqrt(2 * np.pi / (corners * np.sin(2 * np.pi / corners)))
    unit = np.exp(2j * np.pi * np.arange(corners) / corners) * same_area
    return _rings(centre[:, None] + unit * radius[:, None], owner)


def _strips(start: Complexes, end: Complexes, radius: Floats, owner: Ints, cap: int) -> Rings:
    """Thick segments, with round caps of ``cap`` edges; 1 cuts them off straight."""
    step = end - start
    ahead = step / np.abs(step)
    angle = np.pi * (np.arange(cap + 1) / cap - 0.5)
    # caps keep their exact width where they meet the sides and bulge to about the area of half a disc
    bulge = np.sqrt(np.pi / (CAP * np.sin(np.pi / CAP)))
    scale = np.where((np.arange(cap + 1) % cap) == 0, 1.0, bulge)
    rim = np.exp(1j * angle) * scale * radius[:, None] * ahead[:, None]
    return _rings(np.concatenate([end[:, None] + rim, start[:, None] - rim], 1), owner)


def _oriented(start: Complexes, end: Complexes, owner: Ints) -> Rings:
    m, size = start.shape
    flip = (start.real * end.imag - start.imag * end.real).sum(1)[:, None] < 0
    p, q = np.where(flip, end, start).reshape(-1), np.where(flip, start, end).reshape(-1)
    keep = p != q
    return p[keep], q[keep], np.repeat(owner, size)[keep], np.repeat(np.arange(m), size)[keep]


def _askew(o: Outline) -> Outline:
    return Outline(o.verts * ASKEW, o.count, o.closed, o.radius)


def bucket(number: Ints) -> Ints:
    """The padded number of edges of rows."""
    return np.asarray(1 << np.ceil(np.log2(np.maximum(number, 4))).astype(np.int64))


def _scan(a: Edges, b: Edges | None, ra: Ints, rb: Ints, low: Floats, high: Floats, within: bool, scans: int) -> Floats:
    """The area of a that lies in b (``within``) or outside of it, between two heights: float64[m]."""
    out = np.zeros(len(ra))
    sizes_a = bucket(a.number[ra])
    sizes_b = bucket(b.number[rb]) if b is not None else np.zeros_like(sizes_a)
    for (na, nb), places in groups(np.log2(sizes_a).astype(np.int64), sizes_b):
        size = 1 << na
        for part in chunks(places, scans * (size + nb)):
            start, end, _ = a.pack(ra[part], size)
            weight = np.ones(size)
            if b is not None:
                other = b.pack(rb[part], nb)
                start, end = np.concatenate([start, other[0]], 1), np.concatenate([end, other[1]], 1)
                weight = np.concatenate([weight, np.zeros(nb)])
            out[part] = _lines(start, end, weight, low[part], high[part], within if b is not None else None, scans)
    return out


def _lines(
    start: Complexes, end: Complexes, mine: Floats, low: Floats, high: Floats, within: bool | None, scans: int
) -> Floats:
    height = (high - low) / scans
    y = (low[:, None] + height[:, None] * (np.arange(scans) + 0.5))[:, :, None]
    y0, y1, x0 = start.imag[:, None, :], end.imag[:, None, :], start.real[:, None, :]
    rise = y1 - y0
    slope = (end.real[:, None, :] - x0) / np.where(rise != 0, rise, 1.0)
    winding = (y0 <= y).astype(np.int32) - (y1 <= y)
    x = np.where(winding != 0, x0 + (y - y0) * slope, 0.0)
    order = np.argsort(x, axis=-1)
    x = np.take_along_axis(x, order, -1)
    winding = np.take_along_axis(winding, order, -1)
    if within is None:
        inside = np.cumsum(winding, -1) != 0
    else:
        own = mine[order] > 0
        inside = np.cumsum(winding * own, -1) != 0
        covered = np.cumsum(winding * ~own, -1) != 0
        inside &= covered if within else ~covered
    length = (np.diff(x, axis=-1) * inside[:, :, :-1]).sum(-1)
    return np.asarray(length.sum(-1) * height)


def areas(o: Outline, scans: int = 2 * SCANS) -> Floats:
    """The area of outlines with one leading dimension, px2: exact for one polygon, disc or straight stroke."""
    single = (o.count > 0).sum(1) == 1
    which = np.argmax(o.count > 0, axis=1)
    rows = np.arange(len(o.count))
    count, closed, radius = (x[rows, which] for x in (o.count, o.closed, o.radius))
    verts = o.verts[rows, which]
    out = np.zeros(len(rows))
    table = Table(verts, count, closed, radius)
    point = single & (count == 1)
    out[point] = np.pi * radius[point] ** 2
    stroke = single & ~closed & (count == 2)
    out[stroke] = 2 * radius[stroke] * np.abs(verts[stroke, 1] - verts[stroke, 0]) if stroke.any() else 0.0
    out[stroke] += np.pi * radius[stroke] ** 2
    plain = np.flatnonzero(single & closed & (count > 2) & (radius == 0))
    for (k,), part in groups(table.bucket()[plain]):
        start, end = table.cut(plain[part], int(BUCKETS[k]))
        start, end = start - verts[plain[part], :1], end - verts[plain[part], :1]
        out[plain[part]] = np.abs((start.real * end.imag - start.imag * end.real).sum(1)) / 2
    rest = np.flatnonzero(~point & ~stroke & ~(single & closed & (count > 2) & (radius == 0)) & (o.count > 0).any(1))
    if len(rest):
        few = _askew(take(o, rest))
        _, low, _, high = bounds(few)
        at = np.arange(len(rest))
        out[rest] = _scan(edges_of(few), None, at, at, low, high, True, scans)
    return out


def common_areas(a: Outline, b: Outline, ia: Ints, ib: Ints) -> Floats:
    """The area that rows ``ia`` of a and ``ib`` of b have in common, px2: float64[m]."""
    out = np.zeros(len(ia))
    a, b = _askew(a), _askew(b)
    xa0, ya0, xa1, ya1 = (v[ia] for v in bounds(a))
    xb0, yb0, xb1, yb1 = (v[ib] for v in bounds(b))
    low, high = np.maximum(ya0, yb0), np.minimum(ya1, yb1)
    near = np.flatnonzero((np.maximum(xa0, xb0) < np.minimum(xa1, xb1)) & (low < high))
    if not len(near):
        return out
    rows_a, at_a = np.unique(ia[near], return_inverse=True)
    rows_b, at_b = np.unique(ib[near], return_inverse=True)
    ea, eb = edges_of(take(a, rows_a)), edges_of(take(b, rows_b))
    out[near] = _scan(ea, eb, at_a.reshape(-1), at_b.reshape(-1), low[near], high[near], True, SCANS)
    return out


def bare_areas(a: Outline, covers: Outline, rows: Ints, place: Ints, cover: Ints) -> tuple[Floats, Floats]:
    """The area of rows of a, and what of it is left bare by covers: two float64[m].

    ``rows`` are rows of a; ``place`` (rising) and ``cover`` list which rows of ``covers`` lie over which of them. Both
    areas are read off the same scan lines, so that their ratio is exactly 1 where nothing is covered.
    """
    mine = _askew(take(a, rows))
    edges, lids = edges_of(mine), edges_of(_askew(covers))
    reach = np.searchsorted(place, np.arange(len(rows) + 1))
    number = lids.number[cover]
    stops = np.concatenate([[0], np.cumsum(number)])
    index = np.repeat(lids.first[cover] - stops[:-1], number) + np.arange(stops[-1])
    own = Edges(lids.start[index], lids.end[index], lids.ring[index], stops[reach])
    _, low, _, high = bounds(mine)
    at = np.arange(len(rows))
    return (_scan(edges, None, at, at, low, high, True, SCANS), _scan(edges, own, at, at, low, high, False, SCANS))


# the outline of a union --------------------------------------------------------------------------------


def _skin(edges: Edges, rows: Ints, size: int) -> tuple[Complexes, Complexes]:
    """The parts of edges that are outline of the union: starts and ends [m, edges, parts]; others have no length."""
    start, end, ring = edges.pack(rows, size)
    u = (end - start)[:, :, None]
    w = (end - start)[:, None, :]
    gap = start[:, None, :] - start[:, :, None]
    turn = u.real * w.imag - u.imag * w.real
    t = (gap.real * w.imag - gap.imag * w.real) / np.where(turn != 0, turn, 1.0)
    s = (gap.real * u.imag - gap.imag * u.real) / np.where(turn != 0, turn, 1.0)
    # an edge that ends on another cuts it, whatever rounding says
    t = np.where((turn != 0) & (t > 0) & (t < 1) & (s >= -TIE) & (s <= 1 + TIE), t, 0.0)
    cuts = np.sort(np.concatenate([t, np.zeros((*t.shape[:2], 1)), np.ones((*t.shape[:2], 1))], 2), axis=2)
    middle = (cuts[:, :, 1:] + cuts[:, :, :-1]) / 2
    spots = start[:, :, None] + u * middle
    winding = np.zeros(spots.shape, np.int16)
    for k in range(size):
        # the winding number of the other polygons about each part, one edge at a time to bound the memory
        p, q = start[:, k, None, None], end[:, k, None, None]
        rise = q.imag - p.imag
        x = p.real + (spots.imag - p.imag) * (q.real - p.real) / np.where(rise != 0, rise, 1.0)
        ahead = (spots.real < x) & (ring[:, k, None, None] != ring[:, :, None])
        winding += ahead * ((p.imag <= spots.imag).astype(np.int16) - (q.imag <= spots.imag))
    shown = np.where((winding != 0) | (ring < 0)[:, :, None], 0.0, 1.0)
    first = start[:, :, None] + u * cuts[:, :, :-1]
    return first, first + u * (np.diff(cuts, axis=2) * shown)


def _skin_of_many(edges: Edges, row: int) -> tuple[Complexes, Complexes]:
    """As ``_skin`` for one row of any number of edges: starts and ends [parts] of what is outline.

    Only edges whose boxes meet can cut each other; then there are but a few parts to an edge.
    """
    own = slice(edges.first[row], edges.first[row + 1])
    start, end, ring = edges.start[own], edges.end[own], edges.ring[own]
    size, all_ = len(start), np.arange(len(start))
    low, high = (f(start.real, end.real) + 1j * f(start.imag, end.imag) for f in (np.minimum, np.maximum))
    edge, at = [all_, all_], [np.zeros(size), np.ones(size)]
    for part in chunks(all_, size):
        a, b = low[part, None], high[part, None]
        meet = (a.real <= high.real + TIE) & (low.real <= b.real + TIE)
        i, j = np.nonzero(meet & (a.imag <= high.imag + TIE) & (low.imag <= b.imag + TIE))
        i = part[i]
        u, w, gap = end[i] - start[i], end[j] - start[j], start[j] - start[i]
        turn = u.real * w.imag - u.imag * w.real
        t, s = ((gap.real * v.imag - gap.imag * v.real) / np.where(turn != 0, turn, 1.0) for v in (w, u))
        cut = (turn != 0) & (t > 0) & (t < 1) & (s >= -TIE) & (s <= 1 + TIE)
        edge.append(i[cut])
        at.append(t[cut])
    whose, t = np.concatenate(edge), np.concatenate(at)
    order = np.lexsort((t, whose))
    whose, t = whose[order], t[order]
    first = np.flatnonzero(whose[1:] == whose[:-1])
    whose, t0, t1 = whose[first], t[first], t[first + 1]
    u = end[whose] - start[whose]
    spots = start[whose] + u * (t0 + t1) / 2
    rise = end.imag - start.imag
    slope = (end.real - start.real) / np.where(rise != 0, rise, 1.0)
    winding = np.zeros(len(spots), np.int64)
    for part in chunks(np.arange(len(spots)), size):
        p = spots[part, None]
        ahead = (p.real < start.real + (p.imag - start.imag) * slope) & (ring != ring[whose[part], None])
        around = (start.imag <= p.imag).astype(np.int64) - (end.imag <= p.imag)
        winding[part] = (ahead * around).sum(1)
    shown = winding == 0
    return (start[whose] + u * t0)[shown], (start[whose] + u * t1)[shown]


def perimeters(o: Outline) -> Floats:
    """The length of the outline of unions of pieces with one leading dimension, px."""
    out = np.zeros(len(o.count))
    table = Table.of(o)
    single = (o.count > 0).sum(1) == 1
    which = np.argmax(o.count > 0, axis=1) + np.arange(len(out)) * o.count.shape[1]
    simple = single & (table.closed[which] | (table.count[which] <= 2))
    plain = np.flatnonzero(simple)
    for (k,), part in groups(table.bucket()[which[plain]]):
        rows = plain[part]
        start, end = table.cut(which[rows], int(BUCKETS[k]))
        sides = np.where(table.closed[which[rows]], 1.0, 2.0)
        out[rows] = np.abs(end - start).sum(1) * sides + 2 * np.pi * table.radius[which[rows]]
    rest = np.flatnonzero(~simple & (o.count > 0).any(1))
    if len(rest):
        edges = edges_of(take(o, rest))
        for (size,), places in groups(bucket(edges.number)):
            if size > MANY:
                for row in places:
                    start, end = _skin_of_many(edges, int(row))
                    out[rest[row]] = np.abs(end - start).sum()
                continue
            for part in chunks(places, size * size):
                start, end = _skin(edges, part, size)
                out[rest[part]] = np.abs(end - start).sum((1, 2))
    return out


def union_depths(o: Outline, points: Complexes) -> Floats:
    """The distance of points [m] within unions to the outline of the union, px."""
    from pgt_dsl.geometry.distance import squared

    out = np.full(len(points), np.nan)
    edges = edges_of(o)
    for (size,), places in groups(bucket(edges.number)):
        if size > MANY:
            for row in places:
                start, end = _skin_of_many(edges, int(row))
                d, p = end - start, points[row]
                square = squared(p.real, p.imag, start.real, start.imag, d.real, d.imag)
                out[row] = np.sqrt(np.where(d == 0, np.inf, square).min())
            continue
        for part in chunks(places, size * size):
            start, end = _skin(edges, part, size)
            d, p = end - start, points[part][:, None, None]
            square = squared(p.real, p.imag, start.real, start.imag, d.real, d.imag)
            out[part] = np.sqrt(np.where(d == 0, np.inf, square).min((1, 2)))
    return out
