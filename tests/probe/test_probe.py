"""Asking a model: every question once, every reply kept, whatever fails; and the accuracy of the model comes out."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pgt_dsl.api import load_all
from pgt_dsl.cli.main import run as pgt
from pgt_dsl.dataset.build import build
from pgt_dsl.plugins.registry import registry
from pgt_dsl.probe.question import Question, open_questions
from pgt_dsl.scoring.subject import asked
from tests.probe.server import Ask, Server, seen

SPECS = Path(__file__).parents[2] / "task_specs"
COUNT = 40


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("probe") / "data"
    tasks = load_all([SPECS / "spatial/left_of.pgt", SPECS / "counting/all.pgt"])
    build(tasks, COUNT, out, size=64, styles={"short": 1, "options": 1})
    return out


@pytest.fixture(scope="module")
def questions(dataset: Path) -> list[Question]:
    return list(open_questions(dataset, registry()))


def truth(question: Question) -> str:
    about = asked(question.row, question.ask)
    if about.style == "options":
        assert about.ask.correct is not None
        return "ABCDEFGH"[about.ask.correct]
    return about.ask.text


def observer(questions: list[Question], wrong: int = 0) -> Callable[[Ask], str]:
    """A model that is right on all questions but the last ``wrong``, to which it says something else."""
    known = {seen(list(q.images), q.text): truth(q) for q in questions[: len(questions) - wrong]}
    return lambda ask: known.get(ask, "I cannot tell.")


def run(*args: object) -> tuple[int, str]:
    """The exit status of a command, and all that it says, in one line."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = pgt([str(a) for a in args])
    return code, " ".join(said.getvalue().split())


def summary(out: Path) -> dict:
    return json.loads((out / "summary.json").read_text())


def test_the_accuracy_of_the_model_comes_out_exactly(dataset: Path, questions: list[Question], tmp_path: Path) -> None:
    with Server(observer(questions, wrong=11)) as server:
        code, _ = run("probe", dataset, "-m", server.url, "--name", "m", "-o", tmp_path, "-q")
    found = summary(tmp_path)["all"]
    assert code == 0
    assert (found["asked"], found["right"]) == (COUNT, COUNT - 11)
    assert found["low"] < (COUNT - 11) / COUNT < found["high"]
    rows = list(csv.DictReader((tmp_path / "scores.csv").open()))
    assert [r["key"] for r in rows] == [q.key for q in questions]
    assert [r["right"] for r in rows] == ["True"] * (COUNT - 11) + ["False"] * 11


def test_requests_are_those_of_the_protocol(dataset: Path, questions: list[Question], tmp_path: Path) -> None:
    with Server(observer(questions)) as server:
        run("probe", dataset, "-m", server.url, "--name", "m", "-o", tmp_path, "-q", "--system", "Be brief.")
        body = server.bodies[-1]
    assert (body["model"], body["temperature"], body["seed"]) == ("m", 0, 0)
    assert body["messages"][0] == {"role": "system", "content": "Be brief."}
    image, text = body["messages"][1]["content"]
    assert image["image_url"]["url"].startswith("data:image/png;base64,")
    assert text["text"] in {q.text for q in questions}


def test_half_of_the_requests_may_fail_and_nothing_is_answered_twice(
    dataset: Path, questions: list[Question], tmp_path: Path
) -> None:
    with Server(observer(questions), failing=0.5) as server:
        for _ in range(30):
            code, _ = run("probe", dataset, "-m", server.url, "--name", "m", "-o", tmp_path, "-q", "--tries", 2)
            if code == 0:
                break
        assert set(server.answered.values()) == {1}
        assert len(server.answered) == COUNT
    assert summary(tmp_path)["all"]["right"] == COUNT


def test_what_was_answered_is_not_asked_again(dataset: Path, questions: list[Question], tmp_path: Path) -> None:
    with Server(observer(questions)) as server:
        code, said = run("probe", dataset, "-m", server.url, "--name", "m", "-o", tmp_path, "-q", "--max-requests", 15)
        assert (code, server.requests) == (1, 15)
        assert "15 requests are spent" in said
        code, said = run("probe", dataset, "-m", server.url, "--name", "m", "-o", tmp_path, "-q")
        assert (code, server.requests) == (0, COUNT)
        assert "15 were there before" in said


def test_tokens_are_counted_and_may_be_limited(dataset: Path, questions: list[Question], tmp_path: Path) -> None:
    with Server(observer(questions)) as server:
        code, said = run("probe", dataset, "-m", server.url, "--name", "m", "-o", tmp_path, "-q", "--max-tokens", 60,
                         "--at-once", 1)  # fmt: skip
        assert (code, server.requests) == (1, 5)
    assert "60 tokens" in said


@pytest.mark.parametrize(
    ("status", "told"), [(401, "answers 401"), (404, "answers 404"), (503, "no reply to 3 questions in a row: 503")]
)
def test_an_endpoint_that_will_not_answer_stops_the_asking(
    dataset: Path, questions: list[Question], tmp_path: Path, status: int, told: str
) -> None:
    with Server(observer(questions), status=status) as server:
        code, said = run("probe", dataset, "-m", server.url, "--name", "m", "-o", tmp_path, "-q", "--tries", 1,
                         "--at-once", 1)  # fmt: skip
        assert server.requests <= 3
    assert code == 1
    assert told in said


