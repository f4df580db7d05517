"""The reference painter, in Pillow: slow, plain and the same everywhere; other painters are measured against it.

What a painter must compute, in whole numbers:

* ``outer`` is 255 times the share of the pixel inside the union of the item's pieces, ``inner`` the same for the points
  at least ``stroke`` inside its boundary (``inner = outer`` without an edge), both rounded to 0..255;
* ``a(c) = round(c * round(255 * opacity) / 255)``; with ``fill`` and ``edge`` colours (``none`` counts as alpha 0)
  ``rgb = round((rgb * (255 - af - ae) + fill * af + edge * ae) / 255)``; ``af = a(inner)``, ``ae = a(outer) - af``;
* the id mask takes the id where what is painted (fill and edge together, whatever the opacity) covers at least 128;
* text: a halo of its own (``halo_width``) is painted first, then the ink; only the ink has an id.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from pgt_dsl.paint import shapes
from pgt_dsl.paint.display import DisplayList, Painted, Renderer, TextItem
from pgt_dsl.paint.fonts import text_mask

Bytes = npt.NDArray[np.uint8]


def make() -> Renderer:
    """The renderer, for the plugin registry."""
    return PillowRenderer()


def halo_width(size: float) -> float:
    """Width in px of the halo around a text of ``size`` px to the em."""
    return max(1.25, 0.11 * size)


class PillowRenderer:
    """Paints with Pillow at 16 times the size, one shape's box at a time."""

    name = "pillow"

    def paint(self, display: DisplayList, backgrounds: Bytes, ids: bool = True) -> Painted:
        """Paint a batch over ``backgrounds`` (uint8[B, H, W, 3], not modified).

        Raises ``ValueError`` naming the picture, item and field of a NaN or infinite number, or of wrong shapes.
        """
        check(display, backgrounds)
        rgb = backgrounds.copy()
        mask = np.zeros(rgb.shape[:3], np.uint16) if ids else None
        for b in range(len(rgb)):
            for n in range(int(display.start[b]), int(display.start[b + 1])):
                text = display.texts[n]
                layer = None if mask is None else mask[b]
                if text is None:
                    _paint_shape(display, n, rgb[b], layer)
                else:
                    _paint_text(display, n, text, rgb[b], layer)
        return Painted(rgb, mask)


def check(display: DisplayList, backgrounds: Bytes) -> None:
    """Refuse a display list that no painter could paint. Raises ``ValueError`` that names what and where."""
    batch = len(display.start) - 1
    if backgrounds.shape != (batch, display.height, display.width, 3) or backgrounds.dtype != np.uint8:
        wanted = f"uint8[{batch}, {display.height}, {display.width}, 3]"
        raise ValueError(f"backgrounds are {backgrounds.dtype}{list(backgrounds.shape)}, not {wanted}")
    check_items(display)


def check_items(display: DisplayList) -> None:
    """``check``, but for the backgrounds."""
    outline = display.outline
    present = outline.count > 0
    used = np.arange(outline.verts.shape[-1]) < outline.count[..., None]
    tests = {
        "vertex": ~np.isfinite(outline.verts) & used,
        "radius": ~np.isfinite(outline.radius) & present,
        "stroke": ~np.isfinite(display.stroke),
        "opacity": ~((display.opacity >= 0) & (display.opacity <= 1)),
        "id": (display.id < 0) | (display.id > 0xFFFF),
        "text": np.array(
            [t is not None and not np.isfinite([t.at, t.size, t.turn]).all() for t in display.texts], bool
        ),
    }
    for what, bad in tests.items():
        if bad.any():
            n = int(np.argwhere(bad)[0][0])
            b = int(np.searchsorted(display.start, n, side="right")) - 1
            raise ValueError(f"picture {b}, item {n - int(display.start[b])}: {what} is not finite or out of range")


def _paint_shape(display: DisplayList, n: int, rgb: Bytes, ids: npt.NDArray[np.uint16] | None) -> None:
    fill, edge = int(display.fill[n]), int(display.edge[n])
    if fill < 0 and edge < 0:
        return
    outline = display.outline
    region = shapes.region_of(outline.verts[n], outline.count[n], outline.closed[n], outline.radius[n])
    box = _clip(region.box(), display.width, display.height)
    if box is None:
        return
    outer = shapes.coverage(region, *box)
    inner = outer
    if edge >= 0 and display.stroke[n] > 0:
        inner = np.minimum(outer, shapes.coverage(shapes.shrunk(region, float(display.stroke[n])), *box))
    x0, y0, x1, y1 = box
    blend(rgb[y0:y1, x0:x1], outer, inner, fill, edge, float(display.opacity[n]))
    if ids is not None and display.id[n]:
        painted = outer if fill >= 0 and edge >= 0 else inner if fill >= 0 else outer - inner
        ids[y0:y1, x0:x1][painted >= 128] = display.id[n]


def _clip(box: tuple[float, float, float, float] | None, width: int, height: int) -> tuple[int, int, int, int] | None:
    if box is None:
        return None
    x0, y0 = max(0, math.floor(box[0])), max(0, math.floor(box[1]))
    x1, y1 = min(width, math.ceil(box[2])), min(height, math.ceil(box[3]))
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _paint_text(display: DisplayList, n: int, text: TextItem, rgb: Bytes, ids: npt.NDArray[np.uint16] | None) -> None:
    canvas = (display.width, display.height)
    opacity = float(display.opacity[n])
    for colour, grow in ((int(display.halo[n]), halo_width(text.size)), (int(display.fill[n]), 0.0)):
        if colour < 0:
            continue
        tile = text_mask(
            text.text, text.at, text.size, canvas, turn=text.turn, mirrored=text.mirrored, bold=text.bold, grow=grow
        )
        if tile is None:
            continue
        x0, y0, mask = tile
        under = (slice(y0, y0 + mask.shape[0]), slice(x0, x0 + mask.shape[1]))
        blend(rgb[under], mask, mask, colour, -1, opacity)
        if ids is not None and display.id[n] and grow == 0.0:
            ids[under][mask >= 128] = display.id[n]


def _div255(x: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """``round(x / 255)``, exactly, for x up to 65025."""
    x = x + np.uint16(128)
    return np.asarray((x + (x >> 8)) >> 8, np.uint16)


def blend(rgb: Bytes, outer: Bytes, inner: Bytes, fill: int, edge: int, opacity: float) -> None:
    """Composite an item over ``rgb`` (uint8[h, w, 3], modified); ``outer`` and ``inner`` are uint8[h, w] coverages."""
    alpha = np.uint16(round(255 * opacity))
    whole = _div255(outer.astype(np.uint16) * alpha)
    fill_alpha = whole if inner is outer else _div255(inner.astype(np.uint16) * alpha)
    edge_alpha = whole - fill_alpha
    if fill < 0:
        fill_alpha = np.zeros_like(whole)
    if edge < 0:
        edge_alpha = np.zeros_like(whole)
    rest = np.uint16(255) - fill_alpha - edge_alpha
    for channel in range(3):
        shift = 16 - 8 * channel
        total = rgb[..., channel].astype(np.uint16) * rest
        if fill >= 0:
            total += np.uint16(fill >> shift & 255) * fill_alpha
        if edge >= 0 and inner is not outer:
            total += np.uint16(edge >> shift & 255) * edge_alpha
        rgb[..., channel] = _div255(total)
