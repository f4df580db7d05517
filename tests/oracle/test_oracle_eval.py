"""The scalar interpreter on small programs written by hand: every op."""

from __future__ import annotations

import math
from typing import Any

import pytest
from worlds import program, registry, scene

from pgt_dsl.geometry.oracle import UndefinedValueError
from pgt_dsl.plugins.extension import Function
from pgt_dsl.program.builder import Builder
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.program.program import Law


def oracle(b: Builder, draws: dict[str, Any] | None = None) -> Oracle:
    return Oracle(program(b), registry(), scene(draws or {}))


def ints(b: Builder, *values: int) -> int:
    return b.const("int[]", list(values))


def test_constants_have_units() -> None:
    b = Builder()
    nodes = [b.const("length", 10, unit) for unit in ("px", "vmin", "vw", "vh")]
    point = b.const("point", [50, 50], "vmin")
    o = oracle(b)
    assert [o.value(n) for n in nodes] == pytest.approx([10, 30, 40, 30])
    assert o.value(point) == 150 + 150j


def test_arithmetic_keeps_whole_numbers_but_for_division() -> None:
    b = Builder()
    two, three = b.const("int", 2), b.const("int", 3)
    nodes = [b.node(op, "int", (two, three)) for op in ("add", "sub", "mul")] + [b.node("div", "number", (two, three))]
    zero = b.node("div", "number", (two, b.const("int", 0)))
    o = oracle(b)
    assert [o.value(n) for n in nodes] == [5, -1, 6, 2 / 3]
    with pytest.raises(UndefinedValueError):
        o.value(zero)


def test_logic_is_lazy() -> None:
    b = Builder()
    bad = b.node("item", "bool", (b.const("bool[]", []), b.const("int", 0)))
    yes, no = b.const("bool", True), b.const("bool", False)
    o_nodes = [
        b.node("and", "bool", (no, bad)),
        b.node("or", "bool", (yes, bad)),
        b.node("if", "bool", (yes, no, bad)),
        b.node("not", "bool", (no,)),
    ]
    o = oracle(b)
    assert [o.value(n) for n in o_nodes] == [False, True, False, True]
    for _ in range(2):
        with pytest.raises(UndefinedValueError):
            o.value(bad)


def test_lists() -> None:
    b = Builder()
    xs, two = ints(b, 3, 1, 3, 2), b.const("int", 2)
    made = {
        "last": b.node("item", "int", (xs, b.const("int", -1))),
        "range": b.node("range", "int[]", (two, b.const("int", 4)), sizes=(3,)),
        "empty": b.node("range", "int[]", (b.const("int", 4), two), sizes=(3,)),
        "concat": b.node("concat", "int[]", (xs, ints(b, 9)), sizes=(5,)),
        "count": b.node("count", "int", (xs,)),
        "sum": b.node("sum", "int", (xs,)),
        "max": b.node("max", "int", (xs,)),
        "mode": b.node("mode", "int", (xs,)),
        "distinct": b.node("distinct", "bool", (xs,)),
        "unique": b.node("unique", "int[]", (xs,), sizes=(4,)),
        "reverse": b.node("reverse", "int[]", (xs,), sizes=(4,)),
        "one": b.node("except", "int[]", (xs, b.const("int", 3)), sizes=(4,)),
        "many": b.node("except", "int[]", (xs, ints(b, 1, 2)), sizes=(4,)),
        "in": b.node("in", "bool", (two, xs)),
        "argmax": b.node("argmax", "int", (xs, ints(b, 10, 20, 30, 40))),
        "sort": b.node("sort", "int[]", (xs, ints(b, 10, 20, 30, 40)), sizes=(4,)),
        "only": b.node("only", "int", (b.const("bool[]", [False, True, False, False]), xs)),
    }
    o = oracle(b)
    assert {name: o.value(n) for name, n in made.items()} == {
        "last": 2, "range": [2, 3, 4], "empty": [], "concat": [3, 1, 3, 2, 9], "count": 4, "sum": 9, "max": 3,
        "mode": 3, "distinct": False, "unique": [3, 1, 2], "reverse": [2, 3, 1, 3], "one": [1, 2], "many": [3, 3],
        "in": True, "argmax": 10, "sort": [20, 40, 10, 30], "only": 1,
    }  # fmt: skip


@pytest.mark.parametrize("op", ["max", "mode", "argmax", "only"])
def test_of_nothing_there_is_no(op: str) -> None:
    b = Builder()
    nothing = b.const("int[]" if op != "only" else "bool[]", [])
    node = b.node(op, "int", (nothing, ints(b)) if op in ("argmax", "only") else (nothing,))
    with pytest.raises(UndefinedValueError):
        oracle(b).value(node)


