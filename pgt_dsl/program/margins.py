"""The margin reading: by how many of its margins a value holds, so that mixed units can be compared.

Each comparison's slack is divided by the margin for its unit; then ``and`` is min, ``or`` max, ``not`` minus. Bools are
signed by their truth, everything else is not negative, ``inf`` is exact. A list has a margin for each item and, for
each place, a signed one for whether there is an item (``-inf``: surely none). One small function per op.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import numpy as np

from pgt_dsl.program import list_margins as lm
from pgt_dsl.program import loops, running
from pgt_dsl.program.inputs import Array, Bools, Floats
from pgt_dsl.program.loops import Axes
from pgt_dsl.program.ops import SAME
from pgt_dsl.program.program import Margins, Node, NodeId

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator

Listed = tuple[Floats, Floats]  # the items' margins, the signed margins of their being there
Rule = Callable[["Reading", NodeId, Node], "Floats | Listed"]

RELATIVE = 0.05  # numbers and areas that no margin is given for
ANGLE = 2.0  # degrees
EXACT = 1e5  # margins from here on say that nothing was close: measures answer an identity with a huge number


def whole(ev: Evaluator, node_id: NodeId, given: Margins) -> Floats:
    """The margin of a node, one number for a list: float64[B or 1, axes...]."""
    return Reading(ev, given).whole(node_id, ev.program.nodes[node_id].axes)


class Reading:
    """The margin reading of one batch for one set of given margins."""

    def __init__(self, ev: Evaluator, given: Margins) -> None:
        self.ev = ev
        self.given = given
        self.key = f"margin {sorted(given.absolute.items())} {given.relative}"

    def of(self, node_id: NodeId) -> Floats | Listed:
        """The margin of a node over its own axes."""
        found = self.ev.get((self.key, node_id))
        if found is None:
            self.ev._drive(node_id, self.key, self._needs, self._compute)
            found = self.ev.get((self.key, node_id))
        return cast("Floats | Listed", found)

    def _needs(self, node_id: NodeId) -> tuple[NodeId, ...]:
        node = self.ev.program.nodes[node_id]
        if node.op in ("elem", "loop"):
            axis = self.ev.program.axes[node.attrs["axis"]]
            return (*node.args, *axis.lists, *(() if axis.count is None else (axis.count,)))
        return node.args

    def _compute(self, node_id: NodeId) -> Floats | Listed:
        node = self.ev.program.nodes[node_id]
        found = MARGINS.get(node.op, bounded)(self, node_id, node)
        if isinstance(found, tuple) or node.type.rank == 0:
            return found
        mask = lm.presence(self.ev, node_id, node.axes)
        return found[..., None], np.where(mask, np.inf, -np.inf)

    def listed(self, node_id: NodeId, axes: Axes) -> Listed:
        """The margins of a list node, aligned to more axes."""
        items, there = cast(Listed, self.of(node_id))
        have = self.ev.program.nodes[node_id].axes
        items, there = loops.fit(items, have, axes), loops.fit(there, have, axes)
        return tuple(np.broadcast_arrays(items, there))  # type: ignore[return-value]

    def whole(self, node_id: NodeId, axes: Axes) -> Floats:
        """The margin of any node as one number, aligned to more axes."""
        found = self.of(node_id)
        if isinstance(found, tuple):
            return lm.collapse(*self.listed(node_id, axes))
        return np.asarray(loops.fit(found, self.ev.program.nodes[node_id].axes, axes))

    def size(self, node_id: NodeId, axes: Axes) -> Floats:
        """``whole`` without its sign."""
        return np.abs(self.whole(node_id, axes))

    def truth(self, node_id: NodeId) -> Bools:
        """The value of a bool node."""
        return np.asarray(self.ev.value(node_id).data)

    def bound(self, node: Node) -> Floats:
        """The least margin of a node's arguments, without signs."""
        found = exact(node)
        for arg in node.args:
            found = np.minimum(found, self.size(arg, node.axes))
        return found

    # units --------------------------------------------------------------------------------------

    def value_of(self, node_id: NodeId, dims: int) -> Floats:
        """A margin's value (it has no axes), to be divided by."""
        data = np.asarray(self.ev.value(node_id).data, np.float64)
        return data.reshape(data.shape[0], *(1,) * (dims - 1))

    def scaled(self, slack: Array, base: str, p: Array, q: Array) -> Floats:
        """|slack| in margins of its unit; ``p`` and ``q`` are what was compared, for relative margins."""
        slack = np.abs(slack)
        if base == "int" and "int" not in self.given.absolute and self.given.relative is None:
            return np.where(slack > 0, np.inf, 0.0)
        relative = self.given.relative is not None or base in ("number", "area")
        if base in self.given.absolute or not relative:
            return clean(slack / self.absolute(base, slack.ndim))
        share = self.share(slack.ndim)
        least = np.minimum(np.abs(p), np.abs(q))
        floor = 1.0 if base in ("number", "int") else 0.0  # beside 0 a plain number is taken as it is
        return clean(slack / np.where(least == 0, floor, least) / share)

    def absolute(self, base: str, dims: int) -> Floats:
        """The margin of a unit where there is nothing to be relative to."""
        if base in self.given.absolute:
            return self.value_of(self.given.absolute[base], dims)
        if base in ("length", "area", "point"):
            vmin = np.minimum(self.ev.width, self.ev.height) / 100
            vmin = vmin * vmin if base == "area" else vmin
            return vmin.reshape(vmin.shape[0], *(1,) * (dims - 1))
        return np.full((1,) * dims, ANGLE) if base == "angle" else self.share(dims)

    def share(self, dims: int) -> Floats:
        """The relative margin."""
        if self.given.relative is None:
            return np.full((1,) * dims, RELATIVE)
        return self.value_of(self.given.relative, dims)


