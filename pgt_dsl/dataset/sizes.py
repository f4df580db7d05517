"""The sizes of pictures when they are several, by weight: which index has which, the same for any job and process.

In every ``BLOCK`` indices of a task each size has its part exactly, in a seeded order, so that no quota goes with the
size: both would otherwise turn in step.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pgt_dsl.dataset.mix.order import Numbers, in_blocks, key, shuffled
from pgt_dsl.dataset.pipeline import check_size
from pgt_dsl.diagnostics import PgtError

BLOCK = 256


@dataclass(frozen=True, slots=True)
class Sizes:
    """Short sides in px with their weights, the smallest first."""

    weights: tuple[tuple[int, float], ...]

    @property
    def smallest(self) -> int:
        """px of the short side."""
        return self.weights[0][0]

    @property
    def largest(self) -> int:
        """px of the short side."""
        return self.weights[-1][0]

    @property
    def several(self) -> bool:
        """Whether there are more than one."""
        return len(self.weights) > 1

    def of(self, indices: Sequence[int], task: str, seed: int) -> list[int]:
        """The size of each index of a task."""
        if not self.several:
            return [self.smallest] * len(indices)
        return in_blocks(indices, BLOCK, lambda block: self._block(block, task, seed))

    def _block(self, block: int, task: str, seed: int) -> Numbers:
        """The sizes of a block: what rounding leaves over is carried on to the next, so long builds are exact."""
        whole = sum(weight for _, weight in self.weights)
        ends = np.cumsum([weight / whole for _, weight in self.weights])
        ends[-1] = 1.0
        until = [np.floor(ends * BLOCK * k + 0.5).astype(np.int64) for k in (block, block + 1)]
        counts = np.diff(np.concatenate([[0], until[1] - until[0]]))
        sizes = np.repeat([size for size, _ in self.weights], counts)
        return sizes[shuffled(BLOCK, key("size", task, seed, block))].astype(np.int64)


def sizes_of(size: int | Mapping[int, float]) -> Sizes:
    """One size, or several with their weights. Raises ``PgtError`` for sizes and weights that cannot be."""
    weights = {size: 1.0} if isinstance(size, int) else dict(size)
    if not weights or not all(0 < weight < math.inf for weight in weights.values()):
        raise PgtError("sizes have weights: finite numbers above 0, as in `{336: 3, 448: 1}`")
    return Sizes(tuple(sorted((check_size(side), float(weight)) for side, weight in weights.items())))
