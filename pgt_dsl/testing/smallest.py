"""The smallest scene that is still wrong: Hypothesis shrinks a failing scene of the sampler.

Hypothesis would hardly find a failing scene of a task by itself. So the scenes that are known are written down as the
choices that ``strategies.drawn`` would take, and given to ``hypothesis.find`` as its database of examples, which it
replays and then shrinks. Shapes are left out here: an item of a block has a choice in the column of each variable, and
to leave out all of them at once is no step that Hypothesis takes.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pgt_dsl.program.program import NodeId, Var, VarId
from pgt_dsl.scene.scene import Scene
from pgt_dsl.testing.made import Made, Maker, Wish

Json = Any
KEY = b"pgt"
TRIES = 4000  # scenes that are looked at for one failure
SECONDS = 20.0


class TimeUpError(BaseException):
    """No more scenes are looked at. It is no ``Exception``, so that Hypothesis takes it for no failure of a test."""


class Trial:
    """Whether scenes fail, remembered by what they are: Hypothesis tries some twice, and wants the same answer.

    ``best`` is the smallest scene so far that fails. Raises ``TimeUpError`` once ``seconds`` or ``tries`` are spent.
    """

    def __init__(self, fails: Callable[[Made], bool], seconds: float = SECONDS, tries: int = TRIES) -> None:
        self._fails, self._left = fails, tries
        self._end = time.monotonic() + seconds
        self._known: dict[str, bool] = {}
        self.best: Made | None = None

    def __call__(self, made: Made) -> bool:
        """Whether a scene fails."""
        key = repr(made.wish)
        if key not in self._known:
            if self._left <= 0 or time.monotonic() > self._end:
                raise TimeUpError
            self._left -= 1
            self._known[key] = self._fails(made)
            if self._known[key] and (self.best is None or size_of(made.scene) < size_of(self.best.scene)):
                self.best = made
        return self._known[key]


def smallest(maker: Maker, trial: Trial, found: Sequence[Wish], seed: int = 0) -> Made | None:
    """The smallest scene that fails, beginning with the ``found`` ones (as ``Maker.wishes`` gives them).

    Small is: few shapes, then few draws, whole numbers, low ones. None when no scene of ``found`` fails once it is made
    again from its draws.
    """
    try:
        for wish in found:
            made = maker.remake(wish)
            if isinstance(made, Made):
                trial(made)
        before = None
        while trial.best is not None and trial.best is not before:
            before = trial.best
            _leave_out(maker, trial)
            search(maker, trial, [trial.best.wish], seed)
            seed += 1
    except TimeUpError:
        pass
    return trial.best


def search(maker: Maker, trial: Callable[[Made], bool], found: Sequence[Wish], seed: int, more: int = 0) -> None:
    """Let Hypothesis try scenes: those ``found``, up to ``more`` others like them, and then smaller ones than the first
    that fails. What comes of it is what ``trial`` was told. Lets pass what ``trial`` raises."""
    import hypothesis
    from hypothesis.database import InMemoryExampleDatabase, choices_to_bytes
    from hypothesis.errors import HypothesisException

    from pgt_dsl.testing.strategies import drawn

    database = InMemoryExampleDatabase()
    for wish in found:
        # An example that is replayed to its end counts as shrunk: so there is one choice more, which nobody takes.
        database.save(KEY, choices_to_bytes([*maker.choices(wish)[0], 0]))
    phases = [hypothesis.Phase.reuse, hypothesis.Phase.shrink]
    if more:
        phases += [hypothesis.Phase.generate, hypothesis.Phase.target]

    # As `hypothesis.find`, which cannot have both a seed and a database: `seed` takes the database away, so the
    # settings that give it come after.
    @hypothesis.settings(
        database=database, max_examples=max(1, len(found) + more), deadline=None, phases=phases, print_blob=False,
        report_multiple_bugs=False, suppress_health_check=list(hypothesis.HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )  # fmt: skip
    @hypothesis.seed(seed)
    @hypothesis.given(drawn(maker))
    def test(made: Made) -> None:
        if trial(made):
            raise _FoundError

    test._hypothesis_internal_database_key = KEY  # type: ignore[attr-defined]
    try:
        with _folder():
            test()
    except (_FoundError, HypothesisException):
        return  # one fails; or Hypothesis makes no head or tail of it, and what was found is with ``trial``


class _FoundError(Exception):
    pass


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="pgt-hypothesis-")  # gone at the end of the process


@contextmanager
def _folder() -> Iterator[None]:
    """Hypothesis keeps the constants of sources that it has read in a folder ``.hypothesis``: not beside the user."""
    from hypothesis import configuration

    place: Any = configuration.storage_directory("constants", intent_to_write=False)
    before = place.parent if isinstance(place, Path) else place.home_directory  # by the version of Hypothesis
    configuration.set_hypothesis_home_dir(_temporary().name)
    try:
        yield
    finally:
        configuration.set_hypothesis_home_dir(before)


def size_of(scene: Scene) -> tuple[Any, ...]:
    """How large a scene is: scenes with less come first."""
    draws = list(_leaves(list(scene.draws.values())))
    numbers = [x for x in draws if isinstance(x, int | float)]
    uneven = sum(x != int(x) for x in numbers)
    shapes = sum(shape.painted for shape in scene.shapes)
    return shapes, len(draws), uneven, sum(map(abs, numbers)), str(scene.stratum), scene.index, scene.twin


def _leaves(value: Json) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    elif value is not None:
        yield value


# fewer shapes ---------------------------------------------------------------------------------------


def _leave_out(maker: Maker, trial: Trial) -> None:
    """Leave out shapes one by one, as long as the scene is accepted and fails."""
    going = True
    while going and trial.best is not None:
        going = False
        least = size_of(trial.best.scene)
        for wish in fewer(maker, trial.best.wish):
            made = maker.remake(wish)
            if isinstance(made, Made) and size_of(made.scene) < least and trial(made):
                going = True
                break


def fewer(maker: Maker, wish: Wish) -> Iterator[Wish]:
    """Wishes with one item less: each number that shapes are counted by is one lower, without each item in turn."""
    program = maker.program
    counting = {var for axis in program.axes if axis.count is not None for var in _read(maker, axis.count)}
    for ident in sorted(counting):
        var = program.vars[ident]
        many = wish.draws[0].get(var.name)
        if var.axes or var.type.rank or var.type.base != "int" or not isinstance(many, int):
            continue
        for k in range(many - 1, -1, -1):
            stratum = {**wish.stratum, var.name: many - 1} if var.name in wish.stratum else wish.stratum
            draws = tuple({**_without(maker, row, ident, k), var.name: many - 1} for row in wish.draws)
            yield replace(wish, stratum=stratum, draws=draws)


def _read(maker: Maker, node: NodeId) -> frozenset[VarId]:
    return maker.sampler.facts.vars(node)


def _without(maker: Maker, draws: Mapping[str, Json], source: VarId, k: int) -> dict[str, Json]:
    """Draws without the k-th item of every block and list that hangs on the number ``source``."""
    found = dict(draws)
    for var in maker.program.vars:
        value = found.get(var.name)
        for depth in _hanging(maker, var, source):
            value = _dropped(value, depth, k)
        found[var.name] = value
    return found


def _hanging(maker: Maker, var: Var, source: VarId) -> Iterator[int]:
    """The dimensions of a variable's draws whose length hangs on a number: its axes, and what a law makes lists of."""
    axes = sorted(var.axes)
    for depth, axis in enumerate(axes):
        count = maker.program.axes[axis].count
        if count is not None and source in _read(maker, count):
            yield depth
    if var.type.rank and any(source in _read(maker, arg) for arg in var.law.args):
        yield len(axes)


def _dropped(value: Json, depth: int, k: int) -> Json:
    if not isinstance(value, list):
        return value
    if depth:
        return [_dropped(item, depth - 1, k) for item in value]
    return [item for number, item in enumerate(value) if number != k]
