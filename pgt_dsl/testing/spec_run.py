"""A spec under test: its scenes through all checks, the failures, and for each the smallest scene that still fails.

First come scenes of the sampler, a batch at a time; what fails there is made smaller (``testing.smallest``). Where
nothing fails, it goes on from these scenes: to round numbers and the ends of laws (``testing.edges``), and, by
Hypothesis, to margins as small as they may be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from pgt_dsl.dataset.pipeline import DEFAULT_SIZE, Pipeline
from pgt_dsl.program.program import Origin
from pgt_dsl.scene.scene import Scene
from pgt_dsl.scene.serial import scene_to_json
from pgt_dsl.testing.checks import BATCHED, CHECKS
from pgt_dsl.testing.edges import edges
from pgt_dsl.testing.made import Made, Maker, Wish
from pgt_dsl.testing.sample_checks import SAMPLE_CHECKS
from pgt_dsl.testing.smallest import TimeUpError, Trial, search, smallest
from pgt_dsl.testing.subject import Fault, Subject

AT_ONCE = 32  # scenes sampled and painted together
STARTS = 8  # failing scenes from which a smallest one is looked for
MOST = 5  # failures of a spec that are told
SEEDS = 16  # accepted scenes from which Hypothesis goes on
ALONE = 3  # scenes that are drawn once more by themselves
REPLAY, SAME = "replay", "alone"
_HEAD = re.compile(r"^(?:\S+:\d+: )?sample \d+ of .*? \(seed -?\d+\)(?:, \d+ x \d+ px)?: ", re.S)


@dataclass(frozen=True, slots=True)
class Plan:
    """How specs are tested. ``size``: px of the short side; ``photos`` a folder, None for the shipped ones;
    ``explore``: scenes that Hypothesis tries beyond those of the sampler; ``patience``: seconds to look for a smallest
    scene; ``only``: names of checks, none for all; ``shares``: of the scenes, by the name of a check."""

    scenes: int = 200
    seed: int = 0
    size: int = DEFAULT_SIZE
    photos: Path | None = None
    explore: int = 100
    patience: float = 20.0
    only: frozenset[str] = frozenset()
    shares: Mapping[str, float] = field(default_factory=dict)
    out: Path = Path("pgt-test")


@dataclass(frozen=True)
class Tested(Subject):
    """A scene under test, which knows how to be made again."""

    maker: Maker
    wish: Wish


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that fails: on how many of the scenes, with the smallest scene, and how that came to be: made from its
    ``draws``, or by the sampler at its ``index``."""

    check: str
    fault: Fault
    scene: Scene
    wish: Wish
    made: str
    failing: int
    tested: int
    first: int  # the index of the first scene of the sampler that fails; -1: Hypothesis found it


def replays(subject: Tested) -> list[Fault]:
    """The scene is the same when it is made again from its draws, alone."""
    made = subject.maker.remake(subject.wish)
    if not isinstance(made, Made):
        where = Origin() if made.check is None else made.check.origin
        return [Fault(REPLAY, f"the scene was accepted, and is not when it is made again: {made.why}", where)]
    before, after = ({**scene_to_json(scene), "attempt": 0} for scene in (subject.scene, made.scene))
    keys = [key for key in before if before[key] != after[key]]
    return [Fault(REPLAY, f"`{key}` is another when the scene is made again from its draws") for key in keys]


def check_names() -> list[str]:
    """The names of all checks, in the order in which they are made."""
    return [*CHECKS, *(name for name in SAMPLE_CHECKS if name not in CHECKS), REPLAY, SAME]


