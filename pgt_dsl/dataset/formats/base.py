"""What a writer of data sets is, what it is told of the build, and what formats share: rows, names, growing files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pgt_dsl.dataset.given import Given, Row

TRAIN = "train"  # the split of a build that has no others


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """What a writer knows of the build: the data set's name, how many samples are planned, rows a shard, and a folder
    for files that are not part of the data set. ``mark`` is empty for a new build; for one that goes on it is what
    ``Resumable.mark`` said last, and the writer finds the folders as it left them, or with more in them. ``split`` is
    what its samples are for: writers of other splits may have the same folder (never the same ``work``)."""

    name: str
    planned: int
    work: Path
    shard_rows: int = 1000
    mark: Mapping[str, Any] = field(default_factory=dict)
    split: str = TRAIN

    def named(self, stem: str, suffix: str) -> str:
        """The name of a file of this split: ``stem.json``, or ``stem-validation.json``."""
        return f"{stem}{suffix}" if self.split == TRAIN else f"{stem}-{self.split}{suffix}"

    @property
    def front_matter(self) -> str:
        """The YAML of one configuration of this split, whose ``path`` is to follow."""
        return f"configs:\n- config_name: default\n  data_files:\n  - split: {self.split}\n    path: "


class Writer(Protocol):
    """A writer. ``make(folder, info)`` of its ``FormatSpec`` returns one.

    It writes below ``folder`` only, an empty folder that becomes the data set when the whole build is done; so it
    need not care for interruptions. ``README.md`` and ``manifest.json`` are the build's to write.

    A writer that has no ``mark`` and ``leave`` says by that that it cannot be resumed: what a build has made that was
    stopped is then thrown away.
    """

    def write(self, samples: Sequence[Row]) -> None:
        """Take the next samples, in their final order. Among them are records of the user's (``Given``) only when the
        format's ``FormatSpec.keeps`` says that it takes them."""
        ...

    def close(self) -> None:
        """Write what is still held. Called once, after the last sample, when the build has not failed."""
        ...

    def front_matter(self) -> str:
        """YAML for the head of ``README.md`` (``configs``, ``dataset_info``), or "". Called after ``close``."""
        ...

    def usage(self, folder: Path) -> str:
        """Python code that loads the data set from ``folder``."""
        ...


@runtime_checkable
class Resumable(Writer, Protocol):
    """A writer that can go on where a build was killed. ``make`` then gets the last mark in ``info.mark``, and has to
    cut off what was written after it; files that are written anew with the same bytes may stay."""

    def mark(self) -> Mapping[str, Any]:
        """Where the files stand, as JSON. All that has been taken is with the operating system by then. The mark
        before this one is no longer needed from the next call on."""
        ...

    def leave(self) -> None:
        """Let go of open files: the build stops, and may be gone on with from the last mark. Called instead of
        ``close``."""
        ...


@runtime_checkable
class Sharded(Resumable, Protocol):
    """A writer of which some files are whole before the others, so that they can be sent to where they are to be."""

    def finished(self) -> Sequence[Path]:
        """The files that are whole as of the last ``mark``, which nobody reads or writes again; only their names are
        looked at. Called right after ``mark``."""
        ...


class Growing:
    """A file that grows at its end; what lies beyond ``start`` bytes of an earlier build is cut off.

    Raises ``ValueError`` when there are fewer.
    """

    def __init__(self, path: Path, start: int = 0) -> None:
        path.touch()
        self.path, self._file = path, path.open("r+b")
        if self._file.seek(0, 2) < start:
            raise ValueError(f"{path.name} is too short")
        self._file.truncate(start)
        self._file.seek(start)
        self.bytes = start

    def add(self, text: str) -> None:
        """Put a text behind the others."""
        self.add_bytes(text.encode("utf-8"))

    def add_bytes(self, data: Any) -> None:
        """Put bytes, or a buffer of them, behind the others."""
        self.bytes += self._file.write(data)

    def flush(self) -> None:
        """Hand everything to the operating system."""
        self._file.flush()

    def close(self) -> None:
        """Flush and close."""
        self._file.close()


