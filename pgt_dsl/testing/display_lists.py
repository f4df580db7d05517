"""Display lists for tests of painters: written shape by shape, drawn by Hypothesis, and lists that mean harm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.paint.display import DisplayList, TextItem

WIDTH, HEIGHT = 44, 36  # px, of the lists that are drawn
STEPS = 256


@dataclass(frozen=True, slots=True)
class Item:
    """One item: what ``DisplayList`` holds of it. Without an outline and without a text it shows nothing."""

    outline: Outline | None = None
    fill: int = 0x000000
    edge: int = -1
    stroke: float = 0.0
    opacity: float = 1.0
    id: int = 1
    text: TextItem | None = None
    halo: int = -1


def piece(core: Any, closed: bool = True, radius: float = 0.0) -> Outline:
    """An outline of one piece: ``core`` are complex vertices (px)."""
    verts = np.atleast_1d(np.asarray(core, np.complex128))
    return Outline(verts[None], np.array([len(verts)]), np.array([closed]), np.array([float(radius)]))


def disc(at: complex, radius: float) -> Outline:
    """A disc."""
    return piece([at], False, radius)


def union(*outlines: Outline) -> Outline:
    """The pieces of several outlines as one item."""
    parts = [
        piece(o.verts[p, : int(o.count[p])], bool(o.closed[p]), float(o.radius[p]))
        for o in outlines
        for p in range(len(o.count))
    ]
    whole = stacked(parts)
    return Outline(whole.verts[:, 0], whole.count[:, 0], whole.closed[:, 0], whole.radius[:, 0])


def stacked(parts: Sequence[Outline | None]) -> Outline:
    """Outlines of single items as one with a leading dimension; None counts as an outline without pieces."""
    pieces = max((len(o.count) for o in parts if o is not None), default=0) or 1
    most = max((o.verts.shape[-1] for o in parts if o is not None), default=0) or 1
    n = len(parts)
    whole = Outline(
        np.zeros((n, pieces, most), np.complex128), np.zeros((n, pieces), np.int64), np.zeros((n, pieces), np.bool_),
        np.zeros((n, pieces)),
    )  # fmt: skip
    for k, outline in enumerate(parts):
        if outline is not None and len(outline.count):
            used, width = outline.verts.shape
            whole.verts[k, :used, :width] = outline.verts
            whole.verts[k, :used, width:] = outline.verts[:, -1:]
            whole.count[k, :used], whole.closed[k, :used], whole.radius[k, :used] = (
                outline.count, outline.closed, outline.radius,
            )  # fmt: skip
    return whole


def display(width: int, height: int, *rows: Sequence[Item]) -> DisplayList:
    """The display list of a batch: a row of items for each picture."""
    items = [item for row in rows for item in row]
    return DisplayList(
        width,
        height,
        np.cumsum([0, *map(len, rows)]).astype(np.int64),
        stacked([item.outline for item in items]),
        np.array([item.fill for item in items], np.int64),
        np.array([item.edge for item in items], np.int64),
        np.array([item.stroke for item in items], np.float64),
        np.array([item.opacity for item in items], np.float64),
        np.array([item.id for item in items], np.int64),
        tuple(item.text for item in items),
        np.array([item.halo for item in items], np.int64),
        (),
    )


def paper(shown: DisplayList, seed: int | None = None, colour: int = 0xFFFFFF) -> npt.NDArray[np.uint8]:
    """Backgrounds for a display list, uint8[B, H, W, 3]: of one colour, or of noise when there is a ``seed``."""
    shape = (len(shown.start) - 1, shown.height, shown.width, 3)
    if seed is not None:
        return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    return np.broadcast_to(np.array([colour >> 16, colour >> 8 & 255, colour & 255], np.uint8), shape).copy()


# drawn by Hypothesis ----------------------------------------------------------------------------


def _steps(low: float, high: float) -> st.SearchStrategy[float]:
    """Multiples of 1/256 px."""
    return st.integers(round(low * STEPS), round(high * STEPS)).map(lambda k: k / STEPS)


def points() -> st.SearchStrategy[complex]:
    """Points on the canvas and around it."""
    return st.builds(complex, _steps(-12, WIDTH + 12), _steps(-12, HEIGHT + 12))


@st.composite
def _regular(draw: st.DrawFn) -> Outline:
    """Convex polygons, and stars when every second corner is drawn in."""
    at, size, turn = draw(points()), draw(_steps(0.5, 20)), draw(st.floats(0, 6.3))
    sides, dent = draw(st.integers(3, 9)), draw(st.sampled_from([1.0, 1.0, 0.5, 0.2]))
    k = np.arange(sides if dent == 1.0 else 2 * sides)
    corners = at + size * np.where(k % 2, dent, 1.0) * np.exp(2j * np.pi * k / len(k) + 1j * turn)
    return piece(np.round(corners * STEPS) / STEPS)


def outlines() -> st.SearchStrategy[Outline]:
    """All forms of pieces: discs, convex and other polygons, lines, polylines, polygons that cross themselves and that
    are grown, and unions of several."""
    several = st.lists(points(), min_size=2, max_size=6)
    single = st.one_of(
        st.builds(disc, points(), _steps(0, 18)),
        _regular(),
        st.builds(lambda core: piece(core), several),
        st.builds(lambda core, radius: piece(core, False, radius), several, _steps(0.25, 5)),
        st.builds(lambda core, radius: piece(core, True, radius), several, _steps(0.25, 4)),
    )
    return st.one_of(single, single, st.lists(single, min_size=2, max_size=4).map(lambda parts: union(*parts)))


def _colours() -> st.SearchStrategy[int]:
    return st.one_of(st.sampled_from([0x000000, 0xFFFFFF, 0xFF0000]), st.integers(0, 0xFFFFFF))


def texts() -> st.SearchStrategy[TextItem]:
    """Short texts, upright and turned, on the canvas and partly off it."""
    return st.builds(
        TextItem,
        st.sampled_from(["A", "F7", "gap", "Wi", ""]),
        points(),
        st.sampled_from([6.0, 9.5, 14.0, 30.0]),
        st.one_of(st.just(0.0), st.sampled_from([90.0, 33.0, -120.5])),
        st.booleans(),
        st.booleans(),
    )


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Items with fill, edge or both, or text with and without a halo; opaque and not; with and without an id."""
    opacity = draw(st.one_of(st.just(1.0), st.sampled_from([0.0, 0.1, 0.5, 0.73])))
    identity = draw(st.integers(0, 6))
    if draw(st.integers(0, 6)) == 6:
        halo = draw(st.one_of(st.just(-1), _colours()))
        return Item(None, draw(_colours()), -1, 0.0, opacity, identity, draw(texts()), halo)
    outline = draw(outlines())
    if draw(st.booleans()):
        return Item(outline, draw(_colours()), -1, 0.0, opacity, identity)
    fill = draw(st.one_of(st.just(-1), _colours()))
    return Item(outline, fill, draw(_colours()), draw(_steps(0, 4)), opacity, identity)


