"""The page on plugins: its code is that of the package under tests/third_party, its commands work with it installed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.docs.fences import DOCS, fences
from tests.docs.test_commands import follow
from tests.third_party import install


def test_code_is_that_of_the_package() -> None:
    shown = [fence for fence in fences("plugins.md") if "source" in fence.options]
    assert len(shown) >= 5
    for fence in shown:
        source = (DOCS.parent / fence.options["source"]).read_text(encoding="utf-8")
        assert fence.text.strip() in source, f"{fence} is not in {fence.options['source']}"


def test_commands_work_with_the_package_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = install("pgt_arcs", tmp_path / "site")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(target), os.environ.get("PYTHONPATH")])))
    assert follow("plugins.md", tmp_path) == 1
