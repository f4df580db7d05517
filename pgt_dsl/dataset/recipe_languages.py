"""What recipes say of languages: which, by weight, and what is said after questions in each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator

from pgt_dsl.dataset.languages import languages_of
from pgt_dsl.dataset.record import check_suffix
from pgt_dsl.diagnostics import PgtError


def _languages(given: Any) -> dict[str, float]:
    """``["en", "de"]`` or ``{ en = 2, de = 1 }``. Raises ``ValueError``."""
    if isinstance(given, list) and given and all(isinstance(code, str) for code in given):
        given = dict.fromkeys(given, 1.0)
    if not isinstance(given, Mapping) or not all(
        isinstance(w, int | float) and not isinstance(w, bool) for w in given.values()
    ):
        raise ValueError('languages are a list, as in ["en", "de"], or have weights, as in { en = 2, de = 1 }')
    try:
        return dict(languages_of(given).weights)
    except PgtError as error:
        raise ValueError(str(error)) from None


def _suffix(given: Any) -> dict[str, str]:
    """``{ options = "..." }``, and below the code of a language what is said in that; told as ``de.options``. Raises
    ``ValueError``."""
    if not isinstance(given, Mapping):
        raise ValueError('what is said after questions is told by style, as in { options = "Answer with a letter." }')
    made: dict[str, str] = {}
    for name, said in given.items():
        inner = {f"{name}.{style}": text for style, text in said.items()} if isinstance(said, Mapping) else {name: said}
        made.update(inner)
    try:
        check_suffix(made)
    except PgtError as error:
        raise ValueError(str(error)) from None
    if not all(isinstance(text, str) for text in made.values()):
        raise ValueError("what is said after questions is a text")
    return made


Spoken = Annotated[Mapping[str, float], BeforeValidator(_languages)]
SaidAfter = Annotated[Mapping[str, str], BeforeValidator(_suffix)]
