"""Sides of shapes for the numba painter: polygons as they are, arcs as chords, thick lines as one closed outline.

A side is a directed line between two points; sides of one *contour* make closed lines, and its winding number says what
is inside. All lengths here are px relative to the item's box of ``width`` by ``height`` pixels.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

SAG = 1 / 256  # px by which an arc may differ from its chords
_DEPTH = 24  # halvings of an arc at most
_SMALL = 1e-12

Floats = npt.NDArray[np.float64]

jit: Any = numba.njit(cache=True, nogil=True, error_model="numpy", boundscheck=False)


class Sides(NamedTuple):
    """Room for the sides of one item, upper end first; ``wind`` is 1 for a side that ran downwards, else -1."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    wind: npt.NDArray[np.int64]
    contour: npt.NDArray[np.int64]


class Joints(NamedTuple):
    """Room for the vertices of one piece, and for each line between two: its normal as long as the radius.

    (ax, ay) .. (bx, by) is the line moved along its normal, (cx, cy) .. (dx, dy) moved the other way.
    """

    x: Floats
    y: Floats
    nx: Floats
    ny: Floats
    length: Floats
    turn: Floats
    ax: Floats
    ay: Floats
    bx: Floats
    by: Floats
    cx: Floats
    cy: Floats
    dx: Floats
    dy: Floats
    arc_x: Floats
    arc_y: Floats


@jit
def put(s, k, xa, ya, xb, yb, contour, width, height):  # type: ignore[no-untyped-def]
    """Add a side unless it has no part in the box; returns the number of sides, beyond their room when that is full."""
    if ya == yb or (ya <= 0.0 and yb <= 0.0) or (ya >= height and yb >= height) or (xa >= width and xb >= width):
        return k
    if k < len(s.x0):
        down = ya < yb
        s.x0[k] = xa if down else xb
        s.y0[k] = ya if down else yb
        s.x1[k] = xb if down else xa
        s.y1[k] = yb if down else ya
        s.wind[k] = 1 if down else -1
        s.contour[k] = contour
    return k + 1


@jit
def put_polygon(s, k, j, n, contour, width, height):  # type: ignore[no-untyped-def]
    """The sides of the polygon of the ``n`` vertices in ``j``."""
    for i in range(n):
        o = i + 1 if i + 1 < n else 0
        k = put(s, k, j.x[i], j.y[i], j.x[o], j.y[o], contour, width, height)
    return k


@jit
def put_arc(s, k, j, px, py, ux, uy, wx, wy, r, contour, width, height):  # type: ignore[no-untyped-def]
    """Chords of the arc about (px, py) from the offset u to the offset w, less than half a turn apart.

    Arcs are halved by square roots alone, which IEEE 754 rounds in one way, until a chord is within ``SAG`` of its arc
    or outside of the box.
    """
    top = 0
    j.arc_x[0] = wx
    j.arc_y[0] = wy
    while top >= 0:
        wx = j.arc_x[top]
        wy = j.arc_y[top]
        mx = ux + wx
        my = uy + wy
        middle = math.sqrt(mx * mx + my * my)
        sag = r - 0.5 * middle
        flat = sag <= SAG or top >= _DEPTH
        if not flat:
            x, y = px + 0.5 * mx, py + 0.5 * my
            reach = 0.5 * (abs(ux - wx) + abs(uy - wy)) + sag
            flat = x + reach < 0.0 or x - reach > width or y + reach < 0.0 or y - reach > height
        if flat:
            k = put(s, k, px + ux, py + uy, px + wx, py + wy, contour, width, height)
            ux = wx
            uy = wy
            top -= 1
        else:
            scale = r / middle
            top += 1
            j.arc_x[top] = mx * scale
            j.arc_y[top] = my * scale
    return k


@jit
def put_wide_arc(s, k, j, px, py, ux, uy, wx, wy, r, way, contour, width, height):  # type: ignore[no-untyped-def]
    """An arc of up to half a turn; ``way`` is 1 when it turns as x turns into y, -1 for the other way."""
    if ux * wx + uy * wy >= 0.0:
        return put_arc(s, k, j, px, py, ux, uy, wx, wy, r, contour, width, height)
    # The middle of a wide arc is square to the line from its one end to the other, which is long.
    mx, my = way * (wy - uy), way * (ux - wx)
    scale = r / math.sqrt(mx * mx + my * my)
    mx *= scale
    my *= scale
    k = put_arc(s, k, j, px, py, ux, uy, mx, my, r, contour, width, height)
    return put_arc(s, k, j, px, py, mx, my, wx, wy, r, contour, width, height)


@jit
def put_disc(s, k, j, x, y, r, contour, width, height):  # type: ignore[no-untyped-def]
    """A circle as four arcs."""
    k = put_arc(s, k, j, x, y, r, 0.0, 0.0, r, r, contour, width, height)
    k = put_arc(s, k, j, x, y, 0.0, r, -r, 0.0, r, contour, width, height)
    k = put_arc(s, k, j, x, y, -r, 0.0, 0.0, -r, r, contour, width, height)
    return put_arc(s, k, j, x, y, 0.0, -r, r, 0.0, r, contour, width, height)


