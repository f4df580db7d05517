"""Every spec shown in the documentation compiles without warnings, and whole ones give certified scenes."""

from __future__ import annotations

import pytest

import pgt_dsl
from pgt_dsl.source import Source
from pgt_dsl.syntax.format import format_source
from tests.docs.fences import DOCS, Fence, fences, whole

FILES = sorted(p.relative_to(DOCS).as_posix() for p in DOCS.rglob("*.md"))
SPECS = [f for file in FILES for f in fences(file, "pgt")]
PARTS = [f for file in FILES for f in fences(file, "pgt-part")]
SCENES, SIZE = 4, 96


def test_there_are_specs() -> None:
    assert len(SPECS) >= 12 and PARTS


@pytest.mark.parametrize("fence", SPECS, ids=str)
def test_a_whole_spec_gives_certified_scenes(fence: Fence) -> None:
    task = pgt_dsl.load(fence.text)
    assert not task.warnings, [w.message for w in task.warnings]
    pipeline = task.pipeline(seed=5, size=SIZE)
    scenes = pipeline.scenes(range(SCENES))
    pipeline.certify(scenes)
    assert len(scenes) == SCENES * (2 if task.program.twin else 1)


@pytest.mark.parametrize("fence", PARTS, ids=str)
def test_a_fragment_compiles(fence: Fence) -> None:
    assert pgt_dsl.load(whole(fence.text)).program.asks


@pytest.mark.parametrize("fence", SPECS, ids=str)
def test_specs_are_shown_in_the_canonical_layout(fence: Fence) -> None:
    assert format_source(Source(str(fence), fence.text)) == fence.text
