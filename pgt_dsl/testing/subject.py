"""What a check of a spec looks at: one scene, its pixels and ids, and the oracle's reading of it.

A check is a function of a ``Subject`` that returns ``Fault``s, none for a scene that is right.
``pgt_dsl.testing.checks`` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.paint.display import Painted
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.program.program import Origin, Program
from pgt_dsl.scene.scene import Scene


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a scene. ``check`` is the name of the check that found it; ``origin`` the place in the spec
    that it concerns, where there is one."""

    check: str
    message: str
    origin: Origin = field(default=Origin())


@dataclass(frozen=True)
class Subject:
    """A scene under test, with the pipeline that made it (program, registry, photos, painter)."""

    pipeline: Pipeline
    scene: Scene

    @property
    def program(self) -> Program:
        """The program of the scene."""
        return self.pipeline.program

    @cached_property
    def oracle(self) -> Oracle:
        """The scalar reading of the scene, which shares nothing with what made it."""
        return Oracle(self.program, self.pipeline.registry, self.scene, self.pipeline.photos)

    @cached_property
    def painted(self) -> Painted:
        """The picture and its ids, of a batch of one."""
        return self.pipeline.paint([self.scene], ids=True)[0]

    @property
    def pixels(self) -> npt.NDArray[np.uint8]:
        """uint8[H, W, 3]."""
        picture: npt.NDArray[np.uint8] = self.painted.rgb[0]
        return picture

    @property
    def ids(self) -> npt.NDArray[np.uint16]:
        """uint16[H, W]: the id of the shape that is seen at each pixel, 0 for the background."""
        assert self.painted.ids is not None
        ids: npt.NDArray[np.uint16] = self.painted.ids[0]
        return ids


Check = Callable[[Subject], Sequence[Fault]]
