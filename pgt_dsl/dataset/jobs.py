"""Jobs over ranges of indices: in which order they come, how many samples each has, and running them in processes.

A job is little: a few samples, and no more pixels than are painted at once. A handful of jobs is on its way at a time,
so neither a slow disk nor a long build makes the memory grow.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from pgt_dsl.dataset.worker import Job, Result, Setup, Worker, start, work
from pgt_dsl.diagnostics import PgtError

BATCH = 128  # indices a job at most: enough for the batched stages, few enough for a lively progress bar
MOST_PIXELS = 2**24  # of the canvases of a job (if they are square): 48 MiB of RGB
FEW = 16  # jobs below which starting processes costs more than it saves

Failed = Callable[[int], bool]


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def batch_size(size: int) -> int:
    """Indices a job, for a short side in px."""
    return max(1, min(BATCH, MOST_PIXELS // size**2))


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
    setup: Setup, todo: Iterator[Job], many: int, failed: Failed, workers: int
) -> Generator[Result, None, None]:
    """Results of ``many`` jobs in their order, without the further ones of a task that has failed."""
    if workers <= 1 or many < FEW:
        worker = Worker(setup)
        for job in todo:
            if not failed(job.task):
                yield worker.run(job)
        return
    yield from _parallel(setup, todo, failed, min(workers, many))


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


def _parallel(setup: Setup, todo: Iterator[Job], failed: Failed, workers: int) -> Generator[Result, None, None]:
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), start, (setup,))
    waiting: deque[Future[Result]] = deque()
    done = False
    try:
        while True:
            # A bounded window: the parent holds no more than a few results, however slow the disk is.
            while len(waiting) < 2 * workers + 2:
                job = next((job for job in todo if not failed(job.task)), None)
                if job is None:
                    break
                with _deaf():
                    waiting.append(pool.submit(work, job))
            if not waiting:
                break
            result = waiting.popleft().result()
            if not failed(result.job.task):
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
