"""Whatever is done to samples is found in every built-in format, and told of the very samples that it was done to."""

from __future__ import annotations

import copy
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.dataset.record import canonical_json
from pgt_dsl.plugins.registry import registry
from pgt_dsl.verify.run import verify
from tests.verify import editing
from tests.verify.editing import Item, table, write_table
from tests.verify.worlds import cut, json_file, json_lines, parquet_rows, two_questions

FORMATS = sorted(name for name, spec in registry().formats.items() if spec.read)
STEM = "edit.circle"
Edit = Callable[[list[Item], int], Any]
Spoil = Callable[[Path], Any]


def id_of(number: int) -> str:
    return f"{STEM}-{number:08d}"


def metadata(change: Callable[[Any], Any]) -> Edit:
    def edit(items: list[Item], k: int) -> None:
        value = json.loads(items[k].metadata)
        change(value)
        items[k].metadata = canonical_json(value)

    return edit


def to(text: Callable[[str], str]) -> Edit:
    return lambda items, k: setattr(items[k], "metadata", text(items[k].metadata))


def turn(number: int, part: int, text: str) -> Edit:
    return lambda items, k: items[k].turns[number].__setitem__(part, text)


def swapped(items: list[Item], k: int) -> None:
    items[k].images, items[k + 1].images = items[k + 1].images, items[k].images