class SpecRun:
    """The test of one task. Scenes are sampled once, whatever checks are made of them."""

    def __init__(self, pipeline: Pipeline, plan: Plan) -> None:
        self.pipeline, self.plan = pipeline, plan

    @cached_property
    def maker(self) -> Maker:
        """What makes scenes again. Raises ``PgtError`` when the task is impossible."""
        return Maker(self.pipeline)

    @cached_property
    def subjects(self) -> list[Tested]:
        """The scenes of the sampler, painted. Raises ``PgtError``."""
        found: list[Tested] = []
        for start in range(0, self.plan.scenes, AT_ONCE):
            scenes = self.pipeline.scenes(range(start, min(start + AT_ONCE, self.plan.scenes)))
            painted = self.pipeline.paint(scenes, ids=True)
            for scene, wish, picture in zip(scenes, self.maker.wishes(scenes), painted, strict=True):
                subject = Tested(self.pipeline, scene, self.maker, wish)
                vars(subject)["painted"] = picture  # as it would paint by itself, many at once
                found.append(subject)
        return found

    # checks -----------------------------------------------------------------------------------------

    @property
    def names(self) -> list[str]:
        """The checks that are asked for."""
        return [name for name in check_names() if not self.plan.only or name in self.plan.only]

    def failures(self, names: Sequence[str] | None = None, explore: bool = True) -> list[Failure]:
        """What fails, each with its smallest scene: one failure for a check and place in the spec, ``MOST`` at most."""
        wanted = self.names if names is None else list(names)
        found = list(islice((failure for name in wanted for failure in self._failures(name)), MOST))
        if not found and explore and self.plan.explore:
            found = self.explored(wanted)
        return found

    def _failures(self, name: str) -> Iterator[Failure]:
        if name == SAME:
            yield from self._alone()
            return
        failing: dict[Origin, list[tuple[Tested, Fault]]] = {}
        share = self.plan.shares.get(name, 1.0)
        chosen = [s for k, s in enumerate(self.subjects) if int((k + 1) * share) > int(k * share)]
        for subject, told in zip(chosen, all_faults(name, chosen), strict=True):
            for fault in told:
                if not any(seen is subject for seen, _ in failing.get(fault.origin, ())):
                    failing.setdefault(fault.origin, []).append((subject, fault))
        for found in failing.values():
            yield self._least(name, found, len(chosen))

    def _least(self, name: str, failing: Sequence[tuple[Tested, Fault]], tested: int) -> Failure:
        """The failure on the smallest scene that can be had from some."""
        subject, fault = failing[0]
        first = Failure(name, fault, subject.scene, subject.wish, "index", len(failing), tested, subject.scene.index)
        trial = Trial(self._like(name, fault), self.plan.patience)
        made = smallest(self.maker, trial, [s.wish for s, _ in failing[:STARTS]], self.plan.seed)
        return first if made is None else self._with(first, made)

    def _with(self, failure: Failure, made: Made) -> Failure:
        """The failure on another scene."""
        subject = Tested(self.pipeline, made.scene, self.maker, made.wish)
        told = next((f for f in faults(failure.check, subject) if f.origin == failure.fault.origin), failure.fault)
        return replace(failure, fault=told, scene=made.scene, wish=made.wish, made="draws")

    # beyond the sampler -----------------------------------------------------------------------------

    def explored(self, names: Sequence[str] | None = None) -> list[Failure]:
        """What fails on scenes of Hypothesis' own, of which it is told how near their answers are to changing."""
        checks = [name for name in (self.names if names is None else names) if name != SAME]
        left = [self.plan.explore]
        found: list[tuple[str, Fault, Made]] = []

        def trial(made: Made) -> bool:
            import hypothesis

            if left[0] <= 0:
                raise TimeUpError
            left[0] -= 1
            subject = Tested(self.pipeline, made.scene, self.maker, made.wish)
            margins = [ask.margin for ask in made.scene.asks if ask.margin is not None]
            if margins:
                hypothesis.target(-min(margins), label="margin")
            found.extend((name, fault, made) for name in checks for fault in faults(name, subject))
            if found:
                raise TimeUpError
            return False

        starts = [subject.wish for subject in self.subjects[:SEEDS]]
        starts += edges(starts, self.plan.explore // 2)
        left[0] += min(SEEDS, len(self.subjects))
        with suppress(TimeUpError):
            search(self.maker, trial, starts, self.plan.seed, more=self.plan.explore)
        tried = len(self.subjects) + self.plan.explore + min(SEEDS, len(self.subjects)) - left[0]
        failures = []
        for name, fault, made in found[:MOST]:
            first = Failure(name, fault, made.scene, made.wish, "draws", 1, tried, -1)
            smaller = smallest(self.maker, Trial(self._like(name, fault), self.plan.patience), [made.wish])
            failures.append(first if smaller is None else self._with(first, smaller))
        return failures

    def _like(self, name: str, fault: Fault) -> Callable[[Made], bool]:
        """Whether the same check fails at the same place of the spec."""

        def fails(made: Made) -> bool:
            subject = Tested(self.pipeline, made.scene, self.maker, made.wish)
            return any(found.origin == fault.origin for found in faults(name, subject))

        return fails

    # the sampler itself -----------------------------------------------------------------------------

    def _alone(self) -> Iterator[Failure]:
        """Scenes that are others when they are drawn alone, or in another order."""
        subjects = self.subjects
        copies = self.maker.sampler.copies
        order = list(range(0, len(subjects), copies))[::-1]
        again = self.pipeline.scenes([subjects[k].scene.index for k in order])
        pairs = [(subjects[k + twin], again[n * copies + twin]) for n, k in enumerate(order) for twin in range(copies)]
        for k in order[-ALONE:]:
            pairs += list(zip(subjects[k : k + copies], self.pipeline.scenes([subjects[k].scene.index]), strict=True))
        differing = [subject for subject, scene in pairs if scene_to_json(subject.scene) != scene_to_json(scene)]
        if differing:
            one = differing[-1]
            fault = Fault(SAME, "the scene is another when its index is drawn alone or in another order")
            yield Failure(SAME, fault, one.scene, one.wish, "index", len(differing), len(pairs), one.scene.index)


def all_faults(name: str, subjects: Sequence[Tested]) -> Iterator[list[Fault]]:
    """What a check finds in each of many scenes of one pipeline, at once where the check can do that."""
    if name not in BATCHED:
        yield from (faults(name, subject) for subject in subjects)
        return
    for start in range(0, len(subjects), AT_ONCE):
        part = subjects[start : start + AT_ONCE]
        try:
            found = BATCHED[name](part[0].pipeline, [subject.scene for subject in part])
        except Exception:  # one of them cannot be judged, and is found by itself
            found = [faults(name, subject) for subject in part]
        yield from found


def faults(name: str, subject: Tested) -> list[Fault]:
    """What a check finds. A check that cannot go through is at fault itself."""
    try:
        found = replays(subject) if name == REPLAY else (CHECKS.get(name) or SAMPLE_CHECKS[name])(subject)
    except Exception as error:  # of a plugin's function, or of the check
        return [Fault(name, f"the check cannot be made: {type(error).__name__}: {error}")]
    return [replace(fault, message=_HEAD.sub("", fault.message)) for fault in found]
