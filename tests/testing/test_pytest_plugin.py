"""The pytest plugin in runs of its own: what it collects and what it leaves alone, its items, its reports."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = ("-p", "pgt_dsl.testing.pytest_plugin")
FEW = ("--pgt-scenes=2", "--pgt-explore=2", "--pgt-size=64", "--pgt-patience=2")
GOOD = 'task "x/good"\nshape a: circle { color = red }\nask "How wide is {a}?"\n  answer a.width within 2vmin\n'
FILES = {
    "task_specs/fine/good.pgt": GOOD,
    "task_specs/parts.pgt": 'module "x/parts"\ndef twice(x: length): length = x + x\n',
    "task_specs/wrong.pgt": 'task "x/wrong"\nshape a: circl\nask "?" answer 1\n',
    "task_specs/unmeant.pgt": GOOD.replace("x/good", "x/unmeant") + "  expect a.width + 9vmin\n",
    "tests/test_it.py": "def test_it():\n    pass\n",
    "tests/data/beside.pgt": GOOD,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with specs, tests and a spec among the tests; and the entry point that an installed pgt-dsl has."""
    for name, text in FILES.items():
        (tmp_path / "project" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "project" / name).write_text(text, encoding="utf-8")
    found = tmp_path / "site" / "pgt_entry-1.dist-info"
    found.mkdir(parents=True)
    (found / "METADATA").write_text("Metadata-Version: 2.1\nName: pgt-entry\nVersion: 1\n", encoding="utf-8")
    points = "[pytest11]\npgt_dsl = pgt_dsl.testing.pytest_entry\n"
    (found / "entry_points.txt").write_text(points, encoding="utf-8")
    return tmp_path / "project"


def call(project: Path, *arguments: str, entry: bool = False) -> tuple[int, str]:
    site = [str(project.parent / "site")] if entry else []
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([*site, str(ROOT)])}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "-q", *arguments]
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def items(told: str) -> set[str]:
    return set(re.findall(r"^\S+::\S+$", told, re.M))


def test_each_check_is_an_item_and_a_failure_is_told_as_by_pgt_test(project: Path) -> None:
    status, told = call(project, *PLUGIN, "task_specs", *FEW, "-rA")
    assert status == 1 and re.search(r"^2 failed, \d+ passed, \d+ skipped", told, re.M), told
    for item in ("fine/good.pgt::oracle", "fine/good.pgt::json", "parts.pgt::spec", "unmeant.pgt::spec"):
        assert f"PASSED task_specs/{item}" in told
    assert "FAILED task_specs/wrong.pgt::spec" in told and "there is no kind of shape `circl`" in told
    assert "FAILED task_specs/unmeant.pgt::oracle" in told
    assert " --> task_specs/unmeant.pgt:" in told and "^ `oracle` fails" in told
    assert "replay:  pgt test task_specs/unmeant.pgt --replay pgt-test/x.unmeant-oracle.json" in told
    assert {path.name for path in (project / "pgt-test").iterdir()} == {"x.unmeant-oracle.json", "x.unmeant-oracle.png"}
    assert "Traceback" not in told and not (project / ".hypothesis").exists()


def test_specs_are_collected_where_they_are_asked_for(project: Path) -> None:
    """By a folder of nothing but specs, a file, an item, the flag and the ini option; and nowhere else."""
    python = {"tests/test_it.py::test_it"}
    found = items(call(project, "--collect-only", "task_specs", entry=True)[1])
    assert "task_specs/fine/good.pgt::oracle" in found and "task_specs/parts.pgt::spec" in found
    both = ("--collect-only", *PLUGIN)
    assert items(call(project, *both, entry=True)[1]) == python  # the entry point and -p, together
    assert items(call(project, *both, ".")[1]) == python
    one = items(call(project, *both, "tests/data/beside.pgt::oracle")[1])
    assert one == {"tests/data/beside.pgt::oracle"}
    assert "tests/data/beside.pgt::picture" in items(call(project, *both, "--pgt")[1])
    (project / "pytest.ini").write_text("[pytest]\npgt_specs = task_specs\n", encoding="utf-8")
    listed = items(call(project, *both)[1])
    assert "task_specs/unmeant.pgt::oracle" in listed and "tests/data/beside.pgt::oracle" not in listed
    status, told = call(project, "-p", "no:pgt_dsl", "--collect-only", entry=True)
    assert items(told) == python, status


def test_other_runs_import_nothing_of_it(project: Path) -> None:
    test = "import sys\n\ndef test_it():\n    heavy = [m for m in sys.modules if m.startswith('pgt_dsl.')]\n"
    test += "    assert sorted(heavy) == ['pgt_dsl.testing', 'pgt_dsl.testing.pytest_entry', "
    test += "'pgt_dsl.testing.pytest_plugin'], heavy\n    assert 'numpy' not in sys.modules\n"
    (project / "tests/test_it.py").write_text(test, encoding="utf-8")
    status, told = call(project, entry=True)
    assert status == 0, told
