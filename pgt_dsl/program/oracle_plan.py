"""A program made ready for the oracle: a closure for every node, made once for a program and a size of canvas.

``run[node](oracle, env)`` is the node's value in the oracle's scene. What no scene can change is computed here, once;
what several others read, or what a loop would read again and again, is remembered for the scene. Nothing here is
shared with the batched reading.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

from pgt_dsl.geometry.oracle import UndefinedValueError, UnknownValueError
from pgt_dsl.program import oracle_ops
from pgt_dsl.program.program import DERIVED_FIELDS, Axis, AxisId, Group, Node, NodeId, Program

if TYPE_CHECKING:
    from pgt_dsl.program.oracle_eval import Oracle
    from pgt_dsl.program.oracle_shapes import Registry

Value = Any
Env = Mapping[AxisId, Any]
Run = Callable[["Oracle", Env], Value]

ABSENT = object()
MOST = 64  # plans that are kept
NEVER_KEPT = frozenset({"const", "canvas", "axis", "elem", "re", "im", "slot"})  # as cheap as to remember


class Plan:
    """The closures of ``program``, by node; ``fields`` are those of the fields of each group, ``slots`` the group,
    index and positions of each slot. ``fixed`` are the values that no scene changes, ``fixed_fields`` those of each
    group's fields."""

    def __init__(self, program: Program, registry: Registry, width: float, height: float) -> None:
        self.program, self.registry = program, registry
        self.width, self.height = width, height
        self.units = {"": 1.0, "px": 1.0, "vw": width / 100, "vh": height / 100, "vmin": min(width, height) / 100}
        named = list(getattr(registry, "colors", {}).items())
        self.colors = {code: name for name, code in reversed(named)}  # of two names of one colour the first stays
        self.fixed: dict[NodeId, Value] = {}
        self.run: list[Run] = []
        self.steady: dict[NodeId, float] = {}  # tolerances that are the same in every scene (``oracle_verdict``)
        self.kept: dict[str, Any] = {}  # what other readings have found out of the program, by name
        self._readers = _readers(program)
        for k, node in enumerate(program.nodes):
            self.run.append(self._closure(k, node))
        self.fields: list[dict[str, Run]] = [
            {name: self.run[node] for name, node in group.fields.items() if not self._is_itself(node, name)}
            for group in program.groups
        ]
        self.fixed_fields: list[dict[str, Value]] = [
            {name: self.fixed[node] for name, node in group.fields.items() if node in self.fixed}
            for group in program.groups
        ]
        self.slots: dict[int, tuple[Group, tuple[int, ...], dict[AxisId, int]]] = {}
        for group in program.groups:
            for place in range(group.size):
                index = self._index(group, place)
                self.slots[group.start + place] = group, index, dict(zip(group.axes, index, strict=True))
        _allow_depth(program)

    def _index(self, group: Group, place: int) -> tuple[int, ...]:
        index = []
        for axis in reversed(group.axes):
            place, k = divmod(place, self.program.axes[axis].size)
            index.append(k)
        return tuple(reversed(index))

    def _is_itself(self, node: NodeId, name: str) -> bool:
        """Whether a field's node only says "the derived field of this item"."""
        record = self.program.nodes[node]
        if record.op != "field" or record.attrs["name"] != name or name not in oracle_ops.EDGES:
            return False
        return self.program.nodes[record.args[0]].op == "slot"

    @cached_property
    def loose(self) -> frozenset[NodeId]:
        """The nodes whose tolerance hangs on the ellipses of a scene: measures of shapes, and what is made of them."""
        nodes, groups = self.program.nodes, self.program.groups
        found: set[NodeId] = set()
        grown = -1
        while grown != len(found):
            grown = len(found)
            for k, node in enumerate(nodes):
                below = list(node.args)
                if node.op == "field":
                    named = [groups[g].fields[node.attrs["name"]] for g in node.attrs["groups"]
                             if node.attrs["name"] in groups[g].fields]  # fmt: skip
                    below += named
                    own = node.attrs["name"] in DERIVED_FIELDS or not named
                else:
                    own = node.op == "call" and any(nodes[a].type.base == "shape" for a in node.args)
                if own or not found.isdisjoint(below):
                    found.add(k)
        return frozenset(found)

    # closures ---------------------------------------------------------------------------------------

    def args(self, node: Node) -> tuple[Run, ...]:
        """The closures of a node's arguments."""
        return tuple(self.run[a] for a in node.args)

    def _closure(self, k: NodeId, node: Node) -> Run:
        run = oracle_ops.closure(self, k, node)
        if oracle_ops.is_fixed(self, node):
            try:
                value = self.fixed[k] = run(None, {})  # type: ignore[arg-type]
            except (UndefinedValueError, UnknownValueError, ArithmeticError):
                return run  # where it is needed it fails in the same way
            return lambda o, env: value
        readers = self._readers[k]
        alone = len(readers) == 1 and readers[0] == node.axes
        return run if node.op in NEVER_KEPT or alone else _kept(k, node.axes, run)

    def along(self, axis: AxisId) -> Callable[[Oracle, Env], Iterator[Env]]:
        """The environments of all positions along an axis, of the items that are there."""
        record = self.program.axes[axis]
        if record.what == "block":
            length = self.length(record)

            def block(o: Oracle, env: Env) -> Iterator[Env]:
                for k in range(length(o, env)):
                    yield {**env, axis: k}

            return block
        sources = [self.run[source] for source in record.lists]
        if record.pairs or len(sources) > 1:

            def several(o: Oracle, env: Env) -> Iterator[Env]:
                sizes = [range(len(source(o, env))) for source in sources]
                places: Iterable[tuple[int, ...]] = combinations(sizes[0], 2) if record.pairs else product(*sizes)
                for place in places:
                    yield {**env, axis: place}

            return several
        (source,) = sources

        def single(o: Oracle, env: Env) -> Iterator[Env]:
            for k in range(len(source(o, env))):
                yield {**env, axis: (k,)}

        return single

    def length(self, axis: Axis) -> Callable[[Oracle, Env], int]:
        """How many items a block has."""
        most = axis.size
        if axis.count is None:
            return lambda o, env: most
        count = self.run[axis.count]
        return lambda o, env: max(0, min(int(count(o, env)), most))


