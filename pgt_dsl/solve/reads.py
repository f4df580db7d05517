"""What the verdict of a check hangs on: more than its node where it compares by margins, or calls shapes by phrases."""

from __future__ import annotations

from collections.abc import Iterator

from pgt_dsl.program.facts import OBJECT, Facts, Step
from pgt_dsl.program.phrase_reading import spoken_fields
from pgt_dsl.program.program import Program, VarId
from pgt_dsl.solve.plan import Check


def reads(program: Program, facts: Facts, check: Check) -> frozenset[VarId]:
    """The variables that a check hangs on."""
    return frozenset(ident for step in _steps(program, check) for what, ident in facts.reach(step) if what == "var")


def _steps(program: Program, check: Check) -> Iterator[Step]:
    if check.node is None:
        yield "var", check.source[1]
        return
    yield "node", check.node
    asks = program.asks if check.reason == "stage" else () if check.ask is None else (program.asks[check.ask],)
    for ask in asks:
        yield "node", ask.answer
        margins = ask.margins
        yield from (("node", n) for n in (*margins.absolute.values(), margins.relative) if n is not None)
    if check.reason == "phrase":  # which must not fit any other shape
        for group in program.groups:
            if group.kind == OBJECT:
                yield "group", group.id
            yield from (("node", group.fields[name]) for name in spoken_fields(group))
            yield from (("node", n) for a in group.axes if (n := program.axes[a].count) is not None)
