"""What is filled is painted in its colour, and it is told where a picture shows another one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgt_dsl.api import load
from pgt_dsl.plugins.registry import registry
from pgt_dsl.testing.checks import CHECKS
from pgt_dsl.testing.pixel_colors import colors_are_painted
from pgt_dsl.testing.subject import Subject

SPEC = """
task "test/colours"
shape under: square { at = (40vw, 50vh), size = 40vmin, color = red, label = "A" }
shape over: figure { at = (60vw, 50vh), size = 30vmin, form = star, fill = green, outline = black, stroke = 1vmin }
shape glass: circle { at = (20vw, 20vh), radius = 9vmin, color = blue, opacity = 50% }
shape road: line { from = (5vw, 90vh), to = (95vw, 90vh), stroke = 4vmin, color = orange }
ask "How many?" answer count(shapes)
"""


@pytest.fixture(scope="module")
def subject() -> Subject:
    pipeline = load(SPEC, registry()).pipeline(0, 160)
    return Subject(pipeline, pipeline.scenes([0])[0])


def painted_otherwise(subject: Subject, group: str, **fields: str) -> Subject:
    """The scene with other colours, and the picture as it was."""
    shapes = tuple(replace(s, fields={**s.fields, **fields}) if s.group == group else s for s in subject.scene.shapes)
    spoilt = Subject(subject.pipeline, replace(subject.scene, shapes=shapes))
    spoilt.__dict__["painted"] = subject.painted
    return spoilt


def test_what_is_painted_as_it_should_be_passes(subject: Subject) -> None:
    assert CHECKS["picture"](subject) == []


@pytest.mark.parametrize("group", ["under", "over", "road"])
def test_another_colour_is_told(subject: Subject, group: str) -> None:
    (found,) = colors_are_painted(painted_otherwise(subject, group, fill="#8a8d91", outline="#8a8d91"))
    assert f"of `{group}` is to be #8a8d91" in found.message


def test_colours_of_translucent_shapes_are_not_judged(subject: Subject) -> None:
    assert colors_are_painted(painted_otherwise(subject, "glass", fill="#8a8d91")) == []
