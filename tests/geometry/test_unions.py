"""Areas, perimeters, overlaps and what is hidden, against shapely and formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from pgt_dsl.geometry import measures
from pgt_dsl.geometry.hulls import convex
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.geometry.unions import MANY, _skin_of_many, areas, edges_of, perimeters, union_depths
from tests.geometry import cases as g

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=15, deadline=None)


def test_formulas() -> None:
    assert areas(g.disc(5, 3)) == pytest.approx([9 * np.pi])
    assert perimeters(g.disc(5, 3)) == pytest.approx([6 * np.pi])
    assert areas(g.box(0, 4, 6, 30)) == pytest.approx([24])
    assert perimeters(g.box(0, 4, 6, 30)) == pytest.approx([20])
    assert areas(g.stroke(0, 10, width=2)) == pytest.approx([20 + np.pi])
    assert perimeters(g.stroke(0, 10, width=2)) == pytest.approx([20 + 2 * np.pi])


def test_the_overlap_of_discs_among_shapes_of_several_pieces() -> None:
    one, two = (g.beside_nothing(g.disc(at, 5)) for at in (10, 14))
    alone = measures.overlap(g.shaped(g.disc(10, 5), g.disc(14, 5)))
    assert 0.3 < alone[0] < 0.7
    assert measures.overlap(g.shaped(one, two)) == pytest.approx(alone)


def test_what_is_convex() -> None:
    forms = {
        "a square": ([0, 10, 10 + 10j, 10j], True, True), "the other way round": ([10j, 10 + 10j, 10, 0], True, True),
        "a dart": ([0, 10 + 4j, 20, 10 + 20j], True, False), "twice around": ([0, 9, 9j, 4 - 9j, 12 + 5j], True, False),
        "a straight line": ([0, 10 + 5j, 20 + 10j], False, True), "a bent line": ([0, 10, 10 + 10j], False, False),
        "a point": ([3 + 3j], False, True),
    }  # fmt: skip
    points = np.array([[*corners, *[corners[-1]] * (6 - len(corners))] for corners, _, _ in forms.values()])
    found = convex(points, np.array([closed for _, closed, _ in forms.values()]))
    assert dict(zip(forms, found.tolist(), strict=True)) == {name: wanted for name, (_, _, wanted) in forms.items()}


@pytest.mark.parametrize("corners", [20, 40])
def test_the_outline_of_a_tangle_of_many_edges_is_traced(corners: int) -> None:
    rng = np.random.default_rng(corners)
    steps = rng.normal(size=(2, corners)) * 30
    tangle = g.stroke(*(np.cumsum(steps[0]) + 1j * np.cumsum(steps[1])), width=6)
    assert (edges_of(tangle).number[0] > MANY) == (corners == 40)
    assert perimeters(tangle)[0] == pytest.approx(g.solid(tangle, 0).length, rel=3e-3)
    start, end = _skin_of_many(edges_of(tangle), 0)
    assert perimeters(tangle)[0] == pytest.approx(np.abs(end - start).sum())
    assert union_depths(tangle, tangle.verts[:, 0, 7])[0] == pytest.approx(
        g.solid(tangle, 0).boundary.distance(Point(tangle.verts[0, 0, 7].real, tangle.verts[0, 0, 7].imag)), abs=0.05
    )


@FEW
@given(SEEDS)
def test_unions_of_pieces(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = g.arrows(rng, 10)
    size, length = areas(shapes), perimeters(shapes)
    for k in range(10):
        assert size[k] == pytest.approx(g.solid(shapes, k).area, rel=1e-2)
        assert length[k] == pytest.approx(g.solid(shapes, k).length, rel=1e-2)


def test_a_bent_stroke_counts_its_joint_once() -> None:
    bent = g.stroke(0, 40, 40 + 40j, width=8)
    assert areas(bent)[0] == pytest.approx(g.solid(bent, 0).area, rel=1e-2)
    assert perimeters(bent)[0] == pytest.approx(g.solid(bent, 0).length, rel=1e-2)


@FEW
@given(SEEDS)
def test_overlaps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for a, b in ((g.figures(rng, 20, canvas=80), g.figures(rng, 20, canvas=80)),
                 (g.arrows(rng, 10, canvas=80), g.figures(rng, 10, canvas=80))):  # fmt: skip
        found = measures.overlap(g.shaped(a, b))
        for k in range(len(found)):
            p, q = g.solid(a, k), g.solid(b, k)
            assert found[k] == pytest.approx(p.intersection(q).area / min(p.area, q.area), abs=0.01)


def test_overlap_of_discs_is_exact() -> None:
    half = measures.overlap(g.shaped(g.disc(0, 10), g.disc(10, 10)))[0]
    assert half == pytest.approx((2 * np.pi / 3 - np.sqrt(3) / 2) / np.pi)
    assert measures.overlap(g.shaped(g.disc(0, 10), g.disc(1, 3))) == pytest.approx([1])
    assert measures.overlap(g.shaped(g.disc(0, 10), g.disc(30, 3))) == [0]


@pytest.mark.parametrize("scale", [0.01, 0.05, 3.0])
def test_overlap_of_discs_has_no_size(scale: float) -> None:
    large, small = g.disc(0, 10 * scale), g.disc(12 * scale, 6 * scale)
    lens = measures.overlap(g.shaped(g.disc(0, 100), g.disc(120, 60)))
    assert 0.2 < lens[0] < 0.4
    assert measures.overlap(g.shaped(large, small)) == pytest.approx(lens)
    assert measures.overlap(g.shaped(small, large)) == pytest.approx(lens)


def test_iou_is_of_boxes() -> None:
    assert measures.iou(g.shaped(g.box(0, 10, 10), g.box(5, 10, 10))) == pytest.approx([1 / 3])
    assert measures.iou(g.shaped(g.disc(0, 5), g.box(0, 10, 10))) == pytest.approx([1])


def stack() -> tuple[Outline, g.Scene]:
    """A box 10 x 10, half of it under a disc-free bar, and a ring that hides nothing."""
    parts = [g.box(0, 10, 10), g.box(5, 10, 20), g.box(0, 30, 30)]
    o = Outline(*(np.concatenate([getattr(p, n) for p in parts])[None] for n in ("verts", "count", "closed", "radius")))
    fill = np.array([[0x000000, 0xFFFFFF, -1]])
    shapes = (np.arange(3), np.ones((1, 3), bool), o, np.array([[0, 1, 2]]), fill)
    return o, g.Scene(np.array([100.0]), np.array([100.0]), shapes, luma=50.0)


def test_visible_and_contrast() -> None:
    o, scene = stack()

    def call(k: int) -> g.Call:
        one = Outline(o.verts[:, k], o.count[:, k], o.closed[:, k], o.radius[:, k])
        return g.Call((g.Value(np.array([k])),), (), {0: one},
                      {(0, "order"): np.array([k]), (0, "fill"): scene.shapes[4][:, k], (0, "outline"): np.array([0])},
                      scene)  # fmt: skip

    assert measures.visible(call(0)) == pytest.approx([0.5])
    assert measures.visible(call(1)) == pytest.approx([1.0])
    assert measures.contrast(call(0)) == pytest.approx([0.5])  # black on the background's 50
    # white, a quarter of it over black (50 of 200), the rest over 50
    assert measures.contrast(call(1)) == pytest.approx([1 - (0.25 * 0 + 0.75 * 0.5)], abs=0.01)
