"""Answers along an axis, counted: a psychometric function depends on nothing else of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pgt_dsl.diagnostics import PgtError

Array = npt.NDArray[np.float64]
AXES = ("log2", "linear")


@dataclass(frozen=True, slots=True, order=True)
class Tally:
    """``right`` of ``asked`` answers at a ``level``, in the unit of the series, where guessing alone is right with
    probability ``guess``. Answers of one level in forms that are guessed with another probability are another tally."""

    level: float
    guess: float
    asked: int
    right: int


def tallies(answers: Iterable[tuple[float, float, bool]]) -> tuple[Tally, ...]:
    """The tallies of answers ``(level, guess, right)``, by level and guess, whatever the order of the answers."""
    counts: dict[tuple[float, float], list[int]] = {}
    for level, guess, right in answers:
        found = counts.setdefault((float(level), float(guess)), [0, 0])
        found[0] += 1
        found[1] += bool(right)
    return tuple(Tally(*key, *counts[key]) for key in sorted(counts))


def check_tallies(found: Sequence[Tally], axis: str) -> None:
    """Raises ``PgtError`` for counts that cannot be, for levels that the axis does not have, and for no answers."""
    if axis not in AXES:
        raise PgtError(f"there is no axis `{axis}`; there are: {', '.join(AXES)}")
    if not any(tally.asked for tally in found):
        raise PgtError("a curve needs answers; there are none")
    for tally in found:
        if not 0 <= tally.right <= tally.asked:
            raise PgtError(f"{tally.right} of {tally.asked} answers at level {tally.level:g} cannot be right")
        if not 0 <= tally.guess < 1:
            raise PgtError(f"a guess is right with a probability from 0 up to 1, not {tally.guess:g}; 1 is no question")
        if not math.isfinite(tally.level):
            raise PgtError(f"a level is a number, not {tally.level}")
        if axis == "log2" and tally.level <= 0:
            raise PgtError(f'level {tally.level:g} has no place on an axis of ratios; levels up to 0 are `"linear"`')


def on_axis(levels: Iterable[float], axis: str) -> Array:
    """Levels as places on the axis: octaves (log2 of the level), or the level itself."""
    found = np.asarray(list(levels), dtype=np.float64)
    return np.log2(found) if axis == "log2" else found


def off_axis(place: float, axis: str) -> float:
    """The level at a place of the axis."""
    return float(2.0**place) if axis == "log2" else float(place)
