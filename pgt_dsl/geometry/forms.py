"""Unit polygons of the forms that a ``figure`` may take: the larger side of the upright box is 1, the box centred on 0.

``circle`` is not here: it is a point with a radius.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from pgt_dsl.geometry.outline import Complexes

ELLIPSE_CORNERS = 64
HEART_CORNERS = 40
STAR_INNER = 0.382


def fitted(corners: Complexes) -> Complexes:
    """Scale and move ``corners`` (complex128[..., V]) so that the larger box side is 1 and the box is centred on 0."""
    x, y = corners.real, corners.imag
    x0, x1, y0, y1 = x.min(-1), x.max(-1), y.min(-1), y.max(-1)
    larger = np.maximum(x1 - x0, y1 - y0)
    centre = ((x0 + x1) + 1j * (y0 + y1)) / 2
    return np.asarray((corners - centre[..., None]) / np.where(larger > 0, larger, 1.0)[..., None])


def on_circle(n: int) -> Complexes:
    """``n`` corners on the unit circle, the first one up, clockwise on the screen."""
    return np.asarray(np.exp(1j * np.pi * (2 * np.arange(n) / n - 0.5)))


def box_corners(width: float, height: float) -> Complexes:
    """The corners of an upright box about 0, from the top left, clockwise on the screen."""
    x, y = width / 2, height / 2
    return np.array([-x - 1j * y, x - 1j * y, x + 1j * y, -x + 1j * y])


def _star() -> Complexes:
    radius = np.where(np.arange(10) % 2 == 0, 1.0, STAR_INNER)
    return on_circle(10) * radius


def _heart() -> Complexes:
    # the well-known curve with cosine series, turned to stand on its tip in a frame whose y runs down
    t = 2 * np.pi * np.arange(HEART_CORNERS) / HEART_CORNERS
    y = 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)
    return np.asarray(16 * np.sin(t) ** 3 - 1j * y)


def _cross() -> Complexes:
    arm = np.array([-1 / 6 - 0.5j, 1 / 6 - 0.5j, 1 / 6 - 1j / 6])
    return np.concatenate([arm * 1j**k for k in range(4)])


def ellipse_corners(width: float, height: float) -> Complexes:
    """The polygon that stands for an ellipse: 64 corners on it."""
    unit = on_circle(ELLIPSE_CORNERS)
    return np.asarray(unit.real * (width / 2) + 1j * unit.imag * (height / 2))


_MAKERS: dict[str, Callable[[], Complexes]] = {
    "square": lambda: box_corners(1, 1),
    "rectangle": lambda: box_corners(1, 0.6),
    "diamond": lambda: np.array([-0.5j, 0.35 + 0j, 0.5j, -0.35 + 0j]),
    "triangle": lambda: on_circle(3),
    "pentagon": lambda: on_circle(5),
    "hexagon": lambda: on_circle(6),
    "star": _star,
    "heart": _heart,
    "cross": _cross,
    "ellipse": lambda: ellipse_corners(1, 0.6),
}


@cache
def unit_form(name: str) -> Complexes:
    """The polygon of a form. Raises ``KeyError`` for a name that is no form, or for ``circle``."""
    corners = fitted(_MAKERS[name]())
    corners.flags.writeable = False
    return corners
