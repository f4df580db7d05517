"""A folder of photos as a catalogue: which files count, which are left and why, credits and annotations beside them."""

from __future__ import annotations

import hashlib
import os
import tomllib
from pathlib import Path
from typing import Any

from pgt_dsl.photos.catalog import Credit, PhotoCatalog, PhotoEntry
from pgt_dsl.photos.coco import annotation_files, read_objects
from pgt_dsl.photos.load import PhotoError, read_header

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
_HEAD = 1 << 16  # bytes of each file that the digest reads
_CREDITS = "credits.toml"
_CREDIT_FIELDS = tuple(Credit.__dataclass_fields__)


def open_folder(folder: Path) -> PhotoCatalog:
    """The photos in ``folder`` and below, by name. Headers alone are read.

    Files that cannot be used (broken, cut short, tiny, too large, links that lead out of the folder) are left and named
    in ``problems``. ``credits.toml`` and annotations in COCO's form are read where they lie in the folder itself.
    Raises ``PhotoError`` when the folder does not exist or holds no usable photo.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise PhotoError(f"there is no folder of photos at {folder}")
    root = folder.resolve()
    problems: list[str] = []
    credits = _read_credits(folder, problems)
    digest = hashlib.sha256()
    entries = []
    for name in _files(folder, root, problems):
        path = folder / name
        try:
            header = read_header(path)
            mark = _mark(path)
        except OSError as error:
            problems.append(str(error) if isinstance(error, PhotoError) else f"{name}: cannot be read")
            continue
        entries.append(
            PhotoEntry(name, path, header.width, header.height, header.orientation, credits.get(name, Credit()))
        )
        digest.update(f"{name}\0{header.width}x{header.height}\0{mark}\n".encode())
    if not entries:
        raise PhotoError(f"{folder} holds no usable photo" + "".join(f"\n  {line}" for line in problems[:5]))
    files = annotation_files(folder)
    objects = read_objects(files, entries, problems)
    for file in files if objects is not None else ():
        digest.update(f"{file.name}\0{file.stat().st_size}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return PhotoCatalog(tuple(entries), objects, tuple(problems), digest.hexdigest())


def _files(folder: Path, root: Path, problems: list[str]) -> list[str]:
    """Names of the picture files below ``folder``, sorted; links out of it are named and left."""
    names = []
    for place, folders, files in os.walk(folder):
        here = Path(place)
        for sub in folders:
            if (here / sub).is_symlink():
                problems.append(f"{(here / sub).relative_to(folder).as_posix()}: a link to a folder, not followed")
        for file in files:
            path = here / file
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
