"""A scene changed, and what is foreseen of it: two readings of the same rows that must agree.

``Moved`` gives the shapes' fields their changed values and measures everything anew. ``Foreseen`` measures nothing that
is changed: it takes each measure's value on the scene as it was (for arguments changed back), and changes that value
as the measure declares. Both read the same nodes, so what they disagree about is a measure, an outline or an edge that
does not answer to the change as it should: a sign, an axis, a unit, a place that is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.plugins.extension import Function
from pgt_dsl.program import running, shapes
from pgt_dsl.program.calls import Call
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.facts import OBJECT
from pgt_dsl.program.inputs import Array, Bools, Value
from pgt_dsl.program.outlines import CANVAS
from pgt_dsl.program.program import Group, Node, NodeId
from pgt_dsl.testing.moves import FAMILIES, Moves, response

EVERYTHING = "none"


class Change:
    """The changes of the rows of ``was``, an evaluator of scenes as they are: the fields that they give to shapes."""

    def __init__(self, was: Evaluator, moves: Moves) -> None:
        self.was, self.moves = was, moves

    @cached_property
    def columns(self) -> dict[tuple[int, str], Value]:
        """The changed fields of the shapes that are painted or annotated, by group and name."""
        found: dict[tuple[int, str], Value] = {}
        for group in self.groups:
            for name, how in self._responses(group).items():
                found[group.id, name] = self._changed(group, name, how)
        return found

    @cached_property
    def groups(self) -> list[Group]:
        """The groups whose fields are changed; those of virtual shapes follow from others."""
        every = self.was.program.groups
        return [g for g in every if g.painted or g.composite or g.kind in (OBJECT, CANVAS)]

    @cached_property
    def nodes(self) -> dict[NodeId, Value]:
        """The changed values of the nodes that are fields, where all that read a node change it alike."""
        ways: dict[NodeId, set[str]] = {}
        for group in self.groups:
            declared = self._responses(group)
            for name, node in group.fields.items():
                ways.setdefault(node, set()).add(declared.get(name, "same"))
        found: dict[NodeId, Value] = {}
        for group in self.groups:
            for name, how in self._responses(group).items():
                field = group.fields.get(name)
                node = -1 if field is None else field
                if field is None or ways[node] != {how} or self.was.program.nodes[node].op in ("const", "canvas"):
                    continue
                if ":" in how:  # the partner may have other axes: such nodes are only read as columns
                    continue
                value = self.was.value(node)
                found[node] = Value(self.moves.apply(value.data, how), value.mask)
        return found

    @cached_property
    def unsure(self) -> Bools:
        """The rows in which a kind does not say how its outline answers: bool[B]."""
        kinds = {g.kind for g in self.was.program.groups if g.painted and not g.composite}
        open_ = any(self.was.registry.kinds[kind].relations is None for kind in kinds)
        known = self.moves.of_family("shift") | self.moves.of_family("recolor")
        return ~known if open_ else np.zeros(len(self.moves), np.bool_)

    def _responses(self, group: Group) -> dict[str, str]:
        """The fields of a group that change, and how."""
        kind = self.was.registry.kinds.get(group.kind)
        declared: Mapping[str, str] = (kind.relations or {}) if kind is not None else {}
        nodes, found = self.was.program.nodes, {}
        names = dict.fromkeys([*group.fields, *(("at", "width", "height") if group.kind == OBJECT else ())])
        for name in names:
            node = group.fields.get(name)
            if node is not None:
                how = response(declared, name, nodes[node].type)
            else:
                how = "place" if name == "at" else declared.get(name, "length")
            if name in ("x", "y") or how != "same":
                found[name] = f"{name}:at" if name in ("x", "y") else how
        return found

    def _changed(self, group: Group, name: str, how: str) -> Value:
        value = shapes.column(self.was, group.id, name)
        kind, _, partner = how.partition(":")
        if not partner:
            return Value(self.moves.apply(value.data, how), value.mask)
        other = shapes.column(self.was, group.id, partner).data
        if kind in ("x", "y"):
            other = other.imag if kind == "x" else other.real
        return Value(self.moves.apply(value.data, how, other), value.mask)

    def put_into(self, ev: Evaluator) -> None:
        """Give an evaluator that has read nothing the changed fields."""
        for (group, name), value in self.columns.items():
            ev.put(("column", group, name), value)
        for node, value in self.nodes.items():
            ev.put(("value", node), value)

    def outline(self, group: Group) -> Outline:
        """The changed outlines of a group."""
        o = self.was.outline(group.id)
        scale = np.abs(self.moves.a)[:, None, None]
        return Outline(self.moves.apply(o.verts, "place"), o.count, o.closed, o.radius * scale)


class Moved(Evaluator):
    """The rows changed, and measured anew."""

    def __init__(self, change: Change) -> None:
        was = change.was
        super().__init__(was.program, was.inputs, was.registry, was.facts)
        change.put_into(self)
        for group in was.program.groups:
            if group.kind in (CANVAS, OBJECT):
                made = change.outline(group)
                rows = max(made.verts.shape[0], made.count.shape[0])
                parts: tuple[Array, ...] = (made.verts, made.count, made.closed, made.radius)
                verts, count, closed, radius = (np.broadcast_to(p, (rows, *p.shape[1:])) for p in parts)
                self.put(("outline", group.id), Outline(verts, count, closed, radius))


class Foreseen(Evaluator):
    """What is foreseen of the rows. ``unsure``: those in which something does not say how it answers."""

    def __init__(self, change: Change) -> None:
        was = change.was
        super().__init__(was.program, was.inputs, was.registry, was.facts)
        self.change = change
        self.unsure = change.unsure.copy()
        self.asked: set[str] = set()
        change.put_into(self)
        self.put(("order",), was.paint_order())
        for group in was.program.groups:
            if group.painted or group.composite or group.kind in (CANVAS, OBJECT):
                self.put(("bounds", group.id), change.moves.boxes(was.bounds(group.id)))

    def call_of(self, node: Node) -> Call:
        """The arguments as they were before the change, to be measured on the scene as it was."""
        call = super().call_of(node)
        function = self.registry.functions[node.attrs["name"]]
        names = parameters(function)
        args = []
        for k, (arg, type) in enumerate(zip(call.args, call.types, strict=True)):
            how = response(function.relations or {}, names[k] if k < len(names) else "", type)
            data = arg.data if type.base == "shape" else self.change.moves.apply(arg.data, how, back=True)
            args.append(Value(data, arg.mask))
        return Call(self.change.was, tuple(args), call.types, call.result, call.sizes, call.groups)

    def call(self, node: Node) -> Value:
        """What a function's value becomes."""
        function = self.registry.functions[node.attrs["name"]]
        self.asked.add(function.name)
        value = super().call(node)
        declared = function.relations
        if declared is None or EVERYTHING in declared:
            self.unsure[:] = True
            return value
        for family in FAMILIES:
            if family in declared:
                self.unsure |= self.change.moves.of_family(family)
        how = response(declared, "result", node.type)
        other: Array | None = None
        if ":" in how:
            partner = self.registry.functions[how.partition(":")[2]]
            other = np.asarray(running.run(self, node, partner.value).data)
        data = self.change.moves.apply(value.data, how, other)
        if how == "heading":
            data = np.mod(data, 360.0)
        return Value(data, value.mask)


def parameters(function: Function) -> list[str]:
    """The names of the parameters of a function."""
    inner = function.signature.partition("(")[2].rpartition(")")[0]
    depth, names, start = 0, [], 0
    for k, sign in enumerate(inner + ","):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            names.append(inner[start:k].partition(":")[0].strip())
            start = k + 1
    return [name for name in names if name]
