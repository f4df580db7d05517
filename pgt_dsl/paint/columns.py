"""The JSON fields of scenes' shapes as columns again, and the outlines of many shapes of a kind at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    if colour in (None, "none"):
        return NO_COLOR
    if isinstance(colour, str) and len(colour) == 7 and colour[0] == "#":
        return int(colour[1:], 16)
    raise ValueError(f"not a colour: {colour!r}")


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
    if declared.rank == 0:
        return np.array([_scalar(declared.base, v) for v in values], dtype), None
    longest = max((len(v) for v in values), default=0)
    data = np.zeros((len(values), longest), dtype)
    mask = np.zeros((len(values), longest), bool)
    for n, items in enumerate(values):
        data[n, : len(items)] = [_scalar(declared.base, v) for v in items]
        mask[n, : len(items)] = True
    return data, mask


def fields_of(kind: Kind, shapes: Sequence[SceneShape]) -> dict[str, Array]:
    """The columns of shapes of one kind: those fields that all of them have, with ``name + ".mask"`` for lists."""
    types = {**_COMMON, **{spec.name: spec.type for spec in kind.fields}}
    found: dict[str, Array] = {}
    for name, declared in types.items():
        values = [shape.fields.get(name) for shape in shapes]
        if any(v is None for v in values) or type_of(declared).rank > 1:
            continue
        data, mask = column(declared, values)
        found[name] = data
        if mask is not None:
            found[f"{name}.mask"] = mask
    return found


def outlines(shapes: Sequence[SceneShape], kinds: Mapping[str, Kind]) -> list[Outline]:
    """The outline of each shape in absolute px, without padding, quantised to 1/256 px; computed kind by kind.

    Raises ``ValueError`` for a kind that ``kinds`` does not have.
    """
    groups: dict[str, list[int]] = {}
    for n, shape in enumerate(shapes):
        groups.setdefault(shape.kind, []).append(n)
    result: list[Outline | None] = [None] * len(shapes)
    for name, members in groups.items():
        if name not in kinds:
            raise ValueError(f"no installed plugin has the kind {name!r}")
        columns = fields_of(kinds[name], [shapes[n] for n in members])
        batch = load_ref(kinds[name].outline)(columns)
        for row, n in enumerate(members):
            result[n] = _row(batch, row, columns["at"][row])
    return [outline for outline in result if outline is not None]


def _row(batch: Outline, row: int, at: complex) -> Outline:
    present = np.flatnonzero(batch.count[row] > 0)
    count = batch.count[row][present]
    most = int(count.max(initial=1))
    verts = batch.verts[row][present][:, :most] + at
    return Outline(quantised(verts), count, batch.closed[row][present], quantised(batch.radius[row][present]))


def quantised(values: Array) -> Array:
    """Rounded to multiples of 1/256 (NaN and infinities stay, for the painter to refuse by name)."""
    return np.asarray(np.round(values * STEPS) / STEPS)


def stacked(parts: Iterable[Outline | None]) -> Outline:
    """Outlines of single shapes as one with a leading dimension; None counts as an outline without pieces."""
    items = list(parts)
    pieces = max((len(o.count) for o in items if o is not None), default=0) or 1
    most = max((o.verts.shape[-1] for o in items if o is not None), default=0) or 1
    verts = np.zeros((len(items), pieces, most), np.complex128)
    count = np.zeros((len(items), pieces), np.int64)
    closed = np.zeros((len(items), pieces), bool)
    radius = np.zeros((len(items), pieces))
    for n, outline in enumerate(items):
        if outline is None or not len(outline.count):
            continue
        used, width = outline.verts.shape
        verts[n, :used, :width] = outline.verts
        verts[n, :used, width:] = outline.verts[:, -1:]
        count[n, :used], closed[n, :used], radius[n, :used] = outline.count, outline.closed, outline.radius
    return Outline(verts, count, closed, radius)
