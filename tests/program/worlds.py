"""Small programs written by hand, a registry of a few real kinds and measures, and draws given as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pgt_dsl.plugins.extension import FieldSpec, Function, Kind
from pgt_dsl.program.builder import Builder
from pgt_dsl.program.evaluate import Evaluator, Inputs
from pgt_dsl.program.inputs import Drawn, Value
from pgt_dsl.program.program import Ask, Law, Pick, Program
from pgt_dsl.testing.stage import Given

COLORS = {"red": "#e6194b", "blue": "#4363d8", "green": "#3cb44b", "black": "#000000"}


def round_value(call: Any) -> Any:
    return np.floor(call.args[0].data + 0.5).astype(np.int64)


def round_slack(call: Any) -> Any:
    x = call.args[0].data
    return np.abs(np.abs(x - np.floor(x)) - 0.5)


def gap_value(call: Any) -> Any:
    return np.abs(call.args[0].data - call.args[1].data) / 0xFFFFFF


def distance_value(call: Any) -> Any:
    return np.abs(call.args[0].data - call.args[1].data)


def x_value(call: Any) -> Any:
    return np.asarray(call.args[0].data).real


def root_value(call: Any) -> Any:
    return np.sqrt(call.args[0].data)


def kind(name: str, *fields: str) -> Kind:
    specs = tuple(FieldSpec(f, "length") for f in fields)
    noun = "" if name == "figure" else name
    return Kind(name, "", specs, f"pgt_dsl.geometry.outlines:{name}", "tests:none", noun=noun)


def function(name: str, value: str = "", slack: str | None = None, unit: str | None = None) -> Function:
    here = __name__
    ref = value or f"{here}:{name}_value"
    return Function(name, f"{name}(): number", "", ref, "tests:none", f"{here}:{slack}" if slack else None, unit)


@dataclass
class FakeRegistry:
    """What the programs of the tests need."""

    kinds: Mapping[str, Kind] = field(default_factory=lambda: {
        k.name: k for k in (kind("figure", "form", "size"), kind("circle", "radius"), kind("square", "size"),
                            kind("line", "length"))})  # fmt: skip
    functions: Mapping[str, Function] = field(default_factory=lambda: {
        f.name: f for f in (
            function("round", slack="round_slack", unit="number"), function("color_gap", f"{__name__}:gap_value"),
            function("distance"), function("x"), function("root"),
            function("apart", "pgt_dsl.geometry.measures:apart"),
            function("margin", "pgt_dsl.geometry.measures:margin"),
        )})  # fmt: skip
    colors: Mapping[str, str] = field(default_factory=lambda: dict(COLORS))


def given(columns: dict[int, Any]) -> Given:
    """Draws given as columns or as arrays, by variable number."""
    return Given({k: c if isinstance(c, Value | Drawn) else Value(np.asarray(c)) for k, c in columns.items()})


REGISTRY = FakeRegistry()


def program(b: Builder, **more: Any) -> Program:
    asks: tuple[Ask, ...] = more.pop("asks", ())
    return Program("test", "", tuple(b.nodes), tuple(b.axes), tuple(b.vars), tuple(b.groups), tuple(b.constraints),
                   asks, slots=b.slots, **more)  # fmt: skip


def evaluator(b: Builder, columns: dict[int, Any] | None = None, rows: int = 1, width: float = 200.0,
              height: float = 100.0, **more: Any) -> Evaluator:  # fmt: skip
    size = np.full(rows, width), np.full(rows, height)
    return Evaluator(program(b, **more), Inputs(*size, given(columns or {})), REGISTRY)


def free(b: Builder, name: str, type: str, columns: dict[int, Any], data: Any, **more: Any) -> int:
    """A variable whose column is given."""
    node = b.var(name, type, Law("uniform"), **more)
    columns[len(b.vars) - 1] = data
    return node


def listed(rows: list[list[Any]], dtype: Any = np.float64, size: int = 0) -> Value:
    """A list column, a row each, ragged rows padded (to at least ``size``)."""
    size = max([size, *map(len, rows)])
    data = np.zeros((len(rows), size), dtype)
    mask = np.zeros((len(rows), size), np.bool_)
    for k, row in enumerate(rows):
        data[k, : len(row)] = row
        mask[k, : len(row)] = True
    return Value(data, mask)


def lists_of(value: Value, row: int) -> list[Any]:
    """The present items of a list column in one row."""
    data, mask = np.broadcast_arrays(value.data, value.mask)
    row = row if data.shape[0] > 1 else 0
    return data[row][mask[row]].tolist()


def shape(b: Builder, name: str, kind: str, axes: tuple[int, ...] = (), room: int | None = None, **fields: int) -> int:
    """A group with fields; without ``at`` it is placed in the room (default: the canvas group)."""
    group = b.group(name, kind, axes, noun="" if kind == "figure" else kind)
    if "at" not in fields:
        if room is None:
            room = canvas(b)
        fields["at"] = b.var(f"{name}.at", "point", Law("placed", (room,), group=group), "field", axes)
    defaults = {"turn": b.const("angle", 0.0), "fill": b.const("color", "#ff0000"), "layer": b.const("number", 0),
                "label": b.const("text", "")}  # fmt: skip
    b.update_group(group, fields={**defaults, **fields})
    return group


def canvas(b: Builder) -> int:
    """The canvas as a shape (one group a program)."""
    for g in b.groups:
        if g.kind == "canvas":
            return b.shapes_of(g.id)
    group = b.group("canvas", "canvas", entity=False, painted=False)
    return b.shapes_of(group)


def two_boxes(b: Builder) -> tuple[int, int]:
    """Two figures that vary in form, size, colour and place; their slots' nodes."""
    forms = b.const("form[]", ["circle", "square", "triangle", "star"])
    colors = b.const("color[]", ["#e6194b", "#4363d8", "#3cb44b"])
    low, high = b.const("length", 8, "vmin"), b.const("length", 20, "vmin")
    made = []
    for name in "ab":
        fields = {
            "form": b.var(f"{name}.form", "form", Law("choice", (forms,)), "field"),
            "size": b.var(f"{name}.size", "length", Law("uniform", (low, high)), "field"),
            "fill": b.var(f"{name}.color", "color", Law("choice", (colors,)), "field"),
        }
        made.append(b.shapes_of(shape(b, name, "figure", **fields)))
    return made[0], made[1]


def pick(b: Builder, name: str, values: int, what: str = "values") -> tuple[int, Pick]:
    """A pick: its node and its record."""
    node = b.var(name, b.type(values).item, Law("stratum"), "pick")
    return node, Pick(len(b.vars) - 1, name, values, what)  # type: ignore[arg-type]
