"""Plain readers of every format, by no more than JSON, CSV, tar and pyarrow; and what a data set must hold, computed
from the metadata of its samples alone.

A ``Row`` is what a format says of a sample, or of a question where it has a row for each: ids, texts in their order,
the files of its images, and the metadata where they stand in the row.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from PIL import Image

from pgt_dsl.dataset.record import in_style, pixel_digest, sample_id
from pgt_dsl.scene.scene import Answered, Scene
from pgt_dsl.scene.serial import scene_from_json

PLACES = ("point", "points", "box", "boxes")


@dataclass(frozen=True, slots=True)
class Row:
    ident: str
    texts: tuple[str, ...]
    files: tuple[bytes, ...] = field(repr=False)
    metadata: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row that there has to be. pixels: the digest of its images."""

    ident: str
    texts: tuple[str, ...]
    images: int
    pixels: str


@dataclass(frozen=True, slots=True)
class Truth:
    """A sample as its metadata say it is."""

    ident: str
    scene: Scene
    styles: tuple[str, ...]
    pixels: str
    metadata: str

    @property
    def images(self) -> int:
        return max(1, len(self.scene.cuts))

    @property
    def turns(self) -> list[tuple[str, str]]:
        return [in_style(ask, style) for ask, style in zip(self.scene.asks, self.styles, strict=True)]


def truth(metadata: str) -> Truth:
    found = json.loads(metadata)
    scene = scene_from_json(found["scene"])
    return Truth(sample_id(scene), scene, tuple(found["styles"]), found["pixels"], metadata)


def digest(files: Sequence[bytes]) -> str:
    """Of the decoded pixels."""
    return pixel_digest([np.asarray(Image.open(io.BytesIO(file)).convert("RGB")) for file in files])


# what there has to be -------------------------------------------------------------------------------------------


def wanted(format: str, one: Truth) -> Iterator[Wanted]:
    """The rows of a sample in a format, in their order."""
    makes: dict[str, Callable[[Truth], Iterator[tuple[str, tuple[str, ...]]]]] = {
        "trl_grpo": _questions, "verl": _questions, "lmms_eval": _prompts, "messages": _places, "vlmevalkit": _tables,
    }  # fmt: skip
    for ident, texts in makes.get(format, _whole)(one):
        yield Wanted(ident, texts, one.images, one.pixels)


def _whole(one: Truth) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield one.ident, tuple(text for turn in one.turns for text in turn)


def _questions(one: Truth) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each question, after all before it, with its answer."""
    for number in range(len(one.turns)):
        yield _name(one, number), tuple(text for turn in one.turns[: number + 1] for text in turn)


def _prompts(one: Truth) -> Iterator[tuple[str, tuple[str, ...]]]:
    for ident, texts in _questions(one):
        yield ident, ("\n".join(texts[:-1]), texts[-1])


def _places(one: Truth) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Bare places are marks in the text, and numbers beside it."""
    texts: list[str] = []
    boxes: list[list[float]] = []
    for (question, answer), style, ask in zip(one.turns, one.styles, one.scene.asks, strict=True):
        here = [] if style != "short" or one.scene.cuts else _pixels_of(ask)
        boxes += here
        texts += [question, ", ".join(["<bbox>"] * len(here)) if here else answer]
    yield one.ident, (*texts, *(json.dumps(box) for box in boxes))


def _pixels_of(ask: Answered) -> list[list[float]]:
    if ask.form not in PLACES:
        return []
    places = ask.value if ask.form in ("points", "boxes") else [ask.value]
    return [[round(float(number), 2) for number in place] for place in places]


