"""The real thing: a spec compiled, sampled, certified, painted, written and read back; the same by every way."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import pgt_dsl
from pgt_dsl.api import Task, load, load_all
from pgt_dsl.cli.new import STARTER
from pgt_dsl.dataset.build import build
from pgt_dsl.dataset.formats import parquet
from pgt_dsl.dataset.manifest import read_manifest
from pgt_dsl.diagnostics import PgtError, SpecError

SPEC = STARTER.replace("NAME", "my/starter")
IMPOSSIBLE = """\
## Two squares too wide for the picture side by side.
task "my/impossible"

shape a: square { size = 60vmin }
shape b: square { size = 60vmin }

require gap_x(a, b) >= 30vmin

ask "Is {a} to the left of {b}?"
  answer a.x < b.x
"""


@pytest.fixture(scope="module")
def task() -> Task:
    return load(SPEC)


def test_a_sample(task: Task) -> None:
    example = task.sample(seed=1, index=4, size=96)
    assert example.image.size == (96, 96)
    assert example.question.endswith("?")
    assert example.answer in ("Yes", "No")
    assert example.pixels.shape == (96, 96, 3)
    covered = {int(i) for i in np.unique(example.ids)}
    assert {s.id for s in example.scene.shapes if s.painted} <= covered | {0}
    assert pgt_dsl.load(SPEC).sample(seed=1, index=4, size=96).sample.metadata == example.sample.metadata


def test_a_batch_is_its_samples(task: Task) -> None:
    batch = task.batch(seed=1, indices=[9, 2, 4], size=96)
    assert batch.pixels.shape == (3, 96, 96, 3) and batch.pixels.dtype == np.uint8
    assert [s.index for s in batch.scenes] == [9, 2, 4]
    assert np.array_equal(batch.pixels[2], task.sample(seed=1, index=4, size=96).pixels)
    assert len(task.batch(count=5, size=64)) == 5
    with pytest.raises(ValueError, match="either"):
        task.batch()
    with pytest.raises(PgtError, match="32 to 4096"):
        task.sample(size=5)


def test_wrong_arguments(task: Task) -> None:
    with pytest.raises(ValueError, match="at least one"):
        task.batch(count=0)
    for index in (-1, 10**20):
        with pytest.raises(PgtError, match="the index of a sample is 0 to"):
            task.sample(index=index)
    with pytest.raises(PgtError, match="no answer style `long`"):
        task.sample(styles={"long": 1.0})


def test_wrong_specs(tmp_path: Path) -> None:
    with pytest.raises(SpecError):
        load('task "x"\nshape a: nothing_like_this\n')
    with pytest.raises(SpecError):
        load(tmp_path / "none.pgt")
    for name in ("a", "b"):
        (tmp_path / f"{name}.pgt").write_text(SPEC, encoding="utf-8")
    with pytest.raises(PgtError, match="two specs name their task `my/starter`"):
        load_all([tmp_path])


def _rows(folder: Path) -> dict[str, dict[str, object]]:
    import pyarrow.parquet as pq

    table = pq.read_table(folder / "data", schema=parquet.TABLE.schema)
    return {row["id"]: row for row in table.to_pylist()}


def test_a_data_set_replays(task: Task, tmp_path: Path) -> None:
    made = build([task], 24, tmp_path / "a", seed=5, size=96, styles={"short": 1, "options": 1})
    build([task], 10, tmp_path / "b", seed=5, size=96, styles={"short": 1, "options": 1}, batch=3)
    many, few = _rows(tmp_path / "a"), _rows(tmp_path / "b")
    assert len(many) == 24 and len(few) == 10
    assert all(many[key] == row for key, row in few.items())
    for row in list(many.values())[::7]:
        data = json.loads(str(row["metadata"]))
        again = task.sample(seed=data["seed"], index=data["index"], size=data["size"])
        assert again.sample.pixels == data["pixels"]
        (image,) = row["images"]  # type: ignore[misc]
        with Image.open(io.BytesIO(image["bytes"])) as decoded:
            assert np.array_equal(np.asarray(decoded), again.pixels)
    assert read_manifest(tmp_path / "a") == made
    entry = made.tasks[0]
    assert entry.answers == {"Yes": 12, "No": 12}
    assert all(s.planned == s.produced == 0.5 for quota in entry.picks.values() for s in quota.values())
    assert entry.attempts >= 24
    assert {y.reason for y in entry.yields} >= {"require", "clear"}


TWINS = """\
## Minimal pairs: the two discs change places.
task "my/twins"

pick truth ~ coin

shape a: circle { color = red }
shape b: circle { color = blue }

require (a.x < b.x) == truth
require apart(a, b) >= 4vmin

ask "Is the red circle further left than the blue one?"
  answer a.x < b.x clear 4vmin
  expect truth

twin truth moves a.at
"""


def test_twins_are_whole_pairs(task: Task, tmp_path: Path) -> None:
    made = build([load(TWINS), task], 10, tmp_path / "set", size=64)
    assert [(t.planned, t.count) for t in made.tasks] == [(6, 6), (5, 5)]
    rows = [row for row in _rows(tmp_path / "set").values() if row["task"] == "my/twins"]
    groups: dict[object, set[object]] = {}
    for row in rows:
        groups.setdefault(row["group"], set()).add(row["answer"])
    assert len(groups) == 3 and all(answers == {"Yes", "No"} for answers in groups.values())
    first, second = load(TWINS).batch(indices=[0], size=64).examples
    assert (first.scene.twin, second.scene.twin) == (0, 1)
    assert {first.sample.id + first.answer, second.sample.id + second.answer} <= {
        f"{r['id']}{r['answer']}" for r in rows
    }


def test_workers_change_nothing(task: Task, tmp_path: Path) -> None:
    build([task], 40, tmp_path / "one", size=64, batch=4)
    build([task], 40, tmp_path / "two", size=64, batch=4, workers=2)
    name = "data/train-00000.parquet"
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_an_impossible_task_costs_the_other_nothing(task: Task, tmp_path: Path) -> None:
    made = build([load(IMPOSSIBLE), task], 10, tmp_path / "set", size=64)
    assert [(t.name, t.count) for t in made.tasks] == [("my/impossible", 0), ("my/starter", 5)]
    assert made.tasks[0].error
