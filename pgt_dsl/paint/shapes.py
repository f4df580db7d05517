"""Coverage of a shape by supersampling: pieces of an outline become polygons and discs drawn 16 times too large.

Only this file knows how Pillow draws: it truncates coordinates to whole samples and paints a polygon's rim as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

Bytes = npt.NDArray[np.uint8]
Points = npt.NDArray[np.complex128]

FACTOR = 16
FAR = float(1 << 20)  # px; coordinates beyond are moved to it
_NEAR = 4096.0  # px around the canvas within which Pillow's single precision is good enough
_CHUNK = 1 << 23  # supersamples drawn at once
# Pillow rounds corners to whole samples and paints the samples on a polygon's rim too, half a sample too much on the
# whole where sides are upright, less where not: this inset, in samples, leaves no mean error (see tests/paint).
_RIM = 0.35


@dataclass(slots=True)
class Region:
    """A union of filled polygons (px), holes cut after them, and discs ``(centre, radius)``."""

    polygons: list[Points] = field(default_factory=list)
    discs: list[tuple[complex, float]] = field(default_factory=list)
    holes: list[Points] = field(default_factory=list)

    def box(self) -> tuple[float, float, float, float] | None:
        """The upright bounding box, or None when the region is empty."""
        lows = [(p.real.min(), p.imag.min(), p.real.max(), p.imag.max()) for p in self.polygons]
        lows += [(c.real - r, c.imag - r, c.real + r, c.imag + r) for c, r in self.discs]
        if not lows:
            return None
        table = np.array(lows)
        x0, y0 = table[:, :2].min(axis=0)
        x1, y1 = table[:, 2:].max(axis=0)
        return float(x0), float(y0), float(x1), float(y1)


def region_of(verts: Points, count: npt.NDArray[np.int64], closed: Any, radius: Any) -> Region:
    """The region of one item: ``verts`` complex128[P, V], ``count``, ``closed``, ``radius`` of length P."""
    region = Region()
    for piece in range(len(count)):
        used = int(count[piece])
        if used:
            _add_piece(region, verts[piece, :used], bool(closed[piece]), float(radius[piece]))
    return region


def _add_piece(region: Region, core: Points, closed: bool, radius: float) -> None:
    core = _clip_far(core)
    if closed and len(core) >= 3:
        region.polygons.append(core)
    if radius <= 0:
        return
    radius = min(radius, FAR)
    ring = np.append(core, core[0]) if closed and len(core) >= 3 else core
    region.discs.extend((complex(v), radius) for v in core)
    steps = np.diff(ring)
    lengths = np.abs(steps)
    for i in np.flatnonzero(lengths > 0):
        side = 1j * steps[i] / lengths[i] * radius
        region.polygons.append(np.array([ring[i] + side, ring[i + 1] + side, ring[i + 1] - side, ring[i] - side]))


def _clip_far(core: Points) -> Points:
    if np.abs(core.view(np.float64)).max() <= FAR:
        return core
    return np.clip(core.real, -FAR, FAR) + 1j * np.clip(core.imag, -FAR, FAR)


def shrunk(region: Region, by: float) -> Region:
    """The points of a region that lie at least ``by`` px within its boundary (erosion of the union by a disc)."""
    if not region.polygons and len(region.discs) == 1:
        centre, radius = region.discs[0]
        return Region(discs=[(centre, radius - by)] if radius > by else [])
    import shapely  # only edges need it, and it takes a while to import

    parts = [shapely.Polygon(np.column_stack((p.real, p.imag))) for p in region.polygons]
    parts += [shapely.Point(c.real, c.imag).buffer(r, quad_segs=32) for c, r in region.discs]
    whole = shapely.union_all([p if p.is_valid else shapely.make_valid(p) for p in parts])
    inner = whole.buffer(-by, quad_segs=16)
    result = Region()
    for polygon in getattr(inner, "geoms", [inner]):
        if not polygon.is_empty:
            result.polygons.append(_ring(polygon.exterior))
            result.holes.extend(_ring(hole) for hole in polygon.interiors)
    return result


def _ring(ring: Any) -> Points:
    xy = np.asarray(ring.coords)[:-1]
    return np.asarray(xy[:, 0] + 1j * xy[:, 1])


def coverage(region: Region, x0: int, y0: int, x1: int, y1: int) -> Bytes:
    """Share of each pixel of ``[x0, x1) x [y0, y1)`` that the region covers, times 255: uint8[y1 - y0, x1 - x0]."""
    width, height = x1 - x0, y1 - y0
    region = _near(region, x0, y0, x1, y1)
    rows = max(1, _CHUNK // (width * FACTOR * FACTOR))
    strips = [_strip(region, x0, top, width, min(rows, y1 - top)) for top in range(y0, y1, rows)]
    return strips[0] if len(strips) == 1 else np.concatenate(strips) if height else np.empty((0, width), np.uint8)


def _strip(region: Region, x0: int, y0: int, width: int, height: int) -> Bytes:
    image = Image.new("L", (width * FACTOR, height * FACTOR))
    pen = ImageDraw.Draw(image)
    origin = complex(x0, y0)
    for polygon in region.polygons:
        pen.polygon(_samples(polygon - origin), fill=255)
    for centre, radius in region.discs:
        where = centre - origin
        left, top = (np.ceil(FACTOR * (v - radius) - 0.5) for v in (where.real, where.imag))
        right, bottom = (np.floor(FACTOR * (v + radius) - 0.5) for v in (where.real, where.imag))
        if right >= left and bottom >= top:
            pen.ellipse((left, top, right, bottom), fill=255)
    for hole in region.holes:
        pen.polygon(_samples(hole - origin), fill=0)
    return np.asarray(image.reduce(4).reduce(4))  # Pillow is three times faster at 4 than at 16; errs by at most 1


def _samples(points: Points) -> list[float]:
    """Whole sample numbers of a polygon's corners, drawn in to make up for the rim that Pillow adds."""
    corners = _inset(points * FACTOR, _RIM)
    flat: list[float] = np.rint(corners.view(np.float64) - 0.5).tolist()  # a sample's centre lies half a step in
    return flat


