"""Questions in another language put into English words, so that answers in that language are read as English ones are.

The words of the question itself come first: of ``Answered`` the texts of the answer and of wrong ones beside their
values, which are the same in all languages. All else is of the language's vocabulary (``languages.gloss``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pgt_dsl.languages.gloss import Gloss, plain_gloss
from pgt_dsl.languages.language import ENGLISH, language
from pgt_dsl.scene.columns import color_names
from pgt_dsl.scene.scene import Answered, Scene

Json = Any


def gloss_of(answered: Answered, code: str) -> Gloss:
    """What puts texts about a question into English. Raises ``PgtError`` for a language that is not known."""
    return _gloss(code, tuple(_pairs(answered, language(code).patterns["comma"])))


@lru_cache(maxsize=256)
def _gloss(code: str, pairs: tuple[tuple[str, str], ...]) -> Gloss:
    return Gloss(language(code), pairs) if pairs else plain_gloss(code)


def _pairs(answered: Answered, comma: str) -> Iterator[tuple[str, str]]:
    """The words of the question that are values, with their English."""
    for text, value in ((answered.text, answered.value), *((w.text, w.value) for w in answered.wrong)):
        items = text.split(comma) if isinstance(value, list) else [text]
        values = value if isinstance(value, list) else [value]
        if len(items) != len(values):
            continue
        for item, meant in zip(items, values, strict=True):
            if isinstance(meant, str) and item:
                yield item, color_names().get(meant, meant) if meant.startswith("#") else meant


def glossed(answered: Answered, gloss: Gloss) -> Answered:
    """The question in English words; its values are the same."""
    return replace(
        answered,
        question=gloss(answered.question),
        text=gloss(answered.text),
        options=tuple(map(gloss, answered.options)),
        wrong=tuple(replace(wrong, text=gloss(wrong.text)) for wrong in answered.wrong),
        sentence=gloss(answered.sentence),
        reason=gloss(answered.reason),
        places=(),
    )


def in_english(answered: Answered, code: str) -> Answered:
    """A question as it would be in English, as far as its answers go: the same words for the same values."""
    if code == ENGLISH:
        return answered
    made = glossed(answered, gloss_of(answered, code))
    if answered.form != "bool":
        return made
    return replace(made, text=made.text.capitalize(), options=tuple(text.capitalize() for text in made.options))


def glossed_scene(scene: Scene, gloss: Gloss) -> Scene:
    """The scene with its phrases in English words, and without its questions."""
    shapes = tuple(replace(shape, phrase=gloss(shape.phrase)) if shape.phrase else shape for shape in scene.shapes)
    return replace(scene, shapes=shapes, asks=(), language=ENGLISH)
