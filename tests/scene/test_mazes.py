"""Mazes as they are painted: who walks where no wall stands takes as many steps as the answer says."""

from __future__ import annotations

from collections import deque
from itertools import product

from shapely import LineString
from shapely.ops import unary_union

import pgt_dsl
from pgt_dsl.resources import data_path
from pgt_dsl.scene.scene import Scene

SIDE = 5


def steps(scene: Scene) -> int:
    """The fewest steps between the two letters, -1 for none, by walls alone: a breadth-first walk over cells."""
    lines = [s.fields for s in scene.shapes if s.kind == "line"]
    walls = unary_union([LineString([line["from"], line["to"]]) for line in lines])
    x0, y0, x1, y1 = walls.bounds
    width, height = (x1 - x0) / SIDE, (y1 - y0) / SIDE
    middles = {(r, c): (x0 + (c + 0.5) * width, y0 + (r + 0.5) * height) for r, c in product(range(SIDE), repeat=2)}
    letters = [complex(*s.fields["at"]) for s in scene.shapes if s.kind == "text"]
    start, goal = (min(middles, key=lambda m: abs(complex(*middles[m]) - at)) for at in letters)
    found, waiting = {start: 0}, deque([start])
    while waiting:
        r, c = waiting.popleft()
        for there in ((r + 1, c), (r - 1, c), (r, c + 1), (r, c - 1)):
            if there not in middles or there in found:
                continue
            if not LineString([middles[r, c], middles[there]]).intersects(walls):
                found[there] = found[r, c] + 1
                waiting.append(there)
    return found.get(goal, -1)


def test_steps_are_those_between_painted_walls() -> None:
    task = pgt_dsl.load(data_path("task_specs") / "lines/maze_steps.pgt")
    scenes = [example.scene for example in task.batch(count=24, size=96).examples]
    assert [steps(scene) for scene in scenes] == [scene.asks[0].value for scene in scenes]
