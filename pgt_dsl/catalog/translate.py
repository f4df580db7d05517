"""A task and a catalogue make a translation: every text matched with its own, hole by hole, or told what is wrong."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pgt_dsl.catalog.find import Catalog, open_catalog, task_name
from pgt_dsl.catalog.messages import Message, expression, messages, pieces, words
from pgt_dsl.catalog.po import Entry
from pgt_dsl.catalog.vocabulary import lacking
from pgt_dsl.diagnostics import Collector, SpecError
from pgt_dsl.languages.gloss import Gloss
from pgt_dsl.languages.hole_format import FormatError, grammar, hole_format, misfit
from pgt_dsl.languages.language import Language
from pgt_dsl.languages.plurals import categories, examples
from pgt_dsl.languages.translation import AskTexts, Translation
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.formats import FORMATS, format_fits
from pgt_dsl.program.program import Hole, Origin, Program, Template
from pgt_dsl.program.serial import program_hash
from pgt_dsl.source import Source, Span
from pgt_dsl.syntax.holes import RawHole


def translation_of(program: Program, source: Source, code: str, catalog: Catalog | None = None) -> Translation | None:
    """A task in a language; None when its catalogues have no text of it. ``source`` is its spec.

    Raises ``SpecError`` with all that is wrong in its catalogue, ``PgtError`` for a language that is not known.
    """
    if catalog is None:
        if not Path(source.name).is_file():
            return None
        catalog = open_catalog(Path(source.name), code, task_name(source, program.name))
    texts = list(messages(program))
    if not any(catalog.entry(task_name(source, program.name), message.text) for message in texts):
        return None
    return _Matching(program, source, catalog, texts).made()


class _Matching:
    """The work on one task."""

    def __init__(self, program: Program, source: Source, catalog: Catalog, texts: Sequence[Message]) -> None:
        self.program, self.source, self.catalog, self.texts = program, source, catalog, texts
        self.name = task_name(source, program.name)
        self.language: Language = catalog.language.with_words(catalog.nouns, catalog.colors)
        self.gloss = Gloss(self.language)
        self.errors = Collector()

    def made(self) -> Translation:
        """The translation. Raises ``SpecError``."""
        program = self.program
        told = {id(message.template): self._translated(message) for message in self.texts}
        said, quoted = self._words()
        lacking(program, self.language, self.catalog, self.source, self.errors)
        self.errors.raise_errors()

        def all_of(templates: Sequence[Template]) -> tuple[Template, ...]:
            return tuple(told[id(template)] for template in templates)

        asks = tuple(AskTexts(all_of(ask.texts), all_of(ask.say), all_of(ask.because)) for ask in program.asks)
        return Translation(self.language.code, program_hash(program), asks, said, quoted, self.catalog.nouns,
                           self.catalog.colors)  # fmt: skip

    # words ----------------------------------------------------------------------------------------------

    def _words(self) -> tuple[dict[str, str], tuple[str, ...]]:
        """The words of texts that are values."""
        found = words(self.program)
        made: dict[str, str] = {}
        by_word: dict[str, Entry] = {}
        for text in sorted(found.said | found.painted):
            # what is painted is read off as it stands, unless the catalogue says it of this very task
            entry = self.catalog.entries.get((self.name, text)) if text in found.painted else (
                self.catalog.entry(self.name, text))  # fmt: skip
            translated = entry is not None and entry.translated and not entry.fuzzy
            if entry is None or not translated:
                if text in found.said and text.removeprefix("the ") not in self.language.nouns:
                    self._untranslated(text, "a word of its answers", entry, None)
                continue
            other = by_word.setdefault(entry.translated.casefold(), entry)
            if other is not entry:
                self.errors.error(
                    "C908", f"`{text}` and `{other.text}` are both `{entry.translated}`", entry.whole, "the same word",
                    others=[(other.whole, f"of `{other.text}`")],
                    help="give them different words: nothing else tells one answer from the other",
                )  # fmt: skip
            made[text] = entry.translated
        if found.composed:
            self.errors.error(
                "C909", "this task says texts that it puts together of words, which no catalogue can have",
                self._spec(self.program.asks[0].origin),
                help="choose among whole texts: `let said = if left then \"to the left\" else \"to the right\"`",
            )  # fmt: skip
        return made, tuple(sorted(found.painted))

    def _untranslated(self, text: str, what: str, entry: Entry | None, origin: Origin | None) -> None:
        name = self.language.name
        if entry is not None:
            state = "is marked as fuzzy" if entry.fuzzy and entry.translated else "has no translation"
            help = ["look at it, and take away the line `#, fuzzy`"] if entry.fuzzy else [f"write it in {name} here"]
            self.errors.error("C902", f"this text {state} ({what} of `{self.program.name}`)", entry.head, help=help)
            return
        folder = f"`{self.catalog.folders[0]}`" if self.catalog.folders else "its catalogue"
        self.errors.error(
            "C902", f"the catalogue in {name} lacks {what}: `{text}`",
            self._spec(origin or self.program.asks[0].origin),
            help=f"`pgt catalog extract {self.source.name} --language {self.language.code}` adds it to {folder}",
        )  # fmt: skip

    def _spec(self, origin: Origin) -> Span:
        """A place of the spec."""
        lines = self.source.text.split("\n")
        start = sum(len(line) + 1 for line in lines[: max(origin.line - 1, 0)]) + max(origin.column - 1, 0)
        return Span(self.source, start, min(start + 3, len(self.source.text)))

    # texts ------------------------------------------------------------------------------------------------

    def _translated(self, message: Message) -> Template:
        entry = self.catalog.entry(self.name, message.text)
        if entry is None or not entry.translated or entry.fuzzy:
            self._untranslated(message.text, message.what, entry, message.origin)
            return message.template
        found = Collector()
        parts = pieces(entry.translated, found, entry.source.name)
        for fault in found.found:
            label = fault.label
            where = entry.whole if label is None else entry.span(label.span.start - 1, label.span.end - 1)
            self.errors.error(fault.code, fault.message, where, label.text if label else "", help=fault.help)
        if found.found:
            return message.template
        before = len(self.errors.found)
        made: list[str | Hole] = []
        matched: list[tuple[str, Hole]] = []
        for part in parts:
            if isinstance(part, str):
                made.append(part)
                continue
            found_hole = self._hole(entry, part, message)
            if found_hole is not None:
                made.append(found_hole)
                matched.append((expression(entry.translated, part), found_hole))
        if len(self.errors.found) == before:
            self._complete(entry, message, matched)
        return Template(tuple(made), entry.translated)

    def _hole(self, entry: Entry, raw: RawHole, message: Message) -> Hole | None:
        known: dict[str, Hole] = {}
        for one, hole in message.holes:
            known.setdefault(one, hole)
        name = expression(entry.translated, raw)
        span = entry.span(raw.start - 1, raw.end - 1)
        if name not in known:
            there = ", ".join(f"`{{{one}}}`" for one in known)
            helps = [f"its holes are {there}"] if known else ["the text has no holes; a brace as such is written `{{`"]
            self.errors.error("C905", f"the text has no hole `{{{name}}}`", span, "not in the text", help=helps)
            return None
        node = known[name].node
        type = self.program.nodes[node].type
        if raw.choices:
            self._choices(raw, type, span)
            if type.base in ("bool", "text"):
                self._order(raw, [hole for one, hole in message.holes if one == name and hole.choices], span)
            return Hole(node, None, raw.choices)
        wrong = ""
        try:
            form = hole_format(raw.format or "", self.language.code)
            trouble = misfit(form, type, self.language)
        except FormatError as error:
            trouble, wrong = str(error), error.word
        if trouble:
            fitting = [f for f in FORMATS if format_fits(f, type) and f not in ("a", "bare", "many")]
            helps = [f"formats of such a value: {', '.join(f'`{f}`' for f in fitting)}"] if fitting else []
            words = grammar(self.language)
            close = difflib.get_close_matches(wrong, [*fitting, *words], 1) if wrong else []
            helps = [*(f"did you mean `{word}`?" for word in close), *helps]
            helps.append(f"words of grammar in {self.language.name}: {', '.join(words)}")
            self.errors.error("C907", trouble, span, "this hole", help=helps)
        return Hole(node, raw.format)

    def _choices(self, raw: RawHole, type: Type, span: Span) -> None:
        """Choices go by a number in the plural forms of the language, by a truth, or by a gender."""
        many, lang = len(raw.choices), self.language
        if type.base == "int":
            forms = categories(lang.code)
            if many not in (len(forms), len(forms) + 1):
                self.errors.error(
                    "C906", f"{lang.name} has {_count(len(forms), 'plural form')}, and this hole {many}", span,
                    f"{many} of them",
                    help=[f"the forms and some of their numbers: {examples(lang.code)}",
                          "one more, before them, is for none"],
                )  # fmt: skip
            return
        genders = type.base in ("shape", "form", "text") and not type.rank and many == len(lang.genders)
        if not genders and (type.base not in ("bool", "text") or many != 2):
            wanted = "two choices, for true and false" if type.base == "bool" else (
                f"a choice for each gender: {', '.join(lang.genders)}" if lang.genders else "no choices")  # fmt: skip
            self.errors.error("C906", f"here are {many} choices; this value has {wanted}", span, f"{many} of them")

    def _order(self, raw: RawHole, english: Sequence[Hole], span: Span) -> None:
        """Whether two choices say in English what the text says the other way round."""
        if len(raw.choices) != 2:
            return
        one, other = (_words(self.gloss(choice)) for choice in raw.choices)
        straight = crossed = 0
        for hole in english:
            first, last = _words(hole.choices[0]), _words(hole.choices[-1])
            apart, rest = first - last, last - first
            straight = max(straight, len(apart & one) + len(rest & other))
            crossed = max(crossed, len(apart & (other - one)) + len(rest & (one - other)))
        if crossed > straight:
            self.errors.error(
                "C910", f"the choices `{raw.choices[0]}` and `{raw.choices[1]}` have changed places", span,
                "the first is for true", help="write them in the order of the text: for true first",
            )  # fmt: skip

    def _complete(self, entry: Entry, message: Message, matched: Sequence[tuple[str, Hole]]) -> None:
        """Whether each hole that tells something is there. Forms of words by a number tell nothing new."""
        nodes = self.program.nodes

        def telling(holes: Sequence[tuple[str, Hole]]) -> Counter[tuple[str, bool]]:
            return Counter(
                (name, bool(hole.choices))
                for name, hole in holes
                if not hole.choices or nodes[hole.node].type.base in ("bool", "text")
            )

        wanted, found = telling(message.holes), telling(matched)
        for (name, chosen), many in wanted.items():
            if found[name, chosen] < many:
                shown = f"{{{name}|...|...}}" if chosen else f"{{{name}}}"
                often = "" if many == 1 else f" (it stands there {many} times)"
                self.errors.error(
                    "C904", f"the hole `{shown}` of the text is missing{often}", entry.whole, "not in here",
                    help=f"the text is: {message.text}",
                )  # fmt: skip
        for name in dict.fromkeys(name for name, _ in message.holes):
            if not any(name == other for other, _ in matched) and not any(name == one for one, _ in wanted):
                self.errors.error("C904", f"the hole `{{{name}}}` of the text is missing", entry.whole, "not in here",
                                  help=f"the text is: {message.text}")  # fmt: skip


def _words(text: str) -> set[str]:
    """The words of a text, in small letters."""
    return set(re.findall(r"[a-z]+", text.lower()))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


__all__ = ["SpecError", "translation_of"]
