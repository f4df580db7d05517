"""Sentences, reasons, questions, options and wrong answers are read by the oracle: a false word is found, although the
answer beside it is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from pgt_dsl.api import load
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.plugins.registry import Registry, registry
from pgt_dsl.scene.certify import certify
from pgt_dsl.scene.scene import Answered, Scene, WrongAnswer

SPEC = """## One of everything that a text may say.
task "test/texts"
canvas 4 by 3
let n ~ 3 .. 5
shape a: circle { at ~ anywhere(canvas, 15vmin), radius = 6vmin, color = red }
shape b: square { at ~ anywhere(canvas, 15vmin), size = 9vmin, color = blue, turn = 30deg }
shape dots: dot[n] { color = black, radius = 2vmin, label = letter(index) }
require apart(shapes) >= 2vmin
let far = distance(a, b)
ask "Which is further left, {a} or {b}?" | "Of {[a, b]:or}, which is further left?"
  answer argmin(s in [a, b]: s.x) clear 1vmin
  wrong argmax(s in [a, b]: s.x) as "took the right one"
  say "{answer} is further left." | "It is {answer:a}."
  because "{a} is at {a.at}, {b} at {b.at:px}, {far:vmin} apart; its box is {b:box}."
ask "How many dots are there?"
  answer count(dots)
  wrong 3 of 1 .. 8
  say "There {answer|is|are} {answer:word} {answer|dot|dots}, the {answer:nth} is {dots[-1]}, {answer:00} in digits."
  because "{dots:and} in a picture {canvas.width:px} wide, {share(a):%} of it red; {b.color:upper}, {b.color:a}."
ask "Which way is {b} from {a}?"
  answer direction(a, b) within 5deg
  wrong direction(b, a) as "turned it round"
  say "It lies at {answer:deg}, {far:.1} away, on {area(a)}."
