"""Splits, several sizes, styles of a task and what is said after a question come out as a recipe says; and what comes
out is told before it is built."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import pgt_dsl
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.build import Interrupted, Progress, build
from pgt_dsl.dataset.manifest import read_manifest
from pgt_dsl.dataset.mix.source import Mix
from pgt_dsl.dataset.plan import divided
from pgt_dsl.dataset.sizes import BLOCK, sizes_of
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.verify.run import verify
from tests.dataset.test_mix import SPEC, make, rows, talk, theirs


@pytest.mark.parametrize("format", ["parquet", "imagefolder", "webdataset", "llava", "sharegpt", "messages"])
def test_splits_share_no_scene_and_are_read_as_splits(tmp_path: Path, format: str) -> None:
    from datasets import load_dataset

    data = theirs(tmp_path, *[talk("<image>\nHi", str(k), image="a.png") for k in range(8)])
    made = make(tmp_path, Mix("m", data, samples=4), Mix("v", data, samples=2, split="validation"), format=format,
                count=14, splits={"train": 9, "validation": 5}, names=("one", "two"))  # fmt: skip
    assert [(s.name, s.count, s.woven) for s in made.splits] == [("train", 9, 4), ("validation", 5, 2)]
    options = {} if format != "imagefolder" else {"drop_metadata": False}
    sets = {
        name: load_dataset(str(tmp_path / "set"), split=name, cache_dir=str(tmp_path / "cache"), **options)
        for name in ("train", "validation")
    }
    ids = {name: [row["json"]["id"] if format == "webdataset" else row["id"] for row in table]
           for name, table in sets.items()}  # fmt: skip
    assert [len(found) for found in ids.values()] == [13, 7]
    assert len({*ids["train"], *ids["validation"]}) == 20
    assert sum(i.startswith("v+") for i in ids["validation"]) == 2


@pytest.mark.parametrize("format", ["trl_sft", "trl_grpo"])
def test_splits_of_samples_alone_are_read_as_splits(tmp_path: Path, format: str) -> None:
    from datasets import load_dataset

    make(tmp_path, format=format, count=6, splits={"train": 4, "validation": 2})
    ids = [{row["id"].partition("/")[0] for row in load_dataset(str(tmp_path / "set"), split=split,
            cache_dir=str(tmp_path / "cache"))} for split in ("train", "validation")]  # fmt: skip
    assert [len(found) for found in ids] == [4, 2] and not ids[0] & ids[1]


def test_splits_are_exact_and_of_each_task_its_part() -> None:
    found = divided([50, 30, 20], {"train": 80, "validation": 15, "test": 5})
    assert [sum(part) for part in found.values()] == [80, 15, 5]
    assert list(map(sum, zip(*found.values(), strict=True))) == [50, 30, 20]
    assert found["train"] == [40, 24, 16]
    with pytest.raises(PgtError, match="the splits have 9 samples together, the tasks 10"):
        divided([10], {"train": 9})


def test_a_pair_of_twins_is_never_torn(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "task_specs" / "twins" / "larger_swapped.pgt").read_text(encoding="utf-8")
    build([pgt_dsl.load(text)], 10, tmp_path / "set", format="llava", size=64, splits={"train": 7, "test": 3})
    pairs = [{row["id"][:-2] for row in rows(tmp_path / "set", name)} for name in ("llava.json", "llava-test.json")]
    assert len(pairs[0]) == 4 and len(pairs[1]) == 2 and not pairs[0] & pairs[1]


def test_a_stopped_build_with_splits_and_sizes_goes_on(tmp_path: Path) -> None:
    data = theirs(tmp_path, *[talk("<image>\nHi", str(k), image="a.png") for k in range(30)])
    options: dict[str, Any] = {"count": 24, "splits": {"train": 15, "test": 9}, "size": {48: 1.0, 64: 2.0},
                               "names": ("one", "two"), "format": "parquet"}  # fmt: skip
    mixes = Mix("m", data, samples=20), Mix("n", data, samples=7, split="test", copy=True)
    make(tmp_path, *mixes, out="whole/set", **options)

    def stop(progress: Progress) -> None:
        if progress.done >= 9:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted, match="kept"):
        make(tmp_path, *mixes, progress=stop, **options)
    with pytest.raises(PgtError, match="not the same mix"):
        make(tmp_path, mixes[0], Mix("n", data, samples=6, split="test"), **options)
    make(tmp_path, *mixes, **options)
    for path in (tmp_path / "whole" / "set" / "data").iterdir():
        assert path.read_bytes() == (tmp_path / "set" / "data" / path.name).read_bytes()


def test_sizes_have_their_parts_and_go_with_no_quota(tmp_path: Path) -> None:
    sizes = sizes_of({448: 1, 336: 3})
    found = sizes.of(range(8 * BLOCK), "t/one", 0)
    assert Counter(found) == {336: 6 * BLOCK, 448: 2 * BLOCK}
    assert found[5:40] == sizes.of(range(5, 40), "t/one", 0) != sizes.of(range(5, 40), "t/two", 0)
    for parity in (0, 1):
        assert 0.2 < found[parity::2].count(448) / (4 * BLOCK) < 0.3
    assert Counter(sizes_of({64: 1, 65: 0.001}).of(range(5000), "t", 0))[65] == 5
    made = make(tmp_path, count=8, size={48: 1, 64: 1})
    assert made.sizes == {48: 1, 64: 1}
    seen = {Image.open(path).size for path in (tmp_path / "set" / "images").iterdir()}
    assert seen == {(48, 48), (64, 64)}


@pytest.mark.parametrize("format", ["parquet", "messages", "vlmevalkit"])
def test_other_words_and_styles_of_each_task_are_verified(tmp_path: Path, format: str) -> None:
    make(tmp_path, styles=[{"short": 1}, {"options": 1}], format=format, count=12, names=("one", "two"),
         suffix={"short": "In one word.", "options": ""})  # fmt: skip
    report = verify(tmp_path / "set")
    assert not report.faults and report.ok


# what comes out is told before ----------------------------------------------------------------------------


def test_a_recipe_is_told_before_it_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("one", "two"):
        Path(f"{name}.pgt").write_text(SPEC.format(name=name), encoding="utf-8")
    Path("mix.toml").write_text(RECIPE + "skip_bad = true\n", encoding="utf-8")
    good, bad = [talk("Hi", str(k)) for k in range(9)], [talk("<image>", "x", image=f"{k}.png") for k in range(9)]
    theirs(tmp_path, *good, *bad)
    assert run(["recipe", "check", "mix.toml"]) == 0
    told = capsys.readouterr()
    lines = {line.split()[0]: line.split() for line in told.out.splitlines() if line.split()}
    assert lines["t/one"][1:6] == ["8", "4", "12", "short", "100%"]
    assert lines["t/two"][1:4] == ["4", "2", "6"] and "short 50%, options 50%" in told.out
    assert lines["+"][1:7] == ["theirs", "6", "6", "of", "18", "records"]
    assert "12 samples and 6 records, 1 to 0.5, 33.33% theirs" in told.out
    assert re.search(r"theirs: \d bad records are left out, (\d) of them for an image that is not there", told.out)
    assert not Path("out").exists() and len(list(tmp_path.iterdir())) == 5


def test_the_forecast_is_what_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.pgt").write_text(SPEC.format(name="one"), encoding="utf-8")
    data = Path(theirs(tmp_path, *[talk("<image>\nHi", str(k), image="a.png") for k in range(50)]))
    for format in ("llava", "webdataset"):
        Path("mix.toml").write_text(f'format = "{format}"\nsize = 96\nstyles = {{short = 1, options = 1}}\n[[task]]\n'
                                    f'specs = "one"\nsamples = 60\n[[mix]]\ndata = "{data.name}"\n')  # fmt: skip
        assert run(["recipe", "check", "mix.toml", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert run(["build", "mix.toml", "-o", f"out/{format}", "-q", "--workers", "1"]) == 0
        made = read_manifest(Path("out", format))
        assert (said["samples"], said["woven"]) == (made.count, made.mixes[0].count) == (60, 50)
        files = [p for p in Path("out", format).rglob("*") if p.is_file()]
        data_files = [p for p in files if p.name not in ("manifest.json", "README.md") and p.parent.name != "programs"]
        real = sum(p.stat().st_size for p in data_files)
        assert said["bytes"] == pytest.approx(real, rel=0.2)
        turns = sum(made.tasks[0].styles.values())
        for style, share in said["styles"].items():
            assert share == pytest.approx(made.tasks[0].styles[style] / turns, abs=0.2)
        capsys.readouterr()


def test_what_is_odd_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    text = SPEC.format(name="one").replace("figure", "circle { radius = 2vmin }")
    Path("one.pgt").write_text(text, encoding="utf-8")
    impossible = text.replace("t/one", "t/two") + "require s.x < 10vw\nrequire s.x > 90vw\n"
    Path("two.pgt").write_text(impossible, encoding="utf-8")
    Path("mix.toml").write_text('size = 64\nstyles = {short = 1, reasoned = 2}\nsuffix = {sentence = "Say it."}\n'
                                '[[task]]\nspecs = "*.pgt"\nsamples = 9\n')  # fmt: skip
    assert run(["recipe", "check", "mix.toml"]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "t/one: no question has the style `reasoned` (`because`)" in told
    assert "the suffix of `sentence` is never said" in told
    assert "t/one: S511" in told and "less than 6 px" in told
    assert "error: t/two: error[S501]" in told
    assert run(["recipe", "check", "one.pgt"]) == 1
    assert "is no recipe: it ends in .toml" in capsys.readouterr().err


RECIPE = """\
seed = 3
size = {48 = 1, 64 = 2}
format = "llava"
suffix = { short = "Answer with one word.", options = "" }
styles = { short = 1 }

