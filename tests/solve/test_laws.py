"""Every law: its range, its shape, its mean, and where it fails."""

from __future__ import annotations

import numpy as np
import pytest

from pgt_dsl.program.builder import Builder
from pgt_dsl.program.evaluate import Evaluator, Inputs
from pgt_dsl.program.inputs import Value
from pgt_dsl.program.program import Law
from pgt_dsl.solve.draws import Columns
from pgt_dsl.solve.laws import inverse_normal
from tests.program.worlds import REGISTRY, canvas, listed, program, shape

N = 4000


def draw(b, rows=N, fixed=None, var=None, key=3):
    index = np.arange(rows, dtype=np.uint64)
    columns = Columns(key, index, np.zeros(rows, np.uint32), fixed or {})
    size = np.full(rows, 200.0), np.full(rows, 100.0)
    ev = Evaluator(program(b), Inputs(*size, columns), REGISTRY)
    return ev, ev.drawn(len(b.vars) - 1 if var is None else var)


def numbers(b, *values):
    return [b.const("number", v) for v in values]


@pytest.mark.parametrize(
    ("name", "args", "low", "high", "mean"),
    [("uniform", (2.0, 6.0), 2, 6, 4), ("log_uniform", (1.0, np.e), 1, np.e, np.e - 1),
     ("normal", (5.0, 0.5), 3, 7, 5), ("bins", (0.0, 3.0, 3), 0, 3, 1.5)],
)  # fmt: skip
def test_numbers(name, args, low, high, mean):
    b = Builder()
    b.var("x", "number", Law(name, tuple(numbers(b, *args))))
    data = draw(b)[1].value.data
    assert data.shape == (N,)
    assert data.min() >= low
    assert data.max() <= high
    assert abs(data.mean() - mean) < 0.05 * (high - low)


def test_integers_are_inclusive():
    b = Builder()
    b.var("n", "int", Law("integers", (b.const("int", 2), b.const("int", 4))))
    data = draw(b)[1].value.data
    assert data.dtype == np.int64
    assert np.abs(np.bincount(data)[2:] / N - 1 / 3).max() < 0.04
    b = Builder()
    b.var("n", "int", Law("integers", (b.const("int", 4), b.const("int", 2))))
    assert not draw(b)[1].ok.any()


def test_gaussian_quantiles():
    known = {0.5: 0.0, 0.975: 1.959963984540054, 0.001: -3.090232306167813}
    assert np.allclose(inverse_normal(np.asarray(list(known))), list(known.values()), atol=1e-8)


def test_choice_weighted_sample_shuffle():
    b = Builder()
    xs = b.const("int[]", [3, 5, 7, 9])
    b.var("c", "int", Law("choice", (xs,)))
    b.var("w", "int", Law("weighted", (xs, b.const("number[]", [0, 1, 0, 3]))))
    b.var("s", "int[]", Law("sample", (xs, b.const("int", 2))), sizes=(2,))
    b.var("p", "int[]", Law("shuffle", (xs,)), sizes=(4,))
    assert np.abs(np.bincount(draw(b, var=0)[1].value.data)[3::2] / N - 0.25).max() < 0.04
    assert abs((draw(b, var=1)[1].value.data == 9).mean() - 0.75) < 0.03
    sample, shuffled = draw(b, var=2)[1].value, draw(b, var=3)[1].value
    assert sample.data.shape == (N, 2)
    assert (sample.data[:, 0] != sample.data[:, 1]).all()
    assert (np.sort(shuffled.data, axis=1) == [3, 5, 7, 9]).all()
    assert len({tuple(r) for r in shuffled.data.tolist()}) == 24


def test_ragged_lists():
    b = Builder()
    xs = b.var("xs", "int[]", Law("stratum"), sizes=(3,))
    b.var("c", "int", Law("choice", (xs,)))
    b.var("s", "int[]", Law("sample", (xs, b.const("int", 2))), sizes=(2,))
    fixed = {0: listed([[4, 5, 6], [7], []], np.int64)}
    chosen, sample = draw(b, 3, fixed, 1)[1], draw(b, 3, fixed, 2)[1]
    assert chosen.ok.tolist() == [True, True, False]
    assert chosen.value.data[1] == 7
    assert sample.ok.tolist() == [True, False, False]


