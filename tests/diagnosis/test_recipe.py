"""The recipe of a report: it passes the check, weighs what is near its threshold, and leaves out what is known."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from pgt_dsl.diagnosis.diagnose import diagnose
from pgt_dsl.diagnosis.recipe import recipe_text
from pgt_dsl.diagnosis.rows import read_folder
from pgt_dsl.diagnosis.suggest import Part, suggest
from pgt_dsl.plugins.registry import registry
from tests.diagnosis.worlds import SPECS, run


@pytest.fixture(scope="module")
def five(models: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe for the model that counts to 5, beside a copy of one of the specs."""
    folder = tmp_path_factory.mktemp("recipe")
    shutil.copy(SPECS / "counting/all.pgt", folder)
    code, said = run("report", models["five"], "-o", folder / "report", "--recipe", folder / "more.toml")
    assert code == 0 and "more.toml" in said
    return folder / "more.toml"


def test_what_is_not_known_has_most_and_its_numbers_are_set(five: Path) -> None:
    recipe = tomllib.loads(five.read_text())
    rest, near = recipe["task"]
    assert (rest["specs"], near["specs"], near["name"]) == ("all.pgt", "all.pgt", "counting/all/near")
    assert near["weight"] > 2 * rest["weight"]
    numbers = near["set"]["n"]
    assert len(numbers) == 5 and {6, 7} < set(numbers) and recipe["seed"] == 1


def test_why_stands_in_comments(five: Path) -> None:
    text = five.read_text()
    assert "# size/larger is left out: right in 60 of 60" in text
    assert "# counting/all: known by `n`: 1: " in text


def test_the_recipe_passes_the_check_and_can_be_built(five: Path, tmp_path: Path) -> None:
    code, said = run("recipe", "check", five)
    assert code == 0, said
    code, said = run("build", five, "--out", tmp_path / "more", "--count", "12")
    assert code == 0, said


def test_specs_that_are_shipped_need_not_be_beside_it(models: Mapping[str, Path], tmp_path: Path) -> None:
    code, said = run("report", models["tail"], "-o", tmp_path / "r", "--recipe", tmp_path / "more.toml")
    assert code == 0, said
    (arrow,) = [t for t in tomllib.loads((tmp_path / "more.toml").read_text())["task"] if "arrow" in t["specs"]]
    assert arrow["specs"] == "angle/arrow_points.pgt" and arrow["weight"] >= 0.6
    assert "“took tail for head”" in (tmp_path / "more.toml").read_text()
    assert run("recipe", "check", tmp_path / "more.toml")[0] == 0


def test_nothing_is_left_to_learn(models: Mapping[str, Path], tmp_path: Path) -> None:
    code, said = run("report", models["all"], "-o", tmp_path / "r", "--recipe", tmp_path / "more.toml")
    assert code == 1 and "all tasks are known" in said and not (tmp_path / "more.toml").exists()


def test_a_recipe_is_for_one_model(models: Mapping[str, Path], tmp_path: Path) -> None:
    both = models["all"], models["tail"]
    assert run("report", *both, "-o", tmp_path / "r", "--recipe", tmp_path / "more.toml")[0] == 2
    assert run("report", both[0], "-o", tmp_path / "r", "--recipe", tmp_path / "more.yaml")[0] == 2
    assert not (tmp_path / "r").exists()


def test_no_name_breaks_out_of_a_comment_or_a_text(models: Mapping[str, Path]) -> None:
    found = diagnose(read_folder(models["five"], registry()))
    assert found.answers.questions is not None
    evil = 'a"/b\n[[task]]\nspecs = "x"'
    part = Part(evil, 0.5, ("why\u2028not\n[x]",), 2.5, {"n": ("1", "red")}, evil)
    text = recipe_text(found, [part], found.answers.questions.manifest, {evil: evil})
    (task,) = tomllib.loads(text)["task"]
    assert task["specs"] == evil and task["set"] == {"n": [1, "red"]} and task["clear"] == 2.5


def test_weights_fall_to_both_sides_of_half(models: Mapping[str, Path]) -> None:
    parts = {part.task: part for part in suggest(diagnose(read_folder(models["tail"], registry())))}
    assert parts["size/larger"].weight <= 0.5 < parts["angle/arrow_points"].weight
