"""What can be scored, by which conventions, and how pairs are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import pgt_dsl
from pgt_dsl.dataset.formats.base import row
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.scene.options import overlap
from pgt_dsl.scoring.coordinates import CoordinateProfile
from tests.scoring.questions import QUESTIONS

SPECS = Path(__file__).parents[2] / "task_specs"


def test_sample_example_scene_row_and_answer_are_scored_alike() -> None:
    example = pgt_dsl.load(SPECS / "size/larger.pgt").sample(index=4, size=64, styles={"options": 1.0})
    said = f"I would say ({example.answer})."
    made = row(example.sample)
    for sample in (example, example.sample, made, {"metadata": json.loads(made["metadata"])}):
        assert pgt_dsl.score(sample, said) == pgt_dsl.score(example.scene, said, style="options"), type(sample)
        assert pgt_dsl.score(sample, said).right
    ask = example.scene.asks[0]
    assert pgt_dsl.score(ask, said, style="options").right and pgt_dsl.score(ask, ask.text).right


def test_how_far_to_a_side_is_no_distance_from_it() -> None:
    spec = """task "t/further"
shape a: figure { form = star, color = red }
shape b: figure { form = circle, color = blue }
ask "Which is nearer to the left edge, {a} or {b}?" answer argmin(s in [a, b]: s.x) clear 5vmin
"""
    scene = pgt_dsl.load(spec).pipeline(1, 96).scenes([0])[0]
    text = scene.asks[0].text.capitalize()
    for said in ("is further left", "is nearer to the left edge", "lies farther to the left"):
        assert pgt_dsl.score(scene, f"{text} {said}.").right
    for said in ("is further right", "is farther from the left edge"):
        found = pgt_dsl.score(scene, f"{text} {said}.")
        assert not found.right and found.parsed is not None


def test_what_the_question_speaks_of_is_no_answer_beside_an_option() -> None:
    spec = """task "t/beside"
