"""What scenes are like, as columns: where the things asked about are, their size and colour, how many, how clear."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from pgt_dsl.audit.counting import Bools, Floats
from pgt_dsl.diagnosis.look import word_of
from pgt_dsl.diagnosis.rows import Row
from pgt_dsl.scene.scene import SceneShape

Json = Any
FEW = 12  # different numbers that are taken one by one
EIGHTHS = 8  # parts of more
EQUAL = 1e-9


@dataclass(frozen=True)
class Variable:
    """A column over rows. ``values``: float64[n], or int64[n] numbers of ``names`` for categories; ``there``: bool[n];
    ``unit``: what is said behind a number; ``pick``: the name of the spec's own pick, "" of what all scenes have."""

    name: str
    values: Floats
    there: Bools
    names: tuple[str, ...] = ()
    unit: str = ""
    pick: str = ""

    @property
    def pattern(self) -> bytes:
        """The order of the values, whatever they are called: `n` and the number of shapes may be the same."""
        _, codes = np.unique(np.where(self.there, self.values, -np.inf), return_inverse=True)
        return codes.astype(np.int64).tobytes()

    def regions(self) -> list[Region]:
        """The regions that are looked at: of categories each one; of numbers each lower and upper part, and of those
        that are many the two middle quarters."""
        if self.names:
            return [Region(f"{self.name} is {name}", self.there & (self.values == k), value=name)
                    for k, name in enumerate(self.names)]  # fmt: skip
        values = self.values[self.there]
        distinct = np.unique(values)
        if len(distinct) < 2:
            return []
        if len(distinct) <= FEW:
            return self._tails([(float(a), float(b)) for a, b in pairwise(distinct)])
        cuts = [float(cut) for cut in np.quantile(values, [0.25, 0.5, 0.75])]
        cuts = sorted({cut for cut in cuts if distinct[0] <= cut < distinct[-1]})
        found = self._tails([(cut, cut) for cut in cuts])
        for low, high in pairwise(cuts):
            inside = self.there & (self.values > low) & (self.values <= high)
            found.append(Region(f"{self.name} is from {self.say(low)} to {self.say(high)}", inside, low, high))
        return found

    def _tails(self, cuts: Sequence[tuple[float, float]]) -> list[Region]:
        """The parts up to the first number of a cut, and from the second on."""
        found = []
        for low, high in cuts:
            below = self.there & (self.values <= low + EQUAL)
            above = self.there & ~below
            found.append(Region(f"{self.name} is {self.say(low)} or less", below, high=low))
            words = f"{self.say(high)} or more" if high > low else f"more than {self.say(high)}"
            found.append(Region(f"{self.name} is {words}", above, low=high))
        return found

    def say(self, value: float) -> str:
        """A number of this variable with its unit."""
        if self.unit == "%":
            return f"{100 * value:.3g} %"
        return f"{value:.3g}{self.unit}"

    def bins(self) -> Floats:
        """A number for each row: its category, or the eighth of the numbers that it is in; -1 where there is none."""
        if self.names or not self.there.any():
            return np.where(self.there, self.values, -1.0)
        values = self.values[self.there]
        cuts = np.unique(values)
        if len(cuts) > FEW:
            cuts = np.unique(np.quantile(values, np.arange(1, EIGHTHS) / EIGHTHS))
        return np.where(self.there, np.searchsorted(cuts, self.values).astype(np.float64), -1.0)


@dataclass(frozen=True)
class Region:
    """A part of the rows: its name in words, which they are, and its ends or its category."""

    name: str
    inside: Bools
    low: float = -math.inf
    high: float = math.inf
    value: str = ""


def variables(rows: Sequence[Row]) -> list[Variable]:
    """The variables that all scenes have, as far as these rows have them, each with two different values at least. Of
    those that are the same in all rows, such as two numbers, the first is there."""
    looked = [_Looked(row) for row in rows]
    found = [
        _numbers("the place across", [one.x for one in looked], "%"),
        _numbers("the place down", [one.y for one in looked], "%"),
        _numbers("the distance from the middle", [one.off for one in looked], "%"),
        _numbers("the size", [one.size for one in looked], "%"),
        _numbers("the difference in size", [one.apart for one in looked], "%"),
        _categories("the colour", [one.color for one in looked]),
        _categories("the background", [row.scene.background.kind for row in rows]),
        _numbers("the right number", [_number(row) for row in rows]),
        _numbers("the number of shapes", [one.count for one in looked]),
        _numbers("the distance to the next shape", [one.near for one in looked], "%"),
        _numbers("the margin", [row.asked.margin for row in rows], " times the least"),
    ]  # fmt: skip
    return list({variable.pattern: variable for variable in reversed(found) if _varies(variable)}.values())[::-1]


