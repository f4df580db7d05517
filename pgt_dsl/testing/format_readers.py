"""Readers of our own formats for the suite, by plain means: what whoever trains on them sees, and no code of the
writers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Found = tuple[str, list[Any], list[tuple[str, str]]]


def parquet(folder: Path) -> Iterator[Found]:
    """Rows of all shards, images as encoded bytes."""
    import pyarrow.parquet as pq

    for shard in sorted((folder / "data").glob("train-*.parquet")):
        for row in pq.read_table(shard).to_pylist():
            yield row["id"], [image["bytes"] for image in row["images"]], _turns(row["conversations"])


def llava(folder: Path) -> Iterator[Found]:
    """Records of ``llava.json``; each image has one ``<image>`` before the first question."""
    for record in json.loads((folder / "llava.json").read_text(encoding="utf-8")):
        names = [record["image"]] if isinstance(record["image"], str) else record["image"]
        turns = _turns(record["conversations"])
        marks = "<image>\n" * len(names)
        first, answer = turns[0]
        assert first.startswith(marks), f"{record['id']} has {len(names)} images, and its question is {first!r}"
        turns[0] = first.removeprefix(marks), answer
        yield record["id"], [folder / "images" / name for name in names], turns


def imagefolder(folder: Path) -> Iterator[Found]:
    """Lines of ``metadata.jsonl`` with the images that they name."""
    with (folder / "train" / "metadata.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            names = row["images_file_names"] if "images_file_names" in row else [row["file_name"]]
            yield row["id"], [folder / "train" / name for name in names], _turns(row["conversations"])


def _turns(conversations: list[dict[str, str]]) -> list[tuple[str, str]]:
    said = [turn["value"] for turn in conversations]
    return list(zip(said[::2], said[1::2], strict=True))


READERS = {"parquet": parquet, "llava": llava, "imagefolder": imagefolder}
