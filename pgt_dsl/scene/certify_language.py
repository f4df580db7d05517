"""Whether what is said in another language than English is what English says: read back, word by word.

The English of a value is put together here from the oracle's own reading. The words of the scene are put into English
by the vocabulary (``languages.gloss``), the other way from how they were made. What a catalogue has translated freely,
the sentences, cannot be judged by anyone but a reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pgt_dsl.languages.tongue import Tongue
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.formats import Speech
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.scene.answers import answer_text
from pgt_dsl.scene.certify_phrases import Phrases
from pgt_dsl.scene.scene import Answered, Scene

Json = Any
PLACES = ("point", "points", "box", "boxes")  # coordinates are the same in all languages, and judged elsewhere
_ARTICLE = re.compile(r"\b(?:the|an|a)\s+(?=\S{2})")


def missaid(
    oracle: Oracle, phrases: Phrases, scene: Scene, answered: Answered, type: Type, tongue: Tongue | None
) -> Iterator[tuple[str, Any, Any]]:
    """What is wrong with the words of a question: what it is, what was expected, what was found."""
    if scene.language == "en":
        return
    if tongue is None or tongue.code != scene.language:
        yield "the language", None if tongue is None else tongue.code, scene.language
        return
    if answered.form in PLACES:
        return
    gloss = tongue.gloss
    told = [(f"the answer `{answered.text}`", answered.text, answered.value)]
    told += [(f"the wrong answer `{wrong.text}`", wrong.text, wrong.value) for wrong in answered.wrong]
    for what, text, value in told:
        wanted, found = _plain(_english(oracle, phrases, answered, value, type)), _plain(gloss(text))
        if wanted != found:
            yield f"{what} in {tongue.language.name}", wanted, found


def in_english(oracle: Oracle, phrases: Phrases, answered: Answered, type: Type) -> Answered:
    """A question whose answers have been read back (``missaid``), with the English of their values in place of words,
    so that it can be judged as English ones are; without options and sentences."""

    def words(value: Json, text: str) -> str:
        if answered.form in PLACES:
            return text if value else "none"
        said = _english(oracle, phrases, answered, value, type)
        return said.capitalize() if answered.form == "bool" else said

    wrong = tuple(replace(one, text=words(one.value, one.text)) for one in answered.wrong)
    return replace(answered, text=words(answered.value, answered.text), wrong=wrong, options=(), sentence="", reason="")


def ambiguous(phrases: Phrases, scene: Scene) -> Iterator[tuple[int, str, list[int]]]:
    """Shapes that are told apart in English and called alike in the language of the scene: slot, phrase, the others."""
    if scene.language == "en":
        return
    called: dict[str, list[int]] = {}
    for shape in scene.shapes:
        if shape.phrase and shape.entity:
            called.setdefault(shape.phrase.casefold(), []).append(shape.slot)
    for phrase, slots in called.items():
        english = {phrases.phrase(phrases.seen(slot)) for slot in slots}
        if len(english) > 1:
            yield slots[0], phrase, slots[1:]


def _english(oracle: Oracle, phrases: Phrases, answered: Answered, value: Json, type: Type) -> str:
    """A value of the answer, as JSON, in English."""
    if isinstance(value, list):
        return ", ".join(_item(oracle, phrases, item, type.item) for item in value) or "none"
    if answered.form == "quantity":
        scene = oracle.scene
        return answer_text(value, "quantity", type, Speech(scene.width, scene.height), answered.within)
    return _item(oracle, phrases, value, type)


def _item(oracle: Oracle, phrases: Phrases, value: Json, type: Type) -> str:
    if type.base == "bool":
        return "yes" if value else "no"
    if type.base == "color":
        return oracle.colors.get(value, str(value))
    if type.base == "shape":
        return phrases.phrase(phrases.seen(value))
    return str(value)


def _plain(text: str) -> str:
    """Without capitals, articles and signs but those of numbers."""
    bare = re.sub(r"[^\w.%\u00b0:+-]+", " ", _ARTICLE.sub("", text.lower().strip()))
    return " ".join(sorted(bare.split())) if "%" in bare else bare.strip()
