"""Values of the batched reading against plain Python, on small programs written by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.builder import Builder
from pgt_dsl.program.program import Margins
from pgt_dsl.program.strings import intern, string
from tests.program import worlds
from tests.program.worlds import evaluator, free, listed, lists_of

ROWS = [[3.0, 1.0, 2.0, 1.0], [5.0], [], [2.0, 2.0], [4.0, -1.0, 4.0]]
OTHERS = [[1.0, 2.0], [5.0, 7.0], [1.0], [], [4.0]]


@pytest.fixture
def world():
    """A builder, its columns, and two ragged lists of numbers."""
    b, columns = Builder(), {}
    xs = free(b, "xs", "number[]", columns, listed(ROWS), sizes=(4,))
    ys = free(b, "ys", "number[]", columns, listed(OTHERS), sizes=(2,))
    return b, columns, xs, ys


def scalars(ev, node):
    return ev.column(node).tolist()


def test_arithmetic_units_and_constants():
    b = Builder()
    length = b.node("add", "length", (b.const("length", 10, "vmin"), b.const("length", 5, "vw")))
    half = b.node("div", "number", (b.const("int", 1), b.const("int", 2)))
    spot = b.node("mul", "point", (b.const("point", [50, 50], "vw"), half))
    color = b.const("color[]", ["#ff0000", "none"])
    nested = b.const("int[][]", [[1, 2, 3], [4]])
    ev = evaluator(b, width=200, height=100)
    assert ev.value(length).data.tolist() == [20.0]
    assert ev.value(half).data.tolist() == [0.5]
    assert ev.value(spot).data.tolist() == [50 + 50j]
    assert ev.value(color).data.tolist() == [[0xFF0000, -1]]
    assert ev.value(nested).mask.tolist() == [[[True] * 3, [True, False, False]]]
    whole = b.node("mul", "int", (b.const("int", 3), b.const("int", 4)))
    assert evaluator(b).value(whole).data.dtype == np.int64


def test_lists_against_python(world):
    b, columns, xs, ys = world
    cases = {
        "count": (b.node("count", "int", (xs,)), lambda x, y: len(x)),
        "sum": (b.node("sum", "number", (xs,)), lambda x, y: sum(x)),
        "max": (b.node("max", "number", (xs,)), lambda x, y: max(x)),
        "distinct": (b.node("distinct", "bool", (xs,)), lambda x, y: len(set(x)) == len(x)),
        "first": (b.node("item", "number", (xs, b.const("int", 0))), lambda x, y: x[0]),
        "last": (b.node("item", "number", (xs, b.const("int", -1))), lambda x, y: x[-1]),
        "third": (b.node("item", "number", (xs, b.const("int", 2))), lambda x, y: x[2]),
        "in": (b.node("in", "bool", (b.const("number", 4.0), xs)), lambda x, y: 4.0 in x),
        "argmax": (b.node("argmax", "number", (b.node("reverse", "number[]", (xs,), None, (4,)), xs)), None),
        "eq": (b.node("eq", "bool", (xs, ys)), lambda x, y: x == y),
    }
    made = {
        "reverse": (b.node("reverse", "number[]", (xs,), None, (4,)), lambda x, y: x[::-1]),
        "unique": (b.node("unique", "number[]", (xs,), None, (4,)), lambda x, y: list(dict.fromkeys(x))),
        "except": (b.node("except", "number[]", (xs, ys), None, (4,)), lambda x, y: [v for v in x if v not in y]),
        "less one": (b.node("except", "number[]", (xs, b.const("number", 2.0)), None, (4,)),
                     lambda x, y: [v for v in x if v != 2.0]),
        "concat": (b.node("concat", "number[]", (xs, ys), None, (6,)), lambda x, y: x + y),
        "sort": (b.node("sort", "number[]", (xs, xs), None, (4,)), lambda x, y: sorted(x)),
    }  # fmt: skip
    ev = evaluator(b, columns, rows=5)
    for name, (node, wanted) in cases.items():
        if wanted is None:
            continue
        found, ok = scalars(ev, node), np.broadcast_to(ev.defined(node), (5,))
        for row, (x, y) in enumerate(zip(ROWS, OTHERS, strict=True)):
            try:
                assert found[row] == wanted(x, y), name
                assert ok[row], name
            except (IndexError, ValueError):
                assert not ok[row], name
    for name, (node, wanted) in made.items():
        for row, (x, y) in enumerate(zip(ROWS, OTHERS, strict=True)):
            assert lists_of(ev.value(node), row) == wanted(x, y), name


def test_mode_and_only_are_undefined_for_ties(world):
    b, columns, xs, _ = world
    mode = b.node("mode", "number", (xs,))
    axis = b.loop_axis([xs])
    over = b.loop(axis, b.node("lt", "bool", (b.const("number", 2.5), b.elem(axis))))
    only = b.node("only", "number", (over, xs))
    ev = evaluator(b, columns, rows=5)
    assert np.broadcast_to(ev.defined(mode), (5,)).tolist() == [True, True, False, True, True]
    assert ev.column(mode)[[0, 1, 3, 4]].tolist() == [1.0, 5.0, 2.0, 4.0]
    assert np.broadcast_to(ev.defined(only), (5,)).tolist() == [True, True, False, False, False]
    assert ev.column(only)[:2].tolist() == [3.0, 5.0]


def test_loops_filters_pairs_and_products(world):
    b, columns, xs, ys = world
    one = b.loop_axis([xs])
    twice = b.loop(one, b.node("add", "number", (b.elem(one), b.elem(one))),
                   b.node("lt", "bool", (b.const("number", 1.5), b.elem(one))))  # fmt: skip
    pairs = b.loop_axis([xs], pairs=True)
    gaps = b.loop(pairs, b.node("sub", "number", (b.elem(pairs, 1), b.elem(pairs, 0))))
    both = b.loop_axis([xs, ys])
    sums = b.loop(both, b.node("add", "number", (b.elem(both, 0), b.elem(both, 1))))
    outer = b.loop_axis([xs])
    inner = b.loop_axis([ys])
    bigger = b.loop(inner, b.elem(inner), b.node("lt", "bool", (b.elem(outer), b.elem(inner))))
    counts = b.loop(outer, b.node("count", "int", (bigger,)))
    nested = b.loop(outer, bigger)
    ev = evaluator(b, columns, rows=5)
    for row, (x, y) in enumerate(zip(ROWS, OTHERS, strict=True)):
        assert lists_of(ev.value(twice), row) == [2 * v for v in x if v > 1.5]
        assert lists_of(ev.value(gaps), row) == [q - p for p, q in itertools.combinations(x, 2)]
        assert lists_of(ev.value(sums), row) == [p + q for p, q in itertools.product(x, y)]
        assert lists_of(ev.value(counts), row) == [sum(p < q for q in y) for p in x]
        assert lists_of(ev.value(nested), row) == [q for p in x for q in y if p < q]
    total = b.node("count", "int", (b.loop(pairs, b.const("int", 1)),))
    assert scalars(evaluator(b, columns, rows=5), total) == [len(list(itertools.combinations(x, 2))) for x in ROWS]


def test_pairs_of_a_single_item_hold_for_all():
    b, columns = Builder(), {}
    xs = free(b, "xs", "number[]", columns, listed([[1.0]]), sizes=(1,))
    axis = b.loop_axis([xs], pairs=True)
    body = b.node("lt", "bool", (b.elem(axis, 0), b.elem(axis, 1)))
    node = b.node("all", "bool", (b.loop(axis, body),))
    best = b.node("max", "number", (b.loop(axis, b.elem(axis, 0)),))
    ev = evaluator(b, columns)
    assert scalars(ev, node) == [True]
    assert not ev.defined(best).any()


def test_an_empty_list_has_the_kind_of_items_that_it_would_hold():
    """So that an item of it, in a branch that is not taken, leaves the other branch's texts what they are."""
    b = Builder()
    empty = b.node("list", "text[]", (), sizes=(0,))
    item = b.node("item", "text", (empty, b.const("int", 0)))
    text = b.node("if", "text", (b.const("bool", False), item, b.const("text", "seven")))
    ev = evaluator(b)
    assert [string(code) for code in ev.column(text).tolist()] == ["seven"]
    assert ev.value(empty).data.dtype == np.int64


