"""How values of a picture are said in another language than English: the counterpart of ``program.formats``."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from pgt_dsl.languages.gloss import Gloss
from pgt_dsl.languages.hole_format import PLAIN, HoleFormat, hole_format
from pgt_dsl.languages.language import ENGLISH, PLURAL, Color, Language, Noun
from pgt_dsl.languages.plurals import categories, category
from pgt_dsl.program import formats
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.formats import Speech, Unspeakable, color_name, decimal, say_pair

Json = Any
GENDER = "\0gender"  # the format by which a phrase is asked for its gender
_WORD = re.compile(r"[^\W\d_]{2}")


def stands(text: str) -> bool:
    """Whether a text is the same in every language: a letter, a number, a time of day."""
    return _WORD.search(text) is None


class Tongue:
    """A language with the words of one task. ``words``: what its texts are called, ``quoted``: texts that are painted,
    which stay as they are. Raises ``Unspeakable`` for what has no words."""

    def __init__(self, lang: Language, words: Mapping[str, str] | None = None, quoted: Collection[str] = ()) -> None:
        self.language = lang
        self.code = lang.code
        self.words = dict(words or {})
        self.quoted = frozenset(quoted)

    @cached_property
    def gloss(self) -> Gloss:
        """What puts its words into English again."""
        return Gloss(self.language, [(word, text) for text, word in self.words.items()])

    # values -------------------------------------------------------------------------------------------

    def say(self, value: Json, type: Type, speech: Speech, format: str | None = None) -> str:
        """A value in words."""
        form = hole_format(format or "", self.code)
        if type.rank:
            inner = None if format is None else " ".join(w for w in format.split() if w not in ("or", "and"))
            said = [self.say(item, type.item, speech, inner or None) for item in value]
            if type.base == "point" and said and form.value not in ("or", "and"):
                return ", ".join(said)  # coordinates are the same in all languages
            return self.joined(said, form.value)
        if value is None:
            raise Unspeakable("a text names a value that is undefined in this scene")
        base = type.base
        if base == "shape":
            if speech.phrase is None:
                raise Unspeakable("a shape has no phrase here")
            return speech.phrase(int(value), format)
        if base == "bool":
            return self.truth(bool(value)).lower()
        if base == "color":
            return self._upper(self.color(color_name(value, speech), form), form)
        if base in ("form", "text"):
            return self._upper(self.word(str(value), form), form)
        if base in ("point", "vector"):
            return say_pair(value, base, speech, form.value or None)
        return self._number(float(value), base, speech, form)

    def joined(self, items: Sequence[str], word: str = "") -> str:
        """A list, with "or" or "and" before the last item."""
        if not items:
            return self.language.answers["none"]
        patterns = self.language.patterns
        if word not in ("or", "and") or len(items) == 1:
            return patterns["comma"].join(items)
        return patterns["comma"].join(items[:-1]) + patterns[word] + items[-1]

    def truth(self, value: bool) -> str:
        """Yes or no, as a short answer."""
        return self.language.answers["yes" if value else "no"]

    @property
    def nothing(self) -> str:
        """The answer that is an empty list."""
        return self.language.answers["none"]

    def choose(self, value: Json, type: Type, choices: Sequence[str], speech: Speech) -> str:
        """The choice that agrees with a truth, a number (by the plural forms of the language), or a gender."""
        if type.base == "bool" or (type.base == "text" and len(choices) == 2):
            return choices[0 if value else -1]
        if type.base in ("shape", "form", "text"):
            return choices[self.language.genders.index(self.gender(value, type, speech))]
        forms = categories(self.code)
        if len(choices) > len(forms):  # the first is for none
            if value == 0:
                return choices[0]
            choices = choices[1:]
        return choices[forms.index(category(self.code, int(value)))]

    def gender(self, value: Json, type: Type, speech: Speech) -> str:
        """The gender of what a shape or a form is called."""
        if type.base == "shape" and speech.phrase is not None:
            return speech.phrase(int(value), GENDER)
        return self._noun(str(value)).gender

    def meet(self, before: str, words: str) -> tuple[str, str]:
        """A text and the words that follow it, where a preposition and their article become one: "von", "dem Kreis"."""
        for apart, one in self.language.meet.items():
            preposition, article = apart.split()
            if words.startswith(article + " ") and re.search(rf"\b{preposition} $", before, re.IGNORECASE):
                capital = before[-len(preposition) - 1].isupper()
                stem = before[: -len(preposition) - 1]
                return stem + (one.capitalize() if capital else one), words[len(article) :]
        return before, words

    # words ----------------------------------------------------------------------------------------------

    def color(self, name: str, form: HoleFormat = PLAIN) -> str:
        """A colour: alone, or with the ending that it has before a noun."""
        if name == "none":
            return self.nothing
        found = self._color(name)
        return found.word if not form.row else found.stem + self._ending(form.article or "bare", form)

    def word(self, text: str, form: HoleFormat = PLAIN) -> str:
        """A text or form: the catalogue's word, itself when it is painted or no word, else a noun."""
        if text in self.words:
            return self.words[text]
        if text in self.quoted or stands(text):
            return text
        noun = self._noun(text)
        words = self._bent(noun, form)
        return self._spaced(self._article(form.article, noun, form), words) if form.article else words

    def noun_phrase(self, label: str, name: str, color: str, noun: str, format: str | None = None) -> str:
        """What texts call a shape: see ``formats.noun_phrase``; in the nominative, with the definite article."""
        asked = format == GENDER
        form = PLAIN if asked else hole_format(format or "", self.code)
        called = name.removeprefix("the ")
        if not label and name and name not in self.words and called in self.language.nouns:
            noun = called
        elif label or name:
            words = label or self.words.get(name, name)
            if asked or not (label or name in self.words or name in self.quoted or stands(name)):
                raise Unspeakable(f"`{words}` has no {'gender' if asked else 'words'} in {self.language.name}")
            return self._upper(words, form)
        found = self._noun(noun)
        if asked:
            return found.gender
        article = form.article or "definite"
        parts = {
            "article": self._article(article, found, form),
            "color": self._color(color).stem + self._ending(article, form, found.gender) if color else "",
            "noun": self._bent(found, form),
        }
        return self._upper(self._spaced(*(parts[part] for part in self.language.phrase)), form)

    def _noun(self, english: str) -> Noun:
        found = self.language.nouns.get(english)
        if found is None:
            raise Unspeakable(f"`{english}` is not among the words of {self.language.name}")
        return found

    def _color(self, english: str) -> Color:
        found = self.language.colors.get(english)
        if found is None:
            raise Unspeakable(f"the colour `{english}` is not among the words of {self.language.name}")
        return found

    def _bent(self, noun: Noun, form: HoleFormat) -> str:
        return (noun.plural if form.number == PLURAL else noun.singular)[self.language.case(form.case)]

    def _article(self, article: str, noun: Noun, form: HoleFormat) -> str:
        forms = self.language.articles.get(article, {}).get(PLURAL if form.number == PLURAL else noun.gender)
        return "" if forms is None else forms[self.language.case(form.case)]

    def _ending(self, article: str, form: HoleFormat, gender: str = "") -> str:
        """What an adjective ends in; without an article that is there in the plural, it is as without any."""
        if not self.language.endings:
            return ""
        row = PLURAL if form.number == PLURAL else gender or form.gender
        if article == "indefinite" and row == PLURAL:
            article = "bare"
        return self.language.endings[article][row][self.language.case(form.case)]

    def _spaced(self, *words: str) -> str:
        return self.language.space.join(filter(None, words))

    @staticmethod
    def _upper(words: str, form: HoleFormat) -> str:
        return words.upper() if form.value == "upper" else words

    # numbers --------------------------------------------------------------------------------------------

    def quantity(self, number: str, base: str) -> str:
        """A number, as English writes it, with the unit of a length, area or angle."""
        pattern = {"angle": "degrees", "length": "short_side", "area": "picture"}.get(base)
        shown = self.figures(number)
        return shown if pattern is None else self._put(pattern, shown)

    def figures(self, number: str) -> str:
        """A number with the decimal sign of the language."""
        return number.replace(".", self.language.decimal)

    def _put(self, pattern: str, number: str) -> str:
        return self.language.patterns[pattern].replace("{n}", number)

    def _number(self, x: float, base: str, speech: Speech, form: HoleFormat) -> str:
        value = form.value
        places = int(value[1:]) if value[:1] == "." else None
        if base == "int":
            return self._int(x, form, places)
        if base == "number":
            shown = decimal(100 * x if value == "%" else x, places)
            return self._put("percent", self.figures(shown)) if value == "%" else self.figures(shown)
        if base == "angle":
            shown = self.figures(decimal(x, places if places is not None else 0))
            return shown + "\u00b0" if value == "deg" else self._put("degrees", shown)
        if base == "area":
            share = 100 * x / (speech.width * speech.height)
            shown = self.figures(decimal(share if places is not None else round(share, 1), places))
            return self._put("percent" if value == "%" else "picture", shown)
        if value == "px":
            return decimal(x, 0) + " px"
        share = 100 * x / {"vw": speech.width, "vh": speech.height}.get(value, speech.short_side)
        if value in ("vmin", "vw", "vh"):
            return f"{self.figures(decimal(round(share, 1)))} {value}"
        shown = self.figures(decimal(share, places if places is not None else 0))
        return self._put("percent" if value == "%" else "short_side", shown)

    def _int(self, x: float, form: HoleFormat, places: int | None) -> str:
        if not math.isfinite(x):
            raise Unspeakable(f"a number in a text is {x}")
        n, value = int(x), form.value
        if value == "word":
            return self._number_word(n, form)
        if value == "nth":
            return self._rank(n, form)
        if value == "%":
            return self._put("percent", str(100 * n))
        if value and set(value) == {"0"}:
            return f"{n:0{len(value)}d}"
        return self.figures(decimal(float(n), places)) if places is not None else str(n)

    def _number_word(self, n: int, form: HoleFormat) -> str:
        lang = self.language
        special = lang.before_nouns.get(n, "") if form.counting or form.gender else ""
        if special in lang.articles:
            return lang.articles[special][form.gender][lang.case(form.case)]
        return special or (lang.numbers[n] if 0 <= n < len(lang.numbers) else str(n))

    def _rank(self, n: int, form: HoleFormat) -> str:
        lang = self.language
        if 0 <= n < len(lang.ranks):
            return lang.ranks[n] + (self._ending(form.article or "bare", form) if form.row else "")
        word = lang.numbers[n] if 0 <= n < len(lang.numbers) else str(n)
        return lang.patterns["rank"].replace("{n}", str(n)).replace("{word}", word)


def code_of(tongue: formats.Tongue | None) -> str:
    """The code of a language; English is none."""
    return ENGLISH if tongue is None else tongue.code