def test_repeat_and_axes_draw_independently():
    b = Builder()
    n = b.var("n", "int", Law("stratum"))
    b.var("xs", "number[]", Law("repeat", (n,), Law("uniform", tuple(numbers(b, 0.0, 1.0)))), sizes=(3,))
    value = draw(b, 3, {0: Value(np.asarray([1, 3, 0]))})[1].value
    assert np.broadcast_to(value.mask, (3, 3)).sum(axis=1).tolist() == [1, 3, 0]
    axis = b.block_axis(5)
    b.var("ys", "number", Law("uniform", tuple(numbers(b, 0.0, 1.0))), axes=(axis,))
    data = draw(b, 3)[1].value.data
    assert data.shape == (3, 5)
    assert len(np.unique(data)) == 15


def test_places():
    b = Builder()
    room = canvas(b)
    edge = b.const("length", 10)
    b.var("p", "point", Law("anywhere", (room, edge)))
    b.var("r", "point", Law("ring", (b.const("point", [50, 50], "px"), b.const("length", 10), b.const("length", 20))))
    disc = shape(b, "c", "circle", at=b.const("point", [100, 50], "px"), radius=b.const("length", 40))
    b.var("q", "point", Law("anywhere", (b.shapes_of(disc), edge)))
    b.var("far", "point", Law("anywhere", (room, b.const("length", 51))))
    inside, on, within = (draw(b, var=k)[1] for k in (0, 1, 2))
    assert inside.value.data.real.min() >= 10
    assert inside.value.data.imag.max() <= 90
    radius = np.abs(on.value.data - (50 + 50j))
    assert (radius.min() >= 10) & (radius.max() <= 20)
    assert within.ok.mean() > 0.999
    away = np.abs(within.value.data[within.ok] - (100 + 50j))
    assert away.max() <= 30 + 1e-9
    assert abs((away < 15).mean() - 0.25) < 0.03
    assert not draw(b, var=3)[1].ok.any()


def test_scatter_keeps_its_gap_and_fails_when_full():
    b = Builder()
    b.var("ps", "point[]", Law("scatter", (b.const("int", 5), b.const("length", 30))), sizes=(5,))
    b.var("no", "point[]", Law("scatter", (b.const("int", 5), b.const("length", 120))), sizes=(5,))
    drawn = draw(b, 500, var=0)[1]
    gaps = np.abs(drawn.value.data[:, :, None] - drawn.value.data[:, None, :]) + 1000 * np.eye(5)
    assert drawn.ok.all()
    assert gaps.min() >= 30
    assert not draw(b, 50, var=1)[1].ok.any()
    again = draw(b, 7, var=0)[1].value.data
    assert (again == drawn.value.data[:7]).all()


def test_placed_fits_its_room():
    b = Builder()
    group = shape(b, "c", "circle", radius=b.const("length", 30))
    ev, drawn = draw(b)
    box = ev.bounds(group)[:, 0]
    assert drawn.ok.all()
    assert (box[:, :2].min() >= -1e-9) & (box[:, 2].max() <= 200) & (box[:, 3].max() <= 100)
    assert abs(drawn.value.data.real.mean() - 100) < 4
    b = Builder()
    shape(b, "c", "circle", radius=b.const("length", 51))
    assert not draw(b)[1].ok.any()


def test_placed_where_the_outline_is_computed_from_the_place():
    """A composite has no outline without its place: it is computed as if it stood at the origin."""
    b = Builder()
    room = canvas(b)
    whole = b.group("die", "die", composite=True)
    at = b.var("die.at", "point", Law("placed", (room,), group=whole), "field")
    right = b.node("add", "point", (at, b.const("point", [40, 0], "px")))
    parts = [shape(b, f"die.{n}", "circle", at=p, radius=b.const("length", 10)) for n, p in (("a", at), ("b", right))]
    b.update_group(whole, fields={"at": at}, parts=dict(zip("ab", parts, strict=True)))
    for part in parts:
        b.update_group(part, parent=whole, entity=False)
    ev, drawn = draw(b)
    box = ev.bounds(whole)[:, 0]
    assert np.allclose(box[:, 2] - box[:, 0], 60)
    assert (box[:, 0].min() >= -1e-9) & (box[:, 2].max() <= 200 + 1e-9)
    assert (drawn.value.data.real.max() <= 150) & (drawn.value.data.real.max() > 145)
