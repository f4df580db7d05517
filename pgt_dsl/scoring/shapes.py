"""Phrases of shapes in a text: "the red star", "the star" where there is one star, "the blue one", "B".

A phrase that names a colour and a form names that and nothing else: "the green star" is never the red one, although
there may be only one star.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pgt_dsl.program import english
from pgt_dsl.scoring.colors import color_vocabulary
from pgt_dsl.scoring.statements import Mention
from pgt_dsl.scoring.vocabulary import FORM_WORDS, Token, Vocabulary, fold, tokens

Json = Any

_GENERIC = frozenset({"one", "shape", "figure", "object", "item", "thing", "colored", "coloured", "element", "polygon"})
_ADJECTIVES = frozenset({
    "big", "large", "larger", "largest", "small", "smaller", "smallest", "filled", "solid", "outlined", "five",
    "pointed", "shaped", "colored", "coloured", "tiny", "tilted", "rotated", "little", "hollow", "bigger",
})  # fmt: skip
_ORDINALS = {english.ordinal(n): n for n in range(1, 10)}


class Shapes:
    """The shapes that a text may name. ``phrases``: all that can be named, phrase and value; ``in_play``: the phrases
    that can be the answer, among which a part of a phrase must be the only one that fits."""

    def __init__(self, phrases: Iterable[tuple[str, Json]], in_play: Iterable[str], colors: frozenset[str]) -> None:
        self.values = {fold(text): value for text, value in reversed(list(phrases))}
        self.in_play = [key for key in dict.fromkeys(fold(text) for text in in_play) if key in self.values]
        self._colors = color_vocabulary(colors)
        self._opaque = Vocabulary()
        self._nouns = Vocabulary()
        self._pairs: dict[tuple[str, str], str] = {}
        for key in self.values:
            self._learn(key)
        self._ranks()
        for noun, others in FORM_WORDS.items():
            for word in (noun, *others):
                self._nouns.add(word, noun, None, "phrase")
        self._made: dict[str, tuple[str, str]] = {key: pair for pair, key in self._pairs.items()}

    def _learn(self, key: str) -> None:
        """A phrase as a colour with a noun, or as it stands."""
        words = tokens(key)
        color = self._colors.at(words, 0) if words else None
        if len(key) == 1:
            return
        if color is None or color[0] >= len(words):
            self._opaque.add(key, key, self.values[key], "phrase")
            self._opaque.add(english.plural(key), key, self.values[key], "phrase")
            return
        noun = " ".join(t.word for t in words[color[0] :])
        self._pairs.setdefault((color[1], noun), key)
        for word in (noun, english.plural(noun), *FORM_WORDS.get(noun, ())):
            self._nouns.add(word, noun, None, "phrase")

    def _ranks(self) -> None:
        """Of "first image" and "second image" also "second", "the second one", "image 2"."""
        plain = [key.split() for key in self.in_play if len(key) > 1 and key not in self._pairs.values()]
        if len(plain) < 2 or len({words[-1] for words in plain}) > 1:
            return
        for words in plain:
            key, head, noun = " ".join(words), " ".join(words[:-1]), words[-1]
            forms = [head, f"{head} one", *(f"{head} {other}" for other in FORM_WORDS.get(noun, ()))]
            if head in _ORDINALS:
                n = _ORDINALS[head]
                forms += [f"{noun} {n}", f"{noun} {english.number_word(n)}", f"{n}th", f"{n}st", f"{n}nd", f"{n}rd"]
                forms += [f"{other} {n}" for other in FORM_WORDS.get(noun, ())]
            for form in filter(None, forms):
                self._opaque.add(form, key, self.values[key], "partial phrase")

    def find(self, text: str) -> list[Mention]:
        """The shapes that a text names; a phrase of no shape, or of several, is a mention without a value."""
        words = tokens(text)
        found: list[Mention] = []
        place = 0
        while place < len(words):
            size, key, value, said = self._at(words, place)
            if size:
                found.append(Mention(words[place].start, words[place + size - 1].end, key, value, said))
            place += max(size, 1)
        return found

    def _at(self, words: Sequence[Token], place: int) -> tuple[int, str, Json, str]:
        opaque = self._opaque.at(words, place)
        color = self._colors.at(words, place)
        if color is not None:
            noun_at = place + color[0]
            while noun_at < len(words) and noun_at < place + color[0] + 3 and words[noun_at].word in _ADJECTIVES:
                noun_at += 1
            noun = self._nouns.at(words, noun_at) if noun_at < len(words) else None
            if noun is not None:
                size = noun_at + noun[0] - place
                if opaque is None or opaque[0] < size:
                    return (size, *self._pair(color[1], noun[1], words[place].word))
            elif opaque is None or opaque[0] < color[0]:
                generic = noun_at < len(words) and words[noun_at].word in _GENERIC
                size = noun_at + 1 - place if generic else color[0]
                return (size, *self._one([k for k in self.in_play if self._part(k, 0) == color[1]], words[place].word))
        if opaque is not None:
            return opaque
        noun = self._nouns.at(words, place)
        if noun is not None:
            fitting = [k for k in self.in_play if self._part(k, 1) in self._same(noun[1])]
            if fitting:
                return (noun[0], *self._one(fitting, noun[1]))
        return 0, "", None, ""

    def _part(self, key: str, which: int) -> str | None:
        pair = self._made.get(key)
        return pair[which] if pair else None

    def _same(self, noun: str) -> set[str]:
        """Nouns that the same word may mean: a ball is also called a circle."""
        others = {n for n, words in FORM_WORDS.items() if noun in words}
        return {noun, *others} if noun not in {self._part(k, 1) for k in self.in_play} else {noun}

    def _pair(self, color: str, noun: str, word: str) -> tuple[str, Json, str]:
        for same in (noun, *sorted(self._same(noun) - {noun})):
            key = self._pairs.get((color, same))
            if key is not None:
                return key, self.values[key], "phrase"
        return f"{word} {noun}", None, "phrase"

    def _one(self, fitting: Sequence[str], words: str) -> tuple[str, Json, str]:
        if len(fitting) == 1:
            return fitting[0], self.values[fitting[0]], "partial phrase"
        return f"{words} ({len(fitting)})", None, "partial phrase"


def value_of(shapes: Mapping[str, Json], phrase: str) -> Json:
    """The value of a whole phrase, None for one that is not known."""
    return shapes.get(fold(phrase))
