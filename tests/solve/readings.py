"""Draws of a program, and whether the values of its nodes lie in their cells' domains."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from pgt_dsl.program import loops
from pgt_dsl.program.interval import Ls, Pt
from pgt_dsl.program.interval_cells import slack


def drawn(sampler, rows):
    """The evaluator of a few attempts of the first samples, and in which rows every law found what it drew from."""
    index, attempt = np.arange(rows) // 4, np.arange(rows) % 4
    ev = sampler.evaluator(index, attempt, sampler.strata.leaves_at(index))
    good = np.ones(ev.rows, np.bool_)
    for var in sampler.program.vars:
        ok = ev.drawn(var.id).ok
        if ok is not None:
            good &= np.broadcast_to(ok.reshape(ok.shape[0], -1).all(1), (ev.rows,))
    return ev, good


def outside(reading, box, ev, good) -> Iterator[str]:
    """Every node whose value lies outside its domain in a row that counts."""
    program = reading.program
    for number, node in enumerate(program.nodes):
        value, axes = ev.value(number), node.axes
        sizes = [program.axes[a].size for a in axes]
        defined = ev.defined(number)
        there = [m for m in (loops.axis_mask(ev, a) for a in axes) if set(m[1]) <= set(axes)]
        shape = value.data.shape if value.mask is None else np.broadcast_shapes(value.data.shape, value.mask.shape)
        for place in product(*map(range, sizes)):

            def at(data, place=place, sizes=sizes):
                full = np.broadcast_to(data, (ev.rows, *sizes, *data.shape[1 + len(sizes) :]))
                return full[(slice(None), *place)]

            rows = good & at(defined)
            for mask, have in there:
                rows = rows & at(loops.fit(mask, have, axes))
            mask = None if value.mask is None else at(np.broadcast_to(value.mask, shape))
            cells = reading.of(number, dict(zip(axes, place, strict=True)))
            for problem in beyond(box, cells, at(np.broadcast_to(value.data, shape)), mask, rows):
                yield f"node {number} {node.op} {dict(node.attrs)} at {place}: {problem}"


def beyond(box, cells, data, mask, rows) -> Iterator[str]:
    if isinstance(cells, Ls):
        for k in range(data.shape[1]):
            here = mask[:, k] if mask.ndim == 2 else mask[:, k].reshape(len(mask), -1).any(1)
            if k >= len(cells.items):
                if (rows & here).any():
                    yield f"there is an item {k}"
                continue
            there = cells.there[k]
            known = there < len(box.lo)
            gone, sure = known and box.false(there), known and box.true(there) and mask.ndim == 2
            if (gone and (rows & here).any()) or (sure and (rows & ~here).any()):
                yield f"the presence of item {k}"
            yield from beyond(box, cells.items[k], data[:, k], mask[:, k] if mask.ndim > 2 else None, rows & here)
    elif isinstance(cells, Pt):
        yield from beyond(box, cells.x, data.real, None, rows)
        yield from beyond(box, cells.y, data.imag, None, rows)
    elif rows.any() and cells < len(box.lo):  # cells of nodes that no requirement reads are younger than the box
        found, held = data[rows], box.sets[cells]
        if box.graph.is_set[cells]:
            if held is not None and not set(found.tolist()) <= held:
                yield f"{set(found.tolist()) - held} not among {held}"
            return
        found = found.astype(float)
        found = found[~np.isnan(found)]  # of a loop that crosses itself, which has no `at`: its scene is refused
        if not len(found):
            return
        low, high = box.lo[cells], box.hi[cells]
        if not ((found >= low - slack(low)) & (found <= high + slack(high))).all():
            yield f"{found.min()} .. {found.max()} not within {low} .. {high}"
