"""What was learned of a large folder of photos, kept in a file: sizes and annotations.

The file lies in the user's cache folder (``photos.cache.folder``). It is one header of JSON and columns of numbers that
are mapped into memory, so that only what is looked at is read. It is written under another name and renamed, so
processes never see half of one; a sum over all of it is checked when it is opened; one that is broken, of another
version or of other files is made again. Without a folder that can be written, everything is read each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import mmap
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from pgt_dsl.photos import cache
from pgt_dsl.photos.entry import Credit, PhotoEntry
from pgt_dsl.photos.objects import Objects

FORMAT = 1  # of the file and of how it is made
SUFFIX = ".index"
_MAGIC = b"pgt-photos\n"
_STEP = 64  # bytes to which columns are aligned
_OBJECTS = ("start", "boxes", "codes", "crowd", "cut", "part_start", "corner_start", "corners", "run_start", "runs",
            "frames")  # fmt: skip
_COLUMNS = ("width", "height", "orientation")

Column = npt.NDArray[Any]


class Entries(Sequence[PhotoEntry]):
    """The photos of a folder, each made when it is asked for."""

    def __init__(
        self, folder: Path, names: Sequence[str], columns: Mapping[str, Column], credits: Mapping[str, Credit]
    ) -> None:
        self.folder, self.names, self.columns, self.credits = folder, tuple(names), dict(columns), dict(credits)

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> PhotoEntry: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[PhotoEntry]: ...

    def __getitem__(self, index: int | slice) -> PhotoEntry | Sequence[PhotoEntry]:
        if isinstance(index, slice):
            return [self[k] for k in range(*index.indices(len(self)))]
        name = self.names[index]
        width, height, orientation = (int(self.columns[c][index]) for c in _COLUMNS)
        return PhotoEntry(name, self.folder / name, width, height, orientation, self.credits.get(name, Credit()))

    def __iter__(self) -> Iterator[PhotoEntry]:
        return (self[k] for k in range(len(self)))


@dataclass(frozen=True)
class Index:
    """What a reading of a folder found; ``columns``: int32[N] ``width``, ``height``, ``orientation`` of the photos."""

    names: tuple[str, ...]
    columns: Mapping[str, Column]
    objects: Objects | None
    problems: tuple[str, ...]
    digest: str


def place_of(folder: Path) -> Path | None:
    """Where the index of a folder lies; None when none is kept."""
    where = cache.folder()
    key = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:40]
    return None if where is None else where / (key + SUFFIX)


def kept(folder: Path, stamp: str, make: Callable[[], Index]) -> Index:
    """The index of a folder: from its file when that was made of files with the same ``stamp``, else by ``make``."""
    where = place_of(folder)
    if where is None:
        return make()
    found = load(where, stamp)
    if found is None:
        made = make()
        save(where, stamp, made)
        found = load(where, stamp) or made
    return found


def save(where: Path, stamp: str, index: Index) -> None:
    """Write an index, if that can be done."""
    columns = {name: index.columns[name] for name in _COLUMNS}
    if index.objects is not None:
        columns |= {f"objects.{name}": getattr(index.objects, name) for name in _OBJECTS}
    table = {}
    at = 0
    for name, data in columns.items():
        table[name] = [data.dtype.str, list(data.shape), at]
        at += -(-data.nbytes // _STEP) * _STEP
    head = json.dumps({
        "stamp": stamp, "names": index.names, "problems": index.problems, "digest": index.digest, "columns": table,
        "categories": None if index.objects is None else index.objects.names, "size": at,
    }).encode()  # fmt: skip
    start = -(-(len(_MAGIC) + 16 + len(head)) // _STEP) * _STEP
    front = _MAGIC + FORMAT.to_bytes(4, "little") + len(head).to_bytes(8, "little")
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=where.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                sum_ = 0
                for piece in _pieces(front + bytes(4) + head, start, columns.values()):
                    sum_ = zlib.crc32(piece, sum_)
                    file.write(piece)
                file.seek(len(front))
                file.write(sum_.to_bytes(4, "little"))
            os.replace(name, where)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)
    except OSError:
        return


def _pieces(front: bytes, start: int, columns: Any) -> Iterator[bytes]:
    yield front + bytes(start - len(front))
    for data in columns:
        yield np.ascontiguousarray(data).tobytes() + bytes(-data.nbytes % _STEP)


def load(where: Path, stamp: str) -> Index | None:
    """What a file holds, its columns mapped; None when there is none, or it is broken or of other files."""
    try:
        with where.open("rb") as file:
            whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):
        return None
    at = len(_MAGIC)
    if len(whole) < at + 16 or bytes(whole[:at]) != _MAGIC or int.from_bytes(whole[at : at + 4], "little") != FORMAT:
        return None
    size, told = int.from_bytes(whole[at + 4 : at + 12], "little"), whole[at + 12 : at + 16]
    sum_ = zlib.crc32(whole[at + 16 :], zlib.crc32(bytes(4), zlib.crc32(whole[: at + 12])))
    if int.from_bytes(told, "little") != sum_:
        return None
    head = json.loads(bytes(whole[at + 16 : at + 16 + size]))
    if head["stamp"] != stamp:
        return None
    body = -(-(at + 16 + size) // _STEP) * _STEP

    def column(name: str) -> Column:
        kind, shape, offset = head["columns"][name]
        count = int(np.prod(shape))
        return np.frombuffer(whole, np.dtype(kind), count, body + offset).reshape(shape)

    objects = None
    if head["categories"] is not None:
        start, boxes, *rest = (column(f"objects.{name}") for name in _OBJECTS)
        objects = Objects(start, boxes, tuple(head["categories"]), *rest)
    columns = {name: column(name) for name in _COLUMNS}
    return Index(tuple(head["names"]), columns, objects, tuple(head["problems"]), head["digest"])
