"""Where areas begin and end in each row of pixels, and what share of each pixel they cover: in whole numbers.

The rows of an area are cut into *strips* at the height of every corner, so every side that enters a strip crosses all
of it. In the middle of a strip the sides are sorted; where the number of parts that cover goes from 0 to more, or back,
the side is a *boundary* of the union. Its share of a pixel is exact: the mean of ``clamp(right edge - x, 0, 1)`` over
the strip, along the side. Strips in which sides cross are cut there first. Sums are of whole numbers, so they depend
neither on their order, nor on the batch, nor on the device.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from pgt_dsl.paint.torch_sides import Y_STEPS, Sides

X_STEPS = 4096  # steps of an x to a pixel
WHOLE = 1 << 20  # a pixel that is covered whole
_CUTS, _ROUNDS = 4, 2  # a strip in which sides cross is cut at their crossings and in four, twice if need be
_THIN = Y_STEPS // 64  # strips as low as this are not cut: what they hide is less than 2 of 255
_MANY = 32  # sides in a strip; where there are more, only crossings at the boundary count
_CROSSINGS = 1 << 21  # crossings of sides and strips that are held at once


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The boundaries of the areas' strips, in no order.

    row: int64[M], the number of the row among the rows of all boxes. xa <= xb: int32[M], 1/4096 px, the extent of the
    boundary. share: int32[M], height of the strip in 1/2^20 px, positive where the area begins, else negative.
    """

    row: Tensor
    xa: Tensor
    xb: Tensor
    share: Tensor


