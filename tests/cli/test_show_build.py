"""``pgt show`` and ``pgt build`` on real specs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pgt_dsl.cli.build import left, rate
from pgt_dsl.cli.main import run
from pgt_dsl.cli.new import STARTER


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("starter.pgt").write_text(STARTER.replace("NAME", "my/starter"), encoding="utf-8")
    return "starter.pgt"


def test_show(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", spec, "--count", "4", "--size", "128"]) == 0
    text = capsys.readouterr().out
    assert "Yes" in text and "50%" in text and "lets through" in text
    with Image.open("starter.png") as sheet:
        assert min(sheet.size) > 400


def test_show_as_json(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", spec, "--count", "3", "--size", "128", "--json", "--out", "s.png"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["sheet"] == "s.png" and found["answers"] == {"Yes": 48, "No": 48}
    assert [s["index"] for s in found["samples"]] == [0, 1, 2]


SHORTCUT = """\
task "t/shortcut"
shape a: circle { radius ~ 4vmin .. 8vmin }
shape b: circle { radius = 12vmin }
require apart(a, b) >= 2vmin
ask "Which is larger, {a} or {b}?"
  answer largest([a, b]) clear 10%
"""


def test_a_shortcut_is_told_by_show_and_by_the_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.pgt").write_text(SHORTCUT, encoding="utf-8")
    assert run(["show", "s.pgt", "--size", "96", "--out", "s.png"]) == 0
    said = capsys.readouterr().err
    assert "warning[S504]: `b` is the answer in 100% of 96 scenes, 50% would be even" in said
    assert "s.pgt:5:1" in said and "even" in said
    assert run(["show", "s.pgt", "--size", "96", "--out", "s.png", "--json"]) == 0
    assert {w["code"] for w in json.loads(capsys.readouterr().out)["warnings"]} == {"S504", "S507"}
    assert run(["build", "s.pgt", "-n", "60", "-o", "set", "--size", "64", "--workers", "1", "--quiet"]) == 0
    warnings = json.loads(Path("set/manifest.json").read_text(encoding="utf-8"))["tasks"][0]["warnings"]
    assert any(w.startswith("S504 s.pgt:5:1: `b` is the answer") for w in warnings)


def test_show_replays_a_sample_of_a_data_set(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", spec, "-n", "12", "-o", "set", "--format", "imagefolder", "--size", "80", "--seed", "3",
                "--workers", "1", "--quiet"]) == 0  # fmt: skip
    rows = [json.loads(line) for line in Path("set/train/metadata.jsonl").read_text(encoding="utf-8").splitlines()]
    row = rows[7]
    Path("m.json").write_text(row["metadata"], encoding="utf-8")
    assert run(["show", spec, "--from", "m.json", "--out", "again.png"]) == 0
    assert run(["show", spec, "--seed", "3", "--size", "80", "--index", "7", "--out", "byhand.png"]) == 0
    pixels = [np.asarray(Image.open(p)) for p in (f"set/train/{row['file_name']}", "again.png", "byhand.png")]
    assert np.array_equal(pixels[0], pixels[1]) and np.array_equal(pixels[0], pixels[2])
    capsys.readouterr()
    wrong = {**json.loads(row["metadata"]), "program": "0" * 64}
    Path("m.json").write_text(json.dumps(wrong), encoding="utf-8")
    assert run(["show", spec, "--from", "m.json"]) == 1
    assert "another program" in capsys.readouterr().err
    Path("m.json").write_text("{}", encoding="utf-8")
    assert run(["show", spec, "--from", "m.json"]) == 1


def test_a_replay_is_painted_by_the_painter_of_the_sample(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", spec, "-n", "2", "-o", "set", "--format", "llava", "--size", "64", "--renderer", "pillow",
                "-q"]) == 0  # fmt: skip
    text = json.loads(Path("set/scenes.jsonl").read_text(encoding="utf-8").splitlines()[1])["metadata"]
    metadata = json.loads(text)
    assert metadata["renderer"] == json.loads(Path("set/manifest.json").read_text())["renderer"] == "pillow"
    Path("m.json").write_text(text, encoding="utf-8")
    assert run(["show", spec, "--from", "m.json", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["samples"] == [metadata]
    Path("m.json").write_text(json.dumps({**metadata, "renderer": "chisel", "pixels": "0"}), encoding="utf-8")
    assert run(["show", spec, "--from", "m.json"]) == 1
    said = capsys.readouterr().err
    assert "pixels may differ by a level or two: no renderer `chisel`" in said
    assert "they were painted by `chisel`, these by `" in said


def test_build_says_what_it_did(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", spec, "-n", "8", "-o", "set", "--size", "64", "--workers", "1"]) == 0
    text = capsys.readouterr().err
    assert "my/starter" in text and "manifest.json" in text and "load_dataset" in text
    assert run(["build", spec, "-n", "8", "-o", "set", "--size", "64"]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert run(["build", spec, "-n", "4", "-o", "set", "--size", "64", "--overwrite", "--workers", "1", "-q"]) == 0
    assert json.loads(Path("set/manifest.json").read_text(encoding="utf-8"))["count"] == 4


def test_a_build_says_how_fast_it_is_and_how_long_it_takes_yet() -> None:
    assert (rate(0, 1.0), rate(10, 0.002), rate(3, 0.4)) == ("", "500/s", "2.5/s")
    assert (left(100, 0, 1.0), left(100, 5, 1.0), left(100_000, 5, 0.5)) == ("", "0:01:40 left", "13:53:20 left")


def test_build_takes_the_kind_of_images_from_the_line_before_the_recipe(
    spec: str, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = 'image = "jpeg"\nquality = 40\nsize = 64\nformat = "llava"\n[[task]]\nspecs = "starter"\nsamples = 3\n'
    Path("mix.toml").write_text(recipe, encoding="utf-8")
    for number, (options, wanted) in enumerate(
        [([], ("jpeg", 40)), (["--quality", "80"], ("jpeg", 80)), (["--image", "webp"], ("webp", None))]
    ):
        out = Path(f"set{number}")
        assert run(["build", "mix.toml", "-o", str(out), "-q", *options]) == 0
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        assert (manifest["image"], manifest["quality"]) == wanted
        assert {p.suffix for p in (out / "images").iterdir()} == {".jpg" if wanted[0] == "jpeg" else ".webp"}
    assert run(["build", spec, "-o", "no", "-n", "3", "--quality", "80"]) == 1
    assert "a PNG file has no quality" in capsys.readouterr().err


ON_PHOTO = """\
## Which of two discs on a photo is higher?
task "my/photo"

