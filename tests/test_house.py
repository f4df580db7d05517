"""Rules of the house: small modules that say what they are for, and light commands that import nothing heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "pgt_dsl").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
MOST_LINES = 400
HEAVY = ("shapely", "PIL", "pyarrow", "pydantic", "rich", "torch", "datasets", "numba", "hypothesis")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=_name)
def test_no_module_is_too_long(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES, f"{_name(path)} has {lines} lines; split it"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert doc and len(doc.split()) >= 3, f"{_name(path)} has no docstring"


def _imported(code: str) -> set[str]:
    script = f"{code}\nimport sys; print(' '.join(m for m in sys.modules if '.' not in m))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split("\n")[-2].split())


@pytest.mark.parametrize(
    "code",
    [
        "import pgt_dsl",
        "import pgt_dsl.plugins.registry as r; r.registry()",
        "import pgt_dsl.cli.main, pgt_dsl.cli.check, pgt_dsl.report, pgt_dsl.compile",
        "from pathlib import Path; import pgt_dsl.cli.check as c; assert c.check_paths((Path({spec!r}),)) == (1, [])",
        "from pgt_dsl.cli.main import run; assert run(['--help']) == 0",
        "from pgt_dsl.cli.main import run; assert [run([c]) for c in ('kinds', 'plugins', 'explain')] == [0] * 3",
        "from pgt_dsl.cli.main import run; assert run(['fmt', '--check', {spec!r}]) == 0",
    ],
)
def test_light_commands_import_nothing_heavy(code: str, tmp_path: Path) -> None:
    from pgt_dsl.cli.new import STARTER

    spec = tmp_path / "a.pgt"
    spec.write_text(STARTER, encoding="utf-8")
    heavy = _imported(code.format(spec=str(spec))) & set(HEAVY)
    assert not heavy, f"imported: {', '.join(sorted(heavy))}"


def test_the_version_is_the_same_everywhere() -> None:
    import pgt_dsl

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == pgt_dsl.__version__
