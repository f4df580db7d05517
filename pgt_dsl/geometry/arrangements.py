"""Groups and arrangements of several shapes, batched over the leading dimensions: clusters, links, congruent sets."""

from __future__ import annotations

import numpy as np

from pgt_dsl.geometry.outline import Bools, Complexes, Floats, Ints

SURE = 1e9  # a margin beyond every question: the sets are the same by construction
SAME = 1e-6  # of the spread of a set: differences that rounding explains
PIXEL = 1.0  # within this (px) two places pass for one


def spanning(gaps: Floats, mask: Bools) -> Floats:
    """The edges of a least spanning tree of a complete graph: float64[N, L - 1], inf for absent nodes.

    gaps: float64[N, L, L]; mask: bool[N, L]. Prim's algorithm (1957), all rows at once. Items nearer than d form
    ``1 + (edges >= d)`` groups, whatever d is.
    """
    n, size = mask.shape
    rows = np.arange(n)
    inside = np.zeros((n, size), np.bool_)
    here = np.argmax(mask, axis=1)
    inside[rows, here] = True
    reach = gaps[rows, here].copy()
    edges = np.full((n, max(size - 1, 0)), np.inf)
    for k in range(size - 1):
        open_ = np.where(inside | ~mask, np.inf, reach)
        here = np.argmin(open_, axis=1)
        edges[:, k] = open_[rows, here]
        inside[rows, here] = True
        reach = np.minimum(reach, gaps[rows, here])
    return edges


def clusters(gaps: Floats, mask: Bools, near: Floats) -> tuple[Ints, Floats]:
    """How many groups there are when items nearer than ``near`` [N] belong together, and by how much (px) the
    threshold could change before the number does."""
    edges = spanning(gaps, mask)
    present = np.arange(edges.shape[1])[None, :] < (mask.sum(1) - 1)[:, None]
    number = (present & (edges >= near[:, None])).sum(1) + mask.any(1)
    slack = np.where(present, np.abs(edges - near[:, None]), np.inf).min(1, initial=np.inf)
    return number.astype(np.int64), np.minimum(slack, SURE)


def joined(links: Bools) -> Bools:
    """The reflexive and transitive closure of symmetric relations bool[N, L, L]."""
    size = links.shape[-1]
    found = links | np.eye(size, dtype=np.bool_)
    steps = 1
    while steps < size:
        found = (found.astype(np.float32) @ found.astype(np.float32)) > 0
        steps *= 2
    return found


def residuals(ps: Complexes, pmask: Bools, qs: Complexes, qmask: Bools) -> tuple[Floats, Floats]:
    """How far (px) set q [N, M] is from being set p [N, L] moved and turned, and the spread of p; inf for different
    numbers of points.

    Both are centred; for each turn that brings the outermost point of p in the direction of a point of q, the greatest
    distance over a one-to-one matching, each point of p in turn taking the nearest that is free; the least over turns.
    """
    n, size = ps.shape
    counts = pmask.sum(1)
    p, q = _centred(ps, pmask), _centred(qs, qmask)
    far = np.argmax(np.where(pmask, np.abs(p), -1.0), axis=1)
    rows = np.arange(n)
    lead = p[rows, far]
    spread = np.abs(lead)
    best = np.full(n, np.inf)
    for j in range(q.shape[1]):
        turn = q[:, j] * np.conj(lead)
        size_of = np.abs(turn)
        usable = qmask[:, j] & (size_of > 0)
        turned = p * (turn / np.where(size_of > 0, size_of, 1.0))[:, None]
        free, worst = qmask.copy(), np.zeros(n)
        for i in range(size):
            d = np.where(free, np.abs(q - turned[:, i, None]), np.inf)
            k = np.argmin(d, axis=1)
            active = pmask[:, i]
            worst = np.where(active, np.maximum(worst, d[rows, k]), worst)
            free[rows[active], k[active]] = False
        best = np.where(usable, np.minimum(best, worst), best)
    lump = np.where(qmask, np.abs(q), 0.0).max(1, initial=0.0)
    best = np.where(counts < 2, 0.0, np.where((spread == 0) | (lump == 0), np.maximum(lump, spread), best))
    return np.where(counts == qmask.sum(1), best, np.inf), spread


def _centred(points: Complexes, mask: Bools) -> Complexes:
    kept = np.where(mask, points, 0)
    return np.asarray(kept - (kept.sum(1) / np.maximum(mask.sum(1), 1))[:, None]) * mask


def congruence(residual: Floats, spread: Floats) -> Floats:
    """The signed margin (px) of sets being the same to within a pixel: ``SURE`` where rounding explains the rest."""
    margin = np.maximum(PIXEL - residual, -SURE)
    return np.where(residual <= SAME * np.maximum(spread, 1.0), SURE, margin)
