"""The manifest is the same to the byte for the same plan: in one go, in other portions, by more workers, resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import pgt_dsl
from pgt_dsl.cli.build import read_order, tasks_of
from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.build import Interrupted, Progress, build
from pgt_dsl.dataset.tally import Checked
from pgt_dsl.dataset.task import Task
from pgt_dsl.solve.drift import Counts, add

SPECS = Path(__file__).parents[2] / "task_specs"
# Parts that one requirement of two halves is asked of apart; means and expectations that are no binary fractions;
# shares that hang on the size.
NAMES = ("panels/two_images_more", "spatial/left_of", "illusions/mueller_lyer")
COUNT = 40


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    return pgt_dsl.load_all([SPECS / f"{name}.pgt" for name in NAMES])


def made(tasks: list[Task], out: Path, **options: Any) -> str:
    build(tasks, COUNT * len(tasks), out, format="webdataset", size={48: 3, 64: 1}, **options)
    return (out / MANIFEST).read_text(encoding="utf-8").replace(str(out.parent), "")


@pytest.fixture(scope="module")
def whole(tasks: list[Task], tmp_path_factory: pytest.TempPathFactory) -> str:
    return made(tasks, tmp_path_factory.mktemp("whole") / "set")


@pytest.mark.parametrize("batch", [1, 7])
def test_in_other_portions(batch: int, tasks: list[Task], whole: str, tmp_path: Path) -> None:
    assert made(tasks, tmp_path / "set", batch=batch) == whole


def test_by_two_processes(tasks: list[Task], whole: str, tmp_path: Path) -> None:
    assert made(tasks, tmp_path / "set", batch=8, workers=2) == whole


def test_gone_on_with_in_other_portions(tasks: list[Task], whole: str, tmp_path: Path) -> None:
    """Stopped in each of the tasks, each time by another number of samples a job."""
    for done, batch in ((9, 3), (50, 7), (101, 11)):

        def stop(progress: Progress, done: int = done) -> None:
            if progress.done >= done:
                raise KeyboardInterrupt

        with pytest.raises(Interrupted):
            made(tasks, tmp_path / "set", batch=batch, progress=stop)
    assert made(tasks, tmp_path / "set") == whole


def test_what_is_counted_of_parts_adds_up(tasks: list[Task]) -> None:
    """The counts of samplers that know nothing of one another, and none is below zero."""

    def counted(step: int) -> tuple[Checked, Counts]:
        checked, drawn = Checked(), dict[int, Any]()
        for first in range(0, 48, step):
            pipeline = tasks[0].pipeline(seed=0, size=48)
            pipeline.scenes(range(first, min(48, first + step)), watched=True)
            checked, drawn = checked.plus(pipeline.checked()), dict(add(drawn, pipeline.drawn()))
        return checked, drawn

    one = counted(48)
    assert counted(5) == one
    (tried, passed) = next(counts for (reason, _), counts in one[0].rows.items() if reason == "require")
    assert 0 < passed < tried


RECIPE = """\
count = 24
[[task]]
specs = "nearest.pgt"
[[task]]
specs = "on_or_under.pgt"
samples = 8
sweep = "place"
[[stage]]
name = "easy"
clear = [3, inf]
[[stage]]
name = "hard"
"""


def test_of_sweeps_and_stages_too(tmp_path: Path) -> None:
    for name in ("nearest", "on_or_under"):
        (tmp_path / f"{name}.pgt").write_bytes((SPECS / "spatial" / f"{name}.pgt").read_bytes())
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    order = read_order((tmp_path / "recipe.toml",), None)
    tasks = tasks_of(order)

    def text(out: Path, batch: int, stop: int = 0) -> str:
        def progress(progress: Progress) -> None:
            if stop and progress.done >= stop:
                raise KeyboardInterrupt

        build(tasks, order.count, out, size=64, batch=batch, only=order.only, splits=order.splits, progress=progress)
        return (out / MANIFEST).read_text(encoding="utf-8").replace(str(out.parent), "")

    whole = text(tmp_path / "whole" / "set", 64)
    with pytest.raises(Interrupted):
        text(tmp_path / "parts" / "set", 3, stop=7)
    assert text(tmp_path / "parts" / "set", 5) == whole
