"""What a display list must look like: exact coverage of every pixel, by means that no painter shares.

Along a horizontal line the extents of all pieces are known exactly; they are sorted and merged, so that a union is a
union. A row of pixels is cut by 256 such lines and more (``_heights``): the lines lie between the heights at which the
outline turns, so that nearly level sides cost no accuracy either. Shapes are told from exact areas by less than 0.1 of
255 (see ``tests/paint/test_coverage_oracle.py``). Slow, and meant to be: about a millisecond for a row of pixels.

The part at least ``stroke`` inside is the union less a band: all points nearer than ``stroke`` to its boundary. The
boundary comes from shapely, with chords that leave an arc by 0.0004 px at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from pgt_dsl.paint.display import DisplayList, TextItem
from pgt_dsl.paint.fonts import text_mask
from pgt_dsl.testing.spans import band, covered, pieces

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Points = npt.NDArray[np.complex128]
Look = Literal["convex", "other", "text"]

FAR = float(1 << 20)  # px; numbers beyond count as this
SUB = 256
_PARTIAL = 1e-9  # coverages nearer to 0 or 1 are 0 or 1
_CHORD = 4e-4  # px by which a chord may leave its arc


@dataclass(frozen=True, slots=True)
class Cover:
    """Coverage by one item (or one layer of a text) of the pixels from column ``x0`` and row ``y0`` on.

    outer, inner: float64[h, w] in 0..1. ``fill``, ``edge``: packed colours, -1 for none. ``id``: 0 for a layer that has
    none.
    """

    picture: int
    item: int
    x0: int
    y0: int
    outer: Floats
    inner: Floats
    fill: int
    edge: int
    id: int
    look: Look

    @property
    def painted(self) -> Floats:
        """The share that fill and edge cover together, whatever the opacity: float64[h, w]."""
        return (
            self.outer
            if self.fill >= 0 and self.edge >= 0
            else self.inner
            if self.fill >= 0
            else self.outer - self.inner
        )


@dataclass(frozen=True, slots=True)
class Exact:
    """The exact picture of a display list.

    rgb: uint8[B, H, W, 3]. ids: uint16[B, H, W]. look: uint8[B, H, W], 0 where no edge shows, 1 where only edges of
    convex shapes do, 2 where an edge of another shape or of text does. unsure: float64[B, H, W], how near to a half
    the coverage is that decides the id (1 where none is near). top: int32[B, H, W], the item painted last, -1 for none.
    """

    rgb: Bytes
    ids: npt.NDArray[np.uint16]
    look: Bytes
    unsure: Floats
    top: npt.NDArray[np.int32]
    covers: tuple[Cover, ...]


def exact(display: DisplayList, backgrounds: Bytes) -> Exact:
    """The exact picture; ``backgrounds`` is uint8[B, H, W, 3] and not modified. Numbers must be finite."""
    shape = backgrounds.shape[:3]
    found = Exact(
        backgrounds.copy(), np.zeros(shape, np.uint16), np.zeros(shape, np.uint8), np.ones(shape),
        np.full(shape, -1, np.int32), tuple(covers(display)),
    )  # fmt: skip
    for cover in found.covers:
        _composite(display, cover, found)
    return found


def covers(display: DisplayList) -> list[Cover]:
    """The coverages of all items that show, in the order in which they are painted."""
    result: list[Cover] = []
    for b in range(len(display.start) - 1):
        for n in range(int(display.start[b]), int(display.start[b + 1])):
            text = display.texts[n]
            if text is not None:
                result += _text(display, b, n, text)
            elif display.fill[n] >= 0 or display.edge[n] >= 0:
                result += _shape(display, b, n)
    return result


def used_pieces(display: DisplayList, n: int) -> list[tuple[Points, bool, float]]:
    """The pieces of an item as (vertices, whether closed, radius), with numbers beyond all measure moved to FAR."""
    outline = display.outline
    found = []
    for p in np.flatnonzero(outline.count[n] > 0):
        core = outline.verts[n, p, : int(outline.count[n, p])]
        core = np.clip(core.real, -FAR, FAR) + 1j * np.clip(core.imag, -FAR, FAR)
        radius = float(np.clip(outline.radius[n, p], 0.0, FAR))
        found.append((core, bool(outline.closed[n, p]) and len(core) >= 3, radius))
    return found


def _shape(display: DisplayList, b: int, n: int) -> list[Cover]:
    parts = used_pieces(display, n)
    whole = pieces(parts)
    box, extent = whole.box(display.width, display.height), whole.extent()
    if box is None or extent is None:
        return []
    x0, y0 = box[:2]
    stroke, fill, edge = float(display.stroke[n]), int(display.fill[n]), int(display.edge[n])
    rim, disc = None, _single_disc(parts)
    fills = 2 * stroke >= min(extent[2] - extent[0], extent[3] - extent[1])  # then the edge takes up all of it
    if edge >= 0 and stroke > 0 and disc is None and not fills:
        rim = band(_boundary(parts), stroke)
    outer, inner = covered(whole, rim, box, SUB)
    if edge >= 0 and stroke > 0 and fills:
        inner = np.zeros_like(outer)
    elif edge >= 0 and stroke > 0 and disc is not None:  # no need for chords
        inner, _ = covered(pieces([(np.array([disc[0]]), False, disc[1] - stroke)]), None, box, SUB)
    return [
        Cover(b, n, x0, y0, outer, inner, fill, edge, int(display.id[n]), "convex" if is_convex(parts) else "other")
    ]


def _single_disc(parts: list[tuple[Points, bool, float]]) -> tuple[complex, float] | None:
    if len(parts) == 1 and len(np.unique(parts[0][0])) == 1:
        return complex(parts[0][0][0]), parts[0][2]
    return None


def is_convex(parts: list[tuple[Points, bool, float]]) -> bool:
    """Whether the pieces are one disc or one convex polygon that goes around once."""
    if _single_disc(parts) is not None:
        return True
    if len(parts) != 1 or not parts[0][1] or parts[0][2] > 0:
        return False
    core = parts[0][0]
    sides = np.roll(core, -1) - core
    sides = sides[sides != 0]
    turns = np.angle(np.roll(sides, -1) / sides)
    return bool(abs(abs(turns.sum()) - 2 * np.pi) < 1e-6 and ((turns > -1e-9).all() or (turns < 1e-9).all()))


def _boundary(parts: list[tuple[Points, bool, float]]) -> list[Points]:
    """The rings of the boundary of the union, as closed chains of vertices (the first repeated at the end)."""
    import shapely

    areas: list[Any] = []
    for core, closed, radius in parts:
        if closed:
            areas.append(_even_odd(core))
        if radius > 0:
            # Side by side: the buffer of a whole chain would be that of a simplified one, off by 1% of the radius.
            chain = np.append(core, core[0]) if closed else core
            ends = np.stack((chain[:-1], chain[1:]), -1)[np.abs(np.diff(chain)) > 0]
            sides = shapely.linestrings(np.stack((ends.real, ends.imag), -1))
            points = shapely.points(np.stack((core.real, core.imag), -1))
            quarter = int(np.ceil(np.pi / 4 / np.sqrt(2 * _CHORD / radius))) + 2
            areas += list(shapely.buffer(sides if len(ends) else points[:1], radius, quad_segs=quarter))
    rings: list[Points] = []
    union = shapely.union_all(areas)
    for part in getattr(union, "geoms", [union]):
        if part.geom_type == "Polygon" and not part.is_empty:
            rings += [np.asarray(r.coords) @ np.array([1, 1j]) for r in (part.exterior, *part.interiors)]
    return rings


def _line(path: Points) -> Any:
    import shapely

    return shapely.LineString(np.column_stack((path.real, path.imag)))


def _even_odd(core: Points) -> Any:
    """The area of a polygon that may cross itself: those faces of its arrangement that rays leave by an odd number of
    sides."""
    import shapely

    polygon = shapely.Polygon(np.column_stack((core.real, core.imag)))
    if polygon.is_valid:
        return polygon
    faces = shapely.polygonize([shapely.unary_union(_line(np.append(core, core[0])))])
    following = np.roll(core, -1)
    kept = []
    for face in faces.geoms:
        at = face.representative_point()
        crosses = (core.imag <= at.y) != (following.imag <= at.y)
        a, b = core[crosses], following[crosses]
        if np.count_nonzero(a.real + (at.y - a.imag) * (b.real - a.real) / (b.imag - a.imag) > at.x) % 2:
            kept.append(face)
    return shapely.union_all(kept)


def _text(display: DisplayList, b: int, n: int, text: TextItem) -> list[Cover]:
    """Halo and ink; masks of text are the same for every painter, so there is nothing to be exact about."""
    result = []
    for colour, grow in ((int(display.halo[n]), max(1.25, 0.11 * text.size)), (int(display.fill[n]), 0.0)):
        tile = _mask(text, display.width, display.height, grow) if colour >= 0 else None
        if tile is not None:
            x0, y0, mask = tile
            share = mask / 255.0
            result.append(Cover(b, n, x0, y0, share, share, colour, -1, 0 if grow else int(display.id[n]), "text"))
    return result


@lru_cache(maxsize=64)
def _mask(text: TextItem, width: int, height: int, grow: float) -> tuple[int, int, Bytes] | None:
    canvas = width, height
    return text_mask(
        text.text, text.at, text.size, canvas, turn=text.turn, mirrored=text.mirrored, bold=text.bold, grow=grow
    )


def _whole(share: Floats) -> npt.NDArray[np.int64]:
    return np.rint(share * 255).astype(np.int64)


def _times(c: npt.NDArray[np.int64], alpha: int) -> npt.NDArray[np.int64]:
    """``round(c * alpha / 255)`` in whole numbers (a quotient by 255 never lies midway)."""
    return np.asarray((2 * c * alpha + 255) // 510)


def _composite(display: DisplayList, cover: Cover, found: Exact) -> None:
    """The rule of ``paint.reference`` in whole numbers, written anew; and what of it shows."""
    b, n, fill, edge = cover.picture, cover.item, cover.fill, cover.edge
    h, w = cover.outer.shape
    at = (b, slice(cover.y0, cover.y0 + h), slice(cover.x0, cover.x0 + w))
    alpha = round(255 * float(display.opacity[n]))
    outer, inner = _whole(cover.outer), np.minimum(_whole(cover.inner), _whole(cover.outer))
    fill_alpha, edge_alpha = _times(inner, alpha), _times(outer, alpha) - _times(inner, alpha)
    if fill < 0:
        fill_alpha = np.zeros_like(fill_alpha)
    if edge < 0:
        edge_alpha = np.zeros_like(edge_alpha)
    for channel, shift in enumerate((16, 8, 0)):
        total = found.rgb[(*at, channel)].astype(np.int64) * (255 - fill_alpha - edge_alpha)
        total += (max(fill, 0) >> shift & 255) * fill_alpha + (max(edge, 0) >> shift & 255) * edge_alpha
        found.rgb[(*at, channel)] = (2 * total + 255) // 510
    found.look[at][fill_alpha + edge_alpha == 255] = 0
    if alpha > 0:
        partial = _is_partial(cover.outer) | _is_partial(cover.inner)
        found.look[at][partial] = np.maximum(found.look[at][partial], 1 if cover.look == "convex" else 2)
        found.top[at][cover.outer > 0] = n - int(display.start[b])
    if cover.id:
        painted, share = outer if fill >= 0 and edge >= 0 else inner if fill >= 0 else outer - inner, cover.painted
        found.ids[at][painted >= 128] = cover.id
        doubt = np.where(share > 0, np.abs(share - 0.5), 1.0)
        found.unsure[at] = np.where(share > 0.5, doubt, np.minimum(found.unsure[at], doubt))


def _is_partial(share: Floats) -> npt.NDArray[np.bool_]:
    return np.asarray((share > _PARTIAL) & (share < 1 - _PARTIAL))
