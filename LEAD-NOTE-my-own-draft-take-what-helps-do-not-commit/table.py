"""Scenes as columns: what the question and the picture show, and what is right, for every question of a task."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pgt_dsl.audit.causes import Causes
from pgt_dsl.audit.dependence import Ints, binned, coded
from pgt_dsl.program.program import Ask, Group, Origin, Program
from pgt_dsl.scene.scene import Answered, Scene, SceneShape

WORDS = 40  # words of questions that are looked at, the most frequent first
CLASSES = 24  # different answers above which they are put into bins
PLACES = ("point", "points", "box", "boxes")
Where = Literal["question", "shape", "draw", "background"]


@dataclass(frozen=True)
class Column:
    """What a guesser might look at. ``cause``: whether the answer is defined by it. ``origin``: its line in the spec."""

    name: str
    where: Where
    codes: Ints
    cause: bool
    origin: Origin = field(default=Origin())


def answers(ask: Ask, asked: Sequence[Answered], scenes: Sequence[Scene]) -> tuple[str, Ints]:
    """What is to be guessed, in words, and its codes: the answer, or which shape it is, or about how much."""
    if ask.form == "shape":
        return "which shape is the answer", coded([str(a.value) for a in asked])
    if ask.form in PLACES:
        places = [a.value if ask.form in ("point", "box") else (a.value or [[0.0, 0.0]])[0] for a in asked]
        right = np.asarray([p[0] > s.width / 2 for p, s in zip(places, scenes, strict=True)])
        low = np.asarray([p[1] > s.height / 2 for p, s in zip(places, scenes, strict=True)])
        return "in which quarter of the picture the answer is", (right + 2 * low).astype(np.int64)
    if ask.form == "shapes":
        return "how many shapes the answer has", binned(np.asarray([len(a.value) for a in asked], np.float64))
    if ask.form == "quantity" or len({a.text for a in asked}) > CLASSES:
        numbers = [a.value if isinstance(a.value, int | float) else math.nan for a in asked]
        if not all(map(math.isnan, numbers)):
            return "about how much the answer is", binned(np.asarray(numbers, np.float64), 4)
    return "the answer", coded([a.text for a in asked])


def columns(program: Program, causes: Causes, scenes: Sequence[Scene], number: int) -> list[Column]:
    """All columns of a question, those that never vary left out."""
    asked = [scene.asks[number] for scene in scenes]
    found = [*_of_question(asked, program.asks[number]), *_of_draws(program, causes, scenes),
             *_of_shapes(program, causes, scenes), *_of_background(causes, scenes)]  # fmt: skip
    return [column for column in found if column.codes.min() != column.codes.max()]


# the question ---------------------------------------------------------------------------------------------------


def _of_question(asked: Sequence[Answered], ask: Ask) -> list[Column]:
    texts = [a.question for a in asked]
    made = [
        Column("the wording of the question", "question", coded([str(a.paraphrase) for a in asked]), False, ask.origin),
        Column("the length of the question", "question", binned(_numbers(len(t) for t in texts)), False, ask.origin),
    ]
    if any(a.options for a in asked):
        made.append(Column("the number of options", "question", binned(_numbers(len(a.options) for a in asked)), False,
                           ask.origin))  # fmt: skip
    words = [set(re.findall(r"[^\W_]+", text.lower())) for text in texts]
    seen = Counter(word for found in words for word in found)
    for word, times in seen.most_common():
        if len(made) >= WORDS:
            break
        if 0.02 <= times / len(texts) <= 0.98:
            codes = np.asarray([word in found for found in words], np.int64)
            made.append(Column(f"the word “{word}” in the question", "question", codes, False, ask.origin))
    return made


# draws ------------------------------------------------------------------------------------------------------------


def _of_draws(program: Program, causes: Causes, scenes: Sequence[Scene]) -> list[Column]:
    """The task's own `let`s and `pick`s: they are not seen, but name the line from which something is to be guessed."""
    made = []
    for var in program.vars:
        if var.role not in ("let", "pick") or var.axes or var.type.rank or not var.name.isidentifier():
            continue
        codes = _codes([scene.draws.get(var.name) for scene in scenes])
        if codes is not None:
            made.append(Column(f"`{var.name}`", "draw", codes, causes.drawn(var.id), var.origin))
    return made


