"""Questions are placed where they tell most of the threshold, and by nothing but the answers."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from pgt_dsl.psychometrics.fit import fit
from pgt_dsl.psychometrics.placing import FIRST, Placing
from pgt_dsl.psychometrics.posterior import posterior
from pgt_dsl.psychometrics.tally import Tally
from tests.psychometrics.observers import LEVELS, Observer

MANY = dict.fromkeys(LEVELS, (0.5,) * 999)
CELLS = [(level, 0.5) for level in LEVELS]


def _run(observer: Observer, blocks: int, seed: int = 0, rising: bool | None = True) -> list[Tally]:
    """The answers of an observer who is asked adaptively, 16 at a time."""
    placing, random = Placing(CELLS, "log2", rising), np.random.default_rng(seed)
    counts = {level: Tally(level, 0.5, 0, 0) for level in LEVELS}
    for _ in range(blocks):
        for level in placing.block(list(counts.values()), MANY, 16):
            old, right = counts[level], bool(random.random() < observer.chance(level, 0.5))
            counts[level] = Tally(level, 0.5, old.asked + 1, old.right + right)
    return list(counts.values())


def test_the_first_block_has_equal_numbers_at_all_levels() -> None:
    assert Counter(Placing(CELLS, "log2", True).block([], MANY, 16)) == dict.fromkeys(LEVELS, FIRST)


def test_questions_gather_at_the_threshold_and_at_the_easy_end() -> None:
    asked = {tally.level: tally.asked for tally in _run(Observer(5.0, 4.0), 20)}
    near = sorted(LEVELS, key=lambda level: abs(np.log2(level / 5.0)))[:2]
    assert sum(asked[level] for level in near) > 0.6 * sum(asked.values())
    assert asked[LEVELS[-1]] > 0.08 * sum(asked.values())  # the lapses, which a threshold is half-way to


@pytest.mark.parametrize("rising", [False, None])
def test_a_falling_curve_mirrors_a_rising_one(rising: bool | None) -> None:
    level = LEVELS[3]
    mirrored = {other: LEVELS[-1 - k] for k, other in enumerate(LEVELS)}
    seen = Observer(level, 4.0).expected(40)
    turned = [Tally(mirrored[tally.level], 0.5, tally.asked, tally.right) for tally in seen]
    up, down = Placing(CELLS, "log2", True), Placing(CELLS, "log2", rising)
    told = Counter(mirrored[level] for level in up.block(seen, MANY, 16))
    assert Counter(down.block(turned, MANY, 16)) == told


def test_the_same_answers_place_the_same_questions() -> None:
    counts = _run(Observer(), 5)
    first = Placing(CELLS, "log2", None).block(counts, MANY, 16)
    assert Placing(list(reversed(CELLS)), "log2", None).block(list(reversed(counts)), MANY, 16) == first


def test_no_more_questions_are_placed_than_there_are() -> None:
    counts = _run(Observer(), 5)
    few = {**dict.fromkeys(LEVELS, ()), LEVELS[0]: (0.5,) * 3, LEVELS[5]: (0.5,)}
    assert Counter(Placing(CELLS, "log2", True).block(counts, few, 16)) == {LEVELS[0]: 3, LEVELS[5]: 1}
    assert Placing(CELLS, "log2", True).block(counts, {}, 16) == []
    assert Placing(CELLS, "log2", True).block([], {LEVELS[2]: (0.5,)}, 16) == [LEVELS[2]]


def test_adaptive_answers_narrow_the_interval_more_than_equal_numbers_do() -> None:
    def width(counts: list[Tally]) -> float:
        guess, asked, right = np.array([(t.guess, t.asked, t.right) for t in counts], dtype=float).T
        found = posterior(np.log2(LEVELS), guess, asked, right, 1.0, 4.0).threshold
        return found.quantile(0.975) - found.quantile(0.025)

    observer = Observer(5.0, 4.0)
    adaptive = [width(_run(observer, 13, seed)) for seed in range(5)]  # 208 questions
    equal = [width(observer.asked(50, seed)) for seed in range(5)]  # 400
    assert np.median(adaptive) < np.median(equal)


def test_a_fit_of_adaptive_answers_holds_the_truth() -> None:
    found = fit(_run(Observer(5.0, 3.0), 25, seed=4), span=(LEVELS[0], LEVELS[-1]))
    assert found.threshold is not None and found.threshold.low is not None and found.threshold.high is not None
    assert found.threshold.low < 5.0 < found.threshold.high
