"""``PhotoCatalog``: the photos that a run may use, numbered, with their credits, objects, pixels and lightness.

A catalogue holds names, sizes and annotations; pixels are read when asked for. A photo *covers* a canvas: it is scaled
by one factor until it fills it and cropped evenly around its centre (``zoom`` times closer).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.photos import cache, depth_values, tables
from pgt_dsl.photos.depth import Depths
from pgt_dsl.photos.depth_values import Ground
from pgt_dsl.photos.entry import Credit, PhotoEntry
from pgt_dsl.photos.load import load_rgb
from pgt_dsl.photos.objects import Objects

__all__ = ["Credit", "PhotoCatalog", "PhotoEntry"]

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Points = npt.NDArray[np.complex128]

_NO_LIGHTNESS = 50.0


@dataclass(frozen=True)
class PhotoCatalog:
    """Photos numbered from 0 in the order of their names.

    objects: annotated objects of all photos, or None.
    problems: a line for each file that was left out and for each fault of an annotation file; never fatal.
    digest: sha256 over names, sizes and first bytes of the files, over the annotations and what is said of depth;
    equal ones, equal samples. depths: how far away things are, or None.
    """

    entries: Sequence[PhotoEntry]
    objects: Objects | None = None
    problems: tuple[str, ...] = ()
    digest: str = ""
    depths: Depths | None = None

    @cached_property
    def _number(self) -> dict[str, int]:
        return {entry.name: i for i, entry in enumerate(self.entries)}

    @property
    def count(self) -> int:
        """How many photos there are."""
        return len(self.entries)

    @property
    def names(self) -> tuple[str, ...]:
        """The photos' names, by number."""
        return tuple(entry.name for entry in self.entries)

    @property
    def max_objects(self) -> int:
        """The largest number of annotated objects of one photo (0 without annotations)."""
        return 0 if self.objects is None else self.objects.most

    def number(self, name: str) -> int:
        """The number of the photo of this name. Raises ``ValueError`` when the catalogue does not have it."""
        if name not in self._number:
            raise ValueError(f"there is no photo {name!r} among the {self.count} of this catalogue")
        return self._number[name]

    def credit(self, i: int) -> Credit:
        """Author, source and licence of photo ``i`` (empty where its folder has no ``credits.toml`` that names it)."""
        return self.entries[i].credit

    def pixels(self, i: int) -> Bytes:
        """Photo ``i``, upright, at its full size: uint8[H, W, 3]. Raises ``PhotoError`` when it cannot be decoded."""
        entry = self.entries[i]
        return load_rgb(entry.path, entry.orientation)

    def cover(self, name: str, width: int, height: int, zoom: float = 1.0) -> Bytes:
        """The photo scaled and cropped to the canvas: uint8[H, W, 3], read-only, kept in files (``photos.cache``).

        Raises ``PhotoError`` when it cannot be decoded and ``ValueError`` when the catalogue does not have it.
        """
        return _cover(self.digest, self.entries[self.number(name)], width, height, zoom)

    def object_columns(
        self, photo_ids: Ints, width: Floats | float, height: Floats | float, zoom: Floats | float = 1.0
    ) -> Mapping[str, tuple[npt.NDArray[np.generic], Bools]]:
        """The photos' objects as columns of ``(data[B, O], mask[B, O])``, O = ``max(max_objects, 1)``.

        photo_ids: int64[B]; width, height: px of the canvas; zoom: of the background.
        Columns: ``at`` complex128 (centre of the box on the canvas), ``width``, ``height`` float64 px (of the part
        on the canvas), ``category`` int64 (interned), ``crowd``, ``cut_off`` bool (by the photo's border or the crop).
        Objects that the crop leaves nothing of are masked out; those that are there come first.
        """
        frame = self._frame(photo_ids, width, height, zoom)
        return (self.objects or Objects.none(self.count)).columns(np.asarray(photo_ids, np.int64), *frame)

    def object_outlines(
        self, photo_ids: Ints, width: Floats | float, height: Floats | float, zoom: Floats | float = 1.0
    ) -> Outline:
        """Outlines of the objects in absolute px, leading dimensions (B, O); polygons where annotated, else boxes."""
        frame = self._frame(photo_ids, width, height, zoom)
        return (self.objects or Objects.none(self.count)).outlines(np.asarray(photo_ids, np.int64), *frame)

    def luma_under(
        self,
        photo_ids: Ints,
        width: Floats | float,
        height: Floats | float,
        x0: Floats,
        y0: Floats,
        x1: Floats,
        y1: Floats,
        zoom: Floats | float = 1.0,
    ) -> Floats:
        """Mean CIE L* (0..100) of the photo under boxes of the canvas (px, leading dimension B, broadcast together).

        Boxes are cut by the photo's border; an empty box counts as the point at its middle. 50 where a photo cannot be
        read.
        """
        return self._mean_under(photo_ids, width, height, (x0, y0, x1, y1), zoom, 0, _NO_LIGHTNESS)

    def texture_under(
        self,
        photo_ids: Ints,
        width: Floats | float,
        height: Floats | float,
        x0: Floats,
        y0: Floats,
        x1: Floats,
        y1: Floats,
        zoom: Floats | float = 1.0,
    ) -> Floats:
        """Standard deviation of CIE L* within boxes, as ``luma_under``; 0 where a photo cannot be read."""
        boxes = (x0, y0, x1, y1)
        mean = self._mean_under(photo_ids, width, height, boxes, zoom, 1, 0.0)
        squares = self._mean_under(photo_ids, width, height, boxes, zoom, 2, 0.0)
        return np.asarray(np.sqrt(np.maximum(squares - mean**2, 0.0)))

    def _mean_under(
        self, photo_ids: Ints, width: Floats | float, height: Floats | float, edges: tuple[Floats, ...],
        zoom: Floats | float, power: int, unknown: float,
    ) -> Floats:  # fmt: skip
        """The mean of L* (power 0), or finely of a power of it, within boxes; ``unknown`` where it cannot be read."""
        boxes = np.broadcast_arrays(*(np.asarray(v, np.float64) for v in edges))
        ids = np.asarray(photo_ids, np.int64)
        result = np.empty(boxes[0].shape)
        scale, shift, _, _ = self._frame(ids, width, height, zoom)
        for photo in np.unique(ids):
            rows = np.flatnonzero(ids == photo)
            spread = (len(rows),) + (1,) * (result.ndim - 1)
            by, dx, dy = (v[rows].reshape(spread) for v in (scale, shift.real, shift.imag))
            entry = self.entries[photo]
            table = tables.fine(entry, power) if power else tables.lightness(entry)
            if table is None:
                result[rows] = unknown
                continue
            left, right = (np.clip((v[rows] - dx) / by / entry.width, 0.0, 1.0) for v in (boxes[0], boxes[2]))
            top, bottom = (np.clip((v[rows] - dy) / by / entry.height, 0.0, 1.0) for v in (boxes[1], boxes[3]))
            result[rows] = tables.mean(table, left, top, right, bottom)
        return result

    # depth and texture ----------------------------------------------------------------------------------

    def depth_at(
        self, photo_ids: Ints, width: Floats | float, height: Floats | float, points: Points,
        zoom: Floats | float = 1.0,
    ) -> Floats:  # fmt: skip
        """Values of depth (``photos.depth``) at points of the canvas, complex128[B, ...]: float64[B, ...]."""
        scale, shift, _, _ = self._frame(photo_ids, width, height, zoom)
        places = (points - _wide(shift, points.ndim)) / _wide(scale, points.ndim)
        ids = np.asarray(photo_ids, np.int64)
        return depth_values.by_photo(ids, self.ground, lambda g, rows: g.at(places[rows]), places.shape)

    def depth_spread(
        self, photo_ids: Ints, width: Floats | float, height: Floats | float, points: Points, radius: Floats,
        zoom: Floats | float = 1.0,
    ) -> Floats:  # fmt: skip
        """By what share the farthest place within ``radius`` px (as ``points``) of each is farther than the nearest."""
        scale, shift, _, _ = self._frame(photo_ids, width, height, zoom)
        places = (points - _wide(shift, points.ndim)) / _wide(scale, points.ndim)
        reach = np.broadcast_to(radius, places.shape) / _wide(scale, points.ndim)
        ids = np.asarray(photo_ids, np.int64)
        return depth_values.by_photo(ids, self.ground, lambda g, r: g.spread(places[r], reach[r]), places.shape)

    def depth_within(
        self, photo_ids: Ints, width: Floats | float, height: Floats | float, outline: Outline, share: Floats,
        zoom: Floats | float = 1.0,
    ) -> Floats:  # fmt: skip
        """Quantiles of depth within outlines of the canvas, leading dimensions (B, ...): float64 as ``share``."""
        scale, shift, _, _ = self._frame(photo_ids, width, height, zoom)
        by, to = _wide(scale, outline.verts.ndim), _wide(shift, outline.verts.ndim)
        on = Outline((outline.verts - to) / by, outline.count, outline.closed, outline.radius / by[..., 0])
        return depth_values.within(self.digest, np.asarray(photo_ids, np.int64), self.ground, on, share)

    def spots(
        self, photo_ids: Ints, width: Floats | float, height: Floats | float, zoom: Floats | float = 1.0
    ) -> tuple[Points, Bools]:
        """Places of the canvas whose depth is known and flat around: complex128[B, S] and which there are."""
        scale, shift, across, down = self._frame(photo_ids, width, height, zoom)
        found = [self._spots(int(photo)) for photo in photo_ids]
        size = max((len(spots) for spots in found), default=0) or 1
        points, mask = np.zeros((len(found), size), np.complex128), np.zeros((len(found), size), bool)
        for b, spots in enumerate(found):
            on = spots * scale[b] + shift[b]
            on = on[(on.real > 0) & (on.real < across[b]) & (on.imag > 0) & (on.imag < down[b])]
            points[b, : len(on)], mask[b, : len(on)] = on, True
        return points, mask

    def ground(self, i: int) -> Ground:
        """What is known of the depth of photo ``i``."""
        return depth_values.ground_of(self.depths, self.entries[i])

    def _spots(self, i: int) -> Points:
        if i not in self._known_spots:
            self._known_spots[i] = self.ground(i).spots()
        return self._known_spots[i]

    @cached_property
    def _known_spots(self) -> dict[int, Points]:
        return {}

    @cached_property
    def _sizes(self) -> Floats:
        """Width and height in px of each photo: float64[N, 2]."""
        return np.array([(e.width, e.height) for e in self.entries], np.float64).reshape(-1, 2)

    def _frame(
        self, photo_ids: Ints, width: Floats | float, height: Floats | float, zoom: Floats | float
    ) -> tuple[Floats, npt.NDArray[np.complex128], Floats, Floats]:
        """Scale and shift from photo to canvas (canvas = photo * scale + shift), and the canvas, each of length B."""
        ids = np.asarray(photo_ids, np.int64)
        sizes = self._sizes[ids]
        across = np.broadcast_to(np.asarray(width, np.float64), ids.shape)
        down = np.broadcast_to(np.asarray(height, np.float64), ids.shape)
        scale = np.maximum(across / sizes[:, 0], down / sizes[:, 1]) * np.maximum(zoom, 1.0)
        shift = (across - sizes[:, 0] * scale) / 2 + 0.5j * (down - sizes[:, 1] * scale)
        return scale, shift, across, down


