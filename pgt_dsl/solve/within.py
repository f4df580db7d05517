"""Pavings as columns: which box each attempt draws in, and the bounds that its laws draw within."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pgt_dsl.program.inputs import Floats, Ints
from pgt_dsl.program.program import Program, VarId
from pgt_dsl.solve.paving import Component, Lane
from pgt_dsl.solve.philox import FIRST, PAVING, uniforms

Attempts = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Within:
    """Bounds of one variable: ``low`` and ``high`` float64[B, items..., parts], nan where the law is not narrowed;
    ``span`` float64[items..., parts], the least width of what the law draws from."""

    low: Floats
    high: Floats
    span: Floats

    def bounds(self, part: int, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """The bounds of one part, and those of the law (``low``, ``high``) where it is not narrowed."""
        inner, outer = self.low[..., part], self.high[..., part]
        return np.where(np.isnan(inner), low, inner), np.where(np.isnan(outer), high, outer)

    def take(self, rows: Ints) -> Within:
        """The bounds of a selection of the rows."""
        return Within(self.low[rows], self.high[rows], self.span)


@dataclass(frozen=True, slots=True)
class _Table:
    """The k-th components of all combinations of picks: ``low`` and ``high`` float64[boxes, lanes] (nan: the lane is
    not in it); ``upto`` float64[boxes], the number of the combination plus the share of volume up to and with each."""

    low: Floats
    high: Floats
    upto: Floats


class Pavings:
    """The pavings of a program, one for each combination of picks (see ``paving.pave``)."""

    def __init__(self, program: Program, leaves: Sequence[tuple[Component, ...]]) -> None:
        self._program = program
        every = {(lane.var, lane.item, lane.part): lane for leaf in leaves for made in leaf for lane in made.lanes}
        self._lanes: dict[tuple[VarId, tuple[int, ...], int], int] = {key: k for k, key in enumerate(every)}
        self._records: list[Lane] = list(every.values())
        self._tables = [self._table(leaves, k) for k in range(max(map(len, leaves), default=0))]
        self.vars = tuple(dict.fromkeys(lane.var for lane in self._records))
        self.tied = {frozenset(lane.var for lane in made.lanes) for leaf in leaves for made in leaf}

    def _table(self, leaves: Sequence[tuple[Component, ...]], k: int) -> _Table:
        rows: list[tuple[Floats, Floats, float]] = []
        for number, leaf in enumerate(leaves):
            none = np.full(len(self._records), np.nan)
            if len(leaf) <= k:
                rows.append((none, none, number + 1.0))
                continue
            places = [self._lanes[lane.var, lane.item, lane.part] for lane in leaf[k].lanes]
            volumes = np.asarray(leaf[k].volumes)
            shares = np.cumsum(volumes / volumes.sum())
            shares[-1] = 1.0
            for box, share in zip(leaf[k].boxes, shares.tolist(), strict=True):
                low, high = none.copy(), none.copy()
                low[places], high[places] = np.transpose(box)
                rows.append((low, high, number + share))
        lows, highs, upto = zip(*rows, strict=True)
        return _Table(np.stack(lows), np.stack(highs), np.asarray(upto))

    def columns(
        self, key: int, index: npt.NDArray[np.uint64], attempt: Attempts, leaves: Ints, own: Mapping[VarId, Attempts]
    ) -> Mapping[VarId, Within]:
        """The bounds of the attempts' variables; ``leaves`` int64[B] are their combinations of picks, ``own`` as in
        ``draws.Columns``. Attempts of chains have no bounds."""
        found: dict[VarId, Within] = {}
        bounds: dict[int, tuple[Floats, Floats]] = {}  # of variables with one column of attempts, by that column
        for var in self.vars:
            numbers = own.get(var, attempt)
            if id(numbers) not in bounds:  # a block's items have attempts of their own in chains only
                bounds[id(numbers)] = self._bounds(key, index, numbers.reshape(len(numbers), -1)[:, 0], leaves)
            found[var] = self._column(var, *bounds[id(numbers)])
        return found

    def _bounds(
        self, key: int, index: npt.NDArray[np.uint64], attempt: Attempts, leaves: Ints
    ) -> tuple[Floats, Floats]:
        free = attempt >= FIRST
        u = uniforms(key, index, PAVING, attempt, len(self._tables))
        low = np.full((len(leaves), len(self._records)), np.nan)
        high = low.copy()
        for k, table in enumerate(self._tables):
            box = np.searchsorted(table.upto, leaves + u[:, k], side="right")
            inside = ~(np.isnan(table.low[box]) | free[:, None])
            np.copyto(low, table.low[box], where=inside)
            np.copyto(high, table.high[box], where=inside)
        return low, high

    def _column(self, ident: VarId, low: Floats, high: Floats) -> Within:
        var = self._program.vars[ident]
        sizes = tuple(self._program.axes[a].size for a in sorted(var.axes))
        parts = 2 if var.type.base == "point" else 1
        lows, highs = (np.full((len(low), *sizes, parts), np.nan) for _ in range(2))
        span = np.ones((*sizes, parts))
        for k, lane in enumerate(self._records):
            if lane.var == ident:
                place: tuple[slice | int, ...] = (slice(None), *lane.item, lane.part)
                lows[place], highs[place] = low[:, k], high[:, k]
                span[place[1:]] = lane.span
        return Within(lows, highs, span)
