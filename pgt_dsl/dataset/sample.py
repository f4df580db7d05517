"""The ``Sample``: a scene with its pixels and texts, as writers take it."""

from __future__ import annotations

from dataclasses import dataclass

from pgt_dsl.scene.scene import Scene


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer in the form chosen for it: short | sentence | options | reasoned."""

    question: str
    answer: str
    style: str
    ask: int


@dataclass(frozen=True, slots=True)
class Sample:
    """``images`` are encoded files, one or, with cut panels, several, and ``suffix`` is theirs; ``pixels`` is the
    XXH3-128 of the painted RGB of all of them, whatever the files are; ``metadata`` canonical JSON of the scene (enough
    to replay it); ``coordinates`` names what its texts give places in."""

    id: str
    task: str
    index: int
    images: tuple[bytes, ...]
    turns: tuple[Turn, ...]
    scene: Scene
    pixels: str
    metadata: str
    group: str = ""
    suffix: str = ".png"
    coordinates: str = "unit"
