"""Points and boxes out of a response, in px of the scene."""

from __future__ import annotations

import re
from typing import Any

from pgt_dsl.scoring.clean import REVISION, Stated
from pgt_dsl.scoring.coordinates import CoordinateProfile, Place, corners, places
from pgt_dsl.scoring.statements import HEDGE, Reading, nothing
from pgt_dsl.scoring.subject import Asked

Json = Any


def read_places(part: Stated, asked: Asked, strict: bool) -> Reading:
    """The point, points, box or boxes that a response gives."""
    ask, scene = asked.ask, asked.scene
    usual = asked.coordinates
    text = part.text
    found = places(text)
    if not found:
        return _none(text, ask.form)
    boxes = ask.form in ("box", "boxes")
    if boxes:
        found = corners(found, text)
        if not found:
            return nothing("it gives a point where a box is asked for")
    elif all(len(p.at) == 4 for p in found):
        return nothing("it gives a box where a point is asked for")
    else:
        found = [p for p in found if len(p.at) == 2]
    if ask.form in ("point", "box"):
        found = _last(found, text, part.how == "answer phrase")
        if len({p.at for p in found}) > 1:
            if HEDGE.search(text) or re.search(r"\bor\b", text):
                return nothing("it does not decide between several answers")
            return nothing("it gives several places where one is asked for")
        found = found[:1]
    if strict and re.search(r"[A-Za-z]{3,}", _outside(found, text)):
        return nothing("strictly read, there is more than the bare answer, or none")
    assert scene is not None  # `score` has seen to it
    read = [_in_scene(place, usual, scene.width, scene.height) for place in found]
    if any(at is None for at in read):
        numbers = next(place.at for place, at in zip(found, read, strict=True) if at is None)
        return nothing(f"{numbers} lies outside the picture in coordinates `{usual.kind}`; set `coordinates=`")
    one = ask.form in ("point", "box")
    return Reading(read[0] if one else read, "box" if boxes else "point", found=True)


def _none(text: str, form: str) -> Reading:
    if form in ("points", "boxes") and re.fullmatch(
        r"\W*(?:none|nothing|there (?:are|is) (?:none|no [\w ]{1,40})|no [\w ]{1,40})\W*|\[\s*\]", text, re.IGNORECASE
    ):
        return Reading([], "list", found=True)
    return nothing("no coordinates were found in the text")


def _last(found: list[Place], text: str, marked: bool) -> list[Place]:
    """Of several places, those of the statement that counts: behind a revision, the first behind an answer mark, else
    the last line or sentence that has any."""
    if len({p.at for p in found}) <= 1:
        return found
    revised = [m.start() for m in REVISION.finditer(text)]
    if revised:
        behind = [p for p in found if p.start > revised[-1]]
        found = behind or found
    lines: dict[int, list[Place]] = {}
    ends = [m.start() for m in re.finditer(r"\n|[.!?]\s+(?=[A-Z])|[,;]\s+(?=so\b|therefore\b|thus\b)", text)]
    for place in found:
        lines.setdefault(sum(end < place.start for end in ends), []).append(place)
    groups = [lines[k] for k in sorted(lines)]
    return groups[0] if marked and not revised else groups[-1]


def _outside(found: list[Place], text: str) -> str:
    for place in sorted(found, key=lambda p: -p.start):
        text = text[: place.start] + " " + text[place.end :]
    return re.sub(r"<[^<>]{1,100}>", " ", text)


def _in_scene(place: Place, usual: CoordinateProfile, width: float, height: float) -> list[float] | None:
    own = place.own or usual
    pairs = [own.to_scene(place.at[k], place.at[k + 1], width, height) for k in range(0, len(place.at), 2)]
    if any(pair is None for pair in pairs):
        return None
    flat = [number for pair in pairs if pair is not None for number in pair]
    if len(flat) == 4:
        x0, y0, x1, y1 = flat
        flat = [min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)]
    return flat
