"""What a split holds out by an expression is in no other split, and in it is nothing else; shares are exact in both."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset

from pgt_dsl.cli.main import run
from pgt_dsl.dataset.manifest import read_manifest
from pgt_dsl.verify.run import verify

SPEC = """task "h/{name}"
pick hue ~ [red, blue, green]
pick shape_form ~ [star, heart]
let gap ~ 2vmin .. 6vmin
shape a: figure {{ color = hue, form = shape_form, size = 20vmin, at = (30vmin + gap, 50vmin) }}
ask "Is the shape green?" answer a.color == green
"""
RECIPE = """size = 64
[[task]]
specs = "[ab].pgt"
samples = {samples}
{more}
[[split]]
name = "train"
[[split]]
name = "validation"
count = 10
[[split]]
name = "heldout"
count = {count}
where = "{where}"
"""
RED_STAR = "hue == red and shape_form == star"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in "ab":
        Path(f"{name}.pgt").write_text(SPEC.format(name=name), encoding="utf-8")
    Path("c.pgt").write_text('task "h/c"\nshape a: circle\nask "How many?" answer count(shapes)\n', encoding="utf-8")
    return tmp_path


def built(where: str, samples: int = 35, count: int = 10, more: str = "", *options: str) -> dict[str, list[Any]]:
    """The scenes of each split of a data set."""
    Path("mix.toml").write_text(RECIPE.format(where=where, samples=samples, count=count, more=more), encoding="utf-8")
    assert run(["build", "mix.toml", "-o", "out", "-q", "--workers", "1", *options]) == 0
    return {
        name: [json.loads(row["metadata"])["scene"] for row in load_dataset("out", split=name, cache_dir="cache")]
        for name in ("train", "validation", "heldout")
    }


def combinations(scenes: list[Any]) -> Counter[tuple[str, str]]:
    return Counter((scene["stratum"]["hue"], scene["stratum"]["shape_form"]) for scene in scenes)


def test_a_combination_of_picks_is_in_one_split_alone_and_the_others_are_even(folder: Path) -> None:
    scenes = built(RED_STAR)
    assert {name: len(found) for name, found in scenes.items()} == {"train": 50, "validation": 10, "heldout": 10}
    ((held, count),) = combinations(scenes["heldout"]).items()
    assert held[1] == "star" and count == 10
    ours = combinations(scenes["train"] + scenes["validation"])
    assert held not in ours and len(ours) == 5
    # of each task 30: 10 of each colour, the stars and hearts of the two free colours 5 each
    assert sorted(ours.values()) == [10, 10, 10, 10, 20]


def test_each_task_gives_its_part_under_a_name_of_its_own(folder: Path) -> None:
    built(RED_STAR)
    found = read_manifest(Path("out"))
    assert {(task.name, task.count) for task in found.tasks} == {
        ("h/a", 30), ("h/b", 30), ("h/a/heldout", 5), ("h/b/heldout", 5),
    }  # fmt: skip
    assert [(split.name, split.count) for split in found.splits] == [("train", 50), ("validation", 10), ("heldout", 10)]
    assert len({task.program for task in found.tasks}) == 4
    assert verify(Path("out")).ok


def test_what_reads_a_let_is_held_out_scene_by_scene(folder: Path) -> None:
    scenes = built("gap > 5vmin")
    gaps = {name: [scene["draws"]["gap"] / 0.64 for scene in found] for name, found in scenes.items()}
    assert min(gaps["heldout"]) > 5 and max(gaps["train"] + gaps["validation"]) <= 5


def test_another_count_keeps_the_proportions(folder: Path) -> None:
    scenes = built(RED_STAR, 35, 10, "", "--count", "35")
    assert [len(found) for found in scenes.values()] == [25, 5, 5]


def test_a_task_without_the_names_is_left_whole_and_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scenes = built(RED_STAR, more='[[task]]\nspecs = "c.pgt"\nsamples = 5')
    assert {scene["task"] for scene in scenes["heldout"]} == {"h/a/heldout", "h/b/heldout"}
    capsys.readouterr()
    assert run(["recipe", "check", "mix.toml"]) == 0
    said = capsys.readouterr()
    assert f"heldout: only where {RED_STAR}" in said.out
    assert "warning: heldout: holds out nothing of h/c" in " ".join(said.err.split())


def test_what_nothing_can_be_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mix.toml").write_text(RECIPE.format(where="hue == black", samples=35, count=10, more=""), encoding="utf-8")
    assert run(["recipe", "check", "mix.toml"]) == 1
    assert "error: h/a/heldout" in capsys.readouterr().err
