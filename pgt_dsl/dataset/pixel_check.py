"""Whether a painted id mask agrees with its scene: which shape is seen where, by the oracle's outlines.

The build checks one sample in ``EVERY`` (by index, so the same ones however it is run). What must be seen of a shape is
its outline (of a hollow one, its edge) within the picture, less what later shapes cover. A painter gives a pixel the id
where it covers at least a half of it, so as many pixels as the area says may differ by half the boundary's length; this
is asked of each quarter of the shape's box, and no pixel may lie outside of it. Edges that lie on one another are
boundaries too, though nothing is left between them.

Of a text only the box is known here: its pixels lie there, and what is beneath may be hidden there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from pgt_dsl.geometry.oracle import Core, Seen, shaped
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.program.oracle_shapes import Registry
from pgt_dsl.program.program import Program
from pgt_dsl.scene.scene import Scene, SceneShape

EVERY = 16
"""One sample in so many is checked."""

ROUNDING = 4.0  # px of area that rounding and the polygons of ellipses and curves may add
ALONG = 1 / 64  # px: outlines that are nearer to each other lie on one another, and rounding decides which is seen
ARC = 16  # chords of a quarter of a circle: off by 1 part in 800 of the radius, at most
_FRAME = 0.005  # of the canvas's smaller side: the frame of a panel, 1 px at least
_QUARTERS = ("upper left", "upper right", "lower left", "lower right")

Ids = npt.NDArray[np.uint16]
Region = tuple[SceneShape, BaseGeometry, bool]
"""A painted shape, the area where it can be seen, and whether it is seen everywhere there (a text is not)."""


def is_checked(index: int) -> bool:
    """Whether the sample of an index is one of those that are checked."""
    return index % EVERY == 0


def faults(program: Program, scene: Scene, ids: Ids, registry: Registry, photos: Any = None) -> list[str]:
    """What is wrong with a painted id mask, uint16[H, W], a line each; nothing for a good one.

    ``photos`` is the catalogue with which the scene was made.
    """
    where = f"sample {scene.index} of {scene.task} (seed {scene.seed}), {scene.width} x {scene.height} px"
    return [f"{where}: {fault}" for fault in _faults(program, scene, ids, registry, photos)]


def _faults(program: Program, scene: Scene, ids: Ids, registry: Registry, photos: Any) -> list[str]:
    if ids.shape != (scene.height, scene.width):
        return [f"the id mask is {ids.shape[1]} x {ids.shape[0]} px"]
    shapes = [shape for shape in scene.shapes if shape.painted and shape.id]
    counts = np.bincount(ids[ids != 0], minlength=1 + max((shape.id for shape in shapes), default=0))
    known = {shape.id for shape in shapes}
    found = [f"{counts[k]} px have the id {k}, which no shape has" for k in np.flatnonzero(counts) if k not in known]
    oracle = Oracle(program, registry, scene, photos)
    regions = [(s, *_region(s, oracle.shapes.slot(s.slot), scene)) for s in sorted(shapes, key=lambda s: s.id)]
    boxes = shapely.bounds([area for _, area, _ in regions]).reshape(-1, 4)
    for k, (region, box) in enumerate(zip(regions, boxes, strict=True)):
        above = (boxes[:, :2] < box[2:]).all(axis=1) & (box[:2] < boxes[:, 2:]).all(axis=1)
        above[: k + 1] = False
        later = [regions[n] for n in np.flatnonzero(above)]
        found += _seen(region, later, ids, int(counts[region[0].id]))
    return found


# what should be seen ------------------------------------------------------------------------------------


def _region(shape: SceneShape, seen: Seen, scene: Scene) -> tuple[BaseGeometry, bool]:
    """Where a shape can be seen when nothing covers it."""
    if seen.paint == "none":
        return shapely.Polygon(), True
    if seen.paint == "text":
        x0, y0, x1, y1 = seen.box
        size = float(shape.fields.get("size") or 0.0)
        reach = max(1.0, 0.1 * size)  # ink may stick out of the box of its line
        return shapely.box(x0 - reach, y0 - reach, x1 + reach, y1 + reach), False
    outline = _outline(seen)
    stroke = _hollow(shape, seen, scene)
    return outline if stroke is None else outline.difference(outline.buffer(-stroke, join_style="mitre")), True


def _outline(seen: Seen) -> BaseGeometry:
    """The filled outline; round parts with few corners, since what covers what is to be found soon."""
    grown = [shapely.buffer(shaped(c), r, quad_segs=ARC) if r > 0 else shaped(c) for c, r in seen.cores]
    return grown[0] if len(grown) == 1 else shapely.union_all(grown)


def _hollow(shape: SceneShape, seen: Seen, scene: Scene) -> float | None:
    """The width (px) of what is painted of a shape that is not filled; None for one that is."""
    fields = shape.fields
    filled = fields.get("fill", "none") not in (None, "none")
    if seen.kind == "panel":
        framed = not fields.get("cut")
        return None if filled else max(1.0, _FRAME * min(scene.width, scene.height)) if framed else 0.0
    lines = (isinstance(core, Core) and not core.closed and len(core.corners) > 1 for core, _ in seen.cores)
    others = (isinstance(core, shapely.LineString) for core, _ in seen.cores)
    if filled or any(lines) or any(others):
        return None
    return float(fields.get("stroke", 2.0))


# what is seen -------------------------------------------------------------------------------------------


def _seen(region: Region, later: Sequence[Region], ids: Ids, count: int) -> list[str]:
    """What is wrong with the pixels of one shape, of which there are ``count``."""
    shape, area, sure = region
    name = f"shape {shape.slot} of `{shape.group}` (id {shape.id})"
    height, width = ids.shape
    x0, y0, x1, y1 = area.bounds
    if not (x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height):  # it has no bounds (NaN) or leaves the picture
        area = _clipped(area, 0, 0, width, height)
        if area.is_empty:
            return [f"{name} has {count} px, and nothing of it is to be seen"] if count else []
        x0, y0, x1, y1 = area.bounds
    box = max(int(x0) - 1, 0), max(int(y0) - 1, 0), min(int(x1) + 2, width), min(int(y1) + 2, height)
    own = ids[box[1] : box[3], box[0] : box[2]] == shape.id
    outside = count - int(np.count_nonzero(own))
    if outside:
        return [f"{name} has {outside} px outside its box {[round(v, 1) for v in (x0, y0, x1, y1)]}"]
    covers = [other for _, other, covering in later if covering]
    most = area.difference(shapely.union_all(covers)) if covers else area
    perhaps = [other for _, other, covering in later if not covering]
    least = most.difference(shapely.union_all(perhaps)) if perhaps else most
    if not sure:
        least = shapely.Polygon()
    found = _amounts(name, least, most, most, own, box)
    if found and covers:  # of an edge that lies on that of a shape above, as in grids, a row of pixels may show
        slivers = area.difference(shapely.buffer(shapely.union_all(covers), -ALONG, join_style="mitre"))
        found = _amounts(name, least, most, slivers, own, box)
    return found


def _amounts(
    name: str, least: BaseGeometry, most: BaseGeometry, edges: BaseGeometry, own: npt.NDArray[np.bool_],
    box: tuple[int, ...],
) -> list[str]:  # fmt: skip
    """Whether each quarter of a box of whole pixels has as many pixels of the shape as it is seen there. ``edges`` has
    the boundary along which there may be more."""
    x0, y0, x1, y1 = box
    x, y = (x0 + x1) // 2, (y0 + y1) // 2
    quarters = ((x0, y0, x, y), (x, y0, x1, y), (x0, y, x, y1), (x, y, x1, y1))
    found = []
    for where, (a, b, c, d) in zip(_QUARTERS, quarters, strict=True):
        count = int(np.count_nonzero(own[b - y0 : d - y0, a - x0 : c - x0]))
        high = _clipped(most, a, b, c, d)
        low = high if least is most else _clipped(least, a, b, c, d)
        over = high.area + (high if edges is most else _clipped(edges, a, b, c, d)).length / 2 + ROUNDING
        under = low.area - low.length / 2 - ROUNDING
        if not under <= count <= over:
            wanted = f"{high.area:.0f}" if low is high else f"{low.area:.0f} to {high.area:.0f}"
            found.append(f"{name} has {count} px in the {where} of its box, where {wanted} px2 of it are to be seen")
    return found


def _clipped(area: BaseGeometry, x0: float, y0: float, x1: float, y1: float) -> BaseGeometry:
    """The part of an area within a box. The quick way fails at slivers that are thinner than numbers can tell, which
    differences leave; the slow one makes lines of them."""
    try:
        return shapely.clip_by_rect(area, x0, y0, x1, y1)
    except shapely.errors.GEOSException:
        return shapely.intersection(area, shapely.box(x0, y0, x1, y1))
