"""Whether words tell a value: the oracle reads them, from left to right, against what it has computed itself.

Nothing is written here and then compared: a number is read out of the text and may be off by half a unit of its last
digit, words stand as they are. Only the spelling of plurals is shared with what writes texts (``program.english``);
which thing, colour or number is meant is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from pgt_dsl.geometry.oracle import Box
from pgt_dsl.program import english
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.program.oracle_verdict import SHARE
from pgt_dsl.scene.certify_phrases import Phrases

Value = Any
HUGE = 1e15  # numbers from here on are written with three digits
_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_RANKS = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth",
]  # fmt: skip
_NUMBER = re.compile(r"-?\d+(?:\.(\d+))?(?:e[+-]?\d+)?")
_POINT = re.compile(r"\((-?\d+(?:\.\d+)?), (-?\d+(?:\.\d+)?)\)")
_BOX = re.compile(r"\[" + ", ".join([r"(-?\d+(?:\.\d+)?)"] * 4) + r"\]")
_ENDS = ".?!"  # what ends a sentence; the next word begins with a capital


class Words:
    """Reads the words of one scene's texts. ``phrases`` says what its shapes are called."""

    def __init__(self, oracle: Oracle, phrases: Phrases) -> None:
        self._oracle, self._phrases = oracle, phrases
        self._width, self._height = oracle.world.width, oracle.world.height

    def ends(
        self, text: str, at: int, value: Value, type: Type, format: str | None = None, tolerance: float = 0.0
    ) -> Iterator[int]:
        """Where in a text words that begin ``at`` a place and tell the value may end. ``tolerance`` is of real values,
        in px, px2, degrees or plainly."""
        if type.rank:
            word = f" {format} " if format in ("or", "and") else ""
            inner = None if word else format
            yield from self._list(text, at, value, type, word, inner, tolerance)
        elif type.base == "shape":
            if format == "box" or self._phrases.is_written_as_box(value):
                yield from self._box(text, at, value.box, tolerance + max(value.inset))
            else:
                yield from _any(text, at, self._phrases.called(value, format))
        elif type.base in ("point", "vector"):
            yield from self._pair(text, at, value, type.base, format, tolerance)
        elif type.base in ("bool", "color", "form", "text"):
            yield from _any(text, at, self._spelt(value, type.base, format))
        elif type.base == "int":
            yield from _whole(text, at, int(value), format)
        else:
            yield from self._measured(text, at, float(value), type.base, format, tolerance)

    def tells(self, text: str, value: Value, type: Type, form: str, tolerance: float, within: float | None) -> bool:
        """Whether a short answer, as it stands, tells the value; ``within`` is its tolerance, in its own unit."""
        if form == "bool":
            return text == ("Yes" if value else "No")
        if form == "quantity":
            return self._quantity(text, float(value), type.base, tolerance, within)
        return len(text) in self.ends(text, 0, value, type, None, tolerance)

    def said(self, text: str, base: str) -> float | None:
        """The number of a quantity's short answer, in px, px2 or degrees, or plainly; None for what is none."""
        found = _NUMBER.match(text)
        if found is None:
            return None
        per, units = self._unit(base)
        return float(found[0]) * per if text[found.end() :] in units else None

    # numbers with units -------------------------------------------------------------------------------

    def _unit(self, base: str) -> tuple[float, tuple[str, ...]]:
        """Of short answers: what a number is multiplied by, and what may stand behind it."""
        if base == "length":
            return min(self._width, self._height) / 100, ("% of the shorter side",)
        if base == "area":
            return self._width * self._height / 100, ("% of the picture",)
        return 1.0, (" degree", " degrees") if base == "angle" else ("",)

    def _quantity(self, text: str, value: float, base: str, tolerance: float, within: float | None) -> bool:
        """Rounded to at most a tenth of the tolerance, so off by a twentieth at most; else to two decimals."""
        number, (per, _) = self.said(text, base), self._unit(base)
        if number is None:
            return False
        rounded = 0.05 * within if within and within < float("inf") else 0.005 * per
        if abs(value) >= HUGE * per:
            rounded = max(rounded, 0.005 * abs(value))
        slack = rounded * (1 + SHARE) + tolerance + SHARE * max(1.0, abs(value))
        off = abs(number - value)
        return min(off, abs(off - 360)) <= slack if base == "angle" else off <= slack

    def _measured(
        self, text: str, at: int, value: float, base: str, format: str | None, tolerance: float
    ) -> Iterator[int]:
        """A number in a sentence: which decimals it has and what stands behind it is said by its format."""
        fixed = int(format[1:]) if format and format[0] == "." else None
        per, places = 1.0, 2
        behind: tuple[str, ...] = ("",)
        if base == "number" and format == "%":
            per, behind = 0.01, ("%",)
        elif base == "angle":
            places, behind = 0, ("\u00b0",) if format == "deg" else (" degrees", " degree")
        elif base == "area":
            per, places = self._width * self._height / 100, 1
            behind = ("%",) if format == "%" else ("% of the picture",)
        elif base == "length":
            short = min(self._width, self._height)
            sides = {"vmin": short, "vw": self._width, "vh": self._height}
            if format == "px":
                places, behind = 0, (" px",)
            elif format in sides:
                per, places, behind = sides[format] / 100, 1, (f" {format}",)
            else:
                per, places = short / 100, 0
                behind = ("%",) if format == "%" else ("% of the shorter side",)
        places = places if fixed is None else fixed
        slack = (tolerance + SHARE * max(1.0, abs(value))) / per
        for end, number in _numbers(text, at, places, exactly=fixed is not None or places == 0):
            off, half = abs(number - value / per), 0.5 * 10.0**-places
            if base == "angle":
                off = min(off, abs(off - 360))
            if abs(number) >= HUGE:
                half = 0.005 * abs(number)
            if off <= half + slack + 1e-12 * abs(number):
                yield from (end + len(unit) for unit in behind if text.startswith(unit, end))

    # places -------------------------------------------------------------------------------------------

    def _pair(
        self, text: str, at: int, value: complex, base: str, format: str | None, tolerance: float
    ) -> Iterator[int]:
        found = _POINT.match(text, at)
        if found is None:
            return
        wide, high = (1.0, 1.0) if format == "px" or base == "vector" else (self._width, self._height)
        near = all(
            _near(number, part / side, (tolerance + SHARE * max(1.0, abs(part))) / side)
            for number, part, side in zip(found.groups(), (value.real, value.imag), (wide, high), strict=True)
        )
        if near:
            yield found.end()

    def _box(self, text: str, at: int, box: Box, tolerance: float) -> Iterator[int]:
        found = _BOX.match(text, at)
        if found is None:
            return
        sides = (self._width, self._height, self._width, self._height)
        slack = tolerance + SHARE * max(self._width, self._height)
        if all(_near(n, part / side, slack / side) for n, part, side in zip(found.groups(), box, sides, strict=True)):
            yield found.end()

    # words and lists ----------------------------------------------------------------------------------

    def _spelt(self, value: Value, base: str, format: str | None) -> tuple[str, ...]:
        """The ways in which a truth, a colour or a word may be written."""
        if base == "bool":
            return ("yes",) if value else ("no",)
        word = value if base != "color" or value == "none" else self._oracle.colors.get(value, "")
        if not word:
            return ("",) if base != "color" else ()
        return inflected(word, format)

    def _list(
        self, text: str, at: int, items: Sequence[Value], type: Type, word: str, format: str | None, tolerance: float
    ) -> Iterator[int]:
        if not items:
            yield from _any(text, at, ("none",))
            return
        last = len(items) - 1

        def rest(k: int, at: int) -> Iterator[int]:
            if k:
                between = word if word and k == last else ", "
                if not text.startswith(between, at):
                    return
                at += len(between)
            for end in self.ends(text, at, items[k], type.item, format, tolerance):
                if k == last:
                    yield end
                else:
                    yield from rest(k + 1, end)

        yield from rest(0, at)


