"""Which strata are too crowded for rejection, how long their chains take to settle, and the scenes they end at.

A pilot of fixed attempts tells the yield of a combination of picks, once for all that are as crowded; below about 1 in
1,000 its scenes come from chains. Pilot chains of the fullest combination tell how many sweeps all need: until the
statistics of two halves of their sweeps agree. Both are functions of the program and the seed, so that they decide the
same in every process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.program import shapes
from pgt_dsl.program.inputs import Bools, Floats, Ints
from pgt_dsl.program.program import VarId
from pgt_dsl.solve.chains import Chains
from pgt_dsl.solve.movable import Moves, moves
from pgt_dsl.solve.within import Attempts

if TYPE_CHECKING:
    from pgt_dsl.solve.reject import Sampler

PILOT = 1 << 52  # indices of pilots, beyond those of samples
# Attempts of a pilot so far, and how many accepted ones are enough to stay with rejection.
STAGES = ((64, 2), (512, 2), (1536, 2))
PILOTS = 128  # pilot chains
TRIED = 8  # combinations, from the fullest on, in which pilot chains look for a start
SCOUTS = 16  # chains of which one must find a start
RESTARTS = 48  # starts that a sample tries
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
        self._crowded: dict[int, bool] = {}
        self.stretch = 1  # times as many sweeps as needed, for whoever asks whether these are enough

    def sweeps(self, leaves: Ints) -> Ints:
        """How many sweeps each row's chain makes, by its combination of picks; 0 for rejection."""
        if self.moves is None:
            return np.zeros(len(leaves), np.int64)
        alike = self._alike[leaves]
        unknown = np.setdiff1d(alike, np.fromiter(self._crowded, np.int64, len(self._crowded)))
        self._pilot(unknown.tolist())
        for leaf, same in zip(leaves.tolist(), alike.tolist(), strict=True):
            if leaf not in self._sweeps:
                self._sweeps[leaf] = self.stretch * self._enough if self._crowded[same] else 0
        return np.asarray([self._sweeps[leaf] for leaf in leaves.tolist()], np.int64)

    @property
    def settled(self) -> dict[int, int]:
        """The sweeps of the combinations of picks that have chains."""
        return {leaf: sweeps for leaf, sweeps in self._sweeps.items() if sweeps}

    @cached_property
    def _alike(self) -> Ints:
        """For each combination of picks the first one that is as crowded: int64[count]."""
        assert self.moves is not None
        count = self._sampler.strata.count
        if not self.moves.picks:
            return np.zeros(count, np.int64)
        columns = np.stack([np.asarray(self._sampler.strata.leaves[v], np.float64) for v in self.moves.picks], axis=1)
        _, first, inverse = np.unique(columns, axis=0, return_index=True, return_inverse=True)
        return np.asarray(first[inverse.ravel()], np.int64)

    def _pilot(self, leaves: Iterable[int]) -> None:
        """Find out which combinations have too few scenes among their first attempts."""
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
        self._crowded.update((leaf, leaf in left) for leaf in passed)

    @cached_property
    def _enough(self) -> int:
        """The sweeps of all crowded combinations: those that the one with the most shapes needs, of those in which
        chains find a start (0: none is found)."""
        assert self.moves is not None
        chains = Chains(self._sampler, self.moves)
        for leaf in self._fullest[:TRIED]:
            if leaf not in self._crowded:
                self._pilot([leaf])
            sweeps = self._settled(chains, leaf) if self._crowded[leaf] else 0
            if sweeps:
                return sweeps
        return 0

    @property
    def _fullest(self) -> list[int]:
        """The different combinations, those with the most shapes first."""
        assert self.moves is not None
        leaves = np.unique(self._alike)
        ev = self._sampler.evaluator(PILOT + np.arange(len(leaves)), np.zeros_like(leaves), leaves)
        there = shapes.beside([shapes.present(ev, g) for g in self.moves.groups])
        many = np.broadcast_to(there.sum(axis=1), (len(leaves),))
        return [int(leaf) for leaf in leaves[np.argsort(-many, kind="stable")]]

    def _settled(self, chains: Chains, leaf: int) -> int:
        """The number of sweeps whose two halves agree; 0 where no chain finds a start."""
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
