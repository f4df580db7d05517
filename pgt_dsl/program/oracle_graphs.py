"""The scalar, independent reading of the functions of graphs."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush


def spanning(ends_a: Sequence[int], ends_b: Sequence[int], weights: Sequence[float]) -> list[bool]:
    """Prim's way: from each node that no tree has yet, the lightest link that leads on, until there is none."""
    links = list(zip(ends_a, ends_b, weights, strict=False))
    leaving: dict[int, list[tuple[float, int, int]]] = {}
    for k, (a, b, weight) in enumerate(links):
        leaving.setdefault(a, []).append((weight, k, b))
        leaving.setdefault(b, []).append((weight, k, a))
    found = [False] * len(weights)
    known: set[int] = set()
    for root in leaving:
        if root in known:
            continue
        known.add(root)
        edge = list(leaving[root])
        heapify(edge)
        while edge:
            _, k, node = heappop(edge)
            if node not in known:
                known.add(node)
                found[k] = True
                for link in leaving[node]:
                    heappush(edge, link)
    return found


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
