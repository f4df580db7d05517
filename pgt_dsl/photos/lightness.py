"""The lightness of a picture under a box, pixel by pixel: the slow twin that checks the catalogue's fast one."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def photo_lightness(pixels: npt.NDArray[np.uint8], box: Sequence[float]) -> float:
    """Mean CIE L* (0..100) of ``pixels`` (uint8[H, W, 3], sRGB) under ``box`` (x0, y0, x1, y1 in px of the picture).

    Pixels at the box's rim count by the share of them that it covers. Raises ``ValueError`` when it covers nothing.
    """
    height, width = pixels.shape[:2]
    across = [max(0.0, min(box[2], x + 1) - max(box[0], x)) for x in range(width)]
    down = [max(0.0, min(box[3], y + 1) - max(box[1], y)) for y in range(height)]
    area = math.fsum(across) * math.fsum(down)
    if area <= 0:
        raise ValueError(f"the box {tuple(box)} covers no pixel of {width} x {height}")
    rows = [y for y in range(height) if down[y] > 0]
    columns = [x for x in range(width) if across[x] > 0]
    part = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].reshape(-1, 3)
    colours, inverse = np.unique(part, axis=0, return_inverse=True)
    values = np.array([lightness(int(r), int(g), int(b)) for r, g, b in colours])[inverse]
    weights = np.outer([down[y] for y in rows], [across[x] for x in columns]).ravel()
    return float((values * weights).sum() / area)


def lightness(red: int, green: int, blue: int) -> float:
    """CIE L* (0..100) of an sRGB colour, by the formulas of IEC 61966-2-1 and CIE 15."""
    parts = []
    for value in (red, green, blue):
        share = value / 255
        parts.append(share / 12.92 if share <= 0.04045 else math.pow((share + 0.055) / 1.055, 2.4))
    y = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    return 903.2963 * y if y <= 0.008856 else 116 * math.pow(y, 1 / 3) - 16
