"""Which units decide an answer: the quantities that its comparisons compare (a margin must be felt by one of them)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pgt_dsl.program.builder import Builder
from pgt_dsl.program.program import Node, NodeId

KEYED = ("argmax", "sort")


def deciding_units(builder: Builder, answer: NodeId, slacks: Mapping[str, str]) -> dict[str, NodeId]:
    """Base type -> a node that compares it, over everything that the answer depends on.

    slacks: for each function with a margin of its own, the unit of that margin.
    """

    def beyond(record: Node) -> Iterator[NodeId]:
        if record.op in ("elem", "loop"):
            yield from builder.axes[record.attrs["axis"]].lists
        if record.op == "field":
            for group in record.attrs["groups"]:
                field = builder.groups[group].fields.get(record.attrs["name"])
                if field is not None:
                    yield field

    found: dict[str, NodeId] = {}
    for node in builder.reach([answer], beyond):
        base = _decided(builder, node, slacks)
        if base is not None:
            found.setdefault(base, node)
    return found


def _decided(builder: Builder, node: NodeId, slacks: Mapping[str, str]) -> str | None:
    record = builder.nodes[node]
    if record.op in ("lt", "le", "eq"):
        bases = {builder.type(arg).base for arg in record.args}
        if bases <= {"length", "area", "angle", "number", "int"} and bases != {"int"}:
            return "number" if "number" in bases else bases.pop()
        if record.op == "eq" and bases & {"point"}:
            return "length"
        if record.op == "eq" and bases == {"color"}:
            return "number"
        return None
    if record.op in KEYED:
        base = builder.type(record.args[0]).base
        return None if base == "int" else base
    if record.op == "call":
        return slacks.get(record.attrs["name"])
    return None
