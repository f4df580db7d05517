"""``pgt report`` as users call it: what it names, its files, models compared, and what is wrong with its input."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from pgt_dsl.diagnosis.diagnose import diagnose
from pgt_dsl.diagnosis.rows import read_folder
from pgt_dsl.plugins.registry import registry
from tests.diagnosis.worlds import questions, run


def test_the_mistake_is_named_with_its_counts(models: Mapping[str, Path]) -> None:
    found = diagnose(read_folder(models["tail"], registry()))
    named = [look for look in found.findings if look.kind == "mistake"]
    assert [(look.scope, look.subject) for look in named] == [("angle/arrow_points", "took tail for head")]
    assert named[0].seen == named[0].of > 50 and named[0].chance < 0.5
    assert all(look.kind in ("mistake", "weak") for look in found.findings)


def test_the_number_that_is_too_many_is_named(models: Mapping[str, Path]) -> None:
    found = diagnose(read_folder(models["five"], registry()))
    assert {(look.kind, look.scope) for look in found.findings} == {("factor", "counting")}
    assert found.findings[0].where in ("the right number is 6 or more", "the right number is 7 or more")


def test_who_is_always_right_has_nothing_named(models: Mapping[str, Path], tmp_path: Path) -> None:
    code, said = run("report", models["all"], "-o", tmp_path)
    assert code == 0 and "nothing is named" in said and "Nothing is named" in (tmp_path / "report.html").read_text()


def test_all_numbers_are_beside_the_page(report: Path, models: Mapping[str, Path], data: Path) -> None:
    told = json.loads((report / "report.json").read_text())
    one = told["models"][0]
    assert one["model"] == "<tail>" and one["all"]["asked"] == len(questions(data))
    summary = json.loads((models["tail"] / "summary.json").read_text())
    assert {name: task["right"] for name, task in one["tasks"].items()} == {
        name: task["right"] for name, task in summary["tasks"].items()
    }
    tables = {name: list(csv.DictReader((report / f"{name}.csv").open())) for name in ("findings", "tasks", "factors")}
    assert len(tables["findings"]) == sum(len(model["looks"]) for model in told["models"])
    assert len(tables["tasks"]) == 8
    by_part = [row for row in tables["factors"] if (row["model"], row["variable"]) == ("<five>", "the right number")]
    assert sum(int(row["rows"]) for row in by_part) == one["tasks"]["counting/all"]["asked"]


def test_models_are_compared_on_the_same_questions(report: Path) -> None:
    found = {one["scope"]: one for one in json.loads((report / "report.json").read_text())["comparisons"]}
    assert set(found) == {"", "angle", "counting", "size", "twins"}
    angle, counting = found["angle"], found["counting"]
    assert angle["named"] and angle["difference"] < 0 and angle["only_a"] == 0
    assert counting["named"] and counting["low"] <= counting["difference"] <= counting["high"]
    assert (counting["only_a"], counting["right_b"]) == (
        counting["right_a"] - counting["right_b"] + counting["only_b"], counting["right_b"])  # fmt: skip
    assert len((report / "models.csv").read_text().splitlines()) == 6


def test_pairs_that_change_with_the_truth(models: Mapping[str, Path]) -> None:
    groups = {one.name: one for one in diagnose(read_folder(models["all"], registry())).groups}
    changing = groups["the answer changes where the truth does"]
    assert changing.count == changing.of == 30 and changing.chance == 0.5
    assert groups["both pictures of a pair right"].chance == 0.25


def test_a_report_is_the_same_each_time(models: Mapping[str, Path], report: Path, tmp_path: Path) -> None:
    run("report", models["tail"], models["five"], "-o", tmp_path)
    for file in sorted(report.iterdir()):
        assert file.read_bytes() == (tmp_path / file.name).read_bytes(), file.name


# what is wrong --------------------------------------------------------------------------------------


def refused(*args: object) -> str:
    code, said = run("report", *args)
    assert code == 1 and "this is a bug" not in said, said
    return said


def test_a_folder_of_something_else(tmp_path: Path, data: Path) -> None:
    assert "no folder of `pgt probe`" in refused(data, "-o", tmp_path / "r")
    assert not (tmp_path / "r").exists()


def test_a_data_set_that_has_moved_is_named_by_hand(models: Mapping[str, Path], data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tail"
    shutil.copytree(models["tail"], folder)
    assert "not in" in refused(folder, "-o", tmp_path / "r")
    assert run("report", folder, "-o", tmp_path / "r", "--data", data)[0] == 0


def test_another_data_set_is_refused(models: Mapping[str, Path], data: Path, tmp_path: Path) -> None:
    other = tmp_path / "data"
    shutil.copytree(data, other)
    manifest = json.loads((other / "manifest.json").read_text())
    (other / "manifest.json").write_text(json.dumps({**manifest, "seed": 5}))
    assert "another data set" in refused(models["tail"], "-o", tmp_path / "r", "--data", other)


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("scores.csv", "a,b\n1,2\n", "no column"),
        ("scores.csv", None, "cannot read"),
        ("summary.json", "[", "cannot read"),
        ("summary.json", "{}", "--data"),
        ("replies.jsonl", "{}\n", "does not name"),
    ],
)
def test_spoilt_files_are_named(
    file: str, text: str | None, told: str, models: Mapping[str, Path], tmp_path: Path
) -> None:
    folder = models["tail"].parent / tmp_path.name  # beside the data set, as the probe notes it
    shutil.copytree(models["tail"], folder)
    (folder / file).unlink()
    if text is not None:
        (folder / file).write_text(text)
    said = refused(folder, "-o", tmp_path / "r")
    assert told in said and file in said


def test_scores_of_questions_that_are_not_there(models: Mapping[str, Path], data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tail"
    shutil.copytree(models["tail"], folder)
    text = (folder / "scores.csv").read_text()
    (folder / "scores.csv").write_text(text.replace("counting.all-00000001", "counting.all-99999999"))
    assert "counting.all-99999999" in refused(folder, "-o", tmp_path / "r", "--data", data)


def test_a_report_that_cannot_be_written(models: Mapping[str, Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot write the report" in refused(models["tail"], "-o", tmp_path / "file" / "r")
