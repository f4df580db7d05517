"""The reference painter against exact areas, its arithmetic, ids, edges, and lists that mean harm."""

from __future__ import annotations

import time

import numpy as np
import pytest
import shapely

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.paint.display import TextItem
from pgt_dsl.paint.reference import PillowRenderer, _div255, blend, make
from pgt_dsl.testing.display_lists import Item, disc, paper, piece
from pgt_dsl.testing.display_lists import display as pictures
from pgt_dsl.testing.display_lists import union as both

SIDE = 72


def paint(display, colour=0xFFFFFF):
    return make().paint(display, paper(display, colour=colour))


def exact_coverage(geometry, side=SIDE):
    """255 times the exact share of each pixel."""
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    shapely.prepare(geometry)
    return shapely.area(shapely.intersection(shapely.box(x, y, x + 1, y + 1), geometry)) * 255


def geometry(outline):
    parts = []
    for core, closed, radius in zip(outline.verts, outline.closed, outline.radius, strict=True):
        xy = np.column_stack((core.real, core.imag))
        core_shape = shapely.Point(xy[0]) if len(xy) == 1 else shapely.Polygon(xy) if closed else shapely.LineString(xy)
        parts.append(core_shape.buffer(radius, quad_segs=128) if radius else core_shape)
    return shapely.union_all(parts)


def random_outline(kind, rng):
    at = complex(*rng.uniform(24, 48, 2))
    turn = np.exp(1j * rng.uniform(0, 7))
    if kind == "circle":
        return disc(at, rng.uniform(3, 20))
    if kind == "rectangle":
        a, b = rng.uniform(3, 15, 2)
        return piece(at + turn * np.array([a + b * 1j, -a + b * 1j, -a - b * 1j, a - b * 1j]))
    if kind == "polygon":
        k = np.arange(10)
        return piece(at + turn * rng.uniform(8, 22) * np.where(k % 2, 0.382, 1.0) * np.exp(1j * np.pi / 5 * k))
    return piece(rng.uniform(6, SIDE - 6, (4, 2)) @ [1, 1j], False, rng.uniform(0.6, 4))


@pytest.mark.parametrize("kind", ["circle", "rectangle", "polygon", "thick line"])
def test_coverage_is_nearly_exact(kind):
    rng = np.random.default_rng(5)
    errors, edges, biases = [], [], []
    for _ in range(12):
        outline = random_outline(kind, rng)
        display = pictures(SIDE, SIDE, [Item(outline, 0xFFFFFF)])
        difference = paint(display, 0).rgb[0, ..., 0] - (exact := exact_coverage(geometry(outline)))
        rim = (exact > 0.01) & (exact < 254.99)
        errors.append(np.abs(difference).mean())
        edges.append(np.abs(difference[rim]).mean())
        biases.append(difference[rim].mean())
    # On 72 px the rim is a larger part of the picture than on any that is trained on.
    assert np.mean(errors) < 0.13
    assert np.mean(errors) * SIDE / 336 < 0.05  # the same shapes on 336 px: the rim grows with the side, pixels squared
    assert np.mean(edges) < 4.0
    assert abs(np.mean(biases)) < 1.5


@pytest.mark.parametrize("kind", ["circle", "rectangle", "polygon", "thick line"])
def test_mean_error_on_a_picture_of_336_px(kind):
    rng = np.random.default_rng(8)
    scale = 336 / SIDE
    for _ in range(3):
        small = random_outline(kind, rng)
        outline = Outline(small.verts * scale, small.count, small.closed, small.radius * scale)
        display = pictures(336, 336, [Item(outline, 0xFFFFFF)])
        difference = paint(display, 0).rgb[0, ..., 0] - exact_coverage(geometry(outline), 336)
        assert np.abs(difference).mean() < 0.1, np.abs(difference).mean()


def test_whole_pixels_are_painted_exactly():
    display = pictures(20, 20, [Item(piece([3 + 4j, 11 + 4j, 11 + 9j, 3 + 9j]), 0x123456)])
    result = paint(display)
    inside = np.zeros((20, 20), bool)
    inside[4:9, 3:11] = True
    assert (result.rgb[0][inside] == [0x12, 0x34, 0x56]).all()
    assert (result.rgb[0][~inside] == 255).all()
    assert (result.ids[0] == inside).all()


def test_blend_rounds_exactly():
    cover = np.arange(256, dtype=np.uint8)[None, :]
    for opacity, fill in ((1.0, 0x00FF80), (0.3, 0xFEDCBA)):
        rgb = np.full((1, 256, 3), (200, 7, 255), np.uint8)
        blend(rgb, cover, cover, fill, -1, opacity)
        alpha = np.rint(np.arange(256) * round(255 * opacity) / 255)
        for channel, (under, over) in enumerate(
            zip((200, 7, 255), (fill >> 16, fill >> 8 & 255, fill & 255), strict=True)
        ):
            assert (rgb[0, :, channel] == np.floor((under * (255 - alpha) + over * alpha) / 255 + 0.5)).all()


