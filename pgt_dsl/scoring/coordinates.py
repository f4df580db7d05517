"""Points and boxes as models write them.

A profile (``scene.coordinates``) says what plain numbers are: shares of the picture, thousandths, or pixels of what the
model saw. Nothing is guessed: numbers out of a profile's bounds are no place. Only notations that fix their own
convention override it: per cent signs, ``<point x= y=>`` (hundredths), ``<loc0123>`` (1024ths, y first),
``<|box_start|>`` of Qwen (thousandths).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from pgt_dsl.scene.coordinates import PROFILES, CoordinateProfile, profile
from pgt_dsl.scoring.clean import fenced, loads

__all__ = ["PROFILES", "CoordinateProfile", "Place", "corners", "places", "profile"]

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A point (two numbers) or a box (four) of a text, as written. ``own`` is the profile that its notation fixes."""

    start: int
    end: int
    at: Numbers
    own: CoordinateProfile | None = None


_N = r"[-+]?(?:\d{1,9}(?:\.\d{1,12})?|\.\d{1,12})"
_SEP = r"\s{0,3}[,;\s]\s{0,3}"
_PLAIN = re.compile(
    rf"(?P<open>[(\[{{])\s{{0,3}}(?:[xy]\w?\s?[:=]\s?)?(?P<n>{_N}\s?%?(?:px)?(?:{_SEP}(?:[a-z]{{1,2}}\d?\s?[:=]\s?)?{_N}\s?%?(?:px)?){{1,3}})\s{{0,3}}[)\]}}]",
    re.IGNORECASE,
)
_NUMBER = re.compile(rf"({_N})\s?(%?)")
_XY = re.compile(
    rf"\bx\s?(?:\d\s?)?[:=]\s{{0,2}}({_N})\s?(%?)(?:px)?{_SEP}?(?:and\s)?\s{{0,2}}y\s?(?:\d\s?)?[:=]\s{{0,2}}({_N})\s?(%?)",
    re.I,
)
_POINT_TAG = re.compile(r"<points?\b((?:\s{1,3}\w{1,6}\s?=\s?[\"'][^\"'<>]{0,60}[\"']){1,400})", re.I)
_PLAIN_TAG = re.compile(rf"<(point|box|bbox)>\s{{0,3}}({_N}(?:{_SEP}{_N}){{1,3}})\s{{0,3}}</", re.I)
_ATTRIBUTE = re.compile(rf"\b([xy])(\d{{0,3}})\s?=\s?[\"']\s?({_N})\s?[\"']", re.I)
_LOC = re.compile(r"(?:<loc(\d{4})>\s?){2,4}")
_BOX_TOKEN = re.compile(r"<\|(?:box|point)_start\|>(.{3,80}?)<\|(?:box|point)_end\|>")
_BARE = re.compile(
    rf"^\W{{0,4}}({_N}\s?%?(?:px)?(?:\s?,\s?|\s{{1,3}}){_N}\s?%?(?:px)?(?:(?:\s?,\s?|\s{{1,3}}){_N}\s?%?(?:px)?(?:\s?,\s?|\s{{1,3}}){_N}\s?%?(?:px)?)?)\W{{0,4}}$"
)
_CORNER = re.compile(
    r"\s{0,4}(?:[,;]?\s{0,4}(?:and|to|-|->|(?:and )?[a-z\s-]{0,30}(?:bottom|lower|right)[a-z\s-]{0,30}:?)?)\s{0,4}",
    re.IGNORECASE,
)
_KEYS = ("bbox_2d", "bbox", "box_2d", "box", "bounding_box", "point_2d", "point", "points", "coordinates", "coordinate",
         "location", "center", "position", "answer", "boxes", "bboxes")  # fmt: skip
THOUSAND, HUNDRED = PROFILES["thousand"], PROFILES["hundred"]
LOC = CoordinateProfile("unit", y_first=True)


