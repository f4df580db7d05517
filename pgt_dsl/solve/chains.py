"""Scenes too crowded for rejection: a start shape by shape, then moves of single shapes (Metropolis et al., 1953).

The state of a chain is the attempt number that each variable, or each item of a block, is drawn at. A move draws a
shape anew from its law and is accepted when all that is asked for still holds. In the space of the uniform numbers
beneath the laws that is a symmetric proposal for a uniform target, so the law that the chain tends to is exactly the
declared one under the requirements. Every sample has a chain of its own, a function of its index.

One round proposes all shapes at once (they are drawn in one batch) and accepts them one after the other, each against
the state as it then is. Checks that hang on moved shapes in other ways than by gaps are made after a round forwards
and one backwards, which together are a reversible proposal; where they fail, the state before is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.program import outlines, shapes
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.inputs import Array, Bools, Floats, Ints
from pgt_dsl.program.program import VarId
from pgt_dsl.solve import gaps
from pgt_dsl.solve.gaps import SLACK, Envelopes
from pgt_dsl.solve.movable import Moves
from pgt_dsl.solve.philox import FIRST
from pgt_dsl.solve.within import Attempts

if TYPE_CHECKING:
    from pgt_dsl.solve.reject import Sampler

MOVED = 1 << 21  # that of their sweeps
REST = 2  # proposals a sweep for the draws that belong to no shape
NUMBERS = ("bool", "int", "number", "length", "angle", "area")
BLOCK, BLOCKS = 8, 16  # rounds in which the shapes of a start must find their places; rows that did drop out


@dataclass(slots=True)
class State:
    """The chains of B rows. ``rest`` uint32[B] and ``own`` (for each unit uint32[B, items]) are attempt numbers;
    ``around`` and ``outline`` those of the shapes of all groups in a gap, leading dimensions (B, S); ``there``
    bool[B, S]; ``placed`` bool[B, S] which shapes stand already."""

    index: Ints
    leaves: Ints
    rest: Attempts
    own: list[Attempts]
    around: Envelopes
    outline: Outline
    there: Bools
    placed: Bools
    wanted: list[Floats]

    def put(self, rows: Ints, other: State) -> None:
        """Take over another state's rows at these places."""
        self.outline, other.outline = _alike(self.outline, other.outline)
        for mine, theirs in zip(self.arrays(), other.arrays(), strict=True):
            mine[rows] = theirs

    def arrays(self) -> Iterator[Array]:
        """All columns, rows in front."""
        yield from [self.rest, *self.own, self.there, self.placed, *self.wanted]
        yield from self.around
        yield from (getattr(self.outline, name) for name in outlines.PARTS)

    def take(self, rows: Ints) -> State:
        """A state of some rows that can be changed apart."""
        parts = [getattr(self.outline, name)[rows] for name in outlines.PARTS]
        return State(self.index[rows], self.leaves[rows], self.rest[rows], [a[rows] for a in self.own],
                     Envelopes._make(part[rows] for part in self.around), Outline(*parts), self.there[rows],
                     self.placed[rows], [w[rows] for w in self.wanted])  # fmt: skip


