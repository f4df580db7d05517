"""Wrong answers and options: spread, without repetition, with the named mistakes first, in a given order; and what is
written before each of them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from pgt_dsl.scene.scene import WrongAnswer

Json = Any

MOST = 8  # options of a question, the answer among them
LETTERS = "ABCDEFGH"
LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROUNDED = 0.055  # of a tolerance: what quantities in words may be off by (a twentieth), and a little
LOTS = 64  # random numbers for a question's options: the last for what is left out, the first for the order


def same_answer(a: Json, b: Json, form: str, within: float | None, unit: str = "") -> bool:
    """Whether b counts as the answer a: a quantity when it is no further off than ``within``, degrees on the circle."""
    if form == "quantity":
        return bool(apart(a, b, unit) <= max(within or 0.0, 1e-12 * max(abs(a), abs(b))))
    return bool(a == b)


def apart(a: float, b: float, unit: str) -> float:
    """How far two quantities are apart: 359 and 1 are two degrees apart."""
    off = abs(a - b)
    if not math.isfinite(off):
        return 0.0 if a == b else math.inf
    return float(min(off % 360, -off % 360)) if unit == "deg" else off


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union of two boxes (x0, y0, x1, y1); 0 where both are without area."""
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    both = max(0.0, wide) * max(0.0, high)
    areas = [(c[2] - c[0]) * (c[3] - c[1]) for c in (a, b)]
    whole = sum(areas) - both
    return both / whole if whole > 0 else 0.0


def too_near(answer: Json, value: Json, form: str, within: float | None, unit: str = "") -> bool:
    """Whether a value, told in words, could be taken for the answer: within its tolerance and what rounding adds, or,
    of a box, as much alike as is asked for."""
    reach = (within or 0.0) * (1 + ROUNDED)
    if form == "point":
        return math.dist(answer, value) <= reach
    if form == "box":
        return bool(answer == value) or (within is not None and overlap(answer, value) >= within)
    return same_answer(answer, value, form, reach, unit)


def labels_of(options: Sequence[str]) -> tuple[str, ...]:
    """What stands before the options where they are shown: A, B, C, ...; or 1, 2, 3, ... where options are letters
    themselves and not those that they would get, since "A" would then mean two of them. None, ``()``, where numbers
    would be ambiguous too, and for options that are too many or too few."""
    if not 2 <= len(options) <= len(LABELS):
        return ()
    letters = [_letter(option) for option in options]
    if not any(letters) or letters == list(LABELS[: len(options)]):
        return tuple(LABELS[: len(options)])
    numbers = tuple(str(k + 1) for k in range(len(options)))
    return () if any(re.search(r"(?<!\w)\d+(?!\w)", option) for option in options) else numbers


def _letter(option: str) -> str:
    """The letter that an option is, or calls something by ("line B"), as a capital; "" for none."""
    bare = option.strip()
    if len(bare) == 1 and bare.isascii() and bare.isalpha():  # a sign of Chinese is a word
        return bare.upper()
    found = re.search(r"(?<![\w'])([B-HJ-Z]|[AI](?=\W*$))(?![\w'])", bare)
    return found[1] if found else ""


def wrong_answers(
    answer: Json,
    text: str,
    candidates: Iterable[tuple[Json, str, str]],
    form: str,
    within: float | None = None,
    unit: str = "",
) -> tuple[WrongAnswer, ...]:
    """The candidates (value, words, mistake) that are wrong, each once; a named mistake gives its name to an equal one
    without."""
    found: dict[str, WrongAnswer] = {}
    for value, words, mistake in candidates:
        if too_near(answer, value, form, within, unit):
            continue
        if words != text and (words not in found or (mistake and not found[words].mistake)):
            found[words] = WrongAnswer(value, words, mistake)
    return tuple(found.values())


def some_of(answer: Json, values: Iterable[Json], many: int, form: str, lots: Sequence[float]) -> list[Json]:
    """``many`` of the values beside the answer. Where each of the values is the answer equally often, each option is
    right equally often whatever the others are.

    Whole numbers are those next to the answer, in a window of many + 1 that begins again at the ends of the values and
    in which the answer has any place equally often; all else is chosen by ``lots``, numbers in [0, 1).
    """
    kept: list[Json] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    if form == "int" and answer in kept:
        kept.sort()
        first = kept.index(answer) - int(lots[0] * (many + 1))
        kept = [kept[(first + k) % len(kept)] for k in range(min(many + 1, len(kept)))]
    else:
        kept = [kept[k] for k in sorted(range(len(kept)), key=lambda k: (lots[k % len(lots)], k))]
    return [value for value in kept if value != answer][:many]


def options_of(
    text: str, wrong: Sequence[WrongAnswer], domain: Iterable[str], order: Sequence[float], held: bool = False
) -> tuple[tuple[str, ...], int | None]:
    """The options and the place of the right one: the answer, named mistakes, other wrong answers and the rest of the
    domain, at most ``MOST``.

    ``order`` holds the picture's random numbers, at least ``MOST``: the k-th option shown is the one with the k-th
    least. Where wrong answers without a name, or the domain, are more than fit, they also say which are left out, since
    an option that is only ever there when it is right would give itself away. Labels A, B, C, ... stand in their own
    order, so that the letter of an option is its label. Fewer than two options are none: ``((), None)``.

    ``held``: the order does not depend on which option is right. The scenes of a group have the same random numbers;
    the right option would else have one letter in all of them, and who always says that letter would get them all.
    """
    kept = list(dict.fromkeys([text, *(w.text for w in wrong if w.mistake)]))
    for more in (dict.fromkeys(w.text for w in wrong), dict.fromkeys(domain)):
        rest = [words for words in more if words not in kept]
        kept += (rest[k] for k in sorted(range(len(rest)), key=lambda k: (order[-1 - k % len(order)], k)))
    kept = kept[:MOST]
    if len(kept) < 2:
        return (), None
    if set(kept) == set(LETTERS[: len(kept)]):
        places = sorted(range(len(kept)), key=lambda k: kept[k])
    elif held:
        ranks = {words: rank for rank, words in enumerate(sorted(kept))}
        places = sorted(range(len(kept)), key=lambda k: (order[ranks[kept[k]]], k))
    else:
        places = sorted(range(len(kept)), key=lambda k: (order[k], k))
    return tuple(kept[k] for k in places), places.index(0)
