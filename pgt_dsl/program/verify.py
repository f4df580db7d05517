"""``verify``: the invariants of a ``Program``, checked after lowering and after reading one from a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import Node, Program

ARITIES: dict[str, tuple[int, int]] = {
    "const": (0, 0), "canvas": (0, 0), "var": (0, 0), "axis": (0, 0), "elem": (1, 1), "neg": (1, 1), "add": (2, 2),
    "sub": (2, 2), "mul": (2, 2), "div": (2, 2), "pair": (2, 2), "re": (1, 1), "im": (1, 1), "lt": (2, 2),
    "le": (2, 2), "eq": (2, 2), "and": (2, 2), "or": (2, 2), "not": (1, 1), "if": (3, 3), "list": (0, 1000),
    "concat": (1, 1000), "range": (2, 2), "item": (2, 2), "loop": (1, 2), "all": (1, 1), "some": (1, 1),
    "count": (1, 1), "sum": (1, 1), "max": (1, 1), "argmax": (2, 2), "sort": (2, 2), "only": (2, 2), "mode": (1, 1),
    "distinct": (1, 1), "unique": (1, 1), "reverse": (1, 1), "except": (2, 2), "in": (2, 2), "group": (0, 0),
    "slot": (0, 0), "parts": (1, 1), "field": (1, 1), "call": (0, 20), "text": (0, 1000), "photo": (0, 0),
}  # fmt: skip
BOOL = ("lt", "le", "eq", "and", "or", "not", "all", "some", "distinct", "in")


class Broken(PgtError):
    """A program breaks an invariant: a bug of whatever made it, or a damaged file."""


def verify(program: Program) -> None:
    """Check every reference, arity, type and axis. Raises ``Broken`` naming the first offence."""
    for number, node in enumerate(program.nodes):
        _node(program, number, node)
    slots = 0
    for number, group in enumerate(program.groups):
        size = 1
        for axis in group.axes:
            size *= program.axes[axis].size
        if group.id != number or group.start != slots or group.size != size:
            raise Broken(f"group {group.name} has its slots in the wrong place")
        slots += group.size
        for name, field in group.fields.items():
            _refer(program, field, f"field {group.name}.{name}")
            stray = set(program.nodes[field].axes) - set(group.axes)
            if stray:
                raise Broken(f"field {group.name}.{name} depends on axes outside its block: {sorted(stray)}")
    if slots != program.slots:
        raise Broken(f"{program.slots} slots declared, {slots} found")
    for number, var in enumerate(program.vars):
        if var.id != number:
            raise Broken(f"variable {var.name} has number {var.id}, not {number}")
        law = var.law
        while law is not None:
            for arg in law.args:
                _refer(program, arg, f"law of {var.name}")
            law = law.inner  # type: ignore[assignment]
    for constraint in program.constraints:
        _refer(program, constraint.node, constraint.label)
        node = program.nodes[constraint.node]
        if constraint.reason in ("require", "room", "even") and node.type != Type("bool"):
            raise Broken(f"constraint {constraint.label!r} is not a condition")
        if constraint.reason in ("require", "room", "even") and node.axes:
            raise Broken(f"constraint {constraint.label!r} depends on axes {node.axes}")
    for ask in program.asks:
        _refer(program, ask.answer, "answer")
        if program.nodes[ask.answer].axes:
            raise Broken("an answer depends on an axis")
    for pick in program.picks:
        _refer(program, pick.values, f"domain of {pick.name}")


def _refer(program: Program, node: int, what: str) -> None:
    if not 0 <= node < len(program.nodes):
        raise Broken(f"{what} refers to node {node} of {len(program.nodes)}")


def _node(program: Program, number: int, node: Node) -> None:
    if node.op not in ARITIES:
        raise Broken(f"node {number}: there is no op {node.op!r}")
    low, high = ARITIES[node.op]
    if not low <= len(node.args) <= high:
        raise Broken(f"node {number}: {node.op} takes {low} to {high} arguments, not {len(node.args)}")
    if any(not 0 <= arg < number for arg in node.args):
        raise Broken(f"node {number}: an argument is not an earlier node")
    if len(node.sizes) != node.type.rank:
        raise Broken(f"node {number}: {node.op} of type {node.type} has sizes {node.sizes}")
    if node.op in BOOL and node.type != Type("bool"):
        raise Broken(f"node {number}: {node.op} is a condition, not {node.type}")
    if list(node.axes) != sorted(set(node.axes)) or any(not 0 <= a < len(program.axes) for a in node.axes):
        raise Broken(f"node {number}: axes {node.axes} are not rising or not there")
    check = _CHECKS.get(node.op)
    if check is not None and not check(program, node):
        raise Broken(f"node {number}: {node.op} has wrong attributes {dict(node.attrs)} or argument types")


def _same(program: Program, node: Node) -> bool:
    bases = {program.nodes[arg].type.base for arg in node.args}
    return len(bases) == 1 or bases <= {"int", "number"}


def _has(table: str, key: str) -> Callable[[Program, Node], bool]:
    def check(program: Program, node: Node) -> bool:
        entries: Any = getattr(program, table)
        return isinstance(node.attrs.get(key), int) and 0 <= node.attrs[key] < len(entries)

    return check


_CHECKS: dict[str, Callable[[Program, Node], bool]] = {
    "lt": _same, "le": _same, "eq": _same, "add": _same, "sub": _same,
    "var": _has("vars", "var"), "axis": _has("axes", "axis"), "elem": _has("axes", "axis"),
    "loop": _has("axes", "axis"), "group": _has("groups", "group"), "slot": _has("groups", "group"),
}  # fmt: skip
