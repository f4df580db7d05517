"""The sides of all that an area is made of, as tensors: cores, thick segments, joints and discs become polygons.

An area is a union of simple parts. A filled core keeps its corners and its even-odd rule. A radius adds a rectangle for
each segment, half a disc for each open end, and at each joint the sector that the turn leaves open on its outer side:
together they are the union of discs along the core. Arcs are chords that keep the area of the disc and stay within
1/256 px of it. Heights are rounded to 1/4096 px, once for each corner, so that every part stays closed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

Tensor = torch.Tensor

Y_STEPS = 4096  # steps of a height to a pixel
_SAGITTA = 1 / 256  # px between an arc and its chord
_LEAST_ARC = 1 / 1024  # px; joints that turn by less than this along their rim leave no visible gap
CUT = 1 << 32  # what a part that is taken away counts: more than all others together
_FAR = 4096.0  # px beside the canvas beyond which a side's slope no longer matters


@dataclass(frozen=True, slots=True)
class Cores:
    """Pieces of areas: ``x``, ``y`` float64[V] px; piece p owns ``start[p] .. start[p + 1]`` (int64[P + 1]).

    Neighbouring vertices differ. closed: bool[P]; three vertices at least. radius: float64[P] px, more than 0 for open
    pieces. area: int64[P], the number of the area that a piece is part of, or that it is taken away from: cut, bool[P].
    box: int64[A, 4], for each area the pixels that matter: ``x0, y0, x1, y1``, within the canvas.
    """

    x: Tensor
    y: Tensor
    start: Tensor
    closed: Tensor
    radius: Tensor
    area: Tensor
    cut: Tensor
    box: Tensor


@dataclass(frozen=True, slots=True)
class Sides:
    """Sides that are not level, from their upper to their lower end.

    x0, x1: float64[E] px. y0 < y1: int64[E], 1/4096 px. area: int64[E].
    sign: int64[E], what is added when the side is passed from left to right: 1 where the part lies to the right, -1
    where to the left, ``-CUT`` and ``CUT`` for parts that are taken away. A point is inside where the sum is above 0.
    core: int64[E], the number of the core whose sides take turns by the even-odd rule (``sign`` is 0), else -1.
    """

    x0: Tensor
    y0: Tensor
    x1: Tensor
    y1: Tensor
    area: Tensor
    sign: Tensor
    core: Tensor


def sides(cores: Cores) -> Sides:
    """All sides of all areas that reach into the rows of their boxes."""
    corner = _corners(cores)
    found = [_core_sides(cores, corner), _segments(cores, corner), *_rounds(cores, corner)]
    x0, y0, x1, y1, area, orientation, core = (torch.cat(column) for column in zip(*found, strict=True))
    top, bottom = torch.round(y0 * Y_STEPS).long(), torch.round(y1 * Y_STEPS).long()
    down = bottom > top
    # Corners in the order in which their shoelace sum is positive (orientation 1): the part starts where they go up.
    sign = torch.where(down, -orientation, orientation)
    made = Sides(
        torch.where(down, x0, x1), torch.minimum(top, bottom), torch.where(down, x1, x0), torch.maximum(top, bottom),
        area, sign, core,
    )  # fmt: skip
    box = cores.box[area]
    kept = (top != bottom) & (made.y1 > box[:, 1] * Y_STEPS) & (made.y0 < box[:, 3] * Y_STEPS)
    return _within(_taken(made, kept), cores.box)


@dataclass(frozen=True, slots=True)
class _Corners:
    """What is known of each vertex: its piece, its neighbours, and the directions in and out of it (unit vectors)."""

    piece: Tensor
    next: Tensor
    leaves: Tensor  # bool: a segment starts here
    alone: Tensor  # bool: the piece is a point
    inward: tuple[Tensor, Tensor]
    outward: tuple[Tensor, Tensor]


def _corners(cores: Cores) -> _Corners:
    count = cores.start[1:] - cores.start[:-1]
    piece = torch.repeat_interleave(torch.arange(len(count), device=count.device), count)
    at = torch.arange(len(cores.x), device=count.device)
    head, tail = cores.start[piece], cores.start[piece + 1] - 1
    following = torch.where(at == tail, head, at + 1)
    before = torch.where(at == head, tail, at - 1)
    dx, dy = cores.x[following] - cores.x, cores.y[following] - cores.y
    length = torch.hypot(dx, dy).clamp(min=1e-300)
    ux, uy = dx / length, dy / length
    loose = ~cores.closed[piece]
    starts, ends = loose & (at == head), loose & (at == tail)
    inward = torch.where(starts, -ux, ux[before]), torch.where(starts, -uy, uy[before])
    outward = torch.where(ends, -inward[0], ux), torch.where(ends, -inward[1], uy)
    return _Corners(piece, following, ~ends, count[piece] == 1, inward, outward)


_Columns = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]


def _core_sides(cores: Cores, corner: _Corners) -> _Columns:
    at = torch.nonzero(cores.closed[corner.piece]).flatten()
    after, piece = corner.next[at], corner.piece[at]
    return cores.x[at], cores.y[at], cores.x[after], cores.y[after], cores.area[piece], torch.zeros_like(at), piece


def _segments(cores: Cores, corner: _Corners) -> _Columns:
    """A rectangle for each segment of a piece with a radius."""
    at = torch.nonzero(corner.leaves & ~corner.alone & (cores.radius[corner.piece] > 0)).flatten()
    after, radius, area = corner.next[at], cores.radius[corner.piece[at]], cores.area[corner.piece[at]]
    sx, sy = -corner.outward[1][at] * radius, corner.outward[0][at] * radius
    x = torch.stack((cores.x[at] + sx, cores.x[after] + sx, cores.x[after] - sx, cores.x[at] - sx), 1)
    y = torch.stack((cores.y[at] + sy, cores.y[after] + sy, cores.y[after] - sy, cores.y[at] - sy), 1)
    seen = _seen(x.amin(1), y.amin(1), x.amax(1), y.amax(1), cores.box[area])
    x, y, area = x[seen], y[seen], area[seen].repeat_interleave(4)
    weight = _weight(cores, corner.piece[at][seen]).repeat_interleave(4)
    return (
        x.flatten(), y.flatten(), x.roll(-1, 1).flatten(), y.roll(-1, 1).flatten(),
        area, -weight, torch.full_like(area, -1),
    )  # fmt: skip


def _weight(cores: Cores, piece: Tensor) -> Tensor:
    return torch.where(cores.cut[piece], -CUT, 1)


def _seen(x0: Tensor, y0: Tensor, x1: Tensor, y1: Tensor, box: Tensor) -> Tensor:
    """Whether a part reaches into its area's box; parts that do not are left out whole."""
    return (x1 > box[:, 0]) & (y1 > box[:, 1]) & (x0 < box[:, 2]) & (y0 < box[:, 3])


