"""Capitals are the same in a question and in a text that is painted, and the oracle reads both."""

from __future__ import annotations

import pgt_dsl
from pgt_dsl.plugins.registry import registry
from pgt_dsl.scene.certify import certify

SPEC = """\
task "t/capitals"
let c ~ vivid
shape w: text { text = "{c:upper} paint", color = c }
ask "What is written in {c:upper}?" answer w.color
"""


def test_the_name_of_a_colour_is_in_capitals_wherever_it_is_asked_for() -> None:
    task = pgt_dsl.load(SPEC)
    for index in range(4):
        scene = task.sample(index=index, size=64).scene
        (said,) = [shape.fields["text"] for shape in scene.shapes]
        name = said.removesuffix(" paint")
        assert name.isupper() and name in scene.asks[0].question
        assert certify(task.program, scene, registry()) == []
