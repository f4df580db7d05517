"""Extents of shapes along horizontal lines, exactly, and the share of each pixel that their union covers.

The coverage oracle's arithmetic. A line's extents are laid end to end on one axis (each line has a stretch of its own),
so that the unions of all lines are made by one sort.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Points = npt.NDArray[np.complex128]
Box = tuple[int, int, int, int]

_MOST = 1 << 22  # extents held at once
_LEVEL = 16.0  # sides that go this many times farther across than down are nearly level
_ACROSS = 4  # lines for each pixel that a nearly level side goes across
_MANY = 64  # turns in a row of pixels


@dataclass(frozen=True, slots=True)
class Lines:
    """Heights ``y`` (px, ascending), the row of pixels that each counts for, and its share of that row."""

    y: Floats
    row: Ints
    weight: Floats


@dataclass(frozen=True, slots=True)
class Primitives:
    """What extents are known of: sides of filled polygons (``a`` to ``b``; ``owner`` tells polygons apart), discs
    (``centre``, ``radius``), and strips (``start``, unit direction ``along``, ``length``, half width ``half``)."""

    a: Points
    b: Points
    owner: Ints
    centre: Points
    radius: Floats
    start: Points
    along: Points
    length: Floats
    half: Floats

    def extent(self) -> tuple[float, float, float, float] | None:
        """Left, top, right and bottom (px), or None for nothing."""
        points = np.concatenate((self.a, self._corners(), self.centre, self.centre))
        reach = np.concatenate((np.zeros(len(points) - 2 * len(self.centre)), -self.radius, self.radius))
        x, y = points.real + reach, points.imag + reach
        return (float(x.min()), float(y.min()), float(x.max()), float(y.max())) if len(x) else None

    def box(self, width: int, height: int) -> Box | None:
        """The pixels of a canvas that may be covered, or None."""
        found = self.extent()
        if found is None:
            return None
        x0, y0 = max(0, math.floor(found[0])), max(0, math.floor(found[1]))
        x1, y1 = min(width, math.ceil(found[2])), min(height, math.ceil(found[3]))
        return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def _corners(self) -> Points:
        side, end = 1j * self.along * self.half, self.start + self.along * self.length
        return np.concatenate((self.start + side, self.start - side, end + side, end - side))

    def level(self) -> tuple[Floats, Floats, Floats]:
        """Nearly level sides: the heights between which each runs, and how far it goes across for a px down."""
        side, end = 1j * self.along * self.half, self.start + self.along * self.length
        a = np.concatenate((self.a, self.start + side, self.start - side, self.start - side, end - side))
        b = np.concatenate((self.b, end + side, end - side, self.start + side, end + side))
        down, across = np.abs((b - a).imag), np.abs((b - a).real)
        flat = across > _LEVEL * down
        a, b, down, across = a[flat], b[flat], down[flat], across[flat]
        return np.minimum(a.imag, b.imag), np.maximum(a.imag, b.imag), across / np.maximum(down, 1e-12)

    def turns(self, width: int) -> Floats:
        """The heights at which nearly level sides begin and end, and tops and bottoms of discs.

        The curve is nearly level for some way from the top of a large disc: there it is cut into px across.
        """
        low, high, _ = self.level()
        tops = [self.centre.imag - self.radius, self.centre.imag + self.radius]
        large = self.radius > _LEVEL * _ACROSS
        for at, radius in zip(self.centre.imag[large], self.radius[large], strict=True):
            across = np.arange(1, 1 + min(2 * width, int(radius / _LEVEL / _ACROSS)))
            depth = across**2 / (2 * radius)
            tops += [at - radius + depth, at + radius - depth]
        return np.concatenate((low, high, *tops))


def band(rings: list[Points], width: float) -> Primitives:
    """The points nearer than ``width`` to closed chains of vertices (the first repeated at the end).

    Where a chain turns by less than 0.02 rad, its strips are lengthened until they meet, which is cheaper than a disc
    and reaches out by ``width * 0.01**2 / 2`` at most.
    """
    sharp, start, along, length = [], [], [], []
    for ring in rings:
        sides = np.diff(ring)
        corner, sides = ring[:-1][sides != 0], sides[sides != 0]
        turn = np.angle(sides / np.roll(sides, 1))
        gentle = np.abs(turn) <= 0.02
        more = np.where(gentle, width * np.tan(np.abs(turn) / 2), 0.0)
        unit = sides / np.abs(sides)
        sharp.append(corner[~gentle])
        start.append(corner - unit * more)
        along.append(unit)
        length.append(np.abs(sides) + more + np.roll(more, -1))
    none = pieces([])
    if not rings:
        return none
    centre, strips = np.concatenate(sharp), np.concatenate(start)
    return replace(
        none, centre=centre, radius=np.full(len(centre), width), start=strips, along=np.concatenate(along),
        length=np.concatenate(length), half=np.full(len(strips), width),
    )  # fmt: skip


def pieces(parts: list[tuple[Points, bool, float]]) -> Primitives:
    """The primitives whose union a list of pieces (vertices, whether filled, radius) is."""
    sides: list[tuple[Points, Points]] = []
    discs: list[tuple[Points, float]] = []
    strips: list[tuple[Points, Points, float]] = []
    for core, closed, radius in parts:
        following = np.roll(core, -1)
        if closed:
            sides.append((core, following))
        if radius > 0:
            discs.append((np.unique(core), radius))
            strips.append((core, following, radius) if closed else (core[:-1], following[:-1], radius))
    start = np.concatenate([s for s, _, _ in strips] or [np.zeros(0, complex)])
    steps = np.concatenate([e - s for s, e, _ in strips] or [np.zeros(0, complex)])
    half = np.concatenate([np.full(len(s), r) for s, _, r in strips] or [np.zeros(0)])
    length = np.abs(steps)
    real = length > 0
    return Primitives(
        a=np.concatenate([a for a, _ in sides] or [np.zeros(0, complex)]),
        b=np.concatenate([b for _, b in sides] or [np.zeros(0, complex)]),
        owner=np.concatenate([np.full(len(a), k) for k, (a, _) in enumerate(sides)] or [np.zeros(0, np.int64)]),
        centre=np.concatenate([c for c, _ in discs] or [np.zeros(0, complex)]),
        radius=np.concatenate([np.full(len(c), r) for c, r in discs] or [np.zeros(0)]),
        start=start[real],
        along=steps[real] / length[real],
        length=length[real],
        half=half[real],
    )


def covered(shape: Primitives, hidden: Primitives | None, box: Box, sub: int) -> tuple[Floats, Floats]:
    """Shares of the pixels of ``box`` (x0, y0, x1, y1) that the shape covers, and that it covers outside ``hidden``:
    two float64[h, w] in 0..1. A row of pixels is cut by ``sub`` lines or more."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    lines = _heights([shape] if hidden is None else [shape, hidden], box, sub)
    work = _work(shape, lines) + (0 if hidden is None else _work(hidden, lines))
    if work > _MOST and height > 1:
        middle = (y0 + y1) // 2
        upper = covered(shape, hidden, (x0, y0, x1, middle), sub)
        lower = covered(shape, hidden, (x0, middle, x1, y1), sub)
        return np.concatenate((upper[0], lower[0])), np.concatenate((upper[1], lower[1]))
    own = _extents(shape, lines, x0, width)
    outer = _shares(own, lines, width, height)
    if hidden is None:
        return outer, outer
    near = _extents(hidden, lines, x0, width)
    both = (np.concatenate((own[0], near[0])), np.concatenate((own[1], near[1])), np.concatenate((own[2], near[2])))
    inner = _shares(both, lines, width, height) - _shares(near, lines, width, height)
    return outer, np.clip(inner, 0.0, 1.0)


