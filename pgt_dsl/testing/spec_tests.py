"""Specs tested one by one or in processes, each with an ``Outcome`` as plain values; and the replay of one failure."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path

from pgt_dsl.compile import compile_source
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.registry import Registry, registry
from pgt_dsl.scene.serial import scene_to_json
from pgt_dsl.source import Source
from pgt_dsl.syntax.limits import read_source
from pgt_dsl.testing.failure import read, told, write
from pgt_dsl.testing.made import Made, Rejected
from pgt_dsl.testing.spec_run import SAME, Failure, Plan, SpecRun, Tested, check_names, faults


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a spec: ``failures`` are whole reports; ``error`` says why it could not be tested. A module is only
    checked: it has no ``task``."""

    path: str
    task: str = ""
    scenes: int = 0
    checks: int = 0
    seconds: float = 0.0
    failures: tuple[str, ...] = ()
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.failures and not self.error


def compile_task(path: Path, plugins: Registry | None = None, name: str = "") -> Task | None:
    """The task of a spec, None for a module. ``name``: what to call the file. Raises ``SpecError``."""
    source = read_source(path)
    source = Source(name or source.name, source.text)
    offered = plugins or registry()
    compiled = compile_source(source, offered)
    if compiled.program is None:
        return None
    return Task(compiled.program, source, offered, tuple(compiled.warnings))


def pipeline_of(task: Task, plan: Plan) -> Pipeline:
    """The pipeline of a task under test. Raises ``PgtError``."""
    return task.pipeline(plan.seed, plan.size, plan.photos)


def test_spec(path: Path, plan: Plan, plugins: Registry | None = None) -> Outcome:
    """Test one spec. Never raises because of what the spec is."""
    began = time.monotonic()
    done = Outcome(str(path))
    try:
        task = compile_task(path, plugins)
        if task is None:
            return done
        done = replace(done, task=task.name)
        run = SpecRun(pipeline_of(task, plan), plan)
        found = reports(task, run, run.failures())
        done = replace(done, scenes=len(run.subjects), checks=len(run.names), failures=tuple(found))
    except PgtError as error:
        done = replace(done, error=str(error))
    return replace(done, seconds=time.monotonic() - began)


def reports(task: Task, run: SpecRun, failures: Sequence[Failure]) -> list[str]:
    """Write the files of failures, and tell of each."""
    many: Counter[str] = Counter()
    found = []
    for failure in failures:
        files = write(task, run.pipeline, run.plan, failure, many[failure.check])
        many[failure.check] += 1
        found.append(told(task, run.pipeline, run.plan, failure, files))
    return found


def test_specs(paths: Sequence[Path], plan: Plan, workers: int) -> Iterator[Outcome]:
    """The outcomes in the order of the specs, by so many processes. Raises ``PgtError`` when one is ended."""
    if workers <= 1 or len(paths) <= 1:
        yield from (test_spec(path, plan) for path in paths)
        return
    context = multiprocessing.get_context("spawn")
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(min(workers, len(paths)), mp_context=context, initializer=_deaf)
    done = False
    try:
        yield from pool.map(test_spec, paths, [plan] * len(paths))
        done = True
    except BrokenProcessPool as error:
        raise PgtError("a process was ended from outside (is the memory enough? try fewer --workers)") from error
    finally:
        pool.shutdown(wait=done, cancel_futures=True)
        for process in () if done else set(multiprocessing.active_children()) - before:
            process.terminate()  # whoever interrupts does not wait for the specs in hand


def _deaf() -> None:
    """Ctrl-C is for the parent, which ends its processes itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


# replay ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of a replay: the ``failures`` of all checks, and what is to be known about the scene."""

    failures: tuple[str, ...]
    notes: tuple[str, ...]


def replay(task: Task, path: Path, plan: Plan) -> Replayed:
    """Make the scene of a file again, by this spec and this engine, and check it. Raises ``PgtError``."""
    stored = read(path)
    if stored.task != task.name:
        raise PgtError(f"`{path}` is of the task `{stored.task}`, and the spec is of `{task.name}`")
    plan = replace(plan, seed=stored.seed, size=stored.size)
    pipeline = pipeline_of(task, plan)
    run = SpecRun(pipeline, plan)
    index, twin, wish = stored.wish.index, stored.wish.twin, stored.wish
    if stored.made == "index":
        pair = pipeline.scenes([index])
        scene, wish, notes = pair[twin], run.maker.wishes(pair)[twin], []
        if stored.check == SAME:
            vars(run)["subjects"] = _tested(run, range(index + 2))
            same = [told(task, pipeline, plan, failure, None) for failure in run.failures([SAME], explore=False)]
            return Replayed(tuple(same), ())
    else:
        made = run.maker.remake(wish)
        if isinstance(made, Rejected):
            return Replayed((), (_gone(made),))
        scene, notes = made.scene, _other(wish.draws[twin] if twin < len(wish.draws) else {}, made)
        wish = made.wish
    subject = Tested(pipeline, scene, run.maker, wish)
    found = []
    for name in (stored.check, *(n for n in check_names() if n not in (stored.check, SAME))):
        for fault in faults(name, subject):
            failure = Failure(name, fault, scene, wish, stored.made, 1, 1, index)
            found.append(told(task, pipeline, plan, failure, None))
    return Replayed(tuple(found), tuple(notes))


def _tested(run: SpecRun, indices: Sequence[int]) -> list[Tested]:
    scenes = run.pipeline.scenes(indices)
    wishes = run.maker.wishes(scenes)
    return [Tested(run.pipeline, scene, run.maker, wish) for scene, wish in zip(scenes, wishes, strict=True)]


def _gone(made: Rejected) -> str:
    where = "" if made.check is None or not made.check.origin.line else f" (line {made.check.origin.line})"
    return f"the spec no longer has this scene: it is rejected by `{made.why}`{where}"


def _other(before: object, made: Made) -> list[str]:
    now = scene_to_json(made.scene)["draws"]
    assert isinstance(before, dict)
    names = [name for name in now if name not in before or before[name] != now[name]]
    names += [name for name in before if name not in now]
    if not names:
        return []
    listed = ", ".join(f"`{name}`" for name in names[:5])
    return [f"the spec draws something else than it did, so this scene is only near the stored one: {listed}"]
