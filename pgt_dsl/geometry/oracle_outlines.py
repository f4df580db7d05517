"""The oracle's own definition of every built-in kind's outline, each written from its description in the reference.

Each function takes the fields of one shape (absolute px; points ``complex``) and returns its pieces: cores with the
radius by which they are grown (``geometry.oracle.Core``).
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from shapely.geometry.base import BaseGeometry

from pgt_dsl.geometry.oracle import Core, Oval, UndefinedValueError

Fields = Mapping[str, Any]
Corners = Sequence[complex]
Piece = tuple[Core | BaseGeometry, float]

SPAN_SAMPLES = 16
LOOP_SAMPLES = 8
BLOB_CORNERS = 48
HEART_CORNERS = 40
STAR_INNER = 0.382


# the parts of every definition --------------------------------------------------------------------


def _direction(degrees: float) -> complex:
    """The unit vector in a direction; exact at the four main ones."""
    quarters, rest = divmod(degrees % 360.0, 90.0)
    turned: complex = 1j ** int(quarters)
    return turned * (cmath.rect(1.0, math.radians(rest)) if rest else 1.0)


def _polygon(corners: Corners) -> Core:
    return Core(corners, closed=True)


def _fitted(corners: Corners, size: float) -> list[complex]:
    """Scaled so that the larger side of the upright box is ``size``, the box centred on 0."""
    xs, ys = [z.real for z in corners], [z.imag for z in corners]
    larger = max(max(xs) - min(xs), max(ys) - min(ys))
    centre = complex((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2)
    return [(z - centre) * (size / larger) for z in corners]


def _placed(corners: Corners, fields: Fields) -> list[Piece]:
    """Corners about 0, turned by ``turn`` and moved to ``at``, as one filled polygon."""
    at, turn = _at(fields), _direction(_turn(fields))
    return [(_polygon([at + z * turn for z in corners]), 0.0)]


def _at(fields: Fields) -> complex:
    return complex(fields["at"])


def _turn(fields: Fields) -> float:
    return float(fields.get("turn") or 0.0)


def _box(width: float, height: float) -> list[complex]:
    x, y = width / 2, height / 2
    return [complex(-x, -y), complex(x, -y), complex(x, y), complex(-x, y)]


def _regular(n: int) -> list[complex]:
    """Corners on the unit circle, the first one up."""
    return [_direction(-90.0 + 360.0 * k / n) for k in range(n)]


def _ellipse(width: float, height: float, fields: Fields) -> list[Piece]:
    """The true ellipse, whatever polygon others take for it."""
    return [(Oval(_at(fields), float(width) / 2, float(height) / 2, _direction(_turn(fields))), 0.0)]


# forms of `figure` -----------------------------------------------------------------------------------


def _star() -> list[complex]:
    return [_direction(-90.0 + 36.0 * k) * (STAR_INNER if k % 2 else 1.0) for k in range(10)]


def _heart() -> list[complex]:
    corners = []
    for k in range(HEART_CORNERS):
        t = 2 * math.pi * k / HEART_CORNERS
        x = 16 * math.sin(t) ** 3
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        corners.append(complex(x, -y))
    return corners


def _cross() -> list[complex]:
    a, b = 1 / 6, 1 / 2
    quarter = [complex(-a, -b), complex(a, -b), complex(a, -a)]
    return [z * 1j**k for k in range(4) for z in quarter]


_FORMS: dict[str, Callable[[], list[complex]]] = {
    "square": lambda: _box(1, 1),
    "rectangle": lambda: _box(1, 0.6),
    "diamond": lambda: [complex(0, -0.5), complex(0.35, 0), complex(0, 0.5), complex(-0.35, 0)],
    "triangle": lambda: _regular(3),
    "pentagon": lambda: _regular(5),
    "hexagon": lambda: _regular(6),
    "star": _star,
    "heart": _heart,
    "cross": _cross,
}


def figure(fields: Fields) -> list[Piece]:
    """A shape of ``form`` whose upright box has the larger side ``size`` and is centred on ``at``."""
    form, size = str(fields["form"]), float(fields["size"])
    if form == "circle":
        return _disc(fields, size / 2)
    if form == "ellipse":
        return _ellipse(size, 0.6 * size, fields)
    if form not in _FORMS:
        raise UndefinedValueError(f"there is no form {form!r}")
    return _placed([z * size for z in _unit_form(form)], fields)


@cache
def _unit_form(form: str) -> list[complex]:
    """A form of size 1."""
    return _fitted(_FORMS[form](), 1.0)


# filled kinds --------------------------------------------------------------------------------------------


def _disc(fields: Fields, radius: float) -> list[Piece]:
    return [(Core([_at(fields)]), radius)]


def circle(fields: Fields) -> list[Piece]:
    """A disc of ``radius``."""
    radius = fields.get("radius")
    return _disc(fields, float(fields["size"]) / 2 if radius is None else float(radius))


dot = circle


def ellipse(fields: Fields) -> list[Piece]:
    """An ellipse of ``width`` and ``height`` at turn 0."""
    return _ellipse(float(fields["width"]), float(fields["height"]), fields)


def square(fields: Fields) -> list[Piece]:
    """A square of side ``size``."""
    return _placed(_box(fields["size"], fields["size"]), fields)


def rect(fields: Fields) -> list[Piece]:
    """A rectangle of ``width`` and ``height`` at turn 0."""
    return _placed(_box(fields["width"], fields["height"]), fields)


panel = rect
photo_object = rect


def canvas(fields: Fields) -> list[Piece]:
    """The whole picture: ``width`` by ``height`` from the origin."""
    width, height = float(fields["width"]), float(fields["height"])
    return [(_polygon([0j, complex(width, 0), complex(width, height), complex(0, height)]), 0.0)]


def polygon(fields: Fields) -> list[Piece]:
    """A regular polygon of ``sides`` in a circle of diameter ``size`` about ``at``, first corner up."""
    radius = float(fields["size"]) / 2
    return _placed([z * radius for z in _regular(int(fields["sides"]))], fields)


def blob(fields: Fields) -> list[Piece]:
    """A closed wobbly curve: 48 corners; its larger side at turn 0 is ``size``."""
    wobble = float(fields["wobble"])
    one = math.radians(float(fields.get("phase") or 0.0))
    two = math.radians(float(fields.get("phase2") or 0.0))
    corners = []
    for k in range(BLOB_CORNERS):
        t = 2 * math.pi * k / BLOB_CORNERS
        radius = 1 + wobble * (0.6 * math.cos(2 * t + one) + 0.4 * math.cos(3 * t + two))
        corners.append(cmath.rect(radius, t))
    return _placed(_fitted(corners, float(fields["size"])), fields)


# strokes ----------------------------------------------------------------------------------------------------


def _ends(fields: Fields) -> tuple[complex, complex]:
    """The ends of a line: given, or from its middle, length and turn."""
    start, end = fields.get("from"), fields.get("to")
    if start is None or end is None:
        half = _direction(_turn(fields)) * float(fields["length"]) / 2
        return _at(fields) - half, _at(fields) + half
    return complex(start), complex(end)


def _core(points: Corners) -> Core:
    """A polyline, or the point to which it shrank."""
    return Core(points[:1] if all(z == points[0] for z in points) else points)


def line(fields: Fields) -> list[Piece]:
    """A straight stroke with round ends."""
    return [(_core(_ends(fields)), float(fields["stroke"]) / 2)]


def arrow(fields: Fields) -> list[Piece]:
    """A shaft that ends at the base of a filled triangular head whose tip is ``to``."""
    start, tip = _ends(fields)
    stroke, length = float(fields["stroke"]), abs(tip - start)
    if length == 0:
        raise UndefinedValueError("an arrow without length")
    ahead = (tip - start) / length
    head = min(max(5 * stroke, 0.16 * length), 0.45 * length)
    base, side = tip - ahead * head, ahead * 1j * 0.5 * head
    return [(_core((start, base)), stroke / 2), (_polygon((tip, base + side, base - side)), 0.0)]


def path(fields: Fields) -> list[Piece]:
    """A broken line through ``points``."""
    return [(_core([complex(p) for p in fields["points"]]), float(fields["stroke"]) / 2)]


def curve_points(through: Corners) -> list[complex]:
    """The centripetal Catmull-Rom curve through the points, 16 samples a span, the end points reflected."""
    points = [complex(p) for p in through]
    if len(points) < 2:
        return points
    points = [2 * points[0] - points[1], *points, 2 * points[-1] - points[-2]]
    found = [points[1]]
    for p0, p1, p2, p3 in zip(points, points[1:], points[2:], points[3:], strict=False):
        found += [_catmull_rom(p0, p1, p2, p3, k / SPAN_SAMPLES) for k in range(1, SPAN_SAMPLES)]
        found.append(p2)
    return found


def _catmull_rom(p0: complex, p1: complex, p2: complex, p3: complex, share: float) -> complex:
    """The point at ``share`` of the way (in the knots) from p1 to p2, by the pyramid of Barry and Goldman."""
    t0 = 0.0
    t1 = t0 + abs(p1 - p0) ** 0.5
    t2 = t1 + abs(p2 - p1) ** 0.5
    t3 = t2 + abs(p3 - p2) ** 0.5
    t = t1 + share * (t2 - t1)

    def between(a: complex, b: complex, ta: float, tb: float) -> complex:
        return a if tb == ta else ((tb - t) * a + (t - ta) * b) / (tb - ta)

    a1, a2, a3 = between(p0, p1, t0, t1), between(p1, p2, t1, t2), between(p2, p3, t2, t3)
    b1, b2 = between(a1, a2, t0, t2), between(a2, a3, t1, t3)
    return between(b1, b2, t1, t2)


def curve(fields: Fields) -> list[Piece]:
    """A smooth stroke through the points ``through``."""
    return [(_core(curve_points(fields["through"])), float(fields["stroke"]) / 2)]


# closed outlines through points -----------------------------------------------------------------------------


def _closed(corners: Corners) -> list[Piece]:
    """A filled polygon, where it neither crosses nor touches itself."""
    points = [complex(p) for p in corners]
    ahead = [*points[1:], *points[:1]]
    if len(points) < 3 or any(p == q for p, q in zip(points, ahead, strict=True)):
        raise UndefinedValueError("a closed outline of fewer than three corners")
    core = _polygon(points)
    if not core.geometry.is_valid:
        raise UndefinedValueError("a closed outline that crosses itself")
    return [(core, 0.0)]


def patch(fields: Fields) -> list[Piece]:
    """The filled polygon with the corners ``corners``."""
    return _closed(fields["corners"])


def loop(fields: Fields) -> list[Piece]:
    """The filled smooth outline through ``knots``."""
    return _closed(loop_points(fields["knots"]))


def loop_points(knots: Corners) -> list[complex]:
    """The closed centripetal Catmull-Rom curve through the points, 8 samples a span."""
    points = [complex(p) for p in knots]
    if len(points) < 3:
        return points
    found: list[complex] = []
    for k in range(len(points)):
        near = [points[(k + i) % len(points)] for i in (-1, 0, 1, 2)]
        found += [_catmull_rom(near[0], near[1], near[2], near[3], i / LOOP_SAMPLES) for i in range(LOOP_SAMPLES)]
    return found


def loop_middle(points: Corners, smooth: bool = False) -> complex:
    """The middle of the box of the closed outline through points."""
    (core, _), *_ = _closed(loop_points(points) if smooth else points)
    assert isinstance(core, Core)
    x0, y0, x1, y1 = core.bounds
    return complex((x0 + x1) / 2, (y0 + y1) / 2)


# text and boxes -------------------------------------------------------------------------------------------------


def text(fields: Fields) -> list[Piece]:
    """The rectangle that a line of text fills, centred on ``at`` and turned."""
    from pgt_dsl.paint.fonts import text_extent

    width, height = text_extent(str(fields["text"]), float(fields["size"]))
    return _placed(_box(width, height), fields)


glyph = text


def box(fields: Fields) -> list[Piece]:
    """An upright rectangle: ``width`` by ``height`` about ``at``, or the bounding box of the shape ``around``."""
    width, height = fields.get("width"), fields.get("height")
    if width is not None and height is not None:
        return _placed(_box(float(width), float(height)), fields)
    x0, y0, x1, y1 = fields["around"].box
    return [(_polygon([complex(x0, y0), complex(x1, y0), complex(x1, y1), complex(x0, y1)]), 0.0)]
