"""The laws of places: anywhere in a shape, on a ring, scattered, and placed where an outline fits in its room."""

from __future__ import annotations

import numpy as np

from pgt_dsl.program import outlines, shapes
from pgt_dsl.program.calls import Call
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.inputs import Array, Bools, Drawn, Floats, Ints, Value
from pgt_dsl.program.program import Law
from pgt_dsl.solve.draws import Stream
from pgt_dsl.solve.within import Within

Made = tuple[Array, "Bools | None", "Bools | None"]

UPRIGHT = ("canvas", "panel", "box")  # kinds that fill their bounding box
ROUNDS, DARTS = 16, 8  # anywhere: rounds of so many points until one lies inside
THROWS = 64  # scatter: rounds of one dart for each point still missing
ROOM = 1e-9  # an outline that fits its room up to rounding fits


def ring(s: Stream, law: Law) -> Made:
    """A point uniform in an annulus."""
    centre, low, high = (s.arg(a) for a in law.args)
    u = s.uniforms(2)
    radius = np.sqrt(low**2 + u[..., 0] * (high**2 - low**2))
    return centre + radius * np.exp(2j * np.pi * u[..., 1]), None, None


def shape_boxes(s: Stream, node: int) -> tuple[Floats, Array, tuple[int, ...]]:
    """The boxes [B or 1, items..., 4], slots and possible groups of a shape argument."""
    slots = s.arg(node)
    groups = tuple(sorted(s.ev.facts.groups(node)))
    index = shapes.index_of(s.ev, groups, slots)
    boxes = shapes.beside([s.ev.bounds(g) for g in groups])
    return np.asarray(shapes.select(boxes, index)), slots, groups


def _between(low: Array, high: Array, u: Array) -> Floats:
    """Uniform between two bounds; the middle when they are the wrong way round."""
    return np.where(high >= low, low + u * (high - low), (low + high) / 2)


def anywhere(s: Stream, law: Law) -> Made:
    """A point uniform in the outline of a shape less a margin; fails where none is found."""
    box, slots, groups = shape_boxes(s, law.args[0])
    margin = s.arg(law.args[1]) if len(law.args) > 1 else np.zeros((1,) * (1 + len(s.items)))
    low_x, low_y = box[..., 0] + margin, box[..., 1] + margin
    high_x, high_y = box[..., 2] - margin, box[..., 3] - margin
    ok = np.asarray((high_x >= low_x) & (high_y >= low_y))
    if all(s.ev.program.groups[g].kind in UPRIGHT for g in groups):
        if s.within is not None:  # on the canvas, both bounds are the same for all
            low_x, high_x = s.within.bounds(0, low_x, high_x)
            low_y, high_y = s.within.bounds(1, low_y, high_y)
        u = s.uniforms(2)
        return _between(low_x, high_x, u[..., 0]) + 1j * _between(low_y, high_y, u[..., 1]), None, ok
    shape = (s.ev.rows, *s.items)
    bounds = [np.broadcast_to(a, shape) for a in (low_x, high_x, low_y, high_y, margin)]
    slots = np.broadcast_to(slots, shape)
    point = np.zeros(shape, np.complex128)
    found = np.zeros(shape, np.bool_)
    rows = np.arange(s.ev.rows)
    for round in range(ROUNDS):
        if not rows.size:
            break
        x0, x1, y0, y1, least = (a[rows][..., None] for a in bounds)
        u = s.uniforms(2 * DARTS, round, rows)
        darts = _between(x0, x1, u[..., :DARTS]) + 1j * _between(y0, y1, u[..., DARTS:])
        hit = depth(s, rows, slots[rows][..., None], groups, darts) >= least
        first = np.take_along_axis(darts, hit.argmax(axis=-1)[..., None], -1)[..., 0]
        new = hit.any(axis=-1) & ~found[rows]
        point[rows] = np.where(new, first, point[rows])
        found[rows] |= new
        rows = rows[~found[rows].reshape(rows.size, -1).all(axis=1)]
    return point, None, found & ok


def depth(s: Stream, rows: Ints, slots: Array, groups: tuple[int, ...], points: Array) -> Floats:
    """How far points lie within shapes, by the registry's own measure."""
    ev = s.ev.take(rows)
    types = (Type("shape"), Type("point"))
    call = Call(ev, (Value(slots), Value(points)), types, Type("length"), (), (groups, ()))
    return np.asarray(ev.load(ev.registry.functions["margin"].value)(call), np.float64)


