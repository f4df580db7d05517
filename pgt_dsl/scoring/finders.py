"""What can be found in a text for each form of an answer: yes and no, numbers, colours, words, phrases, letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pgt_dsl.scene.scene import Answered
from pgt_dsl.scoring.colors import color_vocabulary, colors_in
from pgt_dsl.scoring.letters import capitals
from pgt_dsl.scoring.numbers import Number, counts, numbers
from pgt_dsl.scoring.shapes import Shapes
from pgt_dsl.scoring.statements import Mention
from pgt_dsl.scoring.subject import Asked
from pgt_dsl.scoring.times import times
from pgt_dsl.scoring.truths import truths
from pgt_dsl.scoring.vocabulary import fold, word_vocabulary

Json = Any


@dataclass(frozen=True, slots=True)
class Finder:
    """``find`` gives the mentions of a statement; ``of_option`` key and value of an option's text."""

    find: Callable[[str], list[Mention]]
    of_option: Callable[[str], tuple[str, Json]]


def finder(asked: Asked) -> Finder:
    """The finder for a question."""
    ask = asked.ask
    item = _sample(ask)
    if ask.form == "bool" or isinstance(item, bool):
        return Finder(truths, lambda option: ("yes", True) if option.lower() == "yes" else ("no", False))
    if ask.form == "quantity":
        return _quantity(asked)
    if ask.form in ("shape", "shapes"):
        return _shapes(asked)
    if ask.form == "color" or (isinstance(item, str) and item.startswith("#")):
        return _colors(asked)
    if isinstance(item, int | float):
        return _listed(ask, Finder(counts, lambda option: _first(counts(option), option)))
    return _texts(asked)


def _sample(ask: Answered) -> Json:
    """A value that shows what the items of an answer are."""
    if isinstance(ask.value, list) and ask.form in ("shapes", "values"):
        lists = [ask.value, *(w.value for w in ask.wrong)]
        return next((item for values in lists if isinstance(values, list) for item in values), None)
    return ask.value


def _first(found: Sequence[Mention], option: str) -> tuple[str, Json]:
    return (found[0].key, found[0].value) if found else (fold(option), option)


def _listed(ask: Answered, plain: Finder) -> Finder:
    """Options of lists stand for whole lists."""
    if ask.form not in ("shapes", "values"):
        return plain
    known = {ask.text: ask.value, **{w.text: w.value for w in ask.wrong}}
    return Finder(plain.find, lambda option: (fold(option), known.get(option, option)))


# quantities ---------------------------------------------------------------------------------------


def _quantity(asked: Asked) -> Finder:
    def mention(number: Number) -> Mention | None:
        if number.value is None:
            return Mention(number.start, number.end, "range", None, "range")
        value = in_unit(number, asked)
        return None if value is None else Mention(number.start, number.end, f"{value:.6g}", value, number.said)

    def find(text: str) -> list[Mention]:
        return [m for m in map(mention, numbers(text)) if m is not None]

    return Finder(find, lambda option: _first(find(option), option))


def in_unit(number: Number, asked: Asked) -> float | None:
    """A number as a quantity in the unit of ``Answered.value``; None for a number of another kind."""
    unit, value = number.unit.rstrip("s"), number.value
    if value is None:
        return None
    own = asked.ask.unit
    percent = unit in ("%", "percent", "per cent")
    if own == "deg":
        if unit in ("radian", "rad"):
            return value * 57.29577951308232
        return None if percent or unit in ("px", "pixel", "vmin", "vw", "vh") else value
    if own not in ("px", "px2"):
        if unit in ("\u00b0", "degree", "deg", "px", "pixel"):
            return None
        return value / 100 if percent else value
    if unit in ("\u00b0", "degree", "deg", "radian", "rad"):
        return None
    if unit in ("px", "pixel"):
        return value
    if asked.scene is None:
        return None
    wide, high = asked.scene.width, asked.scene.height
    if own == "px2":
        return value * wide * high / 100
    if unit == "vw" or "width" in number.of:
        return value * wide / 100
    if unit == "vh" or "height" in number.of:
        return value * high / 100
    side = max(wide, high) if "longer" in number.of else min(wide, high)
    return value * side / 100


# words --------------------------------------------------------------------------------------------


def _all_values(asked: Asked) -> list[Json]:
    ask = asked.ask
    fields = [] if asked.scene is None else [v for s in asked.scene.shapes for v in s.fields.values()]
    return [ask.value, *(w.value for w in ask.wrong), *(v for v in fields if isinstance(v, str))]


def _colors(asked: Asked) -> Finder:
    words = color_vocabulary(colors_in(_all_values(asked)))
    return _listed(asked.ask, Finder(words.find, lambda option: _first(words.find(option), option)))


