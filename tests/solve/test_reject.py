"""The sampler: which attempt is accepted depends on nothing but the index, and failure is told, never a hang."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from pgt_dsl.api import load
from pgt_dsl.program.builder import Builder
from pgt_dsl.program.program import Ask, Constraint, Law, Margins, Origin, Twin
from pgt_dsl.solve import Exhausted, Sampler, effort
from pgt_dsl.solve.report import YieldRow
from tests.program.worlds import REGISTRY, listed, pick, program, shape, two_boxes


def left_of(even=True, gap=1.0, twin=False, **more):
    """Is a to the left of b? The answer is a pick; the gap keeps them apart."""
    b = Builder()
    one, two = two_boxes(b)
    xs = [
        b.node("call", "length", (b.field(s, "at", "point", [g]),), {"name": "x"})
        for s, g in ((one, 0), (two, b.nodes[two].attrs["group"]))
    ]
    left = b.node("lt", "bool", tuple(xs))
    truth, record = pick(b, "truth", b.const("bool[]", [False, True]))
    apart = b.node("call", "length", (one, two), {"name": "apart"})
    far = b.node("le", "bool", (b.const("length", gap, "vmin"), apart))
    same = b.node("eq", "bool", (left, truth))
    b.constraints += [
        Constraint(b.node("and", "bool", (same, far)), "even" if even else "require", "left"),
        Constraint(one, "phrase", "a"), Constraint(two, "phrase", "b"), Constraint(left, "clear", "clear", ask=0),
    ]  # fmt: skip
    margins = Margins({"length": b.const("length", 4, "vmin")})
    if twin:
        more["twin"] = Twin(record.var, (next(v.id for v in b.vars if v.name == "a.at"),))
    return b, program(b, asks=(Ask((), left, "bool", margins),), picks=(record,), **more), left, truth


def plain(batch, names=("a.at", "b.at", "a.size", "b.form")):
    program_ = batch.ev.program
    columns = [batch.ev.drawn(v.id).value.data for v in program_.vars if v.name in names]
    return np.stack([np.broadcast_to(c, (len(batch),)).astype(complex) for c in columns])


def test_accepted_scenes_satisfy_everything():
    _, p, left, truth = left_of(even=False)
    sampler = Sampler(p, REGISTRY, seed=1)
    batch = sampler.batch(np.arange(300))
    assert (batch.ev.column(left) == batch.ev.column(truth)).all()
    assert (batch.margins[0] >= 1).all()
    assert Counter(batch.ev.column(left).tolist()) == {True: 150, False: 150}
    assert batch.indices.tolist() == list(range(300))
    for check in sampler.checks:
        assert sampler.holds(batch.ev, check).all()


def test_a_sample_depends_on_nothing_but_its_index(monkeypatch):
    _, p, _, _ = left_of(gap=20.0)
    whole = Sampler(p, REGISTRY, seed=1).batch(np.arange(200))
    order = np.random.default_rng(0).permutation(200)
    mixed = Sampler(p, REGISTRY, seed=1).batch(order)
    assert (plain(mixed) == plain(whole)[:, order]).all()
    assert (mixed.attempts == whole.attempts[order]).all()
    lone = Sampler(p, REGISTRY, seed=1)
    for index in (0, 7, 199):
        single = lone.batch([index])
        assert single.attempts[0] == whole.attempts[index]
        assert (plain(single)[:, 0] == plain(whole)[:, index]).all()
    monkeypatch.setattr(effort, "CHUNK", 50)
    assert (plain(Sampler(p, REGISTRY, seed=1).batch(np.arange(200))) == plain(whole)).all()
    assert (plain(Sampler(p, REGISTRY, seed=2).batch(np.arange(200))) != plain(whole)).any()


def test_the_first_attempt_that_passes_is_taken():
    _, p, _, _ = left_of(gap=20.0)
    sampler = Sampler(p, REGISTRY, seed=3)
    batch = sampler.batch(np.arange(40))
    late = int(batch.attempts.argmax())
    leaves = sampler.strata.leaves_at(np.full(1, late))
    for attempt in range(int(batch.attempts[late]) + 1):
        ev = sampler.evaluator(np.asarray([late]), np.asarray([attempt]), leaves)
        passes = all(sampler.holds(ev, check).all() for check in sampler.checks)
        assert passes == (attempt == batch.attempts[late])


def test_the_order_of_checks_changes_nothing():
    _, p, _, _ = left_of(gap=20.0)
    one, two = Sampler(p, REGISTRY, seed=1), Sampler(p, REGISTRY, seed=1)
    two.checks.reverse()
    assert (one.batch(np.arange(100)).attempts == two.batch(np.arange(100)).attempts).all()


def test_impossible_is_told_with_the_yields():
    _, p, _, _ = left_of(gap=150.0)
    with pytest.raises(Exhausted) as error:
        Sampler(p, REGISTRY, seed=1).batch(np.arange(5000))
    report = error.value.report
    assert error.value.values["truth"] in (True, False)
    assert error.value.attempts >= 20_000
    worst = report.rows[0]
    assert (worst.label, worst.passed, worst.reason) == ("left", 0, "even")
    assert "no scene was found for sample" in str(error.value)
    assert len(report.strata) >= 1


def test_one_impossible_stratum_is_named():
    b = Builder()
    n, record = pick(b, "n", b.const("int[]", [1, 2, 3]))
    x = b.var("x", "number", Law("uniform", (b.const("number", 0.0), b.const("number", 2.5))))
    b.constraints.append(Constraint(b.node("le", "bool", (n, x)), "require", origin=Origin("t.pgt", 4, text="n <= x")))
    with pytest.raises(Exhausted) as error:
        Sampler(program(b, picks=(record,)), REGISTRY, seed=1).batch(np.arange(30))
    assert error.value.values == {"n": 3}
    assert error.value.report.strata[0].values == {"n": 3}
    assert "t.pgt:4: n <= x (require)" in str(error.value)


def test_the_report_counts():
    _, p, _, _ = left_of(even=False)
    sampler = Sampler(p, REGISTRY, seed=1)
    sampler.batch(np.arange(500))
    report = sampler.report()
    rows = {row.label: row for row in report.rows}
    assert set(rows) == {"left", "a", "b", "clear", "a.at", "b.at", *()}
    assert 0.4 < rows["left"].share < 0.55
    assert report.accepted >= 500
    assert report.attempts > report.accepted
    assert report.rows[0].share == min(row.share for row in report.rows)


def test_absent_shapes_need_no_room():
    """Only shapes that are there must fit; a block's padding may be as large as it likes."""
    b = Builder()
    n, record = pick(b, "n", b.const("int[]", [1, 2]))
    axis = b.block_axis(2, n)
    radius = b.node("item", "length", (b.const("length[]", [10, 900], "px"), b.position(axis)))
    shape(b, "xs", "circle", (axis,), radius=radius)
    b.constraints.append(Constraint(b.node("eq", "bool", (n, b.const("int", 1))), "require"))
    batch = Sampler(program(b, picks=(record,)), REGISTRY, seed=1).batch(np.arange(20))
    assert (batch.attempts == 0).all()


