"""Which sample of which task is the i-th of a mixture."""

from __future__ import annotations

from collections import Counter

import pytest

from pgt_dsl.dataset.schedule import schedule
from pgt_dsl.diagnostics import PgtError


@pytest.mark.parametrize("weights", [[1], [5, 1, 3], [1, 1, 1], [100, 1]])
def test_every_prefix_is_near_the_weights(weights: list[int]) -> None:
    plan = schedule(weights)
    given: Counter[int] = Counter()
    for number in range(3 * sum(weights)):
        task, index = plan.at(number)
        assert index == given[task], "a task's samples come in their order"
        given[task] += 1
        for k, weight in enumerate(weights):
            assert abs(given[k] - (number + 1) * weight / sum(weights)) < 1


@pytest.mark.parametrize("weights", [[], [0], [1, -1], [1.5], [1 << 21]])
def test_what_are_no_weights(weights: list[int]) -> None:
    with pytest.raises(PgtError, match="whole numbers from 1"):
        schedule(weights)
