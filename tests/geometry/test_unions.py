"""Areas, perimeters, overlaps and what is hidden, against shapely and formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgt_dsl.geometry import measures
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.geometry.unions import areas, perimeters
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
