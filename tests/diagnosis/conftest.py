"""The data set, the models' folders and a report of them, made once for all tests of the room."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.diagnosis.worlds import made, probed, right, run, tail_for_head, to_5


@pytest.fixture(scope="package")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("diagnosis") / "data")


@pytest.fixture(scope="package")
def models(data: Path) -> Mapping[str, Path]:
    found = {"all": right, "tail": tail_for_head, "five": to_5}
    return {name: probed(data, data.parent / name, model, f"<{name}>") for name, model in found.items()}


@pytest.fixture(scope="package")
def report(models: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("report")
    code, said = run("report", models["tail"], models["five"], "-o", out)
    assert code == 0, said
    return out
