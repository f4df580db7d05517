"""The torch painter against the exact picture: every form, batches, chunks, lists that mean harm."""

from __future__ import annotations

import numpy as np
import pytest

from pgt_dsl.paint.display import TextItem
from pgt_dsl.testing.coverage_oracle import exact
from pgt_dsl.testing.display_lists import Item, disc, paper, piece
from pgt_dsl.testing.display_lists import display as pictures
from pgt_dsl.testing.display_lists import union as both
from pgt_dsl.testing.renderers import EXACT, Report, check_protocol, compare

torch = pytest.importorskip("torch", reason="torch is not installed")

from pgt_dsl.paint import torch_painter, torch_spans  # noqa: E402
from pgt_dsl.paint.torch_painter import make  # noqa: E402

SIDE = 40


def _snapped(values):
    return np.round(np.asarray(values) * 256) / 256


def _outline(kind, rng):
    at, size = complex(*rng.uniform(10, 30, 2)), rng.uniform(3, 14)
    turn = np.exp(1j * rng.uniform(0, 7))
    k = np.arange(10)
    star = at + turn * size * np.where(k % 2, 0.382, 1.0) * np.exp(1j * np.pi / 5 * k)
    corners = np.array([1 + 0.7j, -1 + 0.7j, -1 - 0.7j, 1 - 0.7j])
    if kind == "disc":
        return disc(_snapped(at), _snapped(size))
    if kind == "rectangle":
        return piece(_snapped(at + turn * size * corners))
    if kind == "nearly level":
        return piece(_snapped(at + np.exp(0.01j) * size * corners))
    if kind == "concave":
        return piece(_snapped(star))
    if kind == "grown":
        return piece(_snapped(star), True, _snapped(rng.uniform(0.5, 3)))
    if kind == "crossing itself":
        return piece(_snapped(at + turn * size * np.exp(0.8j * np.pi * np.arange(5))))
    if kind == "polyline":
        return piece(_snapped(rng.uniform(-3, SIDE + 3, (5, 2)) @ [1, 1j]), False, _snapped(rng.uniform(0.3, 3)))
    if kind == "curve":
        t = np.linspace(0, 5, 40)
        return piece(_snapped(at + size * t / 4 * np.exp(1j * t)), False, _snapped(rng.uniform(0.3, 2)))
    return both(*(_outline(part, rng) for part in ("disc", "rectangle", "polyline")))


@pytest.mark.parametrize(
    "kind",
    ["disc", "rectangle", "nearly level", "concave", "grown", "crossing itself", "polyline", "curve", "union"],
)
def test_every_form_is_exact(kind):
    """Filled, edged, hollow, and half transparent: far within what is allowed of exact painters."""
    rng = np.random.default_rng(len(kind))
    styles = ((0xFFFFFF, -1, 0.0, 1.0), (0xFFFFFF, 0x20FF00, 1.5, 1.0), (-1, 0x20FF00, 2.0, 1.0), (0x80, -1, 0.0, 0.4))
    rows = [[Item(_outline(kind, rng), fill, edge, stroke, opacity, id=5)] for fill, edge, stroke, opacity in styles]
    display = pictures(SIDE, SIDE, *rows)
    report = Report("torch")
    compare(make(), display, paper(display, colour=0x402010), EXACT, report, kind)
    assert report.mean < 0.15 and max(report.convex, report.other) <= 2 and report.flat == 0


def test_protocol_of_painters():
    check_protocol(make)


def test_text_is_the_same_as_the_reference_has_it():
    from pgt_dsl.paint import reference

    text = TextItem("Ag7", 20.5 + 15.25j, 18.0, turn=20.0)
    shape = Item(disc(18 + 18j, 12), 0x3060C0, id=1)
    display = pictures(SIDE, 36, [Item(fill=0xFFFFFF, text=text, halo=0x101010, id=7, opacity=0.8)], [], [shape])
    ground = paper(display, colour=0x808080)
    mine, theirs = make().paint(display, ground), reference.make().paint(display, ground)
    assert (mine.rgb[0] == theirs.rgb[0]).all() and (mine.ids[0] == theirs.ids[0]).all()
    assert (mine.rgb[1] == ground[1]).all() and (mine.ids[0] == 7).sum() > 50


def _crowd(number=14):
    rng = np.random.default_rng(4)
    kinds = ["disc", "rectangle", "polyline", "crossing itself", "union", "grown", "concave"]
    items = [
        Item(_outline(kinds[k % 7], rng), int(rng.integers(1 << 24)), -1 if k % 3 else 0xFF00FF, 1.0, 0.7, k + 1)
        for k in range(number)
    ]
    return pictures(SIDE, SIDE, items[:6], [], items[6:])


def test_portions_of_memory_do_not_change_the_picture(monkeypatch):
    display = _crowd()
    whole = make().paint(display, paper(display))
    monkeypatch.setitem(torch_painter._CELLS, "cpu", 900)
    monkeypatch.setattr(torch_spans, "_CROSSINGS", 5_000)
    parts = make().paint(display, paper(display))
    assert (parts.rgb == whole.rgb).all() and (parts.ids == whole.ids).all()
    true = exact(display, paper(display))
    assert np.abs(whole.rgb.astype(int) - true.rgb).max() <= 2


def test_threads_do_not_change_the_picture():
    display = _crowd()
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = make().paint(display, paper(display))
        torch.set_num_threads(2)
        two = make().paint(display, paper(display))
    finally:
        torch.set_num_threads(before)
    assert (one.rgb == two.rgb).all() and (one.ids == two.ids).all()


@pytest.mark.parametrize(
    "outline",
    [
        piece([1e6 + 1e6j, -1e6 + 1e6j, -1e6 + 20j, 1e6 + 20j]),
        piece([1e300 + 1e300j, -1e300 + 1e300j, -1e300 + 20j, 1e300 + 20j]),
        disc(20 + (1e5 + 20) * 1j, 1e5),
        piece([-3e6 + 1e4 * 1j + 20j, 3e6 + 1e4 * 1j + 20j], False, 1e4),
        piece([-5e5 + 19j, 1e6 + 21j, 1e6 + 1e6j, -5e5 + 1e6j]),
    ],
    ids=["half plane", "beyond 2^20", "huge disc", "thick as a world", "a slope of two in a million"],
)
def test_numbers_beyond_all_measure(outline):
    display = pictures(SIDE, SIDE, [Item(outline)])
    compare(make(), display, paper(display), EXACT, Report("torch"))


def test_ten_thousand_vertices():
    k = np.arange(10_000)
    wavy = (80 + 8 * np.cos(2 * np.pi * k / 250)) * np.exp(2j * np.pi * k / 10_000)
    ids = make().paint(display := pictures(200, 200, [Item(piece(100 + 100j + wavy))]), paper(display)).ids
    assert abs((ids == 1).sum() - np.pi * (80**2 + 32)) < 60


def test_many_items_one_over_the_other():
    """Rounds are as many as a picture has items; the last one on top has the last word."""
    rng = np.random.default_rng(1)
    items = [Item(disc(complex(*rng.uniform(0, 16, 2)), 6), int(rng.integers(1 << 24)), id=k + 1) for k in range(300)]
    display = pictures(16, 16, items, items[:1])
    together = make().paint(display, paper(display))
    true = exact(display, paper(display))
    assert np.abs(together.rgb.astype(int) - true.rgb).max() <= 3
    assert ((together.ids != true.ids) & (true.unsure > 1 / 255)).sum() == 0
