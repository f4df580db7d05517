"""The ``Scene``: one solved and answered picture as plain values, from which everything after is made.

JSON values: lengths px, angles degrees, points ``[x, y]``, colours ``"#rrggbb"`` or ``"none"``, shapes slot numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any


@dataclass(frozen=True, slots=True)
class SceneShape:
    """A shape of the scene. ``slot`` is its number in the program's table; ``id`` (1, 2, ...) is its value in the id
    mask, in paint order (0 is the background; 0 for composites and virtual shapes, whose parts carry ids).
    ``box`` is the upright bounding box ``(x0, y0, x1, y1)`` in px; ``phrase`` what texts call it, "" if nothing."""

    slot: int
    id: int
    group: str
    index: tuple[int, ...]
    kind: str
    fields: Mapping[str, Json]
    box: tuple[float, float, float, float]
    parts: tuple[int, ...] = ()
    painted: bool = True
    entity: bool = True
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A wrong answer and the mistake that it would reveal ("" when it has no name)."""

    value: Json
    text: str
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A place as it stands in a text of a question: which ``text`` (question | text | sentence | reason), from which
    character to which, brackets included, and the point (x, y) or box (x0, y0, x1, y1) that it tells, px."""

    text: str
    start: int
    end: int
    at: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer. ``margin`` is the difficulty: by how many of its margins the answer holds
    (None for continuous answers and exact ones). ``options`` are in seeded order; ``correct`` indexes them.
    ``places``: the coordinates in its texts."""

    question: str
    form: str
    value: Json
    text: str
    margin: float | None
    within: float | None = None
    unit: str = ""
    paraphrase: int = 0
    options: tuple[str, ...] = ()
    correct: int | None = None
    wrong: tuple[WrongAnswer, ...] = ()
    sentence: str = ""
    reason: str = ""
    grounding: tuple[int, ...] = ()
    places: tuple[Placed, ...] = ()


@dataclass(frozen=True, slots=True)
class BackgroundChoice:
    """Which background a scene has: its kind, its fields, and a seed for its texture; ``photo`` names the file."""

    kind: str
    fields: Mapping[str, Json] = field(default_factory=dict)
    seed: int = 0
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture and its questions; a function of (program, seed, index, size, photos) alone. Of a group, which
    shares an index, ``twin_of`` is the name and ``twin`` the number in it; ``swept`` is the pick that a sweep takes
    through its ``steps`` values. ``stage`` names that of a curriculum. Its
    words are those of a ``language``."""

    task: str
    program: str
    seed: int
    index: int
    width: int
    height: int
    attempt: int
    stratum: Mapping[str, Json]
    draws: Mapping[str, Json]
    shapes: tuple[SceneShape, ...]
    background: BackgroundChoice
    asks: tuple[Answered, ...]
    cuts: tuple[tuple[int, int, int, int], ...] = ()
    twin: int = 0
    twin_of: str = ""
    swept: str = ""
    steps: int = 0
    stage: str = ""
    language: str = "en"
