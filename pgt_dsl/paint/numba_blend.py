"""Painting pixels in whole numbers, for the numba painter: the rule of ``paint.reference`` for one row of an item."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from pgt_dsl.paint.numba_edges import inlined, jit


class Look(NamedTuple):
    """What an item looks like: channels of its fill and edge, -1 in ``fill`` or ``edge`` for none, alpha 0..255, id.

    solid: uint8[3 W] the fill's channels, over and over; marks: uint16[W] the id.
    """

    fill: int
    fill_r: int
    fill_g: int
    fill_b: int
    edge: int
    edge_r: int
    edge_g: int
    edge_b: int
    alpha: int
    id: int
    solid: npt.NDArray[np.uint8]
    marks: npt.NDArray[np.uint16]


@inlined
def div255(x):  # type: ignore[no-untyped-def]
    """``round(x / 255)`` for whole x from 0 to 65025."""
    x += 128
    return (x + (x >> 8)) >> 8


@inlined
def level(share):  # type: ignore[no-untyped-def]
    """A covered share as 0..255."""
    return min(255, int(abs(share) * 255.0 + 0.5))


_raw_memcpy: Any = cgutils.raw_memcpy
_intrinsic: Any = intrinsic


@_intrinsic
def copy_items(context, target, first, source, count):  # type: ignore[no-untyped-def]
    """``target[first : first + count] = source[:count]`` for arrays of one type, as one call of memcpy."""
    signature = types.none(target, first, source, count)

    def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
        to, since, origin, number = args
        into = context.make_array(signature.args[0])(context, builder, to)
        out_of = context.make_array(signature.args[2])(context, builder, origin)
        size = context.get_abi_sizeof(context.get_data_type(signature.args[0].dtype))
        _raw_memcpy(builder, builder.gep(into.data, [since]), out_of.data, number, size)
        return context.get_dummy_value()

    return signature, generate


@inlined
def mark(ids, first, end, look):  # type: ignore[no-untyped-def]
    """Set the id of the pixels ``first`` to ``end``; 0 leaves them alone."""
    if look.id > 0 and len(ids) > 0:
        copy_items(ids, first, look.marks, end - first)


@inlined
def fill_span(rgb, ids, first, end, cover, look):  # type: ignore[no-untyped-def]
    """Pixels ``first`` to ``end`` of one coverage, of an item without an edge."""
    a = div255(cover * look.alpha)
    if a == 255:
        copy_items(rgb, 3 * first, look.solid, 3 * (end - first))
    elif a > 0:
        row = rgb[3 * first : 3 * end]
        rest = np.uint16(255 - a)
        a = np.uint16(a)
        for x in range(3 * (end - first)):
            v = np.uint16(np.uint16(row[x]) * rest + np.uint16(look.solid[x]) * a + np.uint16(128))
            row[x] = np.uint8(np.uint16(v + (v >> np.uint16(8))) >> np.uint16(8))
    if cover >= 128:
        mark(ids, first, end, look)


@inlined
def fill_pixel(rgb, ids, x, cover, look):  # type: ignore[no-untyped-def]
    """One pixel of an item without an edge."""
    a = div255(cover * look.alpha)
    p = 3 * x
    rest = 255 - a
    rgb[p] = div255(rgb[p] * rest + look.fill_r * a)
    rgb[p + 1] = div255(rgb[p + 1] * rest + look.fill_g * a)
    rgb[p + 2] = div255(rgb[p + 2] * rest + look.fill_b * a)
    if cover >= 128 and look.id > 0 and len(ids) > 0:
        ids[x] = look.id


@inlined
def edged_span(rgb, ids, first, end, outer, inner, look):  # type: ignore[no-untyped-def]
    """Pixels ``first`` to ``end`` of one outer and one inner coverage."""
    inner = min(inner, outer)
    whole = div255(outer * look.alpha)
    fill_alpha = div255(inner * look.alpha)
    edge_alpha = whole - fill_alpha
    painted = outer
    if look.fill < 0:
        fill_alpha = 0
        painted = outer - inner
    rest = 255 - fill_alpha - edge_alpha
    r = look.fill_r * fill_alpha + look.edge_r * edge_alpha
    g = look.fill_g * fill_alpha + look.edge_g * edge_alpha
    b = look.fill_b * fill_alpha + look.edge_b * edge_alpha
    if rest == 0:
        r, g, b = div255(r), div255(g), div255(b)
        for p in range(3 * first, 3 * end, 3):
            rgb[p] = r
            rgb[p + 1] = g
            rgb[p + 2] = b
    elif rest < 255:
        for p in range(3 * first, 3 * end, 3):
            rgb[p] = div255(rgb[p] * rest + r)
            rgb[p + 1] = div255(rgb[p + 1] * rest + g)
            rgb[p + 2] = div255(rgb[p + 2] * rest + b)
    if painted >= 128:
        mark(ids, first, end, look)


@inlined
def paint_row(cover, spans, rgb, ids, width, look):  # type: ignore[no-untyped-def]
    """Paint a row of ``width`` pixels from its differences, which are taken out.

    cover, spans: see ``numba_edges.Room``. rgb: uint8[3 width]; ids: uint16[width], of length 0 for none.
    """
    n = spans[0, 0]
    spans[0, 0] = 0
    for i in range(2, n + 1):  # by where they start
        low, high = spans[i, 0], spans[i, 1]
        k = i - 1
        while k >= 1 and spans[k, 0] > low:
            spans[k + 1, 0] = spans[k, 0]
            spans[k + 1, 1] = spans[k, 1]
            k -= 1
        spans[k + 1, 0] = low
        spans[k + 1, 1] = high
    if look.edge < 0:
        _filled(cover[0], spans, n, rgb, ids, width, look)
    else:
        _edged(cover[0], cover[1], spans, n, rgb, ids, width, look)
    for x in range(width, width + 2):
        cover[0, x] = cover[1, x] = 0.0


@inlined
def _filled(outer, spans, n, rgb, ids, width, look):  # type: ignore[no-untyped-def]
    share = 0.0
    x = 0
    for i in range(1, n + 2):
        low, end = (spans[i, 0], spans[i, 1] + 1) if i <= n else (width, width)
        if low > x:
            share += outer[x]
            outer[x] = 0.0
            cover = level(share)
            if cover > 0:
                fill_span(rgb, ids, x, low, cover, look)
            x = low
        while x < end:
            share += outer[x]
            outer[x] = 0.0
            cover = level(share)
            if cover > 0:
                fill_pixel(rgb, ids, x, cover, look)
            x += 1


@inlined
def _edged(outer, inner, spans, n, rgb, ids, width, look):  # type: ignore[no-untyped-def]
    share = inner_share = 0.0
    x = 0
    for i in range(1, n + 2):
        low, end = (spans[i, 0], spans[i, 1] + 1) if i <= n else (width, width)
        while x < max(low, end):
            stop = max(low, x + 1)
            share += outer[x]
            inner_share += inner[x]
            outer[x] = inner[x] = 0.0
            outer_cover, inner_cover = level(share), level(inner_share)
            if outer_cover > 0:
                if inner_cover == 255 and look.fill >= 0:
                    fill_span(rgb, ids, x, stop, 255, look)
                else:
                    edged_span(rgb, ids, x, stop, outer_cover, inner_cover, look)
            x = stop


@jit
def blit(rgb, ids, coverage, mask, alpha, value):  # type: ignore[no-untyped-def]
    """Paint a mask (see ``numba_table``): rgb uint8[H, 3 W], ids uint16[H, W] or empty."""
    at, colour = mask[4], mask[5]
    r, g, b = colour >> 16, colour >> 8 & 255, colour & 255
    for y in range(mask[1], mask[3]):
        for x in range(mask[0], mask[2]):
            cover = int(coverage[at])
            at += 1
            if cover == 0:
                continue
            a = div255(cover * alpha)
            rest = 255 - a
            p = 3 * x
            rgb[y, p] = div255(rgb[y, p] * rest + r * a)
            rgb[y, p + 1] = div255(rgb[y, p + 1] * rest + g * a)
            rgb[y, p + 2] = div255(rgb[y, p + 2] * rest + b * a)
            if cover >= 128 and value > 0 and ids.shape[1] > 0:
                ids[y, x] = value
