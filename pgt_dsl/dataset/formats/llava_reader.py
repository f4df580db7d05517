"""Reading back what ``formats.llava`` wrote: records of ``llava.json``, their lines of ``scenes.jsonl``, their images.

The array is read value by value, however its JSON is laid out, so memory holds a piece of it. Records and lines are
brought together by their ids; what is in one of the files alone waits until the end, and is then told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.reading import (
    Piece,
    Problem,
    Row,
    conversation,
    image_files,
    json_value,
    lines,
    stray_images,
)

AT_ONCE = 128  # rows of a piece
TABLE, SCENES, INSIDE = "llava.json", "scenes.jsonl", "images"
PLACEHOLDER = "<image>\n"
_CHUNK = 1 << 16
_MOST = 1 << 26  # characters of one record
_SPACE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class LlavaReader:
    """``llava.json``, ``scenes.jsonl`` and ``images/`` below ``folder``."""

    folder: Path

    def pieces(self) -> Iterator[Piece | Problem]:
        """Records with their lines."""
        held: list[tuple[int, Any, Any]] = []
        for found in self._pairs():
            if isinstance(found, Problem):
                yield found
                continue
            held.append(found)
            if len(held) == AT_ONCE:
                yield Piece(TABLE, held[0][0], held)
                held = []
        if held:
            yield Piece(TABLE, held[0][0], held)

    def rows(self, piece: Piece) -> Iterator[Row | Problem]:
        """The rows of some records."""
        for number, record, scene in piece.what:
            try:
                yield self._row(number, record, scene)
            except (ValueError, TypeError, KeyError) as error:
                yield Problem(TABLE, number, f"this record is not a sample: {_short(error)}", "a record of LLaVA")

    def strays(self) -> Iterator[Problem]:
        """Image files that no record names."""
        count = sum(1 for _ in self._named())
        yield from stray_images(self.folder, INSIDE, count, self._named(), frozenset())

    def _named(self) -> Iterator[str]:
        for item in array(self.folder / TABLE, TABLE):
            if not isinstance(item, Problem):
                try:
                    yield from _names(item[1])
                except (ValueError, TypeError, KeyError):
                    continue

    def _pairs(self) -> Iterator[tuple[int, Any, Any] | Problem]:
        """Records and lines of the same id, in the order of the records as far as lines keep up."""
        records, scenes = array(self.folder / TABLE, TABLE), _objects(self.folder / SCENES, SCENES)
        waiting: dict[str, tuple[int, Any]] = {}
        early: dict[str, tuple[int, Any]] = {}
        more = True
        while more:
            more = False
            for source, own, other, name in ((records, waiting, early, TABLE), (scenes, early, waiting, SCENES)):
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
                    record, line = (mine, yours) if name == TABLE else (yours, mine)
                    yield record[0], record[1], line[1]
                elif key in own:
                    yield Problem(name, number, f"`{key}` is there twice: here and as number {own[key][0]}", "once")
                else:
                    own[key] = item
        for key, (number, _) in waiting.items():
            yield Problem(TABLE, number, f"`{key}` has no line in {SCENES}", "its metadata")
        for key, (number, _) in early.items():
            yield Problem(SCENES, number, f"`{key}` has no record in {TABLE}", "its record")

    def _row(self, number: int, record: Any, scene: Any) -> Row:
        names = _names(record)
        turns = conversation(record["conversations"])
        question, placeholders = turns[0][0], 0
        while question.startswith(PLACEHOLDER):
            question, placeholders = question[len(PLACEHOLDER) :], placeholders + 1
        if not isinstance(scene.get("metadata"), str):
            raise ValueError(f"its line in {SCENES} has no text `metadata`")
        images, faults = image_files(self.folder, INSIDE, names)
        return Row(TABLE, number, record["id"], scene["metadata"], ((question, turns[0][1]), *turns[1:]), images,
                   tuple(names), placeholders, {"task": scene.get("task")}, faults)  # fmt: skip


def array(path: Path, name: str) -> Iterator[tuple[int, Any] | Problem]:
    """The values of a JSON array in a file, with their numbers from 0, one after the other."""
    try:
        with path.open(encoding="utf-8") as file:
            yield from _values(file, name)
    except FileNotFoundError:
        yield Problem(name, None, "the file is missing", "a file")
    except OSError as error:
        yield Problem(name, None, f"the file cannot be read: {error.strerror or error}", "a file")
    except UnicodeDecodeError as error:
        yield Problem(name, None, f"the file is not UTF-8 from some place on: {error.reason}", "text")


def _values(file: Any, name: str) -> Iterator[tuple[int, Any] | Problem]:
    decoder = json.JSONDecoder()
    text = file.read(_CHUNK).lstrip(_SPACE + "\ufeff")
    if not text.startswith("["):
        yield Problem(name, None, "the file does not start with `[`", "an array of records")
        return
    text, number = text[1:], 0
    while True:
        text = text.lstrip(_SPACE)
        if number and text.startswith(","):
            text = text[1:].lstrip(_SPACE)
        if text.startswith("]"):
            if (text[1:] + file.read(_CHUNK)).strip(_SPACE):
                yield Problem(name, None, "there is something behind the array", "the end of the file")
            return
        try:
            value, end = decoder.raw_decode(text)
        except RecursionError:
            yield Problem(name, number, "this record is nested too deeply", "a record")
            return
        except ValueError as error:
            more = "" if len(text) > _MOST else file.read(max(_CHUNK, len(text)))
            if not more:
                what = f"no record follows, or the file is cut off here ({error}); the rest is not read"
                yield Problem(name, number, what, "a record, or `]`")
                return
            text += more
            continue
        yield number, value
        text, number = text[end:], number + 1


def _objects(path: Path, name: str) -> Iterator[tuple[int, Any] | Problem]:
    for line in lines(path, name):
        if isinstance(line, Problem):
            yield line
            continue
        try:
            yield line[0], json_value(line[1])
        except ValueError as error:
            yield Problem(name, line[0], f"this line is not JSON: {error}", "an object")


def _names(record: Any) -> list[str]:
    image = record["image"]
    names = [image] if isinstance(image, str) else image
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError("`image` is neither a name nor a list of names")
    return names


def _short(error: Exception) -> str:
    return f"it has no {error}" if isinstance(error, KeyError) else str(error)[:200]


def read(folder: Path) -> LlavaReader:
    """The reader of the format ``llava``."""
    return LlavaReader(folder)
