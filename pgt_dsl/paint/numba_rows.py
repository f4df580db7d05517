"""Exact coverage of a row of pixels by straight sides, for the numba painter.

A row is kept as differences: the running sum of ``acc`` up to a pixel is its covered share. A side adds to the pixels
that it crosses, and to all to its right, the share that lies to its right: the exact area, in closed form (the method
of font-rs and stb_truetype). Where sides overlap, ``row_of_union`` first finds which of them bound the union.
"""

from __future__ import annotations

from pgt_dsl.paint.numba_edges import CONTOUR, FALL, SLOPE, WIND, X0, Y0, Y1, inlined, jit

_AREA = 1 / 1024  # px2 by which a strip of a row may be wrong before it is cut where two sides cross
_CUTS = 256  # for each row at most
_THIN = 1e-9  # px; strips of less are nothing
_NEAR = 8  # spans of pixels among which one that overlaps is looked for

# What a side is: of no span, the begin or the end of one, or within one, where another contour opens or closes.
OUTSIDE, BEGIN, END, OPENS, CLOSES = range(5)

# Columns of marks, the first two of them by place among the active sides, the next by place in the order of a strip:
ACTIVE, FOLLOWING, SIDE, BOUND, LACK, STEP = range(6)
WINDING, ODD = 6, 7  # by contour


@inlined
def touch(spans, low, high):  # type: ignore[no-untyped-def]
    """Note that the pixels ``low`` to ``high`` are crossed."""
    n = spans[0, 0]
    for k in range(max(1, n - _NEAR), n + 1):
        if low <= spans[k, 1] + 1 and high >= spans[k, 0] - 1:
            spans[k, 0] = min(low, spans[k, 0])
            spans[k, 1] = max(high, spans[k, 1])
            return
    if n + 1 == len(spans):
        for k in range(1, n + 1):
            low = min(low, spans[k, 0])
            high = max(high, spans[k, 1])
        n = 0
    spans[n + 1, 0] = low
    spans[n + 1, 1] = high
    spans[0, 0] = n + 1


@inlined
def add(acc, spans, xa, xb, share, fall, width):  # type: ignore[no-untyped-def]
    """Add a side that goes from xa to xb while it crosses ``share`` of the row's height, ``fall`` of it for each px.

    Both are below 0 where the shape lies to the left.
    """
    if xa > xb:
        xa, xb = xb, xa
    if xa >= width:
        return
    if xb <= 0.0:
        acc[0] += share
        return
    if xa < 0.0:
        part = -xa * fall
        acc[0] += part
        share -= part
        xa = 0.0
    if xb > width:
        share = (width - xa) * fall
        xb = float(width)
    first = int(xa)
    last = int(xb)
    if xb <= first + 1:
        part = share * (0.5 * (xa + xb) - first)
        acc[first] += share - part
        acc[first + 1] += part
        touch(spans, first, min(first, width - 1))
        return
    rest = first + 1 - xa
    done = 0.5 * fall * rest * rest
    acc[first] += done
    for x in range(first + 1, last):
        now = fall * (x + 0.5 - xa)
        acc[x] += now - done
        done = now
    rest = xb - last
    now = fall * (last - xa + rest * (1.0 - 0.5 * rest))
    acc[last] += now - done
    acc[last + 1] += share - now
    touch(spans, first, min(last, width - 1))


@inlined
def row_of_sides(room, n, top, width, inner_from):  # type: ignore[no-untyped-def]
    """Add the ``n`` active sides to the row at ``top``: right where no two of a set overlap. Contours from
    ``inner_from`` on are the inner set."""
    s, marks, cover, spans = room.sides, room.marks, room.cover, room.spans
    for a in range(n):
        k = marks[a, ACTIVE]
        y0 = s[k, Y0]
        ya, yb = max(y0, top), min(s[k, Y1], top + 1.0)
        xa = s[k, X0] + (ya - y0) * s[k, SLOPE]
        xb = s[k, X0] + (yb - y0) * s[k, SLOPE]
        wind = s[k, WIND]
        add(cover[int(s[k, CONTOUR] >= inner_from)], spans, xa, xb, (yb - ya) * wind, s[k, FALL] * wind, width)


