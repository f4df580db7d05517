"""The page on renderers: its code is that of the package under tests/third_party, its commands work with it."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from pgt_dsl.testing.renderers import EXACT, REFERENCE, Tolerance
from tests.docs.fences import DOCS, fences
from tests.docs.test_commands import follow
from tests.third_party import install


def test_code_is_that_of_the_package() -> None:
    shown = [fence for fence in fences("renderers.md") if "source" in fence.options]
    assert len(shown) == 3
    for fence in shown:
        source = (DOCS.parent / fence.options["source"]).read_text(encoding="utf-8")
        assert fence.text.strip("\n") in source, f"{fence} is not in {fence.options['source']}"


def test_tolerances_are_those_of_the_code() -> None:
    text = (DOCS / "renderers.md").read_text(encoding="utf-8")

    def row(name: str, whose: str, t: Tolerance, ids: str) -> str:
        return f"| `{name}`, for {whose} | {t.mean:g} | {t.p99} | {t.convex} | {t.other} | {t.flat} | {ids} |"

    assert row("EXACT", "ours", EXACT, "1/255") in text
    assert row("REFERENCE", "Pillow", REFERENCE, f"{REFERENCE.ids:g}") in text


@pytest.mark.skipif(find_spec("skia") is None, reason="skia-python is not installed")
def test_commands_work_with_the_package_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = install("pgt_skia", tmp_path / "site")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(target), os.environ.get("PYTHONPATH")])))
    assert follow("renderers.md", tmp_path) == 2
