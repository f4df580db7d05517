"""Planted shortcuts are found with their lines and mends, and what is fair is not cried at."""

from __future__ import annotations

from pathlib import Path

import pytest

import pgt_dsl
from benchmarks.prove_audit import SPECS, Job, audit_doctored, judge, plant, run
from pgt_dsl.audit.finding import Audit
from pgt_dsl.audit.run import audit_task
from pgt_dsl.audit.words import told

PLANTS = ("parity", "wording", "distractors", "background", "length", "order")
CLEAN = ("yes_no", "counting", "colour", "order", "list", "words")

OPTIONS = """
task "planted"
pick n ~ 3 .. 8
shape xs: circle[n] { radius = 4vmin }
require apart(xs) >= 1vmin
ask "How many discs are there?"
  answer count(xs)
  wrong n + 1, n + 2, n + 3
"""

HIDDEN = """
task "hidden"
pick truth ~ coin
shape a: circle { let mark = if truth then 1 else 2, radius = 6vmin, color = red }
shape b: circle { radius = 6vmin, color = blue }
require abs(a.x - b.x) >= 6vmin and (a.x < b.x) == truth
ask "Is {a} to the left of {b}?"
  answer a.x < b.x
"""

ONE_SIDED = """
task "one_sided"
shape a: circle { radius = 6vmin, color = red, x ~ 10vw .. 90vw, y = 30vh }
shape b: circle { radius = 6vmin, color = blue, x ~ 46vw .. 54vw, y = 70vh }
ask "Is {a} to the left of {b}?"
  answer a.x < b.x even
"""


def audited(text: str, scenes: int = 1500) -> Audit:
    return audit_task(pgt_dsl.load(text).pipeline(3, 128), scenes, pictures=0)


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_shortcut_is_found_with_its_line_and_its_mend(name: str) -> None:
    path = SPECS / f"planted_{name}.pgt"
    wanted = plant(path)
    assert wanted is not None
    assert run(Job(str(path), 0, wanted.scenes)).wrong == ""


@pytest.mark.parametrize("name", CLEAN)
def test_a_fair_spec_is_not_cried_at(name: str) -> None:
    assert run(Job(str(SPECS / f"clean_{name}.pgt"), 0, 800)).wrong == ""


def test_the_places_that_decide_are_cues() -> None:
    audit = audited((SPECS / "clean_yes_no.pgt").read_text(encoding="utf-8"), 800)
    assert {found.test.what for found in audit.cues} == {"a.x", "b.x"}


CROSSING = """
task "crossing"
shape a: line { color = red }
shape b: line { color = blue, turn ~ 0deg .. 180deg }
ask "Do the red line and the blue line cross?"
  answer crosses(a, b) even clear 2vmin
"""


def test_what_a_truth_is_made_of_is_told_to_be_picked() -> None:
    """A steep line crosses a level one more often: there are no two sides of which one could win."""
    audit = audited(CROSSING, 300)
    (turn,) = (found for found in audit.cues if found.test.what == "b.turn")
    assert "make `b.turn` a `pick`" in turn.mend[0] and "the two sides" not in turn.mend[0]


def test_a_cue_is_not_said_to_leak() -> None:
    task = pgt_dsl.load(ONE_SIDED)
    audit = audit_task(task.pipeline(0, 64), 400, pictures=0)
    words = told(audit, task.source)
    assert "warning[S526]" in words and "this tells of the answer" in words and "this leaks" not in words


def test_a_let_that_nothing_painted_reads_cannot_be_seen() -> None:
    assert audited(HIDDEN, 600).leaks == ()


def test_the_rank_of_a_number_among_the_options_is_found_at_its_question() -> None:
    first = next(f for f in audited(OPTIONS).leaks if "rank" in f.test.what)
    assert [origin.line for origin in first.origins] == [6]


def test_of_a_data_set_its_own_scenes_are_audited_with_its_own_program(tmp_path: Path) -> None:
    path = SPECS / "planted_position.pgt"
    audit = audit_doctored(path, tmp_path / "data", 2500, 0)
    assert judge(audit, plant(path))[0] == ""
    assert any(test.what == "a single column" for test in audit.seen)


def test_a_report_always_says_what_it_could_have_seen_and_what_it_did_not_test() -> None:
    audit = audited((SPECS / "clean_list.pgt").read_text(encoding="utf-8"), 400)
    assert all(0 < seen.gain < 1 for seen in audit.seen)
    assert any("the first 4 of `xs`" in words for words in audit.untested)
    assert any("how long the list is" in words for words in audit.untested)
