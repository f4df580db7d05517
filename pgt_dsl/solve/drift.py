"""Drift: how far what is drawn comes out from what was declared, since only scenes that meet all requirements count.

For each drawn variable the values of the accepted scenes are compared with their declared law. Where the law is one in
steps with few values, the effect is the total variation, the share of scenes that have another value than they were
to have, and its chance is that of a chi-square test; else the effect is the largest difference between the two
distribution functions (Kolmogorov, Smirnov) of where each value stands in its own law (``pit``).

Chance alone gives an effect too, and the larger the fewer the scenes. What it gives on average is taken off (in
squares, as the two add up), so that a variable that nothing bends has an effect near 0 whatever the number of scenes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pgt_dsl.program.facts import laws
from pgt_dsl.program.inputs import Floats
from pgt_dsl.program.program import Origin, Program, Var, VarId
from pgt_dsl.program.strings import intern, string
from pgt_dsl.solve.chance import chi_square, holm, kolmogorov
from pgt_dsl.solve.philox import mix64
from pgt_dsl.solve.pit import GRAIN, MOST_VALUES, PLACES, Standing, standing
from pgt_dsl.solve.reject import Sampler, SceneBatch
from pgt_dsl.solve.report import Exhausted

CELLS = 64  # equal parts of 0..1 in which it is counted where values stand in their laws
LOOKED_AT = 4096  # samples of a task that are counted: they tell an effect to about 0.01
SCENES = 512  # scenes that ``survey`` draws, as far as ``TRIES`` attempts give them
TRIES = 100_000
AT_ONCE = 256
FEWEST = 5.0  # expected scenes of a value in a chi-square test; rarer values are counted together
ALPHA = 1e-3  # the chance, for all variables of a task together, of a report that is none
NOTABLE = 0.1  # the least effect that is worth a word
WORDS = ("form", "text")  # types whose values are codes of words
_DRIFT = 0x5512  # keeps the streams apart from those that draw


@dataclass(frozen=True, slots=True)
class Count:
    """What has been counted of one variable, in plain values that add up exactly, in whatever portions: scenes, how
    many values stand in each of the equal parts of their laws (of places once across and once down), sums of means in
    units of ``pit.GRAIN``, and the values of laws in steps with how often they came and were expected; see
    ``pit.Standing``. Words stand for themselves: their codes are others in another process."""

    n: int
    cells: tuple[tuple[int, ...], ...]
    declared: int | None = None
    produced: int | None = None
    values: Mapping[float | str, tuple[int, float]] | None = None

    def __add__(self, other: Count) -> Count:
        values = None
        if self.values is not None and other.values is not None:
            values = dict(self.values)
            for key, (came, expected) in other.values.items():
                old = values.get(key, (0, 0.0))
                values[key] = (old[0] + came, old[1] + expected)
            if len(values) > MOST_VALUES:
                values = None
        cells = tuple(
            tuple(a + b for a, b in zip(one, two, strict=True))
            for one, two in zip(self.cells, other.cells, strict=True)
        )
        return Count(self.n + other.n, cells, _plus(self.declared, other.declared),
                     _plus(self.produced, other.produced), values)  # fmt: skip

    def state(self) -> list[Any]:
        """The counts as JSON, for ``of``."""
        values = None if self.values is None else [[value, *counted] for value, counted in self.values.items()]
        return [self.n, self.cells, self.declared, self.produced, values]

    @classmethod
    def of(cls, state: Sequence[Any]) -> Count:
        """The counts that ``state`` told."""
        n, cells, declared, produced, values = state
        known = None if values is None else {value: (came, expected) for value, came, expected in values}
        return cls(n, tuple(map(tuple, cells)), declared, produced, known)


Counts = Mapping[VarId, Count]


@dataclass(frozen=True, slots=True)
class ValueShare:
    """One value of a law in steps (bool, number, packed colour, interned word or slot): shares of the scenes."""

    value: float
    declared: float
    produced: float


@dataclass(frozen=True, slots=True)
class Drift:
    """How far one variable drifts. ``declared`` is the law as the spec has it; ``n`` scenes were looked at; ``effect``
    is a total variation where there are ``values``, else a distance of distribution functions (of places the larger
    of across and down); ``p`` is the chance of as much without drift, corrected for the number of variables.
    ``eighths`` are the shares of the scenes whose value stands in each eighth of its law (none for places). Means
    are None where values have none; of places they are distances from the middle of the picture, in short sides.
    ``base`` is the type's base; ``explicit`` says that the spec has the draw, rather than a kind as its default."""

    var: VarId
    name: str
    origin: Origin
    base: str
    declared: str
    n: int
    effect: float
    p: float
    mean_declared: float | None = None
    mean_produced: float | None = None
    values: tuple[ValueShare, ...] = ()
    eighths: tuple[float, ...] = ()
    explicit: bool = True

    @property
    def line(self) -> int:
        """The line of the draw, from 1; 0 where it is not known."""
        return self.origin.line

    @property
    def notable(self) -> bool:
        """Whether it is more than chance allows, and enough to matter."""
        return self.p < ALPHA and self.effect > NOTABLE


