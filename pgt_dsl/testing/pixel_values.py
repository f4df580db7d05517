"""Values that pixels tell, with bounds, and what can be said of two of them.

A value read from pixels is a ``Span`` (a real number between two), a ``Spot`` (a place), a ``Rank`` (where a shape lies
in the stack), a ``Tint``, or a plain value. ``CannotTell`` is raised where pixels leave a question open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

ALIKE, OTHER = 3, 12  # levels (0..255): painted colours that differ by no more, by more


class CannotTell(Exception):
    """Pixels leave it open."""


@dataclass(frozen=True, slots=True)
class Span:
    """A real number from ``low`` to ``high``."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A place, each of its coordinates a ``Span`` (px)."""

    x: Span
    y: Span


@dataclass(frozen=True, slots=True)
class Rank:
    """Where the shape in a slot lies in the stack; ``sign`` is -1 where what is asked for is turned round."""

    slot: int
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Tint:
    """A colour as it is painted: 0..255 each."""

    rgb: tuple[int, int, int]


def tint_of(code: str) -> Tint:
    """``"#rrggbb"`` as it is painted."""
    return Tint((int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)))


def levels(a: Tint, b: Tint) -> int:
    """By how many levels two colours differ."""
    return max(abs(x - y) for x, y in zip(a.rgb, b.rgb, strict=True))


def span(value: Any) -> Span:
    """A number as a ``Span``."""
    if isinstance(value, Span):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CannotTell(f"{type(value).__name__} is no number")
    return Span(float(value), float(value))


def less(a: Any, b: Any, equal: bool = False) -> bool:
    """Whether a < b (``equal``: or a == b), where the bounds tell."""
    p, q = span(a), span(b)
    if p.high < q.low or (equal and p.high <= q.low):
        return True
    if p.low > q.high or (not equal and p.low >= q.high):
        return False
    raise CannotTell("two numbers are too near each other")


def gap(p: Spot, q: Spot) -> Span:
    """The distance of two places."""
    low = math.hypot(*(max(0.0, b.low - a.high, a.low - b.high) for a, b in ((p.x, q.x), (p.y, q.y))))
    high = math.hypot(*(max(b.high - a.low, a.high - b.low) for a, b in ((p.x, q.x), (p.y, q.y))))
    return Span(low, high)


def heading(p: Spot, q: Spot) -> Span:
    """The direction from p to q, in degrees; bounds may go beyond 0 and 360."""
    dx, dy = Span(q.x.low - p.x.high, q.x.high - p.x.low), Span(q.y.low - p.y.high, q.y.high - p.y.low)
    if dx.low <= 0 <= dx.high and dy.low <= 0 <= dy.high:
        raise CannotTell("two places are too near each other")
    middle = math.atan2(dy.low + dy.high, dx.low + dx.high)
    off = [
        (math.atan2(y, x) - middle + math.pi) % (2 * math.pi) - math.pi
        for x in (dx.low, dx.high)
        for y in (dy.low, dy.high)
    ]
    return Span(math.degrees(middle + min(off)), math.degrees(middle + max(off)))
