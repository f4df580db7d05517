"""Depth as the language reads it, for many places of a canvas at once: at points, around them, within outlines.

A canvas lies on the photo as ``PhotoCatalog`` says (canvas = photo * scale + shift), and a map lies on the photo from
edge to edge. Everything is NaN where nothing is known.

* At a point: between the centres of px, linear in x and y; unknown beside a px that is unknown. Of points in order,
  that of the nearest one within ``NEAR`` of the photo's longer side.
* Around a point: by what share the farthest px is farther than the nearest, of the px within so many px of the one
  that holds the point, in x and in y; unknown when one of them is. Of points in order 0 where there is one.
* Within an outline: the values of all known px whose middle (a hair to the lower right of it, so that outlines along
  middles decide alike) lies in it, or of all points in order in it, sorted; of n of them number ``floor(share * n)``.
  Of an outline that holds no middle, the value at the centre of its box.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.photos.depth import MOST_POINTS, Depths, Map
from pgt_dsl.photos.entry import PhotoEntry

Floats = npt.NDArray[np.float64]
Points = npt.NDArray[np.complex128]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

NEAR = 0.015  # of the longer side: how near a point counts as an annotated one
HAIR = 1 / 4096  # px by which the middle of a px is moved to the lower right
FLAT = 0.05  # by which the farthest px around a spot is farther than the nearest, at most
AROUND = 0.01  # of the longer side: what counts as around a spot
_KEPT = 4096  # outlines whose value is remembered


@dataclass(frozen=True)
class Ground:
    """The depth of one photo: a map, or points in order with their values."""

    entry: PhotoEntry
    map: Map | None
    points: Points
    values: Floats

    def at(self, places: Points) -> Floats:
        """The values at places of the photo (px)."""
        if self.map is None:
            return self._near(places)
        return _between(self.map, self._on_map(places))

    def spread(self, places: Points, radius: Floats) -> Floats:
        """By what share the farthest around each place is farther than the nearest; ``radius`` in px of the photo."""
        if self.map is None:
            return np.where(np.isnan(self._near(places)), np.nan, 0.0)
        height, width = self.map.shape
        on = self._on_map(places)
        half = np.rint(radius / self.entry.width * width)
        found = np.full(places.shape, np.nan)
        known = (on.real >= 0) & (on.real <= width) & (on.imag >= 0) & (on.imag <= height) & (half >= 0)
        known &= half <= max(width, height)
        for h in np.unique(half[known]).astype(np.int64).tolist():
            some = known & (half == h)
            i, j = on[some].real.astype(np.int64), on[some].imag.astype(np.int64)
            step = np.arange(-h, h + 1)
            across = np.clip(np.minimum(i, width - 1)[:, None] + step, 0, width - 1)
            down = np.clip(np.minimum(j, height - 1)[:, None] + step, 0, height - 1)
            seen = self.map[down[:, :, None], across[:, None, :]].reshape(len(i), -1).astype(np.float64)
            found[some] = seen.max(axis=1) / seen.min(axis=1) - 1  # NaN when one is
        return found

    def within(self, verts: Points, count: Ints, closed: Bools, radius: Floats, share: float) -> float:
        """A quantile of the values within one outline: verts complex128[P, V] (px of the photo), and its pieces."""
        there = count > 0
        if not there.any() or not np.isfinite(share):
            return float("nan")
        corners = [verts[k, : count[k]] for k in np.flatnonzero(there)]
        pieces = list(zip(corners, closed[there], radius[there], strict=True))
        x0 = min(float(v.real.min() - r) for v, _, r in pieces)
        x1 = max(float(v.real.max() + r) for v, _, r in pieces)
        y0 = min(float(v.imag.min() - r) for v, _, r in pieces)
        y1 = max(float(v.imag.max() + r) for v, _, r in pieces)
        if not np.isfinite([x0, x1, y0, y1]).all():
            return float("nan")
        if self.map is None:
            inside: Floats = self.values[_inside(pieces, self.points)]
        else:
            height, width = self.map.shape
            step = complex(self.entry.width / width, 0), complex(0, self.entry.height / height)
            i = np.arange(max(int(x0 / step[0].real) - 1, 0), min(int(x1 / step[0].real) + 2, width))
            j = np.arange(max(int(y0 / step[1].imag) - 1, 0), min(int(y1 / step[1].imag) + 2, height))
            middles = (i + 0.5 + HAIR)[None, :] * step[0] + (j + 0.5 + HAIR)[:, None] * step[1]
            held = _inside(pieces, middles.ravel())
            if not held.any():
                return float(self.at(np.array([complex(x0 + x1, y0 + y1) / 2]))[0])
            inside = self.map[j[0] : j[-1] + 1, i[0] : i[-1] + 1].ravel()[held].astype(np.float64)
            inside = inside[~np.isnan(inside)]
        if not len(inside):
            return float("nan")
        place = min(int(np.floor(np.clip(share, 0, 1) * len(inside))), len(inside) - 1)
        return float(np.partition(inside, place)[place])

    def spots(self) -> Points:
        """Places of the photo whose depth is known, and which are flat: at most ``MOST_POINTS``."""
        if self.map is None:
            return self.points
        height, width = self.map.shape
        k = np.arange(1, 4 * MOST_POINTS + 1)
        x, y = (0.03 + 0.94 * _halton(k, base) for base in (2, 3))
        i, j = (x * width).astype(np.int64), (y * height).astype(np.int64)
        middles = (i + 0.5) / width * self.entry.width + 1j * ((j + 0.5) / height * self.entry.height)
        around = np.full(len(k), AROUND * max(self.entry.width, self.entry.height))
        flat = self.spread(middles, around)
        return np.asarray(middles[flat <= FLAT][:MOST_POINTS])

    def _near(self, places: Points) -> Floats:
        if not len(self.points):
            return np.full(places.shape, np.nan)
        away = np.abs(places[..., None] - self.points)
        nearest = away.argmin(axis=-1)
        reach = NEAR * max(self.entry.width, self.entry.height)
        return np.where(away.min(axis=-1) <= reach, self.values[nearest], np.nan)

    def _on_map(self, places: Points) -> Points:
        assert self.map is not None
        height, width = self.map.shape
        return np.asarray(places.real / self.entry.width * width + 1j * (places.imag / self.entry.height * height))


def ground_of(depths: Depths | None, entry: PhotoEntry) -> Ground:
    """The depth of a photo; one of which nothing is known when nothing is."""
    nothing = Ground(entry, None, np.zeros(0, np.complex128), np.zeros(0))
    if depths is None:
        return nothing
    if depths.declared.kind == "order":
        points = depths.points(entry.name)
        places = np.array([complex(x, y) for x, y, _ in points], np.complex128)
        return Ground(entry, None, places, np.array([2.0**rank for _, _, rank in points]))
    values = depths.values(entry)
    return nothing if values is None else Ground(entry, values, nothing.points, nothing.values)


def by_photo(
    ids: Ints, grounds: Callable[[int], Ground], read: Callable[[Ground, Ints], Floats], shape: tuple[int, ...]
) -> Floats:
    """What ``read(ground, rows)`` says of the rows of each photo: float64 of this shape, rows first."""
    found = np.full(shape, np.nan)
    for photo in np.unique(ids):
        rows = np.flatnonzero(ids == photo)
        found[rows] = read(grounds(int(photo)), rows)
    return found


_remembered: dict[tuple[str, int, bytes, float], float] = {}


def within(digest: str, ids: Ints, grounds: Callable[[int], Ground], outline: Outline, share: Floats) -> Floats:
    """Quantiles within outlines (px of the photo), leading dimensions (B, ...) as ``share``: float64[B, ...].

    The objects of a photo are the same in every scene, so what was read is remembered.
    """
    found = np.full(share.shape, np.nan)
    for k in np.ndindex(share.shape):
        count = outline.count[k]
        held = np.arange(outline.verts.shape[-1]) < count[:, None]
        verts = np.asarray(np.round(np.where(held, outline.verts[k], 0), 6), np.complex128)
        part = verts.tobytes() + count.tobytes() + outline.closed[k].tobytes() + outline.radius[k].tobytes()
        key = digest, int(ids[k[0]]), part, float(share[k])
        if key not in _remembered:
            if len(_remembered) >= _KEPT:
                _remembered.clear()
            ground = grounds(key[1])
            _remembered[key] = ground.within(verts, count, outline.closed[k], outline.radius[k], key[3])
        found[k] = _remembered[key]
    return found


def _between(values: Map, on: Points) -> Floats:
    """Linear between the middles of px; ``on`` in px of the map."""
    height, width = values.shape
    outside = ~((on.real >= 0) & (on.real <= width) & (on.imag >= 0) & (on.imag <= height))
    x = np.clip(np.where(outside, 0, on.real) - 0.5, 0, width - 1)
    y = np.clip(np.where(outside, 0, on.imag) - 0.5, 0, height - 1)
    i, j = np.minimum(x.astype(np.int64), max(width - 2, 0)), np.minimum(y.astype(np.int64), max(height - 2, 0))
    fx, fy = x - i, y - j
    found = np.zeros(on.shape)
    for di, dj, weight in ((0, 0, (1 - fx) * (1 - fy)), (1, 0, fx * (1 - fy)), (0, 1, (1 - fx) * fy), (1, 1, fx * fy)):
        value = values[np.minimum(j + dj, height - 1), np.minimum(i + di, width - 1)].astype(np.float64)
        found += np.where(weight > 1e-9, weight * value, 0.0)
    return np.where(outside, np.nan, found)


def _inside(pieces: list[tuple[Points, bool, float]], places: Points) -> Bools:
    """Which places lie in the union of some pieces."""
    found = np.zeros(places.shape, bool)
    for corners, is_closed, radius in pieces:
        if is_closed and len(corners) > 2:
            found |= _even_odd(corners, places)
        if radius > 0:
            ahead = np.roll(corners, -1) if is_closed else np.append(corners[1:], corners[-1:])
            for a, b in zip(corners, ahead, strict=True):
                along = b - a
                size = abs(along) ** 2
                t = np.clip(((places - a) * np.conj(along)).real / size, 0, 1) if size else np.zeros(places.shape)
                found |= np.abs(places - (a + t * along)) <= radius
    return found


def _even_odd(corners: Points, places: Points) -> Bools:
    inside = np.zeros(places.shape, bool)
    for a, b in zip(corners, np.roll(corners, -1), strict=True):
        over = (a.imag > places.imag) != (b.imag > places.imag)
        if a.imag != b.imag:
            across = a.real + (places.imag - a.imag) * ((b.real - a.real) / (b.imag - a.imag))
            inside ^= over & (places.real < across)
    return inside


def _halton(numbers: Ints, base: int) -> Floats:
    """The van der Corput sequence in a base: evenly spread numbers of 0..1."""
    found, share = np.zeros(len(numbers)), 1.0
    left = numbers.copy()
    while left.any():
        share /= base
        found += share * (left % base)
        left //= base
    return found
