"""The solver against its goals: scenes a second beside Scenic's, the law of what is drawn, and the time to the first.

    python benchmarks/solver.py                                # without Scenic: rates, laws, times
    python benchmarks/solver.py --scenic .scenic/bin/python    # with a Python that has Scenic
    python benchmarks/solver.py --install-scenic               # makes one first (700 MB), and removes it after
    python benchmarks/solver.py --quick --only ABF             # seconds

The scenes are those of ``solver_scenes``. Ours and Scenic's take turns of a few seconds each in one run; a turn counts
what was made in it. "solved" are scenes as columns, with every requirement checked; "certified" are scenes as values,
assembled and checked by the oracle as well. The laws of A to D are held against an exact sampler that shares no code
with the solver. Seconds are those of the processor, so that other work on the machine counts little, except those of
whole processes, which are the clock's. A measurement, no test: the exit status is always 0.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from benchmarks.solver_scenes import UNITS, Reference, references
from benchmarks.solver_scenic import Scenic, install
from benchmarks.solver_stats import STATISTICS, Floats, exact, mean_of, same_law, statistics
from pgt_dsl.api import load
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.scene.scene import Scene

FIRST = 64  # certified scenes, the time to which is taken
LARGEST = 1 << 16  # scenes asked of the sampler at once
CHUNK = 256  # scenes assembled and certified at once
TIMES, DENSE_RATE, PLANNING, UNLIKELY = 1000.0, 1000.0, 0.5, 1e-3  # the goals; and what chance does not explain
SCENIC_TURNS = {"A": 1.0, "B": 1.0, "C": 4.0, "D": 1.0}  # turns of Scenic's, as multiples: C is slow, D hopeless


@dataclass(frozen=True)
class Effort:
    """How much is measured: turns, seconds of our and of Scenic's turns, scenes for statistics (of ours and of the
    exact sampler's, and of its 14 boxes, which are slow to make), scenes to certify, fresh processes."""

    rounds: int = 3
    ours: float = 1.0
    scenic: float = 5.0
    scenes: int = 4000
    exact: int = 40_000
    exact_dense: int = 3000
    certified: int = 1024
    processes: int = 3


QUICK = Effort(1, 0.1, 1.0, 128, 2000, 40, 64, 1)


@dataclass
class Turns:
    """What one side made of one scene: scenes and seconds of each turn; the scenes' boxes, for the statistics."""

    scenes: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    boxes: Floats | None = None
    fault: str = ""

    @property
    def rate(self) -> float | None:
        """Scenes a second over all turns; None when there was no turn, or one found no scene."""
        return None if self.fault or not self.seconds else sum(self.scenes) / sum(self.seconds)


@dataclass
class Found:
    """Everything that was measured of one scene: turns of both sides, certified scenes a second, seconds to the first
    certified scenes (from the spec, and of the whole process), p-values against the exact law."""

    reference: Reference
    ours: Turns = field(default_factory=Turns)
    scenic: Turns = field(default_factory=Turns)
    certified: float | None = None
    first: tuple[float, float] | None = None
    p: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """How many times as many scenes a second as Scenic."""
        return self.ours.rate / self.scenic.rate if self.ours.rate and self.scenic.rate else None


# rates -----------------------------------------------------------------------------------------------------


class Ours:
    """Our side: each turn goes on with the next indices, asking for as many scenes at once as take a while."""

    def __init__(self, reference: Reference, seed: int, size: int) -> None:
        self.pipeline: Pipeline = load(reference.spec).pipeline(seed, size)
        self._next = 0
        self._many = FIRST

    def turn(self, seconds: float, into: Turns) -> None:
        made, began = 0, time.process_time()
        while (spent := time.process_time() - began) < seconds:
            self.pipeline.sampler.batch(np.arange(self._next, self._next + self._many))
            self._next += self._many
            made += self._many
            rate = made / (time.process_time() - began)
            self._many = max(FIRST, min(LARGEST, int(rate * seconds), 4 * self._many))
        into.scenes.append(made)
        into.seconds.append(spent)


