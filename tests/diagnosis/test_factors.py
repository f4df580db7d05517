"""Factors and mistakes on rows whose cause is planted: what is named, what is explained by it, what chance is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pgt_dsl.diagnosis.factors import Factor, factors
from pgt_dsl.diagnosis.mistakes import candidate_chance, mistakes
from pgt_dsl.diagnosis.rows import Row
from pgt_dsl.diagnosis.shares import weak
from tests.diagnosis.test_biases import rows, said


def wrong(row: Row) -> Row:
    """The same row, wrong in a way that nobody has named."""
    return replace(row, said=None, right=False)


def surest(members: list[Row]) -> Factor:
    return factors(members)[0]


def left(row: Row) -> float:
    box = row.scene.shapes[0].box
    return (box[0] + box[2]) / 2 / row.scene.width


def test_a_place_where_nothing_is_seen_is_named() -> None:
    members = [wrong(row) if left(row) < 0.35 else row for row in rows("angle/arrow_points", 160)]
    found = surest(members)
    assert found.look.named and found.variable.name == "the place across" and found.region.high < 0.45
    inside, outside = found.rates
    assert inside < 0.4 < 0.85 < outside and len(found.inside) == found.look.of
    assert sum(part.rows for part in found.bins) == len(members)


def test_what_goes_along_with_it_is_not_named_beside_it() -> None:
    """Of a crowd, the size that is drawn has nothing to do with the count, the distance to the next one has."""
    members = [wrong(row) if row.asked.value >= 6 else row for row in rows("counting/all", 200)]
    named = [factor.variable.name for factor in factors(members) if factor.look.named]
    behind = {factor.variable.name: factor.look.behind for factor in factors(members) if factor.look.behind}
    assert named == ["the right number"] and "the distance to the next shape" in behind
    assert set(behind.values()) == {"the right number"}


def test_errors_that_have_no_cause_are_not_named() -> None:
    lots = np.random.default_rng(4)
    members = [wrong(row) if lots.random() < 0.4 else row for row in rows("size/larger", 160)]
    assert not any(factor.look.named for factor in factors(members))


def test_who_is_always_wrong_or_right_has_no_factors() -> None:
    members = rows("size/larger", 40)
    assert factors(members) == [] and factors([wrong(row) for row in members]) == []


def test_chance_of_a_mistake_among_options_is_that_of_the_wrong_ones() -> None:
    row = next(row for row in rows("angle/arrow_points") if row.style == "options")
    assert candidate_chance(row, "took tail for head", set()) == 1 / 7


def test_chance_among_open_answers_counts_all_that_the_task_has() -> None:
    row = next(row for row in rows("angle/arrow_points") if row.style == "short")
    assert candidate_chance(row, "took tail for head", {'"another word"', f'"{row.asked.value}"'}) == 1 / 7
    (only,) = [w for w in row.asked.wrong if w.mistake]
    alone = replace(row.asked, wrong=(only,))
    lone = replace(row, scene=replace(row.scene, asks=(alone,)))
    pool = {f'"{word}"' for word in ("up", "down", "left", "right", "here")}
    assert candidate_chance(lone, "took tail for head", pool) == 1 / len(
        pool - {f'"{row.asked.value}"'} | {f'"{only.value}"'}
    )


def test_a_word_that_is_said_anyway_is_no_mistake() -> None:
    """Who says "up" whatever it sees says it as well where that is the tail for the head."""
    members = [replace(said(row, "up"), style="short") for row in rows("angle/arrow_points", 160)]
    members = [
        replace(row, mistake=next((w.mistake for w in row.asked.wrong if w.value == "up"), "")) for row in members
    ]
    (look,) = mistakes(members)
    assert look.seen == sum(row.asked.value == "down" for row in members) > 10 and not look.named


def test_half_of_the_answers_is_a_matter_of_chance_too() -> None:
    members = rows("spatial/left_of", 100)
    known = [said(row, not row.asked.value) if k % 4 == 0 else row for k, row in enumerate(members)]
    guessed = [said(row, not row.asked.value) if k % 2 == 0 else row for k, row in enumerate(members)]
    assert not weak(known)[0].named, "three of four right are half known"
    assert weak(guessed)[0].named