def _kept(k: NodeId, axes: tuple[AxisId, ...], run: Run) -> Run:
    """The closure, asked once for the positions of its axes in a scene."""
    if not axes:

        def kept(o: Oracle, env: Env) -> Value:
            found = o.known[k]
            if found is ABSENT:
                found = o.known[k] = run(o, env)
            return found

        return kept
    first, *others = axes

    def kept_along(o: Oracle, env: Env) -> Value:
        known = o.known[k]
        if known is ABSENT:
            known = o.known[k] = {}
        place = (env[first], *[env[axis] for axis in others]) if others else env[first]
        found = known.get(place, ABSENT)
        if found is ABSENT:
            found = known[place] = run(o, env)
        return found

    return kept_along


def _readers(program: Program) -> list[list[tuple[AxisId, ...] | None]]:
    """For each node the axes of the nodes that read it; None for what is read from elsewhere, any number of times."""
    found: list[list[tuple[AxisId, ...] | None]] = [[] for _ in program.nodes]
    for node in program.nodes:
        loops = node.op == "loop"
        for arg in node.args:
            inner = tuple(sorted({*node.axes, node.attrs["axis"]})) if loops else node.axes
            found[arg].append(inner)
    outside = [node for group in program.groups for node in group.fields.values()]
    outside += [c.node for c in program.constraints]
    outside += [arg for var in program.vars for arg in var.law.args]
    outside += [source for axis in program.axes for source in axis.lists]
    outside += [axis.count for axis in program.axes if axis.count is not None]
    for ask in program.asks:
        outside += [ask.answer, *ask.named, *(m.node for m in ask.wrong)]
        outside += [n for n in (ask.domain, ask.within, ask.expect) if n is not None]
        texts = (*ask.texts, *ask.say, *ask.because)
        outside += [part.node for text in texts for part in text.parts if not isinstance(part, str)]
    for read in outside:
        found[read].append(None)
    return found


def _allow_depth(program: Program) -> None:
    """Make room for the recursion that a deep expression needs."""
    deepest, depths = 0, [0] * len(program.nodes)
    for k, node in enumerate(program.nodes):
        depths[k] = 1 + max((depths[a] for a in node.args), default=0)
        deepest = max(deepest, depths[k])
    wanted = 1000 + 12 * deepest * max(1, len(program.groups))
    if deepest > 20 and sys.getrecursionlimit() < wanted:
        sys.setrecursionlimit(min(wanted, 50_000))


_plans: dict[tuple[int, int, int, int], Plan] = {}


def plan_of(program: Program, registry: Registry, width: int, height: int) -> Plan:
    """The plan of a program for a size of canvas (px), made once. (A plan holds its program, so that its ``id`` is
    not given to another.)"""
    key = id(program), id(registry), width, height
    found = _plans.get(key)
    if found is None:
        while len(_plans) >= MOST:
            del _plans[next(iter(_plans))]
        found = _plans[key] = Plan(program, registry, float(width), float(height))
    return found
