"""Which shapes have a phrase of their own, batched: the reading of constraints with the reason "phrase".

A phrase must fit exactly one shape: a label or name exactly one that carries it, "the red star" exactly one shape
that looks so (labelled or not). Entities are compared with one another, objects of a photo among themselves, and
other shapes (parts, scenery) with all but the objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pgt_dsl.program import shapes
from pgt_dsl.program.datatypes import NO_COLOR
from pgt_dsl.program.facts import OBJECT
from pgt_dsl.program.program import Group, NodeId
from pgt_dsl.program.strings import intern

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
PhraseTable = tuple[Ints, Ints, Bools, Ints]

FREE_KINDS = ("canvas", "box", "segments")  # virtual shapes: texts write their box, or "the picture"

_NONE = -1  # no key: nothing can be called so
_ENTITY, _OBJECT, _OTHER, _FREE = range(4)


def is_free(group: Group) -> bool:
    """Whether texts write a shape of the group by its box and not by a phrase."""
    return not group.painted and not group.composite and group.kind in FREE_KINDS


def spoken_text_field(group: Group) -> str | None:
    """The field whose text a shape of the group is called by when it has no label: that of a written word."""
    return "text" if "text" in group.fields and not group.composite else None


def hue_fields(group: Group) -> tuple[str, ...]:
    """The fields that may give the colour by which a shape of the group is called, in order."""
    wanted = ("fill", "color") if group.composite else ("fill", "outline", "color")
    return tuple(name for name in wanted if name in group.fields)[: 1 if group.composite else 2]


def spoken_fields(group: Group) -> tuple[str, ...]:
    """The fields that a shape of the group may be called by."""
    named = (spoken_text_field(group), "name", "label", "form", *hue_fields(group))
    return tuple(name for name in named if name is not None and name in group.fields)


def phrase_table(ev: Evaluator) -> PhraseTable:
    """For every slot: ``said`` int64[B, slots] the code of its label, name or text (-1: none), ``look``
    int64[B, slots] its colour and noun or its category (-1: nothing to call it by), ``present`` bool[B, slots], and
    ``rank`` int64[1, slots] its class among entities, objects, others and free shapes."""
    found = ev.get(("phrases",))
    if found is None:
        found = ev.put(("phrases",), _phrase_table(ev))
    table: PhraseTable = found
    return table


def _phrase_table(ev: Evaluator) -> PhraseTable:
    program = ev.program
    size = (ev.rows, program.slots)
    said, look = np.full(size, _NONE, np.int64), np.full(size, _NONE, np.int64)
    present = np.zeros(size, np.bool_)
    rank = np.full((1, program.slots), _OTHER, np.int64)
    named = [int(value[1:], 16) for value in ev.registry.colors.values() if value.startswith("#")]
    known = np.asarray(named, np.int64)
    for group in program.groups:
        at = slice(group.start, group.start + group.size)
        present[:, at] = shapes.present(ev, group.id)
        if is_free(group):
            rank[:, at] = _FREE
        elif group.kind == OBJECT:
            rank[:, at] = _OBJECT
            look[:, at] = shapes.column(ev, group.id, "category").data
        else:
            if group.entity and not group.scenery and group.parent is None:
                rank[:, at] = _ENTITY
            said[:, at] = _said(ev, group)
            look[:, at] = _look(ev, group, known)
    return said, look, present, rank


def fits_one(ev: Evaluator, node: NodeId) -> Bools:
    """Whether the phrase of a shape node's value fits it alone: bool[B, axes of the node]; for a list, whether each of
    its items has a phrase of its own."""
    said, look, present, rank = phrase_table(ev)
    value = ev.value(node)
    rows, slots = said.shape
    data = value.data if value.mask is None else np.broadcast_arrays(value.data, value.mask)[0]
    data = np.broadcast_to(data, (rows, *data.shape[1:]))
    refs = data.reshape(rows, -1).astype(np.int64)
    known = (refs >= 0) & (refs < slots)
    refs = np.where(known, refs, 0)
    row = np.arange(rows)[:, None]
    ranks = rank[0, refs][..., None]
    compared = ((rank == ranks) | ((ranks == _OTHER) & (rank == _ENTITY))) & present[:, None, :]
    own_said, own_look = said[row, refs], look[row, refs]
    spoken = own_said >= 0
    own = np.where(spoken, own_said, own_look)
    same = np.where(spoken[..., None], said[:, None, :], look[:, None, :]) == own[..., None]
    alone = (np.count_nonzero(same & compared, axis=-1) == 1) & (own >= 0) & present[row, refs]
    fits = (known & ((ranks[..., 0] == _FREE) | alone)).reshape(data.shape)
    if value.mask is None:
        return np.asarray(fits)
    rank_of_list = ev.program.nodes[node].type.rank
    return np.asarray((fits | ~np.broadcast_to(value.mask, fits.shape)).all(axis=tuple(range(-rank_of_list, 0))))


def _said(ev: Evaluator, group: Group) -> Ints:
    """Labels count before names, names before the text of a written word."""
    said = np.full((ev.rows, group.size), _NONE, np.int64)
    empty = intern("")
    for name in (spoken_text_field(group), "name", "label"):
        if name is not None and name in group.fields:
            codes = np.broadcast_to(shapes.column(ev, group.id, name).data, said.shape)
            said = np.where(codes != empty, codes, said).astype(np.int64)
    return said


def _look(ev: Evaluator, group: Group, known: Ints) -> Ints:
    """Noun and colour in one number; composites without a colour are called by their noun alone."""
    size = (ev.rows, group.size)
    if group.noun or group.composite or "form" not in group.fields:
        noun = np.full(size, intern(group.noun or group.kind), np.int64)
    else:
        noun = np.broadcast_to(shapes.column(ev, group.id, "form").data, size).astype(np.int64)
    bare = noun << 26 if group.composite else np.full(size, _NONE, np.int64)
    names = hue_fields(group)
    if not names:
        return bare
    hue = np.broadcast_to(shapes.column(ev, group.id, names[0]).data, size).astype(np.int64)
    for name in names[1:]:
        hue = np.where(hue == NO_COLOR, shapes.column(ev, group.id, name).data, hue).astype(np.int64)
    look = np.where(np.isin(hue, known), (noun << 26) | (hue + 2), _NONE)
    return np.where(hue == NO_COLOR, bare, look)
