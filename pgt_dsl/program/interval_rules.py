"""The rules of the cells: forward, the domain of a cell from those of its arguments; backward, the arguments' domains
from the cell's. One small pair of functions per operation.

A partial operation (a quotient, a root, the greatest of nothing) has, going forward, the values that it has where it is
defined. Where a value does not matter (the branch not taken, an item that is not there) it may be undefined, so that
going backward nothing follows from its being defined: such rules act only where it surely is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from pgt_dsl.program.interval_cells import INF, Box, Cell, Members, slack
from pgt_dsl.program.interval_logic import LOGIC

Span = tuple[float, float]
Args = tuple[Cell, ...]
Forward = Callable[[Box, Args, Any], "Span | Members | None"]
Backward = Callable[[Box, Cell, Args, Any], None]
ALL: Span = (-INF, INF)
PARTIAL = frozenset({"div", "maxp", "top", "only", "place", "sqrt", "pow", "call"})


def times(p: float, q: float) -> float:
    """A product of bounds, in which 0 wins over infinity."""
    return 0.0 if p == 0 or q == 0 else p * q


def product(a: Span, b: Span) -> Span:
    """All products of two intervals."""
    corners = (times(a[0], b[0]), times(a[0], b[1]), times(a[1], b[0]), times(a[1], b[1]))
    return min(corners), max(corners)


def quotient(a: Span, b: Span) -> Span:
    """All quotients of two intervals; everything when the second holds 0."""
    if b[0] <= 0 <= b[1]:
        return ALL
    return product(a, (1 / b[1], 1 / b[0]))


def span(box: Box, cell: Cell) -> Span:
    """A number's domain."""
    return box.lo[cell], box.hi[cell]


def pairs(args: Args) -> Iterator[tuple[Cell, Cell]]:
    """Arguments two by two."""
    return zip(args[::2], args[1::2], strict=True)


# arithmetic ---------------------------------------------------------------------------------------------


def add(box: Box, args: Args, _: Any) -> Span:
    """a + b + ..."""
    return sum(box.lo[a] for a in args), sum(box.hi[a] for a in args)


def add_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """Each summand is the sum less the others."""
    if len(args) == 2:
        (a, b), (low, high) = args, span(box, cell)
        box.narrow(a, low - box.hi[b], high - box.lo[b])
        box.narrow(b, low - box.hi[a], high - box.lo[a])
        return
    lows, highs = sum(box.lo[a] for a in args), sum(box.hi[a] for a in args)
    if not (math.isfinite(lows) and math.isfinite(highs)):
        return
    low, high = span(box, cell)
    for a in args:
        own_low, own_high = span(box, a)
        box.narrow(a, low - (highs - own_high), high - (lows - own_low))


def sub(box: Box, args: Args, _: Any) -> Span:
    """a - b."""
    a, b = args
    return (0.0, 0.0) if a == b else (box.lo[a] - box.hi[b], box.hi[a] - box.lo[b])


def sub_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """a = c + b, b = a - c."""
    a, b = args
    if a == b:
        return
    low, high = span(box, cell)
    box.narrow(a, low + box.lo[b], high + box.hi[b])
    box.narrow(b, box.lo[a] - high, box.hi[a] - low)


def neg(box: Box, args: Args, _: Any) -> Span:
    """Minus."""
    return -box.hi[args[0]], -box.lo[args[0]]


def neg_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """Minus."""
    box.narrow(args[0], -box.hi[cell], -box.lo[cell])


def size_of(low: float, high: float) -> Span:
    """All absolute values of an interval."""
    return (0.0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))


def mul(box: Box, args: Args, _: Any) -> Span:
    """a * b; a square is never negative."""
    a, b = args
    if a == b:
        low, high = size_of(*span(box, a))
        return low * low, high * high
    return product(span(box, a), span(box, b))


def mul_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """a = c / b where b is not 0."""
    a, b = args
    if a == b:
        high = math.sqrt(max(box.hi[cell], 0.0)) * (1 + 1e-12)
        box.narrow(a, -high, high)
        signed(box, a, math.sqrt(max(box.lo[cell], 0.0)) * (1 - 1e-12))
        return
    for one, other in ((a, b), (b, a)):
        by = span(box, other)
        if not by[0] <= 0 <= by[1]:
            box.narrow(one, *quotient(span(box, cell), by))


