"""What a guesser is to guess: the answers of a question as codes, and the tests of the answers' own shares."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from pgt_dsl.audit.counting import Coded, code_numbers
from pgt_dsl.scene.scene import Answered

MOST = 12  # different answers; the rarer ones count as one
Json = Any


def target(asks: Sequence[Answered]) -> Coded:
    """The answers in levels. A shape that the question names or a letter marks is told by its number, any other by its
    words; of a list the first item counts, of a place the third of the picture, of a quantity the sixth of its range.
    """
    form = asks[0].form
    if form == "quantity":
        return code_numbers(np.array([float(a.value) for a in asks]), np.ones(len(asks), np.bool_), 6)
    if form in ("point", "points", "box", "boxes"):
        xy = np.array([_place(a.value) for a in asks])
        x, y = (code_numbers(xy[:, k], np.isfinite(xy[:, k]), 3) for k in (0, 1))
        absent = (x.codes == x.levels) | (y.codes == y.levels)
        return Coded(np.where(absent, x.levels * y.levels, x.codes * y.levels + y.codes), x.levels * y.levels)
    if form == "shape":
        named = np.mean([len(a.text) == 1 or a.text.lower() in a.question.lower() for a in asks])
        return _coded([a.value for a in asks] if named > 0.95 else [a.text for a in asks])
    if form in ("shapes", "values"):
        return _coded([re.split(r", | and ", a.text)[0] for a in asks])
    return _coded([a.value for a in asks])


def _place(value: Json) -> tuple[float, float]:
    while isinstance(value, list) and value and isinstance(value[0], list):
        value = value[0]
    if not isinstance(value, list) or len(value) < 2:
        return float("nan"), float("nan")
    return (value[0], value[1]) if len(value) == 2 else ((value[0] + value[2]) / 2, (value[1] + value[3]) / 2)


def _coded(values: Sequence[Json]) -> Coded:
    words = [repr(v) for v in values]
    order = {word: k for k, (word, _) in enumerate(sorted(Counter(words).items(), key=lambda c: (-c[1], c[0])))}
    levels = min(len(order), MOST)
    return Coded(np.array([min(order[w], levels - 1) for w in words], np.int64), levels)


def majority(asks: Sequence[Answered]) -> str:
    """The most frequent answer and its share, in words."""
    (text, many), *_ = Counter(a.text for a in asks).most_common(1)
    different = len({a.text for a in asks})
    return f"{text!r} in {many / len(asks):.0%} of {different} different answers"
