"""From scenes to a display list: which shapes are painted in which order and colours, with their labels on top."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.paint.columns import outlines, packed, point, quantised, stacked
from pgt_dsl.paint.display import DisplayList, TextItem
from pgt_dsl.paint.labels import Labelled, place_labels
from pgt_dsl.plugins.extension import Kind
from pgt_dsl.scene.scene import Scene, SceneShape

FRAME_GREY = 0x9A9A9A
_PANEL_STROKE = 0.005  # of the canvas's smaller side
_DEFAULT_STROKE = 2.0  # px


@dataclass(frozen=True, slots=True)
class _Item:
    """One item of a display list before it is stacked."""

    outline: Outline | None
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
    found = iter(outlines(flat, kinds))
    items: list[_Item] = []
    start = [0]
    for scene, shapes in zip(scenes, ordered, strict=True):
        own = [next(found) for _ in shapes]
        painted = [_item(shape, outline, kinds[shape.kind], scene) for shape, outline in zip(shapes, own, strict=True)]
        items += [item for item in painted if item is not None]
        items += _labels(scene, shapes, own, painted)
        start.append(len(items))
    return _assembled(items, start, width, height, scenes)


def _paint_rank(shape: SceneShape) -> tuple[float, int]:
    return float(shape.fields.get("layer") or 0.0), shape.slot


def _item(shape: SceneShape, outline: Outline, kind: Kind, scene: Scene) -> _Item | None:
    if kind.paint == "none":
        return None
    fields = shape.fields
    fill, edge = packed(fields.get("fill")), packed(fields.get("outline"))
    colour = packed(fields.get("color"))
    hue = next((c for c in (fill, edge, colour) if c >= 0), FRAME_GREY)
    opacity = float(fields.get("opacity", 1.0))
    if not 0 <= opacity <= 1:
        raise PgtError(f"`{shape.group}` has an opacity of {opacity:.0%}; write 0% to 100%")
    if kind.paint == "text":
        text = TextItem(
            str(fields.get("text", "")),
            complex(quantised(np.asarray(point(fields["at"])))),
            float(fields.get("size", 0.0)),
            float(fields.get("turn", 0.0)),
            bool(fields.get("mirrored", False)),
        )
        return _Item(None, hue, -1, 0.0, opacity, shape.id, text)
    stroke = float(quantised(np.asarray(fields.get("stroke", _DEFAULT_STROKE), np.float64)))
    if kind.name == "panel":  # a thin frame around what `fill` says; none around a panel that is cut out
        thin = max(1.0, _PANEL_STROKE * min(scene.width, scene.height))
        frame = -1 if fields.get("cut") else edge if edge >= 0 else FRAME_GREY
        return _Item(outline, fill, frame, thin if frame >= 0 else 0.0, opacity, shape.id)
    if (~outline.closed & (outline.count > 1)).any():
        return _Item(
            outline, hue, -1, 0.0, opacity, shape.id
        )  # of a line, `stroke` is the thickness: no room for an edge
    if fill < 0 and edge < 0:
        edge = hue
    return _Item(outline, fill, edge, stroke if edge >= 0 else 0.0, opacity, shape.id)


def _labels(
    scene: Scene, shapes: Sequence[SceneShape], own: Sequence[Outline], painted: Sequence[_Item | None]
) -> list[_Item]:
    if not any(shape.fields.get("label") for shape in scene.shapes):
        return []
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
    return [_Item(None, p.colour, text=_snapped(p.text), halo=p.halo) for p in placed]


def _snapped(text: TextItem) -> TextItem:
    at = complex(quantised(np.asarray(text.at)))
    return TextItem(text.text, at, text.size, text.turn, text.mirrored, text.bold)


def _assembled(
    items: Sequence[_Item], start: Sequence[int], width: int, height: int, scenes: Sequence[Scene]
) -> DisplayList:
    return DisplayList(
        width=width,
        height=height,
        start=np.array(start, np.int64),
        outline=stacked(item.outline for item in items),
        fill=np.array([item.fill for item in items], np.int64),
        edge=np.array([item.edge for item in items], np.int64),
        stroke=np.array([item.stroke for item in items], np.float64),
        opacity=np.array([item.opacity for item in items], np.float64),
        id=np.array([item.id for item in items], np.int64),
        texts=tuple(item.text for item in items),
        halo=np.array([item.halo for item in items], np.int64),
        backgrounds=tuple(scene.background for scene in scenes),
    )
