"""A folder of photos as a catalogue: which files count, which are left and why, credits and annotations beside them."""

from __future__ import annotations

import hashlib
import os
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
from PIL import __version__ as Pillow

from pgt_dsl.photos import depth, index
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.photos.coco import annotation_files, read_objects
from pgt_dsl.photos.entry import Credit
from pgt_dsl.photos.load import PhotoError, read_header

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
WORTHWHILE = 500  # photos, or as much of annotations, from which an index is kept
_BYTES_A_PHOTO = 5_000
_HEAD = 1 << 16  # bytes of each file that the digest reads
_CREDITS = "credits.toml"
_CREDIT_FIELDS = tuple(Credit.__dataclass_fields__)


def open_folder(folder: Path) -> PhotoCatalog:
    """The photos in ``folder`` and below, by name. Headers alone are read, and annotations item by item.

    Files that cannot be used (broken, cut short, tiny, too large, links that lead out of the folder) are left and named
    in ``problems``. ``credits.toml``, annotations in COCO's form and the declaration of depth (``photos.depth``) are
    read where they lie in the folder itself. What was read of a large folder is kept (``photos.index``).
    Raises ``PhotoError`` when the folder does not exist or holds no usable photo.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PhotoError(f"there is no folder of photos at {folder}")
    problems: list[str] = []
    names = list_photos(folder, problems)
    files = annotation_files(folder)
    if len(names) + sum(file.stat().st_size for file in files) // _BYTES_A_PHOTO < WORTHWHILE:
        found = _read(folder, names, files, problems)
    else:
        found = index.kept(folder, _stamp(folder, names, files), lambda: _read(folder, names, files, problems))
    told = list(found.problems)
    entries = index.Entries(folder, found.names, found.columns, _read_credits(folder, told))
    depths = depth.read_depths(folder, entries, told)
    digest = found.digest
    if depths is not None:
        digest = hashlib.sha256(f"{digest}\0{depths.digest}".encode()).hexdigest()
    return PhotoCatalog(entries, found.objects, tuple(told), digest, depths)


def _read(folder: Path, names: list[str], files: list[Path], problems: list[str]) -> index.Index:
    """Read the headers and the annotations of a folder."""
    problems = list(problems)
    digest = hashlib.sha256()
    kept, sizes = [], []
    for name in names:
        path = folder / name
        try:
            header = read_header(path)
            mark = _mark(path)
        except OSError as error:
            problems.append(str(error) if isinstance(error, PhotoError) else f"{name}: cannot be read")
            continue
        kept.append(name)
        sizes.append((header.width, header.height, header.orientation))
        digest.update(f"{name}\0{header.width}x{header.height}\0{mark}\n".encode())
    if not kept:
        raise PhotoError(f"{folder} holds no usable photo" + "".join(f"\n  {line}" for line in problems[:5]))
    table = np.array(sizes, np.int32)
    columns = {"width": table[:, 0], "height": table[:, 1], "orientation": table[:, 2]}
    objects = read_objects(files, index.Entries(folder, kept, columns, {}), problems)
    for file in files if objects is not None else ():
        digest.update(f"{file.name}\0{file.stat().st_size}\0{_sha256(file)}\n".encode())
    return index.Index(tuple(kept), columns, objects, tuple(problems), digest.hexdigest())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp(folder: Path, names: list[str], files: list[Path]) -> str:
    """What changes when a file of the folder does: names, sizes and times."""
    found = hashlib.sha256(Pillow.encode())
    for path in (*(folder / name for name in names), *files):
        info = path.stat()
        found.update(f"{path}\0{info.st_size}\0{info.st_mtime_ns}\n".encode())
    return found.hexdigest()


def list_photos(folder: Path, problems: list[str]) -> list[str]:
    """Names of the picture files below ``folder`` that are no maps of depth, sorted; links out of it are named and
    left."""
    root = folder.resolve()
    maps, declared = depth.folder_of(folder), any((folder / name).is_file() for name in depth.FILES)
    names = []
    for place, folders, files in os.walk(folder):
        here = Path(place)
        if maps is not None:
            folders[:] = [sub for sub in folders if here / sub != maps]
        for sub in folders:
            if (here / sub).is_symlink():
                problems.append(f"{(here / sub).relative_to(folder).as_posix()}: a link to a folder, not followed")
        for file in files:
            path = here / file
            if declared and depth.is_map(file):
                continue
            if path.suffix.lower() not in SUFFIXES or file.startswith("."):
                continue
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                problems.append(f"{name}: a link out of the folder, not followed")
            elif not path.is_file():
                problems.append(f"{name}: not a file")
            else:
                names.append(name)
    problems.sort()
    return sorted(names)


def _mark(path: Path) -> str:
    with path.open("rb") as file:
        return f"{path.stat().st_size}\0{hashlib.sha256(file.read(_HEAD)).hexdigest()}"


def _read_credits(folder: Path, problems: list[str]) -> dict[str, Credit]:
    path = folder / _CREDITS
    if not path.is_file():
        return {}
    try:
        listed: list[dict[str, Any]] = tomllib.loads(path.read_text("utf-8"))["photo"]
        return {
            str(item["file"]): Credit(**{key: str(item[key]) for key in _CREDIT_FIELDS if key in item})
            for item in listed
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        problems.append(f"{_CREDITS}: cannot be read ({error})")
        return {}
