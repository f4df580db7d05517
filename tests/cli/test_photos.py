"""``pgt photos check``: what is there, what is broken with its file and place, and what it can feed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from pgt_dsl.cli.main import run
from pgt_dsl.resources import data_path

ITEM = {"image_id": 1, "category_id": 1, "bbox": [20, 20, 40, 30]}


@pytest.fixture
def folder(tmp_path):
    """Two photos, a broken one, a cut one, annotations and maps with many faults."""
    rng = np.random.default_rng(0)
    for name in ("a.png", "b.jpg", "cut.jpg"):
        Image.fromarray(rng.integers(0, 256, (100, 200, 3), np.uint8)).save(tmp_path / name)
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "cut.jpg").read_bytes()[:900])
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    np.save(tmp_path / "a.depth.npy", np.ones((50, 100)))
    np.save(tmp_path / "b.depth.npy", np.ones((50, 50)))
    (tmp_path / "depth.toml").write_text('kind = "metric"')
    data = {
        "images": [{"id": 1, "file_name": "a.png", "width": 200, "height": 100}, {"id": 2, "file_name": "gone.png"}],
        "categories": [{"id": 1, "name": "dog"}, {"id": 1, "name": "cat"}],
        "annotations": [
            {**ITEM, "id": 1}, {**ITEM, "id": 1}, {**ITEM, "category_id": 9}, {**ITEM, "bbox": [500, 5, 9, 9]},
            {**ITEM, "bbox": [180, 20, 40, 30]}, {**ITEM, "segmentation": [[1, 1, 5, 5]]},
            {**ITEM, "segmentation": {"size": [100, 200], "counts": [3]}}, {**ITEM, "image_id": 7},
        ],
    }  # fmt: skip
    (tmp_path / "annotations.json").write_text(json.dumps(data))
    return tmp_path


@pytest.mark.parametrize(
    "told",
    [
        "broken.jpg: not a readable picture",
        "cut.jpg: the file is cut short",
        "annotations.json, image 1 (gone.png): there is no such photo",
        "annotations.json, category 1: the id 1 is that of another category",
        "annotations.json, annotation 1 (id 1): the id 1 is that of another annotation",
        "annotations.json, annotation 2: there is no category 9",
        "annotations.json, annotation 3: the box lies outside of the photo",
        "annotations.json, annotation 4: the box reaches 20 px out of the photo",
        "annotations.json, annotation 5: a polygon of 4 numbers",
        "annotations.json, annotation 6: run lengths of 3 px in all",
        "annotations.json, annotation 7: there is no image 7",
        "b.depth.npy: a map of 50 x 50 px, of a photo of 200 x 100",
        "2 photos, 200 x 100 to 200 x 100 px",
        "depth: metric, of 1 photos",
    ],
)
def test_each_fault_is_told_with_its_file_and_place(folder, capsys, told):
    assert run(["photos", "check", str(folder), "--no-specs"]) == 1
    assert told in capsys.readouterr().out


def test_for_programs(folder, capsys):
    spec = data_path("task_specs") / "photo" / "left_of_on_photo.pgt"
    assert run(["photos", "check", str(folder), "--json", "--specs", str(spec)]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["photos"], found["objects"], found["categories"]) == (2, 3, {"cat": 3})
    assert found["count"] == len(found["faults"]) > found["left"] > 5
    assert [feed["fed"] for feed in found["specs"]] == [True]


def test_what_it_cannot_feed_and_why(tmp_path, capsys):
    Image.new("RGB", (90, 90), "grey").save(tmp_path / "a.png")
    specs = data_path("task_specs") / "photo"
    names = [f"--specs={specs / name}.pgt" for name in ("box_of_object", "nearer_point")]
    assert run(["photos", "check", str(tmp_path), *names]) == 0
    out = capsys.readouterr().out
    assert "nothing is wrong" in out and "depth: none" in out
    assert "cannot feed  photo/box_of_object: it asks about annotated things, and there are none" in out
    assert "cannot feed  photo/nearer_point:" in out


def test_no_folder(tmp_path, capsys):
    assert run(["photos", "check", str(tmp_path / "no")]) == 1
    assert "there is no folder of photos" in capsys.readouterr().err


def test_the_shipped_photos_are_whole(capsys):
    from pgt_dsl.photos.shipped import shipped_photos

    assert run(["photos", "check", str(shipped_photos().entries[0].path.parent), "--no-specs"]) == 0
    assert "nothing is wrong" in capsys.readouterr().out


def test_modules_among_the_specs_are_passed_over(tmp_path, capsys):
    for path in (data_path("task_specs") / "photo/is_there.pgt", data_path("grammar") / "dice.pgt"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    from pgt_dsl.photos.shipped import shipped_photos

    photos = str(shipped_photos().entries[0].path.parent)
    assert run(["photos", "check", photos, "--specs", str(tmp_path)]) == 0
    assert "can feed  photo/is_there" in capsys.readouterr().out
