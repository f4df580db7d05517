"""Values of nodes in every row of a batch, as plain values."""

from __future__ import annotations

from typing import Any

from pgt_dsl.program.evaluate import Evaluator
from pgt_dsl.program.inputs import Value
from pgt_dsl.program.program import NodeId
from pgt_dsl.scene.columns import plain


def told(ev: Evaluator, node: NodeId, value: Value | None = None) -> list[Any]:
    """A node's value (or ``value`` in its place) in every row; lists hold only the items that are there."""
    type = ev.program.nodes[node].type
    value = ev.value(node) if value is None else value
    found = plain(value.data, type.base, value.mask, type.rank)
    return found * ev.rows if len(found) == 1 else found
