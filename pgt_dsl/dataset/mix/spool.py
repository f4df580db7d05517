"""Samples that wait on the disk until their stage is whole, and then leave it group by group in any order.

A sample is a line of JSON and the bytes of its images behind it, so nothing is run that lies in the file. Of what waits
the memory holds eight bytes a group.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from pgt_dsl.dataset.formats.base import Growing
from pgt_dsl.dataset.sample import Sample, Turn
from pgt_dsl.scene.serial import scene_from_json


class Spool:
    """The samples in a file, of which ``start`` bytes are there already. Raises ``ValueError`` when there are fewer."""

    def __init__(self, path: Path, start: int = 0) -> None:
        self._path = path
        self._file = Growing(path, start)
        self._starts = array("Q")
        self._last: tuple[str, int] | None = None
        if start:
            self._scan()

    @property
    def bytes(self) -> int:
        """The size of the file."""
        return self._file.bytes

    @property
    def groups(self) -> int:
        """How many groups wait."""
        return len(self._starts)

    def add(self, samples: Iterable[Sample]) -> None:
        """Put samples behind the others; those of a group come one after the other."""
        for sample in samples:
            self._begin((sample.task, sample.index), self._file.bytes)
            self._file.add_bytes(_head(sample))
            for image in sample.images:
                self._file.add_bytes(image)

    def flush(self) -> None:
        """Hand everything to the operating system."""
        self._file.flush()

    def take(self, order: Iterable[int]) -> Iterator[list[Sample]]:
        """The groups of these numbers."""
        self._file.flush()
        with self._path.open("rb") as file:
            for number in order:
                file.seek(self._starts[number])
                stop = self._starts[number + 1] if number + 1 < len(self._starts) else self._file.bytes
                group = []
                while file.tell() < stop:
                    group.append(_sample(file))
                yield group

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _begin(self, group: tuple[str, int], start: int) -> None:
        if group != self._last:
            self._starts.append(start)
            self._last = group

    def _scan(self) -> None:
        """Find the groups of what is there."""
        with self._path.open("rb") as file:
            while (start := file.tell()) < self._file.bytes:
                head = _read(file)
                self._begin((head["task"], head["index"]), start)
                file.seek(sum(head["images"]), 1)


_PLAIN = ("id", "task", "index", "pixels", "metadata", "group", "suffix", "coordinates")


def _head(sample: Sample) -> bytes:
    told: dict[str, Any] = {name: getattr(sample, name) for name in _PLAIN}
    told["turns"] = [[turn.question, turn.answer, turn.style, turn.ask] for turn in sample.turns]
    told["images"] = [len(image) for image in sample.images]
    return json.dumps(told).encode("ascii") + b"\n"


def _read(file: BinaryIO) -> dict[str, Any]:
    head = json.loads(file.readline())
    if not isinstance(head, dict):
        raise ValueError("the samples that wait for their stage are damaged")
    return head


def _sample(file: BinaryIO) -> Sample:
    head = _read(file)
    images = tuple(file.read(size) for size in head.pop("images"))
    turns = tuple(Turn(*turn) for turn in head.pop("turns"))
    scene = scene_from_json(json.loads(head["metadata"])["scene"])
    return Sample(images=images, turns=turns, scene=scene, **head)
