"""What a build will give, told before it is made: from its plan, and from a few samples that are made and written.

Every task's first samples go through all the stages and through the writer itself, so bytes and seconds are those of
the real thing; the pictures of a mix are counted as the writer would write them.
"""

from __future__ import annotations

import math
import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from pgt_dsl.dataset.formats.base import BuildInfo, Writer
from pgt_dsl.dataset.given import Row
from pgt_dsl.dataset.mix.loom import Strand
from pgt_dsl.dataset.mix.source import Source
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.dataset.plan import Plan
from pgt_dsl.dataset.record import STYLES, has_style
from pgt_dsl.dataset.watch import Watch
from pgt_dsl.dataset.worker import Job, Worker
from pgt_dsl.diagnostics import Diagnostic, PgtError
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.scene.coordinates import CoordinateProfile
from pgt_dsl.scene.scene import Scene

LOOKED_AT = 16  # scenes of a task
CLEAR = 64  # ... of which it is told how clear they are
READ = 64  # records of a mix


@dataclass(frozen=True, slots=True)
class TaskForecast:
    """One task: samples by split, the share of turns in each style, bytes and processor seconds of all its samples, and
    why it cannot be made (``error``), else "". ``place``: how the first place of its texts is given."""

    name: str
    samples: Mapping[str, int]
    styles: Mapping[str, float] = field(default_factory=dict)
    bytes: float = 0.0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    error: str = ""
    place: str = ""

    @property
    def count(self) -> int:
        """Samples in all splits."""
        return sum(self.samples.values())


@dataclass(frozen=True, slots=True)
class MixForecast:
    """One mix: how many of its ``records`` are woven into which split, how many were left out and of those how many for
    an image that is not there; bytes and seconds of writing them."""

    name: str
    split: str
    records: int
    woven: int
    skipped: int
    missing: int
    bytes: float
    seconds: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """A build. ``bytes``: on disk; ``seconds``: on one core; ``coordinates``: what texts give places in."""

    format: str
    splits: Mapping[str, tuple[int, int]]
    tasks: tuple[TaskForecast, ...]
    mixes: tuple[MixForecast, ...]
    warnings: tuple[str, ...] = ()
    coordinates: str = "unit"

    @property
    def samples(self) -> int:
        """Of ours."""
        return sum(task.count for task in self.tasks)

    @property
    def woven(self) -> int:
        """Records of the user's."""
        return sum(mix.woven for mix in self.mixes)

    @property
    def bytes(self) -> float:
        """On disk."""
        return sum(task.bytes for task in self.tasks) + sum(mix.bytes for mix in self.mixes)

    @property
    def seconds(self) -> float:
        """On one core, without the check of the mixes, which is done by then."""
        return sum(task.seconds for task in self.tasks) + sum(mix.seconds for mix in self.mixes)

    @property
    def styles(self) -> dict[str, float]:
        """The share of each style in all samples of ours, by samples."""
        whole = sum(task.count for task in self.tasks if not task.error) or 1
        shares = {s: sum(t.count * t.styles.get(s, 0.0) for t in self.tasks) / whole for s in STYLES}
        return {style: share for style, share in shares.items() if share}


def forecast(plan: Plan) -> Forecast:
    """Make a few samples of each task and say what will come out. Nothing is left on the disk."""
    empty, _ = _written(plan, ())
    tasks = tuple(_task(plan, number, empty) for number in range(len(plan.tasks)))
    mixes = tuple(_mix(plan, strand, source, empty) for strand in plan.strands for source in strand.sources)
    splits = {strand.name: (strand.planned, strand.theirs) for strand in plan.strands}
    told = str(plan.setup.coordinates)
    warnings = list(_unsaid(plan))
    if told != "unit" and not any(task.place or task.error for task in tasks):
        warnings.append(f'`coordinates = "{told}"` changes nothing: no question has a place in its texts')
    return Forecast(plan.format, splits, tasks, mixes, tuple(warnings), told)


def _task(plan: Plan, number: int, empty: int) -> TaskForecast:
    task, setup = plan.tasks[number], plan.setup
    many = min(LOOKED_AT, plan.numbers[number])
    copies = plan.planned[number] // max(plan.numbers[number], 1)
    samples = {strand.name: copies * len(strand.indices[task.name]) for strand in plan.strands}
    worker = Worker(setup)
    began = time.process_time()
    first = worker.run(Job(number, 0, 1))  # plans the task, and warms the painter up
    start = time.process_time() - began
    if first.error:
        return TaskForecast(task.name, samples, error=first.error + _clearness(plan, number))
    began = time.process_time()
    made = worker.run(Job(number, 0, many))
    took = time.process_time() - began
    if made.error:
        return TaskForecast(task.name, samples, error=made.error + _clearness(plan, number))
    size, writing = _written(plan, made.samples)
    each = len(made.samples)
    whole = sum(samples.values())
    scenes = [sample.scene for sample in made.samples]
    watch = Watch(task.program, task.registry, setup.photos, LOOKED_AT)
    watch.add(scenes)
    found = [*task.warnings, *watch.diagnostics(task.source, setup.sizes.smallest)]
    warnings = [_in_one_line(item) for item in found] + list(_missing(setup.styles[number], scenes))
    return TaskForecast(
        task.name, samples, _styles(setup.styles[number], scenes), whole * max(size - empty, 0) / each,
        start + whole * (took + writing) / each, tuple(warnings), place=_place(scenes, setup.coordinates),
    )  # fmt: skip


