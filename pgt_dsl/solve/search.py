"""The search for the first attempt that passes: attempts of many samples at once, checks in order, rows that fail out.

How many attempts are tried at once only decides how much is computed in vain; which attempt a sample ends at never
hangs on it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.inputs import Bools, Ints
from pgt_dsl.program.program import VarId
from pgt_dsl.solve.effort import Effort, barren
from pgt_dsl.solve.plan import Check

if TYPE_CHECKING:
    from pgt_dsl.solve.reject import Sampler

MOST = 4096  # attempts of one sample at once
ENOUGH = 4096  # rows a round, beyond which one attempt a sample wastes less than several cost


class Gate:
    """Checks that are made one after the other, each counted: how many rows came to it (``tried``), how many passed."""

    def __init__(self, sampler: Sampler, checks: Sequence[Check]) -> None:
        self._sampler = sampler
        self.checks = list(checks)
        self.tried = np.zeros(len(checks), np.int64)
        self.passed = np.zeros(len(checks), np.int64)

    def failed(self, ev: Evaluator, alive: Ints, failed: Ints) -> None:
        """Write into ``failed`` (int64[n]), for the samples ``alive``, the rows of ``ev`` (of groups several
        for each), the first check that each fails, in any copy; the number of checks where there is none."""
        failed[alive] = len(self.checks)
        copies = self._sampler.copies
        for k, check in enumerate(self.checks):
            if not alive.size:
                break
            ok = self.verdict(ev, check)
            kept = np.flatnonzero(ok)
            if len(kept) < len(ok):
                failed[alive[~ok]] = k
                alive = alive[kept]
                rows = kept if copies == 1 else (copies * kept[:, None] + np.arange(copies)).ravel()
                ev = ev.take(rows)

    def verdict(self, ev: Evaluator, check: Check) -> Bools:
        """Which samples pass one check, of groups in all copies. The quota of an answer, which the copies need not
        share, is that of the first twin, and of one scene of a sweep."""
        ok = self._sampler.holds(ev, check)
        if self._sampler.copies == 1:
            return ok
        groups = ok.reshape(-1, self._sampler.copies)
        if check.twin:
            return np.asarray(groups.all(axis=1))
        return np.asarray(groups.any(axis=1)) if self._sampler.program.swept is not None else groups[:, 0]

    def count(self, failed: Ints) -> None:
        """Count rows by the check that they failed (-1: they came to none)."""
        reached = np.bincount(failed + 1, minlength=len(self.checks) + 2)[::-1].cumsum()[::-1]
        self.tried += reached[1:-1]
        self.passed += reached[2:]

    def counts(self) -> Iterator[tuple[Check, int, int]]:
        """Each check with how many rows came to it and how many passed."""
        yield from zip(self.checks, self.tried.tolist(), self.passed.tolist(), strict=True)


class Search:
    """The search for attempts that pass a gate. ``narrowed`` are the variables that are drawn within bounds."""

    def __init__(self, sampler: Sampler, gate: Gate, narrowed: Sequence[VarId] = ()) -> None:
        self._sampler, self.gate, self._narrowed = sampler, gate, narrowed
        self._effort = Effort(sampler.program)
        self.by_leaf = np.zeros((2, sampler.strata.count), np.int64)  # attempts, accepted

    def first(self, wanted: Ints, leaves: Ints, start: Ints) -> Ints:
        """For each sample (``wanted``, of the combination of picks ``leaves``) the first attempt from ``start`` on that
        passes: int64[n]. Raises ``Exhausted``."""
        found = np.full(len(wanted), -1, np.int64)
        spent = np.zeros(len(wanted), np.int64)
        pending = np.arange(len(wanted))
        self._effort.start()
        while pending.size:
            rows = max(1, self._effort.rows // self._sampler.copies)
            many = min(rows, self._at_once(int(spent[pending[0]])), max(1, math.ceil(ENOUGH / pending.size)))
            window = pending[: max(1, rows // many)]
            began = time.monotonic()
            attempt = (spent[window][:, None] + np.arange(many)).ravel()
            self._try(wanted, leaves, start, found, window, attempt)
            spent[window] += many
            lost = window[found[window] < 0]
            self._effort.spent(len(window) * many * self._sampler.copies, began, len(lost) < len(window))
            self._give_up(wanted, leaves, spent, lost)
            pending = pending[found[pending] < 0]
        return found

    def failed(self, ev: Evaluator) -> Ints:
        """The first check that each sample's attempt fails, int64[n]: -1 where its places are not kept (see
        ``places``), the number of checks where it passes."""
        alive = np.arange(ev.rows // self._sampler.copies)
        failed = np.full(len(alive), -1, np.int64)
        for var in self._narrowed:
            ev.drawn(var)
            kept = ev.get(("kept", var))
            if kept is not None and not kept.all():
                alive, ev = alive[kept], ev.take(np.flatnonzero(kept))
        self.gate.failed(ev, alive, failed)
        return failed

    def passing(self, ev: Evaluator) -> Ints:
        """The samples whose attempts pass."""
        return np.flatnonzero(self.failed(ev) == len(self.gate.checks))

    def _try(self, wanted: Ints, leaves: Ints, start: Ints, found: Ints, window: Ints, attempt: Ints) -> None:
        """The next attempts of the samples in the window, counted from ``start``."""
        many = len(attempt) // len(window)
        sample = window.repeat(many)
        failed = self.failed(self._sampler.evaluator(wanted[sample], start[sample] + attempt, leaves[sample]))
        passed = np.flatnonzero(failed == len(self.gate.checks))
        usable = passed[attempt[passed] < self._sampler.budget]
        place, first = np.unique(usable // many, return_index=True)
        chosen = usable[first]
        found[window[place]] = start[sample[chosen]] + attempt[chosen]
        # Attempts beyond the accepted one were made in vain. Left out of the counts, the yields are those of these
        # samples, however many attempts were made at once.
        needed = (found[sample] < 0) | (start[sample] + attempt <= found[sample])
        self.gate.count(failed[needed])
        self.by_leaf[0] += np.bincount(leaves[sample[needed]], minlength=self._sampler.strata.count)
        self.by_leaf[1] += np.bincount(leaves[window[place]], minlength=self._sampler.strata.count)

    def _at_once(self, spent: int) -> int:
        """Attempts of each sample at once: as the yield so far suggests, and never less than were spent already."""
        attempts, accepted = (int(n) for n in self.by_leaf.sum(axis=1))
        expected = (attempts + 4) / (accepted + 1)
        return max(1, min(MOST, max(math.ceil(expected), spent), max(1, self._sampler.budget - spent)))

    def _give_up(self, wanted: Ints, leaves: Ints, spent: Ints, lost: Ints) -> None:
        """Raise ``Exhausted`` when one of the rows that have no scene yet has spent its budget, or had better not."""
        budget = self._sampler.budget
        over = lost[spent[lost] >= budget]
        if not over.size:
            over = lost[barren(self.by_leaf[0], self.by_leaf[1], leaves[lost], budget)]
        if not over.size and self._effort.impatient:
            over = lost
        if over.size:
            row = int(over[0])
            tried = max(int(spent[row]), min(budget, int(self.by_leaf[0][leaves[row]])))
            self._sampler.exhausted(int(wanted[row]), int(leaves[row]), tried)
