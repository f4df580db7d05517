"""Certify scenes over all specs: the oracle agrees, quotas are exact, phrases fit one shape, answers are clear.

    python benchmarks/prove_scenes.py            # 20,000 scenes over task_specs
    python benchmarks/prove_scenes.py --quick    # 400
    python benchmarks/prove_scenes.py --scenes 500 --specs my_task.pgt

Prints a line for each spec, then a summary; the exit status is 1 if anything is at fault.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from pgt_dsl.dataset.pipeline import Pipeline, plain_value
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.scene.certify import certify
from pgt_dsl.scene.scene import Scene
from pgt_dsl.testing.exactness import combinations, scene_faults, share_faults

SCENES = 20_000
BATCH = 64
ROUNDING = 1e-9  # a margin that misses 1 by no more than this is clear


@dataclass(frozen=True)
class Job:
    path: str
    scenes: int
    seed: int
    size: int


@dataclass(frozen=True)
class Outcome:
    """What came of one spec: ``faults`` are sentences; ``disagreements`` how many scenes the oracle objects to,
    ``ambiguous`` how many texts call two shapes alike, ``unclear`` how many answers hold by less than their margin,
    ``shares`` how many deviations of quotas there are."""

    name: str
    scenes: int
    seconds: float
    disagreements: int
    quotas: int
    margin: float
    faults: tuple[str, ...]
    ambiguous: int = 0
    unclear: int = 0
    shares: int = 0


def prove(job: Job) -> Outcome:
    """All the checks over scenes 0 .. ``job.scenes`` of one spec."""
    began = time.perf_counter()
    task = common.task(job.path)
    pipeline = task.pipeline(job.seed, job.size)
    faults: list[str] = []
    disagreements = ambiguous = unclear = shares = 0
    margin = float("inf")
    strata: list[dict[str, Any]] = []
    done = 0
    copies = pipeline.sampler.copies
    try:
        for first in range(0, -(-job.scenes // copies), BATCH):
            scenes = pipeline.scenes(range(first, min(first + BATCH, -(-job.scenes // copies))))
            for scene in scenes:
                found = certify(task.program, scene, task.registry, pipeline.photos)
                disagreements += bool(found)
                faults += [str(f) for f in found[:2]]
                found_here = list(scene_faults(scene))
                faults += found_here
                ambiguous += sum(" fits shapes [" in fault for fault in found_here)
                unclear += sum(a.margin is not None and a.margin < 1 - ROUNDING for a in scene.asks)
                margin = min([margin, *(a.margin for a in scene.asks if a.margin is not None)])
            strata += [dict(s.stratum) for s in scenes if s.twin == 0]
            uneven = _even(task, scenes)
            shares += len(uneven)
            faults += uneven
            done += len(scenes)
        deviations = [f"{task.name}: {fault}" for fault in _shares(pipeline, strata)]
        shares += len(deviations)
        faults += deviations
    except PgtError as error:
        faults.append(f"{task.name}: {error}")
    return Outcome(
        task.name, done, time.perf_counter() - began, disagreements, len(task.program.picks), margin, tuple(faults),
        ambiguous, unclear, shares,
    )


def _shares(pipeline: Pipeline, strata: list[dict[str, Any]]) -> list[str]:
    """The shares of the quotas against the plan."""
    program, names = pipeline.program, [pick.name for pick in pipeline.program.picks]
    if not names:
        return []
    bases = {p.var: program.vars[p.var].type.base if p.what == "values" else "int" for p in program.picks}
    plan = [
        {pick.name: plain_value(values[pick.var], bases[pick.var]) for pick in program.picks}
        for values in pipeline.sampler.strata.enumerate()
    ]
    return list(share_faults(names, combinations(plan, names), combinations(strata, names)))


def _even(task: Task, scenes: Sequence[Scene]) -> list[str]:
    """Answers with an ``even`` of their own values are what their quota says."""
    faults = []
    for number, ask in enumerate(task.program.asks):
        pick = next((p for p in task.program.picks if p.var == ask.even), None)
        if pick is None or pick.what != "values":
            continue
        for scene in scenes:
            wanted, found = scene.stratum[pick.name], scene.asks[number].value
            if wanted != found and abs(float(wanted) - float(found)) > 1e-6:
                faults.append(f"{task.name} #{scene.index}: the quota is {wanted}, the answer {found}")
    return faults


def main(argv: Sequence[str] | None = None) -> int:
    parser = common.arguments(__doc__, SCENES)
    parser.add_argument("--size", type=int, default=336)
    given = parser.parse_args(argv)
    paths = common.tasks_of(given.specs)
    total = given.scenes or (SCENES // 50 if given.quick else SCENES)
    jobs = [
        Job(str(path), total // len(paths) + (k < total % len(paths)), given.seed, given.size)
        for k, path in enumerate(paths)
    ]
    began = time.perf_counter()
    outcomes: list[Outcome] = []
    for outcome in common.in_processes(prove, [j for j in jobs if j.scenes], given.workers):
        outcomes.append(outcome)
        print(f"{len(outcomes):3d}/{len(jobs)} {outcome.name}: {outcome.scenes} scenes, {outcome.seconds:.1f} s"
              + (f", {len(outcome.faults)} FAULTS" if outcome.faults else ""), file=sys.stderr)  # fmt: skip
    head = ("spec", "scenes", "seconds", "disagreements", "quotas", "least margin", "faults")
    rows = [(o.name, o.scenes, o.seconds, o.disagreements, o.quotas,
             f"{o.margin:.3f}" if o.margin < float("inf") else "exact", len(o.faults)) for o in outcomes]  # fmt: skip
    common.table(rows, head)
    scenes = sum(o.scenes for o in outcomes)
    summary = (
        f"{scenes:,} scenes of {len(outcomes)} specs in {time.perf_counter() - began:.0f} s, "
        f"{sum(o.disagreements for o in outcomes)} disagreements with the oracle, "
        f"{sum(o.quotas for o in outcomes)} quotas"
    )
    return common.finish(summary, [fault for o in outcomes for fault in o.faults])


if __name__ == "__main__":
    sys.exit(main())