def test_undefined_scenes_are_rejected():
    b = Builder()
    x = b.var("x", "number", Law("uniform", (b.const("number", -1.0), b.const("number", 1.0))))
    root = b.node("call", "number", (x,), {"name": "root"})
    b.constraints.append(Constraint(root, "defined"))
    batch = Sampler(program(b), REGISTRY, seed=1).batch(np.arange(200))
    assert (batch.ev.column(x) >= 0).all()
    assert batch.margins == ()


def test_twins_share_all_but_the_pick_and_what_moves():
    _, p, left, truth = left_of(even=False, twin=True)
    batch = Sampler(p, REGISTRY, seed=1).batch(np.arange(150))
    assert len(batch) == 300
    assert batch.twins.tolist() == [0, 1] * 150
    assert (batch.indices[0::2] == batch.indices[1::2]).all()
    values = batch.ev.column(left)
    assert (values[0::2] != values[1::2]).all()
    assert (values == batch.ev.column(truth)).all()
    assert (values == batch.strata[batch.ev.program.picks[0].var]).all()
    pair = plain(batch, ("a.size", "b.size", "b.form", "a.color", "b.at"))
    moved = plain(batch, ("a.at",))
    assert (batch.ev.column(truth)[0::2].sum()) == 75
    same = (pair[:, 0::2] == pair[:, 1::2]).all(axis=1)
    assert same.all()
    assert (moved[:, 0::2] != moved[:, 1::2]).all()