def drift(batch: SceneBatch) -> tuple[Drift, ...]:
    """How far each drawn variable of some accepted scenes drifts, in the order of the program's variables."""
    return drifts(batch.ev.program, count(batch))


def survey(sampler: Sampler, scenes: int = SCENES) -> Counts:
    """Draw the first scenes of a task and count them; fewer where they cost too many attempts, or none are found."""
    found: Counts = {}
    tries = 0
    for first in range(0, scenes, AT_ONCE):
        try:
            batch = sampler.batch(np.arange(first, min(first + AT_ONCE, scenes)))
        except Exhausted:
            break
        found = add(found, count(batch))
        tries += int((batch.attempts + 1).sum())
        if tries > TRIES:
            break
    return found


def count(batch: SceneBatch) -> Counts:
    """Count the drawn variables of accepted scenes, of twins the first ones, among the first ``LOOKED_AT`` samples."""
    usable = batch.indices < LOOKED_AT
    if batch.twins is not None:
        usable &= batch.twins == 0
    rows = np.flatnonzero(usable)
    if not rows.size:
        return {}
    ev = batch.ev if len(rows) == len(batch) else batch.ev.take(rows)
    key = mix64(batch.seed, _DRIFT)
    found = {}
    for var in ev.program.vars:
        if var.role in ("let", "field"):
            seen = standing(ev, var, np.asarray(batch.indices[rows], np.int64), key)
            if seen is not None:
                found[var.id] = _count(seen, var.type.base in WORDS)
    return found


def add(one: Counts, other: Counts) -> Counts:
    """The counts of two batches together."""
    return {var: one[var] + other[var] if var in one and var in other else (one.get(var) or other[var])
            for var in sorted({*one, *other})}  # fmt: skip


def _count(seen: Standing, words: bool) -> Count:
    cells = np.minimum((seen.u * CELLS).astype(np.int64), CELLS - 1)
    counted = tuple(tuple(np.bincount(lane, minlength=CELLS).tolist()) for lane in cells.T)
    values: Mapping[float | str, tuple[int, float]] | None = None
    if seen.values is not None:
        values = {string(int(value)) if words else value: counts for value, counts in seen.values.items()}
    return Count(len(seen.u), counted, seen.declared, seen.produced, values)


