"""Gaps, margins and clearances against shapely and against their own laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from pgt_dsl.geometry.distance import apart, clearance, margin
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.geometry.pieces import bounds
from tests.geometry import cases as g

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=25, deadline=None)


def turned(o: Outline, by: float, about: complex) -> Outline:
    return Outline((o.verts - about) * np.exp(1j * np.radians(by)) + about, o.count, o.closed, o.radius)


def test_discs() -> None:
    assert apart(g.disc(0, 3), g.disc(10, 2)) == pytest.approx([5])
    assert apart(g.disc(0, 3), g.disc(1, 2)) == pytest.approx([1 - 5])


def test_disc_and_square() -> None:
    square = g.box(0, 10, 10)
    assert apart(g.disc(12, 3), square) == pytest.approx([4])
    assert apart(g.disc(8 + 9j, 2), square) == pytest.approx([3])
    # the centre is inside: 1 out to the nearest side, and the radius
    assert apart(g.disc(4, 2), square) == pytest.approx([-3])


def test_overlapping_boxes_separate_along_the_shorter_way() -> None:
    assert apart(g.box(0, 10, 10), g.box(7 + 2j, 10, 10)) == pytest.approx([-3])
    assert apart(g.box(0, 10, 10), g.box(5, 10, 10)) == pytest.approx([-5])
    # crossed bars: no corner of one lies in the other
    assert apart(g.box(0, 20, 4), g.box(0, 4, 20)) == pytest.approx([-12])
    # one in the other
    assert apart(g.box(0, 20, 20), g.box(4, 2, 2)) == pytest.approx([-(10 - 4 + 1)])


def test_touching_is_no_gap() -> None:
    assert apart(g.box(0, 10, 10), g.box(10, 10, 10)) == pytest.approx([0])
    assert apart(g.stroke(0, 10, width=2), g.stroke(5 - 5j, 5 + 5j, width=2)) == pytest.approx([-5 - 2])


@FEW
@given(SEEDS)
def test_gaps_are_those_of_shapely(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = g.figures(rng, 40), g.figures(rng, 40)
    found = apart(a, b)
    for k in range(40):
        expected = g.core(a, k).distance(g.core(b, k))
        if expected > 0:
            assert found[k] == pytest.approx(expected - a.radius[k, 0] - b.radius[k, 0], abs=1e-9)
        else:
            assert found[k] <= 0


@FEW
@given(SEEDS, st.floats(-500, 500), st.floats(0, 360))
def test_gaps_are_symmetric_and_do_not_feel_motions(seed: int, shift: float, turn: float) -> None:
    rng = np.random.default_rng(seed)
    a, b = g.figures(rng, 20), g.arrows(rng, 20)
    found = apart(a, b)
    assert apart(b, a) == pytest.approx(found, abs=1e-7)
    step = shift * (1 + 0.3j)
    assert apart(g.moved(a, [step]), g.moved(b, [step])) == pytest.approx(found, abs=1e-7)
    assert apart(turned(a, turn, 10 + 5j), turned(b, turn, 10 + 5j)) == pytest.approx(found, abs=1e-7)


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_moving_by_the_depth_separates(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = g.figures(rng, 30, canvas=80), g.figures(rng, 30, canvas=80)
    depth = np.minimum(apart(a, b), 0)
    # the depth is the least over all directions: no direction separates hulls by less
    for angle in np.arange(0, 360, 15):
        away = np.exp(1j * np.radians(angle)) * -depth * 0.98
        still = apart(g.moved(a, away), b)
        hulls = [g.core(a, k).convex_hull.intersects(g.core(b, k).convex_hull) for k in range(30)]
        convex = np.isin(a.count[:, 0], (3, 4, 5, 6)) & np.isin(b.count[:, 0], (3, 4, 5, 6)) & np.array(hulls)
        assert (still[convex & (depth < -1)] < 0).all()


def test_leading_dimensions_broadcast_and_rows_do_not_matter() -> None:
    rng = np.random.default_rng(5)
    a, b = g.figures(rng, 6), g.figures(rng, 4)

    def lead(o: Outline, *shape: int) -> Outline:
        return Outline(*(x.reshape(*shape, *x.shape[1:]) for x in (o.verts, o.count, o.closed, o.radius)))

    table = apart(lead(a, 6, 1), lead(b, 1, 4))
    assert table.shape == (6, 4)
    for i in range(6):
        for j in range(4):
            one = apart(
                *(Outline(o.verts[[k]], o.count[[k]], o.closed[[k]], o.radius[[k]]) for o, k in ((a, i), (b, j)))
            )
            assert one[0] == table[i, j]  # to the last bit


def test_nothing_is_infinitely_far() -> None:
    nothing = g.disc(0, 1)
    nothing = Outline(nothing.verts, nothing.count * 0, nothing.closed, nothing.radius)
    assert apart(nothing, g.disc(0, 1)) == [np.inf]


@FEW
@given(SEEDS)
def test_margins_are_distances_to_the_outline(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for shapes in (g.figures(rng, 15, canvas=100), g.arrows(rng, 15, canvas=100)):
        points = rng.uniform(0, 100, 15) + 1j * rng.uniform(0, 100, 15)
        found = margin(shapes, points)
        for k in range(15):
            whole, p = g.solid(shapes, k), Point(points[k].real, points[k].imag)
            distance = whole.boundary.distance(p)
            assert found[k] == pytest.approx(distance if whole.covers(p) else -distance, abs=0.03)


def test_clearance() -> None:
    ring = g.disc(0, 10)
    assert clearance(g.disc(3, 2), ring) == pytest.approx([5])
    assert clearance(g.disc(9, 2), ring) == pytest.approx([-1])
    assert clearance(g.box(0, 4, 4), g.box(0, 10, 10)) == pytest.approx([3])
    assert clearance(g.box(0, 10, 10), g.box(0, 10, 10)) == pytest.approx([0])
    assert clearance(g.box(5, 4, 4), g.box(0, 10, 10)) == pytest.approx([-2])
    assert clearance(g.disc(2, 1), g.arrow(-50, 50, 10)) == pytest.approx([4])


def test_a_bar_over_a_notch_is_not_inside() -> None:
    notched = g.polygon(0, 10, 10 + 10j, 5 + 4j, 10j)
    bar = g.polygon(1 + 5j, 9 + 5j, 9 + 5.5j, 1 + 5.5j)
    assert clearance(bar, notched)[0] == pytest.approx(-1, abs=0.6)
    assert clearance(g.box(5 + 2j, 4, 2), notched)[0] == pytest.approx(1)


@FEW
@given(SEEDS)
def test_what_is_inside_is_covered(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = g.figures(rng, 40, canvas=60, high=40), g.figures(rng, 40, canvas=60, low=60, high=200)
    found = clearance(a, b)
    for k in range(40):
        if abs(found[k]) > 0.05:
            assert g.solid(b, k).covers(g.solid(a, k)) == (found[k] > 0)


def test_bounds() -> None:
    x0, y0, x1, y1 = bounds(g.stroke(0, 10 + 4j, width=2))
    assert (x0[0], y0[0], x1[0], y1[0]) == (-1, -1, 11, 5)
