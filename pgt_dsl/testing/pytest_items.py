"""Specs as pytest collects them: a file, with an item for the spec itself and one for each check of its scenes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.dataset.pipeline import check_size
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.syntax.limits import read_source
from pgt_dsl.syntax.parse import parse
from pgt_dsl.testing.spec_run import Plan, SpecRun, check_names
from pgt_dsl.testing.spec_tests import compile_task, pipeline_of, reports

SPEC, EXPLORE = "spec", "explore"  # the items that are no checks


class FailedError(Exception):
    """A check fails; the text is the report."""


class SpecFile(pytest.File):
    """A ``.pgt`` file. Its scenes are sampled once for all items; ``failed``: a check of them has failed."""

    failed = False

    def collect(self) -> Iterator[pytest.Item]:
        """The item ``spec``; of a task also one for each check, and ``explore``."""
        yield SpecItem.from_parent(self, name=SPEC)
        try:
            is_task = parse(read_source(self.path)).what == "task"
        except PgtError:  # which is what the item `spec` will say, and there is nothing else to say
            return
        if is_task:
            for name in check_names():
                yield SpecItem.from_parent(self, name=name)
            if self.plan.explore > 0:
                yield SpecItem.from_parent(self, name=EXPLORE)

    @cached_property
    def plan(self) -> Plan:
        """How the spec is tested. Raises ``PgtError`` for an impossible size."""
        option = self.config.getoption
        photos = option("--pgt-photos")
        return Plan(
            scenes=max(1, option("--pgt-scenes")), seed=option("--pgt-seed"), size=check_size(option("--pgt-size")),
            photos=None if photos is None else Path(photos), explore=option("--pgt-explore"),
            patience=option("--pgt-patience"), out=Path(option("--pgt-out")),
        )  # fmt: skip

    @cached_property
    def compiled(self) -> Task | PgtError | None:
        """The task, None for a module, or what is wrong with the spec."""
        try:
            return compile_task(self.path, name=os.path.relpath(self.path, self.config.invocation_params.dir))
        except PgtError as error:
            return error

    @cached_property
    def run(self) -> SpecRun | PgtError:
        """The test of the task, with its scenes, or why there are none."""
        if isinstance(self.compiled, PgtError):
            return self.compiled
        assert self.compiled is not None
        try:
            run = SpecRun(pipeline_of(self.compiled, self.plan), self.plan)
            assert run.subjects
        except PgtError as error:
            return error
        return run


class SpecItem(pytest.Item):
    """One check of a spec's scenes; ``spec``: it compiles and has scenes; ``explore``: scenes of Hypothesis' own."""

    parent: SpecFile

    def runtest(self) -> None:
        """Raises ``FailedError`` with the report."""
        task = self.parent.compiled
        if isinstance(task, PgtError):
            self._wrong(task)
        if task is None:  # a module is right when it compiles
            return
        assert isinstance(task, Task)
        run = self.parent.run
        if isinstance(run, PgtError):
            self._wrong(run)
        assert isinstance(run, SpecRun)
        if self.name == SPEC:
            return
        if self.name == EXPLORE and self.parent.failed:
            pytest.skip("a check fails already on scenes of the sampler")
        found = run.explored() if self.name == EXPLORE else run.failures([self.name], explore=False)
        if found:
            self.parent.failed = True
            raise FailedError("\n\n".join(reports(task, run, found)))

    def _wrong(self, error: PgtError) -> None:
        """It is said once what is wrong with a spec."""
        if self.name == SPEC:
            raise FailedError(str(error))
        pytest.skip("the spec is wrong or has no scenes")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *args: Any, **more: Any) -> Any:
        """The report, as `pgt test` prints it; a traceback for what is no failing check."""
        if isinstance(excinfo.value, FailedError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *args, **more)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """The file and the item."""
        return self.path, None, f"{self.path.stem}::{self.name}"
