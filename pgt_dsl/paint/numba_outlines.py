"""Outlines that do not cut themselves, for the numba painter: of those the coverage is a plain sum over their sides.

Most shapes of a picture are such. Where that cannot be told in little time the answer is no, and the painter finds the
union of what overlaps row by row.
"""

from __future__ import annotations

import math

from pgt_dsl.paint.numba_edges import AX, AY, BX, BY, CX, CY, DX, DY, NX, NY, TURN, X, Y, jit

_MOST_PAIRS = 512  # lines of which all pairs are looked at
_QUARTER = 1.57  # rad; a little less than a quarter of a turn
_STRAIGHT_BACK = -0.999  # cosine; a line that turns back so sharply has no inner corner worth cutting


@jit
def goes_round_once(j, n):  # type: ignore[no-untyped-def]
    """Whether, seen from the mean of its vertices, a polygon turns one way and once: it does not cut itself then.

    Returns 0 for no, 1 for yes, 2 when it is convex besides.
    """
    mx = my = 0.0
    for i in range(n):
        mx += j[i, X]
        my += j[i, Y]
    mx /= n
    my /= n
    ways = across = bends = 0
    px, py = j[n - 1, X] - mx, j[n - 1, Y] - my
    ex, ey = px - (j[n - 2, X] - mx), py - (j[n - 2, Y] - my)
    for i in range(n):
        x, y = j[i, X] - mx, j[i, Y] - my
        turn = px * y - py * x
        ways |= 1 if turn > 0.0 else 2 if turn < 0.0 else 3
        across += int((py <= 0.0) != (y <= 0.0))
        fx, fy = x - px, y - py
        bend = ex * fy - ey * fx
        bends |= 1 if bend > 0.0 else 2 if bend < 0.0 else 0
        px, py, ex, ey = x, y, fx, fy
    if ways == 3 or across != 2:
        return 0
    return 2 if bends < 3 else 1


@jit
def cuts_itself(j, n):  # type: ignore[no-untyped-def]
    """Whether two sides of the polygon of ``n`` vertices have a point in common that is no corner of both. True for
    more than ``_MOST_PAIRS`` vertices."""
    if n > _MOST_PAIRS:
        return True
    for a in range(n):
        b = a + 1 if a + 1 < n else 0
        x0, y0, x1, y1 = j[a, X], j[a, Y], j[b, X], j[b, Y]
        low_x, high_x, low_y, high_y = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        for c in range(a + 2, n):
            d = c + 1 if c + 1 < n else 0
            if d == a:
                continue
            x2, y2, x3, y3 = j[c, X], j[c, Y], j[d, X], j[d, Y]
            if min(x2, x3) > high_x or max(x2, x3) < low_x or min(y2, y3) > high_y or max(y2, y3) < low_y:
                continue
            if _sides_differ(x0, y0, x1, y1, x2, y2, x3, y3) and _sides_differ(x2, y2, x3, y3, x0, y0, x1, y1):
                return True
        # a spike: the next side runs back along this one
        e = b + 1 if b + 1 < n else 0
        fx, fy = j[e, X] - x1, j[e, Y] - y1
        if (x1 - x0) * fy == (y1 - y0) * fx and (x1 - x0) * fx + (y1 - y0) * fy < 0.0:
            return True
    return False


@jit
def _sides_differ(x0, y0, x1, y1, x2, y2, x3, y3):  # type: ignore[no-untyped-def]
    """Whether the line through points 0 and 1 has 2 and 3 not both on the same side."""
    two = (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0)
    three = (x1 - x0) * (y3 - y0) - (y1 - y0) * (x3 - x0)
    return not ((two > 0.0 and three > 0.0) or (two < 0.0 and three < 0.0))


