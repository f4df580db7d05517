"""The source of drawn columns for a batch: each variable from its law and its own stream of random numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pgt_dsl.program import lists, loops
from pgt_dsl.program.inputs import Array, Bools, Drawn, Floats, Ints, Value, take_rows
from pgt_dsl.program.program import NodeId, Var, VarId
from pgt_dsl.solve.philox import TWIN, uniforms
from pgt_dsl.solve.within import Within

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator


@dataclass(frozen=True, slots=True)
class Columns:
    """Draws for rows (index, attempt). ``fixed`` are columns set from outside (strata); ``parts`` the bin numbers of
    picks by bins; ``own`` the attempts of variables that have others than their row: uint32[B], or uint32[B, axes...]
    where each item has its own; ``within`` the bounds of variables that are drawn within some. ``twin`` marks second
    copies, whose ``moves`` are drawn from a stream of their own."""

    key: int
    index: npt.NDArray[np.uint64]
    attempt: npt.NDArray[np.uint32]
    fixed: Mapping[VarId, Value] = field(default_factory=dict)
    parts: Mapping[VarId, Ints] = field(default_factory=dict)
    twin: Bools | None = None
    moves: frozenset[VarId] = frozenset()
    within: Mapping[VarId, Within] = field(default_factory=dict)
    own: Mapping[VarId, npt.NDArray[np.uint32]] = field(default_factory=dict)

    def draw(self, evaluator: Evaluator, var: Var) -> Drawn:
        """The column of a variable; see ``inputs.Draws``."""
        from pgt_dsl.solve.laws import draw  # laws are told what a Stream is

        if var.id in self.fixed:
            return Drawn(self.fixed[var.id])
        return draw(Stream(evaluator, var, self, tuple(evaluator.program.axes[a].size for a in sorted(var.axes))))

    def take(self, rows: Ints) -> Columns:
        """The same draws for a selection of the rows."""
        return replace(
            self,
            index=self.index[rows],
            attempt=self.attempt[rows],
            fixed={k: take_rows(v, rows) for k, v in self.fixed.items()},
            parts={k: take_rows(v, rows) for k, v in self.parts.items()},
            twin=None if self.twin is None else self.twin[rows],
            within={k: v.take(rows) for k, v in self.within.items()},
            own={k: v[rows] for k, v in self.own.items()},
        )


@dataclass(frozen=True, slots=True)
class Stream:
    """What a law draws from: the arguments of one variable and its numbers. ``items`` are the dimensions after the
    rows: the variable's axes by rising id, then the items of a ``repeat``."""

    ev: Evaluator
    var: Var
    columns: Columns
    items: tuple[int, ...]

    @property
    def axes(self) -> tuple[int, ...]:
        """The axes of the variable, by rising id."""
        return tuple(sorted(self.var.axes))

    @property
    def more(self) -> int:
        """How many dimensions of ``items`` are no axes."""
        return len(self.items) - len(self.axes)

    @property
    def within(self) -> Within | None:
        """The bounds that the variable is drawn within; None where its law is not narrowed."""
        return self.columns.within.get(self.var.id)

    def repeated(self, size: int) -> Stream:
        """The same with one more dimension of independent items."""
        return replace(self, items=(*self.items, size))

    def spread(self, data: Array, node: NodeId) -> Array:
        """A node's data aligned with the items: its list dimensions stay last."""
        have = self.ev.program.nodes[node].axes
        data = loops.fit(data, have, self.axes)
        at = 1 + len(self.axes)
        return data.reshape(*data.shape[:at], *(1,) * self.more, *data.shape[at:])

    def arg(self, node: NodeId) -> Array:
        """A scalar argument: ``[B or 1, items...]``."""
        return self.spread(self.ev.value(node).data, node)

    def listed(self, node: NodeId) -> tuple[Array, Bools]:
        """A list argument: data and mask ``[B or 1, items..., n, inner...]``."""
        value = self.ev.value(node)
        assert value.mask is not None
        data, mask = lists.masked(lists.roomy(value, 1 + len(self.ev.program.nodes[node].axes)))
        return self.spread(data, node), self.spread(mask, node)

    def uniforms(self, lanes: int, round: int = 0, rows: Ints | None = None) -> Floats:
        """float64[B (or the chosen rows), items..., lanes]; rounds have numbers of their own."""
        columns = self.columns
        attempt = columns.own.get(self.var.id, columns.attempt)
        if columns.twin is not None and self.var.id in columns.moves:
            attempt = np.where(columns.twin, attempt | np.uint32(TWIN), attempt).astype(np.uint32)
        index = columns.index
        if rows is not None:
            index, attempt = index[rows], attempt[rows]
        count = int(np.prod(self.items, dtype=np.int64)) * lanes
        first = round * (count + count % 2)
        if attempt.ndim > 1:
            attempt = attempt.reshape(len(index), -1).repeat(count // int(np.prod(attempt.shape[1:])), axis=1)
        found = uniforms(columns.key, index, self.var.id, attempt, count, first)
        return found.reshape(len(index), *self.items, lanes)
