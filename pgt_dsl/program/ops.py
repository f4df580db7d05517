"""The value reading of the scalar ops: constants, arithmetic, comparison, logic, texts. One small function each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pgt_dsl.program import lists, loops, shapes
from pgt_dsl.program.datatypes import DTYPES, NO_COLOR, Type
from pgt_dsl.program.inputs import Array, Bools, Value
from pgt_dsl.program.program import Node
from pgt_dsl.program.strings import intern
from pgt_dsl.program.textformat import format_plain

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator

SAME = 1e-9  # continuous values that differ by less than this share of their size are equal


def op_const(ev: Evaluator, node: Node) -> Value:
    """A constant; lengths and points in their unit, nested lists padded and masked."""
    unit = unit_of(ev, node.attrs.get("unit", "px"))
    base = node.type.base
    if node.type.rank == 0:
        data = np.asarray([scalar(node.attrs["value"], base)], DTYPES[base])
        return Value(data * unit if node.attrs.get("unit") else data)
    data = np.zeros((1, *node.sizes), DTYPES[base])
    mask = np.zeros((1, *node.sizes), np.bool_)

    def fill(value: Any, at: tuple[int, ...]) -> None:
        if len(at) == node.type.rank:
            data[(0, *at)] = scalar(value, base)
            mask[(0, *at)] = True
        else:
            for k, item in enumerate(value):
                fill(item, (*at, k))

    fill(node.attrs["value"], ())
    return Value(data * loops.widen(unit, node.type.rank) if node.attrs.get("unit") else data, mask)


def scalar(value: Any, base: str) -> Any:
    """A JSON value as the number that a column holds."""
    if base == "color":
        return NO_COLOR if value == "none" else int(value[1:], 16)
    if base in ("form", "text"):
        return intern(value)
    if base in ("point", "vector"):
        return complex(*value)
    return value


def unit_of(ev: Evaluator, unit: str) -> Array:
    """A length unit in px, one number a row (or one for all rows)."""
    width, height = ev.width, ev.height
    if unit == "vmin":
        return np.minimum(width, height) / 100
    return {"vw": width / 100, "vh": height / 100}.get(unit, np.ones(1))


def op_canvas(ev: Evaluator, node: Node) -> Value:
    """Width or height of the canvas in px."""
    return Value(ev.width if node.attrs["what"] == "width" else ev.height)


def op_var(ev: Evaluator, node: Node) -> Value:
    """A drawn variable."""
    var = ev.program.vars[node.attrs["var"]]
    value = ev.drawn(var.id).value
    have = tuple(sorted(var.axes))
    mask = None if value.mask is None else loops.fit(value.mask, have, node.axes)
    return Value(loops.fit(value.data, have, node.axes), mask)


def _binary(function: Callable[[Array, Array], Array]) -> Callable[[Evaluator, Node], Value]:
    def op(ev: Evaluator, node: Node) -> Value:
        return Value(np.asarray(function(ev.array(node.args[0], node.axes), ev.array(node.args[1], node.axes))))

    return op


def op_neg(ev: Evaluator, node: Node) -> Value:
    """Minus."""
    return Value(-ev.array(node.args[0], node.axes))


def op_pair(ev: Evaluator, node: Node) -> Value:
    """A point or vector from its coordinates."""
    return Value(ev.array(node.args[0], node.axes) + 1j * ev.array(node.args[1], node.axes))


def _coordinate(function: Callable[[Array], Array]) -> Callable[[Evaluator, Node], Value]:
    return lambda ev, node: Value(np.asarray(function(ev.array(node.args[0], node.axes))))


def op_not(ev: Evaluator, node: Node) -> Value:
    """Negation."""
    return Value(~ev.array(node.args[0], node.axes))


def same(p: Array, q: Array) -> Bools:
    """Equality; of continuous values, up to rounding."""
    if p.dtype.kind in "iub" and q.dtype.kind in "iub":
        return np.asarray(p == q)
    size = np.maximum(np.maximum(np.abs(p), np.abs(q)), 1.0)
    return np.asarray(np.abs(p - q) <= SAME * size)


def op_eq(ev: Evaluator, node: Node) -> Value:
    """Equality of anything; lists are equal when their present items are, in order."""
    left, right = node.args
    if ev.program.nodes[left].type.rank == 0:
        return Value(same(ev.array(left, node.axes), ev.array(right, node.axes)))
    a, b = (lists.compact(ev.aligned(arg, node.axes)) for arg in node.args)
    size = max(a.data.shape[-1], b.data.shape[-1])
    a, b = lists.padded(a, size), lists.padded(b, size)
    assert a.mask is not None and b.mask is not None
    return Value(np.asarray(((a.mask == b.mask) & (same(a.data, b.data) | ~a.mask)).all(axis=-1)))


def op_if(ev: Evaluator, node: Node) -> Value:
    """One of two values by a condition."""
    rank = node.type.rank
    condition = loops.widen(ev.array(node.args[0], node.axes), rank)
    then, other = (ev.aligned(arg, node.axes) for arg in node.args[1:])
    if rank == 0:
        return Value(np.where(condition, then.data, other.data))
    sizes = node.sizes
    then, other = lists.stretched(then, sizes), lists.stretched(other, sizes)
    assert then.mask is not None and other.mask is not None
    return Value(np.where(condition, then.data, other.data), np.where(condition, then.mask, other.mask))


def op_text(ev: Evaluator, node: Node) -> Value:
    """A text with holes: each combination of values that occurs is formatted once."""
    columns = [ev.array(arg, node.axes) for arg in node.args]
    types: list[Type] = [ev.program.nodes[arg].type for arg in node.args]
    shape = np.broadcast_shapes(*(c.shape for c in columns)) if columns else (1,) * (1 + len(node.axes))
    flat = [np.broadcast_to(c, shape).ravel() for c in columns]
    codes = np.zeros(int(np.prod(shape)), np.int64)
    for column in flat:
        found, inverse = np.unique(column, return_inverse=True)
        codes = codes * len(found) + inverse
        codes = np.unique(codes, return_inverse=True)[1]
    firsts, inverse = np.unique(codes, return_index=True, return_inverse=True)[1:]
    texts = [_filled(ev, node, types, [column[k] for column in flat]) for k in firsts]
    return Value(np.asarray([intern(t) for t in texts], np.int64)[inverse].reshape(shape))


def _filled(ev: Evaluator, node: Node, types: list[Type], values: list[Any]) -> str:
    pieces = []
    for part in node.attrs["template"]:
        if isinstance(part, str):
            pieces.append(part)
            continue
        hole = part["hole"]
        value, base = values[hole], types[hole].base
        if base not in ("point", "vector", "bool") and not np.isfinite(value):
            continue  # an undefined row; it is rejected, but must not stop the batch
        pieces.append(format_plain(value, base, part.get("format"), part.get("choices") or (), ev.color_names))
    return "".join(pieces)


def op_call(ev: Evaluator, node: Node) -> Value:
    """A function of the registry."""
    return ev.call(node)


def op_photo(ev: Evaluator, node: Node) -> Value:
    """A column of the background photo (``id``, ``count``) or of its objects."""
    what = node.attrs["what"]
    if what == "id":
        return Value(loops.fit(ev.photo_ids(), (), node.axes))
    if what == "spots":
        return lists.stretched(ev.photo_spots(), node.sizes)
    columns = ev.photo_objects()
    if what == "count":
        return Value(columns["at"].mask.sum(axis=-1))  # type: ignore[union-attr]
    if node.type.rank:
        return lists.stretched(columns[what], node.sizes)
    (axis,) = node.axes  # the axis of the group of objects
    size = ev.program.axes[axis].size
    return Value(lists.padded(columns[what], size).data[:, :size])


VALUES: dict[str, Callable[[Evaluator, Node], Value]] = {
    "const": op_const, "canvas": op_canvas, "var": op_var, "axis": loops.op_axis, "elem": loops.op_elem,
    "neg": op_neg, "add": _binary(np.add), "sub": _binary(np.subtract), "mul": _binary(np.multiply),
    "div": _binary(np.true_divide), "pair": op_pair, "re": _coordinate(np.real), "im": _coordinate(np.imag),
    "lt": _binary(np.less), "le": _binary(np.less_equal),
    "eq": op_eq, "and": _binary(np.logical_and), "or": _binary(np.logical_or), "not": op_not, "if": op_if,
    "list": lists.op_list, "concat": lists.op_concat, "range": lists.op_range, "item": lists.op_item,
    "loop": loops.op_loop, "all": lists.op_all, "some": lists.op_some, "count": lists.op_count, "sum": lists.op_sum,
    "max": lists.op_max, "argmax": lists.op_argmax, "sort": lists.op_sort, "only": lists.op_only,
    "mode": lists.op_mode, "distinct": lists.op_distinct, "unique": lists.op_unique, "reverse": lists.op_reverse,
    "except": lists.op_except, "in": lists.op_in, "group": shapes.op_group, "slot": shapes.op_slot,
    "parts": shapes.op_parts, "field": shapes.op_field, "call": op_call, "text": op_text, "photo": op_photo,
}  # fmt: skip
