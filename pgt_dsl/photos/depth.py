"""Depth of photos: how it is declared beside them, and one map as numbers.

``depth.toml`` (or ``depth.json`` with the same keys) in the folder of the photos says what there is:

    kind = "metric"     # distances in metres; "relative": only nearer and farther; "order": points in order, no maps
    folder = "depth"    # the map of a/b.jpg is depth/a/b.png or depth/a/b.npy; without it a/b.depth.png, a/b.depth.npy
    scale = 0.001       # metric: metres a step of the numbers in the file (1 unless said)
    nearer = "small"    # "large" where larger numbers are nearer, as in maps of disparity
    missing = 0         # the number that means that nothing is known; in a PNG 0 unless said

    [[photo]]           # kind = "order": points in px of the upright photo, and their ranks, 0 for the nearest
    file = "a/b.jpg"
    points = [[310, 200, 0], [80, 40, 1]]

Maps are pictures of one channel (PNG of 8 or 16 bits) or arrays float or integer [H, W], of any size, in the photo's
proportions, upright or as the photo is stored.

A *value* of depth grows with the distance, and two of them are compared by their ratio whatever the map: of a metric
map it is the distance in metres; of a relative one exp(t), where t is 0 for the nearest place of the photo and 1 for
the farthest; of points in order 2 to the power of the rank.
"""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from pgt_dsl.photos.entry import PhotoEntry
from pgt_dsl.photos.load import MOST_PIXELS, PhotoError, first_line, turned

Floats = npt.NDArray[np.float64]
Map = npt.NDArray[np.float32]

FILES = ("depth.toml", "depth.json")
KINDS = ("metric", "relative", "order")
BESIDE = ".depth"
SUFFIXES = (".png", ".npy")
MOST_SIDE = 1024  # px; of a larger map every second, third, ... px is read
MOST_POINTS = 48  # of one photo
_KEYS = ("kind", "folder", "scale", "nearer", "missing", "photo")
_PROPORTIONS = 0.02  # by which the map's may differ from the photo's

Point = tuple[float, float, int]


@dataclass(frozen=True)
class Declared:
    """What ``depth.toml`` says; ``points``: by the photo's name, x, y in px and the rank."""

    kind: str
    folder: str = ""
    scale: float = 1.0
    nearer_is_small: bool = True
    missing: float | None = None
    points: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Depths:
    """The depth of the photos of one folder. ``digest``: equal ones have equal declarations and maps."""

    root: Path
    declared: Declared
    digest: str

    def path(self, name: str) -> Path | None:
        """The file of a photo's map; None when there is none."""
        stem = name.rsplit(".", 1)[0]
        base = f"{self.declared.folder}/{stem}" if self.declared.folder else stem + BESIDE
        return next((p for p in (self.root / f"{base}{suffix}" for suffix in SUFFIXES) if p.is_file()), None)

    def points(self, name: str) -> tuple[Point, ...]:
        """The points in order of a photo."""
        return self.declared.points.get(name, ())

    def has(self, name: str) -> bool:
        """Whether anything is known of a photo's depth."""
        return bool(self.points(name)) if self.declared.kind == "order" else self.path(name) is not None

    def values(self, entry: PhotoEntry) -> Map | None:
        """The values of a photo's map: float32[H, W], NaN where nothing is known; None without a map that can be
        read."""
        path = None if self.declared.kind == "order" else self.path(entry.name)
        return None if path is None else _values(path, self.declared.kind, self.declared, entry)


def folder_of(folder: Path) -> Path | None:
    """The folder of maps in a folder of photos, which holds no photos; None without one."""
    try:
        declared, _ = _declared(folder)
    except PhotoError:
        return None
    return folder / declared.folder if declared is not None and declared.folder else None


def is_map(name: str) -> bool:
    """Whether a file beside the photos is a map by its name (``a.depth.png``)."""
    return name.rsplit(".", 1)[0].endswith(BESIDE)


