"""The kernel of the triton painter: one program for each tile of each picture, which reads and writes its pixels once.

The tile's layers are composited in order in registers. Coverages are sums over the boundaries of a row, in the same
whole numbers and the same rounded operations as in ``torch_spans.covered``, so both painters give the same bytes.
"""

from __future__ import annotations

import triton
import triton.language as tl
from triton.language import tensor

TILE_ROWS, TILE_COLUMNS = 4, 64
WARPS = 4
FIELDS = 16  # int32 to a layer in the table
# Positions in the table. BOX is x0, y0, x1, y1; INNER is -1 without an area of its own; MASK is -1 for shapes.
BOX, ROWS, INNER, FILL, EDGE, ALPHA, ID, MASK = 0, 4, 5, 6, 7, 8, 9, 10

_X = tl.constexpr(4096)  # torch_spans.X_STEPS


@triton.jit  # type: ignore[untyped-decorator]
def _covered(column: tensor, xa: tensor, xb: tensor, share: tensor) -> tensor:
    """``torch_spans.covered`` for a tile: column int32[1, C]; the boundary of each row int32[R, 1]."""
    right = (column + 1) * _X
    ua = right - xa
    ub = right - xb
    ca = tl.minimum(tl.maximum(ua, 0), _X)
    cb = tl.minimum(tl.maximum(ub, 0), _X)
    beyond = tl.maximum(ua - _X, 0)
    scale = tl.div_rn(1.0, tl.maximum(xb - xa, 1).to(tl.float32) * 8192.0)
    slanted = ((ca * ca - cb * cb).to(tl.float32) + beyond.to(tl.float32) * 8192.0) * scale
    upright = ca.to(tl.float32) * 0.000244140625
    part = tl.where(xa == xb, upright, tl.where(ub >= _X, 1.0, slanted))
    return tl.floor(share.to(tl.float32) * part + 0.5).to(tl.int32)


@triton.jit  # type: ignore[untyped-decorator]
def _coverage(
    rows: tensor, first: tensor, xa: tensor, xb: tensor, share: tensor, y: tensor, x: tensor, y0: tensor, y1: tensor
) -> tensor:
    """Coverage 0..255 of a tile (int32[R, C]) by the area whose row ``y0`` is number ``first`` of ``rows``."""
    within = (y >= y0) & (y < y1)
    begin = tl.load(rows + first + y - y0, mask=within, other=0)
    end = tl.load(rows + first + y - y0 + 1, mask=within, other=0)
    total = (y[:, None] + x[None, :]) * 0
    for step in range(tl.max(end - begin, axis=0)):
        there = begin + step < end
        a = tl.load(xa + begin + step, mask=there, other=0)
        b = tl.load(xb + begin + step, mask=there, other=0)
        part = tl.load(share + begin + step, mask=there, other=0)
        total += _covered(x[None, :], a[:, None], b[:, None], part[:, None])
    total = tl.minimum(tl.maximum(total, 0), 1048576)
    return (total * 255 + 524288) >> 20


@triton.jit  # type: ignore[untyped-decorator]
def _div255(value: tensor) -> tensor:
    value += 128
    return (value + (value >> 8)) >> 8


@triton.jit  # type: ignore[untyped-decorator]
def paint_tiles(
    background: tensor, rgb: tensor, ids: tensor, table: tensor, start: tensor,
    rows: tensor, xa: tensor, xb: tensor, share: tensor, masks: tensor,
    width: tensor, height: tensor, WITH_IDS: tl.constexpr, R: tl.constexpr, C: tl.constexpr, K: tl.constexpr,
) -> None:  # fmt: skip
    """Paint one tile of R x C pixels of one picture.

    background, rgb: uint8[B, H, W, 3]. ids: int32[B, H, W]. table: int32[L, K], a layer in each row; picture b owns
    ``start[b] .. start[b + 1]``. rows: int32, where the boundaries of each row of each area begin in ``xa``, ``xb``,
    ``share`` (int32). masks: uint8, the text masks one after another.
    """
    across = tl.cdiv(width, C)
    tiles = across * tl.cdiv(height, R)
    picture = tl.program_id(0) // tiles
    tile = tl.program_id(0) % tiles
    top = tile // across * R
    left = tile % across * C
    y = top + tl.arange(0, R)
    x = left + tl.arange(0, C)
    within = (y < height)[:, None] & (x < width)[None, :]
    pixel = (picture.to(tl.int64) * height + y)[:, None] * width + x[None, :]
    red = tl.load(background + pixel * 3, mask=within, other=0).to(tl.int32)
    green = tl.load(background + pixel * 3 + 1, mask=within, other=0).to(tl.int32)
    blue = tl.load(background + pixel * 3 + 2, mask=within, other=0).to(tl.int32)
    marks = red * 0
    for layer in range(tl.load(start + picture), tl.load(start + picture + 1)):
        entry = table + layer * K
        x0 = tl.load(entry)
        y0 = tl.load(entry + 1)
        x1 = tl.load(entry + 2)
        y1 = tl.load(entry + 3)
        if (x0 < left + C) & (x1 > left) & (y0 < top + R) & (y1 > top):
            fill = tl.load(entry + 6)
            edge = tl.load(entry + 7)
            alpha = tl.load(entry + 8)
            identity = tl.load(entry + 9)
            mask = tl.load(entry + 10)
            if mask >= 0:
                inked = ((y >= y0) & (y < y1))[:, None] & ((x >= x0) & (x < x1))[None, :]
                place = (y - y0)[:, None] * (x1 - x0) + (x - x0)[None, :]
                outer = tl.load(masks + mask + place, mask=inked, other=0).to(tl.int32)
            else:
                outer = _coverage(rows, tl.load(entry + 4), xa, xb, share, y, x, y0, y1)
            inner = outer
            first_inner = tl.load(entry + 5)
            if first_inner >= 0:
                inner = tl.minimum(_coverage(rows, first_inner, xa, xb, share, y, x, y0, y1), outer)
            fill_alpha = _div255(inner * alpha)
            edge_alpha = tl.where(edge >= 0, _div255(outer * alpha) - fill_alpha, 0)
            fill_alpha = tl.where(fill >= 0, fill_alpha, 0)
            rest = 255 - fill_alpha - edge_alpha
            red = _div255(red * rest + (fill >> 16 & 255) * fill_alpha + (edge >> 16 & 255) * edge_alpha)
            green = _div255(green * rest + (fill >> 8 & 255) * fill_alpha + (edge >> 8 & 255) * edge_alpha)
            blue = _div255(blue * rest + (fill & 255) * fill_alpha + (edge & 255) * edge_alpha)
            marks = tl.where((tl.where(fill >= 0, outer, outer - inner) >= 128) & (identity > 0), identity, marks)
    tl.store(rgb + pixel * 3, red.to(tl.uint8), mask=within)
    tl.store(rgb + pixel * 3 + 1, green.to(tl.uint8), mask=within)
    tl.store(rgb + pixel * 3 + 2, blue.to(tl.uint8), mask=within)
    if WITH_IDS:
        tl.store(ids + pixel, marks, mask=within)
