"""``verify``: the invariants of a ``Program``, checked after lowering and after reading one from a file."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, get_args

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.datatypes import Type
from pgt_dsl.program.program import STEPS, Form, Law, Node, NodeId, Program

ARITIES: dict[str, tuple[int, int]] = {
    "const": (0, 0), "canvas": (0, 0), "var": (0, 0), "axis": (0, 0), "elem": (1, 1), "neg": (1, 1), "add": (2, 2),
    "sub": (2, 2), "mul": (2, 2), "div": (2, 2), "pair": (2, 2), "re": (1, 1), "im": (1, 1), "lt": (2, 2),
    "le": (2, 2), "eq": (2, 2), "and": (2, 2), "or": (2, 2), "not": (1, 1), "if": (3, 3), "list": (0, 1000),
    "concat": (1, 1000), "range": (2, 2), "item": (2, 2), "loop": (1, 2), "all": (1, 1), "some": (1, 1),
    "count": (1, 1), "sum": (1, 1), "max": (1, 1), "argmax": (2, 2), "sort": (2, 2), "only": (2, 2), "mode": (1, 1),
    "distinct": (1, 1), "unique": (1, 1), "reverse": (1, 1), "except": (2, 2), "in": (2, 2), "group": (0, 0),
    "slot": (0, 0), "parts": (1, 1), "field": (1, 1), "call": (0, 20), "text": (0, 1000), "photo": (0, 0),
}  # fmt: skip
CONDITIONS = ("lt", "le", "eq", "and", "or", "not", "all", "some", "distinct", "in")
LAWS = frozenset((
    "uniform", "integers", "choice", "weighted", "log_uniform", "normal", "sample", "shuffle", "repeat", "anywhere",
    "ring", "scatter", "placed", "bins", "photo", "stratum",
))  # fmt: skip
BOOL = Type("bool")
INT = Type("int")


class Broken(PgtError):
    """A program breaks an invariant: a bug of whatever made it, or a damaged file."""


def verify(program: Program) -> None:
    """Check every reference, arity, type and axis. Raises ``Broken`` naming the first offence."""
    try:
        for number, node in enumerate(program.nodes):
            _node(program, number, node)
        for check in (_axes, _groups, _vars, _constraints, _asks, _rest):
            check(program)
    except (TypeError, KeyError, IndexError, AttributeError) as error:  # a value of another class than declared
        raise Broken(f"a part of the program is not what it should be: {type(error).__name__}: {error}") from error


def _refer(program: Program, node: NodeId | None, what: str) -> None:
    if node is not None and not 0 <= node < len(program.nodes):
        raise Broken(f"{what} refers to node {node} of {len(program.nodes)}")


def _within(number: int | None, table: Sequence[object], what: str) -> None:
    if number is not None and not 0 <= number < len(table):
        raise Broken(f"{what} refers to number {number} of {len(table)}")


def _flat(program: Program, node: NodeId | None, what: str) -> None:
    """A node that is read once for each scene."""
    _refer(program, node, what)
    if node is not None and program.nodes[node].axes:
        raise Broken(f"{what} depends on axes {program.nodes[node].axes}")


def _axes(program: Program) -> None:
    for number, axis in enumerate(program.axes):
        if axis.id != number or axis.size < 0 or axis.what not in ("loop", "block"):
            raise Broken(f"axis {number} is numbered, sized or named wrongly")
        if (axis.what == "loop") != bool(axis.lists) or (axis.pairs and len(axis.lists) != 1):
            raise Broken(f"axis {number}: a loop runs over lists, pairs run over one, a block over none")
        for source in axis.lists:
            _refer(program, source, f"axis {number}")
            if program.nodes[source].type.rank == 0:
                raise Broken(f"axis {number} runs over {program.nodes[source].type}, which is no list")
        _refer(program, axis.count, f"the count of axis {number}")
        if axis.count is not None and program.nodes[axis.count].type != INT:
            raise Broken(f"the count of axis {number} is no whole number")


def _groups(program: Program) -> None:
    slots = 0
    for number, group in enumerate(program.groups):
        size = 1
        for axis in group.axes:
            _within(axis, program.axes, f"group {group.name}")
            size *= program.axes[axis].size
        if group.id != number or group.start != slots or group.size != size:
            raise Broken(f"group {group.name} has its slots in the wrong place")
        slots += group.size
        for name, field in group.fields.items():
            _refer(program, field, f"field {group.name}.{name}")
            stray = set(program.nodes[field].axes) - set(group.axes)
            if stray:
                raise Broken(f"field {group.name}.{name} depends on axes outside its block: {sorted(stray)}")
        for part in (*group.parts.values(), group.parent):
            _within(part, program.groups, f"group {group.name}")
        _refer(program, group.room, f"the room of {group.name}")
        if group.room is not None and program.nodes[group.room].type.base != "shape":
            raise Broken(f"the room of {group.name} is no shape")
    if slots != program.slots:
        raise Broken(f"{program.slots} slots declared, {slots} found")


def _vars(program: Program) -> None:
    for number, var in enumerate(program.vars):
        if var.id != number:
            raise Broken(f"variable {var.name} has number {var.id}, not {number}")
        if len(var.sizes) != var.type.rank:
            raise Broken(f"variable {var.name} of type {var.type} has sizes {var.sizes}")
        for axis in var.axes:
            _within(axis, program.axes, f"variable {var.name}")
        law: Law | None = var.law
        while law is not None:
            if law.name not in LAWS:
                raise Broken(f"variable {var.name}: there is no law {law.name!r}")
            for arg in law.args:
                _refer(program, arg, f"law of {var.name}")
            _within(law.group, program.groups, f"law of {var.name}")
            law = law.inner


def _constraints(program: Program) -> None:
    for constraint in program.constraints:
        _refer(program, constraint.node, f"constraint {constraint.label!r}")
        if constraint.reason in ("require", "room", "even"):
            if program.nodes[constraint.node].type != BOOL:
                raise Broken(f"constraint {constraint.label!r} is not a condition")
            _flat(program, constraint.node, f"constraint {constraint.label!r}")
        _within(constraint.ask, program.asks, f"constraint {constraint.label!r}")
        if constraint.reason == "clear" and constraint.ask is None:
            raise Broken(f"constraint {constraint.label!r} does not say which question it is about")


def _asks(program: Program) -> None:
    for number, ask in enumerate(program.asks, 1):
        what = f"question {number}"
        if not ask.texts:
            raise Broken(f"{what} has no text")
        answer = ask.answer
        _flat(program, answer, f"the answer to {what}")
        if ask.form not in get_args(Form):
            raise Broken(f"{what}: there is no form of answers {ask.form!r}")
        type = program.nodes[answer].type
        for node in (ask.within, ask.expect, ask.margins.relative, *ask.margins.absolute.values(), *ask.named):
            _flat(program, node, what)
        if ask.domain is not None and program.nodes[ask.domain].type.rank == 0:
            raise Broken(f"the domain of {what} is no list")
        for node, name in ((ask.domain, "the domain"), *((m.node, "a wrong answer") for m in ask.wrong)):
            _flat(program, node, f"{name} of {what}")
            if node is not None and program.nodes[node].type.base != type.base and type.base not in ("int", "number"):
                raise Broken(f"{name} of {what} is {program.nodes[node].type}, the answer is {type}")
        for mistake in ask.wrong:
            listed = program.nodes[mistake.node].type.rank > type.rank
            if isinstance(mistake.some, bool) or not isinstance(mistake.some, int) or mistake.some < 0 or (
                    mistake.some and not listed):  # fmt: skip
                raise Broken(f"a wrong answer of {what} is {mistake.some!r} of {program.nodes[mistake.node].type}")
        _within(ask.even, program.vars, what)
        for text in (*ask.texts, *ask.say, *ask.because):
            for part in text.parts:
                if not isinstance(part, str):
                    _flat(program, part.node, f"a text of {what}")


def _rest(program: Program) -> None:
    for pick in program.picks:
        _within(pick.var, program.vars, f"pick {pick.name}")
        _flat(program, pick.values, f"domain of {pick.name}")
        if program.nodes[pick.values].type.rank == 0:
            raise Broken(f"the domain of {pick.name} is no list")
    if program.twin is not None:
        for var in (program.twin.pick, *program.twin.moves):
            _within(var, program.vars, "the twin")
        if program.twin.pick not in {pick.var for pick in program.picks}:
            raise Broken("the twin flips a variable that is no pick")
        if program.twin.steps and (program.picks[-1].var != program.twin.pick or not 2 <= program.twin.steps <= STEPS):
            raise Broken(f"a sweep goes through 2 to {STEPS} values of the last pick")
    stage = program.stage
    if stage is not None and not 1 <= stage.low < (math.inf if stage.high is None else stage.high):
        raise Broken(f"the stage `{stage.name}` has the bounds {stage.low} and {stage.high}")
    background = program.background
    for name, node in background.fields.items():
        _flat(program, node, f"background field {name}")
    _within(background.photo, program.vars, "the background")
    _within(background.objects, program.groups, "the background")
    for name, node in program.names.items():
        _refer(program, node, f"the name {name}")
    if program.canvas[0] not in ("ratio", "px") or not min(program.canvas[1:]) > 0:
        raise Broken(f"there is no canvas {program.canvas}")


def _node(program: Program, number: int, node: Node) -> None:
    if node.op not in ARITIES:
        raise Broken(f"node {number}: there is no op {node.op!r}")
    low, high = ARITIES[node.op]
    if not low <= len(node.args) <= high:
        raise Broken(f"node {number}: {node.op} takes {low} to {high} arguments, not {len(node.args)}")
    if any(not 0 <= arg < number for arg in node.args):
        raise Broken(f"node {number}: an argument is not an earlier node")
    if len(node.sizes) != node.type.rank or any(size < 0 for size in node.sizes):
        raise Broken(f"node {number}: {node.op} of type {node.type} has sizes {node.sizes}")
    if node.op in CONDITIONS and node.type != BOOL:
        raise Broken(f"node {number}: {node.op} is a condition, not {node.type}")
    if list(node.axes) != sorted(set(node.axes)) or any(not 0 <= a < len(program.axes) for a in node.axes):
        raise Broken(f"node {number}: axes {node.axes} are not rising or not there")
    bound = node.attrs.get("axis") if node.op == "loop" else None
    for arg in node.args:
        missing = set(program.nodes[arg].axes) - set(node.axes) - {bound}
        if missing:
            raise Broken(f"node {number}: {node.op} lacks the axes {sorted(missing)} of an argument")
    check = _CHECKS.get(node.op)
    if check is not None and not check(program, node):
        raise Broken(f"node {number}: {node.op} has wrong attributes {dict(node.attrs)} or argument types")


Check = Callable[[Program, Node], bool]


def _same(program: Program, node: Node) -> bool:
    if any(program.nodes[arg].type.rank for arg in node.args):
        return False
    bases = {program.nodes[arg].type.base for arg in node.args}
    return len(bases) == 1 or bases <= {"int", "number"}


def _ranks(*ranks: int) -> Check:
    """The arguments are lists of these depths (-1: of any)."""

    def check(program: Program, node: Node) -> bool:
        found = [program.nodes[arg].type.rank for arg in node.args]
        return all(rank > 0 if want < 0 else rank == want for rank, want in zip(found, ranks, strict=False))

    return check


def _bools(rank: int) -> Check:
    def check(program: Program, node: Node) -> bool:
        return program.nodes[node.args[0]].type == Type("bool", rank)

    return check


def _logic(program: Program, node: Node) -> bool:
    return all(program.nodes[arg].type == BOOL for arg in node.args)


def _choice(program: Program, node: Node) -> bool:
    return program.nodes[node.args[0]].type == BOOL and all(
        program.nodes[arg].type.rank == node.type.rank for arg in node.args[1:]
    )


def _has(table: str, key: str) -> Check:
    def check(program: Program, node: Node) -> bool:
        entries: Any = getattr(program, table)
        return isinstance(node.attrs.get(key), int) and 0 <= node.attrs[key] < len(entries)

    return check


def _position(program: Program, node: Node) -> bool:
    return _has("axes", "axis")(program, node) and node.attrs["axis"] in node.axes


def _loop(program: Program, node: Node) -> bool:
    body = program.nodes[node.args[0]]
    fits = _has("axes", "axis")(program, node) and body.type.rank + 1 == node.type.rank
    return fits and all(program.nodes[arg].type == BOOL for arg in node.args[1:])


def _known_groups(program: Program, numbers: Sequence[int]) -> bool:
    return all(isinstance(n, int) and 0 <= n < len(program.groups) for n in numbers)


def _field(program: Program, node: Node) -> bool:
    return isinstance(node.attrs["name"], str) and _known_groups(program, node.attrs["groups"])


def _parts(program: Program, node: Node) -> bool:
    numbers = [number for pair in node.attrs["map"] for number in pair]
    return isinstance(node.attrs["part"], str) and _known_groups(program, numbers)


def _text(program: Program, node: Node) -> bool:
    holes = [part["hole"] for part in node.attrs["template"] if not isinstance(part, str)]
    return all(isinstance(hole, int) and 0 <= hole < len(node.args) for hole in holes)


_CHECKS: dict[str, Check] = {
    "const": lambda _, node: "value" in node.attrs, "call": lambda _, node: isinstance(node.attrs["name"], str),
    "lt": _same, "le": _same, "eq": _same, "add": _same, "sub": _same,
    "and": _logic, "or": _logic, "not": _logic, "if": _choice, "all": _bools(1), "some": _bools(1),
    "count": _ranks(-1), "sum": _ranks(1), "max": _ranks(1), "argmax": _ranks(1, -1), "sort": _ranks(1, -1),
    "only": _bools(1), "mode": _ranks(-1), "distinct": _ranks(-1), "unique": _ranks(-1), "reverse": _ranks(-1),
    "item": _ranks(-1, 0), "range": _ranks(0, 0), "except": _ranks(-1), "elem": _position,
    "var": _has("vars", "var"), "axis": _position, "loop": _loop, "group": _has("groups", "group"),
    "slot": _has("groups", "group"), "field": _field, "parts": _parts, "text": _text,
}  # fmt: skip
