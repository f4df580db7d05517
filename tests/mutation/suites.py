"""What is run against a mutant: items that say what is wrong, or nothing, each with the functions that it calls.

Everything dear is done once, before the processes of the mutants are forked: specs are compiled and planned, scenes
sampled and certified, exact pictures computed. A mutant then samples the same indices again; scenes that come out the
same to the last character need no second judgement.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import Any

from pgt_dsl.api import load
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.plugins.registry import registry
from pgt_dsl.scene.scene import Scene
from pgt_dsl.scene.serial import scene_parts
from pgt_dsl.testing.checks import CHECKS
from pgt_dsl.testing.subject import Subject
from tests.mutation import worlds
from tests.mutation.operators import ROOT
from tests.mutation.swap import forget

Called = frozenset[tuple[str, str]]
"""Files (from the root) and qualified names of the functions that were called."""

SIZE = 224  # px of the short side of the pictures


@dataclass(slots=True)
class Item:
    """One thing to run. ``suite`` is what it counts as; ``run`` returns what is wrong, or "" ("~" where nothing is
    wrong, but something came out otherwise than without the mutant)."""

    suite: str
    name: str
    run: Callable[[], str]
    called: Called = frozenset()
    cost: float = 0.0


def measured(items: Sequence[Item]) -> list[Item]:
    """The items with what they call and cost, the cheap ones first. Raises ``AssertionError`` where one finds a fault
    although nothing is mutated."""
    for item in items:
        forget()
        found: set[tuple[str, str]] = set()

        def seen(frame: Any, event: str, _: Any, found: set[tuple[str, str]] = found) -> None:
            if event == "call" and "pgt_dsl" in frame.f_code.co_filename:
                found.add((frame.f_code.co_filename, frame.f_code.co_qualname))

        start = process_time()
        sys.setprofile(seen)
        try:
            fault = item.run()
        finally:
            sys.setprofile(None)
        item.cost = process_time() - start
        assert not fault, f"{item.suite} {item.name} finds fault with what is not mutated: {fault}"
        item.called = frozenset((file.removeprefix(f"{ROOT}/"), _plain(name)) for file, name in found)
    return sorted(items, key=lambda item: item.cost)


def _plain(name: str) -> str:
    return ".".join(part for part in name.split(".") if not part.startswith("<"))


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
            faults = CHECKS[name](subject)
            if faults:
                return f"{name}: {faults[0].message}"
        return ""


def all_pools(share: int = 1) -> Iterator[tuple[str, str, Pool]]:
    """Suite, name and scenes of every task: those that measure, and one in ``share`` of those that are shipped."""
    offered = registry()
    for name in worlds.SHAPES:
        yield "measures", name, pool_of(worlds.spec(name, worlds.two(name), worlds.questions(name)), 12)
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


def scene_items(target: str, share: int = 1, pools: Mapping[str, Pool] | None = None) -> list[Item]:
    """What judges a target by scenes: for the oracle and pictures the scenes as they were, else sampled anew.

    pools: the scenes by name; None for all of ``all_pools(share)``.
    """
    checks = tuple(CHECKS)
    pictures = tuple(name for name in checks if name != "oracle")
    found: list[Item] = []
    given = all_pools(share) if pools is None else (("measures", name, pool) for name, pool in pools.items())
    for suite, name, pool in given:
        if target == "oracle":
            found.append(Item(suite, name, lambda pool=pool: pool.judged(checks)))
        elif target == "display":
            found.append(Item(suite, name, lambda pool=pool: pool.judged(pictures)))
        elif target == "scene":  # reading answers back is no part of sampling
            found.append(Item(suite, name, lambda pool=pool: _joined(pool.sampled(checks), pool)))
        else:
            found.append(Item(suite, name, lambda pool=pool: pool.sampled(checks)))
    return found


def _joined(found: str, pool: Pool) -> str:
    """What sampling found, or else what reading the first scenes' words finds."""
    return found if found and found != "~" else pool.judged(("words",)) or found


# painters ---------------------------------------------------------------------------------------------------


def painter_items(painter: str) -> list[Item]:
    """The conformance suite of painters, list by list."""
    from pgt_dsl.testing import display_lists as lists
    from pgt_dsl.testing.coverage_oracle import exact
    from pgt_dsl.testing.renderer_scenes import scene_lists
    from pgt_dsl.testing.renderers import EXACT, REFERENCE, RendererFault, Report, compare

    offered = registry()
    renderer = offered.make_renderer({"reference": "pillow"}.get(painter, painter))
    tolerance = REFERENCE if painter == "reference" else EXACT
    pictures = [(name, shown, lists.paper(shown)) for name, shown in (*lists.gallery(), *lists.hostile())]
    pictures += list(scene_lists(32))
    found: list[Item] = []
    for name, shown, ground in pictures:
        true = exact(shown, ground)

        def run(name: str = name, shown: Any = shown, ground: Any = ground, true: Any = true) -> str:
            try:
                compare(renderer, shown, ground, tolerance, Report(painter), name, true)
            except RendererFault as fault:
                return fault.what
            return ""

        found.append(Item("painter", name, run))
    return found
