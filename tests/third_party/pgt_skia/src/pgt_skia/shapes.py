"""An item of a display list as a path of Skia: what it covers, and what of it lies within its edge.

Skia draws single discs and polygons itself. Unions and erosions come from shapely, since Skia's own operations on paths
go wrong with thick lines; so does all that reaches far, for Skia has single precision.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
import skia

from pgt_dsl.paint.display import DisplayList

Points = npt.NDArray[np.complex128]
Piece = tuple[Points, bool, float]

FAR = float(1 << 20)  # px; numbers beyond count as this
NEAR = 2048.0  # px within which single precision will do
CHORD = 0.002  # px by which a chord may leave its arc


def pieces(display: DisplayList, n: int) -> list[Piece]:
    """The pieces of item ``n``: vertices, whether it is a filled polygon, radius."""
    outline, found = display.outline, []
    for p in np.flatnonzero(outline.count[n] > 0):
        core = outline.verts[n, p, : int(outline.count[n, p])]
        core = np.clip(core.real, -FAR, FAR) + 1j * np.clip(core.imag, -FAR, FAR)
        found.append(
            (core, bool(outline.closed[n, p]) and len(core) >= 3, float(np.clip(outline.radius[n, p], 0, FAR)))
        )
    return found


def area(parts: list[Piece], display: DisplayList) -> skia.Path:
    """What the pieces cover together."""
    path = _simple(parts)
    if path is None:
        path = _path(shapely.get_parts(shapely.clip_by_rect(_union(parts), *_window(display))))
    return path


def inside(parts: list[Piece], display: DisplayList, stroke: float) -> skia.Path:
    """What of it lies at least ``stroke`` from its boundary."""
    if len(parts) == 1 and (parts[0][0] == parts[0][0][0]).all():
        core, _, radius = parts[0]
        return area([(core[:1], False, max(radius - stroke, 0.0))], display)
    eroded = shapely.buffer(_union(parts), -stroke, quad_segs=32)
    return _path(shapely.get_parts(shapely.clip_by_rect(eroded, *_window(display))))


def _window(display: DisplayList) -> tuple[float, float, float, float]:
    """The canvas and some way around it."""
    return -64.0, -64.0, display.width + 64.0, display.height + 64.0


def _simple(parts: list[Piece]) -> skia.Path | None:
    """The path of a single disc or polygon that is not far away; None for everything else."""
    if len(parts) != 1:
        return None
    core, closed, radius = parts[0]
    if max(np.abs(core.real).max(), np.abs(core.imag).max(), radius) > NEAR:
        return None
    path = skia.Path()
    if (core == core[0]).all():
        if radius > 0:
            path.addCircle(float(core[0].real), float(core[0].imag), radius)
        return path
    if closed and radius == 0:
        path.addPoly([skia.Point(float(v.real), float(v.imag)) for v in core], True)
        path.setFillType(skia.PathFillType.kEvenOdd)
        return path
    return None


def _union(parts: list[Piece]) -> Any:
    return shapely.union_all([shape for part in parts for shape in _areas(part)])


def _areas(part: Piece) -> list[Any]:
    """A piece in shapely, side by side: the buffer of a whole chain is that of a simplified one."""
    core, closed, radius = part
    xy = _xy(core)
    found = [shapely.make_valid(shapely.Polygon(xy))] if closed else []
    if radius > 0:
        chain = np.concatenate((xy, xy[:1])) if closed or len(xy) == 1 else xy
        ends = np.stack((chain[:-1], chain[1:]), 1)
        lines = [shapely.Point(a) if (a == b).all() else shapely.LineString((a, b)) for a, b in ends]
        found += [line.buffer(radius, math.ceil(math.pi / 4 / math.sqrt(2 * CHORD / radius)) + 2) for line in lines]
    return found


def _xy(core: Points) -> npt.NDArray[np.float64]:
    return np.column_stack((core.real, core.imag))


def _path(polygons: Any) -> skia.Path:
    path = skia.Path()
    path.setFillType(skia.PathFillType.kEvenOdd)
    for polygon in polygons:
        if polygon.geom_type == "Polygon":
            for ring in (polygon.exterior, *polygon.interiors):
                path.addPoly([skia.Point(*map(float, v)) for v in shapely.get_coordinates(ring)[:-1]], True)
    return path
