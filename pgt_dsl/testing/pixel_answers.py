"""Answers read from the painted picture: the answer's nodes over again, with what they measure read from pixels.

What can be read: which shapes there are, where they stand and how large they are, the colour that is painted, what lies
within what, what hides what, gaps. Each reading has bounds (``pixel_values``), and an answer is told only where they
decide it; else ``CannotTell``, which is counted and no fault. A question's own numbers and words (picks, and other
discrete draws) are given, as they are to those who read it; forms, texts and labels are taken from the scene.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from pgt_dsl.program.program import Node, NodeId
from pgt_dsl.testing.pixel_masks import Masks
from pgt_dsl.testing.pixel_measures import Measures
from pgt_dsl.testing.pixel_ops import Env
from pgt_dsl.testing.pixel_values import ALIKE, CannotTell, Rank, Span, Spot, Tint, levels, tint_of
from pgt_dsl.testing.subject import Fault, Subject

NAME = "pixels"
_GIVEN = ("bool", "int", "color", "form", "text", "shape")
_FACTS = ("form", "text", "label", "name", "category", "sides")


def pixels_agree(subject: Subject) -> list[Fault]:
    """What the painted ids and pixels tell of an answer is what the scene says."""
    return [told.fault for told in readings(subject) if told.fault is not None]


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
            node = subject.program.nodes[ask.answer]
            boxed = ask.form == "box" and node.op == "parts"  # the box of a shape: it is that shape's
            value = reader.value(node.args[0] if boxed else ask.answer, {})
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
            fault = Fault(NAME, f"sample {scene.index} of {scene.task} (seed {scene.seed}): question {k + 1} is "
                          f"answered {answered.value!r}, and the pixels show {value!r}", ask.origin)  # fmt: skip
        found.append(Reading(True, "", fault))
    return found


class Reader(Measures):
    """The values of a scene's nodes as its pixels tell them. ``looked``: whether a pixel has been asked."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.program = subject, subject.program
        self.masks = Masks(subject.scene, subject.ids, subject.pixels)
        self.looked = False
        scene = subject.scene
        vmin = min(scene.width, scene.height) / 100
        self.units = {"px": 1.0, "vmin": vmin, "vw": scene.width / 100, "vh": scene.height / 100}
        self.colors = {code: name for name, code in reversed([*subject.pipeline.registry.colors.items()])}
        self.named = [tint_of(code) for code in self.colors]
        self._hiding: dict[NodeId, bool] = {}
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

    def _const(self, node: Node, env: Env) -> Any:
        return self._plain(
            node.attrs["value"], node.type.base, node.type.rank, self.units[node.attrs.get("unit", "px")]
        )

    def _plain(self, value: Any, base: str, rank: int, unit: float = 1.0) -> Any:
        if rank:
            return [self._plain(item, base, rank - 1, unit) for item in value if item is not None]
        if base == "color":
            return "none" if value == "none" else tint_of(value)
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

    def hides(self, ident: NodeId) -> bool:
        """Whether a list hangs on a list of shapes some of which nobody sees: its places are not those of the scene."""
        if ident not in self._hiding:
            node = self.program.nodes[ident]
            if node.op == "group" and node.type.rank:
                group = self.program.groups[node.attrs["group"]]
                there = [slot for slot in range(group.start, group.start + group.size) if slot in self.masks.shapes]
                self._hiding[ident] = len(self._group(node, {})) < len(there)
            else:
                lists = self.program.axes[node.attrs["axis"]].lists if node.op == "loop" else ()
                self._hiding[ident] = node.op != "item" and any(self.hides(arg) for arg in (*node.args, *lists))
        return self._hiding[ident]

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
            # a stroke with round ends is one stroke longer and wider than what runs along its middle
            least, area = max(math.hypot(wide.low, high.low), 1.0), masks.area(slot)
            thin, thick = 0.7 * area.low / math.hypot(wide.high, high.high), 1.4 * area.high / least
            low, most = ((max(w - t, 0.0), max(h - t, 0.0)) for w, h, t in
                         ((wide.low, high.low, thick), (wide.high, high.high, thin)))  # fmt: skip
            return Span(math.hypot(*low), math.hypot(*most))
        raise CannotTell(f"`{name}` of a {shape.kind} is not read from pixels")

    def _color(self, slot: int, name: str) -> Tint:
        fields = self.masks.shape(slot).fields
        painted = fields.get("fill")
        if name == "outline" or painted in (None, "none") or fields.get(name) != painted:
            raise CannotTell("it is not what the inside is painted with")
        tint = self.masks.tint(slot)
        return next((named for named in self.named if levels(tint, named) <= ALIKE), tint)
