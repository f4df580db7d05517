"""From a spec over a series and a model with eyes to the threshold that the model is known to have."""

from __future__ import annotations

import contextlib
import io
import json
from collections import Counter
from pathlib import Path

import pytest

from pgt_dsl.cli.main import run as pgt
from pgt_dsl.dataset.manifest import read_manifest
from pgt_dsl.dataset.series import Series
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.registry import registry
from pgt_dsl.probe.question import open_questions
from pgt_dsl.psychometrics.answers import points
from pgt_dsl.psychometrics.curve import Curve
from tests.psychometrics.seer import OBSERVER, SPEC

MODEL = "python:tests.psychometrics.seer:answer"
TWINS = """task "t/twins"
pick more ~ coin
let gap ~ 2vmin .. 8vmin
shape a: circle { radius = 4vmin, at = (25vw, 50vh) }
shape b: circle { radius = if more then 4vmin + gap else 2vmin, at = (75vw, 50vh) }
ask "Is {b} larger than {a}?"
  answer b.radius > a.radius
ask "How many shapes?" answer count(shapes)
twin more
"""


def run(*args: object) -> tuple[int, str]:
    """The exit status of a command, and all that it says, in one line."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = pgt([str(a) for a in args])
    return code, " ".join(said.getvalue().split())


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set of 8 levels with 60 samples each."""
    folder = tmp_path_factory.mktemp("series")
    (folder / "larger.pgt").write_text(SPEC, encoding="utf-8")
    assert run("series", folder / "larger.pgt", "--along", "gap", "--count", 480, "--size", 100, "--easier", "higher",
               "-o", folder / "gap.toml")[0] == 0  # fmt: skip
    code, said = run("build", folder / "gap.toml", "-o", folder / "data", "-q", "--workers", 1)
    assert code == 0, said
    return folder / "data"


def curve(out: Path) -> Curve:
    return Curve.from_json(json.loads((out / "curve.json").read_text(encoding="utf-8")))


def answered(out: Path) -> set[str]:
    return {json.loads(line)["q"] for line in (out / "replies.jsonl").read_text().splitlines()[1:]}


def test_every_row_says_its_level(series: Path) -> None:
    manifest = read_manifest(series)
    assert manifest.series is not None and manifest.series.along == "gap"
    levels = Counter(point.level for point in points(open_questions(series, registry()), manifest.series))
    assert sorted(levels.items()) == [(level, 60) for level in (1, 1.49, 2.21, 3.28, 4.88, 7.25, 10.8, 16)]


def test_the_threshold_of_the_model_comes_out(series: Path, tmp_path: Path) -> None:
    code, said = run("probe", series, "-m", MODEL, "-o", tmp_path, "-q", "--share", 0.8)
    assert code == 0, said
    found = curve(tmp_path)
    assert found.threshold is not None and found.at_share is not None and found.asked == 480
    low, high = found.threshold.low, found.threshold.high
    assert low is not None and high is not None and low < OBSERVER.threshold < high and high / low < 2
    assert (found.name, found.unit, found.axis, found.rising) == ("gap", "vmin", "log2", True)
    assert f"threshold along gap: {found.text}" in said and "80% right: " in said
    assert found.at_share.value > found.threshold.value
    assert "threshold" in (tmp_path / "curve.svg").read_text(encoding="utf-8")