def clean(margin: Array) -> Floats:
    """Undefined margins (of undefined rows and absent items) count as none."""
    return np.nan_to_num(margin, nan=0.0, posinf=np.inf, neginf=-np.inf)


def exact(node: Node) -> Floats:
    """The margin of what cannot be off."""
    return np.full((1,) * (1 + len(node.axes)), np.inf)


def signed(truth: Array, size: Floats) -> Floats:
    """A bool's margin from its truth and the size of its margin."""
    return np.where(truth, size, -size)


# scalars ------------------------------------------------------------------------------------------------


def bounded(r: Reading, node_id: NodeId, node: Node) -> Floats:
    """As uncertain as the arguments, and no more."""
    found = r.bound(node)
    return signed(r.truth(node_id), found) if node.type.base == "bool" and node.type.rank == 0 else found


def _compared(r: Reading, node_id: NodeId, node: Node) -> Floats:
    """``lt`` and ``le``."""
    p, q = (r.ev.array(arg, node.axes) for arg in node.args)
    base = comparable(r, node)
    slack = p - q
    size = np.minimum(r.scaled(slack, base, p, q), r.bound(node)) if base != "int" else _counted(r, node, slack)
    return signed(r.truth(node_id), size)


def comparable(r: Reading, node: Node) -> str:
    """The base type in which two operands are compared: whole numbers fit every other."""
    bases = [r.ev.program.nodes[arg].type.base for arg in node.args]
    return bases[1] if bases[0] == "int" else bases[0]


def _counted(r: Reading, node: Node, slack: Array) -> Floats:
    """Whole numbers are compared exactly, unless a margin for them was given."""
    found = r.bound(node)
    if "int" in r.given.absolute:
        found = np.minimum(found, r.scaled(slack, "int", slack, slack))
    return found


def _eq(r: Reading, node_id: NodeId, node: Node) -> Floats:
    """Exact for discrete values (colours: their gap, when a margin for numbers was given), else an identity test."""
    kind = r.ev.program.nodes[node.args[0]].type
    base = comparable(r, node) if kind.is_quantity else kind.base
    size = r.bound(node)
    truth = r.truth(node_id)
    if kind.rank == 0 and base == "color" and "number" in r.given.absolute:
        gap = lm.color_gap(r.ev, node)
        size = np.minimum(size, np.where(truth, np.inf, clean(gap / r.absolute("number", gap.ndim))))
    elif kind.rank == 0 and base in ("number", "length", "area", "angle", "point", "vector"):
        p, q = (r.ev.array(arg, node.axes) for arg in node.args)
        unit = {"point": "length", "vector": "number"}.get(base, base)
        off = np.abs(p - q)
        apart = np.where(off <= SAME * np.maximum(np.abs(p), np.abs(q)), np.inf, r.scaled(off, unit, p, q))
        size = np.minimum(size, apart)
    return signed(truth, size)


def _and(r: Reading, node_id: NodeId, node: Node) -> Floats:
    return np.minimum(*(r.whole(arg, node.axes) for arg in node.args))


