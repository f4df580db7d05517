"""What became of the planted bugs: tables by target and kind of bug, and the survivors."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.mutation.planted import BUGS, Planted
from tests.mutation.run import Journal, Verdict

SURVIVORS = Path(__file__).with_name("survivors.json")
Row = tuple[Planted, Verdict]


def explained() -> dict[str, str]:
    """Names of the survivors that are known, with the reason."""
    groups = json.loads(SURVIVORS.read_text(encoding="utf-8"))
    return {entry["name"]: group["why"] for group in groups for entry in group["mutants"]}


def told(planted: Sequence[Planted], journal: Journal) -> int:
    """Print the tables and the survivors that are not explained; 1 when there are some."""
    rows = [(p, v) for p in planted if (v := journal.get(p.mutant)) is not None]
    known = explained()
    print(table(rows, known))
    left = [(p, v) for p, v in rows if not v.by and v.name not in known]
    for p, v in left:
        mark = " (scenes differ)" if v.differs else ""
        print(f"{p.unit}, {p.bug}: {v.name} line {v.line}: `{v.was}` -> `{v.now}`{mark}")
    print(f"{len(planted)} planted, {len(rows)} judged, {len(left)} survivors without an explanation")
    return 1 if left else 0


def table(rows: Sequence[Row], known: dict[str, str]) -> str:
    """Counts by target and by kind of bug, of those noticed by each suite, in Markdown."""
    suites = sorted({v.by for _, v in rows if v.by not in ("", "-")})
    parts = []
    for title, key in (("target", lambda row: row[0].target), ("bug", lambda row: row[0].bug)):
        lines = [f"| {title} | planted | {' | '.join(suites)} | no change | explained | left |"]
        lines.append("|---" * (len(suites) + 5) + "|")
        lines += [_line(name, rows, suites, known, key) for name in (*_names(rows, key), "all")]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _names(rows: Sequence[Row], key: Callable[[Row], str]) -> list[str]:
    found = dict.fromkeys(key(row) for row in rows)
    return [bug for bug in BUGS if bug in found] + [name for name in found if name not in BUGS]


def _line(
    name: str, rows: Sequence[Row], suites: Sequence[str], known: dict[str, str], key: Callable[[Row], str]
) -> str:
    mine = [v for row in rows if name == "all" or key(row) == name for v in [row[1]]]
    count = Counter(v.by for v in mine)
    there = sum(not v.by and v.name in known for v in mine)
    cells = [len(mine), *(count[s] for s in suites), count["-"], there, count[""] - there]
    return f"| {name} | {' | '.join(map(str, cells))} |"
