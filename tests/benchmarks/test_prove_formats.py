"""The proof of formats in small, and that it notices what is wrong with a data set."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks import prove_formats
from benchmarks.every_format import with_every
from benchmarks.format_readers import READERS, parquet_metadata
from pgt_dsl.api import load, load_all
from pgt_dsl.builtin.outputs import FORMATS
from pgt_dsl.dataset.build import Interrupted, Progress, build
from pgt_dsl.plugins.registry import registry

SPECS = Path(__file__).parents[2] / "task_specs"
NAMES = ("dialogue/one_scene", "panels/spot_the_difference", "pointing/box", "twins/larger_swapped")
STYLES = {"short": 1.0, "options": 1.0}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same eight samples in every format: of several questions, of several images, with places, of twins."""
    tasks = [load(SPECS / f"{name}.pgt") for name in NAMES]
    top = tmp_path_factory.mktemp("formats")
    for format in READERS:
        build(tasks, 8, top / format, size=64, format=format, styles=STYLES, shard_rows=3)
    return {format: top / format for format in READERS}


def truths(folders: dict[str, Path]) -> list[str]:
    return list(parquet_metadata(folders["parquet"]))


def test_every_format_has_a_reader() -> None:
    assert {spec.name for spec in FORMATS} == set(READERS)


