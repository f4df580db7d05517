"""The ``Given``: a record of the user's, as writers take it beside samples. It has no scene and nothing certified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pgt_dsl.dataset.sample import Sample
from pgt_dsl.diagnostics import PgtError

PLACEHOLDER = "<image>"
Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of a record: the file at ``path`` (absolute), or ``data``, the bytes of a file, where the record holds
    them itself. ``suffix`` is that of its file, with the dot."""

    path: Path | None
    data: bytes | None
    suffix: str

    def read(self) -> bytes:
        """The bytes of the file. Raises ``PgtError`` when it cannot be read."""
        if self.data is not None:
            return self.data
        assert self.path is not None
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise PgtError(f"cannot read the image `{self.path}`: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class Given:
    """``id`` is ``MIX+00000012``, which no sample's can be; ``task`` is the name of the mix. ``said``: role and text of
    each message, an ``<image>`` in the texts for each of the ``pictures``; a system's message may come first, then user
    and assistant take turns. ``metadata``: JSON that says which record it was. ``copy``: its images go into the data
    set also where a path would do. ``objects``: places of ms-swift's ``<bbox>``."""

    id: str
    task: str
    said: tuple[tuple[Role, str], ...]
    pictures: tuple[Picture, ...]
    metadata: str
    copy: bool = False
    objects: Mapping[str, Any] | None = None

    @property
    def group(self) -> str:
        """No pair of twins."""
        return ""

    @property
    def images(self) -> tuple[bytes, ...]:
        """The bytes of all image files, read now."""
        return tuple(picture.read() for picture in self.pictures)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The suffix of each image file."""
        return tuple(picture.suffix for picture in self.pictures)

    @property
    def paths(self) -> tuple[Path | None, ...]:
        """Where the output may find each image; None where it must hold it itself."""
        return tuple(None if self.copy else picture.path for picture in self.pictures)

    @property
    def bare(self) -> tuple[tuple[Role, str], ...]:
        """What was said without the places of the images, for formats that have the images apart."""
        return tuple((role, without_places(text) if role == "user" else text) for role, text in self.said)


Row = Sample | Given
"""What writers take: samples of pgt-dsl's, and records of the user's where a recipe mixes them in."""


def without_places(text: str) -> str:
    """A text without the ``<image>`` at its start or its end, and the white space beside them."""
    while text.lstrip().startswith(PLACEHOLDER):
        text = text.lstrip()[len(PLACEHOLDER) :].lstrip()
    while text.rstrip().endswith(PLACEHOLDER):
        text = text.rstrip()[: -len(PLACEHOLDER)].rstrip()
    return text
