"""The interval reading of a program: every node as cells, whose domains hold its value in every scene.

``Reading.of(node, where)`` unrolls a node at given positions along its axes: loops, quantifiers and lists become one
cell an item, with a cell that says whether the item is there; fields and parts lead to the cells of what they name,
so that what is one thing in the picture is one cell. The forward domains (``graph.box``) follow from the laws alone
and hold in every scene whose laws found what they drew from, accepted or not, wherever the node is defined.
``solve.contract`` narrows them under the requirements. What has no rule, and what would take too many cells, may have
any value of its type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pgt_dsl.program import interval_calls, interval_lists, interval_shapes
from pgt_dsl.program.datatypes import NO_COLOR
from pgt_dsl.program.facts import Facts
from pgt_dsl.program.interval_cells import INF, SLACK, Box, Cell, Ls, Pt, Refuted, Val
from pgt_dsl.program.interval_graph import Graph
from pgt_dsl.program.program import AxisId, Node, NodeId, Program
from pgt_dsl.program.strings import intern

if TYPE_CHECKING:
    from pgt_dsl.program.inputs import Registry

__all__ = ["SLACK", "Box", "Cell", "Graph", "Ls", "Pt", "Reading", "Refuted", "Val", "Where"]

Where = Mapping[AxisId, int]
DEEP = 80  # definitions that hang together in a longer chain are read as anything
POINTS = ("point", "vector")
SETS = ("color", "form", "text", "shape")


class Reading:
    """The cells of one program on a canvas of ``size`` (width, height in px)."""

    def __init__(
        self, program: Program, registry: Registry, size: tuple[float, float], facts: Facts | None = None
    ) -> None:
        self.program, self.registry, self.size = program, registry, size
        self.facts = facts or Facts(program)
        self.graph = Graph()
        self._memo: dict[tuple[NodeId, tuple[int, ...]], Val] = {}
        self._depth = 0

    def of(self, node_id: NodeId, where: Where | None = None) -> Val:
        """The cells of a node; ``where`` gives a position for each of its axes."""
        node = self.program.nodes[node_id]
        places = tuple((where or {})[axis] for axis in node.axes)
        key = (node_id, places)
        found = self._memo.get(key)
        if found is None:
            if self._depth >= DEEP or self.graph.full or node.op not in OPS:
                return self.any(node, key)
            self._depth += 1
            try:
                found = OPS[node.op](self, node, dict(zip(node.axes, places, strict=True)))
            finally:
                self._depth -= 1
            self._memo[key] = found
        return found

    def cell(self, node_id: NodeId, where: Where | None = None) -> Cell:
        """``of`` for a node that is one cell (no point, no list)."""
        found = self.of(node_id, where)
        assert isinstance(found, int)
        return found

    def point(self, node_id: NodeId, where: Where | None = None) -> Pt:
        """``of`` for a point; a shape stands for its ``at``."""
        found = self.of(node_id, where)
        if isinstance(found, int):
            found = interval_shapes.field(self, found, "at", tuple(sorted(self.facts.groups(node_id))), node_id)
        assert isinstance(found, Pt)
        return found

    def listed(self, node_id: NodeId, where: Where | None = None) -> Ls:
        """``of`` for a list."""
        found = self.of(node_id, where)
        assert isinstance(found, Ls)
        return found

    def any(self, node: Node, key: object, rank: int | None = None) -> Val:
        """Any value of a node's type; ``rank`` is how many list dimensions are left."""
        left = node.type.rank if rank is None else rank
        if left:
            count = node.sizes[node.type.rank - left]
            items = tuple(self.any(node, (key, k), left - 1) for k in range(count))
            return Ls(items, tuple(self.graph.truth((key, k, "?")) for k in range(count)))
        return self.anything(node.type.base, key)

    def anything(self, base: str, key: object) -> Val:
        """Any scalar value of a base type."""
        graph = self.graph
        if base in POINTS:
            return Pt(*(graph.unsure(graph.leaf((key, axis), (-INF, INF))) for axis in "xy"))
        if base in SETS:
            return graph.leaf(key, None)
        return graph.truth(key) if base == "bool" else graph.unsure(graph.leaf(key, (-INF, INF), base == "int"))

    def unit(self, name: str) -> float:
        """A unit of length in px."""
        width, height = self.size
        return {"vmin": min(width, height) / 100, "vw": width / 100, "vh": height / 100}.get(name, 1.0)

    def same(self, a: Val, b: Val) -> Cell:
        """Whether two values are equal."""
        graph = self.graph
        if isinstance(a, Pt) and isinstance(b, Pt):
            far = 1e-4  # px; equality of points is relative to their size
            return graph.every([graph.cell("eq", pair, far, True) for pair in zip(a, b, strict=True)])
        if isinstance(a, int) and isinstance(b, int):
            return graph.cell("eq", (a, b), None, True)
        assert isinstance(a, Ls) and isinstance(b, Ls)
        if self.full(a) and self.full(b):
            if len(a.items) != len(b.items):
                return graph.number(0, True)
            return graph.every([self.same(x, y) for x, y in zip(a.items, b.items, strict=True)])
        return graph.truth(("equal", a, b))

    def full(self, items: Ls) -> bool:
        """Whether every place of a list surely holds something."""
        return all(self.graph.box.true(p) for p in items.there)

    def chosen(self, condition: Cell, then: Val, other: Val) -> Val:
        """One of two values by a condition."""
        graph = self.graph
        if then == other:
            return then
        if isinstance(then, Pt) and isinstance(other, Pt):
            return Pt(*(self._if(condition, t, o) for t, o in zip(then, other, strict=True)))
        if isinstance(then, int) and isinstance(other, int):
            return self._if(condition, then, other)
        assert isinstance(then, Ls) and isinstance(other, Ls)
        items, there = [], []
        for k in range(max(len(then.items), len(other.items))):
            both = k < len(then.items) and k < len(other.items)
            longer = then if k < len(then.items) else other
            items.append(self.chosen(condition, then.items[k], other.items[k]) if both else longer.items[k])
            if both:
                there.append(self._if(condition, then.there[k], other.there[k]))
            else:
                there.append(graph.every([condition if longer is then else graph.no(condition), longer.there[k]]))
        return Ls(tuple(items), tuple(there))

    def _if(self, condition: Cell, then: Cell, other: Cell) -> Cell:
        known = self.graph.value(condition)
        if then == other or known is not None:
            return then if known or known is None else other
        return self.graph.cell("if", (condition, then, other), None, self.graph.both(then, other))

    def picked(self, key: Cell, values: list[Val], names: tuple[Any, ...]) -> Val:
        """The value that a set cell chooses by name."""
        graph = self.graph
        held = graph.box.sets[key]
        if held is not None:
            kept = [(v, n) for v, n in zip(values, names, strict=True) if n in held]
            if kept:
                values, names = [v for v, _ in kept], tuple(n for _, n in kept)
        first = values[0]
        if all(v == first for v in values):
            return first
        if isinstance(first, Pt):
            xs, ys = zip(*values, strict=True)
            return Pt(self._pick(key, xs, names), self._pick(key, ys, names))
        if isinstance(first, int):
            return self._pick(key, tuple(values), names)  # type: ignore[arg-type]
        most = max(len(v.items) for v in values)  # type: ignore[union-attr]
        items, there = [], []
        for k in range(most):
            longest = [v for v in values if len(v.items) > k]  # type: ignore[union-attr]
            fill = longest[0].items[k]  # type: ignore[union-attr]
            absent = graph.number(0, True)
            items.append(self.picked(key, [v.items[k] if v in longest else fill for v in values], names))  # type: ignore[union-attr]
            there.append(self._pick(key, tuple(v.there[k] if v in longest else absent for v in values), names))  # type: ignore[union-attr]
        return Ls(tuple(items), tuple(there))

    def _pick(self, key: Cell, cells: tuple[Cell, ...], names: tuple[Any, ...]) -> Cell:
        if all(c == cells[0] for c in cells):
            return cells[0]
        return self.graph.cell("pick", (key, *cells), names, all(self.graph.whole[c] for c in cells))


