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

SAG = 1 / 128  # px by which an arc may rise above its chords, if their ends were on it
_OUT = 2 / 3  # of that rise by which their ends are moved out, so that they enclose as much as the arc
_DEPTH = 24  # halvings of an arc at most
_SMALL = 1e-12

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_STRICT: Any = {"cache": True, "nogil": True, "error_model": "numpy", "boundscheck": False, "_nrt": False}
jit: Any = numba.njit(**_STRICT)
inlined: Any = numba.njit(forceinline=True, **_STRICT)  # arrays as arguments are dear: a call passes all their parts


# Columns of a side: its ends, the upper first; 1 when it ran downwards, else -1; the number of its contour; its run to
# the right for each px down, and how far it falls for each px to either side.
X0, Y0, X1, Y1, WIND, CONTOUR, SLOPE, FALL = range(8)
# Columns of a line: its first vertex; its normal, as long as the radius; the turn at its end; the ends A to B of the
# line moved along its normal, and C to D of the line moved the other way.
X, Y, NX, NY, TURN, AX, AY, BX, BY, CX, CY, DX, DY = range(13)


class Room(NamedTuple):
    """What an item needs while it is painted: one table for each purpose, see the columns.

    sides: float64[S, 8]. lines: float64[V, 13], a row for each vertex of a piece. stack: float64[64, 2].
    cover: float64[2, W + 2] one row of pixels as differences, of the outer and of the inner coverage.
    spans: int64[W + 3, 2] first and last of the pixels that sides cross; row 0 says how many rows follow.
    cuts: float64[2 S + 2]. ends: float64[S, 2] x of a side at the top and the bottom of a strip.
    marks: int64[S, 7]. head: int64[H + 1] the first of the sides that start in each row of pixels.
    solid: uint8[3 W + 3] the channels of a fill, over and over. ids: uint16[W] an id, over and over.
    rim: int32[4, R] pixels on the rim of a disc, and their outer and inner coverage.
    """

    sides: Floats
    lines: Floats
    stack: Floats
    cover: Floats
    spans: Ints
    cuts: Floats
    ends: Floats
    marks: Ints
    head: Ints
    solid: npt.NDArray[np.uint8]
    ids: npt.NDArray[np.uint16]
    rim: npt.NDArray[np.int32]


def make_room(sides: int, vertices: int, width: int, height: int) -> Room:
    """Room for so many sides and contours of an item, vertices of a piece, and a canvas."""
    return Room(
        np.zeros((sides, 8)),
        np.zeros((vertices, 13)),
        np.zeros((64, 2)),
        np.zeros((2, width + 2)),
        np.zeros((width + 3, 2), np.int64),
        np.zeros(2 * sides + 2),
        np.zeros((sides, 2)),
        np.zeros((sides, 8), np.int64),
        np.zeros(height + 1, np.int64),
        np.zeros(3 * width + 3, np.uint8),
        np.zeros(width, np.uint16),
        np.zeros((4, 2 * width + 4096), np.int32),
    )


@jit
def put(s, k, xa, ya, xb, yb, contour, width, height):  # type: ignore[no-untyped-def]
    """Add a side unless it has no part in the box; returns the number of sides, beyond their room when that is full."""
    if ya == yb or (ya <= 0.0 and yb <= 0.0) or (ya >= height and yb >= height) or (xa >= width and xb >= width):
        return k
    if k < len(s):
        down = ya < yb
        s[k, X0] = xa if down else xb
        s[k, Y0] = ya if down else yb
        s[k, X1] = xb if down else xa
        s[k, Y1] = yb if down else ya
        s[k, WIND] = 1.0 if down else -1.0
        s[k, CONTOUR] = contour
        s[k, SLOPE] = (xb - xa) / (yb - ya)
        s[k, FALL] = abs((yb - ya) / (xb - xa)) if xa != xb else 0.0
    return k + 1


@jit
def put_polygon(s, k, j, n, contour, width, height):  # type: ignore[no-untyped-def]
    """The sides of the polygon of the ``n`` vertices in ``j``."""
    for i in range(n):
        o = i + 1 if i + 1 < n else 0
        k = put(s, k, j[i, X], j[i, Y], j[o, X], j[o, Y], contour, width, height)
    return k


@jit
def put_arc(s, k, stack, px, py, ux, uy, wx, wy, r, contour, width, height):  # type: ignore[no-untyped-def]
    """Chords of the arc about (px, py) from the offset u to the offset w, less than half a turn apart.

    Arcs are halved by square roots alone, which IEEE 754 rounds in one way, until a chord is within ``SAG`` of its arc
    or outside of the box.
    """
    top = 0
    stack[0, 0] = wx
    stack[0, 1] = wy
    ax, ay = px + ux, py + uy
    while top >= 0:
        wx = stack[top, 0]
        wy = stack[top, 1]
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
            out = 1.0 + _OUT * sag / r if top > 0 else 1.0  # not the arc's own end, where a straight side begins
            bx, by = px + wx * out, py + wy * out
            k = put(s, k, ax, ay, bx, by, contour, width, height)
            ax, ay = bx, by
            ux = wx
            uy = wy
            top -= 1
        else:
            scale = r / middle
            top += 1
            stack[top, 0] = mx * scale
            stack[top, 1] = my * scale
    return k


