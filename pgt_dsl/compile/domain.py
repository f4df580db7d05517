"""The domain of an answer: the list of values that it could have been, read off its expression.

Options are drawn from it, and an ``even`` answer is balanced over its positions.
"""

from __future__ import annotations

from pgt_dsl.program.builder import Builder
from pgt_dsl.program.program import Json, NodeId

MAX_DEPTH = 12


def answer_domain(b: Builder, node: NodeId, depth: int = 0) -> NodeId | None:
    """A list node over the values that ``node`` may take, or None when it is not evident (or too deep within)."""
    if depth > MAX_DEPTH:
        return None
    record = b.nodes[node]
    if record.type.rank:
        return None
    if record.op in ("argmax", "only"):
        return unfiltered(b, record.args[1])
    if record.op == "item":
        return record.args[0]
    if record.op == "mode":
        source = record.args[0]
        return b.node("unique", b.type(source), (source,), None, b.nodes[source].sizes)
    if record.op == "var":
        law = b.vars[record.attrs["var"]].law
        if law.name in ("choice", "weighted", "stratum") and law.args and b.type(law.args[0]).rank == 1:
            return law.args[0]
        return None
    if record.op == "if":
        constants = _leaves(b, node)
        if constants is not None:
            return b.const(record.type.listed, constants)
        sides = [answer_domain(b, arg, depth + 1) for arg in record.args[1:]]
        if None in sides:
            return None
        lists = [s for s in sides if s is not None]
        if lists[0] == lists[1]:
            return lists[0]
        size = sum(b.size(s) for s in lists)
        return b.node("concat", record.type.listed, lists, None, (size,))
    if record.op in ("field", "parts", "call", "text"):
        return _mapped(b, node, depth)
    return None


def unfiltered(b: Builder, items: NodeId) -> NodeId:
    """The list behind ``[x in xs]``."""
    record = b.nodes[items]
    if record.op == "loop" and len(record.args) == 1 and b.nodes[record.args[0]].op == "elem":
        axis = b.axes[record.attrs["axis"]]
        if len(axis.lists) == 1 and not axis.pairs:
            return axis.lists[0]
    return items


def _leaves(b: Builder, node: NodeId) -> list[Json] | None:
    """The constants at the ends of a chain of ``if`` (None when something else stands there)."""
    found: list[Json] = []
    seen: set[NodeId] = set()
    waiting = [node]
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue  # branches share what they lead to
        seen.add(at)
        record = b.nodes[at]
        if record.op == "if":
            waiting.extend(reversed(record.args[1:]))
        elif record.op != "const":
            return None
        elif record.attrs["value"] not in found:
            found.append(record.attrs["value"])
    return found


def _mapped(b: Builder, node: NodeId, depth: int) -> NodeId | None:
    """``f(x)`` over the domain of the one argument that has one."""
    record = b.nodes[node]
    domains = [(k, answer_domain(b, arg, depth + 1)) for k, arg in enumerate(record.args)]
    known = [(k, d) for k, d in domains if d is not None]
    if len(known) != 1 or any(b.nodes[a].op != "const" for k, a in enumerate(record.args) if k != known[0][0]):
        return None
    place, source = known[0]
    axis = b.loop_axis([source])
    args = [b.elem(axis) if k == place else arg for k, arg in enumerate(record.args)]
    body = b.node(record.op, record.type, args, record.attrs, record.sizes)
    return b.loop(axis, body)
