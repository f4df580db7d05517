"""The table of utterances: what models say, with what it is worth. Read by people first, in ``*.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
FILES = ("words.toml", "things.toml", "numbers.toml", "long.toml", "later.toml")


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said to a question, and what that is worth; ``mistake`` None where any will do."""

    question: str
    said: str
    value: float
    right: bool
    mistake: str | None
    style: str
    coordinates: str

    def __str__(self) -> str:
        return f"{self.question}-{self.said[:40]!r}"


def utterances() -> Iterator[Utterance]:
    for file in FILES:
        for about in tomllib.loads((HERE / file).read_text(encoding="utf-8"))["about"]:
            question, rest = about["question"], (about.get("style", "short"), about.get("coordinates", "unit"))
            for said in about.get("right", ()):
                yield Utterance(question, said, 1.0, True, "", *rest)
            for said in about.get("wrong", ()):
                yield Utterance(question, said, 0.0, False, "", *rest)
            for mistake, texts in about.get("mistakes", {}).items():
                for said in texts:
                    yield Utterance(question, said, 0.0, False, mistake, *rest)
            for said, value in about.get("values", {}).items():
                yield Utterance(question, said, float(value), False, None, *rest)
