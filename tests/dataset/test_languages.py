"""Data sets in several languages: exact shares that go with no quota, the same pictures, verified in each format."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from pathlib import Path

import pytest

from pgt_dsl.api import load
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.build import build
from pgt_dsl.dataset.languages import Languages, languages_of, parse_languages
from pgt_dsl.dataset.plan import Untranslated
from pgt_dsl.dataset.programs import translation_path
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.resources import data_path
from pgt_dsl.scoring.score import score

MIXED = {"en": 2.0, "de": 1.0, "zh": 1.0}
STYLES = {"short": 1.0, "sentence": 1.0, "options": 1.0, "reasoned": 1.0}


def shipped(name: str) -> Task:
    return load(data_path("task_specs") / f"{name}.pgt")


# shares -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "blocks"),
    [(MIXED, 4), ({"en": 1, "de": 1}, 2), ({"de": 0.9, "zh": 0.1}, 10), ({"en": 0.7, "zh": 0.31}, 101)],
)
def test_shares_are_exact_in_every_beginning_to_a_block(weights: dict[str, float], blocks: int) -> None:
    spoken = languages_of(weights)
    block = {4: 256, 2: 256, 10: 1000, 101: 1010}[blocks]
    for count, off in ((block, 0.5), (10 * block, 0.5), (777, blocks)):
        found = Counter(spoken.of(range(count), "a/b", 7))
        for code, weight in spoken.weights:
            assert abs(found[code] - count * weight / sum(weights.values())) <= off
    mixed = Counter(languages_of(MIXED).of(range(40), "a/b", 7))
    assert mixed == {"en": 20, "de": 10, "zh": 10}


def test_an_index_has_one_language_whatever_is_asked_beside_it() -> None:
    spoken = languages_of(MIXED)
    whole = spoken.of(range(2000), "a/b", 3)
    assert [spoken.of([k], "a/b", 3)[0] for k in (0, 999, 1999)] == [whole[k] for k in (0, 999, 1999)]
    assert whole != spoken.of(range(2000), "a/c", 3) and whole != spoken.of(range(2000), "a/b", 4)
    assert Languages().of([5, 6], "a/b", 0) == ["en", "en"]


def test_no_quota_goes_with_the_language() -> None:
    """Yes and no turn in step with the index; within each language both are as frequent."""
    task = shipped("twins/larger_swapped")
    pipeline = task.pipeline(0, 64, language={"en": 1, "de": 1})
    found = Counter((s.language, s.asks[0].value) for s in pipeline.scenes(range(200)) if s.twin == 0)
    assert all(25 <= found[code, value] <= 75 for code in ("en", "de") for value in (True, False))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"fr": 1}, "no language `fr`; there are: en, de, zh"),
        ({"de": -1}, "a finite number from 0 up"),
        ({"en": 0}, "at least one language"),
        ([], "at least one language"),
    ],
)
def test_languages_that_are_none(given: object, says: str) -> None:
    with pytest.raises(PgtError, match=says):
        languages_of(given)  # type: ignore[arg-type]


def test_languages_of_a_command_line() -> None:
    assert parse_languages("en=2, de") == {"en": 2.0, "de": 1.0}
    with pytest.raises(PgtError, match="not a number"):
        parse_languages("de=much")


# builds -------------------------------------------------------------------------------------------


def rows(folder: Path) -> list[dict[str, object]]:
    import pyarrow.parquet as pq

    return [row for path in sorted(folder.glob("data/*.parquet")) for row in pq.read_table(path).to_pylist()]


def test_a_mixed_build_has_the_pictures_of_an_english_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tasks = [shipped("counting/one_colour"), shipped("twins/larger_swapped")]
    plain = build(tasks, 32, tmp_path / "en", size=64, styles=STYLES)
    mixed = build(tasks, 32, tmp_path / "mixed", size=64, styles=STYLES, languages=MIXED)
    assert plain.languages == () and mixed.languages == (MIXED, MIXED)
    english, several = rows(tmp_path / "en"), rows(tmp_path / "mixed")
    assert [row["id"] for row in english] == [row["id"] for row in several]
    for one, other in zip(english, several, strict=True):
        told = [json.loads(str(row["metadata"])) for row in (one, other)]
        assert told[0]["pixels"] == told[1]["pixels"] and told[0]["scene"]["draws"] == told[1]["scene"]["draws"]
        assert (one["question"] == other["question"]) == (other["language"] == "en")
        assert told[1]["scene"].get("language", "en") == other["language"]
    for task in tasks:
        found = Counter(str(row["language"]) for row in several if row["task"] == task.name)
        assert found == {"en": 8, "de": 4, "zh": 4}
    groups: dict[str, set[str]] = {}
    for row in several:
        groups.setdefault(str(row["group"]), set()).add(str(row["language"]))
    assert all(len(spoken) == 1 for group, spoken in groups.items() if group)
    for row in several:
        assert score(row, str(row["answer"])).right, row
    assert run(["verify", str(tmp_path / "mixed")]) == 0
    capsys.readouterr()


@pytest.mark.parametrize("format", ["llava", "messages", "verl", "vlmevalkit"])
def test_each_format_is_verified(format: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build([shipped("pointing/box")], 6, tmp_path / "set", size=64, format=format, languages=["de", "zh"],
          coordinates="thousand")  # fmt: skip
    assert run(["verify", str(tmp_path / "set")]) == 0, capsys.readouterr().err
    capsys.readouterr()


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("german") / "set"
    build([shipped("spatial/left_of")], 6, folder, size=64, format="llava", languages="de")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [('"Ja"', '"Nein"', "answers"), (" links ", " rechts ", "texts"), ("Befindet sich", "Steht", "texts")],
)
def test_a_word_that_is_changed_is_found(
    old: str, new: str, check: str, german: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    folder = Path(shutil.copytree(german, tmp_path / "set"))
    path = folder / "llava.json"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert run(["verify", str(folder)]) == 1
    assert f"{check}: " in capsys.readouterr().err


def test_a_translation_that_is_lost_is_told(german: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    folder = Path(shutil.copytree(german, tmp_path / "set"))
    path = translation_path(folder, shipped("spatial/left_of").hash, "de")
    path.unlink()
    assert run(["verify", str(folder)]) == 1
    assert "cannot be made again" in capsys.readouterr().err


# what is said around answers ------------------------------------------------------------------------


def test_what_is_said_after_a_question_is_in_its_language(tmp_path: Path) -> None:
    suffix = {"short": "One word.", "zh.short": "只答一个词。"}
    build([shipped("size/larger")], 12, tmp_path / "set", size=64, languages=MIXED, suffix=suffix)
    said = {str(row["language"]): str(row["question"]).split("\n")[1:] for row in rows(tmp_path / "set")}
    assert said == {"en": ["One word."], "de": [], "zh": ["只答一个词。"]}
    build([shipped("size/larger")], 12, tmp_path / "two", size=64, languages=MIXED, styles={"options": 1})
    last = {str(row["language"]): str(row["question"]).split("\n")[-1] for row in rows(tmp_path / "two")}
    assert last == {
        "en": "Answer with the option's letter.", "de": "Antworte mit dem Buchstaben der richtigen Option.",
        "zh": "请用选项字母作答。",
    }  # fmt: skip


# recipes --------------------------------------------------------------------------------------------

RECIPE = """\
size = 64
languages = {languages}

