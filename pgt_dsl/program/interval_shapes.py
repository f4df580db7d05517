"""The interval reading of shapes and laws: fields, parts, bounding boxes, and what a drawn variable may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pgt_dsl.program import interval_lists as lists
from pgt_dsl.program.facts import OBJECT
from pgt_dsl.program.interval_cells import INF, Cell, Ls, Pt, Val
from pgt_dsl.program.interval_extents import extents, reach, upright
from pgt_dsl.program.program import DERIVED_FIELDS, AxisId, Group, GroupId, Law, Node, NodeId, Var, VarId

if TYPE_CHECKING:
    from pgt_dsl.program.interval import Reading

Where = Mapping[AxisId, int]
SIGMAS = 4.0  # the normal law is cut there
DISTINCT = 12  # shuffles of more items are not known to hold each once


# slots and groups -------------------------------------------------------------------------------------------


def places(r: Reading, group: Group, item: int) -> dict[AxisId, int]:
    """The positions along its axes of the ``item``-th shape of a group."""
    found: dict[AxisId, int] = {}
    for axis in reversed(group.axes):
        size = r.program.axes[axis].size
        found[axis] = item % size
        item //= size
    return found


def there(r: Reading, group: Group, item: int) -> Cell:
    """Whether a shape of a group is there."""
    if group.kind == OBJECT:
        return r.graph.truth(("object", group.id, item))
    where = places(r, group, item)
    return r.graph.every([lists.present(r, axis, where[axis], where) for axis in group.axes])


def _group(r: Reading, node: Node, where: Where) -> Val:
    group = r.program.groups[node.attrs["group"]]
    if node.type.rank == 0:
        return r.graph.members(group.start)
    slots = range(group.start, group.start + group.size)
    return Ls(tuple(r.graph.members(s) for s in slots), tuple(there(r, group, k) for k in range(group.size)))


def _slot(r: Reading, node: Node, where: Where) -> Val:
    group = r.program.groups[node.attrs["group"]]
    return r.graph.members(group.start + _item_at(r, group, where))


def _parts(r: Reading, node: Node, where: Where) -> Val:
    slots = r.graph.box.sets[r.cell(node.args[0], where)]
    owners = {}
    for owner_id, part_id in node.attrs["map"]:
        whole, part = r.program.groups[owner_id], r.program.groups[part_id]
        each = part.size // whole.size
        for k in range(whole.size):
            owners[whole.start + k] = (part, k * each, each)
    able = sorted(s for s in (owners if slots is None else slots) if s in owners)
    if not able:
        return r.any(node, (node.args, tuple(where.items()), "parts"))
    values: list[Val] = []
    for slot in able:
        part, first, each = owners[slot]
        if node.type.rank == 0:
            values.append(r.graph.members(part.start + first))
            continue
        items = range(first, first + each)
        held = tuple(there(r, part, k) for k in items)
        values.append(Ls(tuple(r.graph.members(part.start + k) for k in items), held))
    return r.picked(r.cell(node.args[0], where), values, tuple(able))


# fields -------------------------------------------------------------------------------------------------------


def _field(r: Reading, node: Node, where: Where) -> Val:
    shape = r.cell(node.args[0], where)
    return field(r, shape, node.attrs["name"], tuple(node.attrs["groups"]), node)


def field(r: Reading, shape: Cell, name: str, groups: tuple[GroupId, ...], node: Node | NodeId) -> Val:
    """A field of the shape that a cell holds."""
    record = r.program.nodes[node] if isinstance(node, int) else node
    held = r.graph.box.sets[shape]
    if held is None:
        held = frozenset(s for g in groups for s in range(r.program.groups[g].start, _end(r.program.groups[g])))
    values: list[Val] = []
    names = []
    for slot in sorted(held):
        group, item = r.program.owner(slot)
        value = of_slot(r, group, item, name)
        if value is not None:
            values.append(value)
            names.append(slot)
    if not values:
        base = "point" if name == "at" else record.type.base
        return r.any(record, ("field", shape, name)) if base == record.type.base else r.anything(base, (shape, name))
    return r.picked(shape, values, tuple(names))


def _end(group: Group) -> int:
    return group.start + group.size


def of_slot(r: Reading, group: Group, item: int, name: str) -> Val | None:
    """A field of one shape; None when it has none that can be read."""
    node = group.fields.get(name)
    if node is not None:
        return r.of(node, places(r, group, item))
    if name == "order":
        return r.graph.leaf(("order", group.id, item), (-1.0, float(r.program.slots)), True)
    left, top, right, bottom = extents(r, group, item)
    if name in DERIVED_FIELDS:
        return {"left": left, "top": top, "right": right, "bottom": bottom}[name]
    if group.kind == OBJECT:
        return None
    graph = r.graph
    half = graph.number(0.5)
    if name == "at":
        return Pt(graph.mul(graph.add(left, right), half), graph.mul(graph.add(top, bottom), half))
    if name in ("width", "height"):
        return graph.sub(right, left) if name == "width" else graph.sub(bottom, top)
    return None


# laws -----------------------------------------------------------------------------------------------------------


def var(r: Reading, ident: VarId, where: Where) -> Val:
    """A drawn variable at a position along its axes."""
    record = r.program.vars[ident]
    own = {axis: where[axis] for axis in sorted(record.axes)}
    return _drawn(r, record, record.law, own, (ident, tuple(own.values())), 0)


def _drawn(r: Reading, record: Var, law: Law, where: Where, key: tuple[object, ...], depth: int) -> Val:
    graph = r.graph
    base = record.type.base
    if law.name in ("uniform", "integers", "log_uniform", "bins"):
        low, high = r.cell(law.args[0], where), r.cell(law.args[1], where)
        ordered = graph.box.hi[low] <= graph.box.lo[high]
        return graph.between(low, high, key, ordered, base == "int")
    if law.name == "normal":
        mean, sd = r.cell(law.args[0], where), r.cell(law.args[1], where)
        reach = graph.cell("abs", (graph.scale(sd, SIGMAS * (1 + 1e-9)),))
        return graph.between(graph.sub(mean, reach), graph.add(mean, reach), key, True)
    if law.name in ("choice", "weighted", "stratum") and law.args:
        items = r.listed(law.args[0], where)
        able = frozenset(k for k, p in enumerate(items.there) if not graph.box.false(p))
        if able:
            place = graph.leaf((key, "from"), able)
            return r.picked(place, list(items.items), tuple(range(len(items.items))))
    if law.name in ("sample", "shuffle"):
        return _drawn_list(r, record, law, where, key, depth)
    if law.name == "repeat" and law.inner is not None:
        count, size = r.cell(law.args[0], where), record.sizes[depth]
        made = [_drawn(r, record, law.inner, where, (*key, k), depth + 1) for k in range(size)]
        return Ls(tuple(made), tuple(graph.le(graph.number(k + 1, True), count) for k in range(size)))
    if law.name in PLACES:
        return PLACES[law.name](r, record, law, where, key)
    if law.name == "photo":
        return graph.leaf(key, (0.0, INF), True)
    left = record.type.rank - depth
    return _unknown(r, base, key, record.sizes[depth:]) if left > 0 else r.anything(base, key)


def _unknown(r: Reading, base: str, key: tuple[object, ...], sizes: tuple[int, ...]) -> Val:
    if not sizes:
        return r.anything(base, key)
    items = tuple(_unknown(r, base, (*key, k), sizes[1:]) for k in range(sizes[0]))
    return Ls(items, tuple(r.graph.truth((key, k, "?")) for k in range(sizes[0])))


def _drawn_list(r: Reading, record: Var, law: Law, where: Where, key: tuple[object, ...], depth: int) -> Val:
    """``sample`` and ``shuffle``: items of a list, each taken once."""
    graph, items = r.graph, r.listed(law.args[0], where)
    count, size = len(items.items), record.sizes[depth]
    able = frozenset(k for k in range(count) if not graph.box.false(items.there[k]))
    if not able:
        return _unknown(r, record.type.base, key, record.sizes[depth:])
    many = lists.total(r, list(items.there), True)
    if law.name == "sample":
        many = r.cell(law.args[1], where)
    keys = [graph.leaf((key, k, "from"), able) for k in range(size)]
    there = tuple(graph.le(graph.number(k + 1, True), many) for k in range(size))
    if size <= DISTINCT:
        for i in range(size):
            for j in range(i + 1, size):
                both = graph.every([there[i], there[j], r.same(keys[i], keys[j])])
                graph.facts.append(graph.no(both))
    made = [r.picked(k, list(items.items), tuple(range(count))) for k in keys]
    return Ls(tuple(made), there)


def _room(r: Reading, law: Law, where: Where) -> tuple[Cell, ...] | None:
    """The box of the shape that a law draws in, when it is known which."""
    slot = r.graph.only(r.cell(law.args[0], where))
    return None if slot is None else extents(r, *r.program.owner(slot))


def _placed(r: Reading, record: Var, law: Law, where: Where, key: tuple[object, ...]) -> Val:
    """A position within the room's box less the shape's reach; what hangs on it besides is said by ``fits``."""
    graph, room = r.graph, _room(r, law, where)
    assert law.group is not None
    group = r.program.groups[law.group]
    own = ("var", record.id)
    others = [n for name, n in group.fields.items() if name != "at"]
    if room is None or group.composite or any(own in r.facts.reach(("node", n)) for n in others):
        return r.anything("point", key)
    far = reach(r, group, _item_at(r, group, where))
    if far is None:
        return r.anything("point", key)
    left, top, right, bottom = room
    return Pt(
        graph.between(graph.add(left, far[0]), graph.sub(right, far[2]), (key, "x"), False),
        graph.between(graph.add(top, far[1]), graph.sub(bottom, far[3]), (key, "y"), False),
    )


def spans(r: Reading, ident: VarId, where: Where) -> tuple[float, float] | None:
    """The least widths, along x and y, of what its room leaves to a ``placed`` variable at a position along its axes;
    None where that is not known."""
    law = r.program.vars[ident].law
    assert law.group is not None
    group = r.program.groups[law.group]
    room = _room(r, law, where)
    far = None if group.composite else reach(r, group, _item_at(r, group, where))
    if room is None or far is None:
        return None
    box = r.graph.box
    x, y = (box.lo[room[k + 2]] - box.hi[room[k]] - box.hi[far[k]] - box.hi[far[k + 2]] for k in (0, 1))
    return x, y


def _item_at(r: Reading, group: Group, where: Where) -> int:
    """Which of a group's shapes stands at positions along its axes."""
    item = 0
    for axis in group.axes:
        item = item * r.program.axes[axis].size + where[axis]
    return item


