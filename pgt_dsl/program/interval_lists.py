"""The interval reading of lists and loops: a cell an item, and a cell for whether it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pgt_dsl.program.interval_cells import Cell, Ls, Val
from pgt_dsl.program.program import Axis, AxisId, Node

if TYPE_CHECKING:
    from pgt_dsl.program.interval import Reading

Where = Mapping[AxisId, int]
QUADRATIC = 48  # longer lists are not compared item by item


def part_place(r: Reading, axis: Axis, position: int, part: int) -> int:
    """Which item of a loop's ``part``-th list stands at a position of its axis."""
    if axis.pairs:
        size = r.program.nodes[axis.lists[0]].sizes[0]
        first = 0
        while position >= size - 1 - first:
            position -= size - 1 - first
            first += 1
        return first if part == 0 else first + 1 + position
    sizes = [r.program.nodes[source].sizes[0] for source in axis.lists]
    for size in reversed(sizes[part + 1 :]):
        position //= size
    return position % sizes[part]


def present(r: Reading, axis_id: AxisId, position: int, where: Where) -> Cell:
    """Whether there is an item at a position of an axis."""
    axis = r.program.axes[axis_id]
    if axis.what == "block":
        if axis.count is None:
            return r.graph.number(1, True)
        return r.graph.le(r.graph.number(position + 1, True), r.cell(axis.count, where))
    found = []
    parts = [(axis.lists[0], 0), (axis.lists[0], 1)] if axis.pairs else [(s, k) for k, s in enumerate(axis.lists)]
    for source, part in parts:
        items = r.listed(source, where)
        place = part_place(r, axis, position, part)
        found.append(items.there[place] if place < len(items.there) else r.graph.number(0, True))
    return r.graph.every(found)


def fitted(items: Ls, r: Reading, node: Node, size: int) -> Ls:
    """A list of exactly so many places: lists that are known may be shorter than their padded columns."""
    missing = size - len(items.items)
    if missing <= 0:
        return items
    fill = items.items[-1] if items.items else r.any(node, (id(node), "fill"), node.type.rank - 1)
    return Ls((*items.items, *(fill,) * missing), (*items.there, *(r.graph.number(0, True),) * missing))


def _elem(r: Reading, node: Node, where: Where) -> Val:
    axis = r.program.axes[node.attrs["axis"]]
    source = r.program.nodes[node.args[0]]
    items = fitted(r.listed(node.args[0], where), r, source, source.sizes[0])
    return items.items[part_place(r, axis, where[axis.id], node.attrs["part"])]


def _loop(r: Reading, node: Node, where: Where) -> Val:
    own = node.attrs["axis"]
    items, there = [], []
    for k in range(r.program.axes[own].size):
        inner = {**where, own: k}
        held = present(r, own, k, inner)
        if len(node.args) > 1 and not r.graph.box.false(held):
            held = r.graph.every([held, r.cell(node.args[1], inner)])
        items.append(r.of(node.args[0], inner))
        there.append(held)
    return Ls(tuple(items), tuple(there))


def _list(r: Reading, node: Node, where: Where) -> Val:
    return Ls(tuple(r.of(a, where) for a in node.args), (r.graph.number(1, True),) * len(node.args))


def _concat(r: Reading, node: Node, where: Where) -> Val:
    parts = [r.listed(a, where) for a in node.args]
    return Ls(tuple(i for p in parts for i in p.items), tuple(t for p in parts for t in p.there))


def _range(r: Reading, node: Node, where: Where) -> Val:
    low, high = (r.cell(a, where) for a in node.args)
    items = [r.graph.add(low, r.graph.number(k, True)) for k in range(node.sizes[0])]
    return Ls(tuple(items), tuple(r.graph.le(item, high) for item in items))


def _reverse(r: Reading, node: Node, where: Where) -> Val:
    items = r.listed(node.args[0], where)
    return Ls(items.items[::-1], items.there[::-1])


def _unique(r: Reading, node: Node, where: Where) -> Val:
    items = r.listed(node.args[0], where)
    if len(items.items) > QUADRATIC:
        return r.any(node, (node.args[0], tuple(where.items()), "unique"))
    there = []
    for k, held in enumerate(items.there):
        earlier = [r.graph.every([items.there[j], r.same(items.items[j], items.items[k])]) for j in range(k)]
        there.append(r.graph.every([held, r.graph.no(r.graph.some(earlier))]))
    return Ls(items.items, tuple(there))


def _distinct(r: Reading, node: Node, where: Where) -> Val:
    items = r.listed(node.args[0], where)
    if len(items.items) > QUADRATIC:
        return r.graph.truth(("distinct", node.args, tuple(where.items())))
    count = len(items.items)
    equal = [
        r.graph.every([items.there[i], items.there[j], r.same(items.items[i], items.items[j])])
        for i in range(count)
        for j in range(i + 1, count)
    ]
    return r.graph.no(r.graph.some(equal))


def _held(r: Reading, item: Val, items: Ls) -> Cell:
    """Whether a value is among the items of a list."""
    return r.graph.some([r.graph.every([p, r.same(item, x)]) for x, p in zip(items.items, items.there, strict=True)])


def _except(r: Reading, node: Node, where: Where) -> Val:
    items, other = r.listed(node.args[0], where), r.of(node.args[1], where)
    one = r.program.nodes[node.args[1]].type.rank < r.program.nodes[node.args[0]].type.rank
    there = []
    for item, held in zip(items.items, items.there, strict=True):
        gone = r.same(item, other) if one else _held(r, item, r.listed(node.args[1], where))
        there.append(r.graph.every([held, r.graph.no(gone)]))
    return Ls(items.items, tuple(there))


