"""What ``pgt audit`` has written with ``--json`` or ``--record``, read for the site."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pgt_dsl.audit.record import NAME, Recorded, RecordedFinding, read_record
from pgt_dsl.gallery.entry import Audited


def read_audits(path: Path) -> dict[str, Audited]:
    """The audits of a file by the name of the task; of two of one task the later one. Raises ``PgtError``."""
    return {name: _audited(audit) for name, audit in read_record(path).items()}


def audits_beside(paths: Sequence[Path]) -> dict[str, Audited]:
    """The audits that are kept in the folders of specs among some paths. Raises ``PgtError`` for a broken record."""
    found: dict[str, Audited] = {}
    for record in (path / NAME for path in paths):
        if record.is_file():
            found |= read_audits(record)
    return found


def _audited(audit: Recorded) -> Audited:
    return Audited(audit.scenes, audit.tests, tuple(map(_told, audit.leaks)), tuple(map(_told, audit.strong)),
                   audit.majority, audit.least, audit.meaning)  # fmt: skip


def _told(found: RecordedFinding) -> str:
    test = found.test
    return f"{test.what}: {test.accuracy:.0%} right where chance gives {test.chance:.0%} (question {test.ask + 1})"
