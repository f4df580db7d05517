"""The display list: what painters paint, as a struct of arrays over the batch, with no trace of the language.

Coordinates are px, y down, quantised to 1/256 px. Items are painted in order. An item is the *union* of its pieces
(``geometry.outline``), filled with ``fill`` and edged on the inside by ``edge`` over ``stroke`` px, then composited
*over* what lies beneath with ``opacity``. The id mask takes an item's id wherever its coverage is at least a half.

What a piece covers:

* A closed piece is filled by the *even-odd* rule: a point is inside when a ray from it crosses the sides an odd number
  of times. The middle of a pentagram drawn in one go is outside. Its ``radius`` adds all points within ``radius`` of a
  side. A closed piece of fewer than three vertices is the open one of the same vertices.
* An open piece covers all points within ``radius`` of it; without a radius it covers nothing.
* Pieces are united whatever their directions: where two overlap, both cover. They leave no seam where they touch.
* The part that ``fill`` paints when there is an ``edge`` are the points of the union that lie at least ``stroke`` from
  its boundary. The boundary is that of the area: lines without area and pieces within others have no part in it.
* Numbers beyond 2^20 px count as 2^20 px (each coordinate by itself, and radii); a radius below 0 counts as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.scene.scene import BackgroundChoice


@dataclass(frozen=True, slots=True)
class TextItem:
    """A line of text: its ink's box is centred on ``at`` (px); ``size`` is the font's em in px, ``turn`` degrees."""

    text: str
    at: complex
    size: float
    turn: float = 0.0
    mirrored: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class DisplayList:
    """Items of a batch of pictures, flattened; picture b owns items ``start[b] .. start[b + 1]``.

    outline: leading dimension N (items); text items have no pieces.
    fill, edge: int64[N] packed 0xRRGGBB, -1 for none. stroke: float64[N] px. opacity: float64[N] in 0..1.
    id: int64[N] value in the id mask, 0 to leave it alone (labels, scenery still has an id).
    texts: TextItem or None for each item, painted with ``fill``.
    halo: int64[N] packed colour of a thin outline around text, -1 for none.
    """

    width: int
    height: int
    start: npt.NDArray[np.int64]
    outline: Outline
    fill: npt.NDArray[np.int64]
    edge: npt.NDArray[np.int64]
    stroke: npt.NDArray[np.float64]
    opacity: npt.NDArray[np.float64]
    id: npt.NDArray[np.int64]
    texts: tuple[TextItem | None, ...]
    halo: npt.NDArray[np.int64]
    backgrounds: tuple[BackgroundChoice, ...]


@dataclass(frozen=True, slots=True)
class Painted:
    """``rgb``: uint8[B, H, W, 3]; ``ids``: uint16[B, H, W] or None when not asked for."""

    rgb: npt.NDArray[np.uint8]
    ids: npt.NDArray[np.uint16] | None = None


class Renderer(Protocol):
    """A painter. ``background`` pixels come from the caller so that every painter has the same."""

    name: str

    def paint(self, display: DisplayList, backgrounds: npt.NDArray[np.uint8], ids: bool = True) -> Painted:
        """Paint a batch over ``backgrounds`` (uint8[B, H, W, 3], not modified)."""
        ...


class Prepared(Protocol):
    """A display list that a painter has made ready (``prepared(display)``, which painters need not have)."""

    def paint(self, first: int, rgb: npt.NDArray[np.uint8], ids: npt.NDArray[np.uint16] | None = None) -> None:
        """Paint the pictures from ``first`` on over the backgrounds that ``rgb`` (uint8[B, H, W, 3]) holds.

        ids: memory for their id masks (uint16[B, H, W], overwritten), or none.
        """
        ...
