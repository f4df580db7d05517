"""The background ``ruled``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.paint.backgrounds import rgb


def ruled(width: int, height: int, fields: Mapping[str, Any], seed: int, photos: Any) -> npt.NDArray[np.uint8]:
    """Level lines, a little darker than the paper, the first at a height that the seed gives."""
    paper = np.array(rgb(fields["color"]), np.uint8)
    step = max(round(float(fields["step"])), 2)
    rows = np.arange(height)
    lined = (rows + seed) % step == 0
    column = np.where(lined[:, None], paper // 8 * 7, paper)
    return np.repeat(column[:, None, :], width, axis=1).astype(np.uint8)
