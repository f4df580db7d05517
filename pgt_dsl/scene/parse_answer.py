"""The answer back from its text: ``parse_answer(answered.text, answered, scene)`` is the answer.

Written for scoring too: capitals, a full stop, articles, number words and missing units do not matter, but the letter
"A" is never taken for an article. Texts in other languages are put into English words first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pgt_dsl.languages.language import ENGLISH
from pgt_dsl.program.english import NUMBER_WORDS
from pgt_dsl.scene.columns import color_names
from pgt_dsl.scene.glossed import gloss_of, glossed, glossed_scene
from pgt_dsl.scene.scene import Answered, Scene

Json = Any

_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_ARTICLE = re.compile(r"^(?:the|an|a)\s+(?=\S)", re.IGNORECASE)


def parse_answer(text: str, answered: Answered, scene: Scene, colors: Mapping[str, str] | None = None) -> Json:
    """The value that a short text means, in the form of the question; None when it means nothing.

    ``colors`` names colours by ``"#rrggbb"`` (default: those of the installed plugins). Quantities come back in the
    unit of ``answered.value``, points and boxes in px, to the precision with which they are written.
    """
    if scene.language != ENGLISH:
        gloss = gloss_of(answered, scene.language)
        text, answered, scene = gloss(text), glossed(answered, gloss), glossed_scene(scene, gloss)
    text = text.strip()
    for known, value in _known(answered):
        if text == known:
            return value
    bare = text.rstrip(".!").strip()
    reader = _READERS.get(answered.form)
    if reader is not None:
        return reader(bare, answered, scene)
    item = _item_reader(answered, scene, colors)
    if answered.form in ("shapes", "values"):
        return _list(bare, answered, item)
    return item(bare)


def _known(answered: Answered) -> list[tuple[str, Json]]:
    """Texts whose values need no reading. Quantities and coordinates are read, so as to test the reading."""
    if answered.form in _READERS:
        return []
    return [(answered.text, answered.value), *((wrong.text, wrong.value) for wrong in answered.wrong)]


def _fold(text: str) -> str:
    """Text without capitals, articles and repeated spaces; a lone letter is no article."""
    text = re.sub(r"\s+", " ", text.strip().strip("\"'"))
    return _ARTICLE.sub("", text).lower()


def _item_reader(answered: Answered, scene: Scene, colors: Mapping[str, str] | None) -> Callable[[str], Json]:
    """How one word of the answer is read, by the form or by what the answer's items are."""
    sample = answered.value
    if answered.form == "values":
        sample = sample[0] if sample else ""
    if answered.form in ("shape", "shapes"):
        return lambda text: _shape(text, scene)
    if answered.form == "color" or (isinstance(sample, str) and sample.startswith("#")):
        return lambda text: _color(text, color_names() if colors is None else colors)
    if isinstance(sample, bool):
        return lambda text: _bool(text, answered, scene)
    if isinstance(sample, int):
        return lambda text: _int(text, answered, scene)
    if isinstance(sample, float):
        return _float
    return lambda text: _word(text, answered)


def _bool(text: str, answered: Answered, scene: Scene) -> bool | None:
    first = re.match(r"[a-z]+", text.lower())
    return {"yes": True, "true": True, "no": False, "false": False}.get(first.group() if first else "")


def _int(text: str, answered: Answered, scene: Scene) -> int | None:
    word = text.lower().strip()
    if word in NUMBER_WORDS:
        return NUMBER_WORDS[word]
    return int(word) if re.fullmatch(r"[-+]?\d+", word) else None


def _float(text: str) -> float | None:
    found = re.match(_NUMBER, text.strip())
    return float(found.group()) if found else None


def _quantity(text: str, answered: Answered, scene: Scene) -> float | None:
    value = _float(text)
    if value is None:
        return None
    if answered.unit == "px" and not re.search(r"\dpx|px$", text):
        return value * min(scene.width, scene.height) / 100
    return value * scene.width * scene.height / 100 if answered.unit == "px2" else value


def _groups(text: str, opening: str, closing: str, size: int) -> list[list[float]] | None:
    found = re.findall(rf"\{opening}([^\{opening}\{closing}]*)\{closing}", text)
    read = [[float(n) for n in re.findall(_NUMBER, group)] for group in found]
    return read if all(len(group) == size for group in read) else None


def _points(text: str, answered: Answered, scene: Scene) -> list[list[float]] | None:
    pairs = _groups(text, "(", ")", 2)
    return None if pairs is None else [[x * scene.width, y * scene.height] for x, y in pairs]


def _boxes(text: str, answered: Answered, scene: Scene) -> list[list[float]] | None:
    boxes = _groups(text, "[", "]", 4)
    wide, high = scene.width, scene.height
    return None if boxes is None else [[a * wide, b * high, c * wide, d * high] for a, b, c, d in boxes]


def _point(text: str, answered: Answered, scene: Scene) -> list[float] | None:
    points = _points(text, answered, scene)
    return points[0] if points and len(points) == 1 else None


def _box(text: str, answered: Answered, scene: Scene) -> list[float] | None:
    boxes = _boxes(text, answered, scene)
    return boxes[0] if boxes and len(boxes) == 1 else None


def _color(text: str, colors: Mapping[str, str]) -> str | None:
    folded = _fold(text)
    if folded == "none":
        return "none"
    return next((value for value, name in colors.items() if name == folded), None)


def _word(text: str, answered: Answered) -> str | None:
    """A word: one that the question knows, whatever its capitals and article; else as it stands."""
    words = [answered.text, *(wrong.text for wrong in answered.wrong), *answered.options]
    if isinstance(answered.value, list):
        words = [item for value in (answered.value, *(w.value for w in answered.wrong)) for item in value]
    return next((word for word in words if word == text), None) or next(
        (word for word in words if _fold(word) == _fold(text)), text or None
    )


def _shape(text: str, scene: Scene) -> int | None:
    """The shape whose phrase the text is: exactly, or but for capitals and article; entities come first."""
    shapes = sorted((s for s in scene.shapes if s.phrase), key=lambda s: (not s.entity, s.slot))
    for fold in (str.strip, _fold):
        for shape in shapes:
            if fold(shape.phrase) == fold(text):
                return shape.slot
    return None


def _list(text: str, answered: Answered, item: Callable[[str], Json]) -> list[Json] | None:
    if not text or text.lower() == "none":
        return []
    parts = re.split(r"\s*,\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+", text)
    items = [item(part) for part in parts]
    return None if any(value is None for value in items) else items


_READERS: Mapping[str, Callable[[str, Answered, Scene], Json]] = {
    "bool": _bool,
    "int": _int,
    "quantity": _quantity,
    "point": _point,
    "points": _points,
    "box": _box,
    "boxes": _boxes,
}
