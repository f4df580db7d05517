"""Runs the items against mutants, each in a process of its own that is forked from this one, and keeps a journal."""

from __future__ import annotations

import hashlib
import json
import os
import random
import resource
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from time import process_time
from typing import Any

from tests.mutation.operators import ROOT, Mutant, mutants
from tests.mutation.suites import Item
from tests.mutation.swap import NotPlanted, plant
from tests.mutation.targets import files, tests_of

CPU = 6.0  # seconds of processor time after which a mutant is taken to hang
MEMORY = 6 << 30


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutant: ``by`` is the suite that noticed it, "" for a survivor and "-" where nothing was
    planted. ``how`` is what was said. ``differs``: scenes came out otherwise, and no check minded."""

    name: str
    by: str
    how: str
    was: str
    now: str
    line: int
    differs: bool = False
    seconds: float = 0.0
    source: str = ""


class TooLong(BaseException):
    """The mutant hangs."""


def chosen(target: str, share: float, seed: int) -> list[Mutant]:
    """The mutants of a target, or a share of them by seed: the same ones every time, from all of its functions."""
    found = [mutant for file in files(target) for mutant in mutants(file)]
    number = random.Random(seed)
    marked = [(number.random(), mutant) for mutant in found]
    return [mutant for mark, mutant in marked if mark < share]


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
                    verdict = Verdict(**json.loads(line))
                except (ValueError, TypeError):
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


def judge(mutant: Mutant, items: Sequence[Item], tests: bool = False, cpu: float = CPU) -> Verdict:
    """Plant a mutant in a forked process, and run there what calls its function until something is noticed.

    tests: run the tests of its room when nothing was.
    """
    reader, writer = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 1
        try:
            found = _in_child(mutant, items, tests, cpu)
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
    return Verdict(mutant.name, was=mutant.was[:120], now=mutant.now[:120], line=mutant.line,
                   source=source_hash(mutant.file), **found)  # fmt: skip


def _in_child(mutant: Mutant, items: Sequence[Item], tests: bool, cpu: float) -> dict[str, Any]:
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, cpu * (8 if tests else 1))
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


# table ------------------------------------------------------------------------------------------------------


def table(verdicts: Iterable[Verdict]) -> str:
    """Counts by file and by operator, in Markdown."""
    rows = list(verdicts)
    suites = sorted({v.by for v in rows if v.by not in ("", "-")})
    parts = []
    for title, key in (("file", lambda v: v.name.partition("::")[0]), ("operator", _operator)):
        lines = [f"| {title} | mutants | {' | '.join(suites)} | not planted | survive | of them differ |"]
        lines.append("|---" * (len(suites) + 5) + "|")
        for name in [*sorted({key(v) for v in rows}), "all"]:
            mine = [v for v in rows if name == "all" or key(v) == name]
            count = Counter(v.by for v in mine)
            cells = [str(len(mine)), *(str(count[s]) for s in suites), str(count["-"]), str(count[""])]
            lines.append(f"| {name} | {' | '.join(cells)} | {sum(v.differs for v in mine if not v.by)} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _operator(verdict: Verdict) -> str:
    return verdict.name.rpartition("#")[2].partition(".")[0]
