"""What a function of the registry sees: its aligned arguments, resolved shapes, and the scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.program import outlines, shapes
from pgt_dsl.program.datatypes import NO_COLOR, Type
from pgt_dsl.program.inputs import Array, Bools, Floats, Ints, PhotoCatalog, Value

if TYPE_CHECKING:
    from pgt_dsl.program.evaluate import Evaluator

# Mean L* under a shape where the background says nothing of its colours, as a plugin's may.
LIGHT = 90.0


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of one call. ``args`` are aligned: leading dimensions ``[B or 1, axes...]`` broadcast against each
    other, lists have one more at the end (data and mask). ``types`` are theirs; ``result`` and ``sizes`` the
    result's type and static list lengths; ``groups`` the groups that each shape argument may belong to.

    Of loops that are mostly empty a function sees only the places with an item: then the leading dimensions are one,
    ``[N]``, and ``rows`` (int64[N]) says which row of the evaluator each place belongs to."""

    ev: Evaluator
    args: tuple[Value, ...]
    types: tuple[Type, ...]
    result: Type
    sizes: tuple[int, ...] = ()
    groups: tuple[tuple[int, ...], ...] = ()
    rows: Ints | None = None

    def outline(self, k: int) -> Outline:
        """The outlines of shape argument k; leading dimensions are those of ``args[k].data`` (B may be 1 for either).
        Absent items of a list have outlines too: mind the mask."""
        return outlines.outline_at(self.ev, self.groups[k], self.args[k].data, self.rows)

    def field(self, k: int, name: str) -> Array:
        """A field of shape argument k, dimensions of ``args[k].data`` and then the field's own. Raises ``KeyError``."""
        return self.field_value(k, name).data

    def field_value(self, k: int, name: str) -> Value:
        """As ``field``, with the mask of a list field."""
        return shapes.field(self.ev, self.groups[k], name, self.args[k].data, self.rows)

    @property
    def scene(self) -> SceneView:
        """Batch-level things, a row for each row (or place) of the arguments."""
        return self.ev.scene if self.rows is None else self.ev.take(self.rows).scene


