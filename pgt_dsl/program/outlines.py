"""Outlines of groups as columns, their boxes, and the order in which shapes are painted.

Virtual groups: ``canvas`` (one slot, outline of the whole canvas) and ``object`` (a photo's objects; fields that are
not nodes come from the catalogue). The boxes and segments of others have fields of their own, as lowering gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.geometry.outline import Outline, along
from pgt_dsl.program.facts import OBJECT
from pgt_dsl.program.failures import outline_of
from pgt_dsl.program.inputs import Array, Floats, Ints
from pgt_dsl.program.program import Group, GroupId
from pgt_dsl.program.shapes import Groups, beside, column, index_of, present, select

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator

CANVAS = "canvas"
PARTS = ("verts", "count", "closed", "radius")


class _Fields(Mapping[str, Array]):
    """The fields of a group as an outline function wants them, ``[N, ...]``, evaluated when they are asked for."""

    def __init__(self, ev: Evaluator, group: Group, rows: int) -> None:
        self.ev, self.group, self.rows = ev, group, rows

    def __getitem__(self, name: str) -> Array:
        plain = name.removesuffix(".mask")
        if plain not in self.group.fields and plain != "at":
            raise KeyError(name)
        value = column(self.ev, self.group.id, plain)
        data = value.data if plain == name else value.mask
        if data is None:
            raise KeyError(name)
        full = np.broadcast_to(data, (self.rows, *data.shape[1:]))
        return full.reshape(self.rows * self.group.size, *data.shape[2:])

    def __iter__(self) -> Iterator[str]:
        return iter(self.group.fields)

    def __len__(self) -> int:
        return len(self.group.fields)


def relative(ev: Evaluator, group_id: GroupId) -> Outline:
    """The outlines of a group of a registered kind, relative to ``at``: leading dimensions (B, size)."""
    key = ("relative", group_id)
    found = ev.get(key)
    if found is None:
        group = ev.program.groups[group_id]
        made = outline_of(ev, group, _Fields(ev, group, ev.rows))
        found = ev.put(key, _map(made, lambda a: a.reshape(ev.rows, group.size, *a.shape[1:])))
    assert isinstance(found, Outline)
    return found


def outline(ev: Evaluator, group_id: GroupId) -> Outline:
    """The outlines of a group's shapes in px: leading dimensions (B or 1, size)."""
    key = ("outline", group_id)
    found = ev.get(key)
    if found is None:
        group = ev.program.groups[group_id]
        if group.kind == CANVAS:
            found = _box_outline(np.zeros((1, 1)), np.zeros((1, 1)), ev.width[:, None], ev.height[:, None])
        elif group.kind == OBJECT:
            found = _object_outlines(ev, group)
        elif group.composite:
            found = _composite(ev, group)
        else:
            made = relative(ev, group_id)
            at = column(ev, group_id, "at").data
            found = Outline(made.verts + at[..., None, None], made.count, made.closed, made.radius)
        ev.put(key, found)
    assert isinstance(found, Outline)
    return found


def _map(shape: Outline, change: Callable[[Array], Array]) -> Outline:
    return Outline(change(shape.verts), change(shape.count), change(shape.closed), change(shape.radius))


def _box_outline(x0: Floats, y0: Floats, x1: Floats, y1: Floats) -> Outline:
    x0, y0, x1, y1 = np.broadcast_arrays(x0, y0, x1, y1)
    verts = np.stack([x0 + 1j * y0, x1 + 1j * y0, x1 + 1j * y1, x0 + 1j * y1], axis=-1)[..., None, :]
    lead = (*x0.shape, 1)
    return Outline(verts, np.full(lead, 4, np.int64), np.ones(lead, np.bool_), np.zeros(lead))


def _object_outlines(ev: Evaluator, group: Group) -> Outline:
    assert ev.inputs.photos is not None
    made = ev.inputs.photos.object_outlines(ev.photo_ids(), **ev.photo_frame())
    have = made.count.shape[1]
    if have >= group.size:
        return _map(made, lambda a: a[:, : group.size])
    return _map(made, lambda a: np.pad(a, [(0, 0), (0, group.size - have)] + [(0, 0)] * (a.ndim - 2)))


def padded(shape: Outline, pieces: int, verts: int) -> Outline:
    """The outline with room for more pieces and vertices."""
    lead = shape.count.ndim - 1
    more = pieces - shape.count.shape[-1]
    extra = verts - shape.verts.shape[-1]
    points = shape.verts
    if extra:
        points = np.concatenate([points, np.repeat(points[..., -1:], extra, axis=-1)], axis=-1)
    if not more:
        return Outline(points, shape.count, shape.closed, shape.radius)
    before = [(0, 0)] * lead
    return Outline(
        np.pad(points, [*before, (0, more), (0, 0)]),
        np.pad(shape.count, [*before, (0, more)]),
        np.pad(shape.closed, [*before, (0, more)]),
        np.pad(shape.radius, [*before, (0, more)]),
    )