def test_adaptive_questions_are_those_of_an_uninterrupted_run_and_few(series: Path, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    code, said = run("probe", series, "-m", MODEL, "-o", whole, "-q", "--adaptive", "--questions", 144)
    assert code == 0 and "144 replies in 144 requests" in said, said
    for most in (5, 40, 101):
        code, said = run("probe", series, "-m", MODEL, "-o", parts, "-q", "--adaptive", "--questions", 144,
                         "--max-requests", most)  # fmt: skip
        assert code == 1 and len(answered(parts)) == most, said
    code, said = run("probe", series, "-m", MODEL, "-o", parts, "-q", "--adaptive", "--questions", 144)
    assert code == 0 and "43 replies in 43 requests; 101 were there before" in said, said
    assert answered(parts) == answered(whole)
    assert curve(parts) == curve(whole)
    levels = {level.level: level.asked for level in curve(whole).levels}
    assert levels[3.28] + levels[4.88] > 1.5 * 36 and max(levels.values()) <= 60  # 36 at equal numbers
    one = curve(whole).threshold
    assert one is not None and one.low is not None and one.high is not None
    assert one.low < OBSERVER.threshold < one.high


def test_adaptive_asking_ends_when_the_interval_is_narrow(series: Path, tmp_path: Path) -> None:
    code, said = run("probe", series, "-m", MODEL, "-o", tmp_path, "-q", "--adaptive", "--until", 1.5)
    assert code == 0, said
    one = curve(tmp_path).threshold
    assert one is not None and one.low is not None and one.high is not None
    assert one.high / one.low <= 2**1.5 and len(answered(tmp_path)) < 240


def test_a_question_without_a_reply_ends_the_placing(series: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    keys = [question.key for question in open_questions(series, registry())]
    answers.write_text("".join(json.dumps({"id": key, "text": "Yes."}) + "\n" for key in keys[::2]), encoding="utf-8")
    code, said = run("probe", series, "-m", answers, "-o", tmp_path / "out", "-q", "--adaptive")
    assert code == 1 and "give the same command again to go on" in said
    assert len(answered(tmp_path / "out")) == 8  # half of the first block: what comes next depends on the others
    assert "not measurable" in said


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A series of twins with two questions each."""
    folder = tmp_path_factory.mktemp("twins")
    (folder / "twins.pgt").write_text(TWINS, encoding="utf-8")
    assert run("series", folder / "twins.pgt", "--along", "gap", "--levels", "2vmin, 8vmin", "--count", 80,
               "--size", 64, "-o", folder / "gap.toml")[0] == 0  # fmt: skip
    assert run("build", folder / "gap.toml", "-o", folder / "data", "-q", "--workers", 1)[0] == 0
    return folder / "data"


def test_of_twins_one_counts_by_lot(twins: Path) -> None:
    manifest, questions = read_manifest(twins), list(open_questions(twins, registry()))
    assert manifest.series is not None
    found = points(questions, manifest.series)
    assert Counter((point.level, point.ask) for point in found) == {(a, b): 20 for a in (2, 8) for b in (0, 1)}
    samples = [point.key for point in found if point.ask == 0]
    assert len({key[:-2] for key in samples}) == 40  # no pair twice
    assert 8 <= sum(key.endswith("-a") for key in samples) <= 32  # the first ones all have the same answer
    code, said = run("verify", twins, "--out", twins.parent / "verified.html")
    assert code == 0, said
    assert points(list(reversed(questions)), manifest.series) == list(reversed(found))


def test_guessing_at_what_has_no_chance_is_by_how_often_an_answer_is_right(twins: Path) -> None:
    manifest = read_manifest(twins)
    assert manifest.series is not None
    found = points(open_questions(twins, registry()), manifest.series)
    assert {point.guess for point in found if point.ask == 0} == {0.5}
    assert {point.guess for point in found if point.ask == 1} == {1.0}  # there are always two shapes
    out = twins.parent / "yes"
    code, said = run("probe", twins, "-m", MODEL.replace("answer", "always_yes"), "-o", out, "-q")
    assert code == 0 and "question 2 is always answered alike" in said and "not measurable" in said
    assert curve(out).asked == 40 and not (out / "curve_2.json").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--adaptive"], "of one question a scene"),
        (["--until", "0.5"], "give --adaptive too"),
        (["--questions", "5"], "give --adaptive too"),
    ],
)
def test_what_cannot_be_placed_is_told(more: list[str], said: str, twins: Path, tmp_path: Path) -> None:
    code, told = run("probe", twins, "-m", MODEL, "-o", tmp_path / "out", "-q", *more)
    assert code == 1 and said in told


def test_a_data_set_without_levels_has_no_threshold(tmp_path: Path) -> None:
    (tmp_path / "larger.pgt").write_text(SPEC, encoding="utf-8")
    assert run("build", tmp_path / "larger.pgt", "-n", 4, "--size", 64, "-o", tmp_path / "data", "-q")[0] == 0
    for more in (["--adaptive"], ["--share", 0.8]):
        code, said = run("probe", tmp_path / "data", "-m", MODEL, "-o", tmp_path / "out", "-q", *more)
        assert code == 1 and "is no series" in said


def test_levels_that_are_drawn_are_taken_together_in_parts_of_equal_numbers(tmp_path: Path) -> None:
    (tmp_path / "larger.pgt").write_text(SPEC, encoding="utf-8")
    (tmp_path / "all.toml").write_text(
        'size = 64\n[series]\nalong = "gap"\nunit = "vmin"\naxis = "log2"\n'
        '[[task]]\nspecs = "larger.pgt"\nsamples = 160\n',
        encoding="utf-8",
    )  # fmt: skip
    assert run("build", tmp_path / "all.toml", "-o", tmp_path / "data", "-q", "--workers", 1)[0] == 0
    manifest = read_manifest(tmp_path / "data")
    assert manifest.series is not None
    found = points(open_questions(tmp_path / "data", registry()), manifest.series)
    assert set(Counter(point.level for point in found).values()) == {10}
    assert 1 < min(point.level for point in found) < 2.5 and 14 < max(point.level for point in found) < 16


def test_a_series_along_margins_is_of_answers_as_clear_as_they_come(tmp_path: Path) -> None:
    (tmp_path / "larger.pgt").write_text(SPEC, encoding="utf-8")
    recipe = tmp_path / "clear.toml"
    code, said = run("series", tmp_path / "larger.pgt", "--along", "margin", "-n", 160, "--size", 100, "--seed", 1,
                     "-o", recipe)  # fmt: skip
    assert code == 0 and "160 samples, as clear as they come" in said
    assert run("build", recipe, "-o", tmp_path / "data", "-q", "--workers", 1)[0] == 0
    code, said = run("probe", tmp_path / "data", "-m", MODEL, "-o", tmp_path / "out", "-q")
    found = curve(tmp_path / "out")
    assert code == 0 and len(found.levels) == 16 and (found.name, found.axis, found.rising) == ("margin", "log2", True)
    assert found.threshold is not None and found.threshold.low is not None and found.threshold.high is not None
    assert found.threshold.low < OBSERVER.threshold / 0.9 < found.threshold.high  # the spec's margin is 0.9vmin


def test_margins_of_parts_that_are_made_clearer_are_not_mixed(tmp_path: Path) -> None:
    (tmp_path / "larger.pgt").write_text(SPEC, encoding="utf-8")
    recipe = tmp_path / "clear.toml"
    recipe.write_text('[series]\nalong = "margin"\n[[task]]\nspecs = "larger.pgt"\nsamples = 3\nclear = 2\n')
    code, said = run("recipe", "check", recipe)
    assert code == 1 and "take `clear` out of the recipe" in said
    recipe.write_text('[series]\nalong = "margin"\nunit = "px"\n[[task]]\nspecs = "larger.pgt"\nsamples = 3\n')
    assert "margins have no unit" in run("recipe", "check", recipe)[1]
    (tmp_path / "twins.pgt").write_text(TWINS, encoding="utf-8")
    code, said = run("series", tmp_path / "twins.pgt", "--along", "margin", "-o", tmp_path / "t.toml")
    assert code == 1 and "does not say what is `clear`" in said


@pytest.mark.parametrize(
    ("metadata", "unit", "axis"),
    [
        ({"draws": {"gap": 0.0}}, "px", "log2"),
        ({"draws": {"gap": True}}, "", "linear"),
        ({"draws": {"gap": "wide"}}, "", "linear"),
        ({"draws": {"gap": float("nan")}}, "", "linear"),
        ({"draws": [1, 2]}, "", "linear"),
        ({"draws": {}, "stratum": {}}, "", "linear"),
        ({"draws": {"gap": 5.0}, "width": 0}, "vw", "linear"),
    ],
)
def test_metadata_without_a_level_are_told_before_anything_is_asked(
    metadata: dict[str, object], unit: str, axis: str
) -> None:
    series = Series.model_validate({"along": "gap", "unit": unit, "axis": axis})
    scene = {"stratum": {}, "width": 100, "height": 50, "asks": [], **metadata}
    with pytest.raises(PgtError, match="no level, since `gap` is no number"):
        series.level({"task": "t/t", "scene": scene})


def test_a_level_is_in_the_unit_of_the_series() -> None:
    scene = {"stratum": {"n": 3}, "draws": {"gap": 5.0, "part": 0.25}, "width": 200, "height": 100}
    told = {("gap", "px"): 5, ("gap", "vmin"): 5, ("gap", "vh"): 5, ("gap", "vw"): 2.5, ("part", "%"): 25, ("n", ""): 3}
    for (along, unit), level in told.items():
        assert Series.model_validate({"along": along, "unit": unit}).level({"scene": scene}) == level
