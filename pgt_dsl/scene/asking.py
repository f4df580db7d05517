"""Questions of a batch, answered row by row: texts, the answer, wrong answers, options, grounding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pgt_dsl.languages.translation import AskTexts
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.formats import Unspeakable, say_value
from pgt_dsl.program.margins import EXACT
from pgt_dsl.program.program import Ask, NodeId, Template
from pgt_dsl.scene.answers import CONTINUOUS, LISTS, answer_text, unit_of
from pgt_dsl.scene.chance import Chance
from pgt_dsl.scene.options import LOTS, options_of, some_of, too_near, wrong_answers
from pgt_dsl.scene.rows import Rows
from pgt_dsl.scene.scene import Answered, Placed, WrongAnswer
from pgt_dsl.scene.texts import render

Json = Any


def located(
    name: str, words: str, start: int, said: Sequence[tuple[str, tuple[float, ...]]]
) -> list[Placed]:  # fmt: skip
    """Where the coordinates that were ``said``, in their order, stand in words that begin at ``start`` of a text."""
    found: list[Placed] = []
    at = 0
    for text, numbers in said:
        at = words.index(text, at)
        found.append(Placed(name, start + at, start + at + len(text), numbers))
        at += len(text)
    return found


class Asking:
    """One question over the rows of a batch. ``number`` is its place in the conversation."""

    def __init__(self, rows: Rows, ask: Ask, number: int) -> None:
        self.rows, self.ask, self.number = rows, ask, number
        self.type: Type = rows.program.nodes[ask.answer].type

    def answered(self, row: int, chance: Chance, margin: float | None, texts: Ask | AskTexts) -> Answered:
        """The question of a row, with the texts of the program or of a translation. Raises ``Unspeakable`` when its
        texts or its answer have no words."""
        ask, rows = self.ask, self.rows
        within = None if ask.within is None else rows.of(ask.within)[row]
        raw = rows.of(ask.answer)[row]
        if raw is None:
            raise Unspeakable(f"question {self.number + 1} has no answer in this scene")
        value = self._told(row, raw)
        near = self._near(raw, within)
        places: list[Placed] = []
        rows.placed.clear()
        text = self._words(row, raw, near)
        places += located("text", text, 0, rows.placed)
        paraphrase = chance.below(len(texts.texts), f"question.{self.number}")
        question = texts.texts[paraphrase]
        wrong = self._wrong(row, raw, value, text, near, chance)
        options, correct = self._options(row, value, text, wrong, near, chance)
        return Answered(
            question=self._render(question, row, "question", places),
            form=ask.form,
            value=value,
            text=text,
            margin=None if margin is None or margin >= EXACT else margin,
            within=near,
            unit=unit_of(self.type, ask.form),
            paraphrase=paraphrase,
            options=options,
            correct=correct,
            wrong=wrong,
            sentence=self._said(texts.say, "say", row, chance, "sentence", places),
            reason=self._said(texts.because, "because", row, chance, "reason", places),
            grounding=self._grounding(row, raw, ask.texts[paraphrase]),
            places=tuple(places),
        )

    def _near(self, raw: Json, within: float | None) -> float | None:
        """The tolerance in the answer's own unit: a plain number for a measured quantity is a share of it."""
        if self.ask.within is None or within is None or self.ask.form != "quantity" or self.type.base == "number":
            return within
        return within * abs(raw) if self._type(self.ask.within).base == "number" else within

    # values and words -----------------------------------------------------------------------------

    def _told(self, row: int, raw: Json) -> Json:
        """A value as the scene tells it: boxes by their coordinates."""
        if self.ask.form == "box":
            return list(self.rows.box(row, raw))
        if self.ask.form == "boxes":
            return [list(self.rows.box(row, slot)) for slot in raw]
        return raw

    def _words(self, row: int, raw: Json, within: float | None) -> str:
        """The short answer for a value as the program has it."""
        rows, form = self.rows, self.ask.form
        if form in ("box", "boxes"):
            slots = [raw] if form == "box" else raw
            boxes = [rows.box_words(row, rows.box(row, s)) for s in slots]
            return ", ".join(boxes) or say_value([], self.type, rows.speech(row))
        return answer_text(raw, form, self.type, rows.speech(row), within)

    def _wordless(self, row: int, raw: Json, within: float | None) -> None:
        """Raises what keeps a value from being said, unless English has no words for it either."""
        if self.rows.tongues[row] is None:
            return
        try:
            answer_text(raw, self.ask.form, self.type, self.rows.english(row), within)
        except Unspeakable:
            return
        self._words(row, raw, within)

    def _render(self, template: Template, row: int, name: str, places: list[Placed]) -> str:
        """The text of a template; the coordinates in it, a text called ``name``, are added to ``places``."""
        rows, speech = self.rows, self.rows.speech(row)
        rows.placed.clear()

        def said(words: str, start: int) -> None:
            places.extend(located(name, words, start, rows.placed))
            rows.placed.clear()

        return render(template, lambda n: rows.of(n)[row], lambda n: rows.program.nodes[n].type, speech, said)

    def _said(
        self, templates: Sequence[Template], what: str, row: int, chance: Chance, name: str, places: list[Placed]
    ) -> str:  # fmt: skip
        if not templates:
            return ""
        return self._render(templates[chance.below(len(templates), f"{what}.{self.number}")], row, name, places)

    # wrong answers and options --------------------------------------------------------------------

    def _wrong(
        self, row: int, answer: Json, value: Json, text: str, within: float | None, chance: Chance
    ) -> tuple[WrongAnswer, ...]:
        candidates: list[tuple[Json, str, str]] = []
        for k, mistake in enumerate(self.ask.wrong):
            given = self.rows.of(mistake.node)[row]
            spread = self._type(mistake.node).rank > self.type.rank
            offered = [raw for raw in ((given or []) if spread else [given]) if raw is not None]
            if mistake.some:
                lots = chance.shares(f"wrong.{self.number}.{k}", LOTS)
                offered = some_of(answer, offered, mistake.some, self.ask.form, lots)
            for raw in offered:
                try:
                    candidates.append((self._told(row, raw), self._words(row, raw, within), mistake.name))
                except Unspeakable:  # a wrong answer without words is no option
                    self._wordless(row, raw, within)
        return wrong_answers(value, text, candidates, self.ask.form, within, unit_of(self.type, self.ask.form))

    def _options(
        self, row: int, value: Json, text: str, wrong: Sequence[WrongAnswer], within: float | None, chance: Chance
    ) -> tuple[tuple[str, ...], int | None]:
        """The options; of quantities none that is nearly the answer, and all are rounded as it is."""
        form = self.ask.form
        if form in CONTINUOUS and form != "quantity":
            return (), None
        domain = [self._words(row, truth, None) for truth in (True, False)] if form == "bool" else []
        if self.ask.domain is not None and form not in (*LISTS, "bool"):
            for raw in self.rows.of(self.ask.domain)[row] or []:
                if form == "quantity" and too_near(value, raw, form, within, unit_of(self.type, form)):
                    continue
                try:
                    domain.append(self._words(row, raw, within))
                except Unspeakable:
                    self._wordless(row, raw, within)
        held = self.rows.program.twin is not None
        return options_of(text, wrong, domain, chance.shares(f"options.{self.number}", LOTS), held)

    # grounding ------------------------------------------------------------------------------------

    def _grounding(self, row: int, raw: Json, question: Template) -> tuple[int, ...]:
        """The shapes that the answer and the question name; of a virtual box, the shape that it is around."""
        named = self._slots(raw, self.type)
        holes = [part.node for part in question.parts if not isinstance(part, str) and not part.choices]
        for node in holes:
            named += self._slots(self.rows.of(node)[row], self._type(node))
        return tuple(dict.fromkeys(self._meant(row, slot) for slot in named))

    def _type(self, node: NodeId) -> Type:
        return self.rows.program.nodes[node].type

    def _slots(self, value: Json, type: Type) -> list[int]:
        if type.base != "shape" or value is None:
            return []
        if type.rank == 0:
            return [value]
        return [slot for item in value for slot in self._slots(item, type.item)]

    def _meant(self, row: int, slot: int) -> int:
        shape = self.rows.shape(row, slot)
        around = None if shape is None or shape.painted else shape.fields.get("around")
        return slot if around is None else int(around)
