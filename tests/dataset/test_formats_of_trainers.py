"""The formats that trainers and evaluators read: what each counts on, and that a build which goes on gives the same."""

from __future__ import annotations

import base64
import csv
import io
import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pgt_dsl.dataset.encode import Encoding
from pgt_dsl.dataset.formats import llava, lmms_eval, messages, parquet, sharegpt, trl, verl, vlmevalkit, webdataset
from pgt_dsl.dataset.formats.base import BuildInfo, Resumable
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.diagnostics import PgtError
from tests.dataset.scenes import pixels, question, sample
from tests.dataset.test_formats import Load, load, write  # noqa: F401  (``load`` is a fixture)

CUTS = ((0, 0, 20, 32), (24, 0, 48, 32))
MAKERS = {"sharegpt": sharegpt.make, "messages": messages.make, "webdataset": webdataset.make,
          "vlmevalkit": vlmevalkit.make}  # fmt: skip
ALL = {**MAKERS, "llava": llava.make, "parquet": parquet.make, "trl_sft": trl.make_sft, "trl_grpo": trl.make_grpo,
       "verl": verl.make, "lmms_eval": lmms_eval.make}  # fmt: skip


def several() -> list[Sample]:
    """Six samples: of one image, of two, with two questions, without options, one of a pair of twins."""
    return [
        sample(0),
        sample(1, cuts=CUTS),
        sample(2, asks=(question(), question("blue"))),
        sample(3, asks=(question("a “ß”\tb\nc", options=()),)),
        sample(4, twin=1, twin_of="pair-4"),
        sample(5),
    ]


def box(value: Any, form: str = "box") -> Sample:
    return sample(0, asks=(replace(question("[0.1, 0.2, 0.3, 0.4]", options=()), form=form, value=value),))


def read(path: Path) -> list[Any]:
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else [json.loads(line) for line in text.splitlines()]


def pictures(folder: Path, paths: list[str]) -> np.ndarray[Any, Any]:
    return np.concatenate([np.asarray(Image.open(folder / path)) for path in paths], axis=1)


# LLaMA-Factory --------------------------------------------------------------------------------------------


def test_sharegpt_has_an_image_for_each_placeholder(tmp_path: Path) -> None:
    samples = several()
    folder = write(sharegpt.make, tmp_path / "set", samples)
    info = json.loads((folder / "dataset_info.json").read_text())["pgt"]
    assert info["formatting"] == "sharegpt" and info["columns"] == {"messages": "conversations", "images": "images"}
    records = read(folder / info["file_name"])
    assert [record["id"] for record in records] == [made.id for made in samples]
    for made, record in zip(samples, records, strict=True):
        said = [turn["value"] for turn in record["conversations"]]
        assert "".join(said).count("<image>") == len(record["images"]) == len(made.images)
        assert said[0] == "<image>\n" * len(made.images) + made.turns[0].question
        assert said[1::2] == [turn.answer for turn in made.turns]
        assert [turn["from"] for turn in record["conversations"]] == ["human", "gpt"] * len(made.turns)
    assert np.array_equal(pictures(folder, records[0]["images"]), pixels(0))


@pytest.mark.parametrize("make", [llava.make, sharegpt.make, messages.make])
def test_a_text_with_a_placeholder_is_refused(make: Callable[..., Resumable], tmp_path: Path) -> None:
    with pytest.raises(PgtError, match=r"`spatial/left_of` holds `<image>`.*parquet"):
        write(make, tmp_path / "set", [sample(0, asks=(question("the <image> tag", options=()),))])


# ms-swift -----------------------------------------------------------------------------------------------------


def test_messages_alternate(tmp_path: Path) -> None:
    samples = several()
    records = read(write(messages.make, tmp_path / "set", samples) / "messages.jsonl")
    for made, record in zip(samples, records, strict=True):
        assert [said["role"] for said in record["messages"]] == ["user", "assistant"] * len(made.turns)
        assert record["messages"][0]["content"].count("<image>") == len(record["images"]) == len(made.images)
        assert "objects" not in record
    assert records[2]["messages"][3]["content"] == "blue"