def picks(rows: Sequence[Row]) -> list[Variable]:
    """The picks of a task, those that vary. The quota of the answer is none."""
    names = {name for row in rows for name in row.scene.stratum if name.isidentifier()}
    found = []
    for name in sorted(names):
        values = [row.scene.stratum.get(name) for row in rows]
        if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values if v is not None):
            found.append(_numbers(f"`{name}`", values, pick=name))
        elif all(isinstance(v, str | bool | int | float) for v in values if v is not None):
            found.append(_categories(f"`{name}`", [None if v is None else word_of(v, "") for v in values], name))
    return [variable for variable in found if _varies(variable)]


def _varies(variable: Variable) -> bool:
    return len(np.unique(variable.values[variable.there])) > 1


def _numbers(name: str, values: Sequence[Json], unit: str = "", pick: str = "") -> Variable:
    there = np.array([v is not None and math.isfinite(v) for v in values], np.bool_)
    numbers = np.array([float(v) if ok else 0.0 for v, ok in zip(values, there, strict=True)], np.float64)
    return Variable(name, numbers, there, (), unit, pick)


def _categories(name: str, values: Sequence[str | None], pick: str = "") -> Variable:
    names = tuple(sorted({v for v in values if v is not None}))
    places = {v: float(k) for k, v in enumerate(names)}
    codes = np.array([-1.0 if v is None else places[v] for v in values], np.float64)
    return Variable(name, codes, codes >= 0, names, "", pick)


def _number(row: Row) -> int | None:
    value = row.asked.value
    return value if row.asked.form == "int" and isinstance(value, int) and not isinstance(value, bool) else None


class _Looked:
    """What there is to be seen of a row's scene: of the shapes that the question is grounded in, or of all."""

    def __init__(self, row: Row) -> None:
        scene = row.scene
        inner = {slot for shape in scene.shapes for slot in shape.parts}
        whole = [s for s in scene.shapes if s.slot not in inner and s.entity and (s.painted or s.parts)]
        asked = [s for s in whole if s.slot in row.asked.grounding] or whole
        short = min(scene.width, scene.height)
        self.count = len(whole) if whole else None
        self.x = _mean(asked, lambda s: (s.box[0] + s.box[2]) / 2 / scene.width)
        self.y = _mean(asked, lambda s: (s.box[1] + s.box[3]) / 2 / scene.height)
        self.off = None if self.x is None or self.y is None else math.hypot(
            (self.x - 0.5) * scene.width, (self.y - 0.5) * scene.height) / short  # fmt: skip
        sides = sorted(max(s.box[2] - s.box[0], s.box[3] - s.box[1]) / short for s in asked)
        self.size = sides[0] if sides else None
        # of the two largest: in a crowd nobody is asked to compare them
        self.apart = 1 - sides[-2] / sides[-1] if 1 < len(sides) <= EIGHTHS and sides[-1] > 0 else None
        self.color = next((c for s in asked[:1] if (c := _color(s)) is not None), None)
        self.near = min((_gap(s, t) / short for s in asked[:EIGHTHS] for t in whole if s is not t), default=None)


def _mean(shapes: Sequence[SceneShape], get: Callable[[SceneShape], float]) -> float | None:
    return sum(map(get, shapes)) / len(shapes) if shapes else None


def _color(shape: SceneShape) -> str | None:
    """The name of the colour that shows."""
    for field in ("fill", "color", "outline"):
        value = shape.fields.get(field)
        if isinstance(value, str) and value.startswith("#"):
            name = word_of(value, "color")
            return "another" if name.startswith("#") else name
    return None


def _gap(a: SceneShape, b: SceneShape) -> float:
    """Between two upright boxes, px."""
    across = max(a.box[0] - b.box[2], b.box[0] - a.box[2], 0.0)
    down = max(a.box[1] - b.box[3], b.box[1] - a.box[3], 0.0)
    return math.hypot(across, down)
