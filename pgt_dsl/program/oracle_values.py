"""Python values of the oracle: how JSON is read as one, when two are the same, and how one is told in JSON.

Numbers are ``int`` or ``float``, points and vectors ``complex``, colours ``"#rrggbb"`` or ``"none"``, forms and texts
``str``, shapes ``Seen``, lists ``list`` of the items that are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pgt_dsl.geometry.oracle import Seen, UndefinedValueError
from pgt_dsl.program.datatypes import Type

Value = Any
Json = Any

_WORDS = frozenset({"form", "color", "text"})
_SCALAR = frozenset({str, bool, int, float})
_EXACT = frozenset({str, bool, int, Seen})

# Two computations of one real number agree to this share of it (or absolutely, below 1).
CLOSE = 1e-9


def read(value: Json, type: Type, unit: float = 1.0, shape: Callable[[int], Seen] | None = None) -> Value:
    """A JSON value as the oracle's value; items that are ``null`` are absent. Raises ``UndefinedValueError``."""
    if value is None:
        raise UndefinedValueError("nothing was drawn")
    if not type.rank and type.base in _WORDS:
        return value
    if type.rank:
        return [read(item, type.item, unit, shape) for item in value if item is not None]
    if type.base in ("point", "vector"):
        return complex(value[0] * unit, value[1] * unit)
    if type.base == "shape":
        if shape is None:
            raise UndefinedValueError("a shape where there are none")
        return shape(int(value))
    if type.base in ("number", "length", "area", "angle"):
        return float(value) * unit
    if type.base == "int":
        if value != int(value):
            raise UndefinedValueError(f"{value} is no whole number")
        return int(value)
    return bool(value) if type.base == "bool" else value


def same(a: Value, b: Value, share: float = CLOSE, tolerance: float = 0.0) -> bool:
    """Whether two values are equal; real ones to within ``share`` of their size (at least of 1) and ``tolerance``."""
    kind = type(a)
    if kind is type(b):
        if kind in _EXACT:
            return bool(a == b)
        if kind is float or kind is complex:
            return bool(a == b or abs(a - b) <= share * max(1.0, abs(a), abs(b)) + tolerance)
    if isinstance(a, list) or isinstance(b, list):
        return (
            isinstance(a, list)
            and isinstance(b, list)
            and len(a) == len(b)
            and all(same(x, y, share, tolerance) for x, y in zip(a, b, strict=True))
        )
    if isinstance(a, float | complex) or isinstance(b, float | complex):
        if not (isinstance(a, int | float | complex) and isinstance(b, int | float | complex)):
            return False
        return bool(a == b or abs(a - b) <= share * max(1.0, abs(a), abs(b)) + tolerance)
    return bool(a == b)


def matches(found: Json, value: Value, share: float = 1e-6, tolerance: float = 0.0) -> bool:
    """Whether JSON tells the value: shapes by slot, points as pairs, real numbers to within ``share`` and tolerance."""
    if type(found) is type(value) and type(value) in _SCALAR and found == value:
        return True
    if isinstance(value, list):
        return (
            isinstance(found, Sequence)
            and not isinstance(found, str)
            and len(found) == len(value)
            and all(matches(f, v, share, tolerance) for f, v in zip(found, value, strict=True))
        )
    if isinstance(value, Seen):
        if isinstance(found, Sequence) and not isinstance(found, str) and len(found) == 4:
            return is_box_of(found, value, share, tolerance)
        return isinstance(found, int) and not isinstance(found, bool) and found == value.slot
    if isinstance(value, complex):
        if not isinstance(found, Sequence) or isinstance(found, str) or len(found) != 2:
            return False
        return same(complex(*found), value, share, tolerance)
    if isinstance(value, bool) or isinstance(found, bool):
        return isinstance(found, bool) and found == value
    if isinstance(value, int | float) and isinstance(found, int | float):
        return same(float(found), float(value), share, tolerance) if isinstance(value, float) else found == value
    if isinstance(value, str) and isinstance(found, str) and tolerance >= 1 and value[:1] == found[:1] == "#":
        return _channels_near(value, found, tolerance)
    return bool(found == value)


def is_box_of(found: Sequence[Json], seen: Seen, share: float = 1e-6, tolerance: float = 0.0) -> bool:
    """Whether four numbers are the upright box of a shape, each to within ``share`` and tolerance; a side may lie
    further in by ``Seen.inset``, but not out.

    Of 2,000 shapes of each built-in kind, turned and in a picture of 512 px, with a box around each, none was off by
    more than 3e-13 px (curves and loops; ellipses, of which every side was within its inset, by nothing).
    """
    inward = (1, 1, -1, -1)
    for side, less, own, way in zip(found, seen.inset, seen.box, inward, strict=True):
        if isinstance(side, bool) or not isinstance(side, int | float):
            return False
        off, slack = (side - own) * way, share * max(1.0, abs(own)) + tolerance
        if not -slack <= off <= less + slack:
            return False
    return True


def _channels_near(a: str, b: str, steps: float) -> bool:
    """Whether no channel of two colours differs by more than so many of 255 steps."""
    return all(abs(int(a[k : k + 2], 16) - int(b[k : k + 2], 16)) <= steps for k in (1, 3, 5))


def told(value: Value) -> Json:
    """The value in JSON, for messages."""
    if isinstance(value, list | tuple):
        return [told(item) for item in value]
    if isinstance(value, Seen):
        return value.slot
    if isinstance(value, complex):
        return [value.real, value.imag]
    return value


def spoken(value: Value, base: str, format: str | None, choices: Sequence[str], colors: Mapping[str, str]) -> str:
    """How a value reads inside a text that is itself a value; ``colors`` names colours by ``"#rrggbb"``."""
    if choices:
        return choices[0] if value == 1 or len(choices) == 1 else choices[1]
    if base == "color":
        name = colors.get(value, value)
        return name.upper() if format == "upper" else name
    if base == "bool":
        return "yes" if value else "no"
    if isinstance(value, complex):
        return f"({_figures(value.real)}, {_figures(value.imag)})"
    if isinstance(value, str):
        return value.upper() if format == "upper" else value
    if format and not format.strip("0"):
        return str(round(value)).zfill(len(format))
    if format and format[0] == ".":
        return f"{value:.{int(format[1:])}f}"
    return _figures(value)


def _figures(value: float) -> str:
    """Whole numbers without a point, others with at most six decimals."""
    if value == int(value):
        return str(int(value))
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