def inflected(word: str, format: str | None) -> tuple[str, ...]:
    """A word in a format of nouns; which article suits it is a matter of spelling."""
    if format == "a":
        return f"a {word}", f"an {word}"
    if format == "many":
        return (english.plural(word),)
    return (word.upper() if format == "upper" else word,)


def _any(text: str, at: int, ways: Sequence[str]) -> Iterator[int]:
    """The ends of the words that stand there, with a capital where a sentence may begin."""
    for words in ways:
        if text.startswith(words, at) or (_may_begin(text, at) and text.startswith(words[:1].upper() + words[1:], at)):
            yield at + len(words)


def _may_begin(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \n\t\"'(\u201c\u2018")
    return not before or before[-1] in _ENDS


def _whole(text: str, at: int, n: int, format: str | None) -> Iterator[int]:
    """A whole number, in digits or in words; it is exact."""
    if format == "word" and 0 <= n <= 100:
        yield from _any(text, at, (_in_words(n),))
    elif format == "nth":
        ways = [_RANKS[n - 1]] if 1 <= n <= len(_RANKS) else [f"{n}{end}" for end in ("th", "st", "nd", "rd")]
        yield from _any(text, at, ways)
    elif format == "%":
        yield from _any(text, at, (f"{100 * n}%",))
    elif format and not format.strip("0"):
        yield from _any(text, at, (str(n).zfill(len(format)),))
    else:
        decimals = int(format[1:]) if format and format[0] == "." else 0
        yield from _any(text, at, (str(n) + ("." + "0" * decimals if decimals else ""),))


def _in_words(n: int) -> str:
    if n == 100:
        return "one hundred"
    tens, ones = divmod(n, 10)
    if n < 20:
        return _ONES[n]
    return _TENS[tens - 2] if not ones else f"{_TENS[tens - 2]}-{_ONES[ones]}"


def _numbers(text: str, at: int, places: int, exactly: bool) -> Iterator[tuple[int, float]]:
    """The numbers that may stand at a place, the longest first: with so many decimals exactly, or at most."""
    found = _NUMBER.match(text, at)
    if found is None:
        return
    if "e" in found[0]:
        yield found.end(), float(found[0])
        return
    whole = found.end() if found[1] is None else found.start(1) - 1
    decimals = len(found[1] or "")
    for k in (places,) if exactly else range(places, -1, -1):
        if k <= decimals:
            end = whole + 1 + k if k else whole
            yield end, float(text[at:end])


def _near(number: str, value: float, slack: float) -> bool:
    """Whether a number, rounded to the decimals that it is written with, is a value."""
    decimals = len(number.partition(".")[2])
    return abs(float(number) - value) <= 0.5 * 10.0**-decimals + slack
