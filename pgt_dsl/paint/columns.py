"""The JSON fields of scenes' shapes as columns again, and the outlines of many shapes of a kind at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.extension import Kind
from pgt_dsl.program.datatypes import NO_COLOR, Type, type_of
from pgt_dsl.program.strings import intern
from pgt_dsl.scene.scene import SceneShape

Array = npt.NDArray[Any]

STEPS = 256.0  # coordinates are whole multiples of 1/256 px

# Fields that every shape has, whatever its kind.
_COMMON = {
    "at": "point", "x": "length", "y": "length", "width": "length", "height": "length", "turn": "angle",
    "color": "color", "fill": "color", "outline": "color", "stroke": "length", "opacity": "number",
    "layer": "number", "label": "text", "name": "text", "scenery": "bool",
}  # fmt: skip
_DTYPES: dict[str, Any] = {
    "bool": bool, "int": np.int64, "point": np.complex128, "vector": np.complex128,
    "color": np.int64, "form": np.int64, "text": np.int64, "shape": np.int64,
}  # fmt: skip


def packed(colour: Any) -> int:
    """``"#rrggbb"`` as 0xRRGGBB, ``"none"`` and a missing colour as -1. Raises ``ValueError`` for anything else."""
    if colour is None or colour == "none":
        return NO_COLOR
    if isinstance(colour, str) and len(colour) == 7 and colour[0] == "#":
        return _hexadecimal(colour)
    raise ValueError(f"not a colour: {colour!r}")


@lru_cache(maxsize=4096)
def _hexadecimal(colour: str) -> int:
    return int(colour[1:], 16)


def point(value: Sequence[float]) -> complex:
    """``[x, y]`` as a complex number."""
    return complex(value[0], value[1])


def _scalar(base: str, value: Any) -> Any:
    if base in ("point", "vector"):
        return point(value)
    if base == "color":
        return packed(value)
    if base in ("form", "text"):
        return intern(str(value))
    return value


def column(kind: str, values: Sequence[Any]) -> tuple[Array, Array | None]:
    """JSON values of one type (``"length"``): ``data[N]`` and None; of a list: ``data[N, L]`` and ``mask[N, L]``."""
    declared: Type = type_of(kind)
    dtype = _DTYPES.get(declared.base, np.float64)
    if declared.rank == 0 and dtype is np.float64:
        return np.array(values, dtype), None
    if declared.rank == 0:
        return np.array([_scalar(declared.base, v) for v in values], dtype), None
    longest = max((len(v) for v in values), default=0)
    data = np.zeros((len(values), longest), dtype)
    mask = np.zeros((len(values), longest), bool)
    for n, items in enumerate(values):
        data[n, : len(items)] = [_scalar(declared.base, v) for v in items]
        mask[n, : len(items)] = True
    return data, mask


class Columns(Mapping[str, Array]):
    """The columns of shapes of one kind, each made when it is asked for: those fields that all of the shapes have,
    with ``name + ".mask"`` for lists."""

    def __init__(self, kind: Kind, shapes: Sequence[SceneShape]) -> None:
        self._types = {**_COMMON, **{spec.name: spec.type for spec in kind.fields}}
        self._shapes = shapes
        self._made: dict[str, tuple[Array, Array | None] | None] = {}

    def __getitem__(self, name: str) -> Array:
        field, dot, masked = name.partition(".")
        if field not in self._made:
            self._made[field] = self._column(field)
        found = self._made[field]
        if found is None:
            raise KeyError(name)
        data = found[0] if not dot else found[1] if masked == "mask" else None
        if data is None:
            raise KeyError(name)
        return data

    def _column(self, field: str) -> tuple[Array, Array | None] | None:
        declared = self._types.get(field)
        if declared is None or type_of(declared).rank > 1:
            return None
        values = [shape.fields.get(field) for shape in self._shapes]
        return None if any(v is None for v in values) else column(declared, values)

    def __iter__(self) -> Iterator[str]:
        names = [name for field in self._types for name in (field, f"{field}.mask")]
        return (name for name in names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def outlines(shapes: Sequence[SceneShape], kinds: Mapping[str, Kind]) -> Outline:
    """The outlines of shapes in absolute px, quantised to 1/256 px, computed kind by kind; leading dimension N. The
    pieces that are there come first.

    Raises ``ValueError`` for a kind that ``kinds`` does not have.
    """
    groups: dict[str, list[int]] = {}
    for n, shape in enumerate(shapes):
        groups.setdefault(shape.kind, []).append(n)
    made: list[tuple[list[int], Outline]] = []
    for name, members in groups.items():
        if name not in kinds:
            raise ValueError(f"no installed plugin has the kind {name!r}")
        columns = Columns(kinds[name], [shapes[n] for n in members])
        made.append((members, _placed(load_ref(kinds[name].outline)(columns), columns["at"])))
    pieces = max((batch.count.shape[1] for _, batch in made), default=1)
    most = max((batch.verts.shape[2] for _, batch in made), default=1)
    whole = _empty(len(shapes), pieces, most)
    for members, batch in made:
        used, width = batch.verts.shape[1:]
        whole.verts[members, :used, :width] = batch.verts
        whole.verts[members, :used, width:] = batch.verts[:, :, -1:]
        whole.count[members, :used], whole.closed[members, :used] = batch.count, batch.closed
        whole.radius[members, :used] = batch.radius
    return whole


def _placed(batch: Outline, at: Array) -> Outline:
    """Relative outlines moved to ``at``, quantised, the pieces that are there first and no wider than they need be."""
    verts, count, closed, radius = batch.verts + at[:, None, None], batch.count, batch.closed, batch.radius
    absent = count <= 0
    if absent.any():
        order = np.argsort(absent, axis=1, kind="stable")
        verts = np.take_along_axis(verts, order[..., None], 1)
        count, closed, radius = (np.take_along_axis(a, order, 1) for a in (np.maximum(count, 0), closed, radius))
        there = max(int((~absent).sum(axis=1).max(initial=0)), 1)
        verts, count, closed, radius = verts[:, :there], count[:, :there], closed[:, :there], radius[:, :there]
    most = max(int(count.max(initial=1)), 1)
    return Outline(quantised(verts[:, :, :most]), count, closed, quantised(radius))


def row(outline: Outline, n: int) -> Outline:
    """The n-th of several outlines, without padding."""
    there = int(np.count_nonzero(outline.count[n]))
    count = outline.count[n, :there]
    most = int(count.max(initial=1))
    return Outline(outline.verts[n, :there, :most], count, outline.closed[n, :there], outline.radius[n, :there])


def chosen(outline: Outline, rows: Sequence[int]) -> Outline:
    """Some of several outlines, in a new order; -1 stands for one without pieces."""
    if list(rows) == list(range(len(outline.count))):
        return outline
    places = np.asarray(rows, np.int64)
    there = places >= 0
    used = outline.count[places[there]]
    pieces = max(int(np.count_nonzero(used, axis=1).max(initial=1)), 1)
    most = max(int(used.max(initial=1)), 1)
    whole = _empty(len(places), pieces, most)
    for into, source in ((whole.count, outline.count), (whole.closed, outline.closed), (whole.radius, outline.radius)):
        into[there] = source[places[there], :pieces]
    whole.verts[there] = outline.verts[places[there], :pieces, :most]
    return whole


def _empty(count: int, pieces: int, most: int) -> Outline:
    return Outline(
        np.zeros((count, pieces, most), np.complex128),
        np.zeros((count, pieces), np.int64),
        np.zeros((count, pieces), bool),
        np.zeros((count, pieces)),
    )


def quantised(values: Array) -> Array:
    """Rounded to multiples of 1/256 (NaN and infinities stay, for the painter to refuse by name)."""
    return np.asarray(np.round(values * STEPS) / STEPS)
