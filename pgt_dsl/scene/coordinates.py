"""Conventions of coordinates, by name: what models write places in, and texts of questions written anew in them.

A scene's own texts say shares of width and height; a data set may say them as a model is used to. The formulas are the
published ones:

* ``thousand``: 0 .. 1000 of each side, whole (Qwen2-VL, Qwen3-VL, InternVL: ``round(x / width * 1000)``);
* ``hundred``: per cent with one decimal (Molmo);
* ``pixels``: px of the picture;
* ``resized``: px of the picture after ``smart_resize`` of Qwen2-VL (transformers, ``image_processing_qwen2_vl.py``),
  as Qwen2.5-VL wants them (its fine-tuning tools: ``min(round(x * new_width / width), new_width - 1)``);
* ``square``: shares of the picture padded to a square, as ``expand2square`` of LLaVA (``mm_utils.py``) pads it:
  the picture lies at ``(side - width) // 2``, ``(side - height) // 2``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.formats import decimal
from pgt_dsl.scene.scene import Answered, Placed

Pair = tuple[float, float]
WHOLE = {"unit": 1.0, "thousand": 1000.0, "hundred": 100.0}
FACTOR, MIN_PIXELS, MAX_PIXELS = 28, 4 * 28 * 28, 16384 * 28 * 28
"""What Qwen2-VL and Qwen2.5-VL come with: ``patch_size * merge_size``, and ``preprocessor_config.json``."""


@dataclass(frozen=True, slots=True)
class Resize:
    """``smart_resize``: sides are multiples of ``factor``, the area lies between ``min_pixels`` and ``max_pixels``."""

    factor: int = FACTOR
    min_pixels: int = MIN_PIXELS
    max_pixels: int = MAX_PIXELS

    def size(self, width: float, height: float) -> Pair:
        """(width, height) in px of what the model sees of a picture."""
        factor = self.factor
        high, wide = (max(factor, round(side / factor) * factor) for side in (height, width))
        if high * wide > self.max_pixels:
            beta = math.sqrt(height * width / self.max_pixels)
            high, wide = (max(factor, math.floor(side / beta / factor) * factor) for side in (height, width))
        elif high * wide < self.min_pixels:
            beta = math.sqrt(self.min_pixels / (height * width))
            high, wide = (math.ceil(side * beta / factor) * factor for side in (height, width))
        return wide, high


@dataclass(frozen=True, slots=True)
class CoordinateProfile:
    """What plain coordinates are measured in.

    kind: ``unit`` (0 .. 1), ``thousand`` (0 .. 1000), ``hundred`` (per cent) or ``pixels``. size: (width, height) in
    px of the picture that the model saw, None for the scene's own size; resize: the rule that gives it. square: shares,
    thousandths or pixels of the picture padded to a square, centred, as LLaVA does. y_first: pairs are (y, x), and
    boxes (y0, x0, y1, x1).
    """

    kind: Literal["unit", "thousand", "hundred", "pixels"] = "unit"
    size: Pair | None = None
    square: bool = False
    y_first: bool = False
    resize: Resize | None = None

    def __str__(self) -> str:
        """The name by which ``profile`` finds it; profiles of one's own have none and are told by their fields."""
        if self.resize is not None and self == CoordinateProfile("pixels", resize=self.resize):
            rule = self.resize
            return f"resized(factor={rule.factor}, min_pixels={rule.min_pixels}, max_pixels={rule.max_pixels})"
        return next((name for name, known in PROFILES.items() if known == self), repr(self))

    @property
    def as_told(self) -> bool:
        """Whether texts stay as scenes have them."""
        return self == CoordinateProfile()

    def seen(self, width: float, height: float) -> Pair:
        """(width, height) in px of what the model sees of a picture, before it is padded."""
        return self.resize.size(width, height) if self.resize is not None else self.size or (width, height)

    def to_scene(self, x: float, y: float, width: float, height: float) -> Pair | None:
        """Px of the scene of a plain pair; None for one that lies out of the picture by more than a hundredth."""
        if self.y_first:
            x, y = y, x
        wide, high = self._whole(width, height)
        across, down = x / wide, y / high
        if self.square:
            side, left, top = padding(width, height)
            across, down = (across * side - left) / width, (down * side - top) / height
        if not (-0.01 <= across <= 1.01 and -0.01 <= down <= 1.01):
            return None
        return across * width, down * height

    def of_scene(self, x: float, y: float, width: float, height: float) -> Pair:
        """The plain pair of a place in px of the scene, not rounded: the way back of ``to_scene``."""
        across, down = x / width, y / height
        if self.square:
            side, left, top = padding(width, height)
            across, down = (x + left) / side, (y + top) / side
        wide, high = self._whole(width, height)
        return (down * high, across * wide) if self.y_first else (across * wide, down * high)

    def _whole(self, width: float, height: float) -> Pair:
        """The numbers of the picture's right and lower edge (of the square's, where it is padded)."""
        if self.kind != "pixels":
            return WHOLE[self.kind], WHOLE[self.kind]
        wide, high = self.seen(width, height)
        return (max(wide, high),) * 2 if self.square else (wide, high)

    def written(self, at: Sequence[float], width: float, height: float, most: float = math.inf) -> list[str]:
        """The numbers of a point (two, px of the scene) or a box (four) as texts say them.

        Shares have two decimals, per cent one, thousandths and pixels none, or as many more as it takes that rounding
        moves nothing by more than ``most`` px. Thousandths stay in 0 .. 1000, pixels within the picture.
        """
        wide, high = self._whole(width, height)
        places = {"unit": 2, "hundred": 1}.get(self.kind, 0)
        sides = (max(width, height),) * 2 if self.square else (width, height)
        coarse = max(sides[0] / wide, sides[1] / high)  # px of the scene to a whole step
        while places < 4 and coarse * 10.0**-places / 2 > most:
            places += 1
        ends = (high, wide) if self.y_first else (wide, high)
        told = []
        for k in range(0, len(at), 2):
            for value, end in zip(self.of_scene(at[k], at[k + 1], width, height), ends, strict=True):
                last = end - 1 if self.kind == "pixels" and not places else end
                kept = value if self.kind == "unit" else min(max(value, 0.0), last)
                told.append(decimal(round(kept, places), places))
        return told


