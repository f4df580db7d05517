"""Margins are true: no answer changes while less than its margin is used, and a margin that is too large is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pgt_dsl.testing.margins_true import Told, margin_faults, margins_are_true
from tests.testing.worlds import SPECS, answered, pipeline_of, subjects

ASKED = {
    "left": "shape a: square|shape b: circle|answer left_of(a, b) even clear 4vmin",
    "larger": "shape a: square|shape b: circle|answer largest([a, b]) even clear 10%",
    "nearest": "shape m: figure|shape xs: dot[3]|answer count(x in xs where distance(x, m) < 30vmin) clear 2px",
    "touching": "shape a: square|shape b: circle|answer apart(a, b) < 0px clear 2vmin",
    "crossing": "shape a: line|shape b: line { turn = 80deg, at ~ ring(a.at, 2px .. 9vmin) }"
    "|answer crosses(a, b) clear 2px",
    "rounded": "shape a: line|shape b: line|answer round(b.length / a.length) clear 0.1",
    "order": "shape xs: figure[3]|answer sort(x in xs: x.y) clear 3vmin",
}


def spec(name: str) -> str:
    *shapes, answer = ASKED[name].split("|")
    return "\n".join([f'task "test/{name}"', *shapes, f'ask "What is it?" {answer}', ""])


@pytest.mark.parametrize("path", SPECS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_margins_of_the_library_are_true(path: Path) -> None:
    pipeline = pipeline_of(path)
    scenes = pipeline.scenes(range(3))
    assert margin_faults(pipeline, scenes) == [[]] * len(scenes)


@pytest.mark.parametrize("name", sorted(ASKED))
def test_a_margin_that_is_told_twice_too_large_is_found_and_a_true_one_is_not(name: str) -> None:
    pipeline = pipeline_of(spec(name))
    scenes = pipeline.scenes(range(12))
    count = Told()
    assert not any(margin_faults(pipeline, scenes, count))
    assert count.close > 0
    doubled = [answered(s, margin=2 * s.asks[0].margin) for s in scenes if s.asks[0].margin is not None]
    assert any(margin_faults(pipeline, doubled))


def test_one_scene_is_checked_as_a_batch_is() -> None:
    for subject in subjects(spec("left"), 6):
        assert margins_are_true(subject) == margin_faults(subject.pipeline, [subject.scene])[0] == []


def test_exact_answers_have_no_margin_to_be_used() -> None:
    text = 'task "test/count"\npick n ~ 1 .. 4\nshape xs: dot[n]\nask "?" answer count(xs)\n'
    pipeline, count = pipeline_of(text), Told()
    scenes = pipeline.scenes(range(4))
    assert margin_faults(pipeline, scenes, count) == [[]] * 4 and count.tried == 0


def test_a_wrong_unit_is_found() -> None:
    """A scene that says that it holds by what it holds in px, where the question asks in vmin."""
    pipeline = pipeline_of(spec("left"))
    scenes = pipeline.scenes(range(8))
    spoilt = [answered(s, margin=s.asks[0].margin * 1.6) for s in scenes if s.asks[0].margin is not None]
    assert any(margin_faults(pipeline, [replace(s) for s in spoilt]))


@pytest.mark.filterwarnings("error")
def test_a_field_of_the_spec_that_is_named_like_a_place_and_is_none_stays_as_it_is() -> None:
    shape = "shape a: circle { let from ~ 0deg .. 90deg, at = (50vw, 50vh) + polar(30vmin, from) }"
    pipeline = pipeline_of(f'task "test/from"\n{shape}\nask "?" answer turn_between(a.from, 0deg) < 45deg clear 4deg\n')
    scenes = pipeline.scenes(range(6))
    assert not any(margin_faults(pipeline, scenes))