def places(text: str) -> list[Place]:
    """All points and boxes of a text, in order, without overlap. JSON is read as a whole."""
    inner = fenced(text).strip()
    if inner[:1] in "{[":
        found = list(_of_json(loads(inner), 0))
        if found:
            return [Place(0, len(text), at) for at in found[:1000]]
    spans: list[Place] = []
    for match in _POINT_TAG.finditer(text):
        pairs: dict[str, dict[str, float]] = {}
        for axis, number, value in _ATTRIBUTE.findall(match[1]):
            pairs.setdefault(number, {})[axis.lower()] = float(value)
        end = text.find("</point", match.end(), match.end() + 200)
        end = match.end() if end < 0 else end
        spans += [Place(match.start(), end, (p["x"], p["y"]), HUNDRED) for p in pairs.values() if len(p) == 2]
    for match in _PLAIN_TAG.finditer(text):
        numbers = [float(n) for n in re.findall(_N, match[2])]
        if len(numbers) in (2, 4):
            spans.append(Place(match.start(), match.end(), tuple(numbers)))
    for match in _LOC.finditer(text):
        numbers = [float(n) / 1024 for n in re.findall(r"\d{4}", match[0])]
        if len(numbers) in (2, 4):
            spans.append(Place(match.start(), match.end(), tuple(numbers), LOC))
    for match in _BOX_TOKEN.finditer(text):
        numbers = [float(n) for n in re.findall(_N, match[1])]
        if len(numbers) in (2, 4):
            spans.append(Place(match.start(), match.end(), tuple(numbers), THOUSAND))
    taken = [(p.start, p.end) for p in spans]
    for pattern in (_PLAIN, _XY):
        for match in pattern.finditer(text):
            if not any(match.start() < end and start < match.end() for start, end in taken):
                spans += _plain(match, pattern is _XY)
        taken = [(p.start, p.end) for p in spans][:2000]
    if not spans and (bare := _BARE.match(text)):
        spans += _plain(bare, False)
    return _joined(sorted(spans, key=lambda p: p.start)[:1000], text)


def _plain(match: re.Match[str], named: bool) -> list[Place]:
    found = _NUMBER.findall(match[0] if not named else " ".join(filter(None, match.groups())))
    if not named:
        found = _NUMBER.findall(re.sub(r"[a-z]{1,2}\d?\s?[:=]", " ", match[0], flags=re.I))
    if len(found) not in (2, 4):
        return []
    own = HUNDRED if all(sign for _, sign in found) else None
    return [Place(match.start(), match.end(), tuple(float(n) for n, _ in found), own)]


def _joined(found: list[Place], text: str) -> list[Place]:
    """Two corners side by side, "(x0,y0),(x1,y1)", stay two points here: a reader of boxes joins them."""
    kept: list[Place] = []
    for place in found:
        if not kept or place.start >= kept[-1].end or place.own is HUNDRED:
            kept.append(place)
    return kept


def corners(found: list[Place], text: str) -> list[Place]:
    """Points of a text as boxes, where two of them stand side by side; boxes stay."""
    boxes: list[Place] = []
    k = 0
    while k < len(found):
        here = found[k]
        if len(here.at) == 4:
            boxes.append(here)
        elif k + 1 < len(found) and len(found[k + 1].at) == 2:
            after = found[k + 1]
            between = text[here.end : after.start]
            if _CORNER.fullmatch(between):
                boxes.append(Place(here.start, after.end, (*here.at, *after.at), here.own))
                k += 1
        k += 1
    return boxes


def _of_json(data: object, depth: int) -> list[Numbers]:
    """The pairs and quadruples of numbers of JSON, under the usual keys or in lists."""
    if depth > 4:
        return []
    if isinstance(data, dict):
        lower = {str(key).lower(): value for key, value in data.items()}
        for keys in (("x1", "y1", "x2", "y2"), ("x0", "y0", "x1", "y1"), ("xmin", "ymin", "xmax", "ymax"),
                     ("x_min", "y_min", "x_max", "y_max"), ("left", "top", "right", "bottom"), ("x", "y")):  # fmt: skip
            if all(_is_number(lower.get(key)) for key in keys):
                if len(keys) == 2 and {"w", "h"} <= lower.keys() | {"w"} and _is_number(lower.get("h")):
                    return []
                return [tuple(float(lower[key]) for key in keys)]
        for key in _KEYS:
            if key in lower:
                return _of_json(lower[key], depth + 1)
        return []
    if isinstance(data, list):
        if len(data) in (2, 4) and all(_is_number(item) for item in data):
            return [tuple(float(item) for item in data)]
        if len(data) <= 1000:
            return [at for item in data for at in _of_json(item, depth + 1)]
    if isinstance(data, str) and depth:
        return [place.at for place in places(data[:2000])] if data[:1] not in "{[" or depth < 2 else []
    return []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and abs(value) < 1e12
