"""The scalar, independent reading of the functions of lines and curves: their centre lines, with shapely."""

from __future__ import annotations

import math
from collections.abc import Sequence

from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from pgt_dsl.geometry.oracle import QUARTER, Decided, Seen, UndefinedValueError
from pgt_dsl.geometry.oracle_outlines import curve_points

JOINT = 1e-3
"""Ends nearer than this (px) to a node's place are joined to it."""


def centre_line(s: Seen) -> list[complex]:
    """The corners of the centre line: of a curve its samples, of a path its points, else its two ends."""
    through = s.fields.get("through")
    if through is not None:
        return curve_points(through)
    points = s.fields.get("points")
    if points is not None:
        return [complex(p) for p in points]
    start, end = s.fields.get("from"), s.fields.get("to")
    if start is None or end is None:
        raise UndefinedValueError(f"{s!r} is no line")
    return [complex(start), complex(end)]


def _string(s: Seen) -> LineString:
    return LineString([(z.real, z.imag) for z in centre_line(s)])


def _heading(s: Seen) -> complex:
    points = centre_line(s)
    step = points[-1] - points[0]
    if step == 0:
        raise UndefinedValueError("the direction of a line whose ends meet")
    return step


def angle(a: Seen, b: Seen) -> float:
    """The angle between two lines, 0 .. 90."""
    step = _heading(b) / _heading(a)
    return math.degrees(math.atan2(abs(step.imag), abs(step.real)))


def crosses(a: Seen, b: Seen) -> Decided:
    """Whether two centre lines meet; decided by the least distance of an end to the other line."""
    one, two = _string(a), _string(b)
    ends = [
        (Point(end), line) for line, other in ((one, two), (two, one)) for end in (other.coords[0], other.coords[-1])
    ]
    return Decided(bool(one.intersects(two)), min(float(end.distance(line)) for end, line in ends))


def crossings(a: Seen, b: Seen) -> int:
    """In how many places two centre lines meet."""
    return len(_meetings(_string(a).intersection(_string(b))))


def _meetings(common: BaseGeometry) -> list[complex]:
    """The separate places of an intersection; a stretch in common is one, at its start."""
    if common.is_empty:
        return []
    if hasattr(common, "geoms"):
        return [place for part in common.geoms for place in _meetings(part)]
    x, y = common.coords[0][:2]
    return [complex(x, y)]


def meeting(a: Seen, b: Seen) -> complex:
    """The crossing point of two lines (of several, the first along a)."""
    one = _string(a)
    places = _meetings(one.intersection(_string(b)))
    if not places:
        raise UndefinedValueError("the crossing of lines that do not meet")
    return min(places, key=lambda z: float(one.project(Point(z.real, z.imag))))


def shared(a: Seen, b: Seen) -> float:
    """How much of a's centre line lies within a stroke (the mean of both) of b's."""
    reach = (float(a.fields["stroke"]) + float(b.fields["stroke"])) / 2
    return float(_string(a).intersection(_string(b).buffer(reach, quad_segs=QUARTER)).length)


def reachable(nodes: Sequence[Seen], links: Sequence[Seen], a: Seen, b: Seen) -> bool:
    """Whether the links join a to b: a link joins the nodes at which it ends."""
    known, fresh = {a.slot}, [a]
    joined = []
    for link in links:
        points = centre_line(link)
        ends = [[n for n in nodes if abs(n.at - end) <= JOINT] for end in (points[0], points[-1])]
        joined += [(p, q) for p in ends[0] for q in ends[1]]
    while fresh:
        here = fresh.pop()
        for p, q in joined:
            for near, far in ((p, q), (q, p)):
                if near.slot == here.slot and far.slot not in known:
                    known.add(far.slot)
                    fresh.append(far)
    return b.slot in known
