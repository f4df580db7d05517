"""What can be read off a program without drawing anything: who depends on whom, which shapes a node may be, cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pgt_dsl.program.program import DERIVED_FIELDS, GroupId, Law, Node, NodeId, Program, VarId

PARTIAL_OPS = frozenset({"item", "argmax", "max", "only", "mode", "div"})
FAILING_LAWS = frozenset({"placed", "anywhere", "scatter", "choice", "weighted", "sample"})
READ_GROUND = frozenset({"contrast", "depth", "depth_of", "depth_spread", "texture"})
OBJECT = "object"  # the kind of a photo's annotated objects

Step = tuple[str, int]  # ("node", id), ("var", id) or ("group", id)


class Facts:
    """Static facts of one program, each computed once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._needs: dict[NodeId, tuple[NodeId, ...]] = {}
        self._groups: dict[NodeId, frozenset[GroupId]] = {}
        self._reach: dict[Step, frozenset[Step]] = {}
        self._may_fail: dict[NodeId, bool] = {}

    def needs(self, node_id: NodeId) -> tuple[NodeId, ...]:
        """The nodes whose values the value reading of a node looks up (outlines aside)."""
        found = self._needs.get(node_id)
        if found is None:
            found = self._needs[node_id] = tuple(dict.fromkeys(self._needed(node_id)))
        return found

    def _needed(self, node_id: NodeId) -> Iterator[NodeId]:
        program = self.program
        node = program.nodes[node_id]
        yield from node.args
        if node.op in ("elem", "loop"):
            axis = program.axes[node.attrs["axis"]]
            yield from axis.lists
            if axis.count is not None:
                yield axis.count
        elif node.op == "field":
            for group in node.attrs["groups"]:
                found = program.groups[group].fields.get(node.attrs["name"])
                if found is not None:
                    yield found
        elif node.op == "group":
            yield from self._counts(node.attrs["group"])
        elif node.op == "parts":
            for _, part in node.attrs["map"]:
                yield from self._counts(part)
        elif node.op == "var":
            yield from law_nodes(program.vars[node.attrs["var"]].law)

    def _counts(self, group: GroupId) -> Iterator[NodeId]:
        for axis in self.program.groups[group].axes:
            count = self.program.axes[axis].count
            if count is not None:
                yield count

    def groups(self, node_id: NodeId) -> frozenset[GroupId]:
        """The groups that a shape (or list of shapes) may belong to."""
        found = self._groups.get(node_id)
        if found is None:
            self._groups[node_id] = frozenset()  # a cycle of references adds nothing
            found = self._groups[node_id] = frozenset(self._possible(node_id))
        return found

    def _possible(self, node_id: NodeId) -> Iterable[GroupId]:
        program = self.program
        node = program.nodes[node_id]
        attrs = node.attrs
        if node.op in ("group", "slot"):
            return (attrs["group"],)
        if node.op == "parts":
            owners = self.groups(node.args[0])
            return [part for owner, part in attrs["map"] if owner in owners]
        if node.op == "field":
            held = (program.groups[g].fields.get(attrs["name"]) for g in attrs["groups"])
            return [g for n in held if n is not None for g in self.groups(n)]
        if node.op == "var":
            law = program.vars[attrs["var"]].law
            while law.inner is not None:
                law = law.inner
            return self.groups(law.args[0]) if law.args else ()
        if node.op == "const":
            slots = _flat(attrs["value"])
            return [g.id for g in program.groups if any(g.start <= s < g.start + g.size for s in slots)]
        sources = {"if": node.args[1:], "argmax": node.args[1:], "sort": node.args[1:], "only": node.args[1:],
                   "item": node.args[:1], "except": node.args[:1], "loop": node.args[:1]}  # fmt: skip
        return [
            g
            for arg in sources.get(node.op, node.args)
            if program.nodes[arg].type.base == "shape"
            for g in self.groups(arg)
        ]

    # reach ------------------------------------------------------------------------------------

    def reach(self, start: Step) -> frozenset[Step]:
        """Everything that the value of a node, variable or group's geometry may depend on (itself included)."""
        found = self._reach.get(start)
        if found is None:
            seen = {start}
            stack = [start]
            while stack:
                for step in self.following(stack.pop()):
                    if step not in seen:
                        seen.add(step)
                        stack.append(step)
            found = self._reach[start] = frozenset(seen)
        return found

    def vars(self, node_id: NodeId) -> frozenset[VarId]:
        """The variables on which a node's value may depend."""
        return frozenset(ident for what, ident in self.reach(("node", node_id)) if what == "var")

    def following(self, step: Step) -> Iterator[Step]:
        """What the value of a step is computed from, one step on."""
        program = self.program
        what, ident = step
        if what == "var":
            law: Law | None = program.vars[ident].law
            while law is not None:
                for arg in law.args:
                    yield "node", arg
                    if law.name in ("anywhere", "placed"):
                        yield from (("group", g) for g in self.groups(arg))
                if law.group is not None:
                    yield "group", law.group
                law = law.inner
            return
        if what == "group":
            group = program.groups[ident]
            yield from (("node", n) for n in group.fields.values())
            yield from (("node", n) for n in self._counts(ident))
            yield from (("group", g) for g in group.parts.values())
            if group.kind == OBJECT:
                yield from self._background()
            return
        node = program.nodes[ident]
        yield from (("node", n) for n in self.needs(ident))
        if self._shows_photo(node):
            yield from self._background()
        if node.op == "var":
            yield "var", node.attrs["var"]
        elif node.op == "call":
            for arg in node.args:
                if program.nodes[arg].type.base == "shape":
                    yield from (("group", g) for g in self.groups(arg))
            if node.attrs["name"] in ("visible", "contrast"):
                yield from (("group", g.id) for g in program.groups)
            if node.attrs["name"] in READ_GROUND:
                yield from self._background()
        elif node.op == "field" and node.attrs["name"] in DERIVED_FIELDS:
            yield from (("group", g) for g in node.attrs["groups"])
            if node.attrs["name"] == "order":
                yield from (("group", g.id) for g in program.groups)

    def _shows_photo(self, node: Node) -> bool:
        """Whether a node is what the photo has: its objects, or a field of one."""
        groups = [node.attrs["group"]] if node.op == "group" else node.attrs["groups"] if node.op == "field" else []
        return node.op == "photo" or any(self.program.groups[g].kind == OBJECT for g in groups)

    def _background(self) -> Iterator[Step]:
        """What lies beneath the shapes."""
        background = self.program.background
        if background.photo is not None:
            yield "var", background.photo
        yield from (("node", n) for n in background.fields.values())

    # failure ----------------------------------------------------------------------------------

    def may_fail(self, node_id: NodeId) -> bool:
        """Whether the value of a node may be undefined in some scene."""
        found = self._may_fail.get(node_id)
        if found is None:
            steps = self.reach(("node", node_id))
            found = self._may_fail[node_id] = any(self._partial(step) for step in steps)
        return found

    def _partial(self, step: Step) -> bool:
        what, ident = step
        if what == "node":
            node = self.program.nodes[ident]
            return node.op in PARTIAL_OPS or node.op == "call"
        return what == "var" and any(law.name in FAILING_LAWS for law in laws(self.program.vars[ident].law))


def laws(law: Law | None) -> Iterator[Law]:
    """A law and the laws within it."""
    while law is not None:
        yield law
        law = law.inner


def law_nodes(law: Law) -> Iterator[NodeId]:
    """The nodes that a law reads."""
    for part in laws(law):
        yield from part.args


def _flat(value: object) -> list[int]:
    if isinstance(value, list):
        return [slot for item in value for slot in _flat(item)]
    return [value] if isinstance(value, int) else []
