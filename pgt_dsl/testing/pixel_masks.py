"""The pixels of each shape of a picture, and what they tell of it within bounds: edges, places, areas, colours, gaps,
what lies within what and what hides what. ``CannotTell`` where a part may be hidden.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pgt_dsl.scene.scene import Scene, SceneShape
from pgt_dsl.testing.pixel_values import CannotTell, Span, Spot, Tint

EDGE = 1.0  # px that the edge of a mask may be off: a pixel is a shape's where it covers half of it
_EVEN = frozenset({"circle", "square", "ellipse", "rectangle", "diamond", "hexagon", "cross"})
_CENTRED = frozenset({"circle", "dot", "ellipse", "square", "rect", "line", "box", "panel", "text", "glyph"})


class Masks:
    """The pixels of each shape of a scene. ``ids`` is uint16[H, W], ``pixels`` uint8[H, W, 3]."""

    def __init__(self, scene: Scene, ids: npt.NDArray[np.uint16], pixels: npt.NDArray[np.uint8]) -> None:
        self.ids, self.pixels = ids, pixels
        self.shapes: Mapping[int, SceneShape] = {shape.slot: shape for shape in scene.shapes}
        self._masks: dict[int, npt.NDArray[np.bool_]] = {}
        self._whole: dict[int, bool] = {}
        self._hulls: dict[int, npt.NDArray[np.bool_]] = {}

    def shape(self, slot: int) -> SceneShape:
        """What the scene says of a shape: its kind, id, and what is painted of it."""
        if slot not in self.shapes:
            raise CannotTell("it is not among the painted shapes")
        return self.shapes[slot]

    @cached_property
    def present(self) -> frozenset[int]:
        """The ids that have pixels."""
        return frozenset(np.flatnonzero(np.bincount(self.ids.ravel())).tolist()) - {0}

    def numbers(self, slot: int) -> list[int]:
        """The ids of a shape: one, or those of its parts."""
        shape = self.shape(slot)
        return (
            [shape.id] if shape.id else [k for part in shape.parts if part in self.shapes for k in self.numbers(part)]
        )

    def mask(self, slot: int) -> npt.NDArray[np.bool_]:
        """The pixels where a shape is seen, bool[H, W]; some, at least."""
        if slot not in self._masks:
            self._masks[slot] = np.isin(self.ids, self.numbers(slot))
        found = self._masks[slot]
        if not found.any():
            raise CannotTell("nothing of it is seen")
        return found

    def whole(self, slot: int) -> npt.NDArray[np.bool_]:
        """The mask of a shape that nothing hides: that touches neither the picture's edge nor what is painted later."""
        mask = self.mask(slot)
        if slot not in self._whole:
            near = grown(mask, 2)
            later = self.ids[near & ~mask].max(initial=0) > max(self.numbers(slot))
            rim = mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any()
            words = any(s.kind in ("text", "glyph") and s.id > max(self.numbers(slot)) and _meet(s, self.shape(slot))
                        for s in self.shapes.values())  # fmt: skip
            self._whole[slot] = not (later or rim or words)
        if not self._whole[slot]:
            raise CannotTell("something may hide a part of it")
        return mask

    def box(self, slot: int) -> tuple[Span, Span, Span, Span]:
        """The left, top, right and bottom edge of a shape (px)."""
        if self.shape(slot).kind in ("text", "glyph"):
            raise CannotTell("a text's ink is not its box")
        mask = self.whole(slot)
        ys, xs = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        # a sharp corner may reach further than the pixels that it covers half of
        reach = EDGE if self._round(slot) else EDGE + (1.0 if self.shape(slot).kind == "line" else 3.0)
        ends = [(xs[0], reach, EDGE), (ys[0], reach, EDGE), (xs[-1] + 1, EDGE, reach), (ys[-1] + 1, EDGE, reach)]
        left, top, right, bottom = (Span(float(v) - below, float(v) + above) for v, below, above in ends)
        return left, top, right, bottom

    def _round(self, slot: int) -> bool:
        shape = self.shape(slot)
        upright = float(shape.fields.get("turn") or 0.0) % 90 == 0
        return shape.kind in ("circle", "dot") or (upright and shape.kind in ("rect", "square", "box", "panel"))

    def spot(self, slot: int) -> Spot:
        """Where a shape stands: the middle of its box; of an uneven form, within a quarter of its size."""
        shape = self.shape(slot)
        left, top, right, bottom = self.box(slot)
        centred = shape.kind in _CENTRED or shape.fields.get("form") in _EVEN
        upright = float(shape.fields.get("turn") or 0.0) == 0.0
        if shape.kind in ("path", "curve", "arrow") or not shape.id:
            raise CannotTell("its place is not the middle of what is seen")
        off = 0.0 if centred or (upright and shape.kind == "figure") else 0.25 * max(
            right.high - left.low, bottom.high - top.low
        )  # fmt: skip
        x, y = (Span((a.low + b.low) / 2 - off, (a.high + b.high) / 2 + off) for a, b in ((left, right), (top, bottom)))
        return Spot(x, y)

    def filled(self, slot: int) -> npt.NDArray[np.bool_]:
        """The mask of a whole shape with what its rim encloses."""
        return enclosed(self.whole(slot))

    def area(self, slot: int) -> Span:
        """The area of the filled outline (px2)."""
        if self.shape(slot).kind in ("text", "glyph"):
            raise CannotTell("a text's ink is not its box")
        mask = self.filled(slot) if self.hollow(slot) else self.whole(slot)
        rim = mask & ~shrunk(mask)
        count, loose = float(mask.sum()), 0.6 * float(rim.sum()) + 4.0
        return Span(max(count - loose, 0.0), count + loose)

    def hollow(self, slot: int) -> bool:
        """Whether only the rim is painted."""
        return self.shape(slot).fields.get("fill") in ("none", None)

    def tint(self, slot: int) -> Tint:
        """The colour that most of a shape has, away from its rim."""
        shape, mask = self.shape(slot), self.mask(slot)
        if _translucent(shape) or shape.kind in ("text", "glyph"):
            raise CannotTell("its colour is mixed with what is beneath")
        top = max(self.numbers(slot))
        if any(_translucent(s) and s.id > top and _meet(s, shape) for s in self.shapes.values()):
            raise CannotTell("its colour is mixed with what lies over it, as a shadow")
        rim = 0.0 if shape.fields.get("outline") in ("none", None) else float(shape.fields.get("stroke") or 0.0)
        inner = mask
        for _ in range(1 + math.ceil(rim)):
            inner = shrunk(inner)
        if inner.sum() < 5:
            raise CannotTell("too little of it is seen")
        red, green, blue = (int(v) for v in np.median(self.pixels[inner], axis=0))
        return Tint((red, green, blue))

    def gap(self, one: int, two: int) -> Span:
        """The free gap of two whole shapes (px); below a pixel and a half they may touch or overlap."""
        a, b = self.mask(one), self.mask(two)
        if any(self.shape(k).kind in ("text", "glyph") for k in (one, two)):
            raise CannotTell("a text's ink is not its box")
        ya, xa = np.nonzero(a & ~shrunk(a))
        yb, xb = np.nonzero(b & ~shrunk(b))
        if len(ya) * len(yb) > 4_000_000:
            raise CannotTell("too many pixels")
        apart = np.sqrt(((ya[:, None] - yb) ** 2 + (xa[:, None] - xb) ** 2).min())
        if apart > 3:
            self.whole(one), self.whole(two)
            sharp = 0 if self._round(one) and self._round(two) else 6
            return Span(float(apart) - 2.5 - sharp, float(apart) + 1.5)
        if self.hollow(one) or self.hollow(two):
            raise CannotTell("rims that meet")
        return Span(-math.inf, float(apart) + 1.5)

    def holds(self, inner: int, outer: int) -> bool:
        """Whether one shape lies within another, where neither is nearer than two pixels to the other's edge."""
        a = self.mask(inner)
        b = self.filled_around(outer)
        if not (a & ~shrunk(shrunk(b))).any():
            self.whole(inner)
            return True
        if (a & ~grown(b, 3)).any():
            return False
        raise CannotTell("it is near the edge")

    def filled_around(self, slot: int) -> npt.NDArray[np.bool_]:
        """What a shape's outline encloses, whatever lies upon it inside."""
        if not self.hollow(slot):
            raise CannotTell("what lies upon it hides it")
        mask = self.mask(slot)
        if mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any():
            raise CannotTell("it reaches the edge of the picture")
        found = enclosed(mask)
        if found.sum() < 1.5 * mask.sum():
            raise CannotTell("its rim is not closed")
        return found

    def in_front(self, one: int, two: int) -> bool:
        """Whether one of two convex shapes that overlap hides a part of the other."""
        a, b = self.mask(one), self.mask(two)
        if any(self.shape(k).kind not in ("circle", "rect", "square", "ellipse", "dot") or self.hollow(k)
               for k in (one, two)):  # fmt: skip
            raise CannotTell("a form that may have a notch of its own")
        for slot, mask in ((one, a), (two, b)):
            if slot not in self._hulls:
                self._hulls[slot] = hull(mask)
        over, under = int((self._hulls[two] & a).sum()), int((self._hulls[one] & b).sum())
        least = 0.01 * min(a.sum(), b.sum()) + 6 + 2 * math.sqrt(min(a.sum(), b.sum()))
        if over > least and under < over / 8:
            return True
        if under > least and over < under / 8:
            return False
        raise CannotTell("they hide nothing of each other")


