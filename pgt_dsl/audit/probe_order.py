"""Guesses of answers that are several shapes: their order, or which they are, by a field that does not decide.

Of an order the statistic is Kendall's, of a choice of several Wilcoxon's; each scene has one with a known mean and
variance under the hypothesis that the field says nothing, and they add up over scenes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from pgt_dsl.audit.finding import Test
from pgt_dsl.audit.probe_candidates import MOST, Reads, Told, called, fields, scores_of
from pgt_dsl.audit.table import Seen
from pgt_dsl.scene.scene import Answered, Scene, SceneShape


def probe(
    ask: int, scenes: Sequence[Scene], groups: frozenset[str], seen: Seen, reads: Reads, seed: int
) -> Iterator[Test]:
    """A test for each field of the candidates, the shapes of ``groups`` of which answers are lists."""
    rng = np.random.default_rng(seed)
    sums: dict[tuple[Told, bool], list[float]] = {}
    for scene in scenes:
        shapes = [s for s in scene.shapes if s.group in groups]
        places = _places(scene.asks[ask], shapes)
        if places is None or not 2 <= len(shapes) <= MOST or not places:
            continue
        ties = rng.random(len(shapes))
        whole = len(places) == len(shapes)
        for told in fields(shapes, seen):
            scores = scores_of(shapes, told)
            if scores is None or len(set(scores)) < 2 or (whole and not told[2]):
                continue
            ranks = np.argsort(np.lexsort((ties, np.array(scores))))
            held = sums.setdefault((told, whole), [0.0] * 6)
            one = _order(ranks[places]) if whole else _choice(ranks, places)
            for k, value in enumerate((1.0, *one)):
                held[k] += value
    for (told, whole), (n, found, variance, up, down, fair) in sums.items():
        if n >= 50 and variance > 0:
            cue = any(reads(group, *told[:2]) for group in groups)
            yield _test(
                ask, told, whole, int(n), found / math.sqrt(variance), (up / n, down / n, fair / n), groups, cue
            )


def _places(asked: Answered, shapes: Sequence[SceneShape]) -> list[int] | None:
    """Which of the shapes the answer has, in its order; None where that cannot be told."""
    value: Any = asked.value
    if not isinstance(value, list):
        return None
    keys: list[list[Any]] = [[s.slot for s in shapes]] if asked.form == "shapes" else []
    if asked.form == "values":
        keys = [[s.fields.get(name) for s in shapes] for name in (shapes[0].fields if shapes else ())]
    for key in keys:
        told = [repr(k) for k in key]
        if max(Counter(told).values(), default=2) == 1 and {repr(v) for v in value} <= set(told):
            return [told.index(repr(v)) for v in value]
    return None


def _order(ranks: np.ndarray) -> tuple[float, float, float, float, float]:
    """Concordant pairs less discordant ones, their variance, whether all rise, all fall, the chance of either."""
    k = len(ranks)
    steps = np.sign(ranks[None, :] - ranks[:, None])
    rising = float(np.triu(steps, 1).sum())
    most = k * (k - 1) / 2
    variance = k * (k - 1) * (2 * k + 5) / 18
    return rising, variance, float(rising == most), float(rising == -most), 1 / math.factorial(k)


def _choice(ranks: np.ndarray, places: Sequence[int]) -> tuple[float, float, float, float, float]:
    """Wilcoxon's sum of ranks less its mean, its variance, whether they are the highest, the lowest, the chance."""
    k, m = len(ranks), len(places)
    total = float(ranks[list(places)].sum())
    least = m * (m - 1) / 2
    mean, variance = m * (k - 1) / 2, m * (k - m) * (k + 1) / 12
    return total - mean, variance, float(total == least + m * (k - m)), float(total == least), 1 / math.comb(k, m)


def _test(
    ask: int,
    told: Told,
    whole: bool,
    n: int,
    z: float,
    shares: tuple[float, float, float],
    groups: frozenset[str],
    cue: bool,
) -> Test:
    up, down, fair = shares
    word = called(told)
    if whole:
        what = f"the order of the shapes by {word}"
        hint = f"the answer is that order in {max(up, down):.0%}, {'rising' if up >= down else 'falling'}"
    else:
        said = f"`{word}`" if told[2] else f"the number of shapes with the same `{word}`"
        what = f"the ranks of the right shapes by {word}" if told[2] else f"how many share the right shapes' {word}"
        hint = f"they are those with the {'greatest' if up >= down else 'least'} {said} in {max(up, down):.0%}"
    return Test("candidates", ask, what, max(math.erfc(abs(z) / math.sqrt(2)), 1e-300), n, max(up, down), fair,
                columns=(word,), cue=cue, hint=hint, groups=tuple(sorted(groups)))  # fmt: skip
