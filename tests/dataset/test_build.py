"""The build around a stand-in for the stages of a task: order, failures, interruptions, manifest and card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.builtin import outputs
from pgt_dsl.dataset import jobs as jobs_module
from pgt_dsl.dataset import worker as worker_module
from pgt_dsl.dataset.atomic import STAGING, is_data_set
from pgt_dsl.dataset.build import DISAGREEMENT, Interrupted, build
from pgt_dsl.dataset.encode import Encoding
from pgt_dsl.dataset.manifest import Manifest, read_manifest
from pgt_dsl.dataset.pipeline import Disagreed
from pgt_dsl.dataset.plan import split
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.dataset.tally import Checked
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.extension import Extension, RendererSpec
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.program import Program
from pgt_dsl.scene.coordinates import CoordinateProfile
from pgt_dsl.scene.scene import Scene
from pgt_dsl.solve.drift import Counts
from pgt_dsl.source import Source
from tests.dataset import scenes

FORMATS = outputs.FORMATS
PLUGINS = Registry.load(
    [("p", Extension("p", formats=FORMATS, renderers=(RendererSpec("ref", "", "pgt_dsl.paint.reference:make"),)))]
)


@dataclass
class Stages:
    """Stands in for ``Pipeline``: scenes by hand; the task's name says when it fails."""

    program: Program
    registry: Registry
    seed: int
    size: int
    photos: Any
    renderer: str | None = None
    languages: Any = None
    translations: Any = None

    shares = {"truth": {"true": 0.5, "false": 0.5}}  # noqa: RUF012

    def scenes(self, indices: Sequence[int], watched: bool) -> list[Scene]:
        assert watched
        if self.program.name == "bad/fails_at_5" and 5 in indices:
            raise PgtError("the budget of attempts is spent")
        if self.program.name == "bad/bug_at_5" and 5 in indices:
            raise IndexError("out of bounds")
        if self.program.name == "bad/impossible":
            raise PgtError("no scene can satisfy it")
        if self.program.name == "bad/interrupted" and 5 in indices:
            raise KeyboardInterrupt
        return [scenes.scene(int(i), self.program.name) for i in indices]

    def certify(self, made: Sequence[Scene]) -> None:
        for scene in made:
            if self.program.name == "bad/wrong" and scene.index == 5:
                raise Disagreed(scene, ["the oracle expects No, the scene has Yes"])

    def samples(
        self, made: Sequence[Scene], styles: Mapping[str, float], encoding: Encoding, suffix: Mapping[str, str],
        coordinates: CoordinateProfile,
    ) -> list[Sample]:  # fmt: skip
        return [scenes.sample(scene.index, styles, encoding, task=scene.task) for scene in made]

    def drawn(self) -> Counts:
        return {}

    def checked(self) -> Checked:
        return Checked(8, 2, {("require", "apart(a, b) >= 2vmin"): (8, 6), ("room", "a.at"): (8, 2)})


@pytest.fixture(autouse=True)
def stages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "Pipeline", Stages)


def task(name: str) -> Task:
    program = Program(name, f"About {name}.\n\nMore.", (), (), (), (), (), ())
    return Task(program, Source(f"{name}.pgt", ""), PLUGINS)


def ids(out: Path) -> list[str]:
    return [r["id"] for r in json.loads((out / "llava.json").read_text(encoding="utf-8"))]


def make(out: Path, *names: str, count: int = 10, **options: Any) -> Manifest:
    return build([task(n) for n in names], count, out, **{"format": "llava", "batch": 4, "size": 64, **options})


def test_counts_are_split_evenly() -> None:
    assert split(10, 4) == [3, 3, 2, 2]
    assert split(3, 5) == [1, 1, 1, 0, 0]


