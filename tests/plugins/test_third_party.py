"""A stranger's package, installed for real: its kind and its measure work like built-in ones."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.third_party import install

SPEC = """\
## How wide is the wedge?
task "wedges/opening"

shape w: wedge { color = teal }

ask "By how many degrees does the wedge open?"
  answer opening(w) within 5deg
"""

SCRIPT = """\
import json, sys
import pgt_dsl
from pgt_dsl.plugins.registry import registry

plugins = registry()
task = pgt_dsl.load(sys.stdin.read())
example = task.sample(seed=1, index=2, size=128)
task.pipeline(1, 128).certify([example.scene])
wedge = next(s for s in example.scene.shapes if s.kind == "wedge")
area = int((example.ids == wedge.id).sum())
print(json.dumps({
    "owner": plugins.owner("kinds", "wedge"), "measure": plugins.owner("functions", "opening"),
    "problems": plugins.problems, "value": example.scene.asks[0].value, "sweep": wedge.fields["sweep"],
    "radius": wedge.fields["radius"], "area": area,
}))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which pip has installed the package, without the network."""
    return install("pgt_arcs", tmp_path_factory.mktemp("site"))


def _run(site: Path, arguments: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(site)!r})\n{arguments[0]}", *arguments[1:]]
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=120)


def test_its_kind_and_its_measure(site: Path) -> None:
    done = _run(site, [SCRIPT], SPEC)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["owner"] == found["measure"] == "pgt-arcs"
    assert found["problems"] == []
    assert found["value"] == pytest.approx(found["sweep"])
    assert found["area"] == pytest.approx(found["radius"] ** 2 * found["sweep"] * 3.14159 / 360, rel=0.1)


def test_pgt_plugins_lists_it(site: Path) -> None:
    done = _run(site, ["from pgt_dsl.cli.main import run; sys.exit(run(['plugins']))"])
    assert done.returncode == 0, done.stderr
    assert "pgt-arcs 0.3.0" in done.stdout
    assert "wedge" in done.stdout
    assert "opening" in done.stdout
