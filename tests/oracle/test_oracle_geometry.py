"""Outlines and measures of the oracle against geometry worked out by hand."""

from __future__ import annotations

import math
import random
from itertools import combinations

import pytest
from shapely import MultiPolygon, box
from worlds import shape

from pgt_dsl.geometry import oracle_functions as f
from pgt_dsl.geometry import oracle_lines as lines
from pgt_dsl.geometry.oracle import Seen, UndefinedValueError, World, gap, gaps, pieces_of
from pgt_dsl.geometry.oracle_outlines import curve_points
from pgt_dsl.program.oracle_ops import EDGES
from pgt_dsl.program.oracle_values import matches, same

FORMS = [
    "circle",
    "square",
    "triangle",
    "pentagon",
    "hexagon",
    "star",
    "cross",
    "heart",
    "diamond",
    "ellipse",
    "rectangle",
]


@pytest.mark.parametrize("form", FORMS)
def test_the_larger_side_of_a_form_is_its_size_and_its_box_is_centred(form: str) -> None:
    x0, y0, x1, y1 = shape("figure", form=form, size=60.0, at=100 + 80j).box
    assert max(x1 - x0, y1 - y0) == pytest.approx(60, rel=1e-4)
    assert ((x0 + x1) / 2, (y0 + y1) / 2) == pytest.approx((100, 80), abs=1e-9)


def test_forms_have_their_proportions() -> None:
    def area(form: str) -> float:
        return f.area(shape("figure", form=form, size=60.0, at=0j))

    assert area("circle") == pytest.approx(math.pi * 900)
    assert area("square") == pytest.approx(3600)
    assert area("rectangle") == pytest.approx(2160)
    assert area("diamond") == pytest.approx(0.7 * 60 * 60 / 2)
    assert area("cross") == pytest.approx(5 * 400)
    assert area("triangle") == pytest.approx(math.sqrt(3) / 4 * 3600)
    assert area("hexagon") == pytest.approx(3 * math.sqrt(3) / 2 * 900)
    assert area("ellipse") == pytest.approx(math.pi * 30 * 18, rel=2e-4)
    top = max(shape("figure", form="triangle", size=60.0, at=0j).pieces[0][0].exterior.coords, key=lambda c: -c[1])
    assert top[0] == pytest.approx(0)


def test_turning_is_clockwise_on_the_screen() -> None:
    arrow = shape("rect", width=40.0, height=10.0, at=0j, turn=90.0)
    assert arrow.box == pytest.approx((-5, -20, 5, 20))
    up = shape("figure", form="triangle", size=60.0, at=0j, turn=90.0)
    tip = max(up.pieces[0][0].exterior.coords, key=lambda c: c[0])
    assert tip[1] == pytest.approx(0)  # what points up points right after a quarter


def test_blob_fits_its_size_at_turn_0() -> None:
    x0, y0, x1, y1 = shape("blob", size=90.0, wobble=0.3, phase=40.0, phase2=200.0, at=50 + 50j).box
    assert max(x1 - x0, y1 - y0) == pytest.approx(90)
    assert (x0 + x1, y0 + y1) == pytest.approx((100, 100))


def test_arrow_ends_exactly_at_its_tip() -> None:
    arrow = shape("arrow", start=0j, to=100 + 0j, stroke=4.0)
    (shaft, radius), (head, none) = arrow.pieces
    assert (radius, none) == (2, 0)
    assert shaft.coords[-1] == (80, 0)
    assert head.bounds == pytest.approx((80, -10, 100, 10))
    assert arrow.box == pytest.approx((-2, -10, 100, 10))
    short = shape("arrow", start=0j, to=10 + 0j, stroke=4.0)
    assert short.pieces[1][0].bounds == pytest.approx((5.5, -2.25, 10, 2.25))


def test_curves_pass_through_their_points() -> None:
    through = [0j, 50 + 20j, 90 - 10j, 160 + 40j]
    points = curve_points(through)
    assert len(points) == 3 * 16 + 1
    assert [points[16 * k] for k in range(4)] == pytest.approx(through)
    straight = curve_points([0j, 10 + 0j, 20 + 0j])
    assert max(abs(p.imag) for p in straight) < 1e-12


