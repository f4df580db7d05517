"""The numba painter: the exact coverage of every item, compiled, with the id mask in the same pass.

Strict arithmetic throughout (never fast-math), and no function of the platform's library but the square root, which
IEEE 754 rounds in one way: the same pixels on every machine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pgt_dsl.paint import numba_blend as blend
from pgt_dsl.paint.display import DisplayList, Painted, Renderer
from pgt_dsl.paint.numba_edges import jit, make_room
from pgt_dsl.paint.numba_items import ALPHA, BOX_X1, END, FIRST, ID, MASK, MASK_END, paint_shape, tables
from pgt_dsl.paint.pool import pool
from pgt_dsl.paint.reference import check

_SIDES = 1024  # room for those of an item at first

Bytes = npt.NDArray[np.uint8]


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
        flat = tables(pool(display))
        batch, height, width = backgrounds.shape[:3]
        # One type of array, so that one compiled version is enough.
        ground = np.require(backgrounds, requirements=["C", "W"]).reshape(batch, -1)
        rgb = np.empty((batch, height, 3 * width), np.uint8)
        mask = np.empty((batch, height, width if ids else 0), np.uint16)
        longest = int((flat.pieces[:, END] - flat.pieces[:, FIRST]).max(initial=1))
        sides = _SIDES
        picture = item = 0
        while picture < batch:
            room = make_room(sides, longest, width, height)
            picture, item = _paint_from(flat, room, picture, item, ground, rgb, mask)
            sides *= 4
        return Painted(rgb.reshape(backgrounds.shape), mask if ids else None)


@jit
def _paint_from(pool, room, picture, item, ground, rgb, ids):  # type: ignore[no-untyped-def]
    """Paint pictures from ``picture`` on, of this one the items from ``item`` on.

    A picture is copied and painted before the next one, so that it stays in the cache. Returns the picture and the item
    that need more room, or the number of pictures and 0.
    """
    for b in range(picture, len(rgb)):
        first = pool.start[b]
        if b > picture or item <= first:
            item = first
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
