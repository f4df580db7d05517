"""The interval reading is sound: every value lies in its interval, of accepted and rejected draws alike."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import pgt_dsl
from pgt_dsl.api import load
from pgt_dsl.dataset.pipeline import open_photos
from pgt_dsl.geometry.forms import unit_form
from pgt_dsl.program.form_measures import FORMS
from pgt_dsl.program.interval import Reading, Refuted
from pgt_dsl.program.interval_cells import INF
from pgt_dsl.program.interval_graph import Graph
from pgt_dsl.program.interval_rules import BACKWARD, FORWARD, revise
from pgt_dsl.solve import Exhausted, Sampler
from pgt_dsl.solve.contract import Contractor, propagate
from tests.solve.readings import drawn, outside

SPECS = sorted((Path(pgt_dsl.__file__).parents[1] / "task_specs").rglob("*.pgt"))
DRAWS = 48


@cache
def photos():
    return open_photos(None)


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_values_of_the_shipped_tasks_lie_in_their_intervals(path):
    task = load(path)
    sampler = Sampler(task.program, task.registry, 3, 336, photos())
    reading = Reading(task.program, task.registry, (sampler.width, sampler.height), sampler.facts)
    ev, good = drawn(sampler, DRAWS)
    assert not list(outside(reading, reading.graph.box, ev, good))


@pytest.mark.parametrize("path", SPECS, ids=lambda p: p.stem)
def test_accepted_scenes_lie_in_the_contracted_domains(path):
    task = load(path)
    if task.program.twin is not None:
        return  # a pair is of two strata
    sampler = Sampler(task.program, task.registry, 3, 336, photos())
    contractor = Contractor(task.program, task.registry, (sampler.width, sampler.height), sampler.facts)
    for index in (0, 1):
        batch = sampler.batch([index])
        picks = {var: column[0].item() for var, column in batch.strata.items()}
        box = contractor.contracted(picks)
        assert box is not None
        assert not list(outside(contractor.reading, box, batch.ev, np.ones(1, np.bool_)))


# generated programs ------------------------------------------------------------------------------------------

LETS = """\
let a ~ -3.0 .. 5.0
let b ~ 0.5 .. 2.0
let i ~ -4 .. 6
let j ~ 1 .. 4
let v ~ [red, blue, green]
let xs ~ sample([1, 2, 5, 8], 3)
let flip ~ coin
shape p: circle
shape q: square { size ~ 5vmin .. 30vmin, turn ~ [0deg, 30deg] }
shape many: figure[j] { form ~ [circle, star, triangle] }
"""
numbers = st.recursive(
    st.sampled_from(["a", "b", "i", "j", "1.5", "2", "-3", "xs[0]", "count(many)", "(p.x / 1vmin)", "(q.size / 1vmin)",
                     "(apart(p, q) / 1vmin)", "(area(q) / area(p))", "(distance(p.at, q.at) / 1vmin)", "xs[j - 2]",
                     "sum(m in many: m.size / 1vmin)", "max(m in many: m.y / 1vmin)", "(q.left / 1vmin)"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda x: f"abs({x})"), inner.map(lambda x: f"sqrt(abs({x}))"),
        inner.map(lambda x: f"floor({x})"), inner.map(lambda x: f"round({x})"), inner.map(lambda x: f"(-({x}))"),
        st.tuples(inner, inner).map(lambda t: f"max({t[0]}, {t[1]})"),
        st.tuples(inner, inner).map(lambda t: f"min({t[0]}, {t[1]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"(if {t[0]} < {t[1]} then {t[1]} else {t[2]})"),
        inner.map(lambda x: f"sin(30deg * ({x}))"), inner.map(lambda x: f"mod(floor({x}), 3)"),
        inner.map(lambda x: f"sum(k in [1, 2, 3]: k * ({x}))"),
    ),
    max_leaves=5,
)  # fmt: skip
compared = st.tuples(numbers, st.sampled_from(["<", "<=", ">", ">=", "<", ">"]), numbers).map(" ".join)
conditions = st.recursive(
    st.one_of(compared, st.sampled_from(["v == red", "flip", "left_of(p, q)", "v in [red, blue]", "i == j", "2 in xs",
                                         "argmax(m in many: m.size).form == star", "inside(p, canvas, 5vmin)",
                                         "some(m in many: m.form == star)", "all(m in many: m.x < 70vw)"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or", "!=", "=="]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        inner.map(lambda x: f"not ({x})"),
        st.tuples(inner, inner, inner).map(lambda t: f"(if {t[0]} then {t[1]} else {t[2]})"),
    ),
    max_leaves=3,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(conditions, min_size=1, max_size=3))
def test_generated_requirements(requirements):
    """No value outside, and whatever a draw satisfies is neither refuted nor contracted away."""
    lines = "".join(f"require {r}\n" for r in requirements)
    task = load(f'task "x/y"\n{LETS}{lines}ask "How many?"\n  answer count(many)\n')
    program = task.program
    sampler = Sampler(program, task.registry, 5, 336)
    contractor = Contractor(program, task.registry, (sampler.width, sampler.height), sampler.facts)
    ev, good = drawn(sampler, 128)
    assert not list(outside(contractor.reading, contractor.graph.box, ev, good))
    met = good.copy()
    for constraint in program.constraints:
        if constraint.reason in ("require", "room"):
            held = ev.defined(constraint.node) & ev.value(constraint.node).data
            met &= np.broadcast_to(held, (ev.rows,))
    if met.any():
        assert not contractor.refuted(contractor.sources)
        box = contractor.contracted()
        assert box is not None
        roots = {c.node for c in program.constraints}
        problems = [p for p in outside(contractor.reading, box, ev, met) if _matters(program, p, roots)]
        assert not problems


def _matters(program, problem, roots):
    """Only what surely takes part in a requirement is contracted soundly: drawn variables and the requirements."""
    number = int(problem.split()[1])
    return number in roots or program.nodes[number].op == "var"


# rules ---------------------------------------------------------------------------------------------------------

REAL = {"add": lambda x, y: x + y, "sub": lambda x, y: x - y, "mul": lambda x, y: x * y, "abs": abs,
        "neg": lambda x: -x,
        "div": lambda x, y: x / y if y else math.nan, "max": max, "hypot": math.hypot, "floor": math.floor,
        "sqrt": lambda x: math.sqrt(x) if x >= 0 else math.nan, "le": lambda x, y: x <= y, "lt": lambda x, y: x < y,
        "pow": lambda x, y: float(np.power(x, y)) if x > 0 else math.nan}  # fmt: skip
UNARY = ("abs", "neg", "floor", "sqrt")
spans = st.tuples(st.integers(-500, 500), st.integers(0, 300), st.floats(0, 1)).map(
    lambda t: (t[0] / 10, (t[0] + t[1]) / 10, t[2])
)


@example("pow", (0.0, 0.1, 1.175494351e-38), (-8.0, -8.0, 0.0), 0.0, 0.0)
@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(REAL)), spans, spans, st.floats(0, 1), st.floats(0, 1))
def test_rules_keep_every_solution(op, x, y, below, above):
    """Forward and backward: values within the domains stay within them, whatever else is known of the result."""
    graph = Graph()
    chosen = [low + (high - low) * t for low, high, t in ((x, y) if op not in UNARY else (x,))]
    cells = [graph.leaf(k, (low, high)) for k, (low, high, _) in enumerate((x, y)[: len(chosen)])]
    made = graph.cell(op, cells, None, op in ("le", "lt", "floor"))
    with np.errstate(over="ignore"):  # beyond all numbers is inf, as in columns
        value = float(REAL[op](*chosen))
    if math.isnan(value) or math.isinf(value):
        return
    box = graph.box.copy()
    box.narrow(made, value - below, value + above) if op not in ("le", "lt") else box.narrow(made, value, value)
    propagate(box)
    for cell, number in zip([*cells, made], [*chosen, value], strict=True):
        assert box.lo[cell] - 1e-7 * (1 + abs(number)) <= number <= box.hi[cell] + 1e-7 * (1 + abs(number))


def test_every_operation_has_both_rules():
    assert set(FORWARD) == set(BACKWARD)


def test_an_empty_domain_refutes():
    graph = Graph()
    a, b = graph.leaf("a", (0.0, 1.0)), graph.leaf("b", (0.0, 1.0))
    total = graph.add(a, b)
    box = graph.box.copy()
    box.narrow(total, 1.5, INF)
    propagate(box)
    assert box.lo[a] == box.lo[b] == 0.5
    with pytest.raises(Refuted):
        box.narrow(a, -INF, 0.4)


def test_equal_things_are_one_cell():
    graph = Graph()
    a = graph.leaf("a", (0.0, 1.0))
    assert graph.value(graph.cell("sub", (a, a))) == 0
    assert graph.box.true(graph.cell("eq", (a, a), None, True))
    revise(graph.box.copy(), a)


@pytest.mark.parametrize("name", sorted(set(FORMS) - {"circle"}))
def test_the_measures_of_forms(name):
    """What is written down is what the outlines have."""
    found, corners = FORMS[name], unit_form(name)
    ends = np.roll(corners, -1)
    sides = ends - corners
    assert found.half_width == pytest.approx(corners.real.max(), abs=1e-12)
    assert found.half_height == pytest.approx(corners.imag.max(), abs=1e-12)
    turned = (corners[None] * np.exp(1j * np.linspace(0, 2 * np.pi, 5000))[:, None]).real.max(axis=1)
    assert found.least <= turned.min() and turned.max() <= found.most + 1e-12
    shares = np.clip(-(corners * sides.conj()).real / np.abs(sides) ** 2, 0, 1)
    assert found.inner == pytest.approx(np.abs(corners + shares * sides).min(), abs=1e-12)
    cross = corners.real * ends.imag - corners.imag * ends.real
    assert found.area == pytest.approx(abs(cross.sum()) / 2, abs=1e-12)


def test_a_witness_is_never_refuted():
    """What the sampler finds in a stratum, the contractor does not exclude."""
    task = load('task "x/y"\npick n ~ 1 .. 6\nshape xs: circle[n] { radius ~ 3vmin .. 8vmin }\n'
                'require apart(xs) >= 6vmin\nask "How many?"\n  answer count(xs)\n')  # fmt: skip
    sampler = Sampler(task.program, task.registry, 0, 336, budget=2000)
    contractor = Contractor(task.program, task.registry, (sampler.width, sampler.height))
    for index in range(6):
        try:
            batch = sampler.batch([index])
        except Exhausted:
            continue
        picks = {var: column[0].item() for var, column in batch.strata.items()}
        assert not contractor.refuted(contractor.sources, picks)
