"""Where no scene is found: what has no value at all is named before what cannot hold without it."""

from __future__ import annotations

import pytest

from pgt_dsl.api import load
from pgt_dsl.solve import Exhausted, Sampler
from pgt_dsl.solve.verdict import verdict
from pgt_dsl.source import Source

SPEC = """task "t/undefined"
pick k ~ [0, 0]
{}
ask "How many?" answer count(shapes)
"""
CASES = {
    "let v ~ 1vmin .. 10vmin / k\nshape a: circle { radius = v }": (3, "what `v` is drawn from"),
    "shape a: circle { radius = 10vmin / k }": (3, "`radius` of `a`"),
    "let off = 3vmin / k\nlet v ~ [off, 2 * off]\nshape a: circle { radius = v }": (4, "what `v` is drawn from"),
}


@pytest.mark.parametrize("text", CASES)
def test_a_division_by_zero_is_named_and_not_the_room(text: str) -> None:
    line, what = CASES[text]
    task = load(SPEC.format(text))
    with pytest.raises(Exhausted) as caught:
        task.pipeline(0, 64).scenes([0])
    first, *others = caught.value.report.rows
    assert (first.label, first.origin.line) == (f"{what} has no value, since it divides by 0", line)
    assert first.passed == 0 and all(row.reason != "undefined" for row in others)
    assert f":{line}: {what} has no value" in str(caught.value)


def test_pgt_check_points_at_it() -> None:
    from pgt_dsl.plugins.registry import registry
    from pgt_dsl.solve.words import not_found

    text = SPEC.format("shape a: circle { radius = 10vmin / k }")
    found = verdict(load(text).program, registry())
    assert found.report is not None
    told = not_found(found.report, Source("<text>", text))
    assert told.label is not None and told.label.span.text.startswith("a")
    assert told.label.text == "`radius` of `a` has no value, since it divides by 0"


def test_what_has_a_value_is_not_blamed() -> None:
    task = load(SPEC.format("let v ~ 3vmin .. 10vmin / (k + 1)\nshape a: circle { radius = v }\nrequire a.x < 1vmin"))
    sampler = Sampler(task.program, task.registry, 0, 64)
    with pytest.raises(Exhausted) as caught:
        sampler.batch([0])
    assert all(row.reason != "undefined" for row in caught.value.report.rows)