@inlined
def row_of_union(room, n, top, width, inner_from, layers):  # type: ignore[no-untyped-def]
    """Add the bounds of the union of the contours to the row at ``top``; ``ODD`` is 1 where contour c is filled by
    the even-odd rule, else it is where its winding number is not 0.

    Contours from ``inner_from`` on are what the union must leave out to be the inner part. ``layers`` is 2 when that is
    asked for, else 1.
    The row is cut at the ends of all sides, and where bounds cross; in the strips between, sides are in one order.
    """
    s, marks, cuts, stack = room.sides, room.marks, room.cuts, room.stack
    m = 2
    cuts[0] = top
    cuts[1] = top + 1.0
    for a in range(n):
        k = marks[a, ACTIVE]
        if s[k, Y0] > top:
            cuts[m] = s[k, Y0]
            m += 1
        if s[k, Y1] < top + 1.0:
            cuts[m] = s[k, Y1]
            m += 1
    _sort(cuts, m)
    left = _CUTS
    for c in range(m - 1):
        if cuts[c + 1] - cuts[c] < _THIN:
            continue
        stack[0, 0] = cuts[c + 1]
        depth = 1
        ya = cuts[c]
        looking = True
        while depth > 0:
            yb = stack[depth - 1, 0]
            crossing = _strip(room, n, ya, yb, width, inner_from, layers, looking and left > 0)
            if crossing < 0.0:
                ya = yb
                depth -= 1
                looking = True
            elif crossing > ya + _THIN and crossing < yb - _THIN and depth < len(stack):
                stack[depth, 0] = crossing
                depth += 1
                left -= 1
            else:
                looking = False  # a cut there would gain nothing


@jit
def _sort(values, n):  # type: ignore[no-untyped-def]
    """Shell's sort: by insertion when there are few."""
    gap = 1
    while 3 * gap + 1 < n // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(gap, n):
            value = values[i]
            k = i - gap
            while k >= 0 and values[k] > value:
                values[k + gap] = values[k]
                k -= gap
            values[k + gap] = value
        gap //= 3


@inlined
def _ordered(s, ends, marks, n, ya, yb):  # type: ignore[no-untyped-def]
    """The active sides that cross the strip, from left to right in its middle, with their x at its top and bottom."""
    middle = 0.5 * (ya + yb)
    m = 0
    for a in range(n):
        k = marks[a, ACTIVE]
        y0, y1 = s[k, Y0], s[k, Y1]
        if y0 > middle or y1 <= middle:
            continue
        xa = s[k, X0] + (ya - y0) * s[k, SLOPE]
        xb = s[k, X0] + (yb - y0) * s[k, SLOPE]
        i = m - 1
        while i >= 0 and ends[i, 0] + ends[i, 1] > xa + xb:
            ends[i + 1, 0] = ends[i, 0]
            ends[i + 1, 1] = ends[i, 1]
            marks[i + 1, SIDE] = marks[i, SIDE]
            i -= 1
        ends[i + 1, 0] = xa
        ends[i + 1, 1] = xb
        marks[i + 1, SIDE] = k
        m += 1
    return m


@inlined
def _meet(ends, a, b, ya, yb):  # type: ignore[no-untyped-def]
    """The height at which the sides at places a and b of the order cross."""
    above = ends[a, 0] - ends[b, 0]
    below = ends[a, 1] - ends[b, 1]
    return ya + (yb - ya) * above / (above - below)


