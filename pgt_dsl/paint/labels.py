"""Where labels go: inside a shape that has the room, else beside it where they cover least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.paint.display import TextItem
from pgt_dsl.paint.fonts import text_extent

Box = tuple[float, float, float, float]
Boxes = npt.NDArray[np.float64]

SIZE = 0.045  # of the canvas's smaller side
LEAST_SIZE = 12.0  # px
BLACK, WHITE = 0x000000, 0xFFFFFF
# Sides beside a shape in the order of preference: right, above, below, left, then the corners.
_SIDES = ((1, 0), (0, -1), (0, 1), (-1, 0), (1, -1), (-1, -1), (1, 1), (-1, 1))
_OUTSIDE, _ON_LABEL, _ON_SHAPE = 50.0, 8.0, 1.0


@dataclass(frozen=True, slots=True)
class Labelled:
    """A shape as labels see it: its outline (absolute px; None for a composite), box, middle, and colours.

    fill: packed, -1 for a hollow shape. solid: whether labels should keep off it (not a frame or scenery around all).
    """

    label: str
    at: complex
    box: Box
    outline: Outline | None
    fill: int
    solid: bool = True


@dataclass(frozen=True, slots=True)
class Placed:
    """A label's text with its colour and halo (packed; -1 for none)."""

    text: TextItem
    colour: int
    halo: int


