"""Programs that read the annotated objects of photos: columns of any length, objects that a crop hides, zoom."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from pgt_dsl.compile import compile_source
from pgt_dsl.photos.folder import open_folder
from pgt_dsl.photos.shipped import shipped_photos
from pgt_dsl.plugins.registry import registry
from pgt_dsl.program.serial import program_hash
from pgt_dsl.scene.assemble import scenes
from pgt_dsl.scene.certify import certify
from pgt_dsl.solve.reject import Sampler
from pgt_dsl.source import Source

DOT = """task "t/dot"
background img: photo
let thing ~ [o in img.objects where area(o) >= 2% * area(canvas) and the_only(o, img.objects)]
shape d: dot { color = red }
ask "Is the dot on {thing}?" answer covers(thing, d.at) even clear 2vmin
"""
COUNT = """task "t/count"
background img: photo { zoom ~ [1, 1.6] }
shape d: dot { color = red }
ask "How many?" answer count(img.objects)
ask "How many dogs are cut off?" answer count(o in img.objects where o.category == "dog" and o.cut_off)
ask "How many dogs are under the dot?" answer count(o in img.objects where covers(o, d.at)) clear 1px
"""


def folder(tmp_path, boxes):
    """A photo of 200 x 100 px with an object, called by its number, in each box."""
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (100, 200, 3), np.uint8)).save(tmp_path / "a.png")
    data = {
        "images": [{"id": 5, "file_name": "a.png", "width": 200, "height": 100}],
        "categories": [{"id": 1, "name": "dog"}],
        "annotations": [{"image_id": 5, "bbox": box, "category_id": 1} for box in boxes],
    }
    (tmp_path / "annotations.json").write_text(json.dumps(data))
    return open_folder(tmp_path)


def run(text, photos, n=40):
    made = compile_source(Source("t.pgt", text), registry())
    batch = Sampler(made.program, registry(), 3, photos=photos).batch(np.arange(n))
    found = scenes(batch, program_hash(made.program))
    assert [d for s in found for d in certify(made.program, s, registry(), photos)] == []
    return found


def test_objects_of_the_shipped_photos():
    found = run(DOT, shipped_photos())
    assert {scene.asks[0].text for scene in found} == {"Yes", "No"}


def test_objects_that_the_crop_hides_leave_no_gap(tmp_path):
    # The canvas shows x from 50 to 150, or with the larger zoom from 68.75 to 131.25 and y from 18.75 to 81.25.
    boxes = [[0, 20, 40, 50], [60, 40, 20, 20], [2, 2, 9, 9], [100, 10, 20, 30], [52, 2, 9, 9]]
    found = run(COUNT, folder(tmp_path, boxes))
    answers = {(s.background.fields["zoom"], s.asks[0].text, s.asks[1].text) for s in found}
    assert answers == {(1.0, "3", "0"), (1.6, "2", "2")}
    assert len({s.asks[2].text for s in found}) > 1


def test_photos_with_more_objects_than_a_program_holds_are_left(tmp_path):
    photos = folder(tmp_path, [[60 + k, 20, 10, 10] for k in range(60)])
    made = compile_source(Source("t.pgt", COUNT), registry())
    with pytest.raises(Exception, match="photo"):
        Sampler(made.program, registry(), 3, photos=photos, budget=200).batch(np.arange(2))
