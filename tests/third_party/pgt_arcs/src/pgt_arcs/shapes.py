"""The geometry of wedges: batched for sampling, and once more in shapely for the oracle."""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon

from pgt_dsl.geometry.outline import Outline

STEPS = 48  # straight pieces of the round side


def outline(fields: Mapping[str, npt.NDArray[Any]]) -> Outline:
    """One filled polygon: the tip, then the round side."""
    radius, sweep, turn = fields["radius"], fields["sweep"], fields["turn"]
    angles = np.radians(turn[:, None] + sweep[:, None] * np.linspace(0.0, 1.0, STEPS + 1))
    rim = radius[:, None] * np.exp(1j * angles)
    verts = np.concatenate([np.zeros((len(radius), 1), complex), rim], axis=1)[:, None, :]
    n = len(radius)
    return Outline(verts, np.full((n, 1), STEPS + 2), np.ones((n, 1), bool), np.zeros((n, 1)))


def oracle(fields: Mapping[str, Any]) -> Polygon:
    """The same slice in absolute px, corner by corner."""
    tip, radius = complex(fields["at"]), float(fields["radius"])
    corners = [tip]
    for k in range(STEPS + 1):
        degrees = float(fields["turn"]) + float(fields["sweep"]) * k / STEPS
        corners.append(tip + cmath.rect(radius, math.radians(degrees)))
    return Polygon([(z.real, z.imag) for z in corners])


def opening(call: Any) -> npt.NDArray[np.float64]:
    """The field ``sweep`` of the shape, in degrees."""
    return np.asarray(call.field(0, "sweep"), np.float64)


def opening_oracle(shape: Any) -> float:
    """The same for one shape."""
    return float(shape.fields["sweep"])
