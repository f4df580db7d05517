"""Runs the items against mutants, each in a process of its own that is forked from this one, and keeps a ledger."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.mutation import suites
from tests.mutation.items import Item
from tests.mutation.ledger import Ledger, Verdict, source_hash
from tests.mutation.operators import ROOT, Mutant, mutants
from tests.mutation.planted import Planted, bug_of, planted_set
from tests.mutation.swap import NotPlanted, module_of, plant, take_stock
from tests.mutation.targets import files, tests_of

CPU = 6.0  # seconds of processor time, beside what an item takes without it, after which a mutant is taken to hang
PLANTING, TESTING = 20.0, 120.0  # the same of planting, and of all tests of a room
MEMORY = 6 << 30
TESTS = "tests"  # the stage of the tests of a mutant's room


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


def stage_names(target: str, tests: bool = True) -> list[str]:
    """Names of the stages that judge a target, in their order."""
    return [*(name for name, _ in suites.stages(target, 1)), *([TESTS] if tests else [])]


def judge_all(
    target: str, mutants: Sequence[Mutant], ledger: Ledger, specs: int, tests: bool = True, again: bool = False
) -> None:
    """Judge the mutants of a target, stage by stage, each until it is noticed; what the ledger knows is not asked
    again (``again``: survivors are). specs: of the shipped specs one in so many is used."""
    steps = [*suites.stages(target, specs), *([(TESTS, list)] if tests else [])]
    names = stage_names(target, tests)
    known = {m.name: None if v is None or (again and not v.by) else v for m in mutants for v in [ledger.get(m)]}
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
            ledger.add(verdict)


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
    verdict = Verdict(mutant.name, source=source_hash(mutant), **found)
    if before is None:
        return verdict if verdict.by else replace(verdict, asked=(stage,))
    asked = before.asked if verdict.by or stage in before.asked else (*before.asked, stage)
    return replace(verdict, asked=asked, differs=before.differs or verdict.differs)


def _in_child(mutant: Mutant, items: Sequence[Item], tests: bool) -> dict[str, Any]:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, TESTING if tests else PLANTING)
    where, differs = "plant", False
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
                return _said(item.suite, f"{item.name}: {found}")
        if tests:
            where = "tests"
            found = _tests(mutant)
            if found:
                return _said("tests", found)
    except TooLong:
        return _said(where, "it hangs")
    except BaseException as error:
        return _said(where, f"{type(error).__name__}: {str(error)[:300]}")
    return {**_said("", ""), "differs": differs}


def _stop(*_: object) -> None:
    raise TooLong


def _said(by: str, how: str) -> dict[str, Any]:
    return {"by": by, "how": how.replace(f"{ROOT}/", "").partition("\n")[0][:400]}


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
