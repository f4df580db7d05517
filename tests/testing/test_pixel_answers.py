"""Answers read from pixels: what they tell is what scenes say, and what a painter or an answer gets wrong is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pgt_dsl.testing.pixel_answers import pixels_agree, readings
from pgt_dsl.testing.subject import Subject
from tests.testing.worlds import PAINTERS, SPECS, answered, builtin, subjects

LEFT = """
task "test/left"
shape a: square { at ~ anywhere(canvas, 12vmin), size = 12vmin, color = red }
shape b: circle { at ~ anywhere(canvas, 12vmin), radius = 6vmin, color = blue }
require gap_x(a, b) >= 3vmin
ask "Is {a} left of {b}?" answer left_of(a, b) even clear 4vmin
"""  # nothing reaches the edge, where pixels leave open how far it goes
COUNT = """
task "test/count"
pick n ~ 2 .. 5
shape xs: circle[n] { at ~ anywhere(canvas, 8vmin), radius = 5vmin, color = red }
shape ys: circle[2] { radius = 5vmin, color = blue }
require apart(shapes) >= 2vmin
ask "How many red circles are there?" answer count(s in shapes where s.color == red)
"""


@pytest.mark.parametrize("spec", SPECS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_pixels_tell_no_other_answer_than_the_library(spec: Path) -> None:
    for subject in subjects(spec, 2):
        assert pixels_agree(subject) == []


@pytest.mark.parametrize("text", [LEFT, COUNT])
def test_plain_pictures_are_told_by_their_pixels(text: str) -> None:
    assert [reading.told for subject in subjects(text) for reading in readings(subject)] == [True] * 4


def test_a_count_that_is_off_by_one_is_found() -> None:
    for subject in subjects(COUNT):
        spoilt = answered(subject.scene, value=subject.scene.asks[0].value + 1)
        assert "the pixels show" in pixels_agree(Subject(subject.pipeline, spoilt))[0].message


def test_left_for_right_is_found() -> None:
    for subject in subjects(LEFT):
        spoilt = answered(subject.scene, value=not subject.scene.asks[0].value)
        assert len(pixels_agree(Subject(subject.pipeline, spoilt))) == 1


@pytest.mark.parametrize(("painter", "text"), [("swaps-ids", LEFT), ("swaps-colours", COUNT)])
def test_a_painter_that_swaps_ids_or_colours_is_found(painter: str, text: str) -> None:
    found = [pixels_agree(s) for s in subjects(text, plugins=builtin(renderers=PAINTERS), painter=painter)]
    assert all(found)


def test_what_hides_what_is_read_from_the_masks() -> None:
    text = """
task "test/front"
shape a: square { at = (45vw, 50vh), size = 30vmin, color = red, layer = 1 }
shape b: circle { at = (58vw, 50vh), radius = 15vmin, color = blue, layer = 2 }
ask "Which is in front?" answer front_most([a, b])
"""
    (subject,) = subjects(text, 1)
    assert readings(subject)[0].told and not pixels_agree(subject)
    other = next(s.slot for s in subject.scene.shapes if s.slot != subject.scene.asks[0].value)
    assert pixels_agree(Subject(subject.pipeline, answered(subject.scene, value=other)))


def test_a_colour_in_the_shadow_is_not_read_from_its_pixels() -> None:
    text = """
    task "test/shadow"
    let tones = [lighter(black, 45%), lighter(black, 65%)]
    shape tiles: square[2] { at = (25vw + 50vw * index, 50vh), size = 30vmin, color ~ tones }
    shape shadow: rect { layer = 1, at = (75vw, 50vh), width = 50vw, height = 100vh, color = black, opacity = 40% }
    ask "Is the left square lighter?" answer lightness(tiles[0].color) > lightness(tiles[1].color) even
    """
    assert [reading.told for subject in subjects(text) for reading in readings(subject)] == [False] * 4
    in_the_light = text.replace("rect { layer = 1,", "rect { layer = -1,")
    assert [reading.told for subject in subjects(in_the_light) for reading in readings(subject)] == [True] * 4


def test_places_in_a_list_are_not_told_where_some_shapes_are_hidden() -> None:
    text = """
    task "test/places"
    shape discs: circle[3] { at = (25vw + 25vw * index, 50vh), radius = 9vmin, color ~ [red, blue, green] }
    shape lid: rect { layer = 1, at = (25vw, 50vh), width = 20vw, height = 20vw, color = black }
    ask "Is the middle disc red?" answer discs[1].color == red even
    """
    assert [reading.told for subject in subjects(text) for reading in readings(subject)] == [False] * 4
    beside = text.replace("at = (25vw, 50vh), width", "at = (25vw, 80vh), width")
    assert [reading.told for subject in subjects(beside) for reading in readings(subject)] == [True] * 4


def test_what_is_partly_hidden_is_not_measured() -> None:
    text = """
task "test/hidden"
shape a: square { at = (40vw, 50vh), size = 30vmin, color = red }
shape b: circle { at = (55vw, 50vh), radius = 12vmin, color = blue }
shape c: square { at = (80vw, 50vh), size = 24vmin, color = green }
ask "Which square is larger?" answer largest([a, c])
"""
    (subject,) = subjects(text, 1)
    (reading,) = readings(subject)
    assert not reading.told and "hide" in reading.why


def test_answers_that_do_not_hang_on_what_is_painted_are_counted_as_not_told() -> None:
    text = 'task "test/given"\npick n ~ 1 .. 4\nshape a: dot\nask "Which number?" answer n\n'
    assert {reading.told for subject in subjects(text) for reading in readings(subject)} == {False}


def test_a_shape_that_was_never_painted_is_missed() -> None:
    (subject,) = subjects(COUNT, 1)
    ids = subject.ids.copy()
    ids[ids == subject.scene.shapes[0].id] = 0
    painted = replace(subject.painted, ids=ids[None])
    subject.__dict__["painted"] = painted
    assert pixels_agree(subject)