def test_gaps_of_discs_and_strokes_are_exact() -> None:
    a, b = shape("circle", 0, at=0j, radius=10.0), shape("circle", 1, at=50 + 0j, radius=15.0)
    assert f.apart(a, b) == pytest.approx(25)
    assert f.apart(a, shape("circle", 1, at=20 + 0j, radius=15.0)) == pytest.approx(-5)
    assert f.apart(shape("line", 2, start=0 + 40j, to=9 + 40j, stroke=4.0), a) == pytest.approx(28)
    assert f.apart([a, b, shape("dot", 3, at=0 + 30j, radius=2.0)]) == pytest.approx(18)
    assert f.apart([a], [a, b]) == pytest.approx(25)
    assert f.apart([a]) == math.inf


def test_overlapping_cores_are_as_far_apart_as_it_takes_to_part_them() -> None:
    a, b = shape("square", 0, at=0j, size=20.0), shape("square", 1, at=14 + 3j, size=20.0)
    assert f.apart(a, b) == pytest.approx(-6)
    assert f.apart(shape("circle", 2, at=7 + 0j, radius=2.0), a) == pytest.approx(-5)
    cross = [shape("line", k, start=s, to=-s, stroke=2.0) for k, s in ((3, 10 + 0j), (4, 10j))]
    assert f.apart(*cross) == pytest.approx(-10 - 2)


def crowd() -> list[Seen]:
    """Shapes of all sorts on a canvas so small that many overlap."""
    rng = random.Random(4)
    found: list[Seen] = []
    for k, kind in enumerate(["figure", "circle", "line", "arrow", "square", "ellipse"] * 3):
        at, to = (complex(rng.uniform(0, 120), rng.uniform(0, 120)) for _ in range(2))
        fields = {"at": at, "size": rng.uniform(8, 30), "radius": rng.uniform(4, 15), "form": FORMS[k % len(FORMS)],
                  "start": at, "to": to, "width": 20.0, "height": 12.0, "turn": rng.uniform(0, 360)}  # fmt: skip
        found.append(shape(kind, k, **fields))
    return found


def test_all_gaps_at_once_are_those_one_by_one() -> None:
    pairs = list(combinations(crowd(), 2))
    at_once = gaps(pairs)
    one_by_one = [gap(a, b) for a, b in combinations(crowd(), 2)]
    assert at_once == pytest.approx(one_by_one)
    assert sum(g < 0 for g in at_once) > 20 and sum(g > 0 for g in at_once) > 20
    assert gaps([]) == []


@pytest.mark.parametrize("apart", [0.0, 3.0, 5.0, 9.0, 14.0, 19.9, 20.0, 25.0])
def test_discs_overlap_by_a_lens(apart: float) -> None:
    a, b = shape("circle", 0, at=0j, radius=12.0), shape("circle", 1, at=complex(0.6 * apart, 0.8 * apart), radius=8.0)
    polygons = a.geometry.intersection(b.geometry).area / b.geometry.area
    assert f.overlap(a, b) == pytest.approx(polygons, abs=1e-3)


def test_areas_and_lengths() -> None:
    line = shape("line", start=0j, to=30 + 40j, stroke=6.0)
    assert f.area(line) == pytest.approx(50 * 6 + 9 * math.pi)
    assert f.outline_length(line) == pytest.approx(100 + 6 * math.pi)
    assert f.outline_length(shape("circle", at=0j, radius=5.0)) == pytest.approx(10 * math.pi)
    path = shape("path", points=[0j, 100 + 0j, 100 + 100j], stroke=2.0)
    assert f.area(path) == pytest.approx(400 + math.pi - (1 - math.pi / 4), rel=1e-4)


def test_overlap_and_boxes() -> None:
    a, b = shape("square", at=0j, size=20.0), shape("square", 1, at=10 + 0j, size=20.0)
    assert f.overlap(a, b) == pytest.approx(0.5)
    assert f.overlap(a, shape("square", 1, at=0j, size=4.0)) == pytest.approx(1)
    assert f.overlap(a, shape("square", 1, at=40 + 0j, size=4.0)) == 0
    assert f.iou(a, b) == pytest.approx(1 / 3)


def test_inside_and_covers_know_by_how_much() -> None:
    disc = shape("circle", at=0j, radius=20.0)
    assert f.inside(shape("circle", at=5 + 0j, radius=10.0), disc).margin == pytest.approx(5)
    assert not f.inside(shape("circle", at=15 + 0j, radius=10.0), disc)
    square = shape("square", at=0j, size=40.0)
    small = f.inside(shape("square", at=0j, size=20.0), square, 4.0)
    assert small and small.margin == pytest.approx(6)
    assert not f.inside(shape("square", at=0j, size=20.0), square, 12.0)
    assert f.margin(square, 15 + 0j) == pytest.approx(5)
    assert f.margin(square, 25 + 0j) == pytest.approx(-5)
    assert f.covers(disc, 19j) and not f.covers(disc, 21j)
    assert f.margin(shape("arrow", start=0j, to=100 + 0j, stroke=4.0), 50 + 0j) == pytest.approx(2, rel=1e-3)


