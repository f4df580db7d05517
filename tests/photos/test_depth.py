"""Depth beside photos: what is declared, what is wrong with it, and that both readings say the same."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from pgt_dsl.api import load
from pgt_dsl.diagnostics import SpecError
from pgt_dsl.photos.folder import open_folder
from pgt_dsl.scene.certify import certify

TASK = """task "t/depth"
background img: photo {{ zoom ~ [1, 1.5] }}
shape p: dot {{ at ~ anywhere(canvas, 12vmin), radius = 1vmin, color = red }}
shape s: figure {{ size ~ 10vmin .. 30vmin, color ~ basic }}
ask "At p?" answer depth(p.at) within 1%
ask "In s?" answer depth(s) within 1%
ask "Far end?" answer depth(s, 90%) within 1%
ask "Around?" answer depth_spread(p.at, 3vmin) within 1%
ask "Texture?" answer texture(s) within 1%
"""


def folder(tmp_path, declared, scale=1.0, beside=".depth.npy", kind=np.float64, size=(120, 160), exif=0):
    rng = np.random.default_rng(1)
    height, width = size
    y, x = np.mgrid[:height, :width]
    made = (3.0 + x / 50 + y / 90 + 2 * (np.hypot(x - 70, y - 50) < 25)) * scale
    for name in ("a", "b"):
        extra = Image.Exif()
        if exif:
            extra[0x0112] = exif
        Image.fromarray(rng.integers(0, 256, (height, width, 3), np.uint8)).save(
            tmp_path / f"{name}.jpg", exif=extra.tobytes()
        )
        place = tmp_path / (declared.get("folder", "") or ".") / f"{name}{beside}"
        place.parent.mkdir(exist_ok=True)
        data = made.astype(kind)
        np.save(place, data) if beside.endswith("npy") else Image.fromarray(data).save(place)
    (tmp_path / "depth.json").write_text(json.dumps(declared))
    return open_folder(tmp_path)


FORMS = [
    ({"kind": "metric"}, {}),
    ({"kind": "metric", "scale": 0.001}, {"scale": 1000, "kind": np.uint16, "beside": ".depth.png"}),
    ({"kind": "metric", "folder": "maps", "nearer": "large", "scale": 40}, {"beside": ".npy"}),
    ({"kind": "relative", "nearer": "large"}, {}),
    ({"kind": "relative", "folder": "maps"}, {"scale": 20, "kind": np.uint8, "beside": ".png"}),
    ({"kind": "metric"}, {"exif": 6}),
    ({"kind": "metric"}, {"exif": 8, "size": (100, 150)}),
]


@pytest.mark.parametrize(("declared", "more"), FORMS)
def test_both_readings_agree(tmp_path, declared, more):
    photos = folder(tmp_path, declared, **more)
    assert photos.problems == () and photos.count == 2
    pipeline = load(TASK.format()).pipeline(0, 96, photos)
    scenes = pipeline.scenes(range(8))
    for scene in scenes:
        assert [str(d) for d in certify(pipeline.program, scene, pipeline.registry, photos)] == []
    assert all(scene.asks[0].value > 0 and scene.asks[2].value >= scene.asks[1].value for scene in scenes)


def test_values_of_a_metric_map_are_metres(tmp_path):
    photos = folder(tmp_path, {"kind": "metric", "scale": 0.001}, 1000, ".depth.png", np.uint16)
    places = np.array([[20.5 + 30.5j, 70.5 + 50.5j]])
    found = photos.depth_at(np.array([0]), 160.0, 120.0, places)
    assert np.allclose(found, [[3 + 0.4 + 1 / 3, 3 + 1.4 + 5 / 9 + 2]], atol=2e-3)


def test_what_is_missing_has_no_value(tmp_path):
    photos = folder(tmp_path, {"kind": "metric"})
    holed = np.load(tmp_path / "a.depth.npy")
    holed[:, :80] = np.nan
    np.save(tmp_path / "a.depth.npy", holed)
    found = photos.depth_at(np.array([0, 0, 1]), 160.0, 120.0, np.array([[40 + 40j], [120 + 40j], [40 + 40j]]))
    assert np.isnan(found[:, 0]).tolist() == [True, False, False]


def test_points_in_order(tmp_path):
    Image.new("RGB", (200, 100), "grey").save(tmp_path / "a.png")
    (tmp_path / "depth.toml").write_text(
        'kind = "order"\n[[photo]]\nfile = "a.png"\npoints = [[60, 50, 0], [140, 40, 2]]\n'
    )
    photos = open_folder(tmp_path)
    places = np.array([[60 + 50j, 141 + 40j, 100 + 50j]])
    found = photos.depth_at(np.array([0]), 200.0, 100.0, places)[0]
    assert found[:2].tolist() == [1.0, 4.0] and np.isnan(found[2])
    spots, mask = photos.spots(np.array([0]), 100.0, 100.0)
    assert spots[mask].tolist() == [10 + 50j, 90 + 40j]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", '`kind` is "metric", "relative" or "order", not None'),
        ('kind = "near"', "`kind` is"),
        ('kind = "metric"\nscales = 1', "there is no key `scales`"),
        ('kind = "metric"\nscale = 0', "`scale` is a number above 0"),
        ('kind = "relative"\nscale = 2', "no meaning"),
        ('kind = "metric"\nfolder = "../x"', "`folder` is a folder within"),
        ('kind = "metric"\nfolder = "gone"', "there is no folder 'gone'"),
        ('kind = "metric"\nnearer = "up"', "`nearer`"),
        ('kind = "order"', "points in order"),
        ('kind = "order"\n[[photo]]\nfile = "a.png"\npoints = [[1, 2]]', "a point is [x, y, rank]"),
        ('kind = "order"\n[[photo]]\nfile = "z.png"\npoints = [[1, 2, 0]]', "there is no photo 'z.png'"),
        ('kind = "order"\n[[photo]]\nfile = "a.png"\npoints = [[900, 2, 0]]', "points of a.png lie outside"),
        ("kind = [", "depth.toml: "),
    ],
)
def test_a_wrong_declaration_is_told(tmp_path, text, why):
    Image.new("RGB", (200, 100), "grey").save(tmp_path / "a.png")
    (tmp_path / "depth.toml").write_text(text)
    (problem,) = open_folder(tmp_path).problems
    assert problem.startswith("depth.toml: ") and why in problem


def test_a_task_without_a_photo_has_no_depth():
    with pytest.raises(SpecError, match="background img: photo"):
        load('task "t"\nshape a: dot { color = red }\nask "How far?" answer depth(a) within 1%\n')
