"""The measurement of the torch painter in small."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="torch is not installed")

from benchmarks import painters_torch


def test_painters(capsys: pytest.CaptureFixture[str]) -> None:
    assert painters_torch.main(["--quick", "--batch", "2", "--rounds", "1"]) == 0
    said = capsys.readouterr().out
    assert "times as fast" in said and float(said.split()[-3]) < 0.5  # the two painters paint the same
