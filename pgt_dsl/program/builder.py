"""The builder of programs: hash-conses nodes, numbers axes, variables and groups, and knows each op's sizes.

Lowering uses it for specs, and tests use it to write programs by hand.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pgt_dsl.program.datatypes import Type, type_of
from pgt_dsl.program.program import (
    Axis,
    AxisId,
    Constraint,
    Group,
    GroupId,
    Json,
    Law,
    Node,
    NodeId,
    Origin,
    Var,
    VarId,
)

NOWHERE = Origin()


class Builder:
    """Collects the parts of a ``Program``. Equal nodes are one node."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.axes: list[Axis] = []
        self.vars: list[Var] = []
        self.groups: list[Group] = []
        self.constraints: list[Constraint] = []
        self.slots = 0
        self._known: dict[str, NodeId] = {}

    # nodes ------------------------------------------------------------------------------------

    def node(
        self,
        op: str,
        type: Type | str,
        args: Sequence[NodeId] = (),
        attrs: Mapping[str, Json] | None = None,
        sizes: Sequence[int] = (),
        axes: Iterable[AxisId] = (),
    ) -> NodeId:
        """Add (or find) a node. Its axes are the union of its arguments' and ``axes``, less a loop's own axis."""
        kind = type_of(type) if isinstance(type, str) else type
        attrs = dict(attrs or {})
        depends = set(axes)
        for arg in args:
            depends.update(self.nodes[arg].axes)
        if op in ("elem", "axis"):
            depends.add(attrs["axis"])
        if op == "loop":
            depends.discard(attrs["axis"])
            for source in self.axes[attrs["axis"]].lists:
                depends.update(self.nodes[source].axes)
            count = self.axes[attrs["axis"]].count
            if count is not None:
                depends.update(self.nodes[count].axes)
        if op == "var":
            depends.update(self.vars[attrs["var"]].axes)
        ordered = tuple(sorted(depends))
        key = json.dumps([op, str(kind), list(args), attrs, list(sizes), ordered], sort_keys=True)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.nodes)
            self.nodes.append(Node(op, kind, tuple(args), attrs, ordered, tuple(sizes)))
        return found

    def const(self, type: Type | str, value: Json, unit: str = "") -> NodeId:
        """A constant; lists are nested JSON lists (ragged ones are padded by the evaluator)."""
        kind = type_of(type) if isinstance(type, str) else type
        attrs: dict[str, Json] = {"value": value}
        if unit:
            attrs["unit"] = unit
        return self.node("const", kind, (), attrs, _sizes(value, kind.rank))

    def type(self, node: NodeId) -> Type:
        """The type of a node."""
        return self.nodes[node].type

    def size(self, node: NodeId) -> int:
        """The static bound of a list node's outermost dimension."""
        return self.nodes[node].sizes[0]

    def reach(
        self, roots: Iterable[NodeId], beyond: Callable[[Node], Iterable[NodeId]] | None = None
    ) -> Iterator[NodeId]:
        """The nodes that ``roots`` depend on through arguments, and themselves, each once; ``beyond`` adds what a node
        depends on otherwise (the lists of a loop, the count of a block, the node of a field)."""
        seen: set[NodeId] = set()
        waiting = list(roots)
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            yield node
            waiting.extend(self.nodes[node].args)
            if beyond is not None:
                waiting.extend(beyond(self.nodes[node]))

    # axes, variables, groups ----------------------------------------------------------------------

    def loop_axis(self, lists: Sequence[NodeId], pairs: bool = False) -> AxisId:
        """A loop over one list, over a product of lists, or over the unordered pairs of one."""
        size = 1
        for source in lists:
            size *= self.size(source)
        if pairs:
            n = self.size(lists[0])
            size = n * (n - 1) // 2
        axis = Axis(len(self.axes), size, "loop", tuple(lists), pairs)
        self.axes.append(axis)
        return axis.id

    def block_axis(self, size: int, count: NodeId | None = None) -> AxisId:
        """A block axis of at most ``size`` items; ``count`` is the number of items in a scene (None: all)."""
        axis = Axis(len(self.axes), size, "block", count=count)
        self.axes.append(axis)
        return axis.id

    def elem(self, axis: AxisId, part: int = 0) -> NodeId:
        """The current item of a loop's ``part``-th list (of a pair: 0 or 1)."""
        record = self.axes[axis]
        source = record.lists[0 if record.pairs else part]
        node = self.nodes[source]
        return self.node("elem", node.type.item, (source,), {"axis": axis, "part": part}, node.sizes[1:])

    def position(self, axis: AxisId) -> NodeId:
        """The position along an axis, from 0."""
        return self.node("axis", "int", (), {"axis": axis})

    def loop(self, axis: AxisId, body: NodeId, where: NodeId | None = None) -> NodeId:
        """The list of ``body`` over an axis, less the items for which ``where`` is false."""
        node = self.nodes[body]
        args = (body,) if where is None else (body, where)
        return self.node("loop", node.type.listed, args, {"axis": axis}, (self.axes[axis].size, *node.sizes))

    def var(
        self,
        name: str,
        type: Type | str,
        law: Law,
        role: str = "let",
        axes: Sequence[AxisId] = (),
        sizes: Sequence[int] = (),
        origin: Origin = NOWHERE,
    ) -> NodeId:
        """A drawn variable, as a ``var`` node."""
        kind = type_of(type) if isinstance(type, str) else type
        ident: VarId = len(self.vars)
        self.vars.append(Var(ident, name, kind, law, role, tuple(axes), tuple(sizes), origin))  # type: ignore[arg-type]
        return self.node("var", kind, (), {"var": ident}, sizes)

    def group(self, name: str, kind: str, axes: Sequence[AxisId] = (), **settings: object) -> GroupId:
        """A group of shapes with its slots; further settings are those of ``Group``."""
        size = 1
        for axis in axes:
            size *= self.axes[axis].size
        ident: GroupId = len(self.groups)
        group = Group(ident, name, kind, self.slots, size, tuple(axes), **settings)  # type: ignore[arg-type]
        self.groups.append(group)
        self.slots += size
        return ident

    def update_group(self, ident: GroupId, **settings: object) -> None:
        """Replace settings of a group."""
        self.groups[ident] = replace(self.groups[ident], **settings)  # type: ignore[arg-type]

    def shapes_of(self, ident: GroupId) -> NodeId:
        """The group as a shape (no axes) or as a list of its shapes."""
        group = self.groups[ident]
        if not group.axes:
            return self.node("group", "shape", (), {"group": ident})
        return self.node("group", "shape[]", (), {"group": ident}, (group.size,))

    def field(self, shape: NodeId, name: str, type: Type | str, groups: Sequence[GroupId]) -> NodeId:
        """A field of a shape that may belong to any of ``groups``."""
        kind = type_of(type) if isinstance(type, str) else type
        sizes: tuple[int, ...] = ()
        if kind.rank:
            sizes = tuple(
                max(column)
                for column in zip(
                    *(self.nodes[self.groups[g].fields[name]].sizes for g in groups if name in self.groups[g].fields),
                    strict=True,
                )
            )
        return self.node("field", kind, (shape,), {"name": name, "groups": list(groups)}, sizes)


def _sizes(value: Json, rank: int) -> tuple[int, ...]:
    """The largest length of each list dimension of a nested list."""
    if rank == 0:
        return ()
    inner = [_sizes(item, rank - 1) for item in value]
    return (len(value), *(max((s[k] for s in inner), default=0) for k in range(rank - 1)))
