"""Finished scenes read again by the batched engine: their draws, as plain values, become columns once more.

What is computed from the draws is computed afresh. Columns that are put into the evaluator before anything is read
stand for what the draws would give, so that scenes that no sampler makes can be read too (``testing/moved.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.datatypes import DTYPES, Type
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.facts import Facts
from pgt_dsl.program.inputs import Array, Drawn, Inputs, Ints, PhotoCatalog, Registry, Value
from pgt_dsl.program.ops import scalar
from pgt_dsl.program.program import Program, Var
from pgt_dsl.scene.scene import Scene

__all__ = ["evaluator_of"]


@dataclass(frozen=True, slots=True)
class _Told:
    """The draws that scenes tell of, a row each."""

    program: Program
    scenes: tuple[Scene, ...]
    photos: tuple[str, ...]

    def draw(self, evaluator: Evaluator, var: Var) -> Drawn:
        """The column of a variable; items that are not there hold a value of another, so that outlines can be made."""
        if var.role == "photo":
            names = {name: k for k, name in enumerate(self.photos)}
            chosen = [names.get(scene.background.photo, 0) for scene in self.scenes]
            return Drawn(Value(np.asarray(chosen, np.int64)))
        missing = next((scene for scene in self.scenes if var.name not in scene.draws), None)
        if missing is not None:
            raise PgtError(f"scene {missing.index} of {missing.task} has no draw of `{var.name}`")
        axes = tuple(self.program.axes[axis].size for axis in sorted(var.axes))
        shape = (len(self.scenes), *axes, *var.sizes[: var.type.rank])
        some = next((leaf for scene in self.scenes for leaf in _leaves(scene.draws[var.name], var.type)), None)
        some = _SOME.get(var.type.base) if some is None else some
        data = np.full(shape, 0 if some is None else scalar(some, var.type.base), DTYPES[var.type.base])
        mask = np.zeros(shape, np.bool_)
        for row, scene in enumerate(self.scenes):
            _fill(data, mask, (row,), scene.draws[var.name], var.type, len(shape))
        return Drawn(Value(data, mask if var.type.rank else None))

    def take(self, rows: Ints) -> _Told:
        """The draws of some of the scenes."""
        return _Told(self.program, tuple(self.scenes[k] for k in rows), self.photos)


_SOME = {"form": "circle"}  # a value where no scene has one


def _leaves(value: Any, type: Type) -> Iterator[Any]:
    """The single values of a draw; points are pairs of numbers."""
    pair = type.base in ("point", "vector")
    if isinstance(value, list | tuple) and not (pair and len(value) == 2 and isinstance(value[0], int | float)):
        for item in value:
            yield from _leaves(item, type)
    elif value is not None:
        yield value


def _fill(data: Array, mask: Array, at: tuple[int, ...], value: Any, type: Type, dims: int) -> None:
    if value is None:
        return
    if len(at) == dims:
        data[at] = scalar(value, type.base)
        mask[at] = True
        return
    for k, item in enumerate(value[: data.shape[len(at)]]):
        _fill(data, mask, (*at, k), item, type, dims)


def evaluator_of(
    program: Program,
    registry: Registry,
    scenes: Sequence[Scene],
    photos: PhotoCatalog | None = None,
    facts: Facts | None = None,
) -> Evaluator:
    """The evaluator of scenes of one program, a row each, from what they say was drawn.

    ``photos`` is the catalogue that they were made with. Raises ``PgtError`` where a scene lacks a draw.
    """
    width = np.asarray([scene.width for scene in scenes], np.float64)
    height = np.asarray([scene.height for scene in scenes], np.float64)
    told = _Told(program, tuple(scenes), tuple(getattr(photos, "names", ())))
    return Evaluator(program, Inputs(width, height, told, photos), registry, facts)
