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

from pgt_dsl.dataset.formats.base import TRAIN

MOST_BYTES = 1 << 28  # of an image file that are read
AT_ONCE = 128  # rows of a piece
COLUMNS = ("task", "group", "question", "answer", "style", "language", "options", "correct")
"""What rows have beside id, conversations, images and metadata in formats that keep everything."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What cannot be read: a file below the data set's folder ("" for the whole), a row (from 0) or None for all that
    follows, what is wrong, and what should be there."""

    file: str
    row: int | None
    message: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Holds:
    """What a format keeps of a sample where that is not everything; verified is what it keeps. A format that keeps
    everything needs none.

    styles: the turns are in the styles of the build. If not, every question is there as it was asked, and beside it
        (``Row.options``) its options where there are 2 to 26: then the answer is the letter of the right one, else the
        short one.
    names: images are named after the sample. If not, names that they have end as the files of the build do.
    place: stands in a short answer for each of its points or boxes, which are in ``Row.places``; "" where answers are
        texts. Pictures of cut panels have no places.
    stopped: options, and answers without them, that a full stop follows, since loaders take them for something else.
    """

    styles: bool = True
    names: bool = True
    place: str = ""
    stopped: frozenset[str] = frozenset()

    def written(self, text: str) -> str:
        """An option or answer as the format has it."""
        return f"{text}." if text in self.stopped else text


@dataclass(frozen=True, slots=True)
class Row:
    """What the files say of one sample, unjudged.

    file, row: where it stands (rows from 0). id: "" where there is none.
    turns: question and answer of each turn, without placeholders of images; placeholders: how many of these the first
        question has, None in formats without; images: encoded files, with the names that the row gives them.
    columns: what the format has beyond (``task``, ``group``, ``question``, ``answer``, ``style``, ``options``,
        ``correct``, as in ``formats.base.row``); verified by name, those that have other names are not.
    faults: what is wrong with the row by itself, such as a missing image file.
    options, places: where the format keeps them apart, see ``Holds``: the options of each turn, and the points
        (x, y) and boxes (x0, y0, x1, y1) of all answers, in px of the image.
    each: what the format has beyond of each turn (``style``, ``options``, ``ask``: the number of its question),
        verified by name as ``columns`` are.
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
    options: tuple[tuple[str, ...], ...] = ()
    places: tuple[tuple[float, ...], ...] = ()
    each: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Woven:
    """A record of the user's among the rows: where it stands, and its images, by path where they lie elsewhere.
    placeholders: of images, in all its texts, None in formats without."""

    file: str
    row: int
    id: str
    metadata: str
    images: tuple[bytes | Path, ...]
    placeholders: int | None = None
    faults: tuple[str, ...] = ()


def is_woven(id: Any) -> bool:
    """Whether an id is that of a record of the user's: ``MIX+00000012``. No sample's has a ``+``."""
    return isinstance(id, str) and "+" in id


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a split that are read together, in a process of their own: plain values, whatever ``Reader.rows``
    needs."""

    file: str
    first: int
    what: Any = None
    split: str = TRAIN


class Reader(Protocol):
    """A reader. ``read(folder)`` of its ``FormatSpec`` returns one; it travels between processes. For a data set with
    splits it is called as ``read(folder, splits)``, with their names in their order; only formats that know splits
    need to take them.

    ``holds`` says what the format keeps where that is not everything, and may be left out.
    """

    @property
    def holds(self) -> Holds:
        """What the format keeps of a sample."""
        ...

    def pieces(self) -> Iterator[Piece | Problem]:
        """All of the data set in the order in which loaders give it, in pieces of 128 rows at most."""
        ...

    def rows(self, piece: Piece) -> Iterator[Row | Woven | Problem]:
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


@dataclass(frozen=True, slots=True)
class Speech:
    """How a format writes turns: in a list named ``turns``, each with a ``speaker`` (of questions, of answers) and a
    ``text``."""

    turns: str
    speaker: str
    text: str
    speakers: tuple[str, str]

    def read(self, value: Any) -> tuple[tuple[str, str], ...]:
        """Question and answer of each turn. Raises ``ValueError`` on anything but questions and answers in turn."""
        if not isinstance(value, list) or not value or len(value) % 2:
            raise ValueError(f"`{self.turns}` is not a list of questions and answers in turn")
        said = []
        for number, turn in enumerate(value):
            by = self.speakers[number % 2]
            if not isinstance(turn, dict) or turn.get(self.speaker) != by or not isinstance(turn.get(self.text), str):
                raise ValueError(f"turn {number + 1} of `{self.turns}` is not said by `{by}`")
            said.append(turn[self.text])
        return tuple(zip(said[::2], said[1::2], strict=True))


CONVERSATIONS = Speech("conversations", "from", "value", ("human", "gpt"))
MESSAGES = Speech("messages", "role", "content", ("user", "assistant"))


def named(name: str, split: str) -> str:
    """The name of a file of a split: ``llava.json``, ``llava-validation.json``."""
    stem, dot, suffix = name.rpartition(".")
    return name if split == TRAIN else f"{stem}-{split}{dot}{suffix}"


def whole_row(
    file: str, number: int, item: Any, images: Sequence[bytes], names: Sequence[str], faults: Sequence[str] = ()
) -> Row | Woven:
    """The row of an object that has all ``COLUMNS``. Raises ``ValueError`` when it is none."""
    if not isinstance(item, dict):
        raise ValueError("it is not an object")
    lacking = [name for name in ("id", "metadata", "conversations", *COLUMNS) if name not in item]
    if lacking:
        raise ValueError(f"it has no `{lacking[0]}`")
    strange = [name for name in ("id", "metadata") if not isinstance(item[name], str)]
    if strange:
        raise ValueError(f"`{strange[0]}` is not a text")
    if is_woven(item["id"]):
        return Woven(file, number, item["id"], item["metadata"], tuple(images), None, tuple(faults))
    turns = CONVERSATIONS.read(item["conversations"])
    columns = {name: item[name] for name in COLUMNS}
    return Row(file, number, item["id"], item["metadata"], turns, tuple(images), tuple(names), None, columns,
               tuple(faults))  # fmt: skip


def short(error: Exception) -> str:
    """What a reader says of an error, in one line."""
    if isinstance(error, KeyError):
        return f"it has no {error}"
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


def collected(file: str, items: Iterator[Any], split: str = TRAIN) -> Iterator[Piece | Problem]:
    """Pieces of ``items``, values that start with the number of their row, with the problems among them."""
    held: list[Any] = []
    for item in items:
        if isinstance(item, Problem):
            yield item
            continue
        held.append(item)
        if len(held) == AT_ONCE:
            yield Piece(file, held[0][0], held, split)
            held = []
    if held:
        yield Piece(file, held[0][0], held, split)


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
