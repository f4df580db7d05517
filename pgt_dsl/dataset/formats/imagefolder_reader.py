"""Reading back what ``formats.imagefolder`` wrote: ``train/metadata.jsonl`` and the image files beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pgt_dsl.dataset.formats.reading import (
    Holds,
    Piece,
    Problem,
    Row,
    collected,
    image_files,
    json_value,
    lines,
    short,
    stray_images,
    whole_row,
)

INSIDE, TABLE = "train", "metadata.jsonl"
_NAME = f"{INSIDE}/{TABLE}"


@dataclass(frozen=True, slots=True)
class ImageFolderReader:
    """``train/`` below ``folder``."""

    folder: Path
    holds: ClassVar[Holds] = Holds()

    def pieces(self) -> Iterator[Piece | Problem]:
        """Lines of the table; their images are read with them."""
        yield from collected(_NAME, lines(self.folder / _NAME, _NAME))

    def rows(self, piece: Piece) -> Iterator[Row | Problem]:
        """The rows of some lines."""
        for number, text in piece.what:
            try:
                yield self._row(number, json_value(text))
            except (ValueError, TypeError, KeyError) as error:
                yield Problem(_NAME, number, f"this line is not a sample: {short(error)}", "a sample as JSON")

    def strays(self) -> Iterator[Problem]:
        """Image files that no line names: ``load_dataset`` refuses a folder that has any."""
        count = sum(1 for _ in self._named())
        yield from stray_images(self.folder, INSIDE, count, self._named(), frozenset({TABLE}))

    def _named(self) -> Iterator[str]:
        for line in lines(self.folder / _NAME, _NAME):
            if not isinstance(line, Problem):
                try:
                    yield from _names(json_value(line[1]))
                except (ValueError, TypeError, KeyError):
                    continue

    def _row(self, number: int, item: Any) -> Row:
        names = _names(item)
        images, faults = image_files(self.folder, INSIDE, names)
        return whole_row(_NAME, number, item, images, names, faults)


def _names(item: Any) -> list[str]:
    if not isinstance(item, dict):
        raise ValueError("it is not an object")
    names = item["images_file_names"] if "images_file_names" in item else [item["file_name"]]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("the names of its images are no texts")
    return names


def read(folder: Path) -> ImageFolderReader:
    """The reader of the format ``imagefolder``."""
    return ImageFolderReader(folder)
