"""Texts with holes, filled in for one scene: agreement, formats, and capitals at the start of sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pgt_dsl.program import english
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.formats import FORMATS, Speech, choose, format_fits, say_value
from pgt_dsl.program.program import NodeId, Template

__all__ = ["FORMATS", "format_fits", "render"]

Json = Any


def render(
    template: Template, value: Callable[[NodeId], Json], type_of: Callable[[NodeId], Type], speech: Speech,
    said: Callable[[str, int], None] | None = None,
) -> str:  # fmt: skip
    """The text; ``value`` and ``type_of`` give a hole's scene value and type. ``said`` is told the words of each hole,
    and where in the text they begin. Raises ``Unspeakable``."""
    text, tongue = "", speech.tongue
    for part in template.parts:
        if isinstance(part, str):
            text += part
            continue
        type = type_of(part.node)
        if part.choices:
            given = value(part.node)
            words = (choose(given, type.base, part.choices) if tongue is None
                     else tongue.choose(given, type, part.choices, speech))  # fmt: skip
        else:
            words = say_value(value(part.node), type, speech, part.format)
        if tongue is not None:
            text, words = tongue.meet(text, words)
        if said is not None:
            said(words, len(text))
        text += english.capitalised(words) if english.starts_sentence(text) else words
    return text
