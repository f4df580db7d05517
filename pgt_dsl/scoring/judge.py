"""What a value that was read is worth: exact, by tolerance, by overlap of boxes, by matched places."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from pgt_dsl.scene.options import apart, overlap, same_answer
from pgt_dsl.scene.scene import Answered
from pgt_dsl.scoring.subject import Asked

Json = Any

FALL = 3.0  # partial credit for measures reaches 0 at this many tolerances
ENOUGH = 0.5  # overlap (IoU) from which a box is right, where the question says nothing
ROUNDED = 0.0051  # half a step of the two decimals in which boxes are written, and a little

_IN_ORDER = re.compile(
    r"\b(?:order|from (?:the )?\w+ to|in sequence|one after the other|clockwise|starting|first to last)\b",
    re.IGNORECASE,
)


def judge(value: Json, asked: Asked, ordered: bool | None = None) -> tuple[float, bool]:
    """The worth of a value, 0 .. 1, and whether it is right.

    ordered: whether the order of several points or boxes counts; None asks the question's own words. The order of
    lists of shapes and values always counts, unless it is False.
    """
    ask = asked.ask
    if ask.form == "quantity":
        return _near(apart(value, ask.value, ask.unit), ask.within, ask, value)
    if ask.form == "point":
        return _near(math.dist(value, ask.value), ask.within, ask, value)
    if ask.form == "box":
        return _overlap(value, ask.value, asked)
    if ask.form in ("points", "boxes"):
        wanted = bool(_IN_ORDER.search(ask.question)) if ordered is None else ordered
        return _several(value, asked, wanted)
    if ask.form in ("shapes", "values"):
        return _list(value, ask.value, ordered is not False)
    right = type(value) is type(ask.value) and value == ask.value
    return float(right), right


def mistake_of(value: Json, ask: Answered) -> str | None:
    """The name of the known wrong answer that a value is, "" for one without a name; None when it is none of them."""
    for wrong in ask.wrong:
        if type(wrong.value) is type(value) and same_answer(wrong.value, value, ask.form, _rounding(ask), ask.unit):
            return wrong.mistake
    return None


def _rounding(ask: Answered) -> float | None:
    """How far a quantity as written may lie from a wrong answer: a tenth of the tolerance."""
    return ask.within / 10 if ask.within else None


def _near(gap: float, within: float | None, ask: Answered, value: Json) -> tuple[float, bool]:
    """1 inside the tolerance, then falling in a straight line to 0 at ``FALL`` tolerances."""
    tolerance = (within or 0.0) * (1 + 1e-9) + 1e-9
    if gap <= tolerance:
        return 1.0, True
    return max(0.0, (FALL * tolerance - gap) / ((FALL - 1) * tolerance)), False


def _overlap(value: Sequence[float], wanted: Sequence[float], asked: Asked) -> tuple[float, bool]:
    """The overlap; a box that is right to the last digit of the short answer is worth 1."""
    if asked.scene is not None:
        sides = (asked.scene.width, asked.scene.height) * 2
        if all(abs(a - b) <= ROUNDED * s for a, b, s in zip(value, wanted, sides, strict=True)):
            return 1.0, True
    share = overlap(value, wanted)
    return share, share >= (asked.ask.within or ENOUGH) - 1e-9


def _several(value: Sequence[Json], asked: Asked, ordered: bool) -> tuple[float, bool]:
    """F1 of the places that have a partner within the tolerance, each one; right when all have one."""
    wanted = asked.ask.value
    if not value or not wanted:
        return float(len(value) == len(wanted)), len(value) == len(wanted)
    if len(value) > 20 * len(wanted):  # many guesses: no partner is looked for
        return 0.0, False

    def fits(a: Json, b: Json) -> bool:
        if asked.ask.form == "points":
            return _near(math.dist(a, b), asked.ask.within, asked.ask, a)[1]
        return _overlap(a, b, asked)[1]

    if ordered:
        hits = sum(fits(a, b) for a, b in zip(value, wanted, strict=False))
    else:
        hits = _matched([[fits(a, b) for b in wanted] for a in value])
    return 2 * hits / (len(value) + len(wanted)), hits == len(value) == len(wanted)


def _matched(fits: Sequence[Sequence[bool]]) -> int:
    """The most pairs that can be made, each place once: Kuhn's algorithm (scipy, which has it, is not required)."""
    partner: dict[int, int] = {}

    def place(row: int, seen: set[int]) -> bool:
        for column, fit in enumerate(fits[row]):
            if fit and column not in seen:
                seen.add(column)
                if column not in partner or place(partner[column], seen):
                    partner[column] = row
                    return True
        return False

    return sum(place(row, set()) for row in range(len(fits)))


def _list(value: Sequence[Json], wanted: Sequence[Json], ordered: bool) -> tuple[float, bool]:
    """In order: the share of places that hold the right item. Without: F1 of the items, each as often as there."""
    most = max(len(value), len(wanted))
    if most == 0:
        return 1.0, True
    if ordered:
        hits = sum(type(a) is type(b) and a == b for a, b in zip(value, wanted, strict=False))
        return hits / most, hits == len(value) == len(wanted)
    left = list(wanted)
    hits = 0
    for item in value[:1000]:
        if item in left:
            left.remove(item)
            hits += 1
    return 2 * hits / (len(value) + len(wanted)), hits == len(value) == len(wanted)
