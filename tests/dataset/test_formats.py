"""Every format is read back by the reader that its users have; images come back decoded, bit by bit."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pgt_dsl.dataset.encode import PNG, Encoding
from pgt_dsl.dataset.formats import imagefolder, llava, parquet
from pgt_dsl.dataset.formats.base import BuildInfo, Writer, image_names
from pgt_dsl.dataset.sample import Sample
from tests.dataset.scenes import pixels, question, sample

os.environ.setdefault("HF_HUB_OFFLINE", "1")
Load = Callable[[Path], Any]


@pytest.fixture
def load(tmp_path: Path) -> Iterator[Load]:
    """``datasets.load_dataset`` of a folder, with a cache of its own."""
    import datasets

    datasets.disable_progress_bars()
    yield lambda folder: datasets.load_dataset(str(folder), split="train", cache_dir=str(tmp_path / "cache"))


def write(make: Callable[[Path, BuildInfo], Writer], folder: Path, samples: list[Sample], rows: int = 1000) -> Path:
    folder.mkdir()
    work = folder.with_name(folder.name + "-work")
    work.mkdir()
    writer = make(folder, BuildInfo("set", len(samples), work, rows))
    writer.write(samples[:2])
    writer.write(samples[2:])
    writer.close()
    (folder / "README.md").write_text(f"---\n{writer.front_matter()}---\n# set\n", encoding="utf-8")
    return folder


def mixed() -> list[Sample]:
    """Five samples: the fourth without options, the last with two questions."""
    plain = [sample(k, styles={"short": 1, "options": 1}) for k in range(3)]
    return [*plain, sample(3, asks=(question(options=()),)), sample(4, asks=(question(), question("blue")))]


def test_parquet(tmp_path: Path, load: Load) -> None:
    samples = mixed()
    folder = write(parquet.make, tmp_path / "set", samples, rows=2)
    assert sorted(p.name for p in (folder / "data").iterdir()) == [f"train-{k:05d}.parquet" for k in range(3)]
    rows = load(folder)
    assert len(rows) == 5
    for k, row in enumerate(rows):
        assert np.array_equal(np.asarray(row["images"][0]), pixels(k))
        assert (row["id"], row["question"], row["answer"]) == (
            samples[k].id, samples[k].turns[0].question, samples[k].turns[0].answer
        )  # fmt: skip
    assert rows[0]["options"] == ["blue", "red", "green"]
    assert rows[3]["options"] == [] and rows[3]["correct"] == -1
    assert [turn["from"] for turn in rows[4]["conversations"]] == ["human", "gpt", "human", "gpt"]
    assert rows[4]["metadata"] == samples[4].metadata
    assert not any("<image>" in turn["value"] for row in rows for turn in row["conversations"])


ENCODINGS = [PNG, Encoding("jpeg"), Encoding("jpeg", 80), Encoding("webp"), Encoding("webp", 80), Encoding("raw")]


@pytest.mark.parametrize("encoding", ENCODINGS, ids=str)
def test_every_encoding_in_every_format(encoding: Encoding, tmp_path: Path, load: Load) -> None:
    samples = [sample(k, encoding=encoding) for k in range(3)] + [
        sample(3, encoding=encoding, cuts=((0, 0, 24, 32), (24, 0, 48, 32)))
    ]
    rows = load(write(parquet.make, tmp_path / "parquet", samples))
    folder = write(imagefolder.make, tmp_path / "imagefolder", samples)
    by_id = {row["id"]: row for row in load(folder)}
    other = write(llava.make, tmp_path / "llava", samples)
    records = json.loads((other / "llava.json").read_text(encoding="utf-8"))
    for k, made in enumerate(samples):
        names = records[k]["image"] if k == 3 else [records[k]["image"]]
        assert names == image_names(made) and all(name.endswith(encoding.suffix) for name in names)
        files = [Image.open(other / "images" / name) for name in names]
        for images in (rows[k]["images"], by_id[made.id]["images"], files):
            found = np.concatenate([np.asarray(image.convert("RGB")) for image in images], axis=1)
            off = np.abs(found.astype(int) - pixels(k))
            assert off.max() == 0 if encoding.lossless else off.mean() < 12
        assert {image.format for image in files} == {"PPM" if encoding.image == "raw" else encoding.image.upper()}
    assert sorted(p.name for p in (folder / "train").iterdir() if p.suffix != ".jsonl") == sorted(
        name for made in samples for name in image_names(made)
    )
    assert pq.read_table(tmp_path / "parquet" / "data")["images"][0].as_py()[0]["path"].endswith(encoding.suffix)


def test_parquet_says_sequence_and_needs_no_card(tmp_path: Path, load: Load) -> None:
    folder = write(parquet.make, tmp_path / "set", mixed())
    features = json.loads(pq.read_schema(folder / "data" / "train-00000.parquet").metadata[b"huggingface"])
    assert features["info"]["features"]["images"] == {"feature": {"_type": "Image"}, "_type": "Sequence"}
    assert '"List"' not in json.dumps(features)
    (folder / "README.md").unlink()
    assert load(folder)[1]["images"][0].size == (48, 32)


def test_parquet_of_several_images(tmp_path: Path, load: Load) -> None:
    cut = sample(0, cuts=((0, 0, 20, 32), (24, 0, 48, 32)))
    rows = load(write(parquet.make, tmp_path / "set", [cut, sample(1)]))
    assert [[image.size for image in row["images"]] for row in rows] == [[(20, 32), (24, 32)], [(48, 32)]]


def test_parquet_streams_and_repeats_its_bytes(tmp_path: Path) -> None:
    import datasets

    one = write(parquet.make, tmp_path / "one", mixed(), rows=2)
    two = write(parquet.make, tmp_path / "two", mixed(), rows=2)
    for file in sorted((one / "data").iterdir()):
        assert file.read_bytes() == (two / "data" / file.name).read_bytes()
    rows = datasets.load_dataset(str(one), split="train", streaming=True)
    assert [row["id"] for row in rows] == [s.id for s in mixed()]


def test_llava(tmp_path: Path, load: Load) -> None:
    samples = mixed()
    folder = write(llava.make, tmp_path / "set", samples)
    records = json.loads((folder / "llava.json").read_text(encoding="utf-8"))
    assert [set(record) for record in records] == [{"id", "image", "conversations"}] * 5
    for record, made in zip(records, samples, strict=True):
        texts = [turn["value"] for turn in record["conversations"]]
        assert texts[0] == "<image>\n" + made.turns[0].question
        assert sum(text.count("<image>") for text in texts) == 1
        assert [turn["from"] for turn in record["conversations"]] == ["human", "gpt"] * len(made.turns)
        with Image.open(folder / "images" / record["image"]) as image:
            assert np.array_equal(np.asarray(image), pixels(made.index))
    scenes = [json.loads(line) for line in (folder / "scenes.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [s["metadata"] for s in scenes] == [s.metadata for s in samples]
    assert load(folder)[4]["image"] == records[4]["image"]


def test_llava_of_several_images(tmp_path: Path) -> None:
    cut = sample(0, cuts=((0, 0, 20, 32), (24, 0, 48, 32)))
    folder = write(llava.make, tmp_path / "set", [cut])
    (record,) = json.loads((folder / "llava.json").read_text(encoding="utf-8"))
    assert record["image"] == [f"{cut.id}-0.png", f"{cut.id}-1.png"]
    assert record["conversations"][0]["value"].startswith("<image>\n<image>\nWhat")
    assert all((folder / "images" / name).is_file() for name in record["image"])


def test_imagefolder(tmp_path: Path, load: Load) -> None:
    samples = mixed()
    folder = write(imagefolder.make, tmp_path / "set", samples)
    assert sorted(p.name for p in folder.iterdir()) == ["README.md", "train"]
    rows = load(folder)
    assert len(rows) == 5
    by_id = {row["id"]: row for row in rows}
    for made in samples:
        assert np.array_equal(np.asarray(by_id[made.id]["image"]), pixels(made.index))
        assert by_id[made.id]["answer"] == made.turns[0].answer
        assert by_id[made.id]["metadata"] == made.metadata
    assert by_id[samples[3].id]["options"] == []


def test_imagefolder_of_several_images(tmp_path: Path, load: Load) -> None:
    cut = sample(0, cuts=((0, 0, 20, 32), (24, 0, 48, 32)))
    rows = load(write(imagefolder.make, tmp_path / "set", [cut, sample(1)]))
    assert {row["id"]: len(row["images"]) for row in rows} == {cut.id: 2, sample(1).id: 1}


@pytest.mark.parametrize("make", [parquet.make, llava.make, imagefolder.make])
def test_nothing_to_write(make: Callable[[Path, BuildInfo], Writer], tmp_path: Path) -> None:
    write(make, tmp_path / "set", [])
