"""Numbers as people and models write them: digits, words, fractions, units; and ranges, which are no one answer."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pgt_dsl.program.english import NUMBER_WORDS
from pgt_dsl.scoring.statements import Mention

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d{1,18}(?:\.\d{1,12})?(?:e[-+]?\d{1,2}\b)?|\.\d{1,12}"
_MORE_WORDS = {
    "dozen": 12, "couple": 2, "pair": 2, "twice": 2, "thrice": 3, "once": 1, "none": 0, "single": 1, "nil": 0,
    "zero": 0, "nothing": 0, "zeros": 0,
}  # fmt: skip
_UNITS = {w: n for w, n in NUMBER_WORDS.items() if n < 20}
_TENS = {w: n for w, n in NUMBER_WORDS.items() if n in range(20, 100, 10)}
_WORD = "|".join(sorted([*_UNITS, *_TENS, *_MORE_WORDS, "hundred", "thousand", "half", "quarter", "third"],
                        key=len, reverse=True))  # fmt: skip
_PIECE = re.compile(
    rf"(?P<digits>(?<![\w.,])[-+]?(?:{_DIGITS})(?!\d|[a-z]{{1,3}}\d))|"
    rf"(?P<words>\b(?:{_WORD})(?:(?:[\s-]|\sand\s)(?:{_WORD}))*\b)",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"\s?/\s?(\d{1,9})(?![\d/])")
_LATEX = re.compile(r"\\[dt]?frac\s?\{\s?(\d{1,9})\s?\}\s?\{\s?(\d{1,9})\s?\}")
_RANGE = re.compile(r"\s{0,2}(?:%|\u00b0|degrees?)?\s{0,2}(?:-|to|or|/|~|\.\.\.?)\s{0,2}$", re.IGNORECASE)
_PRODUCT = re.compile(r"\s{0,2}(?:\*|\u00b7|\+|plus|minus|times|x)\s{0,2}", re.IGNORECASE)
# Bounds say what the number is not.
_BOUND = re.compile(
    r"\b(?:(?:more|less|fewer|greater|larger|smaller|higher|lower) than|at least|at most|up to|over|under|above|below)"
    r"\s{1,2}(?:about |around )?$",
    re.IGNORECASE,
)
_POWERS = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}
_LARGE = re.compile(r"\s{1,2}(hundred|thousand|million|billion)\b", re.IGNORECASE)
_SPREAD = re.compile(r"^\s?(?:\+/-|\u00b1|\+-|plus or minus)\s?$", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s{1,3}$", re.IGNORECASE)
_UNIT = re.compile(
    r"\s{0,2}(?P<unit>%|percent\b|per cent\b|\u00b0|degrees?\b|deg\b|radians?\b|rad\b|px\b|pixels?\b|vmin\b|vw\b|vh\b|"
    r"times\b|x\b)?(?P<of>\s{0,2}of the (?:whole |total |entire |image's |picture's )?"
    r"(?:shorter side|short side|width|height|picture|image|area|canvas|longer side))?",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:option|choice|step|image|picture|panel|figure|fig\.?|bar|question|row|column|line|point)\s{1,2}#?$",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"^(?:st|nd|rd|th)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"(?:\b(?:the|this|that|each|every|other|another|which|no|any|some|first|second|third|last|correct|the only|"
    r"left|right|larger|smaller|bigger|upper|lower|red|blue|green|yellow|orange|purple|pink|brown|black|white|gr[ae]y|"
    r"navy|maroon|cyan)\s{1,2})$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text, with its unit in lower case ("" for none), and what its per cent is of; ``span`` of a range
    is the whole range, and its value None."""

    start: int
    end: int
    value: float | None
    unit: str
    of: str
    said: str


def numbers(text: str) -> list[Number]:
    """All numbers of a text, in order; ranges are one number without a value, "45 +/- 2" is 45."""
    text = _LATEX.sub(lambda m: f"{m[1]}/{m[2]}", text)
    text = re.sub(r"\bhalf (?:a|of a) dozen\b", "6           ", text, flags=re.IGNORECASE)
    found: list[Number] = []
    spread = False
    for number in _single(text):
        if found:
            last = found[-1]
            between = text[last.end : number.start]
            if _SPREAD.match(between):
                found[-1] = Number(
                    last.start, number.end, last.value, last.unit or number.unit, last.of or number.of, last.said
                )
                continue
            ranged = bool(_RANGE.match(between)) and (last.value != number.value or "/" in between)
            ranged = (
                ranged
                or _PRODUCT.fullmatch(between) is not None
                or (last.unit in ("x", "times") and not between.strip())
            )
            pair = re.fullmatch(r"\s{0,2}and\s{1,2}", between) and _BETWEEN.search(text[: last.start][-20:])
            if ranged or pair:
                found[-1] = Number(last.start, number.end, None, number.unit, number.of, "range")
                spread = True
                continue
        found.append(number)
    return found if spread or found else []


