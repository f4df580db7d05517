"""What an answer is a definition of: the fields of shapes, the numbers of them and the draws that it reads.

Whatever else the picture or the question shows is beside the point: an answer that hangs on it can be guessed. What the
answer does read tells something about it by itself: a shape far on the left is more often left of another. That is
geometry, not a shortcut, and it is told apart by the walk through the program here.
"""

from __future__ import annotations

from dataclasses import dataclass

from pgt_dsl.program.facts import Facts
from pgt_dsl.program.program import DERIVED_FIELDS, Ask, GroupId, NodeId, Program, VarId

COLOURS = ("color",)  # bases of fields that geometry does not read
SEEING = ("contrast", "visible")  # functions that read all that is painted


@dataclass(frozen=True)
class Causes:
    """``fields``: (group, name) of fields; ``counts``: groups of which it matters how many there are; ``draws``: the
    variables that the answer reads without a shape in between; ``seeing``: whether all that is painted matters."""

    program: Program
    facts: Facts
    fields: frozenset[tuple[GroupId, str]]
    counts: frozenset[GroupId]
    draws: frozenset[VarId]
    seeing: bool

    @property
    def groups(self) -> frozenset[GroupId]:
        """The groups of which the answer reads anything."""
        return frozenset(group for group, _ in self.fields) | self.counts

    def counted(self, group: GroupId) -> bool:
        """Whether how many shapes a group has is of the answer's causes, or shown by them."""
        if self.seeing or group in self.counts:
            return True
        counts = [self.program.axes[a].count for a in self.program.groups[group].axes]
        return any(self._shows(node) for node in counts if node is not None)

    def drawn(self, var: VarId) -> bool:
        """Whether a draw decides anything that the answer reads."""
        if var in self.draws:
            return True
        nodes = [self.program.groups[g].fields.get(name) for g, name in self.fields]
        nodes += [self.program.axes[a].count for g in self.counts for a in self.program.groups[g].axes]
        return any(var in self.facts.vars(node) for node in nodes if node is not None)

    def field(self, group: GroupId, name: str) -> bool:
        """Whether a field is of the answer's causes: read by it, another word for what is read (``radius`` and
        ``size`` of one shape), or the picture of a draw that it reads."""
        if self.seeing or (group, name) in self.fields:
            return True
        node = self.program.groups[group].fields.get(name)
        if node is None:
            return any(g == group for g, _ in self.fields)
        if self._shows(node):
            return True
        own = [self.program.groups[g].fields.get(n) for g, n in self.fields if g == group]
        return any(other is not None and self._alias(node, other) for other in own)

    def _shows(self, node: NodeId) -> bool:
        return bool(self.facts.vars(node) & self.draws)

    def _alias(self, one: NodeId, other: NodeId) -> bool:
        """Whether one is computed from the other, or both from a draw that is a field of the shape."""
        reach = self.facts.reach
        if ("node", one) in reach(("node", other)) or ("node", other) in reach(("node", one)):
            return True
        shared = self.facts.vars(one) & self.facts.vars(other)
        return any(self.program.vars[var].role == "field" for var in shared)


def causes(program: Program, facts: Facts, ask: Ask) -> Causes:
    """What the answer of a question reads."""
    walk = _Walk(program, facts)
    walk.node(ask.answer)
    return Causes(program, facts, frozenset(walk.fields), frozenset(walk.counts), frozenset(walk.draws), walk.seeing)


class _Walk:
    def __init__(self, program: Program, facts: Facts) -> None:
        self.program, self.facts = program, facts
        self.fields: set[tuple[GroupId, str]] = set()
        self.counts: set[GroupId] = set()
        self.draws: set[VarId] = set()
        self.seeing = False
        self._seen: set[NodeId] = set()

    def node(self, start: NodeId) -> None:
        """Everything that a node reads, shapes' fields not looked into."""
        stack = [start]
        while stack:
            ident = stack.pop()
            if ident in self._seen:
                continue
            self._seen.add(ident)
            node = self.program.nodes[ident]
            stack += node.args
            if node.op in ("elem", "loop"):
                axis = self.program.axes[node.attrs["axis"]]
                stack += axis.lists
                if axis.count is not None:
                    stack.append(axis.count)
            elif node.op == "field":
                for group in node.attrs["groups"]:
                    self._read(group, node.attrs["name"])
            elif node.op in ("group", "parts"):
                groups = [node.attrs["group"]] if node.op == "group" else [part for _, part in node.attrs["map"]]
                self.counts.update(g for g in groups if self.program.groups[g].axes)
            elif node.op == "var":
                self.draws.add(node.attrs["var"])
            elif node.op == "call":
                self._call(node.attrs["name"], node.args, node.type.base == "color")
            elif node.op == "photo":
                self.seeing = True

    def _read(self, group: GroupId, name: str) -> None:
        if name in DERIVED_FIELDS:
            self._geometry(group, False)
        self.fields.add((group, name))

    def _call(self, name: str, args: tuple[NodeId, ...], colour: bool) -> None:
        self.seeing = self.seeing or name in SEEING
        for arg in args:
            if self.program.nodes[arg].type.base == "shape":
                for group in self.facts.groups(arg):
                    self._geometry(group, colour)

    def _geometry(self, ident: GroupId, colour: bool) -> None:
        """All that the outline of a group's shapes, and of their parts, is made of."""
        group = self.program.groups[ident]
        for name, node in group.fields.items():
            if colour or self.program.nodes[node].type.base not in COLOURS:
                self.fields.add((ident, name))
        for part in group.parts.values():
            self._geometry(part, colour)
