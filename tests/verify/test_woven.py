"""Data sets with splits, with pictures of several sizes and with records of the user's are verified as they are."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pgt_dsl.api import load
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.build import build
from pgt_dsl.dataset.manifest import Drawn
from pgt_dsl.dataset.mix.source import Mix
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.registry import registry
from pgt_dsl.verify.ledger import _near as near
from pgt_dsl.verify.run import verify
from tests.verify import worlds
from tests.verify.worlds import TWO_QUESTIONS, json_file, json_lines, parquet_rows

TWINS = """task "pair/size"
pick more ~ [true, false]
shape a: circle { radius = 8vmin }
shape b: square { size = if more then 8vmin else 30vmin }
twin more
ask "Is the circle wider than the square?" answer a.size > b.size
"""
SPLITS = {"train": 28, "validation": 8}
MIXED = sorted(name for name, spec in registry().formats.items() if "records" in spec.keeps)
WITH_SPLITS = sorted(name for name, spec in registry().formats.items() if spec.splits)
Spoil = Callable[[Path], Any]


def theirs(folder: Path) -> str:
    """Forty records: of each five one without an image, one with two, one whose image stands between words."""
    folder.mkdir()
    for k in range(3):
        Image.new("RGB", (20 + k, 16), (90 * k, 30, 200)).save(folder / f"{k}.{'jpg' if k else 'png'}")
    records = []
    for number in range(40):
        shown = {0: [], 1: ["0.png", "1.jpg"]}.get(number % 5, [f"{2 if number % 2 else 1}.jpg"])
        said = [{"from": "human", "value": "<image>\n" * len(shown) + f"What is {number}?"},
                {"from": "gpt", "value": str(number)}]  # fmt: skip
        records.append({"id": str(number), "image": shown, "conversations": said})
    (folder / "theirs.json").write_text(json.dumps(records), encoding="utf-8")
    return str(folder / "theirs.json")


@cache
def mixed(format: str, copy: bool = False) -> Path:
    """Twins and a plain task in two splits and two sizes, with 30 records woven into one and 4 into the other."""
    root = worlds.root() / f"mixed-{format}-{copy}"
    root.mkdir()
    data = theirs(root / "theirs")
    mixes = Mix("their.own", data, samples=30, copy=copy), Mix("more", data, ratio=0.5, split="validation")
    build([load(TWO_QUESTIONS), load(TWINS)], 36, root / "set", format=format, size={48: 3.0, 64: 1.0}, seed=3,
          splits=SPLITS, mixes=mixes, shard_rows=12, styles={"short": 2, "options": 1})  # fmt: skip
    return root / "set"


def copied(format: str, tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    shutil.copytree(mixed(format), folder)
    return folder


@pytest.mark.parametrize("format", MIXED)
def test_a_mixed_set_is_clean(format: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = verify(mixed(format))
    assert report.ok, [str(fault) for fault in report.faults[:5]]
    assert (report.judged, report.rows, report.woven) == (36, 36, 34) and not report.skipped
    assert any("nobody certifies it" in text for text in report.limits)
    assert "34 records of others counted, 36 samples, 0 faults" in report.summary


@pytest.mark.parametrize("format", WITH_SPLITS)
def test_splits_and_sizes_are_clean(format: str, tmp_path: Path) -> None:
    build([load(TWO_QUESTIONS), load(TWINS)], 36, tmp_path / "set", format=format, size={48: 3.0, 64: 1.0},
          splits=SPLITS, shard_rows=12)  # fmt: skip
    report = verify(tmp_path / "set", workers=1)
    assert report.ok and report.rows == 36 and not report.skipped, [str(fault) for fault in report.faults[:5]]


@pytest.mark.parametrize("format", ["verl", "lmms_eval", "vlmevalkit"])
def test_several_sizes_are_clean_where_there_are_no_splits(format: str, tmp_path: Path) -> None:
    build([load(TWO_QUESTIONS), load(TWINS)], 36, tmp_path / "set", format=format, size={48: 3.0, 64: 1.0})
    report = verify(tmp_path / "set")
    assert report.ok and not report.skipped, [str(fault) for fault in report.faults[:5]]


def test_copied_images_are_looked_at_in_the_data_set(tmp_path: Path) -> None:
    assert verify(mixed("sharegpt", True)).ok
    shutil.copytree(mixed("sharegpt", True), tmp_path / "set")
    path = min((tmp_path / "set" / "images").glob("their.own*"))
    path.unlink()
    found = verify(tmp_path / "set").faults
    assert {fault.sample for fault in found} == {path.stem.removesuffix("-0")}
    assert any(fault.check == "files" and "is missing" in fault.message for fault in found)


def test_the_command_says_how_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(mixed("llava")), "-q", "--workers", "1", "--out", str(tmp_path)]) == 0
    assert "ok: 34 records of others counted, 36 samples, 0 faults" in capsys.readouterr().out
    told = json.loads((tmp_path / "verify.json").read_text(encoding="utf-8"))
    assert told["woven"] == 34 and told["data_set"]["splits"] == list(SPLITS)
    assert told["data_set"]["size"] == "48 and 64"
    assert "Records of others</dt><dd>34<" in (tmp_path / "verify.html").read_text(encoding="utf-8")


def llava(change: Callable[[list[Any]], Any], name: str = "llava.json") -> Spoil:
    return lambda folder: json_file(folder / name, change)


def first(rows: list[Any], own: bool = False) -> int:
    return next(k for k, row in enumerate(rows) if ("+" in row["id"]) is not own)


def later(rows: list[Any]) -> None:
    """The first record of theirs goes to the end."""
    rows.append(rows.pop(first(rows)))


def resized(folder: Path) -> None:
    path = min((folder / "images").glob("edit.*"))
    with Image.open(path) as image:
        side = 48 if image.width == 64 else 64
        image.resize((side, side)).save(path)


def into_the_other_split(folder: Path) -> None:
    moved: list[Any] = []
    json_file(folder / "llava-validation.json", lambda rows: moved.append(rows.pop(first(rows, own=True))))
    json_file(folder / "llava.json", lambda rows: rows.append(moved[0]))
    json_lines(folder / "scenes-validation.jsonl", lambda rows: moved.append(rows.pop(first(rows, own=True))))
    json_lines(folder / "scenes.jsonl", lambda rows: rows.append(moved[1]))


def without_metadata(folder: Path) -> None:
    json_lines(folder / "scenes.jsonl", lambda rows: rows[first(rows)].update(metadata='{"mix":"x","record":0}'))


def renamed(ident: str) -> Spoil:
    def spoil(folder: Path) -> None:
        json_file(folder / "llava.json", lambda rows: rows[first(rows)].update(id=ident))
        json_lines(folder / "scenes.jsonl", lambda rows: rows[first(rows)].update(id=ident))

    return spoil


def lost(rows: list[Any]) -> None:
    next(row for row in rows if "+" in row["id"] and row.get("image")).update(image="/nowhere/a.png")


def silent(rows: list[Any]) -> None:
    next(row for row in rows if "+" in row["id"] and row.get("image"))["conversations"][0].update(value="?")


CASES: list[tuple[str, Spoil, str, str]] = [
    ("a record less", llava(lambda r: r.pop(first(r))), "rows", "the number of records of `their.own`"),
    ("a record later", llava(later), "rows", "the user's records are not woven in evenly"),
    ("another id", renamed("their.own+00000099"), "rows", "no record of this id"),
    ("a mix that is none", renamed("others+00000001"), "rows", "no record of this id"),
    ("a lost image", llava(lost), "picture",
     "`/nowhere/a.png` is not there"),
    ("a place less", llava(silent),
     "texts", "the number of `<image>`"),
    ("other metadata", without_metadata, "metadata", "they name another record"),
    ("a sample of the other split", into_the_other_split, "rows", "the sample stands in the wrong split"),
    ("a picture of the other size", resized, "picture", "the image has"),
    ("a missing table", lambda f: (f / "llava-validation.json").unlink(), "files", "the file is missing"),
    ("a strange image", lambda f: shutil.copy(min((f / "images").glob("edit*")), f / "images/more.png"), "files",
     "no row names this file"),
    ("the manifest of a split", lambda f: json_file(f / "manifest.json", lambda m: m["splits"][1].update(count=9)),
     "manifest", "`count` of the split `validation`"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "check", "words"), [pytest.param(*case, id=name) for name, *case in CASES])
def test_what_is_done_to_a_mixed_set_is_found(spoil: Spoil, check: str, words: str, tmp_path: Path) -> None:
    folder = copied("llava", tmp_path)
    spoil(folder)
    found = [(fault.check, fault.message) for fault in verify(folder).faults]
    assert any(c == check and words in message for c, message in found), found[:8]


def test_a_record_that_is_there_twice_is_told(tmp_path: Path) -> None:
    folder = copied("parquet", tmp_path)
    parquet_rows(folder / "data/train-00000.parquet", lambda rows: rows.insert(0, rows[first(rows)]))
    found = [(fault.check, fault.message) for fault in verify(folder).faults]
    assert ("rows", "the record is there twice") in found


def test_a_changed_answer_among_records_is_still_found(tmp_path: Path) -> None:
    folder, name = copied("parquet", tmp_path), "data/validation-00000.parquet"
    parquet_rows(folder / name, lambda rows: rows[first(rows, own=True)].update(answer="Perhaps"))
    (fault,) = verify(folder).faults
    assert (fault.check, fault.file, fault.message) == ("texts", name, "the column `answer`")


def test_the_chance_of_no_effect_is_a_matter_of_rounding() -> None:
    """Sums of floats hang on how rows were batched; a drift of 0.000 may then have any chance."""
    one = Drawn(name="b.color", type="color", declared="choice", samples=10, effect=0.0, chance=1.0)
    assert near(one, one.model_copy(update={"chance": 0.44}))
    bent = one.model_copy(update={"effect": 0.3})
    assert not near(bent, bent.model_copy(update={"chance": 0.44}))


def test_a_manifest_that_does_not_say_what_a_split_has_is_refused(tmp_path: Path) -> None:
    folder = copied("llava", tmp_path)
    json_file(folder / "manifest.json", lambda m: m["splits"][0].pop("indices"))
    with pytest.raises(PgtError, match="does not say which indices of each task are in `train`"):
        verify(folder)
