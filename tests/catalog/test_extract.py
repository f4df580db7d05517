"""Catalogues to be filled in: all texts of a spec, kept when they are translated, up to date when it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgt_dsl.api import load
from pgt_dsl.catalog.messages import messages, words
from pgt_dsl.catalog.po import Entry, parsed, read_po
from pgt_dsl.cli.main import run
from pgt_dsl.resources import data_path
from pgt_dsl.source import Source
from tests.catalog.cases import CATALOG, lay_out


def entries(path: Path) -> dict[str, Entry]:
    return {entry.text: entry for entry in read_po(path)}


def extract(spec: Path, *options: str) -> None:
    assert run(["catalog", "extract", str(spec), *options]) == 0


def test_a_new_catalogue_has_every_text_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = lay_out(tmp_path, [])
    (tmp_path / "locale" / "de" / "words.po").unlink()
    extract(spec, "--language", "de")
    assert "words.po: 1 task, 6 texts to be translated" in capsys.readouterr().out
    found = entries(tmp_path / "locale" / "de" / "words.po")
    program = load(spec).program
    assert list(found) == [message.text for message in messages(program)] + sorted(words(program).said)
    assert all(not entry.translated for entry in found.values())


def test_what_is_translated_stays_and_nothing_is_lost(tmp_path: Path) -> None:
    spec = lay_out(tmp_path, [])
    path = tmp_path / "locale" / "de" / "words.po"
    before = entries(path)
    extract(spec, "--language", "de")
    after = entries(path)
    assert {t: e.translated for t, e in after.items()} == {t: e.translated for t, e in before.items()}
    once = path.read_text("utf-8")
    extract(spec, "--language", "de")
    assert path.read_text("utf-8") == once and "brace-format" not in once
    assert load(spec).translation("de").words == {"left": "links", "right": "rechts"}


def test_a_text_that_has_changed_is_to_be_looked_at(tmp_path: Path) -> None:
    spec = lay_out(tmp_path, [])
    spec.write_text(spec.read_text("utf-8").replace("Where do the {n} stand?", "Where do all the {n} stand?"), "utf-8")
    extract(spec, "--language", "de")
    path = tmp_path / "locale" / "de" / "words.po"
    entry = entries(path)["Where do all the {n} stand?"]
    assert entry.fuzzy and entry.translated == "Wo stehen die {n}?"
    assert run(["catalog", "check", str(spec), "--language", "de"]) == 1


def test_contexts_and_other_tasks_of_a_file_are_kept(tmp_path: Path) -> None:
    spec = lay_out(tmp_path, [('msgid "left"', 'msgctxt "words/all"\nmsgid "left"')])
    other = tmp_path / "other.pgt"
    other.write_text('## O.\ntask "words/other"\nshape a: figure\nask "What is left?"\n  answer a.form\n', "utf-8")
    extract(other, "--language", "de")
    extract(spec, "--language", "de")
    path = tmp_path / "locale" / "de" / "words.po"
    assert {e.context for e in read_po(path) if e.text == "left"} == {"words/all"}
    assert "What is left?" in entries(path)
    assert load(spec).translation("de").words["left"] == "links"


def test_a_template_without_a_language(tmp_path: Path) -> None:
    spec = lay_out(tmp_path, [])
    extract(spec)
    assert not any(entry.translated for entry in read_po(tmp_path / "locale" / "words.pot"))
    extract(spec, "--out", str(tmp_path / "mine.pot"))
    assert (tmp_path / "mine.pot").read_text("utf-8") == (tmp_path / "locale" / "words.pot").read_text("utf-8")


def test_nouns_that_a_language_knows_are_no_messages() -> None:
    program = load(data_path("task_specs") / "depth" / "boxed_nearer.pgt").program
    assert "the cup" in words(program).said
    assert "the cup" not in {e.text for e in read_po(data_path("task_specs") / "locale" / "de" / "depth.po")}


def test_places_of_a_translation_are_those_in_the_file() -> None:
    source = Source("x.po", CATALOG)
    for entry in parsed(source):
        for start, letter in enumerate(entry.translated):
            found = entry.span(start, start + 1).text
            assert found == letter or (letter == '"' and found.startswith("\\"))


@pytest.mark.parametrize("code", ["de", "zh"])
def test_the_shipped_catalogues_are_up_to_date(code: str, tmp_path: Path) -> None:
    """What extracting would write now is what is there."""
    import shutil

    folder = Path(shutil.copytree(data_path("task_specs"), tmp_path / "task_specs"))
    for path in sorted(folder.glob(f"locale/{code}/*.po")):
        before = path.read_text("utf-8")
        specs = sorted({folder / name for line in before.splitlines() if line.startswith("#: ")
                        for name in line[3:].split()})  # fmt: skip
        assert run(["catalog", "extract", *map(str, specs), "--language", code]) == 0
        assert path.read_text("utf-8") == before
