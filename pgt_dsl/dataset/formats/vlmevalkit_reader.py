"""Reading back what ``formats.vlmevalkit`` wrote: questions in ``mcq.tsv`` and ``vqa.tsv``, a row each, and the lines
of ``scenes.jsonl``, one for each sample, which bring them together.

The tables are looked through once for where each row begins, so memory holds an entry a question and no images; rows
are read by whoever judges them. Samples come in the order of ``scenes.jsonl``; whether each table has that order, too,
is looked at here.
"""

from __future__ import annotations

import base64
import binascii
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pgt_dsl.dataset.formats.reading import Holds, Piece, Problem, Row, collected, json_value, short
from pgt_dsl.dataset.formats.records_reader import SCENES, objects
from pgt_dsl.dataset.formats.vlmevalkit import EMPTY

TABLES = ("mcq.tsv", "vqa.tsv")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST = 1 << 29  # characters of a cell, which may be a list of images


@dataclass(frozen=True, slots=True)
class Question:
    """Where a row of a table is: its number from 0, its first byte, how many there are, which question of its sample
    it says it is."""

    table: str
    header: tuple[str, ...]
    row: int
    start: int
    size: int
    number: int


@dataclass(frozen=True, slots=True)
class VlmEvalKitReader:
    """``mcq.tsv``, ``vqa.tsv`` and ``scenes.jsonl`` below ``folder``. Loaders take what ``EMPTY`` names for an empty
    cell, so a full stop follows it."""

    folder: Path
    holds: ClassVar[Holds] = Holds(styles=False, names=False, stopped=EMPTY)

    def pieces(self) -> Iterator[Piece | Problem]:
        """Samples with the places of their questions."""
        questions: dict[str, list[Question]] = {}
        if not any((self.folder / name).exists() for name in TABLES):
            yield Problem("", None, f"there is neither {TABLES[0]} nor {TABLES[1]}", "a table")
        for name in TABLES:
            if (self.folder / name).exists():
                yield from _indexed(self.folder / name, questions)
        yield from collected(SCENES, self._samples(questions))

    def _samples(
        self, questions: dict[str, list[Question]]
    ) -> Iterator[tuple[int, str, Any, list[Question]] | Problem]:
        """Lines with their questions; afterwards, questions without a line."""
        last = dict.fromkeys(TABLES, -1)
        known: set[str] = set()
        for item in objects(self.folder / SCENES, SCENES):
            if isinstance(item, Problem):
                yield item
                continue
            line, scene = item
            key = scene.get("id") if isinstance(scene, dict) else None
            if not isinstance(key, str):
                yield Problem(SCENES, line, "this has no `id`", "the id of a sample")
                continue
            mine = questions.pop(key, [])
            if key in known or not mine:
                what = "is there twice" if key in known else f"has no row in {TABLES[0]} or {TABLES[1]}"
                yield Problem(SCENES, line, f"`{key}` {what}", "its questions")
                continue
            known.add(key)
            for question in mine:
                if question.row < last[question.table]:
                    yield Problem(question.table, question.row, f"`{key}` stands before samples that come earlier",
                                  f"the order of {SCENES}")  # fmt: skip
                last[question.table] = max(last[question.table], question.row)
            yield line, key, scene, mine
        for key, rest in questions.items():
            for question in rest:
                yield Problem(question.table, question.row, f"`{key}` has no line in {SCENES}", "its metadata")

    def rows(self, piece: Piece) -> Iterator[Row | Problem]:
        """The rows of some samples."""
        for line, key, scene, questions in piece.what:
            try:
                yield self._row(key, scene, questions)
            except (ValueError, TypeError, KeyError, OSError, csv.Error) as error:
                yield Problem(SCENES, line, f"the questions of `{key}` are not those of a sample: {short(error)}",
                              "its rows")  # fmt: skip

    def strays(self) -> Iterator[Problem]:
        """Other tables."""
        for path in sorted(self.folder.glob("*.tsv")):
            if path.name not in TABLES:
                yield Problem(path.name, None, "this file is no table of this data set")

    def _row(self, key: str, scene: Any, questions: Sequence[Question]) -> Row:
        if not isinstance(scene.get("metadata"), str):
            raise ValueError(f"its line in {SCENES} has no text `metadata`")
        found = sorted(questions, key=lambda question: question.number)
        cells = [self._cells(question) for question in found]
        faults = []
        for place, (question, cell) in enumerate(zip(found, cells, strict=True)):
            where = f"{question.table}, row {question.row}"
            if question.number != place:
                faults.append(f"{where}: it is question {question.number} of its sample, and {place} was expected")
            if cell["index"] != str(question.row):
                faults.append(f"{where}: its `index` is {cell['index'][:20]!r}")
            if cell["category"] != scene.get("task"):
                faults.append(f"{where}: its `category` is {cell['category'][:80]!r}, not that of {SCENES}")
            if cell["image"] != cells[0]["image"]:
                faults.append(f"{where}: its image is another than that of the sample's first question")
        turns = tuple((cell["question"], cell["answer"]) for cell in cells)
        options = tuple(_options(cell) for cell in cells)
        return Row(found[0].table, found[0].row, key, scene["metadata"], turns, _images(cells[0]["image"]), (), None,
                   {"task": scene.get("task")}, tuple(faults), options)  # fmt: skip

    def _cells(self, question: Question) -> dict[str, str]:
        with (self.folder / question.table).open("rb") as file:
            file.seek(question.start)
            text = file.read(question.size).decode("utf-8")
        (cells,) = _table(iter([text]))
        return dict(zip(question.header, cells, strict=True))


