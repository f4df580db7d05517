"""The scalar, independent reading of the plain functions: points, angles, numbers, colours and words.

Points are ``complex`` px with y down, angles degrees clockwise, colours ``"#rrggbb"``. Nothing here may share code
with the batched functions.
"""

from __future__ import annotations

import cmath
import math
from functools import lru_cache
from typing import Any

from pgt_dsl.geometry.oracle import UndefinedValueError, World, needs_world

# points and angles ----------------------------------------------------------------------------------


def distance(p: Any, q: Any) -> float:
    """Between two points."""
    return abs(_point(q) - _point(p))


def direction(p: Any, q: Any) -> float:
    """From p to q, in [0, 360): 0 is right, 90 is down."""
    step = _point(q) - _point(p)
    if step == 0:
        raise UndefinedValueError("the direction between a point and itself")
    return math.degrees(cmath.phase(step)) % 360.0


def angle_at(v: Any, p: Any, q: Any) -> float:
    """The angle at v between p and q, 0 .. 180."""
    return turn_between(direction(v, p), direction(v, q))


def turn_between(a: float, b: float) -> float:
    """The least turn from a to b, 0 .. 180."""
    turn = abs(a - b) % 360.0
    return min(turn, 360.0 - turn)


def polar(r: float, t: float) -> complex:
    """The step of length r in direction t."""
    return cmath.rect(r, math.radians(t))


def mix(p: Any, q: Any, t: float) -> complex:
    """p at 0, q at 1."""
    return _point(p) + (_point(q) - _point(p)) * t


def rotate(p: Any, about: Any, by: float) -> complex:
    """p turned about a point."""
    return _point(about) + (_point(p) - _point(about)) * cmath.rect(1.0, math.radians(by))


def project(p: Any, a: Any, b: Any) -> float:
    """Where p falls along a b: 0 at a, 1 at b."""
    ahead, step = _point(b) - _point(a), _point(p) - _point(a)
    if ahead == 0:
        raise UndefinedValueError("a line through one point")
    return (step * ahead.conjugate()).real / abs(ahead) ** 2


def offset(p: Any, a: Any, b: Any) -> float:
    """The distance of p from the line a b, positive to its right (below, when it runs to the right)."""
    ahead, step = _point(b) - _point(a), _point(p) - _point(a)
    if ahead == 0:
        raise UndefinedValueError("a line through one point")
    return (step * ahead.conjugate()).imag / abs(ahead)


@needs_world
def grid(rows: int, cols: int, share: float = 0.8, *, world: World) -> list[complex]:
    """Centres of rows x cols cells, row by row, on the middle ``share`` of the canvas."""
    if rows < 1 or cols < 1:
        return []
    x0, y0 = world.width * (1 - share) / 2, world.height * (1 - share) / 2
    dx, dy = world.width * share / cols, world.height * share / rows
    return [complex(x0 + dx * (c + 0.5), y0 + dy * (r + 0.5)) for r in range(rows) for c in range(cols)]


@needs_world
def grid_step(n: int, share: float = 0.8, *, world: World) -> float:
    """The cell size of ``grid(n, n)``: its smaller side."""
    if n < 1:
        raise UndefinedValueError("a grid of no cells")
    return min(world.width, world.height) * share / n


def spaced(p: Any, q: Any, n: int) -> list[complex]:
    """n points evenly from p to q, both among them (a single one lies midway)."""
    if n == 1:
        return [(_point(p) + _point(q)) / 2]
    return [mix(p, q, k / (n - 1)) for k in range(max(n, 0))]


def point_x(p: complex) -> float:
    """How far to the right."""
    return p.real


def point_y(p: complex) -> float:
    """How far down."""
    return p.imag


vector_x, vector_y = point_x, point_y


def _point(p: Any) -> complex:
    """A point, or where a shape stands."""
    return p if isinstance(p, complex) else complex(getattr(p, "at", p))


# numbers ----------------------------------------------------------------------------------------------


def abs_(x: float) -> float:
    """Size without sign."""
    return abs(x)


def round_(x: float) -> int:
    """The nearest whole number, halves upwards."""
    return math.floor(_finite(x) + 0.5)


def floor(x: float) -> int:
    """The whole number at or below x."""
    return math.floor(_finite(x))


def mod(n: float, m: float) -> float:
    """The remainder, with the sign of m (never negative for positive m)."""
    if m == 0:
        raise UndefinedValueError("the remainder of a division by 0")
    return n % m


def pow_(x: float, n: float) -> float:
    """Power. Undefined where it is not a real number."""
    try:
        found: object = float(x) ** float(n)
    except (ZeroDivisionError, OverflowError) as error:
        raise UndefinedValueError(f"{x} to the power of {n}") from error
    if not isinstance(found, float):
        raise UndefinedValueError(f"{x} to the power of {n}")
    return found


def sqrt(x: float) -> float:
    """Square root. Undefined for negative numbers."""
    if x < 0:
        raise UndefinedValueError(f"the square root of {x}")
    return math.sqrt(x)


def sin(t: float) -> float:
    """Sine of an angle."""
    return math.sin(math.radians(t))


def cos(t: float) -> float:
    """Cosine of an angle."""
    return math.cos(math.radians(t))


def tan(t: float) -> float:
    """Tangent of an angle."""
    return math.tan(math.radians(t))


