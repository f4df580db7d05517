"""Reading back what ``formats.webdataset`` wrote: the members of ``train-*.tar``, those of a sample one after another.

Only the heads of members are read to find the samples; what they hold is read by whoever judges them. Members have a
sample's number for a key, so the names of images are not those of the sample: what they should be is looked at here.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pgt_dsl.dataset.formats.base import TRAIN
from pgt_dsl.dataset.formats.reading import (
    MOST_BYTES,
    Holds,
    Piece,
    Problem,
    Row,
    Woven,
    collected,
    json_value,
    short,
    whole_row,
)

Member = tuple[str, int, int]
"""The name of a member, where its bytes begin, and how many there are."""


@dataclass(frozen=True, slots=True)
class WebDatasetReader:
    """``train-*.tar`` below ``folder``, in the order of their names."""

    folder: Path
    splits: tuple[str, ...] = (TRAIN,)
    holds: ClassVar[Holds] = Holds(names=False)

    def pieces(self) -> Iterator[Piece | Problem]:
        """Samples of one shard each; a piece says where the bytes of their members are."""
        for split in self.splits:
            paths = sorted(self.folder.glob(f"{split}-*.tar"))
            if not paths:
                yield Problem("", None, f"there is no shard `{split}-*.tar`", "shards")
            last = "-1"  # the key before
            for number, path in enumerate(paths):
                wanted = f"{split}-{number:06d}.tar"
                if path.name != wanted:
                    yield Problem(path.name, None, "the shards are not numbered without a gap", wanted)
                for item in collected(path.name, _samples(path, last), split):
                    yield item
                    last = _key(item.what[-1][1][0]) if isinstance(item, Piece) else last

    def rows(self, piece: Piece) -> Iterator[Row | Woven | Problem]:
        """The rows of some samples."""
        with (self.folder / piece.file).open("rb") as file:
            for number, members, faults in piece.what:
                try:
                    yield _row(piece.file, number, members, faults, file)
                except (ValueError, TypeError, KeyError, OSError) as error:
                    message = f"`{members[0][0]}` and what follows is not a sample: {short(error)}"
                    yield Problem(piece.file, number, message, "members KEY.json and KEY.png")

    def strays(self) -> Iterator[Problem]:
        """Other archives, which whoever loads ``*.tar`` would take for shards."""
        for path in sorted(self.folder.glob("*.tar")):
            if path.name.rpartition("-")[0] not in self.splits:
                yield Problem(path.name, None, "this file is no shard")


def _samples(path: Path, last: str) -> Iterator[tuple[int, list[Member], tuple[str, ...]] | Problem]:
    """The members of each key, one key after another, and what is wrong with their names. ``last``: the key before."""
    held: list[Member] = []
    number = 0
    for member in _members(path):
        if isinstance(member, Problem):
            yield member
            continue
        if held and _key(held[0]) != _key(member):
            yield number, held, _misnamed(held, last)
            last, held, number = _key(held[0]), [], number + 1
        held.append(member)
    if held:
        yield number, held, _misnamed(held, last)


def _members(path: Path) -> Iterator[Member | Problem]:
    """The members of an archive, and a problem where it ends too soon or is no archive from some place on."""
    try:
        with tarfile.open(path, "r:") as tar:
            held: Any = tar
            for info in tar:
                if not info.isreg():
                    yield Problem(path.name, None, f"`{info.name}` is no file", "files only")
                elif info.size > MOST_BYTES:
                    yield Problem(path.name, None, f"`{info.name}` has more than {MOST_BYTES} bytes", "an image")
                else:
                    yield info.name, info.offset_data, info.size
                held.members = []  # which tarfile would keep all of
            end = tar.offset
        yield from _end(path, end)
    except (tarfile.TarError, OSError, ValueError) as error:
        yield Problem(path.name, None, f"the archive cannot be read on: {short(error)}", "a tar file")


def _end(path: Path, end: int) -> Iterator[Problem]:
    """An archive ends with two empty blocks or more, and nothing behind them. ``tarfile`` stops at anything else as
    well, and says nothing."""
    blank = 0
    with path.open("rb") as file:
        file.seek(end - end % tarfile.BLOCKSIZE)
        while block := file.read(1 << 20):
            if block.count(0) != len(block):
                yield Problem(
                    path.name, None, f"what follows from byte {end} on is no member, and is not read", "its end"
                )
                return
            blank += len(block)
    if blank < 2 * tarfile.BLOCKSIZE:
        yield Problem(path.name, None, "the archive has no end: it is cut off", "two empty blocks")


def _key(member: Member) -> str:
    return member[0].partition(".")[0]


def _misnamed(members: Sequence[Member], last: str) -> tuple[str, ...]:
    """What is wrong with the names of a sample's members, which loaders bring together by their keys: numbers, each
    one more than the last."""
    key, found = _key(members[0]), []
    wanted = f"{int(last) + 1:09d}" if last.removeprefix("-").isdecimal() else key
    if key != wanted or not key.isdecimal():
        found.append(f"its members have the key `{key}`, and it is number {wanted}")
    names = [name for name, _, _ in members]
    images = [name for name in names if not name.endswith(".json")]
    if names.count(f"{key}.json") != 1 or len(names) != len(images) + 1:
        found.append(f"its members are {', '.join(names)}: one of them should be `{key}.json`")
    for place, name in enumerate(images):
        start = f"{key}.{place}." if place else f"{key}."
        if not name.startswith(start) or "." in name[len(start) :]:
            found.append(f"image {place + 1} is named `{name}`, not `{start}EXTENSION`")
    return tuple(found)


def _row(file: str, number: int, members: Sequence[Member], faults: tuple[str, ...], data: Any) -> Row | Woven:
    images: list[tuple[str, bytes]] = []
    item: Any = None
    for name, start, size in members:
        data.seek(start)
        held = data.read(size)
        if len(held) != size:
            raise ValueError(f"`{name}` is cut off")
        if name.endswith(".json"):
            item = json_value(held.decode("utf-8"))
        else:
            images.append((name, held))
    return whole_row(file, number, item, [held for _, held in images], [name for name, _ in images], faults)


def read(folder: Path, splits: tuple[str, ...] = (TRAIN,)) -> WebDatasetReader:
    """The reader of the format ``webdataset``."""
    return WebDatasetReader(folder, splits)
