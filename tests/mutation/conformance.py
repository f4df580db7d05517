"""The conformance suites of functions and kinds as items: a few examples, drawn once, and nothing made smaller.

It is what ``check_function`` and ``check_kind`` do, less the drawing: Hypothesis draws before any mutant is planted, so
that each mutant sees the same examples, and a failing one is told as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from pgt_dsl.builtin import extension
from pgt_dsl.plugins.registry import registry
from pgt_dsl.program.oracle_verdict import SHARE
from pgt_dsl.testing import kinds, measures
from pgt_dsl.testing.conformance import PluginFault, Report, hold
from pgt_dsl.testing.function_specs import call_specs
from pgt_dsl.testing.kind_specs import stage_of, usable_ways
from pgt_dsl.testing.stage import Row, Stage
from tests.mutation.items import Item

BATCHES = 10  # of up to three rows


def conformance_items(batches: int = BATCHES, only: Collection[str] | None = None) -> Iterator[Item]:
    """An item for each built-in function and each way to write its arguments, and for each kind and way to set it.

    only: names of functions and kinds; None for all.
    """
    offered = registry()
    for function in (f for f in extension.functions if only is None or f.name in only):
        report = Report("function", function.name)
        for k, spec in enumerate(call_specs(function, measures._kinds_for(function, offered), "", offered)):
            run = measures._Run(function, spec, report, SHARE, measures.CHECKS)
            yield Item("check_function", f"{function.name} {k}", _held(run.usual, _drawn(spec.stage, batches)))
    for kind in (k for k in extension.kinds if only is None or k.name in only):
        if kind.name in kinds._VIRTUAL:
            continue
        report = Report("kind", kind.name)
        stages = [(way, stage_of(kind, offered, way, "", report)) for way in usable_ways(kind)]
        for k, (way, stage) in enumerate(stages):
            others = [(w, s) for w, s in stages[1:] if w is not None] if k == 0 else []
            made = kinds._Way(kind, stage, report, kinds.TOLERANCE, way, others)
            yield Item("check_kind", f"{kind.name} {k}", _held(made.agrees, _drawn(stage, batches)))


def _drawn(stage: Stage, batches: int) -> list[Sequence[Row]]:
    """Batches of rows, the last ones that Hypothesis draws: the first ones are the plainest."""
    found: list[Sequence[Row]] = []
    hold(stage.rows(), found.append, max(8, 3 * batches))
    return sorted(found[-2 * batches :], key=len)[-batches:]


def _held(check: Callable[[Any], None], batches: Sequence[Sequence[Row]]) -> Callable[[], str]:
    def run() -> str:
        for rows in batches:
            try:
                check(rows)
            except PluginFault as fault:
                return str(fault).splitlines()[0]
        return ""

    return run
