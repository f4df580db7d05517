"""Exact coverage of a row of pixels by straight sides, for the numba painter.

A row is kept as differences: the running sum of ``acc`` up to a pixel is its covered share. A side adds to the pixels
that it crosses, and to all to its right, the share that lies to its right: the exact area, in closed form (the method
of font-rs and stb_truetype). Where sides overlap, ``row_of_union`` first finds which of them bound the union.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pgt_dsl.paint.numba_edges import jit

_AREA = 1 / 1024  # px2 by which a strip of a row may be wrong before it is cut where two sides cross
_CUTS = 256  # for each row at most
_THIN = 1e-9  # px; strips of less are nothing
_NEAR = 8  # spans of pixels among which one that overlaps is looked for

# What a side is: of no span, the begin or the end of one, or within one, where another contour opens or closes.
OUTSIDE, BEGIN, END, OPENS, CLOSES = range(5)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Row(NamedTuple):
    """Room for one row of an item.

    outer, inner: differences of coverage, two more than the box is wide. low, high: spans of pixels that sides cross,
    ``spans[0]`` of them; all others are covered as the pixel to their left is.
    """

    outer: Floats
    inner: Floats
    low: Ints
    high: Ints
    spans: Ints
    cut: Floats
    stack: Floats
    order: Ints
    xa: Floats
    xb: Floats
    winding: Ints
    bounds: Ints
    lacks: Ints
    step: Ints


@jit
def touch(row, low, high):  # type: ignore[no-untyped-def]
    """Note that the pixels ``low`` to ``high`` are crossed."""
    n = row.spans[0]
    for k in range(max(0, n - _NEAR), n):
        if low <= row.high[k] + 1 and high >= row.low[k] - 1:
            row.low[k] = min(low, row.low[k])
            row.high[k] = max(high, row.high[k])
            return
    if n == len(row.low):
        for k in range(n):
            low = min(low, row.low[k])
            high = max(high, row.high[k])
        n = 0
    row.low[n] = low
    row.high[n] = high
    row.spans[0] = n + 1


@jit
def add(row, acc, xa, xb, share, width):  # type: ignore[no-untyped-def]
    """Add a side that goes from xa to xb while it crosses ``share`` (signed) of the row's height."""
    if xa > xb:
        xa, xb = xb, xa
    if xa >= width:
        return
    if xb <= 0.0:
        acc[0] += share
        return
    if xa < 0.0:
        part = share * (-xa / (xb - xa))
        acc[0] += part
        share -= part
        xa = 0.0
    if xb > width:
        share *= (width - xa) / (xb - xa)
        xb = float(width)
    first = int(xa)
    last = int(xb)
    if xb <= first + 1:
        part = share * (0.5 * (xa + xb) - first)
        acc[first] += share - part
        acc[first + 1] += part
        touch(row, first, min(first, width - 1))
        return
    slope = share / (xb - xa)
    rest = first + 1 - xa
    done = 0.5 * slope * rest * rest
    acc[first] += done
    for x in range(first + 1, last):
        now = slope * (x + 0.5 - xa)
        acc[x] += now - done
        done = now
    rest = xb - last
    now = slope * (last - xa) + slope * rest * (1.0 - 0.5 * rest)
    acc[last] += now - done
    acc[last + 1] += share - now
    touch(row, first, min(last, width - 1))


@jit
def row_of_sides(s, row, active, n, top, width, inner_from):  # type: ignore[no-untyped-def]
    """Add the ``n`` active sides to the row at ``top``: right when no two of a set overlap. Sides of contours from
    ``inner_from`` on are the inner set."""
    for a in range(n):
        k = active[a]
        y0, y1 = s.y0[k], s.y1[k]
        ya, yb = max(y0, top), min(y1, top + 1.0)
        x0 = s.x0[k]
        slope = (s.x1[k] - x0) / (y1 - y0)
        xa = x0 + (ya - y0) * slope
        xb = s.x1[k] if yb == y1 else x0 + (yb - y0) * slope
        share = (yb - ya) * s.wind[k]
        if s.contour[k] < inner_from:
            add(row, row.outer, xa, xb, share, width)
        else:
            add(row, row.inner, xa, xb, share, width)


@jit
def row_of_union(s, row, active, n, top, width, odd, inner_from):  # type: ignore[no-untyped-def]
    """Add the bounds of the union of the contours to the row at ``top``; ``odd[c]`` is 1 where contour c is filled by
    the even-odd rule, else it is where its winding number is not 0.

    Contours from ``inner_from`` on are what the union must leave out to be the inner part.
    The row is cut at the ends of all sides, and where bounds cross; in the strips between, sides are in one order.
    """
    cuts = 2
    row.cut[0] = top
    row.cut[1] = top + 1.0
    for a in range(n):
        k = active[a]
        if s.y0[k] > top:
            row.cut[cuts] = s.y0[k]
            cuts += 1
        if s.y1[k] < top + 1.0:
            row.cut[cuts] = s.y1[k]
            cuts += 1
    _sort(row.cut, cuts)
    left = _CUTS
    for c in range(cuts - 1):
        if row.cut[c + 1] - row.cut[c] < _THIN:
            continue
        row.stack[0] = row.cut[c + 1]
        depth = 1
        ya = row.cut[c]
        looking = True
        while depth > 0:
            yb = row.stack[depth - 1]
            crossing = _strip(s, row, active, n, ya, yb, width, odd, inner_from, looking and left > 0)
            if crossing < 0.0:
                ya = yb
                depth -= 1
                looking = True
            elif crossing > ya + _THIN and crossing < yb - _THIN and depth < len(row.stack):
                row.stack[depth] = crossing
                depth += 1
                left -= 1
            else:
                looking = False  # a cut there would gain nothing


