"""The definedness reading: in which rows a node has a value at all. One small function per op that matters.

Undefined is lazy: the branch not taken, what a false ``and`` or a true ``or`` makes irrelevant, and the items that are
not there do not count. A list has one answer for the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.program import lists, loops, shapes
from pgt_dsl.program.inputs import Bools
from pgt_dsl.program.loops import Axes
from pgt_dsl.program.program import Node, NodeId

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator


def defined(ev: Evaluator, node_id: NodeId) -> Bools:
    """Where the node has a value: bool[B or 1, axes of the node...]."""
    found = ev.get(("defined", node_id))
    if found is None:
        ev._drive(node_id, "defined", lambda n: _needs(ev, n), lambda n: _compute(ev, n))
        found = ev.get(("defined", node_id))
    return np.asarray(found)


def _needs(ev: Evaluator, node_id: NodeId) -> tuple[NodeId, ...]:
    return ev.facts.needs(node_id) if ev.facts.may_fail(node_id) else ()


def _compute(ev: Evaluator, node_id: NodeId) -> Bools:
    node = ev.program.nodes[node_id]
    if not ev.facts.may_fail(node_id):
        return np.ones((1,) * (1 + len(node.axes)), np.bool_)
    ok = DEFINED.get(node.op, all_args)(ev, node)
    return ok & _number(ev, node_id, node) if node.op == "call" else ok


def at(ev: Evaluator, node_id: NodeId, axes: Axes) -> Bools:
    """The definedness of a node, aligned to more axes."""
    return np.asarray(loops.fit(defined(ev, node_id), ev.program.nodes[node_id].axes, axes))


def all_args(ev: Evaluator, node: Node) -> Bools:
    """Defined when every argument is."""
    ok = np.ones((1,) * (1 + len(node.axes)), np.bool_)
    for arg in node.args:
        if ev.facts.may_fail(arg):
            ok = ok & at(ev, arg, node.axes)
    return ok


def _var(ev: Evaluator, node: Node) -> Bools:
    var = ev.program.vars[node.attrs["var"]]
    ok = ev.drawn(var.id).ok
    if ok is None:
        return np.ones((1,) * (1 + len(node.axes)), np.bool_)
    return np.asarray(loops.fit(ok, tuple(sorted(var.axes)), node.axes))


def _div(ev: Evaluator, node: Node) -> Bools:
    return np.asarray(all_args(ev, node) & (ev.array(node.args[1], node.axes) != 0))


def _decided(settles: bool) -> Callable[[Evaluator, Node], Bools]:
    """``and`` (settled by a defined False) and ``or`` (by a defined True)."""

    def rule(ev: Evaluator, node: Node) -> Bools:
        left, right = (at(ev, arg, node.axes) for arg in node.args)
        p, q = (ev.array(arg, node.axes) == settles for arg in node.args)
        return np.asarray((left & right) | (left & p) | (right & q))

    return rule


def _if(ev: Evaluator, node: Node) -> Bools:
    condition, then, other = (at(ev, arg, node.axes) for arg in node.args)
    return np.asarray(condition & np.where(ev.array(node.args[0], node.axes), then, other))


def _loop(ev: Evaluator, node: Node) -> Bools:
    own = node.attrs["axis"]
    axis = ev.program.axes[own]
    axes = tuple(sorted({*node.axes, own}))
    mask, have = loops.axis_mask(ev, own)
    needed = loops.fit(mask, have, axes)
    ok = np.ones((1,) * (1 + len(axes)), np.bool_)
    if len(node.args) > 1:
        where = at(ev, node.args[1], axes)
        ok = where | ~needed
        needed = needed & ev.array(node.args[1], axes)
    ok = ok & (at(ev, node.args[0], axes) | ~needed)
    found = ok.all(axis=1 + axes.index(own))
    for source in (*axis.lists, *(() if axis.count is None else (axis.count,))):
        found = found & at(ev, source, node.axes)
    return np.asarray(found)


def _item(ev: Evaluator, node: Node) -> Bools:
    rank = ev.program.nodes[node.args[0]].type.rank
    mask = lists.outer(lists.masked(ev.aligned(node.args[0], node.axes))[1], rank)
    return all_args(ev, node) & lists.at_index(mask, ev.array(node.args[1], node.axes))[1]


def _some_item(ev: Evaluator, node: Node) -> Bools:
    """``max``, and ``argmax`` over its keys: of nothing there is none."""
    mask = lists.masked(ev.aligned(node.args[0], node.axes))[1]
    if len(node.args) > 1:
        mask = lists.keyed(ev, node)[1]
    return all_args(ev, node) & mask.any(axis=-1)


def _only(ev: Evaluator, node: Node) -> Bools:
    keys, mask, _ = lists.keyed(ev, node)
    return np.asarray(all_args(ev, node) & ((keys & mask).sum(axis=-1) == 1))


def _mode(ev: Evaluator, node: Node) -> Bools:
    data, mask = lists.masked(lists.roomy(ev.aligned(node.args[0], node.axes), 1 + len(node.axes)))
    counts = lists.tally(data, mask)
    most = counts.max(axis=-1)
    return np.asarray(all_args(ev, node) & (most > 0) & ((counts == most[..., None]).sum(axis=-1) == most))


def _number(ev: Evaluator, node_id: NodeId, node: Node) -> Bools:
    """A function says "undefined" with NaN (for numbers and points); whole numbers have none, so `mod` is named."""
    if node.attrs["name"] == "mod":
        return np.asarray(ev.array(node.args[1], node.axes) != 0)
    value = ev.value(node_id)
    if value.data.dtype.kind not in "fc":
        return np.ones((1,) * (1 + len(node.axes)), np.bool_)
    bad = np.isnan(value.data)
    if value.mask is not None:
        bad = np.asarray((bad & value.mask).any(axis=tuple(range(bad.ndim - node.type.rank, bad.ndim))))
    return ~bad


def _field(ev: Evaluator, node: Node) -> Bools:
    """The reference and the field of that very shape."""
    groups, name = tuple(node.attrs["groups"]), node.attrs["name"]
    ok = all_args(ev, node)
    held = [(g, ev.program.groups[g].fields.get(name)) for g in groups]
    if not any(n is not None and ev.facts.may_fail(n) for _, n in held):
        return ok
    columns = []
    for group_id, field in held:
        group = ev.program.groups[group_id]
        if field is None:
            columns.append(np.ones((1, group.size), np.bool_))
        else:
            columns.append(shapes.flat(ev, group, defined(ev, field), ev.program.nodes[field].axes, 0))
    index = shapes.index_of(ev, groups, ev.array(node.args[0], node.axes))
    return np.asarray(ok & shapes.select(shapes.beside(columns), index))


DEFINED: dict[str, Callable[[Evaluator, Node], Bools]] = {
    "var": _var, "div": _div, "and": _decided(False), "or": _decided(True), "if": _if, "loop": _loop, "item": _item,
    "max": _some_item, "argmax": _some_item, "only": _only, "mode": _mode, "field": _field,
}  # fmt: skip
