"""A warning of wrong answers in a fixed order with the right one: `wrong n + 1, n + 2` makes it the least.

Each wrong answer is taken less the right one. What is left without a draw has a sign that no scene changes; only when
all of them have one is there a warning, so that none is false.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pgt_dsl.program.builder import Builder
from pgt_dsl.program.program import Node, NodeId, Program
from pgt_dsl.types.context import Context
from pgt_dsl.types.model import Model, Question

MOST = 64  # terms of a sum, and depth of it
Base = NodeId | str  # a node that is taken as it is, or a unit of length
WORDS = {1: "the least of its options", -1: "the greatest of its options"}


@dataclass(frozen=True)
class Sum:
    """Multiples of nodes and units, and what lies between two numbers."""

    terms: Mapping[Base, float] = field(default_factory=dict)
    low: float = 0.0
    high: float = 0.0

    def plus(self, other: Sum, times: float = 1.0) -> Sum:
        """This and a multiple of another one."""
        terms = dict(self.terms)
        for base, many in other.terms.items():
            terms[base] = terms.get(base, 0.0) + times * many
        ends = sorted((times * other.low, times * other.high))
        return Sum({b: m for b, m in terms.items() if m}, self.low + ends[0], self.high + ends[1])

    @property
    def sign(self) -> int:
        """1 or -1 when it is above or below 0 whatever is drawn, else 0."""
        if any(not isinstance(base, str) for base in self.terms):
            return 0
        parts = [*self.terms.values(), *((self.low, self.high) if self.low or self.high or not self.terms else ())]
        return 1 if min(parts) > 0 else -1 if max(parts) < 0 else 0


def lint_options(cx: Context, model: Model, program: Program) -> None:
    """Warn (W705) of questions whose right option has the same rank among numbers in every scene."""
    for question, ask in zip(model.questions, program.asks, strict=True):
        if ask.domain is None and ask.form in ("int", "quantity") and question.wrong:
            _lint(cx, question)


def _lint(cx: Context, question: Question) -> None:
    b = cx.builder
    rights = [_sum(b, question.answer.node)]
    if question.expect is not None:  # equal to the answer in every scene
        rights.append(_sum(b, question.expect.node))
    steps: list[Sum] = []
    for mistake in question.wrong:
        for node in _items(b, mistake.value.node):
            wrong = _sum(b, node)
            differences = (_drawn(b, wrong.plus(right, -1.0)) for right in rights)
            found = next((step for step in differences if step.sign), None)
            if found is None:
                return
            steps.append(found)
    signs = {step.sign for step in steps}
    if len(signs) == 1:
        place = WORDS[signs.pop()]
    elif all(step.low == step.high for step in steps):
        told = {(tuple(sorted(s.terms.items(), key=str)), s.low): s.sign for s in steps}
        place = f"number {1 + sum(sign < 0 for sign in told.values())} of its {1 + len(told)} options, by size"
    else:
        return
    first, last = question.wrong[0].value.span, question.wrong[-1].value.span
    whole = first
    if first is not None and last is not None and first.source is last.source:
        whole = type(first)(first.source, first.start, last.end)
    cx.collector.warning(
        "W705", f"the right answer is always {place}", whole or question.span,
        "who sees the options need not look at the picture",
        others=[(question.answer.span, "the right one")] if question.answer.span is not None else [],
        help="offer others of the same range: `wrong 3 of 1 .. 9`, with the least and the greatest right answer as "
        "its ends" if question.answer.type.base == "int" else
        "draw whether wrong answers are larger or smaller, and by how much",
    )  # fmt: skip


def _items(b: Builder, node: NodeId) -> tuple[NodeId, ...]:
    """The nodes of a list that is written out, or of one that runs over another."""
    record = b.nodes[node]
    if record.op == "list":
        return record.args
    return record.args[:1] if record.op == "loop" and len(record.args) == 1 else (node,)


def _sum(b: Builder, node: NodeId, depth: int = 0) -> Sum:
    record = b.nodes[node]
    plain = Sum({node: 1.0})
    if depth > MOST:
        return plain
    if record.op == "const" and record.type.rank == 0:
        value = float(record.attrs["value"])
        unit = record.attrs.get("unit")
        return Sum({unit: value}) if unit else Sum({}, value, value)
    if record.op in ("add", "sub") and record.type.rank == 0:
        a, c = (_sum(b, arg, depth + 1) for arg in record.args)
        made = a.plus(c, 1.0 if record.op == "add" else -1.0)
    elif record.op == "neg":
        made = Sum().plus(_sum(b, record.args[0], depth + 1), -1.0)
    elif record.op == "elem":
        made = _between(b, record.args[0]) or plain
    elif record.op == "count":
        made = _counted(b, record, depth) or plain
    else:
        made = plain
    return made if len(made.terms) <= MOST else plain


def _drawn(b: Builder, made: Sum) -> Sum:
    """A sum in which draws from lists of constants are something between the least and the greatest."""
    for base, many in made.terms.items():
        if not isinstance(base, str) and b.nodes[base].op == "var":
            law = b.vars[b.nodes[base].attrs["var"]].law
            found = _ends(b, law.args) if law.name == "integers" else None
            if law.name in ("choice", "weighted") and law.args:
                found = _between(b, law.args[0])
            if found is not None:
                made = made.plus(Sum({base: 1.0}), -many).plus(found, many)
    return made


def _between(b: Builder, items: NodeId) -> Sum | None:
    """An item of a list of constants, or of a range of them: something between the least and the greatest."""
    source = b.nodes[items]
    if source.op == "range":
        return _ends(b, source.args)
    plain = source.op == "const" and source.type.rank == 1 and source.type.base in ("int", "number", "angle")
    if plain and not source.attrs.get("unit") and source.attrs["value"]:
        return Sum({}, float(min(source.attrs["value"])), float(max(source.attrs["value"])))
    return None


def _ends(b: Builder, args: Sequence[NodeId]) -> Sum | None:
    """Something between two constants."""
    low, high = (b.nodes[arg] for arg in args[:2])
    return Sum({}, float(low.attrs["value"]), float(high.attrs["value"])) if low.op == high.op == "const" else None


def _counted(b: Builder, record: Node, depth: int) -> Sum | None:
    """How many shapes a list has that is declared with its number."""
    source = b.nodes[record.args[0]]
    if source.op != "group":
        return None
    axes = b.groups[source.attrs["group"]].axes
    count = b.axes[axes[-1]].count if len(axes) == 1 else None
    return None if count is None else _sum(b, count, depth + 1)
