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
    shapes = []
    for arg, type in zip(call.args, call.types, strict=True):
        whole = np.broadcast_shapes(arg.data.shape, arg.data.shape if arg.mask is None else arg.mask.shape)
        shapes.append(whole[:-1] if type.rank else whole)
    lead = np.broadcast_shapes(*shapes)
    found = []
    for k in which:
        data, mask = call.args[k].data, call.args[k].mask
        data, full = np.broadcast_arrays(data, True if mask is None else mask)
        order = np.argsort(~full, axis=-1, kind="stable")
        size = data.shape[-1]
        rows = (np.take_along_axis(part, order, -1) for part in (data, full))
        items, there = (np.broadcast_to(part, (*lead, size)).reshape(-1, size) for part in rows)
        found.append((items, there))
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
    there = has_a[:, :links] & has_b[:, :links]
    links = int(there.sum(-1).max(initial=0))  # those that are there stand in front
    a, b, there = a[:, :links], b[:, :links], there[:, :links]
    found = np.where(start == goal, 0, NOWHERE)
    near, far = there & (a == start[:, None]), there & (b == start[:, None])  # whether the end of a link is reached
    rows = np.flatnonzero(found == NOWHERE)  # those where the goal is not yet reached
    for k in range(1, links + 1):
        here, there_now = (near[rows], far[rows]), there[rows]
        fresh = here[0] ^ here[1]
        spots = np.where(here[0], b[rows], a[rows])  # where a link leads of which one end was reached before
        arrived = (fresh & (spots == goal[rows, None])).any(-1)
        found[rows[arrived]] = k
        left = ~arrived & fresh.any(-1)
        rows, spots, fresh, there_now = rows[left], spots[left], fresh[left], there_now[left]
        if not len(rows):
            break
        for known, ends in ((near, a), (far, b)):
            met = ((ends[rows][:, :, None] == spots[:, None, :]) & fresh[:, None, :]).any(-1)
            known[rows] |= there_now & met
    return found.reshape(lead)
