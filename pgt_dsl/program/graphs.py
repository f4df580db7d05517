"""Functions of graphs that are given by numbers: link k joins the nodes ``ends_a[k]`` and ``ends_b[k]``, batched.

Nodes are any whole numbers. A link beyond the end of the shorter list is none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.geometry.outline import Bools, Ints

if TYPE_CHECKING:
    from pgt_dsl.program.calls import Call

NOWHERE = -1  # the number of links of a way that there is not


def _lists(call: Call, which: tuple[int, ...]) -> tuple[tuple[int, ...], list[tuple[Ints, Bools]]]:
    """List arguments as rows [N, L], with the present items in front, and the leading dimensions of all arguments."""
    lead = np.broadcast_shapes(
        *(arg.data.shape[:-1] if type.rank else arg.data.shape for arg, type in zip(call.args, call.types, strict=True))
    )
    found = []
    for k in which:
        data = call.args[k].data
        mask = call.args[k].mask
        size = data.shape[-1]
        full = np.broadcast_to(True if mask is None else mask, data.shape)
        order = np.argsort(~full, axis=-1, kind="stable")
        rows = (np.take_along_axis(part, order, -1) for part in (data, full))
        data, full = (np.broadcast_to(part, (*lead, size)).reshape(-1, size) for part in rows)
        found.append((data, full))
    return lead, found


def spanning(call: Call) -> tuple[Bools, Bools]:
    """Which links belong to the spanning tree of least weight (of equal weights, earlier links first); Kruskal's way,
    one link of every row at a time: it is taken when its ends do not yet belong together."""
    lead, ((a, has_a), (b, has_b), (weights, has)) = _lists(call, (0, 1, 2))
    n, size = weights.shape
    links = min(a.shape[1], b.shape[1], size)
    there = has[:, :links] & has_a[:, :links] & has_b[:, :links]
    groups = np.stack([a[:, :links], b[:, :links]], 1).copy()
    order = np.argsort(np.where(there, weights[:, :links], np.inf), axis=-1, kind="stable")
    taken = np.zeros((n, size), np.bool_)
    rows = np.arange(n)
    for k in range(links):
        link = order[:, k]
        one, two = groups[rows, 0, link], groups[rows, 1, link]
        joins = (one != two) & there[rows, link]
        taken[rows, link] = joins
        groups = np.where((groups == two[:, None, None]) & joins[:, None, None], one[:, None, None], groups)
    return taken.reshape(*lead, size), has.reshape(*lead, size)


def steps(call: Call) -> Ints:
    """The fewest links on a way from a to b; -1 where there is none. Spreads from a, one link further at a time."""
    lead, ((a, has_a), (b, has_b)) = _lists(call, (0, 1))
    start, goal = (np.broadcast_to(call.args[k].data, lead).reshape(-1) for k in (2, 3))
    links = min(a.shape[1], b.shape[1])
    a, b, there = a[:, :links], b[:, :links], has_a[:, :links] & has_b[:, :links]
    found = np.where(start == goal, 0, NOWHERE)
    near, far = there & (a == start[:, None]), there & (b == start[:, None])  # whether the end of a link is reached
    for k in range(1, links + 1):
        fresh = near ^ far
        reached = np.where(near, b, a)  # by a link of which one end was reached before
        found = np.where((found == NOWHERE) & (fresh & (reached == goal[:, None])).any(-1), k, found)
        if not (fresh & (found == NOWHERE)[:, None]).any():
            break
        near, far = (
            known | (there & ((ends[:, :, None] == reached[:, None, :]) & fresh[:, None, :]).any(-1))
            for known, ends in ((near, a), (far, b))
        )
    return found.reshape(lead)
