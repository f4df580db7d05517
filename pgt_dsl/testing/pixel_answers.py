"""Answers read from the painted picture: the answer's nodes over again, with what they measure read from pixels.

What can be read: which shapes there are, where they stand and how large they are, the colour that is painted, what
lies within what, what hides what, gaps. Each reading has bounds (``pixel_values``), and an answer is told only where the
bounds decide it; else ``CannotTell``, which is counted and no fault. A question's own numbers and words (picks and other
discrete draws) are given, as they are to those who read the question; forms, texts and labels are taken from the scene.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from pgt_dsl.program.oracle_plain import digits, letter, lightness
from pgt_dsl.program.oracle_values import spoken
from pgt_dsl.program.program import Node, NodeId
from pgt_dsl.testing.pixel_values import (
    ALIKE,
    OTHER,
    CannotTell,
    Masks,
    Rank,
    Span,
    Spot,
    Tint,
    gap,
    heading,
    less,
    span,
)
from pgt_dsl.testing.subject import Fault, Subject

NAME = "pixels"
_GIVEN = ("bool", "int", "color", "form", "text", "shape")
_FACTS = ("form", "text", "label", "name", "category", "sides")
Env = dict[int, Any]


def pixels_agree(subject: Subject) -> list[Fault]:
    """What the painted ids and pixels tell of an answer is what the scene says."""
    return [fault for fault in (told.fault for told in readings(subject)) if fault is not None]


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer: whether pixels told it, why not, and the fault where they tell another."""

    told: bool
    why: str = ""
    fault: Fault | None = None


def readings(subject: Subject) -> list[Reading]:
    """What pixels tell of each answer of a scene."""
    reader = Reader(subject)
    found = []
    for k, (ask, answered) in enumerate(zip(subject.program.asks, subject.scene.asks, strict=True)):
        reader.looked = False
        try:
            value = reader.value(ask.answer, {})
            if ask.form in ("box", "boxes"):
                slots = value if isinstance(value, list) else [value]
                boxes = [list(reader.masks.box(slot)) for slot in slots]
                reader.looked = True
                value = boxes if isinstance(value, list) else boxes[0]
            agrees = reader.agrees(value, answered.value)
        except CannotTell as why:
            found.append(Reading(False, str(why)))
            continue
        if not reader.looked:
            found.append(Reading(False, "it does not hang on what is painted"))
            continue
        fault = None
        if not agrees:
            scene = subject.scene
            fault = Fault(NAME, f"sample {scene.index} of {scene.task} (seed {scene.seed}): question {k + 1} is answered "
                          f"{answered.value!r}, and the pixels show {value!r}", ask.origin)  # fmt: skip
        found.append(Reading(True, "", fault))
    return found