def rates(found: Found, python: Path | None, effort: Effort, seed: int, size: int) -> None:
    """Turns of both sides, one after the other."""
    reference = found.reference
    with ExitStack() as stack:
        try:
            ours = Ours(reference, seed, size)
            ours.turn(effort.ours / 4, Turns())  # what is compiled at the first scene is not part of the rate
        except PgtError as error:
            found.ours.fault = _short(error)
        scenic = None
        if python is not None and reference.scenic:
            try:
                scenic = stack.enter_context(Scenic(python, reference.scenic, seed))
            except (OSError, RuntimeError) as error:
                found.scenic.fault = str(error)
        for _ in range(effort.rounds):
            if not found.ours.fault:
                _our_turn(ours, effort.ours, found.ours)
            if scenic is not None and not found.scenic.fault:
                _scenic_turn(scenic, effort.scenic * SCENIC_TURNS[reference.letter], found.scenic)


def _our_turn(ours: Ours, seconds: float, turns: Turns) -> None:
    try:
        ours.turn(seconds, turns)
    except PgtError as error:
        turns.fault = _short(error)


def _scenic_turn(scenic: Scenic, seconds: float, turns: Turns) -> None:
    try:
        made = scenic.run(seconds)
    except (OSError, RuntimeError) as error:
        turns.fault = str(error)
        return
    turns.scenes.append(len(made["boxes"]))
    turns.seconds.append(made["seconds"])
    if made["boxes"]:
        boxes = np.asarray(made["boxes"], np.float64)
        turns.boxes = boxes if turns.boxes is None else np.concatenate([turns.boxes, boxes])


def scenes_of(found: Found, effort: Effort, seed: int, size: int) -> None:
    """Certified scenes a second, and the boxes of our scenes as their readers see them."""
    pipeline = load(found.reference.spec).pipeline(seed + 1, size)
    made: list[Scene] = []
    seconds = 0.0
    wanted = max(effort.certified, effort.scenes if found.reference.boxes else 0)
    try:
        pipeline.scenes(range(wanted, wanted + 4))  # what is read or compiled once
        while len(made) < wanted:
            began = time.process_time()
            part = pipeline.scenes(range(len(made), min(len(made) + CHUNK, wanted)))
            if len(made) < effort.certified:
                pipeline.certify(part)
                seconds += time.process_time() - began
                found.certified = (len(made) + len(part)) / seconds
            made += part
    except PgtError as error:
        found.certified = None
        found.ours.fault = found.ours.fault or _short(error)
        return
    if found.reference.boxes:
        found.ours.boxes = np.array([_boxes(scene) for scene in made])


def _boxes(scene: Scene) -> Floats:
    """The boxes of a scene in the units of the statistics, [boxes, 4]."""
    corners = np.array([shape.box for shape in scene.shapes if shape.entity]) * (UNITS / scene.width)
    return np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], axis=1)


def _short(error: PgtError) -> str:
    """What went wrong, and of what rejects the worst."""
    return " ".join(line.strip() for line in str(error).split("\n")[:2])


# laws ------------------------------------------------------------------------------------------------------


def laws(found: Found, effort: Effort, seed: int, fitted: bool) -> list[tuple[str, ...]]:
    """Rows of the table of statistics: the exact law, ours and Scenic's, the latter two with p-values."""
    reference = found.reference
    count = effort.exact_dense if reference.letter == "D" else effort.exact
    right = statistics(exact(np.random.default_rng([seed, reference.boxes]), reference, count, fitted))
    rows = [(f"{reference.letter} exact", f"{count:,}", *(str(mean_of(right[s])) for s in STATISTICS), "")]
    for who, side in (("ours", found.ours), ("Scenic", found.scenic)):
        if side.boxes is None:
            if side.seconds or side.fault:
                rows.append((f"{reference.letter} {who}", "0", *("-" for _ in STATISTICS), "not found"))
            continue
        seen = statistics(side.boxes)
        p = {s: same_law(seen[s], right[s]) for s in STATISTICS}
        if side is found.ours:
            found.p = p
        told = ", ".join(f"{p[s]:.2g}" for s in STATISTICS)
        made = f"{len(side.boxes):,}"
        rows.append((f"{reference.letter} {who}", made, *(str(mean_of(seen[s])) for s in STATISTICS), told))
    return rows


