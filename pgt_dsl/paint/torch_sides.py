"""The sides of all that an area is made of, as tensors: cores, thick segments, joints and discs become polygons.

An area is a union of simple parts. A filled core keeps its corners and its even-odd rule. A radius adds a rectangle for
each segment, half a disc for each open end, and at each joint the sector that the turn leaves open on its outer side:
together they are the union of discs along the core. They are written as one chain around it, without the sides that
two parts share. Arcs are chords that keep the area of the disc and stay within 1/256 px of it. Heights are rounded to
1/4096 px, once for each corner, so that every chain stays closed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

Y_STEPS = 4096  # steps of a height to a pixel
_SAGITTA = 1 / 256  # px between an arc and its chord
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
    found = [_core_sides(cores, corner), *_strokes(cores, corner)]
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
    end: Tensor  # bool: an open piece begins or ends here, where it turns back
    room: Tensor  # px, the length of the shorter segment here
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
    room = torch.minimum(length, length[before])
    return _Corners(piece, following, ~ends, count[piece] == 1, starts | ends, room, inward, outward)


_Columns = tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]


def _core_sides(cores: Cores, corner: _Corners) -> _Columns:
    at = torch.nonzero(cores.closed[corner.piece]).flatten()
    after, piece = corner.next[at], corner.piece[at]
    return cores.x[at], cores.y[at], cores.x[after], cores.y[after], cores.area[piece], torch.zeros_like(at), piece


def _segments(cores: Cores, corner: _Corners, at: Tensor) -> list[_Columns]:
    """The two long sides of each segment of pieces with a radius, to the left and then, backwards, to the right."""
    after, piece = corner.next[at], corner.piece[at]
    sx, sy = _normal(corner.outward, at, cores.radius[piece])
    area, weight, none = cores.area[piece], -_weight(cores, piece), torch.full_like(at, -1)
    return [
        (cores.x[at] + sx, cores.y[at] + sy, cores.x[after] + sx, cores.y[after] + sy, area, weight, none),
        (cores.x[after] - sx, cores.y[after] - sy, cores.x[at] - sx, cores.y[at] - sy, area, weight, none),
    ]


def _normal(direction: tuple[Tensor, Tensor], at: Tensor, length: Tensor) -> tuple[Tensor, Tensor]:
    return -direction[1][at] * length, direction[0][at] * length


def _weight(cores: Cores, piece: Tensor) -> Tensor:
    return torch.where(cores.cut[piece], -CUT, 1)


def _strokes(cores: Cores, corner: _Corners) -> list[_Columns]:
    """The sides of segments, joints, ends and discs, of pieces with a radius.

    What segments and joints share is left out: together they are one chain around the piece, as strokes are drawn.
    """
    thick = cores.radius[corner.piece] > 0
    discs = torch.nonzero(thick & corner.alone).flatten()
    joints = torch.nonzero(thick & ~corner.alone).flatten()
    (ix, iy), (ox, oy) = ((x[joints], y[joints]) for x, y in (corner.inward, corner.outward))
    turn = torch.atan2(ix * oy - iy * ox, ix * ox + iy * oy)
    return [
        *_segments(cores, corner, torch.nonzero(thick & ~corner.alone & corner.leaves).flatten()),
        _joints(cores, corner, joints, turn, 1),
        _joints(cores, corner, joints, turn, -1),
        _discs(cores, corner, discs),
    ]


def _joints(cores: Cores, corner: _Corners, at: Tensor, turn: Tensor, hand: int) -> _Columns:
    """The way past each vertex from one segment to the next, on the left (hand 1) or, backwards, on the right (-1).

    On the outer side of the turn it is an arc. On the inner side it is a chord where both segments are long enough to
    cover what the chord cuts off, else it goes through the vertex. An end has an outer side only.
    """
    piece = corner.piece[at]
    radius = cores.radius[piece]
    outer = turn * hand < 0
    open_side = (turn.abs() < 1) & (radius * torch.sin(turn.abs()) < corner.room[at] / 2)
    inner = torch.where(corner.end[at], 0, torch.where(open_side, 1, 2))
    chords = torch.ceil(turn.abs() / _widest(radius, _SAGITTA / 2)).long().clamp(min=1)
    number = torch.where(outer, chords, inner)
    owner = torch.repeat_interleave(torch.arange(len(at), device=at.device), number)
    place = torch.arange(len(owner), device=at.device) - (torch.cumsum(number, 0) - number)[owner]
    first, last = (_normal(way, at, hand * radius) for way in (corner.inward, corner.outward))
    begin = torch.atan2(first[1], first[0])
    step = turn / chords
    reach = torch.where(outer, _reach(radius, step), 0)

    def point(k: Tensor) -> tuple[Tensor, Tensor]:
        angle = begin[owner] + step[owner] * k
        around = reach[owner] * torch.cos(angle), reach[owner] * torch.sin(angle)
        off = [
            torch.where(k == 0, first[axis][owner], torch.where(k == number[owner], last[axis][owner], around[axis]))
            for axis in range(2)
        ]
        return cores.x[at][owner] + off[0], cores.y[at][owner] + off[1]

    ends = point(place), point(place + 1)
    one, two = ends if hand > 0 else ends[::-1]
    weight = -_weight(cores, piece)[owner]
    return (*one, *two, cores.area[piece][owner], weight, torch.full_like(owner, -1))


def _discs(cores: Cores, corner: _Corners, at: Tensor) -> _Columns:
    piece = corner.piece[at]
    radius = cores.radius[piece]
    chords = torch.ceil(2 * math.pi / _widest(radius, _SAGITTA)).long()
    step = 2 * math.pi / chords
    reach = _reach(radius, step)
    owner = torch.repeat_interleave(torch.arange(len(at), device=at.device), chords)
    place = torch.arange(len(owner), device=at.device) - (torch.cumsum(chords, 0) - chords)[owner]
    corners = [step[owner] * torch.where(k == chords[owner], 0, k) for k in (place, place + 1)]
    x, y = cores.x[at][owner], cores.y[at][owner]
    (x0, y0), (x1, y1) = ((x + reach[owner] * torch.cos(a), y + reach[owner] * torch.sin(a)) for a in corners)
    return x0, y0, x1, y1, cores.area[piece][owner], _weight(cores, piece)[owner], torch.full_like(owner, -1)


def _widest(radius: Tensor, sagitta: float) -> Tensor:
    """The widest angle of a chord that leaves its arc by ``sagitta`` px at most, an eighth of a turn in any case."""
    return (2 * torch.acos(1 - sagitta / radius.clamp(min=sagitta))).clamp(max=math.pi / 4)


def _reach(radius: Tensor, step: Tensor) -> Tensor:
    """The distance of an arc's corners for which the triangles under its chords have the area of its sectors."""
    return radius * torch.sqrt(torch.where(step == 0, 1, step / torch.sin(step)))


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
