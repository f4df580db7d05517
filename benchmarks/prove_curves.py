"""Simulated observers: intervals of thresholds hold the truth as often as they say, and adaptive placement pays.

    python benchmarks/prove_curves.py                # 400 runs of each setting; adaptive placement over 40 runs
    python benchmarks/prove_curves.py --quick

1. Coverage. Answers of observers whose threshold, slope and lapse are drawn from the prior, or are fixed, are fitted:
   the share of 95 % intervals that hold the true threshold, among those fits that say that it is measurable. A setting
   fails when that share is outside 93 .. 97 % by more than chance explains (0.1 %); all together have to be inside.
2. Placement. The median width of the interval after 400 questions at equal numbers, and after how many adaptive ones
   it is as narrow; thresholds are drawn from the middle half of the levels. Over all settings 60 % have to do.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a script, from anywhere

from benchmarks import common
from pgt_dsl.psychometrics.adapt import BLOCK
from pgt_dsl.psychometrics.fit import fit
from pgt_dsl.psychometrics.placing import Placing
from pgt_dsl.psychometrics.posterior import BEYOND, LAPSE_BETA, LAPSES, WIDTH, WIDTHS, posterior
from pgt_dsl.psychometrics.tally import Tally

Truth = tuple[float, float, float]  # threshold in octaves, slope, lapse
INSIDE = 0.93, 0.97
RARE = 0.001
ALIKE = 0.6  # of the questions, at which placement pays
EQUAL = 400
LOOK = 2  # blocks between two looks at the width


@dataclass(frozen=True)
class Cover:
    """``truth`` is None to draw it from the prior; levels are 8 over 3 octaves."""

    guess: float
    asked: int
    truth: Truth | None
    runs: int
    seed: int


@dataclass(frozen=True)
class Place:
    """Levels over some octaves; the threshold is drawn anew for each run."""

    guess: float
    slope: float
    levels: int
    octaves: float
    runs: int
    seed: int


def cover(job: Cover) -> tuple[Cover, int, int, float]:
    """How many runs are measurable, how many intervals of these hold the truth, and their median width in octaves."""
    random = np.random.default_rng([job.seed, round(100 * job.guess), job.asked, round(10 * sum(job.truth or (0,)))])
    x = np.linspace(1, 4, 8)
    held, widths = 0, []
    for _ in range(job.runs):
        truth = job.truth or drawn(random, x)
        each = np.full(len(x), job.asked // len(x))
        found = fit(_tallies(x, job.guess, each, random.binomial(each, _chance(x, job.guess, truth))))
        if found.threshold is not None and found.threshold.low is not None and found.threshold.high is not None:
            low, high = math.log2(found.threshold.low), math.log2(found.threshold.high)
            widths.append(high - low)
            held += low <= truth[0] <= high
    return job, len(widths), held, float(np.median(widths)) if widths else math.nan


def drawn(random: np.random.Generator, x: np.ndarray) -> Truth:
    """A truth from the prior of fits over these levels."""
    span = float(x[-1] - x[0])
    width = span * math.exp(random.uniform(math.log(WIDTHS[0]), math.log(WIDTHS[1])))
    lapse = next(lapse for lapse in iter(lambda: random.beta(1, LAPSE_BETA), None) if lapse < LAPSES)
    return float(random.uniform(x[0] - BEYOND * span, x[-1] + BEYOND * span)), WIDTH / width, float(lapse)


def place(job: Place) -> tuple[Place, float, float, int]:
    """The median width after equal numbers; after how many adaptive questions it is as narrow; and how many of the
    adaptive intervals hold the truth in the end."""
    random = np.random.default_rng([job.seed, round(100 * job.guess), round(10 * job.slope), job.levels])
    x = np.linspace(1, 1 + job.octaves, job.levels)
    cells = [(float(2.0**place), job.guess) for place in x]
    waiting = {level: [job.guess] * BLOCK for level, _ in cells}
    equal: list[float] = []
    tracks: dict[int, list[float]] = {}
    held = 0
    for _ in range(job.runs):
        truth = float(1 + job.octaves * random.uniform(0.25, 0.75)), job.slope, 0.03
        chance = _chance(x, job.guess, truth)
        each = np.full(len(x), EQUAL // len(x))
        low, high = _interval(x, job.guess, each, random.binomial(each, chance))
        equal.append(high - low)
        placing = Placing(cells, "log2", True)
        asked, right = np.zeros(len(x), dtype=int), np.zeros(len(x), dtype=int)
        blocks = 0
        while asked.sum() < EQUAL:
            for level in placing.block(_tallies(x, job.guess, asked, right), waiting, BLOCK):
                at = int(np.abs(x - math.log2(level)).argmin())
                asked[at] += 1
                right[at] += random.random() < chance[at]
            blocks += 1
            if blocks % LOOK == 0 or asked.sum() >= EQUAL:
                low, high = _interval(x, job.guess, asked, right)
                tracks.setdefault(int(asked.sum()), []).append(high - low)
        held += low <= truth[0] <= high
    wanted = float(np.median(equal))
    enough = [many for many, widths in sorted(tracks.items()) if np.median(widths) <= wanted]
    return job, wanted, float(min(enough, default=math.inf)), held


def _chance(x: np.ndarray, guess: float, truth: Truth) -> np.ndarray:
    t, s, lapse = truth
    return np.asarray(guess + (1 - guess - lapse) / (1 + np.exp(-s * (x - t))))


def _tallies(x: np.ndarray, guess: float, asked: np.ndarray, right: np.ndarray) -> list[Tally]:
    return [Tally(float(2.0**a), guess, int(n), int(k)) for a, n, k in zip(x, asked, right, strict=True) if n]


def _interval(x: np.ndarray, guess: float, asked: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """The interval of the threshold, whether a fit would tell it or not."""
    found = posterior(x, np.full(len(x), guess), asked.astype(float), right.astype(float), x[0], x[-1]).threshold
    return found.quantile(0.025), found.quantile(0.975)


def outside(held: int, of: int) -> bool:
    """Whether a coverage is outside 93 .. 97 % by more than chance explains."""
    from scipy.stats import binom

    return bool(binom.cdf(held, of, INSIDE[0]) < RARE or binom.sf(held - 1, of, INSIDE[1]) < RARE)


def prove_cover(runs: int, seed: int, workers: int) -> tuple[int, int, list[str]]:
    """Print the coverage of each setting; how many intervals there are, how many hold the truth, and the faults."""
    truths: list[Truth | None] = [None, (2.0, 2.0, 0.03), (3.0, 6.0, 0.1)]
    sizes = [(0.0, 800), (0.25, 200), (0.25, 800), (0.5, 200), (0.5, 800), (0.5, 3200)]
    covers = [Cover(guess, asked, truth, runs, seed) for guess, asked in sizes for truth in truths]
    line = "{:14} {:>6} {:>8} {:>11} {:>9} {:>13}"
    print(line.format("truth (t s l)", "guess", "answers", "measurable", "coverage", "median width"))
    total, inside = 0, 0
    faults: list[str] = []
    for job, many, held, width in common.in_processes(cover, covers, workers):
        truth = "prior" if job.truth is None else "{:g} {:g} {:g}".format(*job.truth)
        print(line.format(truth, f"{job.guess:g}", job.asked, f"{many / job.runs:.0%}", f"{held / max(many, 1):.1%}",
                          f"{width:.2f}"), flush=True)  # fmt: skip
        total, inside = total + many, inside + held
        if outside(held, many):
            faults.append(f"{truth}, guess {job.guess:g}, {job.asked} answers: {held} of {many} hold the truth")
    if not INSIDE[0] <= inside / total <= INSIDE[1]:
        faults.append(f"over all settings {inside / total:.1%} of the intervals hold the truth")
    return total, inside, faults


def prove_place(runs: int, seed: int, workers: int, step: int) -> tuple[float, int, int, list[str]]:
    """Print what adaptive placement needs of each setting; the mean share of the questions, how many intervals there
    are, how many hold the truth, and the faults."""
    series = (8, 3.0), (12, 5.0)
    settings = itertools.product((0.25, 0.5), (2.0, 4.0, 6.0), series)
    places = [Place(guess, slope, *one, runs, seed) for guess, slope, one in settings][::step]
    line = "{:24} {:>6} {:>6} {:>13} {:>9} {:>8} {:>9}"
    print("\n" + line.format("series", "guess", "slope", f"width at {EQUAL}", "adaptive", "of them", "coverage"))
    shares: list[float] = []
    hold = 0
    for job, width, many, held in common.in_processes(place, places, workers):
        print(line.format(f"{job.levels} levels, {job.octaves:g} octaves", f"{job.guess:g}", f"{job.slope:g}",
                          f"{width:.2f}", f"{many:.0f}", f"{many / EQUAL:.0%}", f"{held / job.runs:.0%}"),
              flush=True)  # fmt: skip
        shares.append(min(many / EQUAL, 4.0))
        hold += held
    share, of = float(np.exp(np.mean(np.log(shares)))), runs * len(places)
    faults = [f"{hold} of {of} adaptive intervals hold the truth"] if outside(hold, of) else []
    if share > ALIKE:
        faults.append(f"adaptive placement needs {share:.0%} of the questions")
    return share, of, hold, faults


def main(arguments: Sequence[str] | None = None) -> int:
    args = common.arguments(__doc__).parse_args(arguments)
    runs, placed, step = (40, 6, 4) if args.quick else (400, 40, 1)
    total, inside, faults = prove_cover(runs, args.seed, args.workers)
    share, of, hold, more = prove_place(placed, args.seed, args.workers, step)
    return common.finish(
        f"{inside / total:.1%} of {total:,} intervals hold the truth; adaptive placement needs {share:.0%} of the "
        f"questions for the same width, and {hold / of:.1%} of its {of:,} intervals hold the truth", [*faults, *more]
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
