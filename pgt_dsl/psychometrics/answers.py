"""From the questions of a series and a model's replies to the counts of a curve."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pgt_dsl.dataset.series import Series
from pgt_dsl.probe.question import Question
from pgt_dsl.probe.results import chance
from pgt_dsl.psychometrics.curve import Curve
from pgt_dsl.psychometrics.fit import fit
from pgt_dsl.psychometrics.tally import Tally, off_axis, on_axis, tallies
from pgt_dsl.scoring.subject import asked

MOST_LEVELS, PARTS = 64, 16


@dataclass(frozen=True, slots=True)
class Point:
    """A question on a curve: its level, its number among those of its scene, and how often guessing is right."""

    key: str
    ask: int
    level: float
    guess: float


def points(questions: Iterable[Question], series: Series) -> list[Point]:
    """The questions of a series whose answers do not hang together, in their order.

    Of pictures that belong together (twins, groups) one at each level counts, which is as likely any: their answers are
    alike, and would make an interval narrower than it is. Where a form has no chance of its own (numbers, places),
    guessing is naming answers as often as they are right in the whole series.
    Raises ``PgtError`` when a sample has no level.
    """
    found: list[_Read] = []
    chosen: dict[tuple[str, int, float], bytes] = {}
    for question in questions:
        about = asked(question.row, question.ask)
        one = _Read(question.key, question.ask, series.level(json.loads(question.metadata), question.ask), about.group,
                    chance(about.ask, about.style), about.ask.text)  # fmt: skip
        found.append(one)
        if one.group:
            chosen[one.place] = min(chosen.get(one.place, one.lot), one.lot)
    some = [one for one in found if not one.group or chosen[one.place] == one.lot]
    levels = _parts([one.level for one in some], series.axis)
    some = [replace(one, level=level) for one, level in zip(some, levels, strict=True)]
    base = _base_rates(some)
    return [
        Point(one.key, one.ask, one.level, base[one.ask, one.level] if one.chance is None else one.chance)
        for one in some
    ]


@dataclass(frozen=True, slots=True)
class _Read:
    """A question as it was read. ``chance`` is None where its form has none; ``answer`` is the right one."""

    key: str
    ask: int
    level: float
    group: str
    chance: float | None
    answer: str

    @property
    def place(self) -> tuple[str, int, float]:
        return self.group, self.ask, self.level

    @property
    def lot(self) -> bytes:
        return hashlib.blake2b(self.key.encode(), digest_size=16).digest()


def _parts(levels: Sequence[float], axis: str) -> list[float]:
    """The levels; of many that are hardly ever the same, parts of equal numbers at their means on the axis."""
    if len(set(levels)) <= MOST_LEVELS:
        return list(levels)
    x = on_axis(levels, axis)
    part = np.searchsorted(np.unique(np.quantile(x, np.arange(1, PARTS) / PARTS)), x)
    means = {k: off_axis(float(x[part == k].mean()), axis) for k in np.unique(part).tolist()}
    return [means[k] for k in part.tolist()]


def _base_rates(found: Sequence[_Read]) -> dict[tuple[int, float], float]:
    """How often one is right at each level of a question who names each answer as often as it is right in all."""
    open_ = [one for one in found if one.chance is None]
    often = Counter((one.ask, one.answer) for one in open_)
    total = Counter(one.ask for one in open_)
    here: dict[tuple[int, float], list[float]] = defaultdict(list)
    for one in open_:
        here[one.ask, one.level].append(often[one.ask, one.answer] / total[one.ask])
    return {place: round(sum(rates) / len(rates), 6) for place, rates in here.items()}


def counts(found: Iterable[Point], right: Mapping[str, bool]) -> tuple[Tally, ...]:
    """The tallies of the points that have an answer."""
    return tallies((one.level, one.guess, right[one.key]) for one in found if one.key in right)


def curves(
    found: Sequence[Point], right: Mapping[str, bool], series: Series, share: float | None = None
) -> dict[int, Curve]:  # fmt: skip
    """The curve of each question of the scenes, by its number from 0: of those that have replies, and are not always
    answered alike, which needs no seeing. ``share``: a share correct whose level is wanted. Raises ``PgtError`` when
    guessing has it."""
    made: dict[int, Curve] = {}
    for ask in sorted({one.ask for one in found}):
        mine = [one for one in found if one.ask == ask]
        some = counts(mine, right)
        if not some or any(tally.guess >= 1 for tally in some):
            continue
        span = min(one.level for one in mine), max(one.level for one in mine)
        made[ask] = fit(some, series.axis, series.rising, span, share, series.along, series.unit)
    return made
