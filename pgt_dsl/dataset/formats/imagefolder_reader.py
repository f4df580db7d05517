"""Reading back what ``formats.imagefolder`` wrote: ``train/metadata.jsonl`` and the image files beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pgt_dsl.dataset.formats.base import TRAIN
from pgt_dsl.dataset.formats.reading import (
    Holds,
    Piece,
    Problem,
    Row,
    Woven,
    collected,
    image_files,
    json_value,
    lines,
    short,
    stray_images,
    whole_row,
)

TABLE = "metadata.jsonl"


@dataclass(frozen=True, slots=True)
class ImageFolderReader:
    """``train/`` below ``folder``, or a folder for each split."""

    folder: Path
    splits: tuple[str, ...] = (TRAIN,)
    holds: ClassVar[Holds] = Holds()

    def pieces(self) -> Iterator[Piece | Problem]:
        """Lines of the tables; their images are read with them."""
        for split in self.splits:
            name = f"{split}/{TABLE}"
            yield from collected(name, lines(self.folder / name, name), split)

    def rows(self, piece: Piece) -> Iterator[Row | Woven | Problem]:
        """The rows of some lines."""
        for number, text in piece.what:
            try:
                yield self._row(piece, number, json_value(text))
            except (ValueError, TypeError, KeyError) as error:
                yield Problem(piece.file, number, f"this line is not a sample: {short(error)}", "a sample as JSON")

    def strays(self) -> Iterator[Problem]:
        """Image files that no line names: ``load_dataset`` refuses a folder that has any."""
        for split in self.splits:
            count = sum(1 for _ in self._named(split))
            yield from stray_images(self.folder, split, count, self._named(split), frozenset({TABLE}))

    def _named(self, split: str) -> Iterator[str]:
        name = f"{split}/{TABLE}"
        for line in lines(self.folder / name, name):
            if not isinstance(line, Problem):
                try:
                    yield from _names(json_value(line[1]))
                except (ValueError, TypeError, KeyError):
                    continue

    def _row(self, piece: Piece, number: int, item: Any) -> Row | Woven:
        names = _names(item)
        images, faults = image_files(self.folder, piece.split, names)
        return whole_row(piece.file, number, item, images, names, faults)


def _names(item: Any) -> list[str]:
    if not isinstance(item, dict):
        raise ValueError("it is not an object")
    names = item["images_file_names"] if "images_file_names" in item else [item["file_name"]]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("the names of its images are no texts")
    return names


def read(folder: Path, splits: tuple[str, ...] = (TRAIN,)) -> ImageFolderReader:
    """The reader of the format ``imagefolder``."""
    return ImageFolderReader(folder, splits)
