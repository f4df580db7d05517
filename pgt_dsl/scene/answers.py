"""Answers in words, by the form of the question: yes or no, a number with its unit, a word, a phrase, coordinates."""

from __future__ import annotations

import math
from typing import Any

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.formats import PICTURE, SHORT_SIDE, Speech, decimal, say_value

Json = Any

LISTS = ("shapes", "values", "points", "boxes")
CONTINUOUS = ("quantity", "point", "points", "box", "boxes")

# How the values of quantities are measured in ``Answered.value`` and ``Answered.within``.
UNITS = {"length": "px", "area": "px2", "angle": "deg"}


def answer_text(value: Json, form: str, type: Type, speech: Speech, within: float | None = None) -> str:
    """The short answer. ``within`` is the tolerance of a quantity or a point, in the answer's own unit.

    Raises ``Unspeakable`` for a value without words.
    """
    if form == "bool":
        return ("Yes" if value else "No") if speech.tongue is None else speech.tongue.truth(bool(value))
    if form == "quantity":
        return _quantity(float(value), type.base, speech, within)
    if form in ("point", "points"):
        format = f".{point_places(speech, within)}"
        return say_value(value, type, speech, format)
    return say_value(value, type, speech)


def rounding(within: float) -> float:
    """The step to which an answer with this tolerance is rounded: the largest of 1, 2, 5 times a power of ten that is
    at most a tenth of it."""
    tenth = within / 10
    power = 10.0 ** math.floor(math.log10(tenth))
    return max(m * power for m in (1, 2, 5) if m == 1 or m * power <= tenth * (1 + 1e-9))


def unit_of(type: Type, form: str) -> str:
    """The unit of ``Answered.value`` for a quantity, "" for plain numbers and other forms."""
    return UNITS.get(type.base, "") if form == "quantity" else ""


def per_unit(base: str, speech: Speech) -> float:
    """What a quantity is divided by before it is written: lengths are per cent of the shorter side, and so on."""
    if base == "length":
        return speech.short_side / 100
    return speech.width * speech.height / 100 if base == "area" else 1.0


def unit_words(base: str, number: str) -> str:
    """The words after the number."""
    if base == "angle":
        return " degree" if number == "1" else " degrees"
    return {"length": f"% {SHORT_SIDE}", "area": f"% {PICTURE}"}.get(base, "")


def point_places(speech: Speech, within: float | None) -> int:
    """Decimals of normalised coordinates: two, or more where rounding would take over a quarter of the tolerance."""
    if not within or not math.isfinite(within):
        return 2
    half_step = within / 4 / max(speech.width, speech.height)
    return min(max(2, math.ceil(-math.log10(2 * half_step) - 1e-9)), 4)


def _quantity(value: float, base: str, speech: Speech, within: float | None) -> str:
    per = per_unit(base, speech)
    shown = value / per
    if within and within > 0 and math.isfinite(within):
        step = rounding(within / per)
        places = max(0, -math.floor(math.log10(step) + 1e-9))
        number = decimal(round(shown / step) * step if math.isfinite(shown) else shown, min(places, 9))
    else:
        number = decimal(shown)
    return number + unit_words(base, number) if speech.tongue is None else speech.tongue.quantity(number, base)
