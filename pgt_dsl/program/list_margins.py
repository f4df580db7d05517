"""Helpers of the margin reading for lists: the margins of items and of their being there, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.program import lists
from pgt_dsl.program.calls import Call
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.inputs import Array, Bools, Floats
from pgt_dsl.program.program import Node, NodeId

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator


def collapse(items: Floats, there: Floats) -> Floats:
    """One number for a list: its least margin. Items that are not there only count by their absence."""
    present = np.where(there > 0, np.abs(items), np.inf)
    return np.asarray(np.minimum(present, np.abs(there)).min(axis=-1, initial=np.inf))


def presence(ev: Evaluator, node_id: NodeId, axes: tuple[int, ...]) -> Bools:
    """The mask of a list node's outermost dimension, aligned to axes."""
    value = ev.aligned(node_id, axes)
    return lists.outer(lists.masked(value)[1], ev.program.nodes[node_id].type.rank)


def limited(there: Floats, size: Floats) -> Floats:
    """Signed margins cut to a size, keeping their sign."""
    return np.clip(there, -size, size)


def full(data: Floats, size: int) -> Floats:
    """The list dimension at its full length."""
    return data if data.shape[-1] == size else np.broadcast_to(data, (*data.shape[:-1], size))


def stretched(items: Floats, there: Floats, size: int) -> tuple[Floats, Floats]:
    """Padded with places where surely nothing is."""
    missing = [(0, 0)] * (items.ndim - 1) + [(0, max(size - items.shape[-1], 0))]
    return np.pad(items, missing, constant_values=np.inf), np.pad(there, missing, constant_values=-np.inf)


def joined(parts: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    """Lists end to end."""
    lead = np.broadcast_shapes(*(items.shape[:-1] for items, _ in parts))
    items, there = (
        np.concatenate([np.broadcast_to(p[k], (*lead, p[k].shape[-1])) for p in parts], axis=-1) for k in (0, 1)
    )
    return items, there


def at_index(sizes: Floats, mask: Bools, index: Array) -> Floats:
    """The margin of the index-th present item (0 where there is none)."""
    if mask.shape[-1] == 0:
        return np.zeros(np.broadcast_shapes(mask.shape[:-1], index.shape))
    where, ok = lists.at_index(mask, index)
    return np.where(ok, lists.gather(full(sizes, mask.shape[-1]), where, mask.ndim - 1), 0.0)


def lead(ev: Evaluator, node: Node) -> tuple[Array, Array, Bools]:
    """For ``argmax``: the greatest key, the next one, and whether there are two."""
    keys, mask, _ = lists.keyed(ev, node)
    best = lists.top(keys, mask)
    first = lists.gather(keys, best, keys.ndim - 1)
    rest = mask & (np.arange(keys.shape[-1]) != best[..., None])
    second = lists.gather(keys, lists.top(keys, rest), keys.ndim - 1)
    return first, second, np.asarray(rest.any(axis=-1))


def neighbours(ev: Evaluator, node: Node) -> tuple[Array, Array, Bools]:
    """For ``sort``: each sorted key, the next one, and whether both are there."""
    keys, mask, _ = lists.keyed(ev, node)
    order = lists.rising(keys, mask)
    keys, mask = np.take_along_axis(keys, order, -1), np.take_along_axis(mask, order, -1)
    return keys[..., :-1], keys[..., 1:], np.asarray(mask[..., :-1] & mask[..., 1:])


def color_gap(ev: Evaluator, node: Node) -> Floats:
    """CIEDE2000 / 100 between the two colours that a node compares, by the registry's own measure."""
    color = Type("color")
    call = Call(ev, tuple(ev.aligned(arg, node.axes) for arg in node.args), (color, color), Type("number"))
    return np.asarray(ev.load(ev.registry.functions["color_gap"].value)(call), np.float64)
