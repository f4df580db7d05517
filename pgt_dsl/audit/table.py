"""Scenes as columns: what can be seen of their shapes and drawn for them, whatever the answer is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pgt_dsl.audit.counting import Bools, Coded, Floats, Ints, code_categories, code_numbers
from pgt_dsl.scene.scene import Scene, SceneShape

Json = Any

ITEMS = 4  # shapes of a list that are looked at one by one: the others are drawn alike
SINGLE, PAIRED = 8, 4  # levels of a number alone, and in a pair
CATEGORIES, PAIRED_CATEGORIES = 24, 9
VISIBLE = (
    "at", "from", "to", "size", "width", "height", "radius", "length", "turn", "form", "color", "fill", "outline",
    "stroke", "opacity", "layer", "text", "label", "sides", "mirrored", "hour", "minute", "value", "wobble", "shade",
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A value of every scene. ``values``: float64[n] or, for categories, int64[n] from 0; ``there``: bool[n].

    ``group`` and ``field`` say of what shape's field it is (``part``: "x" or "y" of a point), or ``var`` of which draw;
    ``field`` is "count" for the number of shapes of a group. All are "" for the background."""

    name: str
    values: Floats | Ints
    there: Bools
    group: str = ""
    field: str = ""
    part: str = ""
    var: str = ""
    item: int = 0
    alike: tuple[tuple[str, str, str, str], ...] = ()  # sources of columns with the same levels

    @property
    def numeric(self) -> bool:
        """Whether values have an order."""
        return self.values.dtype.kind == "f"

    @property
    def source(self) -> tuple[str, str, str, str]:
        """What it is a column of, whichever item of a list."""
        return self.group, self.field, self.part, self.var

    def coded(self, paired: bool = False) -> Coded:
        """The column in levels, fewer where it is to be paired."""
        if self.numeric:
            return code_numbers(self.values.astype(np.float64), self.there, PAIRED if paired else SINGLE)
        values = self.values.astype(np.int64)
        return code_categories(values, self.there, PAIRED_CATEGORIES if paired else CATEGORIES)


def columns(scenes: Sequence[Scene]) -> list[Column]:
    """All columns of scenes of one task that are not the same everywhere, each once. What is drawn and shows in no
    field cannot be seen, and is none."""
    found = [*_shapes(scenes), *_background(scenes)]
    kept: dict[bytes, Column] = {}
    for column in found:
        coded = column.coded()
        if coded.levels < 2 or column.there.sum() < 50:
            continue
        # `fill` and `color`, `width` and `size` of a disc: the same levels are the same column
        key = _pattern(coded)
        first = kept.setdefault(key, column)
        kept[key] = replace(first, alike=(*first.alike, column.source))
    return list(kept.values())


def _pattern(coded: Coded) -> bytes:
    """The levels, whatever their names."""
    _, first, inverse = np.unique(coded.codes, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].astype(np.uint8).tobytes()


def _shapes(scenes: Sequence[Scene]) -> Iterable[Column]:
    parts = {slot for scene in scenes[:200] for shape in scene.shapes for slot in shape.parts}
    by_slot: list[dict[int, SceneShape]] = [{shape.slot: shape for shape in scene.shapes} for scene in scenes]
    slots: dict[str, dict[int, SceneShape]] = {}
    for row in by_slot:
        for slot, shape in row.items():
            if slot not in parts and (shape.painted or shape.parts) and shape.kind != "object":
                slots.setdefault(shape.group, {}).setdefault(slot, shape)
    for group, examples in slots.items():
        ordered = sorted(examples)
        if len(ordered) > 1:
            present = np.array([sum(slot in row for slot in ordered) for row in by_slot], np.float64)
            yield Column(f"the number of {group}", present, np.ones(len(scenes), np.bool_), group, "count")
        for item, slot in enumerate(ordered[:ITEMS]):
            shapes = [row.get(slot) for row in by_slot]
            name = f"{group}[{item}]" if len(ordered) > 1 else group
            for field in examples[slot].fields:
                if field in VISIBLE:
                    yield from _values(
                        f"{name}.{field}", [None if s is None else s.fields.get(field) for s in shapes],
                        group=group, field=field, item=item,
                    )  # fmt: skip


def _background(scenes: Sequence[Scene]) -> Iterable[Column]:
    everywhere = np.ones(len(scenes), np.bool_)
    kinds = _categories([scene.background.kind for scene in scenes])
    yield Column("the kind of background", kinds, everywhere)
    yield Column("the photo", _categories([scene.background.photo for scene in scenes]), everywhere)
    for name in sorted({name for scene in scenes[:500] for name in scene.background.fields}):
        yield from _values(f"the background's {name}", [scene.background.fields.get(name) for scene in scenes])


def _is_point(value: Json) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(v, float) for v in value)


def _values(
    name: str, values: Sequence[Json], group: str = "", field: str = "", var: str = "", item: int = 0
) -> Iterable[Column]:
    """The columns of some JSON values: points give two, lists none."""
    example = next((v for v in values if v is not None), None)

    def made(name: str, get: Callable[[Json], float], part: str = "") -> Column:
        there = np.array([v is not None for v in values])
        numbers = np.array([0.0 if v is None else get(v) for v in values], np.float64)
        return Column(name, numbers, there, group, field, part, var, item)

    if example is None:
        return
    if _is_point(example):
        base = name.removesuffix(".at")
        yield made(f"{base}.x", lambda v: v[0], "x")
        yield made(f"{base}.y", lambda v: v[1], "y")
    elif isinstance(example, int | float) and not isinstance(example, bool):
        yield made(name, float)
    elif isinstance(example, str | bool):
        codes = _categories(values)
        yield Column(name, np.maximum(codes, 0), codes >= 0, group, field, "", var, item)


def _categories(values: Sequence[Json]) -> Ints:
    """Numbers for different values, -1 for none; the order is that of the values' names."""
    names = {value: k for k, value in enumerate(sorted({v for v in values if v is not None}, key=str))}
    return np.array([-1 if v is None else names[v] for v in values], np.int64)


def compared(columns: Sequence[Column]) -> list[tuple[Column, Column, Column]]:
    """For any two shapes the same field of both set side by side: the difference of numbers, whether others agree."""
    fields: dict[tuple[str, str], list[Column]] = {}
    for column in columns:
        if column.group and column.field != "count" and column.item < 2:
            fields.setdefault((column.field, column.part), []).append(column)
    found: list[tuple[Column, Column, Column]] = []
    for alike in fields.values():
        for k, a in enumerate(alike):
            for b in alike[k + 1 :]:
                if a.numeric != b.numeric or len(found) >= 200:
                    continue
                both = a.there & b.there
                if a.numeric and both.sum() >= 50:  # of categories the pair says whether they agree
                    values = np.where(both, a.values - b.values, 0.0)
                    found.append((Column(f"{a.name} against {b.name}", values, both), a, b))
    return found
