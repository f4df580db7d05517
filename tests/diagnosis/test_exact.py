"""Exact statistics: laws by enumeration, intervals that hold what they promise, chances paid for their number."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binom, binomtest, fisher_exact, poisson_binom

from pgt_dsl.diagnosis import exact
from pgt_dsl.diagnosis.look import Look, Part, chance_of, in_two_at_least, paid, together
from pgt_dsl.probe.results import interval


@pytest.mark.parametrize("chances", [[0.5], [0.1, 0.9, 0.25], [0.0, 1.0, 0.3], [1 / 3] * 40 + [0.02] * 9])
def test_the_law_of_unlike_trials_is_poissons_binomial(chances: list[float]) -> None:
    law = exact.sum_of_trials(chances)
    assert np.allclose(law, poisson_binom.pmf(np.arange(len(chances) + 1), chances), atol=1e-12)
    assert math.isclose(law.sum(), 1)


def test_small_tails_are_exact() -> None:
    assert exact.tail(exact.sum_of_trials([0.25] * 60), 60) == pytest.approx(0.25**60, rel=1e-9)
    assert exact.tail(np.array([0.5, 0.5]), 2) == 0 and exact.tail(np.array([0.5, 0.5]), 0) == 1


def test_the_law_of_draws_is_that_of_all_choices() -> None:
    strata = [(4, 2, 2), (5, 1, 3), (3, 3, 1), (2, 0, 1)]
    counts: dict[int, int] = {}
    choices = [itertools.combinations(range(rows), drawn) for rows, _, drawn in strata]
    for chosen in itertools.product(*map(list, choices)):
        hits = sum(sum(k < marked for k in one) for one, (_, marked, _) in zip(chosen, strata, strict=True))
        counts[hits] = counts.get(hits, 0) + 1
    least, law = exact.sum_of_draws(strata)
    whole = sum(counts.values())
    assert least == min(counts) and np.allclose(law, [counts[k] / whole for k in sorted(counts)])


def test_one_stratum_is_fishers_test() -> None:
    least, law = exact.sum_of_draws([(20, 9, 8)])
    assert exact.tail(law, 6 - least) == pytest.approx(fisher_exact([[6, 2], [3, 9]], "greater").pvalue)


def test_holm_pays_for_the_number_and_keeps_the_order() -> None:
    assert exact.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert exact.holm([]) == [] and exact.holm([0.9, 0.8]) == [1.0, 1.0]


@pytest.mark.parametrize(("right", "asked"), [(0, 7), (3, 7), (7, 7), (180, 400)])
def test_the_interval_of_a_share_is_clopper_and_pearsons(right: int, asked: int) -> None:
    found = binomtest(right, asked).proportion_ci(0.95, "exact")
    assert interval(right, asked) == pytest.approx((found.low, found.high))


def test_of_nothing_every_share_is_possible() -> None:
    assert interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("p", "q"), [(0.2, 0.1), (0.05, 0.3), (0.02, 0.02)])
def test_the_interval_of_a_paired_difference_holds_it(p: float, q: float) -> None:
    """The coverage over all outcomes of 40 questions, of which p are right by one model alone and q by the other."""
    n, held = 40, 0.0
    for a in range(n + 1):
        for b in range(n + 1 - a):
            chance = math.comb(n, a) * math.comb(n - a, b) * p**a * q**b * (1 - p - q) ** (n - a - b)
            if chance > 1e-7:
                low, high = exact.paired_difference(a, b, n)
                held += chance * (low <= p - q <= high)
    assert 0.93 < held < 0.995


def test_paired_differences_at_the_ends() -> None:
    low, high = exact.paired_difference(0, 0, 30)
    assert low == pytest.approx(-high) and 0 < high < 0.15
    low, high = exact.paired_difference(30, 0, 30)
    assert 0.75 < low < 1 and high == 1.0
    assert exact.paired_difference(5, 2, 30) == pytest.approx([-x for x in exact.paired_difference(2, 5, 30)][::-1])


def test_mcnemar_is_a_fair_coin() -> None:
    assert exact.mcnemar(9, 1) == pytest.approx(2 * binom.cdf(1, 10, 0.5))
    assert exact.mcnemar(0, 0) == 1


def test_an_effect_of_one_part_is_not_one_of_two() -> None:
    quiet, loud = Part(exact.sum_of_trials([0.5] * 20), 10, 20), Part(exact.sum_of_trials([0.5] * 20), 20, 20)
    assert chance_of(together([quiet, loud])) < 0.01 < 0.5 < in_two_at_least([quiet, loud])
    assert in_two_at_least([loud, loud]) == pytest.approx(0.5**20) and in_two_at_least([loud]) == 1


def test_looks_at_nothing_are_paid_for_too() -> None:
    look = Look("bias", "", "yes", 9, 10, 5.0, 0.001, "")
    assert paid([look])[0].adjusted == pytest.approx(0.004)
    assert paid([look], others=9)[0].adjusted == pytest.approx(0.04)
    assert paid([look], others=19)[0].named is False
