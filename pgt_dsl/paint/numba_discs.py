"""Discs, for the numba painter: whole spans at once, and the pixels of the rim in a loop of their own,
which compilers turn into instructions for sixteen pixels at a time.

Near a pixel the rim is taken for a straight line, moved outwards by 1 / (24 r): a chord of one pixel's length encloses
as much as the arc then. That is right to about one level of 255 for the radii that are painted so.
"""

from __future__ import annotations

import math

import numpy as np

from pgt_dsl.paint import numba_blend as blend
from pgt_dsl.paint.numba_edges import inlined, jit

SMALLEST, LARGEST = 8.0, 2048.0  # px of radius; beyond, single precision would show
_HALF_DIAGONAL = 0.7072  # px of a pixel, rounded up


@jit
def paint_disc(cx, cy, r, hole, rim, look, rgb, ids, x0, y0, width, height):  # type: ignore[no-untyped-def]
    """Paint a disc about (cx, cy) of radius r px from the corner (x0, y0) of its box, ``width`` by ``height`` pixels.

    hole: radius within the edge, 0 when there is none, or no edge. rim: int32[4, R] room for pixels of the rim, R at
    least twice the width.
    """
    n = 0
    nothing = ids[0, 0:0]
    for y in range(height):
        dy = y + 0.5 - cy
        first, end = _within(cx, r + _HALF_DIAGONAL, dy, width)
        if end <= first:
            continue
        full, full_end = _within(cx, r - _HALF_DIAGONAL, dy, width)
        if full_end <= full:
            full = full_end = end
        if n + 2 * width > rim.shape[1]:
            _paint_rim(n, rim, cx, cy, r, hole, look, rgb, ids, x0, y0)
            n = 0
        n = _note(rim, n, first, full, y)
        n = _note(rim, n, full_end, end, y)
        if full_end == full:
            continue
        line = ids[y0 + y, x0 : x0 + width] if ids.shape[1] > 0 else nothing
        row = rgb[y0 + y, 3 * x0 : 3 * (x0 + width)]
        if look.edge < 0:
            blend.fill_span(row, line, full, full_end, 255, look)
            continue
        # the rim of the hole, and what is whole within it
        low, high = _within(cx, hole + _HALF_DIAGONAL, dy, width) if hole > 0.0 else (0, 0)
        low, high = max(low, full), min(high, full_end)
        if high <= low:
            low = high = full_end
        inner, inner_end = _within(cx, hole - _HALF_DIAGONAL, dy, width)
        inner, inner_end = max(inner, low), min(inner_end, high)
        if inner_end <= inner or hole <= 0.0:
            inner = inner_end = high
        n = _note(rim, n, low, inner, y)
        n = _note(rim, n, inner_end, high, y)
        blend.edged_span(row, line, full, low, 255, 0, look)
        blend.edged_span(row, line, high, full_end, 255, 0, look)
        if look.fill >= 0:
            blend.fill_span(row, line, inner, inner_end, 255, look)
    _paint_rim(n, rim, cx, cy, r, hole, look, rgb, ids, x0, y0)


@inlined
def _within(cx, reach, dy, width):  # type: ignore[no-untyped-def]
    """The pixels of a row whose middle is within ``reach`` of the centre: first and end."""
    square = reach * reach - dy * dy
    if reach <= 0.0 or square <= 0.0:
        return 0, 0
    half = math.sqrt(square)
    return max(0, math.ceil(cx - half - 0.5)), min(width, math.floor(cx + half - 0.5) + 1)


@inlined
def _note(rim, n, first, end, y):  # type: ignore[no-untyped-def]
    for x in range(first, end):
        rim[0, n] = x
        rim[1, n] = y
        n += 1
    return n


@jit
def _paint_rim(n, rim, cx, cy, r, hole, look, rgb, ids, x0, y0):  # type: ignore[no-untyped-def]
    """Paint the first ``n`` pixels of the rim."""
    _rim_levels(n, rim[0], rim[1], rim[2], cx, cy, r)
    if hole > 0.0:
        _rim_levels(n, rim[0], rim[1], rim[3], cx, cy, hole)
    nothing = ids[0, 0:0]
    for i in range(n):
        cover = int(rim[2, i])
        if cover > 0:
            x, y = x0 + rim[0, i], y0 + rim[1, i]
            line = ids[y] if ids.shape[1] > 0 else nothing
            if look.edge < 0:
                blend.fill_pixel(rgb[y], line, x, cover, look)
            else:
                blend.edged_span(rgb[y], line, x, x + 1, cover, int(rim[3, i]) if hole > 0.0 else 0, look)


@jit
def _rim_levels(n, xs, ys, levels, cx, cy, r):  # type: ignore[no-untyped-def]
    """0..255 of each pixel: its share on the inner side of the line across the direction to the centre.

    The share of a unit square that a half plane at distance t from its centre covers, with normal (a, b), a >= b > 0,
    is 1/2 - t / a while the line crosses opposite sides, and (h - |t|)^2 / (2 a b) of a corner then, h = (a + b) / 2.
    """
    f = np.float32
    half, one = f(0.5), f(1.0)
    x0, y0 = half - f(cx), half - f(cy)
    shift = f(1.0 / (24.0 * r) - r)
    for i in range(n):
        dx, dy = f(xs[i]) + x0, f(ys[i]) + y0
        length = math.sqrt(dx * dx + dy * dy + f(1e-12))
        t = length + shift
        u, v = abs(dx) / length, abs(dy) / length
        a, b = max(u, v), max(min(u, v), f(1e-3))
        away = abs(t)
        corner = max((a + b) * half - away, f(0.0))
        share = half - away / a if away <= (a - b) * half else half * corner * corner / (a * b)
        share = one - share if t < f(0.0) else share
        levels[i] = np.int32(share * f(255.0) + half)
