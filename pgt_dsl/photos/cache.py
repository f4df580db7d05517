"""Photos as they lie on a canvas, decoded and scaled once and kept as files of raw pixels that are mapped into memory.

A file lies in the user's cache folder (``PGT_PHOTO_CACHE`` names another; ``off`` keeps none). Its name is a hash of
all that its pixels depend on. It is written under another name and then renamed, so processes never see half of one;
one that is broken is made again; the folder is kept below ``MOST_BYTES`` by removing what was not used for longest.
Nothing here can fail: without a folder that can be written, photos are decoded every time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import __version__ as pillow

from pgt_dsl.resources import cache_folder

Bytes = npt.NDArray[np.uint8]

VARIABLE = "PGT_PHOTO_CACHE"
OFF = "off"
MOST_BYTES = 4 << 30
_FORMAT = 1  # of the files and of how they are made
_SUFFIX = ".rgb"
_TAIL = 4  # bytes: the CRC-32 of the pixels
_ROUND = 64  # files written between two looks at the size of the folder

_written = 0


def folder() -> Path | None:
    """Where the files lie; None when none are kept."""
    given = os.environ.get(VARIABLE, "")
    if given == OFF:
        return None
    if given:
        return Path(given)
    base = cache_folder()
    return None if base is None else base / "photos"


def pixels(parts: Iterable[object], height: int, width: int, make: Callable[[], Bytes]) -> Bytes:
    """uint8[height, width, 3], read-only: from the cache, else by ``make``, and kept.

    parts: all that the pixels depend on beside the version of Pillow, in texts and numbers. What ``make`` raises is
    raised, and nothing is kept.
    """
    where = folder()
    if where is None:
        return _locked(make())
    key = repr((_FORMAT, pillow, height, width, *parts))
    path = where / (hashlib.sha256(key.encode()).hexdigest()[:40] + _SUFFIX)
    found = _read(path, height, width)
    if found is None:
        made = make()
        _write(path, made)
        found = _read(path, height, width)
        return _locked(made) if found is None else found
    return found


def _locked(made: Bytes) -> Bytes:
    made.setflags(write=False)
    return made


def _read(path: Path, height: int, width: int) -> Bytes | None:
    """The mapped pixels of a file; None when it is not there, or is not what was written."""
    size = height * width * 3
    try:
        if path.stat().st_size != size + _TAIL:
            return None
        whole = np.memmap(path, np.uint8, "r")
        if zlib.crc32(whole[:size].data) != int.from_bytes(whole[size:].tobytes(), "little"):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # it was used
    except (OSError, ValueError):
        return None
    return np.asarray(whole[:size]).reshape(height, width, 3)


def _write(path: Path, made: Bytes) -> None:
    """Keep pixels, if that can be done."""
    global _written
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if _written % _ROUND == 0:
            shrink(path.parent, MOST_BYTES)
        _written += 1
        data = np.ascontiguousarray(made).tobytes()
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data + zlib.crc32(data).to_bytes(_TAIL, "little"))
            os.replace(name, path)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)
    except OSError:
        return


def shrink(where: Path, most: int) -> None:
    """Remove the files of a folder that were not used for longest, until they have ``most`` bytes together.

    Names that this module does not give are left alone, but for parts of files that nobody finished within a day.
    """
    found = []
    for path in where.iterdir():
        with contextlib.suppress(OSError):  # another process may be removing it
            if path.suffix in (_SUFFIX, ".part"):
                info = path.stat()
                found.append((info.st_mtime, info.st_size, path))
    newest = max((used for used, _, _ in found), default=0.0)
    total = 0
    for used, size, path in sorted(found, reverse=True):
        total += size
        if total > most or (path.suffix == ".part" and used < newest - 86_400):
            with contextlib.suppress(OSError):
                path.unlink()
