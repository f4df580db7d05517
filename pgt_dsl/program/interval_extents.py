"""How far shapes reach, as cells: the upright bounding box, what surely lies inside, and the area, from the fields.

Kinds that are not known here (those of plugins, curves, texts) may reach anywhere.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pgt_dsl.program.facts import OBJECT
from pgt_dsl.program.form_measures import FORMS, Form
from pgt_dsl.program.interval_cells import INF, Cell, Pt, Val
from pgt_dsl.program.program import Group
from pgt_dsl.program.strings import intern, string

if TYPE_CHECKING:
    from pgt_dsl.program.interval import Reading

UPRIGHT = ("canvas", "panel", "box", "rect", "square")  # kinds that fill their bounding box at turn 0
BOXES = ("rect", "ellipse", "panel", "box")
DISCS = ("circle", "dot")
HAIR = 1e-9  # so much further, relatively, may rounding reach


def _field(r: Reading, group: Group, item: int, name: str) -> Val | None:
    from pgt_dsl.program.interval_shapes import places

    node = group.fields.get(name)
    return None if node is None else r.of(node, places(r, group, item))


def _number(r: Reading, group: Group, item: int, name: str) -> Cell | None:
    """A numeric field that is not negative in any scene."""
    found = _field(r, group, item, name)
    return found if isinstance(found, int) and r.graph.box.lo[found] >= 0 else None


def _turned(r: Reading, group: Group, item: int) -> bool:
    turn = _field(r, group, item, "turn")
    return isinstance(turn, int) and r.graph.value(turn) != 0


def upright(r: Reading, group: Group) -> bool:
    """Whether shapes of a group fill their bounding boxes."""
    return group.kind in UPRIGHT and not any(_turned(r, group, k) for k in range(group.size))


def _form_cells(r: Reading, group: Group, item: int) -> tuple[Cell, list[Form], tuple[int, ...]] | None:
    """The form of a figure: its cell, and the measures of the forms it may have."""
    if group.kind == "square":
        return r.graph.members(intern("square")), [FORMS["square"]], (intern("square"),)
    cell = _field(r, group, item, "form")
    held = r.graph.box.sets[cell] if isinstance(cell, int) else None
    if held is None or not isinstance(cell, int):
        return None
    codes = tuple(sorted(held))
    if any(string(code) not in FORMS for code in codes):
        return None
    return cell, [FORMS[string(code)] for code in codes], codes


def _by_form(r: Reading, forms: tuple[Cell, list[Form], tuple[int, ...]], values: list[float]) -> Cell:
    """A measure that hangs on the form."""
    cell, _, codes = forms
    found = r.picked(cell, [r.graph.number(v) for v in values], codes)
    assert isinstance(found, int)
    return found


def reach(r: Reading, group: Group, item: int) -> tuple[Cell, Cell, Cell, Cell] | None:
    """How far a shape reaches from ``at`` to the left, up, right and down; None where that is not known."""
    graph = r.graph
    if group.kind in DISCS:
        radius = _number(r, group, item, "radius")
        return None if radius is None else (radius,) * 4
    if group.kind in ("figure", "square"):
        size, forms = _number(r, group, item, "size"), _form_cells(r, group, item)
        if size is None or forms is None:
            return None
        if not _turned(r, group, item):
            x = graph.mul(size, _by_form(r, forms, [f.half_width for f in forms[1]]))
            y = graph.mul(size, _by_form(r, forms, [f.half_height for f in forms[1]]))
            return x, y, x, y
        low = graph.mul(size, _by_form(r, forms, [f.least for f in forms[1]]))
        high = graph.mul(size, _by_form(r, forms, [f.most for f in forms[1]]))
        return _about(r, group, item, low, high)
    if group.kind in BOXES:
        width, height = (_number(r, group, item, name) for name in ("width", "height"))
        if width is None or height is None:
            return None
        x, y = graph.scale(width, 0.5), graph.scale(height, 0.5)
        if not _turned(r, group, item):
            return x, y, x, y
        return _about(r, group, item, graph.scale(graph.least([x, y]), 0.99), graph.cell("hypot", (x, y)))
    if group.kind in ("polygon", "blob"):
        size = _number(r, group, item, "size")
        most = 0.5 if group.kind == "polygon" else 0.5 if not _turned(r, group, item) else math.sqrt(0.5)
        least = 0.25 if group.kind == "polygon" else 0.0
        return None if size is None else _about(r, group, item, graph.scale(size, least), graph.scale(size, most))
    if group.kind == "arrow":
        length, stroke = (_number(r, group, item, name) for name in ("length", "stroke"))
        if length is None or stroke is None:
            return None
        return _about(r, group, item, graph.number(0), graph.add(graph.scale(length, 0.5), graph.scale(stroke, 0.5)))
    return None


def _about(r: Reading, group: Group, item: int, low: Cell, high: Cell) -> tuple[Cell, Cell, Cell, Cell]:
    """Four reaches between two bounds."""
    wide = r.graph.scale(high, 1 + HAIR)
    a, b, c, d = (r.graph.between(low, wide, ("reach", group.id, item, side), True) for side in range(4))
    return a, b, c, d


def extents(r: Reading, group: Group, item: int) -> tuple[Cell, Cell, Cell, Cell]:
    """Left, top, right and bottom of a shape's upright bounding box, px."""
    graph = r.graph
    if group.kind == "canvas":
        zero = graph.number(0)
        return zero, zero, graph.number(r.size[0]), graph.number(r.size[1])
    if group.composite:
        return _union(r, group, item)
    at = _field(r, group, item, "at")
    if group.kind == "line":
        ends = [_field(r, group, item, name) for name in ("from", "to")]
        stroke = _field(r, group, item, "stroke")
        if isinstance(ends[0], Pt) and isinstance(ends[1], Pt) and isinstance(stroke, int):
            half = graph.scale(stroke, 0.5)
            xs, ys = zip(*ends, strict=True)
            return (graph.sub(graph.least(xs), half), graph.sub(graph.least(ys), half),
                    graph.add(graph.greatest(xs), half), graph.add(graph.greatest(ys), half))  # fmt: skip
    far = reach(r, group, item) if group.kind != OBJECT else None
    if far is None or not isinstance(at, Pt):
        x0, y0, x1, y1 = (graph.leaf(("edge", group.id, item, side), (-INF, INF)) for side in range(4))
        return x0, y0, x1, y1
    return (graph.sub(at.x, far[0]), graph.sub(at.y, far[1]), graph.add(at.x, far[2]), graph.add(at.y, far[3]))


