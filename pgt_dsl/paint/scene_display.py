"""From scenes to a display list: which shapes are painted in which order and colours, with their labels on top."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.paint.columns import STEPS, chosen, outlines, packed, point, quantised, row
from pgt_dsl.paint.display import DisplayList, TextItem
from pgt_dsl.paint.labels import Labelled, place_labels
from pgt_dsl.plugins.extension import Kind
from pgt_dsl.scene.scene import Scene, SceneShape

FRAME_GREY = 0x9A9A9A
_PANEL_STROKE = 0.005  # of the canvas's smaller side
_DEFAULT_STROKE = 2.0  # px


class _Item(NamedTuple):
    """One item of a display list; ``outline`` is the number of its shape among the batch's, -1 for a text."""

    outline: int
    fill: int = -1
    edge: int = -1
    stroke: float = 0.0
    opacity: float = 1.0
    id: int = 0
    text: TextItem | None = None
    halo: int = -1


def display_list(scenes: Sequence[Scene], kinds: Mapping[str, Kind]) -> DisplayList:
    """The display list of a batch of scenes of one size; ``kinds`` by name, as the registry of plugins has them.

    Painted are the shapes with ``painted`` and an ``id``, by (layer, slot); then labels. A shape with neither ``fill``
    nor ``outline`` is drawn as a hollow one in its ``color`` (grey when that is none too), so that it never vanishes.
    Raises ``ValueError`` when the scenes differ in size or a kind is not installed, ``PgtError`` for an opacity that
    is none.
    """
    width, height = (scenes[0].width, scenes[0].height) if scenes else (1, 1)
    if any((scene.width, scene.height) != (width, height) for scene in scenes):
        raise ValueError("the scenes of a batch have one size")
    ordered = [sorted((s for s in scene.shapes if s.painted and s.id), key=_paint_rank) for scene in scenes]
    flat = [shape for shapes in ordered for shape in shapes]
    outline = outlines(flat, kinds)
    lines = np.asarray((~outline.closed & (outline.count > 1)).any(axis=1)).tolist()
    items: list[_Item] = []
    start = [0]
    first = 0
    for scene, shapes in zip(scenes, ordered, strict=True):
        painted = [_item(shape, n, lines[n], kinds[shape.kind], scene) for n, shape in enumerate(shapes, first)]
        own = range(first, first + len(shapes))
        first += len(shapes)
        items += [item for item in painted if item is not None]
        if any(shape.fields.get("label") for shape in scene.shapes):
            items += _labels(scene, shapes, [row(outline, n) for n in own], painted)
        start.append(len(items))
    return _assembled(items, start, outline, scenes)


def _paint_rank(shape: SceneShape) -> tuple[float, int]:
    return float(shape.fields.get("layer") or 0.0), shape.slot


def _item(shape: SceneShape, number: int, is_line: bool, kind: Kind, scene: Scene) -> _Item | None:
    if kind.paint == "none":
        return None
    fields = shape.fields
    fill, edge = packed(fields.get("fill")), packed(fields.get("outline"))
    opacity = float(fields.get("opacity", 1.0))
    if not 0 <= opacity <= 1:
        raise PgtError(f"`{shape.group}` has an opacity of {opacity:.0%}; write 0% to 100%")
    if kind.paint == "text":
        text = TextItem(
            str(fields.get("text", "")),
            _snapped(point(fields["at"])),
            float(fields.get("size", 0.0)),
            float(fields.get("turn", 0.0)),
            bool(fields.get("mirrored", False)),
        )
        return _Item(-1, _hue(fields, fill, edge), -1, 0.0, opacity, shape.id, text)
    if kind.name == "panel":  # a thin frame around what `fill` says; none around a panel that is cut out
        thin = max(1.0, _PANEL_STROKE * min(scene.width, scene.height))
        frame = -1 if fields.get("cut") else edge if edge >= 0 else FRAME_GREY
        return _Item(number, fill, frame, thin if frame >= 0 else 0.0, opacity, shape.id)
    if is_line:  # its `stroke` is the thickness: no room for an edge
        return _Item(number, _hue(fields, fill, edge), -1, 0.0, opacity, shape.id)
    if fill < 0 and edge < 0:
        edge = _hue(fields, fill, edge)
    stroke = _whole_steps(fields.get("stroke", _DEFAULT_STROKE)) if edge >= 0 else 0.0
    return _Item(number, fill, edge, stroke, opacity, shape.id)


def _whole_steps(length: float | None) -> float:
    """A length as ``quantised`` has it; NaN for one that is missing, for the painter to refuse by name."""
    if length is None or not math.isfinite(length):
        return math.nan if length is None else length
    return round(length * STEPS) / STEPS


def _hue(fields: Mapping[str, Any], fill: int, edge: int) -> int:
    """The colour of what has but one."""
    if fill >= 0 or edge >= 0:
        return fill if fill >= 0 else edge
    colour = packed(fields.get("color"))
    return colour if colour >= 0 else FRAME_GREY


def _labels(
    scene: Scene, shapes: Sequence[SceneShape], own: Sequence[Outline], painted: Sequence[_Item | None]
) -> list[_Item]:
    seen = [
        Labelled(
            str(shape.fields.get("label") or ""),
            point(shape.fields["at"]),
            shape.box,
            outline,
            -1 if item is None or item.opacity < 0.6 else item.fill,
            not shape.fields.get("scenery") and shape.kind not in ("panel", "box"),
        )
        for shape, outline, item in zip(shapes, own, painted, strict=True)
    ]
    slots = {shape.slot for shape in shapes}
    for shape in scene.shapes:
        label = str(shape.fields.get("label") or "")
        if label and shape.slot not in slots:  # composites: their parts are the obstacles
            x0, y0, x1, y1 = shape.box
            seen.append(Labelled(label, complex((x0 + x1) / 2, (y0 + y1) / 2), shape.box, None, -1, False))
    placed = place_labels(seen, scene.width, scene.height)
    return [_Item(-1, p.colour, text=replace(p.text, at=_snapped(p.text.at)), halo=p.halo) for p in placed]


def _snapped(at: complex) -> complex:
    return complex(quantised(np.asarray(at)))


def _assembled(items: Sequence[_Item], start: Sequence[int], outline: Outline, scenes: Sequence[Scene]) -> DisplayList:
    columns = zip(*items, strict=True) if items else ((),) * len(_Item._fields)
    numbers, fill, edge, stroke, opacity, ids, texts, halo = columns
    return DisplayList(
        width=scenes[0].width if scenes else 1,
        height=scenes[0].height if scenes else 1,
        start=np.array(start, np.int64),
        outline=chosen(outline, numbers),
        fill=np.array(fill, np.int64),
        edge=np.array(edge, np.int64),
        stroke=np.array(stroke, np.float64),
        opacity=np.array(opacity, np.float64),
        id=np.array(ids, np.int64),
        texts=tuple(texts),
        halo=np.array(halo, np.int64),
        backgrounds=tuple(scene.background for scene in scenes),
    )
