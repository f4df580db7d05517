"""The proofs of ``benchmarks/`` in small, and that they notice what they are there for."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import common, pipeline, prove_hostile, prove_kills, prove_mix, prove_replay, prove_scenes, speed
from pgt_dsl.api import load
from pgt_dsl.testing.exactness import option_faults, scene_faults, share_faults
from pgt_dsl.testing.mutations import mutated

SPECS = common.tasks_of(None)
SOME = SPECS[:: max(1, len(SPECS) // 12)]
LEFT_OF = """\
task "t/left_of"
shape a: figure
shape b: figure
require apart(a, b) >= 2vmin
ask "Is {a} left of {b}?"
  answer a.x < b.x even clear 4vmin
"""


def test_scenes(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove_scenes.main(["--scenes", "240", "--workers", "1", "--specs", *map(str, SOME)]) == 0
    said = capsys.readouterr().out
    assert "ok: " in said and "0 disagreements" in said


@pytest.mark.parametrize("path", SOME[1::5], ids=lambda path: path.stem)
def test_replay(path: Path) -> None:
    outcome = prove_replay.prove(prove_replay.Job(str(path), 3, 64))
    assert outcome.compared >= 40 and not outcome.faults


def test_hostile(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove_hostile.main(["--quick", "--workers", "1", "--seed", "11", "--specs", *map(str, SOME)]) == 0
    assert "built" in capsys.readouterr().out


def test_mix(capsys: pytest.CaptureFixture[str]) -> None:
    assert prove_mix.main(["--quick", "--kinds", "llava", "--formats", "llava", "parquet"]) == 0
    assert "600 rows read back, 30 samples and 270 records each, no faults" in capsys.readouterr().out


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kills(tmp_path: Path) -> None:
    """In a process of its own: it forks, and threads of other tests would not be in the forks."""
    command = [sys.executable, "benchmarks/prove_kills.py", "--quick", "--formats", "webdataset", "--journal",
               str(tmp_path / "kills.jsonl")]  # fmt: skip
    for many, least in (("2", 2), ("5", 5)):  # the second goes on after the first
        done = subprocess.run([*command, "--kills", many], capture_output=True, text=True, check=False,
                              cwd=Path(__file__).parents[2])  # fmt: skip
        assert done.returncode == 0 and "builds of 1 formats, no faults" in done.stdout, done.stdout + done.stderr
        told = [json.loads(line) for line in (tmp_path / "kills.jsonl").read_text(encoding="utf-8").splitlines()[1:]]
        assert sum(stop["ended"] for stop in told) >= least


def test_a_resumed_build_that_differs_is_told(tmp_path: Path) -> None:
    assert prove_kills.differences({"a": b"1", "b": b"2"}, {"a": b"1", "b": b"3", "c": b""}) == [
        "`b` is another", "`c` is another"]  # fmt: skip


def test_pipeline(capsys: pytest.CaptureFixture[str]) -> None:
    assert pipeline.main(["--quick", "--samples", "32", "--no-processes"]) == 0
    said = capsys.readouterr().out
    assert "left_of" in said and "certify" in said and "script 4x" in said


def test_speed(capsys: pytest.CaptureFixture[str]) -> None:
    assert speed.main(["--scenes", "4", "--size", "64", "--dense", "--specs", str(SPECS[0])]) == 0
    assert "a second on one core" in capsys.readouterr().out


# that faults are noticed ---------------------------------------------------------------------------------


def test_shares() -> None:
    plan = [(n, k) for n in (1, 2) for k in range(n)]
    good = [(1, 0), (2, 0), (2, 1), (1, 0), (2, 1), (1, 0), (1, 0), (2, 0)]
    assert not list(share_faults(("n", "k"), plan, good))
    for bad in ([(1, 0), (1, 0)], [(1, 0), (2, 0), (1, 0), (2, 0)], [(1, 0), (3, 0)], [(1, 0), (2, 5)]):
        assert list(share_faults(("n", "k"), plan, bad)), bad


def test_phrases_margins_and_options() -> None:
    scene = load(LEFT_OF).pipeline(0, 96).scenes([0])[0]
    assert not list(scene_faults(scene))
    ask = scene.asks[0]
    a, b = scene.shapes
    twin = dataclasses.replace(b, phrase=a.phrase)
    assert any("fits shapes" in f for f in scene_faults(dataclasses.replace(scene, shapes=(a, twin))))
    faint = dataclasses.replace(scene, asks=(dataclasses.replace(ask, margin=0.9),))
    assert any("margins" in f for f in scene_faults(faint))
    for options, correct in ((("Yes", "Yes"), 0), (("Yes", "No"), None), (("No", "Yes"), ask.text == "No"), ((), 0)):
        odd = dataclasses.replace(ask, options=options, correct=None if correct is None else int(correct))
        assert bool(list(option_faults(odd))), (options, correct)


def test_mutations_are_seeded_and_differ() -> None:
    made = {mutated(random.Random(f"0/{k}"), LEFT_OF) for k in range(200)}
    assert len(made) > 180
    assert mutated(random.Random("0/7"), LEFT_OF) == mutated(random.Random("0/7"), LEFT_OF)


def test_the_order_of_options_favours_no_place() -> None:
    asks = [scene.asks[0] for scene in load(LEFT_OF).pipeline(0, 96).scenes(range(600))]
    first = sum(ask.correct == 0 for ask in asks)
    assert 240 < first < 360
    assert all(not list(option_faults(ask)) for ask in asks)
