"""Calls without a value: scenes that have one are rejected, not found wrong afterwards."""

from __future__ import annotations

import pgt_dsl

SPEC = """\
task "a/mod"
let n ~ 0 .. 6
let m ~ 0 .. 2
shape a: figure
ask "What is left of {n} by {m}?" answer mod(n, m)
"""


def test_the_remainder_of_a_division_by_0_is_no_value() -> None:
    pipeline = pgt_dsl.load(SPEC).pipeline(0, 64)
    scenes = pipeline.scenes(range(30))
    assert {scene.draws["m"] for scene in scenes} == {1, 2}
    pipeline.certify(scenes)