def test_a_refusal_is_wrong_and_not_asked_again(dataset: Path, questions: list[Question], tmp_path: Path) -> None:
    with Server(observer(questions), status=400) as server:
        code, _ = run("probe", dataset, "-m", server.url, "--name", "m", "-o", tmp_path, "-q")
        run("probe", dataset, "-m", server.url, "--name", "m", "-o", tmp_path, "-q")
        assert server.requests == COUNT
    assert code == 0
    assert summary(tmp_path)["all"]["right"] == 0
    assert "400: " in (tmp_path / "replies.jsonl").read_text()


# what stops a probe ----------------------------------------------------------------------------------------------


@pytest.fixture
def slow(questions: list[Question]) -> Iterator[Server]:
    answer = observer(questions)

    def slowly(ask: Ask) -> str:
        time.sleep(0.05)
        return f"<think>{'It may be. ' * 1000}</think>{answer(ask)}"

    with Server(slowly) as server:
        yield server


def start(dataset: Path, server: Server, out: Path, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pgt_dsl.cli.main", "probe", str(dataset), "-m", server.url, "--name", "m", "-o",
               str(out), "-q", "--at-once", "2"]  # fmt: skip
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ}, **options)  # type: ignore[call-overload,no-any-return]


def test_a_kill_costs_no_reply(dataset: Path, slow: Server, tmp_path: Path) -> None:
    process = start(dataset, slow, tmp_path)
    while slow.requests < 10:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    code, _ = run("probe", dataset, "-m", slow.url, "--name", "m", "-o", tmp_path, "-q")
    assert code == 0
    assert summary(tmp_path)["all"]["right"] == COUNT
    assert sum(slow.answered.values()) <= COUNT + 2  # the two that were under way


def test_a_full_disk_costs_no_reply(dataset: Path, slow: Server, tmp_path: Path) -> None:
    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    process = start(dataset, slow, tmp_path, preexec_fn=small)
    _, said = process.communicate()
    assert process.returncode == 1
    assert "there is no room for more replies" in " ".join(said.split())
    code, _ = run("probe", dataset, "-m", slow.url, "--name", "m", "-o", tmp_path, "-q")
    assert code == 0
    assert set(slow.answered.values()) == {1}
    assert len(slow.answered) == COUNT


# other models ----------------------------------------------------------------------------------------------------


def test_a_file_of_answers_is_scored(dataset: Path, questions: list[Question], tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text("".join(json.dumps({"id": q.key, "text": truth(q)}) + "\n" for q in questions[:30]))
    code, said = run("probe", dataset, "-m", answers, "-o", tmp_path / "out", "-q")
    assert code == 1
    assert "has no answer to it" in said
    assert summary(tmp_path / "out")["all"] | {"asked": 30, "right": 30} == summary(tmp_path / "out")["all"]
    answers.write_text("".join(json.dumps({"id": q.key, "text": truth(q)}) + "\n" for q in questions))
    assert run("probe", dataset, "-m", answers, "-o", tmp_path / "out", "-q")[0] == 0
    assert summary(tmp_path / "out")["all"]["right"] == COUNT


def test_all_splits_and_every_question_of_a_scene_are_asked(tmp_path: Path) -> None:
    build(load_all([SPECS / "dialogue/one_scene.pgt"]), 6, tmp_path / "data", size=64, splits={"train": 4, "test": 2})
    questions = list(open_questions(tmp_path / "data", registry()))
    asks = len(questions) // 6
    assert asks > 1 and [q.ask for q in questions] == list(range(asks)) * 6
    lines = [{"id": q.key.split("/")[0], "ask": q.ask, "text": truth(q)} for q in questions]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert run("probe", tmp_path / "data", "-m", tmp_path / "answers.jsonl", "-o", tmp_path / "out", "-q")[0] == 0
    assert (summary(tmp_path / "out")["all"]["asked"], summary(tmp_path / "out")["all"]["right"]) == (
        6 * asks,
        6 * asks,
    )


def test_places_are_read_in_the_coordinates_of_the_data_set(tmp_path: Path) -> None:
    build(load_all([SPECS / "pointing/centre.pgt"]), 4, tmp_path / "data", size=64, coordinates="thousand")
    said = {q.key: a for q, a in zip(*answers_of(tmp_path / "data"), strict=True)}
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps({"id": k, "text": t}) + "\n" for k, t in said.items()))
    assert run("probe", tmp_path / "data", "-m", tmp_path / "answers.jsonl", "-o", tmp_path / "out", "-q")[0] == 0
    assert summary(tmp_path / "out")["all"]["right"] == 4


def answers_of(folder: Path) -> tuple[list[Question], list[str]]:
    """The questions of a data set, and the answers that stand in its rows."""
    rows = pq.read_table(folder / "data").to_pylist()
    return list(open_questions(folder, registry())), [row["answer"] for row in rows]


