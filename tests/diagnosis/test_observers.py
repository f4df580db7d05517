"""Observers whose weakness is known: the report names it, and claims no other."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.observers import OBSERVERS, Observer, never
from benchmarks.prove_observers import observed, scenes
from pgt_dsl.diagnosis.diagnose import Diagnosis, diagnose
from pgt_dsl.scene.scene import Scene


@pytest.fixture(scope="module")
def seen() -> list[Scene]:
    return scenes(7, 150)


@pytest.mark.parametrize("observer", OBSERVERS, ids=lambda one: one.name)
def test_the_weakness_is_named_and_no_other(observer: Observer, seen: list[Scene]) -> None:
    found = diagnose(observed(observer, seen, 7))
    if observer.names is not never:
        assert any(map(observer.names, found.findings))
    assert [look.says for look in found.findings if not (observer.names(look) or observer.allows(look))] == []


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
