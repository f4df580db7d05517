"""Another sample of each task, by another seed, with which a data set is compared.

What is compared: where the declared shapes stand and how near their neighbours are (two-sample Kolmogorov-Smirnov,
corrected for all comparisons of the data set by Holm), and how many scenes are there twice. Scenes of crowded strata
come from Markov chains; there the other sample has chains of ``STRETCH`` times the length, so that ones that have not
settled would show.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pgt_dsl.dataset.pipeline import plain_value
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.program import Program
from pgt_dsl.solve.canvas import canvas_size
from pgt_dsl.solve.chance import holm, kolmogorov
from pgt_dsl.solve.strata import Strata
from pgt_dsl.testing.exactness import combinations, share_faults
from pgt_dsl.verify.faults import Fault
from pgt_dsl.verify.features import Where, fingerprints, places
from pgt_dsl.verify.judge import Replay
from pgt_dsl.verify.opened import Opened

SCENES = 512  # of the other sample, at most
FEWEST = 20  # scenes that have a shape, below which nothing is compared
SEED = 1_000_003  # is added to the data set's
STRETCH = 4
ALPHA = 1e-3
LANES = ("x", "y", "nearest")
AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class Ask:
    """What a process needs to compare one task. ``strata``: the quotas' values by index, of all samples or none."""

    task: int
    where: tuple[Where, ...]
    prints: tuple[tuple[int, int], ...]
    strata: tuple[Mapping[str, object], ...]
    chained: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison: of a declared shape, across (x), down (y) or to its nearest neighbour. ``n`` scenes of the data
    set with ``m`` others: ``effect`` is the largest difference of the distribution functions, ``p`` its chance,
    ``seen`` the least effect that would have been told."""

    task: str
    shape: str
    what: str
    n: int
    m: int
    effect: float
    p: float
    seen: float = 0.0
    longer_chains: bool = False

    @property
    def notable(self) -> bool:
        """Whether it is more than chance."""
        return self.p < ALPHA


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of comparing one task: ``scenes`` of the other sample; pairs of equal and of nearly equal scenes that
    chance expects in the data set; ``problem`` says why nothing could be compared;
    of a task with fewer than ``FEWEST`` scenes nothing is. ``quotas``: whether the quotas were compared."""

    job: Ask
    scenes: int = 0
    comparisons: tuple[Comparison, ...] = ()
    same: float = 0.0
    near: float = 0.0
    faults: tuple[Fault, ...] = ()
    problem: str = ""
    quotas: bool = False


