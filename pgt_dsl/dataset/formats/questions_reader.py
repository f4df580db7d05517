"""Reading back Parquet files with a row for each question: the rows of a sample are brought together again.

Every row of a sample repeats its images and metadata, and the questions before its own with their answers. Whether
they are the same in all of its rows is looked at here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pgt_dsl.dataset.formats.parquet_reader import ParquetReader, files_of
from pgt_dsl.dataset.formats.reading import AT_ONCE, Piece, Problem, Row, short

Said = tuple[tuple[str, str], ...]
"""Questions and their answers."""
Pictures = tuple[tuple[bytes, ...], tuple[str, ...]]
"""Image files and their names."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A row. number: where it stands. said: all turns to this question, or this one alone where the format has the
    others in ``prompt``. placeholders: of images before the first question, None in formats without. each: what is of
    the question by name, columns: what is of the sample."""

    number: int
    id: str
    metadata: str
    said: Said
    pictures: Pictures
    each: Mapping[str, Any]
    columns: Mapping[str, Any]
    placeholders: int | None = None
    prompt: str = ""
    faults: tuple[str, ...] = ()

    @property
    def sample(self) -> str:
        """The id of its sample, which has no slash."""
        return self.id.partition("/")[0]


class QuestionsReader(ParquetReader):
    """A subclass says what its rows hold (``asked``) and in which leaf of the table ids are (``ids``)."""

    __slots__ = ()
    ids: ClassVar[tuple[str, ...]] = ("id",)

    def asked(self, number: int, columns: dict[str, Any], index: int | None) -> Asked:
        """What a row says; index: its number in the data set, as far as that is known. Raises ``ValueError``."""
        raise NotImplementedError

    def history(self, row: Asked, before: Said) -> bool:
        """Whether a row has the turns before its own as they are."""
        return row.said[:-1] == before

    def parts(self, file: Any, before: int | None) -> Iterator[tuple[int, Any]]:
        """Rows of whole samples: the row groups that hold them, how far into these they begin, how many there are,
        and how many rows come before the shard."""
        groups = [file.metadata.row_group(k).num_rows for k in range(file.metadata.num_row_groups)]
        column = file.read(columns=[".".join(self.ids)])[self.ids[0]]
        found = [_leaf(value, self.ids[1:]).partition("/")[0] for value in column.to_pylist()]
        starts = [k for k, name in enumerate(found) if not k or name != found[k - 1]]
        first = 0
        for start, end in zip(starts, [*starts[1:], len(found)], strict=True):
            if end - first > AT_ONCE and start > first:
                yield first, (*_span(groups, first, start), before)
                first = start
        if found:
            yield first, (*_span(groups, first, len(found)), before)

    def rows(self, piece: Piece) -> Iterator[Row | Problem]:
        """The samples of some rows."""
        groups, offset, count, before = piece.what
        try:
            found = self.table(piece.file, groups).slice(offset, count).to_pylist()
        except Exception as error:  # of a broken file pyarrow raises whatever its parts raise
            last = piece.first + count - 1
            yield Problem(
                piece.file, piece.first, f"rows {piece.first} to {last} cannot be read: {short(error)}", "rows"
            )
            return
        held: list[Asked] = []
        for number, columns in enumerate(found, piece.first):
            try:
                row = self.asked(number, columns, None if before is None else before + number)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                yield Problem(piece.file, number, f"this is not a question: {short(error)}", "a question of a sample")
                continue
            if held and (held[0].sample != row.sample or row.id in {other.id for other in held}):
                yield self._sample(piece.file, held)
                held = []
            held.append(row)
        if held:
            yield self._sample(piece.file, held)

    def _sample(self, file: str, rows: Sequence[Asked]) -> Row:
        """The sample of rows that name the same."""
        first = rows[0]
        faults: list[str] = []
        turns: Said = ()
        for row in rows:
            faults += row.faults
            alike = ("metadata", "pictures", "columns", "placeholders")
            other = next((name for name in alike if getattr(row, name) != getattr(first, name)), None)
            if other is not None:
                faults.append(f"row {row.number}: its {other} are others than in row {first.number} of the same sample")
            if not self.history(row, turns):
                faults.append(f"row {row.number}: what was asked before is not what the rows before it ask")
            turns = (*turns, row.said[-1])
        each = tuple({**row.each, "id": row.id} for row in rows)
        return Row(
            file, first.number, first.sample, first.metadata, turns, *first.pictures, first.placeholders,
            first.columns, tuple(faults), each=each,
        )  # fmt: skip


def pictures_of(columns: dict[str, Any]) -> Pictures:
    """The images of a row. Raises ``ValueError`` when they are none."""
    files, names = files_of(columns)
    return tuple(files), tuple(names)


def text_of(columns: Mapping[str, Any], name: str) -> str:
    """A column that holds a text. Raises ``ValueError`` when it holds something else."""
    value = columns[name]
    if not isinstance(value, str):
        raise ValueError(f"`{name}` is not a text")
    return value


def _span(groups: Sequence[int], first: int, stop: int) -> tuple[list[int], int, int]:
    """The row groups that hold the rows ``first .. stop - 1``, the first one's place in them, how many there are."""
    numbers: list[int] = []
    begin = at = 0
    for k, size in enumerate(groups):
        if at < stop and at + size > first:
            begin = at if not numbers else begin
            numbers.append(k)
        at += size
    return numbers, first - begin, stop - first


def _leaf(value: Any, path: Sequence[str]) -> str:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
