"""A batch row by row: values of nodes and shapes of slots as plain values, each column converted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.facts import OBJECT
from pgt_dsl.program.formats import Speech, Tongue, Unspeakable
from pgt_dsl.program.loops import axis_mask, fit
from pgt_dsl.program.program import Group, NodeId, Var
from pgt_dsl.scene.columns import names_of_colors, plain
from pgt_dsl.scene.phrases import Box, box_words, phrase, written_as_box
from pgt_dsl.scene.scene import SceneShape

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator

Json = Any


class Rows:
    """Plain values of an evaluated batch. ``tongues``: what says the words of each row, None for English."""

    def __init__(self, ev: Evaluator, tongues: Sequence[Tongue | None] = ()) -> None:
        self.ev = ev
        self.program = ev.program
        self.count = ev.rows
        self.tongues: Sequence[Tongue | None] = tongues or [None] * self.count
        self.colors: Mapping[str, str] = names_of_colors(ev.registry.colors)
        self.width: list[float] = np.broadcast_to(ev.inputs.width, (self.count,)).tolist()
        self.height: list[float] = np.broadcast_to(ev.inputs.height, (self.count,)).tolist()
        self._nodes: dict[NodeId, list[Json]] = {}
        self._groups: dict[int, _GroupRows] = {}
        self._group_of: list[Group] = [g for g in self.program.groups for _ in range(g.size)]
        self._ids: list[list[int]] | None = None
        self._speech: dict[int, Speech] = {}
        self._spoken: dict[tuple[Json, ...], str] = {}
        self._shapes: dict[tuple[int, int], SceneShape | None] = {}
        self.placed: list[tuple[str, tuple[float, ...]]] = []  # what has been said of places, see ``Speech``

    # nodes ----------------------------------------------------------------------------------------

    def of(self, node: NodeId) -> list[Json]:
        """The value of a node without axes in every row; lists hold only the items that are there."""
        found = self._nodes.get(node)
        if found is None:
            type = self.program.nodes[node].type
            value = self.ev.value(node)
            found = self._nodes[node] = self._full(plain(value.data, type.base, value.mask, type.rank))
        return found

    def draws(self, var: Var) -> list[Json]:
        """A drawn variable in every row, nested over its axes; None where there is no item."""
        value = self.ev.drawn(var.id).value
        axes, rank = tuple(sorted(var.axes)), var.type.rank
        lead = 1 + len(axes)
        there = np.ones((1,) * lead, np.bool_)
        for axis in axes:
            there = there & fit(*axis_mask(self.ev, axis), axes)
        rows = max(there.shape[0], value.data.shape[0])
        sizes = (rows, *(self.program.axes[axis].size for axis in axes))
        data = np.broadcast_to(value.data, (*sizes, *value.data.shape[lead:]))
        there = np.broadcast_to(there, sizes)
        if rank == 0:
            return self._full(plain(data, var.type.base, there))
        mask = there.reshape(*sizes, *(1,) * rank)
        if value.mask is not None:
            mask = mask & value.mask
        nested = plain(data, var.type.base, np.broadcast_to(mask, data.shape), rank)
        # the list of an item that is not there is None, not empty
        return self._full(list(_blanked(nested, there.tolist(), lead)))

    def _full(self, values: list[Json]) -> list[Json]:
        return values * self.count if len(values) == 1 and self.count != 1 else values

    # shapes ---------------------------------------------------------------------------------------

    def group_of(self, slot: int) -> Group | None:
        """The group of a slot, None for a number that is no slot."""
        return self._group_of[slot] if 0 <= slot < len(self._group_of) else None

    def shape(self, row: int, slot: int) -> SceneShape | None:
        """The shape in a slot, None when it is not there."""
        key = row, slot
        if key not in self._shapes:
            self._shapes[key] = self._shape(row, slot)
        return self._shapes[key]

    def _shape(self, row: int, slot: int) -> SceneShape | None:
        group = self.group_of(slot)
        if group is None:
            return None
        item = slot - group.start
        found = self._of_group(group)
        if not _at(found.present, row)[item]:
            return None
        fields = dict(zip(found.names, found.items(row)[item], strict=True))
        parts = tuple(
            part.start + k
            for part in found.parts
            for k in range(item * (part.size // group.size), (item + 1) * (part.size // group.size))
            if _at(self._of_group(part).present, row)[k]
        )
        x0, y0, x1, y1 = _at(found.boxes, row)[item]
        painted = group.painted and not group.composite
        words = "" if found.is_box else self._words(row, group, fields)
        return SceneShape(
            slot, self.ids(row)[slot] if painted else 0, group.name, found.index[item], group.kind, fields,
            (x0, y0, x1, y1), parts, painted, group.entity and not group.scenery and group.parent is None, words,
        )  # fmt: skip

    def _words(self, row: int, group: Group, fields: Mapping[str, Json]) -> str:
        """The phrase of a shape, "" for one without; what is called alike is put into words once."""
        values = [fields.get(name) for name in _SPOKEN]
        tongue = self.tongues[row]
        key = (tongue and tongue.code, group.id, *[v if v is None or type(v) is str else repr(v) for v in values])
        found = self._spoken.get(key)
        if found is None:
            try:
                found = phrase(group, fields, self.colors, None, tongue)
            except Unspeakable:
                found = ""
            self._spoken[key] = found
        return found

    def ids(self, row: int) -> list[int]:
        """The value in the id mask of every slot of a row: 1, 2, ... in paint order, 0 for what is not painted."""
        if self._ids is None:
            order = np.broadcast_to(self.ev.paint_order(), (self.count, self.program.slots + 1)).copy()
            for group in self.program.groups:
                at = slice(group.start, group.start + group.size)
                hidden = ~self.ev.group_present(group.id) if group.painted and not group.composite else True
                order[:, at] = np.where(hidden, -1, order[:, at])
            order[:, self.program.slots :] = -1
            ranks = np.argsort(np.argsort(order, axis=1, kind="stable"), axis=1, kind="stable")
            absent = np.count_nonzero(order < 0, axis=1)[:, None]
            self._ids = np.where(order < 0, 0, ranks - absent + 1).tolist()
        return self._ids[row]

    def present(self, group: Group, row: int) -> list[int]:
        """The slots of a group's shapes that are there."""
        return [group.start + k for k, there in enumerate(_at(self._of_group(group).present, row)) if there]

    def _of_group(self, group: Group) -> _GroupRows:
        found = self._groups.get(group.id)
        if found is None:
            found = self._groups[group.id] = _GroupRows(self.ev, group)
        return found

    # words ----------------------------------------------------------------------------------------

    def speech(self, row: int) -> Speech:
        """What words need to know of a row's picture."""
        found = self._speech.get(row)
        if found is None:
            found = self._speech[row] = self._says(row, self.tongues[row])
        return found

    def english(self, row: int) -> Speech:
        """The same in English."""
        return self._says(row, None)

    def _says(self, row: int, tongue: Tongue | None) -> Speech:
        def named(slot: int, format: str | None) -> str:
            return self._phrase(row, slot, format, tongue)

        return Speech(self.width[row], self.height[row], self.colors, named, self.placed, tongue)

    def _phrase(self, row: int, slot: int, format: str | None, tongue: Tongue | None) -> str:
        shape, group = self.shape(row, slot), self.group_of(slot)
        if shape is None or group is None:
            raise Unspeakable(f"a text names a shape that is not there (slot {slot})")
        if format == "box" or self._of_group(group).is_box:
            return self.box_words(row, shape.box)
        if format is None and shape.phrase and tongue is self.tongues[row]:
            return shape.phrase
        return phrase(group, shape.fields, self.colors, format, tongue)

    def box_words(self, row: int, box: Box) -> str:
        """A box in words, noted among ``placed``."""
        words = box_words(box, self.width[row], self.height[row])
        self.placed.append((words, tuple(float(value) for value in box)))
        return words

    def box(self, row: int, slot: int) -> Box:
        """The upright bounding box of the shape in a slot, in px. Raises ``Unspeakable`` when it is not there."""
        shape = self.shape(row, slot)
        if shape is None:
            raise Unspeakable(f"the box of a shape that is not there (slot {slot})")
        return shape.box