def _translucent(shape: SceneShape) -> bool:
    return float(shape.fields.get("opacity", 1.0) or 0.0) < 1


def _meet(a: SceneShape, b: SceneShape) -> bool:
    return a.box[0] < b.box[2] and b.box[0] < a.box[2] and a.box[1] < b.box[3] and b.box[1] < a.box[3]


def shrunk(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The pixels of a mask whose four neighbours are in it too."""
    wide = np.pad(mask, 1)
    found: npt.NDArray[np.bool_] = mask & wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]
    return found


def grown(mask: npt.NDArray[np.bool_], by: int) -> npt.NDArray[np.bool_]:
    """The pixels that are in a mask, or ``by`` steps from it."""
    return np.asarray(~_times(~mask, by))


def _times(mask: npt.NDArray[np.bool_], by: int) -> npt.NDArray[np.bool_]:
    for _ in range(by):
        wide = np.pad(mask, 1, constant_values=True)
        mask = mask & wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]
    return mask


def enclosed(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """A mask with the pixels from which no way along rows and columns leads out of the picture past it."""
    free = np.pad(~mask, 1, constant_values=True)
    out = np.zeros_like(free)
    out[0] = out[-1] = True
    while True:
        more = _along_rows(_along_rows(out, free).T, free.T).T
        if (more == out).all():
            return np.asarray(~out[1:-1, 1:-1])
        out = more


def _along_rows(out: npt.NDArray[np.bool_], free: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The free pixels of the runs of each row that hold one of ``out``."""
    starts = free.copy()
    starts[:, 1:] &= ~free[:, :-1]
    runs = np.where(free, np.cumsum(starts.ravel()).reshape(free.shape), 0)
    reached = np.zeros(int(runs.max(initial=0)) + 1, np.bool_)
    reached[runs[out]] = True
    reached[0] = False
    return np.asarray(reached[runs])


def hull(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The pixels whose middles lie in the convex hull of a mask."""
    import shapely

    ys, xs = np.nonzero(mask & ~shrunk(mask))
    around = shapely.convex_hull(shapely.MultiPoint(np.stack([xs, ys], axis=1)))
    found = np.zeros(mask.shape, np.bool_)
    x0, y0, x1, y1 = (int(v) for v in around.bounds)
    xx, yy = np.meshgrid(np.arange(x0, x1 + 1), np.arange(y0, y1 + 1))
    found[y0 : y1 + 1, x0 : x1 + 1] = shapely.contains_xy(around, xx, yy)
    return found
