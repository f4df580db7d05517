"""A record of audits: what it keeps, what is not audited twice, and that of the shipped tasks."""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path

import pytest

from benchmarks.prove_audit import SPECS
from pgt_dsl.api import load, load_all
from pgt_dsl.audit.record import NAME, Recorded, read_record
from pgt_dsl.cli.main import run
from pgt_dsl.program.meaning import meaning_hash
from pgt_dsl.resources import data_path
from tests.docs.fences import DOCS

FAST = ("--scenes", "300", "--pictures", "0", "--size", "64")
LEAKS = """
task "t/leaks"
shape a: circle { radius = 6vmin, color = red, x ~ 10vw .. 90vw, y = 30vh }
shape b: circle { radius = if a.x < b.x then 4vmin else 8vmin, color = blue, x ~ 10vw .. 90vw, y = 70vh }
require abs(a.x - b.x) >= 3vmin
ask "Is {a} to the left of {b}?"
  answer a.x < b.x even
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "specs"
    made.mkdir()
    (made / "leaks.pgt").write_text(LEAKS, encoding="utf-8")
    (made / "list.pgt").write_text((SPECS / "clean_list.pgt").read_text(encoding="utf-8"), encoding="utf-8")
    return made


def _audit(folder: Path, *more: str) -> int:
    return run(["audit", str(folder), *FAST, "--record", str(folder / NAME), *more])


def test_a_record_has_a_line_for_each_task_with_what_was_found(folder: Path) -> None:
    assert _audit(folder) == 1
    held = read_record(folder / NAME)
    assert list(held) == ["clean/list", "t/leaks"]
    clean, leaks = held.values()
    assert clean.leaks == () and clean.program == load(folder / "list.pgt").hash and clean.scenes == 300
    assert clean.meaning == meaning_hash(load(folder / "list.pgt").program)
    assert any(one.code == "S521" and one.test.what == "b.radius" and 4 in one.lines for one in leaks.leaks)
    assert leaks.least is not None and 0 < leaks.least < 0.5
    lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line.rstrip(","))["task"] for line in lines[1:-1]] == ["clean/list", "t/leaks"]


def test_what_is_unchanged_is_passed_over_and_still_counts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _audit(folder)
    (folder / "leaks.pgt").write_text(LEAKS.replace("then 4vmin else 8vmin", "then 6vmin else 6vmin"))
    capsys.readouterr()
    assert _audit(folder) == 0
    out = capsys.readouterr().out
    assert "clean/list: unchanged since it was audited on 300 scenes (seed 0); no leaks found" in out
    assert "t/leaks: 300 scenes" in out
    _audit(folder, "--seed", "4")
    assert "unchanged since" not in capsys.readouterr().out
    assert {audit.seed for audit in read_record(folder / NAME).values()} == {4}


def test_a_leak_of_the_record_fails_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _audit(folder)
    capsys.readouterr()
    assert _audit(folder) == 1
    assert "t/leaks: unchanged since" in (out := capsys.readouterr().out) and "S521 b.radius" in out


def test_what_is_no_record_is_said_and_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / NAME).write_text('{"mine": 1}', encoding="utf-8")
    assert _audit(folder) == 1
    assert "is not what `pgt audit SPECS" in capsys.readouterr().err
    assert (folder / NAME).read_text(encoding="utf-8") == '{"mine": 1}'
    assert run(["audit", str(folder), *FAST, "--record", str(folder / "none" / NAME)]) == 1
    assert "cannot write" in capsys.readouterr().err


# the shipped tasks ----------------------------------------------------------------------------------


def _exceptions() -> dict[str, tuple[str, ...]]:
    """The table of `docs/audit.md`: for each task what is known to tell of its answers."""
    text = (DOCS / "audit.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\w/]+/\w+) \| (.+?) \| .+ \|$", text, re.M)
    return {task: tuple(re.findall(r"`([^`]+)`", told)) for task, told in rows}


def _unexplained(audit: Recorded, exceptions: dict[str, tuple[str, ...]]) -> list[str]:
    known = exceptions.get(audit.task, ())
    return [leak.test.what for leak in audit.leaks if not any(words in leak.test.what for words in known)]


def test_every_shipped_task_is_audited_and_its_leaks_are_explained() -> None:
    specs = data_path("task_specs")
    held = read_record(specs / NAME)
    tasks = {task.name: meaning_hash(task.program) for task in load_all([specs])}
    again = "run `pgt audit task_specs --record task_specs/audits.json`"
    missing = sorted(set(tasks) - set(held))
    assert not missing, f"never audited: {', '.join(missing)}; {again}"
    exceptions = _exceptions()
    leaks = {name: found for name, audit in held.items() if name in tasks if (found := _unexplained(audit, exceptions))}
    assert not leaks, f"leaks that docs/audit.md does not explain: {leaks}"
    stale = sorted(name for name, meaning in tasks.items() if held[name].meaning != meaning)
    if stale:
        warnings.warn(f"changed since their audit: {', '.join(stale)}; {again}", stacklevel=1)


def test_exceptions_are_of_tasks_that_there_are_and_say_what_tells() -> None:
    held = read_record(data_path("task_specs") / NAME)
    found = _exceptions()
    assert found and not set(found) - set(held) and all(found.values())
    leaky = Recorded.model_validate(
        {"task": "t/x", "scenes": 1, "tests": 1, "strong": [],
         "leaks": [{"test": {"ask": 0, "what": what, "accuracy": 1.0, "chance": 0.5}} for what in ("a.x", "b.y")]}
    )  # fmt: skip
    assert _unexplained(leaky, {"t/x": ("a.x",)}) == ["b.y"] and _unexplained(leaky, {}) == ["a.x", "b.y"]
