"""What is counted over all rows: which samples are there, in what order, and what the manifest says of them.

It keeps about 100 bytes for each sample: a digest, two fingerprints, a key for each question.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.manifest import Drawn, Share, TaskEntry
from pgt_dsl.dataset.pixel_check import is_checked
from pgt_dsl.dataset.record import canonical_json
from pgt_dsl.dataset.tally import Tally, credits
from pgt_dsl.program.program import Program
from pgt_dsl.solve.drift import Counts, Drift, add, drifts
from pgt_dsl.verify.faults import Fault, short
from pgt_dsl.verify.features import Where
from pgt_dsl.verify.judge import Result, Seen
from pgt_dsl.verify.opened import Opened
from pgt_dsl.verify.roster import Place
from pgt_dsl.verify.weave import Weave

POSITIONS = 2048  # samples of a task whose shapes' places are kept
_EXACT = ("count", "answers", "picks", "styles", "ids_checked")
_OF_ALL = ("attempts", "accepted", "yields", "chains", "drift")
_ORDER = "the order of the manifest's tasks, by index"
_STAGES = "stage after stage, in the order that the seed gives each"
_NEAR, _CHANCE = 2e-3, 0.11  # an effect is written in three digits, a chance in two; older builds added up floats


class Ledger:
    """Takes results in the order of the rows."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        roster, entries = opened.roster, opened.manifest.tasks
        self.there = [bytearray(count) for count in roster.counts]
        self.rows = self.judged = self.late = 0
        self.first_late: tuple[str, str, int] | None = None
        self._last: tuple[int, ...] = (0, -1)  # split, and what rises in it
        self.weave = Weave(opened)
        self.tallies = [Tally(e.name, e.doc, e.file, e.program, e.planned) for e in entries]
        self.drawn: list[Counts] = [{} for _ in entries]
        self.pixels = array("Q")
        self.same, self.near, self.owner, self.index = array("Q"), array("Q"), array("Q"), array("Q")
        self.questions, self.exact = bytearray(), bytearray()
        self.asker = array("Q")
        self.where: list[list[Where]] = [[] for _ in entries]
        self.strata: list[dict[int, Mapping[str, Any]]] = [{} for _ in entries]
        self._strata: dict[str, Mapping[str, Any]] = {}

    def take(self, result: Result) -> Iterator[Fault]:
        """Count what a job has seen; what is wrong with the rows as rows."""
        roster = self.opened.roster
        for place, file, row in result.there:
            if not isinstance(place, Place):
                yield from self.weave.theirs(place, file, row)
                continue
            self.rows += 1
            number = place.index * roster.copies[place.task] + place.twin
            if self.there[place.task][number]:
                yield Fault("rows", "the sample is there twice", roster.id(place), roster.tasks[place.task], file, row,
                            "once", "again")  # fmt: skip
                continue
            self.there[place.task][number] = 1
            rank = roster.part(place), *roster.rank(place)
            if rank < self._last:
                self.late += 1
                self.first_late = self.first_late or (roster.id(place), file, row)
            self._last = max(self._last, rank)
            self.weave.ours(place, file, row)
        for seen in result.seen:
            self._count(seen)
        for task, checked in result.checked.items():
            self.tallies[task].add_checked(checked)
        for task, drawn in result.drawn.items():
            self.drawn[task] = add(self.drawn[task], drawn)
        for task, shares in result.shares.items():
            self.tallies[task].set_shares(*shares)

    def _count(self, seen: Seen) -> None:
        self.judged += 1
        place, tally = seen.place, self.tallies[seen.place.task]
        tally.add_one(seen.answer, seen.photo, place.twin, seen.stratum)
        tally.styles.update(seen.styles)
        tally.ids_checked += is_checked(place.index)
        owner = self.opened.roster.position(place)
        self.owner.append(owner)
        self.pixels.append(int(seen.pixels[:16], 16) if is_digest(seen.pixels) else owner)
        self.same.append(seen.prints[0])
        self.near.append(seen.prints[1])
        for key, answer, exact in seen.asked:
            self.questions += key + answer
            self.exact.append(exact)
            self.asker.append(owner)
        if len(self.where[place.task]) < POSITIONS and place.twin == 0:
            self.where[place.task].append(seen.where)
        if place.twin == 0:
            kept = self._strata.setdefault(canonical_json(seen.stratum), seen.stratum)
            self.strata[place.task][place.index] = kept

    @property
    def whole(self) -> bool:
        """Whether every sample that should be there was judged, so that sums can be compared."""
        return self.judged == self.opened.roster.total == self.rows

    # rows ---------------------------------------------------------------------------------------------------------

    def rows_missing(self) -> Iterator[Fault]:
        """Runs of samples that are not there, rows out of order, and what is wrong with the user's among them."""
        roster = self.opened.roster
        yield from self.weave.faults(self.rows == roster.total and not self.late)
        for task, there in enumerate(self.there):
            if self.opened.programs[task] is None:
                continue
            absent = np.flatnonzero(np.frombuffer(bytes(there), np.uint8) == 0)
            for run in np.split(absent, np.flatnonzero(np.diff(absent) > 1) + 1) if len(absent) else ():
                first, last = (roster.id(roster.at(task, int(n))) for n in (run[0], run[-1]))
                what = "the sample is missing" if len(run) == 1 else f"{len(run)} samples are missing, up to `{last}`"
                yield Fault("rows", what, first, roster.tasks[task], count=len(run),
                            expected="a row", found="none")  # fmt: skip
        if self.first_late is not None:
            sample, file, row = self.first_late
            rows = "a row stands" if self.late == 1 else f"{self.late} rows stand"
            due = _ORDER if self.opened.roster.order is None else _STAGES
            yield Fault("rows", f"{rows} after samples that come later; the first is this one", sample, "", file, row,
                        due, "another order", self.late)  # fmt: skip

    # the manifest -------------------------------------------------------------------------------------------------

    def drift(self, task: int) -> tuple[Drift, ...]:
        """How far the draws of a task drift."""
        program = self.opened.programs[task]
        return () if program is None else drifts(program, self.drawn[task])

    def manifest_faults(self) -> Iterator[Fault]:
        """Where the manifest's counts are not those of the samples. Asked only when all of them were judged."""
        if not self.whole:
            return
        yield from self.weave.manifest_faults()
        for task, (entry, tally) in enumerate(zip(self.opened.manifest.tasks, self.tallies, strict=True)):
            tally.drift = self.drift(task)
            counted = tally.entry()
            for name in (*_EXACT, *_OF_ALL):
                yield from _compare(entry, counted, name)
            yield from _group_faults(entry, self.opened.programs[task])
        wanted = credits(self.tallies, self.opened.photos) if self.opened.photos.digest == self.opened.manifest.photos \
            else self.opened.manifest.credits  # fmt: skip
        if wanted != self.opened.manifest.credits:
            yield Fault("manifest", "the credits of the photos", file=MANIFEST, expected=short(wanted),
                        found=short(self.opened.manifest.credits))  # fmt: skip

    def answers(self, task: int) -> Counter[str]:
        """The first answers of a task."""
        return self.tallies[task].answers


