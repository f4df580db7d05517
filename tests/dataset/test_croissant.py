"""The card may have a Croissant file, which the library of that standard reads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pgt_dsl.cli.main import run
from pgt_dsl.plugins.registry import registry
from pgt_dsl.verify.run import verify
from tests.verify.worlds import TWO_QUESTIONS, build_text


@pytest.mark.parametrize("format", sorted(registry().formats))
def test_the_files_that_it_names_are_there(format: str, tmp_path: Path) -> None:
    folder = build_text(TWO_QUESTIONS, 6, tmp_path / "set", format=format, size=48, shard_rows=4, croissant=True)
    made = json.loads((folder / "croissant.json").read_text(encoding="utf-8"))
    for item in made["distribution"]:
        found = list(folder.glob(item.get("includes") or item["contentUrl"]))
        assert found, item
    assert "croissant.json" in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["contents"]
    assert verify(folder).ok


@pytest.mark.parametrize("format", ["parquet", "llava", "imagefolder", "webdataset", "verl"])
def test_mlcroissant_reads_it(format: str, tmp_path: Path) -> None:
    croissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    folder = build_text(TWO_QUESTIONS, 6, tmp_path / "set", format=format, size=48, shard_rows=4, croissant=True)
    read = croissant.Dataset(str(folder / "croissant.json"))
    assert not read.metadata.issues.errors
    if format == "parquet":
        rows = list(read.records("train"))
        assert [row["train/id"] for row in rows] == [f"edit.circle-{k:08d}".encode() for k in range(6)]
        assert {row["train/question"] for row in rows} == {b"What colour is the circle?"}


def test_a_recipe_and_the_command_ask_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.pgt").write_text(TWO_QUESTIONS, encoding="utf-8")
    task = '[[task]]\nspecs = "one.pgt"\nsamples = 2\n'
    Path("with.toml").write_text("size = 48\ncroissant = true\n" + task, encoding="utf-8")
    Path("without.toml").write_text("size = 48\n" + task, encoding="utf-8")
    for recipe, options, there in (("with", (), True), ("without", (), False), ("without", ("--croissant",), True)):
        out = f"{recipe}{len(options)}"
        assert run(["build", f"{recipe}.toml", "-o", out, "-q", "--workers", "1", *options]) == 0
        assert (Path(out) / "croissant.json").exists() is there


def test_a_set_without_it_has_no_trace_of_it(tmp_path: Path) -> None:
    folder = build_text(TWO_QUESTIONS, 2, tmp_path / "set", size=48)
    assert not (folder / "croissant.json").exists()
    assert "croissant" not in (folder / "manifest.json").read_text(encoding="utf-8")