def test_pieces_of_an_item_are_one_shape():
    """Overlapping half-transparent pieces do not darken one another, and neighbours leave no seam."""
    halves = both(piece([5 + 5j, 20.3 + 5j, 20.3 + 30j, 5 + 30j]), piece([20.3 + 5j, 35 + 5j, 35 + 30j, 20.3 + 30j]))
    over = both(halves, disc(20 + 17j, 8))
    result = paint(pictures(40, 40, [Item(over, 0x000000, opacity=0.5)]))
    inner = result.rgb[0, 6:29, 6:34]
    assert np.ptp(inner.astype(int)) <= 2
    assert abs(int(inner.mean()) - 127) <= 1


def test_edge_is_inside_and_of_its_width():
    square = piece([10 + 10j, 50 + 10j, 50 + 50j, 10 + 50j])
    result = paint(pictures(60, 60, [Item(square, 0xFF0000, 0x0000FF, 4.0, id=3)]))
    rgb = result.rgb[0]
    assert (rgb[30, 10:14] == [0, 0, 255]).all() and (rgb[30, 46:50] == [0, 0, 255]).all()
    assert (rgb[30, 14:46] == [255, 0, 0]).all()
    assert (rgb[30, :10] == 255).all() and (rgb[30, 50:] == 255).all()
    assert (result.ids[0] == 3).sum() == 1600


def test_edge_follows_the_union():
    """An arrow with an edge shows no line where its shaft meets its head."""
    arrow = both(piece([5 + 20j, 30 + 20j], False, 5.0), piece([55 + 20j, 30 + 36j, 30 + 4j]))
    rgb = paint(pictures(60, 40, [Item(arrow, 0x00FF00, 0x000000, 1.5)])).rgb[0]
    assert (rgb[20, 8:48] == [0, 255, 0]).all()


def test_hollow_shapes_cover_only_with_their_edge():
    below = Item(disc(30 + 30j, 25), 0xFF0000, id=1)
    ring = Item(disc(30 + 30j, 15), -1, 0x000000, 3.0, id=2)
    ids = paint(pictures(60, 60, [below, ring])).ids[0]
    assert ids[30, 30] == 1 and ids[30, 16] == 2 and ids[30, 44] == 2
    assert abs((ids == 2).sum() - np.pi * (15**2 - 12**2)) < 20


def test_ids_follow_paint_order_and_half_coverage():
    a, b = piece([0, 10.5, 10.5 + 10j, 10j]), piece([5.49, 12, 12 + 10j, 5.49 + 10j])
    ids = paint(pictures(12, 10, [Item(a, id=1), Item(b, 0x00FF00, opacity=0.1, id=2)])).ids[0]
    assert ids[5].tolist() == [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2]
    unmarked = paint(pictures(12, 10, [Item(a, id=1), Item(b, id=0)])).ids[0]
    assert unmarked[5].tolist() == [1] * 11 + [0]
    display = pictures(12, 10, [Item(a)])
    assert make().paint(display, paper(display), ids=False).ids is None


def test_pictures_of_a_batch_do_not_depend_on_each_other():
    rows = [[Item(disc(20 + 20j, 9), 0xFF0000)], [], [Item(piece([2, 30 + 3j, 9 + 30j]), 0x00FF00), Item(disc(9, 9))]]
    together = paint(pictures(40, 40, *rows))
    for b, row in enumerate(rows):
        alone = paint(pictures(40, 40, row))
        assert (alone.rgb[0] == together.rgb[b]).all() and (alone.ids[0] == together.ids[b]).all()


def test_large_shapes_are_painted_in_strips():
    """A shape larger than what is drawn at once looks like the same shape in another picture."""
    from pgt_dsl.paint import shapes

    outline = random_outline("polygon", np.random.default_rng(1))
    region = shapes.region_of(outline.verts, outline.count, outline.closed, outline.radius)
    whole = shapes.coverage(region, 0, 0, SIDE, SIDE)
    chunk, shapes._CHUNK = shapes._CHUNK, 5 * 256 * SIDE
    try:
        assert (shapes.coverage(region, 0, 0, SIDE, SIDE) == whole).all()
    finally:
        shapes._CHUNK = chunk


@pytest.mark.parametrize(
    "item",
    [
        Item(disc(20 + 20j, 0.0)),
        Item(disc(20 + 20j, 5.0), -1, -1),
        Item(piece([5 + 5j, 5 + 5j, 5 + 5j])),
        Item(piece([5 + 5j, 25 + 5j], True)),
        Item(piece([5 + 5j, 25 + 5j], False, 0.0)),
        Item(disc(-500 + 20j, 30.0)),
        Item(text=TextItem("", 20 + 20j, 20.0)),
        Item(text=TextItem("   ", 20 + 20j, 20.0)),
        Item(text=TextItem("far", 2000 + 20j, 20.0)),
        Item(text=TextItem("none", 20 + 20j, 0.0)),
        Item(piece([5 + 5j, 25 + 5j, 25 + 25j]), opacity=0.0, id=0),
    ],
    ids=str,
)
def test_what_has_no_area_paints_nothing(item):
    result = paint(pictures(40, 40, [item]))
    assert (result.rgb == 255).all()
    assert (result.ids == 0).all()


