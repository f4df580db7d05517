"""The tests of a room as what judges a mutant: those that call its function, the quick ones first.

They are collected once, before the processes of the mutants are forked, and run once without a mutant to see which
functions of the engine each of them calls, and how long it takes. What a fixture calls counts for all tests of its
file, since only the first of them may have it made.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import _lru_cache_wrapper, lru_cache
from time import process_time
from types import CodeType
from typing import Any

import pytest

from tests.mutation.items import Called
from tests.mutation.operators import ROOT, Mutant
from tests.mutation.swap import forget, objects

CPU = 6.0  # seconds of processor time, beside what a test takes without a mutant, after which it is taken to hang
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly", "--no-header")


@dataclass(frozen=True, slots=True)
class RoomTest:
    """A test by its node's name, with what it calls, and its cost in seconds of processor time."""

    node: str
    called: Called
    cost: float


def in_child(work: Callable[[], Any]) -> Any:
    """What ``work`` gives in a forked process, by way of JSON; None when the process ends otherwise."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(reader)
        code = 1
        try:
            with os.fdopen(writer, "w", encoding="utf-8") as pipe:
                json.dump(work(), pipe)
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as source:
        said = source.read()
    os.waitpid(child, 0)
    try:
        return json.loads(said)
    except ValueError:
        return None


def silent() -> None:
    """From now on, this process prints nothing."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def room_tests(paths: Sequence[str]) -> list[RoomTest]:
    """The tests of some files or folders that pass, the cheap ones first."""
    return sorted((test for path in paths for test in _tests_at(path)), key=lambda test: test.cost)


@lru_cache(maxsize=64)
def _tests_at(path: str) -> tuple[RoomTest, ...]:
    """The tests of one file or folder that pass; what they import stays imported. Raises ``AssertionError`` where none
    passes."""
    with _silenced():
        os.chdir(ROOT)
        pytest.main(["--collect-only", *OPTIONS, path])
    watch = _Watch()
    found = in_child(lambda: (silent(), pytest.main([*OPTIONS[1:], path], plugins=[watch]), watch.told())[2])
    assert found, f"no test of {path} passes"
    return tuple(
        RoomTest(node, frozenset((file, name) for file, name in called), cost)
        for node, called, cost, passed in found
        if passed
    )


def failing(mutant: Mutant, tests: Sequence[RoomTest]) -> str:
    """The first test that fails in this process, of those that call the mutant's function; "" when all pass."""
    chosen = [test for test in tests if calls(test.called, mutant)]
    if not chosen:
        return ""
    limits = _Limits({test.node: CPU + 4 * test.cost for test in chosen})
    os.chdir(ROOT)
    code = pytest.main([*OPTIONS, *(test.node for test in chosen)], plugins=[limits])
    return "" if code == 0 else limits.failed or f"pytest ended with {int(code)}"


def calls(called: Called, mutant: Mutant) -> bool:
    """Whether what was called has the mutant's function in it; what belongs to a module counts as called."""
    name = mutant.function
    return not name or any(
        file == mutant.file and (each == name or each.startswith(name + ".")) for file, each in called
    )


class Calls:
    """Sees which functions of the engine are called. ``with Calls() as seen: ...``, then ``seen.called``."""

    def __init__(self) -> None:
        self._codes: dict[int, CodeType] = {}

    def __enter__(self) -> Calls:
        threading.settrace(self._seen)
        sys.settrace(self._seen)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]

    def _seen(self, frame: Any, event: str, _: Any) -> None:
        self._codes[id(frame.f_code)] = frame.f_code

    @property
    def called(self) -> Called:
        """Files and qualified names of what was called."""
        named = ((code.co_filename.removeprefix(f"{ROOT}/"), plain(code.co_qualname)) for code in self._codes.values())
        return frozenset(name for name in named if name[0].startswith("pgt_dsl/"))


def plain(name: str) -> str:
    """A qualified name without ``<locals>`` and the like."""
    return ".".join(part for part in name.split(".") if not part.startswith("<"))


@contextmanager
def _silenced() -> Generator[None]:
    sys.stdout.flush()
    kept = os.dup(1), os.dup(2)
    silent()
    try:
        yield
    finally:
        sys.stdout.flush()
        for number, old in enumerate(kept, 1):
            os.dup2(old, number)
            os.close(old)


class _Watch:
    """A plugin of pytest that sees what each test calls, what it costs, and whether it passes."""

    def __init__(self) -> None:
        self._shared: dict[str, set[tuple[str, str]]] = {}
        self._tests: dict[str, list[Any]] = {}
        self._memos: list[Any] = []

    def pytest_collection_finish(self) -> None:
        self._memos = [thing for thing in objects() if isinstance(thing, _lru_cache_wrapper) and _of_tests(thing)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: Any) -> Generator[None]:
        forget()
        for memo in self._memos:
            memo.cache_clear()
        self._tests[item.nodeid] = [set(), process_time(), False]
        with Calls() as seen:
            yield
        self._shared.setdefault(item.nodeid.partition("::")[0], set()).update(seen.called)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None]:
        with Calls() as seen:
            yield
        found = self._tests[item.nodeid]
        found[:] = [seen.called, process_time() - found[1], True]

    def told(self) -> list[Any]:
        """Of each test its name, what it calls, what it costs, and whether it passed."""
        return [
            [node, sorted(called | self._shared[node.partition("::")[0]]), cost, passed]
            for node, (called, cost, passed) in self._tests.items()
        ]


def _of_tests(memo: Any) -> bool:
    file = getattr(getattr(memo, "__code__", None) or getattr(memo.__wrapped__, "__code__", None), "co_filename", "")
    return str(file).startswith(f"{ROOT}/tests/")


class _Limits:
    """A plugin of pytest that stops a test that hangs, and remembers the first that failed."""

    def __init__(self, limits: dict[str, float]) -> None:
        self._limits = limits
        self.failed = ""

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        signal.setitimer(signal.ITIMER_PROF, self._limits.get(nodeid, CPU))

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid
