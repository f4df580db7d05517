"""A sweep steps a pick or let of a task through its values with all else held; `levels` gives each its share."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.api import load_changed
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.recipe import read_recipe
from pgt_dsl.dataset.task import Task
from pgt_dsl.program.serial import from_json, program_hash, to_json
from pgt_dsl.scene.scene import Scene

SPEC = """task "s/pair"
pick side ~ ["left", "right", "above", "below"]
pick n ~ 0 .. 5
pick hue ~ [red, blue]
pick far ~ bins(2vmin .. 10vmin, 4)
let gap ~ 14vmin .. 24vmin
let much ~ log_uniform(1, 16)
let fixed = 3vmin
let both ~ sample([red, green, blue], 2)
let odd ~ gap .. gap + 2vmin
let dx = if side == "left" then -gap else if side == "right" then gap else 0vmin
let dy = if side == "above" then -gap else if side == "below" then gap else 0vmin
shape b: square { size ~ 6vmin .. 9vmin, color = hue, at ~ anywhere(canvas, 34vmin) }
shape a: circle { radius = fixed, color = green, at = b.at + (dx, dy) }
shape dots: dot[n] { radius = 1vmin, at = (4vmin + 3vmin * index, 4vmin) }
ask "Where is the circle, with {much} and {odd}?" answer side wrong ["left", "right", "above", "below"]
"""
EVEN = """task "s/even"
pick n ~ 1 .. 4
let gap ~ 4vmin .. 20vmin
shape a: circle { radius = 2vmin, at ~ anywhere(canvas, 10vmin) }
shape b: square { size = 3vmin, at = a.at + (gap, 0vmin) }
ask "Are they far from each other?" answer b.x - a.x > 10vmin even
ask "Is the circle in the upper half?" answer a.y < 50vh even
"""


def task_of(folder: Path, said: str, spec: str = SPEC) -> Task:
    """The task with what a recipe says of it."""
    (folder / "pair.pgt").write_text(spec, encoding="utf-8")
    (folder / "mix.toml").write_text(f'[[task]]\nspecs = "pair.pgt"\nsamples = 4\n{said}\n', encoding="utf-8")
    _, portions = read_recipe(folder / "mix.toml")
    return load_changed((portion.file, portion.changes) for portion in portions)[0]


def groups(task: Task, count: int) -> list[list[Scene]]:
    """The scenes of the first indices, by group."""
    scenes = task.pipeline(0, 100).scenes(range(count))
    task.pipeline(0, 100).certify(scenes)
    found = [list(members) for _, members in groupby(scenes, lambda scene: scene.twin_of)]
    assert [[scene.twin for scene in members] for members in found] == [list(range(task.program.copies))] * count
    return found


def values(members: list[Scene], name: str) -> list[Any]:
    """What a pick takes in the scenes of a group."""
    return [scene.stratum[name] for scene in members]


def test_a_pick_goes_through_all_its_values_and_all_else_is_held(tmp_path: Path) -> None:
    for members in groups(task_of(tmp_path, 'sweep = "side"'), 12):
        assert values(members, "side") == ["left", "right", "above", "below"]
        assert [scene.asks[0].text for scene in members] == values(members, "side")
        assert {scene.swept for scene in members} == {"side"}
        for scene in members:
            assert {**scene.draws, "side": ""} == {**members[0].draws, "side": ""}
            assert scene.background == members[0].background
            assert scene.shapes[0] == members[0].shapes[0]
            assert (scene.index, scene.attempt) == (members[0].index, members[0].attempt)


@pytest.mark.parametrize(
    ("said", "name", "wanted"),
    [
        ("sweep = { gap = 6 }", "gap", [14.0, 16.0, 18.0, 20.0, 22.0, 24.0]),
        ('sweep = { gap = ["15vmin", "24vmin"] }', "gap", [15.0, 24.0]),
        ('set = { gap = "20vmin .. 24vmin" }\nsweep = { gap = 3 }', "gap", [20.0, 22.0, 24.0]),
        ("sweep = { much = 5 }", "much", [1.0, 2.0, 4.0, 8.0, 16.0]),
        ('sweep = { fixed = ["1vmin", "5vmin"] }', "fixed", [1.0, 5.0]),
        ('sweep = "n"', "n", [0, 1, 2, 3, 4, 5]),
        ("sweep = { n = 3 }", "n", [0, 2, 5]),
        ('sweep = { n = "2 .. 4" }', "n", [2, 3, 4]),
        ('set = { n = [1, 3, 5] }\nsweep = "n"', "n", [1, 3, 5]),
        ('sweep = "far"', "far", [2.0, 4.666667, 7.333333, 10.0]),
        ("sweep = { far = [3vmin, 2vmin] }".replace("3vmin, 2vmin", '"3vmin", "2vmin"'), "far", [3.0, 2.0]),
    ],
)
def test_the_steps_are_those_that_the_recipe_says(tmp_path: Path, said: str, name: str, wanted: list[float]) -> None:
    for members in groups(task_of(tmp_path, said), 3):
        assert values(members, name) == pytest.approx(wanted)


def test_a_group_hangs_on_its_index_alone(tmp_path: Path) -> None:
    task = task_of(tmp_path, "sweep = { gap = 4 }")
    alone = task.pipeline(0, 100).scenes([7])
    assert alone == groups(task, 9)[7]


def test_a_draw_that_hangs_on_the_step_has_the_same_random_number(tmp_path: Path) -> None:
    for members in groups(task_of(tmp_path, "sweep = { gap = 4 }"), 6):
        places = [scene.draws["odd"] - scene.stratum["gap"] for scene in members]
        assert places == pytest.approx([places[0]] * 4)
        assert members[0].draws["both"] == members[3].draws["both"]


def test_where_one_step_is_impossible_the_whole_group_is_drawn_again(tmp_path: Path) -> None:
    spec = SPEC.replace("34vmin)", "20vmin)").replace("shape dots", "require a.y < 60vh\nshape dots")
    task = task_of(tmp_path, "sweep = { side = ['\"above\"', '\"below\"'] }", spec)
    found = groups(task, 16)
    for members in found:
        assert members[0].shapes[0] == members[1].shapes[0]
        assert all(shape.box[1] + 3 < 60 for scene in members for shape in scene.shapes if shape.group == "a")
    assert max(members[0].attempt for members in found) > 0
    rows = task.pipeline(0, 100).sampler.report().rows
    assert any(row.tried > row.passed for row in rows)


def test_shares_of_the_other_picks_are_exact_over_groups(tmp_path: Path) -> None:
    found = groups(task_of(tmp_path, 'sweep = "side"'), 24)
    assert Counter(members[0].stratum["n"] for members in found) == dict.fromkeys(range(6), 4)
    assert Counter(members[0].stratum["hue"] for members in found).most_common()[0][1] == 12


def test_combinations_that_do_not_go_with_every_step_are_left_out(tmp_path: Path) -> None:
    spec = SPEC.replace("shape dots", "require n != 3 or hue == red\nshape dots")
    task = task_of(tmp_path, "sweep = { n = [2, 3] }", spec)
    assert len({members[0].stratum["hue"] for members in groups(task, 8)}) == 1
    with pytest.raises(Exception, match="no values of the other picks go with each of the 2"):
        task_of(tmp_path, "sweep = { n = [2, 3] }", spec.replace("or hue == red", "")).pipeline(0, 100).scenes([0])


def test_one_scene_of_a_group_has_the_answer_of_its_quota(tmp_path: Path) -> None:
    task = task_of(tmp_path, "sweep = { gap = 5 }", EVEN)
    found = groups(task, 48)
    held = [[scene.asks[1].value for scene in members] for members in found]
    assert all(len(set(answers)) == 1 for answers in held)  # it does not hang on the gap
    assert sum(answers[0] for answers in held) == 24
    assert all({scene.asks[0].value for scene in members} == {True, False} for members in found)


def test_of_twins_the_first_has_the_answer_of_its_quota(tmp_path: Path) -> None:
    spec = """task "s/swap"
