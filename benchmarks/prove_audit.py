"""Audit specs with planted shortcuts, and clean ones: each plant is found with its line and its mend, nothing else is.

    python benchmarks/prove_audit.py                     # all plants, each clean spec with 5 seeds
    python benchmarks/prove_audit.py --quick             # one seed, the clean ones with fewer scenes
    python benchmarks/prove_audit.py --specs benchmarks/audit_specs/planted_size.pgt

The specs lie in ``audit_specs/``. The comments of a plant say what is to be found and with how many scenes; the line
that ends with ``# leaks`` is the one to be named. Prints a table; the exit status is 1 when a plant is missed or told
wrongly, or when more clean audits cry than alpha allows (with 99 %).
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from pgt_dsl.api import load_all
from pgt_dsl.audit.finding import Audit, Finding
from pgt_dsl.audit.reading import tasks_of
from pgt_dsl.audit.run import ALPHA, audit_scenes, audit_task
from pgt_dsl.audit.words import code
from pgt_dsl.dataset.build import build
from pgt_dsl.plugins.registry import registry

SPECS = Path(__file__).parent / "audit_specs"
CLEAN_SCENES, QUICK_SCENES = 3000, 1000
SEEDS = 5
PICTURES = 300
SIZE = 96
DOCTORED = 0.08  # of the rows of a data set


@dataclass(frozen=True)
class Plant:
    """What a planted spec says of itself. ``line`` is 0 where no line is to be named, in a data set."""

    scenes: int
    code: str
    what: tuple[str, ...]
    mend: str
    line: int
    doctored: bool


@dataclass(frozen=True)
class Job:
    path: str
    seed: int
    scenes: int


@dataclass(frozen=True)
class Outcome:
    """``wrong`` says why it is no success, ``found`` what was told."""

    path: str
    seed: int
    scenes: int
    seconds: float
    wrong: str
    found: str


def plant(path: Path) -> Plant | None:
    """The plant of a spec; None of a clean one."""
    text = path.read_text(encoding="utf-8")
    told = dict(re.findall(r"^# (scenes|found|mend): (.+)$", text, re.M))
    if "found" not in told:
        return None
    marked = [k for k, line in enumerate(text.split("\n"), 1) if line.endswith("# leaks")]
    kind, _, what = told["found"].partition(" ")
    doctored = "\n# doctored" in text
    return Plant(
        int(told["scenes"]), kind, tuple(w.strip() for w in what.split("|")), told["mend"],
        marked[0] if marked else 0, doctored,
    )  # fmt: skip


def judge(audit: Audit, wanted: Plant | None) -> tuple[str, str]:
    """What is wrong with an audit, "" for nothing, and what it told first."""
    leaks = audit.leaks
    said = "; ".join(f"{code(f)} {f.test.what} ({f.test.gain:+.1%}, p {f.p:.1g})" for f in leaks[:3])
    if wanted is None:
        return ("cries" if leaks else ""), said
    hits = [f for f in leaks if code(f) == wanted.code and any(f.test.what.startswith(w) for w in wanted.what)]
    if not hits:
        return "missed", said
    best = hits[0]
    said = f"{code(best)} {best.test.what} ({best.test.gain:+.1%}, p {best.p:.1g})"
    if wanted.line and wanted.line not in _lines(best):
        return f"names line {', '.join(map(str, _lines(best)))}, not {wanted.line}", said
    if not any(wanted.mend in mend for mend in best.mend):
        return f"mend: {best.mend}", said
    return "", said


def _lines(found: Finding) -> list[int]:
    return [origin.line for origin in found.origins]


def run(job: Job) -> Outcome:
    """Audit one spec with one seed."""
    path = Path(job.path)
    wanted = plant(path)
    before = time.process_time()
    (task,) = load_all([path])
    pictures = 0 if wanted is not None else PICTURES
    if wanted is not None and wanted.doctored:
        with tempfile.TemporaryDirectory() as folder:
            audit = audit_doctored(path, Path(folder) / "data", job.scenes, job.seed)
    else:
        audit = audit_task(task.pipeline(job.seed, SIZE), job.scenes, pictures=pictures, source=str(path))
    wrong, found = judge(audit, wanted)
    return Outcome(path.stem, job.seed, job.scenes, time.process_time() - before, wrong, found)


def audit_doctored(path: Path, folder: Path, scenes: int, seed: int) -> Audit:
    """The audit of a data set in which the right option was moved to the first place in some rows."""
    build(load_all([path]), scenes, folder, seed=seed, size=32, format="llava")
    doctor(folder)
    (given,) = tasks_of(folder, registry(), None)
    return audit_scenes(given.scenes, pipeline=given.pipeline, source=str(folder), finished=True)


def doctor(folder: Path, share: float = DOCTORED) -> None:
    """Move the right option to the first place in a share of the rows of a LLaVA data set."""
    (path,) = folder.rglob("scenes.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for k, row in enumerate(rows):
        metadata = json.loads(row["metadata"])
        for ask in metadata["scene"]["asks"]:
            if k % 100 < 100 * share and ask["correct"] is not None:
                right = ask["options"].pop(ask["correct"])
                ask["options"].insert(0, right)
                ask["correct"] = 0
        row["metadata"] = json.dumps(metadata)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def jobs(paths: list[Path], seed: int, quick: bool) -> Iterator[Job]:
    """Plants once, clean specs with several seeds."""
    for path in paths:
        wanted = plant(path)
        if wanted is not None:
            yield Job(str(path), seed, wanted.scenes)
        else:
            for k in range(1 if quick else SEEDS):
                yield Job(str(path), seed + k, QUICK_SCENES if quick else CLEAN_SCENES)


def allowed(clean: int) -> int:
    """False alarms that so many clean audits may have with a chance of 99 %."""
    from scipy.stats import binom

    return int(binom.ppf(0.99, clean, ALPHA))


def main() -> int:
    """Run and print the table."""
    args = common.arguments(__doc__).parse_args()
    paths = sorted(SPECS.glob("*.pgt")) if not args.specs else [Path(p) for p in args.specs]
    made = list(common.in_processes(run, list(jobs(paths, args.seed, args.quick)), args.workers))
    print(f"{'spec':22} {'seed':>4} {'scenes':>6} {'CPU s':>6}  result")
    for one in sorted(made, key=lambda o: (o.path, o.seed)):
        print(f"{one.path:22} {one.seed:4} {one.scenes:6} {one.seconds:6.1f}  {one.wrong or 'ok'}: {one.found or '-'}")
    plants = [one for one in made if one.path.startswith("planted")]
    clean = [one for one in made if not one.path.startswith("planted")]
    missed, cried = sum(bool(o.wrong) for o in plants), sum(bool(o.wrong) for o in clean)
    print(f"\n{len(plants) - missed} of {len(plants)} plants found with line and mend; {cried} false alarms in "
          f"{len(clean)} clean audits ({allowed(len(clean))} are within alpha = {ALPHA:.0%})")  # fmt: skip
    return int(missed > 0 or cried > allowed(len(clean)))


if __name__ == "__main__":
    sys.exit(main())