[[task]]
specs = "spatial/left_of.pgt"
samples = 8

[[task]]
specs = "depth/road_order.pgt"
samples = 4
{own}
"""


def recipe(folder: Path, languages: str, own: str = "") -> str:
    path = folder / "mine.toml"
    path.write_text(RECIPE.format(languages=languages, own=own), encoding="utf-8")
    return str(path)


def test_a_recipe_in_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = recipe(tmp_path, "{ en = 2, de = 1, zh = 1 }", 'languages = ["en"]')
    assert run(["recipe", "check", path]) == 0
    assert "asked in de 17%, en 67%, zh 17%" in capsys.readouterr().out
    assert run(["build", path, "--out", str(tmp_path / "set"), "--quiet"]) == 0
    found = Counter((str(row["task"]), str(row["language"])) for row in rows(tmp_path / "set"))
    assert found == {
        ("spatial/left_of", "en"): 4, ("spatial/left_of", "de"): 2, ("spatial/left_of", "zh"): 2,
        ("depth/road_order", "en"): 4,
    }  # fmt: skip
    assert run(["build", path, "--out", str(tmp_path / "zh"), "--quiet", "--language", "zh"]) == 1
    capsys.readouterr()


@pytest.mark.parametrize(
    ("languages", "says"),
    [
        ('["en", "de"]', "R813"),
        ('["en", "fr"]', "no language `fr`"),
        ('"de"', "languages are a list"),
        ("{ de = -1 }", "finite number"),
    ],
)
def test_faults_are_told_in_the_recipe(
    languages: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["recipe", "check", recipe(tmp_path, languages)]) == 1
    told = capsys.readouterr().err
    assert says in told and "mine.toml:2:1" in told


def test_a_task_with_a_name_of_the_recipe_keeps_its_words(tmp_path: Path) -> None:
    """The right angle of `angle/acute_or_obtuse` is no direction, whatever the recipe calls the task."""
    from pgt_dsl.api import load_changed
    from pgt_dsl.passage import Changes

    spec = data_path("task_specs") / "angle" / "acute_or_obtuse.pgt"
    task = load_changed([(spec, Changes("spatial/mine"))])[0]
    assert task.name == "spatial/mine" and task.translation("de").words["right"] == "recht"


def test_a_task_that_has_travelled_between_processes_knows_its_languages() -> None:
    task = pickle.loads(pickle.dumps(shipped("size/larger")))
    assert task.sample(index=1, size=64, language="zh").scene.language == "zh"


def test_a_build_of_a_task_without_a_catalogue_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Untranslated, match="pgt catalog extract SPEC --language de"):
        build([shipped("depth/road_order")], 4, tmp_path / "set", size=64, languages="de")
    assert not (tmp_path / "set").exists()
