"""Shapes as columns: slots and their presence, parts, and fields gathered over groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.program import lists, loops
from pgt_dsl.program.facts import OBJECT
from pgt_dsl.program.inputs import Array, Bools, Ints, Value
from pgt_dsl.program.program import DERIVED_FIELDS, Group, GroupId, Node

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator

EDGES = ("left", "top", "right", "bottom")
Groups = tuple[GroupId, ...]


# slots ----------------------------------------------------------------------------------------------


def flat(ev: Evaluator, group: Group, data: Array, axes: tuple[int, ...], inner: int) -> Array:
    """A column over (some of) a group's axes as ``[B or 1, size, list dimensions]``, row-major as slots are."""
    if not group.axes:
        return data.reshape(data.shape[0], 1, *data.shape[1 + len(axes) :])
    rising = tuple(sorted(group.axes))
    data = loops.fit(data, axes, rising)
    sizes = tuple(ev.program.axes[axis].size for axis in rising)
    lists_ = data.shape[data.ndim - inner :] if inner else ()
    data = np.broadcast_to(data, (data.shape[0], *sizes, *lists_))
    order = [1 + rising.index(axis) for axis in group.axes]
    data = data.transpose(0, *order, *range(1 + len(rising), data.ndim))
    return data.reshape(data.shape[0], group.size, *lists_)


def present(ev: Evaluator, group_id: GroupId) -> Bools:
    """Which of a group's shapes are there: bool[B or 1, size]."""
    found = ev.get(("present", group_id))
    if found is None:
        group = ev.program.groups[group_id]
        found = np.ones((1, group.size), np.bool_)
        for axis in group.axes:
            mask, axes = loops.axis_mask(ev, axis)
            found = found & flat(ev, group, mask, axes, 0)
        if group.kind == OBJECT and ev.inputs.photos is not None:
            found = found & _objects(ev, group, "at")[1]
        ev.put(("present", group_id), found)
    return np.asarray(found)


def op_group(ev: Evaluator, node: Node) -> Value:
    """The slot of a single shape, or the slots of a group as a list."""
    group = ev.program.groups[node.attrs["group"]]
    if node.type.rank == 0:
        return Value(np.asarray([group.start], np.int64))
    return Value(np.arange(group.start, group.start + group.size)[None], present(ev, group.id))


def op_slot(ev: Evaluator, node: Node) -> Value:
    """The slot of the current item within its own block."""
    group = ev.program.groups[node.attrs["group"]]
    slots = np.zeros((1,) * (1 + len(node.axes)), np.int64)
    step = 1
    for axis in reversed(group.axes):
        positions = np.arange(ev.program.axes[axis].size, dtype=np.int64)[None]
        slots = slots + step * loops.fit(positions, (axis,), node.axes)
        step *= ev.program.axes[axis].size
    return Value(slots + group.start)


def op_parts(ev: Evaluator, node: Node) -> Value:
    """The part (or list of parts) of a composite, or what virtually belongs to a shape."""
    slots = ev.array(node.args[0], node.axes)
    rank = node.type.rank
    size = node.sizes[0] if rank else 1
    start = np.zeros(ev.program.slots + 1, np.int64)
    count = np.zeros(ev.program.slots + 1, np.int64)
    for owner_id, part_id in node.attrs["map"]:
        owner, part = ev.program.groups[owner_id], ev.program.groups[part_id]
        each = part.size // owner.size
        items = np.arange(owner.size)
        start[owner.start : owner.start + owner.size] = part.start + each * items
        count[owner.start : owner.start + owner.size] = each
    if rank == 0:
        return Value(start[slots])
    data = start[slots][..., None] + np.arange(size)
    mask = np.arange(size) < count[slots][..., None]
    groups = tuple(part for _, part in node.attrs["map"])
    there = select(_table(ev, ("presence", groups), groups), index_of(ev, groups, np.where(mask, data, -1)))
    return Value(data, np.asarray(mask & there))


# fields -----------------------------------------------------------------------------------------------


def column(ev: Evaluator, group_id: GroupId, name: str) -> Value:
    """A field of every shape of a group: ``[B or 1, size, list dimensions]``. Raises ``KeyError`` if it has none."""
    key = ("column", group_id, name)
    found = ev.get(key)
    if found is None:
        found = ev.put(key, _column(ev, ev.program.groups[group_id], name))
    assert isinstance(found, Value)
    return found


def _column(ev: Evaluator, group: Group, name: str) -> Value:
    node_id = group.fields.get(name)
    if node_id is not None:
        node, value = ev.program.nodes[node_id], ev.value(node_id)
        data = flat(ev, group, value.data, node.axes, node.type.rank)
        return Value(data, None if value.mask is None else flat(ev, group, value.mask, node.axes, node.type.rank))
    if name == "order":
        return Value(ev.paint_order()[:, group.start : group.start + group.size])
    if name in DERIVED_FIELDS:
        return Value(ev.bounds(group.id)[..., EDGES.index(name)])
    if group.kind == OBJECT:
        return Value(_objects(ev, group, name)[0])
    box = ev.bounds(group.id)
    if name == "at":
        return Value((box[..., 0] + box[..., 2] + 1j * (box[..., 1] + box[..., 3])) / 2)
    if name in ("width", "height"):
        return Value(box[..., 2] - box[..., 0] if name == "width" else box[..., 3] - box[..., 1])
    raise KeyError(f"{group.name} has no field {name}")