def _inset(corners: Points, by: float) -> Points:
    """The corners moved inwards so that every side moves by ``by`` (less at very sharp corners)."""
    kept = corners[np.abs(np.roll(corners, -1) - corners) > 1e-9]
    if len(kept) < 3:
        return corners
    following = np.roll(kept, -1)
    sides = following - kept
    normals = sides / np.abs(sides) * (1j if (np.conj(kept) * following).imag.sum() > 0 else -1j)
    before = np.roll(normals, 1)
    return kept + by * (before + normals) / np.maximum(1.0 + (before * np.conj(normals)).real, 0.25)


def _near(region: Region, x0: int, y0: int, x1: int, y1: int) -> Region:
    """The same region around the box, without coordinates so large that single precision would lose them."""
    box = region.box()
    if box is None or (box[0] > x0 - _NEAR and box[1] > y0 - _NEAR and box[2] < x1 + _NEAR and box[3] < y1 + _NEAR):
        return region
    window = (x0 - 8.0, y0 - 8.0, x1 + 8.0, y1 + 8.0)
    discs = [d for d in region.discs if d[1] <= _NEAR and abs(d[0] - complex(x0, y0)) < 2 * FAR]
    huge = [_disc_slice(c, r, *window) for c, r in region.discs if r > _NEAR]
    near_discs = [d for d in discs if _touches(d, *window)]
    return Region(
        [p for p in (_cut(q, *window) for q in [*region.polygons, *huge]) if len(p) >= 3],
        near_discs,
        [p for p in (_cut(q, *window) for q in region.holes) if len(p) >= 3],
    )


def _touches(disc: tuple[complex, float], x0: float, y0: float, x1: float, y1: float) -> bool:
    centre, radius = disc
    return x0 - radius < centre.real < x1 + radius and y0 - radius < centre.imag < y1 + radius


def _disc_slice(centre: complex, radius: float, x0: float, y0: float, x1: float, y1: float) -> Points:
    """The part of a huge disc between two heights, as a polygon with two corners for each quarter of a pixel."""
    y = np.arange(y0, y1, 0.25)
    y = y[np.abs(y - centre.imag) < radius]
    half = np.sqrt(radius * radius - (y - centre.imag) ** 2)
    left, right = np.clip(centre.real - half, x0, x1), np.clip(centre.real + half, x0, x1)
    return np.concatenate((left + 1j * y, (right + 1j * y)[::-1]))


def _cut(polygon: Points, x0: float, y0: float, x1: float, y1: float) -> Points:
    """Sutherland and Hodgman: the polygon cut by the four sides of a box."""
    for unit, limit in ((1.0, x1), (-1.0, -x0), (1j, y1), (-1j, -y0)):
        if len(polygon) < 3:
            break
        depth = (polygon * np.conj(unit)).real - limit
        polygon = np.array(list(_cut_side(polygon, depth)), dtype=np.complex128)
    return polygon


def _cut_side(polygon: Points, depth: npt.NDArray[np.float64]) -> Iterable[complex]:
    for i in range(len(polygon)):
        j = (i + 1) % len(polygon)
        if depth[i] <= 0:
            yield complex(polygon[i])
        if (depth[i] <= 0) != (depth[j] <= 0):
            t = depth[i] / (depth[i] - depth[j])
            yield complex(polygon[i] + t * (polygon[j] - polygon[i]))