class _GroupRows:
    """The columns of a group: presence, fields and boxes by row (one row stands for all) and item."""

    def __init__(self, ev: Evaluator, group: Group) -> None:
        self.present: list[list[bool]] = ev.group_present(group.id).tolist()
        self.names: list[str] = []
        self.columns: list[list[list[Json]]] = []
        extra = tuple(_OBJECT_FIELDS) if group.kind == OBJECT else ()
        for name in dict.fromkeys((*group.fields, *extra)):
            if not name.isidentifier():
                continue
            value = ev.group_value(group.id, name)
            node = group.fields.get(name)
            type = _OBJECT_FIELDS[name] if node is None else ev.program.nodes[node].type
            self.names.append(name)
            self.columns.append(plain(value.data, type.base, value.mask, type.rank))
        try:
            self.boxes: list[list[list[float]]] = ev.bounds(group.id).tolist()
        except KeyError:  # a composite of nothing that is painted
            self.boxes = [[[0.0] * 4] * group.size]
        sizes = tuple(ev.program.axes[axis].size for axis in group.axes)
        self.is_box = written_as_box(group)
        self.parts = [ev.program.groups[part] for part in dict.fromkeys(group.parts.values())]
        self._items: tuple[int, list[tuple[Json, ...]]] = -1, []
        self.index = [tuple(int(k) for k in np.unravel_index(n, sizes)) if sizes else () for n in range(group.size)]

    def items(self, row: int) -> list[tuple[Json, ...]]:
        """The fields of each item of a row, in the order of ``names``."""
        if self._items[0] != row:
            columns = [column[0] if len(column) == 1 else column[row] for column in self.columns]
            self._items = row, list(zip(*columns, strict=True))
        return self._items[1]


_SPOKEN = ("label", "name", "text", "form", "fill", "outline", "color", "category")  # all that a phrase reads
_OBJECT_FIELDS = {"at": Type("point"), "category": Type("text"), "crowd": Type("bool"), "cut_off": Type("bool")}


def _at(rows: list[Any], row: int) -> Any:
    return rows[0] if len(rows) == 1 else rows[row]


def _blanked(values: Json, there: Json, axes: int) -> Json:
    """None for the items, ``axes`` levels below the rows, that are not there."""
    if axes == 0:
        return values if there else None
    return [_blanked(value, here, axes - 1) for value, here in zip(values, there, strict=True)]
