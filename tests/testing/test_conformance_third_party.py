"""A stranger's package with tests of its own, installed for real; and the table of ``python -m pgt_dsl.testing``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tests.third_party
from pgt_dsl.testing.__main__ import main
from tests.third_party import install

HOME = Path(tests.third_party.__file__).parent
ROOT = HOME.parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which pip has installed the package, without the network."""
    return install("pgt_darts", tmp_path_factory.mktemp("site"))


def run(site: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, [str(site), str(ROOT), os.environ.get("PYTHONPATH")]))
    command = [sys.executable, *arguments]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


def test_its_own_tests_pass(site: Path, tmp_path: Path) -> None:
    shutil.copytree(HOME / "pgt_darts" / "tests", tmp_path / "tests")
    done = run(site, tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


def test_its_own_tests_fail_when_its_code_is_wrong(site: Path, tmp_path: Path) -> None:
    broken = tmp_path / "site"
    shutil.copytree(site, broken)
    shapes = broken / "pgt_darts" / "shapes.py"
    text = shapes.read_text(encoding="utf-8")
    shapes.write_text(text.replace("x * cos - y * sin", "x * cos + y * sin"), encoding="utf-8")
    assert text != shapes.read_text(encoding="utf-8")
    shutil.copytree(HOME / "pgt_darts" / "tests", tmp_path / "tests")
    done = run(broken, tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", "-k", "kind")
    assert done.returncode == 1
    assert "kind `dart`: outline: batched and oracle differ" in done.stdout
    assert "smallest example: " in done.stdout


def test_one_table_for_all_that_a_plugin_gives(site: Path, tmp_path: Path) -> None:
    command = ("-m", "pgt_dsl.testing", "--plugin", "pgt-darts", "--examples", "6", "--read", "pgt_darts.writer:read")
    done = run(site, tmp_path, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    members = ["kind | dart", "function | tip_angle", "function | hits", "background | ruled", "format | lines"]
    rows = done.stdout.splitlines()[2:]
    assert [" | ".join(row.strip("| ").split(" | ")[:2]) for row in rows] == members
    assert all(row.endswith("| passed |") for row in rows)


def test_what_cannot_be_checked_is_told(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, "-m", "pgt_dsl.testing", "formats", "lines")
    assert done.returncode == 1
    assert "| format | lines |" in done.stdout and "| wrong |" in done.stdout
    assert "cannot be read back: give `--read package.module:function`" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "rows"),
    [
        (["kinds", "circle", "dot", "--examples", "3"], ["| kind | circle |", "| kind | dot |"]),
        (["functions", "distance", "--examples", "3"], ["| function | distance |"]),
        (["backgrounds", "plain", "--examples", "3"], ["| background | plain |"]),
        (["formats", "llava"], ["| format | llava |"]),
        (["renderers", "numba", "--examples", "1", "--scenes", "0"], ["| numba |"]),
        (["numba", "--examples", "1", "--scenes", "0"], ["| numba |"]),
    ],
    ids=" ".join,
)
def test_tables(arguments: list[str], rows: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    told = capsys.readouterr().out
    assert all(row in told for row in rows)


@pytest.mark.parametrize(
    "arguments", [["kinds", "sqare"], ["renderers", "sqia"], ["--plugin", "pgt-dats"]], ids=" ".join
)
def test_unknown_names(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 1
    assert "there are: " in capsys.readouterr().err
