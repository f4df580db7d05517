"""Certify a million samples over the whole library, in chunks that are kept: it can be stopped and goes on.

    python benchmarks/prove_million.py                          # 1,000,000 scenes over task_specs, two processes
    python benchmarks/prove_million.py --scenes 20000           # fewer
    python benchmarks/prove_million.py --journal proof.jsonl    # where what is done is kept

Each chunk is ``prove_scenes.prove``: a spec under a seed of its own, from index 0 on, so that its quotas can be checked
exactly. A line of the journal is written when a chunk is done; the same command goes on behind the last whole line.
``--restart`` begins anew. The exit status is 1 if anything is at fault, 130 when it was stopped.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from benchmarks.prove_scenes import Job, Outcome, prove
from pgt_dsl.dataset.plan import code_digest, split

SCENES = 1_000_000
CHUNK = 1024
STEP = 1000  # of seeds, between the base seeds of two runs
MOST_FAULTS = 5  # of a chunk that are kept as sentences; all are counted


class Journal:
    """What is done, a line of JSON a chunk behind a line that says what is proved."""

    def __init__(self, path: Path, plan: dict[str, Any], restart: bool) -> None:
        self.path = path
        self.done: dict[str, tuple[Outcome, int]] = {}
        whole = 0
        if path.exists() and not restart:
            lines = path.read_bytes().splitlines(keepends=True)
            if lines and json.loads(lines[0]) != plan:
                sys.exit(f"`{path}` is of another proof (other specs, numbers, or code); --restart begins anew")
            for line in lines:
                if not line.endswith(b"\n"):
                    break  # killed while it was written: the chunk is proved again
                whole += len(line)
                if whole > len(lines[0]):
                    self._take(json.loads(line))
        self._file = path.open("r+b" if path.exists() and not restart else "wb")
        self._file.truncate(whole)
        self._file.seek(whole)
        if not whole:
            self._write(plan)

    def _take(self, entry: dict[str, Any]) -> None:
        outcome = entry["outcome"]
        margin = math.inf if outcome["margin"] is None else outcome["margin"]
        made = Outcome(**{**outcome, "margin": margin, "faults": tuple(outcome["faults"])})
        self.done[entry["key"]] = made, entry["faults"]

    def add(self, job: Job, outcome: Outcome) -> None:
        """A chunk is done."""
        kept = asdict(replace(outcome, faults=outcome.faults[:MOST_FAULTS]))
        kept["margin"] = outcome.margin if math.isfinite(outcome.margin) else None
        entry = {"key": key(job), "faults": len(outcome.faults), "outcome": kept}
        self._write(entry)
        self._take(json.loads(json.dumps(entry)))

    def _write(self, value: Any) -> None:
        self._file.write(json.dumps(value).encode() + b"\n")
        self._file.flush()


def key(job: Job) -> str:
    return f"{Path(job.path).parent.name}/{Path(job.path).name} {job.seed} {job.scenes}"


def chunks(paths: Sequence[Path], scenes: int, chunk: int, seed: int, size: int) -> Iterator[Job]:
    """All chunks, one of every spec before the next of any."""
    parts = split(scenes, len(paths))
    for number in range(-(-max(parts) // chunk)):
        for path, part in zip(paths, parts, strict=True):
            count = min(chunk, part - number * chunk)
            if count > 0:
                yield Job(str(path), count, seed * STEP + number, size)


def main(argv: Sequence[str] | None = None) -> int:
    parser = common.arguments(__doc__, SCENES)
    parser.set_defaults(workers=2)
    parser.add_argument("--size", type=int, default=336)
    parser.add_argument("--chunk", type=int, default=CHUNK)
    parser.add_argument("--journal", type=Path, default=Path("prove_million.jsonl"))
    parser.add_argument("--restart", action="store_true", help="begin anew")
    given = parser.parse_args(argv)
    paths = common.tasks_of(given.specs)
    total = given.scenes or (SCENES // 50 if given.quick else SCENES)
    jobs = list(chunks(paths, total, given.chunk, given.seed, given.size))
    plan = {"scenes": total, "chunk": given.chunk, "seed": given.seed, "size": given.size, "code": code_digest(),
            "tasks": [common.task(path).hash for path in paths]}  # fmt: skip
    journal = Journal(given.journal, plan, given.restart)
    left = [job for job in jobs if key(job) not in journal.done]
    if len(left) < len(jobs):
        print(f"going on: {len(jobs) - len(left)} of {len(jobs)} chunks are in {given.journal}", file=sys.stderr)
    began = time.monotonic()
    try:
        for job, outcome in zip(left, common.in_processes(prove, left, given.workers), strict=True):
            journal.add(job, outcome)
            _tell(journal, len(jobs), total)
    except KeyboardInterrupt:
        print(f"\nstopped; what is done is in {given.journal}, the same command goes on", file=sys.stderr)
        return 130
    return _report(journal, time.monotonic() - began)


def _tell(journal: Journal, chunks: int, total: int) -> None:
    scenes = sum(outcome.scenes for outcome, _ in journal.done.values())
    faults = sum(count for _, count in journal.done.values())
    print(f"{len(journal.done)}/{chunks} chunks, {scenes:,} of {total:,} scenes, {faults} faults", file=sys.stderr)


def _report(journal: Journal, wall: float) -> int:
    """The table, the summary and the exit status."""
    by_name: dict[str, list[tuple[Outcome, int]]] = {}
    for outcome, count in journal.done.values():
        by_name.setdefault(outcome.name, []).append((outcome, count))
    rows = []
    for name, found in sorted(by_name.items()):
        margin = min(o.margin for o, _ in found)
        rows.append((name, *(sum(getattr(o, what) for o, _ in found) for what in _SUMS), found[0][0].quotas,
                     f"{margin:.3f}" if math.isfinite(margin) else "exact", sum(n for _, n in found)))  # fmt: skip
    common.table(rows, ("spec", "scenes", "seconds", "disagreements", "ambiguous", "unclear", "off shares", "quotas",
                        "least margin", "faults"))  # fmt: skip
    everything = [outcome for outcome, _ in journal.done.values()]
    sums = {what: sum(getattr(o, what) for o in everything) for what in _SUMS}
    count = sum(n for _, n in journal.done.values())
    told = [fault for outcome in everything for fault in outcome.faults]
    told += ["(a fault that the journal does not spell out)"] * (count - len(told))
    summary = (
        f"{sums['scenes']:,} scenes of {len(by_name)} specs in {sums['seconds'] / 3600:.2f} hours of all processes "
        f"(this run: {wall:.0f} s), {sums['disagreements']} disagreements with the oracle, "
        f"{sums['ambiguous']} ambiguous phrases, {sums['unclear']} margins under 1, "
        f"{sums['shares']} deviations of quotas"
    )
    return common.finish(summary, told)


_SUMS = ("scenes", "seconds", "disagreements", "ambiguous", "unclear", "shares")


if __name__ == "__main__":
    sys.exit(main())
