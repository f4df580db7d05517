"""Groups, fields, parts, outlines and paint order, against what the program says of each shape."""

from __future__ import annotations

import numpy as np

from pgt_dsl.program.builder import Builder
from tests.program import worlds
from tests.program.worlds import evaluator, free, lists_of, shape


def block(count=(2, 3, 0)):
    """squares[n] with n = 2, 3, 0 of at most 3, side by side, and one circle."""
    b, columns = Builder(), {}
    n = free(b, "n", "int", columns, np.asarray(count))
    axis = b.block_axis(3, n)
    position = b.position(axis)
    x = b.node("mul", "length", (position, b.const("length", 20)))
    at = b.node("pair", "point", (x, b.const("length", 50)))
    size = b.node("add", "length", (b.const("length", 4), position))
    many = shape(b, "xs", "square", (axis,), at=at, size=size)
    one = shape(b, "c", "circle", at=b.const("point", [100, 20], "px"), radius=b.const("length", 7),
                layer=b.const("number", -1))  # fmt: skip
    return b, columns, axis, many, one


def test_slots_presence_and_fields():
    b, columns, axis, many, one = block()
    xs = b.shapes_of(many)
    joined = b.node("concat", "shape[]", (xs, b.node("list", "shape[]", (b.shapes_of(one),), None, (1,))), None, (4,))
    loop = b.loop_axis([joined])
    right = b.loop(loop, b.field(b.elem(loop), "right", "length", [many, one]))
    last = b.field(b.node("item", "shape", (joined, b.const("int", -1))), "left", "length", [many, one])
    sizes = b.loop(axis, b.field(b.node("slot", "shape", (), {"group": many}, (), (axis,)), "size", "length", [many]))
    ev = evaluator(b, columns, rows=3)
    for row, n in enumerate((2, 3, 0)):
        assert lists_of(ev.value(xs), row) == list(range(n))
        wanted = [20.0 * k + (4 + k) / 2 for k in range(n)] + [107.0]
        assert np.allclose(lists_of(ev.value(right), row), wanted)
        assert lists_of(ev.value(sizes), row) == [4.0 + k for k in range(n)]
    assert ev.column(last).tolist() == [93.0] * 3
    assert ev.group_present(many).tolist() == [[True, True, False], [True] * 3, [False] * 3]


def test_paint_order_follows_layer_and_declaration():
    b, columns, _, _, one = block()
    ev = evaluator(b, columns, rows=3)
    order = np.broadcast_to(ev.paint_order(), (3, b.slots + 1))
    start = b.groups[one].start
    assert order[:, start].tolist() == [0, 0, 0]
    assert order[:, :3].tolist() == [[1, 2, -1], [1, 2, 3], [-1, -1, -1]]
    slots, there, outline, rank, fill = ev.scene.all_shapes()
    assert slots.tolist() == [0, 1, 2, 3]
    assert there.sum(axis=1).tolist() == [3, 4, 1]
    assert outline.count.shape[1] == 4
    assert rank.shape == fill.shape == (3, 4)


def test_composite_is_the_union_of_its_parts():
    b, columns = Builder(), {}
    axis = b.block_axis(2)
    at = b.node("pair", "point", (b.node("mul", "length", (b.position(axis), b.const("length", 50))),
                                  b.const("length", 40)))  # fmt: skip
    whole = b.group("dice", "die", (axis,), composite=True, noun="die")
    inner = b.block_axis(2)
    step = b.node("mul", "length", (b.position(inner), b.const("length", 10)))
    spot = b.node("add", "point", (at, b.node("pair", "point", (step, b.const("length", 0)))))
    pips = shape(b, "dice.pips", "circle", (axis, inner), at=spot, radius=b.const("length", 3))
    b.update_group(whole, fields={"at": at}, parts={"pips": pips})
    b.update_group(pips, parent=whole, entity=False)
    dice = b.shapes_of(whole)
    second = b.node("item", "shape", (dice, b.const("int", 1)))
    parts = b.node("parts", "shape[]", (second,), {"part": "pips", "map": [[whole, pips]]}, (2,))
    edges = [b.field(second, e, "length", [whole]) for e in ("left", "top", "right", "bottom")]
    gap = b.node("call", "length", (b.node("item", "shape", (dice, b.const("int", 0))), second), {"name": "apart"})
    ev = evaluator(b, columns)
    start = b.groups[pips].start
    assert lists_of(ev.value(parts), 0) == [start + 2, start + 3]
    assert [ev.column(e)[0] for e in edges] == [47.0, 37.0, 63.0, 43.0]
    assert np.isclose(ev.column(gap)[0], 34.0)
    order = ev.paint_order()[0]
    assert order[start : start + 4].tolist() == [0, 1, 2, 3]
    assert order[: b.groups[whole].size].tolist() == [1, 3]


def test_canvas_is_a_box():
    b = Builder()
    node = b.field(worlds.canvas(b), "right", "length", [0])
    assert evaluator(b, width=320, height=200).column(node).tolist() == [320.0]
