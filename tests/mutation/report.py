"""What became of the planted bugs: tables by target and kind of bug, and the survivors."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.ledger import Ledger, Verdict
from tests.mutation.planted import BUGS, Planted
from tests.mutation.run import stage_names

SURVIVORS = Path(__file__).with_name("survivors.json")
OPEN = ("explained", "left", "partly", "stale", "unjudged")
"""What becomes of a mutant that no suite noticed: it is explained; all stages were asked; some were; its function has
changed since it was judged; it never was."""


def explained() -> dict[str, str]:
    """Names of the survivors that are known, with the reason."""
    groups = json.loads(SURVIVORS.read_text(encoding="utf-8"))
    return {entry["name"]: group["why"] for group in groups for entry in group["mutants"]}


@dataclass(frozen=True, slots=True)
class Row:
    """A planted bug and its verdict. ``state``: the suite that noticed it, "no change", or one of ``OPEN``."""

    planted: Planted
    verdict: Verdict | None
    state: str


def rows_of(planted: Sequence[Planted], ledger: Ledger) -> list[Row]:
    """What a ledger says of the planted bugs."""
    known = explained()
    stages = {target: stage_names(target) for target in {p.target for p in planted}}

    def state(p: Planted, verdict: Verdict | None) -> str:
        if verdict is None:
            return "stale" if ledger.stale(p.mutant) else "unjudged"
        if verdict.by:
            return "no change" if verdict.by == "-" else verdict.by
        if p.mutant.name in known:
            return "explained"
        return "left" if verdict.judged(stages[p.target]) else "partly"

    return [Row(p, v, state(p, v)) for p in planted for v in [ledger.get(p.mutant)]]


def told(planted: Sequence[Planted], ledger: Ledger) -> int:
    """Print the tables and the survivors that are not explained; 1 when there are some."""
    rows = rows_of(planted, ledger)
    print(table(rows))
    for row in rows:
        if row.state in ("left", "partly") and row.verdict is not None:
            p, m = row.planted, row.planted.mutant
            mark = " (scenes differ)" if row.verdict.differs else ""
            mark += f" (asked: {', '.join(row.verdict.asked)})" if row.state == "partly" else ""
            print(f"{p.unit}, {p.bug}: {m.name} line {m.line}: `{m.was}` -> `{m.now}`{mark}")
    count = Counter(row.state for row in rows)
    judged = len(rows) - sum(count[state] for state in OPEN[2:])
    print(f"{len(rows)} planted, {judged} judged, {count['left']} survivors without an explanation")
    return 1 if count["left"] else 0


def table(rows: Sequence[Row]) -> str:
    """Counts by target and by kind of bug, of those noticed by each suite, in Markdown."""
    states = {row.state for row in rows}
    columns = [*sorted(states - {"no change", *OPEN}), "no change", *OPEN]
    parts = []
    for title, key in (("target", lambda row: row.planted.target), ("bug", lambda row: row.planted.bug)):
        lines = [f"| {title} | planted | {' | '.join(columns)} |", "|---" * (len(columns) + 2) + "|"]
        for name in (*_names(rows, key), "all"):
            mine = [row for row in rows if name in ("all", key(row))]
            count = Counter(row.state for row in mine)
            lines.append(f"| {name} | {' | '.join(map(str, (len(mine), *(count[c] for c in columns))))} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _names(rows: Sequence[Row], key: Callable[[Row], str]) -> list[str]:
    found = dict.fromkeys(key(row) for row in rows)
    return [bug for bug in BUGS if bug in found] + [name for name in found if name not in BUGS]