def display_lists(most: int = 5, pictures: int = 2) -> st.SearchStrategy[DisplayList]:
    """Batches of 1 to ``pictures`` pictures of up to ``most`` items each, of 44 x 36 px."""
    rows = st.lists(st.lists(items(), max_size=most), min_size=1, max_size=pictures)
    return rows.map(lambda drawn: display(WIDTH, HEIGHT, *drawn))


# written by hand --------------------------------------------------------------------------------


def gallery() -> Iterator[tuple[str, DisplayList]]:
    """One list for each form and way to paint it, in full contrast, with a name."""
    at = 21.3125 + 17.6875j
    square = np.array([-9 - 7j, 9 - 7j, 9 + 7j, -9 + 7j])
    turned = np.round((at + square * np.exp(0.4j)) * STEPS) / STEPS
    five = np.exp(2j * np.pi * np.arange(5) / 5 - 0.5j * np.pi)
    pentagram = np.round((at + 15 * five[[0, 2, 4, 1, 3]]) * STEPS) / STEPS
    bend = np.array([5.5 + 28j, 18 + 6.25j, 27.75 + 25j, 39 + 9j])
    arrow = union(piece([6 + 18j, 26 + 20j], False, 2.5), piece([40 + 21j, 25 + 28j, 27 + 12j]))
    forms = {
        "disc": disc(at, 12.40625), "tiny disc": disc(at, 0.3125), "turned rectangle": piece(turned),
        "upright rectangle": piece(np.round((at + square) * STEPS) / STEPS),
        "sliver": piece([3 + 3j, 40 + 20j, 40.5 + 20.5j]), "nearly level": piece([3 + 9j, 41 + 9.0078125j, 22 + 25j]),
        "pentagram": piece(pentagram), "line": piece([5 + 9.5j, 38 + 25j], False, 1.25),
        "hair": piece([5 + 9.5j, 38 + 25j], False, 0.125), "polyline": piece(bend, False, 3.0),
        "blunt bend": piece([6 + 30j, 22 + 4j, 24 + 30j], False, 4.5), "grown polygon": piece(turned, True, 3.5),
        "arrow": arrow, "seam": union(piece([4 + 4j, 20.5 + 4j, 20.5 + 30j, 4 + 30j]),
                                      piece([20.5 + 4j, 39 + 4j, 39 + 30j, 20.5 + 30j])),
        "ring of pieces": union(*(disc(at + 11 * z, 7.0) for z in np.round(five * STEPS) / STEPS)),
    }  # fmt: skip
    for name, outline in forms.items():
        ways = {
            "filled": Item(outline), "edged": Item(outline, 0xFF8000, 0x0000FF, 2.25),
            "pale": Item(outline, opacity=0.3), "hollow": Item(outline, -1, 0x000000, 1.5),
            "edge as wide as it": Item(outline, 0xFF0000, 0x00FF00, 60.0),
        }  # fmt: skip
        yield from ((f"{name}, {way}", display(WIDTH, HEIGHT, [item])) for way, item in ways.items())
    for turn in (0.0, 90.0, 25.0):
        text = TextItem("Rg", at, 22.0, turn, turn == 25.0)
        yield f"text turned by {turn:g}", display(WIDTH, HEIGHT, [Item(text=text, id=2, halo=0xFFFF00)])


