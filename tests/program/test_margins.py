"""The margin reading, case by case: what it must be by the rules of the language's notes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pgt_dsl.program.builder import Builder
from pgt_dsl.program.program import Margins
from tests.program.worlds import evaluator, free, listed

INF = math.inf


class World:
    """A builder with lengths p, q, angle t, number r, and margins 2 px and 4 degrees."""

    def __init__(self, **values):
        self.b, self.columns = Builder(), {}
        types = {"p": "length", "q": "length", "t": "angle", "r": "number", "s": "number", "n": "int", "c": "color",
                 "d": "color"}  # fmt: skip
        for name, value in values.items():
            setattr(self, name, free(self.b, name, types[name], self.columns, np.asarray([value])))
        self.given = Margins({"length": self.b.const("length", 2.0), "angle": self.b.const("angle", 4.0)})

    def lt(self, p, q):
        return self.b.node("lt", "bool", (p, q))

    def margin(self, node, given=None, **more):
        ev = evaluator(self.b, self.columns, **more)
        return float(np.broadcast_to(ev.margin(node, given or self.given), (1,))[0])


def test_comparisons_by_unit():
    w = World(p=10.0, q=16.0, t=90.0, r=0.2, s=0.3)
    right = w.b.const("angle", 70.0)
    assert w.margin(w.lt(w.p, w.q)) == 3.0
    assert w.margin(w.lt(w.q, w.p)) == -3.0
    assert w.margin(w.lt(right, w.t)) == 5.0
    assert w.margin(w.lt(w.r, w.s)) == pytest.approx(0.1 / 0.2 / 0.05)
    assert w.margin(w.lt(w.p, w.q), Margins()) == 6.0  # 1vmin of a canvas of 100 px
    assert w.margin(w.lt(right, w.t), Margins()) == 10.0
    relative = Margins({}, w.b.const("number", 0.2))
    assert w.margin(w.lt(w.p, w.q), relative) == pytest.approx(6 / 10 / 0.2)


def test_logic_is_min_max_minus():
    w = World(p=10.0, q=16.0, t=90.0)
    true3 = w.lt(w.p, w.q)
    false5 = w.lt(w.t, w.b.const("angle", 70.0))
    assert w.margin(w.b.node("and", "bool", (true3, false5))) == -5.0
    assert w.margin(w.b.node("or", "bool", (true3, false5))) == 3.0
    assert w.margin(w.b.node("not", "bool", (false5,))) == 5.0
    assert w.margin(w.b.node("eq", "bool", (true3, false5))) == -3.0


def test_equality():
    w = World(p=10.0, q=10.0, n=3, c=0x010000, d=0x000000)
    three, four = w.b.const("int", 3), w.b.const("length", 4)
    assert w.margin(w.b.node("eq", "bool", (w.n, three))) == INF
    assert w.margin(w.b.node("eq", "bool", (w.n, w.b.const("int", 4)))) == -INF
    assert w.margin(w.b.node("eq", "bool", (w.p, w.q))) == INF
    assert w.margin(w.b.node("eq", "bool", (w.p, four))) == -3.0
    gap = w.b.node("eq", "bool", (w.c, w.d))
    assert w.margin(gap) == -INF
    assert w.margin(gap, Margins({"number": w.b.const("number", 0.001)})) == pytest.approx(-0x10000 / 0xFFFFFF / 0.001)


def test_if_is_certain_where_both_branches_agree():
    w = World(p=10.0, q=12.0)
    unsure = w.lt(w.p, w.q)  # 1
    a, c = w.b.const("text", "a"), w.b.const("text", "c")
    assert w.margin(w.b.node("if", "text", (unsure, a, c))) == 1.0
    assert w.margin(w.b.node("if", "text", (unsure, a, a))) == INF
    deep = w.b.node("if", "text", (w.lt(w.p, w.b.const("length", 11)), a, c))  # 0.5
    assert w.margin(w.b.node("if", "text", (unsure, deep, c))) == 0.5
    truth = w.b.node("if", "bool", (unsure, w.b.const("bool", False), w.b.const("bool", True)))
    assert w.margin(truth) == -1.0


@pytest.fixture
def lists():
    w = World(p=5.0)
    w.xs = free(w.b, "xs", "length[]", w.columns, listed([[1.0, 4.0, 12.0]], size=4), sizes=(4,))
    w.axis = w.b.loop_axis([w.xs])
    w.small = w.lt(w.b.elem(w.axis), w.p)  # 2, 0.5, -3.5
    return w


def test_quantifiers_and_counts(lists):
    w, b = lists, lists.b
    over = b.loop(w.axis, w.small)
    assert w.margin(b.node("all", "bool", (over,))) == -3.5
    assert w.margin(b.node("some", "bool", (over,))) == 2.0
    assert w.margin(b.node("count", "int", (over,))) == INF
    kept = b.loop(w.axis, b.elem(w.axis), w.small)
    assert w.margin(b.node("count", "int", (kept,))) == 0.5
    assert w.margin(b.node("count", "int", (w.xs,))) == INF
    many = b.node("lt", "bool", (b.node("count", "int", (kept,)), b.const("int", 7)))
    assert w.margin(many) == 0.5


def test_a_filter_weakens_what_is_said_of_its_items(lists):
    w, b = lists, lists.b
    large = b.node("lt", "bool", (b.const("length", 2.0), b.elem(w.axis)))  # -0.5, 1, 5
    some = b.node("some", "bool", (b.loop(w.axis, large, w.small),))  # min(2, -0.5), min(0.5, 1), min(-3.5, 5)
    every = b.node("all", "bool", (b.loop(w.axis, large, w.small),))  # max(-2, -0.5), max(-0.5, 1), max(3.5, 5)
    assert w.margin(some) == 0.5
    assert w.margin(every) == -0.5
    again = b.loop_axis([b.loop(w.axis, b.elem(w.axis), w.small)])
    count = b.node("count", "int", (b.loop(again, b.elem(again)),))
    assert w.margin(count) == 0.5


def test_nothing_is_exact(lists):
    w, b = lists, lists.b
    none = b.loop(w.axis, w.small, b.node("lt", "bool", (b.elem(w.axis), b.const("length", -100))))
    assert w.margin(b.node("all", "bool", (none,))) == 50.5
    w.columns[1] = listed([[]], size=4)
    assert w.margin(b.node("all", "bool", (b.loop(w.axis, w.small),))) == INF
    assert w.margin(b.node("some", "bool", (b.loop(w.axis, w.small),))) == -INF


def test_choosing_items(lists):
    w, b = lists, lists.b
    keys = b.loop(w.axis, b.elem(w.axis))
    names = b.const("text[]", ["a", "b", "c", "d"])
    assert w.margin(b.node("argmax", "text", (keys, names))) == 4.0
    least = b.loop(w.axis, b.node("neg", "length", (b.elem(w.axis),)))
    assert w.margin(b.node("argmax", "text", (least, names))) == 1.5
    relative = Margins({}, b.const("number", 0.5))
    assert w.margin(b.node("argmax", "text", (keys, names)), relative) == pytest.approx(8 / 4 / 0.5)
    assert w.margin(b.node("sort", "text[]", (keys, names), None, (4,))) == 1.5
    tiny = b.loop(w.axis, b.node("lt", "bool", (b.elem(w.axis), b.const("length", 2))))  # 0.5, -1, -5
    assert w.margin(b.node("only", "text", (tiny, names))) == 0.5
    w.columns[1] = listed([[7.0]], size=4)
    assert w.margin(b.node("argmax", "text", (keys, names))) == INF


def test_item_is_as_certain_as_list_and_index(lists):
    w, b = lists, lists.b
    unsure = b.node("if", "int", (w.lt(w.p, b.const("length", 8)), b.const("int", 0), b.const("int", 1)))  # 1.5
    assert w.margin(b.node("item", "length", (w.xs, unsure))) == 1.5
    kept = b.loop(w.axis, b.elem(w.axis), w.small)
    assert w.margin(b.node("item", "length", (kept, b.const("int", 0)))) == 0.5


def test_functions_bring_their_own_slack():
    w = World(r=2.3)
    node = w.b.node("call", "int", (w.r,), {"name": "round"})
    assert w.margin(node, Margins({"number": w.b.const("number", 0.1)})) == pytest.approx(2.0)
    assert w.margin(node, Margins()) == pytest.approx(4.0)


def test_absent_items_never_count():
    """Padding beyond a ragged list's end has garbage keys; no margin may feel it."""
    w = World(p=5.0)
    xs = free(w.b, "xs", "length[]", w.columns, listed([[1.0, 9.0], [5.0, 5.0, 5.0]]), sizes=(3,))
    axis = w.b.loop_axis([xs])
    node = w.b.node("all", "bool", (w.b.loop(axis, w.b.node("le", "bool", (w.b.elem(axis), w.p))),))
    ev = evaluator(w.b, w.columns, rows=2)
    assert ev.margin(node, w.given).tolist() == [-2.0, 0.0]


def test_what_is_left_out_differs_by_row_where_margins_do_not():
    """Which colours are different differs from scene to scene, and their margin, none, is that of all."""
    from pgt_dsl.api import load

    body = 'shape xs: circle[3] { color ~ basic }\nask "How many?" answer count(distinct_values([x in xs: x.color]))'
    scenes = load(f'task "x/hues"\n{body}\n').pipeline(0, 64).scenes(range(16))
    assert {scene.asks[0].value for scene in scenes} >= {2, 3} and all(s.asks[0].margin is None for s in scenes)
