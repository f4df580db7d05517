"""Wrong answers and options: spread, without repetition, with the named mistakes first, in a given order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from pgt_dsl.scene.scene import WrongAnswer

Json = Any

MOST = 8  # options of a question, the answer among them
LETTERS = "ABCDEFGH"
LOTS = 64  # random numbers for a question's options: the last for what is left out, the first for the order


def same_answer(a: Json, b: Json, form: str, within: float | None) -> bool:
    """Whether b counts as the answer a: a quantity when it is no further off than ``within``."""
    if form == "quantity":
        return math.isclose(a, b, rel_tol=1e-12, abs_tol=within or 0.0)
    return bool(a == b)


def wrong_answers(
    answer: Json, text: str, candidates: Iterable[tuple[Json, str, str]], form: str, within: float | None = None
) -> tuple[WrongAnswer, ...]:
    """The candidates (value, words, mistake) that are wrong, each once; a named mistake gives its name to an equal one
    without."""
    found: dict[str, WrongAnswer] = {}
    for value, words, mistake in candidates:
        if same_answer(answer, value, form, within):
            continue
        if words != text and (words not in found or (mistake and not found[words].mistake)):
            found[words] = WrongAnswer(value, words, mistake)
    return tuple(found.values())


def options_of(
    text: str, wrong: Sequence[WrongAnswer], domain: Iterable[str], order: Sequence[float]
) -> tuple[tuple[str, ...], int | None]:
    """The options and the place of the right one: the answer, named mistakes, other wrong answers and the rest of the
    domain, at most ``MOST``.

    ``order`` holds the picture's random numbers, at least ``MOST``: the k-th option shown is the one with the k-th
    least. Where the domain is longer than fits, they also say which of it is left out, since an option that is only
    ever there when it is right would give itself away. Labels A, B, C, ... stand in their own order, so that the letter
    of an option is its label. Fewer than two options are none: ``((), None)``.
    """
    named = [w.text for w in wrong if w.mistake]
    kept = list(dict.fromkeys([text, *named, *(w.text for w in wrong)]))
    rest = [words for words in dict.fromkeys(domain) if words not in kept]
    lots = sorted(range(len(rest)), key=lambda k: (order[-1 - k % len(order)], k))
    kept = [*kept, *(rest[k] for k in lots)][:MOST]
    if len(kept) < 2:
        return (), None
    if set(kept) == set(LETTERS[: len(kept)]):
        places = sorted(range(len(kept)), key=lambda k: kept[k])
    else:
        places = sorted(range(len(kept)), key=lambda k: (order[k], k))
    return tuple(kept[k] for k in places), places.index(0)
