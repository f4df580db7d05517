"""What a reader of a finished data set is: ``pgt verify`` reads what a format's writer wrote, row by row.

A reader belongs to a writer and knows nothing of how rows should be: it says what is in the files and where. It shares
no code with the writer, and what it cannot read it says as a ``Problem`` in place of a row; it raises for nothing else
than a folder that cannot be looked into.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

MOST_BYTES = 1 << 28  # of an image file that are read


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be read: a file below the data set's folder ("" for the whole), a row (from 0) or None for all that
    follows, what is wrong, and what should be there."""

    file: str
    row: int | None
    message: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """What the files say of one sample, unjudged.

    file, row: where it stands (rows from 0). id: "" where there is none.
    turns: question and answer of each turn, without placeholders of images; placeholders: how many of these the first
        question has, None in formats without; images: encoded files, with the names that the row gives them.
    columns: what the format has beyond (``task``, ``group``, ``question``, ``answer``, ``style``, ``options``,
        ``correct``, as in ``formats.base.row``); verified by name, those that have other names are not.
    faults: what is wrong with the row by itself, such as a missing image file.
    """

    file: str
    row: int
    id: str
    metadata: str
    turns: tuple[tuple[str, str], ...]
    images: tuple[bytes, ...]
    names: tuple[str, ...]
    placeholders: int | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows that are read together, in a process of their own: plain values, whatever ``Reader.rows`` needs."""

    file: str
    first: int
    what: Any = None


class Reader(Protocol):
    """A reader. ``read(folder)`` of its ``FormatSpec`` returns one; it travels between processes."""

    def pieces(self) -> Iterator[Piece | Problem]:
        """All of the data set in the order in which loaders give it, in pieces of 128 rows at most."""
        ...

    def rows(self, piece: Piece) -> Iterator[Row | Problem]:
        """The rows of a piece."""
        ...

    def strays(self) -> Iterator[Problem]:
        """Files that loaders would see and no row names. Asked for after all rows."""
        ...


# what readers of JSON and image files share -----------------------------------------------------------------------


def image_files(folder: Path, inside: str, names: Sequence[str]) -> tuple[tuple[bytes, ...], tuple[str, ...]]:
    """The bytes of image files below ``folder / inside``, and what is wrong with them; b"" for one that is missing."""
    found, faults = [], []
    for name in names:
        data = b""
        if not name or Path(name).name != name:
            faults.append(f"`{name}` is not the name of a file in {inside}/")
        else:
            path = folder / inside / name
            try:
                if path.stat().st_size > MOST_BYTES:
                    faults.append(f"{inside}/{name} has more than {MOST_BYTES} bytes")
                else:
                    data = path.read_bytes()
            except FileNotFoundError:
                faults.append(f"the image file {inside}/{name} is missing")
            except OSError as error:
                faults.append(f"the image file {inside}/{name} cannot be read: {error.strerror or error}")
        found.append(data)
    return tuple(found), tuple(faults)


def stray_images(
    folder: Path, inside: str, count: int, names: Iterator[str], known: frozenset[str]
) -> Iterator[Problem]:
    """Files of ``folder / inside`` that are none of ``names``, of which there are ``count``: only looked for where
    there are more files than names."""
    try:
        there = [entry.name for entry in (folder / inside).iterdir() if entry.name not in known]
    except OSError:
        return
    if len(there) <= count:
        return
    wanted = set(names)
    for name in sorted(set(there) - wanted):
        yield Problem(f"{inside}/{name}", None, "no row names this file")


def conversation(value: Any) -> tuple[tuple[str, str], ...]:
    """Question and answer of each turn of ``[{"from": "human", "value": ...}, {"from": "gpt", ...}, ...]``.

    Raises ``ValueError`` on anything else."""
    if not isinstance(value, list) or not value or len(value) % 2:
        raise ValueError("`conversations` is not a list of questions and answers in turn")
    said = []
    for number, turn in enumerate(value):
        speaker = ("human", "gpt")[number % 2]
        if not isinstance(turn, dict) or turn.get("from") != speaker or not isinstance(turn.get("value"), str):
            raise ValueError(f"turn {number + 1} of `conversations` is not said by `{speaker}`")
        said.append(turn["value"])
    return tuple(zip(said[::2], said[1::2], strict=True))


def json_value(text: str) -> Any:
    """A JSON value. Raises ``ValueError`` whatever is wrong with the text, deep nesting as well."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def lines(path: Path, name: str) -> Iterator[tuple[int, str] | Problem]:
    """The lines of a text file with their numbers from 0, and a problem where they end too soon."""
    number = 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file):
                if not line.endswith(b"\n"):
                    yield Problem(name, number, "the file ends within this line: it is cut off", "a whole line")
                try:
                    yield number, line.decode("utf-8")
                except UnicodeDecodeError as error:
                    yield Problem(name, number, f"this line is not UTF-8: {error.reason}", "text")
    except FileNotFoundError:
        yield Problem(name, None, "the file is missing", "a file")
    except OSError as error:
        yield Problem(name, number, f"the file cannot be read on: {error.strerror or error}", "a file")
