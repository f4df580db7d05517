"""Drawing within contracted bounds: boxes of draws in which alone a scene can be, found by intervals, and exact laws.

For each combination of picks the draws' domains are contracted under the requirements, cut where that contracts them
further, and what is left is a *paving*: a few boxes that hold every accepted scene (SIVIA; Jaulin and Walter,
Automatica 29, 1993). Attempts choose a box by its volume and draw within it. Draws that hang together through a
requirement are paved together, others apart, so that x and y need not be cut against each other.

The law stays the declared one. A uniform draw has the same density all over, so drawing in a part of it only leaves
out what the checks would reject. Where a shape is ``placed``, its place is uniform over what its size leaves of the
room; an attempt draws the place as if the size were the largest, and is kept with the probability least span / span.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from pgt_dsl.program import interval_shapes
from pgt_dsl.program.interval import Box, Cell, Pt, Refuted
from pgt_dsl.program.program import Program, Var, VarId
from pgt_dsl.solve.contract import Contractor, propagate

if TYPE_CHECKING:
    from pgt_dsl.program.inputs import Registry
    from pgt_dsl.solve.strata import Strata

MOST_LEAVES = 64  # combinations of picks beyond which nothing is paved
MOST_LANES = 40  # draws of a scene beyond which nothing is paved
MOST_CELLS = 3000  # of a reading: beyond, contraction costs more than it saves
MOST_BOXES = 48  # of one component
WORK = 40_000  # revisions of cells for a whole program: about a fifth of a second
PAYS = 0.75  # a component is paved where its volume falls below this share
USEFUL = 0.9  # a lane is cut where its halves together have less than this share of the volume
NARROWED = 0.98  # a lane is drawn within its contracted bounds where these are below this share
PATIENCE = 8  # cuts ...
GAINED = 0.02  # ... that should gain this share, or no more are made


@dataclass(frozen=True, slots=True)
class Lane:
    """One drawn number: a variable at a position along its axes, and the coordinate of a place (0: x or the number
    itself, 1: y). ``low`` and ``high`` are the forward bounds; ``span`` the least width of the range that the law
    draws from (that of a place hangs on its shape's size)."""

    var: VarId
    item: tuple[int, ...]
    part: int
    cell: Cell
    low: float
    high: float
    span: float

    @property
    def width(self) -> float:
        """The width of the forward bounds."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Component:
    """The boxes of lanes that hang together, in one combination of picks: ``boxes[k][i]`` is the interval of lane i
    in box k."""

    lanes: tuple[Lane, ...]
    boxes: tuple[tuple[tuple[float, float], ...], ...]

    @property
    def volumes(self) -> list[float]:
        """The volume of each box."""
        found = []
        for box in self.boxes:
            volume = 1.0
            for low, high in box:
                volume *= high - low
            found.append(volume)
        return found


def pave(
    program: Program, registry: Registry, size: tuple[float, float], strata: Strata
) -> list[tuple[Component, ...]]:
    """For each combination of picks the components that it pays to draw within their boxes. The same program always
    gives the same."""
    nothing: list[tuple[Component, ...]] = [()] * strata.count
    if program.twin is not None or strata.count > MOST_LEAVES:  # twins share some of their draws and not others
        return nothing
    contractor = Contractor(program, registry, size)
    if len(contractor.graph) > MOST_CELLS:
        return nothing
    lanes = list(_lanes(contractor))
    if not 0 < len(lanes) <= MOST_LANES:
        return nothing
    contractor.work = 0
    tied = [_reached(contractor, cell) for source in contractor.sources for cell in source.cells]
    found = []
    for leaf in strata.enumerate():
        found.append(tuple(_leaf(contractor, lanes, tied, leaf)) if contractor.work < WORK else ())
    return found


# lanes --------------------------------------------------------------------------------------------


def _lanes(contractor: Contractor) -> Iterator[Lane]:
    """The draws that can be narrowed: of shapes that are surely there, numbers between constants, and places."""
    program = contractor.program
    picked = {pick.var for pick in program.picks}
    for var in program.vars:
        if var.id in picked or var.law.name not in LANES or var.type.rank:
            continue
        axes = [program.axes[a] for a in sorted(var.axes)]
        if any(axis.what != "block" or axis.count is not None for axis in axes):
            continue
        for item in product(*(range(axis.size) for axis in axes)):
            where = dict(zip(sorted(var.axes), item, strict=True))
            yield from LANES[var.law.name](contractor, var, item, where)


def _number(contractor: Contractor, var: Var, item: tuple[int, ...], where: Mapping[int, int]) -> Iterator[Lane]:
    reading, graph = contractor.reading, contractor.graph
    low, high = (graph.value(reading.cell(arg, where)) for arg in var.law.args)
    cell = interval_shapes.var(reading, var.id, where)
    if low is not None and high is not None and low < high and isinstance(cell, int):
        yield Lane(var.id, item, 0, cell, low, high, high - low)


def _place(contractor: Contractor, var: Var, item: tuple[int, ...], where: Mapping[int, int]) -> Iterator[Lane]:
    reading, box = contractor.reading, contractor.graph.box
    cells = interval_shapes.var(reading, var.id, where)
    spans = interval_shapes.spans(reading, var.id, where)
    if not isinstance(cells, Pt) or spans is None:
        return
    for part, (cell, span) in enumerate(zip(cells, spans, strict=True)):
        low, high = box.lo[cell], box.hi[cell]
        if low < high and span > 0:
            yield Lane(var.id, item, part, cell, low, high, span)


def _anywhere(contractor: Contractor, var: Var, item: tuple[int, ...], where: Mapping[int, int]) -> Iterator[Lane]:
    """A place anywhere on the canvas: both coordinates are uniform between constants."""
    reading, graph = contractor.reading, contractor.graph
    canvas = {g.id for g in contractor.program.groups if g.kind == "canvas"}
    margin = graph.value(reading.cell(var.law.args[1], where)) if len(var.law.args) > 1 else 0.0
    cells = interval_shapes.var(reading, var.id, where)
    if margin is None or not reading.facts.groups(var.law.args[0]) <= canvas or not isinstance(cells, Pt):
        return
    for part, (cell, side) in enumerate(zip(cells, reading.size, strict=True)):
        if margin < side - margin:
            yield Lane(var.id, item, part, cell, margin, side - margin, side - 2 * margin)


LANES = {"uniform": _number, "placed": _place, "anywhere": _anywhere}


def _reached(contractor: Contractor, cell: Cell) -> frozenset[Cell]:
    """The cells that a cell hangs on."""
    args = contractor.graph.args
    seen, waiting = {cell}, [cell]
    while waiting:
        for arg in args[waiting.pop()]:
            if arg not in seen:
                seen.add(arg)
                waiting.append(arg)
    return frozenset(seen)


# one combination of picks ---------------------------------------------------------------------------


def _leaf(
    contractor: Contractor, lanes: Sequence[Lane], tied: Sequence[frozenset[Cell]], picks: Mapping[VarId, Any]
) -> Iterator[Component]:
    root = contractor.contracted(picks)
    if root is None:
        return
    root.dirty.clear()
    useful = [lane for lane in lanes if _useful(contractor, root, lanes, lane)]
    left = list(lanes)
    for group in _tied(useful, tied):
        made = _component(group, _paved(contractor, root, group))
        if made.boxes and _pays(made):
            left = [lane for lane in left if lane not in group]
            yield made
    # What contraction alone leaves out of each of many lanes is little, and of all together much.
    narrowed = [lane for lane in left if _volume(root, [lane]) < NARROWED]
    made = _component(narrowed, [root])
    if narrowed and _pays(made):
        yield made


def _component(lanes: Sequence[Lane], boxes: Sequence[Box]) -> Component:
    return Component(tuple(lanes), tuple(tuple(_interval(box, lane) for lane in lanes) for box in boxes))


def _interval(box: Box, lane: Lane) -> tuple[float, float]:
    """The domain of a lane, with room for rounding, within the forward bounds."""
    room = 1e-9 * (1 + lane.width)
    return max(lane.low, box.lo[lane.cell] - room), min(lane.high, box.hi[lane.cell] + room)


def _volume(box: Box, lanes: Iterable[Lane]) -> float:
    """The share of the forward bounds' volume."""
    found = 1.0
    for lane in lanes:
        low, high = _interval(box, lane)
        found *= (high - low) / lane.width
    return found


def _useful(contractor: Contractor, root: Box, lanes: Sequence[Lane], lane: Lane) -> bool:
    """Whether a lane is contracted, or contracts others when it is cut."""
    if _volume(root, [lane]) < USEFUL:
        return True
    return sum(_volume(half, lanes) for half in _halves(contractor, root, lane)) < USEFUL * _volume(root, lanes)


def _halves(contractor: Contractor, box: Box, lane: Lane) -> Iterator[Box]:
    """The two halves of a box along a lane, contracted; without those in which no scene is."""
    middle = (box.lo[lane.cell] + box.hi[lane.cell]) / 2
    for low, high in ((box.lo[lane.cell], middle), (middle, box.hi[lane.cell])):
        half = box.copy()
        try:
            half.narrow(lane.cell, low, high)
            contractor.work += propagate(half)
        except Refuted:
            continue
        yield half


def _tied(lanes: Sequence[Lane], tied: Sequence[frozenset[Cell]]) -> list[list[Lane]]:
    """The lanes in groups that no requirement reads together."""
    groups = [[lane] for lane in lanes]
    for cells in tied:
        joined = [g for g in groups if any(lane.cell in cells for lane in g)]
        if len(joined) > 1:
            groups = [g for g in groups if g not in joined] + [[lane for g in joined for lane in g]]
    return groups


def _paved(contractor: Contractor, root: Box, lanes: Sequence[Lane]) -> list[Box]:
    """The largest box is cut along its widest lane until that gains little."""
    boxes = [root]
    history = [_volume(root, lanes)]
    while len(boxes) < MOST_BOXES and contractor.work < WORK:
        worst = max(range(len(boxes)), key=lambda k: _volume(boxes[k], lanes))
        box = boxes.pop(worst)
        lane = max(lanes, key=lambda lane: _volume(box, [lane]))
        boxes += _halves(contractor, box, lane)
        history.append(sum(_volume(b, lanes) for b in boxes))
        if len(history) > PATIENCE and history[-1] > (1 - GAINED) * history[-1 - PATIENCE]:
            break
    return boxes


def _pays(component: Component) -> bool:
    """Whether the boxes leave out more than drawing places as if shapes were large wastes."""
    whole, kept = 1.0, 1.0
    for lane in component.lanes:
        whole *= lane.width
        kept *= lane.span / lane.width
    return sum(component.volumes) / whole < PAYS * kept
