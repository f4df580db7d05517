"""Outlines as columns: every shape is a union of *pieces*, each a core (point, polyline, filled polygon) and a radius.

A circle is one vertex with a radius, a line two vertices with half its stroke, a square four vertices closed with
radius 0, an arrow a shaft and a head. With this one form distances, boxes and painting need no case for each kind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Complexes = npt.NDArray[np.complex128]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Outline:
    """Pieces of shapes over any leading dimensions ``...``; coordinates in px, y down.

    verts:  complex128[..., P, V]  vertices, padded by repeating the last one
    count:  int64[..., P]          vertices in use; 0 marks an absent piece
    closed: bool[..., P]           filled polygon (True) or open polyline / point (False)
    radius: float64[..., P]        growth of the core
    """

    verts: Complexes
    count: Ints
    closed: Bools
    radius: Floats


SHORT = 16  # items up to which a reduction item by item is faster than numpy's own along the last dimension


def along(ufunc: np.ufunc, data: Floats) -> Floats:
    """``ufunc.reduce(data, axis=-1)`` of a ufunc that does not round (minimum, maximum): numpy reduces a short last
    dimension row by row, and is several times slower at it than at whole columns."""
    if data.ndim < 2 or not 0 < data.shape[-1] <= SHORT:
        return np.asarray(ufunc.reduce(data, axis=-1))
    out = data[..., 0].copy()
    for k in range(1, data.shape[-1]):
        ufunc(out, data[..., k], out=out)
    return out