def contrast_to(colour: int) -> int:
    """Black or white, whichever stands out more from the colour."""
    red, green, blue = colour >> 16 & 255, colour >> 8 & 255, colour & 255
    linear = [v / 3294.6 if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in (red, green, blue)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return BLACK if luminance > 0.179 else WHITE  # where both have the same contrast ratio (WCAG)


def place_labels(shapes: Sequence[Labelled], width: int, height: int) -> list[Placed]:
    """The labels of a picture, ``shapes`` in paint order (labels are painted above all).

    A label stands on its shape's ``at`` when the largest disc around ``at`` within the shape holds the text and nothing
    painted later lies there; else beside the shape (beside the middle of a line), at the one of eight places that
    covers least of other shapes and labels, with a halo; a frame's label may also stand within a corner of it.
    """
    size = max(SIZE * min(width, height), LEAST_SIZE)
    strokes = [_is_stroke(shape) for shape in shapes]
    parts = [_obstacles(shape, stroke, size) for shape, stroke in zip(shapes, strokes, strict=True)]
    obstacles = np.concatenate(parts) if parts else np.empty((0, 4))
    owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    taken: list[Box] = []
    placed = []
    for n, shape in enumerate(shapes):
        if not shape.label:
            continue
        extent = text_extent(shape.label, size, bold=True)
        text_box = _around(shape.at, extent)
        if _fits(shape, extent) and not _overlaps(np.array([text_box]), obstacles[owner > n])[0]:
            spot, colour, halo = shape.at, contrast_to(shape.fill), -1
        else:
            others = obstacles if strokes[n] else obstacles[owner != n]
            spot, text_box = _beside(shape, strokes[n], extent, size, others, taken, (width, height))
            colour, halo = BLACK, WHITE
        taken.append(text_box)
        placed.append(Placed(TextItem(shape.label, spot, size, bold=True), colour, halo))
    return placed


def _fits(shape: Labelled, extent: tuple[float, float]) -> bool:
    if shape.fill < 0 or shape.outline is None:
        return False
    return bool(np.hypot(*extent) / 2 <= 0.92 * inscribed(shape.outline, shape.at))


def inscribed(outline: Outline, at: complex) -> float:
    """Radius of the largest disc around ``at`` within one of the pieces; 0 when ``at`` is outside of all."""
    best = 0.0
    for p in range(len(outline.count)):
        core, radius = outline.verts[p, : outline.count[p]], float(outline.radius[p])
        if len(core) == 1:
            best = max(best, radius - abs(core[0] - at))
        elif outline.closed[p] and _contains(core, at):
            best = max(best, radius + _distance(np.append(core, core[0]), at))
        elif not outline.closed[p]:
            best = max(best, radius - _distance(core, at))
    return best


def _contains(core: npt.NDArray[np.complex128], at: complex) -> bool:
    a, b = core - at, np.roll(core, -1) - at
    crosses = (a.imag > 0) != (b.imag > 0)
    x = a.real[crosses] - a.imag[crosses] * (b - a).real[crosses] / (b - a).imag[crosses]
    return bool((x > 0).sum() % 2)


def _distance(line: npt.NDArray[np.complex128], at: complex) -> float:
    a, step = line[:-1], np.diff(line)
    square = np.maximum(np.abs(step) ** 2, 1e-12)
    share = np.clip(((at - a) * np.conj(step)).real / square, 0.0, 1.0)
    return float(np.abs(a + share * step - at).min())


def _is_stroke(shape: Labelled) -> bool:
    outline = shape.outline
    return outline is not None and bool((~outline.closed & (outline.count > 1)).any())


def _is_frame(shape: Labelled) -> bool:
    """Whether the shape is hollow and an upright rectangle, so that a label can stand inside one of its corners."""
    outline = shape.outline
    if shape.fill >= 0 or outline is None or outline.count.tolist() != [4] or not outline.closed[0]:
        return False
    sides = np.diff(outline.verts[0, [0, 1, 2, 3, 0]])
    return bool((np.minimum(np.abs(sides.real), np.abs(sides.imag)) < 0.5).all())


def _obstacles(shape: Labelled, stroke: bool, step: float) -> Boxes:
    """Boxes [K, 4] that stand for a shape: its own box, or small ones along the strokes."""
    if not shape.solid:
        return np.empty((0, 4))
    if not stroke or shape.outline is None:
        return np.array([shape.box])
    outline, found = shape.outline, []
    for p in range(len(outline.count)):
        core, radius = outline.verts[p, : outline.count[p]], float(outline.radius[p]) + 1.0
        for a, b in pairwise(core):
            marks = a + (b - a) * np.linspace(0.0, 1.0, 2 + int(abs(b - a) / step * 2))
            found.append(
                np.stack((marks.real - radius, marks.imag - radius, marks.real + radius, marks.imag + radius), 1)
            )
    return np.concatenate(found) if found else np.array([shape.box])


def _around(at: complex, extent: tuple[float, float]) -> Box:
    half_x, half_y = extent[0] / 2, extent[1] / 2
    return at.real - half_x, at.imag - half_y, at.real + half_x, at.imag + half_y


def _overlaps(boxes: Boxes, others: Boxes) -> npt.NDArray[np.float64]:
    """Of each box the area in px2 that it shares with others (what several share counts several times)."""
    one = boxes[:, None]
    wide = np.minimum(one[..., 2], others[:, 2]) - np.maximum(one[..., 0], others[:, 0])
    high = np.minimum(one[..., 3], others[:, 3]) - np.maximum(one[..., 1], others[:, 1])
    return np.asarray((np.maximum(wide, 0) * np.maximum(high, 0)).sum(axis=1))


def _beside(
    shape: Labelled,
    stroke: bool,
    extent: tuple[float, float],
    size: float,
    obstacles: Boxes,
    taken: Sequence[Box],
    canvas: tuple[int, int],
) -> tuple[complex, Box]:
    anchor = (shape.at.real, shape.at.imag, shape.at.real, shape.at.imag) if stroke else shape.box
    gap = size * (0.55 if stroke else 0.25)
    labels = np.array(taken).reshape(-1, 4)
    margin = size * 0.12
    middle = complex((anchor[0] + anchor[2]) / 2, (anchor[1] + anchor[3]) / 2)
    reach = complex((anchor[2] - anchor[0] + extent[0]) / 2 + gap, (anchor[3] - anchor[1] + extent[1]) / 2 + gap)
    places = [(across * reach.real, down * reach.imag) for across, down in _SIDES[:4]]
    nearer = reach - 0.4 * gap * (1 + 1j)  # at a corner the gap looks wider
    places += [(across * nearer.real, down * nearer.imag) for across, down in _SIDES[4:]]
    if _is_frame(shape) and reach.real > 2 * extent[0] and reach.imag > 2 * extent[1]:
        inner = reach - complex(*extent) - 2.4 * gap * (1 + 1j)
        places += [(across * inner.real, down * inner.imag) for across, down in _SIDES[4:]]
    spots = [middle + complex(across, down) for across, down in places]
    boxes = [_around(spot, extent) for spot in spots]
    wide = np.array(boxes) + np.array((-margin, -margin, margin, margin))
    left, top, right, bottom = wide.T
    area = (right - left) * (bottom - top)
    wide_in = np.minimum(right, canvas[0]) - np.maximum(left, 0)
    high_in = np.minimum(bottom, canvas[1]) - np.maximum(top, 0)
    within = np.maximum(wide_in, 0.0) * np.maximum(high_in, 0.0)
    cost = _OUTSIDE * (area - within) + _ON_LABEL * _overlaps(wide, labels) + _ON_SHAPE * _overlaps(wide, obstacles)
    best = int(np.argmin(cost + 1e-3 * np.arange(len(places)) * area))
    return spots[best], boxes[best]
