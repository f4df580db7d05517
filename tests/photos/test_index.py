"""The index of a large folder: the same catalogue with it as without, whatever happens to its file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from pgt_dsl.photos import cache, folder, index
from pgt_dsl.photos.folder import open_folder

RUNS = {"size": [80, 120], "counts": [1000, 50, 30, 50, 80 * 120 - 1130]}
ROUND = [v for k in range(30) for v in (60 + 20 * np.cos(k / 5), 40 + 20 * np.sin(k / 5))]


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """A folder of six photos with annotations, of which an index is kept in a cache of its own."""
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(folder, "WORTHWHILE", 1)
    where = tmp_path / "photos"
    where.mkdir()
    for k in range(6):
        Image.new("RGB", (120, 80), (40 * k, 99, 0)).save(where / f"{k}.png")
    (where / "broken.jpg").write_bytes(b"no picture")
    things = [
        {"id": 1, "image_id": 2, "category_id": 3, "bbox": [40, 20, 40, 40], "segmentation": [ROUND]},
        {"id": 2, "image_id": 4, "category_id": 1, "bbox": [0, 0, 30, 30], "iscrowd": 1, "segmentation": RUNS},
        {"id": 3, "image_id": 2, "category_id": 1, "bbox": [5, 5, 30, 30]},
        {"id": 4, "image_id": 2, "category_id": 1, "bbox": [5, 5, -30, 30]},
    ]
    data = {
        "images": [{"id": k, "file_name": f"{k}.png", "width": 120, "height": 80} for k in range(6)],
        "annotations": things,
        "categories": [{"id": 1, "name": "cat"}, {"id": 3, "name": "ball"}],
    }
    (where / "annotations.json").write_text(json.dumps(data))
    return where


def same(one, two):
    ids = np.arange(one.count)
    first, second = (c.object_columns(ids, 120.0, 80.0) for c in (one, two))
    outlines = [c.object_outlines(ids, 120.0, 80.0) for c in (one, two)]
    return (
        tuple(one.entries) == tuple(two.entries)
        and (one.problems, one.digest, one.names) == (two.problems, two.digest, two.names)
        and all((first[k][0] == second[k][0]).all() and (first[k][1] == second[k][1]).all() for k in first)
        and (outlines[0].verts == outlines[1].verts).all()
    )


def only(photos):
    (path,) = index.place_of(photos).parent.glob("*.index")
    return path


def test_the_catalogue_is_the_same_with_and_without(photos, monkeypatch):
    made, again = open_folder(photos), open_folder(photos)
    assert made.count == 6 and made.max_objects == 2 and len(made.problems) == 2
    assert only(photos) == index.place_of(photos)
    monkeypatch.setenv(cache.VARIABLE, cache.OFF)
    without = open_folder(photos)
    assert same(made, without) and same(again, without)


def test_what_was_read_once_is_not_read_again(photos):
    made = open_folder(photos)
    for name in ("3.png", "annotations.json"):
        path = photos / name
        info = path.stat()
        path.write_bytes(bytes(info.st_size))
        os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert same(made, open_folder(photos))


@pytest.mark.parametrize("change", ["a photo more", "a photo less", "another photo", "other annotations"])
def test_another_folder_is_another_index(photos, change):
    made = open_folder(photos)
    if change == "a photo less":
        (photos / "0.png").unlink()
    elif change == "other annotations":
        path = photos / "annotations.json"
        path.write_text(path.read_text().replace("ball", "hall"))
        os.utime(path, (1, 1))
    else:
        path = photos / ("0.png" if change == "another photo" else "new.png")
        Image.new("RGB", (100, 70)).save(path)
        os.utime(path, (1, 1))
    found = open_folder(photos)
    assert found.digest != made.digest
    assert found.count == 6 + (change == "a photo more") - (change == "a photo less")


@pytest.mark.parametrize("harm", ["cut short", "another byte", "emptied", "longer", "of another version"])
def test_a_broken_index_is_made_again(photos, harm):
    made = open_folder(photos)
    good = only(photos).read_bytes()
    at = len(good) // 2
    spoilt = {
        "cut short": good[:-70],
        "another byte": good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :],
        "emptied": b"",
        "longer": good + bytes(64),
        "of another version": good[:11] + bytes([99]) + good[12:],
    }
    only(photos).unlink()
    index.place_of(photos).write_bytes(spoilt[harm])
    assert same(made, open_folder(photos))
    assert only(photos).read_bytes() == good


def test_without_a_folder_to_write_in_everything_is_read_each_time(photos, tmp_path, monkeypatch):
    made = open_folder(photos)
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "file"))
    assert same(made, open_folder(photos))


CODE = """
import hashlib, sys
from pathlib import Path
from pgt_dsl.photos import folder
folder.WORTHWHILE = 1
for k in range(20):
    print(folder.open_folder(Path(sys.argv[1])).digest, flush=True)
    for path in Path(sys.argv[2]).glob("*.index"):
        path.unlink(missing_ok=True)
"""


def test_several_processes_and_one_that_is_killed(photos, tmp_path):
    command = [sys.executable, "-c", CODE, str(photos), str(tmp_path / "cache")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = [running[0].stdout.readline()]
    time.sleep(0.02)
    running[0].send_signal(signal.SIGKILL)
    for process in running:
        told += process.communicate(timeout=60)[0].splitlines(keepends=True)
    assert [process.returncode for process in running[1:]] == [0, 0]
    digest = open_folder(photos).digest
    assert {line.strip() for line in told if line.endswith("\n")} == {digest}
    assert same(open_folder(photos), open_folder(photos))
