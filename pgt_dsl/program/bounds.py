"""Static bounds of numbers, from which the lengths of lists and blocks are known before anything is drawn.

This is the simplest interval reading: sound, closed, and only as sharp as list sizes need.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from pgt_dsl.program.program import Axis, Group, Law, Node, NodeId, Var

Interval = tuple[float, float]
EVERYTHING: Interval = (-math.inf, math.inf)


class Bounds:
    """Bounds of the numbers of a growing table of nodes. A list's bounds are those of its items."""

    def __init__(self, nodes: Sequence[Node], vars: Sequence[Var], groups: Sequence[Group], axes: Sequence[Axis]):
        self.nodes, self.vars, self.groups, self.axes = nodes, vars, groups, axes
        self._known: dict[NodeId, Interval] = {}
        self._open: set[NodeId] = set()

    def __call__(self, node: NodeId) -> Interval:
        """The closed interval in which the node's value (or each of its items) lies."""
        if node in self._open:
            return EVERYTHING  # a cycle through fields ends here
        waiting = [] if node in self._known else [node]
        while waiting:  # a stack of our own: definitions may hang together in long chains
            at = waiting[-1]
            missing = [n for n in self._needs(self.nodes[at]) if n not in self._known and n not in self._open]
            if at not in self._known and at not in self._open and missing:
                self._open.add(at)
                waiting.extend(missing)
                continue
            waiting.pop()
            if at not in self._known:
                self._known[at] = self._of(self.nodes[at])
            self._open.discard(at)
        return self._known[node]

    def _needs(self, node: Node) -> list[NodeId]:
        """The nodes whose bounds a rule reads."""
        needs = list(node.args)
        if node.op == "var":
            law: Law | None = self.vars[node.attrs["var"]].law
            while law is not None:
                needs.extend(law.args)
                law = law.inner
        elif node.op == "field":
            fields = (self.groups[g].fields for g in node.attrs["groups"])
            needs.extend(f[node.attrs["name"]] for f in fields if node.attrs["name"] in f)
        return needs

    def constant(self, node: NodeId) -> float | None:
        """The value if it can only be one."""
        low, high = self(node)
        return low if low == high else None

    def _of(self, node: Node) -> Interval:
        rule = _RULES.get(node.op)
        return EVERYTHING if rule is None else rule(self, node)

    def union(self, nodes: Sequence[NodeId]) -> Interval:
        """The hull of several nodes' bounds."""
        pieces = [self(n) for n in nodes]
        return (min(p[0] for p in pieces), max(p[1] for p in pieces)) if pieces else EVERYTHING

    def law(self, law: Law, node_type: str) -> Interval:
        """The bounds of what a law draws."""
        if law.name in ("uniform", "integers", "log_uniform", "bins"):
            return (self(law.args[0])[0], self(law.args[1])[1])
        if law.name in ("choice", "weighted", "sample", "shuffle"):
            return self(law.args[0])
        if law.name == "repeat" and law.inner is not None:
            return self.law(law.inner, node_type)
        return EVERYTHING


def _const(_: Bounds, node: Node) -> Interval:
    if node.attrs.get("unit"):
        return EVERYTHING
    flat: list[float] = []

    def collect(value: object) -> None:
        if isinstance(value, list):
            for item in value:
                collect(item)
        elif isinstance(value, (int, float)):
            flat.append(float(value))

    collect(node.attrs["value"])
    return (min(flat), max(flat)) if flat else EVERYTHING


def _product(p: Interval, q: Interval) -> Interval:
    corners = [0.0 if 0 in (a, b) else a * b for a in p for b in q]
    return min(corners), max(corners)


def _add(b: Bounds, n: Node) -> Interval:
    (a, c), (d, e) = b(n.args[0]), b(n.args[1])
    return a + d, c + e


def _sub(b: Bounds, n: Node) -> Interval:
    (a, c), (d, e) = b(n.args[0]), b(n.args[1])
    return a - e, c - d


def _neg(b: Bounds, n: Node) -> Interval:
    low, high = b(n.args[0])
    return -high, -low


def _div(b: Bounds, n: Node) -> Interval:
    low, high = b(n.args[1])
    if low <= 0 <= high:
        return EVERYTHING
    return _product(b(n.args[0]), (1 / high, 1 / low))


def _axis(b: Bounds, n: Node) -> Interval:
    return 0, b.axes[n.attrs["axis"]].size - 1


def _var(b: Bounds, n: Node) -> Interval:
    var = b.vars[n.attrs["var"]]
    if var.law.name == "stratum":
        return b(var.law.args[0]) if var.law.args else EVERYTHING
    return b.law(var.law, var.type.base)


def _count(b: Bounds, n: Node) -> Interval:
    source = b.nodes[n.args[0]]
    if source.op in ("const", "list"):
        return source.sizes[0], source.sizes[0]
    return 0, source.sizes[0]


def _range(b: Bounds, n: Node) -> Interval:
    return b(n.args[0])[0], b(n.args[1])[1]


def _field(b: Bounds, n: Node) -> Interval:
    name = n.attrs["name"]
    groups = [b.groups[g] for g in n.attrs["groups"]]
    if not all(name in g.fields for g in groups):
        return EVERYTHING
    return b.union([g.fields[name] for g in groups])


def _call(b: Bounds, n: Node) -> Interval:
    name = n.attrs["name"]
    if name == "mod":
        return 0, max(b(n.args[1])[1] - 1, 0)
    low, high = b(n.args[0]) if n.args else EVERYTHING
    if name == "floor":
        return (math.floor(low) if math.isfinite(low) else low), (math.floor(high) if math.isfinite(high) else high)
    if name == "round":
        return (math.floor(low + 0.5) if math.isfinite(low) else low), (
            math.floor(high + 0.5) if math.isfinite(high) else high
        )
    if name == "abs":
        return (0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))
    return EVERYTHING


def _first(b: Bounds, n: Node) -> Interval:
    return b(n.args[0])


def _items(b: Bounds, n: Node) -> Interval:
    return b(n.args[1])


def _mul(b: Bounds, n: Node) -> Interval:
    return _product(b(n.args[0]), b(n.args[1]))


def _if(b: Bounds, n: Node) -> Interval:
    return b.union(n.args[1:])


def _all_args(b: Bounds, n: Node) -> Interval:
    return b.union(n.args)


_RULES: dict[str, Callable[[Bounds, Node], Interval]] = {
    "const": _const, "add": _add, "sub": _sub, "neg": _neg, "mul": _mul, "div": _div, "if": _if,
    "list": _all_args, "concat": _all_args, "range": _range, "item": _first, "elem": _first, "loop": _first,
    "max": _first, "unique": _first, "reverse": _first, "except": _first, "mode": _first, "argmax": _items,
    "sort": _items, "only": _items, "count": _count, "axis": _axis, "var": _var, "field": _field, "call": _call,
}  # fmt: skip