def _anywhere(r: Reading, record: Var, law: Law, where: Where, key: tuple[object, ...]) -> Val:
    graph, room = r.graph, _room(r, law, where)
    if room is None:
        return r.anything("point", key)
    left, top, right, bottom = room
    margin = r.cell(law.args[1], where) if len(law.args) > 1 else graph.number(0)
    return Pt(
        graph.between(graph.add(left, margin), graph.sub(right, margin), (key, "x"), False),
        graph.between(graph.add(top, margin), graph.sub(bottom, margin), (key, "y"), False),
    )


def _ring(r: Reading, record: Var, law: Law, where: Where, key: tuple[object, ...]) -> Val:
    graph, centre = r.graph, r.point(law.args[0], where)
    reach = graph.greatest([graph.cell("abs", (r.cell(a, where),)) for a in law.args[1:3]])
    return Pt(*(
        graph.between(graph.sub(c, reach), graph.add(c, reach), (key, name), True)
        for c, name in zip(centre, "xy", strict=True)
    ))  # fmt: skip


def _scatter(r: Reading, record: Var, law: Law, where: Where, key: tuple[object, ...]) -> Val:
    graph, count = r.graph, r.cell(law.args[0], where)
    size = record.sizes[-1]
    items = tuple(Pt(*(graph.leaf((key, k, axis), (0.0, r.size[axis])) for axis in (0, 1))) for k in range(size))
    return Ls(items, tuple(graph.le(graph.number(k + 1, True), count) for k in range(size)))