def boundaries(found: Sides, box: Tensor) -> Boundaries:
    """The boundaries of all areas. ``box``: int64[A, 4]; area a owns as many rows as its box is high, in order."""
    height = box[:, 3] - box[:, 1]
    base = torch.cumsum(height, 0) - height
    top = torch.maximum(found.y0, box[found.area, 1] * Y_STEPS)
    bottom = torch.minimum(found.y1, box[found.area, 3] * Y_STEPS)
    span = int(box[:, 3].max()) * Y_STEPS + 1 if len(box) else 1
    keys = _strip_keys(found.area, top, bottom, span)
    first = torch.searchsorted(keys, found.area * span + top)
    last = torch.searchsorted(keys, found.area * span + bottom)
    slope = (found.x1 - found.x0) / (found.y1 - found.y0)
    made = []
    for low, high in _chunks(first, last, len(keys)):
        begin, end = first.clamp(min=low), last.clamp(max=high)
        number = (end - begin).clamp(min=0)
        side = torch.repeat_interleave(torch.arange(len(number), device=number.device), number)
        strip = torch.arange(len(side), device=side.device) - (torch.cumsum(number, 0) - number - begin)[side]
        edge = keys[strip] - found.area[side] * span
        made += _resolved(found, slope, side, strip, edge, keys[strip + 1] - found.area[side] * span)
    empty = torch.zeros_like(first[:0])
    side, top, xa, xb, share = (torch.cat([empty, *column]) for column in zip(*made, strict=True))
    area = found.area[side]
    return Boundaries(base[area] + top // Y_STEPS - box[area, 1], xa.int(), xb.int(), share.int())


def _strip_keys(area: Tensor, top: Tensor, bottom: Tensor, span: int) -> Tensor:
    """Heights at which strips begin or end, as sorted keys ``area * span + height``: corners and rows of pixels."""
    ends = torch.cat((area * span + top, area * span + bottom))
    row, last = top // Y_STEPS + 1, (bottom - 1) // Y_STEPS
    # Each side gives the rows that it crosses; long sides of one area repeat them, `unique` keeps one of each.
    number = (last - row + 1).clamp(min=0)
    side = torch.repeat_interleave(torch.arange(len(number), device=number.device), number)
    rows = torch.arange(len(side), device=side.device) - (torch.cumsum(number, 0) - number - row)[side]
    keys: Tensor = torch.unique(torch.cat((ends, area[side] * span + rows * Y_STEPS)))
    return keys


def _chunks(first: Tensor, last: Tensor, strips: int) -> list[tuple[int, int]]:
    """Ranges of strips of which each has a bounded number of crossings (or is one strip)."""
    total = int((last - first).sum())
    if total <= _CROSSINGS:
        return [(0, strips)]
    change = torch.zeros(strips + 1, dtype=torch.int64, device=first.device)
    change.index_add_(0, first, torch.ones_like(first)).index_add_(0, last, -torch.ones_like(last))
    until = torch.cumsum(torch.cumsum(change, 0), 0)
    marks = torch.arange(1, total // _CROSSINGS + 1, device=first.device) * _CROSSINGS
    cuts = torch.unique(torch.searchsorted(until, marks)).tolist()
    return [(low, high) for low, high in zip([0, *cuts], [*cuts, strips], strict=True) if low < high]


_Columns = tuple[Tensor, Tensor, Tensor, Tensor, Tensor]


def _resolved(
    found: Sides, slope: Tensor, side: Tensor, strip: Tensor, top: Tensor, bottom: Tensor, rounds: int = _ROUNDS
) -> list[_Columns]:
    """The boundaries among crossings of sides with strips: their sides, heights, extents, shares."""
    xa = torch.round((found.x0[side] + (top - found.y0[side]) * slope[side]) * X_STEPS).long()
    xb = torch.round((found.x0[side] + (bottom - found.y0[side]) * slope[side]) * X_STEPS).long()
    order = torch.argsort((strip << 32) + (xa + xb) + (1 << 31), stable=True)
    side, strip, top, bottom, xa, xb = (column[order] for column in (side, strip, top, bottom, xa, xb))
    sign = _signs(found, side, strip)
    count = torch.cumsum(sign, 0)  # the signs of a strip add up to 0
    change = (count > 0) != (count - sign > 0)
    result: list[_Columns] = []
    if rounds:
        swap = (strip[1:] == strip[:-1]) & ((xa[:-1] > xa[1:]) | (xb[:-1] > xb[1:])) & ((bottom - top)[1:] > _THIN)
        _, number = torch.unique_consecutive(strip, return_counts=True)
        few = torch.repeat_interleave(number, number)[1:] <= _MANY
        swap &= few | change[1:] | change[:-1]
        if bool(swap.any()):
            crossed = torch.isin(strip, strip[1:][swap])
            heights = _meetings(strip, top, bottom, xa, xb, torch.nonzero(swap).flatten())
            finer = _cut(heights, *(column[crossed] for column in (side, strip, top, bottom)))
            result = _resolved(found, slope, *finer, rounds - 1)
            change &= ~crossed
    edge = torch.nonzero(change).flatten()
    xa, xb = xa[edge], xb[edge]
    share = torch.where(count[edge] > 0, 1, -1) * (bottom[edge] - top[edge]) * (WHOLE // Y_STEPS)
    return [*result, (side[edge], top[edge], torch.minimum(xa, xb), torch.maximum(xa, xb), share)]


def _meetings(
    strip: Tensor, top: Tensor, bottom: Tensor, xa: Tensor, xb: Tensor, left: Tensor
) -> tuple[Tensor, Tensor]:
    """Strips and heights in which neighbouring sides cross, for those on the ``left`` of each pair."""
    above, below = (x[left + 1] - x[left] for x in (xa, xb))  # of different signs, or one of them is 0
    at = above.double() / (above - below)
    return strip[left], top[left] + torch.round(at * (bottom - top)[left]).long()


def _cut(
    meetings: tuple[Tensor, Tensor], side: Tensor, strip: Tensor, top: Tensor, bottom: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Crossings of sides with the finer strips that come of cutting each at its meetings, and in four."""
    span = int(bottom.max()) + 1
    quarters = [top + (bottom - top) * k // _CUTS for k in range(_CUTS + 1)]
    keys = torch.unique(torch.cat([meetings[0] * span + meetings[1], *(strip * span + y for y in quarters)]))
    first = torch.searchsorted(keys, strip * span + top)
    number = torch.searchsorted(keys, strip * span + bottom) - first
    owner = torch.repeat_interleave(torch.arange(len(side), device=side.device), number)
    fine = torch.arange(len(owner), device=side.device) - (torch.cumsum(number, 0) - number - first)[owner]
    base = strip[owner] * span
    return side[owner], fine, keys[fine] - base, keys[fine + 1] - base


def _signs(found: Sides, side: Tensor, strip: Tensor) -> Tensor:
    """1 where a part begins at a crossing, -1 where it ends; crossings are sorted by strip and x."""
    sign, core = found.sign[side], found.core[side]
    even_odd = torch.nonzero(core >= 0).flatten()
    if not len(even_odd):
        return sign
    core = core[even_odd]
    group = strip[even_odd] * (int(core.max()) + 1) + core
    order = torch.argsort(group, stable=True)
    ordered = group[order]
    _, number = torch.unique_consecutive(ordered, return_counts=True)
    rank = torch.arange(len(ordered), device=side.device) - torch.repeat_interleave(
        torch.cumsum(number, 0) - number, number
    )
    return sign.index_put((even_odd[order],), 1 - 2 * (rank % 2))


def coverage(made: Boundaries, box: Tensor) -> tuple[Tensor, Tensor]:
    """Coverages of the areas' boxes: uint8[cells], and int64[A], where each box begins.

    A box of ``h`` rows and ``w`` columns takes ``h * (w + 1)`` cells: the last one of a row is not part of the picture.
    """
    width, height = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
    cells = (width + 1) * height
    offset = torch.cumsum(cells, 0) - cells
    area = torch.repeat_interleave(torch.arange(len(box), device=box.device), height)
    row = torch.arange(len(area), device=box.device) - (torch.cumsum(height, 0) - height)[area]
    row_start = offset[area] + row * (width + 1)[area]
    total = torch.zeros(int(cells.sum()), dtype=torch.int32, device=box.device)
    left, right = (box[area, side].int()[made.row] for side in (0, 2))
    # From the first pixel that is not wholly to the left of a boundary to the first that is wholly to the right of it.
    begin = torch.minimum(torch.maximum(made.xa // X_STEPS, left), right)
    end = torch.minimum(torch.maximum(made.xb // X_STEPS + 1, left), right)
    number = (end - begin + 1).long()
    owner = torch.repeat_interleave(torch.arange(len(number), device=number.device), number)
    place = torch.arange(len(owner), device=number.device) - (torch.cumsum(number, 0) - number)[owner]
    column = begin[owner] + place.int()
    share = made.share[owner]
    # The last cell of a row counts as wholly covered, which takes the sum of each row back to 0.
    now = torch.where(column == right[owner], share, covered(column, made.xa[owner], made.xb[owner], share))
    now[1:] -= torch.where(place[1:] == 0, 0, now[:-1].clone())
    total.index_add_(0, (row_start[made.row] - left + begin)[owner] + place, now)
    summed = torch.cumsum(total, 0, dtype=torch.int32)
    return ((summed.clamp_(0, WHOLE) * 255 + WHOLE // 2) >> 20).to(torch.uint8), offset


def covered(column: Tensor, xa: Tensor, xb: Tensor, share: Tensor) -> Tensor:
    """Share of pixels that lies to the right of boundaries, in 1/2^20; all are int32.

    With ``u`` the pixel's right edge minus x, it is ``share`` times the mean of ``clamp(u, 0, 1)`` for ``u`` between
    ``ua`` (at ``xa``) and ``ub`` (at ``xb``), which is a difference of its integral ``u^2 / 2``, then ``u - 1 / 2``.
    In single precision, in operations that IEEE 754 rounds in one way only: the same on every device.
    """
    right = (column + 1) * X_STEPS
    ua, ub = right - xa, right - xb
    ca, cb = ua.clamp(0, X_STEPS), ub.clamp(0, X_STEPS)
    beyond = (ua - X_STEPS).clamp(min=0)
    scale = 1 / ((xb - xa).clamp(min=1).float() * float(2 * X_STEPS))
    slanted = ((ca * ca - cb * cb).float() + beyond.float() * float(2 * X_STEPS)) * scale
    upright = ca.float() * (1 / X_STEPS)
    part = torch.where(xa == xb, upright, torch.where(ub >= X_STEPS, torch.ones_like(upright), slanted))
    return torch.floor(share.float() * part + 0.5).int()
