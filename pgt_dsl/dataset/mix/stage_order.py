"""The order of samples in a curriculum: stage after stage, and in each the groups of all tasks shuffled by a seed.

A group is what shares an index of a task: one sample, a pair of twins, a sweep. Tasks of one stage that follow each
other are a run; the order of a run is a permutation of its groups, which hangs on the seed, its stage and how many
groups there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pgt_dsl.dataset.mix.order import Numbers, key, shuffled


@dataclass(frozen=True)
class StageOrder:
    """``runs``: for each task the number of its run; ``names``: the stage of each run."""

    runs: Mapping[str, int]
    names: tuple[str, ...]
    seed: int

    def permutation(self, run: int, groups: int) -> Numbers:
        """Which group comes at each place of a run that has so many: int64[groups]."""
        return shuffled(groups, key("stage", self.seed, run, self.names[run]))


def stage_order(tasks: Sequence[str], stages: Sequence[str], seed: int) -> StageOrder | None:
    """The order of some tasks with the names of their stages ("" for none); None where no task has one."""
    if not any(stages):
        return None
    runs: dict[str, int] = {}
    names: list[str] = []
    for task, stage in zip(tasks, stages, strict=True):
        if not names or names[-1] != stage:
            names.append(stage)
        runs[task] = len(names) - 1
    return StageOrder(runs, tuple(names), seed)
