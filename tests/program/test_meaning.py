"""The hash of what a program means: the language may grow beside it, and no change of a spec escapes it."""

from __future__ import annotations

import pytest

from pgt_dsl.api import load, load_all
from pgt_dsl.builtin import extension
from pgt_dsl.plugins.extension import Extension
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.meaning import meaning_hash
from pgt_dsl.program.serial import from_json, to_json
from pgt_dsl.resources import data_path
from tests.program.test_serial import RICH

TEXT = f'task "t/rich"\n{RICH}'


def test_a_list_that_is_not_used_changes_nothing() -> None:
    more = Extension("more", lists={"aaa": ("color", ("red", "blue")), "zzz": ("number", (1.0, 2.0))})
    grown = load(TEXT, Registry.load([("pgt-dsl", extension), ("more", more)]))
    plain = load(TEXT)
    assert grown.hash != plain.hash, "else there is nothing to show"
    assert meaning_hash(grown.program) == meaning_hash(plain.program)


def test_comments_lines_and_the_way_through_json_change_nothing() -> None:
    plain = load(TEXT).program
    other = load("## Says what it is.\n" + TEXT.replace("\n", "\n\n# a comment\n")).program
    assert meaning_hash(other) == meaning_hash(plain) == meaning_hash(from_json(to_json(plain)))


@pytest.mark.parametrize(
    ("old", "new"),
    [("20vmin .. 30vmin", "20vmin .. 31vmin"), ("index * 1vmin", "index * 2vmin"), ("a.x > xs[0].x)", "a.x < xs[0].x)"),
     ("clear 2vmin", "clear 3vmin"), ("largest(xs) even", "largest(xs)"), ("pick n ~ 2 .. 4", "pick n ~ 2 .. 5"),
     ("Is {a} right", "Does {a} stand right"), ("moves a.at", "moves a.radius"), ("not answer as", "truth as"),
     ("canvas 4 by 3", "canvas 3 by 4"), ("turn = 30deg", "turn = 40deg"), ("even clear 10%", "even clear 12%")],
)  # fmt: skip
def test_whatever_is_said_otherwise_means_another_thing(old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert meaning_hash(load(TEXT.replace(old, new)).program) != meaning_hash(load(TEXT).program)


def test_no_two_shipped_tasks_mean_the_same() -> None:
    tasks = load_all([data_path("task_specs")])
    assert len({meaning_hash(task.program) for task in tasks}) == len(tasks)
