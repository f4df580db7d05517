"""The annotated objects of a catalogue's photos as ragged columns, and how they look on a canvas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.photos import masks
from pgt_dsl.photos.load import turn_points
from pgt_dsl.program.strings import intern

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Points = npt.NDArray[np.complex128]

MOST_VERTICES = 48
MOST_PARTS = 8
_KEPT = 20_000  # objects whose simplified outlines are kept in memory
_LEAST = 1.0  # px of a box on the canvas; what the crop leaves less of is gone


@dataclass(frozen=True)
class Objects:
    """Objects of all photos in one row of columns; photo i has those from ``start[i]`` to ``start[i + 1]``.

    start: int64[photos + 1]; boxes: float64[M, 4] (x0, y0, x1, y1) in px of the upright photo; codes: int32[M] numbers
    of ``names``; crowd, cut: bool[M] (cut: the object reaches the photo's border).
    Polygons, the largest of an object first: object m has those from ``part_start[m]`` on, polygon p the corners from
    ``corner_start[p]`` on, float32[V, 2] in px of the photo. Masks: object m has the ``runs`` from ``run_start[m]`` on,
    which ``frames[m]`` lays on the photo: height and width of the mask, scale across and down, EXIF orientation.
    Columns may be mapped files.
    """

    start: Ints
    boxes: Floats
    names: tuple[str, ...]
    codes: npt.NDArray[np.int32]
    crowd: Bools
    cut: Bools
    part_start: Ints
    corner_start: Ints
    corners: npt.NDArray[np.float32]
    run_start: Ints
    runs: npt.NDArray[np.int32]
    frames: Floats
    _simple: dict[int, tuple[Points, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @staticmethod
    def none(photos: int) -> Objects:
        """No objects on any of so many photos."""
        flags, one = np.zeros(0, bool), np.zeros(1, np.int64)
        return Objects(
            np.zeros(photos + 1, np.int64), np.zeros((0, 4)), (), np.zeros(0, np.int32), flags, flags, one, one,
            np.zeros((0, 2), np.float32), one, np.zeros(0, np.int32), np.zeros((0, 5)),
        )  # fmt: skip

    @property
    def count(self) -> int:
        """How many objects there are."""
        return len(self.boxes)

    def category(self, row: int) -> str:
        """What an object is."""
        return self.names[int(self.codes[row])]

    def without(self, photos: Ints) -> Objects:
        """The same, but for some photos that have no objects."""
        counts = np.diff(self.start)
        kept = np.ones(len(counts), bool)
        kept[photos] = False
        rows = np.repeat(kept, counts)
        numbers = np.flatnonzero(rows)
        parts = ranges(self.part_start, numbers)
        corners, runs = ranges(self.corner_start, parts), ranges(self.run_start, numbers)
        return Objects(
            _sums(np.where(kept, counts, 0)), self.boxes[rows], self.names, self.codes[rows], self.crowd[rows],
            self.cut[rows], _sums(np.diff(self.part_start)[numbers]), _sums(np.diff(self.corner_start)[parts]),
            self.corners[corners], _sums(np.diff(self.run_start)[numbers]), self.runs[runs], self.frames[rows],
        )  # fmt: skip

    @property
    def most(self) -> int:
        """The largest number of objects of one photo."""
        return int(np.diff(self.start).max(initial=0))

    def _rows(self, photo_ids: Ints) -> tuple[Ints, Bools]:
        """Object numbers int64[B, O] and which of them exist."""
        size = max(self.most, 1)
        first, last = self.start[photo_ids], self.start[photo_ids + 1]
        rows = first[:, None] + np.arange(size)
        return rows, rows < last[:, None]

    def _boxes_on(
        self, photo_ids: Ints, scale: Floats, shift: Points, width: Floats, height: Floats
    ) -> tuple[Ints, Bools, Floats, Bools]:
        """Object numbers, mask, boxes float64[B, O, 4] cut by the canvas, and whether the canvas cut them."""
        rows, mask = self._rows(photo_ids)
        if not len(self.boxes):
            return np.zeros_like(rows), mask, np.zeros((*rows.shape, 4)), mask
        rows = np.where(mask, rows, 0)
        offset = np.stack((shift.real, shift.imag, shift.real, shift.imag), axis=-1)[:, None, :]
        boxes = self.boxes[rows] * scale[:, None, None] + offset
        limit = np.stack((width, height, width, height), axis=-1)[:, None, :]
        inside = np.clip(boxes, 0.0, limit)
        mask = mask & (inside[..., 2] - inside[..., 0] > _LEAST) & (inside[..., 3] - inside[..., 1] > _LEAST)
        cropped = np.abs(inside - boxes).max(axis=-1) > 1e-9
        # Those that the canvas shows come first: a program counts them and reads as many.
        order = np.argsort(~mask, axis=1, kind="stable")
        rows, mask, cropped = (np.take_along_axis(a, order, axis=1) for a in (rows, mask, cropped))
        return rows, mask, np.take_along_axis(inside, order[..., None], axis=1), cropped

    def columns(
        self, photo_ids: Ints, scale: Floats, shift: Points, width: Floats, height: Floats
    ) -> Mapping[str, tuple[npt.NDArray[np.generic], Bools]]:
        """The columns of ``PhotoCatalog.object_columns``; canvas = photo * scale + shift, each of length B."""
        rows, mask, boxes, cropped = self._boxes_on(photo_ids, scale, shift, width, height)
        x0, y0, x1, y1 = np.moveaxis(np.where(mask[..., None], boxes, 0.0), -1, 0)
        words = np.array([intern(name) for name in self.names] or [intern("")], np.int64)
        codes = words[self.codes[rows]] if self.count else np.full(rows.shape, words[0])
        crowd, cut = (
            np.asarray(flags[rows]) if self.count else np.zeros_like(mask) for flags in (self.crowd, self.cut)
        )
        return {
            "at": ((x0 + x1) / 2 + 0.5j * (y0 + y1), mask),
            "width": (x1 - x0, mask),
            "height": (y1 - y0, mask),
            "category": (np.where(mask, codes, intern("")), mask),
            "crowd": (crowd & mask, mask),
            "cut_off": ((cut | cropped) & mask, mask),
        }

    def outlines(self, photo_ids: Ints, scale: Floats, shift: Points, width: Floats, height: Floats) -> Outline:
        """The outlines of ``PhotoCatalog.object_outlines``."""
        rows, mask, boxes, cropped = self._boxes_on(photo_ids, scale, shift, width, height)
        found: dict[tuple[int, int], list[Points]] = {}
        seen: dict[tuple[int, float, complex, float, float], list[Points]] = {}
        for b, o in np.argwhere(mask):
            row = int(rows[b, o])
            key = (row, float(scale[b]), complex(shift[b]), float(width[b]), float(height[b]))
            if key not in seen:
                polygons = [part * scale[b] + shift[b] for part in self.simple(row)]
                if cropped[b, o]:
                    polygons = [cut for p in polygons if _area(cut := _cut(p, width[b], height[b])) > 0.5]
                seen[key] = polygons or [_rectangle(boxes[b, o])]
            found[int(b), int(o)] = seen[key]
        return _pack(found, mask.shape)

    def simple(self, row: int) -> tuple[Points, ...]:
        """The polygons of an object with at most 48 vertices each, the largest eight; empty where it has only a box."""
        found = self._simple.get(row)
        if found is None:
            if len(self._simple) >= _KEPT:
                self._simple.clear()
            parts = self.polygons(row)
            whole = sum(_area(part) for part in parts)
            kept = [p for p in parts[:MOST_PARTS] if _area(p) > 0.01 * whole]
            found = self._simple[row] = tuple(s for p in kept if len(s := _simplified(p)) >= 3)
        return found

    def polygons(self, row: int) -> list[Points]:
        """The outline of an object as it was annotated, in px of the photo, the largest polygon first."""
        first, last = self.run_start[row : row + 2]
        if last > first:
            height, width, across, down, orientation = self.frames[row].tolist()
            made = masks.polygons(np.asarray(self.runs[first:last], np.int64), int(height), int(width))
            turned = [turn_points(p, int(orientation), width, height) for p in made]
            return [np.asarray(p.real * across + 1j * p.imag * down) for p in turned]
        found = []
        for part in range(self.part_start[row], self.part_start[row + 1]):
            ring = np.asarray(self.corners[self.corner_start[part] : self.corner_start[part + 1]], np.float64)
            found.append(np.asarray(ring[:, 0] + 1j * ring[:, 1]))
        return found


def ranges(start: Ints, chosen: Ints) -> Ints:
    """The items of the chosen pieces one after the other, of pieces that begin at ``start``."""
    counts = np.diff(start)[chosen]
    begins = _sums(counts)
    return np.asarray(np.arange(begins[-1]) + np.repeat(start[:-1][chosen] - begins[:-1], counts))


def _sums(counts: Ints) -> Ints:
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def _pack(found: Mapping[tuple[int, int], Sequence[Points]], shape: tuple[int, ...]) -> Outline:
    pieces = max((len(p) for p in found.values()), default=1)
    most = max((len(v) for p in found.values() for v in p), default=1)
    verts = np.zeros((*shape, pieces, most), np.complex128)
    count = np.zeros((*shape, pieces), np.int64)
    for (b, o), polygons in found.items():
        for p, polygon in enumerate(polygons):
            verts[b, o, p, : len(polygon)] = polygon
            verts[b, o, p, len(polygon) :] = polygon[-1]
            count[b, o, p] = len(polygon)
    return Outline(verts, count, count > 0, np.zeros((*shape, pieces)))


def _rectangle(box: Floats) -> Points:
    x0, y0, x1, y1 = box
    return np.array([x0 + 1j * y0, x1 + 1j * y0, x1 + 1j * y1, x0 + 1j * y1])


def _area(polygon: Points) -> float:
    return float(abs((np.conj(polygon) * np.roll(polygon, -1)).imag.sum()) / 2) if len(polygon) >= 3 else 0.0


def _simplified(polygon: Points) -> Points:
    import shapely

    shape = shapely.Polygon(np.column_stack((polygon.real, polygon.imag)))
    if not shape.is_valid:
        shape = max(shapely.get_parts(shape.buffer(0)), key=lambda part: part.area, default=shapely.Polygon())
    tolerance = 0.25
    while len(shape.exterior.coords) - 1 > MOST_VERTICES if not shape.is_empty else False:
        shape = shape.simplify(tolerance)
        tolerance *= 1.5
    ring = np.asarray(shape.exterior.coords).reshape(-1, 2)[:-1]
    return np.asarray(ring[:, 0] + 1j * ring[:, 1])


def _cut(polygon: Points, width: float, height: float) -> Points:
    """The polygon cut by the canvas (Sutherland and Hodgman)."""
    corners = [complex(v) for v in polygon]
    for unit, limit in ((-1 + 0j, 0.0), (1 + 0j, width), (-1j, 0.0), (1j, height)):
        kept: list[complex] = []
        for i, b in enumerate(corners):
            a = corners[i - 1]
            over_a, over_b = (a * unit.conjugate()).real - limit, (b * unit.conjugate()).real - limit
            if (over_a <= 0) != (over_b <= 0):
                kept.append(a + over_a / (over_a - over_b) * (b - a))
            if over_b <= 0:
                kept.append(b)
        corners = kept
    return np.array(corners, np.complex128)