pick swap ~ coin
shape a: circle { radius = 3vmin, color = if swap then red else blue, at ~ anywhere(canvas, 10vmin) }
shape b: circle { radius = 3vmin, color = if swap then blue else red, at ~ anywhere(canvas, 10vmin) }
let one = only(s in [a, b] where s.color == red)
let two = only(s in [a, b] where s.color == blue)
ask "Is the red circle left of the blue one?" answer one.x < two.x clear 3vmin even
twin swap
"""
    found = groups(task_of(tmp_path, "", spec), 8)  # which certifies them
    assert [members[0].asks[0].value for members in found] == [members[0].stratum["answer 2"] for members in found]
    assert all(members[0].asks[0].value != members[1].asks[0].value for members in found)


def test_options_stand_in_one_order_so_no_letter_is_right_in_all_of_a_group(tmp_path: Path) -> None:
    for members in groups(task_of(tmp_path, 'sweep = "side"'), 6):
        assert len({scene.asks[0].options for scene in members}) == 1
        assert sorted(scene.asks[0].correct or 0 for scene in members) == [0, 1, 2, 3]


def test_levels_give_each_value_equally_many_samples_and_no_groups(tmp_path: Path) -> None:
    task = task_of(tmp_path, "levels = { gap = 5, side = ['\"above\"', '\"left\"'] }")
    scenes = task.pipeline(0, 100).scenes(range(20))
    assert Counter(scene.stratum["gap"] for scene in scenes) == dict.fromkeys([14.0, 16.5, 19.0, 21.5, 24.0], 4)
    assert Counter(scene.stratum["side"] for scene in scenes) == {"above": 10, "left": 10}
    assert not any(scene.twin_of or scene.swept for scene in scenes)
    assert len({scene.shapes[0].box for scene in scenes}) == 20


def test_a_program_with_a_sweep_is_written_and_read(tmp_path: Path) -> None:
    program = task_of(tmp_path, "sweep = { gap = 4 }").program
    again = from_json(to_json(program))
    assert again == program and again.swept is not None and again.copies == 4
    assert program_hash(program) != program_hash(task_of(tmp_path, "levels = { gap = 4 }").program)


@pytest.mark.parametrize(
    ("said", "code", "message"),
    [
        ('sweep = "gap"', "R815", "`gap` has endlessly many values"),
        ("sweep = { gap = 1 }", "R815", "`gap` is stepped through 2 to 26 values, not 1"),
        ("sweep = { gap = 27 }", "R815", "2 to 26 values, not 27"),
        ("sweep = { n = 7 }", "R815", "`n` has 6 values, not 7"),
        ("sweep = { n = [2, 2] }", "R815", "`n` has one value twice"),
        ("sweep = { n = [2, 9] }", "R811", "`n` is never 9"),
        ('sweep = { gap = ["2vmin", "15vmin"] }', "R811", "`gap` is never 2vmin"),
        ('sweep = { far = ["2vmin", "15vmin"] }', "R811", "`far` is never 15vmin"),
        ('sweep = { gap = "14vmin .. 15vmin" }', "R815", "a range without end of values"),
        ('sweep = { gap = "14vmin" }', "R815", "stepped through several values"),
        ('sweep = { gap = ["far", "15vmin"] }', "R815", "known before anything is drawn"),
        ('sweep = { gap = "[1, 2]" }', "T210", "length"),
        ("sweep = { odd = 4 }", "R815", "the values of `odd` are not known before anything is drawn"),
        ("sweep = { both = 4 }", "R815", "`both` is a list"),
        ("sweep = { fixed = 4 }", "R815", "`fixed` has one value"),
        ('set = { gap = "15vmin" }\nsweep = { gap = 4 }', "R815", "set to one value and stepped through"),
        ("sweep = { gpa = 4 }", "N301", "has no pick or let `gpa`"),
        ("sweep = { a = 4 }", "N301", "has no pick or let `a`"),
        ("sweep = { gap = 4, n = 3 }", "R801", "one pick or let"),
        ("sweep = { n = 3 }\nlevels = { n = 3 }", "R801", "`n` is in `sweep` or in `levels`"),
        ("sweep = { gap = true }", "R815", "several values"),
    ],
)
def test_what_cannot_be_stepped_through_is_told_at_its_place(
    tmp_path: Path, said: str, code: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pair.pgt").write_text(SPEC, encoding="utf-8")
    (tmp_path / "mix.toml").write_text(f'[[task]]\nspecs = "pair.pgt"\nsamples = 4\n{said}\n', encoding="utf-8")
    assert run(["recipe", "check", str(tmp_path / "mix.toml")]) == 1
    told = capsys.readouterr().err
    assert f"error[{code}]" in told and message in told
    assert "mix.toml:4:" in told
    assert told.count("error[") == 1


def test_a_spec_with_twins_is_not_swept_and_a_pick_on_which_another_hangs_neither(tmp_path: Path) -> None:
    twins = SPEC + "twin hue\n"
    with pytest.raises(Exception, match="has twins, which are groups of two already"):
        task_of(tmp_path, "sweep = { gap = 4 }", twins)
    levels = task_of(tmp_path, "levels = { gap = 4 }", twins)
    assert len(levels.pipeline(0, 100).scenes(range(4))) == 8
    hangs = SPEC.replace("pick far", "pick other ~ [red, blue, black] except hue\npick far")
    with pytest.raises(Exception, match="the values of `other` hang on `hue`"):
        task_of(tmp_path, 'sweep = "hue"', hangs)


def test_a_sweep_of_what_an_answers_quota_hangs_on_leaves_the_quota_out(tmp_path: Path) -> None:
    row = "shape row: dot[n] { color = basic[index], x = 4vmin + 4vmin * index, y ~ 10vmin .. 90vmin }\n"
    spec = EVEN.replace("shape b", row + "shape b") + 'ask "Which dot is lowest?" answer argmax(d in row: d.y) even\n'
    plain = task_of(tmp_path, "", spec).program
    assert len(plain.picks) == 4
    swept = task_of(tmp_path, 'sweep = "n"', spec)
    assert [pick.name for pick in swept.program.picks][-1] == "n" and len(swept.program.picks) == 3
    assert {values(members, "n") == [1, 2, 3, 4] for members in groups(swept, 6)} == {True}
