"""The measurements of encoders and of a build's memory in small, and that growth would be noticed."""

from __future__ import annotations

import pytest

from benchmarks import build_memory, encoders


def test_encoders(capsys: pytest.CaptureFixture[str]) -> None:
    assert encoders.main(["--rounds", "2", "--size", "48"]) == 0
    said = capsys.readouterr().out
    assert "times its bytes" in said and "photo" in said.splitlines()[-1]


def test_memory(capsys: pytest.CaptureFixture[str]) -> None:
    assert build_memory.main(["--samples", "96"]) == 0
    assert "96 samples" in capsys.readouterr().out.splitlines()[-1]
    assert build_memory.main(["--samples", "100000", "--minutes", "0.001"]) == 0
    assert "stopped after" in capsys.readouterr().out


def test_a_slope() -> None:
    done = list(range(0, 100_000, 1000))
    each, final = build_memory.slope(done, [int(2e8) + 3000 * n for n in done])
    assert each == pytest.approx(3000) and final == pytest.approx(3.2e9)
    bumpy = [int(2e8) + (n < 30_000) * 1000 * n for n in done]
    assert build_memory.slope(done, bumpy)[0] == pytest.approx(0)
