"""A recipe leaves a task fewer values of its picks and lets: shares are exact over the rest, and nothing else comes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.api import load_changed
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.manifest import read_manifest
from pgt_dsl.dataset.recipe import read_recipe
from pgt_dsl.dataset.task import Task
from pgt_dsl.source import Source
from pgt_dsl.verify.run import verify

SPEC = """task "s/dots"
use "pgt/panels"
pick n ~ 1 .. 6
pick hue ~ [red, blue, green, black]
pick other ~ [red, blue, green, black] except hue
pick far ~ bins(10vmin .. 40vmin, 6)
let gap ~ 2vmin .. 6vmin
let k = 3vmin
let word ~ ["cat", "dog"]
shape a: dot[n] { x ~ 20vmin .. 80vmin, y = 10vmin, color = hue, radius = k / 2 }
shape b: square { at = (50vw, 50vh + gap), size = far, color = other }
ask "How many dots are there, {word}?" answer count(a)
"""


def tasks(folder: Path, *sets: str) -> list[Task]:
    """The task with each of some settings."""
    (folder / "dots.pgt").write_text(SPEC, encoding="utf-8")
    parts = [f'[[task]]\nspecs = "dots.pgt"\nsamples = 4\nname = "s/t{k}"\n{text}\n' for k, text in enumerate(sets)]
    (folder / "mix.toml").write_text("\n".join(parts), encoding="utf-8")
    _, portions = read_recipe(folder / "mix.toml")
    return load_changed((portion.file, portion.changes) for portion in portions)


def taken(task: Task, count: int, name: str) -> list[Any]:
    """What a pick or a let takes in the first scenes."""
    scenes = task.pipeline(0, 100).scenes(range(count))
    return [scene.stratum.get(name, scene.draws.get(name)) for scene in scenes]


def test_shares_are_exact_over_the_values_that_are_left(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, 'set = { n = "2 .. 4", hue = ["blue", "red"] }')
    assert Counter(taken(task, 36, "n")) == {2: 12, 3: 12, 4: 12}
    assert Counter(taken(task, 36, "hue")).most_common() == [(hue, 18) for hue in dict.fromkeys(taken(task, 36, "hue"))]


def test_one_value_is_a_list_of_one_and_later_picks_follow(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, "set = { n = 3, hue = 'red' }")
    assert set(taken(task, 6, "n")) == {3}
    red = taken(task, 1, "hue")[0]
    assert len(set(taken(task, 30, "other"))) == 3 and red not in taken(task, 30, "other")


def test_values_that_depend_on_another_pick_are_left_where_they_are_possible(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, 'set = { n = 1, hue = ["red", "blue"], other = ["red", "green"] }')
    pairs = Counter(zip(taken(task, 60, "hue"), taken(task, 60, "other"), strict=True))
    assert len(pairs) == 3  # not red with red
    assert sorted(pairs.values()) == [15, 15, 30]


def test_lets_are_fixed_or_drawn_from_less(tmp_path: Path) -> None:
    fixed, less = tasks(
        tmp_path, "set = { gap = \"3vmin\", word = '\"dog\"', k = '5vmin' }", 'set = { gap = "3vmin .. 4vmin" }'
    )
    scenes = fixed.pipeline(0, 100).scenes(range(6))
    assert all(scene.asks[0].question.endswith("dog?") and "gap" not in scene.draws for scene in scenes)
    assert {shape.fields["radius"] for scene in scenes for shape in scene.shapes if shape.group == "a"} == {2.5}
    gaps = taken(less, 40, "gap")
    assert all(3 <= gap <= 4 for gap in gaps) and max(gaps) - min(gaps) > 0.7


def test_a_let_that_is_computed_may_be_drawn(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, 'set.k = ["2vmin", "4vmin"]')
    assert set(taken(task, 20, "k")) == {2.0, 4.0}


def test_bins_lie_in_the_part_that_is_left(tmp_path: Path) -> None:
    (task,) = tasks(tmp_path, '[task.set]\nn = 1\nhue = "red"\nother = "blue"\nfar = "20vmin .. 26vmin"')
    scenes = task.pipeline(0, 100).scenes(range(12))
    assert Counter(scene.stratum["far"] for scene in scenes) == dict.fromkeys(range(6), 2)
    assert all(scene.stratum["far"] <= scene.draws["far"] - 20 <= scene.stratum["far"] + 1 for scene in scenes)


def test_the_program_is_another_and_the_same_words_give_the_same(tmp_path: Path) -> None:
    plain, one, other, alike = tasks(tmp_path, "", "set = { n = 2 }", "set = { n = 3 }", 'set = { n = "2" }')
    named = {task.hash for task in (plain, one, other)}
    assert len(named) == 3 and one.name == "s/t1"
    assert alike.program.picks == one.program.picks and alike.program.nodes == one.program.nodes


def test_a_data_set_of_one_spec_in_two_ways_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks(tmp_path, 'set = { n = "1 .. 2" }', 'set = { n = "5 .. 6" }')
    monkeypatch.chdir(tmp_path)
    assert run(["build", "mix.toml", "-o", "out", "-q", "--size", "64", "--workers", "1"]) == 0
    found = read_manifest(Path("out"))
    assert [(task.name, set(task.answers)) for task in found.tasks] == [("s/t0", {"1", "2"}), ("s/t1", {"5", "6"})]
    assert verify(Path("out")).ok


def test_places_of_expressions_are_found_however_toml_writes_them() -> None:
    from pgt_dsl.passage import passages

    text = """[[task]]
specs = "a" # set = { n = 1 }
set = { n = "2 .. 4", hue = ["red", 'blue'], k = 3 }
[[task]]
set.n = 2
set."word" = '"cat, {n}"'
[task.set]
xs = [
  "red",  # one
  "blue",
]
[[split]]
"""
    first, second = (passages(Source("r", text), "task", k, "set") for k in (0, 1))
    assert {name: found.span.text.split() for name, found in first.items()} == {
        "n": ["2", "..", "4"], "hue": ["[", "red", ",", "blue", "]"], "k": ["3"],
    }  # fmt: skip
    assert {name: found.span.where() for name, found in second.items()} == {
        "n": "r:5:9", "word": "r:6:14", "xs": "r:8:6"
    }  # fmt: skip
    assert second["word"].span.text.strip() == '"cat, {n}"'


def test_the_check_of_a_recipe_tells_what_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tasks(tmp_path, 'set = { n = "1 .. 2", hue = ["red", "blue"] }')
    monkeypatch.chdir(tmp_path)
    assert run(["recipe", "check", "mix.toml"]) == 0
    assert "s/t0: set to n = 1 .. 2, hue = [ red , blue ]" in capsys.readouterr().out