@jit
def measure_lines(j, n, closed, r):  # type: ignore[no-untyped-def]
    """Lengths and normals of the lines between the ``n`` vertices in ``j``, both moved lines, and their number."""
    lines = n if closed else n - 1
    for i in range(lines):
        o = i + 1 if i + 1 < n else 0
        ex, ey = j.x[o] - j.x[i], j.y[o] - j.y[i]
        length = math.sqrt(ex * ex + ey * ey)
        j.length[i] = length
        nx, ny = -ey / length * r, ex / length * r
        j.nx[i] = nx
        j.ny[i] = ny
        j.ax[i] = j.x[i] + nx
        j.ay[i] = j.y[i] + ny
        j.bx[i] = j.x[o] + nx
        j.by[i] = j.y[o] + ny
        j.cx[i] = j.x[i] - nx
        j.cy[i] = j.y[i] - ny
        j.dx[i] = j.x[o] - nx
        j.dy[i] = j.y[o] - ny
    return lines


@jit
def put_joint(s, k, j, i, o, r, mitred, contour, width, height):  # type: ignore[no-untyped-def]
    """What joins line ``i`` to line ``o`` at its end: an arc on the outer side; the inner side goes through the vertex.

    ``mitred``: the moved lines of the inner side have been made to end where they meet, so nothing joins them.
    """
    px, py = j.x[o], j.y[o]
    ux, uy, wx, wy = j.nx[i], j.ny[i], j.nx[o], j.ny[o]
    cross = ux * wy - uy * wx
    dot = ux * wx + uy * wy
    if cross == 0.0 and dot > 0.0:
        return k
    side = -1.0 if cross > 0.0 else 1.0  # of the normal on which the outer side lies
    if not mitred:
        # along the normal forwards, against it backwards
        if side < 0:
            k = put(s, k, px + ux, py + uy, px, py, contour, width, height)
            k = put(s, k, px, py, px + wx, py + wy, contour, width, height)
        else:
            k = put(s, k, px - wx, py - wy, px, py, contour, width, height)
            k = put(s, k, px, py, px - ux, py - uy, contour, width, height)
    fx, fy, gx, gy = (-wx, -wy, -ux, -uy) if side < 0 else (ux, uy, wx, wy)
    return put_wide_arc(s, k, j, px, py, fx, fy, gx, gy, r, -1.0, contour, width, height)


@jit
def put_stroke(s, k, j, n, closed, r, mitred, contour, width, height):  # type: ignore[no-untyped-def]
    """The outline of the line through ``n`` vertices in ``j`` grown by ``r``, measured by ``measure_lines``.

    It is the sum of the outlines, all run the same way, of a rectangle for each line, a sector on the outer side of
    each joint and a half disc at each end, without the sides that cancel. Their union is all points within ``r`` of
    the line: a point within ``r`` of a vertex but behind the rectangle that ends there is nearer to the vertex before,
    and so on to the end. So a point is inside exactly where the winding number is not 0.
    """
    lines = n if closed else n - 1
    for i in range(lines):
        k = put(s, k, j.ax[i], j.ay[i], j.bx[i], j.by[i], contour, width, height)
        k = put(s, k, j.dx[i], j.dy[i], j.cx[i], j.cy[i], contour, width, height)
        if i + 1 < lines:
            k = put_joint(s, k, j, i, i + 1, r, mitred, contour, width, height)
        elif closed:
            k = put_joint(s, k, j, i, 0, r, mitred, contour, width, height)
    if not closed:
        e = lines - 1
        x, y, nx, ny = j.x[n - 1], j.y[n - 1], j.nx[e], j.ny[e]
        k = put_arc(s, k, j, x, y, nx, ny, ny, -nx, r, contour, width, height)
        k = put_arc(s, k, j, x, y, ny, -nx, -nx, -ny, r, contour, width, height)
        x, y, nx, ny = j.x[0], j.y[0], j.nx[0], j.ny[0]
        k = put_arc(s, k, j, x, y, -nx, -ny, -ny, nx, r, contour, width, height)
        k = put_arc(s, k, j, x, y, -ny, nx, nx, ny, r, contour, width, height)
    return k


@jit
def put_moved_polygon(s, k, j, n, side, r, contour, width, height):  # type: ignore[no-untyped-def]
    """The polygon of ``n`` vertices with its sides moved along their normals (``side`` 1) or against them (-1), as
    ``mitre`` has left them, and arcs where they part."""
    for i in range(n):
        o = i + 1 if i + 1 < n else 0
        ux, uy, wx, wy = side * j.nx[i], side * j.ny[i], side * j.nx[o], side * j.ny[o]
        if side > 0:
            k = put(s, k, j.ax[i], j.ay[i], j.bx[i], j.by[i], contour, width, height)
        else:
            k = put(s, k, j.cx[i], j.cy[i], j.dx[i], j.dy[i], contour, width, height)
        if (ux * wy - uy * wx) * side < 0.0:
            k = put_wide_arc(s, k, j, j.x[o], j.y[o], ux, uy, wx, wy, r, -side, contour, width, height)
    return k
