"""Contraction: the domains of a program's cells narrowed under its requirements, until nothing changes or one is empty.

``Contractor.refuted`` is the proof that some requirements cannot hold together: interval propagation, differences that
close in a circle (``solve.linear``), and a search over the cases of disjunctions, of absolute values, of maxima and of
small picks. It is sound and not complete: what is not refuted may still be impossible.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

from pgt_dsl.program import interval_lists, interval_shapes
from pgt_dsl.program.facts import Facts
from pgt_dsl.program.interval import Box, Cell, Pt, Reading, Refuted, Val
from pgt_dsl.program.interval_rules import revise
from pgt_dsl.program.program import Constraint, NodeId, Origin, Pick, Program, VarId
from pgt_dsl.solve import linear
from pgt_dsl.solve.plan import conjuncts

if TYPE_CHECKING:
    from pgt_dsl.program.inputs import Registry

Proof = Literal["requirements", "laws"]
STEPS = 40  # revisions a cell, after which contraction stops where it is
CASES = 200  # contractions of one search
DEEP = 10  # cases within cases
VALUES = 16  # picks with more values are not tried value by value
TRUTHS = ("require", "room", "even", "options")
UNITS = {"length": 1.0, "angle": 2.0, "point": 1.0}  # margins where none is given: vmin, degrees


@dataclass(frozen=True, slots=True)
class Source:
    """What a scene must satisfy: a constraint of the program (by its number) or the place of a drawn shape."""

    what: Literal["constraint", "var"]
    ident: int
    reason: str
    label: str
    origin: Origin
    cells: tuple[Cell, ...]


class Contractor:
    """The requirements of one program as cells, on a canvas of ``size`` (width, height in px)."""

    def __init__(
        self, program: Program, registry: Registry, size: tuple[float, float], facts: Facts | None = None
    ) -> None:
        self.program = program
        self.reading = Reading(program, registry, size, facts)
        self.graph = self.reading.graph
        self.sources: list[Source] = []
        for k, constraint in enumerate(program.constraints):
            self._constraint(k, constraint)
        self._picks: dict[VarId, Val] = {p.var: interval_shapes.var(self.reading, p.var, {}) for p in program.picks}
        facts_held = [cell for var in program.vars if var.law.name == "placed" for cell in self._placed(var.id)]
        self.base = self.graph.box.copy()
        self.left = CASES
        self.work = 0  # revisions so far
        self._splits = [cell for cell, op in enumerate(self.graph.ops) if op in SPLIT]
        for cell in (*self.graph.facts, *facts_held):
            self.base.narrow(cell, 1, 1)
        propagate(self.base)

    # what must hold -------------------------------------------------------------------------------

    def _constraint(self, k: int, constraint: Constraint) -> None:
        cells: list[Cell] = []
        if constraint.reason == "even" and self.program.swept is not None:
            return  # it holds at one of the steps, and so is no requirement of each scene
        if constraint.reason in TRUTHS:
            cells = list(self._everywhere(constraint.node))
        elif constraint.reason == "clear" and constraint.ask is not None:
            cells = self._clear(constraint.node, constraint.ask)
        if cells:
            label = constraint.because or constraint.label
            self.sources.append(Source("constraint", k, constraint.reason, label, constraint.origin, tuple(cells)))

    def _everywhere(self, node: NodeId) -> Iterator[Cell]:
        """A condition for every item that is there."""
        axes = self.program.nodes[node].axes
        if not axes:
            yield self.reading.cell(node, {})
            return
        for places in product(*(range(self.program.axes[a].size) for a in axes)):
            where = dict(zip(axes, places, strict=True))
            there = [interval_lists.present(self.reading, a, where[a], where) for a in axes]
            absent = [self.graph.no(p) for p in there]
            yield self.graph.some([*absent, self.reading.cell(node, where)])

    @cached_property
    def on_picks(self) -> list[Source]:
        """The requirements, and parts of them, that read nothing but picks: what they rule out is not drawn at all."""
        picks = {pick.var for pick in self.program.picks}
        found = []
        for k, constraint in enumerate(self.program.constraints):
            for node in conjuncts(self.program, constraint) if constraint.reason in TRUTHS else ():
                if self.reading.facts.vars(node) <= picks:
                    cells = tuple(self._everywhere(node))
                    found.append(Source("constraint", k, constraint.reason, constraint.label, constraint.origin, cells))
        return found

    def _clear(self, node: NodeId, ask: int) -> list[Cell]:
        """A comparison that must be clear: what is compared differs by its margin."""
        record, graph = self.program.nodes[node], self.graph
        while record.op == "not":
            record = self.program.nodes[record.args[0]]
        bases = {self.program.nodes[a].type.base for a in record.args}
        given = self.program.asks[ask].margins
        if record.op not in ("lt", "le") or record.axes or len(bases) != 1 or given.relative is not None:
            return []
        (base,) = bases
        margin = given.absolute.get(base)
        if margin is None and base not in UNITS:
            return []
        a, b = (self.reading.cell(arg, {}) for arg in record.args)
        default = UNITS.get(base, 0.0) * (self.reading.unit("vmin") if base == "length" else 1.0)
        least = graph.number(default) if margin is None else self.reading.cell(margin, {})
        return [graph.le(graph.scale(least, 1 - 1e-9), graph.cell("abs", (graph.sub(a, b),)))]

    def _placed(self, ident: VarId) -> list[Cell]:
        """That a drawn place keeps the shape in its room: a fact where it surely fits, else a requirement."""
        facts: list[Cell] = []
        asked: list[Cell] = []
        for there, within in interval_shapes.fits(self.reading, ident):
            if interval_shapes.surely_fits(self.reading, ident):
                facts += within
            else:
                asked += [self.graph.some([self.graph.no(there), cell]) for cell in within]
        if asked:
            var = self.program.vars[ident]
            label = f"{var.name.removesuffix('.at')} lies in its room"
            self.sources.append(Source("var", ident, "room", label, var.origin, tuple(asked)))
        return facts

    # contraction ----------------------------------------------------------------------------------

    def under(self, sources: Iterable[Source], picks: Mapping[VarId, Any] | None = None) -> Box:
        """The domains under some requirements and given values of picks (bins and positions: their numbers).
        Raises ``Refuted`` when one is empty."""
        box = self.base.copy()
        for pick in self.program.picks:
            if picks is not None and pick.var in picks:
                self._fix(box, pick, picks[pick.var])
        for source in sources:
            for cell in source.cells:
                box.narrow(cell, 1, 1)
        self.work += propagate(box)
        return box

    def _fix(self, box: Box, pick: Pick, value: Any) -> None:
        cell = self._picks[pick.var]
        if isinstance(cell, Pt):
            box.narrow(cell.x, value.real, value.real)
            box.narrow(cell.y, value.imag, value.imag)
        elif isinstance(cell, int) and pick.what == "bins":
            low, high, count = (self.reading.cell(a, {}) for a in self.program.vars[pick.var].law.args)
            ends = self.graph.value(low), self.graph.value(high), self.graph.value(count)
            if ends[0] is not None and ends[1] is not None and ends[2]:
                step = (ends[1] - ends[0]) / ends[2]
                box.narrow(cell, ends[0] + value * step, ends[0] + (value + 1) * step)
        elif isinstance(cell, int) and self.graph.is_set[cell]:
            box.keep(cell, frozenset([value]))
        elif isinstance(cell, int):
            box.narrow(cell, value, value)

    def contracted(self, picks: Mapping[VarId, Any] | None = None, rounds: int = 2) -> Box | None:
        """The domains in one stratum under all requirements, with what all cases of a disjunction agree on; None when
        the stratum is impossible."""
        try:
            box = self.under(self.sources, picks)
            for _ in range(rounds):
                for cases in splits(box, self._splits)[:16]:
                    box = hull(box, cases)
        except Refuted:
            return None
        return box

    # refutation -------------------------------------------------------------------------------------

    def refuted(self, sources: Sequence[Source], picks: Mapping[VarId, Any] | None = None) -> bool:
        """Whether these requirements (with these values of picks) are proved to be impossible together."""
        self.left = CASES
        try:
            box = self.under(sources, picks)
        except Refuted:
            return True
        if linear.circular(box, [c for s in sources for c in s.cells]) or self._search(box, sources, 0):
            return True
        return not picks and any(self._by_value(sources, pick) for pick in self.program.picks)

    def _by_value(self, sources: Sequence[Source], pick: Pick) -> bool:
        """Whether every value of a pick is refuted."""
        values = self.values(pick)
        if values is None or len(values) > VALUES:
            return False
        for value in values:
            try:
                box = self.under(sources, {pick.var: value})
            except Refuted:
                continue
            if not self._search(box, sources, 0):
                return False
        return True

    def values(self, pick: Pick) -> list[Any] | None:
        """The values of a pick (bins: their numbers) when they are known beforehand."""
        if pick.what == "bins":
            count = self.graph.value(self.reading.cell(self.program.vars[pick.var].law.args[2], {}))
            return None if count is None else list(range(int(count)))
        items = self.reading.listed(pick.values, {}).items
        found: list[Any] = []
        for item in items:
            value = self._constant(item)
            if value is None:
                return None
            found.append(value)
        return found

    def _constant(self, item: Val) -> Any:
        if isinstance(item, Pt):
            x, y = (self.graph.value(c) for c in item)
            return None if x is None or y is None else complex(x, y)
        if not isinstance(item, int):
            return None
        return self.graph.only(item) if self.graph.is_set[item] else self.graph.value(item)

    def _search(self, box: Box, sources: Sequence[Source], depth: int) -> bool:
        """Whether every case of some disjunction is refuted, cases within cases."""
        if depth >= DEEP:
            return False
        found = splits(box, self._splits)
        self.work += len(self._splits) // 8
        if not found:
            return False
        for case in found[0]:
            self.left -= 1
            if self.left < 0:
                return False
            inner = box.copy()
            try:
                inner.narrow(*case)
                self.work += propagate(inner)
            except Refuted:
                continue
            if not linear.circular(inner, [c for s in sources for c in s.cells]) and not self._search(
                inner, sources, depth + 1
            ):
                return False
        return True


# contraction ----------------------------------------------------------------------------------------------


Case = tuple[Cell, float, float]  # a cell and the interval that is assumed


def propagate(box: Box) -> int:
    """Revise what hangs on changed cells until nothing changes; returns how many revisions it took. Raises
    ``Refuted``."""
    box.grow()
    users = box.graph.users
    queue: deque[Cell] = deque()
    waiting = bytearray(len(box.graph))
    done, most = 0, STEPS * len(box.graph)
    while box.dirty or queue:
        while box.dirty:
            changed = box.dirty.popleft()
            for cell in (changed, *users[changed]):
                if not waiting[cell]:
                    waiting[cell] = 1
                    queue.append(cell)
        if not queue:
            break
        done += 1
        if done > most:
            box.dirty.clear()
            break
        cell = queue.popleft()
        waiting[cell] = 0
        revise(box, cell)
    return done


def splits(box: Box, cells: Sequence[Cell]) -> list[list[Case]]:
    """The open disjunctions among some cells that must hold: for each the cases of which one is true, those with the
    fewest cases first, and counts last."""
    graph = box.graph
    found: list[list[Case]] = []
    counted: list[list[Case]] = []
    for cell in cells:
        op, args = graph.ops[cell], graph.args[cell]
        if op in ("or", "and"):
            wanted = 1.0 if op == "or" else 0.0
            if box.lo[cell] != box.hi[cell] or box.lo[cell] != wanted:
                continue
            if any(box.lo[a] == box.hi[a] == wanted for a in args):
                continue
            found.append([(a, wanted, wanted) for a in args if box.lo[a] != box.hi[a]])
        elif op == "abs":
            least = box.lo[cell]
            if least > 0 and box.lo[args[0]] < 0 < box.hi[args[0]]:
                found.append([(args[0], least, math.inf), (args[0], -math.inf, -least)])
        elif op == "max":
            least = box.lo[cell]
            if max(box.lo[a] for a in args) < least - 1e-9 * (1 + abs(least)):
                found.append([(a, least, math.inf) for a in args if box.hi[a] >= least])
        elif box.lo[cell] > graph.box.lo[cell] or box.hi[cell] < graph.box.hi[cell]:
            truth = next((a for a in args if graph.whole[a] and box.lo[a] == 0 and box.hi[a] == 1), None)
            if truth is not None:  # a count that is asked about: the item counts, or it does not
                counted.append([(truth, 1.0, 1.0), (truth, 0.0, 0.0)])
    return sorted((cases for cases in found if len(cases) > 1), key=len) + counted


SPLIT = frozenset({"or", "and", "abs", "max", "add"})


def hull(box: Box, cases: list[Case]) -> Box:
    """The domains on which the cases that are possible agree. Raises ``Refuted`` when none is."""
    joined: Box | None = None
    for case in cases:
        inner = box.copy()
        try:
            inner.narrow(*case)
            propagate(inner)
        except Refuted:
            continue
        if joined is None:
            joined = inner
        else:
            joined.join(inner)
    if joined is None:
        raise Refuted
    return joined