@pytest.mark.parametrize(
    ("form", "value", "text", "boxes"),
    [
        ("box", [4.8, 6.4, 14.404, 12.8], "<bbox>", [[4.8, 6.4, 14.4, 12.8]]),
        ("point", [4.8, 6.4], "<bbox>", [[4.8, 6.4]]),
        ("points", [[1.0, 2.0], [3.5, 4.25]], "<bbox>, <bbox>", [[1.0, 2.0], [3.5, 4.25]]),
        ("boxes", [[1.0, 2.0, 3.0, 4.0]], "<bbox>", [[1.0, 2.0, 3.0, 4.0]]),
    ],
)
def test_messages_give_places_as_objects(form: str, value: Any, text: str, boxes: Any, tmp_path: Path) -> None:
    """ms-swift wants px of the image, and as many places as ``<bbox>``."""
    record = read(write(messages.make, tmp_path / "set", [box(value, form)]) / "messages.jsonl")[0]
    assert record["messages"][1]["content"] == text
    assert record["objects"] == {"ref": [], "bbox": boxes}


def test_a_sentence_with_a_place_stays_text(tmp_path: Path) -> None:
    made = sample(0, styles={"sentence": 1}, asks=box([1.0, 2.0, 3.0, 4.0]).scene.asks)
    record = read(write(messages.make, tmp_path / "set", [made]) / "messages.jsonl")[0]
    assert record["messages"][1]["content"] == made.turns[0].answer and "objects" not in record


# WebDataset ---------------------------------------------------------------------------------------------------


def test_webdataset_by_its_own_reader(tmp_path: Path) -> None:
    webdataset_ = pytest.importorskip("webdataset")
    samples = several()
    folder = write(webdataset.make, tmp_path / "set", samples, rows=4)
    shards = sorted(str(path) for path in folder.glob("*.tar"))
    assert [Path(shard).name for shard in shards] == ["train-000000.tar", "train-000001.tar"]
    rows = list(webdataset_.WebDataset(shards, shardshuffle=False).decode("rgb8"))
    assert [row["json"]["id"] for row in rows] == [made.id for made in samples]
    assert [row["json"]["metadata"] for row in rows] == [made.metadata for made in samples]
    assert np.array_equal(rows[0]["png"], pixels(0))
    assert np.array_equal(np.concatenate([rows[1]["png"], rows[1]["1.png"]], axis=1), pixels(1)[:, np.r_[:20, 24:48]])


def test_webdataset_by_datasets(tmp_path: Path, load: Load) -> None:  # noqa: F811
    import datasets

    samples = [sample(k) for k in range(6)]
    folder = write(webdataset.make, tmp_path / "set", samples, rows=4)
    rows = datasets.load_dataset("webdataset", data_files=str(folder / "*.tar"), split="train", streaming=True)
    found = list(rows)
    assert [row["json"]["id"] for row in found] == [made.id for made in samples]
    assert np.array_equal(np.asarray(found[5]["png"]), pixels(5))


def test_shards_are_tar_files_of_whole_records(tmp_path: Path) -> None:
    folder = write(webdataset.make, tmp_path / "set", [sample(k) for k in range(4)], rows=2)
    shards = sorted(folder.glob("*.tar"))
    assert len(shards) == 2, "a full last shard is followed by none"
    for shard in shards:
        assert shard.stat().st_size % tarfile.RECORDSIZE == 0
        with tarfile.open(shard) as file:
            assert [member.mtime for member in file] == [0] * 4


# VLMEvalKit ---------------------------------------------------------------------------------------------------


