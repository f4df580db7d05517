"""Contrast with the ground: the colour that is painted under a shape, in both readings; refused where none is known."""

from __future__ import annotations

import pytest

from pgt_dsl.api import load
from pgt_dsl.diagnostics import SpecError
from pgt_dsl.plugins.registry import registry
from pgt_dsl.scene.certify import certify

TASK = """task "t"
{ground}
shape a: figure {{ size ~ 10vmin .. 40vmin, color ~ vivid }}
require contrast(a) >= 10%
ask "How much does it stand out?"
  answer contrast(a) within 0.01
"""
PIN = """task "t"
background behind: plain
kind pin(at: point) {
  shape head: circle { at = at, radius = 5vmin, color = red }
  shape needle: line { from = at, to = at + (9vmin, 14vmin) }
}
shape a: pin { at ~ anywhere(canvas, 30vmin) }
"""


@pytest.mark.parametrize(
    "ground",
    [
        "background behind: plain",
        "background behind: noise { color ~ vivid }",
        "background behind: gradient",
        "background behind: gradient { from_color = black, to_color = white }",
        "background behind: gradient { from_color = blue, to_color = yellow, turn = 70deg }",
    ],
)
def test_both_readings_know_the_ground(ground: str) -> None:
    pipeline = load(TASK.format(ground=ground), registry()).pipeline(3, 128)
    for scene in pipeline.scenes(range(25)):
        assert not certify(pipeline.program, scene, registry=pipeline.registry)


@pytest.mark.parametrize("ground", ["", "background behind: any"])
def test_without_a_named_background_it_is_refused(ground: str) -> None:
    with pytest.raises(SpecError) as found:
        load(TASK.format(ground=ground), registry())
    (diagnostic,) = found.value.diagnostics
    assert diagnostic.code == "T247"
    assert "background behind: plain" in str(found.value)


def test_a_composite_has_none_and_its_parts_have() -> None:
    with pytest.raises(SpecError) as found:
        load(PIN + "require contrast(a) >= 20%\nask 'How many?' answer count(shapes)\n".replace("'", '"'), registry())
    assert [d.code for d in found.value.diagnostics] == ["T247"]
    assert "`.head`, `.needle`" in str(found.value)
    load(PIN + 'require contrast(a.head) >= 20%\nask "How many?" answer count(shapes)\n', registry())
