"""Masks as COCO's run lengths, compressed or not: decoded, and their outlines as polygons.

Runs go down the columns, from left to right, and begin with a run of pixels that are not in the mask. Compressed,
each run is the difference to the last but one, five bits to a character.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Points = npt.NDArray[np.complex128]
Bools = npt.NDArray[np.bool_]

MOST_PIXELS = 100_000_000
_LEAST_HOLE = 0.01  # of a part's area: smaller holes are filled
_MOST_PIECES = 8


def decoded(given: Mapping[str, Any]) -> tuple[Ints, int, int]:
    """The runs of a mask, and its height and width in px. Raises ``ValueError`` that says what is wrong with it."""
    try:
        height, width = (int(v) for v in given["size"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("run lengths without a `size` of two whole numbers, height and width") from error
    if height < 1 or width < 1 or height * width > MOST_PIXELS:
        raise ValueError(f"run lengths of a mask of {width} x {height} px")
    counts = given.get("counts")
    if isinstance(counts, str):
        runs = _uncompressed(counts)
    elif isinstance(counts, list):
        if not all(isinstance(v, int) and not isinstance(v, bool) for v in counts):
            raise ValueError("run lengths are whole numbers")
        runs = np.array(counts, np.int64)
    else:
        raise ValueError("run lengths without `counts`, a list or a text")
    if (runs < 0).any():
        raise ValueError("a run length below 0")
    total = int(runs.sum())
    if total != height * width:
        raise ValueError(f"run lengths of {total:,} px in all, for a mask of {width} x {height} = {height * width:,}")
    return runs, height, width


def _uncompressed(text: str) -> Ints:
    runs: list[int] = []
    value = shift = 0
    for sign in text:
        code = ord(sign) - 48
        if not 0 <= code < 64 or shift > 60:
            raise ValueError(f"compressed run lengths with the sign {sign!r}")
        value |= (code & 31) << shift
        shift += 5
        if not code & 32:
            if code & 16:
                value -= 1 << shift
            runs.append(value + (runs[-2] if len(runs) > 2 else 0))
            value = shift = 0
    if shift:
        raise ValueError("compressed run lengths that break off")
    return np.array(runs, np.int64)


def mask(runs: Ints, height: int, width: int) -> Bools:
    """The mask itself: bool[height, width]."""
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, runs).reshape(width, height).T


def polygons(runs: Ints, height: int, width: int) -> list[Points]:
    """The outlines of a mask in px, along the edges of its pixels; a part with a hole is cut into pieces without."""
    import shapely

    ends = np.cumsum(runs)
    start, stop = ends[:-1:2], ends[1::2]
    start, stop = start[stop > start], stop[stop > start]
    columns: dict[int, list[tuple[int, int]]] = {}
    for first, last in zip(start.tolist(), stop.tolist(), strict=True):
        for x in range(first // height, (last - 1) // height + 1):
            columns.setdefault(x, []).append((max(first - x * height, 0), min(last - x * height, height)))
    boxes: list[Any] = []
    xs = sorted(columns)
    begin = 0
    for k, x in enumerate(xs):  # columns that are alike are one
        if k + 1 == len(xs) or xs[k + 1] != x + 1 or columns[xs[k + 1]] != columns[x]:
            boxes += [shapely.box(xs[begin], low, x + 1, high) for low, high in columns[x]]
            begin = k + 1
    whole = shapely.union_all(boxes)
    found = [piece for part in _areas(whole) for piece in without_holes(part)]
    return [_corners(piece) for piece in sorted(found, key=lambda p: -p.area)]


def _areas(shape: Any) -> list[Any]:
    import shapely

    return [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon" and p.area > 0]


def without_holes(polygon: Any) -> list[Any]:
    """A polygon of shapely cut through its holes until it has none; tiny holes are filled."""
    import shapely

    done: list[Any] = []
    todo = [polygon]
    while todo:
        part = todo.pop()
        holes = [r for r in part.interiors if shapely.Polygon(r).area > _LEAST_HOLE * polygon.area]
        if not holes or len(done) + len(todo) >= _MOST_PIECES:
            done.append(shapely.Polygon(part.exterior))
            continue
        middle = max(holes, key=lambda r: shapely.Polygon(r).area).centroid.x
        x0, y0, x1, y1 = part.bounds
        kept = shapely.Polygon(part.exterior, holes)
        for low, high in pairwise((x0, middle, x1)):
            todo += _areas(kept.intersection(shapely.box(low, y0, high, y1)))
    return done


def _corners(polygon: Any) -> Points:
    ring = np.asarray(polygon.exterior.simplify(0).coords)[:-1]
    return np.asarray(ring[:, 0] + 1j * ring[:, 1])
