"""What has no value in any attempt: a draw whose bounds divide by 0, a field that asks for the largest of nothing.

Such a draw is no number; what is no number lies in no room and keeps no gap, so these would be blamed instead. Looked
at only where no scene is found: it says why, and rejects nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.facts import law_nodes
from pgt_dsl.program.program import NodeId, Origin, Program
from pgt_dsl.solve.report import YieldRow

_MEASURED = ("number", "length", "area", "angle", "point", "vector", "int")


def undefined(ev: Evaluator) -> list[YieldRow]:
    """A row for each draw and each field of a shape that has a value in no row of the batch, in the order of the
    program; what only follows from another of them is left out."""
    found: list[YieldRow] = []
    blamed: set[NodeId] = set()
    for what, node, origin in _read(ev.program):
        steps = {ident for kind, ident in ev.facts.reach(("node", node)) if kind == "node"}
        if not ev.facts.may_fail(node) or not blamed.isdisjoint(steps):
            continue
        ok = np.asarray(ev.defined(node))
        if not ok.any():
            blamed.add(node)
            why = ", since it divides by 0" if _divides_by_zero(ev, sorted(steps)) else ""
            found.append(YieldRow(f"{what} has no value{why}", "undefined", origin, ev.rows, 0))
    return found


def _read(program: Program) -> Iterator[tuple[str, NodeId, Origin]]:
    for var in program.vars:
        yield from ((f"what `{var.name}` is drawn from", node, var.origin) for node in law_nodes(var.law))
    for group in program.groups:
        for name, node in group.fields.items():
            if program.nodes[node].type.base in _MEASURED and program.nodes[node].op != "var":
                yield f"`{name}` of `{group.name}`", node, group.origin


def _divides_by_zero(ev: Evaluator, nodes: list[NodeId]) -> bool:
    """Whether one of the nodes divides by what is 0 in every row."""
    record = ev.program.nodes
    below = (record[node].args[1] for node in nodes if record[node].op == "div")
    return any(bool((np.asarray(ev.value(node).data) == 0).all()) for node in below)
