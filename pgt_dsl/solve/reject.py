"""Batched rejection: attempts of many samples at once, checked cheap-first, rows that fail dropped after every check.

Sample i is the first attempt (0, 1, ...) that passes every check, whatever the batch; how many attempts are tried at
once only decides how much is computed in vain.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.program import loops
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.facts import Facts
from pgt_dsl.program.inputs import Array, Bools, Floats, Inputs, Ints, PhotoCatalog, Registry, Value
from pgt_dsl.program.phrase_reading import fits_one
from pgt_dsl.program.program import Program, VarId
from pgt_dsl.program.serial import program_hash as stable_hash
from pgt_dsl.solve.canvas import canvas_size
from pgt_dsl.solve.draws import Columns
from pgt_dsl.solve.effort import Effort, barren
from pgt_dsl.solve.philox import mix64
from pgt_dsl.solve.plan import Check, checks
from pgt_dsl.solve.report import Exhausted, StratumRow, YieldReport, YieldRow
from pgt_dsl.solve.strata import Strata

MOST = 4096  # attempts of one sample at once
DISCRETE = ("bool", "int", "color", "form", "text", "shape", "shapes", "values")  # answers that have a margin
ROUNDING = 1e-9  # a margin that misses 1 by no more than this is clear


@dataclass(frozen=True)
class SceneBatch:
    """Accepted scenes as columns. Row r is sample ``indices[r]``, found at attempt ``attempts[r]``; with twins, rows
    2k and 2k + 1 are the pair of one sample (``twins``: 0 or 1, else None). ``strata``: the picks' columns by
    variable (numbers of bins and positions)."""

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
        found: list[Floats | None] = []
        for ask in self.ev.program.asks:
            if ask.form not in DISCRETE:
                found.append(None)
                continue
            margin = np.abs(self.ev.margin(ask.answer, ask.margins))
            found.append(np.broadcast_to(margin, (self.ev.rows,)))
        return tuple(found)


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
        self.checks = checks(program, self.facts)
        self._effort = Effort(program)
        self._flips = self.strata.flipped(program.twin.pick) if program.twin is not None else None
        self._tried = np.zeros(len(self.checks), np.int64)
        self._passed = np.zeros(len(self.checks), np.int64)
        self._by_leaf = np.zeros((2, self.strata.count), np.int64)  # attempts, accepted

    @property
    def copies(self) -> int:
        """Rows for one sample: 2 with twins."""
        return 1 if self.program.twin is None else 2

    # sampling -----------------------------------------------------------------------------------

    def batch(self, indices: npt.ArrayLike) -> SceneBatch:
        """The accepted scenes of these samples (int64[n], any order), in their order. Raises ``Exhausted``."""
        wanted = np.asarray(indices, np.int64)
        leaves = self.strata.leaves_at(wanted)
        accepted = np.full(len(wanted), -1, np.int64)
        spent = np.zeros(len(wanted), np.int64)
        pending = np.arange(len(wanted))
        self._effort.start()
        while pending.size:
            rows = max(1, self._effort.rows // self.copies)
            many = min(rows, self._at_once(int(spent[pending[0]])))
            window = pending[: max(1, rows // many)]
            began = time.monotonic()
            self._try(wanted, leaves, spent, accepted, window, many)
            spent[window] += many
            lost = window[accepted[window] < 0]
            self._effort.spent(len(window) * many * self.copies, began, len(lost) < len(window))
            self._give_up(wanted, leaves, spent, lost)
            pending = pending[accepted[pending] < 0]
        ev, _ = self.evaluator(wanted, accepted, leaves)
        strata = self._strata_columns(leaves)
        repeat = self.copies
        twins = np.tile(np.arange(2), len(wanted)) if repeat == 2 else None
        return SceneBatch(ev, self.seed, wanted.repeat(repeat), accepted.repeat(repeat), strata, twins)

    def _give_up(self, wanted: Ints, leaves: Ints, spent: Ints, lost: Ints) -> None:
        """Raise ``Exhausted`` when one of the rows that have no scene yet has spent its budget, or had better not."""
        over = lost[spent[lost] >= self.budget]
        if not over.size:
            over = lost[barren(self._by_leaf[0], self._by_leaf[1], leaves[lost], self.budget)]
        if not over.size and self._effort.impatient:
            over = lost
        if over.size:
            row = int(over[0])
            tried = max(int(spent[row]), min(self.budget, int(self._by_leaf[0][leaves[row]])))
            values = self.values(int(leaves[row]))
            raise Exhausted(int(wanted[row]), values, tried, self.report(), self.program.name)

    def _at_once(self, spent: int) -> int:
        """Attempts of each sample at once: as the yield so far suggests, and never less than were spent already."""
        attempts, accepted = (int(n) for n in self._by_leaf.sum(axis=1))
        expected = (attempts + 4) / (accepted + 1)
        return max(1, min(MOST, max(math.ceil(expected), spent), max(1, self.budget - spent)))

    def _try(self, wanted: Ints, leaves: Ints, spent: Ints, accepted: Ints, window: Ints, many: int) -> None:
        """The next attempts of the samples in the window."""
        sample = window.repeat(many)
        attempt = (spent[window][:, None] + np.arange(many)).ravel()
        ev, alive = self.evaluator(wanted[sample], attempt, leaves[sample])
        failed = self._failed(ev, alive)
        passed = np.flatnonzero(failed == len(self.checks))
        usable = passed[attempt[passed] < self.budget]
        place, first = np.unique(usable // many, return_index=True)
        accepted[window[place]] = attempt[usable[first]]
        # Attempts beyond the accepted one were made in vain. Left out of the count, the yields are those of these
        # samples, however many attempts were made at once.
        needed = (accepted[sample] < 0) | (attempt <= accepted[sample])
        reached = np.bincount(failed[needed], minlength=len(self.checks) + 1)[::-1].cumsum()[::-1]
        self._tried += reached[:-1]
        self._passed += reached[1:]
        self._by_leaf[0] += np.bincount(leaves[sample[needed]], minlength=self.strata.count)
        self._by_leaf[1] += np.bincount(leaves[window[place]], minlength=self.strata.count)

    def _failed(self, ev: Evaluator, alive: Ints) -> Ints:
        """The first check that each sample's attempt fails (in either copy, with twins), ``len(checks)`` for none."""
        failed = np.full(len(alive), len(self.checks), np.int64)
        copies = self.copies
        for k, check in enumerate(self.checks):
            if not alive.size:
                break
            ok = self.holds(ev, check)
            if copies == 2:
                pairs = ok.reshape(-1, 2)
                ok = np.asarray(pairs.all(axis=1)) if check.twin else pairs[:, 0]
            kept = np.flatnonzero(ok)
            if len(kept) < len(ok):
                failed[alive[~ok]] = k
                alive = alive[kept]
                rows = kept if copies == 1 else (2 * kept[:, None] + np.arange(2)).ravel()
                ev = ev.take(rows)
        return failed

    def evaluator(self, indices: Ints, attempts: Ints, leaves: Ints) -> tuple[Evaluator, Ints]:
        """The evaluator of given attempts of samples (twins side by side), and the numbers 0 .. n - 1."""
        alive = np.arange(len(indices))
        twin: Bools | None = None
        moves: frozenset[VarId] = frozenset()
        if self.program.twin is not None:
            assert self._flips is not None
            leaves = np.stack([leaves, self._flips[leaves]], axis=1).ravel()
            indices, attempts = indices.repeat(2), attempts.repeat(2)
            twin = np.tile(np.asarray([False, True]), len(alive))
            moves = frozenset(self.program.twin.moves)
        fixed: dict[VarId, Value] = {}
        parts: dict[VarId, Ints] = {}
        for pick in self.program.picks:
            column = self.strata.leaves[pick.var][leaves]
            if pick.what == "bins":
                parts[pick.var] = column
            else:
                fixed[pick.var] = Value(column)
        draws = Columns(self.key, indices.astype(np.uint64), attempts.astype(np.uint32), fixed, parts, twin, moves)
        width, height = (np.full(len(indices), s) for s in (self.width, self.height))
        inputs = Inputs(width, height, draws, self.photos)
        return Evaluator(self.program, inputs, self.registry, self.facts), alive

    def _strata_columns(self, leaves: Ints) -> dict[VarId, Array]:
        if self._flips is not None:
            leaves = np.stack([leaves, self._flips[leaves]], axis=1).ravel()
        return {var: column[leaves] for var, column in self.strata.leaves.items()}

    # checks -------------------------------------------------------------------------------------

    def holds(self, ev: Evaluator, check: Check) -> Bools:
        """In which rows a check passes: bool[B]."""
        if check.node is None:
            var = self.program.vars[check.source[1]]
            ok = ev.drawn(var.id).ok
            return self._everywhere(ev, ok if ok is not None else np.ones(1, np.bool_), tuple(sorted(var.axes)))
        node = self.program.nodes[check.node]
        if check.reason == "clear":
            assert check.ask is not None
            margin = ev.margin(check.node, self.program.asks[check.ask].margins)
            return self._everywhere(ev, np.abs(margin) >= 1 - ROUNDING, node.axes)
        ok = ev.defined(check.node)
        if check.reason == "phrase" and node.type.base == "shape":
            ok = ok & fits_one(ev, check.node)
        elif check.reason != "defined":
            ok = ok & ev.value(check.node).data
        return self._everywhere(ev, ok, node.axes)

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

    def report(self) -> YieldReport:
        """The yields of everything sampled so far."""
        found: dict[tuple[str, int], YieldRow] = {}
        for check, tried, passed in zip(self.checks, self._tried.tolist(), self._passed.tolist(), strict=True):
            old = found.get(check.source)
            if old is not None:  # parts of one constraint: as many failed as failed a part
                tried, passed = max(old.tried, tried), max(old.tried, tried) - (old.tried - old.passed) - tried + passed
            found[check.source] = YieldRow(check.label, check.reason, check.origin, tried, passed)
        rows = sorted(found.values(), key=lambda r: (r.share, -r.tried))
        attempts, accepted = self._by_leaf
        order = np.argsort((accepted + 1e-9) / np.maximum(attempts, 1) + (attempts == 0), kind="stable")
        strata = [
            StratumRow(self.values(int(leaf)), int(attempts[leaf]), int(accepted[leaf]))
            for leaf in order[:50]
            if attempts[leaf] and self.program.picks
        ]
        return YieldReport(int(attempts.sum()), int(accepted.sum()), tuple(rows), tuple(strata))

    def values(self, leaf: int) -> dict[str, Any]:
        """The picks of a combination in plain values, by name."""
        return {
            pick.name: _plain(self.strata.leaves[pick.var][leaf].item(), self._base(pick.var, pick.what), self.registry)
            for pick in self.program.picks
        }

    def _base(self, var: VarId, what: str) -> str:
        return self.program.vars[var].type.base if what == "values" else "int"


def _plain(value: Any, base: str, registry: Registry) -> Any:
    """A column's number as a person would write it."""
    from pgt_dsl.program.textformat import format_plain

    if base in ("color", "form", "text"):
        return format_plain(value, base, color_names={int(v[1:], 16): k for k, v in registry.colors.items()})
    return value
