"""The scalar interpreter of programs: every node of one scene in plain Python, sharing nothing with the batched one.

A program is planned once (``oracle_plan``): what is left for a scene is to run the closures of the nodes that are
asked for. An environment maps axes to positions (``oracle_ops``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pgt_dsl.geometry.oracle import Decided, UndefinedValueError, World
from pgt_dsl.program.oracle_plan import ABSENT, Env, plan_of
from pgt_dsl.program.oracle_shapes import Registry, SceneLike, Shapes
from pgt_dsl.program.oracle_values import Value
from pgt_dsl.program.program import AxisId, NodeId, Program

__all__ = ["NOWHERE", "Env", "Oracle"]

NOWHERE: Env = {}


class Oracle:
    """The values of one scene of ``program``. ``photos`` is the catalogue that the scene was made with, if any.

    ``value`` raises ``UndefinedValueError`` where the scene gives an expression no value, and ``UnknownValueError``
    where only pixels could tell. ``known`` holds what has been computed, by node; ``decisions`` by how much truths
    hold, by node and positions.
    """

    def __init__(self, program: Program, registry: Registry, scene: SceneLike, photos: Any = None) -> None:
        self.program = program
        self.registry = registry
        self.scene = scene
        self.photos = photos
        self.plan = plan_of(program, registry, scene.width, scene.height)
        self.world = World(self.plan.width, self.plan.height)
        self.known: list[Any] = [ABSENT] * len(program.nodes)
        self.decisions: dict[tuple[Any, ...], Decided] = {}
        self.shapes = Shapes(self)

    @property
    def colors(self) -> dict[str, str]:
        """Names of the named colours by ``"#rrggbb"``."""
        return self.plan.colors

    def value(self, node: NodeId, env: Env = NOWHERE) -> Value:
        """The value of a node; ``env`` holds a position for each of its axes."""
        try:
            return self.plan.run[node](self, env)
        except (ZeroDivisionError, OverflowError) as error:
            raise UndefinedValueError(str(error)) from error

    def decided(self, node: NodeId, env: Env) -> Decided | None:
        """By how much a truth that a function computed holds (None: it did not say)."""
        self.value(node, env)
        return self.decisions.get((node, *[env[axis] for axis in self.program.nodes[node].axes]))

    def along(self, axis: AxisId, env: Env) -> Iterator[Env]:
        """The environments of all positions along an axis: of the items that are there."""
        return self.plan.along(axis)(self, env)

    def length(self, axis: AxisId, env: Env) -> int:
        """How many items a block has."""
        return self.plan.length(self.program.axes[axis])(self, env)

    def drawn(self, name: str, env: Env, axes: tuple[AxisId, ...]) -> Any:
        """What the scene says was drawn for a variable, at the positions of its axes (JSON)."""
        if name not in self.scene.draws:
            raise UndefinedValueError(f"the scene has no draw of {name}")
        value: Any = self.scene.draws[name]
        for axis in axes:
            place = env[axis]
            if not isinstance(value, list | tuple) or place >= len(value):
                raise UndefinedValueError(f"the scene has no draw of {name} for item {place}")
            value = value[place]
        if value is None:
            raise UndefinedValueError(f"nothing was drawn for {name} here")
        return value