def test_a_build(tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    out = tmp_path / "set"
    made = make(out, "a/x", "b/y", count=11, progress=lambda p: seen.append((p.done, p.planned, p.task)))
    assert ids(out) == [f"a.x-{k:08d}" for k in range(6)] + [f"b.y-{k:08d}" for k in range(5)]
    assert seen == [(4, 11, "a/x"), (6, 11, "a/x"), (10, 11, "b/y"), (11, 11, "b/y")]
    assert read_manifest(out) == made
    assert (made.count, made.planned, made.failed, made.renderer) == (11, 11, (), "pillow")
    assert sorted(p.name for p in out.iterdir()) == [
        "README.md",
        "images",
        "llava.json",
        "manifest.json",
        "programs",
        "scenes.jsonl",
    ]
    entry = made.tasks[0]
    assert (entry.count, entry.attempts, entry.answers, entry.styles) == (6, 16, {"red": 6}, {"short": 6})
    assert {value: share.produced for value, share in entry.picks["truth"].items()} == {"true": 0.5, "false": 0.5}
    assert [(y.reason, y.tried, y.passed) for y in entry.yields] == [("room", 16, 4), ("require", 16, 12)]


def test_the_card(tmp_path: Path) -> None:
    make(tmp_path / "set", "a/x", "bad/impossible")
    text = (tmp_path / "set" / "README.md").read_text(encoding="utf-8")
    assert text.startswith("---\nconfigs:\n")
    assert "| `a/x` | About a/x. | 5 | 25.0% |" in text
    assert "- `a/x`: red 100.0%" in text
    assert "- `bad/impossible`: 0 of 5: no scene can satisfy it" in text
    assert "llava.json" in text.split("## Load")[1]


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_the_size_of_batches_changes_nothing(tmp_path: Path, batch: int) -> None:
    make(tmp_path / "one", "a/x", "b/y", format="parquet")
    make(tmp_path / "two", "a/x", "b/y", format="parquet", batch=batch)
    name = "data/train-00000.parquet"
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_failed_task_costs_the_others_nothing(tmp_path: Path) -> None:
    out = tmp_path / "set"
    made = make(out, "bad/fails_at_5", "a/x", count=20)
    assert [(t.name, t.count, t.error) for t in made.tasks] == [
        ("bad/fails_at_5", 4, "the budget of attempts is spent"), ("a/x", 10, "")
    ]  # fmt: skip
    assert [t.name for t in made.failed] == ["bad/fails_at_5"]
    assert len(ids(out)) == made.count == 14


def test_a_bug_in_one_task_costs_the_others_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(tmp_path / "set", "bad/bug_at_5", "a/x", count=20)
    assert [(t.name, t.count) for t in made.tasks] == [("bad/bug_at_5", 4), ("a/x", 10)]
    assert "IndexError: out of bounds" in made.failed[0].error
    monkeypatch.setenv("PGT_DEBUG", "1")
    with pytest.raises(IndexError):
        make(tmp_path / "again", "bad/bug_at_5", "a/x", count=20)


def test_nothing_at_all(tmp_path: Path) -> None:
    with pytest.raises(PgtError, match="bad/impossible: no scene can satisfy it"):
        make(tmp_path / "set", "bad/impossible")
    assert not (tmp_path / "set").exists()


def test_a_disagreement_stops_the_build(tmp_path: Path) -> None:
    out = tmp_path / "set"
    with pytest.raises(PgtError, match=r"--seed 3 --size 64 --index 5") as caught:
        make(out, "a/x", "bad/wrong", count=20, seed=3)
    assert "the oracle expects No" in str(caught.value)
    assert [p.name for p in out.iterdir()] == [DISAGREEMENT]
    assert json.loads((out / DISAGREEMENT).read_text(encoding="utf-8"))["index"] == 5


def test_a_build_that_is_interrupted_at_once_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Interrupted, match="nothing half-done was left behind"):
        make(tmp_path / "set", "bad/interrupted", batch=10)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_build_leaves_what_it_goes_on_with_and_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(Interrupted, match="4 of 10 samples are kept"):
        make(tmp_path / "set", "bad/interrupted")
    assert [p.name for p in (tmp_path / "set").iterdir()] == [STAGING]
    assert not is_data_set(tmp_path / "set")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"count": 0}, "at least one"),
        ({"size": 4}, "32 to 4096"),
        ({"format": "tfrecord"}, f"no format `tfrecord`; there are: {', '.join(sorted(f.name for f in FORMATS))}"),
        ({"renderer": "gpu"}, "no renderer `gpu`"),
        ({"image": "gif"}, "cannot be written as `gif`; there are: png, jpeg, webp, raw"),
        ({"quality": 90}, "a PNG file has no quality"),
        ({"image": "jpeg", "quality": 101}, "1 to 100, not 101"),
        ({"photos": "/nowhere/at/all"}, "no folder"),
    ],
)
def test_wrong_arguments_are_told_before_anything_is_done(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(PgtError, match=words):
        make(tmp_path / "set", "a/x", **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("other", ["a.x", "A/x", "a x"])
def test_tasks_whose_samples_would_have_the_same_names_are_refused(other: str, tmp_path: Path) -> None:
    """Ids have no slashes, and some file systems take A for a: a picture would be written over another one."""
    with pytest.raises(PgtError, match=rf"`a/x` and `{other}` .*`a\.x-00000000`.*rename"):
        make(tmp_path / "set", "a/x", other)
    assert not (tmp_path / "set").exists()
    made = make(tmp_path / "set", "a/x", "a-x", "a_x")
    assert len(set(ids(tmp_path / "set"))) == made.count == 10


def test_two_tasks_of_one_name(tmp_path: Path) -> None:
    with pytest.raises(PgtError, match="two tasks are named `a/x`"):
        make(tmp_path / "set", "a/x", "a/x")


def test_a_few_jobs_start_no_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "Crew", None)
    assert make(tmp_path / "set", "a/x", workers=8, batch=5).count == 10


def test_reading_what_is_no_manifest(tmp_path: Path) -> None:
    with pytest.raises(PgtError, match="is not a data set"):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(PgtError, match="cannot read"):
        read_manifest(tmp_path)


def test_jobs_are_large_but_several_workers_share_a_small_build() -> None:
    size = jobs_module.batch_size
    assert size(336) == jobs_module.BATCH == size(336, 10**6, 4)
    assert size(336, 2048, 2) == size(336, 100, 2) == jobs_module.SHARED
    assert size(4096) == 4
