"""The same questions asked by inspect-ai and by lmms-eval: the known accuracy of a model comes out exactly, and their
logs are scored here as they scored it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from pgt_dsl.api import load_all
from pgt_dsl.dataset.build import build
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.registry import registry
from pgt_dsl.probe.answers import read_answers
from pgt_dsl.probe.question import Question, open_questions
from tests.probe.server import Server, seen
from tests.probe.test_probe import run, summary, truth

SPECS = [Path(__file__).parents[2] / "task_specs" / name for name in ("spatial/left_of.pgt", "dialogue/one_scene.pgt")]
COUNT = 8
EVERY = 4  # a question that the model gets wrong


def made(folder: Path, format: str) -> tuple[Path, list[Question]]:
    out = folder / format
    build(load_all(SPECS), COUNT, out, size=96, format=format)
    return out, list(open_questions(out, registry()))


def known(questions: list[Question], text: str) -> dict[object, str]:
    """What the model says: to each fourth question that it has no idea."""
    return {
        seen(list(q.images), getattr(q, text)): truth(q) if k % EVERY else "I cannot tell."
        for k, q in enumerate(questions)
    }


def right(questions: list[Question]) -> int:
    return sum(bool(k % EVERY) for k in range(len(questions)))


def test_a_later_question_comes_with_the_earlier_ones_and_their_right_answers(tmp_path: Path) -> None:
    data, questions = made(tmp_path, "parquet")
    last = questions[-1]
    assert len(last.before) == 4
    with Server(lambda ask: "Yes") as server:
        run("probe", data, "-m", server.url, "--name", "m", "-o", tmp_path / "out", "-q", "--at-once", 1)
    said = server.bodies[-1]["messages"]
    assert [m["role"] for m in said] == ["user", "assistant"] * 4 + ["user"]
    assert [m["content"] for m in said[1::2]] == [answer for _, answer in last.before]
    assert [m["content"][-1]["text"] for m in said[::2]] == [*(q for q, _ in last.before), last.text]
    assert [[p["type"] for p in m["content"]] for m in said[::2]] == [["image_url", "text"]] + [["text"]] * 4


INSPECT = pytest.mark.skipif(find_spec("inspect_ai") is None, reason="inspect-ai is not installed")


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Question], dict, Path]:
    """The data set, its questions, what inspect-ai says of the model, and its log."""
    folder = tmp_path_factory.mktemp("inspect")
    data, questions = made(folder, "parquet")
    answers = known(questions, "text")
    with Server(lambda ask: answers.get(ask, "Nobody asks this.")) as server:
        environment = {**os.environ, "FAKE_API_KEY": "none", "FAKE_BASE_URL": server.url}
        command = [Path(sys.executable).with_name("inspect"), "eval", "pgt_dsl/probe", "-T", f"dataset={data}",
                   "--model", "openai-api/fake/m", "--display", "none", "--log-dir", folder / "logs"]  # fmt: skip
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    from inspect_ai.log import read_eval_log

    (log,) = (folder / "logs").glob("*.eval")
    (scores,) = read_eval_log(str(log), header_only=True).results.scores
    return data, questions, {name: metric.value for name, metric in scores.metrics.items()}, log


@INSPECT
class TestInspect:
    def test_the_accuracy_comes_out_exactly_in_all_and_by_task(self, asked) -> None:
        _, questions, metrics, _ = asked
        assert metrics["accuracy"] == right(questions) / len(questions)
        assert {"spatial/left_of", "dialogue/one_scene"} <= set(metrics)

    def test_its_log_gives_the_same_scores_here(self, asked, tmp_path: Path) -> None:
        data, questions, _, log = asked
        code, said = run("probe", data, "-m", log, "-o", tmp_path, "-q")
        assert code == 0, said
        found = summary(tmp_path)["all"]
        assert (found["asked"], found["right"]) == (len(questions), right(questions))

    def test_what_is_no_log_is_told(self, asked, tmp_path: Path) -> None:
        bad = tmp_path / "bad.eval"
        bad.write_text("nonsense")
        with pytest.raises(PgtError, match="is no log of inspect-ai"):
            read_answers(bad, asked[0])


@pytest.mark.skipif(find_spec("lmms_eval") is None, reason="lmms-eval is not installed")
class TestLmmsEval:
    def test_the_accuracy_comes_out_exactly_and_its_log_gives_the_same_here(self, tmp_path: Path) -> None:
        data, questions = made(tmp_path, "lmms_eval")
        answers = known(questions, "prompt")
        with Server(lambda ask: answers.get(ask, "Nobody asks this.")) as server:
            environment = {**os.environ, "OPENAI_API_KEY": "none", "OPENAI_API_BASE": server.url,
                           "HF_HOME": str(tmp_path / "hf"), "LMMS_EVAL_PLUGINS": ""}  # fmt: skip
            command = [sys.executable, "-m", "lmms_eval", "--model", "openai", "--model_args",
                       f"model_version=m,base_url={server.url},api_key=none", "--tasks", "pgt_lmms_eval",
                       "--include_path", data, "--batch_size", "1", "--output_path", "out",
                       "--log_samples"]  # fmt: skip
            done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        (results,) = (tmp_path / "out").rglob("*_results.json")
        assert json.loads(results.read_text())["results"]["pgt_lmms_eval"]["acc,none"] == right(questions) / len(
            questions
        )

        (log,) = (tmp_path / "out").rglob("*_samples_*.jsonl")
        code, said = run("probe", data, "-m", log, "-o", tmp_path / "here", "-q")
        assert code == 0, said
        found = summary(tmp_path / "here")["all"]
        assert (found["asked"], found["right"]) == (len(questions), right(questions))


def test_a_log_of_lmms_eval_is_for_the_folder_that_it_was_given(tmp_path: Path) -> None:
    data, _ = made(tmp_path, "parquet")
    log = tmp_path / "samples.jsonl"
    log.write_text('{"doc_id": 0, "target": "Yes", "filtered_resps": "Yes"}\n')
    with pytest.raises(PgtError, match="has the format `parquet`: name the folder that lmms-eval was given"):
        read_answers(log, data)


def test_a_number_beyond_the_rows_is_told_with_its_line(tmp_path: Path) -> None:
    data, questions = made(tmp_path, "lmms_eval")
    log = tmp_path / "samples.jsonl"
    lines = [{"doc_id": k, "filtered_resps": ["Yes"]} for k in (0, len(questions) - 1, len(questions))]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines[:2]))
    assert [(name, ask) for name, ask, _ in read_answers(log, data)] == [
        (q.key.partition("/")[0], q.ask) for q in (questions[0], questions[-1])
    ]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(PgtError, match=r"samples\.jsonl:3"):
        read_answers(log, data)
