"""Levels of a series: over the range that a spec declares, in its unit, and why there are none."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pgt_dsl.api import load
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.recipe import read_recipe
from pgt_dsl.dataset.series import Series
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.psychometrics.series import ladder, recipe_text

SPEC = """task "t/ladder"
pick n ~ 0 .. 9
pick few ~ [2, 3, 5, 9]
pick far ~ bins(10vmin .. 40vmin, 6)
let gap ~ 2vmin .. 16vmin
let lean ~ -30deg .. 30deg
let part ~ 10% .. 80%
let deep ~ gap .. 20vmin
let k = 3vmin
let hues ~ sample(basic, 2)
shape a: circle[n] { radius = 3vmin, color = hues[0] }
ask "How many?" answer count(a)
"""
PROGRAM = load(SPEC).program


@pytest.mark.parametrize(
    ("along", "levels", "axis", "unit", "expected"),
    [
        ("gap", 4, "log2", "vmin", (2.0, 4.0, 8.0, 16.0)),
        ("gap", "2vmin, 16vmin, 5.5vmin", "log2", "vmin", (2.0, 5.5, 16.0)),
        ("part", 3, "log2", "", (0.1, 0.283, 0.8)),
        ("lean", 5, "linear", "deg", (-30.0, -15.0, 0.0, 15.0, 30.0)),
        ("n", 4, "linear", "", (0.0, 3.0, 6.0, 9.0)),
        ("n", 40, "linear", "", tuple(map(float, range(10)))),
        ("few", 4, "linear", "", (2.0, 5.0, 9.0)),
        ("k", "1vmin, 2vmin", "log2", "vmin", (1.0, 2.0)),
        ("deep", "17vmin,18vmin", "log2", "vmin", (17.0, 18.0)),
    ],
)
def test_levels_lie_in_the_declared_range(
    along: str, levels: int | str, axis: str, unit: str, expected: tuple[float, ...]
) -> None:
    found = ladder(PROGRAM, along, levels)
    assert found.levels == expected and (found.series.axis, found.series.unit) == (axis, unit)


@pytest.mark.parametrize(
    ("along", "levels", "axis", "said"),
    [
        ("gpa", 8, None, "no let or pick `gpa`; there are: "),
        ("hues", 8, None, "is a color[]"),
        ("k", 8, None, "computed and has no range"),
        ("deep", 8, None, "depends on the scene"),
        ("far", 8, None, "`[series]`"),
        ("gap", "2, 3", None, "have a unit: vmin or vw or vh or px"),
        ("gap", "2vmin, 3px", None, "have one unit"),
        ("gap", "2vmin, wide", None, "`wide` is no level"),
        ("gap", "2deg, 3deg", None, "no unit `deg`"),
        ("gap", 1, None, "at least 2 levels"),
        ("gap", "4vmin", None, "at least 2 levels"),
        ("gap", 100, None, "at most 64"),
        ("lean", 5, "log2", "--axis linear"),
    ],
)
def test_what_is_no_series_is_told(along: str, levels: int | str, axis: str | None, said: str) -> None:
    with pytest.raises(PgtError, match=re.escape(said)):
        ladder(PROGRAM, along, levels, axis)


def test_the_recipe_has_a_part_a_level_with_equal_numbers(tmp_path: Path) -> None:
    (tmp_path / "spec.pgt").write_text(SPEC, encoding="utf-8")
    found = ladder(PROGRAM, "gap", 4, rising=True)
    path = tmp_path / "gap.toml"
    path.write_text(recipe_text(found, "t/ladder", "spec.pgt", 50, 7, "short=3,options=1", 64), encoding="utf-8")
    recipe, portions = read_recipe(path)
    assert recipe.series == Series(along="gap", unit="vmin", axis="log2", rising=True)
    assert (recipe.seed, recipe.size, recipe.styles) == (7, 64, {"short": 3.0, "options": 1.0})
    assert [(p.samples, p.changes.name) for p in portions] == [(13, f"t/ladder/gap_0{k}") for k in (1, 2, 3, 4)]


def test_the_command_writes_a_recipe_and_replaces_none_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, out = tmp_path / "spec.pgt", tmp_path / "gap.toml"
    spec.write_text(SPEC, encoding="utf-8")
    command = ["series", str(spec), "--along", "gap", "--levels", "3", "--count", "30", "--out", str(out)]
    assert run([*command, "--easier", "lower"]) == 0
    assert "3 levels of `gap` with 10 samples each: 2vmin, 5.66vmin, 16vmin" in capsys.readouterr().out
    assert tomllib.loads(out.read_text())["series"] == {
        "along": "gap", "unit": "vmin", "axis": "log2", "rising": False,
    }  # fmt: skip
    assert run(command) == 1 and "--overwrite replaces it" in capsys.readouterr().err
    assert run([*command, "--overwrite"]) == 0 and "rising" not in out.read_text()
    assert run(["recipe", "check", str(out)]) == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--levels", "1vmin, 4vmin"], "`gap` is never 1vmin"),
        (["--styles", "shrt"], "no answer style `shrt`"),
        (["--out", "gap"], "ends in .toml"),
        (["--out", "elsewhere/gap.toml"], "is not below"),
    ],
)
def test_a_recipe_that_would_not_build_is_not_written(
    more: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("spec.pgt").write_text(SPEC, encoding="utf-8")
    assert run(["series", "spec.pgt", "--along", "gap", "--out", "gap.toml", *more]) == 1
    assert said in capsys.readouterr().err
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["spec.pgt"]


@pytest.mark.parametrize(
    ("series", "said"),
    [
        ('along = "k"', "as a list, so that its samples say it"),
        ('along = "gpa"', "which `t/ladder` does not draw"),
        ('along = "hues"', "levels are numbers or lengths"),
        ('along = "gap"', 'its unit is "vmin" or "vw" or "vh" or "px"'),
        ('along = "gap"\nunit = "m"', "`series.unit`: input should be"),
        ('along = "gap"\naxis = "log"', "`series.axis`: input should be"),
        ('unit = "px"', "a series needs `along`"),
        ('along = "gap"\nunit = "px"\nsteps = 3', "a series has no `steps`"),
    ],
)
def test_a_series_whose_samples_would_not_say_their_level_is_refused(
    series: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "spec.pgt").write_text(SPEC, encoding="utf-8")
    path = tmp_path / "a.toml"
    path.write_text(f'[series]\n{series}\n[[task]]\nspecs = "spec.pgt"\nsamples = 3\n', encoding="utf-8")
    assert run(["recipe", "check", str(path)]) == 1
    assert said in capsys.readouterr().err
