"""Whether the coordinates in the texts of a question are where they are said to be, read off the texts themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pgt_dsl.scene.scene import Answered, Placed, Scene

_NUMBER = re.compile(r"-?\d+(?:\.(\d+))?")
_SHAPES = {2: re.compile(r"\(-?[\d.]+, -?[\d.]+\)"), 4: re.compile(r"\[(?:-?[\d.]+, ){3}-?[\d.]+\]")}


def misplaced(scene: Scene, answered: Answered) -> Iterator[tuple[str, Any, Any]]:
    """What is wrong with the places of a question: what it is, what was expected, what was found."""
    for place in answered.places:
        text = getattr(answered, place.text, "") if place.text in ("question", "text", "sentence", "reason") else ""
        words = text[place.start : place.end]
        shape = _SHAPES.get(len(place.at))
        if shape is None or not shape.fullmatch(words):
            yield f"the place in the {place.text}", "coordinates in brackets", words
        elif not _tells(words, place, scene):
            yield f"the place `{words}` in the {place.text}", list(place.at), words
    if answered.form in ("point", "points", "box", "boxes"):
        wanted = answered.value if answered.form.endswith("s") else [answered.value]
        told = [list(place.at) for place in answered.places if place.text == "text"]
        if told != [[float(number) for number in place] for place in wanted]:
            yield "the places of the answer", answered.value, told


def _tells(words: str, place: Placed, scene: Scene) -> bool:
    """Whether the numbers are those of the place, in shares or px, as precisely as they are written."""
    found = list(_NUMBER.finditer(words))
    sides = (scene.width, scene.height) * (len(place.at) // 2)
    for whole in (sides, (1.0,) * len(place.at)):
        slack = [0.5 * 10.0 ** -len(number[1] or "") + 1e-6 for number in found]
        if all(
            abs(float(number[0]) - at / side) <= most
            for number, at, side, most in zip(found, place.at, whole, slack, strict=True)
        ):
            return True
    return False
