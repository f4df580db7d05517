"""What is there twice: equal pictures, equal scenes, nearly equal scenes; and two answers to one question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pgt_dsl.verify.faults import Fault
from pgt_dsl.verify.ledger import Ledger, place_of

Hashes = npt.NDArray[np.uint64]
MOST = 20  # pairs that are shown


@dataclass(frozen=True, slots=True)
class Doubles:
    """How many samples are there once more: ``samples`` beyond the first of each kind, ``pairs`` of equal ones, and a
    few of them by id."""

    samples: int
    pairs: int
    examples: tuple[tuple[str, str], ...]


def doubles(ledger: Ledger, hashes: Hashes) -> Doubles:
    """Equal hashes among the judged samples, in their order."""
    order = np.argsort(hashes, kind="stable")
    ranked = hashes[order]
    equal = ranked[1:] == ranked[:-1]
    _, counts = np.unique(hashes, return_counts=True)
    pairs = int((counts * (counts - 1) // 2).sum())
    owners = np.asarray(ledger.owner, np.uint64)
    shown = [(_id(ledger, owners[order[k]]), _id(ledger, owners[order[k + 1]])) for k in np.flatnonzero(equal)[:MOST]]
    return Doubles(int(equal.sum()), pairs, tuple(shown))


def within_tasks(ledger: Ledger, hashes: Hashes) -> dict[int, int]:
    """Pairs of equal hashes in each task."""
    owners = np.asarray(ledger.owner, np.uint64)
    ends = np.cumsum(ledger.opened.roster.counts)
    tasks = np.searchsorted(ends, owners, side="right")
    found = {}
    for task in np.unique(tasks).tolist():
        _, counts = np.unique(hashes[tasks == task], return_counts=True)
        found[task] = int((counts * (counts - 1) // 2).sum())
    return found


def contradictions(ledger: Ledger) -> Iterator[Fault]:
    """Two samples with one picture and one question, and different answers: no model can learn both."""
    if not len(ledger.asker):
        return
    columns = np.frombuffer(bytes(ledger.questions), np.dtype([("a", "<u8"), ("b", "<u8"), ("answer", "<u8")]))
    exact = np.frombuffer(bytes(ledger.exact), np.uint8).astype(np.bool_)
    owners = np.asarray(ledger.asker, np.uint64)
    columns, owners = columns[exact], owners[exact]
    order = np.lexsort((owners, columns["b"], columns["a"]))
    one, two = columns[order[:-1]], columns[order[1:]]
    wrong = (one["a"] == two["a"]) & (one["b"] == two["b"]) & (one["answer"] != two["answer"])
    roster = ledger.opened.roster
    for k in np.flatnonzero(wrong):
        first, second = (place_of(ledger.opened, int(owners[order[n]])) for n in (k, k + 1))
        message = f"`{roster.id(first)}` has the same picture and the same question, and another answer"
        yield Fault("twice", message, roster.id(second), roster.tasks[second.task])


def _id(ledger: Ledger, owner: np.uint64) -> str:
    return ledger.opened.roster.id(place_of(ledger.opened, int(owner)))
