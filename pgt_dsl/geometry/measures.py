"""The measures of shapes as functions of the language: each takes a ``Call`` and gives a column (see ``builtin``).

Lengths are px, areas px2, angles degrees. ``*_slack`` functions tell how far a value is from changing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.geometry import arrangements, color, distance, hulls, lines, unions
from pgt_dsl.geometry.outline import Bools, Complexes, Floats, Ints, Outline
from pgt_dsl.geometry.pieces import bounds, paired, rows_of, upright
from pgt_dsl.program.datatypes import NO_COLOR

if TYPE_CHECKING:
    from pgt_dsl.program.calls import Call

EXACTLY = 1e-9  # px; a shape that just fits is inside


def apart(call: Call) -> Floats:
    """The free gap of two outlines, negative where they overlap (see ``distance.apart``)."""
    return distance.apart(call.outline(0), call.outline(1))


def area(call: Call) -> Floats:
    """The area of the filled outline."""
    o = call.outline(0)
    return unions.areas(rows_of(o)).reshape(o.count.shape[:-1])


def outline_length(call: Call) -> Floats:
    """The perimeter."""
    o = call.outline(0)
    return unions.perimeters(rows_of(o)).reshape(o.count.shape[:-1])


def overlap(call: Call) -> Floats:
    """The common area as a share of the smaller; nan where one has no area. Two discs: the exact lens."""
    a, b = call.outline(0), call.outline(1)
    shape, (ia, ib) = paired(a.count.shape[:-1], b.count.shape[:-1])
    fa, fb = rows_of(a), rows_of(b)
    least = np.minimum(unions.areas(fa)[ia], unions.areas(fb)[ib])
    discs_a, discs_b = ((f.count.sum(1) == 1) for f in (fa, fb))
    common = np.zeros(len(ia))
    round_ = discs_a[ia] & discs_b[ib]
    if round_.any():
        first_a, first_b = (np.argmax(f.count > 0, axis=1) for f in (fa, fb))
        pa, ra = (x[np.arange(len(x)), first_a][ia[round_]] for x in (fa.verts[:, :, 0], fa.radius))
        pb, rb = (x[np.arange(len(x)), first_b][ib[round_]] for x in (fb.verts[:, :, 0], fb.radius))
        common[round_] = _lens(np.abs(pa - pb), ra, rb)
    if not round_.all():
        common[~round_] = unions.common_areas(fa, fb, ia[~round_], ib[~round_])
    return np.where(least > 0, np.minimum(common / np.where(least > 0, least, 1.0), 1.0), np.nan).reshape(shape)


def _lens(d: Floats, r: Floats, s: Floats) -> Floats:
    """The common area of two discs (two circular segments)."""
    safe = np.clip(d, np.maximum(np.abs(r - s), 1e-300), r + s)
    x = (safe**2 + r**2 - s**2) / (2 * safe)
    y2 = np.maximum(r**2 - x**2, 0.0)
    one = r**2 * np.arccos(np.clip(x / np.where(r > 0, r, 1.0), -1, 1)) - x * np.sqrt(y2)
    z = safe - x
    two = s**2 * np.arccos(np.clip(z / np.where(s > 0, s, 1.0), -1, 1)) - z * np.sqrt(y2)
    whole = np.pi * np.minimum(r, s) ** 2
    return np.where(d >= r + s, 0.0, np.where(d <= np.abs(r - s), whole, one + two))


def iou(call: Call) -> Floats:
    """Intersection over union of the upright bounding boxes; nan for boxes without area."""
    ax0, ay0, ax1, ay1 = bounds(call.outline(0))
    bx0, by0, bx1, by1 = bounds(call.outline(1))
    wide = np.maximum(np.minimum(ax1, bx1) - np.maximum(ax0, bx0), 0.0)
    high = np.maximum(np.minimum(ay1, by1) - np.maximum(ay0, by0), 0.0)
    common = wide * high
    whole = (ax1 - ax0) * (ay1 - ay0) + (bx1 - bx0) * (by1 - by0) - common
    return np.where(whole > 0, common / np.where(whole > 0, whole, 1.0), np.nan)


def inside(call: Call) -> Bools:
    """Whether a lies wholly in b, at least ``by`` from its outline."""
    outer, by = call.outline(1), call.args[2].data
    if upright(outer).all() and (by >= 0).all():  # as a room is: the box of a decides
        ax0, ay0, ax1, ay1 = bounds(call.outline(0))
        bx0, by0, bx1, by1 = bounds(outer)
        room = np.minimum(np.minimum(ax0 - bx0, ay0 - by0), np.minimum(bx1 - ax1, by1 - ay1))
        return np.asarray(room - by >= -EXACTLY)
    return np.asarray(inside_slack(call) >= -EXACTLY)


def inside_slack(call: Call) -> Floats:
    """The clearance of a in b, less ``by``."""
    return np.asarray(distance.clearance(call.outline(0), call.outline(1)) - call.args[2].data)


def margin(call: Call) -> Floats:
    """The signed distance of a point to the outline, positive inside."""
    return distance.margin(call.outline(0), np.asarray(call.args[1].data, np.complex128))


def covers(call: Call) -> Bools:
    """Whether a point lies in the shape."""
    return margin(call) >= 0


# what lies above and beneath ---------------------------------------------------------------------------


class _Scene:
    """The painted shapes, and for each place of a call, which of them touch the box of the shape asked about."""

    def __init__(self, call: Call) -> None:
        self.slots, present, outline, self.order, self.fill = call.scene.all_shapes()
        rows = present.shape[0]
        self.many = len(self.slots)
        self.o = rows_of(_stretched(outline, rows))
        shape = call.args[0].data.shape
        self.shape = (rows, *shape[1:])
        self.target = rows_of(_stretched(call.outline(0), rows))
        self.row = np.broadcast_to(np.arange(rows).reshape(-1, *(1,) * (len(shape) - 1)), self.shape).reshape(-1)
        asked = np.broadcast_to(call.args[0].data, self.shape).reshape(-1)
        self.rank = np.broadcast_to(call.field(0, "order"), self.shape).reshape(-1)
        boxes, mine = bounds(self.o), bounds(self.target)
        x0, y0, x1, y1 = (b.reshape(rows, self.many)[self.row] for b in boxes)
        a0, b0, a1, b1 = (m[:, None] for m in mine)
        self.touching = (x0 < a1) & (a0 < x1) & (y0 < b1) & (b0 < y1)
        self.touching &= present[self.row] & (self.fill[self.row] != NO_COLOR) & (self.slots != asked[:, None])

    def bare(self, over: Bools, among: Ints) -> tuple[Floats, Floats]:
        """Areas of the places ``among``, and what of them the shapes ``over`` [m, S] leave bare."""
        place, which = np.nonzero(over)
        return unions.bare_areas(self.target, self.o, among, place, self.row[among][place] * self.many + which)


def _stretched(o: Outline, rows: int) -> Outline:
    """The outline with its first leading dimension stretched to the batch."""
    lead = (rows, *o.count.shape[1:])
    return Outline(
        np.broadcast_to(o.verts, (*lead, o.verts.shape[-1])),
        np.broadcast_to(o.count, lead),
        np.broadcast_to(o.closed, lead),
        np.broadcast_to(o.radius, lead),
    )


def visible(call: Call) -> Floats:
    """The share of the shape's area that no filled shape painted later covers (opacity does not count)."""
    scene = _Scene(call)
    over = scene.touching & (scene.order[scene.row] > scene.rank[:, None])
    some = np.flatnonzero(over.any(1))
    out = np.ones(len(over))
    if len(some):
        whole, bare = scene.bare(over[some], some)
        out[some] = np.where(whole > 0, bare / np.where(whole > 0, whole, 1.0), np.nan)
    return out.reshape(scene.shape)


