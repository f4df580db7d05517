"""The same sample, bit by bit in pixels and text, however it is made.

    python benchmarks/prove_replay.py            # every spec, 12 samples compared
    python benchmarks/prove_replay.py --quick    # 6 specs

Compared with the samples of a build of 1,000 (for each spec): a build of 10, another batch size, a shuffled order, one
sample alone, other workers, and `pgt show --index` and `--from` as processes of their own.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from pgt_dsl.dataset.build import build
from pgt_dsl.dataset.pipeline import Pipeline, open_photos
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.diagnostics import PgtError

COMPARED = 10  # samples of a spec
LONG = 1000  # samples of the long run of a spec
SIZE = 96


@dataclass(frozen=True)
class Job:
    path: str
    seed: int
    long: int


@dataclass(frozen=True)
class Outcome:
    name: str
    seconds: float
    compared: int
    faults: tuple[str, ...]


def prove(job: Job) -> Outcome:
    """Everything that needs no other process."""
    began = time.perf_counter()
    task = common.task(job.path)
    compared, faults = 0, []
    try:
        first = _samples(job, [list(range(COMPARED))])
        ways: dict[str, list[Sample]] = {}
        ways["one alone"] = _samples(job, [[k] for k in range(COMPARED)])
        ways["batches of 3"] = _samples(job, [list(range(k, min(k + 3, COMPARED))) for k in range(0, COMPARED, 3)])
        order = list(range(COMPARED + 20))
        random.Random(0).shuffle(order)
        ways["shuffled"] = _samples(job, [order])
        # after the others, in the batches of a long build
        ways[f"of {job.long}"] = _samples(job, [list(range(k, min(k + 32, job.long))) for k in range(0, job.long, 32)])
        for way, samples in ways.items():
            made = {sample.id: sample for sample in samples}
            for sample in first:
                compared += 1
                faults += _differences(f"{task.name} ({way})", sample, made[sample.id])
    except PgtError as error:
        faults.append(f"{task.name}: {error}")
    return Outcome(task.name, time.perf_counter() - began, compared, tuple(faults))


def _samples(job: Job, batches: Sequence[Sequence[int]]) -> list[Sample]:
    """The samples of index 0 .. COMPARED - 1, from a sampler of their own that draws the given batches."""
    task = common.task(job.path)
    pipeline = Pipeline(task.program, task.registry, job.seed, SIZE, open_photos(None))
    found: list[Sample] = []
    for batch in batches:
        scenes = pipeline.scenes(batch)
        found += pipeline.samples([scene for scene in scenes if scene.index < COMPARED])
    return found


def _differences(where: str, one: Sample, other: Sample) -> list[str]:
    fields = [name for name in ("pixels", "images", "turns", "metadata") if getattr(one, name) != getattr(other, name)]
    return [f"{where} #{one.index}: {', '.join(fields)} differ"] if fields else []


def by_command(paths: Sequence[Path], seed: int, workers: int) -> tuple[int, list[str]]:
    """Builds with one and with several workers, and replays by ``pgt show``: how many were compared, the faults."""
    compared, faults = 0, list[str]()
    with tempfile.TemporaryDirectory() as folder:
        tasks = [common.task(path) for path in paths]
        rows = []
        for many, batch in ((1, 32), (max(workers, 2), 7)):
            out = Path(folder) / f"w{many}"
            build(tasks, 12 * len(tasks), out, seed=seed, size=SIZE, workers=many, format="imagefolder", batch=batch)
            lines = (out / "train" / "metadata.jsonl").read_text(encoding="utf-8").splitlines()
            rows.append([json.loads(line) for line in lines])
        compared += len(rows[0])
        if rows[0] != rows[1]:
            faults.append("builds with other workers and batches differ")
        chosen = {json.loads(row["metadata"])["task"]: row for row in rows[0]}
        for task, path in zip(tasks, paths, strict=True):
            row = chosen.get(task.name)
            if row is None:
                continue
            metadata = json.loads(row["metadata"])
            note = Path(folder) / "m.json"
            note.write_text(row["metadata"], encoding="utf-8")
            given = ["--seed", str(seed), "--size", str(SIZE), "--index", str(metadata["index"])]
            for arguments in (given, ["--from", str(note)]):
                command = [sys.executable, "-m", "pgt_dsl.cli.main", "show", str(path), *arguments,
                           "--out", str(Path(folder) / "again.png"), "--json"]  # fmt: skip
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                compared += 1
                if done.returncode:
                    faults.append(f"{task.name} {arguments[0]}: {done.stderr.strip()}")
                elif metadata not in json.loads(done.stdout)["samples"]:
                    faults.append(f"{task.name}: `pgt show {' '.join(arguments)}` gives another sample")
    return compared, faults


def main(argv: Sequence[str] | None = None) -> int:
    parser = common.arguments(__doc__)
    given = parser.parse_args(argv)
    paths = common.tasks_of(given.specs)
    if given.quick:
        paths = paths[:: max(1, len(paths) // 6)][:6]
    began = time.perf_counter()
    outcomes = []
    for outcome in common.in_processes(prove, [Job(str(p), given.seed, 100 if given.quick else LONG) for p in paths],
                                       given.workers):  # fmt: skip
        outcomes.append(outcome)
        print(f"{len(outcomes)}/{len(paths)} {outcome.name} {outcome.seconds:.1f} s", file=sys.stderr)
    compared, faults = by_command(paths if given.quick else paths[::4], given.seed, given.workers)
    faults += [fault for o in outcomes for fault in o.faults]
    compared += sum(o.compared for o in outcomes)
    common.table([(o.name, o.compared, o.seconds, len(o.faults)) for o in outcomes],
                 ("spec", "compared", "seconds", "faults"))  # fmt: skip
    summary = f"{compared:,} samples compared bit by bit, {len(paths)} specs, {time.perf_counter() - began:.0f} s"
    return common.finish(summary, faults)


if __name__ == "__main__":
    sys.exit(main())
