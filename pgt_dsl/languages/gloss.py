"""A text in another language, word by word in English: what answers are read by.

Only words that are known are put into English: of the vocabulary, of ``reading``, and those of the question. Word
order stays, so it is no translation; it is what the reading of English answers needs. All else stands as it was, and
where the reading is in doubt it finds no answer. It takes time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise

from pgt_dsl.languages.language import Language, language
from pgt_dsl.program import english

Pairs = Iterable[tuple[str, str]]
MOST = 200_000  # characters that are read of a text: all that a reader looks at stands in them
_WORD = re.compile(r"[^\W\d_]+")
_CLAUSE = re.compile(
    r"[^*_`#$|\\,.;:!?()\[\]{}<>\"'\n\u3001\u3002\uff0c\uff1a\uff1b\uff01\uff1f\uff08\uff09\u201c\u201d]+"
)
_FULL = str.maketrans({
    "\uff0c": ", ", "\u3002": ". ", "\u3001": ", ", "\uff1a": ": ", "\uff1b": "; ", "\uff01": "! ", "\uff1f": "? ",
    "\uff08": " (", "\uff09": ") ", "\u201e": '"', "\u201c": '"', "\u201d": '"', "\u300a": '"', "\u300b": '"',
    "\uff05": "%",
})  # fmt: skip
_COMMA = re.compile(r"(?<=\d),(?=\d)")
_LETTER = re.compile(r"(?<![\w\"'(\[{<.\\-])([A-Z])(?=\s+\w)")  # is a name: only English has an article of one letter
_PERCENT = re.compile(r"(?<=\d)\s{1,2}%")


class Gloss:
    """Puts texts of a language into English words. ``pairs``: words of the question with their English, which come
    first."""

    def __init__(self, lang: Language, pairs: Pairs = ()) -> None:
        self.language = lang
        self._running: dict[str, str] = {}
        self._alone: dict[str, str] = {}
        for term, meant in pairs:
            self._running.setdefault(_folded(term), meant)
            self._alone.setdefault(_folded(term), meant)
        running, alone = _known_terms(lang.code) if lang is language(lang.code) else _terms(lang)
        self._running = {**running, **{t: m for t, m in self._running.items() if t}}
        self._alone = {**alone, **{t: m for t, m in self._alone.items() if t}}
        self._longest = max((len(term.split()) for term in self._running), default=1)
        self._endings = sorted(
            {e for table in lang.endings.values() for forms in table.values() for e in forms}, key=len, reverse=True
        )
        self._first: dict[str, int] = {}
        for term in self._running:
            self._first[term[0]] = max(self._first.get(term[0], 0), len(term))

    def __call__(self, text: str) -> str:
        """The text with the words that are known in English."""
        text = text[:MOST] if len(text) <= MOST else text[: MOST // 4] + "\n" + text[-(MOST - MOST // 4) :]
        if self.language.decimal != ".":
            text = _COMMA.sub(".", text)
        said = _CLAUSE.sub(lambda match: self._clause(match[0]), text)
        said = said if self.language.space else said.translate(_FULL)
        return _LETTER.sub(r'"\1"', _PERCENT.sub("%", said))

    def _clause(self, clause: str) -> str:
        whole = self._alone.get(_folded(clause))
        if whole is not None:
            lead = clause[: len(clause) - len(clause.lstrip())]
            return lead + whole + clause[len(clause.rstrip()) :]
        return self._words(clause) if self.language.space else self._signs(clause)

    def _words(self, clause: str) -> str:
        """Of a language that writes spaces: the longest run of words at each place."""
        words = list(_WORD.finditer(clause))
        made, at, place = [], 0, 0
        while place < len(words):
            for size in range(min(self._longest, len(words) - place), 0, -1):
                run = words[place : place + size]
                if size > 1 and not all(clause[a.end() : b.start()].strip() in ("", "-") for a, b in pairwise(run)):
                    continue
                meant = self._meant(" ".join(word[0].lower() for word in run), size == 1)
                if meant is not None:
                    made += [clause[at : run[0].start()], meant]
                    at, place = run[-1].end(), place + size
                    break
            else:
                place += 1
        return "".join(made) + clause[at:]

    def _meant(self, term: str, alone: bool) -> str | None:
        """What a term means; of a single word also without the ending of an adjective."""
        found = self._running.get(term)
        if found is None and alone:
            stems = (term.removesuffix(end) for end in self._endings if term.endswith(end))
            found = next((self._running[s] for s in stems if len(s) > 2 and s in self._running), None)
        return found

    def _signs(self, clause: str) -> str:
        """Of a language without spaces: the longest run of signs at each place."""
        made: list[str] = []
        low = clause.lower()
        at = 0
        while at < len(clause):
            for size in range(min(self._first.get(low[at], 0), len(low) - at), 0, -1):
                meant = self._running.get(low[at : at + size])
                if meant is not None:
                    made.append(f" {meant} " if meant else " ")
                    at += size
                    break
            else:
                last = made[-1][-1:] if made else ""
                if last.isalnum() and clause[at].isalnum() and last.isascii() != clause[at].isascii():
                    made.append(" ")  # a letter or number and a sign beside it are two words
                made.append(clause[at])
                at += 1
        return re.sub(r"(?<=\S) {2,}", " ", "".join(made)).rstrip(" ") if made else ""


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


@lru_cache(maxsize=16)
def plain_gloss(code: str) -> Gloss:
    """The gloss of a language, with nothing of a question."""
    return Gloss(language(code))


@lru_cache(maxsize=16)
def _known_terms(code: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    return _terms(language(code))


def _terms(lang: Language) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """What is known of a language's words: anywhere, and of those that are clauses of their own."""
    running: dict[str, str] = {}

    def add(term: str, meant: str) -> None:
        running.setdefault(_folded(term), meant)

    endings = sorted({e for table in lang.endings.values() for forms in table.values() for e in forms})
    for name, color in lang.colors.items():
        for term in (color.word, color.stem, *(color.stem + end for end in endings), *color.also):
            add(term, name)
    for name, noun in lang.nouns.items():
        for term in (*noun.singular, *noun.plural, *noun.also):
            add(term, name)
    for meant, terms in lang.reading.items():
        for term in terms:
            add(term, meant)
    alone = {_folded(term): meant for meant, terms in lang.alone.items() for term in terms}
    alone = {**{_folded(term): name for name, term in lang.answers.items()}, **alone}
    for name, term in lang.answers.items():
        add(term, name)
    for n, word in enumerate(lang.numbers):
        alone.setdefault(_folded(word), str(n))
        if lang.space or len(word) > 1 or n != 1:  # one is a part of many words
            add(word, str(n))
        if n in range(1, len(lang.ranks) or 13):
            stem = lang.ranks[n] if lang.ranks else lang.patterns["rank"].replace("{word}", word)
            for end in endings or [""]:
                add(stem + end, english.ordinal(n))
    return running, alone
