"""Every utterance of the table is scored as a person would score it."""

from __future__ import annotations

from collections import Counter

import pytest

import pgt_dsl
from tests.scoring.questions import QUESTIONS
from tests.scoring.table import Utterance, utterances

TABLE = list(utterances())


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_is_scored_as_a_person_would(case: Utterance) -> None:
    found = pgt_dsl.score(QUESTIONS[case.question], case.said, style=case.style, coordinates=case.coordinates)
    assert (found.right, found.value) == (case.right, pytest.approx(case.value, abs=1e-3)), found
    if case.mistake is not None:
        assert found.mistake == case.mistake, found
    assert found.right == (not found.reason), found


def test_the_table_is_long_and_says_nothing_twice() -> None:
    told = Counter((u.question, u.said, u.style, u.coordinates) for u in TABLE)
    assert len(TABLE) >= 500 and {u.question for u in TABLE} == set(QUESTIONS)
    assert [case for case, times in told.items() if times > 1] == []