background img: photo

shape a: circle { color = red }
shape b: circle { color = blue }

require apart(a, b) >= 4vmin

ask "Is the red circle above the blue one?"
  answer a.y < b.y even clear 4vmin
"""


def test_build_over_photos_of_ones_own(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("photos").mkdir()
    colours = np.random.default_rng(0).integers(0, 256, (96, 128, 3), np.uint8)
    Image.fromarray(colours).save("photos/mine.png")
    Path("photos/broken.jpg").write_bytes(b"not a picture")
    Path("photo.pgt").write_text(ON_PHOTO, encoding="utf-8")
    options = ["-n", "6", "-o", "set", "--size", "64", "--photos", "photos", "--workers", "1", "--format", "llava"]
    assert run(["build", "photo.pgt", *options]) == 0
    assert "photo left out: broken.jpg" in capsys.readouterr().err
    manifest = json.loads(Path("set/manifest.json").read_text(encoding="utf-8"))
    assert [(c["name"], c["used"], c["licence"]) for c in manifest["credits"]] == [("mine.png", 6, "")]
    assert "| mine.png | not stated | not stated |" in Path("set/README.md").read_text(encoding="utf-8")
    metadata = json.loads(Path("set/scenes.jsonl").read_text(encoding="utf-8").splitlines()[3])["metadata"]
    Path("m.json").write_text(metadata, encoding="utf-8")
    assert run(["show", "photo.pgt", "--from", "m.json", "--photos", "photos"]) == 0
    capsys.readouterr()
    assert run(["show", "photo.pgt", "--from", "m.json"]) == 1
    assert "the photos are not the same" in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [["--styles", "fancy"], ["--format", "tfrecord"], ["--size", "2"], ["--size", "0"], ["--photos", "nowhere"]],
)
def test_build_refuses_what_makes_no_sense(spec: str, options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", spec, "-n", "4", "-o", "set", *options]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert not Path("set").exists()


def test_an_index_beyond_all_is_told(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", spec, "--index", str(10**20)]) == 1
    assert "the index of a sample is 0 to 1000000000000" in capsys.readouterr().err


def test_a_task_without_a_scene_beside_one_that_works(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("no.pgt").write_text(
        'task "my/no"\nshape xs: circle[2] { radius = 20vmin }\nrequire apart(xs) >= 46vmin\n'
        'ask "Do the outer ones differ in colour?"\n  answer xs[0].color != xs[-1].color\n',
        encoding="utf-8",
    )
    assert run(["build", spec, "no.pgt", "-n", "4", "-o", "set", "--size", "64", "--workers", "1"]) == 1
    text = capsys.readouterr().err
    assert "failed: my/no" in text and "2 samples in set" in text


def test_an_opacity_that_is_none(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'task "my/x"\nshape s: circle { opacity = 900% }\nask "Where is it?"\n  answer s.at within 2vmin\n'
    Path("x.pgt").write_text(text, encoding="utf-8")
    assert run(["show", "x.pgt"]) == 1
    assert capsys.readouterr().err == "`s` has an opacity of 900%; write 0% to 100%\n"


def test_a_recipe_stands_alone(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["build", spec, "mix.toml", "-o", "set"]) == 1
    assert "a recipe stands alone" in capsys.readouterr().err


def test_ctrl_c_ends_a_build_and_its_workers_and_says_how_to_go_on(spec: str) -> None:
    command = [sys.executable, "-m", "pgt_dsl.cli.main", "build", spec, "-n", "100000", "-o", "set", "--size", "64",
               "--workers", "2", "-q"]  # fmt: skip
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=_hearing)
    try:
        deadline = time.monotonic() + 60
        while not list(Path(".").glob("set/.pgt-building/new/data")) and time.monotonic() < deadline:
            time.sleep(0.05)
        while not Path("set/.pgt-building/journal.json").is_file() and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(child.pid, signal.SIGINT)  # a terminal sends it to the whole group
        _, text = child.communicate(timeout=30)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
    assert child.returncode == 130
    assert "samples are kept: the same command again goes on from there" in text and "Traceback" not in text
    assert [p.name for p in Path("set").iterdir()] == [".pgt-building"]
    assert _gone(child.pid)


def _hearing() -> None:
    """Hear Ctrl-C also where the tests run in the background of a shell, which turns it off for what it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _gone(group: int) -> bool:
    """Whether a process group has no member left, with a little patience."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
