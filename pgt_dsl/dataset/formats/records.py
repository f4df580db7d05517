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

from pgt_dsl.dataset.formats.base import BuildInfo, Growing, drop_images, image_files, image_paths
from pgt_dsl.dataset.given import PLACEHOLDER, Given, Row
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.diagnostics import PgtError

INSIDE = "images/"
Record = Callable[[Row, list[str]], dict[str, Any]]
"""The record of a sample, given the paths of its images."""


class Scenes:
    """``scenes.jsonl``: what replays each sample, for formats whose records have no room for it."""

    def __init__(self, folder: Path, start: int = 0, name: str = "scenes.jsonl") -> None:
        self._file = Growing(folder / name, start)

    @property
    def bytes(self) -> int:
        """How long the file is."""
        return self._file.bytes

    def add(self, sample: Row) -> None:
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
    a record, to find the images of records that a build which goes on has cut off; before: what stands before the
    names of the data set's own there.
    """

    def __init__(
        self, folder: Path, info: BuildInfo, name: str, record: Record, paths: str, before: str = INSIDE
    ) -> None:
        self._folder, self._info, self._record = folder, info, record
        self._name = name = info.named(Path(name).stem, Path(name).suffix)
        self._images = folder / "images"
        self._images.mkdir(exist_ok=True)
        mark = info.mark
        drop_images(folder / name, mark.get("records", 0), self._images, lambda item: _names(item[paths], before))
        self._records = Growing(folder / name, mark.get("records", 0))
        self._scenes = Scenes(folder, mark.get("scenes", 0), info.named("scenes", ".jsonl"))
        self._written = mark.get("written", 0)
        self._array = name.endswith(".json")
        if self._array and not mark:
            self._records.add("[")

    def write(self, samples: Sequence[Row]) -> None:
        """Write records, then their images. Raises ``PgtError`` when a text holds the placeholder of an image."""
        for sample in samples:
            paths = image_paths(sample, INSIDE)
            line = json.dumps(self._record(sample, paths), ensure_ascii=False)
            if self._array:
                self._records.add(("," if self._written else "") + "\n" + line)
            else:
                self._records.add(line + "\n")
            self._scenes.add(sample)
            self._written += 1
        self._records.flush()  # before the images: whatever image is there, a record names it
        for sample in samples:
            for name, data in image_files(sample):
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
        return f"{self._info.front_matter}{self._name}\n"


def _names(paths: str | list[str], before: str) -> list[str]:
    """The images of the data set itself, without what stands before their names. Those of the user's lie elsewhere, so
    they are no bare names, and ``drop_images`` touches nothing else."""
    each = [paths] if isinstance(paths, str) else paths
    return [path.removeprefix(before) for path in each if path.startswith(before)]


def no_placeholder(sample: Row, *placeholders: str) -> None:
    """Raises ``PgtError`` when a text of the sample holds what the reader of the format would take for an image (or
    for a box): it would look for one more than there are, in the middle of a training run."""
    for turn in () if isinstance(sample, Given) else sample.turns:  # theirs have been looked at when they were read
        for text in (turn.question, turn.answer):
            for placeholder in placeholders or (PLACEHOLDER,):
                if placeholder in text:
                    raise PgtError(
                        f"a text of `{sample.task}` holds `{placeholder}`, which readers of this format take for the "
                        f"place of one: {text[:80]!r}; word it otherwise, or choose the format `parquet`"
                    )


def chat(sample: Row, before: str = "") -> list[dict[str, str]]:
    """All turns as ``{"role": "user" | "assistant", "content": ...}``; the first starts with ``before``. The texts of a
    record of the user's stay as they are."""
    if isinstance(sample, Given):
        return [{"role": role, "content": text} for role, text in sample.said]
    messages: list[dict[str, str]] = []
    for turn in sample.turns:
        messages.append({"role": "user", "content": (before if not messages else "") + turn.question})
        messages.append({"role": "assistant", "content": turn.answer})
    return messages


def question_id(sample: Sample, number: int) -> str:
    """What tells a question from all others of a data set: the sample's id, and ``/0``, ``/1`` where it has several."""
    return sample.id if len(sample.scene.asks) == 1 else f"{sample.id}/{number}"


def prompts(sample: Sample, before: str = "") -> list[list[dict[str, str]]]:
    """For each question the messages that end with it: earlier ones come with their right answers."""
    messages = chat(sample, before)
    return [messages[: 2 * number + 1] for number in range(len(sample.turns))]
