"""Crossings, shared stretches, angles, and arrangements of several shapes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from pgt_dsl.geometry import measures
from pgt_dsl.geometry.arrangements import SURE
from pgt_dsl.geometry.lines import angles, meetings, shared_lengths
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.program.inputs import Value
from tests.geometry import cases as g

SEEDS = st.integers(0, 10_000)


def paths(rng: np.random.Generator, n: int, corners: int) -> Outline:
    verts = rng.uniform(0, 100, (n, 1, corners)) + 1j * rng.uniform(0, 100, (n, 1, corners))
    return Outline(verts, np.full((n, 1), corners), np.zeros((n, 1), bool), np.full((n, 1), 2.0))


def string(o: Outline, k: int) -> LineString:
    return LineString([(z.real, z.imag) for z in o.verts[k, 0]])


def test_a_cross() -> None:
    found = meetings(g.stroke(0, 10), g.stroke(4 - 3j, 4 + 5j))
    assert (found.number[0], found.first[0]) == (1, 4)
    assert found.hold == pytest.approx([3])
    assert found.slack == pytest.approx([3])


def test_a_line_among_arrows_is_a_line() -> None:
    found = meetings(g.beside_nothing(g.stroke(0, 10)), g.arrow(4 - 3j, 4 + 5j))
    assert (found.number[0], found.first[0]) == (1, pytest.approx(4))


def test_a_near_miss() -> None:
    found = meetings(g.stroke(0, 10), g.stroke(4 + 2j, 4 + 9j))
    assert (found.number[0], np.isnan(found.first[0])) == (0, True)
    assert found.gap == pytest.approx([2])
    assert found.slack == pytest.approx([2])


def test_a_corner_that_nearly_comes_back() -> None:
    # a hook dips 1 under the line: it crosses twice, and not at all when shifted by 1
    found = meetings(g.stroke(0, 20), g.stroke(5 - 10j, 10 + 1j, 15 - 10j))
    assert found.number[0] == 2
    assert found.slack == pytest.approx([1])
    # and so does whether it crosses at all, however far its ends are from the line
    hook = g.stroke(5 - 10j, 10 + 1j, 15 - 10j)
    assert measures.crosses_slack(g.shaped(g.stroke(0, 20), hook)) == pytest.approx([1])


def test_an_arrow_reaches_to_its_tip() -> None:
    assert meetings(g.arrow(0, 100), g.stroke(98 - 5j, 98 + 5j)).number[0] == 1


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_crossings_are_those_of_shapely(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = paths(rng, 20, 4), paths(rng, 20, 3)
    found = meetings(a, b)
    shared = shared_lengths(a, b)
    for k in range(20):
        common = string(a, k).intersection(string(b, k))
        assert found.number[k] == len(getattr(common, "geoms", [common] if not common.is_empty else []))
        near = string(a, k).intersection(string(b, k).buffer(4.0, quad_segs=64)).length
        assert shared[k] == pytest.approx(near, abs=0.1)
        if found.number[k] == 0:
            assert found.gap[k] == pytest.approx(string(a, k).distance(string(b, k)))


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.floats(0, 360))
def test_shifts_within_the_slack_keep_the_number(seed: int, way: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = paths(rng, 30, 4), paths(rng, 30, 4)
    found = meetings(a, b)
    step = found.slack * 0.99 * np.exp(1j * np.radians(way))
    assert (meetings(g.moved(a, step), b).number == found.number).all()


def test_angles() -> None:
    assert angles(g.stroke(0, 10), g.stroke(0, -10 - 10j)) == pytest.approx([45])
    assert angles(g.stroke(0, 10), g.stroke(5j, 20 + 5j)) == pytest.approx([0])
    assert angles(g.arrow(0, 100), g.stroke(0, 3j)) == pytest.approx([90])
    assert np.isnan(angles(g.stroke(1, 1), g.stroke(0, 1)))[0]


def test_signed_margin_of_a_crossing() -> None:
    assert measures.crosses_slack(g.shaped(g.stroke(0, 10), g.stroke(4 - 3j, 4 + 5j))) == pytest.approx([3])
    assert measures.crosses_slack(g.shaped(g.stroke(0, 10), g.stroke(4 + 2j, 4 + 9j))) == pytest.approx([-2])


def listed(places: list[complex], radius: float = 1.0) -> Outline:
    o = [g.disc(p, radius) for p in places]
    return Outline(*(np.concatenate([getattr(x, n) for x in o])[None] for n in g.PARTS))


def test_clusters() -> None:
    o = listed([0, 5, 20, 26, 90])
    mask = np.array([[True, True, True, True, False]])
    call = g.Call((Value(np.arange(5)[None], mask), Value(np.array([4.5]))), g.types("shape[] length"), {0: o})
    assert measures.clusters(call)[0] == 2
    assert measures.clusters_slack(call) == pytest.approx([0.5])  # the gap of 4 between the third and the fourth


def test_the_slack_of_clusters_knows_no_more_than_how_deep_forks_are_caught() -> None:
    # a bar hooks an arm of a V by its end: some 5 px free it, though the hull of the V is 10 px deep there
    fork, bar = g.stroke(0, 50 + 100j, 100, width=4), g.stroke(4 + 10j, 60 + 10j, 60 + 10j, width=4)
    both = Outline(*(np.concatenate([getattr(o, n) for o in (fork, bar)])[None] for n in g.PARTS))
    mask = np.ones((1, 2), bool)
    call = g.Call((Value(np.arange(2)[None], mask), Value(np.array([2.0]))), g.types("shape[] length"), {0: both})
    assert measures.clusters(call)[0] == 1
    assert 2 < measures.clusters_slack(call)[0] <= 2 + 4


def congruent(xs: list[complex], ys: list[complex]) -> g.Call:
    args = tuple(Value(np.arange(len(v))[None], np.ones((1, len(v)), bool)) for v in (xs, ys))
    return g.Call(args, g.types("shape[] shape[]"), {}, {(0, "at"): np.array([xs]), (1, "at"): np.array([ys])})


def test_congruent() -> None:
    xs = [0, 10, 10 + 30j, -20 + 5j]
    ys = [7 + (p - 3j) * np.exp(0.7j) for p in (xs[2], xs[0], xs[3], xs[1])]
    assert measures.congruent(congruent(xs, ys))[0]
    assert measures.congruent_slack(congruent(xs, ys))[0] == SURE
    mirrored = [np.conj(p) for p in xs]
    assert not measures.congruent(congruent(xs, mirrored))[0]
    moved = [ys[0] + 12, *ys[1:]]
    assert -12 < measures.congruent_slack(congruent(xs, moved))[0] < -2
    near = congruent(xs, [ys[0] + 0.5, *ys[1:]])
    assert measures.congruent(near)[0]
    assert 0 < measures.congruent_slack(near)[0] < 1
    assert not measures.congruent(congruent(xs, ys[1:]))[0]


def test_places_drawn_in_each_scene_against_places_that_stand_fast() -> None:
    fixed = [0, 10, 10 + 30j]
    drawn = [[5 + p for p in fixed], [5 + 2 * p for p in fixed]]
    one = congruent(fixed, fixed)
    for xs, ys in ((drawn, [fixed]), ([fixed], drawn)):
        call = g.Call(one.args, one.types, {}, {(0, "at"): np.array(xs), (1, "at"): np.array(ys)})
        assert measures.congruent(call).tolist() == [True, False]


def test_reachable() -> None:
    places = [0, 10, 20, 30]
    links = [g.stroke(10, 0), g.stroke(20, 10)]
    o = Outline(*(np.concatenate([getattr(x, n) for x in links])[None] for n in ("verts", "count", "closed", "radius")))
    everything = [Value(np.arange(k)[None], np.ones((1, k), bool)) for k in (4, 2)]

    def ask(a: int, b: int, mask: list[bool]) -> bool:
        args = (everything[0], Value(everything[1].data, np.array([mask])), Value(np.array([a])), Value(np.array([b])))
        call = g.Call(args, g.types("shape[] shape[] shape shape"), {1: o}, {(0, "at"): np.array([places])})
        return bool(measures.reachable(call)[0])

    assert ask(0, 2, [True, True])
    assert ask(2, 0, [True, True])
    assert not ask(0, 3, [True, True])
    assert not ask(0, 2, [True, False])
