"""The measures of the language as pixels tell them: what ``pixel_answers`` knows of functions, one method each."""

from __future__ import annotations

import math
from typing import Any

from pgt_dsl.program.oracle_plain import digits, letter, lightness
from pgt_dsl.program.program import Node
from pgt_dsl.testing.pixel_ops import Env, Ops
from pgt_dsl.testing.pixel_values import CannotTell, Rank, Span, Spot, Tint, gap, heading, span, tint_of


class Measures(Ops):
    """``read_NAME`` is what pixels tell of the function NAME; functions without one are not told."""

    # measures -------------------------------------------------------------------------------------------

    def _call(self, node: Node, env: Env) -> Any:
        rule = getattr(self, f"read_{node.attrs['name']}", None)
        if rule is None:
            raise CannotTell(f"`{node.attrs['name']}` is not read from pixels")
        return rule(*self.args(node, env))

    def read_distance(self, p: Any, q: Any) -> Span:
        """Between two places."""
        return gap(self._spot(p), self._spot(q))

    def read_direction(self, p: Any, q: Any) -> Span:
        """From one place to another, in degrees."""
        return heading(self._spot(p), self._spot(q))

    def read_turn_between(self, a: Any, b: Any) -> Span:
        """The least turn between two directions."""
        p, q = span(a), span(b)
        half = (p.high - p.low + q.high - q.low) / 2
        off = abs(((p.low + p.high - q.low - q.high) / 2 + 180) % 360 - 180)
        return Span(max(off - half, 0.0), min(off + half, 180.0))

    def read_offset(self, p: Any, a: Any, b: Any) -> Span:
        """From a line, positive to its right."""
        along, aside, loose = self._beside(self._spot(p), self._spot(a), self._spot(b))
        off = loose * (1 + abs(along) + abs(1 - along))
        return Span(aside - off, aside + off)

    def read_project(self, p: Any, a: Any, b: Any) -> Span:
        """Where a place falls along a line."""
        a, b = self._spot(a), self._spot(b)
        along, _, loose = self._beside(self._spot(p), a, b)
        off = loose * (2 + 2 * abs(along)) / gap(a, b).low
        return Span(along - off, along + off)

    def _beside(self, p: Spot, a: Spot, b: Spot) -> tuple[float, float, float]:
        """Where the middle of a place falls along a line, how far beside it, and how far each of the three may be off
        (a third more, for what is not in proportion)."""
        one, two, three = (complex(s.x.low + s.x.high, s.y.low + s.y.high) / 2 for s in (a, b, p))
        loose = max(math.hypot(s.x.high - s.x.low, s.y.high - s.y.low) / 2 for s in (a, b, p))
        if abs(two - one) < 12 * loose:
            raise CannotTell("two places are too near each other")
        found = (three - one) / (two - one)
        return found.real, found.imag * abs(two - one), loose * 4 / 3

    def read_area(self, slot: int) -> Span:
        """Pixels of the filled outline."""
        self.looked = True
        return self.masks.area(slot)

    def read_apart(self, one: int, two: int) -> Span:
        """The gap between two masks."""
        self.looked = True
        return self.masks.gap(one, two)

    def read_inside(self, inner: int, outer: int, by: Any) -> bool:
        """Whether one mask lies in what another encloses."""
        self.looked = True
        if span(by).high > 0:
            raise CannotTell("how far inside is not read from pixels")
        return self.masks.holds(inner, outer)

    def read_lightness(self, color: Any) -> Span:
        """Of a painted colour, which may be off by a level."""
        if not isinstance(color, Tint):
            raise CannotTell("no colour is painted")
        value = float(lightness("#{:02x}{:02x}{:02x}".format(*color.rgb)))
        return Span(value - 0.01, value + 0.01)

    def read_abs(self, x: Any) -> Any:
        """Size without sign."""
        if not isinstance(x, Span):
            return abs(x)
        low = 0.0 if x.low <= 0 <= x.high else min(abs(x.low), abs(x.high))
        return Span(low, max(abs(x.low), abs(x.high)))

    def read_round(self, x: Any) -> int:
        """The nearest whole number, where both bounds have the same."""
        return self._floored(Span(span(x).low + 0.5, span(x).high + 0.5))

    def read_floor(self, x: Any) -> int:
        """The whole number below, where both bounds have the same."""
        return self._floored(span(x))

    def _floored(self, x: Span) -> int:
        if x.low // 1 != x.high // 1:
            raise CannotTell("a number is near the next")
        return int(x.low // 1)

    def read_mod(self, n: Any, m: Any) -> int:
        """The remainder."""
        return self._exact(n) % self._exact(m)

    def read_letter(self, n: Any) -> str:
        """A for 0."""
        return str(letter(self._exact(n)))

    def read_digits(self, n: Any) -> str:
        """In figures."""
        return str(digits(self._exact(n)))

    # answers --------------------------------------------------------------------------------------------

    def agrees(self, value: Any, found: Any) -> bool:
        """Whether what the pixels tell is what the scene says (JSON)."""
        if isinstance(value, list):
            return isinstance(found, list) and len(value) == len(found) and all(map(self.agrees, value, found))
        if isinstance(value, Spot):
            return isinstance(found, list) and self.agrees([value.x, value.y], found)
        if isinstance(value, Span):
            return not isinstance(found, str | list) and value.low <= found <= value.high
        if isinstance(value, Tint):
            return isinstance(found, str) and found.startswith("#") and self.same(value, tint_of(found))
        if isinstance(value, Rank):
            raise CannotTell("a layer's number is not read from pixels")
        return bool(value == found)
