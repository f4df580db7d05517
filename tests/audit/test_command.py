"""``pgt audit`` as users call it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from benchmarks.prove_audit import SPECS
from pgt_dsl.api import load_all
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.build import build

FAST = ("--scenes", "300", "--pictures", "0", "--size", "64")


def test_a_wrong_spec_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.pgt"
    wrong.write_text('task "wrong"\nshape a: cirle\n', encoding="utf-8")
    status = run(["audit", str(wrong), str(tmp_path / "none.pgt"), str(SPECS / "clean_list.pgt"), *FAST])
    out, err = capsys.readouterr()
    assert status == 1 and "no leak found" in out.replace("leaks", "leak")
    assert "cirle" in err and "none.pgt" in err and "Traceback" not in err


def test_json_goes_to_a_file_or_alone_to_the_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = str(SPECS / "clean_list.pgt")
    assert run(["audit", spec, *FAST, "--json", "-"]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert run(["audit", spec, *FAST, "--json", str(tmp_path / "audit.json")]) == 0
    assert "clean/list" in capsys.readouterr().out
    assert json.loads((tmp_path / "audit.json").read_text(encoding="utf-8")) == alone
    assert alone[0]["task"] == "clean/list" and alone[0]["untested"]


@pytest.mark.parametrize("format", ["parquet", "imagefolder"])
def test_a_data_set_is_read_by_its_formats_reader(
    tmp_path: Path, format: str, capsys: pytest.CaptureFixture[str]
) -> None:
    build(load_all([SPECS / "clean_yes_no.pgt"]), 240, tmp_path / "data", size=32, format=format)
    assert run(["audit", str(tmp_path / "data"), "--pictures", "0"]) == 0
    assert "a.x" in capsys.readouterr().out  # a cue: the program was there


def test_a_data_set_without_its_program_is_audited_for_questions_and_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(load_all([SPECS / "clean_yes_no.pgt"]), 240, tmp_path / "data", size=32)
    for program in (tmp_path / "data" / "programs").iterdir():
        program.unlink()
    assert run(["audit", str(tmp_path / "data")]) == 0
    assert "the data set holds none" in capsys.readouterr().out


def test_too_few_scenes_and_missing_packages_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build(load_all([SPECS / "clean_yes_no.pgt"]), 20, tmp_path / "data", size=32)
    assert run(["audit", str(tmp_path / "data")]) == 1
    assert "needs 200 scenes" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "sklearn.ensemble", None)
    assert run(["audit", str(SPECS / "clean_list.pgt")]) == 1
    assert "pip install 'pgt-dsl[audit]'" in capsys.readouterr().err
