"""Yields of requirements: those with one label do not hide one another."""

from __future__ import annotations

import pgt_dsl
from pgt_dsl.dataset.pipeline import counts
from pgt_dsl.program.program import Origin
from pgt_dsl.solve import YieldRow

SPEC = """\
task "yields/phrases"

shape mark: figure { form = star, color = black }
shape discs: circle[3]

ask "Which circle is nearest to {mark}?"
  answer nearest(discs, mark) even clear 4vmin
"""


def test_a_rare_phrase_is_seen_beside_a_sure_one() -> None:
    pipeline = pgt_dsl.load(SPEC).pipeline(seed=0, size=96)
    pipeline.scenes(range(64))
    rates = [passed / tried for (reason, _), (tried, passed) in pipeline.checked().rows.items() if reason == "phrase"]
    assert len(rates) == 2 and min(rates) < 0.9 < max(rates)


def test_rows_are_told_apart_by_their_place() -> None:
    def row(label: str, line: int, tried: int) -> YieldRow:
        return YieldRow(label, "phrase", Origin("a.pgt", line, 4), tried, 1)

    found = counts([row("named", 1, 10), row("named", 2, 20), row("alone", 3, 30), row("named", 1, 5)])
    assert found == {
        ("phrase", "named, 1:4"): (15, 2),
        ("phrase", "named, 2:4"): (20, 1),
        ("phrase", "alone"): (30, 1),
    }
