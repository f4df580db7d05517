"""What formats of JSON records share: a record a sample in a growing file, images in a folder, scenes beside them.

NAME.jsonl or NAME.json     the records, a line each, or one array
images/                     the pictures, ``<id>.png``
scenes.jsonl                id, task and metadata of each sample, to replay it
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import BuildInfo, Growing, drop_images, image_names
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.diagnostics import PgtError

PLACEHOLDER = "<image>"
Record = Callable[[Sample, list[str]], dict[str, Any]]
"""The record of a sample, given the paths of its images."""


class Scenes:
    """``scenes.jsonl``: what replays each sample, for formats whose records have no room for it."""

    def __init__(self, folder: Path, start: int = 0) -> None:
        self._file = Growing(folder / "scenes.jsonl", start)

    @property
    def bytes(self) -> int:
        """How long the file is."""
        return self._file.bytes

    def add(self, sample: Sample) -> None:
        """A line for a sample."""
        line = {"id": sample.id, "task": sample.task, "metadata": sample.metadata}
        self._file.add(json.dumps(line, ensure_ascii=False) + "\n")

    def flush(self) -> None:
        """Hand everything to the operating system."""
        self._file.flush()

    def close(self) -> None:
        """Flush and close."""
        self._file.close()


class RecordsWriter:
    """Writes ``name``, lines of JSON, or one array when it ends in ``.json``.

    record: makes a record of a sample and the paths of its images, relative to ``folder``. paths: where those stand in
    a record, to find the images of records that a build which goes on has cut off.
    """

    def __init__(self, folder: Path, info: BuildInfo, name: str, record: Record, paths: str) -> None:
        self._folder, self._name, self._record = folder, name, record
        self._images = folder / "images"
        self._images.mkdir(exist_ok=True)
        mark = info.mark
        drop_images(folder / name, mark.get("records", 0), self._images, lambda item: _names(item[paths]))
        self._records = Growing(folder / name, mark.get("records", 0))
        self._scenes = Scenes(folder, mark.get("scenes", 0))
        self._written = mark.get("written", 0)
        self._array = name.endswith(".json")
        if self._array and not mark:
            self._records.add("[")

    def write(self, samples: Sequence[Sample]) -> None:
        """Write records, then their images. Raises ``PgtError`` when a text holds the placeholder of an image."""
        for sample in samples:
            paths = [f"images/{name}" for name in image_names(sample)]
            line = json.dumps(self._record(sample, paths), ensure_ascii=False)
            if self._array:
                self._records.add(("," if self._written else "") + "\n" + line)
            else:
                self._records.add(line + "\n")
            self._scenes.add(sample)
            self._written += 1
        self._records.flush()  # before the images: whatever image is there, a record names it
        for sample in samples:
            for name, data in zip(image_names(sample), sample.images, strict=True):
                (self._images / name).write_bytes(data)

    def mark(self) -> Mapping[str, Any]:
        """How long the files are."""
        self._records.flush()
        self._scenes.flush()
        return {"records": self._records.bytes, "scenes": self._scenes.bytes, "written": self._written}

    def leave(self) -> None:
        """Close the files as they are."""
        self._records.close()
        self._scenes.close()

    def close(self) -> None:
        """End the array."""
        if self._array:
            self._records.add("\n]\n")
        self.leave()

    def front_matter(self) -> str:
        """The split; images stay paths."""
        files = f"configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: {self._name}\n"
        return files


def _names(paths: str | list[str]) -> list[str]:
    return [Path(path).name for path in ([paths] if isinstance(paths, str) else paths)]


def no_placeholder(sample: Sample, *placeholders: str) -> None:
    """Raises ``PgtError`` when a text of the sample holds what the reader of the format would take for an image (or
    for a box): it would look for one more than there are, in the middle of a training run."""
    for turn in sample.turns:
        for text in (turn.question, turn.answer):
            for placeholder in placeholders or (PLACEHOLDER,):
                if placeholder in text:
                    raise PgtError(
                        f"a text of `{sample.task}` holds `{placeholder}`, which readers of this format take for the "
                        f"place of one: {text[:80]!r}; word it otherwise, or choose the format `parquet`"
                    )


def chat(sample: Sample, before: str = "") -> list[dict[str, str]]:
    """All turns as ``{"role": "user" | "assistant", "content": ...}``; the first starts with ``before``."""
    messages: list[dict[str, str]] = []
    for turn in sample.turns:
        messages.append({"role": "user", "content": (before if not messages else "") + turn.question})
        messages.append({"role": "assistant", "content": turn.answer})
    return messages
