"""Guesses from the options alone: place, rank, length, likeness to the others, and the words themselves.

Given the options as a set, each must be the right one equally often. The hypothesis needs no model of the answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from pgt_dsl.audit.counting import FEWEST, Floats, Ints, tail
from pgt_dsl.audit.finding import Test
from pgt_dsl.scene.scene import Answered

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def features(asked: Answered) -> list[tuple[float, ...]]:
    """For each option what can be read off it beside the others; see ``NAMES``."""
    options = asked.options
    numbers = [_number(o) for o in options]
    words = [re.split(r"[^\w]+", o.lower()) for o in options]
    question = asked.question.lower()
    rows = []
    for k, option in enumerate(options):
        others = [j for j in range(len(options)) if j != k]
        shared = sum(len(set(words[k]) & set(words[j])) / max(len(set(words[j])), 1) for j in others)
        placed = sum(sum(a == b for a, b in zip(words[k], words[j], strict=False)) for j in others)
        near = -sum(abs(numbers[k] - numbers[j]) for j in others) if None not in numbers else 0.0  # type: ignore[operator]
        rows.append(
            (
                float(k),
                numbers[k] if None not in numbers else 0.0,
                float(len(option)),
                shared,
                float(placed),
                near,
                float(question.find(option.lower())),
            )
        )
    return rows  # type: ignore[return-value]


NAMES = (
    "the place among the options", "the rank of the number among the options", "the length among the options",
    "how many words the option shares with the others", "in how many places it agrees with the others",
    "how near its number is to the others", "the place in the question where the option is named",
)  # fmt: skip


def _number(option: str) -> float | None:
    if ":" in option:  # a time of day
        hours, _, minutes = option.partition(":")
        return float(hours) * 60 + float(minutes) if hours.isdigit() and minutes.isdigit() else None
    found = _NUMBER.match(option)
    return float(found.group()) if found else None


def usable(asks: Sequence[Answered]) -> list[int]:
    """Which questions have options."""
    return [k for k, a in enumerate(asks) if a.correct is not None and len(a.options) >= 2]


def probe(ask: int, asks: Sequence[Answered], seed: int) -> Iterator[Test]:
    """A test for each feature, and one for the words of the options."""
    rows = usable(asks)
    if len(rows) < 50:
        return
    many = np.array([len(asks[k].options) for k in rows], np.int64)
    correct = np.array([asks[k].correct for k in rows], np.int64)
    told = np.full((len(rows), int(many.max()), len(NAMES)), np.nan)
    for n, k in enumerate(rows):
        told[n, : many[n]] = features(asks[k])
    ties = np.random.default_rng(seed).random(told.shape[:2])
    for f, name in enumerate(NAMES):
        score = told[:, :, f]
        spread = np.nanmax(score, axis=1) - np.nanmin(score, axis=1)
        if (spread > 0).sum() < 50:
            continue
        ranks = _ranks(score, ties)
        yield _ranked(ask, name, ranks[np.arange(len(rows)), correct], many)
    yield from _words(ask, [asks[k] for k in rows], many)


def _ranks(score: Floats, ties: Floats) -> Ints:
    """The rank of every option of a row; ties by lot, which keeps the hypothesis exact."""
    filled = np.where(np.isnan(score), np.inf, score)
    order = np.lexsort((ties, filled), axis=1)
    return np.argsort(order, axis=1).astype(np.int64)


def _ranked(ask: int, name: str, rank: Ints, many: Ints) -> Test:
    found, degrees, hits, best = 0.0, 0, 0.0, []
    for k in np.unique(many):
        here = many == k
        counts = np.bincount(rank[here], minlength=k)
        if here.sum() / k < FEWEST:
            continue
        expected = here.sum() / k
        found += float(((counts - expected) ** 2 / expected).sum())
        degrees += int(k) - 1
        hits += counts.max()
        best.append(f"number {counts.argmax() + 1} of {k} in {counts.max() / here.sum():.0%}")
    hint = "counted from the least, the right one is " + ", ".join(best)
    return Test("options", ask, name, tail(found, degrees), len(rank), hits / len(rank), float((1 / many).mean()),
                hint=hint, degrees=max(degrees, 1))  # fmt: skip


def _words(ask: int, asks: Sequence[Answered], many: Ints) -> Iterator[Test]:
    """Whether some option is right more or less often than its share, given the others."""
    offered: dict[str, list[float]] = {}
    for a, k in zip(asks, many.tolist(), strict=True):
        for place, option in enumerate(a.options):
            counts = offered.setdefault(option, [0.0, 0.0, 0.0])
            counts[0] += 1
            counts[1] += 1 / k
            counts[2] += place == a.correct
    usual = {o: c for o, c in offered.items() if c[1] >= FEWEST and c[0] - c[1] >= FEWEST}
    if len(usual) < 2:
        return
    # an option with chances 1/k: its hits have the variance of that; the least of all is one too many
    found = sum((hit - fair) ** 2 / max(fair * (1 - fair / n), 1e-9) for n, fair, hit in usual.values())
    found *= 1 - 1 / int(many.min())  # options of one scene share one hit: their variances add up to so much less
    odd = max(usual, key=lambda o: abs(usual[o][2] - usual[o][1]) / usual[o][1] ** 0.5)
    n, fair, hit = usual[odd]
    weights = {o: c[2] / c[0] for o, c in usual.items()}
    hits = sum(
        int(max(range(len(a.options)), key=lambda j: (weights.get(a.options[j], 0.0), j)) == a.correct) for a in asks
    )
    yield Test("options", ask, "which words an option has", tail(found, len(usual)), len(asks), hits / len(asks),
               float((1 / many).mean()), degrees=len(usual),
               hint=f"{odd!r} is right in {hit / n:.0%} of the scenes that offer it, where chance gives {fair / n:.0%}",
               )  # fmt: skip
