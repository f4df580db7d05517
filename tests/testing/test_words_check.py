"""The check that reads answers back: wrong words are noticed, whatever their form."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgt_dsl.api import load
from pgt_dsl.testing.sample_checks import words_say_the_answer
from pgt_dsl.testing.subject import Subject

SPEC = """## Answers of several forms.
task "test/words"
canvas 4 by 3
shape a: circle { at ~ anywhere(canvas, 15vmin), radius = 9vmin, color = red }
shape b: square { at ~ anywhere(canvas, 15vmin), size = 12vmin, color = blue }
require apart(a, b) >= 4vmin
ask "How large?" answer area(a) within 10%
ask "How far?" answer distance(a, b) within 5vmin
ask "Which way?" answer direction(a, b) within 5deg
ask "Where?" answer a.at within 3vmin
ask "Its box?" answer b.box within 80%
ask "Which is round?" answer only(s in shapes where s.form == circle)
ask "Is it?" answer area(a) > 0vmin * 1vmin
ask "How many?" answer count(shapes)
ask "Its colour?" answer b.color
"""


@pytest.fixture(scope="module")
def subject() -> Subject:
    pipeline = load(SPEC).pipeline(3, 96)
    return Subject(pipeline, pipeline.scenes([0])[0])


def test_right_words_are_right(subject: Subject) -> None:
    assert words_say_the_answer(subject) == []


WRONG = ["5.01% of the picture", "13% of the shorter side", "-3 degrees", "(0.99, 0.01)", "[0.10, 0.20, 0.30, 0.40]",
         "the blue square", "No", "3", "red"]  # fmt: skip


@pytest.mark.parametrize("k", range(len(WRONG)))
def test_wrong_words_are_noticed(subject: Subject, k: int) -> None:
    asks = list(subject.scene.asks)
    asks[k] = replace(asks[k], text=WRONG[k])
    (fault,) = words_say_the_answer(Subject(subject.pipeline, replace(subject.scene, asks=tuple(asks))))
    assert fault.check == "words" and fault.message.startswith(f"question {k + 1}: ")
    assert fault.origin.line == 7 + k
