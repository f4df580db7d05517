"""Formats of a stranger: one that cannot go on with a build that was stopped, and one that can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import BuildInfo, Growing
from pgt_dsl.dataset.sample import Sample


class Plain:
    """A line for each sample, in a file that is written from the start."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        assert not info.mark and not list(folder.iterdir())
        self._file = (folder / "answers.txt").open("w", encoding="utf-8")

    def write(self, samples: Sequence[Sample]) -> None:
        self._file.writelines(f"{s.id} {s.turns[0].answer}\n" for s in samples)

    def close(self) -> None:
        self._file.close()

    def front_matter(self) -> str:
        return ""

    def usage(self, folder: Path) -> str:
        return "open"


class Resuming(Plain):
    """The same, in a file that is cut at its mark."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        self._lines = Growing(folder / "answers.txt", info.mark.get("bytes", 0))

    def write(self, samples: Sequence[Sample]) -> None:
        for sample in samples:
            self._lines.add(f"{sample.id} {sample.turns[0].answer}\n")

    def mark(self) -> Mapping[str, Any]:
        self._lines.flush()
        return {"bytes": self._lines.bytes}

    def leave(self) -> None:
        self._lines.close()

    close = leave
