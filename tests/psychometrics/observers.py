"""Observers whose psychometric function is known, and what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pgt_dsl.psychometrics.tally import Tally, on_axis

LEVELS = tuple(float(x) for x in 2 * 2 ** np.linspace(0, 3, 8))  # 2 .. 16, three octaves


@dataclass(frozen=True)
class Observer:
    """``threshold``: a level; ``slope``: logits an octave or unit, below 0 when more is harder."""

    threshold: float = 5.0
    slope: float = 3.0
    lapse: float = 0.03
    axis: str = "log2"

    def chance(self, level: float, guess: float) -> float:
        """How likely an answer is right."""
        x, t = on_axis((level, self.threshold), self.axis)
        return float(guess + (1 - guess - self.lapse) / (1 + np.exp(-self.slope * (x - t))))

    def expected(self, each: int, guess: float = 0.5, levels: Sequence[float] = LEVELS) -> list[Tally]:
        """``each`` answers a level, as many of them right as are to be expected."""
        return [Tally(level, guess, each, round(each * self.chance(level, guess))) for level in levels]

    def asked(self, each: int, seed: int, guess: float = 0.5, levels: Sequence[float] = LEVELS) -> list[Tally]:
        """``each`` answers a level, drawn."""
        random = np.random.default_rng(seed)
        return [Tally(level, guess, each, int(random.binomial(each, self.chance(level, guess)))) for level in levels]
