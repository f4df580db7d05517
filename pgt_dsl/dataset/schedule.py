"""Which sample of which task is the i-th of an endless mixture: a closed form, so that any process can begin anywhere.

Tasks take turns in cycles. In a cycle of ``sum(weights)`` samples each task has as many as its weight, spread evenly,
and a task's samples come in their order: so every prefix is as near to the weights as whole numbers allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pgt_dsl.diagnostics import PgtError

MOST = 1 << 20  # samples of a cycle


@dataclass(frozen=True)
class Schedule:
    """``order``: the task of each sample of a cycle; ``before``: how many of that task come before it in the cycle."""

    order: npt.NDArray[np.int64]
    before: npt.NDArray[np.int64]
    weights: tuple[int, ...]

    def at(self, number: int) -> tuple[int, int]:
        """The task (by its place) and the index within it of a sample of the mixture."""
        cycle, place = divmod(number, len(self.order))
        task = int(self.order[place])
        return task, cycle * self.weights[task] + int(self.before[place])


def schedule(weights: Sequence[int]) -> Schedule:
    """The cycle of whole weights. Each turn goes to the task that is due first: the k-th sample of a task of weight w
    is due at (k + 1/2) / w of the cycle. Raises ``PgtError`` for weights that are no whole numbers above 0."""
    if not weights or not all(isinstance(w, int) and w > 0 for w in weights) or sum(weights) > MOST:
        raise PgtError(f"weights of tasks are whole numbers from 1, together at most {MOST}, not {list(weights)!r}")
    tasks = np.repeat(np.arange(len(weights)), weights)
    before = np.concatenate([np.arange(w) for w in weights])
    due = (before + 0.5) / np.asarray(weights)[tasks]
    order = np.lexsort((tasks, due))
    return Schedule(tasks[order], before[order], tuple(weights))
