"""Wrong answers, options, and the words of answers."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgt_dsl.program.datatypes import type_of
from pgt_dsl.program.formats import Speech
from pgt_dsl.scene.answers import answer_text, rounding
from pgt_dsl.scene.options import LOTS, MOST, labels_of, options_of, some_of, too_near, wrong_answers
from pgt_dsl.scene.scene import WrongAnswer

ORDER = [0.5, 0.1, 0.9, 0.2, 0.3, 0.4, 0.6, 0.7]
SPEECH = Speech(400, 200, {"#ff0000": "red"})


def test_wrong_answers_are_wrong_and_different() -> None:
    offered = [(3, "3", "right"), (4, "4", ""), (5, "5", "five"), (4, "4", "off by one"), (5, "5", "late")]
    assert wrong_answers(3, "3", offered, "int") == (WrongAnswer(4, "4", "off by one"), WrongAnswer(5, "5", "five"))


def test_what_is_within_the_tolerance_is_not_wrong() -> None:
    offered = [(42.0, "42 degrees", "near"), (60.0, "60 degrees", "far")]
    assert [w.mistake for w in wrong_answers(40.0, "40 degrees", offered, "quantity", 5.0)] == ["far"]


def test_what_is_wrong_stays_wrong_when_it_is_rounded_to_a_tenth_of_the_tolerance() -> None:
    assert too_near(10.0, 11.04, "quantity", 1.0) and not too_near(10.0, 11.06, "quantity", 1.0)


def test_directions_are_compared_on_the_circle() -> None:
    offered = [(359.0, "359 degrees", "near"), (180.0, "180 degrees", "round")]
    assert [w.mistake for w in wrong_answers(1.0, "1 degree", offered, "quantity", 5.0, "deg")] == ["round"]


@pytest.mark.parametrize(("form", "answer", "value", "near"), [
    ("point", [10, 10], [13, 10], True), ("point", [10, 10], [16, 10], False),
    ("box", [0, 0, 10, 10], [0, 0, 10, 9], True), ("box", [0, 0, 10, 10], [0, 0, 10, 6], False),
])  # fmt: skip
def test_places_within_the_tolerance_are_not_wrong(form: str, answer: Any, value: Any, near: bool) -> None:
    assert too_near(answer, value, form, 5.0 if form == "point" else 0.8) is near


@pytest.mark.parametrize(("options", "labels"), [
    (("red", "blue", "green"), "ABC"), (("A", "B"), "AB"), (("a", "b"), "AB"), (("line A", "line B", "line C"), "ABC"),
    (("B", "A"), "12"), (("P", "K", "A"), "123"), (("line B", "line A"), "12"), (("B", "none"), "12"),
    (("A", "B", "D"), "123"), (("a red star", "the dot"), "AB"), (("3", "5"), "AB"), (("B", "3"), ""), (("red",), ""),
])  # fmt: skip
def test_a_label_never_means_two_options(options: tuple[str, ...], labels: str) -> None:
    assert labels_of(options) == tuple(labels)


def test_options_hold_the_answer_once() -> None:
    wrong = (WrongAnswer("b", "b"), WrongAnswer("c", "c", "a mistake"))
    options, correct = options_of("a", wrong, ["a", "b", "d"], ORDER)
    assert sorted(options) == ["a", "b", "c", "d"] and correct is not None and options[correct] == "a"


def test_the_order_follows_the_numbers() -> None:
    assert options_of("Yes", (), ["Yes", "No"], [0.1, 0.2]) == (("Yes", "No"), 0)
    assert options_of("Yes", (), ["Yes", "No"], [0.2, 0.1]) == (("No", "Yes"), 1)


def test_named_mistakes_come_before_the_rest() -> None:
    wrong = tuple(WrongAnswer(k, str(k), "m" if k >= 10 else "") for k in range(12))
    options, _ = options_of("x", wrong, [], ORDER)
    assert len(options) == MOST and {"10", "11", "x"} <= set(options)


def test_labels_stand_in_their_own_order() -> None:
    assert options_of("C", (), ["A", "B", "C"], ORDER) == (("A", "B", "C"), 2)
    assert options_of("C", (), ["C", "D"], [0.9, 0.1]) == (("D", "C"), 1)  # C and D are not the first letters


@given(st.integers(0, 19), st.integers(0, 1000))
def test_no_option_of_a_long_domain_is_only_there_when_it_is_right(right: int, seed: int) -> None:
    random = Random(seed)
    domain = [f"word{k}" for k in range(20)]
    seen: set[str] = set()
    for _ in range(60):
        options, correct = options_of(domain[right], (), domain, [random.random() for _ in range(LOTS)])
        assert len(options) == MOST and correct is not None and options[correct] == domain[right]
        seen.update(options)
    assert len(seen) == 20


def test_some_of_a_range_are_each_right_equally_often_whatever_the_others_are() -> None:
    sets: dict[tuple[int, ...], set[int]] = {}
    for right in range(1, 11):
        for place in range(4):
            wrong = some_of(right, range(1, 11), 3, "int", [place / 4])
            assert len(wrong) == 3 and right not in wrong
            sets.setdefault(tuple(sorted([right, *wrong])), set()).add(right)
    assert len(sets) == 10 and all(set(options) == rights for options, rights in sets.items())


def test_some_of_few_are_all_and_of_what_is_no_range_are_drawn_by_lot() -> None:
    assert some_of(2, [1, 2, 3], 7, "int", ORDER) == [1, 3]
    assert some_of(9, [1, 2, 3], 2, "int", ORDER) == [2, 1]  # the answer is not among them: by lot
    assert some_of("b", ["a", "b", "c", "d", "a"], 2, "text", ORDER) == ["d", "a"]


def test_what_does_not_fit_of_wrong_answers_without_a_name_is_left_out_by_lot() -> None:
    wrong = tuple(WrongAnswer(k, str(k)) for k in range(2, 11))
    random = Random(1)
    seen = {o for _ in range(60) for o in options_of("1", wrong, [], [random.random() for _ in range(LOTS)])[0]}
    assert seen == {str(k) for k in range(1, 11)}


def test_one_option_is_none() -> None:
    assert options_of("a", (), ["a"], ORDER) == ((), None)


@pytest.mark.parametrize(("within", "step"), [(5.0, 0.5), (10.0, 1.0), (3.0, 0.2), (0.8, 0.05), (100.0, 10.0)])
def test_rounding_is_a_tenth_of_the_tolerance(within: float, step: float) -> None:
    assert rounding(within) == pytest.approx(step)


@pytest.mark.parametrize(
    ("value", "form", "type", "within", "text"),
    [
        (True, "bool", "bool", None, "Yes"),
        (False, "bool", "bool", None, "No"),
        (12, "int", "int", None, "12"),
        (37.31, "quantity", "angle", 5.0, "37.5 degrees"),
        (46.3, "quantity", "length", 6.0, "23.2% of the shorter side"),
        (0.333, "quantity", "number", 0.1, "0.33"),
        (8123.0, "quantity", "area", 800.0, "10.2% of the picture"),
        ("#ff0000", "color", "color", None, "red"),
        (["b", "a"], "values", "text[]", None, "b, a"),
        ([100.0, 50.0], "point", "point", 10.0, "(0.25, 0.25)"),
        ([100.0, 50.0], "point", "point", 1.0, "(0.250, 0.250)"),
        (1234.0, "quantity", "number", 100.0, "1230"),
        (40.0, "quantity", "angle", 20.0, "40 degrees"),
        ([100.0, 50.0], "point", "point", 0.7, "(0.2500, 0.2500)"),  # by the longer side
        ([100.0, 50.0], "point", "point", 0.001, "(0.2500, 0.2500)"),  # four decimals at most
        ([[100.0, 50.0], [0.0, 200.0]], "points", "point[]", 10.0, "(0.25, 0.25), (0.00, 1.00)"),
    ],
)
def test_answers_in_words(value: Any, form: str, type: str, within: float | None, text: str) -> None:
    assert answer_text(value, form, type_of(type), SPEECH, within) == text
