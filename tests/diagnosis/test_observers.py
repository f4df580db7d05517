"""Observers whose weakness is known: the report names it, and claims no other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from benchmarks.observers import OBSERVERS, Observer, never
from benchmarks.prove_observers import observed, scenes
from pgt_dsl.diagnosis.diagnose import Diagnosis, diagnose
from pgt_dsl.diagnosis.look import ALPHA
from pgt_dsl.scene.scene import Scene


@pytest.fixture(scope="module")
def seen() -> list[Scene]:
    return scenes(7, 150)


@pytest.fixture(scope="module")
def reports(seen: list[Scene]) -> dict[str, Diagnosis]:
    return {observer.name: diagnose(observed(observer, seen, 7)) for observer in OBSERVERS}


@pytest.mark.parametrize("observer", [one for one in OBSERVERS if one.names is not never], ids=lambda one: one.name)
def test_the_weakness_is_named(observer: Observer, reports: dict[str, Diagnosis]) -> None:
    assert any(map(observer.names, reports[observer.name].findings))


def test_no_other_is_claimed(reports: dict[str, Diagnosis]) -> None:
    """Of nine reports each may have a false finding with a chance of 5 %: more than two of them have not, with 99 %.
    `benchmarks/prove_observers.py` counts over many scenes."""
    false = {
        observer.name: [look.says for look in reports[observer.name].findings
                        if not (observer.names(look) or observer.allows(look))]
        for observer in OBSERVERS
    }  # fmt: skip
    assert sum(map(bool, false.values())) <= binom.ppf(0.99, len(OBSERVERS), ALPHA), false


def test_the_order_of_the_rows_does_not_matter(seen: list[Scene]) -> None:
    answers = observed(OBSERVERS[3], seen[::3], 7)
    turned = type(answers)(answers.model, answers.rows[::-1])

    def said(found: Diagnosis) -> list[tuple[str, str, str, float]]:
        return sorted((k.kind, k.scope, k.subject, round(k.p, 9)) for k in found.looks)

    assert said(diagnose(answers)) == said(diagnose(turned))


def test_one_picture_of_a_pair_counts(seen: list[Scene]) -> None:
    twins = [scene for scene in seen if scene.twin_of]
    answers = observed(OBSERVERS[0], twins, 7)
    assert len(answers.rows) == len(twins) and len(answers.apart) == len({scene.twin_of for scene in twins})
    second = np.mean([row.scene.twin for row in answers.apart])
    assert 0.2 < second < 0.8, "the first of a pair would always have the same answer"
