"""Skia draws what an item covers, as a mask of 8 bits; colours, opacity and ids follow from it by the common rule.

Ids are taken where that mask covers a half. Skia can also draw without antialiasing, but then a pixel belongs to the
shape that covers its centre, which is another rule.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import skia

from pgt_dsl.paint.display import DisplayList, Painted, Renderer
from pgt_dsl.paint.fonts import text_mask
from pgt_dsl.paint.reference import blend, check, halo_width
from pgt_dsl.testing.renderers import Tolerance
from pgt_skia import shapes

Mask = npt.NDArray[np.uint8]

# From measurements by the conformance suite (mean 3.6 to 4.3, p99 32 to 33, greatest error 79), with room for slivers
# thinner than a pixel: of one that covered 38 of 255 Skia made 188. Other lists may show worse.
TOLERANCE = Tolerance(mean=6, p99=48, convex=200, other=200, flat=24, ids=0.45)


_SOLID = skia.Paint(AntiAlias=True, Color=skia.ColorBLACK)


def make() -> Renderer:
    """The renderer, for the registry."""
    return SkiaRenderer()


class SkiaRenderer:
    """Paints a batch over the caller's backgrounds."""

    name = "skia"

    def paint(self, display: DisplayList, backgrounds: Mask, ids: bool = True) -> Painted:
        """Paint over ``backgrounds`` (uint8[B, H, W, 3], not modified). Raises ``ValueError`` as the reference does."""
        check(display, backgrounds)
        rgb = backgrounds.copy()
        found = np.zeros(rgb.shape[:3], np.uint16)
        for b in range(len(rgb)):
            for n in range(int(display.start[b]), int(display.start[b + 1])):
                if display.texts[n] is None:
                    _paint_shape(display, n, rgb[b], found[b])
                else:
                    _paint_text(display, n, rgb[b], found[b])
        return Painted(rgb, found if ids else None)


def _paint_shape(display: DisplayList, n: int, rgb: Mask, ids: npt.NDArray[np.uint16]) -> None:
    fill, edge, stroke = int(display.fill[n]), int(display.edge[n]), float(display.stroke[n])
    if fill < 0 and edge < 0:
        return
    parts = shapes.pieces(display, n)
    outer = inner = _drawn(shapes.area(parts, display), display)
    if edge >= 0 and stroke > 0:
        inner = np.minimum(outer, _drawn(shapes.inside(parts, display, stroke), display))
    blend(rgb, outer, inner, fill, edge, float(display.opacity[n]))
    painted = outer if fill >= 0 and edge >= 0 else inner if fill >= 0 else outer - inner
    if display.id[n]:
        ids[painted >= 128] = display.id[n]


def _paint_text(display: DisplayList, n: int, rgb: Mask, ids: npt.NDArray[np.uint16]) -> None:
    """Text comes as masks that are the same for every renderer."""
    text, canvas = display.texts[n], (display.width, display.height)
    for colour, grow in ((int(display.halo[n]), halo_width(text.size)), (int(display.fill[n]), 0.0)):
        tile = colour >= 0 and text_mask(
            text.text, text.at, text.size, canvas, turn=text.turn, mirrored=text.mirrored, bold=text.bold, grow=grow
        )
        if tile:
            x, y, mask = tile
            under = slice(y, y + mask.shape[0]), slice(x, x + mask.shape[1])
            blend(rgb[under], mask, mask, colour, -1, float(display.opacity[n]))
            if display.id[n] and not grow:
                ids[under][mask >= 128] = display.id[n]


def _drawn(path: skia.Path, display: DisplayList) -> Mask:
    """The share of each pixel of the canvas that a path covers, times 255: uint8[H, W]."""
    mask = np.zeros((display.height, display.width), np.uint8)
    info = skia.ImageInfo.MakeA8(display.width, display.height)
    skia.Surface.MakeRasterDirect(info, mask, display.width).getCanvas().drawPath(path, _SOLID)
    return mask
