"""Relations: every measure answers to mirrors, turns, scales as it declares, and a wrong one is found although its
oracle is wrong in the same way."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pgt_dsl.plugins.extension import Function
from pgt_dsl.plugins.registry import registry
from pgt_dsl.program.oracle_plain import direction as plain_direction
from pgt_dsl.testing.checks import BATCHED, CHECKS, oracle_agrees
from pgt_dsl.testing.moves import FAMILIES, PAIRED, RESPONSES, Moves, fault_of, moves
from pgt_dsl.testing.relation_suite import relation_faults
from pgt_dsl.testing.relations import Seen, answers_follow, relation_faults_of
from tests.testing.worlds import SIZE, SPECS, builtin, pipeline_of, subjects, wrong

LEFT = """
task "test/nearest_edge"
shape a: square { size = 12vmin, color = red }
shape b: circle { radius = 6vmin, color = blue }
require abs(point_x(a) - point_x(b)) >= 8vmin
ask "Which is further left?" answer argmin(s in [a, b]: point_x(s)) clear 4vmin
"""
WAY = """
task "test/way"
shape a: square { size = 8vmin, color = red, at = (50vw, 50vh) }
shape b: circle { radius = 4vmin, color = blue }
require apart(a, b) >= 8vmin
ask "Which way is {b} from {a}?" answer way(direction(a, b), ways4) clear 3deg
"""
SLOW = ("visible", "overlap")  # sums along scan lines: asked about fewer shapes


@pytest.mark.parametrize("name", sorted(registry().functions))
def test_every_built_in_measure_declares_how_it_answers_to_changes(name: str) -> None:
    declared = registry().functions[name].relations
    assert declared is not None and not fault_of(declared)
    assert all(len(why) > 10 for key, why in declared.items() if key in (*FAMILIES, "none"))


@pytest.mark.parametrize("name", sorted(registry().kinds))
def test_every_built_in_kind_declares_how_its_fields_answer(name: str) -> None:
    declared = registry().kinds[name].relations
    assert declared is not None and not fault_of(declared)


@pytest.mark.parametrize("name", sorted(registry().functions))
def test_every_built_in_measure_answers_as_it_declares(name: str) -> None:
    function = registry().functions[name]
    kinds = ("ellipse", "line") if name in SLOW else ()
    assert relation_faults(function, registry(), kinds, count=2 if "shape" in function.signature else 8) == []


@pytest.mark.parametrize("spec", SPECS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_answers_of_the_library_follow_every_change(spec: Path) -> None:
    pipeline = pipeline_of(spec)
    scenes = pipeline.scenes(range(2))
    assert relation_faults_of(pipeline, scenes) == [[]] * len(scenes)


# faults that the oracle shares --------------------------------------------------------------------------


def from_the_right(call: Any) -> Any:
    return call.scene.width.reshape(-1, *(1,) * (call.args[0].data.ndim - 1)) - call.args[0].data.real


def from_the_right_of_160(p: complex) -> float:
    return SIZE - p.real


def against_the_clock(call: Any) -> Any:
    off = call.args[1].data - call.args[0].data
    return np.mod(-np.degrees(np.angle(off)), 360.0)


def against_the_clock_too(p: complex, q: complex) -> float:
    return (-plain_direction(p, q)) % 360


def in_px(call: Any) -> Any:
    return np.abs(call.args[0].data - call.args[1].data) + 3.0


@pytest.mark.parametrize(("text", "name", "value", "oracle"), [
    (LEFT, "point_x", "from_the_right", "from_the_right_of_160"),
    (WAY, "direction", "against_the_clock", "against_the_clock_too"),
])  # fmt: skip
def test_left_for_right_in_value_and_oracle_is_seen_by_relations_alone(
    text: str, name: str, value: str, oracle: str
) -> None:
    plugins = wrong(name, value=f"{__name__}:{value}", oracle=f"{__name__}:{oracle}")
    found = subjects(text, 4, plugins)
    assert all(oracle_agrees(subject) == [] for subject in found)
    assert any(answers_follow(subject) for subject in found)
    assert all(answers_follow(subject) == [] for subject in subjects(text, 4))


@pytest.mark.parametrize(("name", "value", "change"), [
    ("point_x", "from_the_right", "moved"), ("direction", "against_the_clock", "turned by 90deg"),
    ("distance", "in_px", "scaled"),
])  # fmt: skip
def test_the_suite_names_the_change_that_a_wrong_measure_does_not_follow(name: str, value: str, change: str) -> None:
    plugins = wrong(name, value=f"{__name__}:{value}")
    assert any(change in line for line in relation_faults(plugins.functions[name], plugins))


def lopsided(call: Any) -> Any:
    from pgt_dsl.geometry.pieces import bounds

    return bounds(call.outline(0))[2]


def test_an_edge_that_is_no_size_is_no_size_under_any_change() -> None:
    one = Function("wide", "wide(s: shape): length", "", f"{__name__}:lopsided", "none:none", relations={})
    found = relation_faults(one, builtin(one), kinds=("rect",), count=3)
    assert any("moved" in line for line in found) and any("mirrored" in line for line in found)


def test_what_is_not_declared_is_told_and_not_judged() -> None:
    silent = replace(registry().functions["distance"], relations=None)
    assert "does not declare" in relation_faults(silent, builtin(silent))[0]
    seen = Seen()
    pipeline = pipeline_of(LEFT, builtin(replace(registry().functions["point_x"], relations=None)))
    assert relation_faults_of(pipeline, pipeline.scenes([0]), seen) == [[]]
    assert {name for _, name in seen.told} == {"scenery added", "painted in another order"}


def test_a_response_that_there_is_not_is_told() -> None:
    odd = replace(registry().functions["distance"], relations={"result": "sideways"})
    assert "answers by 'sideways'" in relation_faults(odd, builtin(odd))[0]


@pytest.mark.parametrize("check", sorted(BATCHED))
def test_the_form_for_batches_finds_what_the_form_for_one_scene_finds(check: str) -> None:
    plugins = wrong("point_x", value=f"{__name__}:from_the_right", oracle=f"{__name__}:from_the_right_of_160")
    found = subjects(LEFT, 3, plugins)
    assert BATCHED[check](found[0].pipeline, [s.scene for s in found]) == [list(CHECKS[check](s)) for s in found]


def test_the_page_of_the_checks_tells_every_response_and_its_example_holds() -> None:
    page = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
    assert all(f"`{response}" in page for response in (*RESPONSES, *PAIRED))
    (code,) = re.findall(r"```python\n(.*?)```", page, re.S)
    exec(compile(code, "docs/checks.md", "exec"), {})


# the changes themselves ---------------------------------------------------------------------------------


@pytest.mark.parametrize("response", ["length", "area", "side", "place", "step", "heading", "turn", "spin"])
def test_every_change_can_be_taken_back(response: str) -> None:
    change = Moves(moves(300, 200), [1, 2, 3])
    data = np.full((len(change), 1), 17.0 + (5j if response in ("place", "step") else 0))
    there = change.apply(data, response)
    assert np.allclose(change.apply(there, response, back=True), data)


def test_colours_are_exchanged_in_a_circle_and_others_stay() -> None:
    change = Moves(moves(300, 200), [0x10, 0x20, 0x30])
    data = np.tile(np.asarray([0x10, 0x20, 0x30, 0x15, -1]), (len(change), 1))
    there = change.apply(data, "color")
    assert there[-1].tolist() == [0x20, 0x30, 0x10, 0x15, -1]
    assert (there[:-1] == data[:-1]).all()
    assert (change.apply(there, "color", back=True) == data).all()
