"""The outlines of the kinds: sizes, places, turns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgt_dsl.builtin.values import FORMS
from pgt_dsl.geometry import outlines
from pgt_dsl.geometry.pieces import bounds
from pgt_dsl.geometry.unions import areas
from pgt_dsl.program.strings import intern
from tests.geometry.cases import floats

ZERO = floats(0.0)


def box(o: outlines.Outline) -> tuple[float, ...]:
    return tuple(float(b[0]) for b in bounds(o))


@pytest.mark.parametrize("form", FORMS)
def test_forms_fit_their_size_and_are_centred(form: str) -> None:
    made = outlines.figure({"form": np.array([intern(form)]), "size": floats(60), "turn": ZERO})
    x0, y0, x1, y1 = box(made)
    assert max(x1 - x0, y1 - y0) == pytest.approx(60)
    assert (x0 + x1, y0 + y1) == pytest.approx((0, 0), abs=1e-9)


def test_areas_of_forms() -> None:
    known = {"circle": np.pi / 4, "square": 1, "rectangle": 0.6, "cross": 5 / 9, "triangle": np.sqrt(3) / 4,
             "diamond": 0.35}  # fmt: skip
    for form, share in known.items():
        made = outlines.figure({"form": np.array([intern(form)]), "size": floats(10), "turn": floats(20)})
        assert areas(made)[0] == pytest.approx(100 * share)


def test_a_triangle_points_up_and_turns_clockwise() -> None:
    up = outlines.figure({"form": np.array([intern("triangle")]), "size": floats(10), "turn": ZERO})
    assert up.verts[0, 0].imag.argmin() == 0
    assert up.verts[0, 0, 0].real == pytest.approx(0)
    turned = outlines.figure({"form": np.array([intern("triangle")]), "size": floats(10), "turn": floats(90)})
    assert turned.verts[0, 0].real.argmax() == 0  # what was up is now to the right


def test_mixed_forms_are_padded_by_their_last_corner() -> None:
    codes = np.array([intern(f) for f in ("heart", "square", "circle")])
    made = outlines.figure({"form": codes, "size": floats(1, 2, 3), "turn": floats(0, 45, 0)})
    assert made.count[:, 0].tolist() == [40, 4, 1]
    assert made.closed[:, 0].tolist() == [True, True, False]
    assert (made.verts[1, 0, 4:] == made.verts[1, 0, 3]).all()
    assert made.radius[:, 0].tolist() == [0, 0, 1.5]


def test_polygons_are_regular() -> None:
    made = outlines.polygon({"sides": np.array([3, 7]), "size": floats(20, 20), "turn": floats(0, 10)})
    assert made.count[:, 0].tolist() == [3, 7]
    sides = np.abs(made.verts[1, 0] - np.roll(made.verts[1, 0], 1))
    assert sides == pytest.approx(20 * np.sin(np.pi / 7))
    assert np.abs(made.verts[0, 0]) == pytest.approx(10)


def test_ellipse_and_rect() -> None:
    fields = {"width": floats(30), "height": floats(12), "turn": ZERO}
    assert box(outlines.ellipse(fields)) == pytest.approx((-15, -6, 15, 6))
    assert box(outlines.rect(fields)) == pytest.approx((-15, -6, 15, 6))
    assert box(outlines.rect({**fields, "turn": floats(90)})) == pytest.approx((-6, -15, 6, 15))
    assert areas(outlines.ellipse(fields))[0] == pytest.approx(np.pi * 15 * 6, rel=2e-3)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 0.4), st.floats(0, 360), st.floats(0, 360))
def test_blobs(wobble: float, one: float, two: float) -> None:
    fields = {"wobble": floats(wobble), "phase": floats(one), "phase2": floats(two), "size": floats(50), "turn": ZERO}
    made = outlines.blob(fields)
    x0, y0, x1, y1 = box(made)
    assert max(x1 - x0, y1 - y0) == pytest.approx(50)
    corners = made.verts[0, 0] - made.verts[0, 0].mean()
    turn = np.angle(np.roll(corners, -1) / corners)
    assert (turn > 0).all() and turn.sum() == pytest.approx(2 * np.pi)  # goes round once: no knots


def test_line_and_arrow() -> None:
    fields = {"length": floats(100), "stroke": floats(4), "turn": floats(90)}
    assert box(outlines.line(fields)) == pytest.approx((-2, -52, 2, 52))
    made = outlines.arrow(fields)
    assert made.count[0].tolist() == [2, 3]
    assert made.verts[0, 1, 0] == pytest.approx(50j)  # the tip is the end
    assert box(made) == pytest.approx((-10, -52, 10, 50))
    assert outlines.head_length(floats(100, 100, 20), floats(4, 1, 4)) == pytest.approx([20, 16, 9])


def test_paths_skip_what_is_masked() -> None:
    points = np.array([[0, 5 + 5j, 10, 20]])
    mask = np.array([[True, False, True, True]])
    made = outlines.path({"points": points, "points.mask": mask, "at": np.array([1j]), "stroke": floats(2)})
    assert made.count[0, 0] == 3
    assert made.verts[0, 0].tolist() == [-1j, 10 - 1j, 20 - 1j, 20 - 1j]


def test_curves_pass_their_points_smoothly() -> None:
    through = np.array([[0, 40 + 30j, 90, 100 + 60j]])
    made = outlines.curve(
        {"through": through, "through.mask": np.ones((1, 4), bool), "at": np.array([0j]), "stroke": floats(2)}
    )
    verts = made.verts[0, 0]
    assert made.count[0, 0] == 49
    assert verts[::16].tolist() == pytest.approx(through[0].tolist())
    turn = np.degrees(np.angle(np.diff(verts)[1:] / np.diff(verts)[:-1]))
    assert np.abs(turn).max() < 25


def test_shorter_curves_of_a_batch_do_not_change() -> None:
    long = np.array([[0, 10 + 5j, 20, 31], [0, 10 + 5j, 20, 0]])
    mask = np.array([[True] * 4, [True] * 3 + [False]])
    verts, number = outlines.spline(*outlines.packed(long, mask))
    alone, _ = outlines.spline(long[1:, :3], np.array([3]))
    assert number.tolist() == [49, 33]
    assert (verts[1, :33] == alone[0]).all() and (verts[1, 33:] == alone[0, -1]).all()


def test_two_equal_points_do_not_break_a_curve() -> None:
    verts, _ = outlines.spline(np.array([[5, 5, 20, 20 + 0j]]), np.array([4]))
    assert np.isfinite(verts).all()


def test_text_is_as_wide_as_its_ink() -> None:
    codes = np.array([intern("river"), intern("I")])
    made = outlines.text({"text": codes, "size": floats(20, 20), "turn": floats(0, 0)})
    x0, _, x1, _ = bounds(made)
    assert 30 < x1[0] - x0[0] < 80
    assert x1[1] - x0[1] < 15
