"""Functions run where loops have items, to the same bits; failures of plugins name their place in the spec."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from pgt_dsl.api import load
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.extension import Function
from pgt_dsl.plugins.registry import Registry, registry
from pgt_dsl.program import running
from pgt_dsl.program.calls import Call

PAIRS = """\
task "t/pairs"
pick n ~ 2 .. 9
shape figures: figure[n] { size ~ 4vmin .. 9vmin, form ~ forms }
shape wires: line[n] { length ~ 20vmin .. 50vmin, stroke = 2px }
require all(a, b in figures: apart(a, b) >= 1vmin)
ask "How many figures lie on a line?"
  answer count(a in figures where some(w in wires: apart(a, w) <= 0vmin))
ask "How many pairs are close?"
  answer count(a, b in figures where apart(a, b) <= 10vmin)
ask "What is the least area of overlap?"
  answer count(a in figures, w in wires where overlap(a, w) > 10%)
"""
FAILING = """\
task "t/failing"
shape a: figure
shape b: figure
require apart(a, b) >= 1vmin
require odd(a, b) > 0
ask "Is {a} left of {b}?"
  answer a.x < b.x
"""


def _columns(monkeypatch: pytest.MonkeyPatch, full: float) -> dict[int, Any]:
    monkeypatch.setattr(running, "FULL", full)
    calls: list[int] = []
    chosen = running._chosen

    def counted(*arguments: Any) -> Call:
        calls.append(1)
        return chosen(*arguments)

    monkeypatch.setattr(running, "_chosen", counted)
    task = load(PAIRS)
    batch = task.pipeline(0, 200).sampler.batch(range(48))
    asks = task.program.asks
    found: dict[Any, Any] = {f"answer {k}": batch.ev.column(ask.answer) for k, ask in enumerate(asks)}
    found |= {f"margin {k}": margin for k, margin in enumerate(batch.margins)}
    for k, node in enumerate(task.program.nodes):
        if node.op == "call" and not node.axes:
            found[k] = batch.ev.value(k).data
    found["attempts"] = batch.attempts
    monkeypatch.undo()
    assert bool(calls) == (full > 0)
    return found


def test_sparse_loops_give_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    dense, sparse = _columns(monkeypatch, 0.0), _columns(monkeypatch, 0.99)
    assert dense.keys() == sparse.keys()
    for key, column in dense.items():
        if column is not None:
            assert np.array_equal(column, sparse[key], equal_nan=True), key


def _raises(call: Call) -> Any:
    raise ValueError("the arrays do not fit")


def _flat(call: Call) -> Any:
    return np.zeros((3, 3, 3))


def _words(call: Call) -> Any:
    return "many"


def _oracle(a: Any, b: Any) -> float:
    return 1.0


def _with(value: str) -> Registry:
    here = __name__
    odd = Function("odd", "odd(a: shape, b: shape): number", "Odd.", f"{here}:{value}", f"{here}:_oracle")
    base = registry()
    return dataclasses.replace(base, functions={**base.functions, "odd": odd})


@pytest.mark.parametrize(("value", "says"), [
    ("_raises", "ValueError: the arrays do not fit"),
    ("_flat", "the value has 3 dimensions, not 1"),
    ("_words", "no array of numbers"),
])  # fmt: skip
def test_a_failing_function_is_named_with_its_line(value: str, says: str) -> None:
    task = load(FAILING, _with(value))
    with pytest.raises(PgtError) as caught:
        task.sample()
    text = str(caught.value)
    assert says in text and "`odd`" in text and "<text>:5" in text, text
