"""What chance allows: tails of the distributions by which drift is judged, and the correction for many of them."""

from __future__ import annotations

import math
from collections.abc import Sequence


def kolmogorov(distance: float, n: int) -> float:
    """The chance that n independent draws lie at least so far from their law, by the largest difference of the two
    distribution functions (Stephens' correction for small n). For laws in steps it is an upper bound."""
    if n < 1:
        return 1.0
    root = math.sqrt(n)
    x = (root + 0.12 + 0.11 / root) * distance
    if x < 0.3:
        return 1.0
    total = sum((-1.0) ** (k - 1) * math.exp(-2 * (k * x) ** 2) for k in range(1, 101))
    return min(max(2 * total, 0.0), 1.0)


def chi_square(x: float, degrees: int) -> float:
    """The chance that a chi-square variable of so many degrees of freedom is at least x; 1 for none."""
    if degrees < 1 or x <= 0:
        return 1.0
    half = x / 2
    odd = degrees % 2
    tail = math.erfc(math.sqrt(half)) if odd else math.exp(-half)
    a = 0.5 if odd else 1.0
    while a < degrees / 2:
        tail += math.exp(a * math.log(half) - half - math.lgamma(a + 1))
        a += 1
    return min(tail, 1.0)


def holm(chances: Sequence[float]) -> list[float]:
    """The chances corrected for there being many (Holm): the least of them times their number, and so on."""
    result = [1.0] * len(chances)
    least = 0.0
    for rank, k in enumerate(sorted(range(len(chances)), key=lambda k: chances[k])):
        least = max(least, min(chances[k] * (len(chances) - rank), 1.0))
        result[k] = least
    return result