class Chains:
    """The chains of one program, moved as ``moves`` says."""

    def __init__(self, sampler: Sampler, moves: Moves) -> None:
        self._sampler, self._moves = sampler, moves
        program = sampler.program
        first = np.cumsum([0, *(program.groups[g].size for g in moves.groups)])
        self._place = {
            program.groups[g].start + k: int(first[n]) + k
            for n, g in enumerate(moves.groups)
            for k in range(program.groups[g].size)
        }
        # (unit, item, places of its shapes): what is moved at once
        self._items = [
            (u, k, [self._place[program.groups[g].start + k] for g in unit.groups if g in moves.groups])
            for u, unit in enumerate(moves.units)
            for k in range(unit.size)
        ]
        # for each gap, which of the shapes it is asked for
        self._among = [(one, np.isin(np.arange(first[-1]), [self._place[s] for s in one.slots])) for one in moves.among]
        movable = {place for _, _, places in self._items for place in places}
        self._fixed = np.array([place not in movable for place in range(int(first[-1]))])

    # states ---------------------------------------------------------------------------------------

    def _evaluator(self, index: Ints, leaves: Ints, rest: Attempts, own: Sequence[Attempts]) -> Evaluator:
        given: dict[VarId, Attempts] = {}
        for unit, attempts in zip(self._moves.units, own, strict=True):
            for var in unit.vars:
                given[var] = attempts[:, 0] if unit.axis is None and attempts.ndim > 1 else attempts
        return self._sampler.evaluator(index, rest.astype(np.int64), leaves, given)

    def _here(self, state: State) -> Evaluator:
        """The evaluator of the scenes that chains are at."""
        return self._evaluator(state.index, state.leaves, state.rest, state.own)

    def _seen(self, ev: Evaluator) -> tuple[Envelopes, Outline]:
        """The envelopes and outlines of the shapes, as arrays of our own."""
        groups = self._moves.groups
        around = gaps.envelope_table(ev, groups)
        whole = outlines.outlines(ev, groups)
        parts = [_own(getattr(whole, name), ev.rows) for name in outlines.PARTS]
        return Envelopes._make(_own(part, ev.rows) for part in around), Outline(*parts)

    def _begin(self, index: Ints, leaves: Ints, attempt: int) -> State:
        """Chains whose draws are all of one attempt, nothing placed yet but what does not move."""
        rest = np.full(len(index), attempt, np.uint32)
        own = [np.full((len(index), unit.size), attempt, np.uint32) for unit in self._moves.units]
        ev = self._evaluator(index, leaves, rest, own)
        around, outline = self._seen(ev)
        there, wanted = self._asked(ev)
        placed = np.repeat(self._fixed[None], len(index), 0)
        return State(index, leaves, rest, own, around, outline, there, placed, wanted)

    def _asked(self, ev: Evaluator) -> tuple[Bools, list[Floats]]:
        """Which shapes are there, and the least gaps: what hangs on the rest alone."""
        there = shapes.beside([shapes.present(ev, g) for g in self._moves.groups])
        wanted = [np.asarray(ev.value(one.gap.bound).data, np.float64) for one in self._moves.among]
        return _own(there, ev.rows), [_own(w, ev.rows) for w in wanted]

    # rounds ---------------------------------------------------------------------------------------

    def _round(self, state: State, attempt: int, order: Sequence[int], start: bool) -> None:
        """Propose every shape anew, and accept one after the other. ``start``: only what has no place yet."""
        rows = len(state.index)
        own = [np.full(rows, attempt, np.uint32)] * len(self._moves.units)
        ev = self._evaluator(state.index, state.leaves, state.rest, own)
        around, outline = self._seen(ev)
        state.outline, outline = _alike(state.outline, outline)
        local = [self._local(ev, u) for u in range(len(own))]
        for n in order:
            unit, item, places = self._items[n]
            ok = local[unit][:, item].copy()
            if start:
                ok &= ~state.placed[:, places].all(axis=1)
            for place in places:
                alive = np.flatnonzero(ok & state.there[:, place])
                if alive.size:
                    ok[alive] = self._free(state, around, outline, place, places, alive)
            taken = np.flatnonzero(ok)
            state.own[unit][taken, item] = attempt
            for place in places:
                for mine, theirs in zip(state.around, around, strict=True):
                    mine[taken, place] = theirs[taken, place]
                for name in outlines.PARTS:
                    getattr(state.outline, name)[taken, place] = getattr(outline, name)[taken, place]
                state.placed[taken, place] = True

    def _local(self, ev: Evaluator, unit: int) -> Bools:
        """Which items pass the checks that are about themselves: bool[B, items]."""
        size = self._moves.units[unit].size
        ok = np.ones((ev.rows, size), np.bool_)
        for one in self._moves.local[unit]:
            if one.node is None:
                drawn = ev.drawn(one.check.source[1]).ok
                good: Array = np.ones(1, np.bool_) if drawn is None else drawn
            else:
                good = ev.defined(one.node)
                if one.check.reason != "defined":
                    good = good & ev.value(one.node).data
            ok &= good if good.ndim > 1 else good[:, None]
        # what is not there passes whatever it is: its draws are free
        return np.asarray(ok | ~self._item_there(ev, unit))

    def _item_there(self, ev: Evaluator, unit: int) -> Bools:
        first = shapes.present(ev, self._moves.units[unit].groups[0])  # a block's groups have the same items
        return np.broadcast_to(first, (ev.rows, first.shape[1]))

    def _free(
        self, state: State, around: Envelopes, outline: Outline, place: int, mine: Sequence[int], rows: Ints
    ) -> Bools:
        """In which rows a proposed shape keeps its gaps to all that stand."""
        ok = np.ones(len(rows), np.bool_)
        every = len(rows) == len(state.index)

        def chosen(data: Array) -> Array:
            return data if every else data[rows]

        new = Envelopes._make(chosen(part)[:, place, None] for part in around)
        old = Envelopes._make(chosen(part) for part in state.around)
        low, high = gaps.between(new, old)
        stand = chosen(state.there) & chosen(state.placed)
        stand[:, mine] = False
        for k, (one, asked) in enumerate(self._among):
            if not asked[place]:
                continue
            least = chosen(state.wanted[k])[:, None]
            fails = np.asarray(((high < least - SLACK) & stand & asked).any(axis=1))
            open_ = np.logical_not(low >= least + SLACK) & stand & asked & ~fails[:, None]
            row, other = np.nonzero(open_)
            if row.size:
                pairs = (_picked(outline, rows[row], np.full(len(row), place)),
                         _picked(state.outline, rows[row], other))  # fmt: skip
                narrow = ~gaps.wide(*pairs, least[row, 0], one.gap.strict)
                fails = fails | (np.bincount(row[narrow], minlength=len(rows)) > 0)
            ok &= ~fails
        return ok

    # chains ---------------------------------------------------------------------------------------

    def start(self, index: Ints, leaves: Ints, restarts: int) -> tuple[State, Bools]:
        """Chains at a first scene, and the rows in which one was found."""
        state = self._begin(index, leaves, FIRST)
        done = np.zeros(len(index), np.bool_)
        for restart in range(restarts):
            left = np.flatnonzero(~done)
            if not left.size:
                break
            # Numbers of attempts hang on the round alone, so that a chain does not hang on its neighbours.
            attempt = FIRST + restart * (1 + BLOCK * BLOCKS)
            part = self._begin(index[left], leaves[left], attempt) if restart else state.take(left)
            self._settle_in(part, attempt)
            whole = (part.placed | ~part.there).all(axis=1) & self._holds(self._here(part))
            state.put(left[whole], part.take(np.flatnonzero(whole)))
            done[left[whole]] = True
        return state, done

    def _settle_in(self, part: State, attempt: int) -> None:
        """Rounds until all shapes of a row have a place, or none of its shapes finds one in a whole block."""
        left = np.arange(len(part.index))
        for _ in range(BLOCKS):
            if not left.size:
                break
            trial = part.take(left)
            before = trial.placed.sum(axis=1)
            for _ in range(BLOCK):
                attempt += 1
                self._round(trial, attempt, range(len(self._items)), start=True)
            part.put(left, trial)
            stuck = trial.placed.sum(axis=1) == before
            left = left[~((trial.placed | ~trial.there).all(axis=1) | stuck)]

    def _holds(self, ev: Evaluator, others: bool = False) -> Bools:
        """In which rows every check holds; ``others``: those that moves do not see to."""
        ok = np.ones(ev.rows, np.bool_)
        for check in self._moves.others if others else self._sampler.checks:
            ok &= self._sampler.holds(ev, check)
        return ok

    def sweep(self, state: State, number: int) -> None:
        """All shapes forwards and backwards once, and the draws that belong to no shape: sweep ``number`` (0, 1, ...)
        of the chains."""
        attempt = MOVED + (2 + REST) * number
        before = state.take(np.arange(len(state.index))) if self._moves.others else None
        forwards = range(len(self._items))
        self._round(state, attempt, forwards, start=False)
        self._round(state, attempt + 1, forwards[::-1], start=False)
        if before is not None:
            failed = np.flatnonzero(~self._holds(self._here(state), others=True))
            state.put(failed, before.take(failed))
        if self._moves.rest:
            for k in range(REST):
                self._move_rest(state, attempt + 2 + k)

    def statistics(self, state: State) -> Floats:
        """What shows whether chains have settled: float64[B, 4 + numbers]. Of the shapes that are there how many, and
        their mean distances from the middle of the canvas and to the nearest neighbour, and radius (px); and the
        drawn numbers that belong to no shape."""
        centre, there = state.around.centre, state.there
        many = np.maximum(there.sum(axis=1), 1)
        middle = complex(self._sampler.width, self._sampler.height) / 2
        far = np.abs(centre[:, :, None] - centre[:, None, :])
        pairs = there[:, :, None] & there[:, None, :] & ~np.eye(centre.shape[1], dtype=np.bool_)
        nearest = np.where(pairs, far, np.inf).min(axis=2)
        columns = (np.abs(centre - middle), np.where(np.isfinite(nearest), nearest, 0.0), state.around.outer)
        means = [np.where(there, column, 0.0).sum(axis=1) / many for column in columns]
        return np.stack([there.sum(axis=1), *means, *self._numbers(state)], axis=1)

    def _numbers(self, state: State) -> Iterator[Floats]:
        ev = self._here(state) if self._moves.rest else None
        for var in self._moves.rest:
            record = self._sampler.program.vars[var]
            if ev is not None and not record.axes and not record.type.rank and record.type.base in NUMBERS:
                yield np.broadcast_to(np.asarray(ev.drawn(var).value.data, np.float64), (ev.rows,))

    def _move_rest(self, state: State, attempt: int) -> None:
        rest = np.full(len(state.index), attempt, np.uint32)
        ev = self._evaluator(state.index, state.leaves, rest, state.own)
        taken = np.flatnonzero(self._holds(ev))
        new = State(state.index, state.leaves, rest, state.own, *self._seen(ev), state.there, state.placed, [])
        new.there, new.wanted = self._asked(ev)
        state.put(taken, new.take(taken))


def _own(data: Array, rows: int) -> Array:
    return np.array(np.broadcast_to(data, (rows, *data.shape[1:])))


def _alike(one: Outline, two: Outline) -> tuple[Outline, Outline]:
    """Two outlines with room for as many pieces and vertices: how wide a batch is hangs on the forms that are in it."""
    pieces, verts = (max(a, b) for a, b in zip(one.verts.shape[-2:], two.verts.shape[-2:], strict=True))
    room = [o if o.verts.shape[-2:] == (pieces, verts) else outlines.padded(o, pieces, verts) for o in (one, two)]
    return room[0], room[1]


def _picked(shape: Outline, rows: Ints, places: Ints) -> Outline:
    return Outline(*(getattr(shape, name)[rows, places] for name in outlines.PARTS))