# times -----------------------------------------------------------------------------------------------------


def first_scenes(reference: Reference, seed: int, size: int) -> float:
    """Seconds from the text of the spec to its first certified scenes, in this process."""
    began = time.process_time()
    pipeline = load(reference.spec).pipeline(seed, size)
    pipeline.certify(pipeline.scenes(range(FIRST)))
    return time.process_time() - began


def first_in_process(found: Found, fitted: bool, processes: int, seed: int, size: int) -> None:
    """The same in fresh processes, the median of them; and of the whole process, Python's start and imports too."""
    taken: list[tuple[float, float]] = []
    command = [sys.executable, str(Path(__file__).resolve()), "--first", found.reference.letter]
    command += ["--seed", str(seed), "--size", str(size), *(["--fitted"] if fitted else [])]
    for _ in range(processes):
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        whole = time.perf_counter() - began
        seconds = json.loads(done.stdout)
        if seconds is None:
            return
        taken.append((seconds, whole))
    found.first = sorted(taken)[len(taken) // 2]


def planning(specs: Sequence[Path] | None, seed: int, size: int) -> list[tuple[float, str]]:
    """Seconds to compile, prove and plan each spec, slowest first; no scenes are drawn."""
    paths = common.tasks_of(specs)
    common.task(paths[0]).pipeline(seed, size).sampler  # noqa: B018  imports are not what is measured
    taken = []
    for path in paths:
        began = time.process_time()
        task = load(path)
        task.pipeline(seed, size).sampler  # noqa: B018  planned when it is asked for
        taken.append((time.process_time() - began, task.name))
    return sorted(taken, reverse=True)


# the report ------------------------------------------------------------------------------------------------


def _number(value: float | None, missing: str) -> str:
    if value is None:
        return missing
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _ratio(found: Found) -> str:
    """The ratio with the least and the greatest of its turns."""
    if found.ratio is None:
        return "-"
    turns = zip(found.ours.scenes, found.ours.seconds, found.scenic.scenes, found.scenic.seconds, strict=True)
    each = [a / s / (b / t) if b else math.inf for a, s, b, t in turns]
    return f"{_number(found.ratio, '')} ({_number(min(each), '')} .. {_number(max(each), '')})"


def print_rates(every: Sequence[Found], scenic: bool) -> None:
    rows = []
    for found in every:
        theirs = "-"
        if found.scenic.seconds:
            made, seconds = sum(found.scenic.scenes), sum(found.scenic.seconds)
            theirs = f"{_number(made / seconds, '')} ({made or 'none'} in {seconds:.0f} s)"
        first, whole = (f"{s:.2f} s" for s in found.first) if found.first else ("not found", "not found")
        rows.append((f"{found.reference.letter} {found.reference.what}", _number(found.ours.rate, "not found"),
                     _number(found.certified, "not found"), *([theirs, _ratio(found)] if scenic else []),
                     first, whole))  # fmt: skip
    theirs_head = ("Scenic", "ratio (of turns)") if scenic else ()
    common.table(rows, ("scenes a second", "solved", "certified", *theirs_head, f"first {FIRST}", "whole process"))
    for found in every:
        for who, side in (("ours", found.ours), ("Scenic", found.scenic)):
            if side.fault:
                print(f"{found.reference.letter}, {who}: {side.fault}")


def print_goals(every: Sequence[Found], plans: Sequence[tuple[float, str]]) -> None:
    """What was asked, what was reached, and whether that is enough."""
    rows: list[tuple[str, str, str, str]] = []

    def goal(name: str, asked: str, reached: str | None, met: bool) -> None:
        rows.append((name, asked, reached or "-", ("yes" if met else "NO") if reached else "not measured"))

    for found in every:
        letter = found.reference.letter
        lost = "not found" if found.ours.fault else None
        if letter in "ABC":
            reached = lost or (_number(found.ratio, "") if found.ratio else None)
            goal(f"{letter}, times Scenic", f">= {TIMES:,.0f}", reached, (found.ratio or 0) >= TIMES)
        if letter == "D":
            goal("D, scenes a second", f">= {DENSE_RATE:,.0f}", lost or _number(found.ours.rate, "not found"),
                 (found.ours.rate or 0) >= DENSE_RATE)  # fmt: skip
        if found.reference.boxes:
            least = min(found.p.values(), default=0.0)
            goal(f"{letter}, the exact law: least p", f">= {UNLIKELY:g}", f"{least:.2g}" if found.p else lost,
                 least >= UNLIKELY)  # fmt: skip
    if plans:
        goal("planning, the slowest spec", f"< {PLANNING} s", f"{plans[0][0]:.3f} s", plans[0][0] < PLANNING)
    common.table(rows, ("goal", "asked", "reached", "met"))


def measure(given: argparse.Namespace, python: Path | None) -> None:
    """Everything that is asked for, printed as it comes."""
    effort: Effort = QUICK if given.quick else Effort()
    scenes = references(given.fitted)
    every = [Found(scenes[letter]) for letter in given.only]
    for found in every:
        rates(found, python, effort, given.seed, given.size)
        if found.ours.seconds:  # else the first scenes were not found, and it takes long to say so again
            scenes_of(found, effort, given.seed, given.size)
            first_in_process(found, given.fitted, effort.processes, given.seed, given.size)
        print(f"{found.reference.letter}: measured", file=sys.stderr)
    print_rates(every, python is not None)
    with_boxes = [found for found in every if found.reference.boxes]
    if with_boxes:
        print(f"\nlaws: means over scenes ± standard errors, the side of the canvas being {UNITS:g}; places "
              f"{'where boxes fit' if given.fitted else 'anywhere, boxes that stick out are rejected'}")  # fmt: skip
        rows = [row for found in with_boxes for row in laws(found, effort, given.seed, given.fitted)]
        common.table(rows, ("law", "scenes", *STATISTICS, "p by KS: " + ", ".join(STATISTICS)))
    plans = planning(given.specs, given.seed, given.size)
    print(f"\nplanning of {len(plans)} specs, the slowest")
    common.table([(name, f"{seconds:.3f} s") for seconds, name in plans[:5]], ("spec", "compile, prove and plan"))
    print()
    print_goals(every, plans)


def main(argv: Sequence[str] | None = None) -> int:
    letters = "".join(references())
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a small version, in seconds")
    parser.add_argument("--only", default=letters, help=f"the letters of the scenes to measure (default {letters})")
    parser.add_argument("--fitted", action="store_true", help="boxes placed where they fit, as by default in a spec")
    parser.add_argument("--scenic", type=Path, metavar="PYTHON", help="an interpreter that has Scenic 3")
    parser.add_argument("--install-scenic", action="store_true", help="install it into an environment of its own")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="where that is kept (default: a temporary folder)")
    parser.add_argument("--specs", nargs="*", type=Path, help="whose planning is timed (default: the shipped ones)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=336)
    parser.add_argument("--first", choices=list(letters), help=argparse.SUPPRESS)
    given = parser.parse_args(argv)
    if unknown := set(given.only) - set(letters):
        parser.error(f"no scene {', '.join(sorted(unknown))}; there are {letters}")
    if given.first:
        try:
            seconds = first_scenes(references(given.fitted)[given.first], given.seed, given.size)
        except PgtError:
            seconds = None
        print(json.dumps(seconds))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        python = given.scenic
        if given.install_scenic:
            try:
                python = install((given.work or Path(folder)) / "scenic")
            except subprocess.CalledProcessError as error:
                print(f"Scenic cannot be installed: {error}", file=sys.stderr)
        measure(given, python)
    return 0


if __name__ == "__main__":
    sys.exit(main())