def flipped(items: list[Item], k: int) -> None:
    data = bytearray(items[k].images[0])
    data[len(data) // 2] ^= 4
    items[k].images = [bytes(data)]


def smaller(items: list[Item], k: int) -> None:
    from PIL import Image

    out = io.BytesIO()
    with Image.open(io.BytesIO(items[k].images[0])) as image:
        image.resize((32, 32)).save(out, "PNG")
    items[k].images = [out.getvalue()]


# Each on a sample of its own (and the next one, where two are swapped), all in one data set.
EDITS: list[tuple[str, Edit, str, str]] = [
    ("an answer", turn(0, 1, "Perhaps"), "texts", "the answer to question 1"),
    ("a second answer", turn(1, 1, "Here"), "texts", "the answer to question 2"),
    ("a question", turn(1, 0, "Why?"), "texts", "question 2"),
    ("a question less", lambda items, k: items[k].turns.pop(), "texts", "the number of questions"),
    ("a recorded answer", metadata(lambda d: d["scene"]["asks"][0].update(text="puce")), "replay", "scene.asks"),
    ("a recorded place", metadata(lambda d: d["scene"]["shapes"][0]["box"].__setitem__(0, -5.0)), "oracle", "the box"),
    ("the last bit of a draw", metadata(lambda d: d["scene"].update(attempt=99)), "replay", "`scene.attempt`"),
    ("the seed", metadata(lambda d: d.update(seed=4)), "metadata", "`seed` is another"),
    ("no metadata", to(lambda text: text[:9]), "metadata", "not the metadata"),
    ("metadata without a scene", metadata(lambda d: d.update(scene={"shapes": 3})), "metadata", "cannot be read"),
    ("metadata without end", to(lambda text: "[" * 100_000), "metadata", "nested too deeply"),
    ("spaces in the metadata", to(lambda text: text + " "), "metadata", "not written as"),
    ("a flipped bit", flipped, "picture", ""),
    ("a smaller picture", smaller, "picture", "the image has 32 x 32 px, not 48 x 48"),
    ("no picture", lambda items, k: items[k].images.clear(), "picture", "the number of images"),
    ("swapped pictures", swapped, "picture", "the picture is that of"),
]  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
def test_each_changed_sample_is_told_and_no_other(format: str, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    shutil.copytree(two_questions(format), folder)
    items = editing.read(format, folder)
    assert len(items) == 24
    for number, (_, edit, _, _) in enumerate(EDITS):
        edit(items, number)
    editing.write(format, folder, items)
    found = verify(folder).faults
    for number, (name, _, check, words) in enumerate(EDITS):
        mine = [fault for fault in found if fault.sample == id_of(number)]
        assert any(fault.check == check and words in fault.message for fault in mine), (name, mine)
        assert all(fault.file and fault.row is not None for fault in mine), name
    touched = {id_of(k) for k in range(len(EDITS) + 1)}
    told = [fault for fault in found if fault.check not in ("quotas", "manifest")]
    assert {fault.sample for fault in told} == touched, [str(fault) for fault in told if fault.sample not in touched]


@pytest.mark.parametrize("format", FORMATS)
def test_rows_that_are_missing_doubled_strange_or_moved_are_told(format: str, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    shutil.copytree(two_questions(format), folder)
    items = editing.read(format, folder)
    items[20], items[21] = items[21], items[20]
    items[15].id = "x-00000000"
    items[16].id = f"{STEM}-99999999"
    items.insert(11, copy.deepcopy(items[10]))
    del items[3:6], items[0]
    editing.write(format, folder, items)
    found = [(fault.check, fault.sample, fault.message) for fault in verify(folder).faults]
    assert ("rows", id_of(0), "the sample is missing") in found
    assert ("rows", id_of(3), f"3 samples are missing, up to `{id_of(5)}`") in found
    assert ("rows", "x-00000000", "no such sample was planned") in found
    assert ("rows", f"{STEM}-99999999", "no such sample was planned") in found
    assert any(check in ("rows", "files") and "there twice" in words for check, _, words in found)
    assert any(check == "rows" and sample == id_of(20) and "after samples" in words for check, sample, words in found)
    wanted = {"", id_of(0), id_of(3), id_of(10), id_of(15), id_of(20), "x-00000000", f"{STEM}-99999999"}
    assert {sample for check, sample, _ in found} <= wanted | {id_of(16)}


# what only some formats have ------------------------------------------------------------------------------------


def rows_of(name: str, change: Callable[[list[dict[str, str]]], Any]) -> Spoil:
    def spoil(folder: Path) -> None:
        rows = table(folder / name)
        change(rows)
        write_table(folder / name, rows)

    return spoil


def lines(name: str, change: Callable[[list[Any]], Any]) -> Spoil:
    return lambda folder: json_lines(folder / name, change)


def head(folder: Path) -> None:
    """A letter of the name of a tar's second member."""
    path = folder / "train-000000.tar"
    data = bytearray(path.read_bytes())
    data[data.index(b"000000001.png")] ^= 1
    path.write_bytes(data)


def renamed(folder: Path) -> None:
    import tarfile

    path = folder / "train-000000.tar"
    with tarfile.open(path) as tar:
        held = [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    with tarfile.open(path, "w") as tar:
        for member, data in held:
            member.name = member.name.replace("000000001.png", "000000001.left.png")
            tar.addfile(member, io.BytesIO(data))


def moved(rows: list[Any]) -> None:
    rows[0]["objects"]["bbox"][0][0] += 0.02


def shard(change: Callable[[list[dict[str, Any]]], Any]) -> Spoil:
    """Change the rows of the first shard."""
    return lambda folder: parquet_rows(min(folder.glob("data/*")), change)


def other_images(rows: list[Any]) -> None:
    rows[1]["images"] = rows[2]["images"]


def task_of(change: Callable[[str], str]) -> Spoil:
    """Change the task of lmms-eval."""

    def spoil(folder: Path) -> None:
        (path,) = folder.glob("*.yaml")
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return spoil


TWO_ROWS = ("trl_grpo", "lmms_eval")
JSON = ("llava", "llava.json"), ("sharegpt", "sharegpt.json")
CASES: list[tuple[str, str, Spoil, str, str, str]] = [
    ("messages", "a moved place", lines("messages.jsonl", moved), "answers", id_of(0), "the places of the answer"),
    ("messages", "a place more", lines("messages.jsonl", lambda r: r[0]["objects"]["bbox"].append([1, 2])), "texts",
     id_of(0), "the number of places"),
    ("messages", "no places", lines("messages.jsonl", lambda r: r[0].pop("objects")), "answers", id_of(0), "places"),
    ("messages", "places that are none", lines("messages.jsonl", lambda r: r[0]["objects"].update(bbox=[["1", 2]])),
     "files", "", "not a list of points and boxes"),
    ("messages", "a place in words", lines("messages.jsonl", lambda r: r[0]["messages"][3].update(content="[1, 2]")),
     "texts", id_of(0), "the answer to question 2"),
    ("messages", "a missing placeholder", lines("messages.jsonl", lambda r: r[0]["messages"][0].update(content="?")),
     "texts", id_of(0), "the number of `<image>`"),
    ("messages", "a record alone", lines("scenes.jsonl", lambda r: r.pop(0)), "files", "", "has no line in"),
    ("messages", "cut lines", cut("messages.jsonl"), "files", "", "it is cut off"),
    ("sharegpt", "a path elsewhere", lambda f: json_file(f / "sharegpt.json", lambda r: r[0].update(
        images=["../manifest.json"])), "files", id_of(0), "is not a path below images/"),
    ("sharegpt", "a bare name", lambda f: json_file(f / "sharegpt.json", lambda r: r[0].update(
        images=[f"{id_of(0)}.png"])), "files", id_of(0), "is not a path below images/"),
    ("sharegpt", "other columns", lambda f: json_file(f / "dataset_info.json", lambda d: d["pgt"].pop("columns")),
     "files", "", "LLaMA-Factory would not find"),
    ("sharegpt", "no columns", lambda f: (f / "dataset_info.json").unlink(), "files", "", "the file is missing"),
    ("sharegpt", "a cut array", cut("sharegpt.json"), "files", "", "the file is cut off here"),
    ("sharegpt", "a missing image", lambda f: (f / f"images/{id_of(0)}.png").unlink(), "files", id_of(0), "is missing"),
    ("sharegpt", "a strange image", lambda f: shutil.copy(f / f"images/{id_of(0)}.png", f / "images/x.png"), "files",
     "", "no row names this file"),
    ("webdataset", "a cut shard", cut("train-000000.tar"), "files", "", "is not read"),
    ("webdataset", "a missing shard", lambda f: (f / "train-000000.tar").unlink(), "files", "", "without a gap"),
    ("webdataset", "a strange shard", lambda f: (f / "more.tar").write_bytes(b""), "files", "", "is no shard"),
    ("webdataset", "a broken head", head, "files", "", "is no member, and is not read"),
    ("webdataset", "another name", renamed, "files", id_of(1), "image 1 is named `000000001.left.png`"),
    ("vlmevalkit", "an option", rows_of("mcq.tsv", lambda r: r[0].update(B="puce")), "texts", id_of(0), "the options"),
    ("vlmevalkit", "another letter", rows_of("mcq.tsv", lambda r: r[0].update(answer="D")), "answers", id_of(0),
     "in the style `letter`"),
    ("vlmevalkit", "a category", rows_of("vqa.tsv", lambda r: r[0].update(category="x")), "files", id_of(0), "'x'"),
    ("vlmevalkit", "an index", rows_of("vqa.tsv", lambda r: r[0].update(index="7")), "files", id_of(0), "its `index`"),
    ("vlmevalkit", "two pictures", rows_of("vqa.tsv", lambda r: r[0].update(image=r[1]["image"])), "files", id_of(0),
     "its image is another"),
    ("vlmevalkit", "another order", rows_of("vqa.tsv", lambda r: r.reverse()), "files", "", "stands before samples"),
    ("vlmevalkit", "a question less", rows_of("mcq.tsv", lambda r: r.pop(0)), "files", id_of(0), "is question 1"),
    ("vlmevalkit", "a line less", lines("scenes.jsonl", lambda r: r.pop(0)), "files", "", "has no line in"),
    ("vlmevalkit", "no picture", rows_of("mcq.tsv", lambda r: r[0].update(image="?")), "files", "", "not base64"),
    ("vlmevalkit", "a column less", rows_of("vqa.tsv", lambda r: [x.pop("category") for x in r]), "files", "",
     "its columns are"),
    ("vlmevalkit", "a cut table", cut("vqa.tsv"), "files", "", "cut off"),
    ("vlmevalkit", "a missing table", lambda f: (f / "vqa.tsv").unlink(), "texts", id_of(0), "the number of questions"),
    ("trl_sft", "a group", shard(lambda r: r[0].update(group="x")), "texts", id_of(0), "the column `group`"),
    ("trl_sft", "a placeholder", shard(lambda r: r[0]["messages"][0].update(content="<image>What?")), "texts", id_of(0),
     "question 1"),
    *((name, "a style", shard(lambda r: r[1].update(style="options")), "texts", id_of(0), "the column `style` of q")
      for name in TWO_ROWS),
    *((name, "another ask", shard(lambda r: r[0].update(ask=1)), "texts", id_of(0), "the column `ask` of question 1")
      for name in TWO_ROWS),
    *((name, "pictures that differ", shard(other_images), "files", id_of(0), "its pictures are others than in row 0")
      for name in TWO_ROWS),
    *((name, "the number of a question", shard(lambda r: r[1].update(id=f"{id_of(0)}/7")), "texts", id_of(0),
       "the column `id` of question 2") for name in TWO_ROWS),
    *((name, "a question less", shard(lambda r: r.pop(1)), "texts", id_of(0), "the number of q") for name in TWO_ROWS),
    *((name, "metadata that differ", shard(lambda r: r[1].update(metadata="{}")), "files", id_of(0), "its metadata are")
      for name in TWO_ROWS),
    *((name, "cut", cut("data/" + ("test" if name == "lmms_eval" else "train") + "-00000.parquet"), "files", "",
       "the file cannot be read") for name in (*TWO_ROWS, "verl")),
    ("trl_grpo", "another prompt", shard(lambda r: r[1]["prompt"][1].update(content="puce")), "files", id_of(0),
     "what was asked before is not"),
    ("trl_grpo", "a prompt that is none", shard(lambda r: r[1]["prompt"].pop()), "files", "", "not a question"),
    ("verl", "an ability", shard(lambda r: r[0].update(ability="x")), "files", id_of(0), "row 0: `ability` is 'x'"),
    ("verl", "an index", shard(lambda r: r[3]["extra_info"].update(index=4)), "files", id_of(1), "row 3: `index` of"),
    ("verl", "another rule", shard(lambda r: r[0]["reward_model"].update(style="model")), "files", id_of(0), "'model'"),
    ("verl", "a placeholder less", shard(lambda r: r[0]["prompt"][0].update(content="What?")), "texts", id_of(0),
     "the number of `<image>`"),
    ("verl", "a style", shard(lambda r: r[1]["extra_info"].update(style="options")), "texts", id_of(0), "the column"),
    ("lmms_eval", "another prompt", shard(lambda r: r[1].update(prompt=r[1]["question"])), "files", id_of(0),
     "what was asked before is not"),
    ("lmms_eval", "an option", shard(lambda r: r[0]["options"].__setitem__(0, "puce")), "texts", id_of(0),
     "the column `options` of question 1"),
    ("lmms_eval", "other shards", task_of(lambda text: text.replace("test-00001", "test-00007")), "files", "",
     "lmms-eval would not read the shards"),
    ("lmms_eval", "another name", task_of(lambda text: text.replace("task: pgt", "task: x")), "files", "", "not named"),
    ("lmms_eval", "no task", lambda f: next(f.glob("*.yaml")).unlink(), "files", "", "there is no task of lmms-eval"),
    ("lmms_eval", "no functions", lambda f: (f / "utils.py").write_text("def doc_to_text(doc): ..."), "files", "",
     "there is no function `doc_to_target`"),
    ("lmms_eval", "broken functions", lambda f: (f / "utils.py").write_text("def ("), "files", "", "cannot be read"),
    ("lmms_eval", "a second task", lambda f: (f / "zz.yaml").write_text(""), "files", "", "is no task of this data"),
    ("vlmevalkit", "a strange table", lambda f: (f / "x.tsv").write_text(""), "files", "", "is no table"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("format", "spoil", "check", "sample", "words"),
    [pytest.param(format, *case, id=f"{format}: {name}") for format, name, *case in CASES],
)
def test_it_is_found(format: str, spoil: Spoil, check: str, sample: str, words: str, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    shutil.copytree(two_questions(format), folder)
    spoil(folder)
    found = [(fault.check, fault.sample, fault.message) for fault in verify(folder).faults]
    assert any(c == check and s.startswith(sample) and words in m for c, s, m in found), found[:8]