def _texts(asked: Asked) -> Finder:
    """Words that the question knows: of numbers also the number words, of times of day the spoken time."""
    ask = asked.ask
    known = _known_words(ask)
    words = [text for text, _ in known]
    if words and all(word.isdigit() for word in words):

        def digits(text: str) -> list[Mention]:
            return [Mention(m.start, m.end, m.key, str(m.value), m.said) for m in counts(text)]

        return _listed(ask, Finder(digits, lambda option: (option, option)))
    if words and all(re.fullmatch(r"\d{1,2}:\d\d", word) for word in words):
        return _listed(ask, Finder(times, lambda option: _first(times(option), option)))
    vocabulary = word_vocabulary(known)
    labels = {text.strip(): value for text, value in known if len(text.strip()) == 1}

    def find(text: str) -> list[Mention]:
        return [*vocabulary.find(text), *_labels(text, labels)]

    return _listed(
        ask, Finder(find, lambda option: (option.strip() if len(option.strip()) == 1 else fold(option), option))
    )


def _known_words(ask: Answered) -> list[tuple[str, Json]]:
    """The words that the question knows: of a list, its items."""
    if ask.form == "values":
        lists = [ask.value, *(w.value for w in ask.wrong)]
        return [(str(item), item) for values in lists if isinstance(values, list) for item in dict.fromkeys(values)]
    pairs = [(ask.text, ask.value), *((w.text, w.value) for w in ask.wrong), *((o, o) for o in ask.options)]
    return list({text: (text, value) for text, value in reversed(pairs)}.values())[::-1]


_LABELLED = re.compile(
    r"\b(?:letter|point|label|dot|line|bar|disc|circle|shape|node|item|object|box|exit)(?:e?s)?\s{1,2}"
    r"[\"'(]?([A-Za-z])\b(?!')",
    re.I,
)
_WHOLE = re.compile(r"^[\s\"'(\[{<]*([A-Za-z])[\s\"')\]}>.:,;!]*$")


def _labels(text: str, labels: dict[str, Json]) -> list[Mention]:
    """Labels of one letter: capitals that can be names, and letters that are called so."""
    if not labels:
        return []
    whole = _WHOLE.match(text)
    spans = [(whole.start(1), whole.end(1), whole[1])] if whole else []
    spans += capitals(text)
    spans += [(m.start(1), m.end(1), m[1]) for m in _LABELLED.finditer(text)]
    found: dict[int, Mention] = {}
    for start, end, letter in spans:
        name = letter if letter in labels else letter.upper()
        if name in labels:
            found.setdefault(start, Mention(start, end, name, labels[name], "label"))
        elif whole:
            found.setdefault(start, Mention(start, end, name, name, "label"))
    return list(found.values())


def _shapes(asked: Asked) -> Finder:
    ask, scene = asked.ask, asked.scene
    shapes = (
        [] if scene is None else sorted((s for s in scene.shapes if s.phrase), key=lambda s: (not s.entity, s.slot))
    )
    phrases: list[tuple[str, Json]] = [(s.phrase, s.slot) for s in shapes]
    if ask.form == "shape":
        phrases = [(ask.text, ask.value), *((w.text, w.value) for w in ask.wrong), *phrases]
    elif not shapes:
        words = [part.strip() for part in ask.text.split(",")]
        if isinstance(ask.value, list) and len(words) == len(ask.value):
            phrases = list(zip(words, ask.value, strict=True))
    phrases += [(o, o) for o in ask.options if ask.form == "shape"]
    in_play = [*ask.options] if ask.form == "shape" and ask.options else _entities(asked, phrases)
    vocabulary = Shapes(phrases, in_play, colors_in(_all_values(asked)))
    labels = {text.strip(): value for text, value in reversed(phrases) if len(text.strip()) == 1}

    offered = {fold(o) for o in ask.options} | {o.strip() for o in ask.options}
    asked_about = f" {fold(ask.question)} "

    def find(text: str) -> list[Mention]:
        found = [*vocabulary.find(text), *_labels(text, labels)]
        if any(m.key in offered for m in found):  # what the question itself speaks of is no answer beside an option
            found = [m for m in found if m.key in offered or f" {fold(m.key)} " not in asked_about]
        return found

    def of_option(option: str) -> tuple[str, Json]:
        key = option.strip() if len(option.strip()) == 1 else fold(option)
        return key, labels.get(key, vocabulary.values.get(key, option))

    return _listed(ask, Finder(find, of_option))


def _entities(asked: Asked, phrases: Iterable[tuple[str, Json]]) -> list[str]:
    if asked.scene is None:
        return [text for text, _ in phrases]
    return [s.phrase for s in asked.scene.shapes if s.phrase and s.entity]
