"""The numba painter: every list against the exact picture, its short ways against the long one, and always the same."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.geometry.outlines import spline
from pgt_dsl.paint.display import DisplayList, Painted, TextItem
from pgt_dsl.paint.numba_renderer import NumbaRenderer, make
from pgt_dsl.testing.coverage_oracle import Exact, exact
from pgt_dsl.testing.display_lists import (
    Item,
    disc,
    display,
    display_lists,
    gallery,
    hostile,
    outlines,
    paper,
    piece,
    refused,
    union,
)

# The slowest for the oracle are left to the conformance suite.
SLOW = ("edge as wide as it", "10,000", "pale")
LISTS = [(name, shown) for source in (gallery, hostile) for name, shown in source() if not any(s in name for s in SLOW)]
CONVEX, OTHER = 1, 2
PIXELS = "ad2ff6441bd7a0ffded6b53524e848751eafd6cb16b0bd72a2a391e103c28927"
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]  # to shrink by so slow an oracle would take minutes


def painted(shown: DisplayList, ids: bool = True, seed: int | None = None) -> Painted:
    return make().paint(shown, paper(shown, seed), ids)


def errors(shown: DisplayList, seed: int | None = None) -> tuple[npt.NDArray[np.int64], Exact]:
    """The error of each pixel in levels; ids must be right wherever the coverage is not near a half."""
    got, true = painted(shown, seed=seed), exact(shown, paper(shown, seed))
    assert got.ids is not None
    assert ((got.ids == true.ids) | (true.unsure <= 1 / 255)).all()
    return np.abs(got.rgb.astype(np.int64) - true.rgb).max(axis=-1), true


@pytest.mark.parametrize(("name", "shown"), LISTS, ids=[name for name, _ in LISTS])
def test_lists_written_by_hand(name: str, shown: DisplayList) -> None:
    found, true = errors(shown)
    assert found[true.look == 0].max(initial=0) == 0
    assert found[true.look == CONVEX].max(initial=0) <= 3
    assert found[true.look == OTHER].max(initial=0) <= 3  # of the 8 that are allowed


@settings(max_examples=25, deadline=None, derandomize=True, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
@given(display_lists(most=3, pictures=1))
def test_lists_that_are_drawn(shown: DisplayList) -> None:
    found, true = errors(shown, seed=4)
    assert found[true.look == 0].max(initial=0) == 0
    assert found.max(initial=0) <= 4  # items lie over one another, each may add its own


def test_errors_are_those_of_rounding_on_the_whole() -> None:
    """Edge pixels: the mean of rounding to 255 levels is a quarter of one."""
    rng = np.random.default_rng(6)
    found = []
    for radius in rng.uniform(0.5, 17.0, 12):
        turn = np.exp(1j * rng.uniform(0, 6.3))
        at = complex(*rng.uniform(10, 30, 2))
        k = np.arange(10)
        star = at + turn * radius * np.where(k % 2, 0.4, 1.0) * np.exp(0.2j * np.pi * k)
        path = rng.uniform(4, 40, (5, 2)) @ np.array([1, 1j])
        curve, count = spline(path[None], np.array([5]))
        bent = piece(curve[0, : count[0]], False, 1.0)
        for outline in (disc(at, radius), piece(star), piece(path, False, 1.5), bent):
            whole = Outline(np.round(outline.verts * 256) / 256, outline.count, outline.closed, outline.radius)
            off, true = errors(display(44, 40, [Item(whole)]))
            found.append(off[true.look > 0])
    rim = np.concatenate(found)
    assert rim.mean() < 0.3 and np.percentile(rim, 99) <= 1 and rim.max() <= 3


@settings(max_examples=80, deadline=None, derandomize=True)
@given(outlines(), st.sampled_from([0.0, 1.5]))
def test_short_ways_give_what_the_long_way_gives(outline: Outline, stroke: float) -> None:
    """Of an item twice, the union is found in general; of the item alone often as a plain sum over its sides."""
    for edge in (-1, 0x0000FF):
        item = Item(outline, 0xFF0000, edge, stroke)
        one, two = (painted(display(44, 36, [replace(item, outline=o)])) for o in (outline, union(outline, outline)))
        assert np.abs(one.rgb.astype(int) - two.rgb).max() <= 3
        assert one.ids is not None and two.ids is not None
        assert ((one.ids != two.ids) & (np.abs(one.rgb[..., 1].astype(int) - 127) > 3)).sum() == 0


@settings(max_examples=30, deadline=None, derandomize=True)
@given(display_lists(pictures=3))
def test_a_batch_is_its_pictures_bit_for_bit(shown: DisplayList) -> None:
    together = painted(shown, seed=1)
    ground = paper(shown, 1)
    for b in range(len(shown.start) - 1):
        first, end = int(shown.start[b]), int(shown.start[b + 1])
        o = shown.outline
        alone = replace(
            shown, start=np.array([0, end - first]), texts=shown.texts[first:end],
            outline=Outline(o.verts[first:end], o.count[first:end], o.closed[first:end], o.radius[first:end]),
            **{name: getattr(shown, name)[first:end] for name in ("fill", "edge", "stroke", "opacity", "id", "halo")},
        )  # fmt: skip
        got = make().paint(alone, ground[b : b + 1])
        assert got.ids is not None and together.ids is not None
        assert (got.rgb[0] == together.rgb[b]).all() and (got.ids[0] == together.ids[b]).all()


def test_pictures_are_the_same_on_every_machine() -> None:
    """Not one bit may depend on the processor: one item for each way of painting, over one another."""
    star = 24 + 20j + 15 * np.where(np.arange(10) % 2, 0.45, 1.0) * np.exp(0.2j * np.pi * np.arange(10) + 0.3j)
    bend = [4.5 + 30j, 18 + 6.25j, 27.75 + 25j, 43 + 9j]
    items = [
        Item(disc(20.25 + 18.5j, 15.0625), 0xD04010, id=1),
        Item(disc(30.5 + 20j, 11.0), 0x10D040, 0x000030, 2.5, id=2),
        Item(piece(np.round(star * 256) / 256), 0xF0F020, 0x2020F0, 1.75, 0.7, id=3),
        Item(piece(bend, False, 2.75), 0x802080, opacity=0.9, id=4),
        Item(union(piece(bend, False, 1.25), disc(43 + 9j, 4.0)), 0x101010, id=5),
        Item(piece([2 + 2j, 40 + 34j, 40 + 3j, 3 + 35j]), 0x00A0C0, opacity=0.4, id=6),
        Item(piece([8 + 8j, 20 + 9j, 14 + 19j], True, 2.5), 0xFFFFFF, id=7),
    ]
    got = painted(display(48, 40, items))
    assert got.ids is not None
    assert hashlib.sha256(got.rgb.tobytes() + got.ids.tobytes()).hexdigest() == PIXELS


def test_without_ids_the_picture_is_the_same() -> None:
    for _, shown in LISTS[::5]:
        with_ids, without = painted(shown), painted(shown, ids=False)
        assert without.ids is None and (with_ids.rgb == without.rgb).all()


def test_backgrounds_stay_as_they_are() -> None:
    shown = display(20, 20, [Item(disc(9 + 9j, 5.0))])
    ground = paper(shown, 3)
    ground.flags.writeable = False
    assert not np.shares_memory(make().paint(shown, ground).rgb, ground)
    wide = paper(shown, 3)[:, :, ::-1]
    assert (make().paint(shown, wide).rgb[:, 19] == wide[:, 19]).all()


def test_prepared_pictures_are_painted_in_place_a_few_at_a_time() -> None:
    for _, shown in LISTS[::3]:
        whole, rgb = painted(shown, ids=False, seed=2), paper(shown, 2)
        ready = NumbaRenderer().prepared(shown)
        for first in range(0, len(rgb), 2):
            ready.paint(first, rgb[first : first + 2])
        assert (rgb == whole.rgb).all()


@pytest.mark.parametrize(("name", "shown"), list(refused()), ids=[name for name, _ in refused()])
def test_what_cannot_be_painted_is_refused_by_name(name: str, shown: DisplayList) -> None:
    with pytest.raises(ValueError, match=f"picture 1, item 2: {name.split()[-1]}"):
        painted(shown)


def test_backgrounds_must_fit() -> None:
    shown = display(10, 12, [])
    with pytest.raises(ValueError, match=r"uint8\[0, 12, 10, 3\]|uint8\[1, 12, 10, 3\]"):
        make().paint(shown, np.zeros((1, 10, 12, 3), np.uint8))


def test_one_item_of_many_sides_among_others() -> None:
    """An item that needs more room than there is at first is painted once, in its place."""
    rng = np.random.default_rng(0)
    scribble = piece(np.round((rng.uniform(2, 42, (400, 2)) @ [1, 1j]) * 256) / 256, False, 0.25)
    below, above = Item(disc(20 + 18j, 14.0), 0xFF0000, id=1), Item(disc(24 + 18j, 6.0), 0x0000FF, id=3)
    many = Item(scribble, 0x00FF00, opacity=0.5, id=2)
    off, true = errors(display(44, 36, [below, many, above], [above]), seed=5)
    assert off[true.look != OTHER].max() <= 1 and off.max() <= 8


def test_large_pictures_and_shapes_across_all_of_them() -> None:
    half = Item(piece([-50 - 50j, 1300 - 50j, 1300 + 300.5j, -50 + 300.5j]), 0x204060, id=4)
    text = Item(text=TextItem("Wide", 600 + 100j, 300.0), fill=0xFFFFFF, id=5)
    got = painted(display(1200, 400, [half, text]))
    assert got.ids is not None
    assert (got.ids[0, :300, :100] == 4).all() and (got.ids[0, 301:] == 0).all()
    assert (got.rgb[0, 300, :100] == [143, 159, 175]).all() or (got.rgb[0, 300, :100] == [143, 159, 176]).all()
    assert (got.rgb[0][got.ids[0] == 5] > 120).all() and (got.ids[0] == 5).sum() > 20_000
