"""Parquet with the feature metadata of Hugging Face: ``load_dataset(folder)`` gives decoded images.

Only pyarrow is needed to write it. Formats with other columns are the same writer with another ``Table``.

The rows of a shard wait on disk until it is full, as Arrow's messages one after the other: so memory holds no more than
a row group, and a build that was killed has lost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pgt_dsl.dataset.formats.base import BuildInfo, Growing, image_names, row
from pgt_dsl.dataset.formats.table import IMAGE, TURN, Table, schema
from pgt_dsl.dataset.given import Row

ROW_GROUP = 100  # rows that a reader must decode to see one of them

TEXT = pa.string()
TABLE = Table(
    schema(
        [
            ("id", TEXT),
            ("task", TEXT),
            ("group", TEXT),
            ("question", TEXT),
            ("answer", TEXT),
            ("style", TEXT),
            ("language", TEXT),
            ("options", pa.list_(TEXT)),
            ("correct", pa.int64()),
            ("conversations", pa.list_(TURN)),
            ("metadata", TEXT),
        ]
    ),
    lambda sample, number: [row(sample)],
)


class ParquetWriter:
    """Shards ``data/train-00000.parquet``, ... of ``info.shard_rows`` samples each."""

    def __init__(self, folder: Path, info: BuildInfo, table: Table) -> None:
        self._table = table
        self._folder, self._work = folder / "data", info.work
        self._folder.mkdir(exist_ok=True)
        self._limit = info.shard_rows
        self._shards = info.mark.get("shards", 0)
        self._samples = info.mark.get("samples", 0)  # of the shard that is not full yet
        self._rows = info.mark.get("rows", 0)  # of all shards
        for number, path in _numbered(self._folder, f"{table.split}-", ".parquet"):
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
            room = self._limit - self._samples
            part, rest = rest[:room], rest[room:]
            batch = _batch(self._table, part, self._rows)
            self._waiting.add_bytes(batch.serialize())
            self._samples += len(part)
            self._rows += batch.num_rows
            if self._samples == self._limit:
                self._flush()

    def mark(self) -> Mapping[str, Any]:
        """How many shards and rows there are, and how many samples wait for the next shard in how many bytes."""
        self._waiting.flush()
        for path in self._older:
            path.unlink()
        self._older, self._full = self._full, []
        waiting = {"samples": self._samples, "bytes": self._waiting.bytes}
        return {"shards": self._shards, "rows": self._rows, **waiting}

    def finished(self) -> Sequence[Path]:
        """The shards so far."""
        return [path for _, path in _numbered(self._folder, f"{self._table.split}-", ".parquet")]

    def leave(self) -> None:
        """Close the file of waiting rows."""
        self._waiting.close()

    def close(self) -> None:
        """Write the last shard; a data set without samples has one shard without rows."""
        if self._samples or self._shards == 0:
            self._flush()
        self._waiting.close()

    def front_matter(self) -> str:
        """The split and the features."""
        return self._table.front_matter()

    def usage(self, folder: Path) -> str:
        """``load_dataset`` of the folder."""
        place, split = folder.as_posix(), self._table.split
        return f'from datasets import load_dataset\n\nrows = load_dataset("{place}", split="{split}")'

    def _held(self, shard: int) -> Path:
        return self._work / f"rows-{shard:05d}.arrow"

    def _flush(self) -> None:
        """Write the waiting rows as a shard, a row group at a time."""
        self._waiting.close()
        # Images do not shrink further: only the texts are compressed. A dictionary is of use where values return.
        texts, schema = self._table.leaves(), self._table.schema
        compression = {"images.list.element.bytes": "none", "images.list.element.path": "zstd"}
        compression |= {path: "zstd" for path in texts}
        dictionary = [path for path in texts if path not in self._table.unique]
        path = self._folder / f"{self._table.split}-{self._shards:05d}.parquet"
        with pq.ParquetWriter(path, schema, compression=compression, use_dictionary=dictionary) as out:
            for group in _groups(self._held(self._shards), schema):
                out.write_table(group, row_group_size=ROW_GROUP)
        self._full.append(self._held(self._shards))
        self._samples = 0
        self._shards += 1
        self._waiting = Growing(self._held(self._shards))


def _batch(table: Table, samples: Sequence[Row], before: int) -> pa.RecordBatch:
    """Samples as rows, made column by column: image files are copied once. before: how many rows there are already."""
    rows: list[dict[str, Any]] = []
    files: list[list[tuple[bytes, str]]] = []
    for sample in samples:
        made = table.rows(sample, before + len(rows))
        rows += made
        files += [list(zip(sample.images, image_names(sample), strict=True))] * len(made)
    columns = [_images(files) if field.name == "images" else pa.array([made[field.name] for made in rows], field.type)
               for field in table.schema]  # fmt: skip
    return pa.RecordBatch.from_arrays(columns, schema=table.schema)


def _images(files: Sequence[Sequence[tuple[bytes, str]]]) -> pa.ListArray:
    """The column ``images``: contents and names of the files of each row."""
    every = [file for names in files for file in names]
    parts = [_column([file[k] for file in every], IMAGE.field(k).type) for k in range(2)]
    offsets = pa.array(_offsets([len(names) for names in files]))
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(parts, fields=list(IMAGE)))


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


def _groups(path: Path, schema: pa.Schema) -> Iterator[pa.Table]:
    """The waiting rows in tables of a row group each, of one piece each: how they came makes no difference."""
    if not path.stat().st_size:
        return
    with pa.memory_map(str(path)) as source:
        parts: list[pa.RecordBatch] = []
        while source.tell() < source.size():
            parts.append(pa.ipc.read_record_batch(pa.ipc.read_message(source), schema))
            table = pa.Table.from_batches(parts, schema)
            while table.num_rows >= ROW_GROUP:
                yield table.slice(0, ROW_GROUP).combine_chunks()
                table = table.slice(ROW_GROUP)
            parts = table.to_batches()
        if parts:
            yield pa.Table.from_batches(parts, schema).combine_chunks()


def make(folder: Path, info: BuildInfo) -> ParquetWriter:
    """The writer of the format ``parquet``."""
    return ParquetWriter(folder, info, TABLE.of(info.split))
