"""What is run against a mutant, in stages from the quick to the dear: items that say what is wrong, or nothing.

Everything dear is done once, before the processes of the mutants are forked: specs are compiled and planned, scenes
sampled and certified, exact pictures computed. A mutant then samples the same indices again; scenes that come out the
same to the last character need no second judgement. A stage is prepared only when a mutant is left for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from time import process_time
from typing import Any

from pgt_dsl.api import load
from pgt_dsl.builtin import extension
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.plugins.registry import registry
from pgt_dsl.scene.scene import Scene
from pgt_dsl.scene.serial import scene_parts
from pgt_dsl.testing.checks import CHECKS
from pgt_dsl.testing.sample_checks import SAMPLE_CHECKS
from pgt_dsl.testing.subject import Subject
from tests.mutation import worlds
from tests.mutation.conformance import conformance_items
from tests.mutation.items import Item
from tests.mutation.operators import ROOT
from tests.mutation.painters import painter_items
from tests.mutation.room import Calls
from tests.mutation.swap import forget
from tests.mutation.targets import PAINTERS

SIZE = 224  # px of the short side of the pictures
EVERY_CHECK = {**CHECKS, **SAMPLE_CHECKS}
SAYS = ("oracle", *SAMPLE_CHECKS)
SHOWS = ("picture", "pixels")
TESTS = "tests"  # the stage of the tests of a mutant's room, which are no items
KNOWS = ("oracle", "picture")  # the checks that the oracle takes part in


def stages(target: str, share: int) -> list[tuple[str, Callable[[], list[Item]]]]:
    """Names of the stages of a target, and what makes their items: those by which most is noticed soonest come first.

    share: of the shipped specs one in so many is used.
    """
    tests = TESTS, _no_items
    if target in PAINTERS:
        return [("pictures", partial(_measured_pictures, target)), tests]
    functions = "functions and kinds", _measured_conformance
    by_target: dict[str, list[tuple[str, tuple[str, ...]]]] = {
        "oracle": [("oracle", KNOWS[:1]), ("picture", KNOWS)],
        "display": [("pictures", SHOWS)],
        "scene": [("says", SAYS), ("shows", tuple(CHECKS))],
    }
    scenes = by_target.get(target, [("oracle", KNOWS[:1]), ("checks", tuple(CHECKS))])
    found = [(name, partial(_measured_scenes, target, share, checks)) for name, checks in scenes]
    match target:
        case "scene":
            return [found[0], tests, found[1]]
        case "display":
            return [tests, *found]
        case "kinds":
            return [("kinds", _measured_kinds), functions, tests, *found]
    return [functions, tests, *found]


def _no_items() -> list[Item]:
    return []


@lru_cache(maxsize=1)
def _measured_conformance() -> list[Item]:
    return measured(list(conformance_items()))


@lru_cache(maxsize=1)
def _measured_kinds() -> list[Item]:
    return measured(list(conformance_items(only={kind.name for kind in extension.kinds})))


@lru_cache(maxsize=8)
def _measured_pictures(painter: str) -> list[Item]:
    return measured(painter_items(painter))


@lru_cache(maxsize=8)
def _measured_scenes(target: str, share: int, checks: Sequence[str]) -> list[Item]:
    return measured(scene_items(target, _pools(share), checks))


def measured(items: Sequence[Item]) -> list[Item]:
    """The items with what they call and cost, the cheap ones first. Raises ``AssertionError`` where one finds a fault
    although nothing is mutated."""
    for item in items:
        forget()
        start = process_time()
        with Calls() as seen:
            fault = item.run()
        item.cost = process_time() - start
        assert not fault, f"{item.suite} {item.name} finds fault with what is not mutated: {fault}"
        item.called = seen.called
    return sorted(items, key=lambda item: item.cost)


# scenes -----------------------------------------------------------------------------------------------------


@dataclass
class Pool:
    """Some scenes of one task: sampled once, and what each says."""

    pipeline: Pipeline
    indices: Sequence[int]
    scenes: list[Scene] = field(default_factory=list)
    said: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scenes = self.pipeline.scenes(self.indices)
        self.said = [scene_parts(scene) for scene in self.scenes]

    def sampled(self, checks: Sequence[str]) -> str:
        """Sample again, and check the scenes that differ from before."""
        differs = False
        for scene, before in zip(self.pipeline.scenes(self.indices), self.said, strict=True):
            if scene_parts(scene) != before:
                differs = True
                found = self.checked(scene, checks)
                if found:
                    return found
        return "~" if differs else ""

    def judged(self, checks: Sequence[str]) -> str:
        """Check the scenes as they were sampled without the mutant."""
        return next(filter(None, (self.checked(scene, checks) for scene in self.scenes)), "")

    def checked(self, scene: Scene, checks: Sequence[str]) -> str:
        """What is wrong with a scene."""
        subject = Subject(self.pipeline, scene)
        for name in checks:
            faults = EVERY_CHECK[name](subject)
            if faults:
                return f"{name}: {faults[0].message}"
        return ""


@lru_cache(maxsize=1)
def _pools(share: int) -> dict[str, tuple[str, Pool]]:
    return {name: (suite, pool) for suite, name, pool in all_pools(share)}


def all_pools(share: int = 1) -> Iterator[tuple[str, str, Pool]]:
    """Suite, name and scenes of every task: those that measure, and one in ``share`` of those that are shipped."""
    offered = registry()
    for name in worlds.SHAPES:
        count = worlds.SCENES.get(name, 12)
        yield "measures", name, pool_of(worlds.spec(name, worlds.two(name), worlds.questions(name)), count)
    for name, head, questions in (("many", worlds.MANY, worlds.MANY_Q), ("plain", worlds.PLAIN, worlds.PLAIN_Q)):
        for k in range(0, len(questions), 6):
            yield "measures", f"{name}{k}", pool_of(worlds.spec(name, head, questions[k : k + 6]), 8)
    specs = sorted(Path(ROOT / "task_specs").rglob("*.pgt"))
    for path in specs[::share]:
        task = load(path, offered)
        yield "specs", task.name, Pool(task.pipeline(5, SIZE), range(3))


def pool_of(text: str, count: int) -> Pool:
    """The first scenes of a task in text."""
    return Pool(load(text, registry()).pipeline(1, SIZE), range(count))


def scene_items(target: str, pools: Mapping[str, tuple[str, Pool]], checks: Sequence[str]) -> list[Item]:
    """What judges a target by scenes: for the oracle and pictures the scenes as they were, else sampled anew.

    pools: suites and scenes by name.
    """
    found: list[Item] = []
    for name, (suite, pool) in pools.items():
        if target in ("oracle", "display"):
            found.append(Item(suite, name, partial(pool.judged, checks)))
        elif target == "scene":  # reading answers back is no part of sampling
            found.append(Item(suite, name, partial(_joined, pool, checks)))
        else:
            found.append(Item(suite, name, partial(pool.sampled, checks)))
    return found


def _joined(pool: Pool, checks: Sequence[str]) -> str:
    """What sampling finds, or else what reading the first scenes' words finds."""
    found = pool.sampled(checks)
    return found if found and found != "~" else pool.judged(("words",)) or found
