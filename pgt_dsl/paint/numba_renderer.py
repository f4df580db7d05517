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
from pgt_dsl.paint.numba_items import BOX_X1, ALPHA, ID, MASK, MASK_END, paint_shape, tables
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
        """Paint a batch over ``backgrounds`` (uint8[B, H, W, 3]), which become the result.

        Raises ``ValueError`` naming the picture, item and field of a NaN or infinite number, or of wrong shapes.
        """
        check(display, backgrounds)
        flat = tables(pool(display))
        batch, height, width = backgrounds.shape[:3]
        rgb = np.ascontiguousarray(backgrounds)
        mask = np.zeros((batch, height, width if ids else 0), np.uint16)
        longest = int((flat.pieces[:, 1] - flat.pieces[:, 0]).max(initial=1))
        sides = _SIDES
        done = 0
        while done < len(flat.items):
            room = make_room(sides, longest, width, height)
            done = _paint_from(flat, room, done, rgb.reshape(batch, height, 3 * width), mask)
            sides *= 4
        return Painted(rgb, mask if ids else None)


@jit
def _paint_from(pool, room, item, rgb, ids):  # type: ignore[no-untyped-def]
    """Paint the items from ``item`` on, over all pictures; returns the first that needs more room, or their number."""
    for b in range(len(pool.start) - 1):
        for n in range(max(item, pool.start[b]), pool.start[b + 1]):
            if pool.items[n, BOX_X1] == 0:
                continue
            for t in range(pool.items[n, MASK], pool.items[n, MASK_END]):
                value = pool.items[n, ID] if pool.masks[t, 6] else 0
                blend.blit(rgb[b], ids[b], pool.coverage, pool.masks[t], pool.items[n, ALPHA], value)
            if pool.items[n, MASK] == pool.items[n, MASK_END] and not paint_shape(pool, room, n, rgb[b], ids[b]):
                return n
    return len(pool.items)
