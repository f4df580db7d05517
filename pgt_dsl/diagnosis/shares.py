"""Accuracy of tasks and families with exact intervals, of pairs and groups of pictures, and what a model cannot do."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pgt_dsl.diagnosis.exact import low_tail, sum_of_trials
from pgt_dsl.diagnosis.look import Look, key_of, paid
from pgt_dsl.diagnosis.rows import Row, Tally, tally
from pgt_dsl.probe.results import interval

HALF = 0.5  # of the answers that a guess does not give: who knows fewer is said to be weak


@dataclass(frozen=True)
class Share:
    """``count`` of ``of``, with its exact interval and what chance would give (None where that is not known)."""

    name: str
    count: int
    of: int
    chance: float | None

    @property
    def rate(self) -> float | None:
        """The share; None of nothing."""
        return self.count / self.of if self.of else None

    @property
    def bounds(self) -> tuple[float, float]:
        """Clopper and Pearson's interval."""
        return interval(self.count, self.of)


def by_task(rows: Sequence[Row]) -> dict[str, Tally]:
    """The tally of each task, in the order in which they come."""
    return {task: tally(members) for task, members in _parts(rows, lambda row: row.task)}


def by_family(rows: Sequence[Row]) -> dict[str, Tally]:
    """The tally of each family, by name."""
    return dict(sorted((family, tally(members)) for family, members in _parts(rows, lambda row: row.family)))


def _parts(rows: Iterable[Row], key: Callable[[Row], str]) -> Iterable[tuple[str, list[Row]]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found.items()


def known(one: Tally) -> float:
    """The share of answers that are known and not guessed, by the share that is right: (rate - chance) / (1 - chance),
    0 below chance."""
    chance = one.chance or 0.0
    return max(0.0, (one.rate - chance) / (1 - chance)) if chance < 1 else 0.0


def weak(rows: Sequence[Row]) -> list[Look]:
    """A look at each task, whether fewer than half of its answers are known; ``rows`` are apart.

    The chance is that of so few right answers when half are known and the rest guessed: with unlike chances of the
    questions the binomial law of their mean bounds it (Hoeffding 1956)."""
    looks = []
    for task, members in _parts(rows, lambda row: row.task):
        chances = [row.chance or 0.0 for row in members]
        mean = HALF + (1 - HALF) * sum(chances) / len(chances)
        right = sum(row.right for row in members)
        n = len(members)
        p = low_tail(sum_of_trials([mean] * n), right) if right <= n * mean - 1 else 1.0
        chance = f"; guessing gives at least {sum(chances) / n:.0%}" if sum(chances) else ""
        looks.append(Look("weak", task, "fewer than half of the answers are known", n - right, n, n * (1 - mean), p,
                          f"{task}: right in {right} of {n}{chance}"))  # fmt: skip
    return paid(looks)


def groups(rows: Sequence[Row]) -> list[Share]:
    """Of twins and other groups of pictures: whole groups right, pairs right, and answers that change with the truth.

    Of each group one pair with different answers is looked at, so that pairs count apart. Chance is what guessing gives
    that knows the form of the answer; whoever does not look says the same twice, and is right in no pair."""
    whole: list[list[Row]] = []
    pairs: list[tuple[Row, Row]] = []
    for _, members in _parts(rows, lambda row: f"{row.group}/{row.ask}"):
        if len(members) < 2:
            continue
        whole.append(members)
        first = members[0]
        other = next((m for m in members[1:] if key_of(m.asked.value) != key_of(first.asked.value)), None)
        if other is not None:
            pairs.append((first, other))
    if not whole:
        return []
    found = [_share("all pictures of a group right", [(m, all(r.right for r in m)) for m in whole])]
    if pairs:
        found.append(_share("both pictures of a pair right", [([a, b], a.right and b.right) for a, b in pairs]))
        changed = [a.said is not None and b.said is not None and key_of(a.said) != key_of(b.said) for a, b in pairs]
        known = [a.chance for a, _ in pairs if a.chance is not None]
        chance = 1 - sum(known) / len(known) if len(known) == len(pairs) else None
        found.append(Share("the answer changes where the truth does", sum(changed), len(pairs), chance))
    return found


def _share(name: str, members: Sequence[tuple[Sequence[Row], bool]]) -> Share:
    chances = [[row.chance for row in rows] for rows, _ in members]
    known = [math.prod(c for c in row if c is not None) for row in chances if None not in row]
    chance = sum(known) / len(known) if len(known) == len(members) else None
    return Share(name, sum(right for _, right in members), len(members), chance)
