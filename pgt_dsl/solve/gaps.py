"""Free gaps that a requirement asks for, decided by boxes and discs where those suffice.

``require apart(shapes) >= 2vmin`` is the most common requirement and the dearest measure. Whether a gap is at least so
large seldom needs the measure itself: of two shapes, the gap of their boxes and of the discs around them is a lower
bound of their gap, and the gap of discs within them an upper one (``distance.apart`` only shrinks as shapes grow).
Pairs that the bounds leave open are measured; so a scene passes here exactly when it passes by its measure.
``gap_pattern`` finds the requirements that are of this form.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pgt_dsl.geometry import distance
from pgt_dsl.geometry.outline import Outline, along
from pgt_dsl.geometry.pieces import upright
from pgt_dsl.program import loops, outlines, shapes
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.inputs import Array, Bools, Floats, Ints
from pgt_dsl.solve.gap_pattern import Gap

SLACK = 1e-6  # px by which a bound must clear the wanted gap: far more than rounding, far less than a margin
WORK = 1 << 17  # numbers of one temporary array
PARTS = 4  # rows are dropped after each part of their pairs


# envelopes ----------------------------------------------------------------------------------------


class Envelopes(NamedTuple):
    """Bounds of shapes, leading dimensions ``...``: ``box`` float64[..., 4] around them, ``centre`` complex128[...],
    ``outer`` the radius of a disc there that holds the shape, ``inner`` of one that it holds (-inf: none is known),
    ``square`` whether the shape is its box."""

    box: Floats
    centre: Array
    outer: Floats
    inner: Floats
    square: Bools

    def pick(self, index: Array) -> Envelopes:
        """The shapes at places of the second dimension: ``[B, index...]``."""
        return Envelopes._make(part[:, index] for part in self)

    def of_rows(self, rows: Array) -> Envelopes:
        """The shapes of some rows; a single row stands for all."""
        return Envelopes._make(part if part.shape[0] == 1 else part[rows] for part in self)


def envelopes(shape: Outline) -> Envelopes:
    """The envelopes of outlines; leading dimensions are kept."""
    box = outlines.box_of(shape)
    centre = (box[..., 0] + box[..., 2] + 1j * (box[..., 1] + box[..., 3])) / 2
    lead = centre.shape
    if shape.count.shape[-1] != 1:
        far = np.hypot(box[..., 2] - box[..., 0], box[..., 3] - box[..., 1]) / 2
        return Envelopes(box, centre, far, np.full(lead, -np.inf), np.zeros(lead, np.bool_))
    verts, radius = shape.verts[..., 0, :], shape.radius[..., 0]
    count, closed = shape.count[..., 0], shape.closed[..., 0]
    outer = along(np.maximum, np.abs(verts - centre[..., None])) + radius
    square = upright(shape)
    inner = np.where(count == 1, radius, -np.inf)
    other = closed & (count >= 3) & ~square
    if other.any():
        inner = np.where(other, _inner(verts, centre, count, radius), inner)
    return Envelopes(box, centre, outer, inner, square)


def _inner(verts: Array, centre: Array, count: Ints, radius: Floats) -> Floats:
    """The radius of a disc at the centre within filled polygons; -inf where the centre is not within."""
    size = verts.shape[-1]
    flat, spot = verts.reshape(-1, size), centre.reshape(-1, 1)
    end = np.roll(flat, -1, axis=1)  # padding repeats the last vertex, so the ring closes by itself
    away = np.sqrt(along(np.minimum, distance.points_to_edges(spot, flat, end)[:, 0]))
    within = distance.points_in(spot, flat, end)[:, 0]
    return np.where(within, away + radius.reshape(-1), -np.inf).reshape(count.shape)


def between(a: Envelopes, b: Envelopes) -> tuple[Floats, Floats]:
    """Lower and upper bounds of the gaps of shapes (float64, dimensions that broadcast)."""
    dx = np.maximum(b.box[..., 0] - a.box[..., 2], a.box[..., 0] - b.box[..., 2])
    dy = np.maximum(b.box[..., 1] - a.box[..., 3], a.box[..., 1] - b.box[..., 3])
    boxes = np.asarray(np.maximum(dx, dy))
    np.hypot(dx, dy, out=boxes, where=(dx > 0) & (dy > 0))
    both = a.square & b.square
    if both.all():
        return boxes, boxes
    far = np.abs(a.centre - b.centre)
    low = np.maximum(boxes, far - a.outer - b.outer)
    return low, np.where(both, boxes, far - a.inner - b.inner)


# deciding -----------------------------------------------------------------------------------------


def holds(ev: Evaluator, gap: Gap) -> Bools:
    """In which rows the gap is wide enough: bool[B]."""
    node = ev.program.nodes[gap.call]
    slots = [np.atleast_2d(ev.array(arg, node.axes)) for arg in node.args]
    if gap.axis is None:
        slots = [s.reshape(-1, 1) for s in slots]
        there = np.ones((1, 1), np.bool_)
    else:
        there = loops.axis_mask(ev, gap.axis)[0]
    groups = tuple(sorted({*ev.facts.groups(node.args[0]), *ev.facts.groups(node.args[1])}))
    wanted = np.asarray(ev.value(gap.bound).data, np.float64)
    table = envelope_table(ev, groups)
    index = [shapes.index_of(ev, groups, s) for s in slots]
    ok = np.array(np.broadcast_to(wanted < gap.limit if gap.strict else wanted <= gap.limit, (ev.rows,)))
    pairs = max(index[0].shape[1], index[1].shape[1])
    if min(index[0].shape[1], index[1].shape[1]) == 0:  # a single shape: nothing is near it
        return ok
    step = max(1, WORK // pairs)
    for first in range(0, ev.rows, step):
        rows = np.arange(first, min(first + step, ev.rows))
        ok[rows] &= _rows(ev, gap, groups, table, index, there, wanted, rows, pairs)
    return ok


def envelope_table(ev: Evaluator, groups: tuple[int, ...]) -> Envelopes:
    """The envelopes of groups' shapes side by side: leading dimensions (B or 1, S)."""
    parts = [_of_group(ev, g) for g in groups]
    return Envelopes._make(shapes.beside(list(columns)) for columns in zip(*parts, strict=True))


