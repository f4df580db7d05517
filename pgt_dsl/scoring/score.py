"""``score``: a response of a model, read and scored by the type of the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.language import ENGLISH, check_code
from pgt_dsl.scene.glossed import gloss_of, glossed, glossed_scene
from pgt_dsl.scoring.coordinates import CoordinateProfile, profile
from pgt_dsl.scoring.judge import judge, mistake_of
from pgt_dsl.scoring.read import PLACES, read
from pgt_dsl.scoring.subject import asked

Json = Any


@dataclass(frozen=True, slots=True)
class Score:
    """``value``: 0 .. 1. ``right``: whether the answer is right. ``parsed``: the value that was read, in the form and
    unit of the scene's answer, None for none. ``said``: how it was read ("letter", "number word", "phrase", ...).
    ``mistake``: the named mistake that a wrong answer reveals, "" for none. ``reason``: why it is not right, "" when
    it is."""

    value: float
    right: bool
    parsed: Json
    said: str
    mistake: str = ""
    reason: str = ""


def score(
    sample: Any,
    text: str,
    *,
    ask: int = 0,
    style: str | None = None,
    coordinates: str | CoordinateProfile | None = None,
    strict: bool = False,
    partial: bool = True,
    ordered: bool | None = None,
    language: str | None = None,
) -> Score:
    """Score what a model said.

    sample: a ``Sample`` or ``Example``, a ``Scene``, an ``Answered``, or a row of a data set (a mapping with
    ``metadata``). text: the whole response. ask: which question of the scene, from 0.
    style: how the question was put (short | sentence | options | reasoned). Letters of options are read in ``options``;
    where neither the sample nor ``style`` says, also when no option is itself a letter.
    coordinates: what plain coordinates are: ``unit``, ``thousand``, ``hundred``, ``pixels``, ``resized``, ``square``, a
    model's name such as ``qwen2_5_vl``, or a profile of your own; None for those that the sample was written in.
    strict: accept nothing but the bare answer, or one in a mark (answer tag, box, JSON, "Answer:").
    partial: credit below 1 for answers that are nearly right; without, ``value`` is 1.0 or 0.0.
    ordered: whether order counts among several points or boxes (None: where the question speaks of an order), or in a
    list (None: it does).
    language: in which the question was put, ``de``; None for that of the scene, or English. Answers are read in it.

    Takes time linear in the text, of which the first 4,000 and the last 16,000 characters are read, and never raises on
    a text. Raises ``PgtError`` when ``sample`` is nothing to score, has no such question, or the coordinates have no
    such name.
    """
    question = asked(sample, ask, style)
    if coordinates is not None:
        question = replace(question, coordinates=profile(coordinates))
    if question.scene is None and (question.ask.form in PLACES or question.ask.unit in ("px", "px2")):
        raise PgtError(f"an answer of the form `{question.ask.form}` needs the size of its picture: give its scene")
    spoken = language or (ENGLISH if question.scene is None else question.scene.language)
    said = text if isinstance(text, str) else str(text or "")
    own = question
    if spoken != ENGLISH:
        gloss = gloss_of(question.ask, check_code(spoken))
        said, scene = gloss(said), question.scene
        question = replace(question, ask=glossed(question.ask, gloss), scene=scene and glossed_scene(scene, gloss))
    found = read(said, question, strict)
    if not found.found:
        return Score(0.0, False, None, found.said, "", found.reason)
    if found.value is None:
        return Score(0.0, False, None, found.said, "", "it names something that cannot be the answer")
    worth, right = (
        judge(found.value, question, ordered) if _comparable(found.value, question.ask.value) else (0.0, False)
    )
    if right:
        return Score(worth if partial else 1.0, True, found.value, found.said)
    mistake = mistake_of(found.value, question.ask)
    if mistake is not None or not partial:  # a known wrong answer is no near miss
        worth = 0.0
    reason = f"the answer is {own.ask.text}"
    return Score(worth, False, found.value, found.said, mistake or "", reason)


def _comparable(value: Json, wanted: Json) -> bool:
    """Whether two values are of one kind, numbers or lists or words."""
    if isinstance(wanted, list):
        return isinstance(value, list)
    if isinstance(wanted, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return not isinstance(value, list)
