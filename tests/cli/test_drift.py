"""A draw that the requirements bend, as ``pgt check --solve``, ``show`` and ``build`` tell it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from pgt_dsl.cli.main import run
from pgt_dsl.dataset.manifest import read_manifest

SPEC = """\
## How many dots are there?
task "t/count"

let n ~ 0 .. 9
shape dots: circle[n] { radius ~ 5vmin .. 7vmin, color = navy }

require apart(dots) >= 2vmin because "touching dots are hard to count"

ask "How many dots are there?"
  answer count(dots)
"""
REPORT = """\
warning[S512]: `n` is declared `0 .. 9`, and it is 0 in N% and 9 in N% of 512 scenes, where N% of each was declared
 --> s.pgt:4:5
  |
4 | let n ~ 0 .. 9
  |     ^ bent by N%
 ...
7 | require apart(dots) >= 2vmin because "touching dots are hard to count"
  | ---------------------------------------------------------------------- this alone bends it by N%
  = help: `pick n ~ 0 .. 9` keeps its shares whatever is required

1 spec: no errors, 1 warning
"""


@pytest.fixture(autouse=True)
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("s.pgt").write_text(SPEC, encoding="utf-8")


def test_check_tells_it_only_when_it_may_draw(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "s.pgt"]) == 0
    assert capsys.readouterr().out == "1 spec: no errors, no warnings\n"
    assert run(["check", "--solve", "s.pgt"]) == 0
    assert re.sub(r"\d+(\.\d+)?%", "N%", capsys.readouterr().out) == REPORT
    assert run(["check", "--solve", "--json", "s.pgt"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["code"], found["severity"], found["line"], found["column"]) == ("S512", "warning", 4, 5)
    assert [(other["line"], other["label"][:10]) for other in found["others"]] == [(7, "this alone")]


def test_a_pick_is_the_mend(capsys: pytest.CaptureFixture[str]) -> None:
    Path("s.pgt").write_text(SPEC.replace("let n", "pick n"), encoding="utf-8")
    assert run(["check", "--solve", "s.pgt"]) == 0
    assert capsys.readouterr().out == "1 spec: no errors, no warnings\n"


def test_show_tells_it_and_lists_the_effects(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "s.pgt", "--size", "96", "--count", "2"]) == 0
    said = capsys.readouterr()
    assert "warning[S512]: `n` is declared `0 .. 9`" in said.err
    (row,) = [line for line in said.out.splitlines() if line.startswith("n ")]
    assert row.split()[:5] == ["n", "0", "..", "9", "4.5"] and row.rstrip().endswith("%")
    assert run(["show", "s.pgt", "--size", "96", "--count", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert "S512" in {warning["code"] for warning in found["warnings"]}
    drawn = {entry["name"]: entry for entry in found["drift"]}
    assert {"n", "dots.radius", "dots.at"} <= set(drawn)
    assert drawn["n"]["effect"] > 0.25 and drawn["n"]["chance"] < 1e-9
    assert (drawn["n"]["declared"], drawn["n"]["samples"], drawn["n"]["mean_declared"]) == ("0 .. 9", 512, 4.5)


def test_the_manifest_and_the_card_of_a_build_have_it() -> None:
    assert run(["build", "s.pgt", "--count", "192", "--size", "64", "--out", "d", "--workers", "1", "-q"]) == 0
    (task,) = read_manifest(Path("d")).tasks
    assert any(warning.startswith("S512 s.pgt:4:5: `n` is declared `0 .. 9`, and it is ") for warning in task.warnings)
    drawn = {entry.name: entry for entry in task.drift}
    assert drawn["n"].samples == 192 and drawn["n"].notable and drawn["n"].means[0] == "4.5"
    assert drawn["dots.radius"].type == "length" and drawn["dots.radius"].means[0].endswith("px")
    assert drawn["dots.at"].declared == "placed"
    card = Path("d/README.md").read_text(encoding="utf-8")
    assert "## Drift\n" in card and "| `t/count` | `n` | `0 .. 9` | 4.5 | " in card


def test_how_a_build_is_cut_up_changes_no_effect() -> None:
    for workers, folder in (("1", "a"), ("2", "b")):
        line = ["build", "s.pgt", "--count", "130", "--size", "64", "--out", folder, "--workers", workers, "-q"]
        assert run(line) == 0
    one, two = (read_manifest(Path(folder)).tasks[0] for folder in "ab")
    assert one.drift == two.drift and one.warnings == two.warnings
