"""Reading back what ``formats.parquet`` wrote: a row group at a time, each in whatever process asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.reading import Piece, Problem, Row, conversation

AT_ONCE = 128  # rows of a piece
COLUMNS = ("task", "group", "question", "answer", "style", "options", "correct")
_TEXTS = ("id", "metadata")


@dataclass(frozen=True, slots=True)
class ParquetReader:
    """``data/train-*.parquet`` below ``folder``, in the order of their names, as ``load_dataset`` takes them."""

    folder: Path

    def pieces(self) -> Iterator[Piece | Problem]:
        """Row groups, in parts where they are large."""
        import pyarrow.parquet as pq

        paths = sorted((self.folder / "data").glob("train-*.parquet"))
        if not paths:
            yield Problem("data", None, "there is no shard `train-*.parquet`", "shards")
        for number, path in enumerate(paths):
            name = f"data/{path.name}"
            if path.name != f"train-{number:05d}.parquet":
                yield Problem(name, None, "the shards are not numbered without a gap", f"train-{number:05d}.parquet")
            try:
                with pq.ParquetFile(path) as file:
                    sizes = [file.metadata.row_group(k).num_rows for k in range(file.metadata.num_row_groups)]
                    names = set(file.schema_arrow.names)
            except Exception as error:  # of a broken file pyarrow raises whatever its parts raise
                yield Problem(name, None, f"the file cannot be read: {_short(error)}", "a Parquet file")
                continue
            lacking = sorted({"images", "id", "metadata", "conversations", *COLUMNS} - names)
            if lacking:
                yield Problem(name, None, f"there is no column `{lacking[0]}`", "the columns of this format")
                continue
            first = 0
            for group, size in enumerate(sizes):
                for start in range(0, size, AT_ONCE):
                    yield Piece(name, first + start, (group, start, min(AT_ONCE, size - start)))
                first += size

    def rows(self, piece: Piece) -> Iterator[Row | Problem]:
        """The rows of a part of a row group."""
        import pyarrow.parquet as pq

        group, start, count = piece.what
        try:
            with pq.ParquetFile(self.folder / piece.file) as file:
                found = file.read_row_group(group).slice(start, count).to_pylist()
        except Exception as error:  # see above
            last = piece.first + count - 1
            yield Problem(
                piece.file, piece.first, f"rows {piece.first} to {last} cannot be read: {_short(error)}", "rows"
            )
            return
        for number, columns in enumerate(found, piece.first):
            try:
                yield _row(piece.file, number, columns)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                yield Problem(piece.file, number, f"this is not a sample: {_short(error)}", "a sample")

    def strays(self) -> Iterator[Problem]:
        """What ``data/`` holds beside the shards."""
        for path in sorted((self.folder / "data").glob("*")):
            if not (path.name.startswith("train-") and path.suffix == ".parquet"):
                yield Problem(f"data/{path.name}", None, "this file is no shard")


def _row(file: str, number: int, columns: dict[str, Any]) -> Row:
    strange = [name for name in _TEXTS if not isinstance(columns[name], str)]
    if strange:
        raise ValueError(f"`{strange[0]}` is not a text")
    images = columns["images"]
    if not isinstance(images, list) or not all(isinstance(i, dict) for i in images):
        raise ValueError("`images` is not a list of images")
    return Row(
        file, number, columns["id"], columns["metadata"], conversation(columns["conversations"]),
        tuple(i.get("bytes") or b"" for i in images), tuple(str(i.get("path")) for i in images),
        None, {name: columns[name] for name in COLUMNS},
    )  # fmt: skip


def _short(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def read(folder: Path) -> ParquetReader:
    """The reader of the format ``parquet``."""
    return ParquetReader(folder)
