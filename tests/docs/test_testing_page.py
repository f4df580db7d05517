"""The page on testing specs: its code is that of the package with the fault, and its commands say what it shows."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.docs.fences import DOCS, fences
from tests.docs.test_commands import ROOT, follow
from tests.third_party import install

PAGE = "testing-specs.md"


def test_code_is_that_of_the_package() -> None:
    (shown,) = [fence for fence in fences(PAGE) if "source" in fence.options]
    assert shown.text.strip() in (ROOT / shown.options["source"]).read_text(encoding="utf-8")


def test_every_check_is_told() -> None:
    from pgt_dsl.testing.sample_checks import SAMPLE_CHECKS

    text = (DOCS / PAGE).read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in text for name in ("oracle", "picture", *SAMPLE_CHECKS, "replay", "alone"))


def test_commands_work_with_the_package_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = install("pgt_slopes", tmp_path / "site")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(target), os.environ.get("PYTHONPATH")])))
    monkeypatch.setenv("PYTEST_PLUGINS", "pgt_dsl.testing.pytest_plugin")  # as the entry point has it, where it is old
    shutil.copytree(ROOT / "task_specs", tmp_path / "task_specs")
    assert follow(PAGE, tmp_path) == 5
