"""Formats of holes (``{n:word}``) and how a single value is written in words.

``FORMATS`` is the closed list: the checker asks ``format_fits``, the reference is generated from it. Values come as
in a ``Scene`` (lengths px, angles degrees, points ``[x, y]``, colours ``"#rrggbb"``, shapes slots).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program import english
from pgt_dsl.program.datatypes import BASES, Type

Json = Any

SHORT_SIDE = "of the shorter side"
PICTURE = "of the picture"


class Unspeakable(PgtError):
    """A value has no words: a colour without a name, an undefined number, a shape without a phrase."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what it does, the base types that it fits, whether it wants a list, and an example."""

    doc: str
    bases: tuple[str, ...]
    example: str
    listed: bool = False


_NOUNS = ("form", "text", "color", "shape")
_NUMBERS = ("number", "length", "area", "angle")

FORMATS: Mapping[str, Format] = {
    "a": Format("with the article a or an", _NOUNS, "{s.form:a}: an ellipse"),
    "bare": Format("without an article", _NOUNS, "{s:bare}: red circle"),
    "many": Format("in the plural", ("form", "text", "shape"), "{s.form:many}: stars"),
    "upper": Format("in capital letters", _NOUNS, "{s.color:upper}: RED"),
    "word": Format("a whole number in words, up to one hundred", ("int",), "{n:word}: seven"),
    "nth": Format("a whole number as a rank", ("int",), "{n:nth}: third"),
    "00": Format("a whole number padded with zeros to as many digits (0, 00, 000, ...)", ("int",), "{n:00}: 07"),
    ".1": Format("as many decimals (.0 to .9)", ("int", *_NUMBERS, "point", "vector"), "{x:.1}: 0.3"),
    "%": Format("a share; of lengths, of the shorter side", ("int", "number", "length", "area"), "{x:%}: 23%"),
    "vmin": Format("a length in hundredths of the shorter side", ("length",), "{d:vmin}: 12.5 vmin"),
    "vw": Format("a length in hundredths of the width", ("length",), "{d:vw}: 12.5 vw"),
    "vh": Format("a length in hundredths of the height", ("length",), "{d:vh}: 12.5 vh"),
    "px": Format("a length or a point in pixels", ("length", "point"), "{d:px}: 48 px"),
    "deg": Format("an angle with the degree sign", ("angle",), "{t:deg}: 37\u00b0"),
    "box": Format("a shape by its upright bounding box", ("shape",), "{s:box}: [0.12, 0.30, 0.45, 0.62]"),
    "or": Format("a list with or before the last", BASES, "{xs:or}: A, B or C", listed=True),
    "and": Format("a list with and before the last", BASES, "{xs:and}: A, B and C", listed=True),
}


def format_named(name: str) -> Format | None:
    """The format of that name (``.3`` and ``000`` stand for their families), or None."""
    if re.fullmatch(r"\.\d", name):
        return FORMATS[".1"]
    if re.fullmatch(r"0{1,9}", name):
        return FORMATS["00"]
    return FORMATS.get(name)


def format_fits(name: str, type: Type) -> bool:
    """Whether a value of ``type`` can be written with the format; item formats fit lists of such items."""
    known = format_named(name)
    if known is None or type.base not in known.bases or type.rank > 1:
        return False
    return type.rank == 1 or not known.listed


class Tongue(Protocol):
    """What says values in another language than English (``languages.tongue``)."""

    def say(self, value: Json, type: Type, speech: Speech, format: str | None = None) -> str:
        """A value in words."""
        ...

    def choose(self, value: Json, type: Type, choices: Sequence[str], speech: Speech) -> str:
        """The choice of a hole that agrees with its value."""
        ...

    def noun_phrase(self, label: str, name: str, color: str, noun: str, format: str | None = None) -> str:
        """What texts call a shape."""
        ...

    def meet(self, before: str, words: str) -> tuple[str, str]:
        """A text and the words of a hole that follow it, as they stand together."""
        ...

    def truth(self, value: bool) -> str:
        """The short answer yes or no."""
        ...

    def quantity(self, number: str, base: str) -> str:
        """A measured answer, of a number as English writes it."""
        ...

    @property
    def code(self) -> str:
        """The code of the language."""
        ...

    @property
    def nothing(self) -> str:
        """The answer that is an empty list."""
        ...


@dataclass(frozen=True, slots=True)
class Speech:
    """What words need to know of a picture: its size in px, names of colours by ``"#rrggbb"``, and the phrase of a
    shape by slot and format (``None`` gives "the red circle"). ``placed`` gathers the coordinates that are said: their
    words, and the numbers in px. ``tongue``: what says them, None for English."""

    width: float
    height: float
    colors: Mapping[str, str] = field(default_factory=dict)
    phrase: Callable[[int, str | None], str] | None = None
    placed: list[tuple[str, tuple[float, ...]]] | None = field(default=None, compare=False)
    tongue: Tongue | None = None

    @property
    def short_side(self) -> float:
        """The shorter side in px."""
        return min(self.width, self.height)