@pytest.mark.parametrize(
    ("item", "what"),
    [
        (Item(disc(complex(np.nan, 3), 2)), "vertex"),
        (Item(disc(complex(3, np.inf), 2)), "vertex"),
        (Item(disc(3 + 3j, np.nan)), "radius"),
        (Item(disc(3 + 3j, 1), stroke=np.inf), "stroke"),
        (Item(disc(3 + 3j, 1), opacity=np.nan), "opacity"),
        (Item(disc(3 + 3j, 1), opacity=1.5), "opacity"),
        (Item(disc(3 + 3j, 1), id=70_000), "id"),
        (Item(text=TextItem("a", 3 + 3j, np.nan)), "text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_numbers_that_are_none_are_refused_by_name(item, what):
    good = Item(disc(3 + 3j, 1))
    with pytest.raises(ValueError, match=rf"picture 1, item 2: {what}"):
        paint(pictures(10, 10, [good], [good, good, item]))


def test_backgrounds_must_fit():
    display = pictures(10, 12, [Item(disc(3, 3))])
    with pytest.raises(ValueError, match=r"uint8\[1, 12, 10, 3\]"):
        make().paint(display, np.zeros((1, 10, 12, 3), np.uint8))


def test_coordinates_beyond_all_measure():
    """A half plane made of a far polygon, a huge disc, and corners at 1e300."""
    started = time.perf_counter()
    for outline in (
        piece([1e6 + 1e6j, -1e6 + 1e6j, -1e6 + 20j, 1e6 + 20j]),
        piece([1e300 + 1e300j, -1e300 + 1e300j, -1e300 + 20j, 1e300 + 20j]),
        disc(20 + (1e5 + 20) * 1j, 1e5),
        piece([-3e6 + 1e4 * 1j + 20j, 3e6 + 1e4 * 1j + 20j], False, 1e4),
    ):
        ids = paint(pictures(40, 40, [Item(outline)])).ids[0]
        assert (ids[:19] == 0).all() and (ids[21:] == 1).all()
    assert time.perf_counter() - started < 3.0


def test_ten_thousand_vertices():
    k = np.arange(10_000)
    started = time.perf_counter()
    wavy = (80 + 8 * np.cos(2 * np.pi * k / 250)) * np.exp(2j * np.pi * k / 10_000)
    result = paint(pictures(200, 200, [Item(piece(100 + 100j + wavy))]))
    assert time.perf_counter() - started < 3.0
    assert abs((result.ids == 1).sum() - np.pi * (80**2 + 32)) < 60


def test_text_is_centred_on_its_ink_mirrored_and_turned():
    def painted(**kwargs):
        return paint(pictures(80, 60, [Item(text=TextItem("F7", 40.5 + 30.25j, 30.0, **kwargs))]))

    def ids(**kwargs):
        return painted(**kwargs).ids[0]

    plain = ids()
    y, x = np.nonzero(plain)
    assert abs((x.min() + x.max() + 1) / 2 - 40.5) <= 0.51 and abs((y.min() + y.max() + 1) / 2 - 30.25) <= 0.76
    mirrored = ids(mirrored=True)
    assert (mirrored[:, 1:80] != plain[:, 80:0:-1]).sum() < 12  # mirrored about x = 40.5
    assert (mirrored != plain).sum() > 50
    turned = ids(turn=90.0)
    ty, tx = np.nonzero(turned)
    assert abs((np.ptp(tx) + 1) - (np.ptp(y) + 1)) <= 1 and abs((np.ptp(ty) + 1) - (np.ptp(x) + 1)) <= 1
    ink, turned_ink = (255.0 - painted(turn=turn).rgb[0, ..., 0] for turn in (0.0, 90.0))
    assert abs(ink.sum() / turned_ink.sum() - 1) < 0.01


def test_halo_is_around_the_text_and_has_no_id():
    item = Item(fill=0xFFFFFF, text=TextItem("A", 30 + 30j, 30.0), halo=0x000000, id=4)
    result = paint(pictures(60, 60, [item]), 0x808080)
    rgb, ids = result.rgb[0, ..., 0], result.ids[0]
    assert (rgb[ids == 4] >= 128).all()
    assert (rgb < 20).sum() > 60 and not ids[rgb < 20].any()


def test_division_by_255_rounds_to_the_nearest() -> None:
    x = np.arange(65026, dtype=np.uint16)
    assert np.array_equal(_div255(x), np.rint(x / 255))


@pytest.mark.parametrize(("fill", "edge"), [(0xFF0000, 0x000000), (0x000000, 0xFF0000), (0x000000, 0x000000)])
def test_black_is_a_colour_like_any_other(fill: int, edge: int) -> None:
    """A shape's id lies beneath its edge and its fill, whichever of them is black; ids are given unless refused."""
    shown = pictures(40, 40, [Item(disc(20 + 20j, 15), fill, edge, stroke=6.0, id=1)])
    ids = PillowRenderer().paint(shown, paper(shown)).ids
    assert ids is not None and ids[0].sum() == pytest.approx(np.pi * 15**2, rel=0.03)
