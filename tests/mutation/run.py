"""Runs the items against mutants, each in a process of its own that is forked from this one, and keeps a ledger."""

from __future__ import annotations

import random
import resource
import signal
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.mutation import suites
from tests.mutation.items import Item
from tests.mutation.ledger import Ledger, Verdict, source_hash
from tests.mutation.operators import ROOT, Mutant, mutants
from tests.mutation.planted import Planted, bug_of, planted_set
from tests.mutation.room import RoomTest, calls, failing, in_child, room_tests, silent
from tests.mutation.suites import TESTS
from tests.mutation.swap import NotPlanted, module_of, plant, take_stock
from tests.mutation.targets import files, tests_of

CPU = 3.0  # seconds of processor time, beside what an item takes without it, after which a mutant is taken to hang
PLANTING = 20.0  # the same of planting
MEMORY = 6 << 30


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


def stage_names(target: str, first: int | None = None) -> list[str]:
    """Names of the stages that judge a target, in their order. first: so many of them; None for all."""
    tested = any(tests_of(file) for file in files(target))
    return [name for name, _ in suites.stages(target, 1) if tested or name != TESTS][:first]


def judge_all(
    target: str,
    mutants: Sequence[Mutant],
    ledger: Ledger,
    specs: int,
    first: int | None = None,
    again: bool = False,
) -> None:
    """Judge the mutants of a target, stage by stage, each until it is noticed; what the ledger knows is not asked
    again (``again``: survivors are). specs: of the shipped specs one in so many is used. first: so many stages only."""
    names = stage_names(target, first)
    makes = dict(suites.stages(target, specs))
    known = {m.name: None if v is None or (again and not v.by) else v for m in mutants for v in [ledger.get(m)]}
    todo = [m for m in mutants if (v := known[m.name]) is None or not v.judged(names)]
    for file in {mutant.file for mutant in todo}:
        module_of(file)
    for stage in names:
        asked = [m for m in todo if (v := known[m.name]) is None or not (v.by or stage in v.asked)]
        if not asked:
            continue
        ready = makes[stage]()
        rooms = {tests_of(mutant.file) for mutant in asked} if stage == TESTS else {()}
        for room in sorted(rooms):
            mine = [mutant for mutant in asked if not room or tests_of(mutant.file) == room]
            of_room = room_tests(room) if room else ()
            take_stock()
            print(f"{target}, {stage}: {len(mine)} mutants, {len(ready) + len(of_room)} items", flush=True)
            for mutant in mine:
                known[mutant.name] = verdict = judge(mutant, ready, stage, known[mutant.name], of_room)
                ledger.add(verdict)


def judge(
    mutant: Mutant,
    items: Sequence[Item],
    stage: str = "",
    before: Verdict | None = None,
    tests: Sequence[RoomTest] = (),
) -> Verdict:
    """Plant a mutant in a forked process, and run there what calls its function until something is noticed.

    stage: what the items and tests are called. before: what earlier stages said.
    """
    found = in_child(lambda: _in_child(mutant, items, tests))
    if found is None:
        found = {"by": "crash", "how": "the process ended"}
    verdict = Verdict(mutant.name, source=source_hash(mutant), **found)
    if before is None:
        return verdict if verdict.by else replace(verdict, asked=(stage,))
    asked = before.asked if verdict.by or stage in before.asked else (*before.asked, stage)
    return replace(verdict, asked=asked, differs=before.differs or verdict.differs)


def _in_child(mutant: Mutant, items: Sequence[Item], tests: Sequence[RoomTest]) -> dict[str, Any]:
    silent()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, PLANTING)
    where, differs = "plant", False
    try:
        try:
            plant(mutant)
        except NotPlanted:
            return {"by": "-", "how": "nothing of it is left in the compiled code"}
        for item in items:
            if not calls(item.called, mutant):
                continue
            where = item.suite
            signal.setitimer(signal.ITIMER_PROF, CPU + 4 * item.cost)
            found = item.run()
            differs = differs or found == "~"
            if found and found != "~":
                return _said(item.suite, f"{item.name}: {found}")
        if tests:
            where = TESTS
            found = failing(mutant, tests)
            if found:
                return _said(TESTS, found)
    except TooLong:
        return _said(where, "it hangs")
    except BaseException as error:
        return _said(where, f"{type(error).__name__}: {str(error)[:300]}")
    return {**_said("", ""), "differs": differs}


def _stop(*_: object) -> None:
    raise TooLong


def _said(by: str, how: str) -> dict[str, Any]:
    return {"by": by, "how": how.replace(f"{ROOT}/", "").partition("\n")[0][:400]}
