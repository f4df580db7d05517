"""Annotations in COCO's form (``annotations.json``, ``instances*.json``): boxes, polygons, run lengths, categories,
crowds. Captions, and whatever else an annotation holds, are ignored.

Files are read item by item. What is malformed is named and left, and the rest is used.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.photos import masks
from pgt_dsl.photos.entry import PhotoEntry
from pgt_dsl.photos.faults import Faults
from pgt_dsl.photos.gathered import NO_FRAME, Frame, Gathered, Thing
from pgt_dsl.photos.json_stream import members
from pgt_dsl.photos.load import turn_points
from pgt_dsl.photos.objects import Objects

Points = npt.NDArray[np.complex128]
Sizes = tuple[float, float]

_LISTS = ("images", "categories", "annotations")
MOST_BYTES = 16 << 30
MOST_OBJECTS = 100  # of one photo; a photo with more counts as not annotated
_MOST_RAW = 20_000  # vertices of a polygon
_BORDER = 1.5  # px from the photo's border within which an object counts as cut off by it
_BEYOND = 2.0  # px by which a box may stick out of the photo before that is told


def annotation_files(folder: Path) -> list[Path]:
    """Annotation files of a folder of photos, by name; also those in a folder ``annotations`` in it."""
    places = [p for p in (folder, folder / "annotations") if p.is_dir()]
    found = [f for p in places for f in (*p.glob("annotations.json"), *p.glob("instances*.json")) if f.is_file()]
    root = folder.resolve()
    return sorted(f for f in found if f.resolve().is_relative_to(root))


def read_objects(
    files: Iterable[Path], entries: Sequence[PhotoEntry], problems: list[str], faults: Faults | None = None
) -> Objects | None:
    """The objects of the photos ``entries``, from all files together; None when there is nothing to read.

    A line for each file with faults is appended to ``problems``; ``faults`` gets each of them with its place.
    """
    found = Gathered()
    any_read = False
    for file in files:
        told = Faults() if faults is None else faults
        before, first_row = told.left, found.count
        try:
            if file.stat().st_size > MOST_BYTES:
                raise ValueError(f"larger than {MOST_BYTES >> 30} GiB")
            _Reader(file, entries, found, told).read()
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            what = f"not annotations in COCO's form ({type(error).__name__}: {error})"[:200]
            problems.append(f"{file.name}: {what}")
            told.add(file.name, "", what)
            found.forget(first_row)
            continue
        any_read = True
        if told.left > before:
            first = next((f for f in told.found if f.left and f.file == file.name), None)
            example = "" if first is None else f"; the first is {first.place}: {first.what}"
            problems.append(
                f"{file.name}: {told.left - before} annotations are malformed or empty and were left{example}"
            )
    if not any_read:
        return None
    made = found.objects(len(entries))
    crowded = np.flatnonzero(np.diff(made.start) > MOST_OBJECTS)
    for i in crowded.tolist():
        what = f"{made.start[i + 1] - made.start[i]} objects, more than {MOST_OBJECTS}; taken as not annotated"
        problems.append(f"{entries[i].name}: {what}")
        if faults is not None:
            faults.add(entries[i].name, "", what)
    return made.without(crowded) if len(crowded) else made


class _Reader:
    """One file of annotations."""

    def __init__(self, file: Path, entries: Sequence[PhotoEntry], found: Gathered, faults: Faults) -> None:
        self.file, self.entries, self.found, self.faults = file, entries, found, faults
        self.number = {entry.name: i for i, entry in enumerate(entries)}
        for i, entry in enumerate(entries):
            self.number.setdefault(entry.name.rsplit("/", 1)[-1], i)
        self.images: dict[Any, tuple[int, Sizes | None]] = {}
        self.names: dict[Any, str] = {}
        self.ids: set[Any] = set()

    def read(self) -> None:
        """Add the objects of the file to those found. Raises ``ValueError`` for a file of another form."""
        seen: list[str] = []
        early = False
        first = self.found.count
        for name, place, item in members(self.file):
            if name not in seen:
                seen.append(name)
            if place is None:
                if name in _LISTS and not isinstance(item, list):
                    raise ValueError(f"`{name}` is no list")
            elif name == "images":
                self._image(place, item)
            elif name == "categories":
                self._category(place, item)
            elif name == "annotations":
                early = early or "images" not in seen
                if not early:
                    self._annotation(place, item)
        missing = [name for name in _LISTS if name not in seen]
        if missing:
            raise ValueError(f"there is no `{missing[0]}`")
        if early:  # the photos stand behind what is in them: read it again
            for name, place, item in members(self.file):
                if name == "annotations" and place is not None:
                    self._annotation(place, item)
        for place, raw in self.found.name_categories(first, self.names):
            self.faults.add(self.file.name, f"annotation {place}", f"there is no category {raw!r}")

    def _image(self, place: int, item: Any) -> None:
        try:
            name, ident = str(item["file_name"]), item["id"]
            width, height = float(item.get("width") or 0), float(item.get("height") or 0)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.faults.add(self.file.name, f"image {place}", f"not an image with `id` and `file_name` ({error!r})")
            return
        where = f"image {place} ({name})"
        if ident in self.images:
            self.faults.add(self.file.name, where, f"the id {ident!r} is that of another image", False)
        i = self.number.get(name, self.number.get(name.rsplit("/", 1)[-1], -1))
        self.images[ident] = (i, (width, height) if width > 0 and height > 0 else None)
        if i < 0:
            self.faults.add(self.file.name, where, "there is no such photo, or it cannot be used", False)
        elif width > 0 and height > 0:
            entry = self.entries[i]
            if abs(width / height - entry.width / entry.height) > 0.02 * width / height and not (
                entry.orientation >= 5 and abs(height / width - entry.width / entry.height) <= 0.02 * height / width
            ):
                self.faults.add(self.file.name, where, f"{width:g} x {height:g} px are told, of a photo of "
                                f"{entry.width} x {entry.height}: other proportions", False)  # fmt: skip

    def _category(self, place: int, item: Any) -> None:
        try:
            ident, name = item["id"], " ".join(str(item["name"]).split())[:60]
            if not name:
                raise ValueError("its name is empty")
            again = ident in self.names
            self.names[ident] = name
        except (KeyError, TypeError, ValueError) as error:
            self.faults.add(
                self.file.name, f"category {place}", f"not a category with `id` and `name` ({error!r})", False
            )
            return
        if again:
            self.faults.add(self.file.name, f"category {place}", f"the id {ident!r} is that of another category", False)

    def _annotation(self, place: int, item: Any) -> None:
        where = f"annotation {place}"
        try:
            if "caption" in item and "bbox" not in item:
                return
            ident = item.get("id")
            where += "" if ident is None else f" (id {ident!r})"
            if item["image_id"] not in self.images:
                self.faults.add(self.file.name, where, f"there is no image {item['image_id']!r}")
                return
            if ident is not None and ident in self.ids:
                self.faults.add(self.file.name, where, f"the id {ident!r} is that of another annotation", False)
            self.ids.add(ident)
            i, stored = self.images[item["image_id"]]
            if i >= 0:
                thing, sticks = thing_of(item, self.entries[i], stored)
                if sticks > _BEYOND:
                    self.faults.add(self.file.name, where, f"the box reaches {sticks:.0f} px out of the photo", False)
                self.found.add(i, place, item["category_id"], thing)
        except KeyError as error:
            self.faults.add(self.file.name, where, f"there is no {error}".replace("'", "`"))
        except ValueError as error:
            self.faults.add(self.file.name, where, str(error))
        except (TypeError, AttributeError):
            self.faults.add(self.file.name, where, "not an annotation with `image_id`, `category_id`, `bbox`")


def thing_of(item: Any, entry: PhotoEntry, stored: Sizes | None) -> tuple[Thing, float]:
    """One object in px of the upright photo, and by how many px its box reaches out of it.

    ``stored``: width and height of the annotated picture. Raises ``ValueError`` that says what is wrong with it,
    ``KeyError`` for what is missing, ``TypeError`` for what is of another type.
    """
    given = item["bbox"]
    if not isinstance(given, list) or len(given) != 4:
        raise ValueError("`bbox` is not [x, y, width, height]")
    try:
        x, y, w, h = (float(v) for v in given)
    except (TypeError, ValueError) as error:
        raise ValueError("`bbox` is not four numbers") from error
    if not all(map(math.isfinite, (x, y, w, h))):
        raise ValueError("`bbox` is not four finite numbers")
    if w <= 0 or h <= 0:
        raise ValueError(f"a box of {w:g} x {h:g} px")
    corners = _upright(np.array([complex(x, y), complex(x + w, y + h)]), entry, stored)
    across, down = np.sort(corners.real), np.sort(corners.imag)
    limit_x, limit_y = float(entry.width), float(entry.height)
    sticks = max(-across[0], -down[0], across[1] - limit_x, down[1] - limit_y)
    xs, ys = np.clip(across, 0, limit_x), np.clip(down, 0, limit_y)
    if xs[1] - xs[0] < 1 or ys[1] - ys[0] < 1:
        outside = min(across[1], down[1], limit_x - across[0], limit_y - down[0]) < 1
        raise ValueError("the box lies outside of the photo" if outside else "a box of less than a px")
    cut = min(xs[0], ys[0]) <= _BORDER or xs[1] >= limit_x - _BORDER or ys[1] >= limit_y - _BORDER
    box = (float(xs[0]), float(ys[0]), float(xs[1]), float(ys[1]))
    parts: list[Points] = []
    runs, frame = np.zeros(0, np.int64), NO_FRAME
    mask = item.get("segmentation")
    if isinstance(mask, dict):
        runs, height, width = masks.decoded(mask)
        frame = _frame(width, height, entry, stored)
        if not runs[1::2].any():
            raise ValueError("run lengths of an empty mask")
    elif isinstance(mask, list):
        polygons = [_upright(_polygon(p), entry, stored) for p in mask]
        parts = sorted(polygons, key=_area, reverse=True)
        if parts and _area(parts[0]) < 1:
            raise ValueError("a polygon without area")
    elif mask is not None:
        raise ValueError("`segmentation` is neither a list of polygons nor run lengths")
    return Thing(box, bool(item.get("iscrowd", 0)), bool(cut), tuple(parts), runs, frame), float(sticks)


def _frame(width: int, height: int, entry: PhotoEntry, stored: Sizes | None) -> Frame:
    """How a mask lies on the upright photo: its height and width, the scale across and down, the turn."""
    if stored is not None and (width, height) != (round(stored[0]), round(stored[1])):
        raise ValueError(f"run lengths of {width} x {height} px, of a photo of {stored[0]:g} x {stored[1]:g}")
    if entry.orientation >= 5 and (width, height) == (entry.height, entry.width):
        return float(height), float(width), 1.0, 1.0, float(entry.orientation)
    return float(height), float(width), entry.width / width, entry.height / height, 1.0


def _polygon(flat: Any) -> Points:
    try:
        values = np.asarray(flat, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError("a polygon is a list of numbers: x, y, x, y, ...") from error
    if values.ndim != 1 or not np.isfinite(values).all():
        raise ValueError("a polygon is a list of numbers: x, y, x, y, ...")
    if len(values) % 2 or len(values) < 6:
        raise ValueError(f"a polygon of {len(values)} numbers: it takes x and y of at least 3 corners")
    if len(values) > 2 * _MOST_RAW:
        raise ValueError(f"a polygon of {len(values) // 2:,} corners, more than {_MOST_RAW:,}")
    return np.asarray(values[0::2] + 1j * values[1::2])


def _area(polygon: Points) -> float:
    return float(abs((np.conj(polygon) * np.roll(polygon, -1)).imag.sum()) / 2)


def _upright(points: Points, entry: PhotoEntry, stored: Sizes | None) -> Points:
    """Points of the annotated picture (of size ``stored``) as points of the upright photo."""
    if stored is None or stored == (entry.width, entry.height):
        return points
    if entry.orientation >= 5 and stored == (entry.height, entry.width):
        return turn_points(points, entry.orientation, *stored)
    return np.asarray(points.real * (entry.width / stored[0]) + 1j * points.imag * (entry.height / stored[1]))