def _wide(values: npt.NDArray[Any], dims: int) -> npt.NDArray[Any]:
    """A column as the first of so many dimensions."""
    return values.reshape(-1, *(1,) * (dims - 1))


@lru_cache(maxsize=64)
def _cover(digest: str, entry: PhotoEntry, width: int, height: int, zoom: float) -> Bytes:
    if not 0.01 <= zoom <= 100:
        raise ValueError(f"a photo's zoom is 1 or more, not {zoom}")
    try:
        info = entry.path.stat()
    except OSError:
        return _covered(entry, width, height, zoom)  # it says what is wrong
    parts = digest, entry.name, entry.orientation, info.st_size, info.st_mtime_ns, zoom
    return cache.pixels(parts, height, width, lambda: _covered(entry, width, height, zoom))


def _covered(entry: PhotoEntry, width: int, height: int, zoom: float) -> Bytes:
    scale = max(width / entry.width, height / entry.height) * max(zoom, 1.0)
    least = (int(np.ceil(entry.width * scale)), int(np.ceil(entry.height * scale)))
    image = Image.fromarray(load_rgb(entry.path, entry.orientation, least))
    half_x, half_y = width / scale / entry.width / 2, height / scale / entry.height / 2
    box = (
        max(0.0, 0.5 - half_x) * image.width,
        max(0.0, 0.5 - half_y) * image.height,
        min(1.0, 0.5 + half_x) * image.width,
        min(1.0, 0.5 + half_y) * image.height,
    )
    return np.array(image.resize((width, height), Image.Resampling.LANCZOS, box))
