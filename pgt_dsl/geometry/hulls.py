"""Convex hulls and how deep two of them overlap, batched."""

from __future__ import annotations

import numpy as np

from pgt_dsl.geometry.outline import Bools, Complexes, Floats

SLIP = 1e-9  # radians: corners on one side of the hull may deviate by this from a straight line


def hulls(points: Complexes) -> Complexes:
    """The corners of the convex hulls of points [m, V], in order around: complex128[m, H], the last repeated.

    Gift wrapping (Jarvis 1973) over all rows at once: from the lowest point, always on to the point of least turn.
    """
    m, v = points.shape
    if v <= 2:
        return points
    rows = np.arange(m)
    start = np.lexsort((points.real, points.imag), axis=-1)[:, 0]
    here = points[rows, start]
    first = here
    corners, heading = [here], np.zeros(m)
    done = np.zeros(m, np.bool_)
    for _ in range(v):
        step = points - here[:, None]
        turn = np.mod(np.angle(step) - heading[:, None] + SLIP, 2 * np.pi)
        # a repeated corner is nowhere to go; of corners in one direction the farthest is as good as any
        turn[step == 0] = np.inf
        best = np.argmin(turn, axis=1)
        there = points[rows, best]
        stuck = np.isinf(turn[rows, best])
        done |= stuck
        there = np.where(done, here, there)
        heading = np.where(done, heading, np.angle(there - here))
        done |= there == first
        here = np.where(there == first, corners[-1], there)
        if done.all():
            break
        corners.append(here)
    return np.stack(corners, -1)


def convex(points: Complexes, closed: Bools) -> Bools:
    """Whether the polygons or polylines with corners [m, V] are convex: bool[m]; repeated corners do not count.

    A polyline is where it is straight. All corners of a convex polygon lie to one side of each of its edges.
    """
    edge = np.roll(points, -1, axis=1) - points
    size = np.maximum(np.abs(edge).max(1), 1.0) ** 2 * SLIP
    low, high = np.zeros(len(points)), np.zeros(len(points))
    for k in range(points.shape[1]):  # corner by corner: all pairs at once take too much memory
        side = (np.conj(edge) * (points[:, k, None] - points)).imag
        low, high = np.minimum(low, side.min(1)), np.maximum(high, side.max(1))
    left, right = low >= -size, high <= size
    return np.asarray(np.where(closed, left | right, left & right), np.bool_)


def depth(a: Complexes, b: Complexes) -> Floats:
    """The least translation that separates convex polygons [m, H] and [m, G] that meet: float64[m], >= 0.

    It is attained perpendicular to an edge of one of the two (a face of their Minkowski difference). The corners are
    as ``hulls`` orders them; two corners make a segment, one a point.
    """
    best = np.minimum(_along(a, b), _along(b, a))
    return np.maximum(np.where(np.isinf(best), 0.0, best), 0.0)


def _along(a: Complexes, b: Complexes) -> Floats:
    """The least separation along the outward normals of the edges of a."""
    edge = np.roll(a, -1, axis=1) - a
    size = np.abs(edge)
    # hulls run so that the inside is to the side of +i times an edge: outward is -i times it
    normal = -1j * edge / np.where(size > 0, size, 1.0)
    ahead = normal.real * a.real + normal.imag * a.imag
    behind = (normal.real[:, :, None] * b.real[:, None, :] + normal.imag[:, :, None] * b.imag[:, None, :]).min(2)
    return np.asarray(np.where(size > 0, ahead - behind, np.inf).min(1))
