"""The drawn columns of one scene (or a pair of twins), each value chosen within its law by a ``Chooser``.

``ChosenDraws`` stands where the sampler has its random numbers (``solve.draws.Columns``). Values are chosen, no uniform
numbers: a length is a number of pixels, so what Hypothesis shrinks becomes whole pixels. Items that are not there are
not chosen, so a scene with fewer shapes has fewer choices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.program.datatypes import NO_COLOR
from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.inputs import Bools, Drawn, Ints, Value
from pgt_dsl.program.loops import axis_mask, fit
from pgt_dsl.program.program import Var, VarId
from pgt_dsl.program.strings import intern
from pgt_dsl.solve.draws import Columns, Stream
from pgt_dsl.testing.choosers import Chooser, Echo, NoChoiceError, Recorder

Json = Any
DTYPES: Mapping[str, Any] = {
    "bool": np.bool_, "int": np.int64, "color": np.int64, "form": np.int64, "text": np.int64, "shape": np.int64,
    "point": np.complex128, "vector": np.complex128,
}  # fmt: skip


class ChosenDraws:
    """Draws of one row, or of two for twins. ``fixed`` and ``parts`` are the picks, as in ``Columns``; ``wants`` the
    draws that are wished for, for each row as ``Scene.draws`` has them (may lack some). Variables that are not among
    ``moves`` are the same in the second row wherever their laws are."""

    def __init__(
        self, chooser: Chooser, fixed: Mapping[VarId, Value], parts: Mapping[VarId, Ints],
        wants: Sequence[Mapping[str, Json]], moves: frozenset[VarId],
    ) -> None:  # fmt: skip
        self._chooser, self._fixed, self._parts, self._wants, self._moves = chooser, fixed, parts, wants, moves
        self.root: Evaluator | None = None  # the evaluator whose columns these are

    def take(self, rows: Ints) -> ChosenDraws:
        """The same: all columns are drawn before rows are chosen."""
        return self

    def draw(self, evaluator: Evaluator, var: Var) -> Drawn:
        """The column of a variable. Raises ``NoChoiceError`` when its law has nothing to choose from."""
        from pgt_dsl.testing.chosen_laws import LAWS  # the laws write columns with what is here

        if var.id in self._fixed:
            return Drawn(self._fixed[var.id])
        if evaluator is not self.root:  # a shape whose size hangs on where it is put
            raise NoChoiceError(f"`{var.name}` is drawn anew for each place")
        sizes = tuple(evaluator.program.axes[a].size for a in sorted(var.axes))
        none = np.zeros(evaluator.rows, np.uint64)
        columns = Columns(0, none, none.astype(np.uint32), parts=self._parts)
        item, judge = LAWS[var.law.name](Stream(evaluator, var, columns, sizes), var.law)
        shape = (evaluator.rows, *sizes)
        data = np.zeros((*shape, *var.sizes), DTYPES.get(var.type.base, np.float64))
        mask = np.zeros(data.shape, np.bool_) if var.type.rank else None
        there = _there(evaluator, var, shape)
        for place in np.ndindex(*sizes):
            echo = Echo(self._chooser)
            for row in range(evaluator.rows):
                where = (row, *place)
                if not there[where]:
                    continue
                shared = row > 0 and var.id not in self._moves
                if shared:
                    echo.again()
                chooser = echo if shared or row == 0 else self._chooser
                _write(data, mask, where, item(chooser, where, self._want(var, row, place)))
        _fill(data, mask, there, item)
        ok = None if judge is None else judge(data) | ~there
        return Drawn(Value(data, mask), ok)

    def _want(self, var: Var, row: int, place: tuple[int, ...]) -> Json:
        want = self._wants[row].get(var.name) if row < len(self._wants) else None
        for k in place:
            want = want[k] if isinstance(want, list) and k < len(want) else None
        return want


def _there(ev: Evaluator, var: Var, shape: tuple[int, ...]) -> Bools:
    """Which items of a variable are there: bool[rows, axes...]."""
    axes = tuple(sorted(var.axes))
    found = np.ones((1,) * len(shape), np.bool_)
    for axis in axes:
        found = found & fit(*axis_mask(ev, axis), axes)
    return np.broadcast_to(found, shape)


def _fill(data: npt.NDArray[Any], mask: Bools | None, there: Bools, item: Any) -> None:
    """Give items that are not there a value that the law has, where it has any: it is computed with and not seen."""
    if there.all():
        return
    for row in range(len(there)):
        present = np.argwhere(there[row])
        for place in map(tuple, np.argwhere(~there[row]).tolist()):
            if len(present):
                like = (row, *present[-1].tolist())
                data[row, *place] = data[like]
                if mask is not None:
                    mask[row, *place] = mask[like]
                continue
            try:
                _write(data, mask, (row, *place), item(Recorder(), (row, *place), None))
            except NoChoiceError:
                continue


def _write(data: npt.NDArray[Any], mask: Bools | None, where: tuple[int, ...], value: Any) -> None:
    """Write a value, or the items of nested lists, at a place of a column."""
    if not isinstance(value, list):
        data[where] = value
        if mask is not None:
            mask[where] = True
        return
    if len(value) > data.shape[len(where)]:
        raise NoChoiceError("a list longer than there is room")
    for k, inner in enumerate(value):
        _write(data, mask, (*where, k), inner)


def packed(value: Json, base: str) -> Any:
    """A value of ``Scene.draws`` as columns store it. Raises ``NoChoiceError`` for what is none of the type."""
    try:
        if base == "color":
            return NO_COLOR if value == "none" else int(value[1:], 16)
        if base in ("form", "text"):
            return intern(str(value))
        if base in ("point", "vector"):
            return complex(*value)
        if base in ("bool", "int", "shape"):
            return int(value)
        return float(value)
    except (TypeError, ValueError, IndexError) as error:
        raise NoChoiceError(f"{value!r} is no {base}") from error


def same_want(found: Any, want: Json, base: str) -> bool:
    """Whether a value of a column (or nested lists of them) is the one that is wished for."""
    if isinstance(found, list):
        return (
            isinstance(want, list)
            and len(want) == len(found)
            and all(same_want(f, w, base) for f, w in zip(found, want, strict=True))
        )
    try:
        return bool(found == packed(want, base))
    except NoChoiceError:
        return False