def scatter(s: Stream, law: Law) -> Made:
    """n points of the canvas, no two nearer than a gap: darts thrown in turn; fails where they do not fit."""
    n, gap = (s.arg(a) for a in law.args)
    size = s.var.sizes[s.more]
    lead = (s.ev.rows, *s.items)
    gap = np.broadcast_to(gap, lead)
    wanted = np.broadcast_to(np.arange(size) < n[..., None], (*lead, size))
    width = np.broadcast_to(s.ev.width, (s.ev.rows,)).reshape(-1, *(1,) * (len(s.items) + 1))
    height = np.broadcast_to(s.ev.height, (s.ev.rows,)).reshape(width.shape)
    points = np.full((*lead, size), np.inf + 0j)
    done = ~wanted
    rows = np.arange(s.ev.rows)
    for round in range(THROWS):
        if not rows.size:
            break
        u = s.uniforms(2 * size, round, rows)
        darts = u[..., :size] * width[rows] + 1j * u[..., size:] * height[rows]
        here, full = points[rows], done[rows]
        for k in range(size):
            free = (np.abs(here - darts[..., k : k + 1]) >= gap[rows][..., None]).all(axis=-1)
            new = free & ~full[..., k]
            here[..., k] = np.where(new, darts[..., k], here[..., k])
            full[..., k] |= new
        points[rows], done[rows] = here, full
        rows = rows[~full.reshape(rows.size, -1).all(axis=1)]
    return np.where(wanted & done, points, 0), wanted, np.asarray(done.all(axis=-1))


def placed(s: Stream, law: Law) -> Made:
    """A position uniform over those at which the outline's upright box lies in the room's; fails where none is."""
    assert law.group is not None
    room, _, _ = shape_boxes(s, law.args[0])
    own = own_boxes(s, law.group)
    u = s.uniforms(2)
    low = [room[..., k] - own[..., k] for k in (0, 1)]
    high = [room[..., k] - own[..., k] for k in (2, 3)]
    ok = np.asarray((high[0] >= low[0] - ROOM) & (high[1] >= low[1] - ROOM))
    if s.within is not None:
        s.ev.put(("kept", s.var.id), _kept(s, s.within, low, high, u))
        (low[0], high[0]), (low[1], high[1]) = (s.within.bounds(k, low[k], high[k]) for k in (0, 1))
    return _between(low[0], high[0], u[..., 0]) + 1j * _between(low[1], high[1], u[..., 1]), None, ok


def _kept(s: Stream, within: Within, low: list[Floats], high: list[Floats], u: Floats) -> Bools:
    """The rows that keep the place that is drawn within bounds by ``u``: bool[B].

    Wherever the shape's own size leaves less than the bounds, what falls outside is not kept, and where it leaves more
    than the least span, only a share least span / span is: so the place is uniform over what the size leaves it.
    """
    chance = s.uniforms(2, 1)
    kept = np.ones(chance.shape[:-1], np.bool_)
    for k in (0, 1):
        place = _between(within.low[..., k], within.high[..., k], u[..., k])
        span = high[k] - low[k]
        inside = (place >= low[k]) & (place <= high[k])
        kept &= np.isnan(within.low[..., k]) | (inside & (chance[..., k] * span < within.span[..., k]))
    return np.asarray(kept.all(axis=tuple(range(1, kept.ndim))))


def own_boxes(s: Stream, group_id: int) -> Floats:
    """The boxes of a group's outlines relative to ``at``, [B or 1, items..., 4]."""
    ev = s.ev
    group = ev.program.groups[group_id]
    step = ("var", s.var.id)
    moved = group.composite or any(
        step in ev.facts.reach(("node", node)) for name, node in group.fields.items() if name != "at"
    )
    if moved:  # the outline is computed from the place: compute it as if the place were the origin
        origin = np.zeros((1,) * (1 + len(s.axes)), np.complex128)
        boxes = outlines.bounds(ev.fork(s.var.id, Drawn(Value(origin))), group_id)
    else:
        boxes = outlines.box_of(outlines.relative(ev, group_id))
    sizes = tuple(ev.program.axes[a].size for a in group.axes)
    boxes = boxes.reshape(boxes.shape[0], *sizes, 4)
    order = [1 + group.axes.index(a) for a in s.axes]
    return boxes.transpose(0, *order, len(sizes) + 1)
