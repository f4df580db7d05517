"""The strategies: specs compile and have certified scenes; scenes of a task are certified, whoever drew them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

import pgt_dsl
from pgt_dsl.dataset.pipeline import Pipeline
from pgt_dsl.program.program import Program
from pgt_dsl.program.serial import program_hash
from pgt_dsl.scene.certify import certify
from pgt_dsl.source import Source
from pgt_dsl.syntax.format import format_source
from pgt_dsl.testing.made import Maker
from pgt_dsl.testing.strategies import drawn_scenes, programs, scenes, specs

SPECS = Path(__file__).parents[2] / "task_specs"
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@FEW
@given(specs())
def test_random_specs_compile_and_their_scenes_are_certified(text: str) -> None:
    task = pgt_dsl.load(text)
    pipeline = task.pipeline(0, 64)
    pipeline.certify(pipeline.scenes(range(3)))
    again = format_source(Source("<text>", text))
    assert pgt_dsl.load(again).hash == task.hash


@settings(FEW, max_examples=10)
@given(programs())
def test_programs_are_programs(program: Program) -> None:
    assert program.asks and program.groups and len(program_hash(program)) >= 16


def _certified(pipeline: Pipeline, scene: object) -> list[object]:
    return list(certify(pipeline.program, scene, registry=pipeline.registry, photos=pipeline.photos))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "spec", ["spatial/left_of", "counting/all", "twins/larger_swapped", "photo/larger_on_photo", "lines/crossing"]
)
def test_scenes_are_certified(spec: str) -> None:
    task = pgt_dsl.load(SPECS / f"{spec}.pgt")
    pipeline = task.pipeline(0, 96)

    @settings(FEW, max_examples=12)
    @given(scenes(task, 96))
    def check(scene: object) -> None:
        assert _certified(pipeline, scene) == []

    check()


LAWS = {
    "uniform": "let v ~ 2vmin .. 9vmin", "log_uniform": "let v ~ log_uniform(2vmin, 9vmin)",
    "normal": "let v ~ normal(6vmin, 1vmin)", "choice": "let v ~ [3vmin, 5vmin, 8vmin]",
    "weighted": "let v ~ weighted([3vmin, 5vmin], [1, 3])", "bins": "pick v ~ bins(2vmin .. 9vmin, 3)",
    "integers": "let k ~ 2 .. 5\nlet v = k * 1vmin",
    "sample": "let vs ~ sample([3vmin, 4vmin, 5vmin], 2)\nlet v = vs[0]",
    "shuffle": "let vs ~ shuffle([3vmin, 4vmin, 5vmin])\nlet v = vs[0]",
    "repeat": "let k ~ 2 .. 4\nlet vs ~ repeat(k, 2vmin .. 6vmin)\nlet v = vs[0]",
    "scatter": "let ps ~ scatter(3, 8vmin)\nlet v = 1vmin + distance(ps[0], ps[1]) / 20",
    "ring": "let p ~ ring((50vw, 50vh), 5vmin .. 9vmin)\nlet v = distance(p, canvas.at)",
    "anywhere": "let p ~ anywhere(base)\nlet v = 1vmin + distance(p, base.at) / 5",
}  # fmt: skip


@pytest.mark.parametrize("law", LAWS)
def test_each_law_is_drawn_and_certified(law: str) -> None:
    """By Hypothesis alone, without the sampler: what it chooses could have been drawn."""
    task = pgt_dsl.load(
        f'task "x/law"\n{LAWS[law]}\nshape base: circle {{ at = (50vw, 50vh), radius = 20vmin, color = grey }}\n'
        'shape a: circle { radius = v, color = red }\nask "How large is {a}?"\n  answer a.radius within 1vmin\n'
    )
    pipeline = task.pipeline(0, 96)
    seen = set()

    @settings(FEW, max_examples=15)
    @given(drawn_scenes(Maker(pipeline)))
    def check(scene: object) -> None:
        seen.add(repr(scene))
        assert _certified(pipeline, scene) == []

    check()
    assert len(seen) >= 5
