"""A data set says places as its recipe names them, remembers it, and is verified and scored by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import pgt_dsl
from pgt_dsl.api import load_all
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.build import build
from pgt_dsl.dataset.manifest import read_manifest
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.resources import data_path
from pgt_dsl.verify.run import verify

SPEC = """task "c/places"
canvas 3 by 2
shape a: circle { color = red }
ask "Where is {a}?" answer a.at within 3vmin
  because "{a} is at {a.at}."
ask "Give its box." answer a.box within 80%
"""
RECIPE = """count = 6
size = 60
format = "{format}"
coordinates = "{coordinates}"
styles = {{ reasoned = 1 }}
[[task]]
specs = "places.pgt"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("places.pgt").write_text(SPEC, encoding="utf-8")
    return tmp_path


def make(format: str, coordinates: str) -> Path:
    Path("mix.toml").write_text(RECIPE.format(format=format, coordinates=coordinates), encoding="utf-8")
    assert run(["build", "mix.toml", "-o", "out", "-q", "--workers", "1"]) == 0
    return Path("out")


@pytest.mark.parametrize("format", ["parquet", "llava", "messages", "vlmevalkit", "webdataset", "imagefolder"])
def test_data_sets_in_other_coordinates_are_verified(folder: Path, format: str) -> None:
    out = make(format, "qwen2_5_vl")
    told = "resized(factor=28, min_pixels=3136, max_pixels=12845056)"
    assert read_manifest(out).coordinates == told
    assert verify(out).ok


def test_a_row_is_scored_in_its_own_coordinates(folder: Path) -> None:
    from datasets import load_dataset

    rows = load_dataset(str(make("parquet", "thousand")), split="train", cache_dir="cache")
    for row in rows:
        said = row["conversations"]
        assert json.loads(row["metadata"])["coordinates"] == "thousand"
        assert pgt_dsl.score(row, row["answer"]).right and pgt_dsl.score(row, said[3]["value"], ask=1).right
        assert not pgt_dsl.score(row, row["answer"], coordinates="unit").right
        x, y = json.loads(row["metadata"])["scene"]["asks"][0]["value"]
        assert row["answer"].endswith(f"({round(x / 90 * 1000)}, {round(y / 60 * 1000)})")


def test_a_moved_place_is_found(folder: Path) -> None:
    path = make("llava", "thousand") / "llava.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    last = rows[4]["conversations"][-1]
    x0, *others = last["value"].strip("[]").split(", ")
    last["value"] = "[" + ", ".join([str(int(x0) + 1), *others]) + "]"
    path.write_text(json.dumps(rows), encoding="utf-8")
    report = verify(Path("out"))
    assert not report.ok and any(fault.check == "texts" and rows[4]["id"] == fault.sample for fault in report.faults)


def test_ms_swift_converts_objects_itself_so_they_stay_px(folder: Path) -> None:
    Path("mix.toml").write_text(RECIPE.format(format="messages", coordinates="thousand").replace("reasoned", "short"))
    assert run(["build", "mix.toml", "-o", "out", "-q", "--workers", "1"]) == 0
    scenes = [json.loads(json.loads(line)["metadata"]) if "metadata" in json.loads(line) else json.loads(line)
              for line in Path("out/scenes.jsonl").read_text().splitlines()]  # fmt: skip
    for line, kept in zip(Path("out/messages.jsonl").read_text().splitlines(), scenes, strict=True):
        point, box = json.loads(line)["objects"]["bbox"]
        asks = kept["scene"]["asks"]
        assert point == pytest.approx(asks[0]["value"], abs=0.01) and box == pytest.approx(asks[1]["value"], abs=0.01)


def test_without_a_name_nothing_changes(folder: Path) -> None:
    task = pgt_dsl.load("places.pgt")
    build([task], 2, "plain", size=60)
    assert read_manifest(Path("plain")).coordinates == "unit"
    assert "coordinates" not in json.loads(task.sample(size=60).sample.metadata)


def test_the_check_of_a_recipe_shows_a_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mix.toml").write_text(RECIPE.format(format="parquet", coordinates="molmo"))
    assert run(["recipe", "check", "mix.toml"]) == 0
    assert "places are given in `hundred`, as in " in " ".join(capsys.readouterr().out.split())


def test_a_convention_without_places_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("places.pgt").write_text(
        'task "c/none"\npick n ~ 1 .. 3\nshape s: circle[n]\nask "How many?" answer count(s)\n'
    )
    Path("mix.toml").write_text(RECIPE.format(format="parquet", coordinates="molmo").replace("reasoned", "short"))
    assert run(["recipe", "check", "mix.toml"]) == 0
    assert "changes nothing: no question has a place" in " ".join(capsys.readouterr().err.split())


def test_pictures_that_are_cut_have_no_other_coordinates(tmp_path: Path) -> None:
    text = (data_path("task_specs") / "panels/two_images_more.pgt").read_text(encoding="utf-8")
    spec = tmp_path / "cut.pgt"
    spec.write_text(text + '\nask "Where is {first}?" answer first.at within 9vmin\n', encoding="utf-8")
    with pytest.raises(PgtError, match="cuts its picture"):
        build(load_all([spec]), 2, tmp_path / "out", size=64, coordinates="thousand")
