"""Planted shortcuts are found, and what is fair is not cried at."""

from __future__ import annotations

import pytest

import pgt_dsl
from pgt_dsl.audit.finding import Audit
from pgt_dsl.audit.run import audit_task

FAIR = """
task "fair"
shape a: circle { radius ~ 4vmin .. 8vmin }
shape b: circle { radius ~ 4vmin .. 8vmin }
require apart(a, b) >= 2vmin and abs(a.x - b.x) >= 6vmin
require a.color != b.color
ask "Is {a} to the left of {b}?"
  answer a.x < b.x even
"""

SIZE_FOLLOWS = """
task "planted"
pick truth ~ coin
let told ~ weighted([true, false], [3, 7])
let big ~ coin
shape a: circle { radius = if (if told then truth else big) then 8vmin else 5vmin, color = red }
shape b: circle { radius = 6vmin, color = blue }
require apart(a, b) >= 2vmin and abs(a.x - b.x) >= 6vmin
require (a.x < b.x) == truth
ask "Is {a} to the left of {b}?"
  answer a.x < b.x
"""

PARITY = """
task "planted"
pick truth ~ coin
let one ~ coin
let two = if truth then one else not one
shape a: circle { radius = 6vmin, color = if one then red else orange }
shape b: circle { radius = 6vmin, color = if two then blue else navy }
require apart(a, b) >= 2vmin and abs(a.x - b.x) >= 6vmin
require (a.x < b.x) == truth
ask "Is the red or orange disc to the left of the blue one?"
  answer a.x < b.x
"""

RANK = """
task "planted"
pick n ~ 3 .. 8
shape xs: circle[n] { radius = 4vmin }
require apart(xs) >= 1vmin
ask "How many discs are there?"
  answer count(xs)
  wrong n + 1, n + 2, n + 3
"""


def audited(text: str, scenes: int = 1500) -> Audit:
    return audit_task(pgt_dsl.load(text).pipeline(3, 128), scenes, pictures=0)


def test_a_fair_task_has_no_leak_and_its_places_are_cues() -> None:
    audit = audited(FAIR)
    assert audit.leaks == ()
    assert {found.test.what for found in audit.cues} == {"a.x", "b.x"}


@pytest.mark.parametrize(
    ("spec", "columns"), [(SIZE_FOLLOWS, {"a.radius", "a.size"}), (PARITY, {"a.color", "b.color"})]
)
def test_a_nuisance_that_follows_the_answer_is_found(spec: str, columns: set[str]) -> None:
    assert any(set(found.test.columns) <= columns for found in audited(spec).leaks if found.test.probe == "columns")


def test_the_rank_of_a_number_among_the_options_is_found() -> None:
    assert "the rank of the number among the options" in {found.test.what for found in audited(RANK).leaks}


def test_a_report_always_says_what_it_could_have_seen_and_what_it_did_not_test() -> None:
    audit = audited(FAIR, 400)
    assert audit.untested and all(0 < seen.gain < 1 for seen in audit.seen)
