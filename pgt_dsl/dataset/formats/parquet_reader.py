"""Reading back what ``formats.parquet`` wrote: a row group at a time, each in whatever process asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pgt_dsl.dataset.formats.base import TRAIN
from pgt_dsl.dataset.formats.reading import (
    AT_ONCE,
    COLUMNS,
    Holds,
    Piece,
    Problem,
    Row,
    Woven,
    short,
    whole_row,
)


@dataclass(frozen=True, slots=True)
class ParquetReader:
    """``data/train-*.parquet`` below ``folder``, in the order of their names, as ``load_dataset`` takes them.

    For other tables a subclass says the columns that are ``needed`` and what ``row`` they make; where a sample has
    several rows, also ``parts`` and ``rows``.
    """

    folder: Path
    splits: tuple[str, ...] = (TRAIN,)
    holds: ClassVar[Holds] = Holds()
    needed: ClassVar[tuple[str, ...]] = ("images", "id", "metadata", "conversations", *COLUMNS)

    def row(self, file: str, number: int, columns: dict[str, Any]) -> Row | Woven:
        """The row of some columns. Raises ``ValueError`` when they are not those of a sample."""
        return whole_row(file, number, columns, *files_of(columns))

    def pieces(self) -> Iterator[Piece | Problem]:
        """Row groups, in parts where they are large."""
        import pyarrow.parquet as pq

        for split in self.splits:
            before: int | None = 0  # rows of the shards before, as far as they can be read
            paths = sorted((self.folder / "data").glob(f"{split}-*.parquet"))
            if not paths:
                yield Problem("data", None, f"there is no shard `{split}-*.parquet`", "shards")
            for number, path in enumerate(paths):
                name = f"data/{path.name}"
                wanted = f"{split}-{number:05d}.parquet"
                if path.name != wanted:
                    yield Problem(name, None, "the shards are not numbered without a gap", wanted)
                try:
                    with pq.ParquetFile(path) as file:
                        lacking = sorted({*self.needed} - set(file.schema_arrow.names))
                        parts = [] if lacking else list(self.parts(file, before))
                        before = None if before is None else before + file.metadata.num_rows
                except Exception as error:  # of a broken file pyarrow raises whatever its parts raise
                    yield Problem(name, None, f"the file cannot be read: {short(error)}", "a Parquet file")
                    before = None
                    continue
                if lacking:
                    yield Problem(name, None, f"there is no column `{lacking[0]}`", "the columns of this format")
                for first, what in parts:
                    yield Piece(name, first, what, split)

    def parts(self, file: Any, before: int | None) -> Iterator[tuple[int, Any]]:
        """The first row of each piece of a ``pyarrow.parquet.ParquetFile``, and what finds its rows again. before: how
        many rows the shards before it have, None where that is not known."""
        first = 0
        for group in range(file.metadata.num_row_groups):
            size = file.metadata.row_group(group).num_rows
            for start in range(0, size, AT_ONCE):
                yield first + start, (group, start, min(AT_ONCE, size - start))
            first += size

    def rows(self, piece: Piece) -> Iterator[Row | Woven | Problem]:
        """The rows of a part of a row group."""
        group, start, count = piece.what
        try:
            found = self.table(piece.file, [group]).slice(start, count).to_pylist()
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

    def table(self, name: str, groups: list[int]) -> Any:
        """Some row groups of a file. Raises whatever pyarrow does."""
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.folder / name) as file:
            return file.read_row_groups(groups)

    def strays(self) -> Iterator[Problem]:
        """What ``data/`` holds beside the shards."""
        for path in sorted((self.folder / "data").glob("*")):
            if path.suffix != ".parquet" or path.name.rpartition("-")[0] not in self.splits:
                yield Problem(f"data/{path.name}", None, "this file is no shard")


def files_of(columns: dict[str, Any]) -> tuple[list[bytes], list[str]]:
    """The image files of a row and their names. Raises ``ValueError`` when the column is not one of images."""
    images = columns["images"]
    if not isinstance(images, list) or not all(isinstance(i, dict) for i in images):
        raise ValueError("`images` is not a list of images")
    return [i.get("bytes") or b"" for i in images], [str(i.get("path")) for i in images]


def read(folder: Path, splits: tuple[str, ...] = (TRAIN,)) -> ParquetReader:
    """The reader of the format ``parquet``."""
    return ParquetReader(folder, splits)
