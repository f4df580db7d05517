"""The proof of curves in small, and that it would notice intervals that are too narrow."""

from __future__ import annotations

import pytest

from benchmarks import prove_curves
from benchmarks.prove_curves import Cover, Place
from pgt_dsl.psychometrics.posterior import Margin


def test_intervals_hold_the_truth() -> None:
    _, many, held, width = prove_curves.cover(Cover(0.25, 400, (2.5, 3.0, 0.03), 60, 1))
    assert many == 60 and not prove_curves.outside(held, many)
    assert 0.2 < width < 0.8


def test_narrow_intervals_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Margin.quantile
    monkeypatch.setattr(Margin, "quantile", lambda self, share: whole(self, 0.5 + 0.5 * (share - 0.5)))
    _, many, held, _ = prove_curves.cover(Cover(0.25, 400, (2.5, 3.0, 0.03), 60, 1))
    assert prove_curves.outside(held, many)


def test_adaptive_placement_pays() -> None:
    job = Place(0.25, 4.0, 8, 3.0, 6, 2)
    _, width, many, held = prove_curves.place(job)
    assert 0.1 < width < 0.5 and many < 0.75 * prove_curves.EQUAL and held >= 4
