"""Building a data set: jobs over index ranges, in order, certified, written and put in place whole.

A task that fails keeps what it had finished, is named in the manifest (``error``) and does not cost the other tasks
anything. A disagreement of the oracle stops the whole build, because no sample of it can then be trusted.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pgt_dsl import __version__
from pgt_dsl.dataset.atomic import MANIFEST, Staging
from pgt_dsl.dataset.card import card
from pgt_dsl.dataset.formats.base import BuildInfo, Writer
from pgt_dsl.dataset.manifest import Manifest, versions
from pgt_dsl.dataset.pipeline import DEFAULT_SIZE, check_size, open_photos
from pgt_dsl.dataset.record import DEFAULT_STYLES, check_styles
from pgt_dsl.dataset.tally import Tally, credits
from pgt_dsl.dataset.task import Photos, Task
from pgt_dsl.dataset.watch import Watch
from pgt_dsl.dataset.worker import Job, Result, Setup, Worker, start, work
from pgt_dsl.diagnostics import Diagnostic, PgtError
from pgt_dsl.photos.catalog import PhotoCatalog
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.registry import Registry

DISAGREEMENT = "disagreement.json"
BATCH = 32  # samples a job: enough for the batched stages, few enough for a lively progress bar
LOOKED_AT = 24  # scenes of a task whose geometry is looked at for warnings
FEW = 4  # jobs below which starting processes costs more than it saves


@dataclass(frozen=True, slots=True)
class Progress:
    """Told after each job: samples finished of those planned, and the task that it was."""

    done: int
    planned: int
    task: str
    tallies: Sequence[Tally]


def build(
    tasks: Sequence[Task],
    count: int | Sequence[int],
    out: Path | str,
    *,
    seed: int = 0,
    format: str = "parquet",
    size: int = DEFAULT_SIZE,
    photos: Photos = None,
    styles: Mapping[str, float] = DEFAULT_STYLES,
    workers: int = 1,
    renderer: str | None = None,
    overwrite: bool = False,
    shard_rows: int = 1000,
    batch: int = BATCH,
    progress: Callable[[Progress], None] | None = None,
) -> Manifest:
    """Write a data set of ``count`` samples and return its manifest.

    ``count`` is split evenly over the tasks, the remainder to the first, or it has a number for each task. A task
    with twins writes whole pairs, so it may give one more than its part. Every task takes its indices from 0. Neither
    ``workers`` nor ``batch`` changes a byte of the samples. With ``workers`` above 1, processes are spawned: call it
    under ``if __name__ == "__main__":``.

    Raises ``PgtError`` when the arguments are wrong, ``out`` may not be written into, no task gives a sample, or the
    oracle disagrees with a scene (which is then in ``out/disagreement.json``). Tasks that failed while others went on
    are in ``manifest.failed``.
    """
    counts = split(count, max(len(tasks), 1)) if isinstance(count, int) else list(count)
    plugins = _check(tasks, sum(counts), size, format)
    check_styles(styles)
    catalog = photos if isinstance(photos, PhotoCatalog) else open_photos(photos)
    copies = [1 if task.program.twin is None else 2 for task in tasks]
    numbers = [math.ceil(part / many) for part, many in zip(counts, copies, strict=True)]
    planned = [number * many for number, many in zip(numbers, copies, strict=True)]
    setup = Setup(tuple(t.program for t in tasks), plugins, catalog, seed, size, dict(styles), renderer)
    painter = plugins.make_renderer(renderer).name
    tallies = [_tally(task, number) for task, number in zip(tasks, planned, strict=True)]
    watches = [Watch(task.program, task.registry, catalog, LOOKED_AT) for task in tasks]
    out = Path(out)
    with Staging(out, overwrite) as staging:
        writer: Writer = load_ref(plugins.formats[format].make)(
            staging.folder, BuildInfo(out.name, sum(planned), shard_rows)
        )
        try:
            with closing(_results(setup, list(_jobs(numbers, batch)), tallies, workers)) as results:
                for result in results:
                    _take(result, tallies, writer, tasks, out, setup)
                    watches[result.job.task].add(sample.scene for sample in result.samples)
                    watches[result.job.task].add_drawn(result.drawn)
                    if progress is not None:
                        done = sum(tally.count for tally in tallies)
                        progress(Progress(done, sum(planned), tallies[result.job.task].name, tallies))
        except BaseException:
            with suppress(Exception):
                writer.close()
            raise
        writer.close()
        for task, tally, watch in zip(tasks, tallies, watches, strict=True):
            tally.warnings += tuple(map(_in_one_line, watch.diagnostics(task.source, size)))
            tally.drift = watch.drift
        if not any(tally.count for tally in tallies):
            raise PgtError("no task gave a sample:\n" + "\n".join(f"{t.name}: {t.error}" for t in tallies))
        made = Manifest(
            pgt_version=__version__,
            versions=dict(versions()),
            format=format,
            seed=seed,
            size=size,
            planned=sum(planned),
            count=sum(tally.count for tally in tallies),
            styles=dict(styles),
            renderer=painter,
            usage=writer.usage(out),
            photos=catalog.digest,
            credits=credits(tallies, catalog),
            tasks=tuple(tally.entry() for tally in tallies),
            contents=tuple(sorted({p.name for p in staging.folder.iterdir()} | {"README.md"})),
        )
        text = card(made, out.resolve().name, writer.front_matter())
        (staging.folder / "README.md").write_text(text, encoding="utf-8", newline="\n")
        (staging.folder / MANIFEST).write_text(made.to_json(), encoding="utf-8", newline="\n")
        staging.commit()
    return made


def split(count: int, parts: int) -> list[int]:
    """``count`` in equal parts, the remainder to the first: 10 over 4 is 3, 3, 2, 2."""
    return [count // parts + (k < count % parts) for k in range(parts)]


def _check(tasks: Sequence[Task], count: int, size: int, format: str) -> Registry:
    if not tasks:
        raise PgtError("there is no task to build")
    if count < 1:
        raise PgtError(f"a data set has at least one sample, not {count}")
    check_size(size)
    plugins = tasks[0].registry
    if format not in plugins.formats:
        raise PgtError(f"no format `{format}`; there are: {', '.join(sorted(plugins.formats))}")
    names = [task.name for task in tasks]
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise PgtError(f"two tasks are named `{double}`")
    return plugins


def _tally(task: Task, planned: int) -> Tally:
    warnings = tuple(map(_in_one_line, task.warnings))
    return Tally(task.name, task.doc, Path(task.source.name).name, task.hash, planned, warnings)


def _jobs(numbers: Sequence[int], batch: int) -> Iterator[Job]:
    for task, number in enumerate(numbers):
        for first in range(0, number, batch):
            yield Job(task, first, min(first + batch, number))


def _in_one_line(warning: Diagnostic) -> str:
    place = f" {warning.label.span.where()}" if warning.label else ""
    return f"{warning.code}{place}: {warning.message}"


def _take(
    result: Result, tallies: Sequence[Tally], writer: Writer, tasks: Sequence[Task], out: Path, setup: Setup
) -> None:
    tally = tallies[result.job.task]
    if result.disagreement:
        path = out / DISAGREEMENT
        path.write_text(result.disagreement + "\n", encoding="utf-8")
        raise PgtError(
            "the oracle disagrees with a scene, so the build was stopped (this is a bug in pgt-dsl or in a plugin)\n"
            f"{result.error}\nthe scene is in `{path}`; to see it: "
            f"pgt show {tasks[result.job.task].source.name} --seed {setup.seed} --size {setup.size} "
            f"--index {json.loads(result.disagreement)['index']}"
        )
    if result.error:
        tally.error = result.error
        return
    writer.write(result.samples)
    tally.add(result.samples)
    tally.add_checked(result.checked)
    tally.shares = result.shares


# running jobs -----------------------------------------------------------------------------------


def _results(
    setup: Setup, jobs: Sequence[Job], tallies: Sequence[Tally], workers: int
) -> Generator[Result, None, None]:
    """Results in the order of the jobs, without the further jobs of a task that has failed."""
    if workers <= 1 or len(jobs) < FEW:
        worker = Worker(setup)
        for job in jobs:
            if not tallies[job.task].error:
                yield worker.run(job)
        return
    yield from _parallel(setup, jobs, tallies, min(workers, len(jobs)))


@contextmanager
def _deaf() -> Iterator[None]:
    """Hold Ctrl-C back for a moment: processes started meanwhile never hear it, not even while they import."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _parallel(
    setup: Setup, jobs: Sequence[Job], tallies: Sequence[Tally], workers: int
) -> Generator[Result, None, None]:
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), start, (setup,))
    waiting: deque[Future[Result]] = deque()
    done = False
    try:
        # A bounded window: the parent holds no more than a few results, however slow the disk is.
        left = deque(jobs)
        while left or waiting:
            while left and len(waiting) < 2 * workers + 2:
                job = left.popleft()
                if not tallies[job.task].error:
                    with _deaf():
                        waiting.append(pool.submit(work, job))
            if not waiting:
                break
            result = waiting.popleft().result()
            if not tallies[result.job.task].error:
                yield result
        done = True
    except BrokenProcessPool as error:
        raise PgtError("a worker process was ended from outside (is the memory enough? try fewer --workers)") from error
    finally:
        pool.shutdown(wait=done, cancel_futures=True)
        if not done:
            for child in set(multiprocessing.active_children()) - before:
                child.terminate()
                child.join()
