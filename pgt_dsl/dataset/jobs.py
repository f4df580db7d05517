"""Jobs over ranges of indices: in which order they come, how many samples each has, and running them in processes.

A job is little: a few samples, and no more pixels than are painted at once. A handful of jobs is on its way at a time,
so neither a slow disk nor a long build makes the memory grow.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence

from pgt_dsl.dataset.crew import Crew
from pgt_dsl.dataset.worker import Job, Result, Setup, Worker

BATCH = 512  # indices a job at most: enough for the batched stages, whose calls cost as much for one scene as for many
SHARED = 128  # indices a job that several processes share at least
MOST_PIXELS = 2**26  # of the canvases of a job (if they are square): 192 MiB of RGB, if nothing of it could be squeezed
FEW = 8  # jobs below which starting processes costs more than it saves

ENGINES = ("processes", "ray")

Failed = Callable[[int], bool]


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def batch_size(size: int, samples: int | None = None, workers: int = 1, copies: int = 1) -> int:
    """Indices a job, for a short side in px, when an index has as many as ``copies`` samples. Of a build of so many
    ``samples`` each of several workers gets a few."""
    most = BATCH
    if workers > 1 and samples is not None:
        most = max(SHARED, min(most, samples // (FEW * workers)))
    return max(1, min(most, MOST_PIXELS // size**2) // copies)


def jobs(numbers: Sequence[int], batch: int, task: int = 0, start: int = 0) -> Iterator[Job]:
    """The jobs of tasks with so many indices each, from an index of a task on."""
    for k in range(task, len(numbers)):
        for first in range(start if k == task else 0, numbers[k], batch):
            yield Job(k, first, min(first + batch, numbers[k]))


def count_jobs(numbers: Sequence[int], batch: int, task: int = 0, start: int = 0) -> int:
    """How many ``jobs`` gives."""
    left = [n - (start if k == task else 0) for k, n in enumerate(numbers) if k >= task]
    return sum(-(-n // batch) for n in left)


def results(
    setup: Setup, todo: Iterator[Job], many: int, failed: Failed, workers: int | None, engine: str = ENGINES[0]
) -> Generator[Result, None, None]:
    """Results of ``many`` jobs in their order, without the further ones of a task that has failed."""
    if engine == "ray":
        from pgt_dsl.dataset.ray_crew import RayCrew

        with RayCrew(setup, workers) as cluster:
            yield from cluster.results(todo, failed)
        return
    workers = cores() if workers is None else workers
    if workers <= 1 or many < FEW:
        worker = Worker(setup)
        for job in todo:
            if not failed(job.task):
                yield worker.run(job)
        return
    with Crew(setup, min(workers, many)) as crew:
        yield from crew.results(todo, failed)