def test_a_tie_has_no_mode() -> None:
    b = Builder()
    node = b.node("mode", "int", (ints(b, 1, 2),))
    with pytest.raises(UndefinedValueError):
        oracle(b).value(node)


def test_loops_filter_pair_and_multiply() -> None:
    b = Builder()
    xs, ys = ints(b, 1, 2, 3, 4), ints(b, 10, 20)
    axis = b.loop_axis([xs])
    x = b.elem(axis)
    big = b.node("lt", "bool", (b.const("int", 2), x))
    filtered = b.loop(axis, b.node("mul", "int", (x, x)), big)
    pairs = b.loop_axis([filtered], pairs=True)
    sums = b.loop(pairs, b.node("add", "int", (b.elem(pairs, 0), b.elem(pairs, 1))))
    both = b.loop_axis([filtered, ys])
    products = b.loop(both, b.node("add", "int", (b.elem(both, 0), b.elem(both, 1))))
    inner = b.loop_axis([ys])
    nested_body = b.loop(inner, b.node("mul", "int", (b.elem(inner), x)))
    nested = b.loop(axis, nested_body, big)
    o = oracle(b)
    assert o.value(filtered) == [9, 16]
    assert o.value(sums) == [25]
    assert o.value(products) == [19, 29, 26, 36]
    assert o.value(nested) == [[30, 60], [40, 80]]


def blocks() -> tuple[Builder, int, int]:
    """``let n``, ``circle[n]`` of at most 4 with drawn places, radii 10 times their number."""
    b = Builder()
    n = b.var("n", "int", Law("integers", (b.const("int", 0), b.const("int", 4))))
    axis = b.block_axis(4, n)
    group = b.group("xs", "circle", (axis,), noun="circle")
    at = b.var("xs.at", "point", Law("uniform"), "field", (axis,))
    number = b.node("add", "int", (b.position(axis), b.const("int", 1)))
    radius = b.node("mul", "length", (b.const("length", 10, "px"), number))
    colour = b.const("color", "#ff0000")
    fields = {"at": at, "radius": radius, "fill": colour, "layer": b.const("number", 0)}
    b.update_group(group, fields=fields)
    return b, group, radius


def test_groups_have_as_many_items_as_their_count() -> None:
    b, group, _ = blocks()
    xs = b.shapes_of(group)
    axis = b.loop_axis([xs])
    s = b.elem(axis)
    radii = b.loop(axis, b.field(s, "radius", "length", [group]))
    lefts = b.loop(axis, b.field(s, "left", "length", [group]))
    orders = b.loop(axis, b.field(s, "order", "int", [group]))
    apart = b.node("call", "length", (xs,), {"name": "apart"})
    o = oracle(b, {"n": 2, "xs.at": [[100, 100], [200, 100], None, None]})
    assert o.value(radii) == [10, 20]
    assert o.value(lefts) == [90, 180]
    assert o.value(orders) == [0, 1]
    assert o.value(apart) == pytest.approx(70)
    assert [s.slot for s in o.value(xs)] == [0, 1]


def test_gaps_of_all_pairs_are_found_as_those_of_each() -> None:
    b, group, _ = blocks()
    xs = b.shapes_of(group)
    twice = b.node("concat", "shape[]", (xs, xs), sizes=(8,))
    found = []
    for items in (xs, twice):
        pairs = b.loop_axis([items], pairs=True)
        one, two = b.elem(pairs, 0), b.elem(pairs, 1)
        gap = b.node("call", "length", (one, two), {"name": "apart"})
        found += [b.loop(pairs, gap), b.loop(pairs, gap, b.node("le", "bool", (gap, gap)))]
    o = oracle(b, {"n": 3, "xs.at": [[100, 100], [200, 100], [200, 140], None]})
    at_once, each, doubled, doubled_each = (o.value(n) for n in found)
    assert at_once == pytest.approx([70, math.hypot(100, 40) - 40, -10]) and at_once == each
    assert doubled == doubled_each and doubled.count(math.inf) == 3


class Counted:
    """A function of a plugin that counts its calls."""

    calls = 0

    def __call__(self, x: float) -> float:
        Counted.calls += 1
        return 2 * x


counted = Counted()


def test_what_several_read_is_computed_once_a_scene() -> None:
    b = Builder()
    x = b.var("x", "length", Law("uniform"))
    double = b.node("call", "length", (x,), {"name": "double"})
    xs = ints(b, 1, 2, 3, 4)
    axis = b.loop_axis([xs])
    many = b.loop(axis, b.node("add", "length", (b.elem(axis), double)))
    both = b.node("add", "length", (double, double))
    plugins = registry()
    oracle_of = f"{__name__}:counted"
    plugins.functions["double"] = Function("double", "double(x: length): length", "", "none:none", oracle_of)
    made = program(b)
    before = Counted.calls
    for scene_of in ({"x": 5.0}, {"x": 6.0}):
        o = Oracle(made, plugins, scene(scene_of))
        assert o.value(both) == 4 * scene_of["x"]
        assert o.value(many) == [n + 2 * scene_of["x"] for n in (1, 2, 3, 4)]
    assert Counted.calls == before + 2