def _or(r: Reading, node_id: NodeId, node: Node) -> Floats:
    return np.maximum(*(r.whole(arg, node.axes) for arg in node.args))


def _not(r: Reading, node_id: NodeId, node: Node) -> Floats:
    return -r.whole(node.args[0], node.axes)


def _if(r: Reading, node_id: NodeId, node: Node) -> Floats | Listed:
    """The condition and the branch taken; what both branches agree on does not hang on the condition."""
    ev, axes = r.ev, node.axes
    condition = r.size(node.args[0], axes)
    taken = ev.array(node.args[0], axes)
    if node.type.rank:
        both = [lm.stretched(*r.listed(arg, axes), node.sizes[0]) for arg in node.args[1:]]
        items, there = (np.where(taken[..., None], a, b) for a, b in zip(*both, strict=True))
        return np.minimum(items, condition[..., None]), lm.limited(there, condition[..., None])
    then, other = (r.size(arg, axes) for arg in node.args[1:])
    same = ev.array(node.args[1], axes) == ev.array(node.args[2], axes)
    found = np.maximum(
        np.minimum(condition, np.where(taken, then, other)), np.where(same, np.minimum(then, other), 0.0)
    )
    return signed(r.truth(node_id), found) if node.type.base == "bool" else found


def _call(r: Reading, node_id: NodeId, node: Node) -> Floats:
    """The function's own slack in its unit, and the arguments."""
    ev = r.ev
    function = ev.registry.functions[node.attrs["name"]]
    found = bounded(r, node_id, node)
    if function.slack is None:
        return found
    slack = np.abs(np.asarray(running.run(ev, node, function.slack).data, np.float64))
    unit = function.slack_unit or "number"
    size = np.minimum(np.abs(found), clean(slack / r.absolute(unit, slack.ndim)))
    return signed(r.truth(node_id), size) if node.type.base == "bool" and node.type.rank == 0 else size


def _surely(r: Reading, node_id: NodeId, node: Node) -> Floats:
    """Drawn or given: exact, whatever it hangs on."""
    found = exact(node)
    return signed(r.truth(node_id), found) if node.type.base == "bool" and node.type.rank == 0 else found


def _field(r: Reading, node_id: NodeId, node: Node) -> Floats:
    """A field is a fact of the scene: it is as certain as which shape is meant."""
    found = r.size(node.args[0], node.axes)
    return signed(r.truth(node_id), found) if node.type.base == "bool" and node.type.rank == 0 else found


# reading lists ------------------------------------------------------------------------------------------


def _all(r: Reading, node_id: NodeId, node: Node) -> Floats:
    items, there = r.listed(node.args[0], node.axes)
    return np.asarray(np.where(there == -np.inf, np.inf, np.maximum(-there, items)).min(axis=-1, initial=np.inf))


def _some(r: Reading, node_id: NodeId, node: Node) -> Floats:
    items, there = r.listed(node.args[0], node.axes)
    return np.asarray(np.where(there == -np.inf, -np.inf, np.minimum(there, items)).max(axis=-1, initial=-np.inf))


def _count(r: Reading, node_id: NodeId, node: Node) -> Floats:
    return np.asarray(np.abs(r.listed(node.args[0], node.axes)[1]).min(axis=-1, initial=np.inf))


def _item(r: Reading, node_id: NodeId, node: Node) -> Floats:
    items, there = r.listed(node.args[0], node.axes)
    found = np.minimum(r.size(node.args[1], node.axes), np.abs(there).min(axis=-1, initial=np.inf))
    if r.ev.program.nodes[node.args[0]].type.rank == 1:
        mask = lm.presence(r.ev, node.args[0], node.axes)
        found = np.minimum(found, lm.at_index(np.abs(items), mask, r.ev.array(node.args[1], node.axes)))
    return signed(r.truth(node_id), found) if node.type.base == "bool" and node.type.rank == 0 else found


def _argmax(r: Reading, node_id: NodeId, node: Node) -> Floats:
    """The lead over the runner-up."""
    first, second, leads = lm.lead(r.ev, node)
    base = r.ev.program.nodes[node.args[0]].type.base
    return np.minimum(r.bound(node), np.where(leads, r.scaled(first - second, base, first, second), np.inf))