@jit
def _sort(values, n):  # type: ignore[no-untyped-def]
    if n > 64:
        values[:n].sort()
        return
    for i in range(1, n):
        value = values[i]
        k = i - 1
        while k >= 0 and values[k] > value:
            values[k + 1] = values[k]
            k -= 1
        values[k + 1] = value


@jit
def _ordered(s, row, active, n, ya, yb):  # type: ignore[no-untyped-def]
    """The active sides that cross the strip, from left to right in its middle, with their x at its top and bottom."""
    middle = 0.5 * (ya + yb)
    m = 0
    for a in range(n):
        k = active[a]
        y0, y1 = s.y0[k], s.y1[k]
        if y0 > middle or y1 <= middle:
            continue
        x0 = s.x0[k]
        slope = (s.x1[k] - x0) / (y1 - y0)
        xa, xb = x0 + (ya - y0) * slope, x0 + (yb - y0) * slope
        i = m - 1
        while i >= 0 and row.xa[i] + row.xb[i] > xa + xb:
            row.xa[i + 1] = row.xa[i]
            row.xb[i + 1] = row.xb[i]
            row.order[i + 1] = row.order[i]
            i -= 1
        row.xa[i + 1] = xa
        row.xb[i + 1] = xb
        row.order[i + 1] = k
        m += 1
    return m


@jit
def _meet(row, a, b, ya, yb):  # type: ignore[no-untyped-def]
    """The height at which the sides at places a and b of the order cross."""
    above = row.xa[a] - row.xa[b]
    below = row.xb[a] - row.xb[b]
    return ya + (yb - ya) * above / (above - below)


@jit
def _crossing(row, m, ya, yb, bounds):  # type: ignore[no-untyped-def]
    """The height at which sides of one set cross so that the spans differ from those in the middle, or -1.

    bounds: what ``_kind`` says of each place of the order.
    """
    limit = 4.0 * _AREA / (yb - ya)
    # places of the sides that reach farthest to the right: in the spans so far, and of those that open this span
    far_a = far_b = -1
    open_a = open_b = begin = 0
    for i in range(m):
        kind = bounds[i]
        if kind == OUTSIDE:
            continue
        xa, xb = row.xa[i], row.xb[i]
        if kind == BEGIN:
            begin = open_a = open_b = i
        if row.xa[begin] - xa > limit or row.xb[begin] - xb > limit:
            return _meet(row, begin, i, ya, yb)
        if kind == BEGIN or kind == END:
            if far_a >= 0 and row.xa[far_a] - xa > limit:
                return _meet(row, far_a, i, ya, yb)
            if far_b >= 0 and row.xb[far_b] - xb > limit:
                return _meet(row, far_b, i, ya, yb)
        elif kind == CLOSES:  # a gap may open where it passes one that opens
            if row.xa[open_a] - xa > limit:
                return _meet(row, open_a, i, ya, yb)
            if row.xb[open_b] - xb > limit:
                return _meet(row, open_b, i, ya, yb)
        elif xa > row.xa[open_a]:
            open_a = i
        if kind == OPENS and xb > row.xb[open_b]:
            open_b = i
        if far_a < 0 or xa > row.xa[far_a]:
            far_a = i
        if far_b < 0 or xb > row.xb[far_b]:
            far_b = i
    return -1.0


@jit
def _strip(s, row, active, n, ya, yb, width, odd, inner_from, looking):  # type: ignore[no-untyped-def]
    """Add the bounds within a strip, or return the height at which two of them cross and add nothing; -1 when added."""
    m = _ordered(s, row, active, n, ya, yb)
    outside = without = 0  # contours that we are in: of the union, and of what the inner part leaves out
    for i in range(m):
        k = row.order[i]
        c = s.contour[k]
        before = row.winding[c]
        after = before + s.wind[k]
        row.winding[c] = after
        if odd[c]:
            change = (after & 1) - (before & 1)
            opens = change > 0
        else:
            change = int(after != 0) - int(before != 0)
            opens = abs(after) > abs(before)
        part = outside > 0 and without == 0
        if c < inner_from:
            row.bounds[i] = _kind(outside, outside + change, opens)
            row.lacks[i] = OUTSIDE
            outside += change
        else:
            row.bounds[i] = OUTSIDE
            row.lacks[i] = _kind(without, without + change, opens)
            without += change
        row.step[i] = int(outside > 0 and without == 0) - int(part)
    for i in range(m):
        row.winding[s.contour[row.order[i]]] = 0
    if looking:
        crossing = _crossing(row, m, ya, yb, row.bounds)
        if crossing < 0.0:
            crossing = _crossing(row, m, ya, yb, row.lacks)
        if crossing >= 0.0:
            return crossing
    for i in range(m):
        if row.bounds[i] == BEGIN:
            add(row, row.outer, row.xa[i], row.xb[i], yb - ya, width)
        elif row.bounds[i] == END:
            add(row, row.outer, row.xa[i], row.xb[i], ya - yb, width)
        if row.step[i] != 0:
            add(row, row.inner, row.xa[i], row.xb[i], (yb - ya) * row.step[i], width)
    return -1.0


@jit
def _kind(before, after, opens):  # type: ignore[no-untyped-def]
    """What a side is among the spans, from the number of contours that hold the places on both hands of it."""
    if before == 0:
        return BEGIN if after > 0 else OUTSIDE
    if after == 0:
        return END
    return OPENS if opens else CLOSES
