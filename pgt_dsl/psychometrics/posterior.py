"""The posterior of a psychometric function over a grid of its threshold, slope and lapse, by Bayes' rule alone.

    p(x) = g + (1 - g - l) * F(s * (x - t)),    F the logistic function

g, the guess rate, is known from the form of the answer; t is the threshold: the place where performance is half-way
between guessing and its best; s the slope there, in logits per unit of the axis; l the lapse rate: wrong answers that
no ease of the question prevents (Wichmann & Hill 2001; Kuss, Jaekel & Wichmann 2005; Schuett et al. 2016, psignifit 4).

Priors, of the *span* of the levels (a span of 1 without any), so that another unit gives the same curve:

    t    uniform from half a span below the lowest level to half a span above the highest
    s    by the width in which F goes from 0.05 to 0.95, whose logarithm is uniform from 1/20 of the span to 3 spans
    l    beta(1, 10), up to 0.4

The grid is laid over the whole prior, and then again over the part where the density is not negligible, until that is
most of it. Points stand in the middles of their cells. So the distribution function is known at the *edges* of cells,
and is read between them by interpolation; reading it at the points would be wrong by half a step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pgt_dsl.psychometrics.tally import Array

WIDTH = 2 * math.log(19)  # logits between F = 0.05 and F = 0.95
BEYOND = 0.5  # spans that the threshold may lie outside the levels
WIDTHS = 1 / 20, 3.0  # spans
LAPSES = 0.4
LAPSE_BETA = 10.0
STEPS = 48, 24, 12  # cells of t, log2 of the width, l
PASSES = 8
NEGLIGIBLE = 1e-4  # of the greatest density: the next grid is not laid there
OPEN = math.exp(-1.92)  # of the greatest density, at a bound of the prior: the bound may hide what is beyond


@dataclass(frozen=True)
class Cells:
    """Equal cells of one parameter: ``edges`` float64[n + 1]; ``low`` and ``high`` are the prior's bounds."""

    edges: Array
    low: float
    high: float

    @property
    def middles(self) -> Array:
        """float64[n]"""
        return (self.edges[1:] + self.edges[:-1]) / 2

    @property
    def step(self) -> float:
        """The width of a cell."""
        return float(self.edges[1] - self.edges[0])

    def around(self, density: Array) -> Cells:
        """As many cells over the part where the density is not negligible, and two cells more on each side."""
        held = np.flatnonzero(density > NEGLIGIBLE * density.max())
        first, last = max(held[0] - 2, 0), min(held[-1] + 3, len(density))
        return Cells(np.linspace(self.edges[first], self.edges[last], len(self.edges)), self.low, self.high)


@dataclass(frozen=True)
class Margin:
    """The distribution of one parameter: ``mass`` float64[n], of sum 1, in cells."""

    cells: Cells
    mass: Array

    def quantile(self, share: float) -> float:
        """Where the distribution function is ``share``, read between the edges of cells."""
        return float(np.interp(share, np.concatenate([[0.0], np.cumsum(self.mass)]), self.cells.edges))

    def below(self, place: float) -> float:
        """The mass below a place."""
        return float(np.interp(place, self.cells.edges, np.concatenate([[0.0], np.cumsum(self.mass)])))

    @property
    def open_low(self) -> bool:
        """Whether the density has not fallen off at the prior's lower bound."""
        at = math.isclose(self.cells.edges[0], self.cells.low, abs_tol=1e-9 * (1 + abs(self.cells.low)))
        return bool(at and self.mass[0] > OPEN * self.mass.max())

    @property
    def open_high(self) -> bool:
        """Whether the density has not fallen off at the prior's upper bound."""
        at = math.isclose(self.cells.edges[-1], self.cells.high, abs_tol=1e-9 * (1 + abs(self.cells.high)))
        return bool(at and self.mass[-1] > OPEN * self.mass.max())


@dataclass(frozen=True)
class Posterior:
    """``mass``: float64[T, S, L], of sum 1, over cells of the threshold (on the axis), of log2 of the width, and of the
    lapse. ``log_evidence``: the logarithm of the probability of the answers, in a given order."""

    t: Cells
    width: Cells
    lapse: Cells
    mass: Array
    log_evidence: float

    @property
    def threshold(self) -> Margin:
        """The distribution of the threshold."""
        return Margin(self.t, self.mass.sum(axis=(1, 2)))

    @property
    def widths(self) -> Margin:
        """The distribution of log2 of the width."""
        return Margin(self.width, self.mass.sum(axis=(0, 2)))

    @property
    def lapses(self) -> Margin:
        """The distribution of the lapse rate."""
        return Margin(self.lapse, self.mass.sum(axis=(0, 1)))

    def rises(self, x: Array) -> Array:
        """F at places of the axis, for all thresholds and widths: float64[T, S, J] of float64[J]."""
        slope = WIDTH / 2.0**self.width.middles
        return logistic(slope[:, None] * (x - self.t.middles[:, None, None]))

    def draws(self, count: int) -> tuple[Array, Array, Array]:
        """``count`` values of threshold, slope and lapse, float64[count] each, at equal steps of the distribution: the
        same each time."""
        wanted = (np.arange(count) + 0.5) / count
        at = np.minimum(np.searchsorted(np.cumsum(self.mass), wanted), self.mass.size - 1)
        t, s, lapse = np.unravel_index(at, self.mass.shape)
        return self.t.middles[t], WIDTH / 2.0 ** self.width.middles[s], self.lapse.middles[lapse]


