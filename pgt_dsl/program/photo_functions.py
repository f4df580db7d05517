"""The functions of the language on the photo behind the shapes; each takes a ``Call`` and gives a column.

Where the task has no photo, or nothing is known of its depth, they have no value (NaN).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pgt_dsl.geometry.outline import Complexes, Floats, Outline
from pgt_dsl.program.outlines import box_of

if TYPE_CHECKING:
    from pgt_dsl.program.calls import Call


def _points(call: Call, k: int) -> Complexes:
    """A point argument, a row for each scene; a shape stands for its ``at``."""
    data = call.field(k, "at") if call.types[k].base == "shape" else call.args[k].data
    return np.asarray(data, np.complex128)


def depth(call: Call) -> Floats:
    """The value of depth (``photos.depth``) at a point."""
    points = _points(call, 0)
    return call.scene.depth_at(points)


def depth_spread(call: Call) -> Floats:
    """By what share the farthest place within a radius of a point is farther than the nearest."""
    points, radius = np.broadcast_arrays(_points(call, 0), np.asarray(call.args[1].data, np.float64))
    return call.scene.depth_spread(points, radius)


def depth_of(call: Call) -> Floats:
    """A quantile of the values of depth within an outline."""
    outline = call.outline(0)
    lead = np.broadcast_shapes(outline.count.shape[:-1], call.args[1].data.shape)
    here = outline.count.ndim - 1

    def spread(data: Any) -> Any:
        return np.broadcast_to(data, (*lead, *data.shape[here:]))

    full = Outline(spread(outline.verts), spread(outline.count), spread(outline.closed), spread(outline.radius))
    there = call.args[0].mask  # absent items have outlines too
    share = np.array(np.broadcast_to(call.args[1].data, lead), np.float64)
    if there is not None:
        share = np.where(np.broadcast_to(there, lead), share, np.nan)
    return call.scene.depth_within(full, share)


def texture(call: Call) -> Floats:
    """The standard deviation of the photo's L* within the shape's box, as a share of the scale."""
    boxes = box_of(call.outline(0))
    return call.scene.texture_under(*(boxes[..., k] for k in range(4))) / 100
