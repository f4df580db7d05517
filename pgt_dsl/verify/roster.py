"""Which samples a data set should have, in which order, in which splits; and which records of the user's among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pgt_dsl.dataset.formats.base import TRAIN
from pgt_dsl.dataset.manifest import Manifest
from pgt_dsl.dataset.mix.order import Numbers
from pgt_dsl.dataset.mix.stage_order import StageOrder, stage_order
from pgt_dsl.dataset.record import LETTERS
from pgt_dsl.program.program import Program

_ID = re.compile(r"(.+)-(\d{8,})(?:-([a-z]))?\Z", re.DOTALL)
_WOVEN = re.compile(r"(.+)\+(\d{8,12})\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Which sample: the number of its task in the manifest, its index, which of its group (0 without one)."""

    task: int
    index: int
    twin: int = 0


@dataclass(frozen=True, slots=True)
class Theirs:
    """Which record of the user's: the number of its mix in the manifest, and its own."""

    mix: int
    record: int


@dataclass(frozen=True, slots=True)
class Part:
    """A split: its name, the first index of each task that is its own and the first that is not any more, how many
    samples were planned for it, and how many records of the user's."""

    name: str
    first: tuple[int, ...]
    stop: tuple[int, ...]
    planned: int
    theirs: int


@dataclass(frozen=True)
class Roster:
    """The samples that a data set should have, in order. ``tasks``: names; ``counts``: samples of each; ``copies``: of
    an index (2 with twins, as many as there are steps in a sweep). ``parts``: the splits, at least one; ``mixes``:
    name, split and number of records of each set of the user's, as it stands in the manifest. ``order``: that of
    the stages, None without any."""

    tasks: tuple[str, ...]
    counts: tuple[int, ...]
    copies: tuple[int, ...]
    parts: tuple[Part, ...]
    mixes: tuple[tuple[str, str, int], ...] = ()
    order: StageOrder | None = None
    _places: dict[int, tuple[dict[int, int], Numbers]] = field(default_factory=dict, repr=False, compare=False)
    _numbers: dict[str, int] = field(default_factory=dict, repr=False, compare=False)
    _mixes: dict[tuple[str, str], int] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._numbers.update({plain(name): k for k, name in enumerate(self.tasks)})
        self._mixes.update({(plain(name), split): k for k, (name, split, _) in enumerate(self.mixes)})

    def task(self, id: str) -> int | None:
        """The number of the task that an id names."""
        match = _ID.match(id)
        return self._numbers.get(match[1]) if match else None

    @property
    def total(self) -> int:
        """How many samples there should be."""
        return sum(self.counts)

    def id(self, place: Place) -> str:
        """The id of a sample."""
        twin = f"-{LETTERS[place.twin].lower()}" if self.copies[place.task] > 1 else ""
        return f"{plain(self.tasks[place.task])}-{place.index:08d}{twin}"

    def place(self, id: str) -> Place | None:
        """The sample of an id; None when no such one should be there."""
        match = _ID.match(id)
        task = self._numbers.get(match[1]) if match else None
        if match is None or task is None or len(match[2]) > 13:
            return None
        place = Place(task, int(match[2]), LETTERS.lower().index(match[3]) if match[3] else 0)
        number = place.index * self.copies[task] + place.twin
        return place if number < self.counts[task] and self.id(place) == id else None

    def record(self, id: str, split: str) -> Theirs | None:
        """The record of the user's that an id names in a split; None when there can be none such."""
        match = _WOVEN.match(id)
        mix = self._mixes.get((match[1], split)) if match else None
        if match is None or mix is None:
            return None
        number = int(match[2])
        return Theirs(mix, number) if number < self.mixes[mix][2] and match[2] == f"{number:08d}" else None

    def position(self, place: Place) -> int:
        """The number of a sample, task by task; without splits it is that in the order of the data set."""
        return sum(self.counts[: place.task]) + place.index * self.copies[place.task] + place.twin

    def rank(self, place: Place) -> tuple[int, ...]:
        """What the samples of a split rise by."""
        if self.order is None:
            return (self.position(place),)
        run = self.order.runs[self.tasks[place.task]]
        if run not in self._places:
            first, groups = {}, 0
            for k, task in enumerate(self.tasks):
                if self.order.runs[task] == run:
                    first[k] = groups
                    groups += self.counts[k] // self.copies[k]
            self._places[run] = first, np.argsort(self.order.permutation(run, groups))
        first, places = self._places[run]
        return run, int(places[first[place.task] + place.index]), place.twin

    def part(self, place: Place) -> int:
        """The number of the split that a sample is in; -1 when no split has it."""
        return next((k for k, part in enumerate(self.parts)
                     if part.first[place.task] <= place.index < part.stop[place.task]), -1)  # fmt: skip

    def at(self, task: int, number: int) -> Place:
        """The sample of a task by its number there."""
        return Place(task, *divmod(number, self.copies[task]))


def roster_of(manifest: Manifest, programs: Sequence[Program | None]) -> Roster:
    """The roster of a manifest, whose splits say which indices they have."""
    copies = tuple(1 if program is None else program.copies for program in programs)
    tasks = tuple(task.name for task in manifest.tasks)
    mixes = tuple((mix.name, mix.split, mix.records) for mix in manifest.mixes)
    theirs = {mix.split: sum(m.planned for m in manifest.mixes if m.split == mix.split) for mix in manifest.mixes}
    parts: list[Part] = []
    first = (0,) * len(tasks)
    for split in manifest.splits:
        stop = tuple(a + n for a, n in zip(first, split.indices, strict=True))
        parts.append(Part(split.name, first, stop, split.planned, theirs.get(split.name, 0)))
        first = stop
    if not parts:
        everything = tuple(task.planned for task in manifest.tasks)
        parts = [Part(TRAIN, first, everything, manifest.planned, theirs.get(TRAIN, 0))]
    stages = ["" if program is None or program.stage is None else program.stage.name for program in programs]
    order = stage_order(tasks, stages, manifest.seed)
    return Roster(tasks, tuple(task.count for task in manifest.tasks), copies, tuple(parts), mixes, order)


def plain(name: str) -> str:
    """A name of a task or a mix as ids have it."""
    return "".join(char if char.isalnum() or char in "_-" else "." for char in name)