# scalar ops ---------------------------------------------------------------------------------------------


Op = Callable[[Reading, Node, Where], Val]


def _const(r: Reading, node: Node, where: Where) -> Val:
    return constant(r, node, node.attrs["value"], node.type.rank)


def constant(r: Reading, node: Node, value: Any, rank: int) -> Val:
    """A JSON constant as cells."""
    graph, base = r.graph, node.type.base
    if rank:
        items = tuple(constant(r, node, item, rank - 1) for item in value)
        return Ls(items, (graph.number(1, True),) * len(items))
    unit = r.unit(node.attrs.get("unit", ""))
    if base in POINTS:
        return Pt(graph.number(value[0] * unit), graph.number(value[1] * unit))
    if base in SETS:
        return graph.members(code(value, base))
    return graph.number(value * unit if node.attrs.get("unit") else value, base in ("bool", "int"))


def code(value: Any, base: str) -> int:
    """The code of a JSON colour, form, text or shape in a column."""
    if base == "color":
        return NO_COLOR if value == "none" else int(value[1:], 16)
    return int(value) if base == "shape" else intern(value)


def _canvas(r: Reading, node: Node, where: Where) -> Val:
    return r.graph.number(r.size[node.attrs["what"] != "width"])


def _axis(r: Reading, node: Node, where: Where) -> Val:
    return r.graph.number(where[node.attrs["axis"]], True)


