"""The cells of the interval reading: a program unrolled into scalar operations, each with a domain.

A cell is a number (bools are 0 or 1), held in a closed interval, or one of a finite set (colours, forms, texts, shapes,
places in a list), held in a ``frozenset`` (None: nothing is known). Arguments have smaller numbers than their cell, and
equal cells are one cell, so that ``x - x`` is 0.

Rounding: a cell's value may lie outside its interval by ``slack`` (1e-9 of its size and of 1), and nothing is called
impossible for less.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pgt_dsl.program.interval_graph import Graph

Cell = int
Members = frozenset[Any]
INF = math.inf
SLACK = 1e-9


class Refuted(Exception):
    """A domain became empty: what was assumed cannot hold together."""


class Pt(NamedTuple):
    """A point or vector: the cells of its coordinates."""

    x: Cell
    y: Cell


class Ls(NamedTuple):
    """A list: what stands at each place, and the bool cells that say whether something does."""

    items: tuple[Val, ...]
    there: tuple[Cell, ...]


Val = Cell | Pt | Ls


def slack(x: float) -> float:
    """How far a number of this size may be off by rounding."""
    return SLACK * (1 + abs(x)) if math.isfinite(x) else 0.0


class Box:
    """The domains of all cells: ``lo``, ``hi`` of numbers, ``sets`` of the rest. ``dirty`` holds what changed."""

    __slots__ = ("dirty", "graph", "hi", "lo", "sets")

    def __init__(self, graph: Graph, lo: list[float], hi: list[float], sets: list[Members | None]) -> None:
        self.graph, self.lo, self.hi, self.sets = graph, lo, hi, sets
        self.dirty: deque[Cell] = deque()

    def copy(self) -> Box:
        """The same domains, to be narrowed apart; cells that were made since have what follows from the laws."""
        made = Box(self.graph, self.lo.copy(), self.hi.copy(), self.sets.copy())
        made.grow()
        return made

    def grow(self) -> None:
        """Take in the cells that were made since."""
        known, first = len(self.lo), self.graph.box
        if known < len(first.lo):
            self.lo += first.lo[known:]
            self.hi += first.hi[known:]
            self.sets += first.sets[known:]

    def narrow(self, cell: Cell, low: float, high: float) -> None:
        """Meet a number's domain with an interval. Raises ``Refuted`` when nothing is left."""
        if self.graph.whole[cell]:
            low = math.ceil(low - 1e-6) if math.isfinite(low) else low
            high = math.floor(high + 1e-6) if math.isfinite(high) else high
        old_low, old_high = self.lo[cell], self.hi[cell]
        changed = False
        if low > old_low + slack(low) / 8:
            old_low, changed = low, True
        if high < old_high - slack(high) / 8:
            old_high, changed = high, True
        if not changed:
            return
        if old_low > old_high:
            if self.graph.whole[cell] or old_low > old_high + slack(old_high):
                raise Refuted
            old_low = old_high = (old_low + old_high) / 2
        self.lo[cell], self.hi[cell] = old_low, old_high
        self.dirty.append(cell)

    def keep(self, cell: Cell, members: Members | None) -> None:
        """Meet a set's domain with a set. Raises ``Refuted`` when nothing is left."""
        if members is None:
            return
        old = self.sets[cell]
        left = members if old is None else old & members
        if not left:
            raise Refuted
        if old is None or len(left) < len(old):
            self.sets[cell] = left
            self.dirty.append(cell)

    def apart(self, a: Cell, b: Cell) -> bool:
        """Whether two cells surely differ."""
        if self.graph.is_set[a]:
            p, q = self.sets[a], self.sets[b]
            return p is not None and q is not None and not (p & q)
        low, high = max(self.lo[a], self.lo[b]), min(self.hi[a], self.hi[b])
        return low > high + slack(high)

    def meet(self, a: Cell, b: Cell) -> None:
        """Both cells have one value."""
        if self.graph.is_set[a]:
            self.keep(a, self.sets[b])
            self.keep(b, self.sets[a])
            return
        self.narrow(a, self.lo[b], self.hi[b])
        self.narrow(b, self.lo[a], self.hi[a])

    def join(self, other: Box) -> None:
        """Widen every domain to hold the other's too."""
        self.lo = list(map(min, self.lo, other.lo))
        self.hi = list(map(max, self.hi, other.hi))
        self.sets = [None if p is None or q is None else p if p is q else p | q
                     for p, q in zip(self.sets, other.sets, strict=True)]  # fmt: skip

    def true(self, cell: Cell) -> bool:
        """Whether a bool cell is surely true."""
        return self.lo[cell] >= 1

    def false(self, cell: Cell) -> bool:
        """Whether a bool cell is surely false."""
        return self.hi[cell] <= 0