def _objects(ev: Evaluator, group: Group, name: str) -> tuple[Array, Bools]:
    """A column of the photo's objects, cut or padded to the group's slots."""
    value = ev.photo_objects()[name]
    fitted = lists.padded(value, group.size)
    assert fitted.mask is not None
    return fitted.data[:, : group.size], fitted.mask[:, : group.size]


def _table(ev: Evaluator, key: tuple[object, ...], groups: Groups) -> Array:
    """Presence of the shapes of several groups side by side: ``[B or 1, S]``."""
    found = ev.get(key)
    if found is None:
        found = ev.put(key, beside([present(ev, g) for g in groups]))
    return np.asarray(found)


def table(ev: Evaluator, groups: Groups, name: str) -> Value:
    """A field of the shapes of several groups side by side; shapes that lack it hold zeros."""
    key = ("table", groups, name)
    found = ev.get(key)
    if found is None:
        columns: list[Value | None] = []
        for group in groups:
            try:
                columns.append(column(ev, group, name))
            except KeyError:
                columns.append(None)
        if all(c is None for c in columns):
            raise KeyError(f"no shape has the field {name}")
        found = ev.put(key, _joined(ev, groups, columns))
    assert isinstance(found, Value)
    return found


def _joined(ev: Evaluator, groups: Groups, columns: list[Value | None]) -> Value:
    some = next(c for c in columns if c is not None)
    inner = some.data.ndim - 2
    sizes = tuple(max(c.data.shape[2 + k] for c in columns if c is not None) for k in range(inner))
    datas, masks = [], []
    for group, found in zip(groups, columns, strict=True):
        shape = (1, ev.program.groups[group].size, *sizes)
        if found is None:
            found = Value(np.zeros(shape, some.data.dtype), np.zeros(shape, np.bool_) if inner else None)
        elif inner:
            found = lists.stretched(found, sizes)
        datas.append(found.data)
        if found.mask is not None:
            masks.append(found.mask)
    return Value(beside(datas), beside(masks) if inner else None)


def beside(arrays: list[Array]) -> Array:
    """Arrays ``[B or 1, S, ...]`` joined along S."""
    if len(arrays) == 1:
        return arrays[0]
    rows = max((a.shape[0] for a in arrays if a.shape[0] != 1), default=1)
    if any(a.shape[0] == 0 for a in arrays):
        rows = 0
    return np.concatenate([np.broadcast_to(a, (rows, *a.shape[1:])) for a in arrays], axis=1)


def index_of(ev: Evaluator, groups: Groups, slots: Array) -> Ints:
    """Slots as positions in a table of these groups (strangers and -1 become 0)."""
    place = np.zeros(ev.program.slots + 1, np.int64)
    at = 0
    for group_id in groups:
        group = ev.program.groups[group_id]
        place[group.start : group.start + group.size] = np.arange(at, at + group.size)
        at += group.size
    return np.asarray(place[slots])


def select(data: Array, index: Ints, rows: Ints | None = None) -> Array:
    """Rows of a table ``[b, S, ...]`` at ``index[r, lead...]``: ``[B or 1, lead..., ...]``. With ``rows`` (int64[N])
    the first dimension of the index is N places, each of its row of the table."""
    rest = data.shape[2:]
    if rows is not None:
        if data.shape[0] == 1:
            return np.asarray(data[0][index])
        return np.asarray(data[rows.reshape(-1, *(1,) * (index.ndim - 1)), index])
    if data.shape[1] == 1:
        return data[:, 0].reshape(data.shape[0], *(1,) * (index.ndim - 1), *rest)
    if index.shape[0] == 1:
        return data[:, index[0].ravel()].reshape(data.shape[0], *index.shape[1:], *rest)
    if data.shape[0] == 1:
        return np.asarray(data[0][index])
    every = np.arange(data.shape[0]).reshape(-1, *(1,) * (index.ndim - 1))
    return np.asarray(data[every, index])


def field(ev: Evaluator, groups: Groups, name: str, slots: Array, rows: Ints | None = None) -> Value:
    """A field of the shapes in ``slots``: the slots' dimensions, then the field's list dimensions (``rows``: see
    ``select``)."""
    found = table(ev, groups, name)
    index = index_of(ev, groups, slots)
    return Value(select(found.data, index, rows), None if found.mask is None else select(found.mask, index, rows))


def op_field(ev: Evaluator, node: Node) -> Value:
    """A field of a shape that may belong to several groups."""
    return field(ev, tuple(node.attrs["groups"]), node.attrs["name"], ev.array(node.args[0], node.axes))
