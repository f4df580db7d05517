"""Reading back what ``formats.parquet`` wrote: a row group at a time, each in whatever process asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pgt_dsl.dataset.formats.reading import AT_ONCE, COLUMNS, Holds, Piece, Problem, Row, short, whole_row


@dataclass(frozen=True, slots=True)
class ParquetReader:
    """``data/train-*.parquet`` below ``folder``, in the order of their names, as ``load_dataset`` takes them.

    For other tables of a row a sample a subclass says the name of the ``split``, the columns that are ``needed``,
    and what ``row`` they make.
    """

    folder: Path
    holds: ClassVar[Holds] = Holds()
    split: ClassVar[str] = "train"
    needed: ClassVar[tuple[str, ...]] = ("images", "id", "metadata", "conversations", *COLUMNS)

    def row(self, file: str, number: int, columns: dict[str, Any]) -> Row:
        """The row of some columns. Raises ``ValueError`` when they are not those of a sample."""
        images = columns["images"]
        if not isinstance(images, list) or not all(isinstance(i, dict) for i in images):
            raise ValueError("`images` is not a list of images")
        files, names = [i.get("bytes") or b"" for i in images], [str(i.get("path")) for i in images]
        return whole_row(file, number, columns, files, names)

    def pieces(self) -> Iterator[Piece | Problem]:
        """Row groups, in parts where they are large."""
        import pyarrow.parquet as pq

        paths = sorted((self.folder / "data").glob(f"{self.split}-*.parquet"))
        if not paths:
            yield Problem("data", None, f"there is no shard `{self.split}-*.parquet`", "shards")
        for number, path in enumerate(paths):
            name = f"data/{path.name}"
            wanted = f"{self.split}-{number:05d}.parquet"
            if path.name != wanted:
                yield Problem(name, None, "the shards are not numbered without a gap", wanted)
            try:
                with pq.ParquetFile(path) as file:
                    sizes = [file.metadata.row_group(k).num_rows for k in range(file.metadata.num_row_groups)]
                    names = set(file.schema_arrow.names)
            except Exception as error:  # of a broken file pyarrow raises whatever its parts raise
                yield Problem(name, None, f"the file cannot be read: {short(error)}", "a Parquet file")
                continue
            lacking = sorted({*self.needed} - names)
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
                piece.file, piece.first, f"rows {piece.first} to {last} cannot be read: {short(error)}", "rows"
            )
            return
        for number, columns in enumerate(found, piece.first):
            try:
                yield self.row(piece.file, number, columns)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                yield Problem(piece.file, number, f"this is not a sample: {short(error)}", "a sample")

    def strays(self) -> Iterator[Problem]:
        """What ``data/`` holds beside the shards."""
        for path in sorted((self.folder / "data").glob("*")):
            if not (path.name.startswith(f"{self.split}-") and path.suffix == ".parquet"):
                yield Problem(f"data/{path.name}", None, "this file is no shard")


def read(folder: Path) -> ParquetReader:
    """The reader of the format ``parquet``."""
    return ParquetReader(folder)
