"""Reading photographs: what a header says, whether a file is whole, and pixels as plain RGB, upright.

Every oddity of real files ends here: CMYK, 16 bit, palettes, transparency, turned cameras, broken and hostile files.
"""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

LEAST_SIDE = 64  # px
MOST_PIXELS = 50_000_000
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112


class PhotoError(OSError):
    """A photo that cannot be used; the message names the file and says why."""


@dataclass(frozen=True, slots=True)
class Header:
    """Size in px of the upright picture, and its EXIF orientation (1..8; 1 where the decoder turns it by itself)."""

    width: int
    height: int
    orientation: int = 1


def read_header(path: Path) -> Header:
    """What the first bytes of a file say, pixels unread. Raises ``PhotoError`` for a file that cannot be used:
    not a picture, cut short, smaller than 64 px on a side or of more than 50 million pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                width, height = image.size
                orientation = _orientation(image)
                kind = image.format or ""
    except Image.DecompressionBombError as error:
        raise PhotoError(f"{path.name}: too large, more than {MOST_PIXELS // 1_000_000} million pixels") from error
    except Exception as error:  # Pillow's readers raise many kinds on hostile bytes
        raise PhotoError(f"{path.name}: not a readable picture ({first_line(error)})") from error
    if width * height > MOST_PIXELS:
        raise PhotoError(f"{path.name}: too large, {width} x {height} px; at most {MOST_PIXELS // 1_000_000} million")
    if min(width, height) < LEAST_SIDE:
        raise PhotoError(f"{path.name}: too small, {width} x {height} px; at least {LEAST_SIDE} px on each side")
    if not _is_whole(path, kind):
        raise PhotoError(f"{path.name}: the file is cut short")
    return Header(height, width, orientation) if orientation >= 5 else Header(width, height, orientation)


def first_line(error: BaseException) -> str:
    """What an error says, in one line of at most 80 characters."""
    return str(error).replace("\n", " ").split(" '")[0][:80] or type(error).__name__


def _orientation(image: Image.Image) -> int:
    if image.format == "TIFF":  # Pillow itself turns these when it decodes, and swaps ``size`` beforehand
        return 1
    if image.format == "PNG" and "exif" not in image.info:  # getexif() would decode the whole file to look for it
        return 1
    value = image.getexif().get(_ORIENTATION, 1)
    return value if value in _TURNS else 1


def _is_whole(path: Path, kind: str) -> bool:
    """Whether the end of the file is where the format says that it is."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(16)
        file.seek(max(0, size - 4096))
        tail = file.read()
    if kind == "JPEG":
        return b"\xff\xd9" in tail
    if kind == "PNG":
        return b"IEND" in tail
    if kind == "WEBP":
        return size >= int(struct.unpack("<I", head[4:8])[0]) + 8
    return True


def load_rgb(path: Path, orientation: int = 1, least: tuple[int, int] | None = None) -> Bytes:
    """The upright picture as uint8[H, W, 3].

    least: (width, height) px of the upright picture that suffice; a JPEG much larger is decoded at a fraction of its
    size. Transparency is laid over white. Raises ``PhotoError`` when the pixels cannot be decoded.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise PhotoError(f"{path.name}: too large")
                if least is not None and image.format == "JPEG":
                    image.draft(None, least if orientation < 5 else least[::-1])
                plain = to_rgb(image)
    except PhotoError:
        raise
    except Exception as error:  # as above
        raise PhotoError(f"{path.name}: cannot be decoded ({first_line(error)})") from error
    if orientation in _TURNS:
        plain = plain.transpose(_TURNS[orientation])
    return np.asarray(plain)


def to_rgb(image: Image.Image) -> Image.Image:
    """Any picture as 8-bit RGB: 16 bit scaled down, transparency over white, CMYK and the rest converted."""
    mode = image.mode
    if mode.startswith("I") or mode == "F":
        return Image.fromarray(_scaled(np.asarray(image).astype(np.float64), mode)).convert("RGB")
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return image.convert("RGB")


def _scaled(values: Floats, mode: str) -> Bytes:
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    top = float(values.max(initial=0.0))
    if mode == "F" and top <= 1.0:
        full = 1.0
    elif top <= 255.0:
        full = 255.0 if mode != "I;16" and not mode.startswith("I;16") else 65535.0
    else:
        full = 65535.0 if top <= 65535.0 else top
    return np.asarray(np.rint(np.clip(values / full, 0.0, 1.0) * 255.0), np.uint8)


def turned(stored: npt.NDArray[Any], orientation: int) -> npt.NDArray[Any]:
    """An array [H, W, ...] as stored, upright."""
    if orientation in (5, 6, 7, 8):
        stored = stored.swapaxes(0, 1)
    mirrored, upside = orientation in (2, 3, 6, 7), orientation in (3, 4, 7, 8)
    return stored[:: -1 if upside else 1, :: -1 if mirrored else 1]


def turn_points(
    points: npt.NDArray[np.complex128], orientation: int, width: float, height: float
) -> npt.NDArray[np.complex128]:
    """Points of the stored picture (``width`` x ``height`` px as stored) as points of the upright one."""
    x, y = points.real, points.imag
    right, down = width - x, height - y
    table = {2: (right, y), 3: (right, down), 4: (x, down), 5: (y, x), 6: (down, x), 7: (down, right), 8: (y, right)}
    turned = table.get(orientation, (x, y))
    return np.asarray(turned[0] + 1j * turned[1])


@lru_cache(maxsize=1)
def _linear() -> Floats:
    value = np.arange(256) / 255.0
    return np.asarray(np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4))


def lightness_map(pixels: Bytes) -> Floats:
    """CIE L* (0..100, D65) of each pixel of uint8[H, W, 3] sRGB: float64[H, W]."""
    linear = _linear()
    y = 0.2126729 * linear[pixels[..., 0]] + 0.7151522 * linear[pixels[..., 1]] + 0.0721750 * linear[pixels[..., 2]]
    return np.asarray(np.where(y > 216 / 24389, 116 * np.cbrt(y) - 16, y * (24389 / 27)))