def _of_group(ev: Evaluator, group: int) -> Envelopes:
    found = ev.get(("envelopes", group))
    if found is None:
        found = ev.put(("envelopes", group), envelopes(outlines.outline(ev, group)))
    return Envelopes(*found)  # a plain tuple once rows were taken


def _rows(
    ev: Evaluator, gap: Gap, groups: tuple[int, ...], table: Envelopes, index: list[Ints], there: Bools,
    wanted: Floats, rows: Ints, pairs: int,
) -> Bools:  # fmt: skip
    """``holds`` for some rows: pairs in a few parts, rows that fail dropped after each."""
    ok = np.ones(len(rows), np.bool_)
    for part in np.array_split(np.arange(pairs), min(PARTS, pairs)):
        alive = np.flatnonzero(ok)
        if not alive.size:
            break
        chosen = rows[alive]
        one, two = (_slots(i, chosen, part) for i in index)
        a, b = (_gather(table, chosen, i) for i in (one, two))
        low, high = between(a, b)
        least = (wanted if wanted.shape[0] == 1 else wanted[chosen])[:, None]
        here = _slots(there, chosen, part)
        fails = np.asarray(((high < least - SLACK) & here).any(axis=1))
        # What is no number is open, and then fails.
        open_ = np.logical_not(low >= least + SLACK) & here & ~fails[:, None]
        row, pair = np.nonzero(np.broadcast_to(open_, (len(chosen), len(part))))
        if row.size:
            spots = [np.broadcast_to(i, (len(chosen), len(part)))[row, pair] for i in (one, two)]
            least = np.broadcast_to(least, (len(chosen), 1))[row, 0]
            narrow = ~wide(*_pairs(ev, groups, chosen[row], *spots), least, gap.strict)
            fails = fails | (np.bincount(row[narrow], minlength=len(chosen)) > 0)
        ok[alive[fails]] = False
    return ok


def _slots(index: Array, rows: Ints, part: Ints) -> Array:
    picked = index if index.shape[0] == 1 else index[rows]
    return picked if picked.shape[1] == 1 else picked[:, part]


def _gather(table: Envelopes, rows: Ints, index: Ints) -> Envelopes:
    if index.shape[0] == 1:
        return table.of_rows(rows).pick(index[0])
    every = rows[:, None]
    return Envelopes._make(part[0][index] if part.shape[0] == 1 else part[every, index] for part in table)


def _pairs(ev: Evaluator, groups: tuple[int, ...], rows: Ints, one: Ints, two: Ints) -> tuple[Outline, Outline]:
    """The outlines of pairs of shapes of some rows, one leading dimension."""
    whole = outlines.outlines(ev, groups)

    def taken(place: Ints) -> Outline:
        parts = (getattr(whole, name) for name in outlines.PARTS)
        return Outline(*(part[0, place] if part.shape[0] == 1 else part[rows, place] for part in parts))

    return taken(one), taken(two)


def wide(a: Outline, b: Outline, least: Floats, strict: bool) -> Bools:
    """Whether the measured gaps of pairs (one leading dimension) are at least so large, or larger (``strict``)."""
    single = a.count.shape[-1] == b.count.shape[-1] == 1 and bool((a.count > 0).all() and (b.count > 0).all())
    # Of shapes that overlap it does not matter how deep, unless that is asked for.
    measured = distance.gap_or_meeting(a, b) if single and (least > 0).all() else distance.apart(a, b)
    return np.asarray(least < measured if strict else least <= measured)