def _plus(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


# judging --------------------------------------------------------------------------------------------------------


def drifts(program: Program, counts: Counts) -> tuple[Drift, ...]:
    """What counts say of the drift of each variable that was counted."""
    found = [(program.vars[var], counted, _effect(counted)) for var, counted in sorted(counts.items())]
    chances = holm([chance for _, _, (_, chance) in found])
    return tuple(_drift(var, counted, effect, p) for (var, counted, (effect, _)), p in zip(found, chances, strict=True))


def _drift(var: Var, counted: Count, effect: float, p: float) -> Drift:
    n = max(counted.n, 1)
    shares = sorted((intern(value) if isinstance(value, str) else value, c) for value, c in _ranked(counted))
    text = declared_text(var)
    place = any(law.name in PLACES for law in laws(var.law))
    eighths = () if place else tuple(float(k) / n for k in np.asarray(counted.cells[0]).reshape(8, -1).sum(axis=1))
    return Drift(
        var.id, var.name, var.origin, var.type.base, text or _law_words(var), counted.n, effect, p,
        *_means(counted, n),
        tuple(ValueShare(value, expected / n, came / n) for value, (came, expected) in shares), eighths, bool(text),
    )  # fmt: skip


def _means(counted: Count, n: int) -> tuple[float | None, float | None]:
    if counted.declared is None or counted.produced is None:
        return None, None
    return counted.declared / n * GRAIN, counted.produced / n * GRAIN


def _effect(counted: Count) -> tuple[float, float]:
    """The effect without what chance gives on average, and the chance of as much (not yet corrected for many)."""
    n = counted.n
    if counted.values is not None:
        both = zip(*(counts for _, counts in _ranked(counted)), strict=True)
        came, expected = (np.asarray(column, np.float64) for column in both)
        variation = float(np.abs(came - expected).sum()) / 2 / n
        share = expected / n
        usual = float(np.sqrt(2 * share * (1 - share) / (math.pi * n)).sum()) / 2
        return _beyond(variation, usual**2), _chi_square(came, expected)
    steps = np.arange(1, CELLS + 1) / CELLS
    distances = [float(np.abs(np.cumsum(lane) / n - steps).max()) for lane in counted.cells]
    usual_square = math.pi**2 / 12 / n  # the mean square of the distance, times n, as n grows
    chance = min(1.0, len(distances) * min(kolmogorov(d, n) for d in distances))
    return _beyond(max(distances), usual_square), chance


def _ranked(counted: Count) -> list[tuple[float | str, tuple[int, float]]]:
    """The values in an order that does not depend on which came first."""
    return sorted((counted.values or {}).items(), key=lambda item: (str(type(item[0])), item[0]))


def _beyond(distance: float, usual_square: float) -> float:
    return math.sqrt(max(0.0, distance**2 - usual_square))


def _chi_square(came: Floats, expected: Floats) -> float:
    """The chance of counts that differ so much; neighbours are counted together until enough is expected of them.
    Where rows have different laws the counts vary less than those of one law, so it is then an upper bound."""
    cells = list(_merged(came.tolist(), expected.tolist()))
    return chi_square(sum((o - e) ** 2 / e for o, e in cells), len(cells) - 1)


def _merged(came: list[float], expected: list[float]) -> Iterator[tuple[float, float]]:
    o = e = 0.0
    left = sum(expected)
    for one, other in zip(came, expected, strict=True):
        o, e, left = o + one, e + other, left - other
        if e >= FEWEST and left >= FEWEST:
            yield o, e
            o = e = 0.0
    if e > 0:
        yield o, e


# words ------------------------------------------------------------------------------------------------------------

_ENDS = ",}#"


def declared_text(var: Var) -> str:
    """What stands after the ``~`` of a draw, as far as its line goes; empty when the draw is a kind's own default."""
    name = re.escape(var.name.rpartition(".")[2])
    start = re.search(rf"\b{name}(\s*:\s*\w+)?\s*~\s*", var.origin.text)
    if start is None:
        return ""
    depth, rest = 0, var.origin.text[start.end() :]
    for at, sign in enumerate(rest):
        depth += (sign in "([") - (sign in ")]")
        if depth < 0 or (not depth and sign in _ENDS):
            return rest[:at].strip()
    return rest.strip()


def _law_words(var: Var) -> str:
    return " of ".join(law.name.replace("_", " ") for law in laws(var.law))
