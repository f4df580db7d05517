"""A stranger's renderer, installed for real: found through its entry point, held to the tolerance that it declares."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.third_party import install

pytestmark = pytest.mark.skipif(find_spec("skia") is None, reason="skia-python is not installed")

SPEC = """\
task "skia/count"
shape s: figure[3]
ask "How many?" answer count(s)
"""

SCRIPT = """\
import json
from functools import partial
from pathlib import Path
from pgt_skia.painter import TOLERANCE, make
from pgt_dsl.plugins.registry import registry
from pgt_dsl.testing.renderers import check_renderer

plugins = registry()
report = check_renderer(make, TOLERANCE, examples=15, scenes=40, folder=Path("fault"))
print(json.dumps({
    "owner": plugins.owner("renderers", "skia"), "problems": plugins.problems,
    "preferred": plugins.make_renderer().name, "same": type(plugins.make_renderer("skia")) is type(make()),
    "mean": report.mean, "report": str(report),
}))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which pip has installed the package, without the network."""
    return install("pgt_skia", tmp_path_factory.mktemp("site"))


def _run(site: Path, command: list[str], folder: Path) -> str:
    path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_passes_the_suite_with_the_tolerance_that_it_declares(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = json.loads(_run(site, [sys.executable, "-c", SCRIPT], tmp_path).splitlines()[-1])
    assert found["owner"] == "pgt-skia" and found["problems"] == [] and found["same"]
    assert found["preferred"] != "skia"
    assert 0.6 < found["mean"] < 6  # it is antialiased, and not exact
    with capsys.disabled():
        print(f"\n{found['report']}")


def test_the_commands_know_it(site: Path, tmp_path: Path) -> None:
    (tmp_path / "count.pgt").write_text(SPEC, encoding="utf-8")
    pgt = [sys.executable, "-c", "import sys; from pgt_dsl.cli.main import run; sys.exit(run(sys.argv[1:]))"]
    assert "skia" in _run(site, [*pgt, "plugins"], tmp_path)
    built = _run(
        site,
        [*pgt, "show", "count.pgt", "--count", "2", "--size", "64", "--renderer", "skia", "--out", "sheet.png"],
        tmp_path,
    )
    assert (tmp_path / "sheet.png").exists(), built