def logistic(z: Array) -> Array:
    """1 / (1 + exp(-z)), without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(z / 2)), dtype=np.float64)


def prior_cells(
    low: float, high: float, guess: float = 0.0, steps: tuple[int, int, int] = STEPS
) -> tuple[Cells, Cells, Cells]:  # fmt: skip
    """The cells of the whole prior, for levels from ``low`` to ``high`` on the axis and the largest guess rate:
    ``steps`` of each parameter."""
    span = (high - low) or 1.0
    most = min(LAPSES, 0.8 * (1 - guess))  # beyond 1 - guess performance would fall
    bounds = (
        (low - BEYOND * span, high + BEYOND * span),
        (math.log2(WIDTHS[0] * span), math.log2(WIDTHS[1] * span)),
        (0.0, most),
    )
    t, width, lapse = (
        Cells(np.linspace(a, b, n + 1), a, b) for (a, b), n in zip(bounds, steps, strict=True)
    )  # fmt: skip
    return t, width, lapse


def posterior(x: Array, guess: Array, asked: Array, right: Array, low: float, high: float) -> Posterior:
    """The posterior after ``right`` of ``asked`` answers at the places ``x``, with the guess rates ``guess``; all
    float64[J]. ``low`` and ``high``: the levels' span on the axis. Performance rises with x."""
    cells = prior_cells(low, high, float(guess.max(initial=0.0)))
    found = _posterior(cells, x, guess, asked, right)
    for _ in range(PASSES):
        t, width, lapse = (margin.cells.around(margin.mass) for margin in (found.threshold, found.widths, found.lapses))
        if all(new.step > 0.5 * old.step for new, old in zip((t, width, lapse), cells, strict=True)):
            break
        cells = t, width, lapse
        found = _posterior(cells, x, guess, asked, right)
    return found


def _posterior(cells: tuple[Cells, Cells, Cells], x: Array, guess: Array, asked: Array, right: Array) -> Posterior:
    t, width, lapse = cells
    empty = Posterior(t, width, lapse, np.zeros(0), 0.0)
    rises = empty.rises(x)
    log = np.zeros((len(t.middles), len(width.middles), len(lapse.middles)))
    for j in range(len(x)):  # a loop over levels, so that memory is that of one grid
        p = guess[j] + (1 - guess[j] - lapse.middles) * rises[:, :, j, None]
        log += right[j] * np.log(np.maximum(p, 1e-300)) + (asked[j] - right[j]) * np.log(np.maximum(1 - p, 1e-300))
    log += log_prior(cells)
    top = float(log.max())
    mass = np.exp(log - top)
    total = float(mass.sum())
    return Posterior(t, width, lapse, mass / total, top + math.log(total))


def log_prior(cells: tuple[Cells, Cells, Cells]) -> Array:
    """The logarithm of the prior's mass in each cell: float64[1, 1, L] and what is the same for all."""
    t, width, lapse = cells
    flat = sum(math.log(one.step / (one.high - one.low)) for one in (t, width))
    held = -((1 - lapse.edges) ** LAPSE_BETA)  # the distribution function of beta(1, b) is 1 - (1 - l)^b
    whole = 1 - (1 - lapse.high) ** LAPSE_BETA
    return np.asarray(flat + np.log(np.diff(held) / whole)[None, None, :], dtype=np.float64)


def level_evidence(guess: Array, asked: Array, right: Array) -> tuple[float, Array]:
    """The log evidence that performance is the same at all levels, some share of the way from guessing to 1, all
    shares alike; and quantiles 0.025, 0.5, 0.975 of that share."""
    n = 512
    share = (np.arange(n) + 0.5) / n
    p = guess[:, None] + (1 - guess[:, None]) * share
    log = (right[:, None] * np.log(p) + (asked - right)[:, None] * np.log(1 - p)).sum(axis=0) - math.log(n)
    top = float(log.max())
    mass = np.exp(log - top)
    margin = Margin(Cells(np.linspace(0, 1, n + 1), 0.0, 1.0), mass / mass.sum())
    return top + math.log(float(mass.sum())), np.array([margin.quantile(q) for q in (0.025, 0.5, 0.975)])
