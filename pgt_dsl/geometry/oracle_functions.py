"""The scalar, independent reading of the measures of shapes, with shapely.

Shape arguments arrive as ``Seen`` (or lists of them), points as ``complex``. A truth that is decided by a length comes
as ``Decided``, with the distance by which it holds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from itertools import combinations, product

from shapely import union_all
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from pgt_dsl.geometry.oracle import (
    Decided,
    Seen,
    UndefinedValueError,
    UnknownValueError,
    World,
    box_gap,
    corners,
    disc_of,
    gap,
    grow,
)

Shapes = Seen | Sequence[Seen]
Piece = tuple[BaseGeometry, float]


def _list(shapes: Shapes) -> list[Seen]:
    return [shapes] if isinstance(shapes, Seen) else list(shapes)


# gaps ------------------------------------------------------------------------------------------------


def apart(a: Shapes, b: Shapes | None = None) -> float:
    """The least free gap between outlines, negative where they overlap; of one list, over its pairs.

    The gap of nothing is infinite; a shape has no gap to itself.
    """
    if isinstance(a, Seen) and isinstance(b, Seen):
        return gap(a, b) if a.slot != b.slot else math.inf
    pairs: Iterable[tuple[Seen, Seen]]
    pairs = combinations(_list(a), 2) if b is None else product(_list(a), _list(b))
    rated = sorted(((box_gap(p.box, q.box), p, q) for p, q in pairs if p.slot != q.slot), key=lambda row: row[0])
    best = math.inf
    for least, p, q in rated:
        if least >= best:
            break  # no later pair can be nearer than its boxes are
        best = min(best, gap(p, q))
    return best


def clusters(xs: Sequence[Seen], within: float) -> int:
    """In how many groups the shapes fall when those nearer than ``within`` belong together."""
    leader = list(range(len(xs)))

    def find(k: int) -> int:
        while leader[k] != k:
            k = leader[k]
        return k

    for i, j in combinations(range(len(xs)), 2):
        if find(i) != find(j) and gap(xs[i], xs[j], enough=within) < within:
            leader[find(i)] = find(j)
    return len({find(k) for k in range(len(xs))})


# areas ------------------------------------------------------------------------------------------------


def area(s: Seen) -> float:
    """The area of the filled outline, px2; exact for discs, polygons and straight strokes."""
    disc = disc_of(s)
    if disc is not None:
        return math.pi * disc[1] ** 2
    if len(s.pieces) == 1:
        core, radius = s.pieces[0]
        if isinstance(core, Polygon) and radius == 0:
            return float(core.area)
        if isinstance(core, LineString) and len(core.coords) == 2:
            return 2 * radius * float(core.length) + math.pi * radius**2
    return float(s.geometry.area)


def outline_length(s: Seen) -> float:
    """The perimeter, px."""
    disc = disc_of(s)
    if disc is not None:
        return 2 * math.pi * disc[1]
    if len(s.pieces) == 1:
        core, radius = s.pieces[0]
        if isinstance(core, LineString) and len(core.coords) == 2:
            return 2 * float(core.length) + 2 * math.pi * radius
    return float(s.geometry.length)


def overlap(a: Seen, b: Seen) -> float:
    """The common area as a share of the smaller."""
    least = min(area(a), area(b))
    if least <= 0:
        raise UndefinedValueError("the overlap with something that has no area")
    if box_gap(a.box, b.box) > 0:
        return 0.0
    one, two = disc_of(a), disc_of(b)
    if one is not None and two is not None:
        return _lens(abs(one[0] - two[0]), one[1], two[1]) / least
    return float(a.geometry.intersection(b.geometry).area) / least


def _lens(d: float, r: float, s: float) -> float:
    """The common area of discs of radius r and s, d apart: two segments of a circle (Weisstein, "Circle-Circle
    Intersection", MathWorld, equation 14)."""
    if d >= r + s:
        return 0.0
    if d <= abs(r - s):
        return math.pi * min(r, s) ** 2
    one = math.acos(min(max((d * d + r * r - s * s) / (2 * d * r), -1.0), 1.0))
    two = math.acos(min(max((d * d + s * s - r * r) / (2 * d * s), -1.0), 1.0))
    kite = math.sqrt(max((-d + r + s) * (d + r - s) * (d - r + s) * (d + r + s), 0.0)) / 2
    return r * r * one + s * s * two - kite


def iou(a: Seen, b: Seen) -> float:
    """Intersection over union of the upright bounding boxes."""
    p, q = a.box, b.box
    wide = min(p[2], q[2]) - max(p[0], q[0])
    high = min(p[3], q[3]) - max(p[1], q[1])
    common = max(wide, 0.0) * max(high, 0.0)
    whole = (p[2] - p[0]) * (p[3] - p[1]) + (q[2] - q[0]) * (q[3] - q[1]) - common
    if whole <= 0:
        raise UndefinedValueError("boxes without area")
    return common / whole


# what lies above and beneath --------------------------------------------------------------------------------


def _fill(s: Seen) -> str:
    return str(s.fields.get("fill") or "none")


def visible(s: Seen) -> float:
    """The share of the shape's area that no filled shape painted later covers."""
    order = {leaf.slot: k for k, leaf in enumerate(s.world.painted())}
    own = {leaf.slot for leaf in s.painted}
    seen = []
    for leaf in s.painted:
        rank = order.get(leaf.slot, -1)
        above = [
            other.geometry
            for other in s.world.painted()[rank + 1 :]
            if other.slot not in own and _fill(other) != "none" and box_gap(other.box, leaf.box) <= 0
        ]
        seen.append(leaf.geometry.difference(union_all(above)) if above else leaf.geometry)
    whole = float(s.geometry.area)
    if whole <= 0:
        raise UndefinedValueError("the visible share of something without area")
    return float(union_all(seen).area) / whole


def contrast(s: Seen) -> float:
    """How far the shape's L* is from the mean L* of what is painted beneath it, as a share of the scale."""
    from pgt_dsl.program.oracle_plain import lightness

    colour = next((c for c in (_fill(s), str(s.fields.get("outline") or "none")) if c != "none"), None)
    if colour is None:
        colour = next((_fill(leaf) for leaf in s.painted if _fill(leaf) != "none"), None)
    if colour is None:
        raise UndefinedValueError("the contrast of something without colour")
    own = {leaf.slot for leaf in s.painted}
    painted = list(s.world.painted())
    first = next((k for k, leaf in enumerate(painted) if leaf.slot in own), len(painted))
    rest, total, weighed = s.geometry, 0.0, 0.0
    for other in reversed(painted[:first]):
        if _fill(other) != "none" and box_gap(other.box, s.box) <= 0:
            share = float(rest.intersection(other.geometry).area)
            if share > 0:
                total, weighed = total + share * lightness(_fill(other)), weighed + share
                rest = rest.difference(other.geometry)
    bare = float(rest.area)
    if bare > 0:
        total, weighed = total + bare * _background_lightness(s.world, rest), weighed + bare
    return abs(lightness(colour) - total / weighed)


def _background_lightness(world: World, where: BaseGeometry) -> float:
    """The mean lightness of the bare background under an area."""
    from pgt_dsl.program.oracle_plain import lab_of, lightness

    kind, fields = world.background
    if world.lightness_of is not None:
        return world.lightness_of(where)
    if kind in ("plain", "noise"):
        return lightness(str(fields["color"]))
    if kind != "gradient":
        raise UnknownValueError(f"the pixels of a background of kind {kind}")
    turn = math.radians(float(fields.get("turn") or 0.0))
    ahead = (math.cos(turn), math.sin(turn))
    reach = (abs(ahead[0]) * world.width + abs(ahead[1]) * world.height) / 2
    middle = where.centroid
    step = (middle.x - world.width / 2) * ahead[0] + (middle.y - world.height / 2) * ahead[1]
    share = min(max(0.5 + 0.5 * step / reach, 0.0), 1.0)
    one, two = (str(fields[name]) for name in ("from_color", "to_color"))
    mixed = [round(int(one[k : k + 2], 16) * (1 - share) + int(two[k : k + 2], 16) * share) for k in (1, 3, 5)]
    return lab_of("#{:02x}{:02x}{:02x}".format(*mixed))[0] / 100


# one in another ---------------------------------------------------------------------------------------------------


def inside(a: Seen, b: Seen, by: float = 0.0) -> Decided:
    """Whether a lies wholly in b, at least ``by`` from its outline; decided by that distance."""
    room = min(_room(piece, b) for piece in a.pieces)
    return Decided(room >= by, room - by)


def _room(piece: Piece, b: Seen) -> float:
    """How far a piece could grow within b; below 0 by how far it sticks out."""
    core, radius = piece
    if len(b.pieces) == 1:
        outer, grown = b.pieces[0]
        if isinstance(outer, Polygon):
            if outer.covers(core):
                return float(core.distance(outer.exterior)) + grown - radius
        elif isinstance(outer, Point) or len(outer.coords) == 2:
            return grown - radius - max(float(outer.distance(Point(v))) for v in corners(core))
    whole = b.geometry
    if whole.covers(core):
        return float(core.distance(whole.boundary)) - radius
    return -max((float(whole.distance(Point(v))) for v in corners(core)), default=0.0) - radius


def margin(s: Seen, p: complex) -> float:
    """The signed distance from p to the outline, positive inside."""
    disc = disc_of(s)
    if disc is not None:
        return disc[1] - abs(disc[0] - p)
    point = Point(p.real, p.imag)
    if len(s.pieces) == 1:
        core, radius = s.pieces[0]
        if isinstance(core, Polygon) and core.covers(point):
            return float(core.boundary.distance(point)) + radius
        return radius - float(core.distance(point))
    whole = union_all([grow(core, radius) for core, radius in s.pieces])
    away = float(whole.boundary.distance(point))
    return away if whole.covers(point) else -away


def covers(s: Seen, p: complex) -> Decided:
    """Whether p lies in s; decided by its distance to the outline."""
    room = margin(s, p)
    return Decided(room >= 0, room)


def congruent(xs: Sequence[Seen], ys: Sequence[Seen]) -> Decided:
    """Whether one set of places is the other, moved and turned (not mirrored), to within a pixel."""
    left = _residual([x.at for x in xs], [y.at for y in ys])
    return Decided(left <= 1.0, left - 1.0)


def _residual(ps: Sequence[complex], qs: Sequence[complex]) -> float:
    """The least, over turns that bring one far point onto another, of the greatest distance left over."""
    if len(ps) != len(qs):
        return math.inf
    if len(ps) < 2:
        return 0.0
    ps = [p - sum(ps) / len(ps) for p in ps]
    qs = [q - sum(qs) / len(qs) for q in qs]
    far = max(ps, key=abs)
    if abs(far) == 0:
        return max(abs(q) for q in qs)
    best = math.inf
    for q in qs:
        if q == 0:
            continue
        turn = (q / far) / abs(q / far)
        free, worst = list(qs), 0.0
        for p in ps:
            nearest = min(free, key=lambda z: abs(z - p * turn))
            worst = max(worst, abs(nearest - p * turn))
            free.remove(nearest)
        best = min(best, worst)
    return best


def curve_length(points: list[complex]) -> float:
    """Length in px of the smooth curve through points: the sum of its straight samples."""
    from pgt_dsl.geometry.oracle_outlines import curve_points

    course = curve_points(points)
    return sum(abs(q - p) for p, q in itertools.pairwise(course))
