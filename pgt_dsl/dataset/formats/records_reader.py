"""Reading back what the formats of JSON records wrote: records, their lines of ``scenes.jsonl``, their images.

Records and lines are brought together by their ids; what is in one of the files alone waits until the end, and is then
told. What a format has of its own, a subclass says: names of files and keys, how turns are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pgt_dsl.dataset.formats.base import TRAIN
from pgt_dsl.dataset.formats.json_array import array
from pgt_dsl.dataset.formats.reading import (
    Holds,
    Piece,
    Problem,
    Row,
    Speech,
    Woven,
    collected,
    image_files,
    is_woven,
    json_value,
    lines,
    named,
    short,
    stray_images,
)

SCENES, INSIDE = "scenes.jsonl", "images"
Places = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class RecordsReader:
    """A table of records, ``scenes.jsonl`` and ``images/`` below ``folder``.

    table: the file of records (of a split ``named`` after it), one array when it ends in ``.json``, else lines. images:
    the key of their names, or of their paths when those have ``before`` them. speech: how turns are written.
    placeholder: what stands before the first question for each image.
    """

    folder: Path
    splits: tuple[str, ...] = (TRAIN,)
    table: ClassVar[str]
    images: ClassVar[str] = "images"
    before: ClassVar[str] = f"{INSIDE}/"
    speech: ClassVar[Speech]
    placeholder: ClassVar[str]
    holds: ClassVar[Holds] = Holds()

    def pieces(self) -> Iterator[Piece | Problem]:
        """Records with their lines."""
        for split in self.splits:
            yield from collected(named(self.table, split), self._pairs(split), split)

    def rows(self, piece: Piece) -> Iterator[Row | Woven | Problem]:
        """The rows of some records."""
        for number, record, scene in piece.what:
            try:
                made = self._woven if is_woven(record["id"]) else self._row
                yield made(piece, number, record, scene)
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                yield Problem(piece.file, number, f"this record is not a sample: {short(error)}", "a record")

    def strays(self) -> Iterator[Problem]:
        """Image files that no record names."""
        count = sum(1 for _ in self._all_named())
        yield from stray_images(self.folder, INSIDE, count, self._all_named(), frozenset())

    def places(self, record: Any) -> Places:
        """The places that a record keeps apart. Raises ``ValueError``."""
        return ()

    def _all_named(self) -> Iterator[str]:
        """The images of the data set itself that records name: those of the user's may lie elsewhere."""
        for split in self.splits:
            for item in self._records(split):
                if not isinstance(item, Problem):
                    try:
                        names = [path.removeprefix(self.before) for path in self._paths(item[1])]
                    except (ValueError, TypeError, KeyError):
                        continue
                    yield from (name for name in names if Path(name).name == name)

    def _records(self, split: str) -> Iterator[tuple[int, Any] | Problem]:
        name = named(self.table, split)
        return (array if name.endswith(".json") else objects)(self.folder / name, name)

    def _pairs(self, split: str) -> Iterator[tuple[int, Any, Any] | Problem]:
        """Records and lines of the same id, in the order of the records as far as lines keep up."""
        table, beside = named(self.table, split), named(SCENES, split)
        records, scenes = self._records(split), objects(self.folder / beside, beside)
        waiting: dict[str, tuple[int, Any]] = {}
        early: dict[str, tuple[int, Any]] = {}
        last, mixed_up, more = -1, False, True
        while more:
            more = False
            for source, own, other, name in ((records, waiting, early, table), (scenes, early, waiting, beside)):
                item = next(source, None)
                if item is None:
                    continue
                more = True
                if isinstance(item, Problem):
                    yield item
                    continue
                number, value = item
                key = value.get("id") if isinstance(value, dict) else None
                if not isinstance(key, str):
                    yield Problem(name, number, "this has no `id`", "the id of a sample")
                elif key in other:
                    mine, yours = item, other.pop(key)
                    record, line = (mine, yours) if own is waiting else (yours, mine)
                    if record[0] < last and not mixed_up:
                        mixed_up = True
                        yield Problem(table, record[0], f"from here records stand in another order than in {beside}",
                                      "one order")  # fmt: skip
                    last = max(last, record[0])
                    yield record[0], record[1], line[1]
                elif key in own:
                    yield Problem(name, number, f"`{key}` is there twice: here and as number {own[key][0]}", "once")
                else:
                    own[key] = item
        for key, (number, _) in waiting.items():
            yield Problem(table, number, f"`{key}` has no line in {beside}", "its metadata")
        for key, (number, _) in early.items():
            yield Problem(beside, number, f"`{key}` has no record in {table}", "its record")

    def _row(self, piece: Piece, number: int, record: Any, scene: Any) -> Row:
        paths = self._paths(record)
        turns = self.speech.read(record[self.speech.turns])
        question, placeholders = turns[0][0], 0
        while question.startswith(self.placeholder):
            question, placeholders = question[len(self.placeholder) :], placeholders + 1
        metadata = _metadata(scene)
        images, faults = image_files(self.folder, INSIDE, [path.removeprefix(self.before) for path in paths])
        strange = [f"`{path}` is not a path below {INSIDE}/" for path in paths if not path.startswith(self.before)]
        return Row(
            piece.file, number, record["id"], metadata, ((question, turns[0][1]), *turns[1:]), images,
            tuple(path.removeprefix(self.before) for path in paths), placeholders, {"task": scene.get("task")},
            (*faults, *strange), places=self.places(record),
        )  # fmt: skip

    def _woven(self, piece: Piece, number: int, record: Any, scene: Any) -> Woven:
        """A record of the user's: its images lie in the data set, or are named by their whole paths."""
        images: list[bytes | Path] = []
        faults: list[str] = []
        for path in self._paths(record):
            if Path(path).is_absolute():
                images.append(Path(path))
                continue
            held, wrong = image_files(self.folder, INSIDE, [path.removeprefix(self.before)])
            images += held
            faults += wrong
        texts = [turn[self.speech.text] for turn in record[self.speech.turns]]
        count = sum(text.count(self.placeholder.strip()) for text in texts)
        return Woven(piece.file, number, record["id"], _metadata(scene), tuple(images), count, tuple(faults))

    def _paths(self, record: Any) -> list[str]:
        value = record.get(self.images, []) if is_woven(record["id"]) else record[self.images]
        paths = [value] if isinstance(value, str) else value
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            raise ValueError(f"`{self.images}` is neither a name nor a list of names")
        return paths


def _metadata(scene: Any) -> str:
    if not isinstance(scene.get("metadata"), str):
        raise ValueError(f"its line in {SCENES} has no text `metadata`")
    return str(scene["metadata"])


def objects(path: Path, name: str) -> Iterator[tuple[int, Any] | Problem]:
    """The JSON values of a file that has one a line, with their numbers from 0."""
    for line in lines(path, name):
        if isinstance(line, Problem):
            yield line
            continue
        try:
            yield line[0], json_value(line[1])
        except ValueError as error:
            yield Problem(name, line[0], f"this line is not JSON: {error}", "an object")