def test_if_on_lists_of_different_lengths(world):
    b, columns, xs, ys = world
    flag = free(b, "flag", "bool", columns, np.asarray([True, False, True, False, True]))
    node = b.node("if", "number[]", (flag, xs, ys), None, (4,))
    ev = evaluator(b, columns, rows=5)
    for row in range(5):
        assert lists_of(ev.value(node), row) == (ROWS if row % 2 == 0 else OTHERS)[row]


def test_undefined_is_lazy():
    b, columns = Builder(), {}
    x = free(b, "x", "number", columns, np.asarray([0.0, 2.0]))
    inverse = b.node("div", "number", (b.const("number", 1.0), x))
    zero = b.node("eq", "bool", (x, b.const("number", 0.0)))
    safe = b.node("if", "number", (zero, b.const("number", 0.0), inverse))
    guarded = b.node("and", "bool", (b.node("not", "bool", (zero,)), b.node("lt", "bool", (inverse, x))))
    either = b.node("or", "bool", (zero, b.node("lt", "bool", (inverse, x))))
    root = b.node("call", "number", (b.node("sub", "number", (x, b.const("number", 1.0))),), {"name": "root"})
    ev = evaluator(b, columns, rows=2)
    truths = {inverse: [False, True], safe: [True, True], guarded: [True, True], either: [True, True],
              root: [False, True]}  # fmt: skip
    for node, wanted in truths.items():
        assert np.broadcast_to(ev.defined(node), (2,)).tolist() == wanted


