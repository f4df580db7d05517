"""Whether columns depend on one another, and how much a guesser would gain by that: G-tests, held-out gains, power.

Columns are whole numbers from 0 (bins, categories). Of a dependence two things are told. Whether it is there: the
G-test (likelihood ratio; Sokal and Rohlf, Biometry, 17.2), corrected for the number of tests by Holm, and for those that
remain by permutations, since counts may be small. And what it is worth: the accuracy of the best guess from the column
on rows that were not used to choose it, less that of the most frequent answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pgt_dsl.solve.chance import chi_square

Ints = npt.NDArray[np.int64]
PERMUTED = 200  # permutations by which the law of a statistic is fitted
BINS = 6
KINDS = 12  # categories told apart; the rarer ones are one
FEW = 25  # rows of a category below which it is one of the rarer ones


@dataclass(frozen=True, slots=True)
class Tested:
    """``statistic`` is G with ``degrees``; ``chance`` that it is so large by accident (not corrected); ``gain`` in
    accuracy on held-out rows; ``bits`` of mutual information, less its bias."""

    statistic: float
    degrees: int
    chance: float
    gain: float
    bits: float


def binned(values: npt.NDArray[np.float64], bins: int = BINS) -> Ints:
    """Numbers as parts of about equal size, NaN as a part of its own; numbers with few values as those values."""
    there = ~np.isnan(values)
    known = np.unique(values[there])
    if known.size <= 2 * bins:
        codes = np.searchsorted(known, values)
        return np.where(there, codes, known.size).astype(np.int64)
    edges = np.quantile(values[there], np.arange(1, bins) / bins)
    return np.where(there, np.searchsorted(edges, values, side="right"), bins).astype(np.int64)


def coded(values: list[str]) -> Ints:
    """Words as numbers, the most frequent first; rare ones share the last."""
    names, codes, counts = np.unique(np.asarray(values, dtype=object).astype(str), return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    common = max(int((counts[order][:KINDS] >= FEW).sum()), 1)
    return np.minimum(rank[codes], common)


def tables(x: Ints, y: Ints) -> npt.NDArray[np.float64]:
    """How often each pair of codes comes."""
    nx, ny = int(x.max()) + 1, int(y.max()) + 1
    return np.bincount(x * ny + y, minlength=nx * ny).reshape(nx, ny).astype(np.float64)


def g_statistic(table: npt.NDArray[np.float64]) -> tuple[float, int]:
    """G and its degrees of freedom."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    expected = np.outer(rows, columns) / max(table.sum(), 1.0)
    there = table > 0
    g = 2 * float((table[there] * np.log(table[there] / expected[there])).sum())
    return g, max(int((rows > 0).sum()) - 1, 0) * max(int((columns > 0).sum()) - 1, 0)


def gain(x: Ints, y: Ints, train: npt.NDArray[np.bool_]) -> float:
    """By how much the best guess of y from x, chosen on the rows of ``train``, is better on the others than y's most
    frequent value."""
    nx, ny = int(x.max()) + 1, int(y.max()) + 1
    seen = np.bincount(x[train] * ny + y[train], minlength=nx * ny).reshape(nx, ny)
    plain = int(seen.sum(axis=0).argmax())
    guess = np.where(seen.sum(axis=1) > 0, seen.argmax(axis=1), plain)
    held = ~train
    return float((guess[x[held]] == y[held]).mean() - (plain == y[held]).mean())


def tested(x: Ints, y: Ints, train: npt.NDArray[np.bool_]) -> Tested:
    """One column against the answer."""
    g, degrees = g_statistic(tables(x, y))
    bits = max(g - degrees, 0.0) / (2 * len(x) * math.log(2))
    return Tested(g, degrees, chi_square(g, degrees), gain(x, y, train), bits)


def permuted_chance(x: Ints, y: Ints, rng: np.random.Generator, times: int = PERMUTED) -> float:
    """The chance of a column's G under permutations of y: a scaled chi-square is fitted to their mean and variance."""
    observed, _ = g_statistic(tables(x, y))
    drawn = np.asarray([g_statistic(tables(x, rng.permutation(y)))[0] for _ in range(times)])
    return fitted_chance(observed, drawn)


def fitted_chance(observed: float, drawn: npt.NDArray[np.float64]) -> float:
    """The tail beyond ``observed`` of the scaled chi-square that has the mean and variance of ``drawn``."""
    mean, spread = float(drawn.mean()), float(drawn.var())
    if mean <= 0 or spread <= 0:
        return 1.0 if observed <= mean + 1e-9 else 1 / (len(drawn) + 1)
    return chi_square(observed * 2 * mean / spread, max(round(2 * mean * mean / spread), 1))


def smallest(rows: int, tests: int, alpha: float, power: float = 0.95) -> float:
    """The least gain in accuracy over one half that a test of a column of two values against an answer of two is sure
    (``power``) to see, among so many tests: both halves of rows are told apart by ``2 gain``, so that
    ``rows (2 gain)^2 = (z_alpha + z_power)^2``."""
    return (_quantile(1 - alpha / (2 * max(tests, 1))) + _quantile(power)) / (2 * math.sqrt(max(rows, 1)))


def _quantile(p: float) -> float:
    """The normal quantile, by bisection of ``erf``."""
    low, high = -10.0, 10.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if 0.5 * (1 + math.erf(middle / math.sqrt(2))) < p else (low, middle)
    return low