@jit
def mitre(j, n, closed, r, side, convex):  # type: ignore[no-untyped-def]
    """Make the moved lines of ``measure_lines`` end where they meet on the inner side of each joint.

    Returns whether each keeps its direction, and no two lines more than a quarter of a turn apart come near one
    another: the outline does not cut itself then. ``side``: 1 when only the lines moved along the normal matter, -1
    for those moved against it, 0 for both. ``convex``: a convex polygon moved inwards, which needs no more than that.
    """
    lines = n if closed else n - 1
    if lines > _MOST_PAIRS:
        return False
    square = 1.0 / (r * r)
    for i in range(lines):
        j[i, TURN] = 0.0
    for i in range(lines if closed else lines - 1):
        o = i + 1 if i + 1 < lines else 0
        dot = (j[i, NX] * j[o, NX] + j[i, NY] * j[o, NY]) * square
        cross = j[i, NX] * j[o, NY] - j[i, NY] * j[o, NX]
        if dot < _STRAIGHT_BACK:
            return False
        j[i, TURN] = 2.0 * math.sqrt(max(1.0 - dot, 0.0) / (1.0 + dot))  # twice the half's tangent: no less than it
        if cross == 0.0:
            continue
        scale = 1.0 / (1.0 + dot)
        mx, my = (j[i, NX] + j[o, NX]) * scale, (j[i, NY] + j[o, NY]) * scale
        px, py = j[i + 1 if i + 1 < n else 0, X], j[i + 1 if i + 1 < n else 0, Y]
        if cross > 0.0:
            j[i, BX] = j[o, AX] = px + mx
            j[i, BY] = j[o, AY] = py + my
        else:
            j[i, DX] = j[o, CX] = px - mx
            j[i, DY] = j[o, CY] = py - my
    for i in range(lines):
        if side >= 0 and not _keeps(j[i, AX], j[i, AY], j[i, BX], j[i, BY], j[i, NX], j[i, NY]):
            return False
        if side <= 0 and not _keeps(j[i, CX], j[i, CY], j[i, DX], j[i, DY], j[i, NX], j[i, NY]):
            return False
    return convex or not _comes_near(j, n, lines, closed, r)


@jit
def _keeps(ax, ay, bx, by, nx, ny):  # type: ignore[no-untyped-def]
    """Whether a line moved along its normal runs as it did: the direction is the normal turned back."""
    return (bx - ax) * ny - (by - ay) * nx >= 0.0


@jit
def _comes_near(j, n, lines, closed, r):  # type: ignore[no-untyped-def]
    """Whether two lines more than a quarter of a turn apart have points within ``2 r`` of one another.

    Within a quarter of a turn all lines run forward in one direction, and so do the moved lines when each keeps its
    direction: they cannot meet.
    """
    reach = 2.0 * r + 0.01
    around = 0.0
    for i in range(lines):
        around += j[i, TURN]
    for a in range(lines):
        b = a + 1 if a + 1 < n else 0
        x0, y0, x1, y1 = j[a, X], j[a, Y], j[b, X], j[b, Y]
        low_x, high_x = min(x0, x1) - reach, max(x0, x1) + reach
        low_y, high_y = min(y0, y1) - reach, max(y0, y1) + reach
        turned = j[a, TURN]
        for c in range(a + 2, lines):
            turned += j[c - 1, TURN]
            rest = around - turned
            if turned <= _QUARTER or (closed and (rest <= _QUARTER or (a == 0 and c == lines - 1))):
                continue
            d = c + 1 if c + 1 < n else 0
            x2, y2, x3, y3 = j[c, X], j[c, Y], j[d, X], j[d, Y]
            if min(x2, x3) > high_x or max(x2, x3) < low_x or min(y2, y3) > high_y or max(y2, y3) < low_y:
                continue
            if _gap(x0, y0, x1, y1, x2, y2, x3, y3) < reach * reach:
                return True
    return False


@jit
def _gap(x0, y0, x1, y1, x2, y2, x3, y3):  # type: ignore[no-untyped-def]
    """The square of the distance of two lines."""
    if _sides_differ(x0, y0, x1, y1, x2, y2, x3, y3) and _sides_differ(x2, y2, x3, y3, x0, y0, x1, y1):
        return 0.0
    one = min(_off(x2, y2, x0, y0, x1, y1), _off(x3, y3, x0, y0, x1, y1))
    return min(one, min(_off(x0, y0, x2, y2, x3, y3), _off(x1, y1, x2, y2, x3, y3)))


@jit
def _off(px, py, x0, y0, x1, y1):  # type: ignore[no-untyped-def]
    """The square of the distance of a point from a line."""
    ex, ey = x1 - x0, y1 - y0
    t = ((px - x0) * ex + (py - y0) * ey) / (ex * ex + ey * ey)
    t = min(1.0, max(0.0, t))
    dx, dy = px - x0 - t * ex, py - y0 - t * ey
    return dx * dx + dy * dy