@jit
def _crossing(ends, kinds, m, ya, yb):  # type: ignore[no-untyped-def]
    """The height at which sides of one set cross so that the spans differ from those in the middle, or -1.

    kinds: what ``_kind`` says of each place of the order.
    """
    limit = 4.0 * _AREA / (yb - ya)
    # places of the sides that reach farthest to the right: in the spans so far, and of those that open this span
    far_a = far_b = -1
    open_a = open_b = begin = 0
    for i in range(m):
        kind = kinds[i]
        if kind == OUTSIDE:
            continue
        xa, xb = ends[i, 0], ends[i, 1]
        if kind == BEGIN:
            begin = open_a = open_b = i
        if ends[begin, 0] - xa > limit or ends[begin, 1] - xb > limit:
            return _meet(ends, begin, i, ya, yb)
        if kind in (BEGIN, END):
            if far_a >= 0 and ends[far_a, 0] - xa > limit:
                return _meet(ends, far_a, i, ya, yb)
            if far_b >= 0 and ends[far_b, 1] - xb > limit:
                return _meet(ends, far_b, i, ya, yb)
        elif kind == CLOSES:  # a gap may open where it passes one that opens
            if ends[open_a, 0] - xa > limit:
                return _meet(ends, open_a, i, ya, yb)
            if ends[open_b, 1] - xb > limit:
                return _meet(ends, open_b, i, ya, yb)
        elif xa > ends[open_a, 0]:
            open_a = i
        if kind == OPENS and xb > ends[open_b, 1]:
            open_b = i
        if far_a < 0 or xa > ends[far_a, 0]:
            far_a = i
        if far_b < 0 or xb > ends[far_b, 1]:
            far_b = i
    return -1.0


@inlined
def _strip(room, n, ya, yb, width, inner_from, layers, looking):  # type: ignore[no-untyped-def]
    """Add the bounds within a strip, or return the height at which two of them cross and add nothing; -1 when added."""
    s, marks, ends, cover, spans = room.sides, room.marks, room.ends, room.cover, room.spans
    m = _ordered(s, ends, marks, n, ya, yb)
    outside = without = 0  # contours that we are in: of the union, and of what the inner part leaves out
    for i in range(m):
        k = marks[i, SIDE]
        c = int(s[k, CONTOUR])
        before = marks[c, WINDING]
        after = before + int(s[k, WIND])
        marks[c, WINDING] = after
        if marks[c, ODD]:
            change = (after & 1) - (before & 1)
            opens = change == 1
        else:
            change = int(after != 0) - int(before != 0)
            opens = abs(after) > abs(before)
        part = outside > 0 and without == 0
        if c < inner_from:
            marks[i, BOUND] = _kind(outside, outside + change, opens)
            marks[i, LACK] = OUTSIDE
            outside += change
        else:
            marks[i, BOUND] = OUTSIDE
            marks[i, LACK] = _kind(without, without + change, opens)
            without += change
        marks[i, STEP] = int(outside > 0 and without == 0) - int(part)
    for i in range(m):
        marks[int(s[marks[i, SIDE], CONTOUR]), WINDING] = 0
    if looking:
        crossing = _crossing(ends, marks[:, BOUND], m, ya, yb)
        if crossing < 0.0 and layers == 2:
            crossing = _crossing(ends, marks[:, LACK], m, ya, yb)
        if crossing >= 0.0:
            return crossing
    for i in range(m):
        kind = marks[i, BOUND]
        whole = int(kind == BEGIN) - int(kind == END)
        for layer in range(layers):
            step = marks[i, STEP] if layer else whole
            if step != 0:
                add(
                    cover[layer], spans, ends[i, 0], ends[i, 1], (yb - ya) * step, s[marks[i, SIDE], FALL] * step, width
                )
    return -1.0


@inlined
def _kind(before, after, opens):  # type: ignore[no-untyped-def]
    """What a side is among the spans, from the number of contours that hold the places on both hands of it."""
    if before == 0:
        return BEGIN if after > 0 else OUTSIDE
    if after == 0:
        return END
    return OPENS if opens else CLOSES
