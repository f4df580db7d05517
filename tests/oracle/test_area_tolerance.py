"""How far off areas and outlines' lengths may be: not at all for a disc, for a curve by a share in any picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pgt_dsl.compile import compile_source
from pgt_dsl.plugins.registry import registry
from pgt_dsl.program.program import Program
from pgt_dsl.program.serial import program_hash
from pgt_dsl.scene.assemble import scenes
from pgt_dsl.scene.certify import certify
from pgt_dsl.scene.scene import Scene
from pgt_dsl.solve.reject import Sampler
from pgt_dsl.source import Source


def sampled(shape: str, size: int, count: int, measure: str = "area") -> tuple[Program, list[Scene]]:
    text = f'## An area.\ntask "test/area"\n{shape}\nask "How large is it?"\n  answer {measure}(s) within 10%\n'
    program = compile_source(Source("area.pgt", text), registry()).program
    batch = Sampler(program, registry(), 3, size).batch(np.arange(count))
    return program, scenes(batch, program_hash(program))


def off_by(scene: Scene, share: float) -> Scene:
    ask = scene.asks[0]
    return replace(scene, asks=(replace(ask, value=ask.value * (1 + share)),))


def test_the_area_of_a_disc_is_exact() -> None:
    program, (scene,) = sampled("shape s: circle { radius = 4vmin }", 336, 1)
    assert certify(program, scene, registry()) == []
    (found,) = certify(program, off_by(scene, 0.001), registry())
    assert found.what == "the answer of the question"


def test_the_area_of_a_path_may_be_off_by_a_share_in_small_and_large_pictures() -> None:
    path = "shape s: path { points = [(15vw, 20vh), (85vw, 33vh), (20vw, 52vh)], color = red }"
    for size in (64, 2048):
        program, (scene,) = sampled(path, size, 1)
        assert certify(program, scene, registry()) == []
        assert certify(program, off_by(scene, 0.03), registry()) != []


def test_the_outline_of_a_path_may_be_off_by_a_share_in_small_and_large_pictures() -> None:
    path = "shape s: path { points = [(15vw, 20vh), (85vw, 33vh), (20vw, 52vh)], color = red }"
    for size in (64, 3000):
        program, (scene,) = sampled(path, size, 1, "outline_length")
        assert certify(program, scene, registry()) == []
        for off in (-0.01, 0.01):
            (found,) = certify(program, off_by(scene, off), registry())
            assert found.what == "the answer of the question"


def test_the_outline_of_a_small_disc_may_not_be_off_by_a_pixel() -> None:
    program, (scene,) = sampled("shape s: circle { radius = 4vmin }", 336, 1, "outline_length")
    length = scene.asks[0].value
    assert certify(program, scene, registry()) == []
    assert certify(program, off_by(scene, 1 / length), registry()) != []


def test_a_box_around_an_ellipse_may_be_off_as_the_ellipse_is() -> None:
    turned = (
        "shape s: ellipse { width = 40vmin, height = 14vmin, turn = 38deg }\nshape b: box { around = s, color = red }"
    )
    program, (scene,) = sampled(turned, 336, 1)
    assert certify(program, scene, registry()) == []
    grown = tuple(
        replace(shape, box=(shape.box[0] - 2, *shape.box[1:])) if shape.kind == "box" else shape
        for shape in scene.shapes
    )
    found = [f.what for f in certify(program, replace(scene, shapes=grown), registry())]
    assert any(what.startswith("the box of shape") for what in found)