def _finite(x: float) -> float:
    if not math.isfinite(x):
        raise UndefinedValueError(f"{x} as a whole number")
    return x


# words -------------------------------------------------------------------------------------------------


def letter(n: int) -> str:
    """A for 0, Z for 25. Undefined beyond."""
    if not 0 <= n < 26:
        raise UndefinedValueError(f"letter {n} of the alphabet")
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n]


def digits(n: float) -> str:
    """A number in figures: whole ones without a point, others with at most six decimals."""
    found = f"{_finite(n):.6f}".rstrip("0").rstrip(".")
    return "0" if found == "-0" else found


def letters_of(word: str) -> list[str]:
    """The letters of a word."""
    return list(word)


# colours --------------------------------------------------------------------------------------------------

Triple = tuple[float, float, float]

_TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_FROM_XYZ = (
    (3.2404542, -1.5371385, -0.4985314),
    (-0.9692660, 1.8760108, 0.0415560),
    (0.0556434, -0.2040259, 1.0572252),
)
_WHITE = (0.95047, 1.0, 1.08883)
_EDGE = 6 / 29


@lru_cache(maxsize=4096)
def lab_of(color: str) -> Triple:
    """CIE L*a*b* (D65) of ``"#rrggbb"``. Undefined for ``none``."""
    if not color.startswith("#"):
        raise UndefinedValueError(f"the lightness of {color}")
    linear = []
    for k in (1, 3, 5):
        c = int(color[k : k + 2], 16) / 255
        linear.append(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
    x, y, z = (sum(m * c for m, c in zip(row, linear, strict=True)) for row in _TO_XYZ)
    fx, fy, fz = (_bend(v / w) for v, w in zip((x, y, z), _WHITE, strict=True))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def _bend(t: float) -> float:
    return float(t ** (1 / 3)) if t > _EDGE**3 else t / (3 * _EDGE**2) + 4 / 29


def _unbend(f: float) -> float:
    return f**3 if f > _EDGE else 3 * _EDGE**2 * (f - 4 / 29)


def color_of(lab: Triple) -> str:
    """The nearest ``"#rrggbb"``, each channel clipped to what a screen has."""
    fy = (lab[0] + 16) / 116
    xyz = [_unbend(f) * w for f, w in zip((fy + lab[1] / 500, fy, fy - lab[2] / 200), _WHITE, strict=True)]
    found = "#"
    for row in _FROM_XYZ:
        c = min(max(sum(m * v for m, v in zip(row, xyz, strict=True)), 0.0), 1.0)
        c = 12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055
        found += f"{math.floor(c * 255 + 0.5):02x}"
    return found


def lightness(c: str) -> float:
    """CIE L* as a share, 0 .. 1."""
    return lab_of(c)[0] / 100


def lighter(c: str, by: float) -> str:
    """Raised in L* by a share of the whole scale; a* and b* stay."""
    light, a, b = lab_of(c)
    return color_of((min(max(light + 100 * by, 0.0), 100.0), a, b))


def shifted(c: str, by: float) -> str:
    """Turned in hue: a* and b* rotated, L* and chroma stay."""
    light, a, b = lab_of(c)
    turned = complex(a, b) * cmath.rect(1.0, math.radians(by))
    return color_of((light, turned.real, turned.imag))


def color_gap(a: str, b: str) -> float:
    """CIEDE2000 / 100; 0 between equal colours, 1 between a colour and ``none``."""
    if a == b:
        return 0.0
    if not (a.startswith("#") and b.startswith("#")):
        return 1.0
    return ciede2000(lab_of(a), lab_of(b)) / 100


def ciede2000(one: Triple, two: Triple) -> float:
    """The colour difference of Luo, Cui and Rigg (2001), after the notes of Sharma, Wu and Dalal (2005)."""
    l1, a1, b1 = one
    l2, a2, b2 = two
    mean7 = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    stretch = 1 + 0.5 * (1 - math.sqrt(mean7 / (mean7 + 25.0**7)))
    c1, c2 = math.hypot(a1 * stretch, b1), math.hypot(a2 * stretch, b2)
    h1 = math.degrees(math.atan2(b1, a1 * stretch)) % 360 if c1 else 0.0
    h2 = math.degrees(math.atan2(b2, a2 * stretch)) % 360 if c2 else 0.0

    dh, hue = h2 - h1, h1 + h2
    if c1 * c2 == 0:
        dh = 0.0
    elif abs(h1 - h2) <= 180:
        hue /= 2
    else:
        dh += -360 if dh > 180 else 360
        hue = (hue + 360) / 2 if hue < 360 else (hue - 360) / 2
    big_h = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(dh) / 2)

    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * cos(hue - 30)
        + 0.24 * cos(2 * hue)
        + 0.32 * cos(3 * hue + 6)
        - 0.20 * cos(4 * hue - 63)
    )  # fmt: skip
    s_l = 1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2)
    s_c = 1 + 0.045 * chroma
    s_h = 1 + 0.015 * chroma * t
    turn = 30 * math.exp(-(((hue - 275) / 25) ** 2))
    r_t = -2 * math.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * sin(2 * turn)
    x, y, z = (l2 - l1) / s_l, (c2 - c1) / s_c, big_h / s_h
    return math.sqrt(max(x * x + y * y + z * z + r_t * y * z, 0.0))
