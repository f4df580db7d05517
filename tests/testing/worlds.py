"""Tasks for the checks: texts of specs, and registries in which one measure or painter is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from pgt_dsl.api import load
from pgt_dsl.builtin import extension
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.dataset.task import Task
from pgt_dsl.paint.display import DisplayList, Painted
from pgt_dsl.paint.reference import PillowRenderer
from pgt_dsl.plugins.extension import Extension, Function, RendererSpec
from pgt_dsl.plugins.registry import Registry, registry
from pgt_dsl.scene.scene import Scene
from pgt_dsl.testing.subject import Subject

SPECS = sorted((Path(__file__).parents[2] / "task_specs").rglob("*.pgt"))
SIZE = 160


def builtin(*functions: Function, without: Sequence[str] = (), renderers: Sequence[RendererSpec] = ()) -> Registry:
    """pgt-dsl's own registry with some functions in the place of those of their names."""
    names = {f.name for f in functions} | set(without)
    kept = tuple(f for f in extension.functions if f.name not in names)
    own = replace(extension, functions=(*kept, *functions))
    return Registry.load([("pgt-dsl", own), ("test", Extension("test", renderers=tuple(renderers)))])


def wrong(name: str, **changes: Any) -> Registry:
    """The registry with one function changed."""
    return builtin(replace(registry().functions[name], **changes))


def subjects(
    spec: str | Path, count: int = 4, plugins: Registry | None = None, painter: str = "pillow"
) -> list[Subject]:
    """The first scenes of a spec, ready to be checked."""
    task = load(spec, plugins) if plugins else task_of(spec)
    pipeline = task.pipeline(0, SIZE, renderer=painter)
    return [Subject(pipeline, scene) for scene in pipeline.scenes(range(count))]


@lru_cache(maxsize=128)
def task_of(spec: str | Path) -> Task:
    """A task with its pipelines, compiled once for all tests of a process."""
    return load(spec)


def pipeline_of(spec: str | Path, plugins: Registry | None = None) -> Pipeline:
    task = load(spec, plugins) if plugins else task_of(spec)
    return task.pipeline(0, SIZE, renderer="pillow")


def answered(scene: Scene, **changes: Any) -> Scene:
    """The scene with another first answer."""
    return replace(scene, asks=(replace(scene.asks[0], **changes), *scene.asks[1:]))


class Painter(PillowRenderer):
    """A painter that is wrong in one way: it exchanges two ids, or the colours red and blue."""

    def __init__(self, fault: str) -> None:
        super().__init__()
        self.fault = fault

    def paint(self, items: DisplayList, ground: Any, ids: bool = False) -> Painted:
        made = super().paint(items, ground, ids)
        rgb, mask = made.rgb, made.ids
        if self.fault == "ids" and mask is not None:
            mask = np.where(mask == 1, 2, np.where(mask == 2, 1, mask)).astype(mask.dtype)
        if self.fault == "colours":
            rgb = np.ascontiguousarray(rgb[..., ::-1])
        return Painted(rgb, mask)


def swaps_ids() -> Painter:
    return Painter("ids")


def swaps_colours() -> Painter:
    return Painter("colours")


PAINTERS = (
    RendererSpec("swaps-ids", "", f"{__name__}:swaps_ids"),
    RendererSpec("swaps-colours", "", f"{__name__}:swaps_colours"),
)
