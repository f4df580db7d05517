"""Asking a series adaptively: blocks of questions, each placed by the answers to those before it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence

from pgt_dsl.dataset.series import Series
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.probe.journal import Journal
from pgt_dsl.probe.question import Question, Questions
from pgt_dsl.psychometrics.answers import Point, counts
from pgt_dsl.psychometrics.curve import Curve
from pgt_dsl.psychometrics.fit import fit
from pgt_dsl.psychometrics.placing import Placing
from pgt_dsl.scoring.score import score

BLOCK = 16  # questions between two looks at the answers, however many are under way at once


class Adaptive:
    """Which questions of a series to ask, block by block.

    Where a run was stopped, the next one goes the same way again: it begins with the first block, finds its replies in
    the journal, and so comes to the block that is not whole. So the questions depend on the data set and the replies
    alone. pool: what can be asked (``points``); most: questions in all; until: the width of the threshold's interval,
    on the axis of the series, that is enough. Raises ``PgtError`` when scenes of the series have several questions.
    """

    def __init__(
        self, questions: Questions, pool: Sequence[Point], series: Series, coordinates: str | None = None,
        most: int | None = None, until: float | None = None,
    ) -> None:  # fmt: skip
        self.questions, self.series, self.coordinates = questions, series, coordinates
        self.most, self.until = most, until
        self.pool = pool
        if any(point.ask for point in self.pool):
            raise PgtError("adaptive placement is of one question a scene; this series asks several, so ask all of it")
        self._waiting: dict[float, list[Point]] = {}
        for point in self.pool:
            self._waiting.setdefault(point.level, []).append(point)
        self._asked: list[Point] = []
        self._right: dict[str, bool] = {}
        self._rows: dict[str, str] = {}

    def rounds(self, journal: Journal) -> Iterator[Iterable[Question]]:
        """Blocks of questions; each is to be fetched when all replies of the last are in the journal."""
        placing = Placing([(p.level, p.guess) for p in self.pool], self.series.axis, self.series.rising)
        while True:
            self._score(journal)
            room = BLOCK if self.most is None else min(BLOCK, self.most - len(self._asked))
            if room < 1 or self._narrow():
                return
            waiting = {level: [p.guess for p in here] for level, here in self._waiting.items()}
            levels = placing.block(counts(self._asked, self._right), waiting, room)
            if not levels:
                return
            block = [self._waiting[level].pop(0) for level in levels[: self.most]]
            self._asked += block
            yield self._fetch([point.key for point in block], journal.replies)

    def _fetch(self, keys: list[str], there: Collection[str]) -> Iterator[Question]:
        """The questions of a block; those that have a reply are named only."""
        missing = set(keys) - set(there)
        for key in keys:
            if key not in missing:
                yield Question(key, 0, "", (), "")
        if missing:
            yield from (question for question in self.questions if question.key in missing)

    def _score(self, journal: Journal) -> None:
        """Score the replies of the last block."""
        new = {point.key for point in self._asked if point.key not in self._right}
        if not new:
            return
        if not self._rows:
            self._rows = {question.key: question.metadata for question in self.questions}
        for key in new & journal.replies.keys():
            reply, row = journal.replies[key], {"metadata": self._rows[key]}
            self._right[key] = score(row, reply.text, coordinates=self.coordinates).right

    def _narrow(self) -> bool:
        """Whether the interval is as narrow as was asked for."""
        if self.until is None or not self._right:
            return False
        levels = [point.level for point in self.pool]
        found = fit(counts(self._asked, self._right), self.series.axis, self.series.rising, (min(levels), max(levels)))
        return width(found) <= self.until


def width(found: Curve) -> float:
    """The width of the threshold's interval on its axis, in octaves or units; infinite where there is none."""
    one = found.threshold
    if one is None or one.low is None or one.high is None:
        return math.inf
    return math.log2(one.high / one.low) if found.axis == "log2" else one.high - one.low
