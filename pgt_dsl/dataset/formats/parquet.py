"""Parquet with the feature metadata of Hugging Face: ``load_dataset(folder)`` gives decoded images.

The metadata says ``_type: Sequence``, which old and new releases of ``datasets`` read alike (``List``, which new ones
write, stops the old ones). Only pyarrow is needed to write it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pgt_dsl.dataset.formats.base import BuildInfo, image_names, row
from pgt_dsl.dataset.sample import Sample

ROW_GROUP = 100  # rows that a reader must decode to see one of them

_STRING = {"dtype": "string", "_type": "Value"}
_FEATURES: dict[str, Any] = {
    "images": {"feature": {"_type": "Image"}, "_type": "Sequence"},
    "id": _STRING,
    "task": _STRING,
    "group": _STRING,
    "question": _STRING,
    "answer": _STRING,
    "style": _STRING,
    "options": {"feature": _STRING, "_type": "Sequence"},
    "correct": {"dtype": "int64", "_type": "Value"},
    "conversations": [{"from": _STRING, "value": _STRING}],
    "metadata": _STRING,
}

SCHEMA = pa.schema(
    [
        ("images", pa.list_(pa.struct([("bytes", pa.binary()), ("path", pa.string())]))),
        ("id", pa.string()),
        ("task", pa.string()),
        ("group", pa.string()),
        ("question", pa.string()),
        ("answer", pa.string()),
        ("style", pa.string()),
        ("options", pa.list_(pa.string())),
        ("correct", pa.int64()),
        ("conversations", pa.list_(pa.struct([("from", pa.string()), ("value", pa.string())]))),
        ("metadata", pa.string()),
    ],
    metadata={"huggingface": json.dumps({"info": {"features": _FEATURES}})},
)

FRONT_MATTER = """\
configs:
- config_name: default
  data_files:
  - split: train
    path: data/train-*.parquet
dataset_info:
  features:
  - name: images
    sequence: image
  - name: id
    dtype: string
  - name: task
    dtype: string
  - name: group
    dtype: string
  - name: question
    dtype: string
  - name: answer
    dtype: string
  - name: style
    dtype: string
  - name: options
    sequence: string
  - name: correct
    dtype: int64
  - name: conversations
    list:
    - name: from
      dtype: string
    - name: value
      dtype: string
  - name: metadata
    dtype: string
"""


class ParquetWriter:
    """Shards ``data/train-00000.parquet``, ... of ``info.shard_rows`` rows each."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        self._folder = folder / "data"
        self._folder.mkdir()
        self._rows: list[dict[str, Any]] = []
        self._limit = info.shard_rows
        self._shards = 0

    def write(self, samples: Sequence[Sample]) -> None:
        """Take samples; a shard is written whenever it is full."""
        for sample in samples:
            images = [
                {"bytes": data, "path": name} for data, name in zip(sample.images, image_names(sample), strict=True)
            ]
            self._rows.append({"images": images, **row(sample)})
            if len(self._rows) == self._limit:
                self._flush()

    def close(self) -> None:
        """Write the last shard; a data set without samples has one shard without rows."""
        if self._rows or self._shards == 0:
            self._flush()

    def front_matter(self) -> str:
        """The split and the features."""
        return FRONT_MATTER

    def usage(self, folder: Path) -> str:
        """``load_dataset`` of the folder."""
        return f'from datasets import load_dataset\n\nrows = load_dataset("{folder.as_posix()}", split="train")'

    def _flush(self) -> None:
        table = pa.Table.from_pylist(self._rows, schema=SCHEMA)
        name = f"train-{self._shards:05d}.parquet"
        # PNG does not shrink further: only the texts are compressed.
        texts = [field.name for field in SCHEMA if field.name != "images"]
        compression = {"images.list.element.bytes": "none", "images.list.element.path": "zstd"}
        compression |= {path: "zstd" for path in _leaves(texts)}
        pq.write_table(table, self._folder / name, row_group_size=ROW_GROUP, compression=compression)
        self._rows.clear()
        self._shards += 1


def _leaves(names: list[str]) -> list[str]:
    nested = {
        "options": ["options.list.element"],
        "conversations": ["conversations.list.element.from", "conversations.list.element.value"],
    }
    return [leaf for name in names for leaf in nested.get(name, [name])]


def make(folder: Path, info: BuildInfo) -> ParquetWriter:
    """The writer of the format ``parquet``."""
    return ParquetWriter(folder, info)