# shapes -----------------------------------------------------------------------------------------------------------


def _of_shapes(program: Program, causes: Causes, scenes: Sequence[Scene]) -> list[Column]:
    made: list[Column] = []
    there: list[dict[str, list[SceneShape]]] = []
    for scene in scenes:
        by_group: dict[str, list[SceneShape]] = {}
        for shape in scene.shapes:
            by_group.setdefault(shape.group, []).append(shape)
        there.append(by_group)
    for group in program.groups:
        if group.kind in ("canvas", "object") or not (group.painted or group.composite):
            continue
        rows = [found.get(group.name, []) for found in there]
        if not any(rows):
            continue
        name = f"`{group.name}`"
        if group.axes:
            counts = binned(_numbers(map(len, rows)))
            made.append(Column(f"how many {name} there are", "shape", counts, causes.counted(group.id), group.origin))
        fields = next(row for row in rows if row)[0].fields
        for held in fields:
            made += _of_field(group, held, rows, causes)
    return made


def _of_field(group: Group, held: str, rows: list[list[SceneShape]], causes: Causes) -> list[Column]:
    cause, name = causes.field(group.id, held), f"`{group.name}.{held}`"
    parts: list[tuple[str, Callable[[Any], Any]]] = [(name, lambda value: value)]
    if held == "at":
        parts = [(f"`{group.name}.x`", lambda value: value[0]), (f"`{group.name}.y`", lambda value: value[1])]
    made = []
    for said, part in parts:
        values = [[part(shape.fields[held]) for shape in row if shape.fields.get(held) is not None] for row in rows]
        if not group.axes:
            codes = _codes([row[0] if row else None for row in values])
            if codes is not None:
                made.append(Column(said, "shape", codes, cause, group.origin))
            continue
        for what, codes in _of_list(values):
            made.append(Column(f"the {what} of {said}", "shape", codes, cause or causes.counted(group.id), group.origin))
    return made


def _of_list(values: list[list[Any]]) -> list[tuple[str, Ints]]:
    """A list of values in a scene, as columns."""
    some = next((row[0] for row in values if row), None)
    if isinstance(some, bool) or some is None or isinstance(some, list):
        return []
    if isinstance(some, int | float):
        mean = _numbers(sum(row) / len(row) if row else math.nan for row in values)
        spread = _numbers(max(row) - min(row) if row else math.nan for row in values)
        return [("mean", binned(mean)), ("range", binned(spread))]
    kinds = binned(_numbers(len(set(row)) for row in values))
    first = coded([str(row[0]) if row else "" for row in values])
    return [("number of different values", kinds), ("first", first)]


# the ground -------------------------------------------------------------------------------------------------------


def _of_background(causes: Causes, scenes: Sequence[Scene]) -> list[Column]:
    grounds = [scene.background for scene in scenes]
    origin = Origin()
    made = [Column("the kind of background", "background", coded([g.kind for g in grounds]), causes.seeing, origin),
            Column("the photo", "background", coded([g.photo for g in grounds]), causes.seeing, origin)]  # fmt: skip
    light = _numbers(_lightness(next((v for k, v in g.fields.items() if "color" in k), None)) for g in grounds)
    made.append(Column("the lightness of the background", "background", binned(light), causes.seeing, origin))
    return made


def _lightness(value: Any) -> float:
    """Rec. 709 luma of a colour as a scene has it, 0 to 255; NaN of anything else."""
    if not (isinstance(value, str) and re.fullmatch("#[0-9a-f]{6}", value)):
        return math.nan
    red, green, blue = (int(value[k : k + 2], 16) for k in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _numbers(values: Any) -> npt.NDArray[np.float64]:
    return np.asarray(list(values), np.float64)


def _codes(values: list[Any]) -> Ints | None:
    """Bins of numbers, kinds of words; None for what is neither."""
    some = next((value for value in values if value is not None), None)
    if isinstance(some, bool | str):
        return coded(["" if value is None else str(value) for value in values])
    if isinstance(some, int | float):
        return binned(_numbers(math.nan if value is None else value for value in values))
    return None
