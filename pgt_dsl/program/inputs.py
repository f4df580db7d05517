"""What an evaluation starts from and what it yields: values as columns, drawn columns, photos, and row selection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from pgt_dsl.geometry.outline import Outline

if TYPE_CHECKING:
    from pgt_dsl.plugins.extension import Function, Kind
    from pgt_dsl.program.evaluate import Evaluator
    from pgt_dsl.program.program import Var

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Value:
    """A node's column: ``data[B or 1, axes by rising id (their size or 1), list dimensions]``; lists have a ``mask``
    that broadcasts to the shape of ``data`` (True where an item is present)."""

    data: Array
    mask: Bools | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A variable's column and, for laws that may fail, in which rows (and items) the draw succeeded."""

    value: Value
    ok: Bools | None = None


class Draws(Protocol):
    """A source of the columns of drawn variables."""

    def draw(self, evaluator: Evaluator, var: Var) -> Drawn:
        """The column of ``var``: ``data[B or 1, axes of the variable, list dimensions]``; called once at most."""
        ...

    def take(self, rows: Ints) -> Draws:
        """The same source for a selection of the rows."""
        ...


class PhotoCatalog(Protocol):
    """Photos and their annotated objects. O is the largest number of objects of a photo of the catalogue."""

    @property
    def count(self) -> int:
        """How many photos there are; they are numbered from 0."""
        ...

    @property
    def max_objects(self) -> int:
        """O, or 0 without annotations."""
        ...

    def object_columns(
        self, photo_ids: Ints, width: Floats, height: Floats, zoom: Floats | float = 1.0
    ) -> Mapping[str, tuple[Array, Bools]]:
        """``at``, ``width``, ``height``, ``category``, ``crowd``, ``cut_off``: (data[B, O], mask[B, O]), in px of a
        canvas of the given width and height (float64[B]), the photo ``zoom`` times closer. Objects that are there
        come first."""
        ...

    def object_outlines(self, photo_ids: Ints, width: Floats, height: Floats, zoom: Floats | float = 1.0) -> Outline:
        """The objects' outlines in absolute px, leading dimensions (B, O)."""
        ...

    def luma_under(
        self,
        photo_ids: Ints,
        width: Floats,
        height: Floats,
        x0: Floats,
        y0: Floats,
        x1: Floats,
        y1: Floats,
        zoom: Floats | float = 1.0,
    ) -> Floats:
        """Mean CIE L* (0..100) of the photo within boxes whose leading dimension is B."""
        ...

    def texture_under(
        self,
        photo_ids: Ints,
        width: Floats,
        height: Floats,
        x0: Floats,
        y0: Floats,
        x1: Floats,
        y1: Floats,
        zoom: Floats | float = 1.0,
    ) -> Floats:
        """The standard deviation of CIE L* within boxes whose leading dimension is B."""
        ...

    def depth_at(
        self, photo_ids: Ints, width: Floats, height: Floats, points: Array, zoom: Floats | float = 1.0
    ) -> Floats:
        """Values of depth at points of the canvas, [B, ...]: they grow with the distance; NaN where none is known."""
        ...

    def depth_spread(
        self, photo_ids: Ints, width: Floats, height: Floats, points: Array, radius: Floats, zoom: Floats | float = 1.0
    ) -> Floats:
        """By what share the farthest place within ``radius`` px of points [B, ...] is farther than the nearest."""
        ...

    def depth_within(
        self, photo_ids: Ints, width: Floats, height: Floats, outline: Outline, share: Floats,
        zoom: Floats | float = 1.0,
    ) -> Floats:  # fmt: skip
        """Quantiles of depth within outlines of the canvas, leading dimensions (B, ...) as ``share``."""
        ...

    def spots(self, photo_ids: Ints, width: Floats, height: Floats, zoom: Floats | float = 1.0) -> tuple[Array, Bools]:
        """Places of the canvas whose depth is known and flat around: complex128[B, S], mask."""
        ...


class Registry(Protocol):
    """What the installed plugins offer, as far as programs need it."""

    @property
    def functions(self) -> Mapping[str, Function]:
        """Functions by name."""
        ...

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """Kinds by name."""
        ...

    @property
    def colors(self) -> Mapping[str, str]:
        """Named colours: name -> ``#rrggbb``."""
        ...


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a program is evaluated on: the canvas in px (float64[B]), the source of draws, the photos."""

    width: Floats
    height: Floats
    draws: Draws
    photos: PhotoCatalog | None = None

    @property
    def rows(self) -> int:
        """The number of rows B."""
        return int(self.width.shape[0])

    def take(self, rows: Ints) -> Inputs:
        """The same inputs for a selection of the rows."""
        return Inputs(self.width[rows], self.height[rows], self.draws.take(rows), self.photos)


def take_rows(thing: Any, rows: Ints) -> Any:
    """Select rows of any memoised column; columns of one row stand for every row and stay as they are."""
    if isinstance(thing, np.ndarray):
        return thing if thing.shape[0] == 1 else thing[rows]
    if isinstance(thing, Value):
        return Value(take_rows(thing.data, rows), None if thing.mask is None else take_rows(thing.mask, rows))
    if isinstance(thing, Drawn):
        return Drawn(take_rows(thing.value, rows), None if thing.ok is None else take_rows(thing.ok, rows))
    if isinstance(thing, Outline):
        return Outline(*(take_rows(part, rows) for part in (thing.verts, thing.count, thing.closed, thing.radius)))
    if isinstance(thing, tuple):
        return tuple(take_rows(part, rows) for part in thing)
    raise TypeError(f"no rows in {type(thing).__name__}")
