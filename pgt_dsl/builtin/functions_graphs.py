"""Declarations of the functions of graphs that are given by numbers."""

from __future__ import annotations

from pgt_dsl.plugins.extension import Function


def _of(signature: str, doc: str) -> Function:
    name = signature.partition("(")[0]
    return Function(
        name, signature, doc, f"pgt_dsl.program.graphs:{name}", f"pgt_dsl.program.oracle_graphs:{name}",
        section="graphs", relations={},
    )  # fmt: skip


FUNCTIONS = (
    _of(
        "spanning(ends_a: int[], ends_b: int[], weights: number[]): bool[weights]",
        "which links of a graph are in its spanning tree of least weight; link k joins ends_a[k] and ends_b[k]",
    ),
    _of(
        "steps(ends_a: int[], ends_b: int[], a: int, b: int): int",
        "the fewest links from node a to node b, -1 where there is no way; link k joins ends_a[k] and ends_b[k]",
    ),
)
