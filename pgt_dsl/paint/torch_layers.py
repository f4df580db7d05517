"""What is composited, one after another: the items of a pool as layers, and the pieces that their areas are made of.

A shape is one layer, a text one for its halo and one for its ink. Built on the host with numpy; the arrays are small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from pgt_dsl.paint.pool import INNER_SAME, INNER_WITHOUT, UNIT, Pool
from pgt_dsl.paint.torch_sides import Cores

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_DENSE = 64  # vertices of a boundary


@dataclass(frozen=True, slots=True)
class Layers:
    """L layers, each int64[L] (``box``: int64[L, 4], ``x0, y0, x1, y1`` px within the canvas, never empty).

    picture, item: whose it is. rank: its place among the layers of its picture. mask: its text mask or -1.
    fill, edge: packed colours or -1. alpha: 0..255. id: 0 for none.
    edged: bool[L], whether its inner coverage differs from the outer one.
    """

    picture: Ints
    item: Ints
    rank: Ints
    mask: Ints
    box: Ints
    fill: Ints
    edge: Ints
    alpha: Ints
    id: Ints
    edged: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.picture)

    def taken(self, index: Any) -> Layers:
        """Some of the layers, in the order of ``index``."""
        return Layers(*(getattr(self, name)[index] for name in Layers.__slots__))


def layers(pool: Pool) -> Layers:
    """The layers of all items that show something, picture by picture, in the order of painting."""
    masks = np.diff(pool.masks)
    count = np.where(masks > 0, masks, pool.box[:, 2] > 0)
    item = np.repeat(np.arange(len(count)), count)
    part = np.arange(len(item)) - np.repeat(np.cumsum(count) - count, count)
    mask = np.where(masks[item] > 0, pool.masks[:-1][item] + part, -1)
    text = mask >= 0
    picture = np.searchsorted(pool.start, item, side="right") - 1
    heads = np.searchsorted(picture, np.arange(len(pool.start)))
    box, fill, identity = pool.box[item].astype(np.int64), pool.fill[item].astype(np.int64), pool.id[item]
    box[text] = pool.mask_box[mask[text]]
    fill[text] = pool.mask_colour[mask[text]]
    edge = np.where(text, -1, pool.edge[item]).astype(np.int64)
    ink = np.ones(len(item), np.bool_)
    ink[text] = pool.mask_ink[mask[text]] > 0
    return Layers(
        picture, item, np.arange(len(item)) - heads[picture], mask, box, fill, edge,
        pool.alpha[item].astype(np.int64), np.where(ink, identity, 0).astype(np.int64),
        ~text & (pool.how[item] != INNER_SAME),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Areas:
    """The areas of L layers: the first L are their outer ones (empty for texts), the others inner ones.

    inner: int64[L], the area of a layer's inner coverage; its own number where that is the outer one.
    """

    cores: Cores
    inner: Ints


def areas(pool: Pool, some: Layers, device: torch.device) -> Areas:
    """The areas of some layers, on a device."""
    number = len(some)
    with_inner = np.flatnonzero(some.edged)
    inner = np.arange(number)
    inner[with_inner] = number + np.arange(len(with_inner))
    shapes = np.flatnonzero(some.mask < 0)
    less = pool.how[some.item[with_inner]] == INNER_WITHOUT
    without, own = with_inner[less], with_inner[~less]
    groups = (  # ranges of pieces, the areas they are part of, whether they are taken away from them
        (pool.outer[some.item[shapes]], shapes, False),
        (pool.outer[some.item[without]], inner[without], False),
        (pool.inner[some.item[without]], inner[without], True),
        (pool.inner[some.item[own]], inner[own], False),
    )
    piece, area, cut = (np.concatenate(columns) for columns in zip(*(_spread(*g) for g in groups), strict=True))
    count = np.diff(pool.first)[piece]
    start = np.concatenate(([0], np.cumsum(count)))
    vertex = np.repeat(pool.first[:-1][piece] - start[:-1], count) + np.arange(start[-1])
    box = np.concatenate((some.box, some.box[with_inner]))
    x, y, start = _simpler(pool.x[vertex] / UNIT, pool.y[vertex] / UNIT, start, np.flatnonzero(cut & (count > _DENSE)))
    return Areas(
        Cores(
            _on(device, x), _on(device, y), _on(device, start),
            _on(device, pool.closed[piece] > 0), _on(device, pool.radius[piece] / UNIT), _on(device, area),
            _on(device, cut), _on(device, box),
        ),
        inner,
    )  # fmt: skip


def _spread(ranges: Ints, area: Ints, cut: bool) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Pieces of ranges one by one, each with its area."""
    count = ranges[:, 1] - ranges[:, 0]
    step = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    piece = np.repeat(ranges[:, 0], count) + step
    return piece, np.repeat(area, count), np.full(len(piece), cut)


def _simpler(x: Floats, y: Floats, start: Ints, dense: Ints) -> tuple[Floats, Floats, Ints]:
    """Vertices without those of ``dense`` pieces that lie within 1/512 px of their neighbours' connection.

    The boundaries of unions come with arcs of very many vertices; a stroke wider than such an arc has many crossings.
    """
    if not len(dense):
        return x, y, start
    import shapely

    count = np.diff(start)
    owner = np.repeat(np.arange(len(count)), count)
    within = np.isin(owner, dense)
    lines = shapely.linestrings(x[within], y[within], indices=np.repeat(np.arange(len(dense)), count[dense]))
    simple = shapely.simplify(lines, 0.5 / UNIT, preserve_topology=False)
    xy, line = shapely.get_coordinates(simple, return_index=True)
    owner = np.concatenate((owner[~within], dense[line]))
    order = np.argsort(owner, kind="stable")
    x, y = np.concatenate((x[~within], xy[:, 0]))[order], np.concatenate((y[~within], xy[:, 1]))[order]
    return x, y, np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(count)))))


def _on(device: torch.device, array: npt.NDArray[Any]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(array)).to(device)