def _tables(one: Truth) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The questions as asked, with options or without, and a letter or the short answer."""
    for number, ask in enumerate(one.scene.asks):
        if ask.correct is not None and 2 <= len(ask.options) <= 26:
            yield (
                _name(one, number),
                (ask.question, *map(_cell, ask.options), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[ask.correct]),
            )
        else:
            yield _name(one, number), (ask.question, _cell(ask.text))


def _cell(text: str) -> str:
    return f"{text}." if text in ("None", "NA", "N/A", "NaN", "nan", "null", "NULL", "n/a") else text


def _name(one: Truth, number: int) -> str:
    return one.ident if len(one.scene.asks) == 1 else f"{one.ident}/{number}"


# what there is ----------------------------------------------------------------------------------------------------


def parquet_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """The rows of all files, a row group at a time."""
    for path in sorted((folder / "data").glob("*.parquet")):
        file = pq.ParquetFile(path)
        for group in range(file.num_row_groups):
            yield from file.read_row_group(group).to_pylist()


def parquet_metadata(folder: Path) -> Iterator[str]:
    """The metadata of all rows; nothing else of them is read."""
    for path in sorted((folder / "data").glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(columns=["metadata"]):
            yield from batch.column(0).to_pylist()


def _files(row: dict[str, Any]) -> tuple[bytes, ...]:
    return tuple(image["bytes"] for image in row["images"])


def _said(turns: Sequence[dict[str, str]], place: str = "", images: int = 0) -> tuple[str, ...]:
    """The texts of turns or messages, the first without the places of images, which are there once for each."""
    texts = [turn["value"] if "value" in turn else turn["content"] for turn in turns]
    if sum(text.count("<image>") for text in texts) != images or not texts[0].startswith(place * images):
        raise ValueError(f"not {images} times {place!r} at the start of {texts[0][:80]!r}")
    return (texts[0][len(place) * images :], *texts[1:])


def _parquet(folder: Path) -> Iterator[Row]:
    for row in parquet_rows(folder):
        yield Row(row["id"], _said(row["conversations"]), _files(row), row["metadata"])


def _trl_sft(folder: Path) -> Iterator[Row]:
    for row in parquet_rows(folder):
        yield Row(row["id"], _said(row["messages"]), _files(row), row["metadata"])


def _trl_grpo(folder: Path) -> Iterator[Row]:
    for row in parquet_rows(folder):
        yield Row(row["id"], (*_said(row["prompt"]), row["answer"]), _files(row), row["metadata"])


def _verl(folder: Path) -> Iterator[Row]:
    for number, row in enumerate(parquet_rows(folder)):
        extra, files = row["extra_info"], _files(row)
        if extra["index"] != number:
            raise ValueError(f"index {extra['index']} in row {number}")
        texts = (*_said(row["prompt"], "<image>", len(files)), extra["answer"])
        yield Row(extra["id"], texts, files, row["reward_model"]["ground_truth"])


def _lmms_eval(folder: Path) -> Iterator[Row]:
    for row in parquet_rows(folder):
        yield Row(row["id"], (row["prompt"], row["answer"]), _files(row), row["metadata"])


def _imagefolder(folder: Path) -> Iterator[Row]:
    for row in _lines(folder / "train" / "metadata.jsonl"):
        names = row["images_file_names"] if "images_file_names" in row else [row["file_name"]]
        files = tuple((folder / "train" / name).read_bytes() for name in names)
        yield Row(row["id"], _said(row["conversations"]), files, row["metadata"])


def _records(name: str, turns: str, images: str, below: str, place: str) -> Callable[[Path], Iterator[Row]]:
    def read(folder: Path) -> Iterator[Row]:
        every = _lines(folder / name) if name.endswith("l") else iter(json.loads((folder / name).read_bytes()))
        for row, scene in zip(every, _lines(folder / "scenes.jsonl"), strict=True):
            names = [row[images]] if isinstance(row[images], str) else row[images]
            files = tuple((folder / below / name).read_bytes() for name in names)
            boxes = tuple(json.dumps(box) for box in row.get("objects", {}).get("bbox", []))
            if row["id"] != scene["id"]:
                raise ValueError(f"{row['id']} beside the scene of {scene['id']}")
            yield Row(row["id"], (*_said(row[turns], place, len(files)), *boxes), files, scene["metadata"])

    return read


def _webdataset(folder: Path) -> Iterator[Row]:
    for path in sorted(folder.glob("train-*.tar")):
        files: list[bytes] = []
        with tarfile.open(path) as tar:
            for member in tar:
                data = tar.extractfile(member).read()  # type: ignore[union-attr]
                if not member.name.endswith(".json"):
                    files.append(data)
                    continue
                row = json.loads(data)
                yield Row(row["id"], _said(row["conversations"]), tuple(files), row["metadata"])
                files = []


def _vlmevalkit(folder: Path) -> Iterator[Row]:
    csv.field_size_limit(2**31 - 1)
    for name in ("mcq.tsv", "vqa.tsv"):
        if not (folder / name).is_file():
            continue
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                letters = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if row.get(letter)]
                images = json.loads(row["image"]) if row["image"].startswith("[") else [row["image"]]
                texts = (row["question"], *(row[letter] for letter in letters), row["answer"])
                yield Row(row["id"], texts, tuple(base64.b64decode(image) for image in images))


def _lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "parquet": _parquet,
    "llava": _records("llava.json", "conversations", "image", "images", "<image>\n"),
    "imagefolder": _imagefolder,
    "sharegpt": _records("sharegpt.json", "conversations", "images", "", "<image>\n"),
    "messages": _records("messages.jsonl", "messages", "images", "", "<image>"),
    "trl_sft": _trl_sft,
    "trl_grpo": _trl_grpo,
    "verl": _verl,
    "webdataset": _webdataset,
    "vlmevalkit": _vlmevalkit,
    "lmms_eval": _lmms_eval,
}