def _heights(shapes: list[Primitives], box: Box, sub: int) -> Lines:
    """Lines midway in equal steps between each two neighbouring heights at which something turns.

    A nearly level side leaves a pixel within less than a step, so there are more lines where one runs.
    """
    x0, y0, x1, y1 = box
    turns = np.concatenate([shape.turns(x1 - x0) for shape in shapes])
    turns = turns[(turns > y0) & (turns < y1)]
    least = _ACROSS
    if len(turns) > _MANY * (y1 - y0):  # so dense that a grid is as good
        turns, least = np.round(turns * sub) / sub, 1
    marks = np.unique(np.concatenate((turns, np.arange(y0, y1 + 1))))
    gap = np.diff(marks)
    marks, gap = marks[:-1][gap > 1e-12], gap[gap > 1e-12]
    many = np.maximum(np.ceil(gap * sub - 1e-9), least)
    for shape in shapes:
        low, high, slope = shape.level()
        side, slab = _met(low, high, marks + gap / 2)
        np.maximum.at(many, slab, np.ceil(_ACROSS * np.minimum(slope[side] * gap[slab], 2.0 * (x1 - x0))))
    each = many.astype(np.int64)
    slab = np.repeat(np.arange(len(gap)), each)
    within = np.arange(len(slab)) - np.repeat(np.cumsum(each) - each, each)
    weight = np.asarray(gap[slab] / each[slab], np.float64)
    y = marks[slab] + (within + 0.5) * weight
    return Lines(y, np.floor(y).astype(np.int64) - y0, weight)


def _work(shape: Primitives, lines: Lines) -> int:
    """How many extents there will be, about."""
    half = np.abs(shape.along.real) * shape.half
    end = shape.start.imag + shape.along.imag * shape.length
    total = 0
    for low, high in (
        (np.minimum(shape.a.imag, shape.b.imag), np.maximum(shape.a.imag, shape.b.imag)),
        (shape.centre.imag - shape.radius, shape.centre.imag + shape.radius),
        (np.minimum(shape.start.imag, end) - half, np.maximum(shape.start.imag, end) + half),
    ):
        total += int((np.searchsorted(lines.y, high) - np.searchsorted(lines.y, low)).sum())
    return total


