"""Which strata are too crowded for rejection, how long their chains take to settle, and the scenes they end at.

A pilot of fixed attempts tells the yield of a combination of picks; below about 1 in 1,000 its scenes come from chains.
Pilot chains tell how many sweeps these need: until the statistics of two halves of their sweeps agree. Both are
functions of the program, the seed and the combination, so that they decide the same in every process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.program.inputs import Bools, Floats, Ints
from pgt_dsl.program.program import VarId
from pgt_dsl.solve.chains import Chains
from pgt_dsl.solve.movable import Moves, moves
from pgt_dsl.solve.within import Attempts

if TYPE_CHECKING:
    from pgt_dsl.solve.reject import Sampler

PILOT = 1 << 52  # indices of pilots, beyond those of samples
# Attempts of a pilot so far, and how many accepted ones are enough to stay with rejection.
STAGES = ((64, 2), (512, 2), (4096, 5))
PILOTS = 256  # pilot chains
SCOUTS = 16  # chains of which one must find a start
RESTARTS = 24  # starts that a sample tries
HALVES = (8, 16, 32, 64)  # sweeps of one half
AGREE = 3.0  # standard errors by which the halves' means may differ
TOGETHER = 2048  # chains at once


@dataclass(frozen=True, slots=True)
class Found:
    """The ends of chains: attempt numbers ``rest`` uint32[n], those of the variables that have their own (uint32[n] or
    uint32[n, items]), and the rows in which there is a scene."""

    rest: Attempts
    own: dict[VarId, Attempts]
    done: Bools


class Dense:
    """The chains of a sampler's strata. ``moves`` is None for programs that have none."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self.moves: Moves | None = moves(sampler.program, sampler.facts, sampler.checks)
        self._sweeps: dict[int, int] = {}

    def sweeps(self, leaves: Ints) -> Ints:
        """How many sweeps each row's chain makes, by its combination of picks; 0 for rejection."""
        if self.moves is None:
            return np.zeros(len(leaves), np.int64)
        unknown = [int(leaf) for leaf in np.unique(leaves) if int(leaf) not in self._sweeps]
        crowded = self._crowded(unknown)
        for leaf in unknown:
            self._sweeps[leaf] = self._settled(leaf) if leaf in crowded else 0
        return np.asarray([self._sweeps[leaf] for leaf in leaves.tolist()], np.int64)

    @property
    def settled(self) -> dict[int, int]:
        """The sweeps of the combinations of picks that have chains."""
        return {leaf: sweeps for leaf, sweeps in self._sweeps.items() if sweeps}

    def _crowded(self, leaves: Iterable[int]) -> set[int]:
        """Those whose pilot has too few scenes."""
        left = list(leaves)
        passed = dict.fromkeys(left, 0)
        done = 0
        for attempts, enough in STAGES:
            for k in range(0, len(left), 64):
                some = np.asarray(left[k : k + 64])
                rows = some.repeat(attempts - done)
                numbers = PILOT + np.tile(np.arange(done, attempts), len(some))
                ev = self._sampler.evaluator(numbers, np.zeros_like(numbers), rows)
                for leaf in rows[self._sampler.passing(ev)].tolist():
                    passed[leaf] += 1
            left = [leaf for leaf in left if passed[leaf] < enough]
            done = attempts
        return set(left)

    def _settled(self, leaf: int) -> int:
        """The number of sweeps whose two halves agree; 0 where no chain finds a start."""
        assert self.moves is not None
        chains = Chains(self._sampler, self.moves)
        for many in (SCOUTS, PILOTS):
            state, done = chains.start(PILOT + np.arange(many), np.full(many, leaf), 1)
            if not done.any():
                return 0
        state = state.take(np.flatnonzero(done))
        seen: list[Floats] = []
        for half in HALVES:
            while len(seen) < 2 * half:
                chains.sweep(state, len(seen))
                seen.append(chains.statistics(state))
            kept = np.asarray(seen[half // 2 :])  # without the first quarter, in which the start still shows
            first, second = kept[: len(kept) // 2], kept[len(kept) // 2 :]
            apart = second.mean(axis=0) - first.mean(axis=0)
            error = apart.std(axis=0) / np.sqrt(len(apart)) + 1e-9
            if (np.abs(apart.mean(axis=0)) <= AGREE * error).all():
                break
        return 2 * half

    def scenes(self, indices: Ints, leaves: Ints, sweeps: Ints) -> Found:
        """The ends of the samples' chains."""
        assert self.moves is not None
        chains = Chains(self._sampler, self.moves)
        size = len(indices)
        found = Found(np.zeros(size, np.uint32), {}, np.zeros(size, np.bool_))
        for unit in self.moves.units:
            shape = (size,) if unit.axis is None else (size, unit.size)
            found.own.update((var, np.zeros(shape, np.uint32)) for var in unit.vars)
        for many in np.unique(sweeps).tolist():
            rows = np.flatnonzero(sweeps == many)
            for k in range(0, len(rows), TOGETHER):
                self._run(chains, indices, leaves, many, rows[k : k + TOGETHER], found)
        return found

    def _run(self, chains: Chains, indices: Ints, leaves: Ints, many: int, rows: Ints, found: Found) -> None:
        assert self.moves is not None
        state, found.done[rows] = chains.start(indices[rows], leaves[rows], RESTARTS)
        for number in range(many):
            chains.sweep(state, number)
        found.rest[rows] = state.rest
        for unit, attempts in zip(self.moves.units, state.own, strict=True):
            for var in unit.vars:
                found.own[var][rows] = attempts if unit.axis is not None else attempts[:, 0]
