"""Upright boxes: those of ellipses in closed form, and a box a quarter of a pixel off is refused, whatever is in it."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from worlds import shape

from pgt_dsl.api import load
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.geometry.oracle_cores import Oval
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.scene.certify import certify
from pgt_dsl.scene.scene import Scene, SceneShape

TURN = "turn ~ 0deg .. 360deg"
KINDS = {
    "figure": TURN, "circle": "", "ellipse": TURN, "square": TURN, "rect": TURN, "polygon": TURN, "blob": TURN,
    "dot": "", "line": TURN, "arrow": TURN, "path": "", "curve": "", "patch": "", "loop": "", "text": TURN,
    "glyph": TURN, "panel": "width = 30vmin, height = 20vmin",
}  # fmt: skip
OFF = 0.25  # px


@lru_cache(maxsize=32)
def made(kind: str, fields: str, more: str = "") -> tuple[Pipeline, list[Scene]]:
    text = f"""task "test/boxes"
shape e: {kind} {{ {fields} }}
shape around: box {{ around = e, color = green, scenery = true }}
{more}
ask "Where is it?" answer e.box within 80%
"""
    pipeline = load(text).pipeline(2, 336)
    return pipeline, pipeline.scenes(range(4))


def faults(pipeline: Pipeline, scene: Scene) -> list[str]:
    return [one.what for one in certify(pipeline.program, scene, pipeline.registry)]


def moved(scene: Scene, one: SceneShape, sides: tuple[int, ...], off: float) -> Scene:
    box = tuple(x + off * (k in sides) for k, x in enumerate(one.box))
    shapes = tuple(replace(s, box=box) if s is one else s for s in scene.shapes)  # type: ignore[arg-type]
    return replace(scene, shapes=shapes)


@pytest.mark.parametrize("kind", KINDS)
def test_a_box_that_is_off_by_a_quarter_of_a_pixel_is_refused(kind: str) -> None:
    """Of the shape, of a box drawn around it, and of the box that is the answer."""
    pipeline, scenes = made(kind, KINDS[kind])
    for scene in scenes:
        assert faults(pipeline, scene) == []
        assert {one.group for one in scene.shapes} == {"e", "around", "e.box"}
        for one in scene.shapes:
            for sides, off in (((0, 2), OFF), ((1, 3), -OFF), ((0,), -OFF), ((3,), OFF)):
                found = faults(pipeline, moved(scene, one, sides, off))
                assert any("the box of shape" in what for what in found), (kind, one.group, sides)
        (ask,) = scene.asks
        wrong = replace(ask, value=[x + OFF for x in ask.value])
        assert "the answer of the question" in faults(pipeline, replace(scene, asks=(wrong,)))


def test_the_box_of_a_composite_with_an_ellipse_in_it_is_refused_too() -> None:
    kind = """kind eye(at: point, size: length = 30vmin) {
  shape white: ellipse { at = at, width = size, height = size / 2, turn ~ 0deg .. 180deg, color = grey }
  shape dark: circle { at = at, radius = size / 8, color = black }
}
"""
    text = f'{kind}shape e: eye {{ at ~ anywhere(canvas, 20vmin) }}\nask "Where is it?" answer e.box within 80%\n'
    pipeline = load(f'task "test/eye"\n{text}').pipeline(2, 336)
    for scene in pipeline.scenes(range(6)):
        assert faults(pipeline, scene) == []
        for one in scene.shapes:
            found = faults(pipeline, moved(scene, one, (0, 1, 2, 3), OFF))
            assert any("the box of shape" in what for what in found), one.group


def test_what_is_as_wide_as_an_ellipse_may_be_off_by_what_ellipses_are_and_no_more() -> None:
    more = "shape r: rect { at = (50vw, 92vh), width = e.right - e.left, height = 4vmin, color = blue }"
    pipeline, scenes = made("ellipse", f"width = 50vmin, height = 30vmin, {TURN}", more)
    for scene in scenes:
        (bar,) = (one for one in scene.shapes if one.group == "r")
        assert faults(pipeline, scene) == []
        assert any("the box of shape" in what for what in faults(pipeline, moved(scene, bar, (0, 2), OFF)))


def test_an_ellipse_that_touches_its_room_is_placed_in_it() -> None:
    """The batched reading keeps a polygon within, of which the ellipse itself reaches a little beyond."""
    pipeline, scenes = made("ellipse", "width = 50vmin, height = 30vmin, turn = 3deg")
    for scene in scenes:
        (one,) = (s for s in scene.shapes if s.group == "e")
        at = complex(*scene.draws["e.at"]) - one.box[0]  # its batched box now begins at 0
        touching = replace(scene, draws={**scene.draws, "e.at": [at.real, at.imag]})
        assert not any("the draw of `e.at`" in what for what in faults(pipeline, touching))
        beyond = replace(scene, draws={**scene.draws, "e.at": [at.real - OFF, at.imag]})
        assert any("the draw of `e.at`" in what for what in faults(pipeline, beyond))


@pytest.mark.parametrize("turn", [0.0, 17.0, 45.0, 90.0, 123.0, 180.0, 271.5])
def test_the_box_of_a_turned_ellipse_is_that_of_a_polygon_of_many_corners(turn: float) -> None:
    way = complex(math.cos(math.radians(turn)), math.sin(math.radians(turn)))
    oval = Oval(30 + 40j, 50.0, 20.0, way)
    t = np.linspace(0, 2 * np.pi, 40_001)
    corners = oval.at + (50 * np.cos(t) + 20j * np.sin(t)) * way
    wanted = (corners.real.min(), corners.imag.min(), corners.real.max(), corners.imag.max())
    assert oval.bounds == pytest.approx(wanted, abs=1e-6)


def test_the_sides_of_a_batched_ellipse_lie_within_their_insets() -> None:
    """The polygon is inscribed: never further out, and further in by a share of half the box at most."""
    pipeline, _ = made("ellipse", f"width ~ 10vmin .. 60vmin, height ~ 5vmin .. 30vmin, {TURN}")
    deepest = 0.0
    for scene in pipeline.scenes(range(200)):
        oracle = Oracle(pipeline.program, pipeline.registry, scene)
        (one,) = (s for s in scene.shapes if s.group == "e")
        seen = oracle.shapes.slot(one.slot)
        inward = [(a - b) * way for a, b, way in zip(one.box, seen.box, (1, 1, -1, -1), strict=True)]
        assert all(-1e-9 <= off <= most + 1e-9 for off, most in zip(inward, seen.inset, strict=True))
        deepest = max([deepest, *(off / most for off, most in zip(inward, seen.inset, strict=True))])
    assert deepest > 0.95  # and none could be smaller


def test_only_what_an_ellipse_reaches_furthest_has_an_inset() -> None:
    assert shape("figure", form="star", size=50.0, at=0j).inset == (0, 0, 0, 0)
    assert shape("ellipse", width=200.0, height=100.0, at=0j).inset == pytest.approx((0.1205, 0.0602) * 2, abs=1e-4)
