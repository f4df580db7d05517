"""Pictures of what is wrong with a painter: the expected one, the painted one, and both around the worst pixel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

if TYPE_CHECKING:
    from pgt_dsl.testing.renderers import RendererFault

Bytes = npt.NDArray[np.uint8]

ZOOM = 16
REACH = 8  # px around the worst pixel
_GAP = 8  # px between pictures


def write_fault(fault: RendererFault, folder: Path) -> list[Path]:
    """Write ``expected.png``, ``got.png`` and ``worst.png``; returns their paths, none where no pixel is to blame."""
    if fault.expected is None or fault.got is None or fault.at is None:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    b, y, x = fault.at
    expected, got = fault.expected.rgb[b], fault.got.rgb[b]
    images = {"expected.png": expected, "got.png": got, "worst.png": worst(expected, got, y, x)}
    for name, pixels in images.items():
        Image.fromarray(pixels).save(folder / name)
    return [folder / name for name in images]


def worst(expected: Bytes, got: Bytes, y: int, x: int) -> Bytes:
    """Side by side and 16 times larger: expected, got, and their difference times 8, around row y and column x (framed
    in magenta): uint8[H, W, 3] from uint8[h, w, 3]."""
    difference = np.clip(np.abs(expected.astype(int) - got) * 8, 0, 255).astype(np.uint8)
    top, left = max(0, y - REACH), max(0, x - REACH)
    parts = []
    for pixels in (expected, got, difference):
        crop = pixels[top : y + REACH + 1, left : x + REACH + 1]
        large = np.kron(crop, np.ones((ZOOM, ZOOM, 1), np.uint8)).astype(np.uint8)
        row, column = (y - top) * ZOOM, (x - left) * ZOOM
        framed = np.zeros(large.shape[:2], bool)
        framed[row : row + ZOOM, column : column + ZOOM] = True
        framed[row + 1 : row + ZOOM - 1, column + 1 : column + ZOOM - 1] = False
        large[framed] = (255, 0, 255)
        parts += [large, np.full((large.shape[0], _GAP, 3), 128, np.uint8)]
    return np.concatenate(parts[:-1], axis=1)
