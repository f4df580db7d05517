"""A language: the words of kinds, forms and colours, how they bend, and how numbers, lists and answers are put.

It is data: one TOML file a language beside this module. ``cases``, ``genders`` and their tables may be empty, as in
Chinese. A catalogue may bring nouns and colours of its own (``vocabulary``), in the same form.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pgt_dsl.diagnostics import Collector, PgtError
from pgt_dsl.source import Source, Span

Forms = tuple[str, ...]  # one for each case; of a language without cases, one
ENGLISH = "en"
SINGULAR, PLURAL = "singular", "plural"
ARTICLES = ("definite", "indefinite", "bare")
FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun by case, ``also`` other words for it, which answers may use."""

    gender: str
    singular: Forms
    plural: Forms
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Color:
    """A colour as it stands alone, the stem that takes endings before a noun, and other words for it."""

    word: str
    stem: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """All that is known of a language. ``meet``: a preposition and an article that become one word. ``articles`` and
    ``endings``: by article, then by gender or ``plural``.
    ``numbers``: words from 0; ``before_nouns``: other words for some numbers there, ``"indefinite"`` for the article.
    ``reading``: what answers say, in English; ``alone``: the same, of what is a clause by itself."""

    code: str
    name: str
    cases: tuple[str, ...]
    genders: tuple[str, ...]
    space: str
    phrase: tuple[str, ...]
    meet: Mapping[str, str]
    articles: Mapping[str, Mapping[str, Forms]]
    endings: Mapping[str, Mapping[str, Forms]]
    nouns: Mapping[str, Noun]
    colors: Mapping[str, Color]
    numbers: tuple[str, ...]
    before_nouns: Mapping[int, str]
    ranks: tuple[str, ...]
    patterns: Mapping[str, str]
    decimal: str
    answers: Mapping[str, str]
    suffix: Mapping[str, str]
    reading: Mapping[str, Sequence[str]] = field(default_factory=dict)
    alone: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def with_words(self, nouns: Mapping[str, Noun], colors: Mapping[str, Color]) -> Language:
        """The language with more words, which stand before its own."""
        if not nouns and not colors:
            return self
        return replace(self, nouns={**self.nouns, **nouns}, colors={**self.colors, **colors})

    def case(self, name: str) -> int:
        """The place of a case among the forms of a word; of "" that of the first."""
        return self.cases.index(name) if name else 0


def known() -> tuple[str, ...]:
    """The codes of the languages beside English."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def check_code(code: str) -> str:
    """The code itself. Raises ``PgtError`` for a language that is not known."""
    if code != ENGLISH and code not in known():
        raise PgtError(f"no language `{code}`; there are: {', '.join((ENGLISH, *known()))}")
    return code


@lru_cache(maxsize=16)
def language(code: str) -> Language:
    """The language of a code such as ``de``. Raises ``PgtError`` for one that is not known, English among them."""
    if code not in known():
        raise PgtError(f"no language `{code}` beside English; there are: {', '.join(known())}")
    path = FOLDER / f"{code}.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    cases = tuple(data["cases"])
    errors = Collector()
    source = Source(path.name, "")
    nouns, colors = _words(data, source, cases, tuple(data["genders"]), errors)
    errors.raise_errors()
    numbers, lists = data["numbers"], data["lists"]
    tables = {
        name: {
            article: {gender: _forms(text, len(cases)) for gender, text in table.items()}
            for article, table in data.get(name, {}).items()
        }
        for name in ("articles", "endings")
    }
    units = {name: numbers[name] for name in ("rank", "percent", "degrees", "short_side", "picture")}
    return Language(
        code, data["name"], cases, tuple(data["genders"]), data["space"], tuple(data["phrase"]), data.get("meet", {}),
        tables["articles"], tables["endings"], nouns, colors, tuple(numbers["words"].split()),
        {int(n): word for n, word in numbers["before_nouns"].items()}, tuple(numbers.get("ranks", "").split()),
        {**units, **lists, **data["styles"]}, numbers["decimal"], data["answers"], data["suffix"], data["reading"],
        data.get("alone", {}),
    )  # fmt: skip


def vocabulary(source: Source, lang: Language) -> tuple[dict[str, Noun], dict[str, Color]]:
    """The words of a file ``words.toml`` of a catalogue: tables ``nouns`` and ``colors`` as in the language's own.

    Raises ``SpecError`` with what is wrong in it, and where.
    """
    errors = Collector()
    try:
        data = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        errors.error("C903", f"this is not TOML: {error}", Span(source, 0, 0))
        errors.raise_errors()
    for name in data.keys() - {"nouns", "colors"}:
        errors.error("C903", f"a file of words has no table `{name}`", _at(source, name),
                     help="it has the tables [nouns] and [colors]")  # fmt: skip
    found = _words(data, source, lang.cases, lang.genders, errors)
    errors.raise_errors()
    return found


def _words(
    data: Mapping[str, Any], source: Source, cases: Sequence[str], genders: Sequence[str], errors: Collector
) -> tuple[dict[str, Noun], dict[str, Color]]:
    nouns: dict[str, Noun] = {}
    for english, told in data.get("nouns", {}).items():
        made = _noun(english, told, source, cases, genders, errors)
        if made is not None:
            nouns[english] = made
    colors: dict[str, Color] = {}
    for english, told in data.get("colors", {}).items():
        entry = {"word": told} if isinstance(told, str) else told
        word = entry.get("word") if isinstance(entry, dict) else None
        if not isinstance(word, str) or not word:
            help = f'write `{english} = "..."`, or `{english} = {{ word = "...", stem = "..." }}`'
            errors.error("C903", f"the colour `{english}` has no word", _at(source, english), help=help)
            continue
        colors[english] = Color(word, str(entry.get("stem", word)), tuple(map(str, entry.get("also", ()))))
    return nouns, colors


def _noun(
    english: str, told: Any, source: Source, cases: Sequence[str], genders: Sequence[str], errors: Collector
) -> Noun | None:
    example = ", ".join(f"({case})" for case in cases) or "..."
    gender = f'gender = "{genders[0]}", ' if genders else ""
    whole = f'write `{english} = {{ {gender}singular = "{example}", plural = "{example}" }}`'
    if not isinstance(told, dict) or not isinstance(told.get("singular"), str) or not told["singular"].strip():
        errors.error("C903", f"the noun `{english}` has no `singular`", _at(source, english), help=whole)
        return None
    if genders and told.get("gender") not in genders:
        errors.error("C903", f"the noun `{english}` needs a gender: {', '.join(genders)}", _at(source, english),
                     help=whole)  # fmt: skip
        return None
    forms: dict[str, Forms] = {}
    for number in (SINGULAR, PLURAL):
        text = str(told.get(number, told[SINGULAR]))
        try:
            forms[number] = _forms(text, len(cases))
        except ValueError as error:
            errors.error("C903", f"the {number} of `{english}` {error}", _at(source, english), help=whole)
            return None
    return Noun(str(told.get("gender", "")), forms[SINGULAR], forms[PLURAL], tuple(map(str, told.get("also", ()))))


def _forms(text: str, cases: int) -> Forms:
    """Forms by case; one stands for all. Raises ``ValueError`` for another number of them."""
    forms = tuple(part.strip() for part in text.split(","))
    if len(forms) == 1:
        return forms * max(cases, 1)
    if len(forms) != cases:
        raise ValueError(f"has {len(forms)} forms; it has one, or one for each of {cases} cases")
    return forms


def _at(source: Source, name: str) -> Span:
    at = max(source.text.find(name), 0)
    return Span(source, at, min(at + len(name), len(source.text)))