def table(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_vlmevalkit_tells_options_from_the_rest(tmp_path: Path) -> None:
    samples = several()
    folder = write(vlmevalkit.make, tmp_path / "set", samples)
    choices, others = table(folder / "mcq.tsv"), table(folder / "vqa.tsv")
    assert list(choices[0]) == ["index", "image", "question", "A", "B", "C", "answer", "category", "id"]
    assert len(choices) == 6 and len(others) == 1
    for row in choices:
        assert row[row["answer"]] in ("red", "blue")
    assert others[0]["answer"] == "a “ß”\tb\nc" and "A" not in others[0]
    assert [row["id"] for row in choices[2:4]] == [f"{samples[2].id}/0", f"{samples[2].id}/1"]
    image = Image.open(io.BytesIO(base64.b64decode(choices[0]["image"])))
    assert np.array_equal(np.asarray(image), pixels(0))
    assert len(json.loads(choices[1]["image"])) == 2


def test_vlmevalkit_reads_every_cell(tmp_path: Path) -> None:
    """pandas takes "None" and "NA" for empty cells, and a bare carriage return for the end of a row."""
    pandas = pytest.importorskip("pandas")
    asks = (question("None", options=("None", "NA", "red")), question("null", options=()),
            question("two\rlines", options=()))  # fmt: skip
    folder = write(vlmevalkit.make, tmp_path / "set", [sample(0, asks=asks)])
    choices, others = (pandas.read_csv(folder / name, sep="\t") for name in ("mcq.tsv", "vqa.tsv"))
    assert not choices.isna().any().any() and not others.isna().any().any()
    assert list(others["answer"]) == ["null.", "two\rlines"]
    assert list(choices.loc[0, ["A", "B", "C"]]) == ["None.", "NA.", "red"] and choices.loc[0, "answer"] == "A"


# all of them --------------------------------------------------------------------------------------------------


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("stop", range(7))
def test_going_on_gives_the_same_files(name: str, stop: int, tmp_path: Path) -> None:
    """Stopped after ``stop`` samples that are marked, with two more that no mark knows of."""
    samples = several()

    def begin(folder: Path, mark: Any) -> Resumable:
        for each in (folder, tmp_path / "work" / folder.name):
            each.mkdir(parents=True, exist_ok=True)
        return ALL[name](folder, BuildInfo("set", 6, tmp_path / "work" / folder.name, 2, mark))

    whole = begin(tmp_path / "whole", {})
    whole.write(samples)
    whole.close()
    first = begin(tmp_path / "parts", {})
    first.write(samples[:stop])
    mark = json.loads(json.dumps(first.mark()))
    first.write(samples[stop : stop + 2])
    first.leave()
    second = begin(tmp_path / "parts", mark)
    second.write(samples[stop:])
    second.close()
    assert files(tmp_path / "parts") == files(tmp_path / "whole")


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("image", ["png", "jpeg", "raw"])
def test_every_kind_of_picture(name: str, image: str, tmp_path: Path) -> None:
    encoding = Encoding(image)
    made = sample(0, encoding=encoding)
    folder = write(MAKERS[name], tmp_path / "set", [made])
    if name in ("sharegpt", "messages"):
        record = read(next(path for path in folder.iterdir() if path.name.startswith(name)))[0]
        found = (folder / record["images"][0]).read_bytes()
    elif name == "webdataset":
        with tarfile.open(next(folder.glob("*.tar"))) as file:
            found = file.extractfile(f"000000000{encoding.suffix}").read()  # type: ignore[union-attr]
    else:
        found = base64.b64decode(table(folder / "mcq.tsv")[0]["image"])
    assert found == made.images[0]


@pytest.mark.parametrize("name", ALL)
def test_nothing_to_write(name: str, tmp_path: Path) -> None:
    write(ALL[name], tmp_path / "set", [])


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("samples", [several(), [sample(0), sample(1)]], ids=["mixed", "alike"])
def test_its_words_on_use_run(
    name: str, samples: list[Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    folder = tmp_path / "set"
    folder.mkdir()
    (tmp_path / "work").mkdir()
    writer = ALL[name](folder, BuildInfo("set", 6, tmp_path / "work"))
    (folder / "README.md").write_text(f"---\n{writer.front_matter()}---\n", encoding="utf-8")
    writer.write(samples)
    writer.close()
    exec(compile(writer.usage(folder), name, "exec"), {})
