"""The interval reading of the functions of the language: sound rules for the common ones, and for the rest the range
that their values have in any scene.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import ascii_uppercase as ALPHABET
from typing import TYPE_CHECKING

from pgt_dsl.program import interval_extents as ex
from pgt_dsl.program.interval_cells import INF, Cell, Ls, Pt, Val
from pgt_dsl.program.program import AxisId, Node
from pgt_dsl.program.strings import intern

if TYPE_CHECKING:
    from pgt_dsl.program.interval import Reading

Where = Mapping[AxisId, int]
Rule = Callable[["Reading", Node, Where], "Val | None"]
TINY = 1e-6  # measures of outlines are this exact, in px

# Functions without a rule: the bounds of their values.
RANGES: dict[str, tuple[float, float]] = {
    "direction": (0, 360), "angle_at": (0, 180), "turn_between": (0, 180), "angle": (0, 90), "overlap": (0, 1 + 1e-6),
    "iou": (0, 1 + 1e-6), "visible": (0, 1 + 1e-6), "contrast": (0, 1 + 1e-6), "lightness": (0, 1 + 1e-6),
    "area": (0, INF), "outline_length": (0, INF), "color_gap": (0, INF), "curve_length": (0, INF), "shared": (0, INF),
    "clusters": (0, INF), "depth": (0, INF), "depth_of": (0, INF), "depth_spread": (0, INF), "texture": (0, 1),
    "crossings": (0, INF), "grid_step": (0, INF),
}  # fmt: skip


def call(r: Reading, node: Node, where: Where) -> Val:
    """The value of a ``call`` node."""
    name = node.attrs["name"]
    rule = RULES.get(name) if r.registry.functions[name].value.startswith(BUILTIN) else None
    found = None if rule is None else rule(r, node, where)
    if found is not None:
        return found
    key = ("call", name, node.args, tuple(sorted(where.items())))
    if node.type.rank == 0 and node.type.base not in ("point", "vector", "bool", "color", "form", "text", "shape"):
        bounds = RANGES.get(name, (-INF, INF)) if r.registry.functions[name].value.startswith(BUILTIN) else (-INF, INF)
        return r.graph.unsure(r.graph.leaf(key, bounds, node.type.base == "int"))
    return r.any(node, key)


BUILTIN = ("pgt_dsl.program.functions:", "pgt_dsl.geometry.measures:", "pgt_dsl.program.photo_functions:")


# points -------------------------------------------------------------------------------------------------


def _distance(r: Reading, node: Node, where: Where) -> Val:
    p, q = (r.point(a, where) for a in node.args)
    return r.graph.cell("hypot", (r.graph.sub(q.x, p.x), r.graph.sub(q.y, p.y)))


def _polar(r: Reading, node: Node, where: Where) -> Val:
    graph = r.graph
    length, turn = (r.cell(a, where) for a in node.args)
    return Pt(graph.mul(length, graph.cell("sin", (turn,), 90)), graph.mul(length, graph.cell("sin", (turn,), 0)))


def _between(r: Reading, p: Pt, q: Pt, t: Cell) -> Pt:
    """p + (q - p) t; within p and q for t from 0 to 1."""
    graph = r.graph
    share = graph.value(t)
    parts = []
    for a, b in zip(p, q, strict=True):
        if share is not None and 0 <= share <= 1:
            parts.append(graph.add(graph.scale(a, 1 - share), graph.scale(b, share)))
        else:
            parts.append(graph.add(a, graph.mul(graph.sub(b, a), t)))
    return Pt(*parts)


def _mix(r: Reading, node: Node, where: Where) -> Val:
    return _between(r, r.point(node.args[0], where), r.point(node.args[1], where), r.cell(node.args[2], where))


def _rotate(r: Reading, node: Node, where: Where) -> Val:
    graph = r.graph
    p, about, by = r.point(node.args[0], where), r.point(node.args[1], where), r.cell(node.args[2], where)
    dx, dy = graph.sub(p.x, about.x), graph.sub(p.y, about.y)
    cos, sin = graph.cell("sin", (by,), 90), graph.cell("sin", (by,), 0)
    return Pt(
        graph.add(about.x, graph.sub(graph.mul(dx, cos), graph.mul(dy, sin))),
        graph.add(about.y, graph.add(graph.mul(dx, sin), graph.mul(dy, cos))),
    )


def _offset(r: Reading, node: Node, where: Where) -> Val:
    """No farther from the line than from one of its points."""
    graph = r.graph
    p, a = r.point(node.args[0], where), r.point(node.args[1], where)
    far = graph.cell("hypot", (graph.sub(p.x, a.x), graph.sub(p.y, a.y)))
    return graph.unsure(graph.between(graph.neg(far), far, ("offset", node.args, tuple(sorted(where.items()))), True))


def _x(r: Reading, node: Node, where: Where) -> Val:
    return r.point(node.args[0], where).x


def _y(r: Reading, node: Node, where: Where) -> Val:
    return r.point(node.args[0], where).y


def _spaced(r: Reading, node: Node, where: Where) -> Val | None:
    graph, count = r.graph, r.graph.value(r.cell(node.args[2], where))
    if count is None or count < 1:
        return None
    p, q = (r.point(a, where) for a in node.args[:2])
    many = int(count)
    shares = [k / (many - 1) for k in range(many)] if many > 1 else [0.5]
    return Ls(tuple(_between(r, p, q, graph.number(t)) for t in shares), (graph.number(1, True),) * many)


def _grid(r: Reading, node: Node, where: Where) -> Val | None:
    graph = r.graph
    rows, cols, share = (graph.value(r.cell(a, where)) for a in node.args)
    if rows is None or cols is None or share is None or rows < 1 or cols < 1:
        return None
    width, height = r.size
    items = []
    for k in range(int(rows * cols)):
        x = (1 - share) / 2 + share * (k % cols + 0.5) / cols
        y = (1 - share) / 2 + share * (k // cols + 0.5) / rows
        items.append(Pt(graph.number(width * x), graph.number(height * y)))
    return Ls(tuple(items), (graph.number(1, True),) * len(items))


# numbers ------------------------------------------------------------------------------------------------


def _plain(op: str, data: int | None = None) -> Rule:
    """A function that is one cell of its arguments."""

    def rule(r: Reading, node: Node, where: Where) -> Val:
        return r.graph.cell(op, [r.cell(a, where) for a in node.args], data, node.type.base == "int")

    return rule


def _round(r: Reading, node: Node, where: Where) -> Val:
    half = r.graph.add(r.cell(node.args[0], where), r.graph.number(0.5))
    return r.graph.cell("floor", (half,), None, True)


def _letter(r: Reading, node: Node, where: Where) -> Val | None:
    cell = r.cell(node.args[0], where)
    low, high = r.graph.box.lo[cell], r.graph.box.hi[cell]
    if low < 0 or high >= len(ALPHABET):
        return None
    count = int(high) + 1
    return r.picked(r.graph.cell("place", (cell,), count), [r.graph.members(intern(c)) for c in ALPHABET[:count]],
                    tuple(range(count)))  # fmt: skip


# shapes -------------------------------------------------------------------------------------------------


def _slots(r: Reading, node: Node, where: Where, many: int) -> list[int] | None:
    """The shapes that the first arguments are, when it is known which."""
    found = [r.graph.only(r.cell(a, where)) for a in node.args[:many]]
    return None if None in found else found


def _area(r: Reading, node: Node, where: Where) -> Val | None:
    shape = r.cell(node.args[0], where)
    held = r.graph.box.sets[shape]
    if not held:
        return None
    slots = sorted(held)
    areas = [ex.area(r, *r.program.owner(slot)) for slot in slots]
    known = [a for a in areas if a is not None]
    return r.picked(shape, list(known), tuple(slots)) if len(known) == len(areas) else None


def _apart(r: Reading, node: Node, where: Where) -> Val | None:
    """Exact for discs; else no nearer than the boxes, and no farther than discs inside."""
    from pgt_dsl.program.interval_shapes import of_slot

    if r.program.nodes[node.args[0]].type.rank or len(node.args) < 2:
        return None
    slots = _slots(r, node, where, 2)
    if slots is None or slots[0] == slots[1]:
        return None
    graph = r.graph
    (one, i), (two, j) = (r.program.owner(slot) for slot in slots)
    (l1, t1, r1, b1), (l2, t2, r2, b2) = ex.extents(r, one, i), ex.extents(r, two, j)
    at = [of_slot(r, group, item, "at") for group, item in ((one, i), (two, j))]
    within = [ex.inner(r, group, item) for group, item in ((one, i), (two, j))]
    far = None
    if isinstance(at[0], Pt) and isinstance(at[1], Pt) and within[0] is not None and within[1] is not None:
        steps = graph.sub(at[1].x, at[0].x), graph.sub(at[1].y, at[0].y)
        far = graph.sub(graph.cell("hypot", steps), graph.add(within[0], within[1]))
        if one.kind in ex.DISCS and two.kind in ex.DISCS:
            return far
    near = graph.greatest([graph.sub(l2, r1), graph.sub(l1, r2), graph.sub(t2, b1), graph.sub(t1, b2)])
    low = graph.sub(near, graph.number(TINY))
    high = graph.leaf(("far",), (INF, INF)) if far is None else graph.add(far, graph.number(TINY))
    return graph.between(low, high, ("apart", *slots), True)


def _inside(r: Reading, node: Node, where: Where) -> Val | None:
    """Necessary: the box lies in the box."""
    from pgt_dsl.program.interval_shapes import inside

    slots = _slots(r, node, where, 2)
    if slots is None:
        return None
    by = r.cell(node.args[2], where) if len(node.args) > 2 else r.graph.number(0)
    condition = inside(r, slots[0], slots[1], by)
    return None if condition is None else r.graph.cell("needs", (condition,), ("inside", node.args), True)


def _covers(r: Reading, node: Node, where: Where) -> Val | None:
    """Necessary: the point lies in the box."""
    slots = _slots(r, node, where, 1)
    if slots is None:
        return None
    graph, p = r.graph, r.point(node.args[1], where)
    left, top, right, bottom = ex.extents(r, *r.program.owner(slots[0]))
    room = [graph.le(left, p.x), graph.le(p.x, right), graph.le(top, p.y), graph.le(p.y, bottom)]
    return graph.cell("needs", (graph.every(room),), ("covers", node.args), True)


RULES: dict[str, Rule] = {
    "distance": _distance, "polar": _polar, "mix": _mix, "rotate": _rotate, "offset": _offset, "point_x": _x,
    "point_y": _y, "vector_x": _x, "vector_y": _y, "spaced": _spaced, "grid": _grid, "abs": _plain("abs"),
    "round": _round, "floor": _plain("floor"), "mod": _plain("mod"), "pow": _plain("pow"), "sqrt": _plain("sqrt"),
    "sin": _plain("sin", 0), "cos": _plain("sin", 90), "letter": _letter, "area": _area, "apart": _apart,
    "inside": _inside, "covers": _covers,
}  # fmt: skip
