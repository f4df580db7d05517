"""The scalar, independent reading of shapes: ``Seen`` is one shape of one scene, with its outline in shapely.

Nothing here may share code with the batched geometry: a scene is certified by comparing the two, and what both
share neither can find wrong. Everything is float64 in px, y down, angles in degrees, clockwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np
import shapely
from shapely import convex_hull, multipoints, union_all
from shapely.geometry import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from pgt_dsl.geometry.oracle_cores import Box as Box
from pgt_dsl.geometry.oracle_cores import Core as Core
from pgt_dsl.geometry.oracle_cores import Lazy as Lazy
from pgt_dsl.geometry.oracle_cores import Oval as Oval
from pgt_dsl.geometry.oracle_cores import shaped as shaped

Piece = tuple[BaseGeometry, float]
"""A core (point, polyline or filled polygon; absolute px) and the radius by which it is grown."""


# A grown core is drawn with this many segments per quarter: 1 part in 40,000 of the radius at worst.
QUARTER = 64

# The batched reading takes an ellipse as the 64-gon inscribed in it, the oracle as the ellipse itself: the outlines
# differ by at most this share of the longer half axis (1 - cos(pi/64)), and a side of the upright box lies further in
# by at most this share of half the box.
ELLIPSE_SLOP = 1 - math.cos(math.pi / 64)


class UndefinedValueError(Exception):
    """The expression has no value in this scene (an index out of range, the largest of nothing, a division by 0)."""


class UnknownValueError(Exception):
    """The oracle has no means to compute the value (pixels of a photo that was not given); nothing can be said."""


class PhotoReading(Protocol):
    """What a photo says about places of the canvas (px)."""

    def depth_at(self, p: complex) -> float:
        """The value of depth at a point."""
        ...

    def depth_spread(self, p: complex, radius: float) -> float:
        """By what share the farthest place around a point is farther than the nearest."""
        ...

    def depth_within(self, where: BaseGeometry, share: float) -> float:
        """A quantile of depth within an area."""
        ...

    def texture(self, box: Box) -> float:
        """The standard deviation of L* (0..1) within a box."""
        ...


@dataclass
class World:
    """What functions of the whole picture need. ``painted`` gives all painted leaf shapes in paint order;
    ``background`` are the kind and the fields of the background; ``lightness_of`` measures a photo's mean lightness
    (0..1) under an area; ``photo`` reads its depth and texture."""

    width: float
    height: float
    painted: Callable[[], Sequence[Seen]] = lambda: ()
    background: tuple[str, Mapping[str, Any]] = ("plain", {})
    lightness_of: Callable[[BaseGeometry], float] | None = None
    photo: Callable[[], PhotoReading | None] = lambda: None


Wants = TypeVar("Wants", bound=Callable[..., Any])


def needs_world(function: Wants) -> Wants:
    """Mark a scalar function that takes the keyword ``world`` (a ``World``)."""
    function.needs_world = True  # type: ignore[attr-defined]
    return function


class Decided:
    """A truth with the distance (px or the function's own unit) by which it holds; what scalar functions with
    a bool result may return, so that cases within the declared tolerance are not held against anybody."""

    __slots__ = ("margin", "value")

    def __init__(self, value: bool, margin: float) -> None:
        self.value = value
        self.margin = abs(margin)

    def __bool__(self) -> bool:
        return self.value

    def __repr__(self) -> str:
        return f"Decided({self.value}, {self.margin:g})"


@dataclass(eq=False)
class Seen:
    """One shape of one scene.

    ``fields`` are Python values (possibly computed on demand); ``make`` yields its pieces; ``parts`` are the painted
    leaves of a composite (itself for others). ``around``: what a box is drawn around, if anything.
    ``paint`` is how it is painted ("fill", "text", "none").
    Two are equal when they are the same slot.
    """

    slot: int
    kind: str
    fields: Mapping[str, Any]
    make: Callable[[], Sequence[tuple[Core | BaseGeometry, float]]]
    world: World
    group: int = -1
    index: tuple[int, ...] = ()
    paint: str = "fill"
    leaves: Callable[[], Sequence[Seen]] | None = None
    positions: Mapping[int, int] = field(default_factory=dict)
    around: Callable[[], Seen | None] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Seen) and other.slot == self.slot

    def __hash__(self) -> int:
        return hash(self.slot)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.slot}>"

    @Lazy
    def cores(self) -> list[tuple[Core | BaseGeometry, float]]:
        """The cores and radii of which the outline is the union."""
        return list(self.make())

    @Lazy
    def pieces(self) -> list[Piece]:
        """``cores`` in shapely."""
        return [(shaped(core), radius) for core, radius in self.cores]

    @Lazy
    def geometry(self) -> BaseGeometry:
        """The filled outline, absolute px."""
        grown = [grow(core, radius) for core, radius in self.pieces]
        return grown[0] if len(grown) == 1 else union_all(grown)

    @Lazy
    def box(self) -> Box:
        """The upright bounding box, exact for round shapes."""
        if len(self.cores) == 1 and not self.cores[0][0].is_empty:
            core, radius = self.cores[0]
            x0, y0, x1, y1 = core.bounds
            return x0 - radius, y0 - radius, x1 + radius, y1 + radius
        boxes = [(*core.bounds, radius) for core, radius in self.cores if not core.is_empty]
        if not boxes:
            raise UndefinedValueError(f"{self!r} has no outline")
        return (
            min(b[0] - b[4] for b in boxes),
            min(b[1] - b[4] for b in boxes),
            max(b[2] + b[4] for b in boxes),
            max(b[3] + b[4] for b in boxes),
        )

    @Lazy
    def hugged(self) -> Seen | None:
        """Of a box around a shape, that shape."""
        inner = None if self.around is None else self.around()
        if inner is None or any(abs(a - b) > 1e-6 for a, b in zip(inner.box, self.box, strict=True)):
            return None
        return inner

    @Lazy
    def inset(self) -> Box:
        """By how much (px) each side of its batched box may lie further in than that of ``box``, by definition, and
        never further out: 0 but where an ellipse, which is a polygon there, is what reaches furthest."""
        if self.leaves is not None:
            return _insets([(leaf.box, leaf.inset) for leaf in self.painted], self.box)
        if self.hugged is not None:
            return self.hugged.inset
        ovals = [core for core, _ in self.cores if isinstance(core, Oval)]
        if not ovals:
            return 0.0, 0.0, 0.0, 0.0
        known = []
        for core, radius in self.cores:
            if not core.is_empty:
                x0, y0, x1, y1 = core.bounds
                x, y = core.half if isinstance(core, Oval) else (0.0, 0.0)
                less = (ELLIPSE_SLOP * x, ELLIPSE_SLOP * y, ELLIPSE_SLOP * x, ELLIPSE_SLOP * y)
                known.append(((x0 - radius, y0 - radius, x1 + radius, y1 + radius), less))
        return _insets(known, self.box)

    @Lazy
    def at(self) -> complex:
        """Where it stands: its field ``at``, else the middle of its box."""
        given = self.fields.get("at")
        return middle(self.box) if given is None else complex(given)

    @property
    def category(self) -> str:
        """The category of a photo's object ("" for others)."""
        return str(self.fields.get("category") or "")

    @Lazy
    def painted(self) -> Sequence[Seen]:
        """The leaves that are painted: its own parts' for a composite, else itself."""
        return (self,) if self.leaves is None else self.leaves()

    @Lazy
    def slop(self) -> float:
        """By how much (px) its outline may differ from the batched one by definition: only ellipses do."""
        if self.leaves is not None:
            return max((leaf.slop for leaf in self.painted), default=0.0)
        ovals = (max(core.a, core.b) for core, _ in self.cores if isinstance(core, Oval))
        return ELLIPSE_SLOP * max(ovals, default=0.0)


def _insets(members: Sequence[tuple[Box, Box]], box: Box) -> Box:
    """Of boxes with insets, that of each side of the box around them: the one that reaches furthest has it."""
    found = []
    for side in range(4):
        reaching = [less[side] for own, less in members if abs(own[side] - box[side]) < 1e-9]
        found.append(min(reaching, default=0.0))
    return found[0], found[1], found[2], found[3]


def grow(core: BaseGeometry, radius: float) -> BaseGeometry:
    """The core with everything within ``radius`` of it."""
    return core.buffer(radius, quad_segs=QUARTER) if radius > 0 else core


def middle(box: Box) -> complex:
    """The middle of a box."""
    return complex((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def box_gap(a: Box, b: Box) -> float:
    """The distance between two boxes, 0 where they meet: never more than that of what they hold."""
    dx = max(a[0] - b[2], b[0] - a[2], 0.0)
    dy = max(a[1] - b[3], b[1] - a[3], 0.0)
    return math.hypot(dx, dy)


def corners(core: BaseGeometry) -> list[tuple[float, float]]:
    """The vertices of a core (of the outer ring for polygons)."""
    if isinstance(core, Polygon):
        return list(core.exterior.coords)[:-1]
    if hasattr(core, "geoms"):
        return [corner for part in core.geoms for corner in corners(part)]
    return list(core.coords)


def depth_of_overlap(a: BaseGeometry, b: BaseGeometry) -> float:
    """The least translation that separates the convex hulls of two cores that meet.

    It is the distance from the origin to the outside of the Minkowski difference of the hulls.
    """
    ca, cb = corners(convex_hull(a)), corners(convex_hull(b))
    hull = convex_hull(multipoints([(p[0] - q[0], p[1] - q[1]) for p in ca for q in cb]))
    return float(hull.exterior.distance(Point(0, 0))) if isinstance(hull, Polygon) else 0.0


def gap(a: Seen, b: Seen, enough: float = float("inf")) -> float:
    """The free gap of two shapes, negative where they overlap. May return any bound >= ``enough`` early."""
    if box_gap(a.box, b.box) >= enough:
        return enough
    best = float("inf")
    for core_a, ra in a.cores:
        for core_b, rb in b.cores:
            best = min(best, core_gap(core_a, core_b) - ra - rb)
    return best


def gaps(pairs: Sequence[tuple[Seen, Seen]]) -> list[float]:
    """The free gap of each pair of shapes, as ``gap`` has it, with all distances from one call of shapely."""
    found = [float("inf")] * len(pairs)
    rows: list[tuple[int, Core | BaseGeometry, Core | BaseGeometry, float]] = []
    for n, (a, b) in enumerate(pairs):
        for core_a, ra in a.cores:
            for core_b, rb in b.cores:
                if _is_point(core_a) and _is_point(core_b):
                    found[n] = min(found[n], core_gap(core_a, core_b) - ra - rb)
                else:
                    rows.append((n, core_a, core_b, ra + rb))
    if not rows:
        return found
    shape_all([core for _, core_a, core_b, _ in rows for core in (core_a, core_b)])
    ones, twos = [shaped(row[1]) for row in rows], [shaped(row[2]) for row in rows]
    for (n, _, _, grown), one, two, apart in zip(rows, ones, twos, shapely.distance(ones, twos).tolist(), strict=True):
        found[n] = min(found[n], (apart if apart > 0 else -depth_of_overlap(one, two)) - grown)
    return found


def shape_all(cores: Sequence[Core | BaseGeometry]) -> None:
    """Make shapely's geometries of all filled polygons among some cores at once."""
    left = {id(core): core for core in cores if isinstance(core, Core) and core.closed and not core.is_shaped}
    if left:
        places = np.array([z for core in left.values() for z in core.corners], np.complex128)
        owners = np.repeat(np.arange(len(left)), [len(core.corners) for core in left.values()])
        rings = shapely.linearrings(places.view(np.float64).reshape(-1, 2), indices=owners)
        for core, made in zip(left.values(), shapely.polygons(rings).tolist(), strict=True):
            core.geometry = made


def _is_point(core: Core | BaseGeometry) -> bool:
    return isinstance(core, Core) and len(core.corners) == 1


def core_gap(a: Core | BaseGeometry, b: Core | BaseGeometry) -> float:
    """The distance of two cores, negative where they overlap by what parts them."""
    if isinstance(a, Core) and isinstance(b, Core) and len(a.corners) == len(b.corners) == 1:
        return abs(a.corners[0] - b.corners[0])
    one, two = shaped(a), shaped(b)
    apart = float(shapely.distance(one, two))
    return apart if apart > 0 else -depth_of_overlap(one, two)


def disc_of(s: Seen) -> tuple[complex, float] | None:
    """Middle and radius of a shape that is one disc."""
    if len(s.cores) != 1:
        return None
    core, radius = s.cores[0]
    if isinstance(core, Core):
        return (core.corners[0], radius) if len(core.corners) == 1 else None
    return (complex(core.x, core.y), radius) if isinstance(core, Point) else None


def pieces_of(outline: object) -> list[tuple[Core | BaseGeometry, float]]:
    """What a kind's oracle returned as pieces: a list of pieces as it is, a geometry as cores without a radius."""
    if isinstance(outline, MultiPolygon):
        return [(part, 0.0) for part in outline.geoms]
    if isinstance(outline, BaseGeometry):
        return [(outline, 0.0)]
    if isinstance(outline, list):
        return outline
    raise TypeError(f"a kind's oracle gave {type(outline).__name__}, not a shapely geometry")
