"""Reading back what ``formats.imagefolder`` wrote: ``train/metadata.jsonl`` and the image files beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.reading import (
    Piece,
    Problem,
    Row,
    conversation,
    image_files,
    json_value,
    lines,
    stray_images,
)

AT_ONCE = 128  # rows of a piece
INSIDE, TABLE = "train", "metadata.jsonl"
_NAME = f"{INSIDE}/{TABLE}"
COLUMNS = ("task", "group", "question", "answer", "style", "options", "correct")


@dataclass(frozen=True, slots=True)
class ImageFolderReader:
    """``train/`` below ``folder``."""

    folder: Path

    def pieces(self) -> Iterator[Piece | Problem]:
        """Lines of the table; their images are read with them."""
        held: list[tuple[int, str]] = []
        for line in lines(self.folder / _NAME, _NAME):
            if isinstance(line, Problem):
                yield line
                continue
            held.append(line)
            if len(held) == AT_ONCE:
                yield Piece(_NAME, held[0][0], held)
                held = []
        if held:
            yield Piece(_NAME, held[0][0], held)

    def rows(self, piece: Piece) -> Iterator[Row | Problem]:
        """The rows of some lines."""
        for number, text in piece.what:
            try:
                yield self._row(number, json_value(text))
            except (ValueError, TypeError, KeyError) as error:
                yield Problem(_NAME, number, f"this line is not a sample: {_short(error)}", "a sample as JSON")

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
        if not isinstance(item, dict):
            raise ValueError("it is not an object")
        lacking = [name for name in ("id", "metadata", "conversations", *COLUMNS) if name not in item]
        if lacking:
            raise ValueError(f"it has no `{lacking[0]}`")
        if not isinstance(item["id"], str) or not isinstance(item["metadata"], str):
            raise ValueError("`id` or `metadata` is not a text")
        names = _names(item)
        images, faults = image_files(self.folder, INSIDE, names)
        return Row(_NAME, number, item["id"], item["metadata"], conversation(item["conversations"]), images,
                   tuple(names), None, {name: item[name] for name in COLUMNS}, faults)  # fmt: skip


def _names(item: Any) -> list[str]:
    names = item["images_file_names"] if "images_file_names" in item else [item["file_name"]]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("the names of its images are no texts")
    return names


def _short(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)[:200]


def read(folder: Path) -> ImageFolderReader:
    """The reader of the format ``imagefolder``."""
    return ImageFolderReader(folder)
