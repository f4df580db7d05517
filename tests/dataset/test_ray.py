"""A build on a cluster of Ray is that of one process, also when its workers are killed."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import pgt_dsl
from pgt_dsl.dataset.build import Progress, build
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import PgtError

ray = pytest.importorskip("ray", reason="ray is not installed")

SPECS = Path(__file__).parents[2] / "task_specs"
COUNT = 400


@pytest.fixture(scope="module")
def tasks() -> list[Task]:
    return pgt_dsl.load_all([SPECS / "spatial/left_of.pgt", SPECS / "twins/larger_swapped.pgt"])


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    os.environ["RAY_AUTH_MODE"] = "disabled"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def alone(tasks: list[Task], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What one process makes."""
    return made(tasks, tmp_path_factory.mktemp("alone") / "set")


def made(tasks: list[Task], out: Path, **options: Any) -> dict[str, str]:
    build(tasks, COUNT, out, size=64, batch=16, shard_rows=150, **options)
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.rglob("*.parquet"))}


@pytest.mark.usefixtures("cluster")
def test_two_workers_make_what_one_process_makes(tasks: list[Task], alone: dict[str, str], tmp_path: Path) -> None:
    assert made(tasks, tmp_path / "set", engine="ray", workers=2) == alone
    assert len(alone) == 3


@pytest.mark.usefixtures("cluster")
def test_workers_that_are_killed_cost_nothing(tasks: list[Task], alone: dict[str, str], tmp_path: Path) -> None:
    """Each worker that is at work when one eighth, two, ... of the samples are there is killed."""
    killed: list[int] = []
    due = [eighth * COUNT // 8 for eighth in range(1, 8)]

    def kill(progress: Progress) -> None:
        if due and progress.done >= due[0]:
            due.pop(0)
            for pid in soon(workers):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    assert made(tasks, tmp_path / "set", engine="ray", workers=2, progress=kill) == alone
    assert len(set(killed)) >= 3


@pytest.mark.usefixtures("cluster")
def test_into_a_url(tasks: list[Task], alone: dict[str, str], tmp_path: Path) -> None:
    """The one process that takes the results sends the shards."""
    pytest.importorskip("fsspec", reason="fsspec is not installed")
    options: dict[str, Any] = {"size": 64, "batch": 16, "shard_rows": 150, "engine": "ray", "workers": 2}
    build(tasks, COUNT, f"file://{tmp_path}/store/set", work=tmp_path / "work", **options)
    there = tmp_path / "store" / "set"
    assert {
        str(p.relative_to(there)): hashlib.sha256(p.read_bytes()).hexdigest() for p in there.rglob("*.parquet")
    } == (alone)
    assert (there / "manifest.json").exists() and not list((tmp_path / "work").rglob("*.parquet"))


def soon(found: Callable[[], list[int]], patience: float = 2.0) -> list[int]:
    """What is found as soon as there is something: between jobs, and after a kill, no worker is at work."""
    end = time.monotonic() + patience
    while not (there := found()) and time.monotonic() < end:
        time.sleep(0.01)
    return there


def workers() -> list[int]:
    """The processes of Ray that do a job now, by the title that Ray gives them."""
    found = []
    for place in Path("/proc").iterdir():
        try:
            if place.name.isdigit() and (place / "cmdline").read_bytes().startswith(b"ray::run"):
                found.append(int(place.name))
        except OSError:
            continue
    return found


def test_what_is_no_engine(tasks: list[Task], tmp_path: Path) -> None:
    with pytest.raises(PgtError, match="no engine `dask`; there are: processes, ray"):
        build(tasks, 2, tmp_path / "set", engine="dask")
