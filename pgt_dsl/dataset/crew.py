"""Worker processes with a pipe each, which give results in the order of the jobs.

``concurrent.futures`` has one pipe for the results of all: when a worker ends in the middle of a result, killed for its
memory or because the build stops, whoever reads it waits for ever. Here a worker that is gone is noticed at once; and
when the parent is gone, the workers end by themselves.
"""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any

from pgt_dsl.dataset.worker import Worker
from pgt_dsl.diagnostics import PgtError

AHEAD = 2  # jobs that a worker has at a time, so that it need not wait for the next
MOST = 4  # jobs a worker that are given out and not taken: one that takes long does not stop the others at once
HELD = 2**28  # bytes of results that may wait for an earlier one; what is more waits in the workers

GONE = "a worker process was ended from outside (is the memory enough? try fewer --workers)"


class Crew:
    """``with Crew(setup, workers) as crew``: processes that work on ``crew.results(jobs, failed)``.

    make: gives a worker of a setup, whose ``run(job)`` gives a result; a job has a ``task``, a result its ``job``.
    """

    def __init__(self, setup: Any, workers: int, make: Callable[[Any], Any] = Worker) -> None:
        context = multiprocessing.get_context("spawn")
        self._processes, self._pipes = [], []
        self._given: dict[Connection, deque[int]] = {}  # numbers of the jobs that a worker has not answered yet
        self._done = False
        self._setup: Any = setup  # sent when all have been started
        for _ in range(workers):
            here, there = context.Pipe()
            process = context.Process(target=serve, args=(there, make), daemon=True)
            with _deaf():
                process.start()
            there.close()  # the worker has it: when it ends, this end is told
            self._processes.append(process)
            self._pipes.append(here)
            self._given[here] = deque()

    def __enter__(self) -> Crew:
        return self

    def results(self, todo: Iterator[Any], failed: Callable[[int], bool]) -> Iterator[Any]:
        """The results in the order of the jobs, without the further jobs of a task that has failed. Raises
        ``PgtError`` when a worker has ended."""
        self._begin()
        early: dict[int, bytes] = {}
        given = taken = 0
        while True:
            while given - taken < MOST * len(self._pipes) and (free := self._free()) is not None:
                job = next((job for job in todo if not failed(job.task)), None)
                if job is None:
                    break
                self._give(free, job, given)
                given += 1
            if given == taken:
                break
            while taken not in early:
                full = sum(map(len, early.values())) >= HELD
                early.update(self._answers([p for p in self._pipes if not full or taken in self._given[p]]))
            result = pickle.loads(early.pop(taken))
            taken += 1
            if not failed(result.job.task):
                yield result
        self._done = True

    def __exit__(self, *_: object) -> None:
        for pipe in self._pipes:
            if self._done:
                with suppress(OSError):
                    pipe.send(None)
        for process in self._processes:
            if not self._done:
                process.terminate()
            process.join()
        for pipe in self._pipes:
            pipe.close()

    def _begin(self) -> None:
        """Send the setup. Not with the start of a process: Python writes what that needs into a pipe of which it holds
        both ends, and waits for ever when the process has been ended before it has read what the pipe cannot hold."""
        for pipe in self._pipes:
            try:
                pipe.send(self._setup)
            except OSError as error:
                raise PgtError(GONE) from error

    def _free(self) -> Connection | None:
        """The worker with the fewest jobs, None when all have enough."""
        pipe = min(self._pipes, key=lambda p: len(self._given[p]))
        return pipe if len(self._given[pipe]) < AHEAD else None

    def _give(self, pipe: Connection, job: Any, number: int) -> None:
        try:
            pipe.send(job)
        except OSError as error:
            raise PgtError(GONE) from error
        self._given[pipe].append(number)

    def _answers(self, pipes: Sequence[Connection]) -> Iterator[tuple[int, bytes]]:
        """Numbers and results, as they came, of workers that have finished a job; waits for the first."""
        ready = wait(pipes)
        for pipe in (pipe for pipe in pipes if pipe in ready):
            try:
                data = pipe.recv_bytes()
            except (EOFError, OSError) as error:
                raise PgtError(GONE) from error
            yield self._given[pipe].popleft(), data


def serve(pipe: Connection, make: Callable[[Any], Any] = Worker) -> None:
    """What a worker process does: job after job, until there is none, or nobody who asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent alone hears Ctrl-C, and ends the workers itself
    try:
        setup = pipe.recv()
    except (EOFError, OSError):
        return
    worker = make(setup)
    with suppress(EOFError, OSError):
        while (job := pipe.recv()) is not None:
            pipe.send_bytes(pickle.dumps(worker.run(job), pickle.HIGHEST_PROTOCOL))


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
