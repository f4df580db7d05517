"""The questions of a finished data set, one after the other, as a model is asked them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.formats.reading import Problem, Row, json_value
from pgt_dsl.dataset.manifest import Manifest, read_manifest
from pgt_dsl.dataset.opening import holds_of, open_reader
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.registry import Registry

MEDIA = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
READABLE = ("png", "jpeg", "webp")


@dataclass(frozen=True, slots=True)
class Question:
    """One question: ``text`` is said to the model beside ``images`` (encoded files). ``key`` names it in the journal:
    the sample's id, and from the second question of a scene on its number. ``before``: the scene's earlier questions
    with their right answers, since a later one may speak of them ("which of the others ..."). ``row`` is what ``score``
    takes."""

    key: str
    ask: int
    text: str
    images: tuple[bytes, ...]
    metadata: str
    before: tuple[tuple[str, str], ...] = ()

    @property
    def row(self) -> dict[str, str]:
        """The row of a data set that ``pgt_dsl.score`` reads."""
        return {"metadata": self.metadata}

    @property
    def turns(self) -> tuple[tuple[str, str | None], ...]:
        """What is said to the model, in order: each text with the answer that stands behind it, None for its own."""
        return (*self.before, (self.text, None))

    @property
    def prompt(self) -> str:
        """The question in one text, a line each for what was said before."""
        return "\n".join([*(text for turn in self.before for text in turn), self.text])


def key_of(sample: str, ask: int) -> str:
    """The key of a question, numbered from 0, of a sample."""
    return sample if ask == 0 else f"{sample}/{ask + 1}"


def media_type(file: bytes) -> str:
    """The media type of an encoded image. Raises ``PgtError`` for what no model's endpoint takes."""
    for start, name in MEDIA.items():
        if file.startswith(start):
            return name
    raise PgtError('an image of the data set is neither PNG nor JPEG nor WebP; build it with `image = "png"`')


@dataclass(frozen=True)
class Questions:
    """The questions of a data set, read as they are wanted; ``digest`` tells data sets apart."""

    folder: Path
    manifest: Manifest
    reader: Any

    @property
    def digest(self) -> str:
        """The SHA-256 of the manifest: programs, seed, counts and styles are in it, so that equal ones have the same
        questions."""
        return hashlib.sha256((self.folder / MANIFEST).read_bytes()).hexdigest()

    def __iter__(self) -> Iterator[Question]:
        """Raises ``PgtError`` at what cannot be read."""
        for piece in self.reader.pieces():
            for row in [piece] if isinstance(piece, Problem) else self.reader.rows(piece):
                where = f"{self.folder / row.file}" + ("" if row.row is None else f", row {row.row}")
                if isinstance(row, Problem):
                    raise PgtError(f"{where}: {row.message}; `pgt verify` tells what else is wrong")
                yield from _of_row(row, where)


def open_questions(folder: Path, registry: Registry) -> Questions:
    """The questions of a data set. Raises ``PgtError`` when it is none, or its format keeps too little."""
    manifest = read_manifest(folder)
    reader = open_reader(folder, manifest, registry)
    if not holds_of(reader).styles:
        raise PgtError(
            f"`{folder}` has the format `{manifest.format}`, from which questions cannot be read with the form of "
            "their answers; build it with --format parquet"
        )
    if manifest.image not in READABLE:
        raise PgtError(f"`{folder}` has {manifest.image} images, which no endpoint takes; build it with --image png")
    return Questions(folder, manifest, reader)


def _of_row(row: Row, where: str) -> Iterator[Question]:
    try:
        metadata = json_value(row.metadata)
        if "mix" in metadata:  # a record of the user's, which nobody can score
            return
        metadata["scene"]
    except (ValueError, KeyError, TypeError) as error:
        raise PgtError(f"{where}: its metadata holds no scene; `pgt verify` tells what else is wrong") from error
    for ask, (question, _) in enumerate(row.turns):
        yield Question(key_of(row.id, ask), ask, question, row.images, row.metadata, row.turns[:ask])