"""
ASKS = ("left", "count", "way")


def with_share() -> str:
    return SPEC.replace("share(a)", "area(a) / area(canvas)")


@pytest.fixture(scope="module")
def made() -> tuple[Pipeline, list[Scene]]:
    pipeline = load(with_share()).pipeline(5, 120)
    return pipeline, pipeline.scenes(range(8))


def faults(pipeline: Pipeline, scene: Scene) -> list[str]:
    return [one.what for one in certify(pipeline.program, scene, pipeline.registry, pipeline.photos)]


def test_true_texts_are_true(made: tuple[Pipeline, list[Scene]]) -> None:
    pipeline, scenes = made
    assert [faults(pipeline, scene) for scene in scenes] == [[]] * len(scenes)
    said = "\n".join(ask.sentence + ask.reason for scene in scenes for ask in scene.asks)
    assert all(
        word in said
        for word in (
            "further left",
            "It is a",
            "vmin apart; its box is [",
            "in digits",
            " px wide",
            "BLUE",
            "\u00b0",
            "of the picture",
        )
    )


def number_moved(text: str, off: float) -> str:
    """A text with its last number moved by so many units of its last digit."""
    import re

    *_, found = re.finditer(r"\d+(?:\.(\d+))?", text)
    places = len(found[1] or "")
    return text[: found.start()] + f"{float(found[0]) + off * 10.0**-places:.{places}f}" + text[found.end() :]


def swapped(text: str, one: str, two: str) -> str:
    return text.replace(one, "\0").replace(two, one).replace("\0", two)


Change = Callable[[Answered], Answered]
SLIPS: Mapping[str, tuple[int, str, Change]] = {
    "a shape for another in the question": (
        0,
        "the text",
        lambda a: replace(a, question=swapped(a.question, "circle", "square")),
    ),
    "another paraphrase": (0, "the text", lambda a: replace(a, paraphrase=1 - a.paraphrase)),
    "a shape for another in the sentence": (
        0,
        "the sentence",
        lambda a: replace(a, sentence=swapped(swapped(a.sentence, "red", "blue"), "circle", "square")),
    ),
    "no sentence": (0, "the sentence", lambda a: replace(a, sentence="")),
    "a place in the reason": (
        0,
        "the reason",
        lambda a: replace(a, reason=a.reason.replace(a.reason[a.reason.index("(") :][:5], "(0.01")),
    ),
    "the last side of a box": (0, "the reason", lambda a: replace(a, reason=number_moved(a.reason, 2))),
    "the words of the answer": (
        0,
        "the words of the answer",
        lambda a: replace(a, text=swapped(swapped(a.text, "red", "blue"), "circle", "square")),
    ),
    "a number in words": (
        1,
        "the sentence",
        lambda a: replace(a, sentence=a.sentence.replace(" are ", " are twenty-")),
    ),
    "one for several": (1, "the sentence", lambda a: replace(a, sentence=a.sentence.replace(" dots", " dot"))),
    "a padded number": (1, "the sentence", lambda a: replace(a, sentence=number_moved(a.sentence, 1))),
    "a rank": (1, "the sentence", lambda a: replace(a, sentence=a.sentence.replace(" the ", " the first or "))),
    "a list without its last": (1, "the reason", lambda a: replace(a, reason=a.reason.replace("A, ", "", 1))),
    "the name of a colour": (1, "the reason", lambda a: replace(a, reason=a.reason.replace("BLUE", "RED"))),
    "a measure in a sentence": (2, "the sentence", lambda a: replace(a, sentence=number_moved(a.sentence, 1.2))),
    "the words of a quantity": (2, "the words of the answer", lambda a: replace(a, text=number_moved(a.text, 6))),
    "a sentence that the spec has not": (2, "the reason", lambda a: replace(a, reason="I see it.")),
    "a wrong answer that the spec has not": (
        1,
        "a wrong answer",
        lambda a: replace(a, wrong=(WrongAnswer(70, "70"), *a.wrong)),
    ),
    "a wrong answer with the words of another": (
        1,
        "the words of a wrong answer",
        lambda a: replace(a, wrong=(replace(a.wrong[0], text="70"),)),
    ),
    "a wrong answer that is right": (
        2,
        "is right",
        lambda a: replace(a, wrong=(WrongAnswer(a.value + 1, number_moved(a.text, 1), "turned it round"),)),
    ),
    "two options for the answer": (
        2,
        "is right too",
        lambda a: replace(a, options=(*a.options, number_moved(a.text, 2))),
    ),
    "an option out of the blue": (1, "is no value of the domain", lambda a: replace(a, options=(*a.options, "70"))),
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_in_a_text_is_found(made: tuple[Pipeline, list[Scene]], name: str) -> None:
    number, words, change = SLIPS[name]
    pipeline, scenes = made
    for scene in scenes:
        asks = list(scene.asks)
        asks[number] = change(asks[number])
        assert asks[number] != scene.asks[number]
        found = faults(pipeline, replace(scene, asks=tuple(asks)))
        assert any(words in one and f"question {number + 1}" in one for one in found), found


# measures that are wrong in the batched reading alone ---------------------------------------------------


def further(call: Any) -> Any:
    return np.abs(call.args[0].data - call.args[1].data) * 1.02


def the_other_one(call: Any) -> Any:
    return call.args[0].data + 1


def wrong(name: str, value: str) -> Registry:
    known = registry()
    return replace(known, functions={**known.functions, name: replace(known.functions[name], value=value)})


HIDDEN = """## The answer does not hang on `distance`, only what is said beside it does.
task "test/hidden"
shape a: circle {{ radius = 5vmin, color = red }}
shape b: square {{ size = 9vmin, color = blue }}
require apart(shapes) >= 10vmin
ask "Is {{a}} to the left of {{b}}?" answer a.x < b.x clear 1vmin
  {clause}
"""


@pytest.mark.parametrize(("clause", "where"), [
    ('say "{answer|Yes|No}, and {distance(a, b):.2} away."', "the sentence"),
    ('because "They are {distance(a, b):.2} apart."', "the reason"),
])  # fmt: skip
def test_a_wrong_measure_that_only_a_text_reads_is_found(clause: str, where: str) -> None:
    text = HIDDEN.format(clause=clause)
    good, bad = (load(text, p).pipeline(1, 200) for p in (None, wrong("distance", f"{__name__}:further")))
    assert [faults(good, scene) for scene in good.scenes(range(3))] == [[]] * 3
    for scene in bad.scenes(range(3)):
        assert any(where in one for one in faults(bad, scene))


def test_of_two_names_of_one_colour_texts_say_the_first() -> None:
    known = registry()
    alias = replace(known, colors={**known.colors, "scarlet": known.colors["red"]})
    text = """task "test/alias"
shape a: circle { color = red }
shape b: text { text = "{a.color} paint", color = black }
ask "Where is {a}?" answer a.at within 3vmin say "The {a.color} one is at {answer}."
"""
    pipeline = load(text, alias).pipeline(1, 96)
    for scene in pipeline.scenes(range(2)):
        assert faults(pipeline, scene) == [] and "red" in scene.asks[0].sentence