def contrast(call: Call) -> Floats:
    """How far the shape's L* is from the mean L* of what is painted beneath it, as a share of the scale.

    The shape's colour is its fill, or its outline where it is not filled; nan where it has neither.
    """
    scene = _Scene(call)
    fill, rim = (np.broadcast_to(call.field(0, name), scene.shape).reshape(-1) for name in ("fill", "outline"))
    own = color.lightness(np.where(fill != NO_COLOR, fill, rim))
    x0, y0, x1, y1 = (b.reshape(scene.shape) for b in bounds(scene.target))
    under = np.array(call.scene.luma_under(x0, y0, x1, y1), np.float64).reshape(-1) / 100
    order = scene.order[scene.row]
    beneath = scene.touching & (order < scene.rank[:, None])
    light = np.zeros(len(under))
    left = np.ones(len(under))  # the share of the area that no shape looked at so far lies beneath
    known = np.zeros_like(beneath)
    while True:
        some = np.flatnonzero((beneath & ~known).any(1))
        if not len(some):
            break
        top = np.argmax(np.where(beneath & ~known, order, np.iinfo(np.int64).min)[some], axis=1)
        known[some, top] = True
        whole, bare = scene.bare(known[some], some)
        share = left[some] - bare / np.where(whole > 0, whole, 1.0)
        light[some] += share * color.lightness(scene.fill[scene.row[some], top])
        left[some] -= share
    return np.abs(own - (light + left * under)).reshape(scene.shape)