shape a: square { size = 9vmin, color = red, label = "A" }
shape b: square { size = 9vmin, color = blue, label = "B" }
shape c: circle { color = green, name = "the ring" }
ask "Which box is nearer to {c}?" answer argmin(s in [a, b]: distance(s, c)) clear 5vmin
"""
    scene = pgt_dsl.load(spec).pipeline(1, 96).scenes([0])[0]
    text, other = scene.asks[0].text, "AB".replace(scene.asks[0].text, "")
    assert pgt_dsl.score(scene, f"Box {text} comes nearer to the ring.").right
    assert not pgt_dsl.score(scene, f"Box {other} comes nearer to the ring.").right
    assert not pgt_dsl.score(scene, "The ring.").right


def test_the_style_decides_whether_a_letter_is_an_option() -> None:
    letters = QUESTIONS["letter"]  # 1. B  2. T  3. L  4. A  5. I
    assert pgt_dsl.score(letters, "L", style="short").right and pgt_dsl.score(letters, "3", style="options").right
    assert not pgt_dsl.score(letters, "3", style="short").right and not pgt_dsl.score(letters, "C").right
    words = QUESTIONS["animal"]
    assert pgt_dsl.score(words, "B").right and not pgt_dsl.score(words, "B", style="short").right


@pytest.mark.parametrize(
    ("sample", "more", "words"),
    [
        ("a text", {}, "a str cannot be scored"),
        ({"question": "?"}, {}, "column `metadata`"),
        ({"metadata": "{}"}, {}, "no metadata of a sample"),
        ({"metadata": "[" * 100_000}, {}, "no metadata of a sample"),
        (QUESTIONS["left"], {"ask": 3}, "no question 3"),
        (QUESTIONS["left"], {"ask": -1}, "no question -1"),
        (QUESTIONS["left"], {"style": "long"}, "no answer style `long`"),
        (QUESTIONS["left"], {"coordinates": "inches"}, "no coordinates `inches`"),
        (QUESTIONS["left"], {"coordinates": CoordinateProfile("pixels", (0, 3))}, "two numbers above 0"),
        (QUESTIONS["middle"].asks[0], {}, "give its scene"),
    ],
)
def test_what_cannot_be_scored_says_why(sample: Any, more: dict[str, Any], words: str) -> None:
    with pytest.raises(PgtError, match=words):
        pgt_dsl.score(sample, "yes", **more)


# the star's place is (100, 100) of 400 x 200 px
@pytest.mark.parametrize(
    ("profile", "text"),
    [
        (CoordinateProfile("pixels", size=(800, 400)), "(200, 200)"),
        (CoordinateProfile("pixels", size=(28 * 36, 28 * 18)), "[252, 252]"),
        (CoordinateProfile("unit", square=True), "(0.25, 0.50)"),
        (CoordinateProfile("thousand", square=True), "(250, 500)"),
        (CoordinateProfile("pixels", size=(336, 336), square=True), "(84, 168)"),
        (CoordinateProfile("unit", y_first=True), "(0.5, 0.25)"),
        (CoordinateProfile("hundred"), "(25, 50)"),
    ],
)
def test_conventions_of_coordinates(profile: CoordinateProfile, text: str) -> None:
    assert pgt_dsl.score(QUESTIONS["middle"], text, coordinates=profile).right


def test_a_padded_square_moves_what_is_not_in_the_middle() -> None:
    square = CoordinateProfile("unit", square=True)  # 400 x 200 in a square of 400: 100 px above and below
    assert pgt_dsl.score(QUESTIONS["box"], "[0.10, 0.30, 0.30, 0.40]", coordinates=square).right
    assert not pgt_dsl.score(QUESTIONS["box"], "[0.10, 0.10, 0.30, 0.30]", coordinates=square).right


def test_numbers_of_another_convention_are_not_guessed() -> None:
    found = pgt_dsl.score(QUESTIONS["middle"], "(250, 500)")
    assert not found.right and "set `coordinates=`" in found.reason


def test_boxes_are_worth_their_overlap() -> None:
    assert overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3) and overlap((0, 0, 0, 0), (0, 0, 0, 0)) == 0
    near = pgt_dsl.score(QUESTIONS["box"], "[0.10, 0.10, 0.30, 0.27]")
    assert near.right and near.value == pytest.approx(0.85)
    assert pgt_dsl.score(QUESTIONS["box"], "[0.10, 0.10, 0.30, 0.27]", partial=False).value == 1.0


def test_the_order_of_places_counts_where_it_is_asked_for() -> None:
    turned = "(0.75, 0.25), (0.25, 0.50)"
    assert pgt_dsl.score(QUESTIONS["all"], turned).right and not pgt_dsl.score(QUESTIONS["allsorted"], turned).right
    assert pgt_dsl.score(QUESTIONS["allsorted"], turned, ordered=False).right
    assert not pgt_dsl.score(QUESTIONS["all"], turned, ordered=True).right
    assert pgt_dsl.score(QUESTIONS["sheets"], "green, red, blue", ordered=False).right


def test_pairs_tell_a_model_that_looks_from_one_that_does_not() -> None:
    task = pgt_dsl.load(SPECS / "twins/larger_swapped.pgt")
    samples = [example.sample for example in task.batch(count=5, size=64).examples]
    gold = pgt_dsl.score_pairs((s, s.turns[0].answer) for s in samples)
    assert (gold.groups, gold.accuracy, gold.pair, gold.whole, gold.flips, gold.alone) == (5, 1.0, 1.0, 1.0, 1.0, 0)
    blind = pgt_dsl.score_pairs((s, "Yes") for s in samples)
    assert (blind.accuracy, blind.pair, blind.whole, blind.flips) == (0.5, 0.0, 0.0, 0.0)
    turned = pgt_dsl.score_pairs((row(s), "No" if s.turns[0].answer == "Yes" else "Yes") for s in samples)
    assert (turned.accuracy, turned.pair, turned.flips) == (0.0, 0.0, 1.0)
    assert set(gold.all_right) == {s.group for s in samples}
    odd = pgt_dsl.score_pairs([(samples[0], "Yes")])
    assert (odd.groups, odd.pair, odd.whole, odd.flips, odd.alone) == (0, None, None, None, 1)
    assert pgt_dsl.score_pairs([]).accuracy is None


def test_importing_the_package_stays_light() -> None:
    import subprocess
    import sys

    code = "import sys, pgt_dsl; print('pgt_dsl.scoring' in sys.modules, 'numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.split() == ["False"] * 2


def test_a_relative_tolerance_is_told_in_the_unit_of_the_answer() -> None:
    spec = (
        'task "tests/relative"\nshape l: line { turn ~ 0deg .. 180deg, color = black }\n'
        'ask "How long is the line?" answer l.length within 10%\n'
    )
    task = pgt_dsl.load(spec)
    pipeline = task.pipeline(seed=1, size=96)
    scenes = pipeline.scenes(range(4))
    pipeline.certify(scenes)
    for scene in scenes:
        ask = scene.asks[0]
        assert ask.within == pytest.approx(0.1 * ask.value) and ask.unit == "px"
        assert pgt_dsl.score(scene, ask.text).right
        assert pgt_dsl.score(scene, f"{1.08 * ask.value:.2f} px").right
        assert not pgt_dsl.score(scene, f"{1.12 * ask.value:.2f} px").right
