"""``pgt score`` scores a file of answers against a data set: by task, by pair of twins, and answer by answer."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from pgt_dsl.api import load_all
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.build import build
from pgt_dsl.resources import data_path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a data set of four pairs of twins and eight other samples."""
    monkeypatch.chdir(tmp_path)
    specs = [data_path("task_specs") / name for name in ("twins/larger_swapped.pgt", "pointing/centre.pgt")]
    build(load_all(specs), 16, "set", size=64, format="llava", coordinates="thousand")
    return tmp_path


def truths() -> dict[str, str]:
    rows = json.loads(Path("set/llava.json").read_text(encoding="utf-8"))
    return {row["id"]: row["conversations"][1]["value"] for row in rows}


def answered(said: dict[str, str]) -> None:
    lines = [json.dumps({"id": name, "text": text}) for name, text in said.items()]
    Path("answers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_right_answers_are_right_in_the_coordinates_of_the_data_set(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(truths())
    assert run(["score", "answers.jsonl", "set", "--json", "--csv", "lines.csv"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["all"] == {"answers": 16, "score": 1.0, "accuracy": 1.0, "groups": 4, "pair": 1.0, "whole": 1.0,
                            "flips": 1.0, "torn": 0, "steps": {}}  # fmt: skip
    assert found["tasks"]["pointing/centre"]["groups"] == 0 and found["unanswered"] == 0
    lines = list(csv.DictReader(Path("lines.csv").read_text(encoding="utf-8").splitlines()))
    assert len(lines) == 16 and {line["right"] for line in lines} == {"True"}


def test_one_who_does_not_look_is_right_on_half_and_on_no_pair(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answered({name: "Yes" for name in truths() if name.startswith("twins")})
    assert run(["score", "answers.jsonl", "set", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["all"]["accuracy"], found["all"]["pair"], found["unanswered"]) == (0.5, 0.0, 8)
    assert run(["score", "answers.jsonl", "set"]) == 0
    said = capsys.readouterr()
    assert "twins/larger_swapped" in said.out and "8 of 16 samples have no answer" in said.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"id": "a"}', "answers.jsonl:1: an answer is one line like"),
        ("[1]\n", "answers.jsonl:1: an answer is one line like"),
        (
            '{"id": "a", "text": "b"}\n\n{"id": "a", "text": "c"}',
            "answers.jsonl:3: question 0 of `a` is answered",
        ),
        ('{"id": "a", "text": "b"}', "1 answers are to no row"),
    ],
)
def test_what_is_no_answer_is_told(folder: Path, capsys: pytest.CaptureFixture[str], text: str, words: str) -> None:
    Path("answers.jsonl").write_text(text, encoding="utf-8")
    assert run(["score", "answers.jsonl", "set"]) == 1
    assert words in " ".join(capsys.readouterr().err.split())


def test_rows_of_all_splits_are_scored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tasks = load_all([data_path("task_specs") / "twins/larger_swapped.pgt"])
    build(tasks, 8, "parts", size=64, splits={"train": 6, "validation": 2})
    ids = [f"twins.larger_swapped-{k:08d}-{twin}" for k in range(4) for twin in "ab"]
    answered(dict.fromkeys(ids, "No"))
    assert run(["score", "answers.jsonl", "parts", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["all"]["answers"], found["all"]["accuracy"], found["unanswered"]) == (8, 0.5, 0)
