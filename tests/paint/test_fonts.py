"""Extents of text: linear, covering the ink, and never from a font of the system."""

from __future__ import annotations

import numpy as np
import pytest

from pgt_dsl.paint.fonts import text_extent, text_mask


@pytest.mark.parametrize("text", ["A", "gy", "12", "Hello there", "é", "x" * 200])
def test_extent_is_linear(text):
    width, height = text_extent(text, 1.0)
    assert width > 0 and height > 0
    assert text_extent(text, 37.5) == (width * 37.5, height * 37.5)


@pytest.mark.parametrize("text", ["A", "gyp", "Word", "7", "-", "."])
@pytest.mark.parametrize("size", [12.0, 20.5, 90.0])
@pytest.mark.parametrize("turn", [0.0, 90.0, 180.0])
def test_the_box_covers_the_ink_tightly(text, size, turn):
    at = 150.3 + 149.8j
    x0, y0, mask = text_mask(text, at, size, (300, 300), turn=turn)
    width, height = text_extent(text, size)
    if turn == 90.0:
        width, height = height, width
    y, x = np.nonzero(mask > 12)
    left, top, right, bottom = x0 + x.min(), y0 + y.min(), x0 + x.max() + 1, y0 + y.max() + 1
    for low, high, middle, extent in ((left, right, at.real, width), (top, bottom, at.imag, height)):
        assert low >= np.floor(middle - extent / 2 - 0.1) and high <= np.ceil(middle + extent / 2 + 0.1)
        assert high - low >= extent - 0.6


def test_blank_text_has_no_extent():
    assert text_extent("", 20.0) == (0.0, 0.0) == text_extent(" \t\n", 20.0)
    assert text_mask(" ", 5 + 5j, 20.0, (10, 10)) is None


def test_breaks_and_controls_become_spaces():
    assert text_extent("a\nb\x00c", 10.0) == text_extent("a b c", 10.0)


def test_bold_is_wider():
    assert text_extent("word", 10.0, bold=True)[0] > text_extent("word", 10.0)[0]


def test_enormous_text_is_refused_by_name():
    with pytest.raises(ValueError, match="too large to paint"):
        text_mask("W" * 500, 5 + 5j, 5000.0, (100, 100))


def test_a_mask_is_the_same_when_it_is_kept() -> None:
    """Text that has been painted before, at the same place within a pixel: the same mask, as far along as it is."""
    first = text_mask("Rg", 30.3125 + 20.75j, 17.0, (80, 60), grow=1.5)
    again = text_mask("Rg", 41.3125 + 25.75j, 17.0, (80, 60), grow=1.5)
    other = text_mask("Rg", 30.5 + 20.75j, 17.0, (80, 60), grow=1.5)
    assert first is not None and again is not None and other is not None
    assert (again[0], again[1]) == (first[0] + 11, first[1] + 5)
    assert (again[2] == first[2]).all() and not again[2].flags.writeable
    assert other[2].shape != first[2].shape or (other[2] != first[2]).any()
    cut = text_mask("Rg", 2.3125 + 20.75j, 17.0, (80, 60), grow=1.5)
    assert cut is not None and cut[0] == 0 and (cut[2] == first[2][:, -cut[2].shape[1] :]).all()
