"""``parse_answer(text(answer)) == answer`` for every form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgt_dsl.program.datatypes import type_of
from pgt_dsl.program.formats import Speech
from pgt_dsl.scene.answers import answer_text, unit_of
from pgt_dsl.scene.parse_answer import parse_answer
from pgt_dsl.scene.phrases import box_words
from pgt_dsl.scene.scene import Answered, BackgroundChoice, Scene, SceneShape, WrongAnswer

COLORS = {"#ff0000": "red", "#0000ff": "blue"}
PHRASES = {0: "A", 1: "B", 2: "the red circle", 3: "the dog", 4: "the orange star"}
SHAPES = tuple(
    SceneShape(slot, slot + 1, "xs", (slot,), "figure", {}, (0.0, 0.0, 1.0, 1.0), phrase=words)
    for slot, words in PHRASES.items()
)
SCENE = Scene("t", "h", 0, 0, 400, 200, 0, {}, {}, SHAPES, BackgroundChoice("plain"), ())
SPEECH = Speech(400, 200, COLORS, lambda slot, format: PHRASES[slot])


def answered(value: Any, form: str, type: str, within: float | None = None, **more: Any) -> Answered:
    text = answer_text(value, form, type_of(type), SPEECH, within)
    return Answered("?", form, value, text, None, within, unit_of(type_of(type), form), **more)


def read(text: str, ask: Answered) -> Any:
    return parse_answer(text, ask, SCENE, COLORS)


@pytest.mark.parametrize(
    ("value", "form", "type"),
    [(True, "bool", "bool"), (False, "bool", "bool"), (0, "int", "int"), (-3, "int", "int"), (142, "int", "int"),
     ("#ff0000", "color", "color"), ("none", "color", "color"), ("star", "form", "form"), ("top left", "text", "text"),
     ("A", "text", "text"), ("a", "text", "text"), ("10:05", "text", "text"), (0, "shape", "shape"),
     (2, "shape", "shape"), (3, "shape", "shape"), ([2, 0, 1], "shapes", "shape[]"), ([], "shapes", "shape[]"),
     (["#ff0000", "#0000ff"], "values", "color[]"), (["b", "a"], "values", "text[]"), ([3, 1], "values", "int[]")],
)  # fmt: skip
def test_discrete_answers_come_back(value: Any, form: str, type: str) -> None:
    ask = answered(value, form, type)
    assert read(ask.text, ask) == value
    assert read(f" {ask.text}. ", ask) == value


@given(st.floats(0, 1e4), st.sampled_from(["number", "length", "area", "angle"]), st.floats(0.01, 100))
def test_quantities_come_back_within_a_twentieth_of_the_tolerance(value: float, base: str, within: float) -> None:
    ask = answered(value, "quantity", base, within)
    assert abs(read(ask.text, ask) - value) <= within / 20 * (1 + 1e-6) + 1e-9


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 200)), min_size=1, max_size=4))
def test_points_come_back(points: list[tuple[float, float]]) -> None:
    listed = [list(p) for p in points]
    for form, type, value in (("point", "point", listed[0]), ("points", "point[]", listed)):
        ask = answered(value, form, type, 6.0)
        found = read(ask.text, ask)
        pairs = zip([found], [value], strict=True) if form == "point" else zip(found, value, strict=True)
        assert all(abs(complex(*a) - complex(*b)) <= 0.005 * 450 for a, b in pairs)


def test_boxes_come_back() -> None:
    box = (40.0, 20.0, 120.0, 60.0)
    text = box_words(box, 400, 200)
    assert text == "[0.10, 0.10, 0.30, 0.30]"
    one = Answered("?", "box", list(box), text, None)
    assert read(text, one) == pytest.approx(list(box))
    two = Answered("?", "boxes", [list(box)] * 2, f"{text}, {text}", None)
    assert read(two.text, two) == [pytest.approx(list(box))] * 2


def test_a_letter_is_no_article() -> None:
    ask = answered(0, "shape", "shape")
    assert read("A", ask) == 0 and read("a", ask) == 0 and read("B", ask) == 1
    assert read("a red circle", ask) == 2 and read("The red circle", ask) == 2 and read("red circle.", ask) == 2
    assert read("an orange star", ask) == 4
    assert read("the green cat", ask) is None


def test_loose_spellings() -> None:
    assert read("yes, it is", answered(True, "bool", "bool")) is True
    assert read("Seven", answered(7, "int", "int")) == 7
    assert read("maybe", answered(True, "bool", "bool")) is None
    assert read("many", answered(7, "int", "int")) is None
    assert read("Red", answered("#0000ff", "color", "color")) == "#ff0000"
    ask = answered("top left", "text", "text", options=("top left", "top right"))
    assert read("Top Right", ask) == "top right"
    assert read("38\u00b0", answered(37.0, "quantity", "angle", 5.0)) == 38.0
    assert read("A, B and the red circle", answered([0, 1], "shapes", "shape[]")) == [0, 1, 2]


def test_wrong_answers_are_read_too() -> None:
    ask = answered(["b", "a"], "values", "text[]", wrong=(WrongAnswer(["a", "b"], "a, b", "reversed"),))
    assert read("a, b", ask) == ["a", "b"]


def test_a_length_is_a_share_of_the_short_side_of_a_tall_picture_too() -> None:
    ask = answered(50.0, "quantity", "length", 1.0)
    tall = replace(SCENE, width=200, height=400)
    assert parse_answer("25", ask, tall, COLORS) == parse_answer("25", ask, SCENE, COLORS) == 50


def test_what_is_read_in_part_only_means_nothing() -> None:
    points = answered([[40.0, 20.0], [80.0, 20.0]], "points", "point[]", 6.0)
    assert read("(0.10, 0.10), (0.20)", points) is None
    boxes = Answered("?", "boxes", [[40.0, 20.0, 120.0, 60.0]], "[0.10, 0.10, 0.30, 0.30]", None)
    assert read("[0.10, 0.10, 0.30, 0.30], [0.10, 0.10]", boxes) is None
    assert read("A, the purple cow", answered([0, 1], "shapes", "shape[]")) is None