def _clearness(plan: Plan, number: int) -> str:
    """How clear the answers of a task are that cannot be made for its stage; "" of one without bounds."""
    program, setup = plan.tasks[number].program, plan.setup
    if program.stage is None or not program.stage.bounded:
        return ""
    free = replace(program, stage=None, constraints=tuple(c for c in program.constraints if c.reason != "stage"))
    pipeline = Pipeline(free, setup.registry, setup.seed, setup.sizes.smallest, setup.photos, setup.renderer)
    try:
        scenes = pipeline.scenes(range(CLEAR))
    except PgtError:
        return ""
    least = [min((ask.margin for ask in s.asks if ask.margin is not None), default=math.inf) for s in scenes]
    low, high = (sorted(least)[round(share * (len(least) - 1))] for share in (0.05, 0.95))
    return (f"\n  = help: without stages its answers are clear by {low:.3g} to {high:.3g} margins (90 % of "
            f"{len(least)} scenes), and this stage has {program.stage}")  # fmt: skip


def _styles(weights: Mapping[str, float], scenes: Sequence[Scene]) -> dict[str, float]:
    """The expected share of each style, over the questions that were looked at: one that lacks a style leaves its
    weight to the others."""
    found: Counter[str] = Counter()
    asks = [ask for scene in scenes for ask in scene.asks]
    for ask in asks:
        fitting = {style: weight for style, weight in weights.items() if weight > 0 and has_style(ask, style)}
        whole = sum(fitting.values())
        for style, weight in (fitting or {"short": 1.0}).items():
            found[style] += weight / (whole or 1.0)  # type: ignore[assignment]
    return {style: found[style] / len(asks) for style in STYLES if found[style]}


def _place(scenes: Sequence[Scene], coordinates: CoordinateProfile) -> str:
    """The words of a place, "" where there is none."""
    for scene in scenes:
        for place in (place for ask in scene.asks for place in ask.places):
            return ", ".join(coordinates.written(place.at, scene.width, scene.height))
    return ""


def _missing(weights: Mapping[str, float], scenes: Sequence[Scene]) -> Iterator[str]:
    """Styles that are asked for and that no question has."""
    asks = [ask for scene in scenes for ask in scene.asks]
    for style in (style for style in STYLES if weights.get(style, 0) > 0):
        if not any(has_style(ask, style) for ask in asks):
            need = {"sentence": "`say`", "reasoned": "`because`", "options": "answers to choose from"}[style]
            yield f"no question has the style `{style}` ({need}): the other styles, or `short`, take its part"


def _unsaid(plan: Plan) -> Iterator[str]:
    """Suffixes that are never said."""
    from pgt_dsl.dataset.record import SUFFIXES

    for style, text in plan.setup.suffix.items():
        if SUFFIXES.get(style) != text and not any(weights.get(style, 0) > 0 for weights in plan.setup.styles):
            yield f"the suffix of `{style}` is never said: no task has the style"


def _mix(plan: Plan, strand: Strand, source: Source, empty: int) -> MixForecast:
    rows = list(islice(source.rows(), READ))
    size, writing = _written(plan, rows)
    each = max(len(rows), 1)
    alike = [re.sub(r"`[^`]*[/.][^`]*`", "...", reason) for reason in source.bad.values()]  # but for names of files
    reasons = Counter(alike)
    return MixForecast(
        source.mix.name, strand.name, source.records, len(source), len(source.bad), source.missing,
        len(source) * max(size - empty, 0) / each, len(source) * writing / each,
        tuple(f"{many:,}: {reason}" for reason, many in reasons.most_common(5)),
    )  # fmt: skip


def _written(plan: Plan, rows: Sequence[Row]) -> tuple[int, float]:
    """Bytes of a data set of these rows, and the processor seconds of writing it."""
    with tempfile.TemporaryDirectory() as place:
        folder, work = Path(place) / "new", Path(place) / "work"
        folder.mkdir()
        work.mkdir()
        began = time.process_time()
        info = BuildInfo("forecast", len(rows), work, plan.shard_rows)
        writer: Writer = load_ref(plan.setup.registry.formats[plan.format].make)(folder, info)
        if rows:
            writer.write(rows)
        writer.close()
        took = time.process_time() - began
        return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()), took


def _in_one_line(found: Diagnostic) -> str:
    return f"{found.code}: {found.message}"