def _indexed(path: Path, questions: dict[str, list[Question]]) -> Iterator[Problem]:
    """Put the rows of a table to their samples; what is no row is told."""
    name, row = path.name, -1
    header: tuple[str, ...] = ()
    start = 0
    try:
        with path.open("rb") as file:
            taken = _Taken(file)
            for row, cells in enumerate(_table(iter(taken)), -1):
                begin, start = start, taken.bytes
                if row < 0:
                    header = tuple(cells)
                    letters = tuple(LETTERS[: len(cells) - 6]) if name == TABLES[0] else ()
                    wanted = ("index", "image", "question", *letters, "answer", "category", "id")
                    if header != wanted:
                        yield Problem(name, None, f"its columns are {', '.join(cells)[:200]}", ", ".join(wanted))
                        return
                    continue
                if len(cells) != len(header):
                    yield Problem(name, row, f"this row has {len(cells)} cells", f"{len(header)} cells")
                    continue
                key, slash, number = cells[-1].rpartition("/")
                key, number = (key, number) if slash else (cells[-1], "0")
                place = int(number) if number.isdecimal() and len(number) < 4 else -1
                mine = questions.setdefault(key, [])
                if place < 0 or any(question.number == place for question in mine):
                    what = "is there twice" if place >= 0 else "is not the id of a question"
                    yield Problem(name, row, f"`{cells[-1]}` {what}", "each question of a sample once")
                else:
                    mine.append(Question(name, header, row, begin, start - begin, place))
            if not header:
                yield Problem(name, None, "the table is empty", "a row of names")
            elif not taken.whole:
                yield Problem(name, row, "the file ends within this row: it is cut off", "a whole row")
    except (csv.Error, UnicodeDecodeError) as error:
        yield Problem(name, row + 1, f"this is no row, and what follows is not read: {short(error)}", "a row")
    except OSError as error:
        yield Problem(name, None, f"the file cannot be read: {error.strerror or error}", "a file")


class _Taken:
    """The lines of a file as texts, with a count of the bytes that were taken."""

    def __init__(self, file: Any) -> None:
        self._file, self.bytes, self.whole = file, 0, True

    def __iter__(self) -> Iterator[str]:
        for line in self._file:
            self.bytes += len(line)
            self.whole = line.endswith(b"\n")
            yield line.decode("utf-8")


def _table(lines: Iterator[str]) -> Iterator[list[str]]:
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST))
    return csv.reader(lines, delimiter="\t", strict=True)


def _options(cells: dict[str, str]) -> tuple[str, ...]:
    found = [text for name, text in cells.items() if len(name) == 1]
    while found and not found[-1]:
        found.pop()
    return tuple(found)


def _images(cell: str) -> tuple[bytes, ...]:
    texts = json_value(cell) if cell.startswith("[") else [cell]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError("`image` is neither base64 nor a list of it")
    try:
        return tuple(base64.b64decode(text, validate=True) for text in texts)
    except binascii.Error as error:
        raise ValueError(f"`image` is not base64: {error}") from error


def read(folder: Path) -> VlmEvalKitReader:
    """The reader of the format ``vlmevalkit``."""
    return VlmEvalKitReader(folder)
