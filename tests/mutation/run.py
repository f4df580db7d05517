"""Runs the items against mutants, each in a process of its own that is forked from this one, and keeps a journal."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from time import process_time
from typing import Any

from tests.mutation import suites
from tests.mutation.items import Item
from tests.mutation.operators import ROOT, Mutant, mutants
from tests.mutation.planted import Planted, bug_of, planted_set
from tests.mutation.swap import NotPlanted, module_of, plant, take_stock
from tests.mutation.targets import files, tests_of

CPU = 6.0  # seconds of processor time, beside what an item takes without it, after which a mutant is taken to hang
PLANTING, TESTING = 20.0, 120.0  # the same of planting, and of all tests of a room
MEMORY = 6 << 30
TESTS = "tests"  # the stage of the tests of a mutant's room


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant: ``by`` is the suite that noticed it, "" for a survivor and "-" where nothing was
    planted. ``how`` is what was said. ``differs``: scenes came out otherwise, and no check minded. ``asked``: the
    stages that did not notice it."""

    name: str
    by: str
    how: str
    was: str
    now: str
    line: int
    differs: bool = False
    seconds: float = 0.0
    source: str = ""
    asked: tuple[str, ...] = ()

    def judged(self, stages: Sequence[str]) -> bool:
        """Whether it is known what became of the mutant: it was noticed, or all stages were asked."""
        return bool(self.by) or set(stages) <= set(self.asked)


class TooLong(BaseException):
    """The mutant hangs."""


def chosen(target: str, share: float = 1.0, seed: int = 0, every: bool = False) -> list[Planted]:
    """The planted set of a target (``every``: all mutants of its files), or a share of it by seed: the same ones every
    time."""
    if every:
        found = [Planted(target, f, bug_of(m) or m.operator, m) for f in files(target) for m in mutants(f)]
    else:
        found = planted_set(target)
    number = random.Random(seed)
    marked = [(number.random(), planted) for planted in found]
    return [planted for mark, planted in marked if mark < share]


@lru_cache(maxsize=256)
def source_hash(file: str) -> str:
    """The hash by which a verdict is known to be of this source."""
    return hashlib.blake2b((ROOT / file).read_bytes(), digest_size=8).hexdigest()


class Journal:
    """Verdicts, a line of JSON each; those of another state of a file do not count."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.found: dict[str, Verdict] = {}
        if path is not None and path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    said = json.loads(line)
                    verdict = Verdict(**{**said, "asked": tuple(said["asked"])})
                except (ValueError, TypeError, KeyError):
                    continue  # a line that was cut off
                self.found[verdict.name] = verdict

    def get(self, mutant: Mutant) -> Verdict | None:
        """The verdict on a mutant, if there is one of the file as it stands."""
        found = self.found.get(mutant.name)
        return found if found is not None and found.source == source_hash(mutant.file) else None

    def add(self, verdict: Verdict) -> None:
        """Keep a verdict, at once."""
        self.found[verdict.name] = verdict
        if self.path is not None:
            with self.path.open("a", encoding="utf-8") as out:
                out.write(json.dumps(asdict(verdict)) + "\n")


def judge_all(
    target: str, mutants: Sequence[Mutant], journal: Journal, specs: int, tests: bool = True, again: bool = False
) -> None:
    """Judge the mutants of a target, stage by stage, each until it is noticed; what the journal knows is not asked
    again (``again``: survivors are). specs: of the shipped specs one in so many is used."""
    steps = [*suites.stages(target, specs), *([(TESTS, list)] if tests else [])]
    names = [name for name, _ in steps]
    known = {m.name: None if v is None or (again and not v.by) else v for m in mutants for v in [journal.get(m)]}
    todo = [m for m in mutants if (v := known[m.name]) is None or not v.judged(names)]
    for file in {mutant.file for mutant in todo}:
        module_of(file)
    for stage, items in steps:
        asked = [m for m in todo if (v := known[m.name]) is None or not (v.by or stage in v.asked)]
        if not asked:
            continue
        ready = items()
        take_stock()
        print(f"{target}, {stage}: {len(asked)} mutants, {len(ready) or 'no'} items", flush=True)
        for mutant in asked:
            known[mutant.name] = verdict = judge(mutant, ready, stage, known[mutant.name])
            journal.add(verdict)


def judge(mutant: Mutant, items: Sequence[Item], stage: str = "", before: Verdict | None = None) -> Verdict:
    """Plant a mutant in a forked process, and run there what calls its function until something is noticed.

    stage: what the items are called; ``TESTS`` to run the tests of its room instead. before: what earlier stages said.
    """
    reader, writer = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 1
        try:
            found = _in_child(mutant, items, stage == TESTS)
            os.write(writer, json.dumps(found).encode()[:60_000])
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    try:
        found = json.loads(said)
    except ValueError:
        found = {"by": "crash", "how": f"the process ended with status {status}"}
    verdict = Verdict(mutant.name, was=mutant.was[:120], now=mutant.now[:120], line=mutant.line,
                      source=source_hash(mutant.file), **found)  # fmt: skip
    if before is None:
        return verdict if verdict.by else replace(verdict, asked=(stage,))
    seconds, asked = before.seconds + verdict.seconds, before.asked if verdict.by else (*before.asked, stage)
    return replace(verdict, seconds=round(seconds, 3), asked=asked, differs=before.differs or verdict.differs)


def _in_child(mutant: Mutant, items: Sequence[Item], tests: bool) -> dict[str, Any]:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, TESTING if tests else PLANTING)
    start, where, differs = process_time(), "plant", False
    try:
        try:
            plant(mutant)
        except NotPlanted:
            return {"by": "-", "how": "nothing of it is left in the compiled code"}
        for item in items:
            if not _calls(item, mutant):
                continue
            where = item.suite
            signal.setitimer(signal.ITIMER_PROF, CPU + 4 * item.cost)
            found = item.run()
            differs = differs or found == "~"
            if found and found != "~":
                return _said(item.suite, f"{item.name}: {found}", start)
        if tests:
            where = "tests"
            found = _tests(mutant)
            if found:
                return _said("tests", found, start)
    except TooLong:
        return _said(where, "it hangs", start)
    except BaseException as error:
        return _said(where, f"{type(error).__name__}: {str(error)[:300]}", start)
    return {**_said("", "", start), "differs": differs}


def _stop(*_: object) -> None:
    raise TooLong


def _said(by: str, how: str, start: float) -> dict[str, Any]:
    return {"by": by, "how": how[:400], "seconds": round(process_time() - start, 3)}


def _calls(item: Item, mutant: Mutant) -> bool:
    if not mutant.function:
        return True
    name = mutant.function
    return any(
        file == mutant.file and (called == name or called.startswith(name + ".")) for file, called in item.called
    )


def _tests(mutant: Mutant) -> str:
    """Run the tests of the mutant's room in this process; "" when all pass."""
    import pytest

    class Names:
        failed = ""

        def pytest_runtest_logreport(self, report: Any) -> None:
            if report.failed and not self.failed:
                self.failed = report.nodeid

    names = Names()
    os.chdir(ROOT)
    args = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", *tests_of(mutant.file)]
    code = pytest.main(args, plugins=[names])
    return "" if code == 0 else names.failed or f"pytest ended with {code}"