def test_what_no_scene_changes_is_computed_once_a_size() -> None:
    b = Builder()
    half = b.node("div", "length", (b.node("canvas", "length", (), {"what": "width"}), b.const("int", 2)))
    bad = b.node("div", "number", (b.const("int", 1), b.const("int", 0)))
    made, plugins = program(b), registry()
    wide, tall = (Oracle(made, plugins, scene({}, width=width)) for width in (400, 300))
    assert wide.plan.fixed[half] == wide.value(half) == 200 and tall.value(half) == 150
    assert Oracle(made, plugins, scene({})).plan is wide.plan
    assert bad not in wide.plan.fixed
    for _ in range(2):
        with pytest.raises(UndefinedValueError):
            wide.value(bad)


def test_parts_boxes_and_the_item_itself() -> None:
    b = Builder()
    axis = b.block_axis(2)
    owner = b.group("die", "die", (axis,), composite=True, noun="die")
    pips = b.block_axis(3, b.const("int", 2))
    part = b.group("die.pip", "dot", (axis, pips), parent=owner, entity=False)
    place = b.node("pair", "point", (
        b.node("mul", "length", (b.position(axis), b.const("length", 100, "px"))),
        b.node("mul", "length", (b.position(pips), b.const("length", 20, "px"))),
    ))  # fmt: skip
    b.update_group(part, fields={"at": place, "radius": b.const("length", 5, "px"), "layer": b.const("number", 0)})
    box = b.group("die.box", "box", (axis,), parent=owner, entity=False, painted=False)
    me = b.node("slot", "shape", (), {"group": owner}, (), (axis,))
    left, right = (b.field(me, edge, "length", [owner]) for edge in ("left", "right"))
    width = b.node("sub", "length", (right, left))
    b.update_group(box, fields={"width": width, "height": width, "at": b.const("point", [0, 0], "px")})
    b.update_group(owner, parts={"pip": part, "box": box}, fields={"left": left})
    second = b.node("item", "shape", (b.shapes_of(owner), b.const("int", 1)))
    pip = b.node("parts", "shape[]", (second,), {"part": "pip", "map": [[owner, part]]}, (3,))
    its_box = b.node("parts", "shape", (second,), {"part": "box", "map": [[owner, box]]})
    box_width = b.field(its_box, "width", "length", [box])
    outer = b.field(second, "left", "length", [owner])
    o = oracle(b)
    assert [(s.slot, s.index) for s in o.value(pip)] == [(5, (1, 0)), (6, (1, 1))]
    assert o.value(box_width) == 10
    assert o.value(outer) == 95
    assert o.value(second).box == (95, -5, 105, 25)


def test_paint_order_goes_by_layer_first() -> None:
    b = Builder()
    groups = []
    for name, layer in (("a", 2), ("b", 0), ("c", 2)):
        group = b.group(name, "circle")
        b.update_group(group, fields={
            "at": b.const("point", [50, 50], "px"), "radius": b.const("length", 9, "px"),
            "layer": b.const("number", layer), "fill": b.const("color", "#ff0000"),
        })  # fmt: skip
        groups.append(group)
    visible = [b.node("call", "number", (b.shapes_of(g),), {"name": "visible"}) for g in groups]
    o = oracle(b)
    assert [s.slot for s in o.shapes.painted] == [1, 0, 2]
    assert [o.value(v) for v in visible] == pytest.approx([0, 0, 1])


def test_texts_and_calls_that_need_the_canvas() -> None:
    b = Builder()
    holes = (b.const("int", 9), b.const("int", 5), b.const("color", "#ff0000"), b.const("bool", True))
    template = [
        {"hole": 0},
        ":",
        {"hole": 1, "format": "00"},
        " ",
        {"hole": 2},
        " ",
        {"hole": 3, "choices": ["yea", "nay"]},
    ]
    text = b.node("text", "text", holes, {"template": template})
    grid = b.node(
        "call", "point[]", (b.const("int", 1), b.const("int", 2), b.const("number", 0.5)), {"name": "grid"}, (2,)
    )
    o = oracle(b)
    assert o.value(text) == "9:05 red yea"
    assert o.value(grid) == [150 + 150j, 250 + 150j]


def test_a_deep_expression_is_no_trouble() -> None:
    b = Builder()
    node = b.const("int", 0)
    for _ in range(3000):
        node = b.node("add", "int", (node, b.const("int", 1)))
    assert oracle(b).value(node) == 3000
