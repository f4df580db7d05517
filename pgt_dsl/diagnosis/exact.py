"""Exact statistics of counts: tails of sums of unlike trials, within strata, paired answers, and many looks at once.

Nothing here leans on the normal law: tails are sums of probabilities, so that small ones are right as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Stratum = tuple[int, int, int]
"""Rows of a stratum, how many of them are marked, how many of them are drawn."""


def sum_of_trials(chances: Iterable[float]) -> Floats:
    """The law of the number of hits in independent trials with these chances (Poisson's binomial), float64[n + 1].

    Equal chances are a binomial law; those of unlike chances are folded, which only adds what is not negative."""
    values, counts = np.unique(np.round(np.fromiter(chances, np.float64), 12), return_counts=True)
    law = np.ones(1)
    for p, n in zip(values.tolist(), counts.tolist(), strict=True):
        law = np.convolve(law, _binomial(n, min(max(p, 0.0), 1.0)))
    return law


def sum_of_draws(strata: Iterable[Stratum]) -> tuple[int, Floats]:
    """The law of the number of marked rows among the drawn, in all strata together, when within each every choice is
    equally likely: its least value, and float64 from there on (Mantel and Haenszel's setting, not its approximation).
    """
    least, law = 0, np.ones(1)
    for rows, marked, drawn in strata:
        low, high = max(0, marked + drawn - rows), min(marked, drawn)
        least += low
        if high > low:
            law = np.convolve(law, _hypergeometric(rows, marked, drawn, low, high))
    return least, law


def _choices(n: float | Floats, k: Floats) -> Floats:
    """The logarithm of the number of ways to choose k of n."""
    from scipy.special import gammaln

    return np.asarray(gammaln(np.asarray(n) + 1) - gammaln(k + 1) - gammaln(n - k + 1), np.float64)


def _binomial(n: int, p: float) -> Floats:
    from scipy.special import xlog1py, xlogy

    k = np.arange(n + 1, dtype=np.float64)
    return np.asarray(np.exp(_choices(n, k) + xlogy(k, p) + xlog1py(n - k, -p)), np.float64)


def _hypergeometric(rows: int, marked: int, drawn: int, low: int, high: int) -> Floats:
    k = np.arange(low, high + 1, dtype=np.float64)
    whole = _choices(rows, np.array([float(drawn)]))
    return np.asarray(np.exp(_choices(marked, k) + _choices(rows - marked, drawn - k) - whole), np.float64)


def tail(law: Floats, hits: int) -> float:
    """The chance of ``hits`` or more."""
    if hits <= 0:
        return 1.0
    return min(1.0, float(law[hits:].sum())) if hits < len(law) else 0.0


def low_tail(law: Floats, hits: int) -> float:
    """The chance of ``hits`` or fewer."""
    return min(1.0, float(law[: hits + 1].sum())) if hits >= 0 else 0.0


def holm(chances: Sequence[float]) -> list[float]:
    """Chances made larger for their number (Holm 1979): those below alpha are, with 1 - alpha, all true."""
    order = sorted(range(len(chances)), key=lambda k: chances[k])
    found, most = [1.0] * len(chances), 0.0
    for place, k in enumerate(order):
        most = max(most, min(1.0, (len(chances) - place) * chances[k]))
        found[k] = most
    return found


def mcnemar(only_a: int, only_b: int) -> float:
    """The chance, two-sided, that of questions on which two models differ so unlike numbers are right by one and by the
    other (McNemar 1947, exact: a fair coin for each)."""
    law = _binomial(only_a + only_b, 0.5)
    return min(1.0, 2 * low_tail(law, min(only_a, only_b)))


def paired_difference(only_a: int, only_b: int, rows: int, level: float = 0.95) -> tuple[float, float]:
    """The interval of the difference of two shares over the same rows (Tango 1998, by the score). ``only_a`` and
    ``only_b``: rows that are right in one and not in the other."""
    from scipy.optimize import brentq
    from scipy.special import ndtri

    if rows <= 0:
        return -1.0, 1.0
    z = float(ndtri(0.5 + level / 2))

    def score(delta: float) -> float:
        b = -only_a - only_b + (2 * rows - only_a + only_b) * delta
        c = -only_b * delta * (1 - delta)
        q = (math.sqrt(max(b * b - 8 * rows * c, 0.0)) - b) / (4 * rows)
        spread = rows * (2 * q + delta * (1 - delta))
        gap = only_a - only_b - rows * delta
        return gap / math.sqrt(spread) if spread > 1e-12 else math.copysign(1e6, gap) if gap else 0.0

    share = (only_a - only_b) / rows
    edge = 1 - 1e-9
    low = -1.0 if score(-edge) < z else float(brentq(lambda d: score(d) - z, -edge, min(max(share, -edge), edge)))
    high = 1.0 if score(edge) > -z else float(brentq(lambda d: score(d) + z, min(max(share, -edge), edge), edge))
    return low, high