@jit
def put_wide_arc(s, k, stack, px, py, ux, uy, wx, wy, r, way, contour, width, height):  # type: ignore[no-untyped-def]
    """An arc of up to half a turn; ``way`` is 1 when it turns as x turns into y, -1 for the other way."""
    if ux * wx + uy * wy >= 0.0:
        return put_arc(s, k, stack, px, py, ux, uy, wx, wy, r, contour, width, height)
    # The middle of a wide arc is square to the line from its one end to the other, which is long.
    mx, my = way * (wy - uy), way * (ux - wx)
    scale = r / math.sqrt(mx * mx + my * my)
    mx *= scale
    my *= scale
    k = put_arc(s, k, stack, px, py, ux, uy, mx, my, r, contour, width, height)
    return put_arc(s, k, stack, px, py, mx, my, wx, wy, r, contour, width, height)


@jit
def put_disc(s, k, stack, x, y, r, contour, width, height):  # type: ignore[no-untyped-def]
    """A circle as four arcs."""
    k = put_arc(s, k, stack, x, y, r, 0.0, 0.0, r, r, contour, width, height)
    k = put_arc(s, k, stack, x, y, 0.0, r, -r, 0.0, r, contour, width, height)
    k = put_arc(s, k, stack, x, y, -r, 0.0, 0.0, -r, r, contour, width, height)
    return put_arc(s, k, stack, x, y, 0.0, -r, r, 0.0, r, contour, width, height)


@jit
def measure_lines(j, n, closed, r):  # type: ignore[no-untyped-def]
    """Lengths and normals of the lines between the ``n`` vertices in ``j``, both moved lines, and their number."""
    lines = n if closed else n - 1
    for i in range(lines):
        o = i + 1 if i + 1 < n else 0
        ex, ey = j[o, X] - j[i, X], j[o, Y] - j[i, Y]
        length = math.sqrt(ex * ex + ey * ey)
        nx, ny = -ey / length * r, ex / length * r
        j[i, NX] = nx
        j[i, NY] = ny
        j[i, AX] = j[i, X] + nx
        j[i, AY] = j[i, Y] + ny
        j[i, BX] = j[o, X] + nx
        j[i, BY] = j[o, Y] + ny
        j[i, CX] = j[i, X] - nx
        j[i, CY] = j[i, Y] - ny
        j[i, DX] = j[o, X] - nx
        j[i, DY] = j[o, Y] - ny
    return lines


@jit
def put_joint(s, k, j, stack, i, o, r, mitred, contour, width, height):  # type: ignore[no-untyped-def]
    """What joins line ``i`` to line ``o`` at its end: an arc on the outer side; the inner side goes through the vertex.

    ``mitred``: the moved lines of the inner side have been made to end where they meet, so nothing joins them.
    """
    px, py = j[o, X], j[o, Y]
    ux, uy, wx, wy = j[i, NX], j[i, NY], j[o, NX], j[o, NY]
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
    return put_wide_arc(s, k, stack, px, py, fx, fy, gx, gy, r, -1.0, contour, width, height)


@jit
def put_stroke(s, k, j, stack, n, closed, r, mitred, contour, width, height):  # type: ignore[no-untyped-def]
    """The outline of the line through ``n`` vertices in ``j`` grown by ``r``, measured by ``measure_lines``.

    It is the sum of the outlines, all run the same way, of a rectangle for each line, a sector on the outer side of
    each joint and a half disc at each end, without the sides that cancel. Their union is all points within ``r`` of
    the line: a point within ``r`` of a vertex but behind the rectangle that ends there is nearer to the vertex before,
    and so on to the end. So a point is inside exactly where the winding number is not 0.
    """
    lines = n if closed else n - 1
    for i in range(lines):
        k = put(s, k, j[i, AX], j[i, AY], j[i, BX], j[i, BY], contour, width, height)
        k = put(s, k, j[i, DX], j[i, DY], j[i, CX], j[i, CY], contour, width, height)
        if i + 1 < lines:
            k = put_joint(s, k, j, stack, i, i + 1, r, mitred, contour, width, height)
        elif closed:
            k = put_joint(s, k, j, stack, i, 0, r, mitred, contour, width, height)
    if not closed:
        e = lines - 1
        x, y, nx, ny = j[n - 1, X], j[n - 1, Y], j[e, NX], j[e, NY]
        k = put_arc(s, k, stack, x, y, nx, ny, ny, -nx, r, contour, width, height)
        k = put_arc(s, k, stack, x, y, ny, -nx, -nx, -ny, r, contour, width, height)
        x, y, nx, ny = j[0, X], j[0, Y], j[0, NX], j[0, NY]
        k = put_arc(s, k, stack, x, y, -nx, -ny, -ny, nx, r, contour, width, height)
        k = put_arc(s, k, stack, x, y, -ny, nx, nx, ny, r, contour, width, height)
    return k


@jit
def put_moved_polygon(s, k, j, stack, n, side, r, contour, width, height):  # type: ignore[no-untyped-def]
    """The polygon of ``n`` vertices with its sides moved along their normals (``side`` 1) or against them (-1), as
    ``mitre`` has left them, and arcs where they part."""
    for i in range(n):
        o = i + 1 if i + 1 < n else 0
        ux, uy, wx, wy = side * j[i, NX], side * j[i, NY], side * j[o, NX], side * j[o, NY]
        if side > 0:
            k = put(s, k, j[i, AX], j[i, AY], j[i, BX], j[i, BY], contour, width, height)
        else:
            k = put(s, k, j[i, CX], j[i, CY], j[i, DX], j[i, DY], contour, width, height)
        if (ux * wy - uy * wx) * side < 0.0:
            k = put_wide_arc(s, k, stack, j[o, X], j[o, Y], ux, uy, wx, wy, r, -side, contour, width, height)
    return k
