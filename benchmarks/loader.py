"""The rate of the torch loader on two workers, against that of making the same batches without a loader.

    python benchmarks/loader.py
    python benchmarks/loader.py --size 112 --batches 64 --specs task_specs/spatial/left_of.pgt

``made`` is what a process makes alone; its rate times the number of workers (of cores, where these are fewer) is what a
loader could reach at most. Each is told by the clock and by the processor time of all processes: on a busy machine only
the second says something. A loader is timed from its first batch on: starting processes is no part of the rate.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from pgt_dsl import load_all
from pgt_dsl.resources import data_path

SPECS = ("spatial/left_of", "counting/one_colour")


@dataclass(frozen=True)
class Rate:
    """Samples, and the seconds that they took, by the clock and of processors."""

    name: str
    samples: int
    clock: float
    cpu: float


def cpu() -> float:
    """Processor time in s of this process and of its children that have ended."""
    mine, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime


def made(stream: object, batches: int, size: int) -> Rate:
    """Without a loader, in this process."""
    batch = getattr(stream, "batch")  # noqa: B009
    batch(0), batch(1)
    began, used = time.perf_counter(), cpu()
    for number in range(batches):
        batch(number)
    return Rate("made in one process", batches * size, time.perf_counter() - began, cpu() - used)


def loaded(stream: object, workers: int, batches: int, size: int) -> Rate:
    """By a loader; what its processes need to start is measured by one that is asked for a batch each, and taken off
    the processor time."""
    from torch.utils.data import DataLoader

    def run(many: int) -> tuple[float, float]:
        setattr(stream, "batches", many)  # noqa: B010
        used = cpu()
        loader = iter(DataLoader(stream, batch_size=None, num_workers=workers, prefetch_factor=2))  # type: ignore[arg-type, type-var, var-annotated]
        next(loader)
        began = time.perf_counter()
        seen = 1 + sum(1 for _ in loader)
        assert seen == many
        clock = time.perf_counter() - began
        del loader
        return clock, cpu() - used

    _, start = run(workers)
    clock, used = run(batches + workers)
    ahead = 1 + workers * 2  # at most so many were made before the clock started
    return Rate(f"loader, {workers} workers", batches * size, clock * batches / max(1, batches + workers - ahead),
                used - start)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    parser = common.arguments(__doc__)
    parser.add_argument("--batches", type=int, help="of each measurement (default 64, quick 8)")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--size", type=int, default=112, help="the short side in px")
    given = parser.parse_args(argv)
    from pgt_dsl import PgtStream

    workers = 2
    tasks = load_all(given.specs or [data_path("task_specs") / f"{name}.pgt" for name in SPECS])
    stream = PgtStream(tasks, batch_size=given.batch_size, seed=given.seed, size=given.size)
    many = given.batches or (8 if given.quick else 64)
    alone = made(stream, many, given.batch_size)
    both = loaded(stream, workers, many, given.batch_size)
    rows = [(r.name, r.samples, r.samples / r.clock, r.samples / r.cpu, 1000 * r.cpu / r.samples)
            for r in (alone, both)]  # fmt: skip
    common.table(rows, ("", "samples", "a second", "a CPU second", "CPU ms each"))
    most = min(workers, common.cores())
    by_clock = (both.samples / both.clock) / (most * alone.samples / alone.clock)
    by_cpu = (both.samples / both.cpu) / (alone.samples / alone.cpu)
    print(f"the loader has {by_clock:.0%} of {most} processes' rate by the clock, {by_cpu:.0%} by processor time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
