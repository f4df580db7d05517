"""Biases: a letter and a word of one name are two things, twins of one answer are one fault, and favourites need two
truths."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.observers import OBSERVERS
from benchmarks.prove_observers import observed
from pgt_dsl.api import load
from pgt_dsl.diagnosis.biases import LETTER, TRUTH, WORD, biases
from pgt_dsl.diagnosis.look import Look
from pgt_dsl.diagnosis.rows import Row
from pgt_dsl.scene.scene import Scene
from tests.diagnosis.worlds import SPECS


def rows(task: str, count: int = 80) -> list[Row]:
    """Rows of a task that are all right."""
    scenes: list[Scene] = load(SPECS / f"{task}.pgt").pipeline(5, 96).scenes(list(range(count)))
    return [said(row, row.asked.value) for row in observed(OBSERVERS[0], scenes, 5).rows]


def said(row: Row, value: object) -> Row:
    return replace(row, said=value, right=value == row.asked.value, mistake="")


def found(members: list[Row], where: str) -> dict[tuple[str, str], Look]:
    return {(look.scope, look.subject): look for look in biases(members) if look.where == where}


def test_yes_to_all_is_a_bias_of_each_task_and_of_the_model() -> None:
    members = [said(row, True) for name in ("spatial/left_of", "shape/symmetric") for row in rows(name)]
    looks = found(members, TRUTH)
    assert looks["", "yes"].named and not looks["", "no"].named
    assert looks["spatial/left_of", "yes"].behind == "“yes” everywhere"


def test_yes_to_all_of_one_task_is_none_of_the_model() -> None:
    members = [said(row, True) for row in rows("spatial/left_of")] + rows("shape/symmetric")
    looks = found(members, TRUTH)
    assert looks["spatial/left_of", "yes"].named and not looks["", "yes"].named


def test_errors_to_both_sides_are_none() -> None:
    members = [said(row, not row.asked.value) for row in rows("spatial/left_of")]
    assert not any(look.named for look in found(members, TRUTH).values())


def test_replies_without_an_answer_are_no_yes_and_no_no() -> None:
    members = [replace(row, said=None, right=False) for row in rows("spatial/left_of")]
    assert all(look.of == 0 for look in biases(members))


def test_a_letter_of_a_label_is_a_word_and_of_an_option_a_letter() -> None:
    members = [replace(said(row, "A"), style="short") for row in rows("angle/arrow_at_letter")]
    assert ("", "A") in found(members, WORD) and not found(members, LETTER)


@pytest.mark.parametrize(("truths", "named"), [((6, 7, 8, 9, 10), True), ((6,), False)])
def test_a_favourite_is_said_for_several_truths(truths: tuple[int, ...], named: bool) -> None:
    whole = [replace(row, style="short") for row in rows("counting/all", 200)]
    members = [said(row, 5) if row.asked.value in truths else row for row in whole]
    assert found(members, WORD)["", "5"].named is named


def test_numbers_one_too_small_have_no_favourite() -> None:
    whole = [replace(row, style="short") for row in rows("counting/all", 200)]
    members = [said(row, row.asked.value - 1) for row in whole]
    assert not any(look.named for look in biases(members))