def _group_faults(entry: TaskEntry, program: Program | None) -> Iterator[Fault]:
    """Where the manifest says other groups or another stage than the program has; older ones say nothing of twins."""
    if program is None:
        return
    swept, stage = program.swept, program.stage
    due = program.copies, swept.name if swept else "", stage.name if stage else ""
    found = entry.group, entry.swept, entry.stage
    if due != found and (found != (1, "", "") or swept is not None or stage is not None):
        yield Fault("manifest", "the groups or the stage", task=entry.name, file=MANIFEST, expected=short(due),
                    found=short(found))  # fmt: skip


def is_digest(text: str) -> bool:
    """Whether a text is a digest of pixels."""
    return len(text) == 32 and all(char in "0123456789abcdef" for char in text)


def _compare(entry: TaskEntry, counted: TaskEntry, name: str) -> Iterator[Fault]:
    told, have = getattr(entry, name), getattr(counted, name)
    if told == have or (name == "drift" and _alike(told, have)):
        return
    if isinstance(told, dict) and isinstance(have, dict):
        for key in sorted({*told, *have}):
            if told.get(key) != have.get(key) and not _close(told.get(key), have.get(key)):
                yield Fault("manifest", f"`{name}` of `{key}`", task=entry.name, file=MANIFEST,
                            expected=_words(have.get(key)), found=_words(told.get(key)))  # fmt: skip
        return
    if isinstance(told, tuple) and isinstance(have, tuple) and len(told) == len(have):
        apart = next(k for k, (a, b) in enumerate(zip(told, have, strict=True)) if a != b and not _near(a, b))
        told, have = told[apart], have[apart]
    yield Fault("manifest", f"`{name}`", task=entry.name, file=MANIFEST, expected=_words(have), found=_words(told))


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return short(", ".join(f"{key}: {_words(item)}" for key, item in value.items()))
    if isinstance(value, Share):
        return f"planned {value.planned:.6g}, produced {value.produced:.6g}"
    return short("none" if value is None else value)


def _close(told: Any, have: Any) -> bool:
    """Whether shares of quotas are equal but for the last bit."""
    if not (isinstance(told, dict) and isinstance(have, dict) and told.keys() == have.keys()):
        return False
    return all(
        isinstance(a := told[k], Share) and isinstance(b := have[k], Share)
        and abs(a.planned - b.planned) + abs(a.produced - b.produced) < 1e-12
        for k in told
    )  # fmt: skip


def _alike(told: tuple[Drawn, ...], have: tuple[Drawn, ...]) -> bool:
    """Whether drifts are the same as far as they are written; older builds added them up in floats."""
    return len(told) == len(have) and all(_near(a, b) for a, b in zip(told, have, strict=True))


def _near(a: Any, b: Any) -> bool:
    """Whether two rows are drifts that are the same as far as they are written."""
    return (
        isinstance(a, Drawn)
        and isinstance(b, Drawn)
        and (a.name, a.type, a.samples) == (b.name, b.type, b.samples)
        and abs(a.effect - b.effect) <= _NEAR
        and (abs(a.chance - b.chance) <= _CHANCE * max(a.chance, b.chance) or max(a.effect, b.effect) <= _NEAR)
    )


def place_of(opened: Opened, position: int) -> Place:
    """The sample at a place in the order of the data set."""
    for task, count in enumerate(opened.roster.counts):
        if position < count:
            return opened.roster.at(task, position)
        position -= count
    raise IndexError(position)