def _union(r: Reading, group: Group, item: int) -> tuple[Cell, Cell, Cell, Cell]:
    """The box of a composite: of its painted parts that are there."""
    from pgt_dsl.program.interval_shapes import there

    graph = r.graph
    sides: list[list[Cell]] = [[], [], [], []]
    for part_id in dict.fromkeys(group.parts.values()):
        part = r.program.groups[part_id]
        if not (part.painted or part.composite):
            continue
        each = part.size // group.size
        for k in range(item * each, (item + 1) * each):
            held = there(r, part, k)
            if graph.box.false(held):
                continue
            for side, edge in enumerate(extents(r, part, k)):
                sides[side] += [held, graph.neg(edge) if side < 2 else edge]
    if not sides[0] or not any(graph.value(p) == 1 for p in sides[0][::2]):
        x0, y0, x1, y1 = (graph.leaf(("edge", group.id, item, side), (-INF, INF)) for side in range(4))
        return x0, y0, x1, y1
    tops = [graph.greatest(s[1::2]) if all(graph.value(p) == 1 for p in s[::2]) else graph.cell("maxp", s)
            for s in sides]  # fmt: skip
    return graph.neg(tops[0]), graph.neg(tops[1]), tops[2], tops[3]


def inner(r: Reading, group: Group, item: int) -> Cell | None:
    """The radius of a disc about ``at`` that lies in the shape; None where that is not known."""
    graph = r.graph
    if group.kind in DISCS:
        return _number(r, group, item, "radius")
    if group.kind in ("figure", "square"):
        size, forms = _number(r, group, item, "size"), _form_cells(r, group, item)
        if size is None or forms is None or any(f.inner < 0 for f in forms[1]):
            return None
        return graph.mul(size, _by_form(r, forms, [f.inner * (1 - HAIR) for f in forms[1]]))
    if group.kind in BOXES:
        sides = [_number(r, group, item, name) for name in ("width", "height")]
        if sides[0] is None or sides[1] is None:
            return None
        return graph.scale(graph.least([sides[0], sides[1]]), 0.49)
    return None


def area(r: Reading, group: Group, item: int) -> Cell | None:
    """The area of a shape; None where it is not known."""
    graph = r.graph
    if group.kind in DISCS:
        radius = _number(r, group, item, "radius")
        return None if radius is None else graph.scale(graph.mul(radius, radius), math.pi)
    if group.kind in ("figure", "square"):
        size, forms = _number(r, group, item, "size"), _form_cells(r, group, item)
        if size is None or forms is None:
            return None
        return graph.mul(graph.mul(size, size), _by_form(r, forms, [f.area for f in forms[1]]))
    if group.kind in BOXES or group.kind == "canvas":
        sides = [_number(r, group, item, name) for name in ("width", "height")]
        if sides[0] is None or sides[1] is None:
            return None
        share = FORMS["ellipse"].area / 0.6 if group.kind == "ellipse" else 1.0
        return graph.scale(graph.mul(sides[0], sides[1]), share)
    return None
