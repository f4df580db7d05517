"""The format ``lines``: ``samples.jsonl`` beside ``images/``; and how it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import BuildInfo, Growing, drop_images, image_names
from pgt_dsl.dataset.sample import Sample


class LinesWriter:
    """A line for each sample, and its images under the names that the line says."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        self._images = folder / "images"
        self._images.mkdir(exist_ok=True)
        lines, start = folder / "samples.jsonl", info.mark.get("bytes", 0)
        drop_images(lines, start, self._images, lambda record: record["images"])
        self._lines = Growing(lines, start)

    def write(self, samples: Sequence[Sample]) -> None:
        """Lines first, then images: whatever image is there, a line names it."""
        for sample in samples:
            turns = [[turn.question, turn.answer] for turn in sample.turns]
            record = {"id": sample.id, "images": image_names(sample), "turns": turns}
            self._lines.add(json.dumps(record, ensure_ascii=False) + "\n")
        self._lines.flush()
        for sample in samples:
            for name, data in zip(image_names(sample), sample.images, strict=True):
                (self._images / name).write_bytes(data)

    def mark(self) -> Mapping[str, Any]:
        """How many bytes of lines there are."""
        self._lines.flush()
        return {"bytes": self._lines.bytes}

    def leave(self) -> None:
        """Close the file as it is."""
        self._lines.close()

    close = leave

    def front_matter(self) -> str:
        """Nothing for the card's head."""
        return ""

    def usage(self, folder: Path) -> str:
        """How it is read."""
        lines = ("from pathlib import Path", "", "from pgt_darts.writer import read", "")
        return "\n".join((*lines, f"samples = list(read(Path({str(folder)!r})))"))


def make(folder: Path, info: BuildInfo) -> LinesWriter:
    """The writer, for the registry."""
    return LinesWriter(folder, info)


def read(folder: Path) -> Iterator[tuple[str, list[Path], list[tuple[str, str]]]]:
    """Id, paths of images, and turns of each sample."""
    with (folder / "samples.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            images = [folder / "images" / name for name in record["images"]]
            yield record["id"], images, [(question, answer) for question, answer in record["turns"]]
