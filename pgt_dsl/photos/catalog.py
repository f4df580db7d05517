"""``PhotoCatalog``: the photos that a run may use, numbered, with their credits, objects, pixels and lightness.

A catalogue holds names, sizes and annotations; pixels are read when asked for. A photo *covers* a canvas: it is scaled
by one factor until it fills it and cropped evenly around its centre (``zoom`` times closer).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.photos import cache
from pgt_dsl.photos.load import PhotoError, lightness_map, load_rgb
from pgt_dsl.photos.objects import Objects

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_GRID = 128  # cells of a photo's lightness grid, at most, along a side
_GRID_SOURCE = 512  # px of the decoded photo that suffice for it
_NO_LIGHTNESS = 50.0


@dataclass(frozen=True, slots=True)
class Credit:
    """Whose photo it is and by what right it may be used; all empty where nothing was said."""

    title: str = ""
    author: str = ""
    source: str = ""
    licence: str = ""
    url: str = ""
    statement: str = ""
    changes: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class PhotoEntry:
    """One photo: ``name`` within its folder (with ``/``), upright size in px, EXIF orientation."""

    name: str
    path: Path
    width: int
    height: int
    orientation: int = 1
    credit: Credit = Credit()


@dataclass(frozen=True)
class PhotoCatalog:
    """Photos numbered from 0 in the order of their names.

    objects: annotated objects of all photos, or None.
    problems: a line for each file that was left out and for each fault of an annotation file; never fatal.
    digest: sha256 over names, sizes and first bytes of the files and over the annotations; equal ones, equal samples.
    """

    entries: tuple[PhotoEntry, ...]
    objects: Objects | None = None
    problems: tuple[str, ...] = ()
    digest: str = ""
    _number: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._number.update({entry.name: i for i, entry in enumerate(self.entries)})

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
        boxes = np.broadcast_arrays(*(np.asarray(v, np.float64) for v in (x0, y0, x1, y1)))
        ids = np.asarray(photo_ids, np.int64)
        result = np.empty(boxes[0].shape)
        scale, shift, _, _ = self._frame(ids, width, height, zoom)
        for photo in np.unique(ids):
            rows = np.flatnonzero(ids == photo)
            spread = (len(rows),) + (1,) * (result.ndim - 1)
            by, dx, dy = (v[rows].reshape(spread) for v in (scale, shift.real, shift.imag))
            entry = self.entries[photo]
            table = _lightness_table(entry)
            if table is None:
                result[rows] = _NO_LIGHTNESS
                continue
            left, right = (np.clip((v[rows] - dx) / by / entry.width, 0.0, 1.0) for v in (boxes[0], boxes[2]))
            top, bottom = (np.clip((v[rows] - dy) / by / entry.height, 0.0, 1.0) for v in (boxes[1], boxes[3]))
            result[rows] = _mean(table, left, top, right, bottom)
        return result

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


@lru_cache(maxsize=2048)
def _lightness_table(entry: PhotoEntry) -> Floats | None:
    """Summed areas of L* on a grid of at most 128 x 128 cells: float64[rows + 1, columns + 1]; None if unreadable."""
    ratio = min(1.0, _GRID_SOURCE / max(entry.width, entry.height))
    least = (int(np.ceil(entry.width * ratio)), int(np.ceil(entry.height * ratio)))
    try:
        pixels = load_rgb(entry.path, entry.orientation, least)
    except PhotoError:
        return None
    lightness = lightness_map(pixels)
    rows, columns = min(_GRID, lightness.shape[0]), min(_GRID, lightness.shape[1])
    full = np.zeros((lightness.shape[0] + 1, lightness.shape[1] + 1))
    full[1:, 1:] = lightness.cumsum(axis=0).cumsum(axis=1)
    unit = np.linspace(0.0, 1.0, rows + 1)[:, None], np.linspace(0.0, 1.0, columns + 1)[None, :]
    # Normalised: the table's last corner is the mean of the whole photo.
    return np.asarray(_sum_to(full, unit[1], unit[0]) / lightness.size)


def _sum_to(table: Floats, x: Floats, y: Floats) -> Floats:
    """The summed-area table at fractional places (x, y in 0..1), exact for cells of constant value."""
    rows, columns = table.shape[0] - 1, table.shape[1] - 1
    x, y = x * columns, y * rows
    i, j = np.minimum(x.astype(np.int64), columns - 1), np.minimum(y.astype(np.int64), rows - 1)
    fx, fy = x - i, y - j
    upper = table[j, i] * (1 - fx) + table[j, i + 1] * fx
    lower = table[j + 1, i] * (1 - fx) + table[j + 1, i + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy)


def _mean(table: Floats, left: Floats, top: Floats, right: Floats, bottom: Floats) -> Floats:
    least = 1e-3  # an empty box is widened to a thousandth of the photo
    thin, flat = right - left < least, bottom - top < least
    left, right = np.where(thin, (left + right - least) / 2, left), np.where(thin, (left + right + least) / 2, right)
    top, bottom = np.where(flat, (top + bottom - least) / 2, top), np.where(flat, (top + bottom + least) / 2, bottom)
    left, top = np.clip(left, 0, 1 - least), np.clip(top, 0, 1 - least)
    right, bottom = np.clip(right, least, 1), np.clip(bottom, least, 1)
    total = _sum_to(table, right, bottom) - _sum_to(table, left, bottom)
    total -= _sum_to(table, right, top) - _sum_to(table, left, top)
    return np.asarray(total / ((right - left) * (bottom - top)))
