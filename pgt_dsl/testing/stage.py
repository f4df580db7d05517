"""A compiled spec whose draws are set from outside, read both by the batched evaluator and by the oracle.

So kinds and functions are called just as the engine calls them, on values that no law would draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from pgt_dsl.api import load
from pgt_dsl.geometry.oracle import UndefinedValueError, UnknownValueError
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program import strings
from pgt_dsl.program.datatypes import DTYPES
from pgt_dsl.program.evaluate import Evaluator, Inputs
from pgt_dsl.program.facts import Facts
from pgt_dsl.program.inputs import Array, Drawn, Ints, Value, take_rows
from pgt_dsl.program.ops import scalar
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.program.oracle_values import told
from pgt_dsl.program.program import Group, Program, Var

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from pgt_dsl.photos.catalog import PhotoCatalog

Json = Any
Row = Mapping[str, Json]
"""A value for each drawn variable by name, as a scene has it: points as pairs, lists as lists."""

SIDE = 400.0  # px of the canvas
ODD_TEXTS = ("", " ", "Ünïcode – ß", "漢字", "a" * 24)  # no longer than what is not known when a spec is compiled
_STRANGE = {
    "length": (0.0, 1e-9, 1e-3, -5.0, 1e5, 1e9), "number": (0.0, 1e-9, 1e-3, -5.0, 1e5, 1e9), "int": (0, -1, 100),
    "angle": (0.0, 90.0, 360.0, -90.0, 1e6),
}  # fmt: skip
# Laws by which a spec makes a variable of a type; the values come from ``values``.
LAWS = {
    "length": "~ 1px .. 60px", "angle": "~ -400deg .. 400deg", "number": "~ 0.0 .. 1.5", "int": "~ 0 .. 6",
    "point": "~ anywhere(canvas)", "color": "~ basic", "form": "~ forms", "text": "~ words", "bool": "~ [true, false]",
    "point[]": "~ scatter(4)", "int[]": "~ repeat(6, 0 .. 4)", "number[]": "~ repeat(6, 0.0 .. 1.5)",
}  # fmt: skip


@dataclass
class Given:
    """Draws given as columns, by the number of the variable."""

    columns: dict[int, Value | Drawn]

    def draw(self, evaluator: Evaluator, var: Var) -> Drawn:
        """The column of a variable."""
        found = self.columns[var.id]
        return found if isinstance(found, Drawn) else Drawn(found)

    def take(self, rows: Ints) -> Given:
        """The same for a selection of the rows."""
        return Given({k: take_rows(v, rows) for k, v in self.columns.items()})


@dataclass
class Stage:
    """A spec and what it is read with. The canvas is ``SIDE`` px wide and high."""

    text: str
    registry: Registry
    photos: PhotoCatalog | None = None
    aliases: dict[int, int] = field(default_factory=dict)

    @cached_property
    def program(self) -> Program:
        """The compiled spec. Raises ``PgtError``."""
        ask = 'ask "How wide is it?" answer canvas.width within 1px'
        ground = "plain { color = white }" if self.photos is None else "photo"
        body = f'task "conformance/plugin"\nbackground behind: {ground}\n{self.text}\n{ask}\n'
        return load(body, self.registry).program

    @cached_property
    def _facts(self) -> Facts:
        return Facts(self.program)

    def group(self, name: str) -> Group:
        """The shapes declared under a name."""
        return next(g for g in self.program.groups if g.name == name)

    # readings -----------------------------------------------------------------------------------------

    def evaluator(self, rows: Sequence[Row], aliased: bool = False) -> Evaluator:
        """The batched reading of some rows. ``aliased``: texts and forms have other codes than they are known by."""
        columns: dict[int, Value | Drawn] = {
            var.id: self._column(var, [row[var.name] for row in rows], aliased) for var in self.program.vars
        }
        side = np.full(len(rows), SIDE)
        return Evaluator(
            self.program, Inputs(side, side.copy(), Given(columns), self.photos), self.registry, self._facts
        )

    def oracle(self, row: Row) -> Oracle:
        """The scalar reading of a row."""
        kind = "plain" if self.photos is None else "photo"
        ground = SimpleNamespace(kind=kind, fields={"color": self.registry.colors["white"]})
        scene = SimpleNamespace(width=int(SIDE), height=int(SIDE), draws=row, background=ground)
        return Oracle(self.program, self.registry, scene, self.photos)

    def _column(self, var: Var, values: Sequence[Json], aliased: bool) -> Value:
        sizes = (*(self.program.axes[a].size for a in var.axes), *var.sizes)
        data = np.zeros((len(values), *sizes), DTYPES[var.type.base])
        mask = np.zeros(data.shape, np.bool_)

        def fill(value: Json, at: tuple[int, ...]) -> None:
            if len(at) == data.ndim:
                data[at] = scalar(value, var.type.base)
                mask[at] = True
            else:
                for k, item in enumerate(value):
                    fill(item, (*at, k))

        for k, value in enumerate(values):
            fill(value, (k,))
        if aliased and var.type.base in ("form", "text"):
            data = np.vectorize(self._alias, otypes=[np.int64])(data)
        return Value(data, mask if var.type.rank else None)

    def _alias(self, code: int) -> int:
        """Another code for the same text: whoever reads more from a code than ``string(code)`` gets it wrong."""
        if code not in self.aliases:
            self.aliases[code] = len(strings._texts)
            strings._texts.append(strings.string(code))
        return self.aliases[code]

    # values -------------------------------------------------------------------------------------------

    def rows(self, most: int = 3, odd: bool = False) -> SearchStrategy[list[Row]]:
        """Batches of 1 to ``most`` rows; ``odd`` adds values that are hardly meant: none, tiny, huge, below 0."""
        from hypothesis import strategies as st

        one = st.fixed_dictionaries({var.name: self._values(var, odd) for var in self.program.vars})
        return st.lists(one, min_size=1, max_size=most)

    def oddities(self) -> list[Row]:
        """A usual row for each odd value of each number, with that in it."""
        usual = {var.name: self._middle(var, k) for k, var in enumerate(self.program.vars)}
        return [
            {**usual, var.name: self._filled(var, value)}
            for var in self.program.vars
            if var.role != "photo"
            for value in _STRANGE.get(var.type.base, ())
        ]

    def _middle(self, var: Var, number: int) -> Json:
        base = var.type.base
        if var.role == "photo":
            return 0
        if base in ("length", "angle", "number", "int"):
            low, high = self._range(var, 0, 6) if base == "int" else self._range(var, 0.0, 60.0)
            return self._filled(var, int(low + high) // 2 if base == "int" else (low + high) / 2)
        if base == "point":
            return self._filled(var, [SIDE / 2 + 31.0 * (number % 5), SIDE / 2 - 17.0 * (number % 7)])
        return self._filled(var, True if base == "bool" else self._items(var)[0])

    def _filled(self, var: Var, value: Json) -> Json:
        """One value for all items."""
        for size in (*reversed(var.sizes), *(self.program.axes[axis].size for axis in reversed(var.axes))):
            value = [value] * size
        return value

    def _values(self, var: Var, odd: bool) -> SearchStrategy[Json]:
        from hypothesis import strategies as st

        value = self._single(var, odd)
        for size in reversed(var.sizes):
            value = st.lists(value, min_size=0 if odd else min(2, size), max_size=size)
        for axis in reversed(var.axes):
            size = self.program.axes[axis].size
            value = st.lists(value, min_size=size, max_size=size)
        return value

    def _single(self, var: Var, odd: bool) -> SearchStrategy[Json]:
        from hypothesis import strategies as st

        base = var.type.base
        if base == "point":
            far = [[-500.0, 30.0], [1e5, 1e5]] if odd else []
            near = st.tuples(_steps(0.0, SIDE), _steps(0.0, SIDE)).map(list)
            return st.one_of(near, st.sampled_from(far)) if far else near
        if base == "bool":
            return st.booleans()
        if var.role == "photo" and self.photos is not None:
            return st.integers(0, self.photos.count - 1)
        if base == "int":
            low, high = self._range(var, 0, 6)
            return st.one_of(st.integers(int(low), int(high)), st.sampled_from(_STRANGE[base]) if odd else st.nothing())
        if base in ("length", "angle", "number"):
            low, high = self._range(var, 0.0, 60.0)
            rare = st.sampled_from(_STRANGE[base])
            return st.one_of(_steps(low, high), rare, rare) if odd else _steps(low, high)
        items = self._items(var)
        return st.sampled_from(items + list(ODD_TEXTS) if base == "text" else items)

    def _range(self, var: Var, low: float, high: float) -> tuple[float, float]:
        """What the law of a variable says, where that hangs on nothing."""
        if len(var.law.args) >= 2:
            try:
                values = [float(self.oracle({}).value(arg)) for arg in var.law.args[:2]]
            except (UndefinedValueError, UnknownValueError, TypeError):
                return low, high
            return values[0], max(values)
        return low, high

    def _items(self, var: Var) -> list[Json]:
        law = var.law
        while law.inner is not None:
            law = law.inner
        found: list[Json] = told(self.oracle({}).value(law.args[0]))
        return found


def _steps(low: float, high: float) -> SearchStrategy[float]:
    """Numbers from low to high, mostly in steps of an eighth of a unit, so that some coincide."""
    from hypothesis import strategies as st

    count = max(int((high - low) * 8), 1)
    step = (high - low) / count
    grid = st.integers(0, count).map(lambda k: low + k * step)
    return st.one_of(grid, st.floats(low, high, allow_nan=False, allow_infinity=False))


def shifted(stage: Stage, row: Row, by: complex, names: Sequence[str] = ()) -> dict[str, Json]:
    """The row with all drawn points moved (or those of the variables named)."""
    moved = dict(row)
    for var in stage.program.vars:
        if var.type.base == "point" and (not names or var.name in names):
            moved[var.name] = _moved(row[var.name], by)
    return moved


def _moved(value: Json, by: complex) -> Json:
    if value and isinstance(value[0], list | tuple):
        return [_moved(item, by) for item in value]
    return [value[0] + by.real, value[1] + by.imag] if value else value


def row_of(value: Array, row: int) -> Array:
    """A row of a column of which one row may stand for all."""
    return np.asarray(value[row if value.shape[0] > 1 else 0])
