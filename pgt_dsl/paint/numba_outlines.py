"""Outlines that do not cut themselves, for the numba painter: of those the coverage is a plain sum over their sides.

Most shapes of a picture are such. Where that cannot be told in little time the answer is no, and the painter finds the
union of what overlaps row by row.
"""

from __future__ import annotations

import math

from pgt_dsl.paint.numba_edges import jit

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
        mx += j.x[i]
        my += j.y[i]
    mx /= n
    my /= n
    ways = across = bends = 0
    px, py = j.x[n - 1] - mx, j.y[n - 1] - my
    ex, ey = px - (j.x[n - 2] - mx), py - (j.y[n - 2] - my)
    for i in range(n):
        x, y = j.x[i] - mx, j.y[i] - my
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
        x0, y0, x1, y1 = j.x[a], j.y[a], j.x[b], j.y[b]
        low_x, high_x, low_y, high_y = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        for c in range(a + 2, n):
            d = c + 1 if c + 1 < n else 0
            if d == a:
                continue
            x2, y2, x3, y3 = j.x[c], j.y[c], j.x[d], j.y[d]
            if min(x2, x3) > high_x or max(x2, x3) < low_x or min(y2, y3) > high_y or max(y2, y3) < low_y:
                continue
            if _sides_differ(x0, y0, x1, y1, x2, y2, x3, y3) and _sides_differ(x2, y2, x3, y3, x0, y0, x1, y1):
                return True
        # a spike: the next side runs back along this one
        e = b + 1 if b + 1 < n else 0
        fx, fy = j.x[e] - x1, j.y[e] - y1
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
        j.turn[i] = 0.0
    for i in range(lines if closed else lines - 1):
        o = i + 1 if i + 1 < lines else 0
        dot = (j.nx[i] * j.nx[o] + j.ny[i] * j.ny[o]) * square
        cross = j.nx[i] * j.ny[o] - j.ny[i] * j.nx[o]
        if dot < _STRAIGHT_BACK:
            return False
        j.turn[i] = 2.0 * math.sqrt(max(1.0 - dot, 0.0) / (1.0 + dot))  # twice the half's tangent: no less than it
        if cross == 0.0:
            continue
        scale = 1.0 / (1.0 + dot)
        mx, my = (j.nx[i] + j.nx[o]) * scale, (j.ny[i] + j.ny[o]) * scale
        px, py = j.x[i + 1 if i + 1 < n else 0], j.y[i + 1 if i + 1 < n else 0]
        if cross > 0.0:
            j.bx[i] = j.ax[o] = px + mx
            j.by[i] = j.ay[o] = py + my
        else:
            j.dx[i] = j.cx[o] = px - mx
            j.dy[i] = j.cy[o] = py - my
    for i in range(lines):
        if side >= 0 and not _keeps(j.ax[i], j.ay[i], j.bx[i], j.by[i], j.nx[i], j.ny[i]):
            return False
        if side <= 0 and not _keeps(j.cx[i], j.cy[i], j.dx[i], j.dy[i], j.nx[i], j.ny[i]):
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
        around += j.turn[i]
    for a in range(lines):
        b = a + 1 if a + 1 < n else 0
        x0, y0, x1, y1 = j.x[a], j.y[a], j.x[b], j.y[b]
        low_x, high_x = min(x0, x1) - reach, max(x0, x1) + reach
        low_y, high_y = min(y0, y1) - reach, max(y0, y1) + reach
        turned = j.turn[a]
        for c in range(a + 2, lines):
            turned += j.turn[c - 1]
            rest = around - turned
            if turned <= _QUARTER or (closed and (rest <= _QUARTER or (a == 0 and c == lines - 1))):
                continue
            d = c + 1 if c + 1 < n else 0
            x2, y2, x3, y3 = j.x[c], j.y[c], j.x[d], j.y[d]
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
