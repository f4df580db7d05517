"""What a photo says about places of the canvas, read by other means than the batched reading: from files.

The definitions are those of ``photos.depth_values``: maps are read number by number at their stored places, areas are
shapely's, and texture is a plain sum over pixels.
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from PIL import Image
from shapely.affinity import affine_transform
from shapely.geometry.base import BaseGeometry

from pgt_dsl.geometry.oracle import Box, UndefinedValueError

MOST_SIDE = 1024  # px: of longer maps every second, third, ... is read
NEAR = 0.015  # of the photo's longer side: how near a point counts as an annotated one
HAIR = 1 / 4096
_SEEN = 512  # px of the longer side at which texture is looked at


class PhotoOracle:
    """One photo of a catalogue as it lies on a canvas of ``width`` x ``height`` px, ``zoom`` times closer."""

    def __init__(self, photos: Any, number: int, width: float, height: float, zoom: float) -> None:
        self.entry = photos.entries[number]
        self.depths = photos.depths
        self.declared: Any = None if self.depths is None else self.depths.declared
        self.by = max(width / self.entry.width, height / self.entry.height) * max(zoom, 1.0)
        self.left = (width - self.entry.width * self.by) / 2
        self.top = (height - self.entry.height * self.by) / 2

    # depth ----------------------------------------------------------------------------------------------

    def depth_at(self, p: complex) -> float:
        """The value of depth at a point of the canvas."""
        x, y = self._place(p)
        if self._is_order:
            return self._near(x, y)
        grid = self._grid()
        x, y = x / self.entry.width * grid.width, y / self.entry.height * grid.height
        if not (0 <= x <= grid.width and 0 <= y <= grid.height):
            raise UndefinedValueError("the point lies outside of the photo")
        x, y = min(max(x - 0.5, 0), grid.width - 1), min(max(y - 0.5, 0), grid.height - 1)
        i, j = math.floor(x), math.floor(y)
        total = 0.0
        for column, row, weight in (
            (i, j, (1 - x + i) * (1 - y + j)), (i + 1, j, (x - i) * (1 - y + j)),
            (i, j + 1, (1 - x + i) * (y - j)), (i + 1, j + 1, (x - i) * (y - j)),
        ):  # fmt: skip
            if weight > 1e-9:
                total += weight * grid.value(column, row)
        return total

    def depth_spread(self, p: complex, radius: float) -> float:
        """By what share the farthest place around a point is farther than the nearest."""
        x, y = self._place(p)
        if self._is_order:
            self._near(x, y)
            return 0.0
        grid = self._grid()
        half = radius / self.by / self.entry.width * grid.width
        x, y = x / self.entry.width * grid.width, y / self.entry.height * grid.height
        if not (0 <= x <= grid.width and 0 <= y <= grid.height and 0 <= half <= max(grid.width, grid.height)):
            raise UndefinedValueError("the point lies outside of the photo")
        i, j, h = min(int(x), grid.width - 1), min(int(y), grid.height - 1), round(half)
        rows = range(max(j - h, 0), min(j + h, grid.height - 1) + 1)
        columns = range(max(i - h, 0), min(i + h, grid.width - 1) + 1)
        values = [grid.value(column, row) for row in rows for column in columns]
        return max(values) / min(values) - 1

    def depth_within(self, where: BaseGeometry, share: float) -> float:
        """A quantile of depth within an area of the canvas."""
        scale = 1 / self.by
        area = affine_transform(where, [scale, 0, 0, scale, -self.left * scale, -self.top * scale])
        if area.is_empty:
            raise UndefinedValueError("the depth within nothing")
        x0, y0, x1, y1 = area.bounds
        if self._is_order:
            points = self.depths.points(self.entry.name)
            values = [2.0**rank for x, y, rank in points if area.covers(shapely.Point(x, y))]
        else:
            grid = self._grid()
            across, down = self.entry.width / grid.width, self.entry.height / grid.height
            columns = range(max(math.floor(x0 / across) - 1, 0), min(math.ceil(x1 / across) + 1, grid.width))
            rows = range(max(math.floor(y0 / down) - 1, 0), min(math.ceil(y1 / down) + 1, grid.height))
            places = [(i, j) for j in rows for i in columns]
            middles = np.array([((i + 0.5 + HAIR) * across, (j + 0.5 + HAIR) * down) for i, j in places]).reshape(-1, 2)
            shapely.prepare(area)
            held = [
                place for place, inside in zip(places, shapely.intersects_xy(area, *middles.T), strict=True) if inside
            ]
            if not held:
                return self.depth_at(complex(self.left, self.top) + self.by * complex(x0 + x1, y0 + y1) / 2)
            values = [v for i, j in held if not math.isnan(v := grid.read(i, j))]
        if not values:
            raise UndefinedValueError("nothing is known of the depth there")
        ordered = sorted(values)
        return float(ordered[min(math.floor(min(max(share, 0), 1) * len(ordered)), len(ordered) - 1)])

    @property
    def _is_order(self) -> bool:
        if self.declared is None:
            raise UndefinedValueError("nothing is known of the photo's depth")
        return bool(self.declared.kind == "order")

    def _near(self, x: float, y: float) -> float:
        points = self.depths.points(self.entry.name)
        away, rank = min(((math.hypot(x - px, y - py), rank) for px, py, rank in points), default=(math.inf, 0))
        if away > NEAR * max(self.entry.width, self.entry.height):
            raise UndefinedValueError("nothing is known of the depth there")
        return float(2.0**rank)

    def _grid(self) -> _Grid:
        path = self.depths.path(self.entry.name)
        if path is None:
            raise UndefinedValueError("nothing is known of the photo's depth")
        return _grid(path, path.stat().st_mtime_ns, self.declared.kind, self.declared.scale,
                     self.declared.nearer_is_small, self.declared.missing, self.entry)  # fmt: skip

    def _place(self, p: complex) -> tuple[float, float]:
        """A point of the canvas in px of the photo."""
        return (p.real - self.left) / self.by, (p.imag - self.top) / self.by

    # texture --------------------------------------------------------------------------------------------

    def texture(self, box: Box) -> float:
        """The standard deviation of L* (0..1) within a box of the canvas."""
        light = _light(self.entry)
        height, width = light.shape
        x0, y0 = self._place(complex(box[0], box[1]))
        x1, y1 = self._place(complex(box[2], box[3]))
        across = _weights(x0 / self.entry.width, x1 / self.entry.width, width)
        down = _weights(y0 / self.entry.height, y1 / self.entry.height, height)
        weights = down[:, None] * across[None, :]
        mean = float((weights * light).sum() / weights.sum())
        return math.sqrt(float((weights * (light - mean) ** 2).sum() / weights.sum())) / 100


class _Grid:
    """A map as it is stored, read as if it were upright and thinned out."""

    def __init__(self, raw: Any, missing: float | None, plan: tuple[Any, ...], entry: Any) -> None:
        kind, scale, small, said = plan
        self.raw, self.kind, self.scale, self.small = raw, str(kind), float(scale), bool(small)
        self.missing = missing if said is None else said
        tall, wide = raw.shape
        told = wide / tall / (entry.width / entry.height)
        self.turn = 1 if abs(told - 1) <= 0.02 else entry.orientation
        self.tall, self.wide = (wide, tall) if self.turn >= 5 else (tall, wide)
        self.step = math.ceil(max(raw.shape) / MOST_SIDE)
        self.width = len(range(self.step // 2, self.wide, self.step))
        self.height = len(range(self.step // 2, self.tall, self.step))
        self.low, self.high = 0.0, 1.0
        if kind != "metric":
            known = [
                v for j in range(self.height) for i in range(self.width) if not math.isnan(v := self._number(i, j))
            ]
            self.low, self.high = min(known, default=math.nan), max(known, default=math.nan)

    def _number(self, column: int, row: int) -> float:
        """The number in the file that stands for a place of the upright map; NaN where nothing is known."""
        x, y = self.step // 2 + column * self.step, self.step // 2 + row * self.step
        right, down = self.wide - 1 - x, self.tall - 1 - y
        i, j = {
            2: (right, y), 3: (right, down), 4: (x, down), 5: (y, x), 6: (y, right), 7: (down, right), 8: (down, x),
        }.get(self.turn, (x, y))  # fmt: skip
        found = float(self.raw[j, i])
        if not math.isfinite(found) or found == self.missing or (self.kind == "metric" and found <= 0):
            return math.nan
        return found

    def read(self, column: int, row: int) -> float:
        """The value of depth at a px; NaN where nothing is known."""
        found = self._number(column, row)
        if self.kind == "metric":
            return found * self.scale if self.small else self.scale / found
        if math.isnan(found):
            return found
        share = (found - self.low) / (self.high - self.low) if self.high > self.low else 0.0
        return math.exp(share if self.small else 1 - share)

    def value(self, column: int, row: int) -> float:
        """The value of depth at a px. Raises ``UndefinedValueError`` where nothing is known."""
        found = self.read(column, row)
        if math.isnan(found):
            raise UndefinedValueError("nothing is known of the depth there")
        return found


@lru_cache(maxsize=8)
def _grid(
    path: Path, changed: int, kind: str, scale: float, small: bool, missing: float | None, entry: Any
) -> _Grid:  # fmt: skip
    plan = kind, scale, small, missing
    try:
        if path.suffix == ".npy":
            return _Grid(np.load(path, allow_pickle=False).squeeze(), None, plan, entry)
        with Image.open(path) as image:
            return _Grid(np.array(image), 0.0, plan, entry)
    except (OSError, ValueError) as error:
        raise UndefinedValueError(f"the map {path.name} cannot be read") from error


@lru_cache(maxsize=8)
def _light(entry: Any) -> Any:
    """CIE L* of each px of a photo as it is looked at: float64[H, W]."""
    from pgt_dsl.photos.load import load_rgb

    ratio = min(1.0, _SEEN / max(entry.width, entry.height))
    pixels = load_rgb(entry.path, entry.orientation, (math.ceil(entry.width * ratio), math.ceil(entry.height * ratio)))
    share = pixels / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126729, 0.7151522, 0.0721750])
    return np.where(luminance > (6 / 29) ** 3, 116 * np.cbrt(luminance) - 16, luminance * (29 / 3) ** 3)


def _weights(low: float, high: float, count: int) -> Any:
    """By how much each of ``count`` px takes part in a span, given in shares of them all."""
    low, high = min(max(low, 0.0), 1.0), min(max(high, 0.0), 1.0)
    if high - low < 1e-3:  # as a thousandth of the photo around its middle
        middle = min(max((low + high) / 2, 5e-4), 1 - 5e-4)
        low, high = middle - 5e-4, middle + 5e-4
    edges = np.arange(count + 1) / count
    return np.clip(np.minimum(edges[1:], high) - np.maximum(edges[:-1], low), 0, None)
