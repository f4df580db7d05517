"""Places are written in the convention that a name stands for, by the published formulas, and are read back by it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pgt_dsl
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.scene.coordinates import MODELS, PROFILES, Resize, finest, in_profile, padding, profile
from pgt_dsl.scene.scene import Answered

WIDE = """task "w/places"
canvas 3 by 2
pick one ~ coin
shape a: circle { color = red }
shape b: square { color = blue }
require apart(a, b) >= 2vmin
ask "Where is {a}?" answer a.at within 3vmin
  say "It is at {a.at:.3}, not at {b.at}."
  because "{b} is at {b.at} and in {b:box}; in px it is {b.at:px}."
ask "Give boxes of {a} and {b}, in this order." answer [a.box, b.box] within 80%
ask "What is at {b.at}?" answer if one then "a square" else "the square"
"""
NAMES = [*PROFILES, *MODELS, "resized(factor=14, max_pixels=40000)"]


# transformers.models.qwen2_vl.image_processing_qwen2_vl.smart_resize, worked out by hand
@pytest.mark.parametrize(
    ("rule", "picture", "seen"),
    [
        (Resize(), (336, 336), (336, 336)),
        (Resize(), (640, 480), (644, 476)),
        (Resize(), (32, 32), (56, 56)),
        (Resize(), (100, 40), (112, 28)),
        (Resize(max_pixels=1280 * 28 * 28), (1920, 1080), (1316, 728)),
        (Resize(min_pixels=256 * 28 * 28), (336, 224), (560, 392)),
        (Resize(factor=32, min_pixels=4 * 32 * 32), (336, 336), (320, 320)),
    ],
)
def test_the_picture_after_the_resize_of_qwen(
    rule: Resize, picture: tuple[int, int], seen: tuple[int, int]
) -> None:  # fmt: skip
    assert rule.size(*picture) == seen


def test_the_square_of_llava_has_its_offset_in_whole_pixels() -> None:
    assert padding(301, 200) == (301, 0, 50)  # expand2square pastes at (width - height) // 2
    assert padding(200, 301) == (301, 50, 0)
    assert profile("llava").written((0, 0), 400, 200) == ["0.00", "0.25"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unit", ["0.25", "0.50"]),
        ("thousand", ["250", "500"]),
        ("hundred", ["25.0", "50.0"]),
        ("pixels", ["160", "240"]),
        ("qwen2_5_vl", ["161", "238"]),  # of 644 x 476
        ("square", ["0.25", "0.50"]),
        ("resized(max_pixels=50176)", ["63", "84"]),  # of 252 x 168
    ],
)
def test_a_place_in_each_convention(name: str, words: list[str]) -> None:
    assert profile(name).written((160, 240), 640, 480) == words


def test_numbers_stay_within_the_picture() -> None:
    assert profile("thousand").written((-1, -1, 641, 481), 640, 480) == ["0", "0", "1000", "1000"]
    assert profile("qwen2_5_vl").written((0, 0, 640, 480), 640, 480) == ["0", "0", "643", "475"]


def test_a_narrow_tolerance_gets_the_digits_that_it_takes() -> None:
    assert profile("pixels").written((10.26, 20.74), 64, 64, most=0.1) == ["10.3", "20.7"]
    assert profile("thousand").written((10.26, 20.74), 640, 640, most=5) == ["16", "32"]
    small = Answered("Where?", "box", [4.2, 4.2, 9.1, 9.4], "", None, within=0.8)
    large = replace(small, value=[4.2, 4.2, 41.1, 38.6])
    assert finest(small, small.value) < 0.15 < 0.5 < finest(large, large.value)


@given(st.sampled_from(NAMES), st.integers(32, 700), st.integers(32, 700), st.floats(0, 1), st.floats(0, 1))
def test_there_and_back(name: str, width: int, height: int, across: float, down: float) -> None:
    x, y = across * width, down * height
    told = profile(name).of_scene(x, y, width, height)
    back = profile(name).to_scene(*told, width, height)
    assert back is not None and math.dist(back, (x, y)) < 1e-6


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_profile_finds_it(name: str) -> None:
    assert profile(str(profile(name))) == profile(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("percent", "there are: unit, thousand"),
        ("unit(factor=28)", "only `resized`"),
        ("resized(factor=2.5)", "whole numbers"),
        ("resized(min_pixels=9, max_pixels=4)", "at most max_pixels"),
        ("resized(factor=0)", "above 0"),
    ],
)
def test_what_is_no_profile_is_told(name: str, words: str) -> None:
    with pytest.raises(PgtError, match=words):
        profile(name)


def test_every_place_of_every_text_is_written_anew() -> None:
    scene = pgt_dsl.load(WIDE).sample(index=2, size=100).scene
    assert (scene.width, scene.height) == (150, 100)
    (ax, ay), boxes = scene.asks[0].value, scene.asks[1].value
    bx, by = next(shape.fields["at"] for shape in scene.shapes if shape.group == "b")
    first, second, third = (in_profile(ask, profile("thousand"), 150, 100) for ask in scene.asks)

    def told(*at: float) -> str:
        return ", ".join(str(min(max(round(v / (150, 100)[k % 2] * 1000), 0), 1000)) for k, v in enumerate(at))

    assert first.text == f"({told(ax, ay)})"
    assert first.sentence == f"It is at ({told(ax, ay)}), not at ({told(bx, by)})."
    place = f"({told(bx, by)})"
    assert first.reason == f"The blue square is at {place} and in [{told(*boxes[1])}]; in px it is {place}."
    assert second.text == ", ".join(f"[{told(*box)}]" for box in boxes)
    assert third.question == f"What is at {place}?"
    assert (first.question, third.text) == (scene.asks[0].question, scene.asks[2].text)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_is_read_as_right_and_not_taken_for_shares(name: str) -> None:
    task = pgt_dsl.load(WIDE)
    for size in (64, 300):
        for example in task.batch(count=6, size=size).examples:
            for number in (0, 1):
                scene = example.scene
                ask = in_profile(scene.asks[number], profile(name), scene.width, scene.height)
                assert pgt_dsl.score(example.scene, ask.text, ask=number, coordinates=name).right
                if profile(name).kind != "unit":  # near the middle a padded square has the numbers of the picture
                    assert not pgt_dsl.score(example.scene, ask.text, ask=number, coordinates="unit").right
