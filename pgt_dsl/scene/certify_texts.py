"""Whether the texts of a question are true: the question, its answer, `say`, `because`, options and wrong answers.

The oracle computes every hole itself and reads the text against it (``certify_words``), so a right answer beside a
false sentence is noticed. Wrong answers are those of the spec by the oracle's own values, and none of them is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.program.oracle_values import matches, same, told
from pgt_dsl.program.oracle_verdict import SHARE, Verdicts
from pgt_dsl.program.program import Ask, Hole, NodeId, Template
from pgt_dsl.scene.certify_phrases import Phrases
from pgt_dsl.scene.certify_words import Words
from pgt_dsl.scene.scene import Answered, WrongAnswer

Value = Any
Json = Any
Fault = tuple[str, Json, Json]
"""What is wrong, what the oracle expects, what was found."""

TextCheck = Callable[[Ask, Answered, str], Iterator[Fault]]

_TEXT = Type("text")
MOST = 32  # whole numbers that a hole may hold by the tolerances in it


class Texts:
    """The texts of one scene's questions."""

    def __init__(self, oracle: Oracle, verdicts: Verdicts, phrases: Phrases) -> None:
        self._oracle, self._verdicts = oracle, verdicts
        self._nodes = oracle.program.nodes
        self._words = Words(oracle, phrases)

    def checks(self, ask: Ask, answered: Answered) -> Iterator[tuple[str, TextCheck]]:
        """The checks that a question needs, with what they are of."""
        yield "the text", self.question
        yield "the words of the answer", self.answer
        if ask.say or answered.sentence:
            yield "the sentence", self.sentence
        if ask.because or answered.reason:
            yield "the reason", self.reason
        if answered.options:
            yield "the options", self.options
        if answered.wrong:
            yield "the wrong answers", self.wrong

    # sentences ----------------------------------------------------------------------------------------

    def question(self, ask: Ask, answered: Answered, where: str) -> Iterator[Fault]:
        """Whether the question is the paraphrase that it is said to be, with its holes filled rightly."""
        if ask.texts and not 0 <= answered.paraphrase < len(ask.texts):
            yield f"the number of the paraphrase of {where}", f"0 .. {len(ask.texts) - 1}", answered.paraphrase
        elif ask.texts:
            yield from self._one_of([ask.texts[answered.paraphrase]], answered.question, f"the text of {where}")

    def sentence(self, ask: Ask, answered: Answered, where: str) -> Iterator[Fault]:
        """Whether the sentence is one that `say` offers."""
        yield from self._one_of(ask.say, answered.sentence, f"the sentence of {where}")

    def reason(self, ask: Ask, answered: Answered, where: str) -> Iterator[Fault]:
        """Whether the reason is one that `because` offers."""
        yield from self._one_of(ask.because, answered.reason, f"the reason of {where}")

    def _one_of(self, templates: Sequence[Template], text: str, what: str) -> Iterator[Fault]:
        if not templates:
            if text:
                yield what, "", text
            return
        reached: list[tuple[int, Json]] = []
        for template in templates:
            reading = _Reading(self, template, text)
            if any(end == len(text) for end in reading.ends(0, 0)):
                return
            reached.append((reading.reached, reading.expected))
        at, expected = max(reached, key=lambda one: one[0])
        yield f"{what}, from character {at + 1} on", expected, text[at:]

    def hole(self, hole: Hole, text: str, at: int) -> tuple[list[int], Json]:
        """Where the words of a hole may end that begin ``at`` a place of a text, and its value in JSON."""
        node = hole.node
        type, tolerance = self._nodes[node].type, self._verdicts.tolerance(node)
        for value in self.possible(node):
            if hole.choices:
                ends = list(self._words.ends(text, at, _chosen(value, hole.choices), _TEXT))
            else:
                ends = list(self._words.ends(text, at, value, type, hole.format, tolerance))
            if ends:
                return ends, told(value)
        return [], told(self._oracle.value(node))

    def possible(self, node: NodeId) -> Iterator[Value]:
        """The values that a node may have, the oracle's own first: there are more only where a truth in it hangs on
        less than a tolerance."""
        value, type = self._oracle.value(node), self._nodes[node].type
        yield value
        if type.base == "bool" and not type.rank:
            if all(self._verdicts.could(node)):
                yield not value
        elif type.base == "int" and not type.rank:
            low, high = self._verdicts.span(node)
            yield from range(max(int(low), value - MOST), min(int(high), value + MOST) + 1)

    # answers ------------------------------------------------------------------------------------------

    def answer(self, ask: Ask, answered: Answered, where: str) -> Iterator[Fault]:
        """Whether the short answer tells the answer."""
        if not any(self._tells(answered.text, value, ask, ask.answer) for value in self.possible(ask.answer)):
            yield f"the words of the answer of {where}", self._json(ask, self._oracle.value(ask.answer)), answered.text

    def options(self, ask: Ask, answered: Answered, where: str) -> Iterator[Fault]:
        """Whether each option is the answer, a wrong one or of the domain, and only the right one is right."""
        offered = {answered.text, *(wrong.text for wrong in answered.wrong)}
        for k, option in enumerate(answered.options):
            if k != answered.correct and self.is_right(ask, option):
                yield f"option {k + 1} of {where} is right too", None, option
            if option not in offered and not self._in_domain(ask, option):
                yield f"option {k + 1} of {where} is no value of the domain", None, option

    def is_right(self, ask: Ask, text: str) -> bool:
        """Whether words, as an option, mean the oracle's answer."""
        value, node = self._oracle.value(ask.answer), self._nodes[ask.answer]
        if ask.form == "quantity":
            number = self._words.said(text, node.type.base)
            return number is not None and self._counts(ask, number, value, self._verdicts.tolerance(ask.answer))
        return self._tells(text, value, ask, ask.answer)

    def _in_domain(self, ask: Ask, option: str) -> bool:
        if ask.form == "bool":
            return option in ("Yes", "No")
        if ask.domain is None:
            return False
        domain = self._oracle.value(ask.domain)
        return any(self._tells(option, value, ask, ask.domain) for value in domain)

    def wrong(self, ask: Ask, answered: Answered, where: str) -> Iterator[Fault]:
        """Whether each wrong answer is one that the spec computes, tells its value, and is wrong."""
        right = self._oracle.value(ask.answer)
        offered = [(m.name, m.node, v) for m in ask.wrong for v in self._offered(ask, m.node)]
        for wrong in answered.wrong:
            if wrong.text == answered.text or wrong.value == answered.value or self.is_right(ask, wrong.text):
                yield f"a wrong answer of {where} is right", None, wrong.text
            fitting = [(n, v) for name, n, v in offered if name == wrong.mistake and self._is(ask, n, v, wrong)]
            name = f"the wrong answer `{wrong.mistake}`" if wrong.mistake else "a wrong answer"
            what = f"{name} of {where}"
            if not fitting:
                yield what, [self._json(ask, v) for name, _, v in offered if name == wrong.mistake], wrong.value
            elif all(self._is_answer(ask, n, v, right) for n, v in fitting):
                yield f"{what} is right by the oracle", self._json(ask, right), wrong.value
            elif not any(self._tells(wrong.text, v, ask, n) for n, v in fitting):
                yield f"the words of {what}", self._json(ask, fitting[0][1]), wrong.text

    def _offered(self, ask: Ask, node: NodeId) -> list[Value]:
        if self._nodes[node].type.rank > self._nodes[ask.answer].type.rank:
            return list(self._oracle.value(node))
        return list(self.possible(node))

    def _is(self, ask: Ask, node: NodeId, value: Value, wrong: WrongAnswer) -> bool:
        """Whether a wrong answer of the scene is a value of the oracle."""
        if matches(wrong.value, value, SHARE, self._verdicts.tolerance(node)):
            return True
        circular = self._nodes[node].type.base == "angle" and isinstance(wrong.value, int | float)
        return circular and _gap(wrong.value, value, "angle") <= SHARE * 360 + self._verdicts.tolerance(node)

    def _is_answer(self, ask: Ask, node: NodeId, value: Value, right: Value) -> bool:
        """Whether a value counts as the answer, whatever its words."""
        if ask.form in ("quantity", "point"):
            tolerance = self._verdicts.tolerance(ask.answer) + self._verdicts.tolerance(node)
            return self._counts(ask, value, right, tolerance)
        return same(value, right)

    def _counts(self, ask: Ask, value: Value, right: Value, tolerance: float) -> bool:
        """Whether a quantity or a point is surely within the tolerance of the answer."""
        within = self.within(ask) or 0.0
        return _gap(value, right, self._nodes[ask.answer].type.base) <= max(0.0, within * (1 - SHARE) - tolerance)

    def within(self, ask: Ask) -> float | None:
        """The tolerance of an answer in its own unit: a plain number for a measured quantity is a share of it."""
        if ask.within is None:
            return None
        within = float(self._oracle.value(ask.within))
        if (
            ask.form == "quantity"
            and self._nodes[ask.within].type.base == "number" != self._nodes[ask.answer].type.base
        ):
            return float(within * abs(self._oracle.value(ask.answer)))
        return within

    def _tells(self, text: str, value: Value, ask: Ask, node: NodeId) -> bool:
        type, tolerance = self._nodes[ask.answer].type, self._verdicts.tolerance(node)
        return self._words.tells(text, value, type, ask.form, tolerance, self.within(ask))

    def _json(self, ask: Ask, value: Value) -> Json:
        """A value for messages; of boxes their coordinates."""
        if ask.form in ("box", "boxes"):
            return [list(s.box) for s in value] if isinstance(value, list) else list(value.box)
        return told(value)


