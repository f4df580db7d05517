"""A broken ``expect`` is told as what it is, with its line and its scene, and costs other tasks nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgt_dsl.api import load, load_all
from pgt_dsl.dataset.build import build
from pgt_dsl.dataset.pipeline import Unexpected

BROKEN = """task "t/broken"

pick n ~ 1 .. 4
shape xs: circle[n] { radius = 4vmin }
require apart(xs) >= 1vmin

ask "How many?"
  answer count(xs)
  expect min(n, 3)
"""
GOOD = 'task "t/good"\nshape a: figure\nask "Where?"\n  answer a.at within 3vmin\n'


def test_the_scene_and_the_line_are_named() -> None:
    pipeline = load(BROKEN).pipeline(0, 336)
    with pytest.raises(Unexpected) as caught:
        pipeline.certify(pipeline.scenes(range(4)))
    text = str(caught.value)
    assert text.startswith("error[S502]: the answer is 4, and `expect` says 3")
    assert "<text>:7" in text and f"--index {caught.value.scene.index}" in text


def test_other_tasks_keep_their_samples(tmp_path: Path) -> None:
    for name, text in (("broken", BROKEN), ("good", GOOD)):
        (tmp_path / f"{name}.pgt").write_text(text)
    manifest = build(load_all([tmp_path / "broken.pgt", tmp_path / "good.pgt"]), 16, tmp_path / "out")
    assert {t.name: t.count for t in manifest.tasks}["t/good"] == 8
    (failed,) = manifest.failed
    assert failed.name == "t/broken" and "S502" in failed.error
