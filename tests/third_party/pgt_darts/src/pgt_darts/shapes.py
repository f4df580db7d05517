"""The outline of darts: batched for sampling, and once more in shapely for the oracle."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon

from pgt_dsl.geometry.outline import Outline

NOTCH = 0.3  # how far the notch cuts in, as a share of the length


def outline(fields: Mapping[str, npt.NDArray[Any]]) -> Outline:
    """One filled polygon: tip, barb, notch, barb. The tip comes first; measures rely on it."""
    length, span, turn = fields["length"], fields["span"], fields["turn"]
    tip, back, notch = length / 2 + 0j, -length / 2 + 0.5j * span, -length / 2 + NOTCH * length + 0j
    corners = np.stack([tip, back, notch, np.conj(back)], axis=-1) * np.exp(1j * np.radians(turn))[:, None]
    n = len(length)
    return Outline(corners[:, None, :], np.full((n, 1), 4), np.ones((n, 1), bool), np.zeros((n, 1)))


def oracle(fields: Mapping[str, Any]) -> Polygon:
    """The same in absolute px, corner by corner."""
    at, length, span = complex(fields["at"]), float(fields["length"]), float(fields["span"])
    cos, sin = math.cos(math.radians(fields["turn"])), math.sin(math.radians(fields["turn"]))
    corners = []
    for ahead, aside in ((0.5, 0.0), (-0.5, 0.5), (-0.5 + NOTCH, 0.0), (-0.5, -0.5)):
        x, y = ahead * length, aside * span
        corners.append((at.real + x * cos - y * sin, at.imag + x * sin + y * cos))
    return Polygon(corners)