def hostile() -> Iterator[tuple[str, DisplayList]]:
    """Lists with zero sizes, items off the canvas, 10,000 vertices, huge numbers, repeated vertices, and without any
    items, with a name."""
    k = np.arange(10_000)
    wavy = 22 + 18j + (13 + 2 * np.cos(2 * np.pi * k / 400)) * np.exp(2j * np.pi * k / 10_000)
    wavy = np.round(wavy * STEPS) / STEPS
    ends = np.array([6 + 6j, 38 + 30j])
    half = np.array([1e300 + 1e300j, -1e300 + 1e300j, -1e300 + 20j, 1e300 + 20j])
    same = np.repeat([5 + 5j, 30 + 8j, 20 + 30j], 3)
    outlines = {
        "a disc of radius 0": disc(9 + 9j, 0.0), "a radius below 0": disc(9 + 9j, -3.0),
        "a polygon without area": piece([5 + 5j, 30 + 5j, 17 + 5j]), "one vertex, closed": piece([9 + 9j]),
        "one vertex, closed, with a radius": piece([9 + 9j], True, 4.0), "two vertices, closed": piece(ends, True, 2.0),
        "a line without width": piece(ends, False, 0.0), "a line without length": piece([9 + 9j] * 3, False, 4.0),
        "repeated vertices": piece(same), "repeated vertices, grown": piece(same, True, 1.5),
        "a closing vertex": piece([5 + 5j, 30 + 8j, 20 + 30j, 5 + 5j]), "there and back": piece([*ends, *ends[::-1]]),
        "around twice": piece([5 + 5j, 30 + 8j, 20 + 30j] * 2), "far off": disc(-5000 + 9j, 40.0),
        "just off": piece([-9 + 5j, 5j, -9 + 20j]), "10,000 vertices": piece(wavy),
        "a line of 10,000 vertices": piece(wavy, False, 0.5), "a far corner": piece([9 + 9j, 1e6 + 1e4j, 9 + 30j]),
        "corners at 1e300": piece(half), "a disc of 1e5 px": disc(20 + (1e5 + 20) * 1j, 1e5),
        "a disc of 1e300 px": disc(20 + 20j, 1e300), "a line from afar": piece([-1e6 + 10j, 1e6 + 20j], False, 3.0),
        "a piece twice": union(disc(20 + 20j, 9.0), disc(20 + 20j, 9.0)),
    }  # fmt: skip
    for name, outline in outlines.items():
        yield name, display(WIDTH, HEIGHT, [Item(outline, 0x204060, id=5)])
    corner = Item(piece([5 + 5j, 30 + 8j, 20 + 30j]), 0xFF0000)
    yield (
        "edges of odd shapes",
        display(
            WIDTH, HEIGHT, [replace(corner, outline=o, edge=0x0000FF, stroke=2.0) for o in list(outlines.values())[:15]]
        ),
    )
    yield "neither fill nor edge", display(WIDTH, HEIGHT, [replace(corner, fill=-1)])
    yield (
        "an edge of width 0",
        display(WIDTH, HEIGHT, [replace(corner, edge=0x00FF00), replace(corner, fill=-1, edge=0)]),
    )
    yield "see-through", display(WIDTH, HEIGHT, [replace(corner, opacity=0.0, id=9)])
    yield "the largest id", display(WIDTH, HEIGHT, [replace(corner, id=0xFFFF)])
    yield (
        "texts that show nothing",
        display(
            WIDTH,
            HEIGHT,
            [Item(text=TextItem(*t)) for t in (("", 9 + 9j, 9.0), (" ", 9 + 9j, 9.0), ("x", 9 + 9j, 0.0))],
        ),
    )
    yield "text off the canvas", display(WIDTH, HEIGHT, [Item(text=TextItem("Far", 4000 + 9j, 20.0))])
    yield "pictures without items", display(WIDTH, HEIGHT, [], [corner], [])
    yield "one pixel", display(1, 1, [replace(corner, outline=disc(0.5 + 0.5j, 0.375))])


def refused() -> Iterator[tuple[str, DisplayList]]:
    """Lists that a painter refuses with ``ValueError``; the fault is always item 2 of picture 1."""
    good = Item(disc(3 + 3j, 1))
    bad = {
        "vertex": replace(good, outline=disc(complex(np.nan, 3), 2)),
        "infinite vertex": replace(good, outline=disc(complex(3, np.inf), 2)),
        "radius": replace(good, outline=disc(3 + 3j, np.nan)),
        "stroke": replace(good, stroke=np.inf),
        "opacity": replace(good, opacity=1.5),
        "id": replace(good, id=70_000),
        "text": Item(text=TextItem("a", 3 + 3j, np.nan)),
    }
    for name, item in bad.items():
        yield name, display(10, 10, [good], [good, good, item])
