"""Data sets of torch that make their samples as they are asked for: ``PgtDataset`` by index, ``PgtStream`` in batches.

    from pgt_dsl import PgtDataset, PgtStream, load_all

    tasks = load_all(["task_specs/spatial"])
    loader = DataLoader(PgtDataset(tasks, length=10_000), batch_size=64, shuffle=True, num_workers=2)
    loader = StatefulDataLoader(PgtStream(tasks, batch_size=64), batch_size=None, num_workers=2)

Sample i of a mixture is a function of (programs, weights, seed, i): it is the same in every worker and after every
restart. torch is imported by ``torch.utils.data`` alone, when this module is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pgt_dsl.dataset.languages import languages_of
from pgt_dsl.dataset.pipeline import DEFAULT_SIZE, LAST_INDEX, check_size
from pgt_dsl.dataset.record import DEFAULT_STYLES, canonical_json, check_styles, sample_id
from pgt_dsl.dataset.schedule import Schedule, schedule
from pgt_dsl.dataset.task import Example, Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.language import ENGLISH
from pgt_dsl.scene.scene import Scene

try:
    import torch
    from torch.utils.data import Dataset, IterableDataset, get_worker_info
except ImportError as missing:
    raise PgtError(f"data sets of torch need torch: pip install 'pgt-dsl[torch]' ({missing})") from missing

Row = dict[str, Any]
LENGTH = 1_000_000  # of an epoch of a data set that has no end


class _Mixture:
    """What both data sets share: tasks, their schedule, and how a sample is made."""

    def __init__(
        self,
        tasks: Task | Sequence[Task],
        weights: Sequence[int] | None,
        seed: int,
        size: int,
        photos: Path | str | None,
        styles: Mapping[str, float],
        renderer: str | None,
        language: str | Mapping[str, float] = ENGLISH,
    ) -> None:
        self.tasks = (tasks,) if isinstance(tasks, Task) else tuple(tasks)
        if not self.tasks:
            raise PgtError("a data set has at least one task")
        if any(task.program.twin is not None for task in self.tasks):
            names = ", ".join(f"`{t.name}`" for t in self.tasks if t.program.twin is not None)
            raise PgtError(f"tasks with twins give two samples an index, and here an index is one: {names}")
        chosen = [1] * len(self.tasks) if weights is None else list(weights)
        if len(chosen) != len(self.tasks):
            raise PgtError(f"{len(self.tasks)} tasks have as many weights, not {len(chosen)}")
        check_styles(styles)
        self.weights, self.seed, self.size, self.photos = tuple(chosen), seed, check_size(size), photos
        self.styles, self.renderer, self.language = dict(styles), renderer, language
        for code in languages_of(language).foreign:  # what is wrong in a catalogue is told before a worker starts
            for task in self.tasks:
                task.translation(code)

    @cached_property
    def schedule(self) -> Schedule:
        """The order in which tasks take turns."""
        return schedule(self.weights)

    def options(self) -> dict[str, Any]:
        """What ``Task.batch`` is told."""
        return {"size": self.size, "photos": self.photos, "styles": self.styles, "renderer": self.renderer,
                "language": self.language}  # fmt: skip


class PgtDataset(Dataset[Row]):  # type: ignore[misc]  # torch is not typed here
    """Sample ``index`` of one task, or of several that take turns. Map-style and endless: any index from 0 has a
    sample; ``length`` says only how many an epoch of a loader has.

    A row is a dict: ``pixels`` uint8[3, H, W] (of a task with cut panels, of the whole canvas), ``question``,
    ``answer``, ``id``, ``task``, ``index`` (of the task), ``number`` (of the data set) and ``value``, the first answer
    as JSON text. ``transform`` takes the row and the ``Example`` (scene, ids, all turns) and returns what the loader is
    to have.

    tasks: from ``load`` or ``load_all``; weights: whole numbers, None for equal turns; size: px of the short side.
    language: of the questions, or several by weight.
    Several indices at once, as a loader asks for them, are sampled and painted together.
    Raises ``PgtError`` for tasks with twins and for options that are none; ``IndexError`` beyond the last index.
    """

    def __init__(
        self,
        tasks: Task | Sequence[Task],
        *,
        length: int = LENGTH,
        weights: Sequence[int] | None = None,
        seed: int = 0,
        size: int = DEFAULT_SIZE,
        photos: Path | str | None = None,
        styles: Mapping[str, float] = DEFAULT_STYLES,
        renderer: str | None = None,
        language: str | Mapping[str, float] = ENGLISH,
        transform: Callable[[Row, Example], Any] | None = None,
    ) -> None:
        if not 1 <= length <= LAST_INDEX:
            raise PgtError(f"the length of an epoch is 1 to {LAST_INDEX}, not {length}")
        self.mixture = _Mixture(tasks, weights, seed, size, photos, styles, renderer, language)
        self.length, self.transform = length, transform

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> Any:
        return self.__getitems__([index])[0]

    def __getitems__(self, indices: Sequence[int]) -> list[Any]:
        """The rows of several indices, in their order: what a loader calls for a batch."""
        wanted = [int(index) for index in indices]
        beyond = next((index for index in wanted if not 0 <= index <= LAST_INDEX), None)
        if beyond is not None:
            raise IndexError(f"the index of a sample is 0 to {LAST_INDEX}, not {beyond}")
        mixture = self.mixture
        places = [mixture.schedule.at(index) for index in wanted]
        made: dict[int, Any] = {}
        for number, task in enumerate(mixture.tasks):
            rows = [k for k, (chosen, _) in enumerate(places) if chosen == number]
            if not rows:
                continue
            batch = task.batch(mixture.seed, [places[k][1] for k in rows], **mixture.options())
            for k, example in zip(rows, batch.examples, strict=True):
                row = _row(example, wanted[k])
                made[k] = row if self.transform is None else self.transform(row, example)
        return [made[k] for k in range(len(wanted))]


def _row(example: Example, number: int) -> Row:
    pixels = torch.from_numpy(np.ascontiguousarray(example.pixels.transpose(2, 0, 1)))
    return {"pixels": pixels, "number": number, "question": example.question, "answer": example.answer,
            **_named(example.scene)}  # fmt: skip


def _named(scene: Scene) -> Row:
    value = canonical_json(scene.asks[0].value)
    return {"id": sample_id(scene), "task": scene.task, "index": scene.index, "value": value}


class PgtStream(IterableDataset[Row]):  # type: ignore[misc]
    """Batches of one task each, in turns, without an end or up to ``batches`` of them: for loaders with
    ``batch_size=None``, which pass them on.

    A batch is a dict: ``pixels`` uint8[B, 3, H, W] and ``ids`` int32[B, H, W] (both on ``device`` when one is given),
    lists ``question``, ``answer``, ``id``, ``task``, ``index``, ``value``, and ``number``, its number in the stream.

    Batch n belongs to process n mod (ranks x workers): every batch comes once, whatever the numbers of workers and
    ranks (``rank`` and ``ranks`` are those of ``torch.distributed`` where it runs). ``state_dict`` and
    ``load_state_dict`` are what ``torchdata``'s ``StatefulDataLoader`` saves of each worker: a loader goes on with the
    next batch, under the same number of workers. device: painted there, without workers.
    Raises as ``PgtDataset``.
    """

    def __init__(
        self,
        tasks: Task | Sequence[Task],
        *,
        batch_size: int = 64,
        batches: int | None = None,
        weights: Sequence[int] | None = None,
        seed: int = 0,
        size: int = DEFAULT_SIZE,
        photos: Path | str | None = None,
        styles: Mapping[str, float] = DEFAULT_STYLES,
        renderer: str | None = None,
        language: str | Mapping[str, float] = ENGLISH,
        device: str | None = None,
        rank: int | None = None,
        ranks: int | None = None,
    ) -> None:
        if batch_size < 1 or (batches is not None and batches < 1):
            raise PgtError("a batch has at least one sample, and a stream at least one batch")
        if (rank is None) != (ranks is None) or (rank is not None and ranks is not None and not 0 <= rank < ranks):
            raise PgtError(f"give `rank` and `ranks` together, with 0 <= rank < ranks, not {rank} of {ranks}")
        self.mixture = _Mixture(tasks, weights, seed, size, photos, styles, renderer, language)
        self.batch_size, self.batches, self.device = batch_size, batches, device
        self._rank, self._ranks = rank, ranks
        self._next = 0  # how many batches of its own this process has given
        self._loaded = False

    def state_dict(self) -> dict[str, int]:
        """Where this process stands."""
        return {"next": self._next}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Go on from there."""
        self._next, self._loaded = int(state["next"]), True

    def _share(self) -> tuple[int, int]:
        """The number of this process among all that share the stream, and how many there are."""
        rank, ranks = self._rank, self._ranks
        if rank is None or ranks is None:
            spread = torch.distributed.is_available() and torch.distributed.is_initialized()
            rank = torch.distributed.get_rank() if spread else 0
            ranks = torch.distributed.get_world_size() if spread else 1
        worker = get_worker_info()
        if worker is None:
            return rank, ranks
        if self.device is not None:
            raise PgtError("what is painted on a device is made in the process that uses it: give num_workers=0")
        return rank * worker.num_workers + worker.id, ranks * worker.num_workers

    def __iter__(self) -> Iterator[Row]:
        own, all_ = self._share()
        if not self._loaded:
            self._next = 0
        self._loaded = False
        while self.batches is None or own + self._next * all_ < self.batches:
            number = own + self._next * all_
            self._next += 1  # before it is given: what is saved then has been seen
            yield self.batch(number)

    def batch(self, number: int) -> Row:
        """Batch ``number`` of the stream, in whatever process."""
        mixture = self.mixture
        place, turn = mixture.schedule.at(number)
        task, first = mixture.tasks[place], turn * self.batch_size
        indices = range(first, first + self.batch_size)
        made: Any = task.batch(mixture.seed, indices, device=self.device, **mixture.options())
        pixels, ids = made.pixels, made.ids
        if self.device is None:
            pixels, ids = torch.from_numpy(pixels), torch.from_numpy(ids.astype(np.int32))
        named = [_named(scene) for scene in made.scenes]
        texts = {name: [row[name] for row in named] for name in named[0]}
        return {"pixels": pixels.permute(0, 3, 1, 2), "ids": ids, "number": number, "question": list(made.questions),
                "answer": list(made.answers), **texts}  # fmt: skip