def _single(text: str) -> Iterator[Number]:
    at = 0
    while True:
        match = _PIECE.search(text, at)
        if match is None:
            return
        at = max(match.end(), at + 1)
        value, said, end = _value(match, text)
        if value is None or not math.isfinite(value):
            continue
        before, after = text[max(0, match.start() - 20) : match.start()], text[end : end + 60]
        if _ORDINAL.match(after) or _skipped(match, before, after, text) or _BOUND.search(text[: match.start()][-24:]):
            continue
        large = _LARGE.match(after) if match["digits"] else None
        if large:
            value, end = value * _POWERS[large[1].lower()], end + large.end()
            after = text[end : end + 60]
        unit = _UNIT.match(after)
        told = (unit["unit"] or "").lower() if unit else ""
        of = (unit["of"] or "").lower() if unit else ""
        end += unit.end() if unit and (told or of) else 0
        at = max(at, end)
        yield Number(match.start(), end, value, told, of, said)


def _value(match: re.Match[str], text: str) -> tuple[float | None, str, int]:
    """The value, how it was read and where it ends."""
    end = match.end()
    if match["digits"]:
        value = float(match["digits"].replace(",", ""))
        below = _FRACTION.match(text, end)
        if below and int(below[1]) and float(value).is_integer():
            return value / int(below[1]), "fraction", below.end()
        return value, "digits", end
    words = re.split(r"[\s-]+", match["words"].lower())
    value_of = _words_value([word for word in words if word != "and"])
    return value_of, "number word", end


def _words_value(words: list[str]) -> float | None:
    """ "two hundred and five" and "three quarters" as numbers; None for words that make none."""
    total, current, seen = 0.0, 0.0, False
    for k, word in enumerate(words):
        if word in _TENS:
            current += _TENS[word]
        elif word in _UNITS:
            if current and (current % 10 or _UNITS[word] >= 10) and current % 100:
                return None
            current += _UNITS[word]
        elif word == "hundred":
            current = (current or 1) * 100
        elif word == "thousand":
            total, current = total + (current or 1) * 1000, 0.0
        elif word in ("half", "third", "quarter"):
            part = {"half": 0.5, "third": 1 / 3, "quarter": 0.25}[word]
            return (current or 1) * part if k == len(words) - 1 else None
        elif word == "dozen":
            current = (current or 1) * 12
        elif not seen:
            current += _MORE_WORDS[word]
        else:
            return None
        seen = True
    return total + current


def _skipped(match: re.Match[str], before: str, after: str, text: str) -> bool:
    """Numbers that count nothing: of enumerated lines, of options and images, and the pronoun "one"."""
    if match["digits"]:
        listed = not before.rpartition("\n")[2].strip() and re.match(r"[.)]\s{1,3}\S", after) is not None
        return listed or _LABEL.search(before) is not None
    word = match["words"].lower()
    whole = not re.search(r"\w", text[: match.start()] + text[match.end() :])
    if word == "one" and not whole:
        if _PRONOUN.search(before) or re.search(r"\bno\s$", before, re.IGNORECASE):
            return True
        return re.match(r"\s{1,2}(?:of|another|is|can|could|has|looks|that|which|or more)\b", after) is not None
    if word == "half" and re.match(r"\s{1,2}of (?:the|it)\b", after):
        return False
    if word in ("third", "quarter", "half") and not whole:
        return not re.search(r"\b(?:a|one|is|about|:)\s{1,2}$", before)
    if word in ("single", "couple", "pair", "once", "nothing"):
        if whole or word == "once":
            return False
        return not re.search(r"\b(?:a|one|just|only)\s{1,2}$", before)
    return False


_NO_THINGS = re.compile(
    r"\b(?:there (?:are|is|were)|i (?:can )?see|contains?|has|have|with|shows?|meet|cross)\s{1,2}"
    r"(?P<no>no|not any|never|zero)\b(?!\s(?:doubt|problem|more than|fewer|less))",
    re.IGNORECASE,
)


def counts(text: str) -> list[Mention]:
    """The whole numbers of a text as mentions; "there are no stars" is 0; a range or a broken number is a value of its
    own that no answer has."""
    found = []
    for number in numbers(text):
        value = number.value
        if value is None:
            found.append(Mention(number.start, number.end, "range", None, "range"))
        elif number.unit in ("\u00b0", "%", "px") and not value.is_integer():
            continue
        else:
            whole = value.is_integer() and abs(value) < 1e15
            found.append(Mention(number.start, number.end, f"{value:g}" if not whole else str(int(value)),
                                 int(value) if whole else value, number.said))  # fmt: skip
    for match in _NO_THINGS.finditer(text):
        if match["no"].lower() != "zero":
            found.append(Mention(match.start("no"), match.end("no"), "0", 0, "number word"))
    return found
