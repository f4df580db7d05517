"""What a worker of a build does: a range of indices of one task, from sampling to encoded samples.

Jobs and results are plain values that travel between processes. What fails on purpose comes back as a text, so that
one task's failure is not the end of the others.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from pgt_dsl.dataset.encode import PNG, Encoding
from pgt_dsl.dataset.languages import ONLY_ENGLISH, Languages
from pgt_dsl.dataset.pipeline import Disagreed, Pipeline
from pgt_dsl.dataset.record import SUFFIXES, canonical_json
from pgt_dsl.dataset.sample import Sample
from pgt_dsl.dataset.sizes import Sizes
from pgt_dsl.dataset.tally import Checked
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.translation import Translation
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.program import Program
from pgt_dsl.scene.coordinates import UNIT, CoordinateProfile
from pgt_dsl.scene.serial import scene_to_json
from pgt_dsl.solve.drift import Counts, add


@dataclass(frozen=True, slots=True)
class Setup:
    """What every job of a build shares."""

    programs: tuple[Program, ...]
    registry: Registry
    photos: PhotoCatalog
    seed: int
    sizes: Sizes
    styles: tuple[Mapping[str, float], ...]  # of each task
    renderer: str | None
    encoding: Encoding = PNG
    suffix: Mapping[str, str] = field(default_factory=lambda: SUFFIXES)
    coordinates: CoordinateProfile = UNIT
    languages: tuple[Languages, ...] = ()  # of each task; English without
    translations: tuple[Mapping[str, Translation], ...] = ()

    def spoken(self, task: int) -> Languages:
        """The languages of a task."""
        return self.languages[task] if self.languages else ONLY_ENGLISH

    @property
    def foreign(self) -> bool:
        """Whether any task is asked in another language than English."""
        return any(spoken.foreign for spoken in self.languages)


@dataclass(frozen=True, slots=True)
class Job:
    """Indices ``start .. stop - 1`` of one task."""

    task: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a job. ``shares`` are those that the values of quotas should have in pictures of the short side
    ``size``, the smallest of its samples; ``drawn`` counts the draws of its scenes; ``error`` says why there are no
    samples; ``disagreement`` is the scene, as JSON, on which the oracle did not agree."""

    job: Job
    samples: tuple[Sample, ...] = ()
    checked: Checked = field(default_factory=Checked)
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    size: int = 0
    error: str = ""
    disagreement: str = ""
    drawn: Counts = field(default_factory=dict)


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Scenes are many small objects that all live until their job is done: Python need not look for garbage among them
    every few hundred."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], 50_000) if before[0] else 0, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class Worker:
    """Runs jobs; a task is planned when its first job comes, and forgotten when the first of another does."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._planned: tuple[int, dict[int, Pipeline]] = -1, {}

    def run(self, job: Job) -> Result:
        """Sample, certify, paint and record."""
        try:
            with collecting_seldom():
                return self._run(job)
        except Disagreed as error:
            return Result(job, error=str(error), disagreement=canonical_json(scene_to_json(error.scene)))
        except PgtError as error:
            return Result(job, error=str(error))
        except Exception as error:  # of a plugin's painter or a bug: it costs this task alone
            if os.environ.get("PGT_DEBUG"):
                raise
            return Result(job, error=f"a bug in pgt-dsl or in a plugin: {type(error).__name__}: {error}")

    def _run(self, job: Job) -> Result:
        setup = self._setup
        indices = range(job.start, job.stop)
        sizes = setup.sizes.of(indices, setup.programs[job.task].name, setup.seed)
        made: list[Sample] = []
        checked = Checked()
        drawn: Counts = {}
        shares: Mapping[str, Mapping[str, float]] = {}
        for size in sorted(set(sizes)):
            pipeline = self._pipeline(job.task, size)
            mine = indices if len(set(sizes)) == 1 else [k for k, of in zip(indices, sizes, strict=True) if of == size]
            scenes = pipeline.scenes(mine, watched=True)
            pipeline.certify(scenes)
            made += pipeline.samples(scenes, setup.styles[job.task], setup.encoding, setup.suffix,
                                     setup.coordinates)  # fmt: skip
            checked, shares = checked.plus(pipeline.checked()), shares or pipeline.shares
            drawn = add(drawn, pipeline.drawn())
        made.sort(key=lambda sample: sample.index)  # a group has one index, and stays in its order
        return Result(job, tuple(made), checked, shares, min(sizes), drawn=drawn)

    def _pipeline(self, task: int, size: int) -> Pipeline:
        if self._planned[0] != task:
            self._planned = task, {}
        if size not in self._planned[1]:
            s = self._setup
            self._planned[1][size] = Pipeline(
                s.programs[task], s.registry, s.seed, size, s.photos, s.renderer, s.spoken(task),
                s.translations[task] if s.translations else {},
            )  # fmt: skip
        return self._planned[1][size]
