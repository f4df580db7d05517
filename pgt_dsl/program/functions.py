"""The functions of the language on points, angles, numbers, words and colours: each takes a ``Call``, gives a column.

Angles are degrees, clockwise, 0 to the right; points complex with y down. What is not defined (a direction between
equal points, the root of a negative number) is nan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.geometry import color
from pgt_dsl.geometry.outline import Bools, Complexes, Floats, Ints
from pgt_dsl.geometry.outlines import packed, spline
from pgt_dsl.program.strings import intern, string

if TYPE_CHECKING:
    from pgt_dsl.program.calls import Call

Array = npt.NDArray[Any]


def _numbers(call: Call, k: int) -> Floats:
    return np.asarray(call.args[k].data, np.float64)


def _points(call: Call, k: int) -> Complexes:
    """A point argument; a shape stands for its ``at``."""
    if call.types[k].base == "shape":
        return np.asarray(call.field(k, "at"), np.complex128)
    return np.asarray(call.args[k].data, np.complex128)


def _codes(call: Call, k: int) -> Ints:
    return np.asarray(call.args[k].data, np.int64)


# points and angles -------------------------------------------------------------------------------------


def _heading(step: Complexes) -> Floats:
    """The direction of steps in [0, 360); nan for none."""
    turn = np.degrees(np.angle(step)) % 360.0
    return np.where(step == 0, np.nan, np.where(turn == 360.0, 0.0, turn))


def _between(a: Floats, b: Floats) -> Floats:
    return np.abs((b - a + 180.0) % 360.0 - 180.0)


def distance(call: Call) -> Floats:
    """The distance of two points."""
    return np.abs(_points(call, 0) - _points(call, 1))


def direction(call: Call) -> Floats:
    """From p to q, in [0, 360): 0 is right, 90 is down."""
    return _heading(_points(call, 1) - _points(call, 0))


def angle_at(call: Call) -> Floats:
    """The angle at v between p and q, 0 .. 180."""
    v = _points(call, 0)
    return _between(_heading(_points(call, 1) - v), _heading(_points(call, 2) - v))


def turn_between(call: Call) -> Floats:
    """The least turn from a to b, 0 .. 180."""
    return _between(_numbers(call, 0), _numbers(call, 1))


def polar(call: Call) -> Complexes:
    """The step of length r in direction t."""
    return np.asarray(_numbers(call, 0) * np.exp(1j * np.radians(_numbers(call, 1))))


def mix(call: Call) -> Complexes:
    """p at 0, q at 1, and straight between."""
    p, q = _points(call, 0), _points(call, 1)
    return p + (q - p) * _numbers(call, 2)


def rotate(call: Call) -> Complexes:
    """p turned about a point, clockwise."""
    p, about = _points(call, 0), _points(call, 1)
    return about + (p - about) * np.exp(1j * np.radians(_numbers(call, 2)))


def project(call: Call) -> Floats:
    """Where p falls along a b: 0 at a, 1 at b; nan where a and b are one."""
    p, a, b = (_points(call, k) for k in range(3))
    step = b - a
    size = step.real**2 + step.imag**2
    along = (p.real - a.real) * step.real + (p.imag - a.imag) * step.imag
    return np.where(size > 0, along / np.where(size > 0, size, 1.0), np.nan)


def offset(call: Call) -> Floats:
    """The distance of p from the line a b, positive to its right; nan where a and b are one."""
    p, a, b = (_points(call, k) for k in range(3))
    step = b - a
    size = np.abs(step)
    across = (p.imag - a.imag) * step.real - (p.real - a.real) * step.imag
    return np.where(size > 0, across / np.where(size > 0, size, 1.0), np.nan)


def part_x(call: Call) -> Floats:
    """The first coordinate of a point or vector."""
    return _points(call, 0).real


def part_y(call: Call) -> Floats:
    """The second coordinate of a point or vector (down)."""
    return _points(call, 0).imag


# lists of points ---------------------------------------------------------------------------------------


def _canvas(call: Call, lead: int) -> tuple[Floats, Floats]:
    """Width and height of the canvas, with ``lead`` leading dimensions and one more for a list."""
    wide = (slice(None), *(None,) * lead)
    return call.scene.width[wide], call.scene.height[wide]


def grid(call: Call) -> tuple[Complexes, Bools]:
    """Centres of rows x cols cells, row by row, on the middle ``share`` of the canvas."""
    rows, cols, share = _numbers(call, 0)[..., None], _numbers(call, 1)[..., None], _numbers(call, 2)[..., None]
    width, height = _canvas(call, max(rows.ndim, cols.ndim, share.ndim) - 1)
    index = np.arange(call.sizes[0])
    safe_rows, safe_cols = np.maximum(rows, 1), np.maximum(cols, 1)
    x = (1 - share) / 2 + share * (index % safe_cols + 0.5) / safe_cols
    y = (1 - share) / 2 + share * (index // safe_cols + 0.5) / safe_rows
    mask = (index < rows * cols) & (rows > 0) & (cols > 0)
    points = width * x + 1j * (height * y)
    return points, np.broadcast_to(mask, points.shape)


def grid_step(call: Call) -> Floats:
    """The cell size of ``grid(n, n)``: its smaller side."""
    n, share = _numbers(call, 0), _numbers(call, 1)
    width, height = (x[..., 0] for x in _canvas(call, max(n.ndim, share.ndim)))
    return np.where(n > 0, np.minimum(width, height) * share / np.where(n > 0, n, 1.0), np.nan)


def spaced(call: Call) -> tuple[Complexes, Bools]:
    """n points evenly from p to q, both among them; a single one lies midway."""
    p, q, n = _points(call, 0)[..., None], _points(call, 1)[..., None], _numbers(call, 2)[..., None]
    index = np.arange(call.sizes[0])
    t = np.where(n > 1, index / np.maximum(n - 1, 1), 0.5)
    points = p + (q - p) * t
    return points, np.broadcast_to(index < n, points.shape)


def curve_length(call: Call) -> Floats:
    """The length of the smooth curve through points (as a ``curve`` draws it)."""
    points = np.asarray(call.args[0].data, np.complex128)
    mask = call.args[0].mask
    full = np.ones(points.shape, np.bool_) if mask is None else np.broadcast_to(mask, points.shape)
    size = points.shape[-1]
    verts, _ = spline(*packed(points.reshape(-1, size), full.reshape(-1, size)))
    return np.asarray(np.abs(np.diff(verts, axis=-1)).sum(-1)).reshape(points.shape[:-1])


# numbers -----------------------------------------------------------------------------------------------


def absolute(call: Call) -> Array:
    """Size without sign, in the type of the argument."""
    return np.abs(call.args[0].data)


def _whole(values: Floats) -> Ints:
    return np.nan_to_num(values, nan=0.0, posinf=2.0**62, neginf=-(2.0**62)).astype(np.int64)


def round_half_up(call: Call) -> Ints:
    """The nearest whole number, halves upwards."""
    return _whole(np.floor(_numbers(call, 0) + 0.5))


def round_slack(call: Call) -> Floats:
    """The distance to the nearest half."""
    x = _numbers(call, 0) + 0.5
    return np.abs(x - np.round(x))


def floor(call: Call) -> Ints:
    """The whole number at or below x."""
    return _whole(np.floor(_numbers(call, 0)))


def floor_slack(call: Call) -> Floats:
    """The distance to the nearest whole number."""
    x = _numbers(call, 0)
    return np.abs(x - np.round(x))


def mod(call: Call) -> Array:
    """The remainder, never negative for a positive m (0 where m is 0)."""
    n, m = call.args[0].data, call.args[1].data
    return np.where(m == 0, 0, np.mod(n, np.where(m == 0, 1, m)))


def power(call: Call) -> Floats:
    """x to the n; nan where that is no real number."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        found = np.power(_numbers(call, 0), _numbers(call, 1))
    return np.where(np.isfinite(found), found, np.nan)