class Reader:
    """The values of a scene's nodes as its pixels tell them. ``looked``: whether a pixel has been asked."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.program = subject, subject.program
        self.masks = Masks(subject.scene, subject.ids, subject.pixels)
        self.looked = False
        scene = subject.scene
        vmin = min(scene.width, scene.height) / 100
        self.units = {"px": 1.0, "vmin": vmin, "vw": scene.width / 100, "vh": scene.height / 100}
        self.colors = {code: name for name, code in subject.pipeline.registry.colors.items()}
        self.named = [_tint(code) for code in self.colors]
        self.fields: dict[NodeId, tuple[int, str]] = {}
        for group in self.program.groups:
            if group.painted and not group.axes and not group.composite:
                for name, node in group.fields.items():
                    if self.program.nodes[node].op not in ("const", "canvas") and name not in _FACTS:
                        self.fields.setdefault(node, (group.start, name))

    # nodes ----------------------------------------------------------------------------------------------

    def value(self, ident: NodeId, env: Env) -> Any:
        """A node's value. Raises ``CannotTell``."""
        if ident in self.fields:
            return self.field(*self.fields[ident])
        node = self.program.nodes[ident]
        rule = getattr(self, f"_{node.op}", None)
        if rule is None:
            raise CannotTell(f"`{node.op}` is not read from pixels")
        return rule(node, env)

    def args(self, node: Node, env: Env) -> list[Any]:
        """The values of a node's arguments."""
        return [self.value(arg, env) for arg in node.args]

    def _const(self, node: Node, env: Env) -> Any:
        return self._plain(node.attrs["value"], node.type.base, node.type.rank, self.units[node.attrs.get("unit", "px")])

    def _plain(self, value: Any, base: str, rank: int, unit: float = 1.0) -> Any:
        if rank:
            return [self._plain(item, base, rank - 1, unit) for item in value if item is not None]
        if base == "color":
            return "none" if value == "none" else _tint(value)
        if base in ("point", "vector"):
            return Spot(Span(value[0] * unit, value[0] * unit), Span(value[1] * unit, value[1] * unit))
        return value * unit if base in ("length", "number", "angle") else value

    def _canvas(self, node: Node, env: Env) -> Any:
        scene = self.subject.scene
        return float(scene.width if node.attrs["what"] == "width" else scene.height)

    def _var(self, node: Node, env: Env) -> Any:
        var = self.program.vars[node.attrs["var"]]
        if node.type.base not in _GIVEN or var.axes:
            raise CannotTell("a measure that was drawn, and is no field of a shape")
        return self._plain(self.subject.scene.draws.get(var.name), node.type.base, node.type.rank)

    def _axis(self, node: Node, env: Env) -> Any:
        if node.attrs["axis"] not in env:
            raise CannotTell("a place in a block")
        return env[node.attrs["axis"]][0]

    def _elem(self, node: Node, env: Env) -> Any:
        if node.attrs["axis"] not in env:
            raise CannotTell("a place in a block")
        return env[node.attrs["axis"]][1][node.attrs.get("part", 0)]

    def _along(self, axis: int, env: Env) -> Iterator[Env]:
        record = self.program.axes[axis]
        if record.what == "block":
            raise CannotTell("a place in a block")
        sources = [self.value(source, env) for source in record.lists]
        pairs = combinations(sources[0], 2) if record.pairs else product(*sources)
        for k, items in enumerate(pairs):
            yield {**env, axis: (k, items)}

    def _loop(self, node: Node, env: Env) -> Any:
        inner = self._along(node.attrs["axis"], env)
        return [self.value(node.args[0], e) for e in inner if len(node.args) < 2 or self.value(node.args[1], e)]

    def _group(self, node: Node, env: Env) -> Any:
        group = self.program.groups[node.attrs["group"]]
        if not (group.painted or group.composite):
            raise CannotTell("shapes that are not painted")
        if node.type.rank == 0:
            return group.start
        self.looked = True
        slots = range(group.start, group.start + group.size)
        return [s for s in slots if s in self.masks.shapes and self.masks.present & set(self.masks.numbers(s))]

    def _parts(self, node: Node, env: Env) -> Any:
        whole = self.masks.shape(self.value(node.args[0], env))
        groups = {self.program.groups[part].name for _, part in node.attrs["map"]}
        self.looked = True
        found = [s for s in whole.parts if s in self.masks.shapes and self.masks.shapes[s].group in groups
                 and self.masks.present & set(self.masks.numbers(s))]  # fmt: skip
        if node.type.rank:
            return found
        if len(found) != 1:
            raise CannotTell("a part that is not seen")
        return found[0]

    def _field(self, node: Node, env: Env) -> Any:
        return self.field(self.value(node.args[0], env), node.attrs["name"])

    def field(self, slot: int, name: str) -> Any:
        """A field of a shape, as it is painted."""
        masks, shape = self.masks, self.masks.shape(slot)
        if name in _FACTS:
            return shape.fields.get(name)
        self.looked = True
        upright = float(shape.fields.get("turn") or 0.0) == 0.0
        if name in ("at", "x", "y"):
            spot = masks.spot(slot)
            return spot if name == "at" else spot.x if name == "x" else spot.y
        if name in ("left", "top", "right", "bottom"):
            return masks.box(slot)[("left", "top", "right", "bottom").index(name)]
        if name in ("color", "fill", "outline"):
            return self._color(slot, name)
        if name in ("order", "layer"):
            return Rank(slot)
        left, top, right, bottom = masks.box(slot)
        wide, high = (Span(max(b.low - a.high, 0.0), b.high - a.low) for a, b in ((left, right), (top, bottom)))
        disc = shape.kind in ("circle", "dot")
        if disc and name == "radius":
            return Span(min(wide.low, high.low) / 2, max(wide.high, high.high) / 2)
        if name in ("width", "height") and upright and shape.kind in ("rect", "ellipse", "box", "panel"):
            return wide if name == "width" else high
        if name == "size" and (disc or (upright and shape.kind in ("figure", "square"))):
            return Span(max(wide.low, high.low), max(wide.high, high.high))
        if name == "length" and shape.kind == "line":
            import math

            around = math.hypot(wide.high, high.high), math.hypot(wide.low, high.low)
            thick = masks.area(slot).high / max(around[1], 1.0)
            return Span(max(around[1] - 2 * thick - 2, 0.0), around[0])
        raise CannotTell(f"`{name}` of a {shape.kind} is not read from pixels")

    def _color(self, slot: int, name: str) -> Tint:
        fields = self.masks.shape(slot).fields
        painted = fields.get("fill")
        if name == "outline" or painted in (None, "none") or fields.get(name) != painted:
            raise CannotTell("it is not what the inside is painted with")
        tint = self.masks.tint(slot)
        return next((named for named in self.named if _off(tint, named) <= ALIKE), tint)

    # arithmetic and logic ---------------------------------------------------------------------------------

    def _re(self, node: Node, env: Env) -> Any:
        return self._spot(self.value(node.args[0], env)).x

    def _im(self, node: Node, env: Env) -> Any:
        return self._spot(self.value(node.args[0], env)).y

    def _spot(self, value: Any) -> Spot:
        if not isinstance(value, Spot):
            raise CannotTell("it is no place")
        return value

    def _pair(self, node: Node, env: Env) -> Any:
        x, y = self.args(node, env)
        return Spot(span(x), span(y))

    def _neg(self, node: Node, env: Env) -> Any:
        value = self.value(node.args[0], env)
        if isinstance(value, Rank):
            return Rank(value.slot, -value.sign)
        return Span(-value.high, -value.low) if isinstance(value, Span) else -value

    def _arithmetic(self, node: Node, env: Env) -> Any:
        a, b = self.args(node, env)
        sign = {"add": lambda p, q: p + q, "sub": lambda p, q: p - q, "mul": lambda p, q: p * q,
                "div": lambda p, q: p / q}[node.op]  # fmt: skip
        if isinstance(a, Spot) or isinstance(b, Spot) or isinstance(a, Rank) or isinstance(b, Rank):
            raise CannotTell("places are not reckoned with")
        p, q = span(a), span(b)
        if node.op == "div" and q.low <= 0 <= q.high:
            raise CannotTell("a division by what may be 0")
        if node.type.base == "int" and not isinstance(a, Span) and not isinstance(b, Span):
            return sign(a, b)
        ends = [(p.low, q.low), (p.low, q.high), (p.high, q.low), (p.high, q.high)]
        found = [sign(x, y) for x, y in ends]
        return Span(min(found), max(found))

    _add = _sub = _mul = _div = _arithmetic

    def _lt(self, node: Node, env: Env) -> bool:
        return self._less(*self.args(node, env))

    def _le(self, node: Node, env: Env) -> bool:
        return self._less(*self.args(node, env), True)

    def _less(self, a: Any, b: Any, equal: bool = False) -> bool:
        if isinstance(a, Rank) and isinstance(b, Rank) and a.sign == b.sign and a.slot != b.slot:
            self.looked = True
            return self.masks.in_front(b.slot, a.slot) == (a.sign > 0)
        return less(a, b, equal)

    def _eq(self, node: Node, env: Env) -> bool:
        return self.same(*self.args(node, env))

    def same(self, a: Any, b: Any) -> bool:
        """Whether two values are the same, where pixels tell."""
        if isinstance(a, Tint) and isinstance(b, Tint):
            off = _off(a, b)
            if ALIKE < off <= OTHER:
                raise CannotTell("two colours are nearly alike")
            return off <= ALIKE
        if isinstance(a, Span) or isinstance(b, Span):
            p, q = span(a), span(b)
            if p.high < q.low or q.high < p.low:
                return False
            if p.low == p.high == q.low == q.high:
                return True
            raise CannotTell("two measures may be equal")
        if isinstance(a, Spot | Rank) or isinstance(b, Spot | Rank) or isinstance(a, list) or isinstance(b, list):
            raise CannotTell("places and lists are not told to be equal")
        return bool(a == b)

    def _not(self, node: Node, env: Env) -> bool:
        return not self.value(node.args[0], env)

    def _truths(self, node: Node, env: Env) -> bool:
        """``and`` and ``or``: one side may tell it alone."""
        ends, why = node.op == "or", None
        for arg in node.args:
            try:
                if bool(self.value(arg, env)) == ends:
                    return ends
            except CannotTell as error:
                why = error
        if why is not None:
            raise why
        return not ends

    _and = _or = _truths

    def _if(self, node: Node, env: Env) -> Any:
        return self.value(node.args[1 if self.value(node.args[0], env) else 2], env)

    # lists ----------------------------------------------------------------------------------------------

    def _list(self, node: Node, env: Env) -> list[Any]:
        return self.args(node, env)

    def _concat(self, node: Node, env: Env) -> list[Any]:
        return [item for part in self.args(node, env) for item in part]

    def _range(self, node: Node, env: Env) -> list[int]:
        low, high = (self._exact(v) for v in self.args(node, env))
        return list(range(low, high + 1))

    def _exact(self, value: Any) -> int:
        if isinstance(value, Span):
            if value.low != value.high:
                raise CannotTell("a number is not told exactly")
            value = value.low
        return int(value)

    def _item(self, node: Node, env: Env) -> Any:
        items, k = self.args(node, env)
        k = self._exact(k)
        if not -len(items) <= k < len(items):
            raise CannotTell("there are too few items")
        return items[k]

    def _all(self, node: Node, env: Env) -> bool:
        return all(self.value(node.args[0], env))

    def _some(self, node: Node, env: Env) -> bool:
        return any(self.value(node.args[0], env))

    def _count(self, node: Node, env: Env) -> int:
        return len(self.value(node.args[0], env))

    def _sum(self, node: Node, env: Env) -> Any:
        items = self.value(node.args[0], env)
        if not any(isinstance(item, Span) for item in items):
            return sum(items)
        return Span(sum(span(v).low for v in items), sum(span(v).high for v in items))

    def _max(self, node: Node, env: Env) -> Any:
        items = [span(v) for v in self.value(node.args[0], env)]
        if not items:
            raise CannotTell("the greatest of nothing")
        return Span(max(v.low for v in items), max(v.high for v in items))

    def _argmax(self, node: Node, env: Env) -> Any:
        keys, items = self.args(node, env)
        for k, key in enumerate(keys):
            try:
                if all(self._less(other, key) for n, other in enumerate(keys) if n != k):
                    return items[k]
            except CannotTell:
                continue
        raise CannotTell("two are too near the first place")

    def _sort(self, node: Node, env: Env) -> list[Any]:
        keys, items = self.args(node, env)
        before = [sum(self._before(keys, n, k) for n in range(len(keys)) if n != k) for k in range(len(keys))]
        if sorted(before) != list(range(len(keys))):
            raise CannotTell("the order is not told")
        return [items[before.index(k)] for k in range(len(keys))]

    def _before(self, keys: list[Any], one: int, two: int) -> bool:
        """Whether one key is less; of ranks that hide nothing of each other, by those that lie between."""
        try:
            return self._less(keys[one], keys[two])
        except CannotTell:
            if not isinstance(keys[one], Rank):
                raise
        reach = {one}, {two}
        for _ in keys:
            for found in reach:
                for k in range(len(keys)):
                    if k not in found and any(self._surely(keys[n], keys[k]) for n in found):
                        found.add(k)
        if two in reach[0]:
            return True
        if one in reach[1]:
            return False
        raise CannotTell("two of a stack hide nothing of each other")

    def _surely(self, a: Any, b: Any) -> bool:
        try:
            return self._less(a, b)
        except CannotTell:
            return False

    def _only(self, node: Node, env: Env) -> Any:
        passes, items = self.args(node, env)
        found = [item for item, passed in zip(items, passes, strict=True) if passed]
        if len(found) != 1:
            self.looked = True
            return found  # not one: what a scene's answer never is
        return found[0]

    def _unique(self, node: Node, env: Env) -> list[Any]:
        found: list[Any] = []
        for item in self.value(node.args[0], env):
            if not any(self.same(item, other) for other in found):
                found.append(item)
        return found

    def _mode(self, node: Node, env: Env) -> Any:
        items = self.value(node.args[0], env)
        counts = [sum(self.same(item, other) for other in items) for item in items]
        return items[counts.index(max(counts))]

    def _distinct(self, node: Node, env: Env) -> bool:
        return len(self._unique(node, env)) == len(self.value(node.args[0], env))

    def _reverse(self, node: Node, env: Env) -> list[Any]:
        found: list[Any] = self.value(node.args[0], env)[::-1]
        return found

    def _except(self, node: Node, env: Env) -> list[Any]:
        items, less_ = self.args(node, env)
        out = less_ if isinstance(less_, list) else [less_]
        return [item for item in items if not any(self.same(item, other) for other in out)]

    def _in(self, node: Node, env: Env) -> bool:
        item, items = self.args(node, env)
        return any(self.same(item, other) for other in items)

    def _text(self, node: Node, env: Env) -> str:
        found = ""
        for part in node.attrs["template"]:
            if isinstance(part, str):
                found += part
                continue
            value = self.value(node.args[part["hole"]], env)
            if isinstance(value, Span | Spot | Rank | Tint):
                raise CannotTell("a text of what was measured")
            base = self.program.nodes[node.args[part["hole"]]].type.base
            found += spoken(value, base, part.get("format"), part.get("choices") or (), self.colors)
        return found

    # measures -------------------------------------------------------------------------------------------

    def _call(self, node: Node, env: Env) -> Any:
        rule = getattr(self, f"read_{node.attrs['name']}", None)
        if rule is None:
            raise CannotTell(f"`{node.attrs['name']}` is not read from pixels")
        return rule(*self.args(node, env))

    def read_distance(self, p: Any, q: Any) -> Span:
        """Between two places."""
        return gap(self._spot(p), self._spot(q))

    def read_direction(self, p: Any, q: Any) -> Span:
        """From one place to another, in degrees."""
        return heading(self._spot(p), self._spot(q))

    def read_turn_between(self, a: Any, b: Any) -> Span:
        """The least turn between two directions."""
        p, q = span(a), span(b)
        half = (p.high - p.low + q.high - q.low) / 2
        off = abs(((p.low + p.high - q.low - q.high) / 2 + 180) % 360 - 180)
        return Span(max(off - half, 0.0), min(off + half, 180.0))

    def read_area(self, slot: int) -> Span:
        """Pixels of the filled outline."""
        self.looked = True
        return self.masks.area(slot)

    def read_apart(self, one: int, two: int) -> Span:
        """The gap between two masks."""
        self.looked = True
        return self.masks.gap(one, two)

    def read_inside(self, inner: int, outer: int, by: Any) -> bool:
        """Whether one mask lies in what another encloses."""
        self.looked = True
        if span(by).high > 0:
            raise CannotTell("how far inside is not read from pixels")
        return self.masks.holds(inner, outer)

    def read_lightness(self, color: Any) -> Span:
        """Of a painted colour, which may be off by a level."""
        if not isinstance(color, Tint):
            raise CannotTell("no colour is painted")
        value = float(lightness("#{:02x}{:02x}{:02x}".format(*color.rgb)))
        return Span(value - 0.01, value + 0.01)

    def read_abs(self, x: Any) -> Any:
        """Size without sign."""
        if not isinstance(x, Span):
            return abs(x)
        low = 0.0 if x.low <= 0 <= x.high else min(abs(x.low), abs(x.high))
        return Span(low, max(abs(x.low), abs(x.high)))

    def read_round(self, x: Any) -> int:
        """The nearest whole number, where both bounds have the same."""
        return self._floored(Span(span(x).low + 0.5, span(x).high + 0.5))

    def read_floor(self, x: Any) -> int:
        """The whole number below, where both bounds have the same."""
        return self._floored(span(x))

    def _floored(self, x: Span) -> int:
        if x.low // 1 != x.high // 1:
            raise CannotTell("a number is near the next")
        return int(x.low // 1)

    def read_mod(self, n: Any, m: Any) -> int:
        """The remainder."""
        return self._exact(n) % self._exact(m)

    def read_letter(self, n: Any) -> str:
        """A for 0."""
        return str(letter(self._exact(n)))

    def read_digits(self, n: Any) -> str:
        """In figures."""
        return str(digits(self._exact(n)))

    # answers --------------------------------------------------------------------------------------------

    def agrees(self, value: Any, found: Any) -> bool:
        """Whether what the pixels tell is what the scene says (JSON)."""
        if isinstance(value, list):
            return isinstance(found, list) and len(value) == len(found) and all(map(self.agrees, value, found))
        if isinstance(value, Spot):
            return isinstance(found, list) and self.agrees([value.x, value.y], found)
        if isinstance(value, Span):
            return not isinstance(found, str | list) and value.low <= found <= value.high
        if isinstance(value, Tint):
            return isinstance(found, str) and found.startswith("#") and self.same(value, _tint(found))
        if isinstance(value, Rank):
            raise CannotTell("a layer's number is not read from pixels")
        return bool(value == found)


def _tint(code: str) -> Tint:
    return Tint((int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)))


def _off(a: Tint, b: Tint) -> int:
    return max(abs(x - y) for x, y in zip(a.rgb, b.rgb, strict=True))
