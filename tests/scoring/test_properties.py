"""What holds for every task, style and text: gold is right, wrong options are wrong and named, no text stops it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pgt_dsl
from pgt_dsl.api import load_all
from pgt_dsl.dataset.record import STYLES, has_style, in_style
from pgt_dsl.scene.options import labels_of
from pgt_dsl.scene.scene import Answered, Scene
from tests.scoring.questions import QUESTIONS
from tests.scoring.table import utterances

SPECS = Path(__file__).parents[2] / "task_specs"
DRESSES = ("{}", "({})", "{}.", "**{}**", "Answer: {}", "The answer is {}.", "\\boxed{{{}}}", "<answer>{}</answer>",
           "<think>Let me look at it. Hmm.</think>\n{}", '{{"answer": "{}"}}')  # fmt: skip


@lru_cache(maxsize=1)
def asked() -> tuple[tuple[Scene, int, Answered], ...]:
    scenes = [s for task in load_all([SPECS]) for s in task.pipeline(7, 224).scenes(range(3))]
    return tuple((scene, k, ask) for scene in scenes for k, ask in enumerate(scene.asks))


def test_gold_of_every_style_is_worth_one_in_every_dress() -> None:
    rng = random.Random(1)
    seen = set()
    for scene, k, ask in asked():
        for style in filter(lambda s: has_style(ask, s), STYLES):
            gold = in_style(ask, style)[1]
            dressed = gold if style in ("sentence", "reasoned") else rng.choice(DRESSES).format(gold)
            for text in (gold, dressed):
                found = pgt_dsl.score(scene, text, ask=k, style=style)
                assert (found.value, found.right, found.reason) == (1.0, True, ""), (scene.task, style, text, found)
            seen.add((ask.form, style))
    assert {form for form, _ in seen} >= {
        "bool",
        "int",
        "text",
        "shape",
        "color",
        "values",
        "shapes",
        "quantity",
        "box",
        "point",
        "points",
    }


def wrong_options() -> Iterator[tuple[Scene, int, Answered, int, str]]:
    for scene, k, ask in asked():
        names = {w.text: w.mistake for w in ask.wrong}
        for j, option in enumerate(ask.options):
            if j != ask.correct:
                yield scene, k, ask, j, names.get(option, "")


def test_every_wrong_option_is_worth_nothing_and_named() -> None:
    rng = random.Random(2)
    count = named = 0
    for scene, k, ask, j, name in wrong_options():
        label = labels_of(ask.options)[j]
        said = [("short", ask.options[j]), ("options", label), ("options", f"{label}. {ask.options[j]}")]
        for style, text in said:
            found = pgt_dsl.score(scene, rng.choice(DRESSES).format(text), ask=k, style=style)
            assert (found.value, found.right, found.mistake) == (0.0, False, name), (scene.task, style, text, found)
            count, named = count + 1, named + bool(name)
    assert count > 500 and named > 100


def test_a_letter_beside_another_options_text_is_no_answer() -> None:
    for scene, k, ask, j, _ in wrong_options():
        if len(ask.options[j]) > 1 and ask.form not in ("values", "shapes"):
            crossed = f"{labels_of(ask.options)[ask.correct or 0]}. {ask.options[j]}"
            assert not pgt_dsl.score(scene, crossed, ask=k, style="options").right, (scene.task, crossed)


PIECES = [
    "A", "B", "(", ")", "[", "]", "{", "}", "$", "**", "```", "json", "not", "or", "and", "wait", "actually", "so",
    "0.25",
    "0.5", ",", ".", "3", "-", "to", "between", "twenty", "-one", "a", "dozen", "the", "red", "star", "blue", "circle",
    "one", "yes", "no", "%", "25", "1e999", "/", "0", "is", "larger", "than", "x=", "y=", "<answer>", "</answer>",
    "<think>",
    "</think>", "\\boxed{", '"answer":', "answer is", "Answer:", "\u00b0", "<loc0512>", '<point x="', '" y="', "\n",
    "\\frac{1}{0}", "\u00bd", "\u2460", "\u0661", "\ud800",
]  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
)  # fmt: skip


@given(TEXTS, st.sampled_from(sorted(QUESTIONS)), st.sampled_from([None, *STYLES]), st.booleans(), st.booleans())
@settings(max_examples=400, deadline=None)
def test_no_text_raises_and_scores_stay_in_bounds(
    text: str, name: str, style: Any, strict: bool, partial: bool
) -> None:
    found = pgt_dsl.score(QUESTIONS[name], text, style=style, strict=strict, partial=partial)
    assert 0.0 <= found.value <= 1.0 and found.right == (not found.reason)
    assert found.value in (0.0, 1.0) or partial
    assert found == pgt_dsl.score(QUESTIONS[name], text, style=style, strict=strict, partial=partial)
    if strict and found.right:  # strictness never makes an answer better
        assert pgt_dsl.score(QUESTIONS[name], text, style=style).right


@given(st.text(alphabet="bcdfghjkmpqwxz \n.,!?#@~", max_size=300), st.sampled_from(sorted(QUESTIONS)))
@settings(max_examples=200, deadline=None)
def test_noise_without_an_answer_is_never_right(noise: str, name: str) -> None:
    letters = {"lighter", "point", "order", "letter"}
    if name not in letters:
        assert not pgt_dsl.score(QUESTIONS[name], noise, style="short").right


BOMBS = ("a", " ", "(", '"', "[", "{", '{"a":', "9", "1,", "1 ", "A or B ", "\\boxed{", "answer: ", "<answer>",
         "<think>",
         "the red star or the blue circle or ", "(0.1, 0.2) ", "twenty and ", "\n", "wait, ", "no ", "<loc0001>",
         "```", "*", "\\text{",
         "\ufdfa", "light ", "- a\n", '{"answer": ', "the answer to ", "x=1 y=2 ", "not ")  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_megabyte_of_anything_is_read_in_pieces(bomb: str) -> None:
    text = bomb * (1_000_000 // len(bomb))
    for name in ("left", "three", "animal", "larger", "order", "middle", "box"):
        assert not pgt_dsl.score(QUESTIONS[name], text, style="options").right


def test_the_answer_behind_a_long_text_counts() -> None:
    long = "Let me look at the picture again. " * 20_000
    assert pgt_dsl.score(QUESTIONS["three"], long + "\nAnswer: 3").right
    assert pgt_dsl.score(QUESTIONS["three"], f"<think>{long}</think>3").right
    assert not pgt_dsl.score(QUESTIONS["three"], f"<think>{long} 3").right


def test_strict_takes_what_is_bare_or_marked() -> None:
    for text in ("3", "three.", "<answer>3</answer>", "I see 4 and 5.\nAnswer: 3", "\\boxed{3}"):
        assert pgt_dsl.score(QUESTIONS["three"], text, strict=True).right, text
    for text in (
        "2 at the top and one below make 3",
        "There are many stars and crosses and I count 3",
        "3 or so, or 4",
    ):
        assert not pgt_dsl.score(QUESTIONS["three"], text, strict=True).right, text


def test_no_partial_credit_unless_wanted() -> None:
    for case in utterances():
        if 0 < case.value < 1:
            one = pgt_dsl.score(QUESTIONS[case.question], case.said, style=case.style, partial=False)
            assert one.value == float(one.right), case