PROFILES: Mapping[str, CoordinateProfile] = {
    "unit": CoordinateProfile("unit"),
    "thousand": CoordinateProfile("thousand"),
    "hundred": CoordinateProfile("hundred"),
    "pixels": CoordinateProfile("pixels"),
    "resized": CoordinateProfile("pixels", resize=Resize()),
    "square": CoordinateProfile("unit", square=True),
}
MODELS: Mapping[str, str] = {
    "llava": "square", "molmo": "hundred", "internvl": "thousand", "qwen2_vl": "thousand", "qwen2_5_vl": "resized",
    "qwen3_vl": "thousand",
}  # fmt: skip
"""Names of models for what they are used to."""
UNIT = PROFILES["unit"]
_CALL = re.compile(r"\s*(\w+)\s*(?:\(([^()]*)\))?\s*")
_ARGUMENT = re.compile(r"\s*(factor|min_pixels|max_pixels)\s*=\s*(\d{1,9})\s*")


def padding(width: float, height: float) -> tuple[float, float, float]:
    """Side of the square that a picture is padded to, and where the picture's left and upper edge lie in it, px."""
    side = max(width, height)
    return side, (side - width) // 2, (side - height) // 2


def profile(coordinates: str | CoordinateProfile) -> CoordinateProfile:
    """The profile of a name: ``thousand``, ``qwen2_5_vl``, ``resized(max_pixels=1003520)``.

    Raises ``PgtError`` on an unknown one, on limits that cannot be, or a size that is none.
    """
    found = coordinates if isinstance(coordinates, CoordinateProfile) else _named(coordinates)
    if found is None or found.kind not in ("unit", "thousand", "hundred", "pixels"):
        known = ", ".join([*PROFILES, *MODELS])
        raise PgtError(f"no coordinates `{coordinates}`; there are: {known}, or a `CoordinateProfile`")
    if found.size is not None and not all(math.isfinite(side) and side > 0 for side in found.size):
        raise PgtError(f"the size of the picture that the model saw is {found.size}; it needs two numbers above 0")
    rule = found.resize
    if rule is not None and not (0 < rule.factor**2 <= rule.max_pixels and 0 < rule.min_pixels <= rule.max_pixels):
        raise PgtError(f"`{found}`: min_pixels and the square of factor are above 0 and at most max_pixels")
    return found


def _named(text: object) -> CoordinateProfile | None:
    match = _CALL.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    found = PROFILES.get(MODELS.get(match[1], match[1]))
    if match[2] is None or found is None:
        return found
    given = [_ARGUMENT.fullmatch(part) for part in match[2].split(",")]
    if found.resize is None or not all(given):
        raise PgtError(
            f"no coordinates `{text}`; only `resized` (and `qwen2_5_vl`) takes limits, whole numbers, as in "
            f"`resized(factor=28, min_pixels={MIN_PIXELS}, max_pixels=1003520)`"
        )
    return replace(found, resize=Resize(**{part[1]: int(part[2]) for part in given if part}))


def in_profile(ask: Answered, to: CoordinateProfile, width: float, height: float) -> Answered:
    """A question whose texts give places as ``to`` has them; the question itself where nothing changes."""
    if to.as_told or not ask.places:
        return ask
    texts = {name: getattr(ask, name) for name in {place.text for place in ask.places}}
    for place in sorted(ask.places, key=lambda place: -place.start):
        text = texts[place.text]
        texts[place.text] = text[: place.start] + _words(text, place, ask, to, width, height) + text[place.end :]
    return replace(ask, places=(), **texts)


def _words(text: str, place: Placed, ask: Answered, to: CoordinateProfile, width: float, height: float) -> str:
    """A place in its own brackets."""
    numbers = to.written(place.at, width, height, finest(ask, place.at))
    return text[place.start] + ", ".join(numbers) + text[place.end - 1]


def finest(ask: Answered, at: Sequence[float]) -> float:
    """By how many px rounding may move a place in the texts of a question: of points that are asked for by a quarter
    of the tolerance, of boxes by so much that at least half of what they may miss in overlap is left."""
    if ask.form in ("point", "points") and len(at) == 2:
        return ask.within / 4 if ask.within else math.inf
    if ask.form in ("box", "boxes") and len(at) == 4:
        across, down = at[2] - at[0], at[3] - at[1]
        missed = 1 - (ask.within or 0.5)
        return missed / 4 * across * down / (across + down) if across > 0 and down > 0 else math.inf
    return math.inf
