"""The scalar interpreter of programs: every node of one scene in plain Python, sharing nothing with the batched one.

An environment maps axes to positions: a number along a block axis, a tuple of positions (one for each list, or the
two of a pair) along a loop's. Lists hold only the items that are there.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from itertools import combinations, product
from typing import Any

from pgt_dsl.geometry.oracle import Decided, UndefinedValueError, UnknownValueError, World
from pgt_dsl.plugins.extension import Function
from pgt_dsl.program.oracle_shapes import Registry, SceneLike, Shapes
from pgt_dsl.program.oracle_values import Value, read, same, spoken
from pgt_dsl.program.program import AxisId, Node, NodeId, Program

Env = Mapping[AxisId, Any]
NOWHERE: Env = {}

_ABSENT = object()


class Oracle:
    """The values of one scene of ``program``. ``photos`` is the catalogue that the scene was made with, if any.

    ``value`` raises ``UndefinedValueError`` where the scene gives an expression no value, and ``UnknownValueError``
    where only pixels could tell.
    """

    def __init__(self, program: Program, registry: Registry, scene: SceneLike, photos: Any = None) -> None:
        self.program = program
        self.registry = registry
        self.scene = scene
        self.photos = photos
        self.world = World(float(scene.width), float(scene.height))
        self.shapes = Shapes(self)
        self.units = {"": 1.0, "px": 1.0, "vw": scene.width / 100, "vh": scene.height / 100,
                      "vmin": min(scene.width, scene.height) / 100}  # fmt: skip
        self._known: dict[Any, Any] = {}
        self._decided: dict[Any, Decided] = {}
        _allow_depth(program)

    @cached_property
    def colors(self) -> dict[str, str]:
        """Names of the named colours by ``"#rrggbb"``."""
        return {code: name for name, code in getattr(self.registry, "colors", {}).items()}

    # values -----------------------------------------------------------------------------------------

    def value(self, node: NodeId, env: Env = NOWHERE) -> Value:
        """The value of a node; ``env`` holds a position for each of its axes."""
        record = self.program.nodes[node]
        key: Any = self.key(node, record, env)
        found = self._known.get(key, _ABSENT)
        if found is _ABSENT:
            try:
                found = _OPS[record.op](self, record, env)
            except (ZeroDivisionError, OverflowError) as error:
                found = UndefinedValueError(str(error))
            except (UndefinedValueError, UnknownValueError) as error:
                found = error
            if isinstance(found, Decided):
                self._decided[key] = found
                found = found.value
            self._known[key] = found
        if isinstance(found, Exception):
            raise found.with_traceback(None)
        return found

    def key(self, node: NodeId, record: Node, env: Env) -> Any:
        """What tells the value of a node from its others: the positions of its axes."""
        axes = record.axes
        if not axes:
            return node
        return (node, env[axes[0]]) if len(axes) == 1 else (node, *[env[axis] for axis in axes])

    def decided(self, node: NodeId, env: Env) -> Decided | None:
        """By how much a truth that a function computed holds (None: it did not say)."""
        self.value(node, env)
        return self._decided.get(self.key(node, self.program.nodes[node], env))

    # loops ---------------------------------------------------------------------------------------------

    def along(self, axis: AxisId, env: Env) -> Iterator[Env]:
        """The environments of all positions along an axis: of the items that are there."""
        record = self.program.axes[axis]
        if record.what == "block":
            for k in range(self.length(axis, env)):
                yield {**env, axis: k}
            return
        sizes = [len(self.value(source, env)) for source in record.lists]
        places: Iterator[tuple[int, ...]]
        places = combinations(range(sizes[0]), 2) if record.pairs else product(*map(range, sizes))
        for place in places:
            yield {**env, axis: place}

    def length(self, axis: AxisId, env: Env) -> int:
        """How many items a block has."""
        record = self.program.axes[axis]
        count = record.size if record.count is None else int(self.value(record.count, env))
        return max(0, min(count, record.size))

    def passing(self, node: Node, env: Env) -> Iterator[Env]:
        """The environments of the items of a ``loop`` node that pass its ``where``."""
        for inner in self.along(node.attrs["axis"], env):
            if len(node.args) < 2 or self.value(node.args[1], inner):
                yield inner

    # calls --------------------------------------------------------------------------------------------------

    def call(self, name: str, args: list[Value]) -> Any:
        """A function of the registry on ready values."""
        function = self.registry.functions.get(name)
        if function is None:
            raise UnknownValueError(f"the function {name}, which no plugin here offers")
        scalar = resolve(function)
        if getattr(scalar, "needs_world", False):
            return scalar(*args, world=self.world)
        return scalar(*args)

    def drawn(self, name: str, env: Env, axes: tuple[AxisId, ...]) -> Any:
        """What the scene says was drawn for a variable, at the positions of its axes (JSON)."""
        if name not in self.scene.draws:
            raise UndefinedValueError(f"the scene has no draw of {name}")
        value: Any = self.scene.draws[name]
        for axis in axes:
            place = env[axis]
            if not isinstance(value, list | tuple) or place >= len(value):
                raise UndefinedValueError(f"the scene has no draw of {name} for item {place}")
            value = value[place]
        if value is None:
            raise UndefinedValueError(f"nothing was drawn for {name} here")
        return value


def resolve(function: Function) -> Callable[..., Any]:
    """The scalar function of a declaration."""
    return _resolved(function.oracle)


@cache
def _resolved(ref: str) -> Callable[..., Any]:
    from pgt_dsl.plugins.discover import load_ref

    found: Callable[..., Any] = load_ref(ref)
    return found


def _allow_depth(program: Program) -> None:
    """Make room for the recursion that a deep expression needs."""
    deepest, depths = 0, [0] * len(program.nodes)
    for k, node in enumerate(program.nodes):
        depths[k] = 1 + max((depths[a] for a in node.args), default=0)
        deepest = max(deepest, depths[k])
    wanted = 1000 + 12 * deepest * max(1, len(program.groups))
    if deepest > 20 and sys.getrecursionlimit() < wanted:
        sys.setrecursionlimit(min(wanted, 50_000))


# the ops ---------------------------------------------------------------------------------------------------


def _const(o: Oracle, n: Node, env: Env) -> Value:
    return read(n.attrs["value"], n.type, o.units[n.attrs.get("unit", "")], o.shapes.slot)


def _var(o: Oracle, n: Node, env: Env) -> Value:
    var = o.program.vars[n.attrs["var"]]
    return read(o.drawn(var.name, env, var.axes), var.type, 1.0, o.shapes.slot)


def _axis(o: Oracle, n: Node, env: Env) -> int:
    place = env[n.attrs["axis"]]
    return place if isinstance(place, int) else int(place[0])


def _elem(o: Oracle, n: Node, env: Env) -> Value:
    axis = o.program.axes[n.attrs["axis"]]
    part = n.attrs.get("part", 0)
    return o.value(axis.lists[0 if axis.pairs else part], env)[env[axis.id][part]]


def _lists(o: Oracle, n: Node, env: Env) -> list[Value]:
    return [o.value(arg, env) for arg in n.args]


def _div(o: Oracle, n: Node, env: Env) -> Value:
    a, b = _lists(o, n, env)
    if b == 0:
        raise UndefinedValueError("a division by 0")
    return a / b


def _mul(o: Oracle, n: Node, env: Env) -> Value:
    a, b = _lists(o, n, env)
    return a * b


def _if(o: Oracle, n: Node, env: Env) -> Value:
    return o.value(n.args[1] if o.value(n.args[0], env) else n.args[2], env)


def _item(o: Oracle, n: Node, env: Env) -> Value:
    items, k = _lists(o, n, env)
    if not -len(items) <= k < len(items):
        raise UndefinedValueError(f"item {k} of a list of {len(items)}")
    return items[int(k)]


def _first(items: list[Value], what: str) -> list[Value]:
    if not items:
        raise UndefinedValueError(f"{what} of nothing")
    return items


def _argmax(o: Oracle, n: Node, env: Env) -> Value:
    keys, items = _lists(o, n, env)
    best = max(_first(keys, "the item with the greatest key"))
    return items[keys.index(best)]


def _sort(o: Oracle, n: Node, env: Env) -> Value:
    keys, items = _lists(o, n, env)
    return [items[k] for k in sorted(range(len(keys)), key=lambda k: keys[k])]


def _only(o: Oracle, n: Node, env: Env) -> Value:
    passes, items = _lists(o, n, env)
    found = [item for item, passed in zip(items, passes, strict=True) if passed]
    if len(found) != 1:
        raise UndefinedValueError(f"{len(found)} items pass where one should")
    return found[0]


def _mode(o: Oracle, n: Node, env: Env) -> Value:
    items = _first(o.value(n.args[0], env), "the most frequent value")
    counts = [(sum(same(x, y) for y in items), x) for x in _unique(items)]
    most = max(count for count, _ in counts)
    winners = [x for count, x in counts if count == most]
    if len(winners) > 1:
        raise UndefinedValueError("several values are most frequent")
    return winners[0]


def _unique(items: list[Value]) -> list[Value]:
    found: list[Value] = []
    for x in items:
        if not any(same(x, y) for y in found):
            found.append(x)
    return found


def _except(o: Oracle, n: Node, env: Env) -> list[Value]:
    items, left_out = _lists(o, n, env)
    if o.program.nodes[n.args[1]].type.rank < n.type.rank:
        left_out = [left_out]
    return [x for x in items if not any(same(x, y) for y in left_out)]


def _text(o: Oracle, n: Node, env: Env) -> str:
    found = ""
    for part in n.attrs["template"]:
        if isinstance(part, str):
            found += part
            continue
        hole = n.args[part["hole"]]
        base = o.program.nodes[hole].type.base
        found += spoken(o.value(hole, env), base, part.get("format"), part.get("choices") or (), o.colors)
    return found


def _call(o: Oracle, n: Node, env: Env) -> Any:
    return o.call(n.attrs["name"], _lists(o, n, env))


def _sum(o: Oracle, n: Node, env: Env) -> Value:
    whole = n.type.base == "int"
    return sum(o.value(n.args[0], env), 0 if whole else 0.0)


def _add(o: Oracle, n: Node, env: Env) -> Value:
    return o.value(n.args[0], env) + o.value(n.args[1], env)


_OPS: dict[str, Callable[[Oracle, Node, Env], Any]] = {
    "const": _const,
    "canvas": lambda o, n, env: o.world.width if n.attrs["what"] == "width" else o.world.height,
    "var": _var,
    "axis": _axis,
    "elem": _elem,
    "neg": lambda o, n, env: -o.value(n.args[0], env),
    "add": _add,
    "sub": lambda o, n, env: o.value(n.args[0], env) - o.value(n.args[1], env),
    "mul": _mul,
    "div": _div,
    "pair": lambda o, n, env: complex(o.value(n.args[0], env), o.value(n.args[1], env)),
    "re": lambda o, n, env: o.value(n.args[0], env).real,
    "im": lambda o, n, env: o.value(n.args[0], env).imag,
    "lt": lambda o, n, env: o.value(n.args[0], env) < o.value(n.args[1], env),
    "le": lambda o, n, env: o.value(n.args[0], env) <= o.value(n.args[1], env),
    "eq": lambda o, n, env: same(*_lists(o, n, env)),
    "and": lambda o, n, env: all(o.value(arg, env) for arg in n.args),
    "or": lambda o, n, env: any(o.value(arg, env) for arg in n.args),
    "not": lambda o, n, env: not o.value(n.args[0], env),
    "if": _if,
    "list": _lists,
    "concat": lambda o, n, env: [item for items in _lists(o, n, env) for item in items],
    "range": lambda o, n, env: list(range(int(o.value(n.args[0], env)), int(o.value(n.args[1], env)) + 1)),
    "item": _item,
    "loop": lambda o, n, env: [o.value(n.args[0], inner) for inner in o.passing(n, env)],
    "all": lambda o, n, env: all(o.value(n.args[0], env)),
    "some": lambda o, n, env: any(o.value(n.args[0], env)),
    "count": lambda o, n, env: len(o.value(n.args[0], env)),
    "sum": _sum,
    "max": lambda o, n, env: max(_first(o.value(n.args[0], env), "the greatest")),
    "argmax": _argmax,
    "sort": _sort,
    "only": _only,
    "mode": _mode,
    "distinct": lambda o, n, env: len(_unique(items := o.value(n.args[0], env))) == len(items),
    "unique": lambda o, n, env: _unique(o.value(n.args[0], env)),
    "reverse": lambda o, n, env: o.value(n.args[0], env)[::-1],
    "except": _except,
    "in": lambda o, n, env: any(same(o.value(n.args[0], env), y) for y in o.value(n.args[1], env)),
    "group": lambda o, n, env: o.shapes.all_of(n.attrs["group"], listed=n.type.rank > 0),
    "slot": lambda o, n, env: o.shapes.here(n.attrs["group"], env),
    "parts": lambda o, n, env: o.shapes.parts(o.value(n.args[0], env), n.attrs["part"], dict(n.attrs["map"])),
    "field": lambda o, n, env: o.shapes.field(o.value(n.args[0], env), n.attrs["name"]),
    "call": _call,
    "text": _text,
    "photo": lambda o, n, env: o.shapes.photo(n, env),
}