def _in(r: Reading, node: Node, where: Where) -> Val:
    return _held(r, r.of(node.args[0], where), r.listed(node.args[1], where))


def _item(r: Reading, node: Node, where: Where) -> Val:
    items, index = r.listed(node.args[0], where), r.cell(node.args[1], where)
    return at(r, items, index) if items.items else r.any(node, (node.args, tuple(where.items())))


def at(r: Reading, items: Ls, index: Cell) -> Val:
    """The index-th item that is there."""
    graph, count = r.graph, len(items.items)
    known = graph.value(index)
    if r.full(items):
        if known is not None and -count <= known < count:
            return items.items[int(known)]
        return r.picked(graph.cell("place", (index,), count), list(items.items), tuple(range(count)))
    if known == 0 and graph.box.true(items.there[0]):
        return items.items[0]
    able = [k for k in range(count) if not graph.box.false(items.there[k])]
    key = graph.unsure(graph.leaf(("at", items, index), frozenset(able or range(count))))
    return r.picked(key, list(items.items), tuple(range(count)))


def _all(r: Reading, node: Node, where: Where) -> Val:
    graph, items = r.graph, r.listed(node.args[0], where)
    pairs = zip(items.items, items.there, strict=True)
    return graph.every([graph.some([graph.no(p), x]) for x, p in pairs if isinstance(x, int)])


def _some(r: Reading, node: Node, where: Where) -> Val:
    graph, items = r.graph, r.listed(node.args[0], where)
    pairs = zip(items.items, items.there, strict=True)
    return graph.some([graph.every([p, x]) for x, p in pairs if isinstance(x, int)])


def total(r: Reading, cells: list[Cell], whole: bool) -> Cell:
    """The sum of cells."""
    cells = [c for c in cells if r.graph.value(c) != 0]
    if not cells:
        return r.graph.number(0, whole)
    return cells[0] if len(cells) == 1 else r.graph.cell("add", tuple(cells), None, whole)


def _count(r: Reading, node: Node, where: Where) -> Val:
    return total(r, list(r.listed(node.args[0], where).there), True)


def _sum(r: Reading, node: Node, where: Where) -> Val:
    items, whole = r.listed(node.args[0], where), node.type.base == "int"
    zero = r.graph.number(0, whole)
    terms = [r.chosen(p, x, zero) for x, p in zip(items.items, items.there, strict=True)]
    return total(r, [t for t in terms if isinstance(t, int)], whole)


def _max(r: Reading, node: Node, where: Where) -> Val:
    graph, items = r.graph, r.listed(node.args[0], where)
    cells = [(p, x) for x, p in zip(items.items, items.there, strict=True) if isinstance(x, int)]
    cells = [(p, x) for p, x in cells if graph.value(p) != 0]
    if not cells:
        return r.any(node, (node.args, tuple(where.items())))
    if all(graph.value(p) == 1 for p, _ in cells):
        return graph.greatest([x for _, x in cells])
    return graph.cell("maxp", [c for pair in cells for c in pair], None, node.type.base == "int")


def _argmax(r: Reading, node: Node, where: Where) -> Val:
    return _chosen(r, node, where, "top")


def _only(r: Reading, node: Node, where: Where) -> Val:
    return _chosen(r, node, where, "only")


def _chosen(r: Reading, node: Node, where: Where, op: str) -> Val:
    """The item at the place that the keys choose."""
    keys, items = r.listed(node.args[0], where), r.listed(node.args[1], where)
    count = min(len(keys.items), len(items.items))
    if not count:
        return r.any(node, (node.args, tuple(where.items())))
    flat: list[Cell] = []
    for k in range(count):
        here, key = r.graph.every([keys.there[k], items.there[k]]), keys.items[k]
        assert isinstance(key, int)
        flat.extend((here, key) if op == "top" else (r.graph.every([here, key]),))
    place = r.graph.cell(op, flat)
    return r.picked(place, list(items.items[:count]), tuple(range(count)))


def _sort(r: Reading, node: Node, where: Where) -> Val:
    return _shuffled(r, node, r.listed(node.args[1], where), (node.args, tuple(where.items())))


def _shuffled(r: Reading, node: Node, items: Ls, key: object) -> Val:
    """The items of a list in an order that is not known, those that are there first."""
    count = len(items.items)
    if not count:
        return items
    able = frozenset(k for k in range(count) if not r.graph.box.false(items.there[k])) or frozenset(range(count))
    many = total(r, list(items.there), True)
    names = tuple(range(count))
    made = [r.picked(r.graph.leaf((key, k, "from"), able), list(items.items), names) for k in range(count)]
    return Ls(tuple(made), tuple(r.graph.le(r.graph.number(k + 1, True), many) for k in range(count)))


def _mode(r: Reading, node: Node, where: Where) -> Val:
    items = r.listed(node.args[0], where)
    able = frozenset(k for k, p in enumerate(items.there) if not r.graph.box.false(p))
    if not able:
        return r.any(node, (node.args, tuple(where.items())))
    key = r.graph.unsure(r.graph.leaf(("mode", node.args, tuple(where.items())), able))
    return r.picked(key, list(items.items), tuple(range(len(items.items))))


OPS: dict[str, Callable[[Reading, Node, Where], Val]] = {
    "elem": _elem, "loop": _loop, "list": _list, "concat": _concat, "range": _range, "reverse": _reverse,
    "unique": _unique, "distinct": _distinct, "except": _except, "in": _in, "item": _item, "all": _all, "some": _some,
    "count": _count, "sum": _sum, "max": _max, "argmax": _argmax, "only": _only, "sort": _sort, "mode": _mode,
}  # fmt: skip