def always_b(images: list, text: str) -> str:
    assert images[0].size == (64, 64)
    return "B"


def test_a_python_function_is_asked(dataset: Path, questions: list[Question], tmp_path: Path) -> None:
    code, _ = run("probe", dataset, "-m", "python:tests.probe.test_probe:always_b", "-o", tmp_path, "-q")
    right = sum(truth(q) == "B" for q in questions)
    assert code == 0
    assert summary(tmp_path)["all"]["right"] == right


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("nowhere", "no model at `nowhere`"),
        ("http://127.0.0.1:9/v1", "give it with --name"),
        ("python:tests.probe.nothing:f", "cannot import"),
        ("python:tests.probe.test_probe:SPECS", "not a function"),
    ],
)
def test_what_is_no_model_is_told(dataset: Path, tmp_path: Path, where: str, told: str) -> None:
    code, said = run("probe", dataset, "-m", where, "-o", tmp_path, "-q")
    assert code == 1
    assert told in said


# the journal -----------------------------------------------------------------------------------------------------


@pytest.fixture
def journal(dataset: Path, questions: list[Question], tmp_path: Path) -> Path:
    answers = tmp_path / "answers.jsonl"
    answers.write_text("".join(json.dumps({"id": q.key, "text": truth(q)}) + "\n" for q in questions))
    assert run("probe", dataset, "-m", answers, "-o", tmp_path / "out", "-q")[0] == 0
    return tmp_path / "out" / "replies.jsonl"


def again(dataset: Path, journal: Path, *options: str) -> tuple[int, str]:
    return run("probe", dataset, "-m", journal.parents[1] / "answers.jsonl", "-o", journal.parent, "-q", *options)


def test_a_line_that_was_cut_short_is_asked_again(dataset: Path, journal: Path) -> None:
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-20] + b"\0" * 5000)
    code, said = again(dataset, journal)
    assert (code, journal.read_bytes()) == (0, whole)
    assert "1 replies" in said


def test_a_damaged_line_is_named(dataset: Path, journal: Path) -> None:
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join([*lines[:3], "{nonsense}\n", *lines[4:]]))
    code, said = again(dataset, journal)
    assert code == 1
    assert "replies.jsonl:4: this is no line of a journal" in said


def test_replies_of_another_model_are_not_mixed_in(dataset: Path, journal: Path) -> None:
    code, said = again(dataset, journal, "--name", "other")
    assert code == 1
    assert "replies with another model: 'answers.jsonl' instead of 'other'" in said


def test_two_probes_do_not_write_one_journal(dataset: Path, journal: Path) -> None:
    import fcntl

    with journal.open("rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        code, said = again(dataset, journal)
    assert code == 1
    assert "another probe is writing" in said


def test_formats_that_lose_the_form_of_answers_are_refused(tmp_path: Path) -> None:
    build(load_all([SPECS / "spatial/left_of.pgt"]), 2, tmp_path / "data", size=64, format="vlmevalkit")
    code, said = run("probe", tmp_path / "data", "-m", "nowhere", "-o", tmp_path, "-q")
    assert code == 1
    assert "build it with --format parquet" in said


def test_a_notebook_which_has_an_event_loop_of_its_own_may_ask(dataset: Path, tmp_path: Path) -> None:
    async def cell() -> int:
        return run("probe", dataset, "-m", "python:tests.probe.test_probe:always_b", "-o", tmp_path, "-q")[0]

    assert asyncio.run(cell()) == 0
    assert summary(tmp_path)["all"]["asked"] == COUNT


def test_a_recipe_is_built_once_and_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    recipe = Path("some.toml")
    shutil.copy(SPECS / "spatial/left_of.pgt", tmp_path)
    recipe.write_text('count = 6\nsize = 64\n[[task]]\nspecs = "left_of.pgt"\n')
    Path("yes.py").write_text("def answer(images, question):\n    return 'Yes'\n")
    code, said = run("probe", recipe, "-m", "python:yes:answer", "-o", "out", "-q")
    assert code == 0, said
    assert (summary(Path("out"))["all"]["asked"], summary(Path("out"))["all"]["right"]) == (6, 3)
    made = Path("out/data/manifest.json").stat().st_mtime_ns
    code, said = run("probe", recipe, "-m", "python:yes:answer", "-o", "out", "-q")
    assert code == 0 and "6 were there before" in said
    assert Path("out/data/manifest.json").stat().st_mtime_ns == made

    recipe.write_text(recipe.read_text().replace("count = 6", "count = 8"))
    code, said = run("probe", recipe, "-m", "python:yes:answer", "-o", "out", "-q")
    assert code != 0 and "the questions of another recipe" in said


def test_a_recipe_that_is_wrong_is_told_and_nothing_asked(tmp_path: Path) -> None:
    recipe = tmp_path / "some.toml"
    recipe.write_text("count = 6\nsise = 64\n")
    code, said = run("probe", recipe, "-m", tmp_path / "none.jsonl", "-o", tmp_path / "out", "-q")
    assert code != 0 and "sise" in said
    assert not (tmp_path / "out/replies.jsonl").exists()
