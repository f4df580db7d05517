"""Colours as columns: CIE L*a*b* (D65), CIEDE2000, and colours raised in lightness or turned in hue.

Colours are int64 0xRRGGBB, ``NO_COLOR`` (-1) for none. Formulas: IEC 61966-2-1 (sRGB), CIE 15:2004 (L*a*b*), and
Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula" (2005).
"""

from __future__ import annotations

import numpy as np

from pgt_dsl.geometry.outline import Floats, Ints
from pgt_dsl.program.datatypes import NO_COLOR

TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
TO_RGB = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
EDGE = 6 / 29


def lab(colors: Ints) -> Floats:
    """L* (0 .. 100), a*, b* of colours: float64[..., 3]; nan for none."""
    c = np.stack([(colors >> 16) & 255, (colors >> 8) & 255, colors & 255], -1) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    t = _times(TO_XYZ, linear) / WHITE
    f = np.where(t > EDGE**3, np.cbrt(t), t / (3 * EDGE**2) + 4 / 29)
    found = np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)
    return np.where((colors == NO_COLOR)[..., None], np.nan, found)


def _times(matrix: Floats, vectors: Floats) -> Floats:
    # spelt out: a matrix product may sum in another order for another number of rows
    parts = [vectors[..., 0] * row[0] + vectors[..., 1] * row[1] + vectors[..., 2] * row[2] for row in matrix]
    return np.stack(parts, -1)


def packed(values: Floats) -> Ints:
    """The nearest colours of L*a*b* values [..., 3], each channel clipped to what a screen has; none for nan."""
    fy = (values[..., 0] + 16) / 116
    f = np.stack([fy + values[..., 1] / 500, fy, fy - values[..., 2] / 200], -1)
    xyz = np.where(f > EDGE, f**3, 3 * EDGE**2 * (f - 4 / 29)) * WHITE
    c = np.clip(np.nan_to_num(_times(TO_RGB, xyz)), 0.0, 1.0)
    c = np.where(c <= 0.0031308, 12.92 * c, 1.055 * c ** (1 / 2.4) - 0.055)
    steps = np.floor(c * 255 + 0.5).astype(np.int64)
    made = (steps[..., 0] << 16) | (steps[..., 1] << 8) | steps[..., 2]
    return np.where(np.isnan(values[..., 0]), NO_COLOR, made)


def lightness(colors: Ints) -> Floats:
    """CIE L* as a share of its scale, 0 .. 1; nan for none."""
    return np.asarray(lab(colors)[..., 0] / 100)


def lighter(colors: Ints, by: Floats) -> Ints:
    """Raised in L* by a share of the whole scale (held within it); a* and b* stay."""
    values = lab(colors)
    values = np.broadcast_to(values, (*np.broadcast_shapes(values.shape[:-1], np.shape(by)), 3)).copy()
    values[..., 0] = np.clip(values[..., 0] + 100 * by, 0.0, 100.0)
    return packed(values)


def shifted(colors: Ints, by: Floats) -> Ints:
    """Turned in hue by an angle in degrees: a* and b* rotated, L* and chroma stay."""
    values = lab(colors)
    turned = (values[..., 1] + 1j * values[..., 2]) * np.exp(1j * np.radians(by))
    light = np.broadcast_to(values[..., 0], turned.shape)
    return packed(np.stack([light, turned.real, turned.imag], -1))


def gap(a: Ints, b: Ints) -> Floats:
    """CIEDE2000 / 100; 0 between equal colours, 1 between a colour and none."""
    found = ciede2000(lab(a), lab(b)) / 100
    return np.where(a == b, 0.0, np.where(np.isnan(found), 1.0, found))


def ciede2000(one: Floats, two: Floats) -> Floats:
    """The CIEDE2000 difference of L*a*b* values float64[..., 3], weights 1."""
    (l1, a1, b1), (l2, a2, b2) = (tuple(v[..., k] for k in range(3)) for v in (one, two))
    chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(chroma**7 / (chroma**7 + 25.0**7)))
    p1, p2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(p1, b1), np.hypot(p2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, p)) % 360 for b, p in ((b1, p1), (b2, p2)))
    grey = c1 * c2 == 0
    turn = (h2 - h1 + 180) % 360 - 180
    turn = np.where((turn == -180) & (h2 > h1), 180.0, turn)
    turn = np.where(grey, 0.0, turn)
    dl, dc, dh = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    light, c = (l1 + l2) / 2, (c1 + c2) / 2
    h = np.where(np.abs(h1 - h2) <= 180, (h1 + h2) / 2, (h1 + h2) / 2 + np.where(h1 + h2 < 360, 180, -180))
    h = np.where(grey, h1 + h2, h)
    t = 1 - 0.17 * _cosine(h - 30) + 0.24 * _cosine(2 * h) + 0.32 * _cosine(3 * h + 6) - 0.20 * _cosine(4 * h - 63)
    sl = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    sc, sh = 1 + 0.045 * c, 1 + 0.015 * c * t
    rc = 2 * np.sqrt(c**7 / (c**7 + 25.0**7))
    rt = -np.sin(np.radians(60 * np.exp(-(((h - 275) / 25) ** 2)))) * rc
    return np.asarray(np.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh)))


def _cosine(degrees: Floats) -> Floats:
    return np.asarray(np.cos(np.radians(degrees)))
