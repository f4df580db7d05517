"""Outlines of the engine in shapely, and how two areas differ in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from pgt_dsl.geometry.outline import Outline

QUARTER = 64  # chords of a quarter of a circle


def pieces(outline: Outline, row: int) -> Iterator[tuple[npt.NDArray[np.complex128], bool, float]]:
    """The pieces of a row that are there: their vertices, whether they are filled, their radius."""
    for p in np.flatnonzero(outline.count[row] > 0):
        verts = outline.verts[row, p, : int(outline.count[row, p])]
        yield verts, bool(outline.closed[row, p]), float(outline.radius[row, p])


def solid(outline: Outline, row: int) -> Any:
    """The area of a row (leading dimension: rows) in shapely."""
    return shapely.union_all([_grown(*piece) for piece in pieces(outline, row)])


def _grown(verts: npt.NDArray[np.complex128], closed: bool, radius: float) -> Any:
    places = np.column_stack((verts.real, verts.imag))
    if (verts == verts[0]).all():
        core = shapely.Point(places[0])
    elif closed and len(verts) > 2:
        core = shapely.Polygon(places)
        core = core if core.is_valid else shapely.make_valid(core)
    else:
        core = shapely.LineString(places)
    return core.buffer(radius, quad_segs=QUARTER) if radius > 0 else core


def difference(one: Any, two: Any, share: float, least: float) -> str:
    """How two areas differ by more than ``share`` of their size and ``least`` px, or "".

    Compared are the distance of each boundary to the other (Hausdorff) and the area of the symmetric difference.
    """
    if one.is_empty or two.is_empty:
        return "" if one.is_empty == two.is_empty else "one of them is empty"
    one, two = _rounded(one), _rounded(two)
    x0, y0, x1, y1 = shapely.total_bounds([one, two])
    allowed = least + share * max(x1 - x0, y1 - y0)
    if one.area == 0 or two.area == 0:
        far = float(shapely.hausdorff_distance(one, two))
        return "" if far <= 2 * allowed else f"they are up to {far:.4g} px apart"
    far = float(shapely.hausdorff_distance(one.boundary, two.boundary))
    area = float(one.symmetric_difference(two).area)
    if far <= allowed and area <= allowed * (one.length + two.length) / 2 + least:
        return ""
    where = one.difference(two) if one.difference(two).area >= two.difference(one).area else two.difference(one)
    at = where.representative_point() if not where.is_empty else one.centroid
    return (
        f"their edges are up to {far:.4g} px apart ({allowed:.3g} px are allowed), "
        f"{area:.4g} px2 of {two.area:.4g} px2 belong to one of them only, such as ({at.x:.4g}, {at.y:.4g})"
    )


def _rounded(shape: Any) -> Any:
    """A valid area with coordinates of nine decimals: of two that differ by 1e-308, GEOS makes areas that are none."""
    shape = shapely.transform(shape, lambda places: np.round(places, 9))
    return shape if shape.is_valid else shapely.make_valid(shape)
