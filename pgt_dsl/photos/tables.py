"""Summed areas of photos' lightness: means within any box of a photo from four numbers of a table."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from pgt_dsl.photos.entry import PhotoEntry
from pgt_dsl.photos.load import PhotoError, lightness_map, load_rgb

Floats = npt.NDArray[np.float64]

_GRID = 128  # cells of a photo's grid, at most, along a side
_GRID_SOURCE = 512  # px of the decoded photo that suffice for it


@lru_cache(maxsize=2048)
def lightness(entry: PhotoEntry) -> Floats | None:
    """Summed areas of L* on a grid of at most 128 x 128 cells: float64[rows + 1, columns + 1]; None if unreadable."""
    return _table(entry, 1, _GRID)


@lru_cache(maxsize=64)
def fine(entry: PhotoEntry, power: int) -> Floats | None:
    """Summed areas of a power of L*, a cell for each px of the decoded photo; None if unreadable."""
    return _table(entry, power, 2 * _GRID_SOURCE)


def _table(entry: PhotoEntry, power: int, grid: int) -> Floats | None:
    ratio = min(1.0, _GRID_SOURCE / max(entry.width, entry.height))
    least = (int(np.ceil(entry.width * ratio)), int(np.ceil(entry.height * ratio)))
    try:
        pixels = load_rgb(entry.path, entry.orientation, least)
    except PhotoError:
        return None
    light = lightness_map(pixels) ** power
    rows, columns = min(grid, light.shape[0]), min(grid, light.shape[1])
    full = np.zeros((light.shape[0] + 1, light.shape[1] + 1))
    full[1:, 1:] = light.cumsum(axis=0).cumsum(axis=1)
    unit = np.linspace(0.0, 1.0, rows + 1)[:, None], np.linspace(0.0, 1.0, columns + 1)[None, :]
    # Normalised: the table's last corner is the mean of the whole photo.
    return np.asarray(_sum_to(full, unit[1], unit[0]) / light.size)


def _sum_to(table: Floats, x: Floats, y: Floats) -> Floats:
    """The summed-area table at fractional places (x, y in 0..1), exact for cells of constant value."""
    rows, columns = table.shape[0] - 1, table.shape[1] - 1
    x, y = x * columns, y * rows
    i, j = np.minimum(x.astype(np.int64), columns - 1), np.minimum(y.astype(np.int64), rows - 1)
    fx, fy = x - i, y - j
    upper = table[j, i] * (1 - fx) + table[j, i + 1] * fx
    lower = table[j + 1, i] * (1 - fx) + table[j + 1, i + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy)


def mean(table: Floats, left: Floats, top: Floats, right: Floats, bottom: Floats) -> Floats:
    """The mean within boxes, whose edges are shares of the photo."""
    least = 1e-3  # an empty box is widened to a thousandth of the photo
    thin, flat = right - left < least, bottom - top < least
    left, right = np.where(thin, (left + right - least) / 2, left), np.where(thin, (left + right + least) / 2, right)
    top, bottom = np.where(flat, (top + bottom - least) / 2, top), np.where(flat, (top + bottom + least) / 2, bottom)
    left, top = np.clip(left, 0, 1 - least), np.clip(top, 0, 1 - least)
    right, bottom = np.clip(right, least, 1), np.clip(bottom, least, 1)
    total = _sum_to(table, right, bottom) - _sum_to(table, left, bottom)
    total -= _sum_to(table, right, top) - _sum_to(table, left, top)
    return np.asarray(total / ((right - left) * (bottom - top)))
