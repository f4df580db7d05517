"""``pgt test`` as users call it: exit statuses, several specs, replays of failures before and after they are mended."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from pgt_dsl.cli.main import run
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.testing.checks import CHECKS
from pgt_dsl.testing.failure import read
from pgt_dsl.testing.sample_checks import SAMPLE_CHECKS
from pgt_dsl.testing.spec_run import Failure, Plan, SpecRun, check_names
from pgt_dsl.testing.spec_tests import replay, reports
from pgt_dsl.testing.subject import Fault
from tests.testing.faulty import SPEC, faulty_task

GOOD = 'task "x/good"\nshape a: circle { color = red }\nask "How wide is {a}?"\n  answer a.width within 2vmin\n'
MODULE = 'module "x/parts"\ndef twice(x: length): length = x + x\n'
WRONG = 'task "x/wrong"\nshape a: circl\nask "?" answer 1\n'
IMPOSSIBLE = GOOD.replace("x/good", "x/never") + "require a.radius > 90vmin\n"
UNMEANT = GOOD.replace("x/good", "x/unmeant") + "  expect a.width + 9vmin\n"


def specs(folder: Path, **texts: str) -> list[str]:
    for name, text in texts.items():
        (folder / f"{name}.pgt").write_text(text, encoding="utf-8")
    return [str(folder / f"{name}.pgt") for name in texts]


def pgt(*arguments: str, scenes: int = 4) -> int:
    return run(["test", *arguments, "--scenes", str(scenes), "--explore", "3", "--workers", "1", "--size", "96"])


def test_specs_that_are_right_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    specs(tmp_path, good=GOOD, parts=MODULE)
    assert pgt(str(tmp_path)) == 0
    told = capsys.readouterr().out
    assert f"passed  {tmp_path / 'good.pgt'}  (4 scenes, {len(check_names())} checks" in told
    assert f"module  {tmp_path / 'parts.pgt'}" in told and "2 specs: 2 passed (4 scenes)" in told
    assert not (tmp_path / "pgt-test").exists()


def test_a_wrong_spec_and_an_impossible_one_do_not_stop_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert pgt(*specs(tmp_path, wrong=WRONG, never=IMPOSSIBLE, good=GOOD), str(tmp_path / "none.pgt")) == 1
    told = capsys.readouterr().out
    assert "error[N301]: there is no kind of shape `circl`" in told and "error[S501]" in told
    assert f"passed  {tmp_path / 'good.pgt'}" in told and "4 specs: 1 passed, 3 could not be tested" in told


def test_outcomes_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pgt(*specs(tmp_path, good=GOOD, wrong=WRONG), "--json", "--only", "oracle", "--only", "words") == 1
    good, wrong = json.loads(capsys.readouterr().out)
    assert good["ok"] and good["task"] == "x/good" and good["checks"] == 2 and not wrong["ok"] and wrong["error"]


def test_processes_give_the_same_in_the_same_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = specs(tmp_path, good=GOOD, wrong=WRONG, parts=MODULE)
    common = ["test", *files, "--scenes", "2", "--explore", "0", "--size", "64"]
    told = []
    for workers in ("1", "2"):
        assert run([*common, "--workers", workers]) == 1
        told.append([line.split("  (")[0] for line in capsys.readouterr().out.splitlines()])
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--only", "orakel"], "no check `orakel`; there are: oracle"), (["--share", "oracle=2"], "above 0 and up to 1"),
     (["--share", "oracle=x"], "--share oracle=0.25"), (["--size", "3"], "short side"),
     (["--replay", "nowhere.json"], "cannot read `nowhere.json`")],
)  # fmt: skip
def test_what_is_asked_wrongly(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["test", *specs(tmp_path, good=GOOD), *arguments]) == 1
    assert says in capsys.readouterr().err


def test_a_failure_is_told_at_its_line_with_its_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    specs(tmp_path, unmeant=UNMEANT)
    assert pgt("unmeant.pgt", "--out", "found") == 1
    told = capsys.readouterr().out
    assert "error[oracle]: the answer is" in told and " --> unmeant.pgt:" in told and "^ `oracle` fails" in told
    assert "4 of 4 scenes fail (the first has index 0); the smallest that was found, 96 x 96 px:" in told
    command = "pgt test unmeant.pgt --replay found/x.unmeant-oracle.json"
    assert f"replay:  {command}\n" in told
    with Image.open("found/x.unmeant-oracle.png") as picture:
        assert picture.size == (96, 96)
        assert (255, 0, 200) in [color for _, color in picture.convert("RGB").getcolors(96 * 96) or []]
    assert run(command.split()[1:]) == 1
    assert "it still fails" in capsys.readouterr().out
    specs(tmp_path, unmeant=UNMEANT.replace("+ 9vmin", "+ 0vmin"))
    assert run(command.split()[1:]) == 0
    assert "it passes now" in capsys.readouterr().out
    specs(tmp_path, unmeant=UNMEANT + "require a.radius > 8vmin\n")
    assert run(command.split()[1:]) == 0
    assert "the spec no longer has this scene: it is rejected by" in capsys.readouterr().out


def test_a_measure_that_is_mended_passes_the_replay(tmp_path: Path) -> None:
    plan = Plan(scenes=8, explore=0, patience=5.0, out=tmp_path / "out")
    task = faulty_task(tmp_path)
    found = SpecRun(task.pipeline(plan.seed, plan.size), plan)
    (report,) = reports(task, found, found.failures(["oracle"]))
    file = tmp_path / "out" / "faulty.reach-oracle.json"
    again = replay(task, file, plan)
    assert len(again.failures) == 1 and again.failures[0].splitlines()[0] == report.splitlines()[0]
    assert replay(faulty_task(tmp_path, value="mended"), file, plan).failures == ()
    other = faulty_task(tmp_path, SPEC.replace("let times ~ 2 .. 9", "let often ~ 5 .. 9"), "mended")
    assert "`often`" in replay(other, file, plan).notes[0]
    with pytest.raises(PgtError, match="is of the task `faulty/reach`"):
        replay(faulty_task(tmp_path, SPEC.replace("faulty/reach", "faulty/else")), file, plan)
    file.write_text('{"pgt_test": 1}', encoding="utf-8")
    with pytest.raises(PgtError, match="is not what `pgt test` writes for --replay: it has no 'made'"):
        read(file)


def test_what_only_the_sampler_shows_is_replayed_by_its_index(tmp_path: Path) -> None:
    """Where the scene that is made again from its draws does not fail, the index is what is kept."""
    plan = Plan(scenes=4, explore=0, size=128, out=tmp_path / "out")
    task = faulty_task(tmp_path)
    found = SpecRun(task.pipeline(plan.seed, plan.size), plan)
    subject = next(one for one in found.subjects if CHECKS["oracle"](one))
    index = subject.scene.index
    for check in ("oracle", "alone"):
        failure = Failure(check, Fault(check, "by itself"), subject.scene, subject.wish, "index", 1, 4, index)
        report = reports(task, found, [failure])[0]
        assert f"scene {index} of seed 0, 128 x 128 px:" in report
        again = replay(task, tmp_path / "out" / f"faulty.reach-{check}.json", plan)
        assert [text.splitlines()[0][:13] for text in again.failures] == ["error[oracle]"] * (check == "oracle")


def test_where_nothing_can_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    assert pgt(*specs(tmp_path, unmeant=UNMEANT), "--out", str(tmp_path / "taken" / "in")) == 1
    assert "cannot write to" in capsys.readouterr().out


def test_hypothesis_finds_what_the_sampler_never_gives(tmp_path: Path) -> None:
    """A measure that is wrong at whole pixels alone, which no random number is."""
    text = 'task "faulty/whole"\nshape a: circle { color = red }\nshape b: circle { color = blue }\n'
    task = faulty_task(tmp_path, text + 'ask "How far?"\n  answer reach(a, b) within 3px\n', "whole")
    run_ = SpecRun(task.pipeline(0, 96), Plan(scenes=16, size=96, explore=100, patience=5.0))
    assert run_.failures(["oracle"], explore=False) == []
    (failure,) = run_.failures(["oracle"])
    assert failure.first == -1 and failure.made == "draws"
    assert any(x == int(x) for x in failure.scene.draws["a.at"])


def test_sample_checks_find_what_is_wrong_with_texts(tmp_path: Path) -> None:
    text = (
        'task "x/said"\npick n ~ 1 .. 3\nshape xs: circle[n]\nask "How many?"\n  answer count(xs)\n  wrong [1, 2, 3]\n'
    )
    task = faulty_task(tmp_path, text + '  say "There are {answer:word}."\n')
    run_ = SpecRun(task.pipeline(0, 64), Plan(scenes=3, size=64))
    subject = run_.subjects[0]
    ask = subject.scene.asks[0]
    other = next(wrong for wrong in ask.wrong)
    planted = {
        "words": replace(ask, text=other.text),
        "options": replace(ask, options=(*ask.options, ask.text.upper())),
        "mistakes": replace(ask, wrong=(replace(other, value=ask.value),)),
        "styles": replace(ask, sentence=f"There are {other.text}."),
    }
    for name, check in SAMPLE_CHECKS.items():
        assert check(subject) == []
        if name in planted:
            scene = replace(subject.scene, asks=(planted[name],))
            assert [fault.check for fault in check(replace(subject, scene=scene))] == [name]