def sqrt(call: Call) -> Floats:
    """The square root; nan for negative numbers."""
    x = _numbers(call, 0)
    return np.where(x >= 0, np.sqrt(np.maximum(x, 0.0)), np.nan)


def sin(call: Call) -> Floats:
    """Sine."""
    return np.asarray(np.sin(np.radians(_numbers(call, 0))))


def cos(call: Call) -> Floats:
    """Cosine."""
    return np.asarray(np.cos(np.radians(_numbers(call, 0))))


def tan(call: Call) -> Floats:
    """Tangent."""
    return np.asarray(np.tan(np.radians(_numbers(call, 0))))


# words -------------------------------------------------------------------------------------------------

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _texts(values: Array, write: Callable[[Any], str]) -> Ints:
    """Interned texts of the values, each different one written once."""
    found, where = np.unique(values, return_inverse=True)
    codes = np.array([intern(write(value)) for value in found.tolist()], np.int64)
    return codes[where].reshape(values.shape)


def letter(call: Call) -> Ints:
    """A for 0, Z for 25; an empty text beyond."""
    return _texts(_codes(call, 0), lambda n: ALPHABET[n] if 0 <= n < 26 else "")


def _figures(n: float) -> str:
    if not np.isfinite(n):
        return ""
    found = f"{n:.6f}".rstrip("0").rstrip(".")
    return "0" if found == "-0" else found


def digits(call: Call) -> Ints:
    """A number in figures: whole ones without a point, others with at most six decimals."""
    return _texts(_numbers(call, 0), _figures)


def letters_of(call: Call) -> tuple[Ints, Bools]:
    """The letters of a word, as many as the list may hold."""
    words, size = _codes(call, 0), call.sizes[0]
    found, where = np.unique(words, return_inverse=True)
    letters = np.full((len(found), size), intern(""), np.int64)
    mask = np.zeros((len(found), size), np.bool_)
    for k, code in enumerate(found.tolist()):
        for i, one in enumerate(string(code)[:size]):
            letters[k, i], mask[k, i] = intern(one), True
    index = where.reshape(words.shape)
    return letters[index], mask[index]


# colours -----------------------------------------------------------------------------------------------


def lightness(call: Call) -> Floats:
    """CIE L* as a share of its scale; nan for none."""
    return color.lightness(_codes(call, 0))


def color_gap(call: Call) -> Floats:
    """CIEDE2000 / 100."""
    return color.gap(_codes(call, 0), _codes(call, 1))


def lighter(call: Call) -> Ints:
    """Raised in L* by a share of the scale."""
    return color.lighter(_codes(call, 0), _numbers(call, 1))


def shifted(call: Call) -> Ints:
    """Turned in hue."""
    return color.shifted(_codes(call, 0), _numbers(call, 1))