[[task]]
specs = "one.pgt"
samples = 12

[[task]]
specs = "two.pgt"
samples = 6
styles = { options = 1 }

[[split]]
name = "train"

[[split]]
name = "test"
count = 6

[[mix]]
data = "theirs.json"
ratio = 0.5
"""


def test_a_recipe_with_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        Path(f"{name}.pgt").write_text(SPEC.format(name=name), encoding="utf-8")
    Path("mix.toml").write_text(RECIPE, encoding="utf-8")
    theirs(tmp_path, *[talk("Hi", str(k)) for k in range(9)])
    assert run(["build", "mix.toml", "-o", "out", "-q"]) == 0
    made = read_manifest(Path("out"))
    assert [(s.name, s.count, s.woven) for s in made.splits] == [("train", 12, 6), ("test", 6, 0)]
    assert [task.styles for task in made.tasks] == [{"short": 24}, {"options": 6, "short": 6}]
    said = [turn["value"] for row in rows(Path("out")) if "t.one" in row["id"] for turn in row["conversations"][::2]]
    assert len(said) == 16 and all(text.endswith("?\nAnswer with one word.") for text in said)
    said = [turn["value"] for row in rows(Path("out")) if "t.two" in row["id"] for turn in row["conversations"][::2]]
    assert len(said) == 8 and sum(text.endswith(("B. No", "B. Yes")) for text in said) == 4
