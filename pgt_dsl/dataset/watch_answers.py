"""Shortcuts in answers: what could be guessed without a look at the picture, counted over many scenes.

A finding needs both: the count is far from even by an exact binomial test (``ALPHA``), and the share is large enough
to matter (``FACTOR`` times the even one).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, field
from typing import Any

from pgt_dsl.dataset.tally import pairs, unpaired
from pgt_dsl.program.facts import Facts
from pgt_dsl.program.program import Ask, Group, Program
from pgt_dsl.program.textformat import slot_name
from pgt_dsl.scene.glossed import in_english
from pgt_dsl.scene.scene import Answered, Scene

ALPHA = 1e-3
FACTOR = 1.2
FINITE = ("bool", "int", "color", "form", "text")
MOST_VALUES = 24  # different answers above which an answer counts as open
MOST_OPTIONS = 2000  # different options that are told apart; what comes after them is not looked at
EVEN_HELP = "write `answer ... even`, so that each answer is equally frequent; or tie it to a `pick`"
KEPT_HELP = (  # for an answer that says `even` already
    "`even` shares out only the answers that can occur and that the picks leave open: "
    "vary what decides the answer, or `pick` the answer itself"
)
_CHANCES = ("slots", "options", "places")


@dataclass(frozen=True, slots=True)
class Finding:
    """A code, a sentence, advice, and the question or shape that it is about."""

    code: str
    message: str
    help: str
    ask: int | None = None
    group: int | None = None


@dataclass(slots=True)
class Chance:
    """How often something could have been right, at even chances, and how often it was."""

    seen: int = 0
    right: int = 0
    expected: float = 0.0
    never: float = 0.0  # the logarithm of the chance that it is never right

    def add(self, right: bool, among: int) -> None:
        """One scene in which it was one of ``among``."""
        self.seen += 1
        self.right += right
        self.expected += 1 / among
        self.never += math.log1p(-1 / among) if among > 1 else 0.0

    def too_often(self, tests: int) -> bool:
        """Whether it was right far more often than evenly; ``tests`` are made in all."""
        if not self.seen or self.right <= FACTOR * self.expected:
            return False
        return at_least(self.right, self.seen, self.expected / self.seen) < ALPHA / tests

    def too_seldom(self, tests: int) -> bool:
        """Whether it was never right, though it had its chances."""
        return not self.right and self.never < math.log(ALPHA / tests)


@dataclass(slots=True)
class Answers:
    """The counts of one question."""

    ask: Ask
    candidates: tuple[Group, ...]  # of which shape answers are, as far as the question names them
    count: int = 0
    texts: Counter[str] = field(default_factory=Counter)
    slots: dict[int, Chance] = field(default_factory=dict)
    options: dict[str, Chance] = field(default_factory=dict)
    places: dict[int, Chance] = field(default_factory=dict)

    def add(self, scene: Scene, asked: Answered) -> None:
        """Count one scene, whatever its language."""
        asked = in_english(asked, scene.language)
        self.count += 1
        if len(self.texts) <= 4 * MOST_VALUES:
            self.texts[asked.text] += 1
        if asked.correct is not None:
            for place in range(len(asked.options)):
                self.places.setdefault(place, Chance()).add(place == asked.correct, len(asked.options))
            mistakes = {wrong.text for wrong in asked.wrong}
            for option in asked.options:
                # a named mistake may be one that is never right, but a shape is as likely right as its neighbours
                known = option in self.options or len(self.options) < MOST_OPTIONS
                if known and (option not in mistakes or option == asked.text or self.ask.form in ("bool", "shape")):
                    chance = self.options.setdefault(option, Chance())
                    chance.add(option == asked.text, len(asked.options))
        if self.ask.form == "shape" and self.candidates:
            names = {group.name for group in self.candidates}
            offered = set(asked.options)  # of `[xs[1], xs[2]]` the other items are no candidates
            there = [s.slot for s in scene.shapes if s.group in names and (not offered or s.phrase in offered)]
            for slot in there:
                self.slots.setdefault(slot, Chance()).add(slot == asked.value, len(there))

    def state(self) -> dict[str, Any]:
        """What has been counted, as JSON."""
        chances = {name: [[k, *astuple(c)] for k, c in getattr(self, name).items()] for name in _CHANCES}
        return {"count": self.count, "texts": pairs(self.texts), **chances}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` told."""
        self.count = state["count"]
        self.texts = Counter(unpaired(state["texts"]))
        for name in _CHANCES:
            setattr(self, name, {key: Chance(*numbers) for key, *numbers in state[name]})

    @property
    def _help(self) -> str:
        return EVEN_HELP if self.ask.even is None else KEPT_HELP

    def findings(self, number: int, program: Program) -> Iterator[Finding]:
        """What is conspicuous about the answers, and if they are balanced, about the places of the options."""
        found: list[Finding] = []
        if self.ask.form == "shape":
            found += [*self._by_place(number, program), *self._by_option(number, set())]
        elif self.ask.form in FINITE:
            found += self._by_value(number)
        yield from found
        for place, chance in () if found else self.places.items():
            if chance.too_often(len(self.places)):
                words = f"option {chr(65 + place)} is the right one in {_share(chance.right, chance.seen)}"
                yield Finding("S508", words, self._help, number)

    def _by_value(self, number: int) -> Iterator[Finding]:
        texts = self.texts
        if self.ask.form == "bool":
            values = {text: texts[text] for text in ("Yes", "No")}
        elif len(texts) > MOST_VALUES:
            return
        else:
            values = dict(texts)
        if len(values) == 1 and self.count >= 8:
            words = f"`{next(iter(values))}` is the answer in all of {self.count} scenes"
            yield Finding("S504", words, self._help, number)
            return
        missing = [text for text, count in values.items() if not count]
        for text in missing:
            if self.count * math.log1p(-1 / len(values)) < math.log(ALPHA):
                yield Finding("S507", f"`{text}` is never the answer in {self.count} scenes", self._help, number)
        even = 1 / len(values)
        for text, count in sorted(values.items(), key=lambda item: -item[1])[:1]:
            far = count > FACTOR * even * self.count and at_least(count, self.count, even) < ALPHA / len(values)
            if far and not missing:
                words = f"`{text}` is the answer in {_share(count, self.count)}, {even:.0%} would be even"
                yield Finding("S504", words, self._help, number)
        if self.ask.domain is not None:
            yield from self._by_option(number, set(values))

    def _by_option(self, number: int, values: set[str]) -> Iterator[Finding]:
        """For answers out of a list that the scene gives: which of them, when they are there."""
        for option, chance in sorted(self.options.items()):
            if option not in values and chance.too_seldom(len(self.options)):
                words = f"`{option}` is an option in {chance.seen} scenes and never the answer"
                yield Finding("S507", words, self._help, number)
            elif self.ask.form == "shape" and chance.too_often(len(self.options)):
                words = f"`{option}` is the answer in {_share(chance.right, chance.seen)} that offer it"
                yield Finding("S504", words, self._help, number)

    def _by_place(self, number: int, program: Program) -> Iterator[Finding]:
        """For an answer that is one of several shapes: which of them, as they were declared."""
        tests = max(len(self.slots), 1)
        for slot, chance in sorted(self.slots.items()):
            if chance.too_seldom(tests) and len(self.slots) > 1:
                words = f"`{slot_name(program, slot)}` is never the answer in {chance.seen} scenes"
                yield Finding("S507", words, self._help, number)
            elif chance.too_often(tests):
                words = f"`{slot_name(program, slot)}` is the answer in {_share(chance.right, chance.seen)}"
                yield Finding("S504", f"{words}, {chance.expected / chance.seen:.0%} would be even", self._help, number)


def candidates(program: Program, facts: Facts, ask: Ask) -> tuple[Group, ...]:
    """The groups whose shapes the answer may be and the question names: of others nobody knows how they were
    declared."""
    if ask.form != "shape":
        return ()
    nodes = [part.node for text in ask.texts for part in text.parts if not isinstance(part, str)]
    named = {g for node in nodes if program.nodes[node].type.base == "shape" for g in facts.groups(node)}
    return tuple(program.groups[g] for g in sorted(facts.groups(ask.answer) & named))


def at_least(k: int, n: int, p: float) -> float:
    """The chance of k or more successes in n trials of chance p."""
    if k <= n * p:
        return 1.0
    if p <= 0:
        return 0.0
    if p >= 1:
        return 1.0
    log = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    term = math.exp(log + k * math.log(p) + (n - k) * math.log1p(-p))
    total = term
    while k < n and term > 1e-18 * total:
        term *= (n - k) / (k + 1) * p / (1 - p)
        k += 1
        total += term
    return min(total, 1.0)


def _share(count: int, total: int) -> str:
    return f"{count / total:.0%} of {total} scenes"
