"""Axes of columns: aligning them, the presence of their items, and the ops that open and close loops.

A column is ``data[B or 1, axes by rising id, list dimensions]``; to align it with more axes is to insert dimensions
of size 1. A loop moves a list's dimension to an axis (``elem``) and back (``loop``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.program import lists
from pgt_dsl.program.inputs import Array, Bools, Ints, Value
from pgt_dsl.program.program import Axis, AxisId, Node

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator

Axes = tuple[AxisId, ...]


def fit(data: Array, have: Axes, want: Axes) -> Array:
    """``data`` over the axes ``have``, with dimensions of size 1 for the rest of ``want`` (a superset, rising)."""
    if have == want:
        return data
    sizes = dict(zip(have, data.shape[1 : 1 + len(have)], strict=True))
    return data.reshape(data.shape[0], *(sizes.get(axis, 1) for axis in want), *data.shape[1 + len(have) :])


def widen(data: Array, lead: int) -> Array:
    """Insert list dimensions of size 1 before the last ones are reached: scalars beside lists (``lead`` more)."""
    return data.reshape(*data.shape, *(1,) * lead) if lead else data


def part_index(axis: Axis, sizes: Sequence[int], part: int) -> Ints | None:
    """Which item of the ``part``-th list stands at each position of a loop's axis (None: the same position).
    ``sizes`` are the static lengths of the loop's lists."""
    if axis.pairs:
        return np.asarray(np.triu_indices(sizes[0], 1)[part], np.int64)
    if len(axis.lists) == 1:
        return None
    return np.asarray(np.unravel_index(np.arange(axis.size), tuple(sizes))[part], np.int64)


def place(data: Array, have: Axes, own: AxisId, index: Ints | None) -> tuple[Array, Axes]:
    """Turn the outermost list dimension of a column over ``have`` into the axis ``own``."""
    at = 1 + len(have)
    if index is not None:
        data = np.take(data, index, axis=at) if data.shape[at] > 1 else data
        if data.shape[at] != index.size:
            data = np.broadcast_to(data, (*data.shape[:at], index.size, *data.shape[at + 1 :]))
    axes = tuple(sorted({*have, own}))
    return np.moveaxis(data, at, 1 + axes.index(own)), axes


def close(data: Array, axes: Axes, own: AxisId, size: int) -> Array:
    """Turn the axis ``own`` of a column over ``axes`` into its outermost list dimension of ``size`` items."""
    at = 1 + axes.index(own)
    if data.shape[at] != size:
        data = np.broadcast_to(data, (*data.shape[:at], size, *data.shape[at + 1 :]))
    return np.moveaxis(data, at, len(axes))


def sizes_of(ev: Evaluator, axis: Axis) -> list[int]:
    """The static lengths of a loop's lists."""
    return [ev.program.nodes[source].sizes[0] for source in axis.lists]


def parts_of(axis: Axis) -> list[tuple[int, int]]:
    """(list, part) for each part of a loop: a loop over pairs reads its one list twice."""
    return [(axis.lists[0], 0), (axis.lists[0], 1)] if axis.pairs else [(s, k) for k, s in enumerate(axis.lists)]


def axis_mask(ev: Evaluator, axis_id: AxisId) -> tuple[Bools, Axes]:
    """Which positions along an axis hold an item, and over which axes (itself among them) that is said."""
    axis = ev.program.axes[axis_id]
    axes = mask_axes(ev, axis)
    found = ev.get(("axis", axis_id))
    if found is None:
        found = ev.put(("axis", axis_id), _present(ev, axis, axes))
    return found, axes


def mask_axes(ev: Evaluator, axis: Axis) -> Axes:
    """The axes over which the presence along an axis is said."""
    sources = axis.lists if axis.count is None else (axis.count,)
    return tuple(sorted({axis.id, *(a for source in sources for a in ev.program.nodes[source].axes)}))


def _present(ev: Evaluator, axis: Axis, axes: Axes) -> Bools:
    if axis.what == "block":
        positions = fit(np.arange(axis.size)[None], (axis.id,), axes)
        if axis.count is None:
            return np.asarray(positions >= 0)
        return np.asarray(positions < ev.array(axis.count, axes))
    mask: Bools | None = None
    sizes = sizes_of(ev, axis)
    for source, part in parts_of(axis):
        node = ev.program.nodes[source]
        value = ev.value(source)
        assert value.mask is not None
        present = lists.outer(value.mask, node.type.rank)
        here, have = place(present, node.axes, axis.id, part_index(axis, sizes, part))
        here = fit(here, have, axes)
        mask = here if mask is None else mask & here
    assert mask is not None
    return mask


# ops ----------------------------------------------------------------------------------------------


def op_axis(ev: Evaluator, node: Node) -> Value:
    """The position along an axis."""
    axis = ev.program.axes[node.attrs["axis"]]
    return Value(fit(np.arange(axis.size, dtype=np.int64)[None], (axis.id,), node.axes))


def op_elem(ev: Evaluator, node: Node) -> Value:
    """The current item of one of a loop's lists."""
    axis = ev.program.axes[node.attrs["axis"]]
    source = ev.program.nodes[node.args[0]]
    value = ev.value(node.args[0])
    index = part_index(axis, sizes_of(ev, axis), node.attrs["part"])
    data, have = place(_full(value.data, len(source.axes), source.sizes[0]), source.axes, axis.id, index)
    mask = None
    if source.type.rank > 1 and value.mask is not None:
        moved, _ = place(_full(value.mask, len(source.axes), source.sizes[0]), source.axes, axis.id, index)
        mask = fit(moved, have, node.axes)
    return Value(fit(data, have, node.axes), mask)


def _full(data: Array, axes: int, size: int) -> Array:
    """The outermost list dimension at its full length."""
    at = 1 + axes
    if data.shape[at] == size:
        return data
    return np.broadcast_to(data, (*data.shape[:at], size, *data.shape[at + 1 :]))


def op_loop(ev: Evaluator, node: Node) -> Value:
    """The list of body values, of the items that are present and pass ``where``."""
    own = node.attrs["axis"]
    size = ev.program.axes[own].size
    axes = tuple(sorted({*node.axes, own}))
    body = ev.program.nodes[node.args[0]]
    value = ev.value(node.args[0])
    mask, have = axis_mask(ev, own)
    mask = fit(mask, have, axes)
    if len(node.args) > 1:
        mask = mask & ev.array(node.args[1], axes)
    data = close(fit(value.data, body.axes, axes), axes, own, size)
    mask = close(mask, axes, own, size)
    if value.mask is not None:
        inner = close(fit(value.mask, body.axes, axes), axes, own, size)
        mask = widen(mask, body.type.rank) & inner
    return Value(data, mask)