class _Reading:
    """One text read as one template. ``reached`` is how far it went, ``expected`` the value or the words that should
    have stood there."""

    def __init__(self, texts: Texts, template: Template, text: str) -> None:
        self._texts, self._parts, self._text = texts, template.parts, text
        self.reached, self.expected = -1, ""

    def ends(self, k: int, at: int) -> Iterator[int]:
        """Where the text may end that is read from part ``k`` on at a place."""
        if k == len(self._parts):
            self._failed(at, "")
            yield at
            return
        part = self._parts[k]
        if isinstance(part, str):
            if self._text.startswith(part, at):
                yield from self.ends(k + 1, at + len(part))
            else:
                self._failed(at, part)
            return
        ends, value = self._texts.hole(part, self._text, at)
        if not ends:
            self._failed(at, value)
        for end in ends:
            yield from self.ends(k + 1, end)

    def _failed(self, at: int, expected: Json) -> None:
        if at > self.reached:
            self.reached, self.expected = at, expected


def _chosen(value: Value, choices: Sequence[str]) -> str:
    """The first choice for one and for true, the last for all else; of three the first is for none."""
    if isinstance(value, bool | str):
        return choices[0] if value else choices[-1]
    if value == 0 and len(choices) == 3:
        return choices[0]
    return choices[len(choices) - 2] if value == 1 and len(choices) > 1 else choices[-1]


def _gap(a: Value, b: Value, base: str) -> float:
    """How far two quantities or points are apart; angles on the circle."""
    off = abs(a - b)
    return float(min(off % 360, -off % 360) if base == "angle" else off)