class Comparer:
    """Draws other samples and compares."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened

    def run(self, job: Ask) -> Answer:
        """Compare a task."""
        try:
            return self._run(job)
        except PgtError as error:
            return Answer(job, problem=(str(error).splitlines() or [""])[0])
        except Exception as error:  # of a plugin
            return Answer(job, problem=f"{type(error).__name__}: {error}"[:200])

    def _run(self, job: Ask) -> Answer:
        opened, program = self.opened, self.opened.programs[job.task]
        if program is None:
            return Answer(job, problem="its program is missing")
        manifest = opened.manifest
        quotas = _quotas(opened, program, job)
        faults = tuple(quotas or ())
        if len(job.where) < FEWEST:
            return Answer(job, faults=faults, quotas=quotas is not None)
        pipelines: dict[int, Replay] = {}
        wanted = min(len(job.where), SCENES)
        where: list[Where] = []
        prints: list[tuple[int, int]] = []
        for first in range(0, wanted, AT_ONCE):
            indices = range(first, min(first + AT_ONCE, wanted))
            sizes = opened.sizes_of(job.task, indices, manifest.seed + SEED)  # as large as often as those of the set
            for size in sorted(set(sizes)):
                if size not in pipelines:
                    pipelines[size] = made = Replay(program, opened.registry, manifest.seed + SEED, size, opened.photos)
                    if job.chained:
                        made.sampler.dense.stretch = STRETCH
                mine = [index for index, side in zip(indices, sizes, strict=True) if side == size]
                for scene in pipelines[size].scenes(mine):
                    if scene.twin == 0:
                        where.append(places(scene))
                    prints.append(fingerprints(scene))
        name = manifest.tasks[job.task].name
        same, near = (_expected([p[k] for p in job.prints], [p[k] for p in prints]) for k in (0, 1))
        return Answer(job, len(where), tuple(_compare(name, job, where)), same, near, faults, quotas=quotas is not None)


def _quotas(opened: Opened, program: Program, job: Ask) -> list[Fault] | None:
    """Where the recorded quotas are not exact, against every combination that the program allows; None when they
    cannot be compared."""
    task, names = program.name, [pick.name for pick in program.picks if pick is not program.swept]
    if not names or not job.strata:
        return None
    bases = {p.var: program.vars[p.var].type.base if p.what == "values" else "int" for p in program.picks}
    plans = []
    for size, _ in opened.sizes.weights:
        strata = Strata(program, opened.registry, 0, canvas_size(program, size))
        plans.append([
            {p.name: plain_value(values[p.var], bases[p.var]) for p in program.picks if p.name in names}
            for values in strata.enumerate()
        ])  # fmt: skip
    plan = plans[0]
    if any(other != plan for other in plans):
        return None  # what the sizes allow differs, so there is no one plan for all
    try:
        drawn = combinations(job.strata, names)
    except KeyError as error:
        return [Fault("quotas", f"a sample has no value of the quota {error}", task=task)]
    return [Fault("quotas", told, task=task) for told in share_faults(names, combinations(plan, names), drawn)]


def _compare(task: str, job: Ask, others: Sequence[Where]) -> list[Comparison]:
    found = []
    for shape in sorted({name for where in job.where for name in where}):
        mine, yours = (np.asarray([w[shape] for w in some if shape in w], np.float64).reshape(-1, 3)
                       for some in (job.where, others))  # fmt: skip
        for lane, what in enumerate(LANES):
            a, b = (column[~np.isnan(column)] for column in (mine[:, lane], yours[:, lane]))
            if min(len(a), len(b)) >= FEWEST:
                d = distance(a, b)
                p = kolmogorov(d, round(len(a) * len(b) / (len(a) + len(b))))
                found.append(Comparison(task, shape, what, len(a), len(b), d, p, 0.0, job.chained))
    return found


def distance(a: np.ndarray[tuple[int], np.dtype[np.float64]], b: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """The largest difference of two samples' distribution functions."""
    both = np.sort(np.concatenate([a, b]))
    steps = [np.searchsorted(np.sort(one), both, side="right") / len(one) for one in (a, b)]
    return float(np.abs(steps[0] - steps[1]).max())


def corrected(found: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The comparisons with chances corrected for their number, and the least effect that each would have told."""
    chances = holm([one.p for one in found])
    level = ALPHA / max(len(found), 1)
    return tuple(
        Comparison(c.task, c.shape, c.what, c.n, c.m, c.effect, p, least_seen(c.n, c.m, level), c.longer_chains)
        for c, p in zip(found, chances, strict=True)
    )


def least_seen(n: int, m: int, level: float) -> float:
    """The distance of two samples' distribution functions from which on it is told at a level."""
    return min(1.0, math.sqrt(-math.log(level / 2) / 2 * (n + m) / (n * m)))


def _expected(mine: Sequence[int], yours: Sequence[int]) -> float:
    """How many pairs of equal prints are to be expected within a sample, by those between it and another."""
    if not mine or not yours:
        return 0.0
    kinds, counts = np.unique(np.asarray(yours, np.uint64), return_counts=True)
    own, times = np.unique(np.asarray(mine, np.uint64), return_counts=True)
    _, here, there = np.intersect1d(own, kinds, assume_unique=True, return_indices=True)
    between = float((times[here] * counts[there]).sum())
    n, m = len(mine), len(yours)
    return between / (n * m) * n * (n - 1) / 2
