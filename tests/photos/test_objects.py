"""Annotated objects: COCO's form in all its states, and where objects are on a canvas that a photo covers."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest
import shapely
from PIL import Image

from pgt_dsl.photos.folder import open_folder
from pgt_dsl.photos.lightness import lightness, photo_lightness
from pgt_dsl.photos.objects import MOST_VERTICES
from pgt_dsl.photos.shipped import shipped_photos
from pgt_dsl.program.strings import string

CATEGORIES = [{"id": 1, "name": "dog"}, {"id": 7, "name": "traffic  light"}]
ROUND = [v for k in range(300) for v in (100 + 40 * np.cos(k * np.pi / 150), 60 + 30 * np.sin(k * np.pi / 150))]


def item(image, box, category=1, **rest):
    return {"image_id": image, "bbox": box, "category_id": category, **rest}


def folder(tmp_path, annotations, size=(200, 100), images=None, name="annotations.json"):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (*size[::-1], 3), np.uint8)).save(tmp_path / "a.png")
    Image.new("RGB", (100, 200), "grey").save(tmp_path / "b.png")
    images = images or [{"id": 5, "file_name": "a.png", "width": 200, "height": 100}, {"id": 6, "file_name": "x/b.png"}]
    data = {"images": images, "categories": CATEGORIES, "annotations": annotations}
    (tmp_path / name).write_text(json.dumps(data))
    return open_folder(tmp_path)


def columns(photos, ids, width, height, **rest):
    found = photos.object_columns(np.array(ids), width, height, **rest)
    masks = [mask for _, mask in found.values()]
    assert all((mask == masks[0]).all() for mask in masks)
    return {name: data for name, (data, _) in found.items()}, masks[0]


def test_boxes_on_a_canvas(tmp_path):
    photos = folder(
        tmp_path, [item(5, [60, 20, 40, 50]), item(5, [0, 0, 20, 10], 7, iscrowd=1), item(6, [10, 10, 30, 40])]
    )
    assert photos.max_objects == 2 and photos.problems == ()
    # The canvas of 50 x 50 shows the middle 100 x 100 px of a.png at half size, and of b.png likewise.
    data, mask = columns(photos, [0, 1, 0], np.array([50.0, 50.0, 200.0]), np.array([50.0, 50.0, 100.0]))
    assert mask.tolist() == [[True, False], [False, False], [True, True]]
    assert data["at"][0, 0] == 15 + 22.5j and data["at"][2].tolist() == [80 + 45j, 10 + 5j]
    assert (data["width"][0, 0], data["height"][0, 0]) == (20, 25)
    assert [string(code) for code in data["category"][2]] == ["dog", "traffic light"]
    assert data["crowd"][2].tolist() == [False, True] and data["cut_off"][2].tolist() == [False, True]


def test_objects_cut_by_the_crop(tmp_path):
    photos = folder(tmp_path, [item(5, [40, 20, 40, 50]), item(5, [150.5, 20, 40, 50])])
    data, mask = columns(photos, [0], 100.0, 100.0)
    assert mask.tolist() == [[True, False]] and data["cut_off"].tolist() == [[True, False]]
    assert (data["at"][0, 0], data["width"][0, 0]) == (15 + 45j, 30)
    nearer, mask = columns(photos, [0], 100.0, 100.0, zoom=2.0)
    assert mask.tolist() == [[True, False]] and nearer["width"][0, 0] == 10
    outline = photos.object_outlines(np.array([0]), 100.0, 100.0)
    assert outline.count[..., 0].tolist() == [[4, 0]]
    assert sorted(outline.verts[0, 0, 0].real) == [0, 0, 30, 30]


def test_polygons_are_simplified_and_cut(tmp_path):
    photos = folder(tmp_path, [item(5, [60, 30, 80, 60], segmentation=[ROUND, [60, 30, 62, 30, 61, 31]])])
    outline = photos.object_outlines(np.array([0, 0]), np.array([200.0, 60.0]), np.array([100.0, 100.0]))
    assert outline.verts.shape[:2] == (2, 1) and outline.closed[..., 0].all()
    whole, part = (
        shapely.Polygon([(v.real, v.imag) for v in outline.verts[b, 0, 0, : outline.count[b, 0, 0]]]) for b in (0, 1)
    )
    true = shapely.Polygon(np.array(ROUND).reshape(-1, 2))
    assert outline.count[0, 0, 0] <= MOST_VERTICES
    assert whole.symmetric_difference(true).area < 0.03 * true.area
    assert (
        part.symmetric_difference(shapely.affinity.translate(true, -70).intersection(shapely.box(0, 0, 60, 100))).area
        < 100
    )


def test_a_crowd_has_the_outline_of_its_run_lengths(tmp_path):
    # Columns 60..99 of 200, each with 20 px that are not in the mask, 50 that are, 30 that are not.
    rle = {"counts": [6020, 50] + [50, 50] * 39 + [30 + 10000], "size": [100, 200]}
    photos = folder(tmp_path, [item(5, [60, 20, 40, 50], segmentation=rle, iscrowd=1)])
    assert photos.problems == ()
    data, _ = columns(photos, [0], 200.0, 100.0)
    assert data["crowd"].tolist() == [[True]]
    outline = photos.object_outlines(np.array([0]), 200.0, 100.0)
    assert set(outline.verts[0, 0, 0].tolist()) == {60 + 20j, 100 + 20j, 100 + 70j, 60 + 70j}


def test_run_lengths_of_a_photo_that_exif_turns(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (200, 100)).save(tmp_path / "c.jpg", exif=exif.tobytes())
    rle = {"counts": [20, 40] + [60, 40] * 9 + [40 + 190 * 100], "size": [100, 200]}  # x 0..10, y 20..60 as stored
    images = [{"id": 1, "file_name": "c.jpg", "width": 200, "height": 100}]
    photos = folder(tmp_path, [item(1, [0, 20, 10, 40], segmentation=rle)], images=images)
    outline = photos.object_outlines(np.array([2]), 100.0, 200.0)
    assert set(outline.verts[0, 0, 0].tolist()) == {40 + 0j, 80 + 0j, 80 + 10j, 40 + 10j}


def test_annotations_of_a_photo_that_exif_turns(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # stored lying; upright it is 100 wide and 200 high
    Image.new("RGB", (200, 100)).save(tmp_path / "c.jpg", exif=exif.tobytes())
    images = [{"id": 1, "file_name": "c.jpg", "width": 200, "height": 100}]
    photos = folder(tmp_path, [item(1, [10, 20, 30, 40])], images=images)
    data, mask = columns(photos, [2], 100.0, 200.0)
    assert mask.tolist() == [[True]]
    # The stored point (x, y) is the upright point (100 - y, x).
    assert data["at"][0, 0] == 60 + 25j and (data["width"][0, 0], data["height"][0, 0]) == (40, 30)


def test_annotations_of_another_size_are_scaled(tmp_path):
    images = [{"id": 5, "file_name": "a.png", "width": 400, "height": 200}]
    photos = folder(tmp_path, [item(5, [100, 20, 40, 50])], images=images)
    data, _ = columns(photos, [0], 200.0, 100.0)
    assert data["at"][0, 0] == 60 + 22.5j


SHORT = {"counts": [5, 3], "size": [100, 200]}


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (item(5, [1, 2, 3]), "`bbox` is not [x, y, width, height]"),
        (item(5, "box"), "`bbox` is not [x, y, width, height]"),
        (item(5, [1, 2, float("nan"), 4]), "`bbox` is not four finite numbers"),
        (item(5, [900, 2, 3, 4]), "the box lies outside of the photo"),
        (item(5, [5, 5, 0, 9]), "a box of 0 x 9 px"),
        (item(5, [5, 5, 9, 9], 99), "there is no category 99"),
        ({"bbox": [1, 2, 30, 40]}, "there is no `image_id`"),
        (item(99, [5, 5, 9, 9]), "there is no image 99"),
        (17, "not an annotation with `image_id`, `category_id`, `bbox`"),
        (None, "not an annotation with `image_id`, `category_id`, `bbox`"),
        (item(5, [5, 5, 9, 9], segmentation=[[1, 2, 3]]), "a polygon of 3 numbers: it takes x and y of at least 3"),
        (item(5, [5, 5, 9, 9], segmentation=[["a", "b"]]), "a polygon is a list of numbers"),
        (item(5, [5, 5, 9, 9], segmentation=[[1, 1, 5, 5, 9, 9]]), "a polygon without area"),
        (item(5, [5, 5, 9, 9], segmentation=SHORT), "run lengths of 8 px in all, for a mask of 200 x 100 = 20,000"),
        (item(5, [5, 5, 9, 9], segmentation="all"), "`segmentation` is neither a list of polygons nor run lengths"),
    ],
)
def test_malformed_annotations_are_counted_and_left(tmp_path, bad, why):
    photos = folder(tmp_path, [bad, item(5, [60, 20, 40, 50])])
    (problem,) = photos.problems
    assert problem.startswith("annotations.json: 1 annotations are malformed or empty and were left; the first is anno")
    assert f"annotation 0: {why}" in problem
    assert columns(photos, [0], 200.0, 100.0)[1].sum() == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"images": 3, "categories": [], "annotations": []}', "[" * 100_000])
def test_malformed_files_are_named(tmp_path, text):
    folder(tmp_path, [])
    (tmp_path / "annotations.json").write_text(text)
    photos = open_folder(tmp_path)
    assert photos.objects is None and "annotations.json: not annotations in COCO's form" in photos.problems[0]
    assert not columns(photos, [0, 1], 50.0, 50.0)[1].any()


def test_photos_and_categories_may_stand_behind_what_is_in_them(tmp_path):
    folder(tmp_path, [item(5, [60, 20, 40, 50], 7)])
    data = json.loads((tmp_path / "annotations.json").read_text())
    turned = {name: data[name] for name in ("annotations", "categories", "images")} | {"licenses": [{"a": {"b": []}}]}
    (tmp_path / "annotations.json").write_text(json.dumps(turned))
    photos = open_folder(tmp_path)
    found, mask = columns(photos, [0], 200.0, 100.0)
    assert photos.problems == () and mask.sum() == 1 and string(found["category"][0, 0]) == "traffic light"


def test_captions_are_ignored(tmp_path):
    photos = folder(tmp_path, [{"image_id": 5, "id": 9, "caption": "A dog."}, item(5, [60, 20, 40, 50])])
    assert photos.problems == () and photos.max_objects == 1


def test_nothing_is_taken_of_a_file_that_breaks_off(tmp_path):
    folder(tmp_path, [item(5, [60, 20, 40, 50])], name="instances_a.json")
    folder(tmp_path, [item(5, [60, 20, 40, 50], 7)], name="instances_b.json")
    text = (tmp_path / "instances_b.json").read_text()
    (tmp_path / "instances_b.json").write_text(text[:-3])
    photos = open_folder(tmp_path)
    found, mask = columns(photos, [0], 200.0, 100.0)
    assert mask.sum() == 1 and string(found["category"][0, 0]) == "dog"
    assert "instances_b.json: not annotations in COCO's form" in photos.problems[0]


def test_too_many_objects_count_as_none(tmp_path):
    photos = folder(tmp_path, [item(5, [k, 20, 40, 50]) for k in range(101)] + [item(6, [9, 99, 30, 40])])
    assert columns(photos, [0, 1], 200.0, 200.0)[1].sum(axis=1).tolist() == [0, 1]
    assert photos.max_objects == 1 and "101 objects" in photos.problems[0]


def test_several_files_and_catalogues_travel_between_processes(tmp_path):
    folder(tmp_path, [item(5, [60, 20, 40, 50])], name="instances_a.json")
    photos = folder(tmp_path, [item(5, [10, 20, 40, 50])], name="instances_b.json")
    assert photos.max_objects == 2
    again = pickle.loads(pickle.dumps(photos))
    assert again.digest == photos.digest and again.number("b.png") == 1
    assert (columns(again, [0], 200.0, 100.0)[0]["at"] == columns(photos, [0], 200.0, 100.0)[0]["at"]).all()


def test_no_annotations_at_all():
    data, mask = columns(shipped_photos(), [0, 1], 50.0, 50.0)
    assert data["at"].shape == mask.shape == (2, max(shipped_photos().max_objects, 1))


def test_lightness_under_boxes_agrees_with_its_slow_twin():
    photos = shipped_photos()
    rng = np.random.default_rng(2)
    ids = np.arange(photos.count)
    x0, y0 = rng.uniform(0, 240, (2, photos.count, 3))
    x1, y1 = x0 + rng.uniform(8, 90, x0.shape), y0 + rng.uniform(8, 90, x0.shape)
    fast = photos.luma_under(ids, 336.0, np.full(photos.count, 336.0), x0, y0, x1, y1)
    assert fast.shape == x0.shape
    for i in range(0, photos.count, 3):
        pixels = photos.cover(photos.names[i], 336, 336)
        for k in range(3):
            assert abs(fast[i, k] - photo_lightness(pixels, (x0[i, k], y0[i, k], x1[i, k], y1[i, k]))) < 1.0


def test_lightness_of_boxes_without_area_and_beyond_the_canvas(tmp_path):
    Image.new("RGB", (200, 100), (119, 119, 119)).save(tmp_path / "a.png")
    photos = open_folder(tmp_path)
    edges = np.array([0.0, 50.0, -900.0, 99.0]), np.array([0.0, 50.0, 900.0, 101.0])
    fast = photos.luma_under(np.zeros(4, int), 100.0, 100.0, edges[0], edges[0], edges[1], edges[1])
    assert np.allclose(fast, lightness(119, 119, 119), atol=1e-6)
    with pytest.raises(ValueError, match="covers no pixel"):
        photo_lightness(np.zeros((5, 5, 3), np.uint8), (7, 0, 9, 3))
    assert (lightness(0, 0, 0), round(lightness(255, 255, 255), 6)) == (0.0, 100.0)
