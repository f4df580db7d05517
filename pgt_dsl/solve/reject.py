"""The sampler of a program: scenes by rejection, part by part where parts are independent, or from chains.

Sample i is the first attempt (0, 1, ...) that passes every check, whatever the batch. Where a scene has independent
parts, each has its own first attempt; crowded strata have chains (see ``dense``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program import loops
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.facts import Facts
from pgt_dsl.program.inputs import Array, Bools, Floats, Inputs, Ints, PhotoCatalog, Registry, Value
from pgt_dsl.program.margins import EXACT
from pgt_dsl.program.phrase_reading import fits_one
from pgt_dsl.program.program import Program, VarId
from pgt_dsl.program.serial import program_hash as stable_hash
from pgt_dsl.solve import gaps
from pgt_dsl.solve.canvas import canvas_size
from pgt_dsl.solve.components import Part, split
from pgt_dsl.solve.dense import PILOT, Dense
from pgt_dsl.solve.draws import Columns
from pgt_dsl.solve.paving import pave
from pgt_dsl.solve.philox import mix64
from pgt_dsl.solve.plan import Check, by_rejection, checks, rejected
from pgt_dsl.solve.report import ChainRow, Exhausted, StratumRow, YieldReport, YieldRow
from pgt_dsl.solve.search import Gate, Search
from pgt_dsl.solve.strata import Strata
from pgt_dsl.solve.undefined import undefined
from pgt_dsl.solve.within import Attempts, Pavings

DISCRETE = ("bool", "int", "color", "form", "text", "shape", "shapes", "values")  # answers that have a margin
PILOTS = 256  # attempts by which checks are put in order
TRIALS = 1024  # attempts by which it is told what would pass without a requirement
ROUNDING = 1e-9  # a margin that misses 1 by no more than this is clear


@dataclass(frozen=True)
class SceneBatch:
    """Accepted scenes as columns. Row r is sample ``indices[r]``, found at attempt ``attempts[r]``; of twins and sweeps
    the rows of one sample are a group and stand together (``twins``: 0, 1, ... in each, else None). ``strata``: the
    picks' columns by variable (numbers of bins and positions)."""

    ev: Evaluator
    seed: int
    indices: Ints
    attempts: Ints
    strata: Mapping[VarId, Array]
    twins: Ints | None = None

    def __len__(self) -> int:
        return self.ev.rows

    @cached_property
    def margins(self) -> tuple[Floats | None, ...]:
        """For each ask the size of the answer's margin, float64[B] (inf when exact); None for continuous answers."""
        return margins_of(self.ev)


