"""Gaps decided by boxes and discs: never another verdict than the measure's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pgt_dsl.api import load
from pgt_dsl.geometry import distance
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.program.facts import Facts
from pgt_dsl.solve import Sampler, gaps
from pgt_dsl.solve.gap_pattern import gap_of
from pgt_dsl.solve.plan import conjuncts
from tests.solve.readings import drawn

HEAD = 'task "x/gap"\n'
KINDS = {
    "circles": "shape s: circle[6] { radius ~ 1vmin .. 12vmin }",
    "upright rectangles": "shape s: rect[6] { width ~ 5vmin .. 25vmin, height ~ 5vmin .. 25vmin }",
    "turned rectangles": "shape s: rect[6] { width ~ 5vmin .. 25vmin, height = 8vmin, turn ~ 0deg .. 90deg }",
    "figures": "shape s: figure[6] { size ~ 5vmin .. 25vmin, form ~ forms, turn ~ 0deg .. 360deg }",
    "lines": "shape s: line[5] { length ~ 10vmin .. 50vmin, turn ~ 0deg .. 180deg, stroke = 2vmin }",
    "arrows": "shape s: arrow[4] { length ~ 10vmin .. 50vmin, turn ~ 0deg .. 360deg, stroke = 1vmin }",
    "blobs": "shape s: blob[5] { size ~ 10vmin .. 30vmin }",
    "a changing number": "let n ~ 0 .. 5\nshape s: circle[n] { radius ~ 1vmin .. 12vmin }",
    "a single shape": "shape s: circle { radius ~ 1vmin .. 12vmin }",
    "mixed groups": "shape a: circle[3] { radius ~ 2vmin .. 9vmin }\nshape b: square { size ~ 9vmin .. 30vmin }\n"
                    "shape c: rect[2] { width = 20vmin, height ~ 5vmin .. 9vmin, turn = 90deg }",
}  # fmt: skip


def gap_and_rows(body: str, require: str, rows: int = 400):
    made = load(f'{HEAD}{body}\nrequire {require}\nask "How many?" answer count(shapes)\n')
    program = made.program
    facts = Facts(program)
    constraint = next(c for c in program.constraints if c.reason == "require")
    (node,) = conjuncts(program, constraint)
    return gap_of(program, facts, node), node, drawn(Sampler(program, made.registry, 0), rows)[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("least", ["-3vmin", "0vmin", "0.5vmin", "6vmin"])
@pytest.mark.parametrize("relation", [">=", ">"])
def test_the_verdict_is_that_of_the_measure(kind, least, relation):
    gap, node, ev = gap_and_rows(KINDS[kind], f"apart(shapes) {relation} {least}")
    assert gap is not None and gap.strict == (relation == ">")
    assert gaps.holds(ev, gap).tolist() == np.broadcast_to(ev.value(node).data, (ev.rows,)).tolist()


@pytest.mark.parametrize("kind", ["figures", "a changing number"])
def test_a_condition_on_all_pairs_is_a_gap_too(kind):
    gap, node, ev = gap_and_rows(KINDS[kind], "all(x, y in s: apart(x, y) >= 1vmin)")
    assert gap is not None
    assert gaps.holds(ev, gap).tolist() == np.broadcast_to(ev.value(node).data, (ev.rows,)).tolist()


def test_two_shapes_are_a_gap_too():
    two = "shape a: figure { size ~ 9vmin .. 40vmin, form = star }\nshape b: square { size ~ 9vmin .. 40vmin }"
    gap, node, ev = gap_and_rows(two, "apart(a, b) >= 2vmin")
    assert gap is not None and gap.axis is None
    found = gaps.holds(ev, gap)
    assert found.any() and not found.all()
    assert found.tolist() == ev.value(node).data.tolist()


@pytest.mark.parametrize("other", ["apart(shapes) <= 2vmin", "apart(shapes) + 1vmin >= 2vmin",
                                   "apart([x in shapes where x.size > 9vmin]) >= 2vmin or true"])  # fmt: skip
def test_other_conditions_are_left_to_the_evaluator(other):
    assert gap_and_rows(KINDS["figures"], other, 2)[0] is None


numbers = st.floats(-50, 50, width=16)


@st.composite
def outlines(draw):
    """One piece: a point, a polygon (of any shape) or a line, grown by a radius; often upright."""
    radius = draw(st.sampled_from([0.0, 0.0, 3.0, 20.0]))
    what = draw(st.sampled_from(["point", "box", "polygon", "line"]))
    if what == "box":
        x0, y0, x1, y1 = (draw(numbers) for _ in range(4))
        corners = [complex(x0, y0), complex(x1, y0), complex(x1, y1), complex(x0, y1)]
    else:
        many = {"point": 1, "line": draw(st.integers(2, 4)), "polygon": draw(st.integers(3, 7))}[what]
        corners = [complex(draw(numbers), draw(numbers)) for _ in range(many)]
    closed = what in ("box", "polygon")
    size = max(len(corners), 4)
    verts = np.array(corners + corners[-1:] * (size - len(corners)))
    return Outline(verts.reshape(1, 1, size), np.array([[len(corners)]]), np.array([[closed]]), np.array([[radius]]))


@given(outlines(), outlines())
@settings(max_examples=400, deadline=None)
def test_the_measure_lies_between_the_bounds(a, b):
    low, high = gaps.between(gaps.envelopes(a), gaps.envelopes(b))
    measured = distance.apart(a, b)
    assert low[0] - gaps.SLACK / 10 <= measured[0] <= high[0] + gaps.SLACK / 10


def line(x, y):
    return Outline(np.array([[[0, x + 1j * y, x + 1j * y]]]), np.array([[2]]), np.array([[False]]), np.array([[20.0]]))


@given(outlines(), outlines())
@example(Outline(np.array([[[1 + 1j]]]), np.array([[1]]), np.array([[False]]), np.array([[20.0]])), line(1, 50))
@settings(max_examples=400, deadline=None)
def test_where_cores_are_apart_the_quick_measure_is_the_measure(a, b):
    quick, measured = distance.gap_or_meeting(a, b)[0], distance.apart(a, b)[0]
    reach = float(a.radius[0, 0] + b.radius[0, 0])
    assert quick == measured or (quick == -np.inf and measured <= -reach)
