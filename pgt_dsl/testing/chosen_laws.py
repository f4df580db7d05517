"""What each law lets choose: the counterpart of ``solve.laws``, asked for values one item at a time.

A law gives two functions: ``item(chooser, where, want)``, the value (lists: nested lists) at a place
``(row, items...)``, and perhaps ``judge(data)``, which says of a whole column where it can be drawn at all.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pgt_dsl.program import lists
from pgt_dsl.program.inputs import Bools
from pgt_dsl.program.program import Law, NodeId
from pgt_dsl.solve.draws import Stream
from pgt_dsl.solve.places import ROOM, UPRIGHT, depth, own_boxes, shape_boxes
from pgt_dsl.testing.choosers import Chooser, NoChoiceError
from pgt_dsl.testing.chosen import packed, same_want

ROUNDING = 1e-12  # of a place in px

Json = Any
Array = npt.NDArray[Any]
Where = tuple[int, ...]
Item = Callable[[Chooser, Where, Json], Any]
Judge = Callable[[Array], Bools]
Made = tuple[Item, Judge | None]


def _at(data: Array, where: Where) -> Any:
    """What stands at a place of an array whose dimensions may be 1 for all."""
    return data[tuple(0 if n == 1 else k for k, n in zip(where, data.shape, strict=False))]


def _number(s: Stream, bounds: Callable[[Where], tuple[float, float]]) -> Made:
    """A real number between bounds, whichever of them is the greater."""
    base = s.var.type.base

    def item(chooser: Chooser, where: Where, want: Json) -> float:
        low, high = sorted(bounds(where))
        return chooser.real(low, high, None if want is None else packed(want, base))

    return item, None


def _uniform(s: Stream, law: Law) -> Made:
    low, high = (s.arg(a) for a in law.args)
    return _number(s, lambda where: (float(_at(low, where)), float(_at(high, where))))


def _normal(s: Stream, law: Law) -> Made:
    mean, sd = (s.arg(a) for a in law.args)

    def bounds(where: Where) -> tuple[float, float]:
        middle, reach = float(_at(mean, where)), 4 * float(_at(sd, where))
        return middle - reach, middle + reach

    return _number(s, bounds)


def _bins(s: Stream, law: Law) -> Made:
    low, high, n = (s.arg(a) for a in law.args)

    def bounds(where: Where) -> tuple[float, float]:
        first, last = float(_at(low, where)), float(_at(high, where))
        part = s.columns.parts.get(s.var.id)
        if part is None:
            return first, last
        step = (last - first) / float(_at(n, where))
        start = first + int(part[where[0]]) * step
        return start, float(np.nextafter(start + step, start))  # its end belongs to the next

    return _number(s, bounds)


def _integers(s: Stream, law: Law) -> Made:
    low, high = (s.arg(a) for a in law.args)

    def item(chooser: Chooser, where: Where, want: Json) -> int:
        wish = None if want is None else packed(want, "int")
        return chooser.whole(math.ceil(_at(low, where)), math.floor(_at(high, where)), wish)

    return item, None


# lists to choose from -------------------------------------------------------------------------------


def _plain(data: Any, mask: Any) -> Any:
    """An item of a list in plain values: a list that is one itself without what is not there."""
    if not np.ndim(data):
        return data
    return [_plain(d, m) for d, m in zip(data, mask, strict=True) if np.any(m)]


def _items(s: Stream, node: NodeId) -> Callable[[Where], list[Any]]:
    """The items that are there of a list argument, at a place."""
    data, mask = s.listed(node)

    def found(where: Where) -> list[Any]:
        return [_plain(d, m) for d, m in zip(_at(data, where), _at(mask, where), strict=True) if np.any(m)]

    return found


def _one_of(chooser: Chooser, items: Sequence[Any], want: Json, base: str) -> int:
    """Which of some items is chosen; the first that is the wish."""
    wish = next((k for k, item in enumerate(items) if same_want(item, want, base)), None) if want is not None else None
    return chooser.whole(0, len(items) - 1, wish)


def _choice(s: Stream, law: Law) -> Made:
    items, base = _items(s, law.args[0]), s.var.type.base

    def item(chooser: Chooser, where: Where, want: Json) -> Any:
        found = items(where)
        return found[_one_of(chooser, found, want, base)]

    return item, None


def _weighted(s: Stream, law: Law) -> Made:
    items, base = _items(s, law.args[0]), s.var.type.base
    mask = s.listed(law.args[0])[1]
    there = lists.outer(mask, mask.ndim - 1 - len(s.items))
    weights, known = s.listed(law.args[1])

    def item(chooser: Chooser, where: Where, want: Json) -> Any:
        kept = np.flatnonzero(_at(there, where))
        weight, given = _at(weights, where), _at(known, where)
        found = [x for k, x in zip(kept, items(where), strict=True) if given[k] and weight[k] > 0]
        return found[_one_of(chooser, found, want, base)]

    return item, None


def _taken(s: Stream, node: NodeId, count: Callable[[Where, int], int]) -> Made:
    """Some different items of a list, in the order in which they are chosen."""
    items, base = _items(s, node), s.var.type.base

    def item(chooser: Chooser, where: Where, want: Json) -> list[Any]:
        left, taken = items(where), []
        many = count(where, len(left))
        if not 0 <= many <= len(left):
            raise NoChoiceError(f"{many} of {len(left)} items")
        for k in range(many):
            wish = want[k] if isinstance(want, list) and k < len(want) else None
            taken.append(left.pop(_one_of(chooser, left, wish, base)))
        return taken

    return item, None


def _sample(s: Stream, law: Law) -> Made:
    k = s.arg(law.args[1])
    return _taken(s, law.args[0], lambda where, _: int(_at(k, where)))


def _shuffle(s: Stream, law: Law) -> Made:
    return _taken(s, law.args[0], lambda _, many: many)


def _repeat(s: Stream, law: Law) -> Made:
    assert law.inner is not None
    n = s.arg(law.args[0])
    size = s.var.sizes[s.more]
    inner, judge = LAWS[law.inner.name](s.repeated(size), law.inner)

    def item(chooser: Chooser, where: Where, want: Json) -> list[Any]:
        many = int(_at(n, where))
        if many > size:
            raise NoChoiceError(f"{many} items where there is room for {size}")
        wishes = want if isinstance(want, list) else []
        return [inner(chooser, (*where, k), wishes[k] if k < len(wishes) else None) for k in range(many)]

    def all_of(data: Array) -> Bools:
        assert judge is not None
        absent = np.arange(size) >= n[..., None]
        return np.asarray((judge(data) | absent).all(axis=-1))

    return item, None if judge is None else all_of


# places ---------------------------------------------------------------------------------------------


def _spot(chooser: Chooser, low: Array, high: Array, want: Json) -> complex:
    """A point of a box, x first."""
    wish = (None, None) if want is None else (packed(want, "point").real, packed(want, "point").imag)
    return complex(*(chooser.real(float(low[k]), float(high[k]), wish[k]) for k in (0, 1)))


def _ring(s: Stream, law: Law) -> Made:
    centre, low, high = (s.arg(a) for a in law.args)

    def item(chooser: Chooser, where: Where, want: Json) -> complex:
        middle = complex(_at(centre, where))
        inner, outer = sorted((float(_at(low, where)), float(_at(high, where))))
        if want is None:
            radius, degrees = chooser.real(inner, outer), chooser.real(0.0, 360.0)
            return middle + cmath.rect(radius, math.radians(degrees))
        point = complex(packed(want, "point"))
        far, turn = abs(point - middle), math.degrees(cmath.phase(point - middle)) % 360
        radius, degrees = chooser.real(inner, outer, far), chooser.real(0.0, 360.0, turn)
        found = middle + cmath.rect(radius, math.radians(degrees))
        # The way to polar coordinates and back moves it by a rounding.
        return point if abs(found - point) <= ROUNDING * (1 + abs(point)) else found

    return item, None


def _anywhere(s: Stream, law: Law) -> Made:
    boxes, slots, groups = shape_boxes(s, law.args[0])
    less = s.arg(law.args[1]) if len(law.args) > 1 else np.zeros((1,) * (1 + len(s.items)))

    def item(chooser: Chooser, where: Where, want: Json) -> complex:
        box, margin = _at(boxes, where), float(_at(less, where))
        return _spot(chooser, box[:2] + margin, box[2:] - margin, want)

    def judge(data: Array) -> Bools:
        wide = np.broadcast_to(slots, data.shape)[..., None]
        return np.asarray(depth(s, np.arange(s.ev.rows), wide, groups, data[..., None])[..., 0] >= less)

    upright = all(s.ev.program.groups[g].kind in UPRIGHT for g in groups)
    return item, None if upright else judge


def _scatter(s: Stream, law: Law) -> Made:
    n, gap = (s.arg(a) for a in law.args)
    width, height = (np.broadcast_to(side, (s.ev.rows,)) for side in (s.ev.width, s.ev.height))

    def item(chooser: Chooser, where: Where, want: Json) -> list[complex]:
        points: list[complex] = []
        high = np.asarray([width[where[0]], height[where[0]]])
        for k in range(int(_at(n, where))):
            wish = want[k] if isinstance(want, list) and k < len(want) else None
            points.append(_spot(chooser, np.zeros(2), high, wish))
            if any(abs(points[-1] - point) < float(_at(gap, where)) for point in points[:-1]):
                raise NoChoiceError("two points are too near")
        return points

    return item, None


def _placed(s: Stream, law: Law) -> Made:
    assert law.group is not None
    room, own = shape_boxes(s, law.args[0])[0], own_boxes(s, law.group)

    def item(chooser: Chooser, where: Where, want: Json) -> complex:
        left = _at(room, where) - _at(own, where)
        if (left[2:] < left[:2] - ROOM).any():
            raise NoChoiceError("it does not fit into its room")
        tight = left[2:] < left[:2]  # it fits to within rounding
        middle = (left[:2] + left[2:]) / 2
        return _spot(chooser, np.where(tight, middle, left[:2]), np.where(tight, middle, left[2:]), want)

    return item, None


def _photo(s: Stream, law: Law) -> Made:
    photos, program = s.ev.inputs.photos, s.ev.program
    count = 0 if photos is None else photos.count
    group = program.background.objects

    def item(chooser: Chooser, where: Where, want: Json) -> int:
        return chooser.whole(0, count - 1, None if want is None else packed(want, "int"))

    def judge(data: Array) -> Bools:
        assert photos is not None and group is not None
        there = photos.object_columns(data, s.ev.inputs.width, s.ev.inputs.height)["at"][1]
        return np.asarray(there.sum(axis=-1) <= program.groups[group].size)

    crowded = photos is not None and group is not None and photos.max_objects > program.groups[group].size
    return item, judge if crowded else None


LAWS: dict[str, Callable[[Stream, Law], Made]] = {
    "uniform": _uniform, "log_uniform": _uniform, "integers": _integers, "choice": _choice, "weighted": _weighted,
    "normal": _normal, "sample": _sample, "shuffle": _shuffle, "repeat": _repeat, "anywhere": _anywhere, "ring": _ring,
    "scatter": _scatter, "placed": _placed, "bins": _bins, "photo": _photo,
}  # fmt: skip
