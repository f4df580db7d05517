"""Parquet with the feature metadata of Hugging Face: ``load_dataset(folder)`` gives decoded images.

The metadata says ``_type: Sequence``, which old and new releases of ``datasets`` read alike (``List``, which new ones
write, stops the old ones). Only pyarrow is needed to write it.

The rows of a shard wait on disk until it is full, as Arrow's messages one after the other: so memory holds no more than
a row group, and a build that was killed has lost nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pgt_dsl.dataset.formats.base import BuildInfo, Growing, image_names, row
from pgt_dsl.dataset.given import Row

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
        self._folder, self._work, self._split = folder / "data", info.work, info.split
        self._folder.mkdir(exist_ok=True)
        self._limit = info.shard_rows
        self._shards = info.mark.get("shards", 0)
        self._rows = info.mark.get("rows", 0)  # of the shard that is not full yet
        for number, path in _numbered(self._folder, f"{info.split}-", ".parquet"):
            if number >= self._shards:
                path.unlink()
        for number, path in _numbered(self._work, "rows-", ".arrow"):
            if number != self._shards:
                path.unlink()
        self._waiting = Growing(self._held(self._shards), info.mark.get("bytes", 0))
        self._full: list[Path] = []  # rows of shards that have been written since the last mark
        self._older: list[Path] = []  # ... and since the one before: no mark needs them any more

    def write(self, samples: Sequence[Row]) -> None:
        """Take samples; a shard is written whenever it is full."""
        rest = list(samples)
        while rest:
            part, rest = rest[: self._limit - self._rows], rest[self._limit - self._rows :]
            self._waiting.add_bytes(_batch(part).serialize())
            self._rows += len(part)
            if self._rows == self._limit:
                self._flush()

    def mark(self) -> Mapping[str, Any]:
        """How many shards are written, and how many rows wait in how many bytes."""
        self._waiting.flush()
        for path in self._older:
            path.unlink()
        self._older, self._full = self._full, []
        return {"shards": self._shards, "rows": self._rows, "bytes": self._waiting.bytes}

    def leave(self) -> None:
        """Close the file of waiting rows."""
        self._waiting.close()

    def close(self) -> None:
        """Write the last shard; a data set without samples has one shard without rows."""
        if self._rows or self._shards == 0:
            self._flush()
        self._waiting.close()

    def front_matter(self) -> str:
        """The split and the features."""
        return FRONT_MATTER.replace("train", self._split)

    def usage(self, folder: Path) -> str:
        """``load_dataset`` of the folder."""
        return f'from datasets import load_dataset\n\nrows = load_dataset("{folder.as_posix()}", split="{self._split}")'

    def _held(self, shard: int) -> Path:
        return self._work / f"rows-{shard:05d}.arrow"

    def _flush(self) -> None:
        """Write the waiting rows as a shard, a row group at a time."""
        self._waiting.close()
        # Images do not shrink further: only the texts are compressed. A dictionary is of use where values return.
        texts = _leaves([field.name for field in SCHEMA if field.name != "images"])
        compression = {"images.list.element.bytes": "none", "images.list.element.path": "zstd"}
        compression |= {path: "zstd" for path in texts}
        dictionary = [path for path in texts if path not in ("id", "metadata")]
        path = self._folder / f"{self._split}-{self._shards:05d}.parquet"
        with pq.ParquetWriter(path, SCHEMA, compression=compression, use_dictionary=dictionary) as out:
            for group in _groups(self._held(self._shards)):
                out.write_table(group, row_group_size=ROW_GROUP)
        self._full.append(self._held(self._shards))
        self._rows = 0
        self._shards += 1
        self._waiting = Growing(self._held(self._shards))


def _batch(samples: Sequence[Row]) -> pa.RecordBatch:
    """Samples as rows of ``SCHEMA``, made column by column: image files are copied once."""
    rows = [row(sample) for sample in samples]
    images = [(data, name) for s in samples for data, name in zip(s.images, image_names(s), strict=True)]
    turns = [(turn["from"], turn["value"]) for columns in rows for turn in columns["conversations"]]
    nested = {
        "images": _nested("images", [len(sample.images) for sample in samples], images),
        "conversations": _nested("conversations", [len(columns["conversations"]) for columns in rows], turns),
    }
    columns = [nested[f.name] if f.name in nested else pa.array([r[f.name] for r in rows], f.type) for f in SCHEMA]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _nested(name: str, lengths: Sequence[int], items: Sequence[tuple[Any, ...]]) -> pa.ListArray:
    """A column of lists of records: ``lengths`` of them each, ``items`` all of them in a row."""
    record = SCHEMA.field(name).type.value_type
    parts = [_column([item[k] for item in items], record.field(k).type) for k in range(record.num_fields)]
    return pa.ListArray.from_arrays(pa.array(_offsets(lengths)), pa.StructArray.from_arrays(parts, fields=list(record)))


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if kind != pa.binary():
        return pa.array(values, kind)
    # Joined first: pyarrow would copy large values several times while its buffer grows.
    offsets = _offsets([len(value) for value in values])
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(values))])


def _offsets(lengths: Sequence[int]) -> npt.NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def _numbered(folder: Path, before: str, after: str) -> Iterator[tuple[int, Path]]:
    """The files of a folder with a number in their names, and the numbers."""
    for path in sorted(folder.glob(f"{before}*{after}")):
        number = path.name[len(before) : -len(after)]
        if number.isdigit():
            yield int(number), path


def _groups(path: Path) -> Iterator[pa.Table]:
    """The waiting rows in tables of a row group each, of one piece each: how they came makes no difference."""
    if not path.stat().st_size:
        return
    with pa.memory_map(str(path)) as source:
        parts: list[pa.RecordBatch] = []
        while source.tell() < source.size():
            parts.append(pa.ipc.read_record_batch(pa.ipc.read_message(source), SCHEMA))
            table = pa.Table.from_batches(parts, SCHEMA)
            while table.num_rows >= ROW_GROUP:
                yield table.slice(0, ROW_GROUP).combine_chunks()
                table = table.slice(ROW_GROUP)
            parts = table.to_batches()
        if parts:
            yield pa.Table.from_batches(parts, SCHEMA).combine_chunks()


def _leaves(names: list[str]) -> list[str]:
    nested = {
        "options": ["options.list.element"],
        "conversations": ["conversations.list.element.from", "conversations.list.element.value"],
    }
    return [leaf for name in names for leaf in nested.get(name, [name])]


def make(folder: Path, info: BuildInfo) -> ParquetWriter:
    """The writer of the format ``parquet``."""
    return ParquetWriter(folder, info)