PLACES: dict[str, Callable[[Reading, Var, Law, Where, tuple[object, ...]], Val]] = {
    "placed": _placed, "anywhere": _anywhere, "ring": _ring, "scatter": _scatter,
}  # fmt: skip


def fits(r: Reading, ident: VarId) -> list[tuple[Cell, tuple[Cell, ...]]]:
    """For a ``placed`` variable, item by item: whether the item is there, and that its box lies in its room's."""
    record = r.program.vars[ident]
    assert record.law.group is not None
    group = r.program.groups[record.law.group]
    found = []
    for item in range(group.size):
        where = places(r, group, item)
        room = _room(r, record.law, where)
        if room is not None:
            box = extents(r, group, item)
            here = r.graph.every([lists.present(r, axis, where[axis], where) for axis in record.axes])
            found.append((here, _within(r, box, room)))
    return found


def surely_fits(r: Reading, ident: VarId) -> bool:
    """Whether the shape of a ``placed`` variable fits its room in every scene."""
    law = r.program.vars[ident].law
    assert law.group is not None
    group = r.program.groups[law.group]
    for item in range(group.size):
        room, far = _room(r, law, places(r, group, item)), reach(r, group, item)
        if room is None or far is None or group.composite:
            return False
        box = r.graph.box
        for low, high in ((0, 2), (1, 3)):
            if box.hi[far[low]] + box.hi[far[high]] > box.lo[room[high]] - box.hi[room[low]]:
                return False
    return True


def _within(r: Reading, box: tuple[Cell, ...], room: tuple[Cell, ...]) -> tuple[Cell, ...]:
    graph = r.graph
    return (*(graph.le(a, b) for a, b in zip(room[:2], box[:2], strict=True)),
            *(graph.le(a, b) for a, b in zip(box[2:], room[2:], strict=True)))  # fmt: skip


def inside(r: Reading, inner: int, outer: int, by: Cell) -> Cell | None:
    """What follows when a shape lies in an upright one; None when the outer one is of another form."""
    group, item = r.program.owner(outer)
    if not upright(r, group):
        return None
    left, top, right, bottom = extents(r, group, item)
    graph = r.graph
    room = (graph.add(left, by), graph.add(top, by), graph.sub(right, by), graph.sub(bottom, by))
    return graph.every(_within(r, extents(r, *r.program.owner(inner)), room))


OPS: dict[str, Callable[[Reading, Node, Where], Val]] = {
    "group": _group, "slot": _slot, "parts": _parts, "field": _field,
}  # fmt: skip
