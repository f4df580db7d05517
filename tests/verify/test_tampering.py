"""Whatever is done to a finished data set is found, and said with the sample, the file and the row that it concerns."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.cli.main import run
from tests.verify.worlds import faults, few, images, json_file, json_lines, metadata, parquet_rows

FIRST = "data/train-00000.parquet"
SECOND = "data/train-00001.parquet"
A, B = "spatial.left_of-00000000", "spatial.left_of-00000001"
Spoil = Callable[[Path], Any]


def rows(change: Callable[[list[dict[str, Any]]], Any], shard: str = FIRST) -> Spoil:
    return lambda folder: parquet_rows(folder / shard, change)


def manifest(change: Callable[[Any], Any]) -> Spoil:
    return lambda folder: json_file(folder / "manifest.json", change)


def cut(name: str) -> Spoil:
    def spoil(folder: Path) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: len(data) * 2 // 3])

    return spoil


def flip(row: dict[str, Any]) -> None:
    data = bytearray(row["images"][0]["bytes"])
    data[len(data) // 2] ^= 4
    row["images"][0]["bytes"] = bytes(data)


def swap(rows: list[dict[str, Any]], key: str) -> None:
    rows[0][key], rows[1][key] = rows[1][key], rows[0][key]


def other_answer(data: Any) -> None:
    ask = data["scene"]["asks"][0]
    ask["value"], ask["text"] = not ask["value"], {"Yes": "No", "No": "Yes"}[ask["text"]]


def smaller(row: dict[str, Any]) -> None:
    import io

    from PIL import Image

    with Image.open(io.BytesIO(row["images"][0]["bytes"])) as image:
        out = io.BytesIO()
        image.resize((32, 32)).save(out, "PNG")
    row["images"][0]["bytes"] = out.getvalue()


def rename(one: str, other: str) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / one).rename(folder / "kept")
        (folder / other).rename(folder / one)
        (folder / "kept").rename(folder / other)

    return spoil


def program(change: Callable[[Path], Any]) -> Spoil:
    def spoil(folder: Path) -> None:
        name = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["tasks"][0]["program"]
        change(folder / "programs" / f"{name}.json")

    return spoil


PARQUET: dict[str, tuple[Spoil, str, str, str]] = {
    "an answer": (rows(lambda r: r[0].update(answer="Perhaps")), "texts", A, "the column `answer`"),
    "an answer of the conversation": (
        rows(lambda r: r[0]["conversations"][1].update(value="Perhaps")), "texts", A, "the answer to question 1"),
    "a question": (rows(lambda r: r[0]["conversations"][0].update(value="Why?")), "texts", A, "question 1"),
    "the right option": (rows(lambda r: r[0].update(correct=7)), "texts", A, "the column `correct`"),
    "the recorded answer": (
        rows(lambda r: metadata(r[0], other_answer)), "oracle", A, "the answer of the question"),
    "the recorded answer, replayed": (
        rows(lambda r: metadata(r[0], other_answer)), "replay", A, "`scene.asks[0].value` is another"),
    "a recorded place": (
        rows(lambda r: metadata(r[0], lambda d: d["scene"]["shapes"][0]["box"].__setitem__(0, -5.0))),
        "oracle", A, "the box of shape"),
    "the last bit of a draw": (
        rows(lambda r: metadata(r[0], lambda d: d["scene"].update(attempt=d["scene"]["attempt"] + 1))),
        "replay", A, "`scene.attempt` is another"),
    "the recorded seed": (rows(lambda r: metadata(r[0], lambda d: d.update(seed=4))), "metadata", A, "`seed`"),
    "no metadata": (rows(lambda r: r[0].update(metadata='{"scene": ')), "metadata", A, "not the metadata"),
    "metadata that are no scene": (
        rows(lambda r: metadata(r[0], lambda d: d.update(scene={"shapes": 3}))), "metadata", A, "cannot be read"),
    "metadata nested without end": (
        rows(lambda r: r[0].update(metadata="[" * 100_000)), "metadata", A, "nested too deeply"),
    "spaces in the metadata": (
        rows(lambda r: r[0].update(metadata=r[0]["metadata"] + " ")), "metadata", A, "not written as"),
    "swapped images": (rows(lambda r: swap(r, "images")), "picture", A, f"the picture is that of `{B}`"),
    "swapped metadata": (rows(lambda r: swap(r, "metadata")), "metadata", A, "`index` is another"),
    "a flipped bit": (rows(lambda r: flip(r[0])), "picture", A, ""),
    "a smaller image": (rows(lambda r: smaller(r[0])), "picture", A, "the image has 32 x 32 px, not 64 x 64"),
    "no image": (rows(lambda r: r[0].update(images=[])), "picture", A, "the number of images"),
    "a deleted row": (rows(lambda r: r.pop(0)), "rows", A, "the sample is missing"),
    "deleted rows": (rows(lambda r: r.__delitem__(slice(2, 6))), "rows", "spatial.left_of-00000002",
                     "4 samples are missing, up to `spatial.left_of-00000005`"),
    "a doubled row": (rows(lambda r: r.append(r[0])), "rows", A, "the sample is there twice"),
    "a strange row": (rows(lambda r: r[0].update(id="x-00000000")), "rows", "x-00000000", "no such sample was planned"),
    "an id beyond the end": (
        rows(lambda r: r[0].update(id="spatial.left_of-99999999")), "rows", "spatial.left_of-99999999", "was planned"),
    "swapped rows": (rows(lambda r: r.reverse()), "rows", "", "rows stand after samples that come later"),
    "reordered shards": (rename(FIRST, SECOND), "rows", "", "rows stand after samples that come later"),
    "a truncated shard": (cut(FIRST), "files", "", "the file cannot be read"),
    "a missing shard": (lambda f: (f / FIRST).unlink(), "files", "", "the shards are not numbered without a gap"),
    "a strange shard": (lambda f: (f / "data/more.parquet").write_bytes(b"?"), "files", "", "this file is no shard"),
    "a share of the manifest": (
        manifest(lambda m: m["tasks"][0]["answers"].update(Yes=9)), "manifest", "", "`answers` of `Yes`"),
    "a quota of the manifest": (
        manifest(lambda m: next(iter(m["tasks"][0]["picks"].values()))["true"].update(produced=0.4)),
        "manifest", "", "`picks` of "),
    "the yield of the manifest": (
        manifest(lambda m: m["tasks"][0].update(attempts=1)), "manifest", "", "`attempts`"),
    "the count of the manifest": (
        manifest(lambda m: m.update(count=43)), "manifest", "", "`count` is not the sum over the tasks"),
    "the seed of the manifest": (manifest(lambda m: m.update(seed=4)), "metadata", A, "`seed` is another"),
    "a task taken from the manifest": (manifest(lambda m: m["tasks"].pop(0)), "rows", A, "no such sample was planned"),
    "the credits": (manifest(lambda m: m.update(credits=[])), "manifest", "", "the credits of the photos"),
    "a missing program": (program(Path.unlink), "files", "", "is missing"),
    "a cut program": (program(lambda p: p.write_text("{")), "files", "", "cannot be read"),
    "another program": (
        program(lambda p: json_file(p, lambda d: d["program"].update(name="spatial/right_of"))),
        "files", "", "holds another program"),
    "the card": (lambda f: (f / "README.md").unlink(), "files", "", "the manifest names this file"),
}  # fmt: skip

LLAVA: dict[str, tuple[Spoil, str, str, str]] = {
    "an answer": (
        lambda f: json_file(f / "llava.json", lambda r: r[0]["conversations"][1].update(value="Perhaps")),
        "texts", A, "the answer to question 1"),
    "a deleted record": (lambda f: json_file(f / "llava.json", lambda r: r.pop(0)), "rows", A, "is missing"),
    "a record without its line": (
        lambda f: json_lines(f / "scenes.jsonl", lambda r: r.pop(0)), "files", "", f"`{A}` has no line"),
    "a doubled record": (lambda f: json_file(f / "llava.json", lambda r: r.append(r[0])), "files", "", "has no line"),
    "a truncated array": (cut("llava.json"), "files", "", "the file is cut off here"),
    "truncated lines": (cut("scenes.jsonl"), "files", "", "it is cut off"),
    "no array": (lambda f: (f / "llava.json").write_text("{}"), "files", "", "does not start with `[`"),
    "a missing placeholder": (
        lambda f: json_file(f / "llava.json", lambda r: r[0]["conversations"][0].update(value="Why?")),
        "texts", A, "the number of `<image>`"),
    "a missing image": (lambda f: next(images(f)).unlink(), "files", "photo.dot_on_object-00000000", "is missing"),
    "a strange image": (lambda f: shutil.copy(next(images(f)), f / "images/more.png"), "files", "", "no row names"),
    "a way out of the folder": (
        lambda f: json_file(f / "llava.json", lambda r: r[0].update(image="../manifest.json")), "files", A,
        "is not the name of a file"),
    "swapped image files": (
        rename(f"images/{A}.png", f"images/{B}.png"), "picture", A, f"the picture is that of `{B}`"),
}  # fmt: skip

FOLDER: dict[str, tuple[Spoil, str, str, str]] = {
    "an answer": (
        lambda f: json_lines(f / "train/metadata.jsonl", lambda r: r[0].update(answer="Perhaps")),
        "texts", A, "the column `answer`"),
    "a deleted line": (lambda f: json_lines(f / "train/metadata.jsonl", lambda r: r.pop(0)), "rows", A, "is missing"),
    "a line that is no JSON": (
        lambda f: (f / "train/metadata.jsonl").open("a").write("{\n"), "files", "", "this line is not a sample"),
    "a line without columns": (
        lambda f: json_lines(f / "train/metadata.jsonl", lambda r: r[0].pop("style")), "files", "", "has no `style`"),
    "truncated lines": (cut("train/metadata.jsonl"), "files", "", "it is cut off"),
    "bytes that are no text": (
        lambda f: (f / "train/metadata.jsonl").open("ab").write(b"\xff\n"), "files", "", "not UTF-8"),
    "a strange image": (lambda f: shutil.copy(next(images(f)), f / "train/more.png"), "files", "", "no row names"),
    "swapped image files": (rename(f"train/{A}.png", f"train/{B}.png"), "picture", A, f"the picture is that of `{B}`"),
}  # fmt: skip

CASES = [
    pytest.param(format, *case, id=f"{format}: {name}")
    for format, cases in (("parquet", PARQUET), ("llava", LLAVA), ("imagefolder", FOLDER))
    for name, case in cases.items()
]


@pytest.mark.parametrize(("format", "spoil", "check", "sample", "words"), CASES)
def test_it_is_found(format: str, spoil: Spoil, check: str, sample: str, words: str, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    shutil.copytree(few(format), folder)
    spoil(folder)
    found = faults(folder)
    assert any(c == check and s.startswith(sample) and words in m for c, s, m in found), found[:8]


def test_the_command_tells_it_with_its_place_and_never_by_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "set"
    shutil.copytree(few("parquet"), folder)
    parquet_rows(folder / SECOND, lambda rows: rows[3].update(answer="Perhaps"))
    assert run(["verify", str(folder), "-q", "--workers", "1", "--out", str(tmp_path / "report")]) == 1
    said = capsys.readouterr()
    assert f"texts: {SECOND}, row 3: twins.larger_swapped-" in said.err and "found Perhaps" in said.err
    assert said.out.startswith("FAULTY: 42 samples, 1 fault") and "Traceback" not in said.err
    assert json.loads((tmp_path / "report" / "verify.json").read_text(encoding="utf-8"))["faults"][0]["row"] == 3
    assert not (folder / "verify.json").exists()
    json_file(folder / "manifest.json", lambda m: m.pop("seed"))
    assert run(["verify", str(folder), "-q"]) == 1
    assert "manifest.json" in capsys.readouterr().err
