"""Crowded scenes: chains end at scenes of the declared law, each a function of its index, and the oracle agrees."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp

from pgt_dsl.api import load
from pgt_dsl.solve import Exhausted, Sampler, dense

BOXES = """task "x/boxes"
shape s: rect[{n}] {{ width ~ 10vmin .. 20vmin, height ~ 10vmin .. 20vmin }}
require apart(s) >= 0vmin
ask "How many?" answer count(s)
"""
ANYWHERE = BOXES.replace(" }}", ", at ~ anywhere(canvas) }}")
# Draws of no shape, a changing number, other forms, gaps that have to be measured, and a condition on more than gaps.
MIXED = """task "x/mixed"
pick n ~ [2, 4]
let wide ~ 2vmin .. 8vmin
let k ~ 1 .. 3
shape a: figure[n] { size ~ 12vmin .. 24vmin, form ~ [star, triangle], turn ~ 0deg .. 360deg }
shape b: circle[k] { radius ~ 5vmin .. 10vmin }
shape c: square { size ~ 15vmin .. 30vmin }
require apart(shapes) >= wide
require all(x in b: distance(x, c) >= 25vmin)
ask "Is the square left of the first figure?"
  answer c.x < a[0].x even
"""
NAMED = """task "x/named"
shape a: figure { size ~ 10vmin .. 16vmin, form ~ [star, heart], color ~ [red, blue] }
shape b: figure { size ~ 10vmin .. 16vmin, form ~ [star, heart], color ~ [red, blue] }
shape rest: figure[5] { size ~ 10vmin .. 14vmin, form ~ [star, heart, square], color ~ [red, blue, green] }
require apart(shapes) >= 2vmin
ask "Is {a} to the left of {b}?" answer a.x < b.x clear 2vmin
"""
MANY = """task "x/many"
pick n ~ [10, 20, 30]
shape s: figure[n] {{ size ~ {size} .. {size} + 1vmin, form ~ forms }}
require apart(s) >= 1vmin
ask "How many shapes are there?" answer count(s)
"""


def sampler_of(text: str, seed: int = 0) -> Sampler:
    made = load(text)
    return Sampler(made.program, made.registry, seed, 200)


@pytest.fixture
def always(monkeypatch):
    """Every stratum is taken for a crowded one."""
    monkeypatch.setattr(dense, "STAGES", ((1, 2),))
    monkeypatch.setattr(dense, "PILOTS", 128)


@pytest.fixture
def short(always, monkeypatch):
    """Chains that need not have settled."""
    monkeypatch.setattr(dense, "HALVES", (2,))
    monkeypatch.setattr(dense, "PILOTS", 16)


def numbers(batch) -> dict[str, np.ndarray]:
    """Means over the shapes that are there of what is drawn, how far they are apart, and the numbers of no shape."""
    ev, found = batch.ev, {}
    groups = ev.program.groups[1:]
    boxes = np.concatenate([np.broadcast_to(ev.bounds(g.id), (len(batch), g.size, 4)) for g in groups], 1)
    there = np.concatenate([np.broadcast_to(ev.group_present(g.id), (len(batch), g.size)) for g in groups], 1)
    many = there.sum(axis=1)
    spots = (boxes[..., 0] + boxes[..., 2] + 1j * (boxes[..., 1] + boxes[..., 3])) / 2
    pairs = there[:, :, None] & there[:, None, :] & ~np.eye(there.shape[1], dtype=bool)
    nearest = np.where(pairs, np.abs(spots[:, :, None] - spots[:, None, :]), np.inf).min(axis=2)
    found["nearest"] = np.where(there, nearest, 0).sum(axis=1) / many
    found["from the middle"] = np.where(there, np.abs(spots - 100 - 100j), 0).sum(axis=1) / many
    found["width"] = np.where(there, boxes[..., 2] - boxes[..., 0], 0).sum(axis=1) / many
    found["how many"] = many
    for var in ev.program.vars:
        if not var.axes and not var.type.rank and var.type.base in ("length", "int", "number"):
            found[var.name] = np.broadcast_to(ev.drawn(var.id).value.data, (len(batch),))
    return found


@pytest.mark.parametrize("text", [BOXES.format(n=6), ANYWHERE.format(n=4), MIXED], ids=["boxes", "anywhere", "mixed"])
def test_the_law_is_that_of_plain_rejection(text, always, monkeypatch):
    chained = sampler_of(text)
    one = numbers(chained.batch(np.arange(600)))
    assert sum(row.scenes for row in chained.report().chains) == 600
    monkeypatch.setattr(dense, "STAGES", ())
    monkeypatch.setattr(dense.Dense, "sweeps", lambda self, leaves: np.zeros(len(leaves), np.int64))
    two = numbers(sampler_of(text, seed=1).batch(np.arange(600)))
    least = {what: ks_2samp(one[what], two[what]).pvalue for what in one}
    assert min(least.values()) > 1e-3 / len(least), least


def test_every_check_holds(short):
    batch = sampler_of(MIXED).batch(np.arange(200))
    sampler = sampler_of(MIXED)
    for check in sampler.checks:
        assert sampler.holds(batch.ev, check).all(), check.label


@pytest.mark.parametrize("text", [BOXES.format(n=14), MIXED], ids=["boxes", "mixed"])
def test_a_scene_hangs_on_its_index_alone(text, short):
    whole = sampler_of(text).batch(np.arange(40))
    for rows in (np.arange(7, 19), np.array([39, 0, 21]), *np.arange(0, 40, 5)[:, None]):
        part = sampler_of(text).batch(rows)
        for var in whole.ev.program.vars:
            mine, theirs = (b.ev.drawn(var.id).value.data for b in (part, whole))
            assert np.array_equal(np.broadcast_to(mine, (len(rows), *mine.shape[1:])),
                                  np.broadcast_to(theirs, (40, *theirs.shape[1:]))[rows])  # fmt: skip


def test_a_moved_shape_does_not_take_the_phrase_of_another(short):
    """What `{a}` is called hangs on the colours and forms of all shapes, which no node of the text reads."""
    pipeline = load(NAMED).pipeline(0, 200)
    scenes = pipeline.scenes(range(60))
    assert sum(row.scenes for row in pipeline.sampler.report().chains) == 60
    pipeline.certify(scenes)


@pytest.mark.parametrize("text", [BOXES, ANYWHERE], ids=["boxes", "anywhere"])
def test_crowded_boxes_are_certified(text):
    task = load(text.format(n=14))
    pipeline = task.pipeline(0, 336)
    scenes = pipeline.scenes(range(40))
    pipeline.certify(scenes)
    (row,) = pipeline.sampler.report().chains
    assert row.scenes == 40 and row.sweeps >= 16


def test_only_crowded_strata_have_chains(monkeypatch):
    monkeypatch.setattr(dense, "HALVES", (2,))
    sampler = sampler_of(MANY.format(size="9vmin"))
    batch = sampler.batch(np.arange(30))
    counts = np.bincount(batch.ev.column(sampler.program.asks[0].answer).astype(int))
    assert counts[[10, 20, 30]].tolist() == [10, 10, 10]
    assert [row.values["n"] for row in sampler.report().chains] == [20, 30]


def test_what_does_not_fit_is_told():
    with pytest.raises(Exhausted) as caught:
        sampler_of(MANY.format(size="24vmin").replace("10, 20, 30", "14, 16")).batch(np.arange(3))
    assert caught.value.values["n"] in (14, 16)


def test_few_shapes_are_not_moved():
    assert sampler_of(BOXES.format(n=3)).dense.moves is None
