"""What the proofs share: the specs to run over, the arguments, jobs in processes, and a report with an exit status."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, TypeVar

from pgt_dsl.api import load
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.resources import data_path
from pgt_dsl.spec_files import spec_files

T = TypeVar("T")
U = TypeVar("U")


def arguments(what: str | None, scenes: int | None = None) -> argparse.ArgumentParser:
    """The arguments that every proof takes."""
    parser = argparse.ArgumentParser(description=(what or "").split("\n")[0])
    parser.add_argument("--specs", nargs="*", type=Path, help="files or folders (default: the shipped task_specs)")
    parser.add_argument("--workers", type=int, default=cores(), help="processes (default: one a core)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="a small version, in seconds")
    if scenes is not None:
        usual = f"default {scenes}, quick {scenes // 50}"
        parser.add_argument("--scenes", type=int, help=f"scenes over all specs ({usual})")
    return parser


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tasks_of(paths: Sequence[Path] | None) -> list[Path]:
    """The files of the tasks among the given files and folders; what is only a module is passed over."""
    files = [p for p in spec_files(paths or [data_path("task_specs")]) if task_at(str(p)) is not None]
    if not files:
        sys.exit("no task among these files")
    return files


@lru_cache(maxsize=256)
def task_at(path: str) -> Task | None:
    """The compiled task of a file, None for a module."""
    try:
        return load(path)
    except PgtError as error:
        if "is a module" in str(error):
            return None
        raise


def task(path: Path | str) -> Task:
    found = task_at(str(path))
    assert found is not None
    return found


def in_processes(work: Callable[[T], U], jobs: Sequence[T], workers: int) -> Iterator[U]:
    """The results of the jobs, in their order."""
    if workers <= 1 or len(jobs) < 2:
        yield from map(work, jobs)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(jobs)), context, initializer=_end_with_parent) as pool:
        yield from pool.map(work, jobs)


def _end_with_parent() -> None:
    """A worker whose parent is killed would wait for its next job for ever."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def table(rows: Sequence[Sequence[Any]], head: Sequence[str]) -> None:
    """Print columns; numbers to the right."""
    texts = [[f"{c:,.1f}" if isinstance(c, float) else str(c) for c in row] for row in [head, *rows]]
    widths = [max(len(row[k]) for row in texts) for k in range(len(head))]
    for row in texts:
        print("  ".join(c.ljust(w) if k == 0 else c.rjust(w) for k, (c, w) in enumerate(zip(row, widths, strict=True))))


def finish(summary: str, faults: Sequence[str], most: int = 20) -> int:
    """Print the faults and the summary line; 1 if there is a fault."""
    for fault in faults[:most]:
        print(f"FAULT {fault}")
    if len(faults) > most:
        print(f"... and {len(faults) - most} more faults")
    print(f"{'FAILED' if faults else 'ok'}: {summary}, {len(faults) or 'no'} fault{'' if len(faults) == 1 else 's'}")
    return int(bool(faults))
