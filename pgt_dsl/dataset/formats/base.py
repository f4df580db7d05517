"""What a writer of data sets is, what it is told of the build, and the row that every format shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pgt_dsl.dataset.sample import Sample


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """What a writer knows of the build: the data set's name, how many samples are planned, and rows a shard."""

    name: str
    planned: int
    shard_rows: int = 1000


class Writer(Protocol):
    """A writer. ``make(folder, info)`` of its ``FormatSpec`` returns one.

    It writes below ``folder`` only, an empty folder that becomes the data set when the whole build is done; so it
    need not care for interruptions. ``README.md`` and ``manifest.json`` are the build's to write.
    """

    def write(self, samples: Sequence[Sample]) -> None:
        """Take the next samples, in their final order."""
        ...

    def close(self) -> None:
        """Write what is still held. Called once, after the last sample, when the build has not failed."""
        ...

    def front_matter(self) -> str:
        """YAML for the head of ``README.md`` (``configs``, ``dataset_info``), or "". Called after ``close``."""
        ...

    def usage(self, folder: Path) -> str:
        """Python code that loads the data set from ``folder``."""
        ...


def row(sample: Sample) -> dict[str, Any]:
    """The columns that formats share (all but the images).

    ``question``, ``answer`` and ``style`` are those of the first turn and ``conversations`` holds all turns, without
    any ``<image>``; ``options`` are the first question's whatever its style, ``correct`` the place of the right one
    among them or -1.
    """
    first = sample.turns[0]
    asked = sample.scene.asks[first.ask]
    return {
        "id": sample.id,
        "task": sample.task,
        "group": sample.group,
        "question": first.question,
        "answer": first.answer,
        "style": first.style,
        "options": list(asked.options),
        "correct": -1 if asked.correct is None else asked.correct,
        "conversations": conversations(sample),
        "metadata": sample.metadata,
    }


def conversations(sample: Sample, placeholder: str = "") -> list[dict[str, str]]:
    """All turns as ``{"from": "human" | "gpt", "value": ...}``; the first question is preceded by ``placeholder``."""
    turns: list[dict[str, str]] = []
    for turn in sample.turns:
        turns.append({"from": "human", "value": (placeholder if not turns else "") + turn.question})
        turns.append({"from": "gpt", "value": turn.answer})
    return turns


def image_names(sample: Sample) -> list[str]:
    """File names of a sample's images: ``<id>.png``, or ``<id>-0.png``, ``<id>-1.png`` when there are several."""
    if len(sample.images) == 1:
        return [sample.id + sample.suffix]
    return [f"{sample.id}-{number}{sample.suffix}" for number in range(len(sample.images))]
