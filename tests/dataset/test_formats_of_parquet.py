"""The formats that are Parquet files with columns of their own: for TRL, verl and lmms-eval."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from pgt_dsl.api import load as load_task
from pgt_dsl.dataset.formats import lmms_eval, parquet, trl, verl
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.rewards import trl as trl_reward
from pgt_dsl.rewards import verl as verl_reward
from tests.dataset.scenes import pixels, question, sample
from tests.dataset.test_formats import Load, load, write  # noqa: F401  (``load`` is a fixture)

CUTS = ((0, 0, 20, 32), (24, 0, 48, 32))
DIALOGUE = Path(__file__).parents[2] / "task_specs/dialogue/one_scene.pgt"


def several() -> list[Sample]:
    """Four samples with five questions: of one image, of two, with two questions, a sentence."""
    asks = (question(), question("blue"))
    return [sample(0), sample(1, cuts=CUTS), sample(2, asks=asks), sample(3, styles={"sentence": 1})]


@lru_cache
def dialogues(options: float = 1.0) -> list[Sample]:
    """Real scenes with five questions each: a count, two phrases, yes or no, a point; some are lettered."""
    styles = {"short": 1.0, "options": options}
    return [example.sample for example in load_task(DIALOGUE).batch(count=3, size=64, styles=styles).examples]


def rows_of(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / "data").to_pylist()
    return found


# TRL ------------------------------------------------------------------------------------------------------------


def test_trl_sft_is_read_with_its_images(tmp_path: Path, load: Load) -> None:  # noqa: F811
    samples = several()
    rows = load(write(trl.make_sft, tmp_path / "set", samples, rows=3))
    assert [row["id"] for row in rows] == [made.id for made in samples]
    assert np.array_equal(np.asarray(rows[0]["images"][0]), pixels(0))
    assert [image.size for image in rows[1]["images"]] == [(20, 32), (24, 32)]
    for made, row in zip(samples, rows, strict=True):
        assert [said["role"] for said in row["messages"]] == ["user", "assistant"] * len(made.turns)
        texts = [text for turn in made.turns for text in (turn.question, turn.answer)]
        assert [said["content"] for said in row["messages"]] == texts, "and no <image>, which TRL puts in itself"


def test_trl_grpo_asks_one_question_a_row(tmp_path: Path, load: Load) -> None:  # noqa: F811
    samples = several()
    rows = load(write(trl.make_grpo, tmp_path / "set", samples))
    assert [row["id"] for row in rows] == [samples[0].id, samples[1].id, f"{samples[2].id}/0", f"{samples[2].id}/1",
                                           samples[3].id]  # fmt: skip
    assert [row["ask"] for row in rows] == [0, 0, 0, 1, 0]
    assert [said["role"] for said in rows[3]["prompt"]] == ["user", "assistant", "user"]
    assert rows[3]["prompt"][1]["content"] == rows[2]["answer"], "the earlier question comes with its answer"
    assert all(row["prompt"][-1]["role"] == "user" for row in rows)
    assert np.array_equal(np.asarray(rows[3]["images"][0]), np.asarray(rows[2]["images"][0]))


def test_trl_rewards_each_question_by_its_own_answer(tmp_path: Path) -> None:
    rows = rows_of(write(trl.make_grpo, tmp_path / "set", dialogues(options=0.0)))
    assert len(rows) == 15
    columns = {name: [row[name] for row in rows] for name in rows[0] if name not in ("prompt", "images")}
    right = [[{"role": "assistant", "content": row["answer"]}] for row in rows]
    assert trl_reward.reward(prompts=[row["prompt"] for row in rows], completions=right, **columns) == [1.0] * 15
    of_the_next = right[1:] + right[:1]
    assert trl_reward.reward(completions=of_the_next, **columns) == [0.0] * 15
    assert trl_reward.reward(completions=right, **{**columns, "ask": [0] * 15}) == [1.0, 0.0, 0.0, 0.0, 0.0] * 3


# verl -------------------------------------------------------------------------------------------------------------


def test_verl_has_a_placeholder_for_each_image(tmp_path: Path) -> None:
    samples = several()
    rows = rows_of(write(verl.make, tmp_path / "set", samples, rows=2))
    assert [row["extra_info"]["index"] for row in rows] == [0, 1, 2, 3, 4], "counted over shards and questions"
    for row in rows:
        said = "".join(message["content"] for message in row["prompt"])
        assert said.count("<image>") == len(row["images"]) and row["prompt"][-1]["role"] == "user"
        assert row["data_source"] == "spatial/left_of" and row["ability"] == "spatial"
        assert row["images"][0]["bytes"] in {data for made in samples for data in made.images}


def test_verl_scores_what_is_in_the_file(tmp_path: Path) -> None:
    rows = rows_of(write(verl.make, tmp_path / "set", dialogues()))
    for row in rows:
        truth, extra = row["reward_model"]["ground_truth"], row["extra_info"]
        found = verl_reward.compute_score(row["data_source"], extra["answer"], truth, extra)
        assert found == {"score": 1.0, "acc": 1.0, "read": 1.0}
        assert verl_reward.compute_score(row["data_source"], "I cannot say.", truth, extra)["acc"] == 0.0


def test_verl_has_the_rows_that_as_row_makes_of_parquet(tmp_path: Path) -> None:
    plain = rows_of(write(parquet.make, tmp_path / "plain", several()))
    rows = [row for row in rows_of(write(verl.make, tmp_path / "set", several())) if row["extra_info"]["ask"] == 0]
    for number, (one, row) in enumerate(zip(plain, rows, strict=True)):
        made = verl_reward.as_row(one, number=number)
        wanted, found = made.pop("extra_info"), row.pop("extra_info")
        assert row == made
        assert {name: found[name] for name in ("split", "style")} == {n: wanted[n] for n in ("split", "style")}
        assert found["id"].partition("/")[0] == wanted["id"]


# lmms-eval --------------------------------------------------------------------------------------------------------


def functions(folder: Path) -> ModuleType:
    """``utils.py`` as lmms-eval imports it: by its path."""
    spec = importlib.util.spec_from_file_location("utils", folder / "utils.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_lmms_eval_names_its_files_and_functions(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    folder = write(lmms_eval.make, tmp_path / "set", several(), rows=3)
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_constructor("!function", lambda loading, node: loading.construct_scalar(node))
    task = yaml.load((folder / "pgt_set.yaml").read_text(encoding="utf-8"), loader)
    assert task["task"] == "pgt_set" and task["dataset_path"] == "parquet"
    files = task["dataset_kwargs"]["data_files"][task["test_split"]]
    assert [(folder / file).is_file() for file in files] == [True, True]
    module = functions(folder)
    named = [value for value in task.values() if isinstance(value, str) and value.startswith("utils.")]
    assert len(named) == 4 and all(callable(getattr(module, name.removeprefix("utils."))) for name in named)


def test_lmms_eval_asks_with_what_was_said_before(tmp_path: Path, load: Load) -> None:  # noqa: F811
    import datasets

    folder = write(lmms_eval.make, tmp_path / "set", several())
    rows = datasets.load_dataset(str(folder), split="test", cache_dir=str(tmp_path / "cache"))
    utils = functions(folder)
    asked = several()[2].turns[0]
    assert utils.doc_to_text(rows[0]) == rows[0]["question"]
    assert utils.doc_to_text(rows[3]) == f"{asked.question}\n{asked.answer}\n{rows[3]['question']}"
    assert utils.doc_to_text(rows[0], {"post_prompt": " Briefly."}) == f"{rows[0]['question']} Briefly."
    assert [image.size for image in utils.doc_to_visual(rows[1])] == [(20, 32), (24, 32)]
    assert utils.doc_to_target(rows[3]) == "blue" and rows[3]["id"] == f"{several()[2].id}/1"


def test_lmms_eval_scores_by_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(lmms_eval.make, tmp_path / "set", dialogues())
    rows, utils = rows_of(folder), functions(folder)
    counts = [row for row in rows if row["ask"] == 0 and row["style"] == "short"]
    words = {"3": "three", "4": "four", "5": "five"}
    for row in rows:
        assert utils.process_results(row, [f"The answer is {row['answer']}."]) == {"acc": 1.0, "score": 1.0}
        assert utils.process_results(row, ["no idea"])["acc"] == 0.0
    assert all(utils.process_results(row, [words[row["answer"]]])["acc"] == 1.0 for row in counts) and counts
    point = next(row for row in rows if row["ask"] == 4)
    x, y = (float(part) for part in re.findall(r"[\d.]+", point["answer"]))
    thousands = f"({1000 * x:.0f}, {1000 * y:.0f})"
    assert utils.process_results(point, [thousands])["acc"] == 0.0
    monkeypatch.setenv("PGT_COORDINATES", "thousand")
    assert utils.process_results(point, [thousands])["acc"] == 1.0


def test_lmms_eval_compares_words_without_pgt_dsl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(lmms_eval.make, tmp_path / "set", dialogues())
    monkeypatch.setitem(sys.modules, "pgt_dsl", None)  # so that the import fails
    utils = functions(folder)
    for row in rows_of(folder):
        said = f" {row['answer'].upper()}.\n"
        assert utils.process_results(row, [said]) == {"acc": 1.0, "score": 1.0}
        assert utils.process_results(row, [f"It is {row['answer']}"]) == {"acc": 0.0, "score": 0.0}


@pytest.mark.parametrize(
    ("name", "task"), [("my set", "pgt_my_set"), ("größer-2", "pgt_gr_er_2"), ("a: b", "pgt_a_b"), ("…", "pgt_task")]
)
def test_lmms_eval_task_names_are_words(name: str, task: str) -> None:
    assert lmms_eval.task_name(name) == task


# all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "text"),
    [(trl.make_sft, "<image>"), (trl.make_grpo, "<image>"), (verl.make, "<image>"), (verl.make, "<video>")],
)
def test_what_a_reader_takes_for_an_image_is_refused(make: Any, text: str, tmp_path: Path) -> None:
    with pytest.raises(PgtError, match=rf"`spatial/left_of` holds `{text}`.*parquet"):
        write(make, tmp_path / "set", [sample(0, asks=(question(f"the {text} tag", options=()),))])


def test_lmms_eval_asks_anything(tmp_path: Path) -> None:
    """It puts the images beside the text: nothing in it is read as a place."""
    write(lmms_eval.make, tmp_path / "set", [sample(0, asks=(question("the <image> tag", options=()),))])


@pytest.mark.parametrize("make", [trl.make_sft, trl.make_grpo, verl.make, lmms_eval.make])
def test_columns_are_told_to_datasets(make: Any, tmp_path: Path) -> None:
    """In the files and in the card, so that either alone is enough: nested ones too."""
    datasets = pytest.importorskip("datasets")
    yaml = pytest.importorskip("yaml")
    folder = write(make, tmp_path / "set", several())
    (file,) = (folder / "data").iterdir()
    told = json.loads(pq.read_schema(file).metadata[b"huggingface"])["info"]["features"]
    assert '"List"' not in json.dumps(told)
    head = yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    by_card = datasets.Features._from_yaml_list(head["dataset_info"]["features"])
    assert by_card == datasets.Features.from_dict(told)
    bare = folder / "bare.parquet"
    pq.write_table(pq.read_table(file).replace_schema_metadata(None), bare)
    split = head["configs"][0]["data_files"][0]["split"]
    assert split == file.name.split("-")[0]
    rows = datasets.load_dataset("parquet", data_files=str(bare), features=by_card, split="train",
                                 cache_dir=str(tmp_path / "cache"))  # fmt: skip
    assert np.array_equal(np.asarray(rows[0]["images"][0]), pixels(0))