def read_depths(folder: Path, entries: Sequence[PhotoEntry], problems: list[str]) -> Depths | None:
    """The depth that is declared in a folder of photos; None when none is, or when the declaration is wrong, which
    ``problems`` then tells."""
    try:
        declared, file = _declared(folder)
    except PhotoError as error:
        problems.append(str(error))
        return None
    if declared is None:
        return None
    digest = hashlib.sha256(file.read_bytes())
    depths = Depths(folder, declared, "")
    if declared.kind == "order":
        known = {entry.name for entry in entries}
        unknown = [name for name in declared.points if name not in known]
        problems += [f"{file.name}: there is no photo {name!r}, or it cannot be used" for name in unknown]
        by_name = {name: entries[k] for k, name in enumerate(_names(entries)) if name in declared.points}
        outside = [n for n, e in by_name.items() if any(not _within(p, e) for p in declared.points[n])]
        problems += [f"{file.name}: points of {name} lie outside of it" for name in outside]
    else:
        for name in _names(entries):
            path = depths.path(name)
            if path is not None:
                with path.open("rb") as opened:
                    head = hashlib.sha256(opened.read(1 << 12)).hexdigest()
                digest.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0{head}\n".encode())
    return Depths(folder, declared, digest.hexdigest())


def _names(entries: Iterable[PhotoEntry]) -> Iterable[str]:
    return (entry.name for entry in entries)


def _within(point: Point, entry: PhotoEntry) -> bool:
    return 0 <= point[0] <= entry.width and 0 <= point[1] <= entry.height


def _declared(folder: Path) -> tuple[Declared | None, Path]:
    """What the folder declares. Raises ``PhotoError`` that says what is wrong with it, and where."""
    file = next((f for name in FILES if (f := folder / name).is_file()), None)
    if file is None:
        return None, folder
    try:
        text = file.read_text("utf-8")
        given = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
        return _checked(given, folder), file
    except (OSError, ValueError, RecursionError) as error:
        raise PhotoError(f"{file.name}: {error}") from error


def _checked(given: Any, folder: Path) -> Declared:
    if not isinstance(given, dict):
        raise ValueError("not a table of keys, " + ", ".join(_KEYS))
    strange = sorted(set(given) - set(_KEYS))
    if strange:
        raise ValueError(f"there is no key `{strange[0]}`; the keys are {', '.join(_KEYS)}")
    kind = given.get("kind")
    if kind not in KINDS:
        raise ValueError(f'`kind` is "metric", "relative" or "order", not {kind!r}')
    maps = given.get("folder", "")
    root = folder.resolve()
    if not isinstance(maps, str) or (maps and not (folder / maps).resolve().is_relative_to(root)):
        raise ValueError(f"`folder` is a folder within that of the photos, not {maps!r}")
    if maps and not (folder / maps).is_dir():
        raise ValueError(f"there is no folder {maps!r}")
    scale = given.get("scale", 1.0)
    if not _is_number(scale) or scale <= 0:
        raise ValueError(f"`scale` is a number above 0, not {scale!r}")
    if "scale" in given and kind != "metric":
        raise ValueError(f'`scale` says what a step is in metres; it has no meaning where `kind` is "{kind}"')
    nearer = given.get("nearer", "small")
    if nearer not in ("small", "large"):
        raise ValueError(f'`nearer` is "small" or "large", not {nearer!r}')
    missing = given.get("missing")
    if missing is not None and not _is_number(missing):
        raise ValueError(f"`missing` is a number, not {missing!r}")
    if (kind == "order") != ("photo" in given):
        raise ValueError('points in order stand in tables [[photo]], with `kind = "order"` and no maps')
    points = _points(given.get("photo", []))
    return Declared(kind, maps.strip("/"), float(scale), nearer == "small",
                    None if missing is None else float(missing), points)  # fmt: skip