def _sort(r: Reading, node_id: NodeId, node: Node) -> Listed:
    """The least difference of neighbours, for the list as a whole."""
    low, high, both = lm.neighbours(r.ev, node)
    base = r.ev.program.nodes[node.args[0]].type.base
    gaps = np.where(both, r.scaled(high - low, base, low, high), np.inf)
    found = np.minimum(r.bound(node), gaps.min(axis=-1, initial=np.inf))[..., None]
    mask = lm.presence(r.ev, node_id, node.axes)
    return found, np.where(mask, np.inf, -np.inf)


def _sifted(r: Reading, node_id: NodeId, node: Node) -> Listed:
    """``unique`` and ``except``: what was left out is as uncertain as what decided it."""
    items, there = r.listed(node.args[0], node.axes)
    size = np.minimum(np.abs(there), r.bound(node)[..., None])
    mask = lm.presence(r.ev, node_id, node.axes)  # by row, though the margins may be those of every row
    left = np.where(there == -np.inf, -np.inf, np.where(mask, size, -size))
    return np.broadcast_to(items, left.shape), left


# making lists -------------------------------------------------------------------------------------------


def _list(r: Reading, node_id: NodeId, node: Node) -> Listed:
    items = [r.whole(arg, node.axes) for arg in node.args]
    shape = np.broadcast_shapes(*(i.shape for i in items)) if items else (1,) * (1 + len(node.axes))
    found = np.stack([np.broadcast_to(i, shape) for i in items], -1) if items else np.zeros((*shape, 0))
    return found, np.full_like(found, np.inf)


def _concat(r: Reading, node_id: NodeId, node: Node) -> Listed:
    return lm.joined([r.listed(arg, node.axes) for arg in node.args])


def _reverse(r: Reading, node_id: NodeId, node: Node) -> Listed:
    items, there = r.listed(node.args[0], node.axes)
    return np.flip(items, -1), np.flip(there, -1)


def _elem(r: Reading, node_id: NodeId, node: Node) -> Floats:
    axis = r.ev.program.axes[node.attrs["axis"]]
    source = r.ev.program.nodes[node.args[0]]
    index = loops.part_index(axis, loops.sizes_of(r.ev, axis), node.attrs["part"])
    items = lm.full(r.listed(node.args[0], source.axes)[0], source.sizes[0])
    data, have = loops.place(items, source.axes, axis.id, index)
    found = loops.fit(data, have, node.axes)
    return signed(r.truth(node_id), np.abs(found)) if node.type.base == "bool" and node.type.rank == 0 else found


def _loop(r: Reading, node_id: NodeId, node: Node) -> Listed:
    """An item is there when its lists' items are and it passes ``where``."""
    own = node.attrs["axis"]
    axis = r.ev.program.axes[own]
    axes = tuple(sorted({*node.axes, own}))
    there = _along(r, node, axes)
    if len(node.args) > 1:
        there = np.where(there == -np.inf, -np.inf, np.minimum(there, r.whole(node.args[1], axes)))
    items = r.whole(node.args[0], axes)
    return loops.close(items, axes, own, axis.size), loops.close(there, axes, own, axis.size)


def _along(r: Reading, node: Node, axes: Axes) -> Floats:
    """The signed margins of there being an item along a loop's axis."""
    axis = r.ev.program.axes[node.attrs["axis"]]
    mask, have = loops.axis_mask(r.ev, axis.id)
    there = np.where(loops.fit(mask, have, axes), np.inf, -np.inf)
    if axis.count is not None:
        return np.asarray(lm.limited(there, r.size(axis.count, axes)))
    sizes = loops.sizes_of(r.ev, axis)
    for source, part in loops.parts_of(axis):
        record = r.ev.program.nodes[source]
        present = lm.full(r.listed(source, record.axes)[1], record.sizes[0])
        data, over = loops.place(present, record.axes, axis.id, loops.part_index(axis, sizes, part))
        there = np.minimum(there, loops.fit(data, over, axes)) if part else loops.fit(data, over, axes)
    return there


MARGINS: dict[str, Rule] = {
    "lt": _compared, "le": _compared, "eq": _eq, "and": _and, "or": _or, "not": _not, "if": _if, "call": _call,
    "field": _field, "var": _surely, "const": _surely, "canvas": _surely, "axis": _surely, "slot": _surely,
    "photo": _surely, "group": _surely, "elem": _elem, "loop": _loop, "all": _all, "some": _some, "count": _count,
    "item": _item, "argmax": _argmax, "sort": _sort, "unique": _sifted, "except": _sifted, "list": _list,
    "concat": _concat, "reverse": _reverse,
}  # fmt: skip
