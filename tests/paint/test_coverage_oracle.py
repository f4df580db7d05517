"""The exact picture, against areas and distances by shapely, and against rules worked out by hand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import shapely

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.paint.display import TextItem
from pgt_dsl.testing.coverage_oracle import covers, exact, is_convex, used_pieces
from pgt_dsl.testing.display_lists import Item, disc, display, paper, piece, union

SIDE = 48
TOLERANCE = 0.1  # of 255


def _quantised(outline: Outline) -> Outline:
    return Outline(
        np.round(outline.verts * 256) / 256, outline.count, outline.closed, np.round(outline.radius * 256) / 256
    )


def _drawn(kind: str, rng: np.random.Generator) -> Outline:
    points = rng.uniform(4, SIDE - 4, (5, 2)) @ np.array([1, 1j])
    return _quantised(
        {
            "disc": lambda: disc(points[0], rng.uniform(1, 16)),
            "polygon that crosses itself": lambda: piece(points),
            "polyline": lambda: piece(points, False, rng.uniform(0.3, 4)),
            "grown polygon": lambda: piece(points, True, rng.uniform(0.3, 3)),
            "union": lambda: union(piece(points[:3]), disc(points[3], 6.0), piece(points[3:], False, 2.0)),
            "nearly level": lambda: piece([2 + 9j, 45 + 9j + rng.integers(1, 40) / 256 * 1j, 20 + 30j]),
        }[kind]()
    )


def _geometry(outline: Outline) -> shapely.Geometry:
    """The exact shape; arcs by chords that leave them by 1e-4 px at most."""
    parts = []
    for core, count, closed, radius in zip(outline.verts, outline.count, outline.closed, outline.radius, strict=True):
        xy = np.column_stack((core[:count].real, core[:count].imag))
        if closed:
            parts.append(shapely.make_valid(shapely.Polygon(xy)))
            xy = np.concatenate((xy, xy[:1]))
        if radius:
            ends = (
                [shapely.Point(xy[0])]
                if len(xy) == 1
                else [shapely.LineString(xy[k : k + 2]) for k in range(len(xy) - 1)]
            )
            parts += [end.buffer(radius, quad_segs=250) for end in ends]
    return shapely.union_all(parts)


def _whole(outline: Outline, edge: int = -1, stroke: float = 0.0) -> tuple[npt.NDArray, npt.NDArray]:
    cover = covers(display(SIDE, SIDE, [Item(outline, edge=edge, stroke=stroke)]))[0]
    found = np.zeros((2, SIDE, SIDE))
    h, w = cover.outer.shape
    found[:, cover.y0 : cover.y0 + h, cover.x0 : cover.x0 + w] = cover.outer, cover.inner
    return found[0], found[1]


KINDS = ("disc", "polygon that crosses itself", "polyline", "grown polygon", "union", "nearly level")


@pytest.mark.parametrize("kind", KINDS)
def test_shares_are_the_areas_that_shapely_finds(kind: str) -> None:
    rng = np.random.default_rng(3)
    x, y = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    for _ in range(2):
        outline = _drawn(kind, rng)
        geometry = _geometry(outline)
        shapely.prepare(geometry)
        areas = shapely.area(shapely.intersection(shapely.box(x, y, x + 1, y + 1), geometry))
        assert np.abs(_whole(outline)[0] - areas).max() * 255 < TOLERANCE


@pytest.mark.parametrize("kind", KINDS)
def test_the_inner_part_is_what_lies_far_enough_from_the_boundary(kind: str) -> None:
    """By the distance of 64 x 64 points in a pixel, whose share is known to about a hundredth."""
    rng = np.random.default_rng(4)
    outline, stroke = _drawn(kind, rng), 1.25
    inner = _whole(outline, 0xFF0000, stroke)[1]
    geometry = _geometry(outline)
    boundary = shapely.boundary(geometry)
    shapely.prepare(geometry)
    shapely.prepare(boundary)
    rows, columns = np.nonzero((inner > 0.01) & (inner < 0.99))
    step = (np.arange(64) + 0.5) / 64
    for k in rng.permutation(len(rows))[:5]:
        points = shapely.points(*(g.ravel() for g in np.meshgrid(columns[k] + step, rows[k] + step)))
        share = (shapely.contains(geometry, points) & (shapely.distance(boundary, points) >= stroke)).mean()
        assert abs(share - inner[rows[k], columns[k]]) < 0.008


def test_an_edge_as_wide_as_the_shape_leaves_nothing_inside() -> None:
    for outline in (disc(20 + 20j, 5.0), piece([5 + 5j, 25 + 5j, 25 + 15j, 5 + 15j])):
        outer, inner = _whole(outline, 0x00FF00, 5.0)
        assert outer.max() == pytest.approx(1.0) and inner.max() == pytest.approx(0.0, abs=1e-9)


def test_even_and_odd() -> None:
    five = np.exp(2j * np.pi * np.arange(5) / 5)[[0, 2, 4, 1, 3]]
    outer, _ = _whole(_quantised(piece(24 + 24j + 20 * five)))
    assert outer[24, 24] == 0 and outer.max() == pytest.approx(1.0)
    assert _whole(piece([5 + 5j, 30 + 8j, 20 + 30j] * 2))[0].max() == 0  # around twice


def test_colours_ids_and_what_is_told_of_them() -> None:
    """A half transparent square of whole pixels on grey, and a hollow one whose edge takes half of a column."""
    square = piece([2 + 2j, 6 + 2j, 6 + 6j, 2 + 6j])
    hollow = piece([10 + 2j, 18 + 2j, 18 + 10j, 10 + 10j])
    shown = display(24, 12, [Item(square, 0xFF0000, opacity=0.5, id=3), Item(hollow, -1, 0x0000FF, 1.5, id=4)])
    true = exact(shown, paper(shown, colour=0x808080))
    alpha = 128
    assert true.rgb[0, 3, 3].tolist() == [round((128 * (255 - alpha) + 255 * alpha) / 255), 64, 64]
    assert true.rgb[0, 5, 10].tolist() == [0, 0, 255]
    assert true.rgb[0, 5, 11].tolist() == [64, 64, round((128 * 128 + 255 * 127) / 255)]  # inner 128 of 255
    assert true.ids[0, 3, 3] == 3 and true.ids[0, 5, 10] == 4 and true.ids[0, 5, 14] == 0
    assert true.unsure[0, 5, 11] < 0.01 and true.unsure[0, 5, 10] == pytest.approx(0.5)
    assert true.look[0, 5, 11] == 1 and true.look[0, 5, 10] == 0
    assert true.top[0, 5, 10] == 1 and true.top[0, 0, 0] == -1


def test_halo_and_ink() -> None:
    shown = display(40, 30, [Item(text=TextItem("I", 20 + 15j, 24.0), fill=0x000000, halo=0xFFFF00, id=7)])
    true = exact(shown, paper(shown))
    assert true.rgb[0, 15, 20].tolist() == [0, 0, 0] and true.ids[0, 15, 20] == 7
    yellow = (true.rgb[0] == [255, 255, 0]).all(-1)
    assert yellow.any() and not true.ids[0][yellow].any()


def test_what_counts_as_convex() -> None:
    def convex(outline: Outline) -> bool:
        return is_convex(used_pieces(display(9, 9, [Item(outline)]), 0))

    square = [2 + 2j, 6 + 2j, 6 + 6j, 2 + 6j]
    assert convex(disc(3 + 3j, 2)) and convex(piece(square)) and convex(piece(np.repeat(square, 2)))
    assert not convex(piece([*square[:3], 4.5 + 4j])) and not convex(piece([square[k] for k in (0, 2, 1, 3)]))
    assert not convex(piece(square * 2)) and not convex(piece(square, False, 1.0))
    assert not convex(union(disc(3 + 3j, 2), disc(4 + 3j, 2)))