@dataclass(frozen=True, slots=True)
class SceneView:
    """The scene as a whole, one row a scene."""

    ev: Evaluator

    @property
    def width(self) -> Floats:
        """Width of the canvas in px: float64[B]."""
        return self.ev.inputs.width

    @property
    def height(self) -> Floats:
        """Height of the canvas in px: float64[B]."""
        return self.ev.inputs.height

    @property
    def background(self) -> str:
        """The kind of the background, ``any`` when it is chosen later."""
        return self.ev.program.background.kind

    def all_shapes(self) -> tuple[Ints, Bools, Outline, Ints, Ints]:
        """The painted leaf shapes: slots int64[S], present bool[B, S], outlines with leading dimensions (B or 1, S),
        paint order int64[B, S] and fill int64[B, S] (``NO_COLOR`` where nothing is filled)."""
        ev = self.ev
        groups = tuple(g for g in outlines.painted(ev) if ev.program.groups[g].kind != outlines.CANVAS)
        if not groups:
            raise PgtError("nothing is painted in this task")
        records = [ev.program.groups[g] for g in groups]
        slots = np.concatenate([np.arange(g.start, g.start + g.size) for g in records])
        shape = (ev.rows, len(slots))
        there = shapes.beside([shapes.present(ev, g) for g in groups])
        order = ev.paint_order()[:, slots]
        fills = []
        for group in records:
            name = "fill" if "fill" in group.fields else "color"
            known = name in group.fields
            fills.append(ev.group_field(group.id, name) if known else np.full((1, group.size), NO_COLOR, np.int64))
        return (
            slots,
            np.broadcast_to(there, shape),
            outlines.outlines(ev, groups),
            np.broadcast_to(order, shape),
            np.broadcast_to(shapes.beside(fills), shape),
        )

    def luma_under(self, x0: Array, y0: Array, x1: Array, y1: Array) -> Floats:
        """Mean CIE L* (0..100) of the background within boxes in px; leading dimension B (or 1)."""
        background = self.ev.program.background
        boxes = [np.asarray(a, np.float64) for a in (x0, y0, x1, y1)]
        shape = np.broadcast_shapes(*(b.shape for b in boxes))
        if background.kind == "photo" and self.ev.inputs.photos is not None:
            full = [np.broadcast_to(b, (self.ev.rows, *shape[1:])) for b in boxes]
            x0, y0, x1, y1 = full
            frame = self.ev.photo_frame()
            return self.ev.inputs.photos.luma_under(self.ev.photo_ids(), x0=x0, y0=y0, x1=x1, y1=y1, **frame)
        if background.kind == "gradient":
            return self._gradient((boxes[0] + boxes[2]) / 2, (boxes[1] + boxes[3]) / 2)
        colors = [n for n in ("color", "from_color", "to_color") if n in background.fields]
        if not colors:
            return np.full(shape, LIGHT)
        lights = [self._lightness(background.fields[name]) for name in colors]
        mean = np.asarray(sum(lights) / len(lights))
        return np.broadcast_to(mean.reshape(-1, *(1,) * (len(shape) - 1)), (self.ev.rows, *shape[1:]))

    def depth_at(self, points: Array) -> Floats:
        """Values of depth at points in px, whose leading dimension is B (or 1); NaN where none is known."""
        photos = self._photos()
        if photos is None:
            return np.full(points.shape, np.nan)
        return photos.depth_at(self.ev.photo_ids(), points=self._each(points), **self.ev.photo_frame())

    def depth_spread(self, points: Array, radius: Array) -> Floats:
        """By what share the farthest place within a radius (px) of points is farther than the nearest."""
        photos = self._photos()
        if photos is None:
            return np.full(points.shape, np.nan)
        around = {"points": self._each(points), "radius": self._each(radius)}
        return photos.depth_spread(self.ev.photo_ids(), **around, **self.ev.photo_frame())

    def depth_within(self, outline: Outline, share: Array) -> Floats:
        """Quantiles of depth within outlines, leading dimension B (or 1) as ``share``."""
        photos = self._photos()
        if photos is None:
            return np.full(share.shape, np.nan)
        parts = (self._each(a) for a in (outline.verts, outline.count, outline.closed, outline.radius))
        share = self._each(share)
        return photos.depth_within(self.ev.photo_ids(), outline=Outline(*parts), share=share, **self.ev.photo_frame())

    def texture_under(self, x0: Array, y0: Array, x1: Array, y1: Array) -> Floats:
        """The standard deviation of CIE L* (0..100) of the photo within boxes in px; leading dimension B (or 1)."""
        photos = self._photos()
        if photos is None:
            return np.full(x0.shape, np.nan)
        boxes = (self._each(np.asarray(a, np.float64)) for a in (x0, y0, x1, y1))
        box = dict(zip(("x0", "y0", "x1", "y1"), boxes, strict=True))
        return photos.texture_under(self.ev.photo_ids(), **box, **self.ev.photo_frame())

    def _photos(self) -> PhotoCatalog | None:
        return self.ev.inputs.photos if self.background == "photo" else None

    def _each(self, data: Array) -> Array:
        """A column of which one row may stand for all, with all."""
        return np.broadcast_to(data, (self.ev.rows, *data.shape[1:]))

    def _gradient(self, x: Floats, y: Floats) -> Floats:
        """CIE L* of the background gradient at places, whose leading dimension is B (or 1)."""
        ev, fields = self.ev, self.ev.program.background.fields
        lead = (-1, *(1,) * (x.ndim - 1))
        one, two, turn = (
            np.asarray(ev.value(fields[n]).data).reshape(lead) for n in ("from_color", "to_color", "turn")
        )
        ahead = np.exp(1j * np.radians(turn.astype(np.float64)))
        wide, high = self.width.reshape(lead), self.height.reshape(lead)
        reach = (np.abs(ahead.real) * wide + np.abs(ahead.imag) * high) / 2
        step = (x - wide / 2) * ahead.real + (y - high / 2) * ahead.imag
        share = np.clip(0.5 + 0.5 * step / reach, 0.0, 1.0)
        parts = [
            np.rint((one >> k & 255) * (1 - share) + (two >> k & 255) * share).astype(np.int64) << k for k in (16, 8, 0)
        ]
        return self._light_of(Value(np.asarray(sum(parts))))

    def _lightness(self, node: int) -> Floats:
        return self._light_of(self.ev.value(node))

    def _light_of(self, colors: Value) -> Floats:
        ev = self.ev
        call = Call(ev, (colors,), (Type("color"),), Type("number"))
        return 100.0 * np.asarray(ev.load(ev.registry.functions["lightness"].value)(call), np.float64)
