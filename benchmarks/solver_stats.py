"""Statistics of scenes of boxes, an exact sampler to hold them against, and the test of Kolmogorov and Smirnov.

Scenes are arrays float64[scenes, boxes, 4] of x, y (the middle), width and height, in the units of ``solver_scenes``.
Nothing here uses the sampler or the geometry of pgt-dsl: it is what they are measured against.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.solver_scenes import GAP, LEVEL, SIDES, UNITS, Reference

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Make = Callable[[int], Floats]

STATISTICS = ("side", "nn", "ctr")
MOST = 1 << 13  # scenes tried at once: what caches hold


# statistics ------------------------------------------------------------------------------------------------


def statistics(scenes: Floats) -> dict[str, Floats]:
    """For each scene its mean side, mean distance of a box to its nearest neighbour, and mean distance of a box from
    the middle of the canvas. One number a scene, since only scenes are independent of each other, not their boxes."""
    at = scenes[..., 0] + 1j * scenes[..., 1]
    gaps = np.abs(at[:, :, None] - at[:, None, :])
    gaps[:, np.arange(at.shape[1]), np.arange(at.shape[1])] = np.inf
    middle = (1 + 1j) * UNITS / 2
    return {
        "side": scenes[..., 2:].mean(axis=(1, 2)),
        "nn": gaps.min(axis=2).mean(axis=1),
        "ctr": np.abs(at - middle).mean(axis=1),
    }


@dataclass(frozen=True)
class Mean:
    """A mean and its standard error."""

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ± {self.error:.3f}" if math.isfinite(self.error) else f"{self.value:.3f}"


def mean_of(values: Floats) -> Mean:
    error = float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else math.inf
    return Mean(float(values.mean()), error)


def same_law(a: Floats, b: Floats) -> float:
    """The p-value of the two-sample test of Kolmogorov and Smirnov, by its asymptotic law."""
    a, b = np.sort(a), np.sort(b)
    both = np.concatenate([a, b])
    below = [np.searchsorted(x, both, side="right") / len(x) for x in (a, b)]
    distance = float(np.abs(below[0] - below[1]).max())
    root = math.sqrt(len(a) * len(b) / (len(a) + len(b)))
    scaled = (root + 0.12 + 0.11 / root) * distance  # Stephens's correction for small samples
    if scaled < 0.2:  # where the series converges slowly, and is 1 to many digits
        return 1.0
    terms = (2 * (-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, sum(terms)))


# the exact sampler: arrays here are float64[boxes, 4, scenes], so that every step runs along the scenes -------


def exact(rng: np.random.Generator, reference: Reference, count: int, fitted: bool) -> Floats:
    """So many scenes of boxes, exactly in the law that the reference tells."""
    if reference.letter == "A":
        made = _until(lambda size: _pairs(rng, size, fitted), count)
    else:
        made = _disjoint(rng, reference.boxes, count, fitted)
    return made.transpose(2, 0, 1)


def exact_plain(rng: np.random.Generator, boxes: int, count: int, fitted: bool) -> Floats:
    """Scenes without overlap, drawn as the law is told: all boxes, and then every check. ``exact`` is tested by it."""

    def make(size: int) -> Floats:
        made = np.concatenate([_singles(rng, size, fitted) for _ in range(boxes)])
        kept: Floats = made[..., np.all([_apart(made[i], made[j]) for i in range(boxes) for j in range(i)], axis=0)]
        return kept

    return _until(make, count).transpose(2, 0, 1)


def _disjoint(rng: np.random.Generator, boxes: int, count: int, fitted: bool) -> Floats:
    """Boxes no two of which overlap, in the law of drawing all and rejecting overlaps.

    A scene is two independent halves, each free of overlaps; where the halves overlap each other both are thrown away.
    What is accepted has the density of the draws wherever nothing overlaps, and 0 elsewhere: the same law. But what
    overlaps within a half costs only that half: it is rejection with an early exit, carried through.
    """
    if boxes == 1:
        return _singles(rng, count, fitted)
    half = boxes // 2

    def make(size: int) -> Floats:
        a, b = (_disjoint(rng, n, size, fitted) for n in (half, boxes - half))
        free = np.ones(size, np.bool_)
        for k in range(half):
            for other in b:
                free &= _apart(a[k], other)
            if k == half - 1 or 2 * np.count_nonzero(free) < len(free):  # to copy most of it would cost more
                a, b = a[..., free], b[..., free]
                free = free[free]
        return np.concatenate([a, b])

    return _until(make, count)


def _pairs(rng: np.random.Generator, size: int, fitted: bool) -> Floats:
    """Scenes of A among so many: the first box left of the second and level with it."""
    made = np.concatenate([_singles(rng, size, fitted), _singles(rng, size, fitted)])
    a, b = made
    left = a[0] + a[2] / 2 + GAP <= b[0] - b[2] / 2
    kept: Floats = made[..., left & (np.abs(a[1] - b[1]) <= LEVEL)]
    return kept


def _singles(rng: np.random.Generator, count: int, fitted: bool) -> Floats:
    """Scenes of one box that lies on the canvas."""

    def make(size: int) -> Floats:
        sides = rng.uniform(*SIDES, (2, size))
        at = rng.random((2, size))
        if fitted:
            return np.concatenate([sides / 2 + at * (UNITS - sides), sides])[None]
        at *= UNITS
        within = (np.abs(at - UNITS / 2) <= (UNITS - sides) / 2).all(axis=0)
        return np.concatenate([at, sides])[None, :, within]

    return _until(make, count)


def _apart(a: Floats, b: Floats) -> Bools:
    """In which scenes two boxes [4, scenes] do not overlap."""
    reach = (a[2:] + b[2:]) / 2
    free: Bools = (np.abs(a[:2] - b[:2]) >= reach).any(axis=0)
    return free


def _until(make: Make, count: int) -> Floats:
    """The first ``count`` of the scenes that are accepted, of batches as large as the yield so far suggests."""
    parts: list[Floats] = []
    tried = have = 0
    while have < count or not parts:
        expected = (tried + 2) / (have + 1)
        size = min(MOST, math.ceil(1.05 * (count - have) * expected) + 32)
        parts.append(make(size))
        tried, have = tried + size, have + parts[-1].shape[-1]
    return np.concatenate(parts, axis=-1)[..., :count]
