"""A display list flattened for kernels: pools of vertices, of pieces, and of the pixels of text masks.

Whoever reads a ``Pool`` needs none of the rules about odd input: numbers are whole (1/256 px) and within 2^20 px,
repeated vertices and pieces without area are gone, items that show nothing have an empty box.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pgt_dsl.paint.display import DisplayList, TextItem
from pgt_dsl.paint.fonts import text_mask
from pgt_dsl.paint.reference import halo_width

UNIT = 256  # steps to a pixel
FAR = 1 << 20  # px; numbers beyond count as this
INNER_SAME = 0  # no edge: inner is outer
INNER_UNION = 1  # inner is the union of the item's inner pieces, of none when there are none
INNER_WITHOUT = 2  # inner is outer without the union of the item's inner pieces (the boundary grown by the stroke)
_SAG = 1 / 1024  # px by which an arc may differ from its chords where shapely needs chords
_MOST_CHORDS = 4096  # of a quarter of a circle

Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]


class Pool(NamedTuple):
    """A batch of B pictures with N items, P pieces, V vertices and T text masks. Lengths are in 1/256 px.

    start: int64[B + 1]; picture b owns items ``start[b] .. start[b + 1]``, painted in this order.
    x, y: int32[V] vertices; neighbours in a piece differ, the last and the first of a closed one too.
    first: int64[P + 1]; piece p owns vertices ``first[p] .. first[p + 1]``, one at least.
    closed: uint8[P]; 1 for a polygon of three vertices or more, filled by the even-odd rule.
    radius: int32[P]; 0 or more, more than 0 for an open piece.
    outer, inner: int64[N, 2]; the item's pieces are ``[0] .. [1]``.
    how: uint8[N]; what ``inner`` means: ``INNER_SAME``, ``INNER_UNION`` or ``INNER_WITHOUT``.
    fill, edge: int32[N] packed 0xRRGGBB or -1; ``edge`` is -1 when there is no room for one.
    stroke: int32[N]; width of the edge, 0 without one.
    alpha: int32[N]; ``round(255 * opacity)``.
    id: uint16[N].
    box: int32[N, 4]; whole pixels ``x0, y0, x1, y1`` within the canvas outside of which the item paints nothing;
        zeros when it paints nothing at all. Of a text, the box of its masks.
    masks: int64[N + 1]; a text item owns masks ``masks[n] .. masks[n + 1]``: a halo, if any, before the ink.
    mask_box: int32[T, 4]; where a mask lies, within the canvas.
    mask_at: int64[T]; where its rows start in ``coverage``, one after another.
    mask_colour: int32[T] packed colour.
    mask_ink: uint8[T]; 1 where the mask sets the id, 0 for a halo.
    coverage: uint8[...] all masks.
    """

    width: int
    height: int
    start: Ints
    x: Int32s
    y: Int32s
    first: Ints
    closed: Bytes
    radius: Int32s
    outer: Ints
    inner: Ints
    how: Bytes
    fill: Int32s
    edge: Int32s
    stroke: Int32s
    alpha: Int32s
    id: npt.NDArray[np.uint16]
    box: Int32s
    masks: Ints
    mask_box: Int32s
    mask_at: Ints
    mask_colour: Int32s
    mask_ink: Bytes
    coverage: Bytes


class _Pieces(NamedTuple):
    """Pieces one after another; ``item`` says whose each is, in rising order."""

    x: Int32s
    y: Int32s
    size: Ints
    closed: Bools
    radius: Int32s
    item: Ints

    @property
    def first(self) -> Ints:
        """Where the vertices of each piece start, and of all where they end."""
        return np.concatenate(([0], np.cumsum(self.size)))

    def ranges(self, items: int) -> Ints:
        """The pieces of each item: int64[items, 2]."""
        ends = np.searchsorted(self.item, np.arange(items + 1))
        return np.stack((ends[:-1], ends[1:]), -1)


def pool(display: DisplayList) -> Pool:
    """Flatten a display list that ``reference.check`` has passed. Raises ``ValueError`` for a text that is too large.

    Vectorised but for texts, and for edges of unions and of polygons that may cut themselves, whose boundary is found
    by shapely.
    """
    stroke = _whole(np.maximum(display.stroke, 0.0))
    edge = np.where(stroke > 0, display.edge, -1).astype(np.int32)
    fill = display.fill.astype(np.int32)
    texts = [n for n, text in enumerate(display.texts) if text is not None]
    shown = (fill >= 0) | (edge >= 0)
    shown[texts] = False
    edge[texts] = -1
    pieces = _flattened(display, shown)
    items = len(fill)
    outer = pieces.ranges(items)
    box = _boxes(pieces, items, display.width, display.height)
    edged = (edge >= 0) & (box[:, 2] > 0)
    inner, how = _inner(pieces, outer, edged, stroke)
    ranges = inner.ranges(items) + len(pieces.size)
    masks = _Masks(display, texts)
    box[texts] = masks.boxes()
    return Pool(
        width=display.width,
        height=display.height,
        start=np.asarray(display.start, np.int64),
        x=np.concatenate((pieces.x, inner.x)),
        y=np.concatenate((pieces.y, inner.y)),
        first=np.concatenate((pieces.first, inner.first[1:] + len(pieces.x))),
        closed=np.concatenate((pieces.closed, inner.closed)).astype(np.uint8),
        radius=np.concatenate((pieces.radius, inner.radius)),
        outer=outer,
        inner=ranges,
        how=how,
        fill=fill,
        edge=edge,
        stroke=np.where(edge >= 0, stroke, 0).astype(np.int32),
        alpha=np.rint(255 * display.opacity).astype(np.int32),
        id=display.id.astype(np.uint16),
        box=box,
        masks=np.searchsorted(masks.item, np.arange(items + 1)).astype(np.int64),
        mask_box=np.array(masks.box, np.int32).reshape(-1, 4),
        mask_at=np.cumsum([0, *map(len, masks.pixels)])[:-1].astype(np.int64),
        mask_colour=np.array(masks.colour, np.int32),
        mask_ink=np.array(masks.ink, np.uint8),
        coverage=np.concatenate([np.empty(0, np.uint8), *masks.pixels]),
    )


def _whole(lengths: npt.NDArray[np.float64]) -> Int32s:
    """Px as whole 1/256 px, held within 2^20 px."""
    return np.rint(np.clip(lengths, -FAR, FAR) * UNIT).astype(np.int32)


def _flattened(display: DisplayList, shown: Bools) -> _Pieces:
    """The pieces that have an area, of the items that show something."""
    outline = display.outline
    per_item, most = outline.count.shape[-1], outline.verts.shape[-1]
    count = np.where(shown[:, None], outline.count, 0).reshape(-1)
    verts = outline.verts.reshape(-1, most)[np.arange(most) < count[:, None]]
    x, y = _whole(verts.real), _whole(verts.imag)
    radius = np.maximum(_whole(outline.radius.reshape(-1)), 0)
    owner = np.repeat(np.arange(len(count)), count)
    first = np.concatenate(([0], np.cumsum(count)))
    some = count > 0
    kept = np.ones(len(x), np.bool_)
    kept[1:] = (x[1:] != x[:-1]) | (y[1:] != y[:-1])
    kept[first[:-1][some]] = True
    ends, begins = first[1:] - 1, first[:-1]
    around = some & outline.closed.reshape(-1) & (ends > begins)
    again = around.copy()
    again[around] = (x[ends[around]] == x[begins[around]]) & (y[ends[around]] == y[begins[around]])
    kept = _without_last(kept, owner, ends[again])
    left = np.bincount(owner[kept], minlength=len(count))
    closed = outline.closed.reshape(-1) & (left >= 3)
    good = (left > 0) & (closed | (radius > 0))
    kept &= good[owner]
    numbers = np.flatnonzero(good)
    return _Pieces(x[kept], y[kept], left[numbers], closed[numbers], radius[numbers], numbers // per_item)


def _without_last(kept: Bools, owner: Ints, ends: Ints) -> Bools:
    """``kept`` without the last vertex that is still kept before or at each of ``ends``."""
    if not len(ends):
        return kept
    places = np.flatnonzero(kept)
    last = places[np.searchsorted(places, ends, side="right") - 1]
    # A piece whose vertices are all one keeps its first.
    alone = (last == 0) | (owner[np.maximum(last - 1, 0)] != owner[last])
    kept[last[~alone]] = False
    return kept


def _boxes(pieces: _Pieces, items: int, width: int, height: int) -> Int32s:
    """The clipped pixel box of each item: int32[items, 4], zeros where nothing is on the canvas."""
    box = np.zeros((items, 4), np.int32)
    if not len(pieces.size):
        return box
    begins = pieces.first[:-1]
    heads = np.flatnonzero(np.diff(pieces.item, prepend=-1))
    whose = pieces.item[heads]
    for axis, (values, limit) in enumerate(((pieces.x, width), (pieces.y, height))):
        low = np.minimum.reduceat(np.minimum.reduceat(values, begins) - pieces.radius, heads)
        high = np.maximum.reduceat(np.maximum.reduceat(values, begins) + pieces.radius, heads)
        box[whose, axis] = np.maximum(low // UNIT, 0)
        box[whose, axis + 2] = np.minimum(-(-high // UNIT), limit)
    box[(box[:, 0] >= box[:, 2]) | (box[:, 1] >= box[:, 3])] = 0
    return box


# edges ----------------------------------------------------------------------------------------


def _inner(pieces: _Pieces, outer: Ints, edged: Bools, stroke: Int32s) -> tuple[_Pieces, Bytes]:
    """The inner pieces of the items with an edge, and what they mean."""
    how = np.full(len(edged), INNER_SAME, np.uint8)
    found: list[_Pieces] = []
    numbers = np.flatnonzero(edged)
    if len(numbers):
        at = outer[numbers, 0]
        single = outer[numbers, 1] == at + 1
        disc = single & (pieces.size[at] == 1)
        how[numbers] = np.where(disc, INNER_UNION, INNER_WITHOUT)
        found.append(_smaller(pieces, at[disc], stroke[numbers[disc]]))
        ring = single & pieces.closed[at] & (pieces.radius[at] == 0)
        ring[ring] = _starlike(pieces, at[ring])
        found.append(_rings(pieces, at[ring], stroke[numbers[ring]]))
        for n in numbers[~disc & ~ring]:
            found.append(_boundary(pieces, outer[n], int(n), int(stroke[n])))
    return _joined(found), how


def _smaller(pieces: _Pieces, at: Ints, stroke: Int32s) -> _Pieces:
    """Discs with the stroke taken off; without those of which nothing is left."""
    radius = pieces.radius[at] - stroke
    at, radius = at[radius > 0], radius[radius > 0]
    vertex = pieces.first[at]
    return _Pieces(
        pieces.x[vertex], pieces.y[vertex], np.ones(len(at), np.int64), np.zeros(len(at), np.bool_), radius,
        pieces.item[at],
    )  # fmt: skip


def _places(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """For pieces of ``count + 1`` vertices: which piece each vertex is of, and its place, the first one again last."""
    piece = np.repeat(np.arange(len(count)), count + 1)
    step = np.arange(len(piece)) - np.repeat(np.cumsum(count + 1) - count - 1, count + 1)
    return piece, first[piece] + step % count[piece]


def _rings(pieces: _Pieces, at: Ints, stroke: Int32s) -> _Pieces:
    """The boundaries of polygons as open pieces that end where they start, as thick as the stroke on each side."""
    count = pieces.size[at]
    _, where = _places(pieces.first[at], count)
    return _Pieces(pieces.x[where], pieces.y[where], count + 1, np.zeros(len(at), np.bool_), stroke, pieces.item[at])


def _starlike(pieces: _Pieces, at: Ints) -> Bools:
    """Whether all of a polygon's boundary is seen from the mean of its vertices: then it does not cut itself.

    True when seen from there the vertices turn one way, and go round once.
    """
    if not len(at):
        return np.zeros(0, np.bool_)
    count = pieces.size[at]
    piece, where = _places(pieces.first[at], count)
    x, y = pieces.x[where].astype(np.float64), pieces.y[where].astype(np.float64)
    ends = np.cumsum(count + 1) - 1
    starts = ends - count
    for values in (x, y):
        values[ends] = 0.0
        values -= (np.add.reduceat(values, starts) / count)[piece]
        values[ends] = values[starts]
    turn = x[:-1] * y[1:] - x[1:] * y[:-1]
    across = ((y[:-1] <= 0) != (y[1:] <= 0)).astype(np.int64)
    turn[ends[:-1]] = turn[np.maximum(ends[:-1] - 1, 0)]  # from one piece to the next: of no meaning
    across[ends[:-1]] = 0
    low, high = np.minimum.reduceat(turn, starts), np.maximum.reduceat(turn, starts)
    return np.asarray(((low > 0) | (high < 0)) & (np.add.reduceat(across, starts) == 2))


def _boundary(pieces: _Pieces, span: Ints, item: int, stroke: int) -> _Pieces:
    """The boundary of the union of an item's pieces, as open pieces as thick as the stroke on each side."""
    import shapely  # only such edges need it, and it takes a while to import

    parts = []
    for p in range(int(span[0]), int(span[1])):
        within = slice(int(pieces.first[p]), int(pieces.first[p + 1]))
        parts += _areas(np.stack((pieces.x[within], pieces.y[within]), -1), bool(pieces.closed[p]), pieces.radius[p])
    areas = [part for part in shapely.get_parts(shapely.union_all(parts)) if part.geom_type == "Polygon"]
    lines = shapely.get_parts([ring for area in areas for ring in (area.exterior, *area.interiors)])
    rings = [_without_repeats(np.rint(shapely.get_coordinates(line)).astype(np.int32)) for line in lines]
    xy = np.concatenate([np.empty((0, 2), np.int32), *rings])
    count = np.array([len(ring) for ring in rings], np.int64)
    return _Pieces(
        xy[:, 0], xy[:, 1], count, np.zeros(len(rings), np.bool_), np.full(len(rings), stroke, np.int32),
        np.full(len(rings), item, np.int64),
    )  # fmt: skip


