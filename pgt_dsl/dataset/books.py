"""The books of a build: what has been counted of each task, what is warned of, and where an unfinished build stood."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.tally import Tally
from pgt_dsl.dataset.task import Task
from pgt_dsl.dataset.watch import Watch
from pgt_dsl.dataset.worker import Result
from pgt_dsl.diagnostics import Diagnostic
from pgt_dsl.photos.catalog import PhotoCatalog

LOOKED_AT = 24  # scenes of a task whose geometry is looked at for warnings


class Books:
    """Tallies and watches of the tasks of a build, of which so many samples each are ``planned``."""

    def __init__(self, tasks: Sequence[Task], planned: Sequence[int], catalog: PhotoCatalog) -> None:
        self._tasks = tasks
        self.planned = sum(planned)
        self.tallies = [_tally(task, number) for task, number in zip(tasks, planned, strict=True)]
        self._watches = [Watch(task.program, task.registry, catalog, LOOKED_AT) for task in tasks]

    @property
    def count(self) -> int:
        """Samples so far."""
        return sum(tally.count for tally in self.tallies)

    def failed(self, task: int) -> bool:
        """Whether a task has failed."""
        return bool(self.tallies[task].error)

    def take(self, result: Result) -> None:
        """Enter what came of a job."""
        tally = self.tallies[result.job.task]
        if result.error:
            tally.error = result.error
            return
        tally.add(result.samples)
        tally.add_checked(result.checked)
        tally.set_shares(result.shares, result.size)
        watch = self._watches[result.job.task]
        watch.add(sample.scene for sample in result.samples)
        watch.add_drawn(result.drawn)

    def warn(self, size: int) -> None:
        """Add what only many scenes can tell to the warnings of the tasks; ``size`` is the short side in px."""
        for task, tally, watch in zip(self._tasks, self.tallies, self._watches, strict=True):
            tally.warnings += tuple(map(_in_one_line, watch.diagnostics(task.source, size)))
            tally.drift = watch.drift

    def state(self, task: int) -> dict[str, Any]:
        """Everything counted of a task, as JSON."""
        return {"tally": self.tallies[task].state(), "watch": self._watches[task].state()}

    def restore(self, states: Sequence[Any]) -> None:
        """Go on from the states of the first tasks."""
        for tally, watch, state in zip(self.tallies, self._watches, states, strict=False):
            tally.restore(state["tally"])
            watch.restore(state["watch"])


def _tally(task: Task, planned: int) -> Tally:
    warnings = tuple(map(_in_one_line, task.warnings))
    swept, stage = task.program.swept, task.program.stage
    return Tally(
        task.name, task.doc, Path(task.source.name).name, task.hash, planned, warnings,
        group=task.program.copies, swept=swept.name if swept else "", stage=stage.name if stage else "",
    )  # fmt: skip


def _in_one_line(warning: Diagnostic) -> str:
    place = f" {warning.label.span.where()}" if warning.label else ""
    return f"{warning.code}{place}: {warning.message}"
