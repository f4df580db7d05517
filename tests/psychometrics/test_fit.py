"""A fit finds the threshold that is there, says how well, and says so when there is none to find."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.psychometrics.curve import Curve, Estimate
from pgt_dsl.psychometrics.figure import curve_svg
from pgt_dsl.psychometrics.fit import fit
from pgt_dsl.psychometrics.posterior import Cells, Margin
from pgt_dsl.psychometrics.tally import Tally, tallies
from tests.psychometrics.observers import LEVELS, Observer


def _bounds(one: Estimate | None) -> tuple[float, float]:
    assert one is not None and one.low is not None and one.high is not None
    return one.low, one.high


def _value(one: Estimate | None) -> float:
    assert one is not None
    return one.value


@pytest.mark.parametrize("guess", [0.0, 0.25, 0.5])
def test_many_answers_give_threshold_slope_and_lapse_exactly(guess: float) -> None:
    found = fit(Observer(5.0, 3.0, 0.05).expected(100_000, guess), name="gap", unit="vmin")
    assert found.measurable and found.reason == ""
    assert _value(found.threshold) == pytest.approx(5.0, rel=0.01)
    assert _value(found.slope) == pytest.approx(3.0, rel=0.03)
    assert found.lapse.value == pytest.approx(0.05, abs=0.003)
    assert found.misfit > 0.5  # data that are their own expectation lie nearer than any simulated ones


@pytest.mark.parametrize("sign", [1, -1])
def test_a_count_that_makes_it_harder_is_fitted_falling_on_a_linear_axis(sign: int) -> None:
    levels = [float(n) for n in range(1, 10)]
    observer = Observer(5.5, sign * 1.5, 0.02, "linear")
    counts = observer.expected(20_000, 0.25, levels)
    found = fit(counts, "linear", rising=sign > 0)
    assert _value(found.threshold) == pytest.approx(5.5, abs=0.05)
    assert fit(counts, "linear", rising=None) == found


def test_answers_in_two_forms_share_one_threshold() -> None:
    observer = Observer(5.0, 3.0, 0.04)
    both = [*observer.expected(5000, 0.5), *observer.expected(5000, 0.25)]
    found = fit(both)
    low, high = _bounds(found.threshold)
    assert low < 5.0 < high and high / low < 1.1
    assert [level.asked for level in found.levels] == [10_000] * 8
    assert all(level.guess == 0.375 for level in found.levels)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from([0.25, 0.5]), st.booleans()), min_size=1), st.randoms()
)
def test_the_order_of_answers_does_not_matter(
    answers: list[tuple[float, float, bool]], order: random.Random
) -> None:  # fmt: skip
    shuffled = list(answers)
    order.shuffle(shuffled)
    counted = list(tallies(answers))
    assert tallies(shuffled) == tallies(answers)
    assert sum(one.asked for one in counted) == len(answers)
    order.shuffle(counted)
    assert fit(counted) == fit(tallies(answers))


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.floats(0.05, 20))
def test_another_unit_gives_the_same_curve(seed: int, times: float) -> None:
    counts = Observer().asked(60, seed)
    found, scaled = fit(counts), fit([replace(one, level=one.level * times) for one in counts])
    assert scaled.measurable == found.measurable
    if found.threshold is not None:
        assert _value(scaled.threshold) == pytest.approx(times * found.threshold.value, rel=1e-6)
        assert _bounds(scaled.threshold) == pytest.approx([times * one for one in _bounds(found.threshold)], rel=1e-6)
        assert _value(scaled.slope) == pytest.approx(_value(found.slope), rel=1e-6)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.floats(-50, 50))
def test_a_shift_of_a_linear_axis_shifts_the_threshold(seed: int, shift: float) -> None:
    levels = [float(n) for n in range(1, 10)]
    counts = Observer(5.0, 1.5, 0.02, "linear").asked(60, seed, 0.25, levels)
    found = fit(counts, "linear")
    moved = fit([replace(one, level=one.level + shift) for one in counts], "linear")
    assert moved.measurable == found.measurable
    if found.threshold is not None:
        assert _value(moved.threshold) == pytest.approx(found.threshold.value + shift, abs=1e-6)


def test_more_answers_narrow_the_interval_as_their_root() -> None:
    spans = []
    for each in (50, 200, 800, 3200, 12_800):
        low, high = _bounds(fit(Observer().expected(each)).threshold)
        assert low < 5.0 < high
        spans.append(np.log2(high / low))
    ratios = np.array(spans[1:]) / spans[:-1]
    assert all(0.42 < ratio < 0.58 for ratio in ratios)


def test_quantiles_are_read_between_the_edges_of_cells() -> None:
    # Mass 1/4 in each of 4 cells over 0 .. 1 is uniform: its quantiles are the shares themselves.
    even = Margin(Cells(np.linspace(0, 1, 5), 0, 1), np.full(4, 0.25))
    assert [even.quantile(q) for q in (0.025, 0.5, 0.975)] == pytest.approx([0.025, 0.5, 0.975])
    assert even.below(0.3) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("observer", "said"),
    [
        (Observer(200.0), "not told from guessing at any level"),
        (Observer(0.05), "at its ceiling at all levels"),
        (Observer(5.0, -3.0), "performance falls with gap, where it was to rise"),
        (Observer(18.0, 3.0), "beyond the easiest level (16vmin)"),
        (Observer(1.8, 3.0), "beyond the hardest level (2vmin)"),
        (Observer(5.0, 1e-9, 0.1), "not seen to rise with gap"),
    ],
)
def test_what_is_not_measurable_is_said_with_its_reason(observer: Observer, said: str) -> None:
    found = fit(observer.expected(400), name="gap", unit="vmin")
    assert not found.measurable and found.threshold is None and found.slope is None
    assert said in found.reason and said in found.text
    assert said.split()[0] in curve_svg(found)


def test_a_threshold_beyond_the_levels_is_bounded_on_their_side() -> None:
    beyond = fit(Observer(18.0, 3.0).expected(2000))
    assert beyond.at_least is not None and 12 < beyond.at_least < 18 and beyond.at_most is None
    before = fit(Observer(1.8, 3.0).expected(2000))
    assert before.at_most is not None and 1.8 < before.at_most < 3 and before.at_least is None
    falling = fit([replace(one, level=32 / one.level) for one in Observer(18.0, 3.0).expected(2000)], rising=False)
    assert falling.at_most is not None and 32 / 18 < falling.at_most < 32 / 12 and falling.at_least is None


def test_few_answers_and_one_level_measure_nothing() -> None:
    assert "one level" in fit([Tally(4.0, 0.5, 100, 80)]).reason
    few = fit(Observer().asked(2, 1))
    assert not few.measurable and "ask more questions" in few.reason


def test_a_curve_that_does_not_describe_the_answers_is_found_out() -> None:
    zigzag = [Tally(level, 0.5, 200, 195 if k % 2 else 110) for k, level in enumerate(LEVELS)]
    assert fit(zigzag).misfit < 0.01 < fit(Observer().asked(200, 3)).misfit


def test_the_level_of_a_share_correct_lies_where_the_curve_has_it() -> None:
    observer = Observer(5.0, 3.0, 0.04)
    found = fit(observer.expected(50_000), share=0.9)
    assert observer.chance(_value(found.at_share), 0.5) == pytest.approx(0.9, abs=0.005)
    low, high = _bounds(found.at_share)
    assert low < _value(found.at_share) < high
    assert fit(observer.expected(50_000), share=0.99).at_share is None  # never reached: 4 % are lapses


@pytest.mark.parametrize(
    ("counts", "options", "said"),
    [
        ([], {}, "there are none"),
        ([Tally(2.0, 0.5, 3, 4)], {}, "4 of 3 answers"),
        ([Tally(0.0, 0.5, 3, 2)], {}, '"linear"'),
        ([Tally(2.0, 1.0, 3, 2)], {}, "not 1"),
        ([Tally(float("nan"), 0.5, 3, 2)], {}, "a level is a number"),
        (Observer().expected(9), {"axis": "log"}, "log2, linear"),
        (Observer().expected(9), {"span": (3.0, 9.0)}, "beyond the span"),
        (Observer().expected(9), {"share": 1.0}, "between 0 and 1"),
        (Observer().expected(900), {"share": 0.4}, "guessing alone"),
    ],
)
def test_what_cannot_be_fitted_is_told(counts: list[Tally], options: dict[str, object], said: str) -> None:
    with pytest.raises(PgtError, match=said.replace("(", r"\(")):
        fit(counts, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("share", [None, 0.8])
def test_a_curve_is_written_and_read_back(share: float | None) -> None:
    for observer in (Observer(), Observer(200.0)):
        found = fit(observer.asked(100, 5), share=share)
        assert Curve.from_json(json.loads(json.dumps(found.to_json()))) == found
    with pytest.raises(PgtError, match="this is no curve"):
        Curve.from_json({"curve": 2})


def test_the_figure_shows_each_level_the_threshold_and_its_names_safely() -> None:
    found = fit(Observer().asked(100, 5), name="<gap>", unit="vmin")
    svg = curve_svg(found)
    assert svg.count("<circle") == 8 and "&lt;gap&gt; (vmin); equal steps are equal ratios" in svg
    assert "<gap>" not in svg and f"threshold {found.text}" in svg
    assert "nan" not in svg and "guessing" in svg
