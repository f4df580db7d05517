"""One item at a time, for the numba painter: which way its coverage is found, and its rows from top to bottom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pgt_dsl.paint import numba_blend as blend
from pgt_dsl.paint.numba_discs import LARGEST, SMALLEST, paint_disc
from pgt_dsl.paint.numba_edges import (
    Y0,
    Y1,
    Ints,
    X,
    Y,
    jit,
    measure_lines,
    put_disc,
    put_moved_polygon,
    put_polygon,
    put_stroke,
)  # fmt: skip
from pgt_dsl.paint.numba_outlines import cuts_itself, goes_round_once, mitre
from pgt_dsl.paint.numba_rows import ACTIVE, FOLLOWING, ODD, row_of_sides, row_of_union
from pgt_dsl.paint.pool import INNER_SAME, INNER_UNION, INNER_WITHOUT, UNIT, Pool

# Columns of an item, of a piece, of a mask; a row of an item ends where that of the next begins.
BOX_X0, BOX_Y0, BOX_X1, BOX_Y1, OUTER, OUTER_END, INNER, INNER_END, HOW, FILL, EDGE, STROKE, ALPHA, ID = range(14)
MASK, MASK_END = 14, 15
FIRST, END, CLOSED, RADIUS = range(4)


class Tables(NamedTuple):
    """A pool as few tables of whole numbers, which are faster to compile than many lists.

    start: int64[B + 1]. items: int64[N, 16]. pieces: int64[P, 4]. verts: int32[V, 2]. masks: int64[T, 7]: box, place
    in ``coverage``, colour, whether it sets the id. coverage: uint8[...].
    """

    start: Ints
    items: Ints
    pieces: Ints
    verts: npt.NDArray[np.int32]
    masks: Ints
    coverage: npt.NDArray[np.uint8]


def tables(pool: Pool) -> Tables:
    """The tables of a pool."""
    items = np.empty((len(pool.fill), 16), np.int64)
    items[:, BOX_X0:OUTER] = pool.box
    items[:, OUTER:INNER] = pool.outer
    items[:, INNER:HOW] = pool.inner
    for column, values in (
        (HOW, pool.how), (FILL, pool.fill), (EDGE, pool.edge), (STROKE, pool.stroke), (ALPHA, pool.alpha),
        (ID, pool.id), (MASK, pool.masks[:-1]), (MASK_END, pool.masks[1:]),
    ):  # fmt: skip
        items[:, column] = values
    pieces = np.stack((pool.first[:-1], pool.first[1:], pool.closed, pool.radius), -1)
    masks = np.concatenate((pool.mask_box, np.stack((pool.mask_at, pool.mask_colour, pool.mask_ink), -1)), -1)
    verts = np.stack((pool.x, pool.y), -1)
    return Tables(pool.start, items, pieces.astype(np.int64), verts, masks.astype(np.int64), pool.coverage)


@jit
def _load(pool, room, piece, x0, y0):  # type: ignore[no-untyped-def]
    """The vertices of a piece in px from the corner (x0, y0) of a box; returns their number."""
    first, end = pool.pieces[piece, FIRST], pool.pieces[piece, END]
    lines = room.lines
    for v in range(first, end):
        lines[v - first, X] = (pool.verts[v, 0] - x0 * UNIT) / UNIT
        lines[v - first, Y] = (pool.verts[v, 1] - y0 * UNIT) / UNIT
    return end - first


@jit
def _put_piece(pool, room, k, c, piece, x0, y0, width, height):  # type: ignore[no-untyped-def]
    """Add the contours of a piece, ``c`` and on; returns how many sides and contours there are then."""
    s, j, stack = room.sides, room.lines, room.stack
    n = _load(pool, room, piece, x0, y0)
    r = pool.pieces[piece, RADIUS] / UNIT
    if c + 2 > len(s):
        return len(s) + 1, c
    if pool.pieces[piece, CLOSED]:
        k = put_polygon(s, k, j, n, c, width, height)
        room.marks[c, ODD] = 1
        c += 1
    if r > 0.0:
        if n == 1:
            k = put_disc(s, k, stack, j[0, X], j[0, Y], r, c, width, height)
        else:
            measure_lines(j, n, pool.pieces[piece, CLOSED] == 1, r)
            k = put_stroke(s, k, j, stack, n, pool.pieces[piece, CLOSED] == 1, r, False, c, width, height)
        room.marks[c, ODD] = 0
        c += 1
    return k, c


@jit
def _put_plain(pool, room, item, x0, y0, width, height):  # type: ignore[no-untyped-def]
    """Add the outline of an item that is one piece and does not cut itself, and of its inner part if that is so too.

    Contour 0 is the outer one, 1 the inner one. Returns the number of sides, or -1 when something may cut itself.
    """
    s, j, stack = room.sides, room.lines, room.stack
    first, end = pool.items[item, OUTER], pool.items[item, OUTER_END]
    how = pool.items[item, HOW]
    if end != first + 1:
        return -1
    n = _load(pool, room, first, x0, y0)
    r = pool.pieces[first, RADIUS] / UNIT
    if n == 1:
        k = put_disc(s, 0, stack, j[0, X], j[0, Y], r, 0, width, height)
        if how == INNER_UNION and pool.items[item, INNER_END] > pool.items[item, INNER]:
            k = put_disc(
                s, k, stack, j[0, X], j[0, Y], pool.pieces[pool.items[item, INNER], RADIUS] / UNIT, 1, width, height
            )
        return k
    if pool.pieces[first, CLOSED] == 0:
        measure_lines(j, n, False, r)
        if how != INNER_SAME or not mitre(j, n, False, r, 0, False):
            return -1
        return put_stroke(s, 0, j, stack, n, False, r, True, 0, width, height)
    if r > 0.0:
        return -1
    round_once = goes_round_once(j, n)
    if round_once == 0 and cuts_itself(j, n):
        return -1
    k = put_polygon(s, 0, j, n, 0, width, height)
    if how == INNER_WITHOUT:
        stroke = pool.items[item, STROKE] / UNIT
        side = 1.0 if _area(j, n) > 0.0 else -1.0
        measure_lines(j, n, True, stroke)
        if not mitre(j, n, True, stroke, side, round_once == 2):
            return -1
        k = put_moved_polygon(s, k, j, stack, n, side, stroke, 1, width, height)
    return k


@jit
def _area(j, n):  # type: ignore[no-untyped-def]
    """Twice the signed area of the polygon of the vertices in ``j``."""
    total = 0.0
    for i in range(n):
        o = i + 1 if i + 1 < n else 0
        total += j[i, X] * j[o, Y] - j[o, X] * j[i, Y]
    return total


@jit
def _look(pool, item, room, width):  # type: ignore[no-untyped-def]
    fill, edge = int(pool.items[item, FILL]), int(pool.items[item, EDGE])
    r, g, b = fill >> 16 & 255, fill >> 8 & 255, fill & 255
    if fill < 0:
        r = g = b = 0
    for x in range(0, 3 * width, 3):
        room.solid[x] = r
        room.solid[x + 1] = g
        room.solid[x + 2] = b
    room.ids[:width] = pool.items[item, ID]
    return blend.Look(
        fill, r, g, b, edge, edge >> 16 & 255, edge >> 8 & 255, edge & 255,
        int(pool.items[item, ALPHA]), int(pool.items[item, ID]), room.solid, room.ids,
    )  # fmt: skip


@jit
def paint_shape(pool, room, item, rgb, ids):  # type: ignore[no-untyped-def]
    """Paint an item that is no text. rgb: uint8[H, 3 W]; ids: uint16[H, W], or [H, 0] for none.

    Returns False when there was not room enough, and nothing has been painted.
    """
    x0, y0 = pool.items[item, BOX_X0], pool.items[item, BOX_Y0]
    x1, y1 = pool.items[item, BOX_X1], pool.items[item, BOX_Y1]
    width, height = x1 - x0, y1 - y0
    look = _look(pool, item, room, width)
    piece = pool.items[item, OUTER]
    first = pool.pieces[piece, FIRST]
    r = pool.pieces[piece, RADIUS] / UNIT
    alone = pool.items[item, OUTER_END] == piece + 1 and pool.pieces[piece, END] == first + 1
    inner = pool.items[item, INNER]
    hole = pool.pieces[inner, RADIUS] / UNIT if pool.items[item, INNER_END] > inner else 0.0
    if alone and SMALLEST <= r <= LARGEST and (hole == 0.0 or hole >= SMALLEST):
        cx, cy = pool.verts[first, 0] / UNIT - x0, pool.verts[first, 1] / UNIT - y0
        paint_disc(cx, cy, r, hole, room.rim, look, rgb, ids, x0, y0, width, height)
        return True
    room_for = len(room.sides)
    k = _put_plain(pool, room, item, x0, y0, width, height)
    plain = k >= 0
    inner_from = 1
    if not plain:
        k = c = 0
        for piece in range(pool.items[item, OUTER], pool.items[item, OUTER_END]):
            k, c = _put_piece(pool, room, k, c, piece, x0, y0, width, height)
        inner_from = c
        for piece in range(pool.items[item, INNER], pool.items[item, INNER_END]):
            k, c = _put_piece(pool, room, k, c, piece, x0, y0, width, height)
    if k > room_for:
        return False
    _paint_rows(room, k, plain, inner_from, look, rgb, ids, x0, y0, width, height)
    return True


@jit
def _paint_rows(room, k, plain, inner_from, look, rgb, ids, x0, y0, width, height):  # type: ignore[no-untyped-def]
    """Paint the rows of the box from the ``k`` sides of the item."""
    s, marks, head = room.sides, room.marks, room.head
    for y in range(height):
        head[y] = -1
    for i in range(k):
        top = max(0, int(s[i, Y0]))
        marks[i, FOLLOWING] = head[top]
        head[top] = i
    n = 0
    nothing = ids[0, 0:0]
    for y in range(height):
        i = head[y]
        while i >= 0:
            marks[n, ACTIVE] = i
            n += 1
            i = marks[i, FOLLOWING]
        if n == 0:
            continue
        if plain:
            row_of_sides(room, n, float(y), width, inner_from)
        else:
            row_of_union(room, n, float(y), width, inner_from, 2 if look.edge >= 0 else 1)
        line = ids[y0 + y, x0 : x0 + width] if ids.shape[1] > 0 else nothing
        blend.paint_row(room.cover, room.spans, rgb[y0 + y, 3 * x0 : 3 * (x0 + width)], line, width, look)
        left = 0
        for a in range(n):
            i = marks[a, ACTIVE]
            if s[i, Y1] > y + 1:
                marks[left, ACTIVE] = i
                left += 1
        n = left