def painted(*shapes: Seen) -> World:
    world = World(400, 300, lambda: shapes, ("plain", {"color": "#ffffff"}))
    for one in shapes:
        one.world = world
    return world


def test_later_filled_shapes_hide_earlier_ones() -> None:
    below = shape("square", 0, at=0j, size=20.0, fill="#ff0000")
    half = shape("square", 1, at=10 + 0j, size=20.0, fill="#000000")
    ring = shape("square", 2, at=0j, size=20.0, fill="none", outline="#000000")
    painted(below, half, ring)
    assert f.visible(below) == pytest.approx(0.5)
    assert f.visible(half) == pytest.approx(1)


def test_contrast_is_with_what_lies_beneath() -> None:
    sheet = shape("square", 0, at=0j, size=20.0, fill="#000000")
    spot = shape("square", 1, at=10 + 0j, size=10.0, fill="#000000")
    painted(sheet, spot)
    assert f.contrast(sheet) == pytest.approx(1, abs=1e-4)
    assert f.contrast(spot) == pytest.approx(0.5, abs=1e-4)


@pytest.mark.parametrize(("x", "light"), [(-20, 0.0), (120, 1.0)])
def test_a_gradient_ends_with_its_colours(x: int, light: float) -> None:
    """Beyond the canvas as at its sides: it runs along `turn`, through the middle."""
    spot = shape("square", 0, at=complex(x, 50), size=10.0, fill="#000000")
    colours = {"from_color": "#000000", "to_color": "#ffffff", "turn": 0.0}
    spot.world = World(100, 100, lambda: (spot,), ("gradient", colours))
    assert f.contrast(spot) == pytest.approx(light, abs=1e-4)


def test_a_line_without_length_has_no_angle() -> None:
    point = shape("line", 0, start=5 + 5j, to=5 + 5j)
    with pytest.raises(UndefinedValueError):
        lines.angle(point, shape("line", 1, start=0j, to=9 + 0j))
    assert lines.angle(shape("line", 0, start=0j, to=1 + 0j), shape("line", 1, start=0j, to=1j)) == pytest.approx(90)


def test_edges_of_a_disc() -> None:
    disc = shape("circle", at=30 + 70j, radius=10.0)
    edges = {name: read(disc) for name, read in EDGES.items()}
    assert [edges[k] for k in ("left", "top", "right", "bottom", "width", "height")] == pytest.approx(
        [20, 60, 40, 80, 20, 20]
    )


def test_several_polygons_of_a_kind_are_as_large_as_they_are() -> None:
    two = MultiPolygon([box(0, 0, 10, 10), box(20, 0, 30, 10)])
    assert [(part.area, radius) for part, radius in pieces_of(two)] == [(100, 0), (100, 0)]


def test_lists_are_the_same_when_all_items_are() -> None:
    assert same([1.0, 2.0], [1.0, 2.0])
    assert not same([1.0, 2.0], [1.0, 3.0])


def test_the_box_of_an_ellipse_may_be_off_by_what_ellipses_are_off() -> None:
    ellipse = shape("ellipse", at=100 + 100j, width=100.0, height=60.0)
    assert ellipse.slop > 0.01
    near, far = (list(ellipse.box) for _ in range(2))
    near[0] += 0.9 * ellipse.slop
    far[0] += 3 * ellipse.slop
    assert matches(near, ellipse) and not matches(far, ellipse)


def test_lines_cross() -> None:
    a = shape("line", 0, start=0j, to=100 + 0j)
    b = shape("line", 1, start=30 - 10j, to=30 + 40j)
    crossed = lines.crosses(a, b)
    assert crossed and crossed.margin == pytest.approx(10)
    assert not lines.crosses(a, shape("line", 1, start=30 + 10j, to=30 + 40j))
    assert lines.meeting(a, b) == pytest.approx(30)
    assert lines.angle(a, b) == pytest.approx(90)
    zigzag = shape("path", 2, points=[0 + 10j, 20 - 10j, 40 + 10j, 60 - 10j])
    assert lines.crossings(a, zigzag) == 3
    with pytest.raises(UndefinedValueError):
        lines.meeting(a, shape("line", 3, start=5j, to=10 + 5j))
    with pytest.raises(UndefinedValueError):
        lines.crosses(a, shape("circle", at=0j, radius=3.0))


