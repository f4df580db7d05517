"""Small registries, scenes and shapes written by hand for the oracle's tests."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from pgt_dsl.geometry import oracle_outlines
from pgt_dsl.geometry.oracle import Seen, World, pieces_of
from pgt_dsl.plugins.extension import Function, Kind
from pgt_dsl.program.builder import Builder
from pgt_dsl.program.program import Ask, Background, Constraint, Pick, Program
from pgt_dsl.scene.scene import Answered, BackgroundChoice, Scene, SceneShape

GEOMETRY, LINES, PLAIN = (
    "pgt_dsl.geometry.oracle_functions",
    "pgt_dsl.geometry.oracle_lines",
    "pgt_dsl.program.oracle_plain",
)
NAMES = {
    GEOMETRY: "apart area overlap visible inside covers margin contrast",
    LINES: "crosses crossings angle",
    PLAIN: "distance direction polar mix grid letter digits lightness point_x point_y",
}
KINDS = "figure circle ellipse square rect polygon blob dot line arrow path curve text box panel canvas"


def registry(**tolerances: float) -> Any:
    """A registry of the built-in scalar readings."""
    functions = {
        name: Function(
            name, f"{name}(): number", "", "none:none", f"{module}:{name}", tolerance=tolerances.get(name, 1e-6)
        )
        for module, names in NAMES.items()
        for name in names.split()
    }
    kinds = {name: Kind(name, "", (), "none:none", f"{oracle_outlines.__name__}:{name}") for name in KINDS.split()}
    colors = {"red": "#ff0000", "blue": "#0000ff", "white": "#ffffff"}
    return SimpleNamespace(functions=functions, kinds=kinds, colors=colors)


def shape(kind: str, slot: int = 0, world: World | None = None, **fields: Any) -> Seen:
    """One shape that stands alone."""
    make = getattr(oracle_outlines, kind)
    fields.setdefault("stroke", 2.0)
    fields["from"] = fields.pop("start", fields.get("from"))
    fields = {name: value for name, value in fields.items() if value is not None}
    return Seen(slot, kind, fields, lambda: pieces_of(make(fields)), world or World(400, 300))


def program(b: Builder, asks: tuple[Ask, ...] = (), picks: tuple[Pick, ...] = ()) -> Program:
    """The program that a builder holds."""
    return Program("test/one", "", tuple(b.nodes), tuple(b.axes), tuple(b.vars), tuple(b.groups), tuple(b.constraints),
                   asks, picks, background=Background("plain"), slots=b.slots)  # fmt: skip


def require(b: Builder, node: int, reason: Any = "require", label: str = "") -> None:
    """Add a constraint."""
    b.constraints.append(Constraint(node, reason, label))


def scene(
    draws: Mapping[str, Any], shapes: tuple[SceneShape, ...] = (), asks: tuple[Answered, ...] = (), **size: int
) -> Scene:
    """A scene of 400 by 300 px."""
    return Scene("test/one", "0", 7, 3, size.get("width", 400), size.get("height", 300), 0, {}, draws, shapes,
                 BackgroundChoice("plain", {"color": "#ffffff"}), asks)  # fmt: skip
