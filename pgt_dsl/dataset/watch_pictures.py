"""Faults of pictures that a spec's author did not mean: overlaps that nothing speaks of, shapes one can hardly see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np

from pgt_dsl.dataset.tally import pairs, unpaired
from pgt_dsl.dataset.watch_answers import Finding
from pgt_dsl.geometry.color import gap
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program.facts import Facts, laws
from pgt_dsl.program.oracle_eval import Oracle
from pgt_dsl.program.program import GroupId, Program
from pgt_dsl.scene.scene import Scene, SceneShape

MINDING = frozenset({
    "apart", "overlap", "iou", "visible", "inside", "margin", "covers", "crosses", "crossings", "meeting", "shared",
    "clusters", "reachable",
})  # fmt: skip
COMMON = 0.02  # of the smaller shape's area: a lesser overlap is a touch
OFTEN = 0.05  # of the scenes with such an overlap
SOME = 0.02  # of the scenes with a shape that is hard to see
FAINT = 0.10  # CIEDE2000 / 100 between a shape and what lies behind it
SMALL, SMALL_TEXT, THIN = 6.0, 10.0, 1.0  # px
INKS = ("fill", "outline", "color")
GROUND_COLORS = ("color", "from_color", "to_color")
_COUNTERS = ("overlaps", "faint", "small")


class Pictures:
    """Looks at the geometry and colours of scenes."""

    def __init__(self, program: Program, registry: Registry, facts: Facts, photos: Any = None) -> None:
        self.program, self.registry, self.photos = program, registry, photos
        self.groups = {group.name: group for group in program.groups}
        self.free = self._free()
        self.minded = self._minded(facts)
        self.count = 0
        self.overlaps: Counter[tuple[str, str]] = Counter()
        self.faint: Counter[str] = Counter()
        self.small: Counter[tuple[str, str]] = Counter()

    def add(self, scene: Scene) -> None:
        """Look at one scene."""
        self.count += 1
        entities = [shape for shape in scene.shapes if shape.entity and (shape.painted or shape.parts)]
        self._overlaps(scene, entities)
        self.faint.update({shape.group for shape in entities if self._is_faint(scene, shape)})
        self.small.update({(shape.group, what) for shape in scene.shapes for what in self._is_small(shape)})

    def state(self) -> dict[str, Any]:
        """What has been counted, as JSON."""
        return {"count": self.count, **{name: pairs(getattr(self, name)) for name in _COUNTERS}}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what ``state`` told."""
        self.count = state["count"]
        for name in _COUNTERS:
            setattr(self, name, Counter(unpaired(state[name])))

    def findings(self, size: int) -> Iterator[Finding]:
        """What is conspicuous; ``size`` is the short side in px."""
        for (a, b), count in sorted(self.overlaps.items()):
            if count >= OFTEN * self.count:
                what = f"`{a}` and `{b}` overlap" if a != b else f"shapes of `{a}` overlap one another"
                pair = f"{a}, {b}" if a != b else a
                yield Finding("S509", f"{what} in {self._share(count)}, and nothing speaks of it",
                              f"keep them apart (`require apart({pair}) >= 1vmin`), or let what is asked allow for it",
                              group=self.groups[b].id)  # fmt: skip
        for name, count in sorted(self.faint.items()):
            if count >= SOME * self.count:
                yield Finding("S510", f"`{name}` hardly differs from the background in {self._share(count)}",
                              "draw colours that differ from the background, or name the background",
                              group=self.groups[name].id)  # fmt: skip
        for (name, what), count in sorted(self.small.items()):
            if count >= SOME * self.count:
                words = f"`{name}` has {what} in {self._share(count)} of {size} px"
                yield Finding("S511", words, "draw it larger, or ask for larger pictures", group=self.groups[name].id)

    def _share(self, count: int) -> str:
        return f"{count / self.count:.0%} of {self.count} scenes"

    # overlaps ---------------------------------------------------------------------------------------

    def _free(self) -> frozenset[str]:
        """The groups whose place is drawn on its own; where a shape is set upon another, that is meant."""
        drawn = {law.group for var in self.program.vars for law in laws(var.law) if law.name == "placed"}
        return frozenset(group.name for group in self.program.groups if group.id in drawn)

    def _minded(self, facts: Facts) -> frozenset[frozenset[str]]:
        """The pairs of groups whose overlap something required or asked takes account of."""
        program = self.program
        roots = [c.node for c in program.constraints if c.reason in ("require", "even")]
        roots += [ask.answer for ask in program.asks]
        nodes = {ident for root in roots for what, ident in facts.reach(("node", root)) if what == "node"}
        found: set[frozenset[str]] = set()
        for ident in nodes:
            node = program.nodes[ident]
            if node.op != "call" or node.attrs["name"] not in MINDING:
                continue
            sets = [{self._owner(g) for g in facts.groups(arg)} for arg in node.args
                    if program.nodes[arg].type.base == "shape"]  # fmt: skip
            every = {group.name for group in program.groups}
            for one, other in combinations([*sets, *([every] if len(sets) == 1 else [])], 2):
                found.update(frozenset((a, b)) for a in one for b in other)
        return frozenset(found)

    def _owner(self, ident: GroupId) -> str:
        group = self.program.groups[ident]
        while group.parent is not None:
            group = self.program.groups[group.parent]
        return group.name

    def _overlaps(self, scene: Scene, entities: list[SceneShape]) -> None:
        pairs = [
            (a, b) for a, b in combinations(entities, 2)
            if a.group in self.free and b.group in self.free and frozenset((a.group, b.group)) not in self.minded
            and a.box[0] < b.box[2] and b.box[0] < a.box[2] and a.box[1] < b.box[3] and b.box[1] < a.box[3]
        ]  # fmt: skip
        if not pairs:
            return
        shapes = Oracle(self.program, self.registry, scene, self.photos).shapes
        found = set()
        for a, b in pairs:
            one, other = (shapes.slot(shape.slot).geometry for shape in (a, b))
            least = min(one.area, other.area)
            if least > 0 and one.intersection(other).area > COMMON * least:
                found.add((a.group, b.group))
        self.overlaps.update(found)

    # legibility -------------------------------------------------------------------------------------

    def _is_faint(self, scene: Scene, shape: SceneShape) -> bool:
        fields = scene.background.fields
        grounds = [fields[name] for name in GROUND_COLORS if name in fields]
        inks = self._inks(scene, shape)
        if not grounds or not inks or scene.background.kind == "photo" or _lies_on_another(scene, shape):
            return False
        return any(max(_difference(ink, ground) for ink in inks) < FAINT for ground in grounds)

    def _inks(self, scene: Scene, shape: SceneShape) -> list[str]:
        """The colours with which a shape, or the parts of a composite, are painted."""
        if shape.parts:
            return [ink for part in scene.shapes if part.slot in shape.parts for ink in self._inks(scene, part)]
        return [shape.fields[name] for name in INKS if shape.fields.get(name) not in (None, "none")]

    def _is_small(self, shape: SceneShape) -> Iterator[str]:
        kind = self.registry.kinds.get(shape.kind)
        if not shape.painted or kind is None or kind.paint == "none":
            return
        x0, y0, x1, y1 = shape.box
        size = shape.fields.get("size")
        if kind.paint == "text":
            if isinstance(size, int | float) and 0 < size < SMALL_TEXT:
                yield f"text under {SMALL_TEXT:.0f} px"
        elif shape.entity and max(x1 - x0, y1 - y0) < SMALL:
            yield f"less than {SMALL:.0f} px"
        stroke = shape.fields.get("stroke")
        if isinstance(stroke, int | float) and 0 < stroke < THIN and shape.fields.get("fill") in (None, "none"):
            yield f"strokes under {THIN:.0f} px"


def _lies_on_another(scene: Scene, shape: SceneShape) -> bool:
    """Whether something filled lies behind the whole of a shape (by the boxes)."""
    x0, y0, x1, y1 = shape.box
    return any(
        0 < other.id < shape.id
        and other.slot not in shape.parts
        and other.fields.get("fill") not in (None, "none")
        and other.box[0] <= x0 and other.box[1] <= y0 and x1 <= other.box[2] and y1 <= other.box[3]
        for other in scene.shapes
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _difference(one: str, other: str) -> float:
    return float(gap(*(np.asarray([int(color[1:], 16)], np.int64) for color in (one, other)))[0])
