"""Formats of holes in translations: one of the language of specs, and words of grammar: ``{a:dative}``,
``{xs:or dative}``, ``{hue:definite plural}``, ``{n:word feminine}``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from pgt_dsl.languages.language import ARTICLES, PLURAL, SINGULAR, Language, language
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.formats import format_fits, format_named

COUNTING = "counting"  # of number words: as before a noun
_ENGLISH = {"a": ("indefinite", ""), "bare": ("bare", ""), "many": ("", PLURAL)}  # article, number


@dataclass(frozen=True, slots=True)
class HoleFormat:
    """What a hole asks for; "" and False for what it leaves open. ``value`` is a format of the language of specs."""

    value: str = ""
    case: str = ""
    gender: str = ""
    number: str = ""
    article: str = ""
    counting: bool = False

    @property
    def row(self) -> str:
        """The row of a table of genders: the gender, or ``plural``; "" for neither."""
        return PLURAL if self.number == PLURAL else self.gender


PLAIN = HoleFormat()


class FormatError(ValueError):
    """A format that is none. ``word`` is what is wrong in it."""

    def __init__(self, message: str, word: str) -> None:
        self.word = word
        super().__init__(message)


def grammar(lang: Language) -> tuple[str, ...]:
    """The words of grammar that the formats of a language know."""
    articles = ARTICLES if lang.articles else ()
    numbers = (SINGULAR, PLURAL) if lang.endings else ()
    return (*lang.cases, *lang.genders, *numbers, *articles, COUNTING)


@lru_cache(maxsize=4096)
def hole_format(text: str, code: str) -> HoleFormat:
    """A format, as it stands behind the colon. Raises ``FormatError``."""
    lang = language(code)
    found: dict[str, str | bool] = {}

    def set_(key: str, value: str | bool, word: str) -> None:
        if key in found and found[key] != value:
            raise FormatError(f"`{found[key]}` and `{value}` cannot both be", word)
        found[key] = value

    for word in text.split():
        if word in lang.cases:
            set_("case", word, word)
        elif word in lang.genders:
            set_("gender", word, word)
        elif word in (SINGULAR, PLURAL) and lang.endings:
            set_("number", word, word)
        elif word in ARTICLES and lang.articles:
            set_("article", word, word)
        elif word == COUNTING:
            set_("counting", True, word)
        elif word in _ENGLISH:
            for key, value in zip(("article", "number"), _ENGLISH[word], strict=True):
                if value:
                    set_(key, value, word)
        elif format_named(word) is not None:
            set_("value", word, word)
        else:
            raise FormatError(f"there is no format `{word}`", word)
    return HoleFormat(**found)  # type: ignore[arg-type]


def misfit(form: HoleFormat, type: Type, lang: Language) -> str:
    """Why a format does not suit a value of a type, "" when it does."""
    if form.value and not format_fits(form.value, type):
        return f"`{form.value}` does not suit this value"
    if form.value == "box" and form != HoleFormat("box"):
        return "a box is written by its coordinates: `box`"
    words = type.base in ("shape", "form", "text", "color") or (type.base == "int" and form.value in ("word", "nth"))
    if not words and (form.case or form.row or form.article or form.counting):
        return "only words have case, gender and number"
    if form.counting and (type.base != "int" or form.value != "word"):
        return f"`{COUNTING}` is of number words: `word {COUNTING}`"
    if form.counting and lang.genders and not form.gender:
        return f"before a noun, number words go by its gender: `word {lang.genders[0]}`"
    if type.base == "color" and (form.case or form.article) and not form.row:
        return (
            f"before a noun, a colour goes by its gender or `plural`: `{form.article or 'definite'} {lang.genders[0]}`"
        )
    if type.base == "int" and form.value == "nth" and lang.genders and not form.row:
        return f"a rank goes by the gender of its noun: `nth definite {lang.genders[0]}`"
    return ""