def _arithmetic(r: Reading, node: Node, where: Where) -> Val:
    make: Callable[[Cell, Cell], Cell] = getattr(r.graph, node.op)
    shapes = [r.program.nodes[a].type.base == "shape" for a in node.args]
    a, b = (r.point(arg, where) if s else r.of(arg, where) for arg, s in zip(node.args, shapes, strict=True))
    if isinstance(a, int) and isinstance(b, int):
        return make(a, b)
    if isinstance(a, Pt) and isinstance(b, Pt):
        if node.op in ("add", "sub"):
            return Pt(make(a.x, b.x), make(a.y, b.y))
        return r.any(node, (id(node), tuple(where.items())))
    if isinstance(a, Pt) and isinstance(b, int) and node.op in ("mul", "div"):
        return Pt(make(a.x, b), make(a.y, b))
    if isinstance(a, int) and isinstance(b, Pt) and node.op == "mul":
        return Pt(make(a, b.x), make(a, b.y))
    return r.any(node, (id(node), tuple(where.items())))


def _neg(r: Reading, node: Node, where: Where) -> Val:
    a = r.of(node.args[0], where)
    return Pt(r.graph.neg(a.x), r.graph.neg(a.y)) if isinstance(a, Pt) else r.graph.neg(r.cell(node.args[0], where))


def _pair(r: Reading, node: Node, where: Where) -> Val:
    return Pt(r.cell(node.args[0], where), r.cell(node.args[1], where))


def _part(r: Reading, node: Node, where: Where) -> Val:
    return r.point(node.args[0], where)[node.op == "im"]


def _compared(r: Reading, node: Node, where: Where) -> Val:
    a, b = (r.cell(arg, where) for arg in node.args)
    return r.graph.cell(node.op, (a, b), None, True)


def _eq(r: Reading, node: Node, where: Where) -> Val:
    return r.same(r.of(node.args[0], where), r.of(node.args[1], where))


def _and(r: Reading, node: Node, where: Where) -> Val:
    return r.graph.every([r.cell(a, where) for a in node.args])


def _or(r: Reading, node: Node, where: Where) -> Val:
    return r.graph.some([r.cell(a, where) for a in node.args])


def _not(r: Reading, node: Node, where: Where) -> Val:
    return r.graph.no(r.cell(node.args[0], where))


def _if(r: Reading, node: Node, where: Where) -> Val:
    return r.chosen(r.cell(node.args[0], where), r.of(node.args[1], where), r.of(node.args[2], where))


def _var(r: Reading, node: Node, where: Where) -> Val:
    return interval_shapes.var(r, node.attrs["var"], where)


def _call(r: Reading, node: Node, where: Where) -> Val:
    return interval_calls.call(r, node, where)


OPS: dict[str, Op] = {
    "const": _const, "canvas": _canvas, "axis": _axis, "add": _arithmetic, "sub": _arithmetic, "mul": _arithmetic,
    "div": _arithmetic, "neg": _neg, "pair": _pair, "re": _part, "im": _part, "lt": _compared, "le": _compared,
    "eq": _eq, "and": _and, "or": _or, "not": _not, "if": _if, "var": _var, "call": _call,
    **interval_lists.OPS, **interval_shapes.OPS,
}  # fmt: skip