def div(box: Box, args: Args, _: Any) -> Span:
    """a / b."""
    return quotient(span(box, args[0]), span(box, args[1]))


def div_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """a = c * b, b = a / c."""
    a, b = args
    low, high = span(box, b)
    if low <= 0 <= high:
        return
    box.narrow(a, *product(span(box, cell), (low, high)))
    by = span(box, cell)
    if not by[0] <= 0 <= by[1]:
        box.narrow(b, *quotient(span(box, a), by))


def absolute(box: Box, args: Args, _: Any) -> Span:
    """Size without sign."""
    return size_of(*span(box, args[0]))


def absolute_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """Within the size, and beyond the least size where the sign is known."""
    box.narrow(args[0], -box.hi[cell], box.hi[cell])
    signed(box, args[0], box.lo[cell])


def signed(box: Box, cell: Cell, least: float) -> None:
    """A number whose size is at least so much."""
    if least <= 0:
        return
    if box.lo[cell] > -least + slack(least):
        box.narrow(cell, least, INF)
    elif box.hi[cell] < least - slack(least):
        box.narrow(cell, -INF, -least)


def greatest(box: Box, args: Args, _: Any) -> Span:
    """The greatest of all."""
    return max(box.lo[a] for a in args), max(box.hi[a] for a in args)


def greatest_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """None is above it, and where only one can reach it, that one does."""
    low, high = span(box, cell)
    able = []
    for a in args:
        box.narrow(a, -INF, high)
        if box.hi[a] >= low - slack(low):
            able.append(a)
    if len(able) == 1:
        box.narrow(able[0], low, INF)


def present_greatest(box: Box, args: Args, _: Any) -> Span:
    """The greatest of those that are there (presence, number, ...)."""
    may = [x for p, x in pairs(args) if not box.false(p)]
    if not may:
        return ALL
    sure = [box.lo[x] for p, x in pairs(args) if box.true(p)]
    return (max(sure) if sure else min(box.lo[x] for x in may)), max(box.hi[x] for x in may)


def present_greatest_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """As ``greatest_back``, for those that are there."""
    low, high = span(box, cell)
    able = []
    for p, x in pairs(args):
        if box.true(p):
            box.narrow(x, -INF, high)
        elif box.lo[x] > high + slack(high):
            box.narrow(p, 0, 0)
        if not box.false(p) and box.hi[x] >= low - slack(low):
            able.append((p, x))
    if len(able) == 1 and any(box.true(p) for p in args[::2]):
        box.narrow(able[0][0], 1, 1)
        box.narrow(able[0][1], low, INF)


def between(box: Box, args: Args, _: Any) -> Span:
    """Anything from the lesser to the greater."""
    a, b = args
    return min(box.lo[a], box.lo[b]), max(box.hi[a], box.hi[b])


def between_back(box: Box, cell: Cell, args: Args, data: Any) -> None:
    """The lower bound is not above it, nor the upper below, where it is known which is which."""
    if data[1]:
        box.narrow(args[0], -INF, box.hi[cell])
        box.narrow(args[1], box.lo[cell], INF)


def between_forward(box: Box, args: Args, data: Any) -> Span:
    """With known order the bounds are the bounds."""
    return (box.lo[args[0]], box.hi[args[1]]) if data[1] else between(box, args, data)


def floor(box: Box, args: Args, _: Any) -> Span:
    """The whole number at or below."""
    low, high = span(box, args[0])
    return _floor(low), _floor(high)


def _floor(x: float) -> float:
    return math.floor(x) if math.isfinite(x) else x


def floor_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """At least the whole number, and less than the next."""
    box.narrow(args[0], box.lo[cell], box.hi[cell] + 1)