def _rounds(cores: Cores, corner: _Corners) -> list[_Columns]:
    """Discs around points and sectors around corners, of pieces with a radius."""
    radius = cores.radius[corner.piece]
    (ix, iy), (ox, oy) = corner.inward, corner.outward
    turn = torch.atan2(ix * oy - iy * ox, ix * ox + iy * oy)
    seen = _seen(
        cores.x - radius, cores.y - radius, cores.x + radius, cores.y + radius, cores.box[cores.area[corner.piece]]
    )
    discs = torch.nonzero(seen & corner.alone & (radius > 0)).flatten()
    joints = torch.nonzero(seen & ~corner.alone & (radius * turn.abs() > _LEAST_ARC)).flatten()
    whole = torch.full_like(radius[discs], 2 * math.pi)
    sweep = turn[joints]
    # The arc runs from the normal of the segment before to that of the segment after, on the outer side.
    begin = torch.atan2(iy[joints], ix[joints]) - torch.sign(sweep) * (math.pi / 2)
    return [
        _arcs(cores, corner, discs, torch.zeros_like(whole), whole, 0),
        _arcs(cores, corner, joints, begin, sweep, 1),
    ]


def _arcs(cores: Cores, corner: _Corners, at: Tensor, begin: Tensor, sweep: Tensor, inner: int) -> _Columns:
    """Polygons on arcs around the vertices ``at``; with ``inner`` = 1 each has one more corner, within the disc on the
    other side, so that it overlaps its neighbours."""
    radius, area = cores.radius[corner.piece[at]], cores.area[corner.piece[at]]
    widest = 2 * torch.acos((1 - _SAGITTA / radius.clamp(min=2 * _SAGITTA)).clamp(min=0))
    chords = torch.ceil(sweep.abs() / widest.clamp(max=math.pi / 4)).long().clamp(min=1)
    step = sweep / chords
    # With this radius the triangles under the chords have the area of the sectors.
    reach = radius * torch.sqrt(step / torch.sin(step))
    size = chords + 2 * inner
    owner = torch.repeat_interleave(torch.arange(len(at), device=at.device), size)
    head = (torch.cumsum(size, 0) - size)[owner]
    place = torch.arange(len(owner), device=at.device) - head
    angle = begin[owner] + step[owner] * (place - inner)
    out = reach[owner]
    if inner:
        angle = torch.where(place == 0, begin[owner] + sweep[owner] / 2, angle)
        out = torch.where(place == 0, -0.5 * radius[owner], out)
    x, y = cores.x[at][owner] + out * torch.cos(angle), cores.y[at][owner] + out * torch.sin(angle)
    after = head + torch.where(place + 1 == size[owner], 0, place + 1)
    orientation = (torch.sign(sweep).long() * _weight(cores, corner.piece[at]))[owner]
    return x, y, x[after], y[after], area[owner], orientation, torch.full_like(owner, -1)


def _taken(made: Sides, kept: Tensor) -> Sides:
    return Sides(
        made.x0[kept], made.y0[kept], made.x1[kept], made.y1[kept], made.area[kept], made.sign[kept], made.core[kept]
    )


def _within(made: Sides, box: Tensor) -> Sides:
    """The same sides; what lies far beside the canvas is moved to a line there, so that whole numbers hold it."""
    low, high = -_FAR, float(box[:, 2].max()) + _FAR if len(box) else _FAR
    far = (torch.minimum(made.x0, made.x1) < low) | (torch.maximum(made.x0, made.x1) > high)
    if not bool(far.any()):
        return made
    long, near = _taken(made, far), _taken(made, ~far)
    rise = long.x1 - long.x0
    slope = torch.where(rise == 0, torch.ones_like(rise), rise)
    cuts = torch.stack([((limit - long.x0) / slope).clamp(0, 1) for limit in (low, high)])
    upright = rise == 0
    first, second = cuts.amin(0), cuts.amax(0)
    height = (long.y1 - long.y0).double()
    middle = [torch.where(upright, long.y1, long.y0 + torch.round(height * share).long()) for share in (first, second)]
    across = [torch.where(upright, long.x0, long.x0 + rise * share) for share in (first, second)]
    xs, ys = [long.x0, *across, long.x1], [long.y0, *middle, long.y1]
    parts = [
        Sides(xs[k].clamp(low, high), ys[k], xs[k + 1].clamp(low, high), ys[k + 1], long.area, long.sign, long.core)
        for k in range(3)
    ]
    split = [_taken(part, part.y1 > part.y0) for part in parts]
    return Sides(*(torch.cat([getattr(part, name) for part in (near, *split)]) for name in Sides.__slots__))
