"""Curves in a report: of series as the probe fits them, along margins else; and the levels that a recipe takes on."""

from __future__ import annotations

import json
import math
import shutil
import tomllib
from pathlib import Path

import numpy as np
import pytest

from benchmarks.observers import OBSERVERS
from benchmarks.prove_observers import SPECS as OWN
from benchmarks.prove_observers import observed
from pgt_dsl.api import load
from pgt_dsl.diagnosis.curves import curves
from tests.diagnosis.worlds import SPECS, guess, probed, run, to_5


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a spec, the series along its number, and the replies of a model that counts to 5."""
    folder = tmp_path_factory.mktemp("series")
    shutil.copy(SPECS / "counting/all.pgt", folder)
    recipe = folder / "series.toml"
    made = ("series", folder / "all.pgt", "--along", "n", "--levels", "2, 4, 5, 6, 8, 10", "--count", 120, "--size", 64,
            "--styles", "short", "-o", recipe)  # fmt: skip
    for arguments in (made, ("build", recipe, "--out", folder / "data")):
        code, said = run(*arguments)
        assert code == 0, said
    probed(folder / "data", folder / "five", to_5, "five")
    return folder


def test_a_series_has_the_curve_of_the_probe(series: Path) -> None:
    code, said = run("report", series / "five", "-o", series / "report")
    assert code == 0, said
    (curve,) = json.loads((series / "report/report.json").read_text())["models"][0]["curves"]
    assert (curve["task"], curve["graded"], curve["name"]) == ("counting/all", True, "n")
    assert curve["threshold"]["low"] <= 6 and curve["threshold"]["high"] >= 5 and curve["rising"] is False
    probe = json.loads(next((series / "five").glob("curve*.json")).read_text())
    assert curve["threshold"] == probe["threshold"]
    assert 'class="figure curve"' in (series / "report/report.html").read_text()


def test_the_recipe_of_a_series_takes_its_levels_on(series: Path) -> None:
    code, said = run("report", series / "five", "-o", series / "report", "--recipe", series / "more.toml")
    assert code == 0, said
    parts = tomllib.loads((series / "more.toml").read_text())["task"]
    levels = {part["name"]: part["set"]["n"] for part in parts}
    assert sorted(level for (level,) in levels.values()) == [6, 8, 10] and {part["specs"] for part in parts} == {
        "all.pgt"
    }
    assert run("recipe", "check", series / "more.toml")[0] == 0


@pytest.mark.parametrize("along", ["n", "margin"])
def test_a_task_that_is_a_series_as_it_is_keeps_all_its_levels(along: str, tmp_path: Path) -> None:
    name = {"n": "counting/all", "margin": "size/larger"}[along]
    axis = {"n": "linear", "margin": "log2"}[along]
    series = f'[series]\nalong = "{along}"\naxis = "{axis}"'
    (tmp_path / "whole.toml").write_text(f'count = 60\nsize = 64\n{series}\n[[task]]\nspecs = "{name}.pgt"\n')
    assert run("build", tmp_path / "whole.toml", "--out", tmp_path / "data")[0] == 0
    probed(tmp_path / "data", tmp_path / "guess", guess, "guess")
    code, said = run("report", tmp_path / "guess", "-o", tmp_path / "r", "--recipe", tmp_path / "more.toml")
    assert code == 0, said
    (curve,) = json.loads((tmp_path / "r/report.json").read_text())["models"][0]["curves"]
    assert (curve["task"], curve["graded"], curve["name"]) == (name, True, along)
    assert all("set" not in part or len(part["set"]["n"]) > 2 for part in
               tomllib.loads((tmp_path / "more.toml").read_text())["task"])  # fmt: skip


def test_a_threshold_in_sizes_is_one_in_margins() -> None:
    """Who sees no difference below 8 % has the threshold at 8 times a margin of 1 %."""
    scenes = load(OWN / "larger_bool.pgt").pipeline(3, 96).scenes(list(range(400)))
    observer = next(one for one in OBSERVERS if "8 %" in one.name)
    (found,) = curves(observed(observer, scenes, 3))
    threshold = found.curve.threshold
    assert threshold is not None and threshold.low is not None and threshold.high is not None
    margins = np.array([scene.asks[0].margin for scene in scenes if scene.asks[0].margin])
    radii = [sorted(float(s.fields["radius"]) for s in scene.shapes) for scene in scenes]
    turn = margins[np.argmin([abs(b / a - 1.08) for a, b in radii])]
    assert math.log2(threshold.low) - 0.5 <= math.log2(turn) <= math.log2(threshold.high) + 0.5


def test_a_task_without_margins_or_mistakes_has_no_curve() -> None:
    scenes = load(SPECS / "counting/all.pgt").pipeline(3, 96).scenes(list(range(60)))
    assert curves(observed(OBSERVERS[0], scenes, 3)) == []
    assert curves(observed(OBSERVERS[1], scenes, 3)) == []
