"""Text as pixels: the fonts that travel with the package, how large a text is, and its mask at any place and turn.

The fonts are shipped (DejaVu Sans, see ``font/LICENSE_DEJAVU``) and laid out by FreeType's basic engine, so that
pixels never depend on what is installed. A text is centred on the box of its *ink*: that box is the text's outline.
"""

from __future__ import annotations

import math
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Bytes = npt.NDArray[np.uint8]

_EM = 1000  # px at which extents are measured; they are exactly linear in the size from there
_LONG = 16  # characters; longer texts are measured at a smaller size so that the measuring picture stays small
_TILE = 1 << 22  # supersamples that a text's mask may take before the factor is halved
_KEPT = 1 << 12  # pixels of the largest mask that is kept
_LIMIT = 1 << 26  # pixels of the largest text that is painted at all


@lru_cache(maxsize=256)
def font(size: float, bold: bool = False) -> ImageFont.FreeTypeFont:
    """The shipped font at ``size`` px to the em."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    with resources.as_file(resources.files("pgt_dsl.paint") / "font" / name) as path:
        return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def has_signs(text: str) -> bool:
    """Whether the shipped font has a glyph for every sign of a text."""
    face = font(16)
    missing = bytes(face.getmask("\U0010fffd"))
    return all(not c.isprintable() or c.isspace() or bytes(face.getmask(c)) != missing for c in set(text))


def text_extent(text: str, size: float, bold: bool = False) -> tuple[float, float]:
    """Width and height in px of the ink of ``text`` at ``size`` px to the em; (0, 0) for blanks. Linear in size.

    A box of this extent, centred where the text is centred, covers the ink.
    """
    width, height = _unit_extent(text, bold)
    return width * size, height * size


@lru_cache(maxsize=4096)
def _unit_extent(text: str, bold: bool) -> tuple[float, float]:
    em = _EM if len(text) <= _LONG else max(40.0, _EM * _LONG / len(text))
    ink = _ink(text, float(em), bold, 0.0)
    return (0.0, 0.0) if ink is None else (ink.width / em, ink.height / em)


@lru_cache(maxsize=256)
def _ink(text: str, size: float, bold: bool, stroke: float) -> Image.Image | None:
    """The text as an "L" mask cropped to its ink (grown by ``stroke`` px on each side), or None when nothing shows."""
    line = "".join(c if c.isprintable() else " " for c in text)
    face = font(size, bold)
    x0, y0, x1, y1 = face.getbbox(line, anchor="ls")
    pad = math.ceil(stroke) + 2
    if not line.strip() or x1 <= x0 or y1 <= y0:
        return None
    canvas = (math.ceil(x1 - x0) + 2 * pad, math.ceil(y1 - y0) + 2 * pad)
    if canvas[0] * canvas[1] > _LIMIT:
        raise ValueError(f"text {text[:20]!r}... is too large to paint ({canvas[0]} x {canvas[1]} px)")
    image = Image.new("L", canvas)
    pen = ImageDraw.Draw(image)
    pen.text((pad - math.floor(x0), pad - math.floor(y0)), line, 255, face, anchor="ls", stroke_width=stroke)
    box = image.getbbox()
    return None if box is None else image.crop(box)


def text_mask(
    text: str,
    at: complex,
    size: float,
    canvas: tuple[int, int],
    *,
    turn: float = 0.0,
    mirrored: bool = False,
    bold: bool = False,
    grow: float = 0.0,
) -> tuple[int, int, Bytes] | None:
    """Coverage of a line of text whose ink box is centred on ``at`` (px), turned clockwise by ``turn`` degrees.

    canvas: (width, height) px to which the mask is clipped. ``grow`` px are added all around (a halo).
    Returns ``(x0, y0, uint8[h, w])`` or None when nothing of it is on the canvas.
    Raises ``ValueError`` when the text is too large to be painted.
    """
    if size <= 0:
        return None
    width, height = text_extent(text, size, bold)
    if width == 0:
        return None
    factor = 16
    while factor > 1 and (width + 2 * grow) * (height + 2 * grow) * factor * factor > _TILE:
        factor //= 2
    ink = _ink(text, size * factor, bold, grow * factor)
    if ink is None:
        return None
    angle = math.radians(turn % 360.0)
    cos, sin = (math.cos(angle), math.sin(angle)) if turn % 90.0 else _quarter(turn)
    half_x = (abs(cos) * ink.width + abs(sin) * ink.height) / 2 / factor
    half_y = (abs(sin) * ink.width + abs(cos) * ink.height) / 2 / factor
    x0, x1 = max(0, math.floor(at.real - half_x)), min(canvas[0], math.ceil(at.real + half_x))
    y0, y1 = max(0, math.floor(at.imag - half_y)), min(canvas[1], math.ceil(at.imag + half_y))
    if x0 >= x1 or y0 >= y1:
        return None
    if factor == 16 and turn % 360.0 == 0.0:  # upright text, placed to 1/16 px: much faster, and most text is
        left, top = round((at.real - x0) * 16 - ink.width / 2), round((at.imag - y0) * 16 - ink.height / 2)
        place = _kept_upright if (x1 - x0) * (y1 - y0) <= _KEPT else _upright
        return x0, y0, place(text, size, bold, grow, mirrored, left, top, x1 - x0, y1 - y0)
    # From a supersample of the tile back into the ink: turn the other way about ``at``, mirror, shift to its centre.
    dx, dy = (x0 - at.real) * factor, (y0 - at.imag) * factor
    flip = -1.0 if mirrored else 1.0
    matrix = (
        flip * cos, flip * sin, flip * (cos * dx + sin * dy) + ink.width / 2,
        -sin, cos, -sin * dx + cos * dy + ink.height / 2,
    )  # fmt: skip
    tile = ink.transform(
        ((x1 - x0) * factor, (y1 - y0) * factor), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
    )
    return x0, y0, np.asarray(tile.reduce(factor) if factor > 1 else tile)


def _upright(
    text: str, size: float, bold: bool, grow: float, mirrored: bool, left: int, top: int, width: int, height: int
) -> Bytes:
    """Upright text whose ink starts ``left`` and ``top`` sixteenths of a px within a tile of ``width`` x ``height``."""
    ink = _ink(text, size * 16, bold, grow * 16)
    tile = Image.new("L", (width * 16, height * 16))
    if ink is not None:
        tile.paste(ink.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else ink, (left, top))
    return np.asarray(tile.reduce(4).reduce(4))


# The same letters come at the same size again and again, and at no more than 256 places within a pixel.
_kept_upright = lru_cache(maxsize=8192)(_upright)


def _quarter(turn: float) -> tuple[float, float]:
    """Exact cosine and sine of a multiple of 90 degrees."""
    return [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)][round(turn / 90.0) % 4]
