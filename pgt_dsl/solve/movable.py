"""What a chain may move: shapes one at a time, and the checks that such a move touches. Read off the program alone.

A *unit* is a block of shapes, or a single one, whose outlines hang on draws of their own and on nothing else that
moves. Its items can be drawn anew one by one, and of the free gaps that are asked for only those to the moved shape
change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pgt_dsl.program.facts import OBJECT, Facts, Step
from pgt_dsl.program.program import AxisId, Group, GroupId, NodeId, Program, VarId
from pgt_dsl.solve.gap_pattern import Gap
from pgt_dsl.solve.plan import Check
from pgt_dsl.solve.reads import reads

LOOKS = ("color", "text")  # types of fields that outlines do not hang on
FEWEST = 4  # shapes: fewer are never so crowded that rejection fails


@dataclass(frozen=True, slots=True)
class Unit:
    """Shapes that are moved one at a time: the ``groups`` of a block (``axis``) or a single shape (None), and the
    variables that place number k of them is drawn from."""

    axis: AxisId | None
    vars: tuple[VarId, ...]
    groups: tuple[GroupId, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Among:
    """A free gap that is asked for between all pairs of ``slots``."""

    check: Check
    gap: Gap
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Local:
    """A check of the items of a unit one by one: of a drawn variable, or that a ``node`` holds, which has one axis,
    that of the block or of a loop over its shapes."""

    check: Check
    node: NodeId | None


@dataclass(frozen=True, slots=True)
class Moves:
    """How scenes of a program are moved. ``among``: the gaps; ``local``: for each unit the checks of single items;
    ``others``: the checks that hang on moved shapes in another way; ``groups``: all groups with shapes in a gap;
    ``rest``: the draws of no unit that checks hang on (they are moved too, together); ``picks``: the picks that how
    crowded a scene is hangs on."""

    units: tuple[Unit, ...]
    among: tuple[Among, ...]
    local: tuple[tuple[Local, ...], ...]
    others: tuple[Check, ...]
    groups: tuple[GroupId, ...]
    rest: tuple[VarId, ...]
    picks: tuple[VarId, ...]


def moves(program: Program, facts: Facts, checks: Sequence[Check]) -> Moves | None:
    """How shapes can be moved; None where no gap is asked for, or too few shapes can be moved."""
    if program.twin is not None:
        return None
    among = [found for check in checks if (found := _among(program, check)) is not None]
    crowded = {program.owner(slot)[0].id for item in among for slot in item.slots}
    units = _independent(program, facts, crowded, list(_units(program, facts, crowded)))
    among = [item for item in among if not _moved(facts.vars(item.gap.bound), units)]
    movable = {slot for unit in units for g in unit.groups for slot in _slots(program.groups[g])}
    if max((len(movable.intersection(item.slots)) for item in among), default=0) < FEWEST:
        return None
    local = [
        tuple(
            one
            for check in checks
            if not _moved(reads(program, facts, check), [other for other in units if other is not unit])
            and (one := _local(program, facts, check, unit)) is not None
        )
        for unit in units
    ]
    known = {id(item.check) for item in among} | {id(item.check) for part in local for item in part}
    others = [c for c in checks if id(c) not in known and _moved(reads(program, facts, c), units)]
    read = {v for check in checks for v in reads(program, facts, check)}
    fixed = {pick.var for pick in program.picks} | {v for unit in units for v in unit.vars}
    groups = tuple(sorted({program.owner(slot)[0].id for item in among for slot in item.slots}))
    return Moves(tuple(units), tuple(among), tuple(local), tuple(others), groups, tuple(sorted(read - fixed)),
                 _crowding(program, facts, among, local, groups))  # fmt: skip


def _crowding(
    program: Program, facts: Facts, among: Sequence[Among], local: Sequence[Sequence[Local]], groups: Iterable[GroupId]
) -> tuple[VarId, ...]:
    """The picks that gaps, checks of single shapes, numbers of shapes or outlines hang on; colours and texts do not
    matter to these."""
    waiting: list[Step] = [("group", g) for g in groups]
    waiting += [("node", item.gap.bound) for item in among]
    waiting += [("node", one.node) for part in local for one in part if one.node is not None]
    seen = set(waiting)
    while waiting:
        step = waiting.pop()
        for more in facts.following(step):
            seen_by_eye = step[0] == "group" and more[0] == "node" and program.nodes[more[1]].type.base in LOOKS
            if more not in seen and not seen_by_eye:
                seen.add(more)
                waiting.append(more)
    read = _vars(seen)
    return tuple(pick.var for pick in program.picks if pick.var in read)


def _slots(group: Group) -> range:
    return range(group.start, group.start + group.size)


def _moved(read: Iterable[VarId], units: Sequence[Unit]) -> bool:
    return any(var in unit.vars for unit in units for var in read)


# gaps -----------------------------------------------------------------------------------------------


def _among(program: Program, check: Check) -> Among | None:
    """A check as a gap among slots that are known beforehand."""
    gap = check.gap
    if gap is None:
        return None
    args = program.nodes[gap.call].args
    lists = args if gap.axis is None else program.axes[gap.axis].lists
    if gap.axis is not None and (not program.axes[gap.axis].pairs or len(lists) != 1):
        return None
    slots: list[int] = []
    for node in lists:
        found = _known_slots(program, node)
        if found is None:
            return None
        slots += found
    return Among(check, gap, tuple(slots)) if len(set(slots)) == len(slots) else None


def _known_slots(program: Program, node_id: NodeId) -> list[int] | None:
    node = program.nodes[node_id]
    if node.op == "group":
        return list(_slots(program.groups[node.attrs["group"]]))
    if node.op in ("concat", "list"):
        parts = [_known_slots(program, arg) for arg in node.args]
        return None if any(p is None for p in parts) else [slot for p in parts if p is not None for slot in p]
    return None


# units ----------------------------------------------------------------------------------------------


def _units(program: Program, facts: Facts, crowded: set[GroupId]) -> Iterator[Unit]:
    reached = {g.id: _vars(facts.reach(("group", g.id))) for g in program.groups}
    picked = {pick.var for pick in program.picks}
    blocks: dict[AxisId, list[Group]] = {}
    for group in program.groups:
        if group.id not in crowded or group.composite or group.parent is not None or group.kind in ("canvas", OBJECT):
            continue
        if len(group.axes) == 1 and program.axes[group.axes[0]].what == "block":
            blocks.setdefault(group.axes[0], []).append(group)
        elif not group.axes:
            elsewhere = {v for g, found in reached.items() if g != group.id for v in found} | picked
            own = tuple(v for v in sorted(reached[group.id] - elsewhere) if not program.vars[v].axes)
            if own:
                yield Unit(None, own, (group.id,), 1)
    for axis, groups in blocks.items():
        own = tuple(v.id for v in program.vars if tuple(v.axes) == (axis,) and v.id not in picked)
        count = program.axes[axis].count
        if own and (count is None or not facts.vars(count) & set(own)):
            yield Unit(axis, own, tuple(g.id for g in groups), program.axes[axis].size)


def _vars(steps: Iterable[Step]) -> set[VarId]:
    return {ident for what, ident in steps if what == "var"}


def _independent(program: Program, facts: Facts, crowded: set[GroupId], units: list[Unit]) -> list[Unit]:
    """The units on whose draws no other shape's outline hangs, and no item's on those of its neighbours."""

    def alone(unit: Unit) -> bool:
        others = crowded - set(unit.groups)
        if any(_vars(facts.reach(("group", g))) & set(unit.vars) for g in others):
            return False
        return all(_itemwise(program, facts, facts.reach(("group", g)), unit) for g in unit.groups)

    return [unit for unit in units if alone(unit)]


def _itemwise(program: Program, facts: Facts, steps: Iterable[Step], unit: Unit) -> bool:
    """Whether what is reached reads of the unit's draws only those of the item itself, never a list of them."""
    for what, ident in steps:
        if what != "node":
            continue
        node = program.nodes[ident]
        if (node.op == "loop" or (node.op == "group" and node.type.rank)) and facts.vars(ident) & set(unit.vars):
            return False
    return True


