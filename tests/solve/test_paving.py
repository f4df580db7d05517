"""Drawing within contracted bounds: no scene is lost, and the law stays that of plain rejection."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ks_2samp

from pgt_dsl.api import load
from pgt_dsl.solve import Sampler
from pgt_dsl.solve.paving import pave
from pgt_dsl.solve.within import Pavings

SPECS = Path(__file__).parents[2] / "task_specs"
ALIGNED = """task "x/aligned"
shape a: rect { width ~ 10vmin .. 20vmin, height ~ 10vmin .. 20vmin }
shape b: rect { width ~ 10vmin .. 20vmin, height ~ 10vmin .. 20vmin }
require a.right + 5vmin <= b.left
require abs(a.y - b.y) <= 10vmin
ask "Is it left?" answer a.x < b.x
"""
ANYWHERE = ALIGNED.replace("x/aligned", "x/anywhere").replace(" }", ", at ~ anywhere(canvas) }")
LOOSE = """task "x/loose"
let gap ~ 5vmin .. 60vmin
let turn ~ 0deg .. 90deg
pick above ~ [false, true]
shape s: circle[3] { radius ~ 2vmin .. 9vmin }
shape t: square { size ~ 6vmin .. 30vmin }
require t.left >= gap + 20vmin
require (t.y < 40vh) == above
require gap >= 25vmin or turn <= 10deg
ask "Is it above?" answer above
"""
TASKS = {
    "aligned": lambda: load(ALIGNED),
    "anywhere": lambda: load(ANYWHERE),
    "loose": lambda: load(LOOSE),
    **{name: lambda name=name: load(SPECS / f"{name}.pgt") for name in
       ("spatial/left_of", "spatial/above_or_below", "spatial/quadrant")},
}  # fmt: skip
SCENES = 3000


def sampler_of(name: str, paved: bool, seed: int = 0) -> Sampler:
    made = TASKS[name]()
    sampler = Sampler(made.program, made.registry, seed, 200)
    assert sampler.pavings.vars, "this task is no longer paved: it tests nothing"
    if not paved:
        sampler.pavings = Pavings(made.program, [()] * sampler.strata.count)
    return sampler


def numbers(batch) -> dict[str, np.ndarray]:
    """Every drawn number of the scenes, and how far apart shapes are."""
    found, places = {}, []
    for var in batch.ev.program.vars:
        data = batch.ev.drawn(var.id).value.data
        data = np.broadcast_to(data, (len(batch), *data.shape[1:])).reshape(len(batch), -1)
        if np.iscomplexobj(data):
            places.append(data)
            parts = {"x": data.real, "y": data.imag}
        elif data.dtype.kind == "f":
            parts = {"": data}
        else:
            continue
        found |= {f"{var.name}.{part}[{k}]": one[:, k] for part, one in parts.items() for k in range(data.shape[1])}
    if not places:
        return found
    spots = np.concatenate(places, axis=1)
    far = np.abs(spots[:, :, None] - spots[:, None, :]) + np.where(np.eye(spots.shape[1]), np.inf, 0)
    if spots.shape[1] > 1:
        found["mean distance of nearest neighbours"] = far.min(axis=2).mean(axis=1)
    return found


@pytest.mark.parametrize("name", TASKS)
def test_the_law_is_that_of_plain_rejection(name):
    one = numbers(sampler_of(name, True).batch(np.arange(SCENES)))
    two = numbers(sampler_of(name, False, seed=1).batch(np.arange(SCENES)))
    least = {what: ks_2samp(one[what], two[what]).pvalue for what in one if np.ptp(one[what]) > 0}
    assert min(least.values()) > 1e-3 / len(least), least


@pytest.mark.parametrize("name", TASKS)
def test_no_scene_lies_outside_of_the_boxes(name):
    sampler = sampler_of(name, False)
    pavings = pave(sampler.program, sampler.registry, (sampler.width, sampler.height), sampler.strata)
    batch = sampler.batch(np.arange(1000))
    leaves = sampler.strata.leaves_at(batch.indices)
    for leaf, components in enumerate(pavings):
        rows = np.flatnonzero(leaves == leaf)
        for component in components:
            inside = np.zeros((len(rows), len(component.boxes)), bool)
            lanes = [lane_values(batch, lane)[rows] for lane in component.lanes]
            for k, box in enumerate(component.boxes):
                inside[:, k] = np.all([(low <= v) & (v <= high) for v, (low, high) in zip(lanes, box, strict=True)], 0)
            assert inside.any(axis=1).all()


def lane_values(batch, lane):
    data = batch.ev.drawn(lane.var).value.data[(slice(None), *lane.item)]
    data = np.broadcast_to(data, (len(batch),))
    return (data.real, data.imag)[lane.part] if np.iscomplexobj(data) else data


@pytest.mark.parametrize("name", TASKS)
def test_it_pays(name):
    rates = []
    for paved in (True, False):
        sampler = sampler_of(name, paved)
        sampler.batch(np.arange(512))
        report = sampler.report()
        rates.append(report.accepted / report.attempts)
    assert rates[0] > 1.2 * rates[1]


def test_which_scene_an_index_has_hangs_on_the_index_alone():
    sampler = sampler_of("aligned", True)
    whole = sampler.batch(np.arange(64))
    for rows in (np.arange(10, 20), np.array([63, 0, 31])):
        part = sampler_of("aligned", True).batch(rows)
        assert part.attempts.tolist() == whole.attempts[rows].tolist()
        for what, column in numbers(part).items():
            assert column.tolist() == numbers(whole)[what][rows].tolist()
