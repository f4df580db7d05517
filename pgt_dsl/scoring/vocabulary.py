"""Words with the values that they name, found in a text at once: the longest at each place wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pgt_dsl.program import english
from pgt_dsl.scoring.statements import Mention

Json = Any

_TOKEN = re.compile(r"[a-z0-9]+")
_ARTICLE = re.compile(r"[\s\"'(]*(?:the|an|a)\s", re.IGNORECASE)  # "A) blue" begins with no article
_ARTICLES = frozenset({"the", "a", "an"})

# Names that models use for the forms, and for words of places, beside those of the language.
FORM_WORDS: Mapping[str, Sequence[str]] = {
    "circle": ("disc", "disk"),
    "diamond": ("rhombus", "lozenge"),
    "ellipse": ("oval",),
    "cross": ("plus", "plus sign", "plus shape"),
    "rectangle": ("rect",),
    "ball": ("sphere", "circle"),
    "dot": ("point",),
    "photo": ("photograph",),
    "image": ("picture",),
}
_SAME_WORDS = (
    ("upper left", "top left", "up left", "left upper", "up and to the left", "northwest", "upper left corner",
     "top left corner", "upward left", "up and left", "above and to the left", "above and left",
     "above left", "left and up", "diagonally up and to the left"),
    ("upper right", "top right", "up right", "right upper", "up and to the right", "northeast", "upper right corner",
     "top right corner", "up and right", "above and to the right", "above and right",
     "above right", "right and up", "diagonally up and to the right"),
    ("lower left", "bottom left", "down left", "left lower", "down and to the left", "southwest", "lower left corner",
     "bottom left corner", "down and left", "below and to the left", "below and left", "below left",
     "left and down", "diagonally down and to the left"),
    ("lower right", "bottom right", "down right", "right lower", "down and to the right", "southeast",
     "lower right corner", "bottom right corner", "down and right", "below and to the right", "below and right",
     "below right",
     "right and down",
     "diagonally down and to the right"),
    ("up", "upward", "upwards", "straight up"),
    ("down", "downward", "downwards", "straight down"),
    ("left", "leftward", "leftwards", "to the left"),
    ("right", "rightward", "rightwards", "to the right"),
    ("colour", "color", "colours", "colors"),
    ("form", "shape"),
    ("nothing", "none", "no change", "no difference"),
    ("grey", "gray"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text in lower case and where it stands."""

    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words of a text, without signs."""
    return [Token(m[0], m.start(), m.end()) for m in _TOKEN.finditer(text.lower())]


def fold(text: str) -> str:
    """A text without capitals, signs and a leading article; a lone letter is no article."""
    words = _TOKEN.findall(text.lower())
    article = len(words) > 1 and words[0] in _ARTICLES and _ARTICLE.match(text) is not None
    return " ".join(words[1:] if article else words)


class Vocabulary:
    """Phrases with the keys and values that they name."""

    def __init__(self) -> None:
        self._terms: dict[str, list[tuple[tuple[str, ...], str, Json, str]]] = {}
        self._known: set[str] = set()

    def __contains__(self, phrase: str) -> bool:
        return fold(phrase) in self._known

    def add(self, phrase: str, key: str, value: Json, said: str) -> None:
        """A phrase for a value; the first value of a phrase stays."""
        words = tuple(fold(phrase).split())
        if not words or " ".join(words) in self._known:
            return
        self._known.add(" ".join(words))
        terms = self._terms.setdefault(words[0], [])
        terms.append((words, key, value, said))
        terms.sort(key=lambda term: -len(term[0]))

    def at(self, words: Sequence[Token], place: int) -> tuple[int, str, Json, str] | None:
        """The longest phrase that begins at a word: how many words, key, value, how it is said."""
        for phrase, key, value, said in self._terms.get(words[place].word, ()):
            if len(phrase) == 1 or phrase == tuple(t.word for t in words[place : place + len(phrase)]):
                return len(phrase), key, value, said
        return None

    def find(self, text: str) -> list[Mention]:
        """All phrases of a text, left to right, without overlap."""
        words = tokens(text)
        found, place = [], 0
        while place < len(words):
            hit = self.at(words, place)
            if hit is None:
                place += 1
                continue
            size, key, value, said = hit
            found.append(Mention(words[place].start, words[place + size - 1].end, key, value, said))
            place += size
        return found


def word_vocabulary(known: Iterable[tuple[str, Json]], said: str = "word") -> Vocabulary:
    """The words that a question knows, with their plurals and singulars and the usual other names; single letters are
    left to ``letters``."""
    made = Vocabulary()
    pairs = [(text, value) for text, value in known if len(text.strip()) > 1]
    for text, value in pairs:
        made.add(text, fold(text), value, said)
    for text, value in pairs:
        key = fold(text)
        for group in _SAME_WORDS:
            if key in group:
                for other in group:
                    made.add(other, key, value, said)
        for other in (*FORM_WORDS.get(key, ()), *FORM_WORDS.get(_singular(key), ())):
            made.add(other, key, value, said)
            made.add(english.plural(other), key, value, said)
        made.add(english.plural(text), key, value, said)
        made.add(_singular(key), key, value, said)
        if "-" in text or " " in text:
            made.add(key.replace(" ", ""), key, value, said)
    return made


def _singular(word: str) -> str:
    for end, cut in (("ies", 3), ("sses", 2), ("xes", 2), ("ches", 2), ("shes", 2), ("s", 1)):
        if word.endswith(end) and len(word) > len(end) + 2 and not word.endswith("ss"):
            return word[:-cut] + ("y" if end == "ies" else "")
    return word
