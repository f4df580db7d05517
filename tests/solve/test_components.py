"""Independent parts of a scene: each is sampled apart, by the law of plain rejection, and what joins them holds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp

from pgt_dsl.api import load
from pgt_dsl.solve import Sampler

TWO = """task "x/two"
shape a: figure {{ size ~ 8vmin .. 16vmin, form ~ forms }}
shape b: figure {{ size ~ 8vmin .. 16vmin, form ~ forms }}
shape c: circle[2] {{ radius ~ 3vmin .. 9vmin }}
let u ~ 0 .. 20
let v ~ 0 .. 20
require apart(a, b) in 2vmin .. {far}vmin
require all(x in c: distance(x, canvas) <= {near}vmin)
require u * v >= {least}
require u + a.size / 1vmin <= 33
ask "How many?" answer count(shapes)
"""
PHOTO = """task "x/photo"
background img: photo
let thing ~ img.objects
shape d: dot { color = red }
shape e: circle { radius ~ 3vmin .. 12vmin, color = blue }
let u ~ 0 .. 20
require distance(d, thing) <= 30vmin
require e.radius * u >= 60vmin
require thing.width >= 8vmin
ask "Does the dot lie on {thing}?" answer covers(thing, d.at) clear 1vmin
"""
LOOSE = TWO.format(far=30, near=30, least=100)
TIGHT = TWO.format(far=6, near=9, least=270)


def sampler_of(text: str, parts: bool = True, seed: int = 0) -> Sampler:
    made = load(text)
    sampler = Sampler(made.program, made.registry, seed, 200)
    if parts:
        sampler.batch(np.arange(1))
        assert len(sampler.parts) >= 2
    else:
        sampler.apart = False
    return sampler


def numbers(batch) -> dict[str, np.ndarray]:
    found = {}
    for var in batch.ev.program.vars:
        data = batch.ev.drawn(var.id).value.data
        data = np.broadcast_to(data, (len(batch), *data.shape[1:])).reshape(len(batch), -1)
        for part, one in (("x", data.real), ("y", data.imag)) if np.iscomplexobj(data) else (("", data),):
            found |= {f"{var.name}.{part}[{k}]": one[:, k] for k in range(one.shape[1])}
    return found


def test_the_law_is_that_of_plain_rejection():
    one = numbers(sampler_of(LOOSE).batch(np.arange(2000)))
    two = numbers(sampler_of(LOOSE, parts=False, seed=1).batch(np.arange(2000)))
    least = {what: ks_2samp(one[what], two[what]).pvalue for what in one}
    assert min(least.values()) > 1e-3 / len(least), least


def test_every_check_holds_on_the_whole():
    sampler = sampler_of(TIGHT)
    batch = sampler.batch(np.arange(200))
    for check in sampler.checks:
        assert sampler.holds(batch.ev, check).all(), check.label


def test_what_is_hopeless_together_is_easy_apart():
    sampler = sampler_of(TIGHT)
    sampler.batch(np.arange(200))
    report = sampler.report()
    together = np.prod([row.share for row in report.rows if row.reason == "require"])
    # with three parts 25 times, with the two that some pilots find twice
    assert report.accepted / report.attempts > 2 * together


def test_a_scene_hangs_on_its_index_alone():
    whole = numbers(sampler_of(TIGHT).batch(np.arange(50)))
    for rows in (np.arange(11, 30), np.array([49, 0, 17])):
        part = numbers(sampler_of(TIGHT).batch(rows))
        assert all(np.array_equal(part[what], whole[what][rows]) for what in whole)


@pytest.mark.parametrize("joined", ["require u >= a.size / 2vmin + 5", "require distance(a, c[0]) >= 50vmin"])
def test_what_rejects_joins_the_parts_that_it_reads(joined):
    made = load(LOOSE.replace("\nask", f"\n{joined}\nask"))
    sampler = Sampler(made.program, made.registry, 0, 200)
    sampler.batch(np.arange(1))
    assert len(sampler.parts) < len(sampler_of(LOOSE).parts)


def test_what_a_photo_shows_belongs_to_the_photo():
    pipeline = load(PHOTO).pipeline(0, 200)
    pipeline.certify(pipeline.scenes(range(60)))
    names = [{pipeline.program.vars[v].name for v in part.vars} for part in pipeline.sampler.parts]
    assert [part & {"img.photo", "thing", "u"} for part in names] in ([{"u"}, {"img.photo", "thing"}],
                                                                      [{"img.photo", "thing"}, {"u"}])  # fmt: skip
