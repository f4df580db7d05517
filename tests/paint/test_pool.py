"""The display list flattened: what is dropped, what is rounded, boxes, and what an edge leaves free."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.paint.display import DisplayList, TextItem
from pgt_dsl.paint.fonts import text_mask
from pgt_dsl.paint.pool import FAR, INNER_SAME, INNER_UNION, INNER_WITHOUT, UNIT, Pool, pool
from pgt_dsl.testing.coverage_oracle import used_pieces
from pgt_dsl.testing.display_lists import Item, disc, display, display_lists, hostile, piece, union

SQUARE = piece([10 + 10j, 30 + 10j, 30 + 30j, 10 + 30j])
STAR = piece(20 + 20j + np.round(4096 * np.exp(2j * np.pi * np.arange(5) * 2 / 5)) / 256)


def one(outline: Outline | None, **how: object) -> Pool:
    return pool(display(40, 40, [Item(outline, **how)]))  # type: ignore[arg-type]


def corners(found: Pool, p: int) -> list[complex]:
    own = slice(found.first[p], found.first[p + 1])
    return [complex(x, y) for x, y in zip(found.x[own] / UNIT, found.y[own] / UNIT, strict=True)]


@settings(max_examples=60, deadline=None)
@given(display_lists())
def test_every_piece_with_an_area_is_there_once(shown: DisplayList) -> None:
    found = pool(shown)
    assert found.start.tolist() == shown.start.tolist()
    for n in range(len(shown.fill)):
        painted = shown.texts[n] is None and (shown.fill[n] >= 0 or (shown.edge[n] >= 0 and shown.stroke[n] > 0))
        wanted = []
        for core, closed, radius in used_pieces(shown, n) if painted else []:
            kept = core[np.append(True, np.diff(core) != 0)]
            if closed and len(kept) > 1 and kept[0] == kept[-1]:
                kept = kept[:-1]
            filled = closed and len(kept) >= 3
            if filled or radius > 0:
                wanted.append((kept.tolist(), filled, radius))
        first, end = found.outer[n]
        got = [(corners(found, p), bool(found.closed[p]), found.radius[p] / UNIT) for p in range(first, end)]
        assert got == wanted


@settings(max_examples=60, deadline=None)
@given(display_lists())
def test_boxes_hold_what_is_painted_and_no_more(shown: DisplayList) -> None:
    found = pool(shown)
    assert (found.box[:, :2] >= 0).all()
    assert (found.box[:, 2] <= shown.width).all() and (found.box[:, 3] <= shown.height).all()
    for n in range(len(shown.fill)):
        first, end = found.outer[n]
        if first == end:
            assert shown.texts[n] is not None or not found.box[n].any()
            continue
        low, high = found.first[first], found.first[end]
        grow = np.repeat(found.radius[first:end], np.diff(found.first[first : end + 1]))
        x, y = found.x[low:high], found.y[low:high]
        box = shapely.box((x - grow).min(), (y - grow).min(), (x + grow).max(), (y + grow).max())
        whole = np.array(box.bounds) / UNIT
        exact = np.concatenate((np.floor(whole[:2]), np.ceil(whole[2:]))).astype(int)
        clipped = np.clip(exact, 0, [shown.width, shown.height] * 2)
        empty = clipped[0] >= clipped[2] or clipped[1] >= clipped[3]
        assert found.box[n].tolist() == ([0, 0, 0, 0] if empty else clipped.tolist())


@pytest.mark.parametrize(("name", "shown"), list(hostile()), ids=lambda value: value if isinstance(value, str) else "")
def test_lists_that_mean_harm_become_sound(name: str, shown: DisplayList) -> None:
    found = pool(shown)
    size = np.diff(found.first)
    assert (size >= 1).all() and (np.abs(found.x) <= FAR * UNIT).all() and (np.abs(found.y) <= FAR * UNIT).all()
    assert (size[found.closed == 1] >= 3).all() and (found.radius[found.closed == 0] > 0).all()
    for p in range(len(size)):
        own = corners(found, p)
        assert all(a != b for a, b in pairwise(own))
        assert not found.closed[p] or own[0] != own[-1]


def test_an_edge_of_a_disc_leaves_a_smaller_disc() -> None:
    found = one(disc(20 + 20j, 9.0), edge=0x0000FF, stroke=2.5)
    assert found.how.tolist() == [INNER_UNION]
    first, end = found.inner[0]
    assert end == first + 1 and found.radius[first] == 6.5 * UNIT and corners(found, first) == [20 + 20j]
    nothing = one(disc(20 + 20j, 9.0), edge=0x0000FF, stroke=9.0)
    assert nothing.how.tolist() == [INNER_UNION] and nothing.inner[0, 0] == nothing.inner[0, 1]


def test_an_edge_of_a_polygon_is_a_band_along_its_sides() -> None:
    found = one(SQUARE, edge=0x0000FF, stroke=2.5)
    first, end = found.inner[0]
    assert found.how.tolist() == [INNER_WITHOUT] and end == first + 1
    assert corners(found, first) == [*SQUARE.verts[0].tolist(), SQUARE.verts[0, 0]]
    assert found.radius[first] == 2.5 * UNIT and not found.closed[first]


@pytest.mark.parametrize(
    "outline",
    [union(SQUARE, disc(30 + 20j, 6.0)), STAR, piece([5 + 5j, 35 + 30j], False, 3.0),
     piece([12 + 12j, 28 + 14j, 20 + 27j], True, 4.0)],
    ids=["union", "pentagram", "line", "grown"],
)  # fmt: skip
def test_an_edge_of_what_overlaps_follows_the_boundary_of_the_area(outline: Outline) -> None:
    found = one(outline, edge=0x0000FF, stroke=1.5)
    assert found.how.tolist() == [INNER_WITHOUT]
    parts = []
    for core, closed, radius in used_pieces(display(40, 40, [Item(outline)]), 0):
        xy = np.column_stack((core.real, core.imag))
        area = shapely.make_valid(shapely.Polygon(xy)) if closed else shapely.MultiPoint(xy)
        path = shapely.LinearRing(xy) if closed else shapely.LineString(xy) if len(xy) > 1 else shapely.Point(xy[0])
        parts += [area] if closed else []
        parts += [path.buffer(radius, quad_segs=256)] if radius else []
    boundary = shapely.boundary(shapely.union_all(parts))
    rings = shapely.MultiLineString(
        [[(z.real, z.imag) for z in corners(found, p)] for p in range(found.inner[0, 0], found.inner[0, 1])]
    )
    assert shapely.hausdorff_distance(rings, boundary) < 0.1
    assert abs(rings.length - boundary.length) < 0.1


def test_edges_without_room_are_none() -> None:
    assert one(SQUARE, edge=0x0000FF, stroke=0.0).edge.tolist() == [-1]
    hollow = one(SQUARE, fill=-1, edge=0x0000FF, stroke=0.0)
    assert not hollow.box.any() and hollow.how.tolist() == [INNER_SAME]


def test_texts_are_the_masks_of_every_painter_halo_first() -> None:
    text = TextItem("Rg", 20.5 + 19.25j, 22.0, 30.0)
    found = one(None, text=text, halo=0xFFFF00, id=7)
    assert found.masks.tolist() == [0, 2] and found.mask_ink.tolist() == [0, 1]
    for t, grow in enumerate((max(1.25, 0.11 * 22.0), 0.0)):
        tile = text_mask(text.text, text.at, text.size, (40, 40), turn=text.turn, grow=grow)
        assert tile is not None
        x0, y0, mask = tile
        box = found.mask_box[t].tolist()
        assert box == [x0, y0, x0 + mask.shape[1], y0 + mask.shape[0]]
        pixels = found.coverage[found.mask_at[t] :][: mask.size]
        assert (pixels.reshape(mask.shape) == mask).all()
    halo, ink = found.mask_box
    assert found.box[0].tolist() == [*np.minimum(halo, ink)[:2].tolist(), *np.maximum(halo, ink)[2:].tolist()]


def test_no_items_at_all() -> None:
    found = pool(display(8, 8, [], []))
    assert found.start.tolist() == [0, 0, 0] and len(found.x) == len(found.fill) == len(found.coverage) == 0
