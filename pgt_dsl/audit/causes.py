"""Which columns an answer is computed from: each is exchanged between scenes, all else held.

A column whose exchange never changes the answer is a *nuisance*: to depend on it is a leak. This is finer than to
follow the program's arrows: an area is computed from an outline, an outline from a place, yet no area depends on one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pgt_dsl.audit.table import Column
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.inputs import Array, Drawn, Value
from pgt_dsl.program.program import Group, NodeId, Program
from pgt_dsl.solve.reject import SceneBatch

PLACES = ("point", "angle")


class Causes:
    """The interventions on one batch of accepted scenes."""

    def __init__(self, batch: SceneBatch, seed: int = 0) -> None:
        self.ev: Evaluator = batch.ev
        self.program: Program = self.ev.program
        self._order = np.random.default_rng(seed).permutation(self.ev.rows)
        self._groups = {group.name: group for group in self.program.groups}
        self._vars = {var.name: var for var in self.program.vars}
        self._known: dict[tuple[int, tuple[str, str, str, str]], bool] = {}

    def of(self, ask: int, columns: Sequence[Column]) -> list[bool]:
        """For each column whether the answer is computed from it."""
        return [self.causal(ask, column) for column in columns]

    def causal(self, ask: int, column: Column) -> bool:
        """Whether to exchange a column between scenes changes the answer in any of them."""
        for source in column.alike or (column.source,):
            key = ask, source
            if key not in self._known:
                group, field, part, var = source
                one = replace(column, group=group, field=field, part=part, var=var, alike=())
                self._known[key] = self._causal(ask, one)
            if self._known[key]:
                return True
        return False

    def _causal(self, ask: int, column: Column) -> bool:
        if column.var:
            var = self._vars.get(column.var)
            return var is not None and self._changed(ask, self._with_var(var.id))
        group = self._groups.get(column.group)
        if group is None:
            return False
        if column.field == "count":
            return any(self._changed(ask, self._with_node(n, group, "")) for n in self._counts(group))
        node = group.fields.get(column.field)
        if node is None:
            return False
        if self._changed(ask, self._with_node(node, group, column.part)):
            return True
        # Another view of what the answer reads: the middle of a line whose end decides. Only of places and turns: that
        # a size follows what decides is a leak, however it came about.
        if self.program.nodes[node].type.base not in PLACES:
            return False
        drawn = self._drawn_of(node)
        return any(
            drawn & self._drawn_of(other) and self._changed(ask, self._with_node(other, group, ""))
            for other in group.fields.values()
            if other != node and self.program.nodes[other].type.base in PLACES
        ) and not self._is_other_axis(ask, column, node, group)

    def _drawn_of(self, node: NodeId) -> frozenset[int]:
        return self.ev.facts.vars(node)

    def _is_other_axis(self, ask: int, column: Column, node: NodeId, group: Group) -> bool:
        """Whether it is the x of a place whose y decides, or the other way round."""
        other = {"x": "y", "y": "x"}.get(column.part)
        return other is not None and self._changed(ask, self._with_node(node, group, other))

    def _counts(self, group: Group) -> list[NodeId]:
        found = (self.program.axes[axis].count for axis in group.axes)
        return [node for node in found if node is not None]

    def _family(self, group: Group) -> set[int]:
        """A group, what it is part of, and its parts: they are one thing in the picture."""
        found = {group.id}
        while group.parent is not None:
            group = self.program.groups[group.parent]
            found.add(group.id)
        grown = True
        while grown:
            more = {g.id for g in self.program.groups if g.parent in found} - found
            grown = bool(more)
            found |= more
        return found

    def _base(self, without: int = -1) -> Evaluator:
        made = Evaluator(self.program, self.ev.inputs, self.ev.registry, self.ev.facts)
        for var in self.program.vars:
            if var.id != without:
                made.put(("var", var.id), self.ev.drawn(var.id))
        return made

    def _with_var(self, var: int) -> Evaluator:
        made = self._base(var)
        drawn = self.ev.drawn(var)
        made.put(("var", var), Drawn(self._exchanged(drawn.value, ""), drawn.ok))
        return made

    def _with_node(self, node: NodeId, group: Group, part: str) -> Evaluator:
        made = self._base()
        family = self._family(group)
        reach = self.ev.facts.reach
        own = {
            n for g in family for n in self.program.groups[g].fields.values() if ("node", node) in reach(("node", n))
        }
        for other in self.program.groups:
            if other.id not in family:
                for held in other.fields.values():
                    if held not in own:
                        made.put(("value", held), self.ev.value(held))
        made.put(("value", node), self._exchanged(self.ev.value(node), part))
        return made

    def _exchanged(self, value: Value, part: str) -> Value:
        data: Array = np.broadcast_to(value.data, (self.ev.rows, *value.data.shape[1:]))
        moved = data[self._order]
        if part == "x":
            moved = moved.real + 1j * data.imag
        elif part == "y":
            moved = data.real + 1j * moved.imag
        mask = value.mask
        if mask is not None:
            mask = np.broadcast_to(mask, (self.ev.rows, *mask.shape[1:]))[self._order]
        return Value(moved, mask)

    def _changed(self, ask: int, other: Evaluator) -> bool:
        node = self.program.asks[ask].answer
        try:
            before, after = self.ev.value(node), other.value(node)
            lost = not np.array_equal(_rows(other.defined(node), other.rows), _rows(self.ev.defined(node), other.rows))
        except (PgtError, IndexError, ValueError):  # no such scene can be measured: it surely matters
            return True
        a, b = _rows(before.data, other.rows), _rows(after.data, other.rows)
        if lost or a.shape != b.shape:
            return True
        for mask in (before.mask, after.mask):
            if mask is not None:
                there = np.broadcast_to(mask, a.shape)
                a, b = np.where(there, a, 0), np.where(there, b, 0)
        if a.dtype.kind in "fc":
            return not bool(np.allclose(a, b, rtol=1e-6, atol=1e-6, equal_nan=True))
        return not np.array_equal(a, b)


def _rows(data: Any, rows: int) -> Array:
    return np.asarray(np.broadcast_to(data, (rows, *np.shape(data)[1:])))