def decimal(x: float, places: int | None = None) -> str:
    """A number with exactly ``places`` decimals, or (None) with at most two; never "-0"."""
    if not math.isfinite(x):
        raise Unspeakable(f"a number in a text is {x}")
    if abs(x) >= 1e15:
        return f"{x:.3g}"
    text = f"{x:.{2 if places is None else places}f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text[1:] if text[0] == "-" and re.fullmatch(r"-0(\.0*)?", text) else text


def say_value(value: Json, type: Type, speech: Speech, format: str | None = None) -> str:
    """The value in words. Raises ``Unspeakable``."""
    if speech.tongue is not None:
        return speech.tongue.say(value, type, speech, format)
    if type.rank:
        word = format if format in ("or", "and") else ""
        inner = None if word else format
        return english.joined([say_value(item, type.item, speech, inner) for item in value], word or "")
    if value is None:
        raise Unspeakable("a text names a value that is undefined in this scene")
    base = type.base
    if base == "shape":
        if speech.phrase is None:
            raise Unspeakable("a shape has no phrase here")
        return speech.phrase(int(value), format)
    if base == "bool":
        return "yes" if value else "no"
    if base in ("color", "form", "text"):
        return _say_word(color_name(value, speech) if base == "color" else str(value), format)
    if base in ("point", "vector"):
        return say_pair(value, base, speech, format)
    return _say_number(float(value), base, speech, format)


def choose(value: Json, base: str, choices: Sequence[str]) -> str:
    """``{n|one|other}`` by number and ``{truth|yes|no}`` by truth: the first choice when 1 or true. Three choices of a
    number are for none, one and more; a text is true when it is not empty."""
    if base in ("bool", "text"):
        return choices[0 if value else -1]
    if len(choices) > 2 and value == 0:
        return choices[0]
    return choices[-2 if value == 1 and len(choices) > 1 else -1]


def color_name(value: Json, speech: Speech) -> str:
    """The English name of a colour. Raises ``Unspeakable``."""
    if value == "none":
        return "none"
    name = speech.colors.get(str(value))
    if name is None:
        raise Unspeakable(f"the colour {value} has no name; a text can only name named colours")
    return name


def _say_word(word: str, format: str | None) -> str:
    if format == "a":
        return english.with_article(word)
    if format == "many":
        return english.plural(word)
    return word.upper() if format == "upper" else word


def say_pair(value: Json, base: str, speech: Speech, format: str | None) -> str:
    """A point or vector; points are noted among ``speech.placed``."""
    x, y = value
    at = (float(x), float(y))
    places = 2 if format is None or not format.startswith(".") else int(format[1:])
    if format == "px":
        places = 0
    elif base == "point":
        x, y = x / speech.width, y / speech.height
    words = f"({decimal(x, places)}, {decimal(y, places)})"
    if base == "point" and speech.placed is not None:
        speech.placed.append((words, at))
    return words


def _say_number(x: float, base: str, speech: Speech, format: str | None) -> str:
    places = int(format[1:]) if format and format[0] == "." else None
    if base == "int":
        return _say_int(x, format, places)
    if base == "number":
        return decimal(100 * x, None) + "%" if format == "%" else decimal(x, places)
    if base == "angle":
        shown = decimal(x, places if places is not None else 0)
        return shown + ("\u00b0" if format == "deg" else " degree" if shown == "1" else " degrees")
    if base == "area":
        share = 100 * x / (speech.width * speech.height)
        shown = decimal(share if places is not None else round(share, 1), places)
        return shown + "%" if format == "%" else f"{shown}% {PICTURE}"
    if format == "px":
        return decimal(x, 0) + " px"
    whole = {"vw": speech.width, "vh": speech.height}.get(format or "", speech.short_side)
    share = 100 * x / whole
    if format in ("vmin", "vw", "vh"):
        return f"{decimal(round(share, 1))} {format}"
    shown = decimal(share, places if places is not None else 0)
    return shown + "%" if format == "%" else f"{shown}% {SHORT_SIDE}"


def _say_int(x: float, format: str | None, places: int | None) -> str:
    if not math.isfinite(x):
        raise Unspeakable(f"a number in a text is {x}")
    n = int(x)
    if format == "word":
        return english.number_word(n)
    if format == "nth":
        return english.ordinal(n)
    if format == "%":
        return f"{100 * n}%"
    if format and set(format) == {"0"}:
        return f"{n:0{len(format)}d}"
    return decimal(float(n), places) if places is not None else str(n)


def noun_phrase(label: str, name: str, color: str, noun: str, format: str | None = None) -> str:
    """What texts call a shape: its label; else its name; else "the {color} {noun}". A capital name stands alone.

    ``color`` is a name or "" (a composite or an object of a photo is called by its noun alone).
    """
    if label or (name and name[0].isupper()):
        words = label or name
        return words.upper() if format == "upper" else words
    words = name.removeprefix("the ") if name else f"{color} {noun}".strip()
    if format == "a":
        return english.with_article(words)
    if format == "bare":
        return words
    if format == "many":
        return english.plural(words)
    return f"the {words}".upper() if format == "upper" else f"the {words}"
