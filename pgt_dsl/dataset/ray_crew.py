"""Workers on the machines of a Ray cluster, in place of the processes of ``crew``: ``pgt build --engine ray``.

A job is a range of indices of one task, and its result a function of that, so a job whose worker or machine is lost is
done again by another, and nothing comes twice: results are taken in the order of the jobs by the one process that
writes. The data set is the same, byte by byte in pixels and texts, as that of one process.

``RAY_ADDRESS`` names the cluster, as everywhere in Ray; without it Ray starts on this machine. Every machine needs
pgt-dsl and the plugins in the same versions; specs and annotations travel with the jobs, photos have to lie on a path
that all machines share.
"""

from __future__ import annotations

import pickle
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from pgt_dsl.dataset.worker import Job, Result, Setup, Worker
from pgt_dsl.diagnostics import PgtError

AHEAD = 4  # jobs a worker that are given out and not taken

_planned: dict[str, Worker] = {}  # of this process, when it is one of Ray's: the worker of the build that it works for


class RayCrew:
    """``with RayCrew(setup, workers) as crew``: a cluster that works on ``crew.results(jobs, failed)``.

    workers: how many jobs are done at a time; None: one for each CPU of the cluster.
    Raises ``PgtError`` when Ray is not installed or its cluster cannot be reached.
    """

    def __init__(self, setup: Setup, workers: int | None) -> None:
        self._ray = _ray()
        self._mine = not self._ray.is_initialized()
        if self._mine:
            try:
                self._ray.init(include_dashboard=False, log_to_driver=False, configure_logging=False)
            except (ConnectionError, RuntimeError, ValueError, OSError) as error:
                raise PgtError(f"Ray's cluster cannot be used: {error}") from error
        self.workers = workers or max(int(self._ray.cluster_resources().get("CPU", 1)), 1)
        self._setup = self._ray.put(setup)
        self._name = uuid.uuid4().hex
        self._task = self._ray.remote(num_cpus=1, max_retries=-1)(run)

    def __enter__(self) -> RayCrew:
        return self

    def results(self, todo: Iterator[Job], failed: Callable[[int], bool]) -> Iterator[Result]:
        """The results in the order of the jobs, without the further jobs of a task that has failed. Raises
        ``PgtError`` when Ray gives a job up, for want of memory, say."""
        given: deque[Any] = deque()
        ended = False
        while True:
            while not ended and len(given) < AHEAD * self.workers:
                job = next((job for job in todo if not failed(job.task)), None)
                ended = job is None
                if job is not None:
                    given.append(self._task.remote(self._name, self._setup, job))
            if not given:
                return
            try:
                result: Result = pickle.loads(self._ray.get(given.popleft()))
            except self._ray.exceptions.RayError as error:
                told = str(error).strip().split("\n")[-1]
                raise PgtError(f"Ray gave a job up: {told}") from error
            if not failed(result.job.task):
                yield result

    def __exit__(self, *_: object) -> None:
        if self._mine:
            self._ray.shutdown()


def run(name: str, setup: Setup, job: Job) -> bytes:
    """What a process of Ray's does with a job. The plan of a task is kept for the next job of the same build."""
    worker = _planned.get(name)
    if worker is None:
        _planned.clear()
        worker = _planned[name] = Worker(setup)
    return pickle.dumps(worker.run(job), pickle.HIGHEST_PROTOCOL)


def _ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise PgtError(f"the engine `ray` needs Ray: pip install 'pgt-dsl[ray]' ({error})") from error
    return ray