@pytest.mark.parametrize("format", READERS)
def test_every_format_holds_the_same(format: str, folders: dict[str, Path]) -> None:
    found = prove_formats.plain(format, folders[format], truths(folders))
    assert found.faults == () and found.rows >= 8


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a data set, but for what its own build alone says."""
    own = ("manifest.json", "README.md")
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {name: data for name, data in files.items() if name not in own and not name.startswith("programs/")}


def test_one_build_of_all_formats_is_what_each_of_them_gives(folders: dict[str, Path], tmp_path: Path) -> None:
    """Also when it was stopped on the way."""

    def stop(progress: Progress) -> None:
        if progress.done >= 4:
            raise KeyboardInterrupt

    tasks = load_all([SPECS / f"{name}.pgt" for name in NAMES], with_every(registry()))
    options = {"size": 64, "format": "every", "styles": STYLES, "shard_rows": 3, "batch": 1}
    with pytest.raises(Interrupted, match="4 of 8 samples are kept"):
        build(tasks, 8, tmp_path / "every", progress=stop, **options)
    build(tasks, 8, tmp_path / "every", **options)
    for format, folder in folders.items():
        assert files_of(tmp_path / "every" / format) == files_of(folder), format
        head = (folder / "README.md").read_text(encoding="utf-8")
        assert head.startswith((tmp_path / "every" / format / "README.md").read_text(encoding="utf-8")[:-4]), format


def swap_images(folder: Path) -> None:
    one, two = sorted((folder / "images").glob("pointing*"))[:2]
    first = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(first)


def change_a_text(folder: Path) -> None:
    path = folder / "sharegpt.json"
    records = json.loads(path.read_text(encoding="utf-8"))
    records[0]["conversations"][1]["value"] += "!"
    path.write_text(json.dumps(records), encoding="utf-8")


def drop_a_placeholder(folder: Path) -> None:
    path = folder / "sharegpt.json"
    path.write_text(path.read_text(encoding="utf-8").replace("<image>\\n", "", 1), encoding="utf-8")


def write_a_row_twice(folder: Path) -> None:
    for name, place in (("sharegpt.json", 2), ("scenes.jsonl", 1)):  # an array begins with a line of its own
        lines = (folder / name).read_text(encoding="utf-8").splitlines(keepends=True)
        lines.insert(place, lines[place])
        (folder / name).write_text("".join(lines), encoding="utf-8")


def change_metadata(folder: Path) -> None:
    path = folder / "scenes.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace('\\"seed\\":0', '\\"seed\\":1', 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (swap_images, ["other pixels", "other pixels"]),
        (change_a_text, ["says"]),
        (drop_a_placeholder, ["not 1 times"]),
        (write_a_row_twice, ["one too many"]),
        (change_metadata, ["other metadata"]),
    ],
)
def test_what_is_wrong_is_noticed(
    spoil: Callable[[Path], None], words: list[str], folders: dict[str, Path], tmp_path: Path
) -> None:
    folder = tmp_path / "spoilt"
    shutil.copytree(folders["sharegpt"], folder)
    spoil(folder)
    faults = [fault for fault in prove_formats.plain("sharegpt", folder, truths(folders)).faults]
    told = [fault for fault in faults if "is missing" not in fault]
    assert len(told) == len(words) and all(word in fault for word, fault in zip(words, told, strict=True))


def test_a_missing_row_is_noticed(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "verl"
    shutil.copytree(folders["verl"], folder)
    last = sorted((folder / "data").iterdir())[-1]
    table = pq.read_table(last)
    pq.write_table(table.slice(0, table.num_rows - 1), last)
    (fault,) = prove_formats.plain("verl", folder, truths(folders)).faults
    assert "is missing" in fault


CONSUMERS = {consumer.format: consumer for consumer in prove_formats.CONSUMERS}


@pytest.mark.parametrize("format", ["webdataset", "imagefolder"])
def test_consumers_by_interpreters_of_their_own(format: str, folders: dict[str, Path]) -> None:
    consumer = CONSUMERS[format]
    pytest.importorskip(consumer.module)
    found = prove_formats.consumed(consumer, sys.executable, folders[format], truths(folders))
    assert found.faults == () and found.rows == 8


def test_what_a_consumer_reads_is_compared(folders: dict[str, Path]) -> None:
    consumer = CONSUMERS["webdataset"]
    pytest.importorskip(consumer.module)
    turned = truths(folders)[::-1]
    found = prove_formats.consumed(consumer, sys.executable, folders["webdataset"], turned[1:])
    assert found.faults[0].endswith("8 rows, not 7") and any("in the place of" in fault for fault in found.faults)


def test_a_consumer_that_fails_says_why(folders: dict[str, Path]) -> None:
    consumer = CONSUMERS["webdataset"]
    (fault,) = prove_formats.consumed(consumer, sys.executable, folders["webdataset"] / "none", []).faults
    assert fault.startswith("webdataset by webdataset: ") and "Error" in fault


def test_an_unknown_consumer_is_told() -> None:
    with pytest.raises(SystemExit, match="no consumer pytorch; there are: datasets"):
        prove_formats.interpreters(["pytorch=/usr/bin/python3"])


def test_from_recipe_to_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(SPECS / "dialogue", tmp_path / "specs")
    given = ["--specs", str(tmp_path / "specs"), "--samples", "3", "--size", "64", "--workers", "1"]
    assert prove_formats.main([*given, "--formats", "messages"]) == 0
    said = capsys.readouterr().out
    assert "messages: plain reader" in said and "3 samples of 1 tasks in 2 formats, no faults" in said


def test_a_proof_that_was_ended_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(SPECS / "dialogue", tmp_path / "specs")
    given = ["--specs", str(tmp_path / "specs"), "--samples", "3", "--size", "64", "--workers", "1", "--once",
             "--out", str(tmp_path / "out"), "--formats", "messages", "verl"]  # fmt: skip
    assert prove_formats.main(given) == 0
    journal = tmp_path / "out" / "journal.jsonl"
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    journal.write_text("".join(line for line in lines if '"verl"' not in line), encoding="utf-8")
    capsys.readouterr()
    assert prove_formats.main(given) == 0
    said = capsys.readouterr()
    assert [line.split(":")[0] for line in said.err.splitlines()] == ["verl by plain reader"]
    assert "3 samples of 1 tasks in 3 formats, no faults" in said.out
    with pytest.raises(SystemExit, match="another proof"):
        prove_formats.main([*given, "--seed", "1"])
