"""The measure twice. The batched one has the fault: it forgets that the way may lead to the left."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt


def steepness(call: Any) -> npt.NDArray[np.float64]:
    """The angle of the way, in degrees."""
    way = call.field(1, "at") - call.field(0, "at")
    return np.degrees(np.arctan2(np.abs(way.imag), way.real))


def steepness_oracle(a: Any, b: Any) -> float:
    """The same for two shapes."""
    return math.degrees(math.atan2(abs(b.at.imag - a.at.imag), abs(b.at.real - a.at.real)))
