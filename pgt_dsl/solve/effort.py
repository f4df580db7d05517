"""How much is tried at once and when a search is given up. It bounds memory and time; it never changes a scene.

The rows of one round are bounded by what a program's widest column holds and by the time that a row has taken so far.
A search is given up when the attempts of its combination of picks have shown that success is unlikely, or when
nothing has been found for ``PATIENCE`` seconds: which scene an index has does not hang on a clock, only how long one
is ready to look for it.
"""

from __future__ import annotations

import time

import numpy as np

from pgt_dsl.program.inputs import Ints
from pgt_dsl.program.program import Program

CHUNK = 16_384  # rows evaluated at once
FEWEST = 64  # rows of a round, however slow they are: of fewer the time says nothing
WIDEST = 2**21  # items of one column at once
ROUND = 1.0  # seconds that a round should take at most
PATIENCE = 20.0  # seconds without an accepted scene


class Effort:
    """The effort of one sampler. ``rows`` is how many rows the next round may have."""

    def __init__(self, program: Program) -> None:
        self._limit = max(1, min(CHUNK, WIDEST // _width(program)))
        self._each = 0.0  # seconds a row has taken, lately
        self._found = 0.0

    @property
    def rows(self) -> int:
        """Rows of the next round."""
        if not self._each:
            return self._limit
        return min(self._limit, max(FEWEST, int(ROUND / self._each)))

    def start(self) -> None:
        """A search begins."""
        self._found = time.monotonic()

    def spent(self, rows: int, since: float, found: bool) -> None:
        """A round of ``rows`` rows that began at ``since`` (``time.monotonic``) is over."""
        now = time.monotonic()
        if rows >= min(FEWEST, self._limit):
            self._each = (now - since) / rows
        if found:
            self._found = now

    @property
    def impatient(self) -> bool:
        """Whether nothing has been found for too long."""
        return time.monotonic() - self._found > PATIENCE


def barren(tried: Ints, accepted: Ints, leaves: Ints, budget: int) -> Ints:
    """Which of the rows belong to combinations (``leaves``) that ``budget`` attempts have found nothing for.

    One sample may have bad luck with its attempts; where all samples of a combination together spent a whole budget
    in vain, the bound on the chance of an attempt (3 / budget, at 95 %) makes the rest of them a waste.
    """
    return np.flatnonzero((accepted[leaves] == 0) & (tried[leaves] >= budget))


def _width(program: Program) -> int:
    """The most items that one column of a row holds."""
    sizes = [1, program.slots]
    for node in program.nodes:
        items = 1
        for axis in node.axes:
            items *= program.axes[axis].size
        for size in node.sizes:
            items *= max(size, 1)
        sizes.append(items)
    return max(sizes)
