"""From scenes to display lists: order, colours, ids, what is hollow, frames, labels; and pictures kept as files."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.paint.backgrounds import background_pixels
from pgt_dsl.paint.columns import _placed
from pgt_dsl.paint.labels import BLACK, SIZE, WHITE, contrast_to, inscribed
from pgt_dsl.paint.reference import make
from pgt_dsl.paint.scene_display import FRAME_GREY, display_list
from pgt_dsl.photos.shipped import shipped_photos
from pgt_dsl.scene.scene import BackgroundChoice, SceneShape
from tests.paint.fake_kinds import KINDS
from tests.paint.scenes import all_kinds, scene, shape

GOLDEN = Path(__file__).parent / "golden"
BACKGROUNDS = {
    "plain": BackgroundChoice("plain", {"color": "#f3e9d2"}),
    "gradient": BackgroundChoice("gradient", {"from_color": "#dcefff", "to_color": "#ffe3ec", "turn": 30.0}),
    "noise": BackgroundChoice("noise", {"color": "#dff0df", "grain": 2.0, "strength": 0.1}, 7),
    "photo": BackgroundChoice("photo", {}, 0, "mountains.jpg"),
}


def painted(*scenes):
    display = display_list(scenes, KINDS)
    return make().paint(
        display, background_pixels(display.backgrounds, display.width, display.height, shipped_photos())
    )


@pytest.mark.parametrize("name", BACKGROUNDS)
def test_golden_pictures(name):
    """Pixel for pixel; ``UPDATE_GOLDEN=1`` writes them anew, to be looked at before they are committed."""
    result = painted(all_kinds(BACKGROUNDS[name]))
    path = GOLDEN / f"all_kinds_{name}.png"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        Image.fromarray(result.rgb[0]).save(path)
    assert (np.asarray(Image.open(path)) == result.rgb[0]).all()


def test_golden_ids():
    result = painted(all_kinds())
    path = GOLDEN / "all_kinds_ids.png"
    if os.environ.get("UPDATE_GOLDEN"):
        Image.fromarray(result.ids[0].astype(np.uint8) * 20).save(path)
    assert (np.asarray(Image.open(path)) == result.ids[0] * 20).all()
    assert set(np.unique(result.ids[0])) == set(range(11))


def test_order_is_by_layer_then_slot():
    shapes = [shape(k, "circle", (40, 40), radius=10.0, layer=layer) for k, layer in enumerate((2, 0, 1, 0))]
    display = display_list([scene(*reversed(shapes))], KINDS)
    assert display.id.tolist() == [2, 4, 3, 1]


def test_batch_is_flattened_scene_by_scene():
    one, two = scene(shape(0, "circle", (9, 9), radius=3.0)), scene()
    display = display_list([one, two, one], KINDS)
    assert display.start.tolist() == [0, 1, 1, 2]
    assert len(display.backgrounds) == 3


def test_coordinates_are_multiples_of_one_in_256():
    display = display_list([scene(shape(0, "star", (40.123456, 30.98765), size=33.3333, turn=12.3))], KINDS)
    scaled = display.outline.verts * 256
    assert (scaled.real == np.rint(scaled.real)).all() and (scaled.imag == np.rint(scaled.imag)).all()


def test_colours_of_fill_outline_and_neither():
    def colours(**fields):
        display = display_list([scene(shape(0, "circle", (40, 40), radius=10.0, **fields))], KINDS)
        return int(display.fill[0]), int(display.edge[0])

    assert colours(color="#112233") == (0x112233, -1)
    assert colours(color="#112233", outline="#445566") == (0x112233, 0x445566)
    assert colours(fill="none", outline="#445566") == (-1, 0x445566)
    assert colours(fill="none", color="#112233") == (-1, 0x112233)  # hollow, not invisible
    assert colours(fill="none", color="none") == (-1, FRAME_GREY)


def test_lines_take_either_colour_and_never_an_edge():
    ends = {"from": [5, 5], "to": [60, 60]}
    display = display_list([scene(shape(0, "line", fill="none", outline="#445566", **ends))], KINDS)
    assert (int(display.fill[0]), int(display.edge[0])) == (0x445566, -1)


def test_panels_have_a_thin_frame_unless_they_are_cut_out():
    size = {"width": 30.0, "height": 20.0, "scenery": True}
    bare = shape(0, "panel", (60, 40), cut=False, fill="none", **size)
    white = shape(1, "panel", (60, 40), cut=False, fill="#ffffff", outline="#445566", **size)
    cut = shape(2, "panel", (60, 40), cut=True, fill="#ffffff", outline="#445566", **size)
    display = display_list([scene(bare, white, cut)], KINDS)
    assert display.fill.tolist() == [-1, 0xFFFFFF, 0xFFFFFF]
    assert display.edge.tolist() == [FRAME_GREY, 0x445566, -1]
    assert display.stroke.tolist() == [1.0, 1.0, 0.0]


def test_the_frame_of_a_panel_goes_by_the_smaller_side():
    panel = shape(0, "panel", (300, 200), cut=False, fill="none", width=200.0, height=100.0)
    display = display_list([scene(panel, width=800, height=400)], KINDS)
    assert display.stroke.tolist() == [2.0]


def test_pieces_that_are_absent_are_left_out_wherever_they_stand():
    def four(sizes):  # four discs beside each other, some of them absent
        radius = np.array(sizes, float)
        count = (radius > 0).astype(int)
        verts = np.broadcast_to(np.arange(4) * 10 + 0j, radius.shape)[..., None]
        return _placed(Outline(verts, count, np.zeros(radius.shape, bool), radius), np.array([100, 200j]))

    found = four([[0, 3, 0, 4], [0, 0, 0, 5]])
    assert found.count.tolist() == [[1, 1], [1, 0]]
    assert found.verts[0].tolist() == [[110], [130]] and found.verts[1, 0] == 30 + 200j
    assert found.radius[0].tolist() == [3, 4] and found.radius[1, 0] == 5
    assert four([[1, 0, 2, 3], [4, 5, 0, 6]]).radius.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_what_is_not_painted():
    virtual = SceneShape(0, 0, "o", (), "object", {"at": [1, 1]}, (0, 0, 2, 2), painted=False)
    assert len(display_list([scene(virtual)], KINDS).fill) == 0


def test_errors_are_named():
    with pytest.raises(ValueError, match="one size"):
        display_list([scene(), scene(width=5)], KINDS)
    with pytest.raises(ValueError, match="the kind 'cube'"):
        display_list([scene(shape(0, "cube"))], KINDS)
    for opacity in (-0.01, 1.01):
        with pytest.raises(PgtError, match="`s0` has an opacity of"):
            display_list([scene(shape(0, "circle", (9, 9), radius=3.0, opacity=opacity))], KINDS)


def labels(*shapes, **rest):
    display = display_list([scene(*shapes, **rest)], KINDS)
    found = [n for n in range(len(display.fill)) if display.texts[n] is not None]
    assert all(display.id[n] == 0 for n in found)
    return [(display.texts[n], int(display.fill[n]), int(display.halo[n])) for n in found]


def test_label_inside_in_black_or_white():
    for colour, text in (("#f2c80f", 0x000000), ("#111188", 0xFFFFFF)):
        ((item, fill, halo),) = labels(shape(0, "circle", (60, 50), radius=15.0, label="A", color=colour))
        assert (item.at, item.text, item.size) == (60 + 50j, "A", 12.0)
        assert (fill, halo) == (text, -1)


def test_label_beside_what_is_small_or_hollow():
    for fields in ({"radius": 3.0}, {"radius": 25.0, "fill": "none"}):
        ((item, fill, halo),) = labels(shape(0, "circle", (60, 48), label="A", **fields))
        assert (fill, halo) == (0x000000, 0xFFFFFF)
        assert abs(item.at - (60 + 48j)) > fields["radius"]


def test_label_is_not_painted_on_what_covers_its_shape():
    under = shape(0, "circle", (60, 48), radius=15.0, label="A")
    over = shape(1, "circle", (60, 48), radius=8.0)
    ((item, _, halo),) = labels(under, over)
    assert halo == 0xFFFFFF and abs(item.at - (60 + 48j)) > 15


def test_labels_keep_off_each_other_and_inside():
    dots = [shape(k, "circle", (122 - 3 * k, 4 + 14 * k), radius=2.0, label="WXYZ"[k]) for k in range(4)]
    found = labels(*dots)
    for item, _, _ in found:
        assert 4 <= item.at.real <= 124 and 4 <= item.at.imag <= 92
    places = [item.at for item, _, _ in found]
    assert min(abs(a - b) for k, a in enumerate(places) for b in places[:k]) > 10


def test_label_of_a_line_is_beside_its_middle():
    ((item, _, _),) = labels(shape(0, "line", label="A", stroke=2.0, **{"from": [20, 20], "to": [100, 76]}))
    direction = (80 + 56j) / abs(80 + 56j)
    offset = (item.at - (60 + 48j)) / direction
    assert 5 < abs(offset.imag) < 20


def test_label_of_a_composite_stands_beside_its_box():
    part = shape(0, "circle", (60, 48), radius=10.0)
    whole = SceneShape(
        5, 0, "clock", (), "clock", {"at": [60, 48], "label": "A"}, (50, 38, 70, 58), (0,), painted=False
    )
    ((item, _, _),) = labels(part, whole)
    assert not (50 < item.at.real < 70 and 38 < item.at.imag < 58)


def test_label_of_a_composite_stands_where_its_box_is_not_where_it_says_it_is():
    """The box of a composite is that of its parts; these may be anywhere."""
    box = (80, 10, 100, 30)
    part = shape(0, "circle", (90, 20), radius=10.0)
    whole = SceneShape(5, 0, "clock", (), "clock", {"at": [10, 90], "label": "A"}, box, (0,), painted=False)
    ((item, _, _),) = labels(part, whole)
    assert abs(item.at - (90 + 20j)) < 30


def test_labels_are_as_large_as_the_smaller_side_wants():
    ((item, _, _),) = labels(shape(0, "circle", (300, 200), radius=80.0, label="A"), width=1600, height=800)
    assert item.size == SIZE * 800


def test_every_channel_counts_for_whether_a_label_is_black_or_white():
    assert [contrast_to(c) for c in (0x7D5AFF, 0x7D5A00, 0x005AFF, 0x7D00FF)] == [BLACK, WHITE, WHITE, WHITE]


def test_the_largest_disc_around_a_place_within_a_shape():
    """An L whose notch is at the lower right."""
    corner = np.array([0, 30, 30 + 10j, 10 + 10j, 10 + 30j, 30j], complex)
    outline = Outline(corner[None], np.array([6]), np.array([True]), np.array([0.0]))
    found = {at: round(inscribed(outline, at), 6) for at in (5 + 5j, 25 + 4j, 4 + 25j, 20 + 20j, 40 + 5j, 5 + 40j)}
    assert found == {5 + 5j: 5, 25 + 4j: 4, 4 + 25j: 4, 20 + 20j: 0, 40 + 5j: 0, 5 + 40j: 0}


def test_lists_of_several_lengths_stand_in_one_batch():
    points = [[10, 10], [40, 20], [70, 10], [100, 30]]
    paths = [shape(k, "path", (50, 20), stroke=4.0, points=points[:n]) for k, n in enumerate((2, 4, 3))]
    display = display_list([scene(*paths)], KINDS)
    assert display.outline.count[:, 0].tolist() == [2, 4, 3]
    assert display.outline.verts[1, 0].tolist() == [complex(*p) for p in points]
