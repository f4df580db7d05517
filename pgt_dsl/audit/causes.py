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

Kin = str | tuple[str, ...]
PLACES: Kin = ("point", "angle")
UNSEEN = ("name", "scenery", "room", "layer")  # fields that are said or read; of a layer only overlaps are seen


class Causes:
    """The interventions on one batch of accepted scenes."""

    def __init__(self, batch: SceneBatch, seed: int = 0) -> None:
        self.ev: Evaluator = batch.ev
        self.program: Program = self.ev.program
        self._order = np.random.default_rng(seed).permutation(self.ev.rows)
        self._groups = {group.name: group for group in self.program.groups}
        self._vars = {var.name: var for var in self.program.vars}
        self._known: dict[tuple[int, tuple[str, str, str, str]], bool] = {}

        self._declared = {name: {f.name for f in kind.fields} for name, kind in self.ev.registry.kinds.items()}
        self._painted: frozenset[NodeId] | None = None

    def seen(self, group: str, field: str) -> bool:
        """Whether a field shows: one that its kind paints, or of a kind of the spec's own one from which what is
        painted is computed. A ``let`` in a block that nothing painted reads cannot be seen."""
        found = self._groups.get(group)
        if found is None or field in UNSEEN:
            return False
        if found.kind in self._declared and not found.composite:
            return field in self._declared[found.kind]
        return found.fields.get(field) in self._painting()

    def _painting(self) -> frozenset[NodeId]:
        """The nodes from which what is painted is computed."""
        if self._painted is None:
            shown = {
                node for group in self.program.groups if group.painted and not group.composite
                for name, node in group.fields.items() if name in self._declared.get(group.kind, ())
            }  # fmt: skip
            reached = {step for node in shown for step in self.ev.facts.reach(("node", node))}
            self._painted = frozenset(ident for what, ident in reached if what == "node")
        return self._painted

    def reads_photo(self, ask: int) -> bool:
        """Whether the answer is computed from what a photo has."""
        photo = self.program.background.photo
        return photo is not None and photo in self.ev.facts.vars(self.program.asks[ask].answer)

    def reads(self, ask: int, group: str, field: str, part: str = "") -> bool:
        """Whether the answer is computed from a field of a group's shapes (``part``: of the "x" or "y" of a place)."""
        return self.causal(ask, Column("", np.zeros(0), np.zeros(0, np.bool_), group, field, part))

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
        if group is None:  # the background
            return self.reads_photo(ask)
        if self.program.asks[ask].form in ("box", "boxes") and group.id in self._boxed(ask):
            return True
        if column.field == "count":
            return any(self._changed(ask, self._with_node(n, group, "")) for n in self._counts(group))
        node = group.fields.get(column.field)
        if node is None:
            return False
        if self._changed(ask, self._with_node(node, group, column.part)):
            return True
        # The places of things that are counted are how their number shows: many must stand closer than few.
        counts = self._counts(group) if self.program.nodes[node].type.base == "point" else []
        if any(self._changed(ask, self._with_node(count, group, "")) for count in counts):
            return True
        # Where an answer is a draw itself, the fields that are computed from that draw are what shows it. Where it is
        # read off a field that shows, only what is akin to that field may follow its draw, such as a colour's outline.
        drawn_alone, fields = self._said(ask)
        akin = {self._kin(node), *fields} if self._kin(node) == PLACES else {self._kin(node)}
        if self._drawn_of(node) & drawn_alone.union(*(fields.get(kin, frozenset()) for kin in akin)):
            return True
        if any(self._is_view(group, node, o) and self._changed(ask, self._with_node(o, group, ""))
               for o in group.fields.values() if o != node):  # fmt: skip
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

    def _is_view(self, group: Group, node: NodeId, other: NodeId) -> bool:
        """Whether a field is another one of the same shape in other words: a circle's size is twice its radius; where
        on the ground a composite stands is how far away it is."""
        facts, drawn = self.ev.facts, self._drawn_of(other)
        if not drawn:
            return False
        if group.composite:
            return self.program.nodes[node].type.base == "point" and ("node", other) in facts.reach(("node", node))
        tied = ("node", other) in facts.reach(("node", node)) or ("node", node) in facts.reach(("node", other))
        return tied and drawn == self._drawn_of(node)

    def deciding_parts(self, ask: int) -> frozenset[str]:
        """The groups of parts of composites that show what an answer is computed from."""
        return frozenset(
            group.name for group in self.program.groups
            if group.parent is not None and group.painted and not group.composite
            and any(self.reads(ask, group.name, f) for f in group.fields if f in self._declared.get(group.kind, ()))
        )  # fmt: skip

    def _boxed(self, ask: int) -> frozenset[int]:
        """The groups of the shapes whose boxes are the answer: all that they are made of decides."""
        facts, node = self.ev.facts, self.program.asks[ask].answer
        if self.program.nodes[node].type.base != "shape":
            return frozenset()
        drawn = {step for g in facts.groups(node) for step in facts.reach(("group", g))}
        read = {n for what, n in drawn if what == "node" and facts.vars(n)}  # constants are shared
        return frozenset(g.id for g in self.program.groups if ("group", g.id) in drawn or read & {*g.fields.values()})

    def _said(self, ask: int) -> tuple[frozenset[int], dict[Kin, frozenset[int]]]:
        """The draws that an answer reads with no shape in between; and those of fields that show, by what they are."""
        found: set[int] = set()
        fields: dict[Kin, frozenset[int]] = {}
        shown = {node for g in self.program.groups if g.painted for name, node in g.fields.items()
                 if not g.composite and self.seen(g.name, name)}  # fmt: skip
        waiting = [self.program.asks[ask].answer]
        while waiting:
            ident = waiting.pop()
            node = self.program.nodes[ident]
            if ident in shown:
                kin = self._kin(ident)
                fields[kin] = fields.get(kin, frozenset()) | self._drawn_of(ident)
            elif node.op == "var":
                found.add(node.attrs["var"])
            elif node.op != "field" and node.type.base != "shape":
                waiting += node.args
        return frozenset(found), fields

    def _kin(self, node: NodeId) -> Kin:
        """What a value is: places and turns are alike."""
        base = self.program.nodes[node].type.base
        return PLACES if base in PLACES else base

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
                for held in (*other.fields.values(), *self._counts(other)):
                    if held not in own and held != node:
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
