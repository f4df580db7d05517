"""The solver's benchmark in small, and that its exact sampler and its test of laws can be relied on."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import solver
from benchmarks.solver_scenes import UNITS, references
from benchmarks.solver_scenic import Scenic
from benchmarks.solver_stats import exact, exact_plain, mean_of, same_law, statistics
from pgt_dsl.api import load
from pgt_dsl.resources import data_path

SPEC = data_path("task_specs") / "spatial" / "left_of.pgt"


def test_the_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert solver.main(["--quick", "--only", "A", "--specs", str(SPEC)]) == 0
    said = capsys.readouterr().out
    assert "A 2 boxes" in said and "A exact" in said and "spatial/left_of" in said
    assert "not found" not in said and "A, times Scenic" in said


@pytest.mark.parametrize("fitted", [False, True])
def test_every_scene_is_a_spec_without_warnings(fitted: bool) -> None:
    for letter, reference in references(fitted).items():
        task = load(reference.spec)
        assert not task.warnings, letter
        assert bool(reference.boxes) == bool(reference.scenic)


@pytest.mark.parametrize("letter", ["E", "F"])
def test_scenes_that_are_no_boxes(letter: str) -> None:
    assert solver.first_scenes(references()[letter], 0, 128) > 0


@pytest.mark.parametrize("fitted", [False, True])
def test_the_exact_sampler_has_the_law_of_plain_rejection(fitted: bool) -> None:
    rng = np.random.default_rng(5)
    reference = references(fitted)["B"]
    scenes = exact(rng, reference, 4000, fitted)
    assert scenes.shape == (4000, 6, 4)
    low, high = scenes[..., :2] - scenes[..., 2:] / 2, scenes[..., :2] + scenes[..., 2:] / 2
    assert low.min() >= -1e-9 and high.max() <= UNITS + 1e-9
    one, other = statistics(scenes), statistics(exact_plain(rng, 6, 4000, fitted))
    assert all(same_law(one[s], other[s]) > 1e-3 for s in one)


def test_the_law_of_our_scenes() -> None:
    found = solver.Found(references()["A"])
    effort = solver.Effort(scenes=600, certified=64, exact=6000)
    solver.scenes_of(found, effort, 1, 128)
    rows = solver.laws(found, effort, 0, False)
    assert [row[0] for row in rows] == ["A exact", "A ours"]
    assert min(found.p.values()) > 1e-3


def test_laws_are_told_apart() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.normal(size=3000), rng.normal(size=5000)
    assert same_law(a, b) > 1e-3 > same_law(a, b + 0.15)
    assert same_law(a, a) == 1
    assert mean_of(a).error == pytest.approx(1 / 3000**0.5, rel=0.1)


def test_a_python_without_scenic_is_a_fault_and_no_crash() -> None:
    found = solver.Found(references()["A"])
    solver.rates(found, Path(sys.executable), solver.QUICK, 0, 128)
    assert found.ours.rate and found.scenic.fault and found.ratio is None
    with pytest.raises(RuntimeError), Scenic(Path(sys.executable), "", 0):
        pass