def mod(box: Box, args: Args, _: Any) -> Span:
    """The remainder."""
    (n, top), (m, m_top) = span(box, args[0]), span(box, args[1])
    if m <= 0:
        return min(m, 0.0), max(m_top, 0.0)
    if m == m_top and math.isfinite(n) and math.isfinite(top) and n // m == top // m:
        return n % m, top % m
    return 0.0, max(m_top - (1 if box.graph.both(*args) else 0), 0.0)


def hypot(box: Box, args: Args, _: Any) -> Span:
    """The length of (x, y)."""
    (a, b), (c, d) = (size_of(*span(box, k)) for k in args)
    return math.hypot(a, c), math.hypot(b, d)


def hypot_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """Neither part is longer; where one is short, the other is long."""
    low, high = span(box, cell)
    for one, other in (args, args[::-1]):
        box.narrow(one, -high, high)
        rest = size_of(*span(box, other))[1]
        if rest < low < INF:
            signed(box, one, math.sqrt((low - rest) * (low + rest)) * (1 - 1e-12))


def sqrt(box: Box, args: Args, _: Any) -> Span:
    """The square root."""
    low, high = span(box, args[0])
    return ALL if high < 0 else (math.sqrt(max(low, 0.0)), math.sqrt(high))


def sqrt_back(box: Box, cell: Cell, args: Args, _: Any) -> None:
    """The square."""
    low, high = max(box.lo[cell], 0.0), box.hi[cell]
    if high >= 0 and box.lo[args[0]] >= 0:
        box.narrow(args[0], low * low * (1 - 1e-12), high * high * (1 + 1e-12))


def power(box: Box, args: Args, _: Any) -> Span:
    """x to the n, for positive x."""
    (low, high), (n, top) = span(box, args[0]), span(box, args[1])
    if low <= 0 or not all(map(math.isfinite, (high, n, top))):
        return ALL
    try:
        corners = [x**k for x in (low, high) for k in (n, top)]
    except OverflowError:
        return ALL
    return min(corners), max(corners)


def sine(box: Box, args: Args, data: Any) -> Span:
    """The sine (data 0) or cosine (90) of degrees."""
    low, high = (x + data for x in span(box, args[0]))
    if not high - low < 360:
        return -1.0, 1.0
    ends = [math.sin(math.radians(x)) for x in (low, high)]
    top = 1.0 if math.floor((high - 90) / 360) >= math.ceil((low - 90) / 360) else max(ends)
    bottom = -1.0 if math.floor((high - 270) / 360) >= math.ceil((low - 270) / 360) else min(ends)
    return bottom - 1e-12, top + 1e-12


def nothing(box: Box, cell: Cell, args: Args, data: Any) -> None:
    """No rule back."""


def leaf(box: Box, args: Args, data: Any) -> Span:
    """Leaves are made with their domain and never read anew."""
    raise AssertionError("a leaf has no rule")


RULES: dict[str, tuple[Forward, Backward]] = {
    "add": (add, add_back), "sub": (sub, sub_back), "neg": (neg, neg_back), "mul": (mul, mul_back),
    "div": (div, div_back), "abs": (absolute, absolute_back), "max": (greatest, greatest_back),
    "maxp": (present_greatest, present_greatest_back), "between": (between_forward, between_back),
    "floor": (floor, floor_back), "mod": (mod, nothing), "hypot": (hypot, hypot_back), "sqrt": (sqrt, sqrt_back),
    "pow": (power, nothing), "sin": (sine, nothing), **LOGIC,
}  # fmt: skip
FORWARD: dict[str, Forward] = {"leaf": leaf, **{name: rule[0] for name, rule in RULES.items()}}
BACKWARD: dict[str, Backward] = {"leaf": nothing, **{name: rule[1] for name, rule in RULES.items()}}


def revise(box: Box, cell: Cell) -> None:
    """Bring a cell and its arguments into agreement. Raises ``Refuted`` when they cannot agree."""
    graph = box.graph
    op = graph.ops[cell]
    if op == "leaf":
        return
    args, data = graph.args[cell], graph.data[cell]
    domain = FORWARD[op](box, args, data)
    if isinstance(domain, tuple):
        box.narrow(cell, *domain)
    else:
        box.keep(cell, domain)
    BACKWARD[op](box, cell, args, data)
