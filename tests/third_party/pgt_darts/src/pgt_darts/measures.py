"""The measures of darts: batched, and once more for the oracle by other means."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
from shapely.geometry import Point

from pgt_dsl.geometry.distance import margin
from pgt_dsl.geometry.oracle import Decided, UndefinedValueError


def tip_angle(call: Any) -> npt.NDArray[np.float64]:
    """From the corners: the angle between the sides that meet at the tip; nan for a dart without length."""
    corners = call.outline(0).verts[..., 0, :]
    one, two = corners[..., 1] - corners[..., 0], corners[..., 3] - corners[..., 0]
    found = np.degrees(np.abs(np.angle(one * np.conj(two))))
    return np.where((one == 0) | (two == 0), np.nan, found)


def tip_angle_oracle(dart: Any) -> float:
    """From its length and span."""
    length, span = float(dart.fields["length"]), float(dart.fields["span"])
    if length == 0 and span == 0:
        raise UndefinedValueError("a dart without length has no tip")
    return 2 * math.degrees(math.atan2(span / 2, length))


def _tips(call: Any) -> npt.NDArray[np.complex128]:
    return np.asarray(call.outline(0).verts[..., 0, 0])


def hits_slack(call: Any) -> npt.NDArray[np.float64]:
    """The distance of the tip from the target's outline, positive inside."""
    return margin(call.outline(1), _tips(call))


def hits(call: Any) -> npt.NDArray[np.bool_]:
    """Whether the tip lies in the target."""
    return np.asarray(hits_slack(call) >= 0)


def hits_oracle(dart: Any, target: Any) -> Decided:
    """The same in shapely, with the distance by which it holds."""
    ahead = math.radians(float(dart.fields["turn"]))
    tip = dart.at + float(dart.fields["length"]) / 2 * complex(math.cos(ahead), math.sin(ahead))
    point = Point(tip.real, tip.imag)
    return Decided(target.geometry.covers(point), target.geometry.boundary.distance(point))
