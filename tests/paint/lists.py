"""Display lists for tests, written shape by shape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.paint.display import DisplayList, TextItem


@dataclass
class Item:
    outline: Outline | None = None
    fill: int = 0x000000
    edge: int = -1
    stroke: float = 0.0
    opacity: float = 1.0
    id: int = 1
    text: TextItem | None = None
    halo: int = -1


def piece(core: Sequence[complex] | Any, closed: bool = True, radius: float = 0.0) -> Outline:
    verts = np.atleast_1d(np.asarray(core, complex))
    return Outline(verts[None], np.array([len(verts)]), np.array([closed]), np.array([float(radius)]))


def disc(at: complex, radius: float) -> Outline:
    return piece([at], False, radius)


def stacked(parts: Iterable[Outline | None]) -> Outline:
    """Outlines of single shapes as one with a leading dimension; None counts as an outline without pieces."""
    items = list(parts)
    pieces = max((len(o.count) for o in items if o is not None), default=0) or 1
    most = max((o.verts.shape[-1] for o in items if o is not None), default=0) or 1
    verts = np.zeros((len(items), pieces, most), np.complex128)
    count = np.zeros((len(items), pieces), np.int64)
    closed = np.zeros((len(items), pieces), bool)
    radius = np.zeros((len(items), pieces))
    for n, outline in enumerate(items):
        if outline is None or not len(outline.count):
            continue
        used, width = outline.verts.shape
        verts[n, :used, :width] = outline.verts
        verts[n, :used, width:] = outline.verts[:, -1:]
        count[n, :used], closed[n, :used], radius[n, :used] = outline.count, outline.closed, outline.radius
    return Outline(verts, count, closed, radius)


def both(*outlines: Outline) -> Outline:
    """The union of several outlines as one item."""
    parts = [piece(o.verts[p, : o.count[p]], o.closed[p], o.radius[p]) for o in outlines for p in range(len(o.count))]
    whole = stacked(parts)
    return Outline(whole.verts[:, 0], whole.count[:, 0], whole.closed[:, 0], whole.radius[:, 0])


def pictures(width: int, height: int, *rows: Sequence[Item]) -> DisplayList:
    items = [item for row in rows for item in row]
    return DisplayList(
        width,
        height,
        np.cumsum([0, *map(len, rows)]),
        stacked(item.outline for item in items),
        np.array([item.fill for item in items], np.int64),
        np.array([item.edge for item in items], np.int64),
        np.array([item.stroke for item in items], float),
        np.array([item.opacity for item in items], float),
        np.array([item.id for item in items], np.int64),
        tuple(item.text for item in items),
        np.array([item.halo for item in items], np.int64),
        (),
    )


def paper(display: DisplayList, colour: int = 0xFFFFFF) -> np.ndarray:
    shape = (len(display.start) - 1, display.height, display.width, 3)
    return np.broadcast_to(np.array([colour >> 16, colour >> 8 & 255, colour & 255], np.uint8), shape).copy()
