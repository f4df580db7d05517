"""Who chooses the numbers of a scene: Hypothesis, or what was chosen before, which is then written down for Hypothesis.

Everything that is drawn comes from two questions: a whole number between two bounds, and a real one. Both choosers are
asked the same questions in the same order by the same code (``chosen``), so what ``Recorder`` writes down is the very
sequence of choices that ``Asked`` would take from Hypothesis: one for each question that has more than one answer.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

Choice = int | float


class NoChoiceError(Exception):
    """There is nothing to choose from: these choices give no scene."""


class Chooser(Protocol):
    """``want`` is the number that is wished for; None where any will do."""

    def whole(self, low: int, high: int, want: int | None = None) -> int:
        """A whole number of low .. high. Raises ``NoChoiceError`` when there is none."""
        ...

    def real(self, low: float, high: float, want: float | None = None) -> float:
        """A number of low .. high. Raises ``NoChoiceError`` when there is none."""
        ...


class Asked:
    """Asks Hypothesis; ``draw`` is the function that ``hypothesis.strategies.composite`` gives. It hears no wishes."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self._draw = draw

    def whole(self, low: int, high: int, want: int | None = None) -> int:
        """See ``Chooser``; shrinks towards the bound that is nearer to 0."""
        from hypothesis import strategies as st

        _possible(low, high)
        return low if low == high else int(self._draw(st.integers(low, high)))

    def real(self, low: float, high: float, want: float | None = None) -> float:
        """See ``Chooser``; shrinks towards whole numbers, small ones first."""
        from hypothesis import strategies as st

        _possible(low, high)
        return low if low == high else float(self._draw(st.floats(low, high, allow_nan=False)))


class Recorder:
    """Takes the wish, or what is nearest to it within the bounds, or the simplest where there is none; and writes it
    down in ``choices``."""

    def __init__(self) -> None:
        self.choices: list[Choice] = []

    def whole(self, low: int, high: int, want: int | None = None) -> int:
        """See ``Chooser``."""
        _possible(low, high)
        if low == high:
            return low
        chosen = min(max(int(want or 0), low), high)
        self.choices.append(chosen)
        return chosen

    def real(self, low: float, high: float, want: float | None = None) -> float:
        """See ``Chooser``."""
        _possible(low, high)
        if low == high:
            return low
        if want is None or not math.isfinite(want):
            want = float(math.ceil(low)) if low > 0 else float(math.floor(high)) if high < 0 else 0.0
        chosen = min(max(float(want), low), high) + 0.0  # not -0.0
        self.choices.append(chosen)
        return chosen


class Echo:
    """Answers as one was answered before as long as the same is asked, and passes other questions on."""

    def __init__(self, then: Chooser) -> None:
        self._then = then
        self._asked: list[tuple[Choice, Choice, Choice]] = []
        self._at = 0

    def whole(self, low: int, high: int, want: int | None = None) -> int:
        """See ``Chooser``."""
        known = self._known(low, high)
        return self._kept(low, high, self._then.whole(low, high, want)) if known is None else int(known)

    def real(self, low: float, high: float, want: float | None = None) -> float:
        """See ``Chooser``."""
        known = self._known(low, high)
        return self._kept(low, high, self._then.real(low, high, want)) if known is None else float(known)

    def again(self) -> None:
        """From here on the questions of before come again."""
        self._at = 0

    def _known(self, low: Choice, high: Choice) -> Choice | None:
        self._at += 1
        if self._at > len(self._asked) or self._asked[self._at - 1][:2] != (low, high):
            return None
        return self._asked[self._at - 1][2]

    def _kept(self, low: Choice, high: Choice, answer: Choice) -> Any:
        if self._at > len(self._asked):
            self._asked.append((low, high, answer))
        return answer


def _possible(low: float, high: float) -> None:
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise NoChoiceError(f"nothing lies in {low} .. {high}")
