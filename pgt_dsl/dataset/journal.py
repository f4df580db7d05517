"""The journal of a build: how far it has come, so that a build that was stopped goes on to the same samples.

After a job (not always, see ``due``) the writer marks where its files stand and the journal says: jobs up to here, the
mark, and what has been counted. All of it is in one small file that is replaced whole; of tasks that are done, whose
counts change no more, there is a line each in a second one. So neither grows with the number of samples. The order is
what makes a kill at any instant harmless: first the files, then the journal; what is in the files beyond the mark is
cut off when the build goes on. A killed process is meant, not a power cut: nothing waits for the disk.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.atomic import JOURNAL, read_json, write_json
from pgt_dsl.diagnostics import PgtError

TASKS = "tasks.jsonl"
SHARE = 0.02  # of the time at most goes into the journal
Json = Any


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a build stands: the next index (``start``) of which task, samples finished of those planned, the writer's
    mark, and for the tasks up to this one what has been counted of each."""

    task: int
    start: int
    samples: int
    planned: int
    mark: Mapping[str, Json]
    counted: tuple[Json, ...]
    bytes: int


class Journal:
    """The journal in a folder. ``last`` is its entry when the build goes on (``resumed``), else None; ``samples`` are
    those of the latest entry.

    Raises ``PgtError`` when it is to go on and the journal is damaged.
    """

    def __init__(self, root: Path, resumed: bool) -> None:
        self._path = root / JOURNAL
        self.last = _read(root) if resumed else None
        self._tasks = (root / TASKS).open("ab" if resumed else "wb")
        self._lines, self._bytes = 0, 0  # there: one for each task before the current one
        if self.last is not None:
            self._lines, self._bytes = self.last.task, self.last.bytes
            self._tasks.truncate(self._bytes)
        self.samples = self.last.samples if self.last else 0  # in the last entry
        self._cost = 0.0
        self._ended = float("-inf")

    @property
    def due(self) -> bool:
        """Whether another entry is worth its time by now."""
        return time.monotonic() - self._ended >= self._cost / SHARE

    def write(
        self, task: int, start: int, samples: int, planned: int, mark: Callable[[], Mapping[str, Json]],
        counted: Callable[[int], Json],
    ) -> None:  # fmt: skip
        """Take a mark and enter where the build stands. ``counted(k)`` is what has been counted of task k."""
        began = time.monotonic()
        made = mark()
        while self._lines < task:
            self._bytes += self._tasks.write(json.dumps(counted(self._lines)).encode() + b"\n")
            self._lines += 1
        self._tasks.flush()
        entry = {"task": task, "start": start, "samples": samples, "planned": planned, "mark": dict(made),
                 "counted": counted(task), "bytes": self._bytes}  # fmt: skip
        write_json(self._path, entry)
        self.samples = samples
        self._ended = time.monotonic()
        self._cost = self._ended - began

    def close(self) -> None:
        """Let go of the open file."""
        self._tasks.close()


def _read(root: Path) -> Entry:
    data = read_json(root / JOURNAL)
    try:
        text = (root / TASKS).read_bytes()[: int(data["bytes"])]
        counted = [json.loads(line) for line in text.decode("utf-8").splitlines()]
        if len(text) != data["bytes"] or len(counted) != data["task"]:
            raise ValueError("lines are missing")
        return Entry(int(data["task"]), int(data["start"]), int(data["samples"]), int(data["planned"]),
                     dict(data["mark"]), (*counted, data["counted"]), len(text))  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PgtError(
            f"what the unfinished build in `{root.parent}` has left is damaged ({error}); --restart throws it away"
        ) from error
