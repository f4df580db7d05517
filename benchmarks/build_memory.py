"""Whether the memory of a build grows with its length: the resident size of its processes, sampled as it goes.

    python benchmarks/build_memory.py             # 200,000 small samples, or as many as 5 minutes give
    python benchmarks/build_memory.py --quick     # 2,000
    python benchmarks/build_memory.py --specs task_specs/spatial --size 336 --workers 2

A cheap task makes many samples, each certified, painted, encoded and written as Parquet, as in any build. From the
second half of the run a line is fitted to the size of every process; what it comes to at a million samples is
compared with 2 GiB (a short run tells nothing of that). The data set goes into a temporary folder.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from pgt_dsl.api import load, load_all
from pgt_dsl.dataset.build import Interrupted, Progress, build

SPEC = """\
task "bench/cheap"
shape a: circle { radius ~ 4vmin .. 12vmin }
shape b: circle { radius ~ 4vmin .. 12vmin }
require apart(a, b) >= 2vmin
ask "Where is the centre of the first circle?"
  answer a.at within 3vmin
"""
SAMPLES, MINUTES = 200_000, 5.0
TELLING = 5000  # samples from which on a slope says something
POINTS = 200  # samples of the memory in a run, at least
MOST = 2.0  # GiB a process may take at a million samples
MIB = 2.0**20


@dataclass
class Memory:
    """Resident bytes of every process at some numbers of finished samples."""

    every: int
    until: float
    done: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)  # the largest of them

    def __call__(self, progress: Progress) -> None:
        if self.done and progress.done - self.done[-1] < self.every:
            return
        self.done.append(progress.done)
        self.parent.append(resident(os.getpid()))
        children = [child.pid for child in multiprocessing.active_children() if child.pid]
        self.workers.append(max(map(resident, children), default=0))
        if time.monotonic() > self.until:
            raise KeyboardInterrupt


def resident(pid: int) -> int:
    """The resident bytes of a process, 0 when it has gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def slope(done: Sequence[int], bytes_: Sequence[int]) -> tuple[float, float]:
    """Of the second half of a run: bytes a sample, and bytes at a million samples, by least squares."""
    half = len(done) // 2
    each, start = np.polyfit(done[half:], bytes_[half:], 1)
    return float(each), float(start + 1e6 * each)


def main(argv: Sequence[str] | None = None) -> int:
    parser = common.arguments(__doc__)
    parser.set_defaults(workers=1)
    parser.add_argument("--samples", type=int, help=f"default {SAMPLES}, quick {SAMPLES // 100}")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="stop after so many")
    parser.add_argument("--size", type=int, default=32)
    parser.add_argument("--format", default="parquet")
    given = parser.parse_args(argv)
    samples = given.samples or (SAMPLES // 100 if given.quick else SAMPLES)
    tasks = load_all(given.specs) if given.specs else [load(SPEC)]
    memory = Memory(max(1, samples // POINTS), time.monotonic() + 60 * given.minutes)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            build(tasks, samples, Path(folder) / "set", seed=given.seed, size=given.size, format=given.format,
                  workers=given.workers, progress=memory)  # fmt: skip
        except Interrupted:
            print(f"stopped after {given.minutes:g} minutes")
    pace = memory.done[-1] / (time.monotonic() - began)
    shown = range(0, len(memory.done), max(1, len(memory.done) // 10))
    rows = [(f"{memory.done[k]:,}", memory.parent[k] / MIB, memory.workers[k] / MIB) for k in shown]
    common.table(rows, ("samples", "parent MiB", "worker MiB"))
    said, faults = [], []
    for name, sizes in (("parent", memory.parent), ("worker", memory.workers)):
        if not any(sizes):
            continue
        said.append(f"{name} {max(sizes) / MIB:.0f} MiB at most")
        if memory.done[-1] < TELLING:
            continue
        each, final = slope(memory.done, sizes)
        said[-1] += f", {each * 1e6 / MIB:+.0f} MiB a million samples"
        if final > MOST * 1024 * MIB:
            faults.append(f"{name}: {final / MIB:,.0f} MiB at a million samples")
    return common.finish(f"{memory.done[-1]:,} samples, {pace:,.0f} a second; " + "; ".join(said), faults)


if __name__ == "__main__":
    sys.exit(main())