def _met(low: Floats, high: Floats, y: Floats) -> tuple[Ints, Ints]:
    """Which primitive meets which of the ascending heights ``y``: ``low < y <= high``."""
    first, last = np.searchsorted(y, low, side="right"), np.searchsorted(y, high, side="right")
    many = np.maximum(last - first, 0)
    which = np.repeat(np.arange(len(low)), many)
    line = np.arange(len(which)) - np.repeat(np.cumsum(many) - many, many) + first[which]
    return which, line


def _extents(shape: Primitives, lines: Lines, x0: int, width: int) -> tuple[Ints, Floats, Floats]:
    """Line, left and right end (px from ``x0``, within 0..width) of all extents, not yet united."""
    found = [_of_sides(shape, lines), _of_discs(shape, lines), _of_strips(shape, lines)]
    line, left, right = (np.concatenate(columns) for columns in zip(*found, strict=True))
    left, right = np.clip(left - x0, 0.0, width), np.clip(right - x0, 0.0, width)
    real = right > left
    return line[real], left[real], right[real]


def _of_sides(shape: Primitives, lines: Lines) -> tuple[Ints, Floats, Floats]:
    """Between the first and second crossing of a polygon's sides, the third and fourth, and so on: even and odd."""
    a, b = shape.a, shape.b
    k, line = _met(np.minimum(a.imag, b.imag), np.maximum(a.imag, b.imag), lines.y)
    share = (lines.y[line] - a.imag[k]) / (b.imag[k] - a.imag[k])
    x = a.real[k] + share * (b.real[k] - a.real[k])
    order = np.lexsort((x, line, shape.owner[k]))
    return line[order][::2], x[order][::2], x[order][1::2]


def _of_discs(shape: Primitives, lines: Lines) -> tuple[Ints, Floats, Floats]:
    k, line = _met(shape.centre.imag - shape.radius, shape.centre.imag + shape.radius, lines.y)
    off = lines.y[line] - shape.centre.imag[k]
    half = np.sqrt(np.maximum((shape.radius[k] - off) * (shape.radius[k] + off), 0.0))
    return line, shape.centre.real[k] - half, shape.centre.real[k] + half


def _of_strips(shape: Primitives, lines: Lines) -> tuple[Ints, Floats, Floats]:
    """A strip is where two conditions hold: ``|across| <= half`` and ``0 <= along <= length``."""
    spread = np.abs(shape.along.real) * shape.half
    end = shape.start.imag + shape.along.imag * shape.length
    k, line = _met(np.minimum(shape.start.imag, end) - spread, np.maximum(shape.start.imag, end) + spread, lines.y)
    dx, dy = shape.along.real[k], shape.along.imag[k]
    down = lines.y[line] - shape.start.imag[k]
    # across = -x dy + down dx and along = x dx + down dy, with x from the start
    left, right = np.full(len(k), -np.inf), np.full(len(k), np.inf)
    for factor, fixed, low, high in (
        (-dy, down * dx, -shape.half[k], shape.half[k]),
        (dx, down * dy, np.zeros(len(k)), shape.length[k]),
    ):
        with np.errstate(divide="ignore", invalid="ignore"):
            one, two = (low - fixed) / factor, (high - fixed) / factor
        level = factor == 0
        outside = level & ((fixed < low) | (fixed > high))
        left = np.where(level, np.where(outside, np.inf, left), np.maximum(left, np.fmin(one, two)))
        right = np.where(level, right, np.minimum(right, np.fmax(one, two)))
    x = shape.start.real[k]
    real = right > left
    return line[real], (x + left)[real], (x + right)[real]


def _shares(extents: tuple[Ints, Floats, Floats], lines: Lines, width: int, height: int) -> Floats:
    """The share of each pixel that the union of the extents of each line covers: float64[height, width]."""
    line, left, right = extents
    stretch = width + 2.0
    order = np.argsort(line * stretch + left)
    line, left, right = line[order], left[order], right[order]
    reach = np.maximum.accumulate(line * stretch + right)
    starts = np.ones(len(line), bool)
    starts[1:] = (line * stretch + left)[1:] > reach[:-1]
    ends = np.ones(len(line), bool)
    ends[:-1] = starts[1:]
    total = np.zeros((height, width))
    for which, x, sign in ((starts, left, -1.0), (ends, reach - line * stretch, 1.0)):
        at, row, weight = x[which], lines.row[line[which]], sign * lines.weight[line[which]]
        pixel = np.minimum(np.floor(at).astype(np.int64), width - 1)
        cell = row * width + pixel
        part = np.bincount(cell, weight * (at - pixel), height * width).reshape(height, width)
        step = np.bincount(cell, weight, height * width).reshape(height, width)
        # An end covers its own pixel in part and all pixels before it.
        total += part + step[:, ::-1].cumsum(axis=1)[:, ::-1] - step
    return np.clip(total, 0.0, 1.0)
