"""A task as a data set of reasoning-gym: made on the fly, scored by ``pgt_dsl.score``.

``register()`` names it ``pgt`` in the library's registry; ``reasoning_gym.create_dataset("pgt", spec=..., size=...)``
then makes one. The library is imported only there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pgt_dsl.api import load
from pgt_dsl.dataset.task import Example, Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.scoring.score import score


@dataclass
class PgtConfig:
    """spec: the path or the text of a task. seed and size: as everywhere in reasoning-gym. style: of the questions.
    pixels: the short side in px. coordinates: of points and boxes in answers."""

    spec: str = ""
    seed: int = 0
    size: int = 500
    style: str = "short"
    pixels: int = 336
    coordinates: str = "unit"

    def validate(self) -> None:
        """Raises ``PgtError`` without a spec or with a size below 1."""
        if not self.spec:
            raise PgtError("the data set needs a spec: `spec=` takes a path or a text")
        if self.size < 1:
            raise PgtError(f"the data set needs a size of at least 1, not {self.size}")


class Items:
    """What a data set gives and how answers are scored; ``register`` puts the library's base class beneath it."""

    config: PgtConfig

    @cached_property
    def task(self) -> Task:
        """The compiled spec."""
        return load(self.config.spec)

    def example(self, idx: int) -> Example:
        """The painted scene of an item."""
        wanted = self.config
        return self.task.sample(wanted.seed, idx, wanted.pixels, styles={wanted.style: 1.0, "short": 1e-9})

    def __getitem__(self, idx: int) -> dict[str, Any]:
        """``question``, ``answer``, and in ``metadata``: ``image`` (of PIL), ``source_dataset``, ``source_index`` and
        ``pgt``, which replays the sample. Raises ``IndexError`` beyond ``size``, so that loops end."""
        if not 0 <= idx < self.config.size:
            raise IndexError(f"item {idx} of {self.config.size}")
        made = self.example(idx)
        return {
            "question": made.question,
            "answer": made.answer,
            "metadata": {
                "source_dataset": "pgt",
                "source_index": idx,
                "image": made.image,
                "images": list(made.images),
                "task": self.task.name,
                "pgt": made.sample.metadata,
            },
        }

    def score_answer(self, answer: str | None, entry: dict[str, Any]) -> float:
        """The score of a response, 0 .. 1; 0 for None."""
        row = {"metadata": entry["metadata"]["pgt"]}
        return score(row, answer or "", coordinates=self.config.coordinates).value


def register(name: str = "pgt") -> type:
    """The data set's class, registered with reasoning-gym under ``name``; once registered, it stays.

    Raises ``PgtError`` when the library is not installed.
    """
    try:
        from reasoning_gym.factory import DATASETS, ProceduralDataset, register_dataset
    except ImportError:
        raise PgtError("reasoning-gym is not installed: `pip install reasoning-gym`") from None
    if name in DATASETS:
        found: type = DATASETS[name][0]
        return found

    class PgtDataset(Items, ProceduralDataset):  # type: ignore[misc]
        """A task of pgt-dsl."""

        def __init__(self, config: PgtConfig) -> None:
            super().__init__(config=config, seed=config.seed, size=config.size)

    register_dataset(name, PgtDataset, PgtConfig)
    return PgtDataset
