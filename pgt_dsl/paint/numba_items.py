"""One item at a time, for the numba painter: which way its coverage is found, and its rows from top to bottom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pgt_dsl.paint import numba_blend as blend
from pgt_dsl.paint.numba_edges import (
    Joints,
    Sides,
    jit,
    measure_lines,
    put_disc,
    put_moved_polygon,
    put_polygon,
    put_stroke,
)
from pgt_dsl.paint.numba_outlines import cuts_itself, goes_round_once, mitre
from pgt_dsl.paint.numba_rows import Row, row_of_sides, row_of_union
from pgt_dsl.paint.pool import INNER_SAME, INNER_UNION, INNER_WITHOUT, UNIT

Ints = npt.NDArray[np.int64]


class Room(NamedTuple):
    """What an item needs while it is painted.

    odd: by contour, 1 for the even-odd rule. active: sides that cross the row. head, following: lists of the sides
    that start in each row.
    """

    sides: Sides
    joints: Joints
    row: Row
    odd: Ints
    active: Ints
    head: Ints
    following: Ints
    solid: npt.NDArray[np.uint8]


def make_room(sides: int, vertices: int, width: int, height: int) -> Room:
    """Room for so many sides and contours of an item, vertices of a piece, and a canvas."""

    def floats(n: int) -> npt.NDArray[np.float64]:
        return np.zeros(n)

    def ints(n: int) -> Ints:
        return np.zeros(n, np.int64)

    row = Row(
        floats(width + 2), floats(width + 2), ints(width + 2), ints(width + 2), ints(1), floats(2 * sides + 2),
        floats(64), ints(sides), floats(sides), floats(sides), ints(sides), ints(sides), ints(sides), ints(sides),
    )  # fmt: skip
    return Room(
        Sides(*(floats(sides) for _ in range(4)), ints(sides), ints(sides)),
        Joints(*(floats(vertices) for _ in range(14)), floats(64), floats(64)),
        row,
        ints(sides),
        ints(sides),
        ints(height + 1),
        ints(sides),
        np.zeros(3 * width + 3, np.uint8),
    )


@jit
def _load(pool, room, piece, x0, y0):  # type: ignore[no-untyped-def]
    """The vertices of a piece in px from the corner (x0, y0) of a box; returns their number."""
    first, end = pool.first[piece], pool.first[piece + 1]
    j = room.joints
    for v in range(first, end):
        j.x[v - first] = (pool.x[v] - x0 * UNIT) / UNIT
        j.y[v - first] = (pool.y[v] - y0 * UNIT) / UNIT
    return end - first


@jit
def _put_piece(pool, room, k, c, piece, x0, y0, width, height):  # type: ignore[no-untyped-def]
    """Add the contours of a piece, ``c`` and on; returns how many sides and contours there are then."""
    s, j = room.sides, room.joints
    n = _load(pool, room, piece, x0, y0)
    r = pool.radius[piece] / UNIT
    if c + 2 > len(room.odd):
        return len(s.x0) + 1, c
    if pool.closed[piece]:
        k = put_polygon(s, k, j, n, c, width, height)
        room.odd[c] = 1
        c += 1
    if r > 0.0:
        if n == 1:
            k = put_disc(s, k, j, j.x[0], j.y[0], r, c, width, height)
        else:
            measure_lines(j, n, pool.closed[piece] == 1, r)
            k = put_stroke(s, k, j, n, pool.closed[piece] == 1, r, False, c, width, height)
        room.odd[c] = 0
        c += 1
    return k, c


@jit
def _put_plain(pool, room, item, x0, y0, width, height):  # type: ignore[no-untyped-def]
    """Add the outline of an item that is one piece and does not cut itself, and of its inner part if that is so too.

    Contour 0 is the outer one, 1 the inner one. Returns the number of sides, or -1 when something may cut itself.
    """
    s, j = room.sides, room.joints
    first, end = pool.outer[item]
    how = pool.how[item]
    if end != first + 1:
        return -1
    n = _load(pool, room, first, x0, y0)
    r = pool.radius[first] / UNIT
    if n == 1:
        k = put_disc(s, 0, j, j.x[0], j.y[0], r, 0, width, height)
        if how == INNER_UNION and pool.inner[item, 1] > pool.inner[item, 0]:
            k = put_disc(s, k, j, j.x[0], j.y[0], pool.radius[pool.inner[item, 0]] / UNIT, 1, width, height)
        return k
    if pool.closed[first] == 0:
        measure_lines(j, n, False, r)
        if how != INNER_SAME or not mitre(j, n, False, r, 0, False):
            return -1
        return put_stroke(s, 0, j, n, False, r, True, 0, width, height)
    if r > 0.0:
        return -1
    round_once = goes_round_once(j, n)
    if round_once == 0 and cuts_itself(j, n):
        return -1
    k = put_polygon(s, 0, j, n, 0, width, height)
    if how == INNER_WITHOUT:
        stroke = pool.stroke[item] / UNIT
        side = 1.0 if _area(j, n) > 0.0 else -1.0
        measure_lines(j, n, True, stroke)
        if not mitre(j, n, True, stroke, side, round_once == 2):
            return -1
        k = put_moved_polygon(s, k, j, n, side, stroke, 1, width, height)
    return k


@jit
def _area(j, n):  # type: ignore[no-untyped-def]
    """Twice the signed area of the polygon of the vertices in ``j``."""
    total = 0.0
    for i in range(n):
        o = i + 1 if i + 1 < n else 0
        total += j.x[i] * j.y[o] - j.x[o] * j.y[i]
    return total


@jit
def _look(pool, item, room, width):  # type: ignore[no-untyped-def]
    fill, edge = int(pool.fill[item]), int(pool.edge[item])
    r, g, b = fill >> 16 & 255, fill >> 8 & 255, fill & 255
    if fill < 0:
        r = g = b = 0
    for x in range(0, 3 * width, 3):
        room.solid[x] = r
        room.solid[x + 1] = g
        room.solid[x + 2] = b
    return blend.Look(
        fill, r, g, b, edge, edge >> 16 & 255, edge >> 8 & 255, edge & 255, int(pool.alpha[item]), int(pool.id[item]),
        room.solid,
    )  # fmt: skip


@jit
def paint_shape(pool, room, item, rgb, ids):  # type: ignore[no-untyped-def]
    """Paint an item that is no text. rgb: uint8[H, 3 W]; ids: uint16[H, W], or [H, 0] for none.

    Returns False when there was not room enough, and nothing has been painted.
    """
    x0, y0, x1, y1 = pool.box[item]
    width, height = x1 - x0, y1 - y0
    room_for = len(room.sides.x0)
    k = _put_plain(pool, room, item, x0, y0, width, height)
    plain = k >= 0
    inner_from = 1
    if not plain:
        k = c = 0
        for piece in range(pool.outer[item, 0], pool.outer[item, 1]):
            k, c = _put_piece(pool, room, k, c, piece, x0, y0, width, height)
        inner_from = c
        for piece in range(pool.inner[item, 0], pool.inner[item, 1]):
            k, c = _put_piece(pool, room, k, c, piece, x0, y0, width, height)
    if k > room_for:
        return False
    _paint_rows(room, k, plain, inner_from, _look(pool, item, room, width), rgb, ids, x0, y0, width, height)
    return True


@jit
def _paint_rows(room, k, plain, inner_from, look, rgb, ids, x0, y0, width, height):  # type: ignore[no-untyped-def]
    """Paint the rows of the box from the ``k`` sides of the item."""
    s = room.sides
    for y in range(height):
        room.head[y] = -1
    for i in range(k):
        top = max(0, int(s.y0[i]))
        room.following[i] = room.head[top]
        room.head[top] = i
    active = room.active
    n = 0
    nothing = ids[0, 0:0]
    for y in range(height):
        i = room.head[y]
        while i >= 0:
            active[n] = i
            n += 1
            i = room.following[i]
        if n == 0:
            continue
        if plain:
            row_of_sides(s, room.row, active, n, float(y), width, inner_from)
        else:
            row_of_union(s, room.row, active, n, float(y), width, room.odd, inner_from)
        line = ids[y0 + y, x0 : x0 + width] if ids.shape[1] > 0 else nothing
        blend.paint_row(room.row, rgb[y0 + y, 3 * x0 : 3 * (x0 + width)], line, width, look)
        left = 0
        for a in range(n):
            if s.y1[active[a]] > y + 1:
                active[left] = active[a]
                left += 1
        n = left