def test_text_formats_each_combination():
    b, columns = Builder(), {}
    n = free(b, "n", "int", columns, np.asarray([5, 12, 5]))
    hue = free(b, "hue", "color", columns, np.asarray([0xE6194B, 0xE6194B, 0x123456]))
    template = [{"hole": 0, "format": "00"}, " ", {"hole": 1}, " ", {"hole": 0, "choices": ["dot", "dots"]}]
    node = b.node("text", "text", (n, hue), {"template": template})
    ev = evaluator(b, columns, rows=3)
    assert [string(c) for c in ev.column(node)] == ["05 red dots", "12 red dots", "05 #123456 dots"]


def test_take_keeps_columns_and_draws_nothing_twice():
    b = Builder()
    drawn = []

    class Counting(worlds.Given):
        def draw(self, evaluator, var):
            drawn.append(var.id)
            return super().draw(evaluator, var)

        def take(self, rows):
            return Counting(super().take(rows).columns)

    x = b.var("x", "number", worlds.Law("uniform"))
    double = b.node("add", "number", (x, x))
    more = b.node("add", "number", (double, b.const("number", 1.0)))
    size = np.full(4, 100.0)
    draws = Counting(worlds.given({0: np.arange(4.0)}).columns)
    ev = worlds.Evaluator(worlds.program(b), worlds.Inputs(size, size, draws), worlds.REGISTRY)
    ev.value(double)
    part = ev.take(np.asarray([3, 1])).take(np.asarray([1]))
    assert part.column(more).tolist() == [3.0]
    assert drawn == [0]


def test_a_deep_expression_needs_no_deep_recursion():
    b, columns = Builder(), {}
    node = x = free(b, "x", "number", columns, np.asarray([1.0]))
    for _ in range(5000):
        node = b.node("add", "number", (node, x))
    ev = evaluator(b, columns)
    assert ev.column(node).tolist() == [5001.0]
    assert ev.defined(node).all()
    assert np.isinf(ev.margin(node, Margins())).all()


def test_a_cycle_is_an_error():
    b = Builder()
    group = b.group("a", "square")
    field = b.field(b.shapes_of(group), "size", "length", [group])
    b.update_group(group, fields={"size": field})
    with pytest.raises(PgtError, match="itself"):
        evaluator(b).value(field)


def test_interned_texts_compare():
    b = Builder()
    node = b.node("eq", "bool", (b.const("text", "a"), b.const("text", "a")))
    assert evaluator(b).value(node).data.all()
    assert intern("a") == intern("a")
