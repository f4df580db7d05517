"""Annotations in COCO's form (``annotations.json``, ``instances*.json``): boxes, polygons, categories, crowds.

Whatever is malformed is counted and named, and the rest is used. A mask given as run lengths is taken as its box.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.photos.catalog import PhotoEntry
from pgt_dsl.photos.load import turn_points
from pgt_dsl.photos.objects import Objects

Points = npt.NDArray[np.complex128]

MOST_BYTES = 1 << 30
MOST_OBJECTS = 100  # of one photo; a photo with more counts as not annotated
_MOST_RAW = 20_000  # vertices of a polygon
_BORDER = 1.5  # px from the photo's border within which an object counts as cut off by it


def annotation_files(folder: Path) -> list[Path]:
    """Annotation files of a folder of photos, by name; also those in a folder ``annotations`` in it."""
    places = [p for p in (folder, folder / "annotations") if p.is_dir()]
    found = [f for p in places for f in (*p.glob("annotations.json"), *p.glob("instances*.json")) if f.is_file()]
    root = folder.resolve()
    return sorted(f for f in found if f.resolve().is_relative_to(root))


def read_objects(files: Iterable[Path], entries: Sequence[PhotoEntry], problems: list[str]) -> Objects | None:
    """The objects of the photos ``entries``, from all files together; None when there is nothing to read.

    Faults are appended to ``problems``.
    """
    number = {entry.name: i for i, entry in enumerate(entries)}
    for i, entry in enumerate(entries):
        number.setdefault(entry.name.rsplit("/", 1)[-1], i)
    rows: list[list[_Row]] = [[] for _ in entries]
    any_read = False
    for file in files:
        try:
            if file.stat().st_size > MOST_BYTES:
                raise ValueError("larger than 1 GiB")
            data = json.loads(file.read_bytes())
            bad = _read(data, entries, number, rows)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            problems.append(f"{file.name}: not annotations in COCO's form ({type(error).__name__}: {error})"[:200])
            continue
        any_read = True
        if bad:
            problems.append(f"{file.name}: {bad} annotations are malformed or empty and were left")
    for entry, found in zip(entries, rows, strict=True):
        if len(found) > MOST_OBJECTS:
            problems.append(f"{entry.name}: {len(found)} objects, more than {MOST_OBJECTS}; taken as not annotated")
            found.clear()
    return _columns(rows) if any_read else None


class _Row:
    """One object, in px of the upright photo."""

    __slots__ = ("box", "category", "crowd", "cut", "parts")

    def __init__(self, item: Any, category: str, entry: PhotoEntry, stored: tuple[float, float] | None) -> None:
        x, y, w, h = (float(v) for v in item["bbox"])
        if not all(map(math.isfinite, (x, y, w, h))):
            raise ValueError("box")
        corners = _upright(np.array([complex(x, y), complex(x + w, y + h)]), entry, stored)
        limit_x, limit_y = float(entry.width), float(entry.height)
        xs, ys = np.clip(np.sort(corners.real), 0, limit_x), np.clip(np.sort(corners.imag), 0, limit_y)
        if xs[1] - xs[0] < 1 or ys[1] - ys[0] < 1:
            raise ValueError("box")
        self.box = (float(xs[0]), float(ys[0]), float(xs[1]), float(ys[1]))
        self.category = category
        self.crowd = bool(item.get("iscrowd", 0))
        self.cut = bool(min(xs[0], ys[0]) <= _BORDER or xs[1] >= limit_x - _BORDER or ys[1] >= limit_y - _BORDER)
        given = item.get("segmentation")
        polygons = [_polygon(p) for p in given] if isinstance(given, list) and not self.crowd else []
        upright = [_upright(p, entry, stored) for p in polygons if len(p) >= 3]
        self.parts = tuple(sorted(upright, key=_area, reverse=True))


def _polygon(flat: Any) -> Points:
    values = np.asarray(flat, np.float64)
    if values.ndim != 1 or len(values) % 2 or len(values) > 2 * _MOST_RAW or not np.isfinite(values).all():
        raise ValueError("polygon")
    return np.asarray(values[0::2] + 1j * values[1::2])


def _area(polygon: Points) -> float:
    return float(abs((np.conj(polygon) * np.roll(polygon, -1)).imag.sum()))


def _upright(points: Points, entry: PhotoEntry, stored: tuple[float, float] | None) -> Points:
    """Points of the annotated picture (of size ``stored``) as points of the upright photo."""
    if stored is None or stored == (entry.width, entry.height):
        return points
    if entry.orientation >= 5 and stored == (entry.height, entry.width):
        return turn_points(points, entry.orientation, *stored)
    return np.asarray(points.real * (entry.width / stored[0]) + 1j * points.imag * (entry.height / stored[1]))


def _read(data: Any, entries: Sequence[PhotoEntry], number: dict[str, int], rows: list[list[_Row]]) -> int:
    """Add the objects of one file to ``rows``; returns how many annotations were malformed."""
    categories = {item["id"]: " ".join(str(item["name"]).split())[:60] for item in data["categories"]}
    place: dict[Any, tuple[int, tuple[float, float] | None]] = {}
    for image in data["images"]:
        name = str(image["file_name"])
        i = number.get(name, number.get(name.rsplit("/", 1)[-1]))
        if i is not None:
            width, height = float(image.get("width") or 0), float(image.get("height") or 0)
            place[image["id"]] = (i, (width, height) if width > 0 and height > 0 else None)
    bad = 0
    for item in data["annotations"]:
        try:
            i, stored = place.get(item["image_id"], (-1, None))
            if i >= 0:
                rows[i].append(_Row(item, categories[item["category_id"]], entries[i], stored))
        except (KeyError, TypeError, ValueError, AttributeError):
            bad += 1
    return bad


def _columns(rows: list[list[_Row]]) -> Objects:
    flat = [row for found in rows for row in found]
    start = np.concatenate(([0], np.cumsum([len(found) for found in rows], dtype=np.int64)))
    return Objects(
        start,
        np.array([row.box for row in flat], np.float64).reshape(-1, 4),
        tuple(row.category for row in flat),
        np.array([row.crowd for row in flat], bool),
        np.array([row.cut for row in flat], bool),
        tuple(row.parts for row in flat),
    )
