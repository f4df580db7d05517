"""The numba painter: the exact coverage of every item, compiled, with the id mask in the same pass.

Strict arithmetic throughout (never fast-math), and no function of the platform's library but the square root, which
IEEE 754 rounds in one way: the same pixels on every machine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pgt_dsl.paint import numba_blend as blend
from pgt_dsl.paint.display import DisplayList, Painted, Prepared, Renderer
from pgt_dsl.paint.numba_edges import Room, jit, make_room
from pgt_dsl.paint.numba_items import ALPHA, BOX_X1, END, FIRST, ID, MASK, MASK_END, paint_shape, tables
from pgt_dsl.paint.pool import pool
from pgt_dsl.paint.reference import check, check_items

_SIDES = 1024  # room for those of an item at first

Bytes = npt.NDArray[np.uint8]
Ids = npt.NDArray[np.uint16]


def make() -> Renderer:
    """The renderer, for the plugin registry."""
    return NumbaRenderer()


class NumbaRenderer:
    """Paints with kernels that numba compiles when they are first used, and keeps on disk."""

    name = "numba"

    def paint(self, display: DisplayList, backgrounds: Bytes, ids: bool = True) -> Painted:
        """Paint a batch over ``backgrounds`` (uint8[B, H, W, 3], not modified).

        Raises ``ValueError`` naming the picture, item and field of a NaN or infinite number, or of wrong shapes.
        """
        check(display, backgrounds)
        # One type of array, so that one compiled version is enough.
        ground = np.require(backgrounds, requirements=["C", "W"])
        rgb = np.empty(ground.shape, np.uint8)
        mask = np.empty(ground.shape[:3], np.uint16) if ids else None
        _Prepared(display).paint(0, rgb, mask, ground)
        return Painted(rgb, mask)

    def prepared(self, display: DisplayList) -> Prepared:
        """A display list made ready once, whose pictures are painted a few at a time, over what is there already.

        Raises ``ValueError`` for what ``paint`` refuses.
        """
        check_items(display)
        return _Prepared(display)


class _Prepared:
    """A checked display list as the kernels' tables."""

    def __init__(self, display: DisplayList) -> None:
        self._flat = tables(pool(display))
        self._longest = int((self._flat.pieces[:, END] - self._flat.pieces[:, FIRST]).max(initial=1))
        self._sides = _SIDES
        self._room: Room | None = None

    def paint(self, first: int, rgb: Bytes, ids: Ids | None = None, ground: Bytes | None = None) -> None:
        """Paint the pictures from ``first`` on, as many as ``rgb`` (uint8[B, H, W, 3], C-contiguous) has: over a copy
        of ``ground`` of the same form, or over what ``rgb`` holds. ``ids`` (uint16[B, H, W], C-contiguous), if
        given, is filled with the masks."""
        batch, height, width = rgb.shape[:3]
        flat = self._flat._replace(start=self._flat.start[first : first + batch + 1])
        under = rgb[:, :0, :0] if ground is None else ground
        mask = np.empty((batch, height, 0), np.uint16) if ids is None else ids
        picture, item = 0, int(flat.start[0])
        if self._room is None:
            self._room = make_room(self._sides, self._longest, width, height)
        lines, under = rgb.reshape(batch, height, 3 * width), under.reshape(batch, -1)
        while True:
            picture, item = _paint_from(flat, self._room, picture, item, under, lines, mask)
            if picture == batch:
                return
            self._sides *= 4
            self._room = make_room(self._sides, self._longest, width, height)


@jit
def _paint_from(pool, room, picture, item, ground, rgb, ids):  # type: ignore[no-untyped-def]
    """Paint pictures from ``picture`` on, of this one the items from ``item`` on; over ``ground`` where it has pixels.

    A picture is copied and painted before the next one, so that it stays in the cache. Returns the picture and the item
    that need more room, or the number of pictures and 0.
    """
    for b in range(picture, len(rgb)):
        first = pool.start[b]
        if b > picture or item <= first:
            item = first
            if ground.shape[1]:
                blend.copy_items(rgb[b].reshape(-1), 0, ground[b], ground.shape[1])
            blank = ids[b].reshape(-1)
            for x in range(len(blank)):
                blank[x] = 0
        for n in range(item, pool.start[b + 1]):
            if pool.items[n, BOX_X1] == 0:
                continue
            for t in range(pool.items[n, MASK], pool.items[n, MASK_END]):
                value = pool.items[n, ID] if pool.masks[t, 6] else 0
                blend.blit(rgb[b], ids[b], pool.coverage, pool.masks[t], pool.items[n, ALPHA], value)
            if pool.items[n, MASK] == pool.items[n, MASK_END] and not paint_shape(pool, room, n, rgb[b], ids[b]):
                return b, n
    return len(rgb), 0