def _points(tables: Any) -> dict[str, tuple[Point, ...]]:
    found: dict[str, tuple[Point, ...]] = {}
    for k, table in enumerate(tables if isinstance(tables, list) else [tables]):
        if not isinstance(table, dict) or set(table) != {"file", "points"} or not isinstance(table["points"], list):
            raise ValueError(f"[[photo]] number {k + 1} has not `file` and `points` alone")
        name, given = str(table["file"]), table["points"]
        if name in found:
            raise ValueError(f"[[photo]] number {k + 1}: {name} had its points already")
        if len(given) > MOST_POINTS:
            raise ValueError(f"{name} has {len(given)} points, more than {MOST_POINTS}")
        for p in given:
            if not (
                isinstance(p, list) and len(p) == 3 and all(map(_is_number, p)) and 0 <= p[2] <= 99 and p[2] % 1 == 0
            ):
                raise ValueError(f"{name}: a point is [x, y, rank], its rank 0 for the nearest to 99, not {p!r}")
        found[name] = tuple((float(x), float(y), int(rank)) for x, y, rank in given)
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


# maps ---------------------------------------------------------------------------------------------------


def read_map(path: Path, declared: Declared, entry: PhotoEntry) -> Floats:
    """The numbers of a map, upright and at most ``MOST_SIDE`` px long: float64[H, W], NaN where nothing is known.

    Raises ``PhotoError`` that says what is wrong with it.
    """
    raw, missing = _raw(path)
    height, width = raw.shape
    upright, lying = width / height / (entry.width / entry.height), width / height / (entry.height / entry.width)
    if abs(upright - 1) > _PROPORTIONS:
        if entry.orientation < 5 or abs(lying - 1) > _PROPORTIONS:
            raise PhotoError(
                f"{path.name}: a map of {width} x {height} px, of a photo of {entry.width} x {entry.height}"
            )
        raw = turned(raw, entry.orientation)
    step = -(-max(raw.shape) // MOST_SIDE)
    numbers = np.array(raw[step // 2 :: step, step // 2 :: step], np.float64)
    unknown = missing if declared.missing is None else declared.missing
    numbers[~np.isfinite(numbers)] = np.nan
    if unknown is not None:
        numbers[numbers == unknown] = np.nan
    if declared.kind == "metric":
        numbers[~(numbers > 0)] = np.nan
    if np.isnan(numbers).all():
        raise PhotoError(f"{path.name}: nothing in it is known")
    return numbers


def _raw(path: Path) -> tuple[npt.NDArray[Any], float | None]:
    """The numbers as they stand in the file, and which one means by itself that nothing is known."""
    try:
        if path.suffix == ".npy":
            raw = np.load(path, allow_pickle=False)
            if raw.dtype.kind not in "iuf" or raw.squeeze().ndim != 2:
                raise PhotoError(f"{path.name}: an array {raw.dtype}{list(raw.shape)}, not numbers [H, W]")
            return raw.squeeze(), None
        with Image.open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PhotoError(f"{path.name}: too large")
            if image.mode not in ("I;16", "I;16B", "I", "L"):
                raise PhotoError(f"{path.name}: a picture of mode {image.mode}; a map has one channel of 8 or 16 bits")
            return np.asarray(image), 0.0
    except PhotoError:
        raise
    except Exception as error:  # readers raise many kinds on hostile bytes
        raise PhotoError(f"{path.name}: cannot be read ({first_line(error)})") from error


@lru_cache(maxsize=48)
def _read(path: Path, changed: int, kind: str, plan: tuple[Any, ...], entry: PhotoEntry) -> Map | None:
    scale, small, missing = plan
    try:
        numbers = read_map(path, Declared(kind, "", scale, small, missing), entry)
    except PhotoError:
        return None
    if kind == "metric":
        made = numbers * scale if small else scale / numbers
    else:
        low, high = np.nanmin(numbers), np.nanmax(numbers)
        share = (numbers - low) / (high - low) if high > low else np.zeros_like(numbers)
        made = np.exp(share if small else np.where(np.isnan(share), np.nan, 1 - share))
    return np.asarray(made, np.float32)


def _values(path: Path, kind: str, declared: Declared, entry: PhotoEntry) -> Map | None:
    plan = declared.scale, declared.nearer_is_small, declared.missing
    return _read(path, path.stat().st_mtime_ns, kind, plan, entry)
