"""What a question of a scene offers beside its answer: options from all values that the answer could have had."""

from __future__ import annotations

from pgt_dsl.api import load
from pgt_dsl.plugins.registry import registry

TASK = """task "t"
background behind: plain
shape xs: circle[4] { color ~ basic }
ask "What colour has the first?"
  answer xs[0].color
ask "Which colours are there?"
  answer xs.color
"""


def test_options_are_the_other_values_that_a_word_could_have_been() -> None:
    pipeline = load(TASK, registry()).pipeline(1, 96)
    for scene in pipeline.scenes(range(6)):
        one, several = scene.asks
        assert one.text in one.options
        assert set(one.options) == set(several.text.split(", ")) | {one.text}
        assert not several.options  # a list is no single value of its domain


def test_a_label_is_said_before_a_name_and_either_before_colour_and_kind() -> None:
    text = """task "t"
background behind: plain
shape a: circle { label = "Q", color = red }
shape b: circle { name = "the boss", color = red }
shape c: circle { label = "R", name = "the chief", color = red }
shape d: circle { color = red }
ask "Which?"
  answer count(shapes)
"""
    (scene,) = load(text, registry()).pipeline(1, 96).scenes([0])
    said = [shape.phrase for shape in scene.shapes]
    assert said[1] == "the boss"
    assert said[3] == "the red circle"
    assert "Q" in said[0] and "R" in said[2]


def test_options_of_a_measured_domain_hold_the_answer_once_and_nothing_that_is_nearly_right() -> None:
    spec = """task "t/near"
pick v ~ [10deg, 12deg, 30deg]
shape a: line { turn = v, length = 20vmin, color = black }
ask "How much is it turned?" answer v within 4deg
"""
    pipeline = load(spec).pipeline(1, 96)
    scenes = pipeline.scenes(range(9))
    pipeline.certify(scenes)
    offered = {(scene.asks[0].text, tuple(sorted(scene.asks[0].options))) for scene in scenes}
    assert offered == {
        ("10.0 degrees", ("10.0 degrees", "30.0 degrees")), ("12.0 degrees", ("12.0 degrees", "30.0 degrees")),
        ("30.0 degrees", ("10.0 degrees", "12.0 degrees", "30.0 degrees")),
    }  # fmt: skip
