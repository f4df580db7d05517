"""Little rules of English that texts need: number words, articles, plurals, lists, capitals."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {
    1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth",
    9: "ninth", 10: "tenth", 11: "eleventh", 12: "twelfth",
}  # fmt: skip
_IRREGULAR = {
    "person": "people", "child": "children", "man": "men", "woman": "women", "foot": "feet", "tooth": "teeth",
    "goose": "geese", "mouse": "mice", "ox": "oxen", "die": "dice", "knife": "knives", "leaf": "leaves",
    "life": "lives", "loaf": "loaves", "half": "halves", "shelf": "shelves", "wolf": "wolves", "calf": "calves",
    "scarf": "scarves", "wife": "wives", "thief": "thieves", "potato": "potatoes", "tomato": "tomatoes",
    "hero": "heroes", "axis": "axes", "vertex": "vertices", "quiz": "quizzes",
}  # fmt: skip
_SAME = frozenset({
    "sheep", "deer", "fish", "aircraft", "scissors", "skis", "glasses", "trousers", "jeans", "pants", "shorts",
    "pliers", "binoculars", "people", "children", "men", "women", "series", "species", "broccoli", "luggage",
    "furniture", "food", "grass", "water", "sand", "snow", "fruit",
})  # fmt: skip
# Words that begin with a vowel letter but a consonant sound, and the other way round.
_CONSONANT_SOUND = re.compile(r"(?:uni(?!n|m)|use|usu|eu|one\b|once\b|ufo|u-)", re.IGNORECASE)
_VOWEL_SOUND = re.compile(r"(?:hour|honest|heir|8|11\b|18\b)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?:^|[.?!]\s)[\s\"'(\u201c\u2018]*$")


def number_word(n: int) -> str:
    """The number in words from 0 to 100, in digits beyond: 7 -> "seven", 42 -> "forty-two"."""
    if 0 <= n < 20:
        return _ONES[n]
    if 20 <= n < 100:
        return _TENS[n // 10] + ("-" + _ONES[n % 10] if n % 10 else "")
    return "one hundred" if n == 100 else str(n)


NUMBER_WORDS = {number_word(n): n for n in range(101)}


def ordinal(n: int) -> str:
    """3 -> "third", 13 -> "13th", 21 -> "21st"; words from 1 to 12."""
    if n in _ORDINALS:
        return _ORDINALS[n]
    last = 0 if 10 <= abs(n) % 100 <= 20 else abs(n) % 10
    return str(n) + {1: "st", 2: "nd", 3: "rd"}.get(last, "th")


def with_article(words: str) -> str:
    """The words behind "a" or "an", by sound: "an ellipse", "a unicorn", "an hour", "an F"."""
    if not words:
        return words
    first = words.split()[0]
    if len(first) == 1 and first.isalpha():
        vowel = first.upper() in "AEFHILMNORSX"
    elif words[0].lower() in "aeiou":
        vowel = not _CONSONANT_SOUND.match(words)
    else:
        vowel = bool(_VOWEL_SOUND.match(words))
    return ("an " if vowel else "a ") + words


def plural(noun: str) -> str:
    """Several of a noun: the head of "X of Y", else the last word: "cups of tea", "wine glasses", "people"."""
    if " of " in noun:
        head, rest = noun.split(" of ", 1)
        return f"{plural(head)} of {rest}"
    before, space, last = noun.rpartition(" ")
    lower = last.lower()
    if not lower or (not lower[-1].isalpha()) or len(last) == 1:
        return noun + "s" if noun else noun
    if lower in _SAME:
        new = last
    elif lower in _IRREGULAR:
        new = last[0] + _IRREGULAR[lower][1:]
    elif lower.endswith(("s", "x", "z", "ch", "sh")):
        new = last + "es"
    elif lower.endswith("y") and lower[-2:-1] not in tuple("aeiou"):
        new = last[:-1] + "ies"
    else:
        new = last + "s"
    return before + space + new


def joined(items: Sequence[str], word: str = "") -> str:
    """A comma list; with ``word`` ("or", "and") before the last item: "A, B or C". "none" when empty."""
    if not items:
        return "none"
    if not word or len(items) == 1:
        return ", ".join(items)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def capitalised(words: str) -> str:
    """The words with a capital at the start."""
    return words[:1].upper() + words[1:] if words[:1].islower() else words


def starts_sentence(before: str) -> bool:
    """Whether words that follow ``before`` begin a sentence."""
    return _SENTENCE_END.search(before) is not None
