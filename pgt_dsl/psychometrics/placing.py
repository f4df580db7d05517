"""Where to ask next: the levels whose answers are expected to leave the threshold least uncertain.

What an answer tells of threshold, slope and lapse is its Fisher information. Of the inverse of their sum over all
questions, the first element is the variance that the threshold will have, with slope and lapse unknown too. Each next
question goes where the mean of the logarithm of that variance, over draws from the posterior, becomes the least: a
Bayesian c-optimal design (Chaloner & Verdinelli 1995). The Psi method (Kontsevich & Tyler 1999) and QUEST+ (Watson
2017) look one answer ahead instead. For a threshold that is short-sighted: what is told of the slope pays later.

Questions are placed in blocks, since a model answers several at once. The first block has equal numbers at all levels.
What is placed is a function of the answers alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pgt_dsl.psychometrics.posterior import WIDTHS, Posterior, log_prior, logistic, prior_cells
from pgt_dsl.psychometrics.tally import Array, Tally, on_axis

STEPS = 64, 12, 6  # cells of t, width and lapse: coarser than of a fit, since only levels are compared
DRAWS = 256
FIRST = 2  # questions at each level before any is chosen
LAPSE_VARIANCE = 10 / (11**2 * 12)  # of beta(1, 10)
Cell = tuple[float, float]  # a level, and what guessing gives


class Placing:
    """The posterior for all cells (level, guess rate) of a series, to choose among them.

    rising: whether performance rises with the level; None weighs both ways by their evidence.
    """

    def __init__(self, cells: Sequence[Cell], axis: str, rising: bool | None) -> None:
        self.cells = sorted(set(cells))
        x = on_axis((level for level, _ in self.cells), axis)
        guess = np.array([g for _, g in self.cells])
        self._place = {cell: k for k, cell in enumerate(self.cells)}
        self._ways = [_Way(sign * x, guess) for sign in ((1,) if rising else (-1,) if rising is False else (1, -1))]

    def block(self, counts: Sequence[Tally], waiting: Mapping[float, Sequence[float]], size: int) -> list[float]:
        """The levels of the next ``size`` questions, or of as many as there are; of ``FIRST`` at each when nothing was
        answered.

        counts: what was answered. waiting: for each level the guess rates of the questions that can still be asked
        there, in the order in which they would be.
        """
        left = {level: list(guesses) for level, guesses in sorted(waiting.items())}
        if not any(tally.asked for tally in counts):
            return [level for k in range(FIRST) for level, guesses in left.items() if len(guesses) > k]
        right, wrong = np.zeros(len(self.cells)), np.zeros(len(self.cells))
        for tally in counts:
            right[self._place[tally.level, tally.guess]] += tally.right
            wrong[self._place[tally.level, tally.guess]] += tally.asked - tally.right
        found = [way.posterior(right, wrong) for way in self._ways]
        log = np.array([one.log_evidence for one in found])
        chances = np.exp(log - log.max()) / np.exp(log - log.max()).sum()
        designs = [way.design(one, right + wrong) for way, one in zip(self._ways, found, strict=True)]
        placed: list[float] = []
        while len(placed) < size:
            open_ = [level for level, guesses in left.items() if guesses]
            if not open_:
                break
            at = np.array([self._place[level, left[level][0]] for level in open_])
            costs = sum(c * design.expected(at) for c, design in zip(chances, designs, strict=True))
            best = int(np.argmin(costs))
            for design in designs:
                design.ask(int(at[best]))
            left[open_[best]].pop(0)
            placed.append(open_[best])
        return placed


class _Way:
    """The cells with performance that rises with the signed axis; the grid is that of the whole prior."""

    def __init__(self, x: Array, guess: Array) -> None:
        self.x, self.guess = x, guess
        self.span = float(x.max() - x.min()) or 1.0
        self.cells = prior_cells(float(x.min()), float(x.max()), float(guess.max()), STEPS)
        lapse = self.cells[2]
        rises = Posterior(*self.cells, np.zeros(0), 0.0).rises(x)
        p = guess + (1 - guess - lapse.middles[:, None]) * rises[:, :, None, :]
        self._right, self._wrong = np.log(np.maximum(p, 1e-300)), np.log(np.maximum(1 - p, 1e-300))
        self._prior = log_prior(self.cells)

    def posterior(self, right: Array, wrong: Array) -> Posterior:
        """After so many right and wrong answers in each cell."""
        log = self._prior + self._right @ right + self._wrong @ wrong
        top = float(log.max())
        mass = np.exp(log - top)
        return Posterior(*self.cells, mass / mass.sum(), top + math.log(float(mass.sum())))

    def design(self, found: Posterior, asked: Array) -> _Design:
        """The covariances of the parameters (t, log s, l) after the questions asked, for draws of a posterior."""
        t, s, lapse = (draws[:, None] for draws in found.draws(DRAWS))
        rise = logistic(s * (self.x - t))
        p = self.guess + (1 - self.guess - lapse) * rise
        steep = (1 - self.guess - lapse) * rise * (1 - rise)
        slopes = np.stack([-s * steep, s * (self.x - t) * steep, -rise], axis=-1)
        slopes /= np.sqrt(np.maximum(p * (1 - p), 1e-12))[..., None]
        prior = np.array([(2 * self.span) ** 2 / 12, math.log(WIDTHS[1] / WIDTHS[0]) ** 2 / 12, LAPSE_VARIANCE])
        information = np.diag(1 / prior) + np.einsum("dji,djk,j->dik", slopes, slopes, asked)
        return _Design(slopes, np.linalg.inv(information))


@dataclass
class _Design:
    """``slopes`` float64[D, J, 3]: the derivatives of the share right by the parameters over its standard deviation,
    whose outer products are the Fisher information of a question; ``covariance`` float64[D, 3, 3]."""

    slopes: Array
    covariance: Array

    def expected(self, at: Array) -> Array:
        """The mean logarithm of the threshold's variance after a question in each of some cells: float64[K]."""
        some = self.slopes[:, at]
        shift = np.einsum("dik,djk->dji", self.covariance, some)
        gain = shift[:, :, 0] ** 2 / (1 + (shift * some).sum(axis=-1))
        return np.asarray(np.log(self.covariance[:, None, 0, 0] - gain).mean(axis=0), dtype=np.float64)

    def ask(self, at: int) -> None:
        """Count a question in a cell."""
        shift = np.einsum("dik,dk->di", self.covariance, self.slopes[:, at])
        share = 1 + (shift * self.slopes[:, at]).sum(axis=-1)
        self.covariance = self.covariance - shift[:, :, None] * shift[:, None, :] / share[:, None, None]
