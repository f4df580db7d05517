"""Scenes made from choices: what the strategies, the shrinking and the replay of a stored scene have in common.

``Maker.make`` asks a ``Chooser`` for the picks (of each pick the value that leaves the fewest shapes comes first), then
for every draw, and gives the scene if the sampler's own checks accept it. ``Maker.remake`` makes a scene again from the
draws that it holds, without random numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program import shapes
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.inputs import Inputs, Ints, Value
from pgt_dsl.program.program import Pick, VarId
from pgt_dsl.scene.assemble import scenes as assemble
from pgt_dsl.scene.columns import plain
from pgt_dsl.scene.scene import Scene
from pgt_dsl.solve.plan import Check
from pgt_dsl.solve.reject import SceneBatch
from pgt_dsl.testing.choosers import Choice, Chooser, NoChoiceError, Recorder
from pgt_dsl.testing.chosen import ChosenDraws

Json = Any
MOST_ORDERED = 4096  # combinations of picks beyond which they stay in order of declaration
LAST_INDEX = 10**12


@dataclass(frozen=True, slots=True)
class Wish:
    """What a scene should be like, as far as it can: its picks by name and draws (with twins, of both), the index that
    its texts are chosen by, and which of the twins it is."""

    stratum: Mapping[str, Json]
    draws: tuple[Mapping[str, Json], ...]
    index: int = 0
    twin: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """A scene that the sampler accepts, and what to wish for to get it again."""

    scene: Scene
    wish: Wish


@dataclass(frozen=True, slots=True)
class Rejected:
    """Choices that give no scene: the check that they fail; None when a law had nothing to choose from."""

    check: Check | None
    why: str


class Maker:
    """Makes scenes of one pipeline (task, seed, size, photos)."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.program = pipeline.program
        self.sampler = pipeline.sampler
        self._moves = frozenset(self.program.twin.moves) if self.program.twin is not None else frozenset()
        self._flips = None if self.program.twin is None else self.sampler.strata.flipped(self.program.twin.pick)

    # in and out -------------------------------------------------------------------------------------

    def make(self, chooser: Chooser, wish: Wish | None = None) -> Made | Rejected:
        """The scene of some choices."""
        wish = wish or Wish({}, ())
        try:
            leaf = self._leaf(chooser, wish)
            ev = self._evaluator(chooser, leaf, wish)
            index = chooser.whole(0, LAST_INDEX, wish.index)
            twin = chooser.whole(0, self.sampler.copies - 1, wish.twin)
        except NoChoiceError as error:
            return Rejected(None, str(error))
        try:
            if not self.sampler.passing(ev).size:
                return self._rejected(ev)
            scenes = self._scenes(ev, leaf, index)
            return Made(scenes[twin], self.wishes(scenes)[twin])
        except PgtError as error:  # what cannot be measured or said: the sampler would stop here
            return Rejected(None, str(error))

    def remake(self, wish: Wish) -> Made | Rejected:
        """The scene with these draws, or the nearest to them that their laws have."""
        return self.make(Recorder(), wish)

    def choices(self, wish: Wish) -> tuple[list[Choice], Made | Rejected]:
        """The choices that make the scene of a wish, as the strategy ``scenes`` takes them, and that scene."""
        recorder = Recorder()
        made = self.make(recorder, wish)
        return recorder.choices, made

    def wishes(self, scenes: Sequence[Scene]) -> list[Wish]:
        """What to wish for to get scenes again, which are as ``Pipeline.scenes`` gives them: twins side by side."""
        copies = self.sampler.copies
        found = []
        for k, scene in enumerate(scenes):
            pair = scenes[k - k % copies : k - k % copies + copies]
            found.append(Wish(pair[0].stratum, tuple(s.draws for s in pair), scene.index, scene.twin))
        return found

    # picks ------------------------------------------------------------------------------------------

    def _leaf(self, chooser: Chooser, wish: Wish) -> int:
        """The combination of picks, one pick after the other."""
        node = 0
        for level, order, told in zip(self.sampler.strata.levels, self._orders, self._told, strict=True):
            below = np.flatnonzero(level.parent == node)
            ranked = below[np.argsort(order[below], kind="stable")].tolist()
            wanted = wish.stratum.get(level.pick.name)
            rank = next((k for k, n in enumerate(ranked) if told[n] == wanted), None)
            node = ranked[chooser.whole(0, len(ranked) - 1, rank)]
        return node

    @cached_property
    def _told(self) -> list[list[Json]]:
        """The values of each level's nodes, as ``Scene.stratum`` has them."""
        return [plain(level.value, self._base(level.pick)) for level in self.sampler.strata.levels]

    def _base(self, pick: Pick) -> str:
        return self.program.vars[pick.var].type.base if pick.what == "values" else "int"

    @cached_property
    def _orders(self) -> list[Ints]:
        """For each level's nodes the fewest shapes of a combination below."""
        strata = self.sampler.strata
        many = np.zeros(strata.count, np.int64)
        if 1 < strata.count <= MOST_ORDERED:
            leaves = np.arange(strata.count)
            ev = self.sampler.evaluator(leaves, np.zeros_like(leaves), leaves)
            there = shapes.beside([shapes.present(ev, group.id) for group in self.program.groups])
            many = np.broadcast_to(there.sum(axis=1), (ev.rows,))[:: self.sampler.copies]
        orders: list[Ints] = []
        for depth in range(len(strata.levels) - 1, -1, -1):
            orders.insert(0, many)
            if depth:
                fewest = np.full(len(strata.levels[depth - 1].parent), np.iinfo(np.int64).max)
                np.minimum.at(fewest, strata.levels[depth].parent, many)
                many = fewest
        return orders

    # draws ------------------------------------------------------------------------------------------

    def _evaluator(self, chooser: Chooser, leaf: int, wish: Wish) -> Evaluator:
        """The evaluator with every variable drawn. Raises ``NoChoiceError``."""
        leaves = self._leaves(leaf)
        fixed: dict[VarId, Value] = {}
        parts: dict[VarId, Ints] = {}
        for pick in self.program.picks:
            column = self.sampler.strata.leaves[pick.var][leaves]
            if pick.what == "bins":
                parts[pick.var] = column
            else:
                fixed[pick.var] = Value(column)
        draws = ChosenDraws(chooser, fixed, parts, wish.draws, self._moves)
        width, height = (np.full(len(leaves), side) for side in (self.sampler.width, self.sampler.height))
        ev = Evaluator(self.program, Inputs(width, height, draws, self.sampler.photos), self.sampler.registry,
                       self.sampler.facts)  # fmt: skip
        draws.root = ev
        with np.errstate(all="ignore"):
            for var in self.program.vars:
                ev.drawn(var.id)
        return ev

    def _leaves(self, leaf: int) -> Ints:
        return np.asarray([leaf] if self._flips is None else [leaf, self._flips[leaf]], np.int64)

    def _scenes(self, ev: Evaluator, leaf: int, index: int) -> list[Scene]:
        rows = ev.rows
        strata = {var: column[self._leaves(leaf)] for var, column in self.sampler.strata.leaves.items()}
        twins = np.arange(2) if self._flips is not None else None
        indices = np.full(rows, index, np.int64)
        batch = SceneBatch(ev, self.pipeline.seed, indices, np.zeros_like(indices), strata, twins)
        return assemble(batch, self.pipeline.hash)

    def _rejected(self, ev: Evaluator) -> Rejected:
        """The first check that does not hold."""
        for check in self.sampler.checks:
            if not self.sampler.holds(ev, check).all():
                return Rejected(check, check.label or check.reason)
        return Rejected(None, "a check")