# lines -------------------------------------------------------------------------------------------------


def angle(call: Call) -> Floats:
    """The angle between two lines from start to end, 0 .. 90; nan for a line without length."""
    return lines.angles(call.outline(0), call.outline(1))


def crosses(call: Call) -> Bools:
    """Whether two centre lines cross."""
    return np.asarray(lines.meetings(call.outline(0), call.outline(1)).number > 0)


def crosses_slack(call: Call) -> Floats:
    """Where they cross an odd number of times, the least distance of an end to the other line: while no end passes the
    other line, the number stays odd. Where it is even, how far a line may shift before the number changes: both
    crossings may go at once, at a corner. Where they do not cross, minus the distance of the lines."""
    found = lines.meetings(call.outline(0), call.outline(1))
    holds = np.where(found.number % 2 == 1, found.hold, found.slack)
    return np.where(found.number > 0, holds, -found.gap)


def crossings(call: Call) -> Ints:
    """How often two centre lines cross."""
    return lines.meetings(call.outline(0), call.outline(1)).number


def crossings_slack(call: Call) -> Floats:
    """How far a line may shift before the number of crossings changes."""
    return lines.meetings(call.outline(0), call.outline(1)).slack


def meeting(call: Call) -> Complexes:
    """The crossing point of two lines (of several, the first along a); nan where they do not cross."""
    return lines.meetings(call.outline(0), call.outline(1)).first


def shared(call: Call) -> Floats:
    """How much of a's centre line lies within a stroke (the mean of both) of b's."""
    return lines.shared_lengths(call.outline(0), call.outline(1))


# several shapes ----------------------------------------------------------------------------------------


def _list(call: Call, k: int, shape: tuple[int, ...]) -> Bools:
    """The mask of list argument k over common leading dimensions, made one."""
    mask, size = call.args[k].mask, call.args[k].data.shape[-1]
    full = np.ones(size, np.bool_) if mask is None else mask
    return np.broadcast_to(full, (*shape, size)).reshape(-1, size)


def _places(call: Call, k: int, name: str, shape: tuple[int, ...]) -> Complexes:
    """A point field of list argument k over common leading dimensions, made one."""
    data = np.asarray(call.field(k, name), np.complex128)
    return np.broadcast_to(data, (*shape, data.shape[-1])).reshape(-1, data.shape[-1])


def _spread(o: Outline, axis: int) -> Outline:
    """The outline with one more leading dimension, of size 1."""
    return Outline(*(np.expand_dims(x, axis) for x in (o.verts, o.count, o.closed, o.radius)))  # type: ignore[arg-type]


def _lead(call: Call, *fields: tuple[int, str]) -> tuple[int, ...]:
    """The common leading dimensions of all arguments and of the named fields of list arguments.

    Slots may be the same in every row (one row of data) while the places of their shapes are not.
    """
    shapes = [a.data.shape[:-1] if t.rank else a.data.shape for a, t in zip(call.args, call.types, strict=True)]
    shapes.extend(a.mask.shape[:-1] for a in call.args if a.mask is not None)
    shapes.extend(np.asarray(call.field(k, name)).shape[:-1] for k, name in fields)
    return np.broadcast_shapes(*shapes)


