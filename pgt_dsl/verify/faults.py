"""What ``pgt verify`` finds wrong, as values, and the checks by name with what each of them asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CHECKS: Mapping[str, str] = {
    "files": "every file can be read to its end, and no file is there in vain",
    "rows": "every planned sample is there once, in order, and no other",
    "metadata": "the metadata parse and are those of this data set",
    "replay": "program, seed and index give the recorded scene again, bit by bit",
    "oracle": "the oracle agrees with the recorded scene",
    "picture": "the picture in the data set is the one that was recorded",
    "repaint": "the scene, painted again, is that picture",
    "ids": "the painted ids show the shapes of the scene",
    "texts": "questions, answers, options and columns are those of the recorded scene",
    "answers": "each answer, read back from its text, is the value that the oracle has certified",
    "twice": "no picture has two answers to one question",
    "quotas": "the shares of the quotas are exact",
    "manifest": "the counts and shares of the manifest are those of the samples",
}
SHORT = 300  # characters of what was expected and found


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong. ``check`` is one of ``CHECKS``; ``sample`` an id, ``file`` (below the data set) and ``row``
    (from 0) say where, as far as there is a place; ``expected`` and ``found`` are texts, "" where there is nothing to
    compare; it concerns ``count`` samples."""

    check: str
    message: str
    sample: str = ""
    task: str = ""
    file: str = ""
    row: int | None = None
    expected: str = ""
    found: str = ""
    count: int = 1

    def __str__(self) -> str:
        place = self.file + ("" if self.row is None else f", row {self.row}")
        where = ": ".join(part for part in (place, self.sample or self.task) if part)
        text = f"{self.check}: {where}: {self.message}" if where else f"{self.check}: {self.message}"
        if self.expected or self.found:
            text += f": expected {self.expected or 'nothing'}, found {self.found or 'nothing'}"
        return text


def short(value: object) -> str:
    """A value as a text that fits into a report."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHORT else text[: SHORT - 2] + " …"