class Sampler:
    """Draws the accepted scenes of a program.

    size: the short side in px, for programs whose canvas is a ratio; budget: attempts for one sample (or, in vain, for
    all samples of one combination of picks) before ``Exhausted`` is raised (see ``effort``); program_hash: the hash
    as hexadecimal text or as an int (None: computed).
    Raises ``StrataError`` when the picks have no possible combination.
    """

    def __init__(
        self,
        program: Program,
        registry: Registry,
        seed: int,
        size: int = 448,
        photos: PhotoCatalog | None = None,
        budget: int = 20_000,
        program_hash: int | str | None = None,
    ) -> None:
        self.program, self.registry, self.seed, self.photos, self.budget = program, registry, seed, photos, budget
        self.facts = Facts(program)
        self.width, self.height = canvas_size(program, size)
        named = stable_hash(program) if program_hash is None else program_hash
        number = int(named[:16], 16) if isinstance(named, str) else named
        self.key = mix64(number, seed)
        self.strata = Strata(program, registry, self.key, (self.width, self.height), self.facts)
        self.pavings = Pavings(program, pave(program, registry, (self.width, self.height), self.strata))
        self._whole = Search(self, Gate(self, checks(program, self.facts)), self.pavings.vars)
        self._searches, self._joint = [self._whole], Gate(self, ())
        self.parts: tuple[Part, ...] = ()  # what is sampled apart; none where the scene is one whole
        self.apart = self.program.twin is None  # scenes of a group share their draws
        self._planned = False
        self._relief: dict[int, dict[tuple[str, int], float]] = {}
        self._chained = np.zeros(self.strata.count, np.int64)
        self.dense = Dense(self)

    @property
    def checks(self) -> list[Check]:
        """Everything that a scene must pass, in the order in which it is checked."""
        return self._whole.gate.checks

    @property
    def copies(self) -> int:
        """Rows for one sample: 2 with twins, as many as there are steps in a sweep."""
        return self.program.copies

    # sampling -----------------------------------------------------------------------------------

    def batch(self, indices: npt.ArrayLike) -> SceneBatch:
        """The accepted scenes of these samples (int64[n], any order), in their order. Raises ``Exhausted``."""
        wanted = np.asarray(indices, np.int64)
        leaves = self.strata.grouped(self.strata.leaves_at(wanted))[:, 0]
        self._plan()
        accepted, own = self._accepted(wanted, leaves)
        ev = self.evaluator(wanted, accepted, leaves, own)
        strata = self._strata_columns(leaves)
        repeat = self.copies
        twins = np.tile(np.arange(repeat), len(wanted)) if repeat > 1 else None
        return SceneBatch(ev, self.seed, wanted.repeat(repeat), accepted.repeat(repeat), strata, twins)

    def _plan(self) -> None:
        """Order the checks by what each of them rejects of a pilot, and find the parts that are sampled apart."""
        if self._planned:
            return
        self._planned = True
        gate = self._whole.gate
        index = PILOT + np.arange(PILOTS)
        ev = self.evaluator(index, np.zeros(PILOTS, np.int64), self.strata.leaves_at(np.arange(PILOTS)))
        gate.count(self._whole.failed(ev))
        shares = {id(check): rejected(tried, passed) for check, tried, passed in gate.counts()}
        gate.checks[:] = by_rejection(gate.checks, [shares[id(c)] for c in gate.checks])
        gate.tried[:], gate.passed[:] = 0, 0
        if not self.apart:
            return
        order = [shares[id(c)] for c in gate.checks]
        parts = split(self.program, self.facts, gate.checks, order, self.pavings.tied)
        if parts is not None:
            self.parts = parts.parts
            self._searches = [
                Search(self, Gate(self, part.checks), [v for v in self.pavings.vars if v in part.vars])
                for part in parts.parts
            ]
            self._joint = Gate(self, parts.joint)

    def _accepted(self, wanted: Ints, leaves: Ints) -> tuple[Ints, dict[VarId, Attempts]]:
        """The attempts that the samples end at, and those of variables that have others than their row."""
        accepted = np.full(len(wanted), -1, np.int64)
        own = self._from_chains(wanted, leaves, accepted)
        rows = np.flatnonzero(accepted < 0)
        if not self.parts:
            accepted[rows] = self._whole.first(wanted[rows], leaves[rows], np.zeros(len(rows), np.int64))
        elif rows.size:
            found = self._by_parts(wanted[rows], leaves[rows])
            accepted[rows] = found[0]
            for part, attempts in zip(self.parts, found, strict=True):
                column = accepted.astype(np.uint32)  # shared by the variables of the part that have no chains
                column[rows] = attempts
                for var in part.vars & own.keys():
                    own[var][rows] = _like(own[var], attempts)
                for var in part.vars - own.keys():
                    own[var] = column
        if not self.parts:
            for at in own.values():
                at[rows] = _like(at, accepted[rows])
        return accepted, own

    def _by_parts(self, wanted: Ints, leaves: Ints) -> Ints:
        """The attempts of each part, int64[parts, n]: the first that pass, and again from there where the checks on
        whole scenes do not."""
        found = np.full((len(self.parts), len(wanted)), -1, np.int64)
        left = np.arange(len(wanted))
        for _ in range(self.budget):
            if not left.size:
                break
            for k, search in enumerate(self._searches):
                found[k, left] = search.first(wanted[left], leaves[left], found[k, left] + 1)
            ev = self.evaluator(wanted[left], found[0, left], leaves[left], self._owned(found[:, left]))
            failed = np.zeros(len(left), np.int64)
            self._joint.failed(ev, np.arange(len(left)), failed)
            self._joint.count(failed)
            left = left[failed < len(self._joint.checks)]
        if left.size:
            self.exhausted(int(wanted[left[0]]), int(leaves[left[0]]), self.budget)
        return found

    def _owned(self, found: Ints) -> dict[VarId, Attempts]:
        columns = found.astype(np.uint32)
        return {var: column for part, column in zip(self.parts, columns, strict=True) for var in part.vars}

    def _from_chains(self, wanted: Ints, leaves: Ints, accepted: Ints) -> dict[VarId, Attempts]:
        """Fill in the scenes of crowded strata; returns the attempts of variables that have others than their row."""
        sweeps = self.dense.sweeps(leaves)
        rows = np.flatnonzero(sweeps)
        if not rows.size:
            return {}
        found = self.dense.scenes(wanted[rows], leaves[rows], sweeps[rows])
        # Where no chain finds a start, rejection has the last word, and the report of what rejects.
        accepted[rows] = np.where(found.done, found.rest, -1)
        self._chained += np.bincount(leaves[rows[found.done]], minlength=self.strata.count)
        own = {}
        for var, attempts in found.own.items():
            own[var] = np.zeros((len(wanted), *attempts.shape[1:]), np.uint32)
            own[var][rows] = attempts
        return own

    def exhausted(self, index: int, leaf: int, tried: int) -> NoReturn:
        """Raise ``Exhausted`` for a sample."""
        raise Exhausted(index, self.values(leaf), tried, self.report(leaf), self.program.name)

    def _undefined(self, leaf: int) -> list[YieldRow]:
        """What has no value in any of some attempts at a combination of picks."""
        ev = self.evaluator(PILOT + np.arange(TRIALS), np.zeros(TRIALS, np.int64), np.full(TRIALS, leaf))
        with suppress(PgtError):  # of a function that cannot measure what is not there
            return undefined(ev)
        return []

    def _without(self, leaf: int) -> dict[tuple[str, int], float]:
        """For each constraint or variable, the share of some attempts at a combination of picks that pass all but it.
        It is looked into once, for the first combination that it is asked for."""
        if self._relief:
            return self._relief.get(leaf, {})
        self._relief[leaf] = {}
        index = PILOT + np.arange(TRIALS)
        ev = self.evaluator(index, np.zeros(TRIALS, np.int64), np.full(TRIALS, leaf))
        fails: dict[tuple[str, int], Bools] = {}
        try:
            for check in self.checks:
                fails[check.source] = fails.get(check.source, False) | ~self._whole.gate.verdict(ev, check)
        except PgtError:  # of a function that cannot measure what an earlier check would have left out
            return {}
        many = np.sum(list(fails.values()), axis=0)
        self._relief[leaf] = {source: float((many == failed).mean()) for source, failed in fails.items()}
        return self._relief[leaf]

    def passing(self, ev: Evaluator) -> Ints:
        """Which samples' attempts pass every check, not counted in the report."""
        return self._whole.passing(ev)

    def evaluator(
        self, indices: Ints, attempts: Ints, leaves: Ints, own: Mapping[VarId, Attempts] | None = None
    ) -> Evaluator:
        """The evaluator of given attempts of samples, those of a group side by side. ``own``: see ``Columns``."""
        twin: Bools | None = None
        moves: frozenset[VarId] = frozenset()
        if self.program.twin is not None:
            leaves = self.strata.grouped(leaves).ravel()
            indices, attempts = indices.repeat(self.copies), attempts.repeat(self.copies)
            twin = np.arange(len(indices)) % self.copies > 0
            moves = frozenset(self.program.twin.moves)
        fixed: dict[VarId, Value] = {}
        parts: dict[VarId, Ints] = {}
        for pick in self.program.picks:
            column = self.strata.leaves[pick.var][leaves]
            if pick.what == "bins":
                parts[pick.var] = column
            else:
                fixed[pick.var] = Value(column)
        index, attempt = indices.astype(np.uint64), attempts.astype(np.uint32)
        within = self.pavings.columns(self.key, index, attempt, leaves, own or {})
        draws = Columns(self.key, index, attempt, fixed, parts, twin, moves, within, own or {})
        width, height = (np.full(len(indices), s) for s in (self.width, self.height))
        inputs = Inputs(width, height, draws, self.photos)
        return Evaluator(self.program, inputs, self.registry, self.facts)

    def _strata_columns(self, leaves: Ints) -> dict[VarId, Array]:
        leaves = self.strata.grouped(leaves).ravel()
        return {var: column[leaves] for var, column in self.strata.leaves.items()}

    # checks -------------------------------------------------------------------------------------

    def holds(self, ev: Evaluator, check: Check) -> Bools:
        """In which rows a check passes: bool[B]."""
        if check.node is None:
            var = self.program.vars[check.source[1]]
            ok = ev.drawn(var.id).ok
            return self._everywhere(ev, ok if ok is not None else np.ones(1, np.bool_), tuple(sorted(var.axes)))
        if check.gap is not None:
            return gaps.holds(ev, check.gap)
        node = self.program.nodes[check.node]
        if check.reason == "clear":
            assert check.ask is not None
            margin = ev.margin(check.node, self.program.asks[check.ask].margins)
            return self._everywhere(ev, np.abs(margin) >= 1 - ROUNDING, node.axes)
        if check.reason == "stage":
            return self._of_stage(ev)
        ok = ev.defined(check.node)
        if check.reason == "phrase" and node.type.base == "shape":
            ok = ok & fits_one(ev, check.node)
        elif check.reason != "defined":
            ok = ok & ev.value(check.node).data
        return self._everywhere(ev, ok, node.axes)

    def _of_stage(self, ev: Evaluator) -> Bools:
        """Whether the least clear question is as clear as the stage has it."""
        stage, least = self.program.stage, np.full(ev.rows, np.inf)
        assert stage is not None
        for margin in margins_of(ev):
            if margin is not None:
                least = np.minimum(least, np.where(margin < EXACT, margin, np.inf))
        return np.asarray((least >= stage.low) & (least < (np.inf if stage.high is None else stage.high)))

    def _everywhere(self, ev: Evaluator, ok: Bools, axes: tuple[int, ...]) -> Bools:
        """Whether it holds for every item that is there, one truth a row."""
        if ok.ndim > 1:
            missing = np.zeros((1,) * (1 + len(axes)), np.bool_)
            for axis in axes:
                mask, have = loops.axis_mask(ev, axis)
                missing = missing | ~loops.fit(mask, have, tuple(sorted({*axes, *have})))
            ok = np.asarray((ok | missing).all(axis=tuple(range(1, ok.ndim))))
        return np.broadcast_to(ok, (ev.rows,))

    # reports ------------------------------------------------------------------------------------

    def report(self, leaf: int | None = None) -> YieldReport:
        """The yields of everything sampled so far; with a combination of picks (``leaf``) also how many of its attempts
        would pass without each requirement, before that what has no value at all."""
        without = {} if leaf is None else self._without(leaf)
        found: dict[tuple[str, int], YieldRow] = {}
        for gate in self._gates():
            first = set()  # of each constraint the check that is made first: the others see what it lets through
            for check, tried, passed in gate.counts():
                came = 0 if check.source in first else tried
                first.add(check.source)
                old = found.get(check.source)
                came, through = (came, came) if old is None else (old.tried + came, old.passed + came)
                share = without.get(check.source, 0.0)
                found[check.source] = YieldRow(check.label, check.reason, check.origin, came,
                                               through - (tried - passed), share)  # fmt: skip
        rows = sorted(found.values(), key=lambda r: (r.share, -r.tried))
        if leaf is not None:
            rows = [*self._undefined(leaf), *rows]
        attempts, accepted = sum((search.by_leaf for search in self._searches), np.zeros_like(self._whole.by_leaf))
        order = np.argsort((accepted + 1e-9) / np.maximum(attempts, 1) + (attempts == 0), kind="stable")
        strata = [
            StratumRow(self.values(int(leaf)), int(attempts[leaf]), int(accepted[leaf]))
            for leaf in order[:50]
            if attempts[leaf] and self.program.picks
        ]
        chains = [
            ChainRow(self.values(leaf), sweeps, int(self._chained[leaf]))
            for leaf, sweeps in sorted(self.dense.settled.items())
        ]
        return YieldReport(int(attempts.sum()), int(accepted.sum()), tuple(rows), tuple(strata), tuple(chains))

    def _gates(self) -> Iterator[Gate]:
        yield from (search.gate for search in self._searches)
        yield self._joint

    def values(self, leaf: int) -> dict[str, Any]:
        """The picks of a combination in plain values, by name; without one that is stepped through."""
        return {
            pick.name: _plain(self.strata.leaves[pick.var][leaf].item(), self._base(pick.var, pick.what), self.registry)
            for pick in self.program.picks
            if pick is not self.program.swept
        }

    def _base(self, var: VarId, what: str) -> str:
        return self.program.vars[var].type.base if what == "values" else "int"


def margins_of(ev: Evaluator) -> tuple[Floats | None, ...]:
    """For each ask of the rows of an evaluator the size of the answer's margin, as ``SceneBatch.margins``."""
    found: list[Floats | None] = []
    for ask in ev.program.asks:
        if ask.form not in DISCRETE:
            found.append(None)
            continue
        margin = np.abs(ev.margin(ask.answer, ask.margins))
        found.append(np.broadcast_to(margin, (ev.rows,)))
    return tuple(found)


def _like(attempts: Attempts, rows: Array) -> Array:
    """A column of rows aligned to attempts of single items."""
    return rows.reshape(-1, *(1,) * (attempts.ndim - 1))


def _plain(value: Any, base: str, registry: Registry) -> Any:
    """A column's number as a person would write it."""
    from pgt_dsl.program.textformat import format_plain

    if base in ("color", "form", "text"):
        return format_plain(value, base, color_names={int(v[1:], 16): k for k, v in registry.colors.items()})
    return value
