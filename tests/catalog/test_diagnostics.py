"""What is wrong with a catalogue is told at its place, with what to write instead (``golden/``)."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from pgt_dsl.api import load
from pgt_dsl.cli.main import run
from pgt_dsl.diagnostics import SpecError
from pgt_dsl.resources import data_path
from tests.catalog.cases import CHANGES, WORDS, lay_out

GOLDEN = Path(__file__).parent / "golden"


def told(folder: Path, spec: Path) -> str:
    with pytest.raises(SpecError) as caught:
        load(spec).translation("de")
    text = str(caught.value).replace(str(folder.resolve()), "").replace(str(folder), "")
    return re.sub(r"(?<![\w/])/(?=locale|all\.pgt)", "", text) + "\n"


@pytest.mark.parametrize("name", [*CHANGES, *WORDS])
def test_report(name: str, tmp_path: Path) -> None:
    spec = lay_out(tmp_path, CHANGES.get(name, []), WORDS.get(name, ""))
    report = told(tmp_path, spec)
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(report, encoding="utf-8")
    assert report == path.read_text(encoding="utf-8")


def test_each_code_has_a_page_and_a_case() -> None:
    codes = set(re.findall(r"\[(C\d+)\]", "".join(path.read_text("utf-8") for path in GOLDEN.glob("*.txt"))))
    pages = {path.stem for path in (Path(data_path("grammar").parent) / "pgt_dsl" / "pages").glob("C*.md")}
    assert pages - codes == {"C909", "C911"}  # of other specs, and of scenes: below


def test_what_is_right_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = lay_out(tmp_path, [])
    assert run(["catalog", "check", str(spec), "--language", "de", "--scenes", "6"]) == 0
    assert "de: 1 of 1 tasks translated" in capsys.readouterr().out
    scenes = load(spec).pipeline(0, 64, language="de").scenes(range(6))
    first = {scene.asks[0].question for scene in scenes}
    wanted = (
        r"über (?:einem Kreis oder \"unter\" ihm|(?:zwei|drei) Kreisen oder \"unter\" ihnen)\?|Wo stehen die [123]\?"
    )
    assert len(first) > 2 and all(re.search(wanted, question) for question in first)


def test_a_painted_word_stays_what_it_is(tmp_path: Path) -> None:
    """The family has a word for `left`, and this task shows it to be read."""
    spec = lay_out(tmp_path, [])
    other = tmp_path / "read.pgt"
    other.write_text(
        '## R.\ntask "words/read"\n\npick w ~ ["left", "right"]\nshape t: text { text = w, size = 12vmin }\n\n'
        'ask "What does it say?"\n  answer t.text\n  wrong ["left", "right"]\n', "utf-8",
    )  # fmt: skip
    path = tmp_path / "locale" / "de" / "words.po"
    path.write_text(path.read_text("utf-8") + '\nmsgid "What does it say?"\nmsgstr "Was steht da?"\n', "utf-8")
    made = load(other).translation("de")
    assert made.words == {} and set(made.quoted) == {"left", "right"}
    asks = [scene.asks[0] for scene in load(other).pipeline(0, 64, language="de").scenes(range(4))]
    assert {ask.text for ask in asks} == {"left", "right"} and asks[0].question == "Was steht da?"
    assert load(spec).translation("de").words["left"] == "links"


def test_a_text_that_is_put_together_is_refused(tmp_path: Path) -> None:
    spec = lay_out(tmp_path, [])
    spec.write_text(spec.read_text("utf-8").replace("answer side\n", 'answer "{side}most {a.color}"\n'), "utf-8")
    report = told(tmp_path, spec)
    assert "C909" in report and "puts together" in report


def test_an_answer_that_reads_as_another_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The choices are in order, and the sentence says the contrary all the same."""
    spec = lay_out(tmp_path, [("{answer|Ja|Nein}, {a}", "{answer|Wahr ist: nein|Falsch ist: ja}. {a}")])
    assert run(["catalog", "check", str(spec), "--language", "de"]) == 1
    out = capsys.readouterr().out
    assert "C911" in out or "C910" in out


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = lay_out(tmp_path, CHANGES["unknown_hole"])
    assert run(["catalog", "check", str(spec), "--json", "--language", "de"]) == 1
    assert '"code": "C905"' in capsys.readouterr().out
