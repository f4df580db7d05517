"""The scalar, independent reading of the functions of graphs."""

from __future__ import annotations

from collections.abc import Sequence


def spanning(ends_a: Sequence[int], ends_b: Sequence[int], weights: Sequence[float]) -> list[bool]:
    """By the other rule: a link is left out when lighter links alone join its ends."""
    links = list(zip(ends_a, ends_b, weights, strict=False))
    found = []
    for k, (a, b, weight) in enumerate(links):
        lighter = [(p, q) for i, (p, q, w) in enumerate(links) if (w, i) < (weight, k)]
        found.append(b not in _from(a, lighter))
    return found + [False] * (len(weights) - len(links))


def _from(start: int, links: Sequence[tuple[int, int]]) -> set[int]:
    """The nodes that can be reached."""
    known, fresh = {start}, [start]
    while fresh:
        here = fresh.pop()
        for p, q in links:
            for near, far in ((p, q), (q, p)):
                if near == here and far not in known:
                    known.add(far)
                    fresh.append(far)
    return known


def steps(ends_a: Sequence[int], ends_b: Sequence[int], a: int, b: int) -> int:
    """The least number of links from a to b, -1 where there is no way: every link relaxed until nothing changes."""
    links = list(zip(ends_a, ends_b, strict=False))
    far = {node: float("inf") for link in links for node in link} | {a: 0.0}
    changed = True
    while changed:
        changed = False
        for p, q in (*links, *((q, p) for p, q in links)):
            if far[p] + 1 < far[q]:
                far[q], changed = far[p] + 1, True
    least = far.get(b, float("inf"))
    return -1 if least == float("inf") else int(least)
