"""Encoding pictures: PNG, JPEG, WebP or raw files of RGB pixels, by the fastest encoder installed, else by Pillow.

What is installed changes the bytes of a file, not what it decodes to (of JPEG: by rounding, at most), so nothing is
ever identified by the bytes of a file: a sample is its pixels and its canonical JSON (``record``).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.diagnostics import PgtError

Rgb = npt.NDArray[np.uint8]
Encode = Callable[[Rgb], bytes]
IMAGES = ("png", "jpeg", "webp", "raw")
SUFFIXES = {"png": ".png", "jpeg": ".jpg", "webp": ".webp", "raw": ".ppm"}
JPEG_QUALITY = 95  # without a quality asked for: hard to tell from the painted pixels


@dataclass(frozen=True, slots=True)
class Encoder:
    """Makes files of pictures. ``name`` says by what (isal, simplejpeg, pillow); ``suffix`` is that of the files, with
    its dot; ``encode(rgb)`` gives the bytes of a file of uint8[H, W, 3], C-contiguous."""

    name: str
    suffix: str
    encode: Encode = field(repr=False)


@dataclass(frozen=True, slots=True)
class Encoding:
    """What pictures are written as: ``image`` is png, jpeg, webp or raw (portable pixmaps: a head and the pixels as
    they are). ``quality`` is 1 to 100; without one, JPEG has ``JPEG_QUALITY`` and WebP is without loss. PNG and raw
    files are always without loss and have no quality.

    Raises ``PgtError`` for anything else.
    """

    image: str = "png"
    quality: int | None = None

    def __post_init__(self) -> None:
        if self.image not in IMAGES:
            raise PgtError(f"pictures cannot be written as `{self.image}`; there are: {', '.join(IMAGES)}")
        if self.quality is None:
            return
        if self.image in ("png", "raw"):
            what = "PNG" if self.image == "png" else "raw"
            raise PgtError(
                f'a {what} file has no quality, it keeps every pixel; leave it out, or write `image = "jpeg"`'
            )
        if not 1 <= self.quality <= 100:
            raise PgtError(f"the quality of a picture is 1 to 100, not {self.quality}")

    @property
    def suffix(self) -> str:
        """The suffix of the files, with its dot."""
        return SUFFIXES[self.image]

    @property
    def lossless(self) -> bool:
        """Whether the files decode to the painted pixels."""
        return self.image in ("png", "raw") or (self.image == "webp" and self.quality is None)

    def __str__(self) -> str:
        if self.image == "jpeg":
            return f"JPEG of quality {self.quality or JPEG_QUALITY}"
        if self.image == "webp":
            return "WebP without loss" if self.quality is None else f"WebP of quality {self.quality}"
        return "raw" if self.image == "raw" else "PNG"


PNG = Encoding()


def encoder(encoding: Encoding = PNG) -> Encoder:
    """The fastest installed encoder of an encoding."""
    name, encode = _choose(encoding)
    return Encoder(name, encoding.suffix, encode)


def _choose(encoding: Encoding) -> tuple[str, Encode]:
    quality = encoding.quality
    if encoding.image == "raw":
        return "numpy", raw
    if encoding.image == "png":
        return ("isal", png_by_isal()) if find_spec("isal") else ("pillow", by_pillow("PNG", compress_level=3))
    if encoding.image == "jpeg":
        if find_spec("simplejpeg"):
            return "simplejpeg", jpeg_by_simplejpeg(quality or JPEG_QUALITY)
        # 4:4:4: a colour of its own for every pixel, since questions ask for colours of thin and small shapes
        return "pillow", by_pillow("JPEG", quality=quality or JPEG_QUALITY, subsampling=0)
    if quality is None:
        return "pillow", by_pillow("WEBP", lossless=True, quality=0, method=1)  # of effort, not of pixels
    return "pillow", by_pillow("WEBP", quality=quality, method=2)


def raw(rgb: Rgb) -> bytes:
    """A portable pixmap, P6: netpbm's ppm(5). It costs a copy, and readers of pictures know it."""
    height, width, _ = rgb.shape
    return b"P6\n%d %d\n255\n" % (width, height) + rgb.tobytes()


def by_pillow(file: str, **options: Any) -> Encode:
    """An encoder by Pillow: ``file`` is its name of the format, ``options`` are those of ``Image.save``."""
    from PIL import Image

    def encode(rgb: Rgb) -> bytes:
        buffer = io.BytesIO()
        Image.fromarray(rgb).save(buffer, file, **options)
        return buffer.getvalue()

    return encode


def jpeg_by_simplejpeg(quality: int) -> Encode:
    """JPEG by libjpeg-turbo, 4:4:4, with the exact transform."""
    from simplejpeg import encode_jpeg

    def encode(rgb: Rgb) -> bytes:
        return bytes(encode_jpeg(rgb, quality, "RGB", "444", False))

    return encode


def png_by_isal(level: int = 1) -> Encode:
    """PNG by the filter Up for every row and ISA-L's deflate (PNG specification, third edition, 9.2 and 10).

    Painted pictures are flat: a row less the one above is mostly zeros, which the fastest level squeezes well.
    """
    from isal import isal_zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = isal_zlib.crc32(data, isal_zlib.crc32(kind))
        return b"".join((len(data).to_bytes(4, "big"), kind, data, check.to_bytes(4, "big")))

    room = np.empty((0, 0), np.uint8)  # used again and again: fresh memory costs as much as the filter

    def encode(rgb: Rgb) -> bytes:
        nonlocal room
        height, width, _ = rgb.shape
        if room.shape != (height, 1 + 3 * width):
            room = np.empty((height, 1 + 3 * width), np.uint8)
        # 8 bits a channel, colour type 2 (RGB), no interlacing
        head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
        data = isal_zlib.compress(filtered_up(rgb, room), level)
        return b"".join((b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", head), chunk(b"IDAT", data), chunk(b"IEND", b"")))

    return encode


def filtered_up(rgb: Rgb, out: Rgb | None = None) -> Rgb:
    """Each row less the row above, modulo 256, after the number of that filter: uint8[H, 1 + 3 W], ``out`` if given."""
    height, width, _ = rgb.shape
    rows = rgb.reshape(height, 3 * width)
    filtered = np.empty((height, 1 + 3 * width), np.uint8) if out is None else out
    filtered[:, 0] = 2
    filtered[0, 1:] = rows[0]
    np.subtract(rows[1:], rows[:-1], out=filtered[1:, 1:])
    return filtered
