"""Where the time of a sample goes: every stage of the pipeline alone, in microseconds of processor time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from benchmarks import common
from pgt_dsl.api import load
from pgt_dsl.dataset.encode import Encode, encoder
from pgt_dsl.dataset.formats.base import BuildInfo
from pgt_dsl.dataset.formats.parquet import make
from pgt_dsl.dataset.jobs import batch_size
from pgt_dsl.dataset.pipeline import CACHED, DISPLAYED, Pipeline, open_photos
from pgt_dsl.dataset.pixel_check import faults, is_checked
from pgt_dsl.dataset.record import pixel_digest, quick_json
from pgt_dsl.dataset.worker import collecting_seldom
from pgt_dsl.paint.backgrounds import background_pixels
from pgt_dsl.paint.scene_display import display_list
from pgt_dsl.scene.assemble import scenes as assemble
from pgt_dsl.scene.scene import Scene
from pgt_dsl.scene.serial import scene_parts

T = TypeVar("T")
NAMES = ("solve", "assemble", "certify", "display list", "background", "paint", "ids", "digest", "json", "encode",
         "write")  # fmt: skip


@dataclass
class Stages:
    """Seconds of processor time by stage, for ``count`` samples of a task."""

    name: str
    count: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    encode: Encode = field(default_factory=lambda: encoder().encode)

    @classmethod
    def of(cls, name: str, spec: str, count: int, size: int, folder: Path) -> Stages:
        """The stages of the task of a spec, in batches as a build has them, after a first one that does not count."""
        text = folder / f"{name}.pgt"
        text.write_text(spec)
        task = load(text)
        pipeline = Pipeline(task.program, task.registry, 0, size, open_photos(None))
        found = cls(name)
        out, work = folder / f"{name}-stages", folder / f"{name}-work"
        out.mkdir()
        work.mkdir()
        writer = make(out, BuildInfo(name, count, work))
        batch = batch_size(size)
        for first in range(-batch, count, batch):
            if first == 0:
                found = cls(name)
            with collecting_seldom():
                found._batch(pipeline, range(max(first, 0), max(first, 0) + batch), writer)
        found._timed("write", writer.close)
        return found

    def _timed(self, stage: str, work: Callable[[], T]) -> T:
        began = time.process_time()
        result = work()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.process_time() - began
        return result

    def _batch(self, pipeline: Pipeline, indices: range, writer: Any) -> None:
        batch = self._timed("solve", lambda: pipeline.sampler.batch(np.asarray(indices)))
        scenes = self._timed("assemble", lambda: assemble(batch, pipeline.hash))
        self._timed("certify", lambda: pipeline.certify(scenes))
        for first in range(0, len(scenes), DISPLAYED):
            self._pixels(pipeline, scenes[first : first + DISPLAYED])
        self._timed("ids", lambda: self._check(pipeline, [s for s in scenes if is_checked(s.index)]))
        samples = pipeline.samples(scenes)  # made of the stages above, so not counted again
        self._timed("write", lambda: writer.write(samples))
        self.count += len(scenes)

    def _pixels(self, pipeline: Pipeline, scenes: Sequence[Scene]) -> None:
        width, height = scenes[0].width, scenes[0].height
        display = self._timed("display list", lambda: display_list(scenes, pipeline.registry.kinds))
        painter = pipeline._painter
        ready = self._timed("paint", lambda: painter.prepared(display) if hasattr(painter, "prepared") else None)
        # without, all at once: a display list is painted as a whole
        step = len(scenes) if ready is None else max(1, CACHED // (width * height))
        for first in range(0, len(scenes), step):
            part = scenes[first : first + step]
            room = pipeline._room.pictures(len(part), height, width)
            grounds = [scene.background for scene in part]
            given = grounds, width, height, pipeline.photos, pipeline.plugin_backgrounds, room
            rgb = self._timed("background", lambda given=given: background_pixels(*given))
            if ready is None:
                rgb = self._timed("paint", lambda rgb=rgb: painter.paint(display, rgb, ids=False)).rgb
            else:
                self._timed("paint", lambda first=first, rgb=rgb: ready.paint(first, rgb))
            self._written(part, rgb)

    def _written(self, scenes: Sequence[Scene], rgb: Any) -> None:
        self._timed("digest", lambda: [pixel_digest([picture]) for picture in rgb])
        self._timed("json", lambda: [quick_json(scene_parts(scene)) for scene in scenes])
        self._timed("encode", lambda: [self.encode(picture) for picture in rgb])

    @staticmethod
    def _check(pipeline: Pipeline, scenes: Sequence[Scene]) -> None:
        for scene, painted in zip(scenes, pipeline.paint(scenes, ids=True), strict=True):
            assert painted.ids is not None
            assert not faults(pipeline.program, scene, painted.ids[0], pipeline.registry, pipeline.photos)

    @staticmethod
    def table(every: Sequence[Stages]) -> None:
        """Print microseconds a sample, a column for each task."""
        rows = []
        for stage in NAMES:
            rows.append((stage, *(1e6 * s.seconds.get(stage, 0.0) / s.count for s in every)))
        rows.append(("all", *(1e6 * sum(s.seconds.values()) / s.count for s in every)))
        common.table(rows, ("microseconds a sample", *(s.name for s in every)))
