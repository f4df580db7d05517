"""A search that cannot succeed ends soon, with a short report; how much is tried at once changes no scene."""

from __future__ import annotations

import pickle

import pytest

from pgt_dsl.api import load
from pgt_dsl.solve import Exhausted, effort

CROWDED = """\
task "t/crowded"
shape discs: circle[12] { radius = 20vmin }
require all(a, b in discs: apart(a, b) >= 1vmin)   because "they must not touch"
ask "How many discs?"
  answer count(discs)
"""
TANGLE = """\
task "t/tangle"
pick n ~ 3 .. 9
shape wires: curve[n] { let bends ~ sample(grid(5, 3, 60%), 5), through = bends }
require all(v, w in wires: shared(v, w) <= 0.01vmin)
ask "How many wires?"
  answer count(wires)
"""


@pytest.mark.parametrize("text", [CROWDED, TANGLE], ids=["apart", "shared"])
def test_a_hopeless_search_ends_soon(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effort, "PATIENCE", 3.0)
    with pytest.raises(Exhausted) as caught:
        load(text).pipeline(0, 336).scenes(range(32))
    said = str(caught.value)
    assert said.startswith("error[S506]: no scene was found for sample")
    assert "lets through 100 %" not in said
    assert "<text>:3" in said or "<text>:4" in said
    assert len(said.split("\n")) <= 12
    assert pickle.loads(pickle.dumps(caught.value)).args == caught.value.args


def test_a_combination_without_hope_ends_the_batch() -> None:
    pipeline = load(CROWDED).pipeline(0, 336)
    with pytest.raises(Exhausted) as caught:
        pipeline.scenes(range(500))
    assert caught.value.report.attempts < 4 * pipeline.sampler.budget


def test_rounds_are_as_small_as_time_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    text = CROWDED.replace("12] { radius = 20vmin }", "5] { radius = 10vmin }")
    usual = [s.attempt for s in load(text).pipeline(0, 200).scenes(range(60))]
    assert max(usual) > 20
    monkeypatch.setattr(effort, "ROUND", 0.0)
    assert [s.attempt for s in load(text).pipeline(0, 200).scenes(range(60))] == usual
