"""Mutate specs at random: each gives diagnostics, or builds two samples, or says why none was found; never a traceback.

    python benchmarks/prove_hostile.py              # 2,000 mutations
    python benchmarks/prove_hostile.py --quick      # 60
    python benchmarks/prove_hostile.py --show 1234  # the text of one of them

Prints the counts by error code and the slowest; the exit status is 1 if one raised what is no error of pgt-dsl, or took
over 10 s.
"""

from __future__ import annotations

import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from pgt_dsl.api import load
from pgt_dsl.diagnostics import PgtError, SpecError
from pgt_dsl.report import render_all, to_json
from pgt_dsl.solve import effort
from pgt_dsl.testing.mutations import mutated

MUTATIONS = 2000
SLOW = 10.0  # seconds
PATIENCE = 5.0  # seconds without a scene, here: a mutated spec is often impossible
SIZE = 96


@dataclass(frozen=True)
class Job:
    path: str
    number: int
    seed: int


@dataclass(frozen=True)
class Outcome:
    """``ends`` are the codes of the diagnostics, or how it ended else; ``fault`` a traceback."""

    number: int
    path: str
    seconds: float
    ends: tuple[str, ...]
    fault: str = ""


def text_of(job: Job) -> str:
    """The mutated text; a function of the file, the seed and the number."""
    return mutated(random.Random(f"{job.seed}/{job.number}"), Path(job.path).read_text(encoding="utf-8"))


def attack(job: Job) -> Outcome:
    """Compile a mutated spec, and build two samples where it compiles."""
    effort.PATIENCE = PATIENCE
    text = text_of(job) + "\n"
    began = time.perf_counter()
    fault = ""
    try:
        task = load(text)
        for index in range(2):
            task.sample(0, index, SIZE).sample  # noqa: B018 (it is made when asked for)
        ends: tuple[str, ...] = ("built",)
    except SpecError as error:
        ends = tuple(sorted({d.code for d in error.diagnostics if d.severity == "error"}))
        if not ends or not render_all(error.diagnostics, color=True) or not all(map(to_json, error.diagnostics)):
            fault = "no diagnostics"
    except PgtError as error:
        message = str(error)
        code = re.search(r"\[([A-Z]\d{3})\]", message)
        ends = (code[1] if code else "run: " + re.sub(r"`[^`]*`|\d+", "_", message.split("\n")[0])[:60],)
    except Exception:
        ends, fault = ("TRACEBACK",), traceback.format_exc(limit=-6)
    seconds = time.perf_counter() - began
    if seconds > SLOW:
        fault = fault or f"took {seconds:.1f} s"
    return Outcome(job.number, job.path, seconds, ends, fault)


def main(argv: Sequence[str] | None = None) -> int:
    parser = common.arguments(__doc__)
    parser.add_argument("--mutations", type=int, help=f"how many (default {MUTATIONS}, quick 60)")
    parser.add_argument("--show", type=int, help="print the text of this mutation, and what becomes of it")
    given = parser.parse_args(argv)
    paths = common.tasks_of(given.specs)
    many = given.mutations or (60 if given.quick else MUTATIONS)
    if given.show is not None:
        job = Job(str(paths[given.show % len(paths)]), given.show, given.seed)
        print(text_of(job))
        outcome = attack(job)
        print(outcome.ends, f"{outcome.seconds:.1f} s", outcome.fault)
        return int(bool(outcome.fault))
    jobs = [Job(str(paths[k % len(paths)]), k, given.seed) for k in range(many)]
    began = time.perf_counter()
    outcomes = []
    for outcome in common.in_processes(attack, jobs, given.workers):
        outcomes.append(outcome)
        if outcome.fault or len(outcomes) % 200 == 0:
            print(f"{len(outcomes)}/{many} {outcome.fault and f'FAULT in number {outcome.number}'}", file=sys.stderr)
    counts = Counter(end for outcome in outcomes for end in outcome.ends)
    common.table(counts.most_common(), ("how it ended", "specs"))
    print()
    slowest = sorted(outcomes, key=lambda o: -o.seconds)[:8]
    common.table([(Path(o.path).stem, o.number, f"{o.seconds:.2f}", " ".join(o.ends)) for o in slowest],
                 ("slowest", "number", "seconds", "ends"))  # fmt: skip
    summary = f"{many:,} mutated specs in {time.perf_counter() - began:.0f} s, {counts['built']} of them built"
    faults = [f"number {o.number} ({o.path}): {o.fault}" for o in outcomes if o.fault]
    return common.finish(summary, faults)


if __name__ == "__main__":
    sys.exit(main())
