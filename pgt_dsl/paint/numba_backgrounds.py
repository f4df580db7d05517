"""Gradients and noise by compiled loops: the same numbers in the same order as ``backgrounds`` has them, so the same
bytes, without arrays between.

Strict arithmetic (never fast-math): each product and each sum is rounded on its own, as NumPy rounds it.
"""

from __future__ import annotations

import numpy as np

from pgt_dsl.paint.numba_edges import jit


@jit
def gradient(right, below, out):  # type: ignore[no-untyped-def]
    """out[y, x, c] = floor(right[c, x] + below[c, y]); float64[3, W], float64[3, H], uint8[H, W, 3]."""
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            for c in range(3):
                out[y, x, c] = np.uint8(right[c, x] + below[c, y])


@jit
def noise(lattice, x0, fx, y0, fy, scale, levels, row, out):  # type: ignore[no-untyped-def]
    """Values between the points of a lattice, times ``scale`` and rounded: whole numbers n of -255 .. 255. Written are
    ``levels[c, 255 + n]``.

    lattice: float64[rows, columns]; x0, fx: int64[W], float64[W], the cell of each column of pixels and its place in
    it; y0, fy: those of each row; levels: uint8[3, 511]; row: float64[3, W], room for the lattice's rows above and
    below and for one of pixels; out: uint8[H, W, 3].
    """
    held = -1
    for y in range(out.shape[0]):
        if y0[y] != held:
            held = y0[y]
            for k in range(2):
                for x in range(out.shape[1]):
                    row[k, x] = lattice[held + k, x0[x]] * (1.0 - fx[x]) + lattice[held + k, x0[x] + 1] * fx[x]
        up, down = 1.0 - fy[y], fy[y]
        for x in range(out.shape[1]):
            row[2, x] = np.rint((row[0, x] * up + row[1, x] * down) * scale)
        for x in range(out.shape[1]):
            shift = np.int64(row[2, x]) + 255
            for c in range(3):
                out[y, x, c] = levels[c, shift]
