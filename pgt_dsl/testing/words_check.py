"""Whether an answer in words says the answer: its text is read back by code that did not write it.

``scene.parse_answer`` knows units, names of colours and phrases by itself. Quantities may be off by their rounding,
half of a tenth of ``within``; points by a quarter of it in each direction.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pgt_dsl.program.program import Ask
from pgt_dsl.scene.parse_answer import parse_answer
from pgt_dsl.scene.scene import Answered, Scene
from pgt_dsl.testing.subject import Fault, Subject

ROUNDED = 0.051  # of ``within``: half a step of a tenth, and what floating point adds
PLACES = 0.0051  # of a side: half a step of coordinates with two decimals


def words_say_the_answer(subject: Subject) -> list[Fault]:
    """The short text of every answer, read back, is the answer."""
    found = []
    for k, (ask, answered) in enumerate(zip(subject.program.asks, subject.scene.asks, strict=False)):
        read = parse_answer(answered.text, replace(answered, text="", wrong=()), subject.scene)
        if not _agrees(read, answered, _within(subject, ask, answered), subject.scene):
            what = f'question {k + 1}: "{answered.text}" reads as {read}, and the answer is {answered.value}'
            found.append(Fault("words", what, ask.origin))
    return found


def _within(subject: Subject, ask: Ask, answered: Answered) -> float:
    """The tolerance in the answer's own unit; that of a measured quantity may be a share of it."""
    nodes = subject.program.nodes
    if ask.within is None or answered.within is None:
        return 0.0
    shared = nodes[ask.within].type.base == "number" != nodes[ask.answer].type.base and answered.form == "quantity"
    return answered.within * abs(answered.value) if shared else answered.within


def _agrees(read: Any, answered: Answered, within: float, scene: Scene) -> bool:
    value, form = answered.value, answered.form
    if read is None:
        return False
    if form == "quantity":
        return math.isclose(read, value, rel_tol=1e-6, abs_tol=max(ROUNDED * within, 1e-6))
    side = max(scene.width, scene.height)
    if form in ("point", "points"):
        return _near(read, value, max(within / 4, 6e-5 * side))
    if form in ("box", "boxes"):
        return _near(read, value, PLACES * side)
    return bool(read == value)


def _near(read: Any, value: Any, off: float) -> bool:
    """Whether nested lists of numbers are alike, each number to within ``off``."""
    if isinstance(value, Sequence):
        return (
            isinstance(read, Sequence) and len(read) == len(value) and all(map(_near, read, value, [off] * len(value)))
        )
    return bool(abs(read - value) <= off + 1e-9)
