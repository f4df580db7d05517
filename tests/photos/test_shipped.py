"""Every shipped photograph has an author, a source and a licence that was stated for it, and is the file it was."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

import pgt_dsl.photos
from pgt_dsl.photos.shipped import shipped_photos

FOLDER = Path(pgt_dsl.photos.__file__).parent / "shipped"
CREDITS = tomllib.loads((FOLDER / "credits.toml").read_text("utf-8"))["photo"]
LICENCES = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-2.0": "https://creativecommons.org/licenses/by/2.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "public domain": "https://creativecommons.org/publicdomain/mark/1.0/",
}


def test_there_are_enough_and_they_are_small():
    photos = shipped_photos()
    assert 8 <= photos.count <= 20
    assert photos.problems == ()
    assert sum(path.stat().st_size for path in FOLDER.glob("*.jpg")) < 1_500_000
    assert all(max(entry.width, entry.height) <= 640 for entry in photos.entries)


def test_each_file_has_one_credit_and_each_credit_a_file():
    assert sorted(item["file"] for item in CREDITS) == sorted(path.name for path in FOLDER.glob("*.jpg"))


@pytest.mark.parametrize("item", CREDITS, ids=lambda item: item["file"])
def test_credit_is_complete_and_the_file_unchanged(item):
    for key in ("title", "author", "source", "statement", "changes"):
        assert item[key].strip()
    assert item["url"] == LICENCES[item["licence"]]
    assert hashlib.sha256((FOLDER / item["file"]).read_bytes()).hexdigest() == item["sha256"]
    photos = shipped_photos()
    credit = photos.credit(photos.number(item["file"]))
    assert (credit.author, credit.licence) == (item["author"], item["licence"])


def test_pixels():
    photos = shipped_photos()
    for i, entry in enumerate(photos.entries):
        pixels = photos.pixels(i)
        assert pixels.shape == (entry.height, entry.width, 3)
        assert pixels.std() > 10


def test_annotated_objects_lie_on_their_photos():
    photos = shipped_photos()
    objects = photos.objects
    assert objects is not None and photos.max_objects >= 4
    for i, entry in enumerate(photos.entries):
        boxes = objects.boxes[objects.start[i] : objects.start[i + 1]]
        assert (boxes >= 0).all() and (boxes <= [entry.width, entry.height] * 2).all()
    assert sum(count >= 2 for count in (objects.start[1:] - objects.start[:-1])) >= 5