def drop_images(records: Path, start: int, folder: Path, names: Callable[[Any], str | list[str]]) -> None:
    """Remove the images below ``folder`` of the records, a JSON value a line, beyond ``start`` bytes of a file.

    For a writer that goes on: a record is written before its images, so no other image can be there in vain.
    """
    if not records.is_file():
        return
    with records.open("rb") as file:
        file.seek(start)
        for line in file:
            try:
                found = names(json.loads(line.strip().strip(b",")))
            except (ValueError, LookupError, TypeError):  # the bracket of an array, or a line that is not whole
                continue
            for name in [found] if isinstance(found, str) else found:
                if Path(name).name == name:
                    (folder / name).unlink(missing_ok=True)


def row(sample: Row) -> dict[str, Any]:
    """The columns that formats share (all but the images).

    ``question``, ``answer`` and ``style`` are those of the first turn and ``conversations`` holds all turns, without
    any ``<image>``; ``options`` are the first question's whatever its style, ``correct`` the place of the right one
    among them or -1. A record of the user's has no style, no language
    and no options.
    """
    if isinstance(sample, Given):
        texts = [text for role, text in sample.bare if role != "system"]
        question, answer, style, options, correct = texts[0], texts[1], "", [], -1
    else:
        first = sample.turns[0]
        asked = sample.scene.asks[first.ask]
        question, answer, style, options = first.question, first.answer, first.style, list(asked.options)
        correct = -1 if asked.correct is None else asked.correct
    return {
        "id": sample.id,
        "task": sample.task,
        "group": sample.group,
        "question": question,
        "answer": answer,
        "style": style,
        "language": "" if isinstance(sample, Given) else sample.scene.language,
        "options": options,
        "correct": correct,
        "conversations": conversations(sample),
        "metadata": sample.metadata,
    }


def conversations(sample: Row, placeholder: str = "") -> list[dict[str, str]]:
    """All turns as ``{"from": "human" | "gpt", "value": ...}``; the first question is preceded by ``placeholder``. The
    texts of a record of the user's have their own; they are without when there is no ``placeholder``."""
    if isinstance(sample, Given):
        said = sample.said if placeholder else sample.bare
        return [{"from": _FROM[role], "value": text} for role, text in said]
    turns: list[dict[str, str]] = []
    for turn in sample.turns:
        turns.append({"from": "human", "value": (placeholder if not turns else "") + turn.question})
        turns.append({"from": "gpt", "value": turn.answer})
    return turns


_FROM = {"system": "system", "user": "human", "assistant": "gpt"}


def suffixes(sample: Row) -> tuple[str, ...]:
    """The suffix of each image's file, with its dot."""
    return sample.suffixes if isinstance(sample, Given) else (sample.suffix,) * len(sample.images)


def image_names(sample: Row) -> list[str]:
    """File names of a sample's images: ``<id>.png``, or ``<id>-0.png``, ``<id>-1.png`` when there are several."""
    found = suffixes(sample)
    if len(found) == 1:
        return [sample.id + found[0]]
    return [f"{sample.id}-{number}{suffix}" for number, suffix in enumerate(found)]


def image_paths(sample: Row, before: str = "") -> list[str]:
    """What records say of a sample's images: their names after ``before`` (``images/``), or where the user's lie."""
    names = [before + name for name in image_names(sample)]
    places = sample.paths if isinstance(sample, Given) else (None,) * len(names)
    return [name if place is None else str(place) for name, place in zip(names, places, strict=True)]


def image_files(sample: Row) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the images that the data set has to hold, where records say paths."""
    if isinstance(sample, Given):
        for name, place, picture in zip(image_names(sample), sample.paths, sample.pictures, strict=True):
            if place is None:
                yield name, picture.read()
    else:
        yield from zip(image_names(sample), sample.images, strict=True)