def _without_repeats(xy: Int32s) -> Int32s:
    """Vertices that differ from the one before; rounding makes some equal."""
    kept: Int32s = xy[np.append(True, (xy[1:] != xy[:-1]).any(1))]
    return kept


def _areas(xy: Int32s, closed: bool, radius: int) -> list[Any]:
    """One piece as shapely's areas, in 1/256 px."""
    import shapely

    parts = []
    if closed:
        polygon = shapely.Polygon(xy)
        # make_valid keeps the even-odd rule; buffer(0) would not.
        parts.append(polygon if polygon.is_valid else shapely.make_valid(polygon))
    if radius > 0:
        # Side by side: the buffer of a whole chain would be that of a simplified one, off by 1% of the radius.
        ring = np.concatenate((xy, xy[:1])) if closed else xy
        cores = shapely.linestrings(np.stack((ring[:-1], ring[1:]), 1)) if len(xy) > 1 else shapely.points(xy)
        chords = math.ceil(math.pi / 2 * math.sqrt(radius / (8 * _SAG * UNIT)))
        parts += list(shapely.buffer(cores, float(radius), quad_segs=min(max(chords, 8), _MOST_CHORDS)))
    return parts


def _joined(parts: list[_Pieces]) -> _Pieces:
    """Pieces of several lists in the order of their items."""
    if not parts:
        none = np.zeros(0, np.int32)
        return _Pieces(none, none, np.zeros(0, np.int64), np.zeros(0, np.bool_), none, np.zeros(0, np.int64))
    whole = _Pieces(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    order = np.argsort(whole.item, kind="stable")
    count = whole.size[order]
    step = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    where = np.repeat(whole.first[:-1][order], count) + step
    return _Pieces(whole.x[where], whole.y[where], count, whole.closed[order], whole.radius[order], whole.item[order])


# texts ----------------------------------------------------------------------------------------


class _Masks:
    """The masks of the text items, as lists that grow."""

    def __init__(self, display: DisplayList, texts: list[int]) -> None:
        self.item: list[int] = []
        self.box: list[tuple[int, int, int, int]] = []
        self.colour: list[int] = []
        self.ink: list[bool] = []
        self.pixels: list[Bytes] = []
        self._texts = texts
        for n in texts:
            text = display.texts[n]
            if text is None:
                continue
            if display.halo[n] >= 0:
                self._add(n, text, display, int(display.halo[n]), halo_width(text.size))
            if display.fill[n] >= 0:
                self._add(n, text, display, int(display.fill[n]), 0.0)

    def _add(self, n: int, text: TextItem, display: DisplayList, colour: int, grow: float) -> None:
        canvas = (display.width, display.height)
        tile = text_mask(
            text.text, text.at, text.size, canvas, turn=text.turn, mirrored=text.mirrored, bold=text.bold, grow=grow
        )
        if tile is None:
            return
        x0, y0, pixels = tile
        self.item.append(n)
        self.box.append((x0, y0, x0 + pixels.shape[1], y0 + pixels.shape[0]))
        self.colour.append(colour)
        self.ink.append(grow == 0.0)
        self.pixels.append(pixels.reshape(-1))

    def boxes(self) -> Int32s:
        """The box of each text item: int32[texts, 4], zeros where it has no masks."""
        found = {n: (0, 0, 0, 0) for n in self._texts}
        for n, (x0, y0, x1, y1) in zip(self.item, self.box, strict=True):
            a, b, c, d = found[n] if found[n][2] else (x0, y0, x1, y1)
            found[n] = min(x0, a), min(y0, b), max(x1, c), max(y1, d)
        return np.array(list(found.values()), np.int32).reshape(-1, 4)
