"""The command line around the commands: exit statuses, messages, no traceback, a fast start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pgt_dsl.cli import main
from pgt_dsl.cli.main import COMMANDS, run
from pgt_dsl.cli.new import STARTER
from pgt_dsl.diagnostics import PgtError


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The starter spec, in an otherwise empty folder in which the test stands."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "starter.pgt"
    path.write_text(STARTER.replace("NAME", "my/starter"), encoding="utf-8")
    return path


def _fail(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    @click.command("check")
    def command() -> None:
        raise error

    monkeypatch.setattr("pgt_dsl.cli.check.command", command)


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    assert all(f"\n  {name}" in text for name in COMMANDS)
    assert run(["--version"]) == 0


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (PgtError("the photo is missing"), 1, "the photo is missing\n"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (ZeroDivisionError("oh"), 1, "this is a bug in pgt-dsl or in a plugin: ZeroDivisionError: oh"),
    ],
)
def test_failures_are_messages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, status: int, words: str
) -> None:
    monkeypatch.delenv("PGT_DEBUG", raising=False)
    _fail(monkeypatch, error)
    assert run(["check"]) == status
    captured = capsys.readouterr()
    assert words in captured.err
    assert "Traceback" not in captured.err


def test_debug_shows_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGT_DEBUG", "1")
    _fail(monkeypatch, ZeroDivisionError("oh"))
    with pytest.raises(ZeroDivisionError):
        run(["check"])


def test_a_wrong_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["chekc"]) == 2
    assert "did you mean `pgt check`?" in capsys.readouterr().err
    assert run(["nonsense"]) == 2
    assert "commands: new, check" in capsys.readouterr().err
    assert run(["build", "x.pgt"]) == 2
    assert "Missing option" in capsys.readouterr().err


def test_check(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(spec)]) == 0
    assert capsys.readouterr().out == "1 spec: no errors, no warnings\n"


def test_check_tells_all_errors_of_all_files(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (spec.parent / "bad.pgt").write_text('task "bad"\n\nshape a: figur\nshape b: circle { colour = red }\n', "utf-8")
    assert run(["check", str(spec.parent), "nowhere.pgt", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {"bad.pgt", "nowhere.pgt"} <= {Path(d["file"]).name for d in found}
    assert all(d["severity"] in ("error", "warning") and d["code"] for d in found)
    assert run(["check", str(spec.parent), "nowhere.pgt"]) == 1
    assert capsys.readouterr().out.endswith("3 specs: 4 errors, no warnings\n")


def test_check_of_an_empty_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(tmp_path)]) == 1
    assert "without a spec" in capsys.readouterr().out


def test_check_starts_fast(spec: Path) -> None:
    def once() -> float:
        before = os.times()
        subprocess.run([sys.executable, "-m", "pgt_dsl.cli.main", "check", str(spec)], check=True, capture_output=True)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    # Of the processor's time, since a busy machine makes the clock's time say nothing.
    assert min(once() for _ in range(5)) < 0.6


def test_fmt(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fmt", "--check", str(spec)]) == 0
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("\nshape a: figure", "\nshape   a :figure"), encoding="utf-8")
    assert run(["fmt", "--check", str(spec)]) == 1
    assert run(["fmt", str(spec)]) == 0
    assert spec.read_text(encoding="utf-8") == text
    assert [p.name for p in spec.parent.iterdir()] == ["starter.pgt"]
    assert capsys.readouterr().out.splitlines() == [f"would format {spec}", f"formatted {spec}"]


def test_fmt_leaves_what_does_not_parse(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text('task "x"\nshape (', encoding="utf-8")
    assert run(["fmt", str(spec)]) == 1
    assert spec.read_text(encoding="utf-8") == 'task "x"\nshape ('
    assert "starter.pgt:2" in capsys.readouterr().err


def test_new(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["new", "angles/wide"]) == 0
    assert 'task "angles/wide"' in Path("angles/wide.pgt").read_text(encoding="utf-8")
    assert run(["check", "angles/wide.pgt"]) == 0
    assert run(["new", "my task"]) == 0
    assert "pgt show 'my task.pgt'" in capsys.readouterr().out
    assert run(["new", "angles/wide.pgt"]) == 1
    assert "is left as it is" in capsys.readouterr().err


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) >= 25
    code = listed[0].split()[0]
    assert run(["explain", code.lower()]) == 0
    assert code in capsys.readouterr().out
    assert run(["explain", "Z999"]) == 1


def test_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["kinds"]) == 0
    everything = capsys.readouterr().out
    assert all(word in everything for word in ("circle", "apart(", "parquet", "pillow", "gradient", "red"))
    assert run(["kinds", "circle"]) == 0
    one = capsys.readouterr().out
    assert "kind circle  (from pgt-dsl)" in one
    assert "radius: length" in one
    assert "form circle" in one
    assert run(["kinds", "cirkle"]) == 1
    assert "did you mean `circle`?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("left_of", 'left_of(a: shape, b: shape): bool  ("pgt/prelude", from pgt-dsl)'),
        ("clock", "kind clock(at: point"),
        ("argmax", "argmax(items: Q[]): item"),
        ("anywhere", "uniform in the outline of s"),
        ("shapes", "all shapes that are not scenery"),
    ],
)
def test_kinds_tells_of_what_modules_and_the_language_give(
    name: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["kinds", name]) == 0
    assert shown in capsys.readouterr().out


def test_plugins(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plugins"]) == 0
    assert capsys.readouterr().out.startswith(f"pgt-dsl {main.__version__}\n")
