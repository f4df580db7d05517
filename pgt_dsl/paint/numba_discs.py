"""Discs without an edge, for the numba painter: whole spans at once, and the pixels of the rim in a loop of their own,
which compilers turn into instructions for sixteen pixels at a time.

Near a pixel the rim is taken for a straight line, moved outwards by 1 / (24 r): a chord of one pixel's length encloses
as much as the arc then. That is right to about one level of 255 for the radii that are painted so.
"""

from __future__ import annotations

import math

import numpy as np

from pgt_dsl.paint import numba_blend as blend
from pgt_dsl.paint.numba_edges import inlined, jit

SMALLEST = 8.0  # px of radius
_HALF_DIAGONAL = 0.7072  # px of a pixel, rounded up


@jit
def paint_disc(cx, cy, r, rim, look, rgb, ids, x0, y0, width, height):  # type: ignore[no-untyped-def]
    """Paint a disc about (cx, cy) of radius r px from the corner (x0, y0) of its box, ``width`` by ``height`` pixels.

    rim: int32[3, R] room for pixels of the rim, R at least twice the width.
    """
    far, near = r + _HALF_DIAGONAL, r - _HALF_DIAGONAL
    n = 0
    nothing = ids[0, 0:0]
    for y in range(height):
        dy = y + 0.5 - cy
        square = far * far - dy * dy
        if square <= 0.0:
            continue
        half = math.sqrt(square)
        first = max(0, math.ceil(cx - half - 0.5))
        end = min(width, math.floor(cx + half - 0.5) + 1)
        inner = inner_end = end
        square = near * near - dy * dy
        if square > 0.0:
            half = math.sqrt(square)
            inner = max(first, math.ceil(cx - half - 0.5))
            inner_end = min(end, math.floor(cx + half - 0.5) + 1)
            if inner_end <= inner:
                inner = inner_end = end
        if n + width > rim.shape[1]:
            _paint_rim(n, rim, cx, cy, r, look, rgb, ids, x0, y0)
            n = 0
        for x in range(first, inner):
            rim[0, n] = x
            rim[1, n] = y
            n += 1
        for x in range(inner_end, end):
            rim[0, n] = x
            rim[1, n] = y
            n += 1
        if inner_end > inner:
            line = ids[y0 + y, x0 : x0 + width] if ids.shape[1] > 0 else nothing
            blend.fill_span(rgb[y0 + y, 3 * x0 : 3 * (x0 + width)], line, inner, inner_end, 255, look)
    _paint_rim(n, rim, cx, cy, r, look, rgb, ids, x0, y0)


@inlined
def _paint_rim(n, rim, cx, cy, r, look, rgb, ids, x0, y0):  # type: ignore[no-untyped-def]
    """Paint the first ``n`` pixels of the rim."""
    _rim_levels(n, rim[0], rim[1], rim[2], cx, cy, r)
    nothing = ids[0, 0:0]
    for i in range(n):
        cover = rim[2, i]
        if cover > 0:
            y = y0 + rim[1, i]
            line = ids[y] if ids.shape[1] > 0 else nothing
            blend.fill_pixel(rgb[y], line, x0 + rim[0, i], int(cover), look)


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
