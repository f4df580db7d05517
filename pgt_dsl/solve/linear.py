"""Comparisons that contradict each other as sums: `a` left of `b`, `b` left of `c`, `c` left of `a`.

Intervals cannot see this, since no bound ever moves. Every comparison that must hold is read as a sum of terms that is
at most 0. Two of them are added where terms cancel. And those of two terms with opposite signs are the edges of a
graph, in which a circle whose lengths sum to less than nothing (or to nothing, with one of them strict) is a
contradiction (Bellman and Ford).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pgt_dsl.program.interval_cells import Box, Cell, slack

ZERO: Cell = -1  # the node that bounds are measured from
MOST_EDGES = 400
MOST_PAIRS = 1000  # comparisons that are added two by two


@dataclass(frozen=True, slots=True)
class Form:
    """``sum of terms + constant <= 0`` (``strict``: < 0)."""

    terms: tuple[tuple[Cell, float], ...]
    constant: float
    strict: bool


def terms_of(box: Box, cell: Cell, factor: float, into: dict[Cell, float]) -> float:
    """Add ``factor`` times a cell to a sum of terms; returns what is constant of it."""
    graph = box.graph
    constant = 0.0
    waiting = [(cell, factor)]
    while waiting:
        at, by = waiting.pop()
        op, args = graph.ops[at], graph.args[at]
        low, high = box.lo[at], box.hi[at]
        if low == high and not graph.is_set[at]:
            constant += by * low
        elif op == "add":
            waiting.extend((a, by) for a in args)
        elif op == "sub":
            waiting.extend([(args[0], by), (args[1], -by)])
        elif op == "neg":
            waiting.append((args[0], -by))
        elif op == "not":
            constant += by
            waiting.append((args[0], -by))
        elif op == "mul" and graph.value(args[1]) is not None:
            waiting.append((args[0], by * box.lo[args[1]]))
        elif op == "mul" and graph.value(args[0]) is not None:
            waiting.append((args[1], by * box.lo[args[0]]))
        else:
            into[at] = into.get(at, 0.0) + by
    return constant


def form(box: Box, low: Cell, high: Cell, strict: bool) -> Form:
    """``low <= high`` as a form."""
    terms: dict[Cell, float] = {}
    constant = terms_of(box, low, 1.0, terms) + terms_of(box, high, -1.0, terms)
    kept = tuple(sorted((cell, by) for cell, by in terms.items() if abs(by) > 1e-12))
    return Form(kept, constant, strict)


def forms(box: Box, roots: Sequence[Cell]) -> list[Form]:
    """The comparisons that must hold, from the cells that were asked to be true down through ``and`` and ``not``."""
    graph = box.graph
    found: list[Form] = []
    seen: set[Cell] = set()
    waiting = list(roots)
    while waiting:
        cell = waiting.pop()
        known = graph.box.lo[cell] == graph.box.hi[cell]  # in every scene, so that it tells nothing of this one
        if cell in seen or box.lo[cell] != box.hi[cell] or (known and cell not in roots):
            continue
        seen.add(cell)
        op, args, truth = graph.ops[cell], graph.args[cell], box.lo[cell] == 1
        if op in ("and", "or", "not"):
            waiting.extend(args)
        elif op in ("le", "lt"):
            low, high = args if truth else args[::-1]
            found.append(form(box, low, high, (op == "lt") == truth))
        elif op == "eq" and truth and not graph.is_set[args[0]]:
            found += [form(box, args[0], args[1], False), form(box, args[1], args[0], False)]
    return found


def opposed(box: Box, p: Form, q: Form) -> bool:
    """Whether the sum of two comparisons, in which terms of both cancel, is above 0 whatever the rest may be."""
    terms = dict(p.terms)
    shared = 0
    for cell, by in q.terms:
        if cell in terms and terms[cell] * by < 0:
            shared += 1
        terms[cell] = terms.get(cell, 0.0) + by
    if not shared:
        return False
    low = p.constant + q.constant
    size = abs(p.constant) + abs(q.constant)
    for cell, by in terms.items():
        if abs(by) > 1e-12:
            part = by * (box.lo[cell] if by > 0 else box.hi[cell])
            low, size = low + part, size + abs(part)
    return low > slack(size)


def _sharing(held: Sequence[Form]) -> Iterator[tuple[Form, Form]]:
    """The pairs of comparisons that have a term with opposite signs."""
    by_term: dict[tuple[Cell, bool], list[int]] = {}
    done: set[tuple[int, int]] = set()
    for k, item in enumerate(held):
        for cell, by in item.terms:
            for other in by_term.get((cell, by < 0), ()):
                if (other, k) not in done:
                    done.add((other, k))
                    yield held[other], item
            by_term.setdefault((cell, by > 0), []).append(k)


def circular(box: Box, roots: Sequence[Cell]) -> bool:
    """Whether the comparisons that must hold contradict each other by a circle of differences."""
    edges: list[tuple[Cell, Cell, float, bool]] = []
    held = forms(box, roots)
    if any(opposed(box, p, q) for p, q in islice(_sharing(held), MOST_PAIRS)):
        return True
    for item in held:
        if len(item.terms) == 2 and abs(item.terms[0][1] + item.terms[1][1]) < 1e-12:
            (p, by), (q, _) = item.terms
            low, high = (p, q) if by > 0 else (q, p)  # low - high <= -constant / by
            edges.append((high, low, -item.constant / abs(by), item.strict))
        elif not item.terms and (item.constant > slack(item.constant) or (item.strict and item.constant >= 0)):
            return True
    if not edges or len(edges) > MOST_EDGES:
        return False
    for cell in {node for edge in edges for node in edge[:2]}:
        if abs(box.hi[cell]) < 1e300:
            edges.append((ZERO, cell, box.hi[cell], False))
        if abs(box.lo[cell]) < 1e300:
            edges.append((cell, ZERO, -box.lo[cell], False))
    return _negative(edges)


def _negative(edges: list[tuple[Cell, Cell, float, bool]]) -> bool:
    """Whether a circle of edges (from, to, length, strict) is shorter than nothing, beyond rounding."""
    nodes = {node for edge in edges for node in edge[:2]}
    scale = max(abs(edge[2]) for edge in edges) + 1
    fall = 1e-9 * scale / len(edges)  # what a strict edge is shorter by, in place of an infinitesimal
    far = dict.fromkeys(nodes, 0.0)
    came: dict[Cell, tuple[Cell, Cell, float, bool]] = {}
    last: Cell | None = None
    for _ in range(len(nodes) + 1):
        last = None
        for edge in edges:
            start, end, length, strict = edge
            reach = far[start] + length - (fall if strict else 0.0)
            if reach < far[end] - fall / 4:
                far[end], came[end], last = reach, edge, end
        if last is None:
            return False
    seen: list[Cell] = []
    while last is not None and last in came and last not in seen:
        seen.append(last)
        last = came[last][0]
    if last not in seen or last is None:
        return False
    circle = [came[node] for node in seen[seen.index(last) :]]
    total = sum(edge[2] for edge in circle)
    return total < -1e-9 * scale or (total <= 1e-12 * scale and any(edge[3] for edge in circle))
