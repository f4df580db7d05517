"""Types of the language and how a column of each is stored.

========  =====================  ==============================================================
base      numpy dtype            meaning
========  =====================  ==============================================================
bool      bool
int       int64                  whole number (fits ``number``)
number    float64                plain number; ``20%`` is 0.2
length    float64                pixels
area      float64                square pixels
angle     float64                degrees, clockwise from the right
point     complex128             x + iy in pixels, y down
vector    complex128             two plain numbers
color     int64                  packed 0xRRGGBB; ``NO_COLOR`` (-1) is ``none``
form      int64                  interned string (``strings.intern``), e.g. "star"
text      int64                  interned string
shape     int64                  slot in the program's table of shapes
========  =====================  ==============================================================

A list adds a dimension and a boolean mask. ``range`` is only ever an operand of ``in`` and of laws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

Base = Literal[
    "bool", "int", "number", "length", "area", "angle", "point", "vector",
    "color", "form", "text", "shape", "range",
]  # fmt: skip

BASES: Final[tuple[str, ...]] = get_args(Base)
QUANTITIES: Final = ("int", "number", "length", "area", "angle")
DISCRETE: Final = ("bool", "int", "color", "form", "text", "shape")
NO_COLOR: Final = -1
DTYPES: Final[dict[str, str]] = {
    "bool": "bool", "int": "int64", "number": "float64", "length": "float64", "area": "float64", "angle": "float64",
    "point": "complex128", "vector": "complex128", "color": "int64", "form": "int64", "text": "int64",
    "shape": "int64",
}  # fmt: skip
"""Of each base, as in the table above."""


@dataclass(frozen=True, slots=True)
class Type:
    """A base type and how many list dimensions stand around it."""

    base: Base
    rank: int = 0

    def __str__(self) -> str:
        return self.base + "[]" * self.rank

    @property
    def item(self) -> Type:
        """The type of an item of this list type."""
        return Type(self.base, self.rank - 1)

    @property
    def listed(self) -> Type:
        """The type of a list of these."""
        return Type(self.base, self.rank + 1)

    @property
    def is_quantity(self) -> bool:
        """Whether values of the type are ordered real numbers."""
        return self.rank == 0 and self.base in QUANTITIES


def type_of(text: str) -> Type:
    """Read ``"length[]"`` as a type. Raises ``ValueError`` on an unknown base."""
    base = text.rstrip("[]")
    if base not in BASES:
        raise ValueError(f"no type {base!r}")
    return Type(base, text.count("[]"))  # type: ignore[arg-type]