def test_picks_by_bins_are_uniform_within_each():
    b = Builder()
    low, high, n = b.const("number", 0.0), b.const("number", 4.0), b.const("int", 4)
    x = b.var("x", "number", Law("bins", (low, high, n)), "pick")
    record = pick(b, "x", b.const("int[]", [0, 1, 2, 3]), "bins")[1]
    b.vars.pop()
    record = type(record)(0, "x", record.values, "bins")
    batch = Sampler(program(b, picks=(record,)), REGISTRY, seed=1).batch(np.arange(400))
    data = batch.ev.column(x)
    assert Counter(np.floor(data).astype(int).tolist()) == {0: 100, 1: 100, 2: 100, 3: 100}
    assert len(np.unique(data)) == 400


class Photos:
    """Three photos: with two objects, with one, with none."""

    count = 3
    max_objects = 2

    def object_columns(self, photo_ids, width, height):
        ids = photo_ids
        table = [[10 + 10j, 50 + 50j], [70 + 20j], []]
        at = listed([table[i] for i in ids], complex, size=2)
        size = np.where(at.mask, 10.0, 0.0)
        return {"at": (at.data, at.mask), "width": (size, at.mask), "height": (size, at.mask),
                "category": (np.zeros(at.mask.shape, np.int64), at.mask), "crowd": (~at.mask & False, at.mask),
                "cut_off": (~at.mask & False, at.mask)}  # fmt: skip

    def object_outlines(self, photo_ids, width, height):
        from pgt_dsl.geometry.outline import Outline

        at = self.object_columns(photo_ids, width, height)["at"]
        lead = (*at[1].shape, 1)
        count = at[1].astype(np.int64)[..., None]
        return Outline(at[0][..., None, None], count, np.ones(lead, bool), np.full(lead, 5.0))


def test_photos_without_objects_are_counted_apart():
    from pgt_dsl.program.program import Background

    b = Builder()
    photo = b.var("photo", "int", Law("photo"), "photo")
    objects = b.group("objects", "object", (b.block_axis(2, b.node("photo", "int", (), {"what": "count"})),),
                      entity=False, painted=False)  # fmt: skip
    chosen = b.var("thing", "shape", Law("choice", (b.shapes_of(objects),)))
    left = b.field(chosen, "left", "length", [objects])
    p = program(b, background=Background("photo", photo=0, objects=objects))
    sampler = Sampler(p, REGISTRY, seed=1, photos=Photos())
    batch = sampler.batch(np.arange(300))
    assert set(batch.ev.column(photo).tolist()) == {0, 1}
    assert set(batch.ev.column(left).tolist()) == {5.0, 45.0, 65.0}
    assert sampler.report().photo_rejections > 50


def test_not_found_says_what_would_pass_without_each_requirement():
    """`u == 7` is one in 100,001; without it, about as many attempts pass as the rest lets through."""
    made = load("""task "x/never"
let u ~ 0 .. 100000
let v ~ 0 .. 1
require u == 7
require v == 0
ask "How many?" answer 1
shape s: circle
""")
    with pytest.raises(Exhausted) as caught:
        Sampler(made.program, made.registry, 0, 200, budget=500).batch([0])
    rows = {row.label: row for row in caught.value.report.rows}
    assert rows["require u == 7"].without == pytest.approx(0.5, abs=0.06)
    assert rows["require v == 0"].without == 0
    assert str(caught.value).count("without it") == 1


@pytest.mark.parametrize(("share", "said"), [(1.0, "100 %"), (0.996, "100 %"), (0.123, "12 %"), (0.00123, "0.12 %")])
def test_what_would_pass_without_a_requirement_in_words(share, said):
    row = YieldRow("it", "require", Origin(), 100, 0, share)
    assert row.relief == f"; without it {said} of the attempts would pass"
