"""What ``pgt audit --json FILE`` has written, read for the site."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.gallery.entry import Audited


class _Test(BaseModel):
    ask: int
    what: str
    accuracy: float
    chance: float


class _Finding(BaseModel):
    test: _Test


class _Seen(BaseModel):
    gain: float


class _Audit(BaseModel):
    task: str
    scenes: int
    tests: int
    leaks: tuple[_Finding, ...]
    strong: tuple[_Finding, ...]
    majority: tuple[str, ...] = ()
    seen: tuple[_Seen, ...] = ()


def read_audits(path: Path) -> dict[str, Audited]:
    """The audits of a file by the name of the task; of two of one task the later one. Raises ``PgtError``."""
    try:
        found = TypeAdapter(list[_Audit]).validate_json(path.read_bytes())
    except OSError as error:
        raise PgtError(f"cannot read the audits in `{path}`: {error.strerror or error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise PgtError(
            f"`{path}` is not what `pgt audit SPECS --json {path.name}` writes: "
            + (f"at {where}: " if where else "")
            + str(first["msg"])
        ) from error
    return {audit.task: _audited(audit) for audit in found}


def _audited(audit: _Audit) -> Audited:
    gains = [seen.gain for seen in audit.seen]
    return Audited(audit.scenes, audit.tests, tuple(map(_told, audit.leaks)), tuple(map(_told, audit.strong)),
                   audit.majority, max(gains) if gains else None)  # fmt: skip


def _told(found: _Finding) -> str:
    test = found.test
    return f"{test.what}: {test.accuracy:.0%} right where chance gives {test.chance:.0%} (question {test.ask + 1})"
