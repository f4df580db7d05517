"""Two or more models on the same questions: paired tests, with the intervals of the differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from pgt_dsl.diagnosis.exact import holm, mcnemar, paired_difference
from pgt_dsl.diagnosis.look import ALPHA
from pgt_dsl.diagnosis.rows import Answers


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models on ``of`` questions that both answered, one a group of pictures: ``only_a`` and ``only_b`` are right
    in one of them alone. ``scope``: a family, "" for all. ``low`` .. ``high``: of the difference of the shares, a less
    b (95 %); ``adjusted``: the chance (McNemar, exact), paid for all comparisons (Holm)."""

    a: str
    b: str
    scope: str
    of: int
    right_a: int
    right_b: int
    only_a: int
    only_b: int
    low: float
    high: float
    p: float
    adjusted: float = 1.0

    @property
    def difference(self) -> float:
        """The share of a less that of b."""
        return (self.right_a - self.right_b) / self.of

    @property
    def named(self) -> bool:
        """Whether one of them is better, and not by chance."""
        return self.adjusted <= ALPHA

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**{name: getattr(self, name) for name in self.__slots__}, "difference": self.difference,
                "named": self.named}  # fmt: skip


def compare(models: Sequence[Answers]) -> list[Comparison]:
    """All pairs of models that answered questions of one data set, over all of it and by family."""
    found = [one for a, b in combinations(models, 2) for one in _pair(a, b)]
    return [replace(one, adjusted=p) for one, p in zip(found, holm([one.p for one in found]), strict=True)]


def _pair(a: Answers, b: Answers) -> list[Comparison]:
    if a.data != b.data:
        return []
    answered = {row.key for row in b.rows}
    common = Answers(a.model, tuple(row for row in a.rows if row.key in answered)).apart
    right = {row.key: row.right for row in b.rows}
    scopes: dict[str, list[tuple[bool, bool]]] = {"": []}
    for row in common:
        both = row.right, right[row.key]
        scopes[""].append(both)
        scopes.setdefault(row.family, []).append(both)
    if len(scopes) == 2:
        scopes = {"": scopes[""]}
    return [_compared(a.model, b.model, scope, rows) for scope, rows in scopes.items() if rows]


def _compared(a: str, b: str, scope: str, rows: Sequence[tuple[bool, bool]]) -> Comparison:
    only_a, only_b = sum(x and not y for x, y in rows), sum(y and not x for x, y in rows)
    low, high = paired_difference(only_a, only_b, len(rows))
    return Comparison(a, b, scope, len(rows), sum(x for x, _ in rows), sum(y for _, y in rows), only_a, only_b, low,
                      high, mcnemar(only_a, only_b))  # fmt: skip
