"""Running a plugin's functions on a batch: only where a loop has items.

A loop over all pairs of up to 12 shapes has 66 places, however few shapes a row has. Where most places are empty, a
measure is computed for the others alone: rows and places become one dimension, and the results are put back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program import loops
from pgt_dsl.program.calls import Call
from pgt_dsl.program.failures import failed, origin_of
from pgt_dsl.program.inputs import Array, Bools, Value
from pgt_dsl.program.program import Node

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator

FULL = 0.6  # share of places with an item above which leaving the others out does not pay
FEW = 512  # places below which it does not pay either
WHOLE = ("visible", "contrast")  # these look at whole scenes: gathering scenes costs more than it saves


def run(ev: Evaluator, node: Node, ref: str) -> Value:
    """The result of a function on the arguments of a ``call`` node: data (zeros at places without an item) and mask.

    ref: the function's ``value`` or ``slack``. Raises ``PluginError`` when it fails or gives what does not fit.
    """
    rank = node.type.rank if ref == ev.registry.functions[node.attrs["name"]].value else 0
    there = _sparse(ev, node)
    if there is None:
        return _called(ev, node, ref, ev.call_of(node), 1 + len(node.axes) + rank)
    places = np.nonzero(there)
    call = _chosen(ev.call_of(node), there, places[0])
    found = _called(ev, node, ref, call, 1 + rank)
    return Value(_back(found.data, there), None if found.mask is None else _back(found.mask, there))


def _called(ev: Evaluator, node: Node, ref: str, call: Call, dims: int) -> Value:
    name = node.attrs["name"]
    try:
        result = ev.load(ref)(call)
        data, mask = result if isinstance(result, tuple) else (result, None)
        data = np.asarray(data)
        if data.dtype.kind not in "biufc":
            raise TypeError(f"the value is no array of numbers but {type(result).__name__}")
        if data.ndim != dims:
            raise ValueError(f"the value has {data.ndim} dimensions, not {dims}")
    except PgtError:
        raise
    except Exception as error:
        raise failed(f"the function `{name}`", error, origin_of(ev, node)) from error
    return Value(data, None if mask is None else np.asarray(mask, np.bool_))


# places with an item ------------------------------------------------------------------------------


def _sparse(ev: Evaluator, node: Node) -> Bools | None:
    """Which places have an item, bool[B, axes...], where it pays to leave the others out."""
    if not node.axes or node.attrs["name"] in WHOLE:
        return None
    if not any(ev.program.nodes[arg].type.base == "shape" for arg in node.args):
        return None
    shape = (ev.rows, *(ev.program.axes[axis].size for axis in node.axes))
    if np.prod(shape) < FEW:
        return None
    there = np.ones((1,) * len(shape), np.bool_)
    for axis in node.axes:
        mask, have = loops.axis_mask(ev, axis)
        if not set(have) <= set(node.axes):  # how many there are hangs on a loop outside: leave it
            return None
        there = there & loops.fit(mask, have, node.axes)
    if there.all():
        return None
    there = np.broadcast_to(there, shape)
    return there if there.any() and there.mean() <= FULL else None


def _chosen(call: Call, there: Bools, rows: Array) -> Call:
    """The call on the chosen places alone: one leading dimension instead of rows and axes."""

    def pick(data: Array) -> Array:
        return np.broadcast_to(data, (*there.shape, *data.shape[there.ndim :]))[there]

    args = tuple(Value(pick(a.data), None if a.mask is None else pick(a.mask)) for a in call.args)
    return Call(call.ev, args, call.types, call.result, call.sizes, call.groups, rows)


def _back(data: Array, there: Bools) -> Array:
    full = np.zeros((*there.shape, *data.shape[1:]), data.dtype)
    full[there] = data
    return full
