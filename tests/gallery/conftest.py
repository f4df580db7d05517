"""The site and the browser, made once for all tests of the room."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.cli.main import run
from tests.gallery.worlds import browser, specs


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("gallery")
    out = place / "site"
    assert run(["gallery", str(specs(place / "specs")), "--out", str(out), "--size", "96", "--count", "4", "-q"]) == 1
    return out


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as launched:
        yield launched
