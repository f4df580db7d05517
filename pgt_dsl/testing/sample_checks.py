"""Checks of what a data set says of a scene: its texts, options, wrong answers, answer styles, and its JSON.

They are functions of a ``Subject`` like those of ``testing.checks``, and look at no pixels. They compare with the
answer's value; that the value is right is what the oracle says.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pgt_dsl.dataset.record import STYLES, canonical_json, has_style, in_style
from pgt_dsl.program.english import NUMBER_WORDS
from pgt_dsl.program.program import Ask
from pgt_dsl.scene.columns import names_of_colors
from pgt_dsl.scene.options import same_answer
from pgt_dsl.scene.parse_answer import parse_answer
from pgt_dsl.scene.scene import Answered
from pgt_dsl.scene.serial import scene_from_json, scene_to_json
from pgt_dsl.scoring.score import score
from pgt_dsl.testing.subject import Check, Fault, Subject

__all__ = ["SAMPLE_CHECKS", "json_comes_back", "mistakes_are_wrong", "options_hold_the_answer", "styles_answer_right",
           "words_say_the_answer"]  # fmt: skip

Json = Any
ROUNDED = 0.051  # of ``within``: half a step of a tenth, and what floating point adds
COORDINATE = 0.0051  # of a side of the picture: two decimals, rounded
PRECISION = 0.01  # of a number without a tolerance: three digits are written


def words_say_the_answer(subject: Subject) -> list[Fault]:
    """The short text of an answer is read back as its value, by code that did not write it: without knowing the text,
    and as one of the texts that the question knows."""
    found = []
    for k, (ask, answered) in enumerate(_asked(subject)):
        for known in (replace(answered, text="", wrong=()), answered):
            value = parse_answer(answered.text, known, subject.scene, _colors(subject))
            if not _reads_as(value, answered, subject):
                message = (
                    f"question {k + 1}: {answered.text!r} reads as {value!r}, and the answer is {answered.value!r}"
                )
                found.append(Fault("words", message, ask.origin))
                break
    return found


def options_hold_the_answer(subject: Subject) -> list[Fault]:
    """The answer is among the options once, where it is said to be, and no two options are alike."""
    found = []
    for ask, answered in _asked(subject):
        options = answered.options
        if not options:
            continue
        if answered.correct is None or options[answered.correct] != answered.text:
            at = None if answered.correct is None else options[answered.correct]
            found.append(Fault("options", f"the right option is {at!r}, the answer {answered.text!r}", ask.origin))
        folded = [_fold(option, options) for option in options]
        alike = sorted({option for k, option in enumerate(options) if folded.count(folded[k]) > 1})
        if alike:
            found.append(Fault("options", f"options are alike: {', '.join(map(repr, alike))}", ask.origin))
    return found


def mistakes_are_wrong(subject: Subject) -> list[Fault]:
    """No wrong answer, named or not, is the answer: by its value, by its words, or by what a score makes of them."""
    found = []
    for k, (ask, answered) in enumerate(_asked(subject)):
        for wrong in answered.wrong:
            name = f"the mistake `{wrong.mistake}`" if wrong.mistake else "a wrong answer"
            if same_answer(answered.value, wrong.value, answered.form, answered.within, answered.unit):
                found.append(Fault("mistakes", f"{name} is right: {wrong.value!r}", ask.origin))
            elif _fold(wrong.text, answered.options) == _fold(answered.text, answered.options):
                found.append(Fault("mistakes", f"{name} reads like the answer: {wrong.text!r}", ask.origin))
            elif score(subject.scene, wrong.text, ask=k, style="short").right:
                found.append(Fault("mistakes", f"{name} is scored as right: {wrong.text!r}", ask.origin))
    return found


def styles_answer_right(subject: Subject) -> list[Fault]:
    """In every style that a question has, its turn gives the right answer, is scored as right, and a sentence, read as
    any other, says nothing else."""
    found = []
    for k, (ask, answered) in enumerate(_asked(subject)):
        for style in STYLES:
            if not has_style(answered, style):
                continue
            question, answer = in_style(answered, style)
            why = _style_fault(style, question, answer, answered) or _score_fault(style, answer, k, subject)
            if why:
                found.append(Fault("styles", f"in the style `{style}`: {why}", ask.origin))
    return found


def _score_fault(style: str, answer: str, k: int, subject: Subject) -> str:
    """What a score has against a turn; "" for nothing. A sentence is also read without knowing that it is the one."""
    scene, asks = subject.scene, list(subject.scene.asks)
    found = score(scene, answer, ask=k, style=style)
    if not found.right:
        return f"{answer!r} is scored as wrong: {found.reason}"
    if style == "sentence":
        asks[k] = replace(asks[k], sentence="")
        found = score(replace(scene, asks=tuple(asks)), answer, ask=k, style=style)
        if not found.right and found.parsed is not None:
            return f"{answer!r} reads as {found.parsed!r}, and the answer is {asks[k].text!r}"
    return ""


def json_comes_back(subject: Subject) -> list[Fault]:
    """The scene is the same after it was written as JSON and read."""
    scene = subject.scene
    try:
        written = canonical_json(scene_to_json(scene))
        again = scene_from_json(json.loads(written))
    except (TypeError, ValueError, KeyError) as error:
        return [Fault("json", f"the scene cannot be written as JSON and read: {type(error).__name__}: {error}")]
    before, after = scene_to_json(scene), scene_to_json(again)
    keys = [key for key in before if before[key] != after[key]]
    return [Fault("json", f"`{key}` of the scene is another when read back from JSON") for key in keys]


SAMPLE_CHECKS: Mapping[str, Check] = {
    "words": words_say_the_answer,
    "options": options_hold_the_answer,
    "mistakes": mistakes_are_wrong,
    "styles": styles_answer_right,
    "json": json_comes_back,
}


# answers --------------------------------------------------------------------------------------------


def _asked(subject: Subject) -> Iterator[tuple[Ask, Answered]]:
    return zip(subject.program.asks, subject.scene.asks, strict=True)


def _colors(subject: Subject) -> Mapping[str, str]:
    return names_of_colors(subject.pipeline.registry.colors)


def _reads_as(value: Json, answered: Answered, subject: Subject) -> bool:
    """Whether what was read is the answer, to the precision with which it is written."""
    wanted, scene = answered.value, subject.scene
    if value is None:
        return False
    within = answered.within or 0.0
    if answered.form == "quantity":
        return math.isclose(value, wanted, rel_tol=1e-6 if within else PRECISION, abs_tol=max(ROUNDED * within, 1e-6))
    side = max(scene.width, scene.height)
    if answered.form in ("point", "points"):
        return _near(value, wanted, max(within / 4, 6e-5 * side))
    if answered.form in ("box", "boxes"):
        return _near(value, wanted, COORDINATE * side)
    if isinstance(wanted, float):
        return math.isclose(value, wanted, rel_tol=PRECISION, abs_tol=1e-6)
    return bool(value == wanted)


def _near(value: Json, wanted: Json, by: float) -> bool:
    if isinstance(wanted, Sequence):
        same = isinstance(value, Sequence) and len(value) == len(wanted)
        return same and all(_near(v, w, by) for v, w in zip(value, wanted, strict=True))
    return bool(abs(value - wanted) <= by + 1e-9)


def _fold(text: str, options: Sequence[str]) -> str:
    """A text without what a reader passes over; letters stay as they are where case alone tells options apart."""
    plain = " ".join(text.split()).strip(" .")
    letters = len({option.lower() for option in options}) < len(set(options))
    return plain if letters and len(plain) == 1 else plain.lower()


# styles ---------------------------------------------------------------------------------------------


def _style_fault(style: str, question: str, answer: str, answered: Answered) -> str:
    """What is wrong with a turn; "" for nothing."""
    text = answered.text
    if style == "options":
        lines = dict(re.findall(r"^([A-Z]|\d+)\. (.*)$", question, re.M))
        if lines.get(answer) != text:
            return f"the label {answer!r} stands before {lines.get(answer)!r}, and the answer is {text!r}"
        return ""
    if style == "short":
        return "" if answer == text else f"it says {answer!r}, and the answer is {text!r}"
    if style == "reasoned":
        last = answer.rsplit("\n", 1)[-1]
        return "" if last == f"Answer: {text}" else f"it ends with {last!r}, and the answer is {text!r}"
    if answered.form == "bool":
        first = answer.split(",")[0].strip(" .").lower()
        contrary = first in ("yes", "no") and (first == "yes") is not answered.value
        return f"it says {answer!r}, and the answer is {text!r}" if contrary else ""
    others = [other for other in (*answered.options, *(w.text for w in answered.wrong)) if other != text]
    said = [other for other in others if _says(answer, other)]
    if said and not _says(answer, text):
        return f"it says {said[0]!r} and not {text!r}: {answer!r}"
    return ""


def _says(sentence: str, text: str) -> bool:
    """Whether a sentence has a text in it as words; numbers also as number words."""
    words = [word for word, number in NUMBER_WORDS.items() if str(number) == text]
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sentence, re.I) for word in (text, *words) if word)
