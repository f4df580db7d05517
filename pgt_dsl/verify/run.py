"""``verify(folder)``: all of it, in processes, piece by piece, to a ``Report``."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.crew import Crew
from pgt_dsl.dataset.fetch import fetched
from pgt_dsl.dataset.formats.reading import Piece, Problem
from pgt_dsl.dataset.jobs import cores
from pgt_dsl.dataset.storage import is_url
from pgt_dsl.dataset.task import Photos
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.plugins.registry import registry as installed
from pgt_dsl.program.program import Program
from pgt_dsl.verify.faults import Fault
from pgt_dsl.verify.judge import Job, Judge, of_problem
from pgt_dsl.verify.ledger import Ledger, is_digest, place_of
from pgt_dsl.verify.opened import Opened, open_data_set
from pgt_dsl.verify.pictures import swapped
from pgt_dsl.verify.reference import Answer, Ask, Comparer
from pgt_dsl.verify.report import Report, make_report
from pgt_dsl.verify.twice import contradictions

FEW = 400  # samples below which processes cost more than they save
Tell = Callable[[int, int, int], None]
"""Is told how many samples were read, of how many, and how many faults there are so far."""


def verify(
    folder: Path | str,
    *,
    photos: Photos = None,
    share: float = 1.0,
    workers: int | None = 1,
    programs: Mapping[str, Program] | None = None,
    registry: Registry | None = None,
    progress: Tell | None = None,
) -> Report:
    """Verify a finished data set from its folder alone, or from a URL, which is fetched first (``fetched``).

    photos: a folder or a catalogue, None for the shipped photos. share: of the samples that are made again and judged,
    a fixed choice by their index; the rows of all are looked at. workers: processes, None for one a core; with other
    than one call it under ``if __name__ == "__main__":``. programs: by hash, for data sets that hold none.

    Raises ``PgtError`` when there is no data set, its format has no reader, or photos are needed and others are there.
    """
    if is_url(folder):
        with fetched(str(folder)) as here:
            return verify(here, photos=photos, share=share, workers=workers, programs=programs, registry=registry,
                          progress=progress)  # fmt: skip
    began = time.monotonic()
    opened = open_data_set(Path(folder), registry or installed(), photos, share, programs)
    processes = cores() if workers is None else workers
    faults = list(opened.faults)
    ledger = Ledger(opened)
    for result in _results(opened, Judge, _jobs(opened, faults), processes):
        faults += result.faults
        faults += ledger.take(result)
        if progress is not None:
            progress(ledger.rows, opened.roster.total, len(faults))
    faults += [of_problem(problem) for problem in _strays(opened)]
    faults += [*ledger.rows_missing(), *ledger.manifest_faults(), *contradictions(ledger)]
    answers: list[Answer] = list(_results(opened, Comparer, iter(_asks(ledger)), processes))
    for answer in answers:
        faults += answer.faults
    digest = hashlib.sha256((opened.folder / MANIFEST).read_bytes()).hexdigest()
    return make_report(
        opened, ledger, swapped(faults, _owners(ledger, faults)), answers, digest, time.monotonic() - began
    )


def _jobs(opened: Opened, faults: list[Fault]) -> Iterator[Job]:
    """The pieces of the data set; what the reader cannot read goes to ``faults``."""
    try:
        for piece in opened.reader.pieces():
            if isinstance(piece, Problem):
                faults.append(of_problem(piece))
            elif isinstance(piece, Piece):
                yield Job(piece)
    except Exception as error:  # a plugin's reader
        faults.append(Fault("files", f"the data set cannot be read on: {type(error).__name__}: {error}"))


def _strays(opened: Opened) -> Iterator[Problem]:
    try:
        yield from opened.reader.strays()
    except Exception as error:  # a plugin's reader
        yield Problem("", None, f"its files cannot be listed: {type(error).__name__}: {error}")


def _results(opened: Opened, make: Callable[[Opened], Any], todo: Iterator[Any], workers: int) -> Iterator[Any]:
    """What ``make(opened).run`` gives for each job, in their order, in processes where it is worth them."""
    if workers <= 1 or opened.roster.total * opened.share < FEW:
        worker = make(opened)
        for job in todo:
            yield worker.run(job)
        return
    with Crew(opened, workers, make) as crew:
        yield from crew.results(todo, lambda task: False)


def _asks(ledger: Ledger) -> Sequence[Ask]:
    """The tasks to be compared with other samples, each with what was seen of it."""
    opened = ledger.opened
    same, near = np.asarray(ledger.same, np.uint64), np.asarray(ledger.near, np.uint64)
    owners, ends = np.asarray(ledger.owner, np.uint64), np.cumsum(opened.roster.counts)
    tasks = np.searchsorted(ends, owners, side="right")
    found = []
    for task, entry in enumerate(opened.manifest.tasks):
        mine = np.flatnonzero(tasks == task)
        strata = ledger.strata[task]
        complete = opened.share >= 1 and sorted(strata) == list(range(len(strata)))
        prints = tuple(zip(same[mine].tolist(), near[mine].tolist(), strict=True))
        values = tuple(strata[k] for k in range(len(strata))) if complete else ()
        if len(mine):
            found.append(Ask(task, tuple(ledger.where[task]), prints, values, bool(entry.chains)))
    return found


def _owners(ledger: Ledger, faults: Sequence[Fault]) -> dict[str, str]:
    """Whose recorded digests those are that were found in wrong pictures."""
    opened, pixels = ledger.opened, np.asarray(ledger.pixels, np.uint64)
    found = {}
    for digest in {fault.found for fault in faults if fault.check == "picture" and is_digest(fault.found)}:
        at = np.flatnonzero(pixels == np.uint64(int(digest[:16], 16)))
        if at.size:
            found[digest] = opened.roster.id(place_of(opened, ledger.owner[int(at[0])]))
    return found
