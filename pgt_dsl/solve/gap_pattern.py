"""Requirements that ask for a free gap of two shapes, or of all pairs of some, found by how they are lowered.

``gaps`` decides them faster than the evaluator. No array is made here: planning stays light.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from pgt_dsl.program.facts import Facts
from pgt_dsl.program.program import AxisId, Node, NodeId, Program


@dataclass(frozen=True, slots=True)
class Gap:
    """``bound <= apart(a, b)`` (``strict``: <), for every item that is there along ``axis`` (None: for one pair).

    ``call`` is the node of ``apart``, ``bound`` that of the least gap, which has no axes of its own; ``limit`` is the
    gap that no pairs at all have, in px (``apart(xs)`` of one shape is no gap but a large number)."""

    call: NodeId
    bound: NodeId
    axis: AxisId | None
    strict: bool
    limit: float = math.inf


def gap_of(program: Program, facts: Facts, node_id: NodeId) -> Gap | None:
    """The condition as a gap, where it is one: of two shapes, the least over pairs (as ``apart(xs)`` is lowered), or
    of all pairs.
    What may have no value is left to the evaluator."""
    gap = _matched(program, node_id)
    if gap is None:
        return None
    lists = () if gap.axis is None else program.axes[gap.axis].lists
    read = (gap.bound, *program.nodes[gap.call].args, *lists)
    return None if any(facts.may_fail(n) for n in read) else gap


def _matched(program: Program, node_id: NodeId) -> Gap | None:
    node = program.nodes[node_id]
    if node.op == "all":
        return _of_all(program, node)
    if node.op not in ("le", "lt") or node.axes:
        return None
    bound, measured = node.args
    strict = node.op == "lt"
    found = _apart(program, measured)
    if found is not None:
        return Gap(measured, bound, None, strict)
    items = _least(program, measured)
    if items is None:
        return None
    limit = math.inf
    if program.nodes[items].op == "concat":
        items, other = program.nodes[items].args
        if program.nodes[other].op != "const":
            return None
        limit = min(program.nodes[other].attrs["value"])
    loop = program.nodes[items]
    if loop.op != "loop" or len(loop.args) != 1 or loop.axes:
        return None
    call = _apart(program, loop.args[0])
    axis = loop.attrs["axis"]
    return Gap(loop.args[0], bound, axis, strict, limit) if call is not None and call.axes == (axis,) else None


def _of_all(program: Program, node: Node) -> Gap | None:
    """``all(a, b in xs: apart(a, b) >= 2vmin)``."""
    loop = program.nodes[node.args[0]]
    if node.axes or loop.op != "loop" or len(loop.args) != 1:
        return None
    body, axis = program.nodes[loop.args[0]], loop.attrs["axis"]
    if body.op not in ("le", "lt") or body.axes != (axis,):
        return None
    bound, measured = body.args
    if program.nodes[bound].axes or _apart(program, measured) is None:
        return None
    return Gap(measured, bound, axis, body.op == "lt")


def _apart(program: Program, node_id: NodeId) -> Node | None:
    node = program.nodes[node_id]
    is_gap = node.op == "call" and node.attrs["name"] == "apart" and node.type.rank == 0
    return node if is_gap and all(program.nodes[a].type.rank == 0 for a in node.args) else None


def _least(program: Program, node_id: NodeId) -> NodeId | None:
    """The list whose least item a node is: ``min(xs)`` is lowered to ``-max(-x for x in xs)``."""
    node = program.nodes[node_id]
    if node.op != "neg" or program.nodes[node.args[0]].op != "max":
        return None
    loop = program.nodes[program.nodes[node.args[0]].args[0]]
    if loop.op != "loop" or len(loop.args) != 1 or loop.axes:
        return None
    negative = program.nodes[loop.args[0]]
    if negative.op != "neg" or program.nodes[negative.args[0]].op != "elem":
        return None
    return program.nodes[negative.args[0]].args[0]