def _clusters(call: Call) -> tuple[Ints, Floats]:
    o = call.outline(0)
    lead, size = o.count.shape[:-2], o.count.shape[-2]
    shape = np.broadcast_shapes(lead, _lead(call))
    gaps = distance.apart(_spread(o, len(lead) + 1), _spread(o, len(lead)))
    gaps, least = (np.broadcast_to(g, (*shape, size, size)).reshape(-1, size, size) for g in (gaps, _shallow(o)))
    near = np.broadcast_to(call.args[1].data, shape).reshape(-1)
    gaps = np.where(near[:, None, None] > 0, np.maximum(gaps, least), gaps)
    number, slack = arrangements.clusters(gaps, _list(call, 0, shape), near)
    return number.reshape(shape), slack.reshape(shape)


def _shallow(o: Outline) -> Floats:
    """How far at least any two shapes that overlap have to be moved apart, with the sign of a gap: float64[..., L, L].

    How deep cores overlap is that of their hulls. Where one is not convex, that is more than it takes: there only the
    radii are sure. -inf for two convex ones, whose depth is exact.
    """
    flat = o.verts.reshape(-1, o.verts.shape[-1])
    own = (hulls.convex(flat, o.closed.reshape(-1)).reshape(o.count.shape) | (o.count == 0)).all(-1)
    reach = np.where(o.count > 0, o.radius, np.inf).min(-1, initial=np.inf)
    reach = np.where(np.isinf(reach), 0.0, reach)
    both = own[..., :, None] & own[..., None, :]
    return np.where(both, -np.inf, -reach[..., :, None] - reach[..., None, :])


def clusters(call: Call) -> Ints:
    """In how many groups the shapes fall when those nearer than ``gap`` (of their outlines) belong together."""
    return _clusters(call)[0]


def clusters_slack(call: Call) -> Floats:
    """By how much a gap that decides the number differs from ``gap``."""
    return _clusters(call)[1]


JOINT = 1e-3  # px: an end nearer than this to a node's place is joined to it


def reachable(call: Call) -> Bools:
    """Whether links join a to b: a link joins the nodes at whose places its centre line starts and ends."""
    ends = lines.ends(call.outline(1))
    shape = np.broadcast_shapes(_lead(call, (0, "at")), ends[0].shape[:-1])
    nodes, spots = _list(call, 0, shape), _places(call, 0, "at", shape)
    there = _list(call, 1, shape)[:, :, None] & nodes[:, None, :]
    start, end = (np.broadcast_to(e, (*shape, e.shape[-1])).reshape(len(spots), -1) for e in ends)
    one, two = (((np.abs(e[:, :, None] - spots[:, None, :]) <= JOINT) & there).astype(np.float32) for e in (start, end))
    links = (one.transpose(0, 2, 1) @ two) > 0
    closed = arrangements.joined(links | links.transpose(0, 2, 1))
    slots = np.broadcast_to(call.args[0].data, (*shape, nodes.shape[1])).reshape(nodes.shape)
    a, b = (np.broadcast_to(call.args[k].data, shape).reshape(-1) for k in (2, 3))
    from_a = (slots == a[:, None]) & nodes
    to_b = (slots == b[:, None]) & nodes
    found = (closed & from_a[:, :, None] & to_b[:, None, :]).any((1, 2)) | (a == b)
    return np.asarray(found.reshape(shape))


def congruent(call: Call) -> Bools:
    """Whether one set of places is the other, moved and turned (not mirrored), to within a pixel."""
    return congruent_slack(call) >= 0


def congruent_slack(call: Call) -> Floats:
    """One pixel less the distance left over; beyond all question where only rounding is left."""
    shape = _lead(call, (0, "at"), (1, "at"))
    found = arrangements.residuals(
        _places(call, 0, "at", shape), _list(call, 0, shape), _places(call, 1, "at", shape), _list(call, 1, shape)
    )
    return arrangements.congruence(*found).reshape(shape)