def _local(program: Program, facts: Facts, check: Check, unit: Unit) -> Local | None:
    """A check as one of a unit's items one by one, where it is that."""
    if unit.axis is None or check.gap is not None:
        return None
    if check.node is None:
        return Local(check, None) if check.source[1] in unit.vars else None
    if check.reason not in ("require", "room", "even", "options", "defined"):
        return None
    node = program.nodes[check.node]
    if node.axes == (unit.axis,):
        alone = _itemwise(program, facts, facts.reach(("node", check.node)), unit)
        return Local(check, check.node) if alone else None
    body = _of_each(program, facts, check.node, unit) if check.reason != "defined" else None
    return None if body is None else Local(check, body)


def _of_each(program: Program, facts: Facts, node_id: NodeId, unit: Unit) -> NodeId | None:
    """The body of ``all(s in xs: ...)`` over the unit's shapes, where it is about each of them alone."""
    node = program.nodes[node_id]
    if node.op != "all" or node.axes:
        return None
    loop = program.nodes[node.args[0]]
    if loop.op != "loop" or len(loop.args) != 1:
        return None
    axis = program.axes[loop.attrs["axis"]]
    if axis.pairs or len(axis.lists) != 1 or program.nodes[loop.args[0]].axes != (axis.id,):
        return None
    shapes = program.nodes[axis.lists[0]]
    if shapes.op != "group" or shapes.attrs["group"] not in unit.groups:
        return None
    steps = facts.reach(("node", loop.args[0])) - {("node", axis.lists[0])}
    others = (program.nodes[i] for what, i in steps if what == "node" and program.nodes[i].op == "elem")
    if any(other.attrs["axis"] != axis.id for other in others):
        return None
    return loop.args[0] if _itemwise(program, facts, steps, unit) else None
