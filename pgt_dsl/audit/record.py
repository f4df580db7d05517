"""A record of audits that lies beside specs: which program was audited, on how many scenes, and what was found.

It is the JSON of ``pgt audit --json`` in short, one line a task, so that changes of it can be read. A record says
nothing of a spec that has changed since: its program has another meaning.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from pgt_dsl.audit.finding import Audit, Finding
from pgt_dsl.audit.words import code
from pgt_dsl.diagnostics import PgtError

NAME = "audits.json"  # the record of a folder of specs


class RecordedTest(BaseModel):
    """What was tested, and how often the guess from it is right (``accuracy``) where ``chance`` is without it."""

    ask: int
    what: str
    accuracy: float
    chance: float


class RecordedFinding(BaseModel):
    """A leak or a strong cue: its ``code`` (S521), the chance of it by luck, corrected, and the lines of the spec."""

    test: RecordedTest
    p: float | None = None
    code: str = ""
    lines: tuple[int, ...] = ()


class RecordedSeen(BaseModel):
    """The least gain that a kind of test would have found."""

    gain: float
    what: str = ""


class Recorded(BaseModel):
    """An audit as it is kept. ``program`` is the hash of the task and ``meaning`` that of its meaning, which stays as
    it is when the language has something new; "" where none was at hand."""

    task: str
    program: str = ""
    meaning: str = ""
    scenes: int
    seed: int = 0
    alpha: float = 0.0
    pictures: int = 0
    tests: int
    leaks: tuple[RecordedFinding, ...]
    strong: tuple[RecordedFinding, ...]
    majority: tuple[str, ...] = ()
    seen: tuple[RecordedSeen, ...] = ()

    @property
    def least(self) -> float | None:
        """The greatest of the gains that would just have been seen; None where nothing was tested."""
        return max((seen.gain for seen in self.seen), default=None)

    def holds(self, meaning: str, scenes: int, seed: int, alpha: float, pictures: int) -> bool:
        """Whether an audit of a program of this meaning with so much would tell nothing new."""
        enough = self.scenes >= scenes and self.pictures >= pictures
        return self.meaning == meaning and enough and (self.seed, self.alpha) == (seed, alpha)


def recorded(audit: Audit) -> Recorded:
    """An audit in short. Numbers are rounded: a record is read by people, and compared from one day to the next."""
    return Recorded(
        task=audit.task, program=audit.program, meaning=audit.meaning, scenes=audit.scenes, seed=audit.seed,
        alpha=audit.alpha, pictures=audit.pictures, tests=audit.tests, leaks=tuple(map(_found, audit.leaks)),
        strong=tuple(map(_found, audit.strong)), majority=audit.majority,
        seen=tuple(RecordedSeen(what=seen.what, gain=round(seen.gain, 4)) for seen in audit.seen),
    )  # fmt: skip


def _found(found: Finding) -> RecordedFinding:
    test = found.test
    told = RecordedTest(ask=test.ask, what=test.what, accuracy=round(test.accuracy, 4), chance=round(test.chance, 4))
    lines = tuple(origin.line for origin in found.origins)
    return RecordedFinding(test=told, p=float(f"{found.p:.2g}"), code=code(found), lines=lines)


def read_record(path: Path) -> dict[str, Recorded]:
    """The audits of a record, or of a file of ``pgt audit --json``, by the name of the task; of two of one task the
    later one. Raises ``PgtError`` for a file that cannot be read or is neither."""
    try:
        found = TypeAdapter(list[Recorded]).validate_json(path.read_bytes())
    except OSError as error:
        raise PgtError(f"cannot read the audits in `{path}`: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise PgtError(
            f"`{path}` is not what `pgt audit SPECS --json {path.name}` or `--record {path.name}` writes: "
            + (f"at {where}: " if where else "")
            + str(first["msg"])
        ) from error
    return {audit.task: audit for audit in found}


def write_record(path: Path, audits: Mapping[str, Recorded]) -> None:
    """Write audits, a line each and by name; the file is whole at any time. Raises ``PgtError`` when it cannot be."""
    lines = [audits[name].model_dump_json() for name in sorted(audits)]
    new = path.with_name(path.name + ".new")
    try:
        new.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8", newline="\n")
        os.replace(new, path)
    except OSError as error:
        raise PgtError(f"cannot write `{path}`: {error.strerror or error}") from error
