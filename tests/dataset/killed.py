"""Builds that are killed at their k-th operation on files, each in a process of its own.

    python -m tests.dataset.killed FOLDER FORMAT SEED

Makes one data set without interruption, then others that are killed (SIGKILL, which nothing can catch) again and again
until one of the processes comes through. Prints for each of them how often it was killed and how many samples the
processes found that went on, and whether it is the same as the first to the bit. ``test_resume`` runs it. FORMAT may
end in ``+mix``: then records are woven in, their images copied, and there are two splits; or in ``+stages``: then the
tasks are in two stages, of which each is shuffled.
"""

from __future__ import annotations

import importlib
import json
import math
import random
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks import given_sets
from pgt_dsl.dataset import journal, worker
from pgt_dsl.dataset.atomic import is_data_set
from pgt_dsl.dataset.build import Progress, build
from pgt_dsl.dataset.mix.source import Mix
from pgt_dsl.dataset.plan import code_digest
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.program import Stage
from pgt_dsl.testing.forked import Tell, forked
from tests.dataset.test_build import Stages, task

NAMES = ("a/x", "bad/fails_at_5", "b/y")
COUNT = 66
MIXES: list[Mix] = []


def run(out: Path, format: str, kill_at: int) -> tuple[int, int]:
    """Build in a fork that ends at an operation (0: never). Returns the operations that were counted, 0 when it was
    killed, and the samples that it found."""

    def work(tell: Tell) -> None:
        first: list[int] = []

        def progress(made: Progress) -> None:
            if not first:
                first.append(made.found)
                tell(str(made.found))

        tasks = [task(n) for n in NAMES]
        try:
            name, mixed, _ = format.partition("+mix")
            if format.endswith("+stages"):
                name, tasks = format.partition("+")[0], staged(tasks)
            more = {"mixes": MIXES, "splits": {"train": 40, "test": 26}} if mixed else {}
            build(tasks, COUNT, out, format=name, size=64, batch=4, shard_rows=10, progress=progress, **more)
        except PgtError as error:  # everything was in place already
            assert is_data_set(out) and "already holds a data set" in str(error)

    ended = forked(work, out, kill_at)
    assert not ended.error, ended.error
    return ended.operations, int(ended.told[0]) if ended.told else 0


def staged(tasks: list[Task]) -> list[Task]:
    """The last task is a second stage."""
    stages = ["easy"] * (len(tasks) - 1) + ["hard"]
    return [
        replace(task, program=replace(task.program, stage=Stage(name)))
        for task, name in zip(tasks, stages, strict=True)
    ]


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def tear(out: Path) -> None:
    """Half a write at the end of every file that grows, as a kill in the middle of one leaves it."""
    staging = out / ".pgt-building"
    names = (
        "new/llava*.json",
        "new/messages*.jsonl",
        "new/scenes*.jsonl",
        "**/rows.jsonl",
        "**/rows-*.arrow",
        "**/*.spool",
    )
    for name in (*names, "tasks.jsonl"):
        for path in () if (staging / "moving.json").exists() else staging.glob(name):
            with path.open("ab") as file:
                file.write(b'\n{"id": "half of')


def main(folder: Path, format: str, seed: int) -> None:
    worker.Pipeline = Stages  # type: ignore[assignment, misc]
    importlib.import_module(f"pgt_dsl.dataset.formats.{format.partition('+')[0]}")  # once, not in every fork
    if format.endswith("+mix"):
        data = given_sets.write(folder / "theirs", "llava", given_sets.records(folder / "theirs", 60, images=8))
        MIXES[:] = Mix("m", str(data), samples=30, copy=True), Mix("n", str(data), ratio=0.5, split="test")
    code_digest()  # somebody may be at work on the code just now
    journal.SHARE = math.inf  # an entry after every job, however long it takes: the same operations in every run
    whole = folder / "whole" / "set"
    last, _ = run(whole, format, 0)
    wanted = tree(whole)
    rng = random.Random(seed)
    chains = [[rng.randrange(last // 5, last)] for _ in range(4)] + [[k] for k in range(last - 7, last + 1)]
    chains += [[rng.randrange(last // 4, last) for _ in range(3)]]
    for number, kills in enumerate(chains):
        out = folder / str(number) / "set"
        killed, finds = 0, []
        for at in [*kills, 0]:
            ended, found = run(out, format, at)
            finds.append(found)
            if ended:
                break
            killed += 1
            tear(out)
        here, there = str(out.parent).encode(), str(whole.parent).encode()
        made = {name: data.replace(here, there) for name, data in tree(out).items()}
        print(json.dumps({"kills": kills, "killed": killed, "found": finds, "same": made == wanted}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
