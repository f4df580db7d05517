"""Counts and their chances: what a column says about an answer, in tables, for many columns and pairs of them.

The statistic is Pearson's. Under the hypothesis that a column says nothing, the rows of the column are exchangeable
*given* the answers: each scene's draws have streams of their own, and whatever the strata fix they fix for the answer
or for both (and then more evenly than chance would, which makes the test cautious). So to permute the column against
the answers is a valid null, quotas or not, and what is small by the chi-square law is confirmed by permutations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pgt_dsl.solve.chance import chi_square

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FEWEST = 5.0  # expected scenes of every cell of a table; rarer values are counted together
PERMUTATIONS = 200


@dataclass(frozen=True, slots=True)
class Coded:
    """A column in levels: int64[n], ``levels`` where there is no value."""

    codes: Ints
    levels: int


def code_numbers(values: Floats, there: Bools, bins: int) -> Coded:
    """Numbers in at most ``bins`` levels with about as many scenes each; few numbers are levels themselves."""
    present = values[there]
    different = np.unique(present)
    if len(different) <= bins:
        edges = (different[1:] + different[:-1]) / 2
    else:
        edges = np.unique(np.quantile(present, np.arange(1, bins) / bins))
    codes = np.searchsorted(edges, values, side="right")
    levels = len(edges) + 1
    return Coded(np.where(there, codes, levels).astype(np.int64), levels)


def code_categories(values: Ints, there: Bools, bins: int) -> Coded:
    """Categories (numbers from 0) by how often they come: the most frequent ``bins - 1``, and the rest together."""
    many = np.bincount(values[there], minlength=int(values.max(initial=0)) + 1)
    order = np.argsort(-many, kind="stable")
    rank = np.empty(len(many), np.int64)
    rank[order] = np.arange(len(many))
    levels = min(int((many > 0).sum()), bins)
    codes = np.minimum(rank[values], levels - 1) if levels else np.zeros_like(values)
    return Coded(np.where(there, codes, levels), levels)


def joined(a: Coded, b: Coded) -> Coded:
    """The pair of two columns as one."""
    levels = a.levels * b.levels
    absent = (a.codes == a.levels) | (b.codes == b.levels)
    return Coded(np.where(absent, levels, a.codes * b.levels + b.codes), levels)


def table(x: Coded, y: Coded) -> Ints:
    """How often each level of x meets each of y: int64[x, y]; scenes where either has no value are left out."""
    flat = np.bincount(x.codes * (y.levels + 1) + y.codes, minlength=(x.levels + 1) * (y.levels + 1))
    return flat.reshape(x.levels + 1, y.levels + 1)[:-1, :-1]


def merged(counts: Ints) -> Ints:
    """The table without empty lines, rare levels counted together, so that no expected count is below ``FEWEST``."""
    counts = counts[:, counts.sum(axis=0) > 0]
    total = counts.sum()
    if not total or counts.shape[1] < 2:
        return counts[:0]
    least = counts.sum(axis=0).min() / total
    while least * total < 2 * FEWEST and counts.shape[1] > 2:  # rare answers together
        order = np.argsort(counts.sum(axis=0))
        counts = np.column_stack([counts[:, order[2:]], counts[:, order[:2]].sum(axis=1)])
        least = counts.sum(axis=0).min() / total
    rare = counts.sum(axis=1) * least < FEWEST
    rest = counts[rare].sum(axis=0, keepdims=True)
    counts = counts[~rare]
    if rest.sum() * least >= FEWEST:
        return np.concatenate([counts, rest])
    if len(counts) and rest.sum():
        counts[np.argmin(counts.sum(axis=1))] += rest[0]
    return counts


def statistic(counts: Ints) -> tuple[float, int]:
    """Pearson's statistic of a table and its degrees of freedom (0 when there is nothing to compare)."""
    rows, columns = counts.shape
    if rows < 2 or columns < 2:
        return 0.0, 0
    total = counts.sum()
    expected = counts.sum(axis=1, keepdims=True) * (counts.sum(axis=0, keepdims=True) / total)
    return float(((counts - expected) ** 2 / expected).sum()), (rows - 1) * (columns - 1)


def chance(x: Coded, y: Coded) -> tuple[float, int]:
    """The chance of as strong a dependence by luck, by the chi-square law, and the degrees of freedom."""
    found, degrees = statistic(merged(table(x, y)))
    return tail(found, degrees), degrees


def tail(found: float, degrees: int) -> float:
    """The chance that a chi-square variable is at least so large; large numbers of degrees by Wilson and Hilferty."""
    if degrees < 1:
        return 1.0
    if degrees > 300 or found > 1400:
        z = ((found / degrees) ** (1 / 3) - (1 - 2 / (9 * degrees))) / math.sqrt(2 / (9 * degrees))
        return 0.5 * math.erfc(z / math.sqrt(2)) if z < 37 else 1e-300
    return max(chi_square(found, degrees), 1e-300)


def permuted(x: Coded, y: Coded, seed: int, times: int = PERMUTATIONS) -> float:
    """The chance by permutations of x against y, whose statistics' mean and spread give the gamma law of its tail: so
    that it can be as small as a correction for thousands of tests needs."""
    both = (x.codes < x.levels) & (y.codes < y.levels)
    a, b = x.codes[both], y.codes[both]
    found, degrees = statistic(merged(table(Coded(a, x.levels), Coded(b, y.levels))))
    if not degrees:
        return 1.0
    rng = np.random.default_rng(seed)
    values = np.array(
        [statistic(merged(table(Coded(rng.permutation(a), x.levels), Coded(b, y.levels))))[0] for _ in range(times)]
    )
    spread = values.var(ddof=1)
    if spread <= 0:
        return 1.0
    scale = spread / (2 * values.mean())
    return tail(found / scale, max(1, round(values.mean() / scale)))


def bits(x: Coded, y: Coded) -> float:
    """Mutual information in bits, less what chance alone gives."""
    counts = table(x, y).astype(np.float64)
    total = counts.sum()
    if not total:
        return 0.0
    joint = counts / total
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    here = joint > 0
    found = float((joint[here] * np.log2(joint[here] / apart[here])).sum())
    rows, columns = (int((counts.sum(axis=k) > 0).sum()) for k in (1, 0))
    return max(0.0, found - (rows - 1) * (columns - 1) / (2 * float(total) * math.log(2)))


def accuracies(x: Coded, y: Coded) -> tuple[float, float]:
    """The accuracy of the best guess of y from x, and without it: learned on one half, counted on the other, twice."""
    both = np.flatnonzero((x.codes < x.levels) & (y.codes < y.levels))
    halves = both[0::2], both[1::2]
    hits = plain = 0.0
    for learn, count in (halves, halves[::-1]):
        counts = table(Coded(x.codes[learn], x.levels), Coded(y.codes[learn], y.levels))
        most = counts.sum(axis=0).argmax()
        best = np.where(counts.sum(axis=1) > 0, counts.argmax(axis=1), most)
        hits += float((best[x.codes[count]] == y.codes[count]).sum())
        plain += float((y.codes[count] == most).sum())
    return hits / max(len(both), 1), plain / max(len(both), 1)
