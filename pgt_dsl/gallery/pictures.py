"""Pictures of the site: WebP, without loss where that is small, else so near that no question is harder to answer."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pgt_dsl.gallery.entry import Picture
from pgt_dsl.scene.scene import Scene

FOLDER = "pictures"
SMALL = 10_000  # bytes up to which a picture is kept without loss
WORTH = 1.3  # times the bytes of one with loss that one without is worth
QUALITY = 86


def save(scene: Scene, rgb: npt.NDArray[np.uint8], slug: str, site: Path) -> tuple[Picture, ...]:
    """Write the pictures of a scene: rgb is uint8[H, W, 3]; a scene with ``cuts`` has one for each of them."""
    folder = site / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    crops = [rgb[y0:y1, x0:x1] for x0, y0, x1, y1 in scene.cuts] or [rgb]
    twin = "ab"[scene.twin % 2] if scene.twin_of else ""
    pictures = []
    for number, crop in enumerate(crops):
        part = f"-{number + 1}" if len(crops) > 1 else ""
        file = f"{FOLDER}/{slug}-{scene.index}{twin}{part}.webp"
        (site / file).write_bytes(webp(np.ascontiguousarray(crop)))
        pictures.append(Picture(file, crop.shape[1], crop.shape[0]))
    return tuple(pictures)


def webp(rgb: npt.NDArray[np.uint8]) -> bytes:
    """The file of a picture, uint8[H, W, 3]."""
    exact = _encoded(rgb, lossless=True, quality=50, method=4)
    if len(exact) <= SMALL:
        return exact
    near = _encoded(rgb, quality=QUALITY, method=4, use_sharp_yuv=True)
    return exact if len(exact) <= WORTH * len(near) else near


def _encoded(rgb: npt.NDArray[np.uint8], **options: object) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(rgb).save(buffer, "WEBP", **options)
    return buffer.getvalue()
