"""The value reading of the ops on lists. A list's dimension comes after a column's axes; absent items are masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.program.datatypes import DTYPES
from pgt_dsl.program.inputs import Array, Bools, Ints, Value
from pgt_dsl.program.program import Node

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator


def masked(value: Value) -> tuple[Array, Bools]:
    """Data and mask of a list, both of the same full shape."""
    assert value.mask is not None
    if value.data.shape == value.mask.shape:
        return value.data, value.mask
    data, mask = np.broadcast_arrays(value.data, value.mask)
    return data, np.asarray(mask, np.bool_)


def stretched(value: Value, sizes: tuple[int, ...]) -> Value:
    """The list with its list dimensions padded by absent items to ``sizes``."""
    data, mask = masked(value)
    lead = data.ndim - len(sizes)
    missing = [(0, 0)] * lead + [(0, max(want - have, 0)) for want, have in zip(sizes, data.shape[lead:], strict=True)]
    if not any(after for _, after in missing):
        return Value(data, mask)
    return Value(np.pad(data, missing), np.pad(mask, missing))


def padded(value: Value, size: int) -> Value:
    """A list of scalars padded to ``size`` items."""
    return stretched(value, (size,))


def roomy(value: Value, at: int) -> Value:
    """The list with room for at least one item in the list dimension ``at``, so that a choice can be made."""
    if value.data.shape[at] > 0 and (value.mask is None or value.mask.shape[at] > 0):
        return value
    data, mask = masked(value)
    more = [(0, int(k == at)) for k in range(data.ndim)]
    return Value(np.pad(data, more), np.pad(mask, more))


def compact(value: Value) -> Value:
    """A list of scalars with its present items first, in order."""
    data, mask = masked(value)
    order = np.argsort(~mask, axis=-1, kind="stable")
    return Value(np.take_along_axis(data, order, -1), np.take_along_axis(mask, order, -1))


def gather(data: Array, index: Ints, axis: int) -> Array:
    """The item at ``index`` (over the dimensions before ``axis``) of the list dimension ``axis``, which goes away."""
    inner = data.ndim - axis - 1
    lead = np.broadcast_shapes(data.shape[:axis], index.shape)
    full = np.broadcast_to(data, (*lead, *data.shape[axis:]))
    at = np.broadcast_to(index, lead).reshape(*lead, 1, *(1,) * inner)
    return np.take_along_axis(full, at, axis).squeeze(axis)


def outer(mask: Bools, rank: int) -> Bools:
    """The mask of the outermost of ``rank`` list dimensions."""
    return np.asarray(mask.any(axis=tuple(range(-rank + 1, 0)))) if rank > 1 else mask


def at_index(mask: Bools, index: Array) -> tuple[Ints, Bools]:
    """Where the index-th present item stands (negative from the end), and whether there is one."""
    count = mask.sum(axis=-1)
    if mask.shape[-1] == 0:
        shape = np.broadcast_shapes(count.shape, index.shape)
        return np.zeros(shape, np.int64), np.zeros(shape, np.bool_)
    wanted = np.where(index < 0, index + count, index)
    ok = (wanted >= 0) & (wanted < count)
    hit = mask & ((np.cumsum(mask, axis=-1) - 1) == wanted[..., None])
    return np.asarray(hit.argmax(axis=-1)), np.asarray(ok)


def lowest(dtype: np.dtype[np.generic]) -> float | int:
    """The value that loses every comparison."""
    return -np.inf if dtype.kind == "f" else int(np.iinfo(np.int64).min)


def top(keys: Array, mask: Bools) -> Ints:
    """Where the greatest present key stands (the first of equals)."""
    return np.asarray(np.where(mask, keys, lowest(keys.dtype)).argmax(axis=-1))


# making lists ---------------------------------------------------------------------------------------


def op_list(ev: Evaluator, node: Node) -> Value:
    """A list of given items."""
    at = 1 + len(node.axes)
    items = [ev.aligned(arg, node.axes) for arg in node.args]
    if node.type.rank > 1:
        items = [stretched(item, node.sizes[1:]) for item in items]
    shape = np.broadcast_shapes(*(item.data.shape for item in items)) if items else (1,) * at
    if not items:
        return Value(np.zeros((*shape, 0), DTYPES[node.type.base]), np.zeros((*shape, 0), np.bool_))
    data = np.stack([np.broadcast_to(item.data, shape) for item in items], axis=at)
    if node.type.rank == 1:
        return Value(data, np.ones((1,) * at + (len(items),), np.bool_))
    masks = [np.broadcast_to(item.mask, shape) for item in items if item.mask is not None]
    return Value(data, np.stack(masks, axis=at))


def op_concat(ev: Evaluator, node: Node) -> Value:
    """Lists joined end to end."""
    at = 1 + len(node.axes)
    parts = []
    for arg in node.args:
        part = ev.aligned(arg, node.axes)
        own = ev.program.nodes[arg].sizes[0]
        parts.append(masked(stretched(part, (own, *node.sizes[1:])) if node.type.rank > 1 else part))
    lead = np.broadcast_shapes(*(data.shape[:at] for data, _ in parts))
    return Value(
        np.concatenate([np.broadcast_to(d, (*lead, *d.shape[at:])) for d, _ in parts], axis=at),
        np.concatenate([np.broadcast_to(m, (*lead, *m.shape[at:])) for _, m in parts], axis=at),
    )


def op_range(ev: Evaluator, node: Node) -> Value:
    """The whole numbers from lo to hi, both among them."""
    low, high = (ev.array(arg, node.axes)[..., None] for arg in node.args)
    data = low + np.arange(node.sizes[0], dtype=np.int64)
    return Value(data, np.asarray(data <= high))


def op_reverse(ev: Evaluator, node: Node) -> Value:
    """The list back to front."""
    data, mask = masked(ev.value(node.args[0]))
    at = 1 + len(node.axes)
    return Value(np.flip(data, at), np.flip(mask, at))


def earlier_equal(data: Array, mask: Bools) -> Bools:
    """Whether an earlier present item has the same value: bool[..., n]."""
    pairs = (data[..., :, None] == data[..., None, :]) & mask[..., None, :]
    return np.asarray((pairs & np.tri(data.shape[-1], k=-1, dtype=np.bool_)).any(axis=-1))


def op_unique(ev: Evaluator, node: Node) -> Value:
    """Each value once, at its first place."""
    data, mask = masked(ev.value(node.args[0]))
    return Value(data, mask & ~earlier_equal(data, mask))


def op_distinct(ev: Evaluator, node: Node) -> Value:
    """Whether no two present items are equal."""
    data, mask = masked(ev.aligned(node.args[0], node.axes))
    return Value(np.asarray(~(mask & earlier_equal(data, mask)).any(axis=-1)))


def removed(ev: Evaluator, node: Node) -> Bools:
    """For ``except``: which items of the first list equal (an item of) the second operand."""
    data = ev.aligned(node.args[0], node.axes).data
    other = ev.aligned(node.args[1], node.axes)
    if other.mask is None:
        return np.asarray(data == other.data[..., None])
    values, mask = masked(other)
    return np.asarray(((data[..., :, None] == values[..., None, :]) & mask[..., None, :]).any(axis=-1))


def op_except(ev: Evaluator, node: Node) -> Value:
    """The list without one value, or without the values of another list."""
    value = ev.aligned(node.args[0], node.axes)
    assert value.mask is not None
    return Value(value.data, value.mask & ~removed(ev, node))


def op_in(ev: Evaluator, node: Node) -> Value:
    """Whether a value is among the present items of a list."""
    item = ev.array(node.args[0], node.axes)
    data, mask = masked(ev.aligned(node.args[1], node.axes))
    return Value(np.asarray(((data == item[..., None]) & mask).any(axis=-1)))


# reading lists --------------------------------------------------------------------------------------


def op_item(ev: Evaluator, node: Node) -> Value:
    """The index-th present item."""
    source = ev.program.nodes[node.args[0]]
    at = 1 + len(node.axes)
    data, mask = masked(roomy(ev.aligned(node.args[0], node.axes), at))
    index, _ = at_index(outer(mask, source.type.rank), ev.array(node.args[1], node.axes))
    return Value(gather(data, index, at), gather(mask, index, at) if source.type.rank > 1 else None)


def op_all(ev: Evaluator, node: Node) -> Value:
    """Whether every present item is true."""
    value = ev.aligned(node.args[0], node.axes)
    assert value.mask is not None
    return Value(np.asarray((value.data | ~value.mask).all(axis=-1)))


def op_some(ev: Evaluator, node: Node) -> Value:
    """Whether a present item is true."""
    value = ev.aligned(node.args[0], node.axes)
    assert value.mask is not None
    return Value(np.asarray((value.data & value.mask).any(axis=-1)))


def op_count(ev: Evaluator, node: Node) -> Value:
    """How many items are present."""
    value = ev.aligned(node.args[0], node.axes)
    mask = outer(masked(value)[1], ev.program.nodes[node.args[0]].type.rank)
    return Value(mask.sum(axis=-1, dtype=np.int64))


def op_sum(ev: Evaluator, node: Node) -> Value:
    """The sum of the present items."""
    data, mask = masked(ev.aligned(node.args[0], node.axes))
    return Value(np.where(mask, data, data.dtype.type(0)).sum(axis=-1))


def op_max(ev: Evaluator, node: Node) -> Value:
    """The greatest present item."""
    data, mask = masked(roomy(ev.aligned(node.args[0], node.axes), 1 + len(node.axes)))
    return Value(gather(data, top(data, mask), data.ndim - 1))


def keyed(ev: Evaluator, node: Node) -> tuple[Array, Bools, Value]:
    """Keys, presence (in both lists) and items of ``argmax``, ``sort`` and ``only``."""
    at = 1 + len(node.axes)
    keys, mask = masked(roomy(ev.aligned(node.args[0], node.axes), at))
    items = roomy(ev.aligned(node.args[1], node.axes), at)
    assert items.mask is not None
    inner = outer(items.mask, ev.program.nodes[node.args[1]].type.rank)
    return keys, np.asarray(mask & inner), items


def chosen(node: Node, index: Ints, items: Value) -> Value:
    """The item at ``index``."""
    at = 1 + len(node.axes)
    mask = None if node.type.rank == 0 or items.mask is None else gather(items.mask, index, at)
    return Value(gather(items.data, index, at), mask)


def op_argmax(ev: Evaluator, node: Node) -> Value:
    """The item with the greatest key."""
    keys, mask, items = keyed(ev, node)
    return chosen(node, top(keys, mask), items)


def op_only(ev: Evaluator, node: Node) -> Value:
    """The single item that passes."""
    keys, mask, items = keyed(ev, node)
    return chosen(node, np.asarray((keys & mask).argmax(axis=-1)), items)


def rising(keys: Array, mask: Bools) -> Ints:
    """The order that sorts the present items by rising key, stably, absent ones last."""
    worst = np.inf if keys.dtype.kind == "f" else np.iinfo(np.int64).max
    return np.argsort(np.where(mask, keys, worst), axis=-1, kind="stable")


def op_sort(ev: Evaluator, node: Node) -> Value:
    """The items by rising key."""
    keys, mask, items = keyed(ev, node)
    order = rising(keys, mask)
    data = np.broadcast_to(items.data, np.broadcast_shapes(items.data.shape, order.shape))
    return Value(np.take_along_axis(data, order, -1), np.take_along_axis(mask, order, -1))


def tally(data: Array, mask: Bools) -> Ints:
    """How often each present item's value occurs: int64[..., n], 0 for absent items."""
    pairs = (data[..., :, None] == data[..., None, :]) & mask[..., None, :]
    return np.asarray(np.where(mask, pairs.sum(axis=-1), 0))


def op_mode(ev: Evaluator, node: Node) -> Value:
    """The most frequent value."""
    data, mask = masked(roomy(ev.aligned(node.args[0], node.axes), 1 + len(node.axes)))
    return Value(gather(data, np.asarray(tally(data, mask).argmax(axis=-1)), data.ndim - 1))