def test_lines_run_along_each_other() -> None:
    a = shape("line", 0, start=0j, to=100 + 0j, stroke=3.0)
    assert lines.shared(a, shape("line", 1, start=40 + 1j, to=200 + 1j, stroke=3.0)) == pytest.approx(
        60 + math.sqrt(8), rel=1e-3
    )
    assert lines.shared(a, shape("line", 1, start=50 - 50j, to=50 + 50j, stroke=3.0)) == pytest.approx(6, rel=1e-3)


def test_links_reach_and_groups_cluster() -> None:
    dots = [shape("dot", k, at=complex(30 * k, 0), radius=2.0) for k in range(4)]
    links = [shape("line", 9, start=dots[0].at, to=dots[1].at), shape("line", 8, start=dots[2].at, to=dots[1].at)]
    assert lines.reachable(dots, links, dots[0], dots[2])
    assert not lines.reachable(dots, links, dots[0], dots[3])
    assert f.clusters(dots, 27.0) == 1
    assert f.clusters(dots, 26.0) == 4


def test_congruence_is_decided_by_what_is_left_over_beyond_a_pixel() -> None:
    dots = [shape("dot", k, at=z, radius=2.0) for k, z in enumerate((0j, 100 + 0j, 50 + 200j))]
    spoilt = [shape("dot", 9 + k, at=z, radius=2.0) for k, z in enumerate((0j, 100 + 0j, 50 + 212j))]
    left = 8.0  # a third of 12 px moves the middle; two thirds are left at the far point
    found = f.congruent(dots, spoilt)
    assert not found and found.margin == pytest.approx(left - 1)
    same = f.congruent(dots, dots)
    assert same and same.margin == pytest.approx(1)


def test_all_of_an_arrow_has_to_be_inside() -> None:
    around = shape("rect", 1, width=60.0, height=60.0, at=0j)
    assert f.inside(shape("arrow", 0, start=-20 + 0j, to=20 + 0j, stroke=2.0), around)
    assert not f.inside(shape("arrow", 0, start=-50 + 0j, to=20 + 0j, stroke=2.0), around)  # its shaft sticks out
    assert not f.inside(shape("arrow", 0, start=-20 + 0j, to=50 + 0j, stroke=2.0), around)  # its head does


def test_an_ellipse_of_a_form_is_wider_than_high() -> None:
    x0, y0, x1, y1 = shape("figure", form="ellipse", size=60.0, at=0j).box
    assert (x1 - x0, y1 - y0) == pytest.approx((60, 36), rel=1e-4)


def test_a_bounding_box_has_the_corners_of_what_it_is_around() -> None:
    disc = shape("circle", 0, at=30 + 70j, radius=10.0)
    assert shape("box", 1, around=disc).box == pytest.approx((20, 60, 40, 80))
    assert f.area(shape("box", 1, around=disc)) == pytest.approx(400)


def test_a_disc_may_be_given_by_its_size() -> None:
    assert f.area(shape("circle", 0, at=0j, size=20.0, radius=None)) == pytest.approx(100 * math.pi)


def test_congruent_sets_may_be_turned_but_not_mirrored() -> None:
    places = [0j, 40 + 0j, 40 + 25j, 10 + 60j]
    turn = complex(math.cos(1), math.sin(1))
    here = [shape("dot", k, at=p, radius=1.0) for k, p in enumerate(places)]
    there = [shape("dot", k, at=90 + p * turn, radius=1.0) for k, p in enumerate(places[::-1])]
    mirrored = [shape("dot", k, at=p.conjugate(), radius=1.0) for k, p in enumerate(places)]
    assert f.congruent(here, there)
    assert not f.congruent(here, mirrored)
    assert not f.congruent(here, there[:3])


def test_text_is_the_rectangle_that_it_fills() -> None:
    from pgt_dsl.paint.fonts import text_extent

    width, height = text_extent("Ag", 30.0)
    assert shape("text", text="Ag", size=30.0, at=0j).box == pytest.approx(
        (-width / 2, -height / 2, width / 2, height / 2)
    )
    turned = shape("text", text="Ag", size=30.0, at=0j, turn=90.0).box
    assert turned == pytest.approx((-height / 2, -width / 2, height / 2, width / 2))


def test_colours_match_to_within_whole_steps_of_their_channels() -> None:
    assert matches("#101112", "#101112") and not matches("#101113", "#101112")
    assert matches("#101113", "#101112", tolerance=1.0)
    assert not matches("#101114", "#101112", tolerance=1.0)
