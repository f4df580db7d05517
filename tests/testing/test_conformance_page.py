"""The page on testing plugins: its code is that of the package under tests/third_party, its commands work with it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.docs.fences import DOCS, fences
from tests.docs.test_commands import follow
from tests.third_party import install

PAGE = "testing-plugins.md"


def test_code_is_that_of_the_package() -> None:
    shown = [fence for fence in fences(PAGE) if "source" in fence.options]
    assert len(shown) == 5
    for fence in shown:
        source = (DOCS.parent / fence.options["source"]).read_text(encoding="utf-8")
        assert fence.text.strip("\n") in source, f"{fence} is not in {fence.options['source']}"


def test_commands_work_with_the_package_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = install("pgt_darts", tmp_path / "site")
    path = filter(None, [str(target), str(DOCS.parent), os.environ.get("PYTHONPATH")])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path))
    assert follow(PAGE, tmp_path) == 2
