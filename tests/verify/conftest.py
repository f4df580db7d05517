"""Data sets are built once for all tests of this folder, and removed at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.verify import worlds


@pytest.fixture(scope="session", autouse=True)
def built() -> Iterator[None]:
    yield
    worlds.forget()