def _composite(ev: Evaluator, group: Group) -> Outline:
    """The union of the painted parts' pieces; parts that are not there have none."""
    pieces = []
    for part_id in dict.fromkeys(group.parts.values()):
        part = ev.program.groups[part_id]
        if not (part.painted or part.composite):
            continue
        made, there = outline(ev, part_id), present(ev, part_id)
        made = Outline(made.verts, np.where(there[..., None], made.count, 0), made.closed, made.radius)
        pieces.append(_map(made, partial(_merged, items=group.size, each=part.size // group.size)))
    if not pieces:
        raise KeyError(f"{group.name} has no painted parts")
    widest = max(p.verts.shape[-1] for p in pieces)
    pieces = [padded(p, p.count.shape[-1], widest) for p in pieces]
    rows = max(p.count.shape[0] for p in pieces)
    fields = []
    for name in PARTS:
        arrays = [getattr(p, name) for p in pieces]
        fields.append(np.concatenate([np.broadcast_to(a, (max(rows, a.shape[0]), *a.shape[1:])) for a in arrays], 2))
    return Outline(*fields)


def _merged(data: Array, items: int, each: int) -> Array:
    """``[B, items * each, P, ...]`` as ``[B, items, each * P, ...]``."""
    return data.reshape(data.shape[0], items, each * data.shape[2], *data.shape[3:])


def outlines(ev: Evaluator, groups: Groups) -> Outline:
    """The outlines of several groups side by side: leading dimensions (B or 1, S)."""
    if len(groups) == 1:
        return outline(ev, groups[0])
    key = ("outlines", groups)
    found = ev.get(key)
    if found is None:
        parts = [outline(ev, g) for g in groups]
        pieces = max(p.count.shape[-1] for p in parts)
        verts = max(p.verts.shape[-1] for p in parts)
        parts = [padded(p, pieces, verts) for p in parts]
        found = Outline(*(beside([getattr(p, n) for p in parts]) for n in ("verts", "count", "closed", "radius")))
        ev.put(key, found)
    assert isinstance(found, Outline)
    return found


def outline_at(ev: Evaluator, groups: Groups, slots: Array, rows: Ints | None = None) -> Outline:
    """The outlines of the shapes in ``slots``: leading dimensions those of the slots (``rows``: see ``select``)."""
    index = index_of(ev, groups, slots)
    return _map(outlines(ev, groups), lambda a: select(a, index, rows))


def box_of(shape: Outline) -> Floats:
    """The upright bounding boxes (left, top, right, bottom): float64[..., 4]; zeros where there is no piece."""
    there = shape.count > 0
    x, y, r = shape.verts.real, shape.verts.imag, shape.radius
    low = [along(np.minimum, np.where(there, along(np.minimum, v) - r, np.inf)) for v in (x, y)]
    high = [along(np.maximum, np.where(there, along(np.maximum, v) + r, -np.inf)) for v in (x, y)]
    boxes = np.stack([*low, *high], axis=-1)
    return boxes if there.all() else np.where(np.asarray(there.any(axis=-1))[..., None], boxes, 0.0)


def bounds(ev: Evaluator, group_id: GroupId) -> Floats:
    """The upright bounding boxes of a group's shapes, as ``box_of``: float64[B or 1, size, 4]."""
    found = ev.get(("bounds", group_id))
    if found is None:
        found = ev.put(("bounds", group_id), box_of(outline(ev, group_id)))
    return np.asarray(found)


# painting -----------------------------------------------------------------------------------------------


def painted(ev: Evaluator) -> Groups:
    """The groups of shapes that are painted themselves."""
    return tuple(g.id for g in ev.program.groups if g.painted and not g.composite)


def paint_order(ev: Evaluator) -> Ints:
    """The paint rank of every slot, int64[B or 1, slots]: 0, 1, ... by layer, declaration, item, part of what is
    there; -1 for what is not there or not painted. A composite has the rank of its last part."""
    found = ev.get(("order",))
    if found is None:
        found = ev.put(("order",), _ranks(ev))
    return np.asarray(found)


def _ranks(ev: Evaluator) -> Ints:
    program = ev.program
    leaves = painted(ev)
    slots = np.asarray([g.start + k for g in map(program.groups.__getitem__, leaves) for k in range(g.size)], np.int64)
    keys = [_declared(program.groups, g, k) for g in leaves for k in range(program.groups[g].size)]
    order = np.asarray(sorted(range(len(slots)), key=keys.__getitem__), np.int64)
    layers = []
    for g in leaves:
        size = program.groups[g].size
        layers.append(column(ev, g, "layer").data if "layer" in program.groups[g].fields else np.zeros((1, size)))
    result = np.full((1, program.slots + 1), -1, np.int64)
    if len(slots):
        there = beside([present(ev, g) for g in leaves])[:, order]
        layer = np.where(there, beside(layers)[:, order], np.inf)  # what is not there comes last, and has no rank
        by_layer = np.argsort(layer, axis=1, kind="stable")
        result = np.full((layer.shape[0], program.slots + 1), -1, np.int64)
        where = slots[order][by_layer]
        ranks = np.arange(len(slots)) - np.where(np.arange(len(slots)) < there.sum(1)[:, None], 0, len(slots) + 1)
        np.put_along_axis(result, where, np.broadcast_to(np.maximum(ranks, -1), where.shape), axis=1)
    for group in reversed(program.groups):
        if group.composite:
            own = result[:, group.start : group.start + group.size]
            for part_id in group.parts.values():
                part = program.groups[part_id]
                ranks = result[:, part.start : part.start + part.size]
                own[:] = np.maximum(own, ranks.reshape(ranks.shape[0], group.size, -1).max(axis=-1))
    return result


def _declared(groups: tuple[Group, ...], group_id: GroupId, item: int) -> tuple[int, ...]:
    """A key that sorts leaf shapes in order of declaration, an item's parts together."""
    key: tuple[int, ...] = ()
    current: int | None = group_id
    while current is not None:
        group = groups[current]
        key = (group.id, item, *key)
        if group.parent is not None:
            item //= group.size // groups[group.parent].size
        current = group.parent
    return key
