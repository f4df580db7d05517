"""Contact sheets: their layout holds whatever they are given."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pgt_dsl.paint.sheet import Card, CardAsk, card_of, contact_sheet
from pgt_dsl.scene.scene import Answered
from tests.paint.scenes import scene

PLAIN = CardAsk("Is it?", "Yes")


def card(width=300, height=300, ask=PLAIN, note="index 1"):
    return Card((np.full((height, width, 3), 200, np.uint8),), (ask,), note)


def test_sheet_shows_every_picture_at_its_own_size():
    pixels = np.random.default_rng(0).integers(0, 256, (280, 300, 3), np.uint8)
    sheet = np.asarray(contact_sheet([card(), Card((pixels,), ())], "title", columns=2))
    rows, columns = np.nonzero((sheet[:-280, :, :] == pixels[1, 1]).all(-1))
    assert any(
        (sheet[y : y + 278, x : x + 298] == pixels[1:-1, 1:-1]).all() for y, x in zip(rows, columns, strict=True)
    )


def test_rows_are_as_high_as_their_highest_card():
    short, long = card(), card(ask=CardAsk("word " * 60, "Yes"))
    low = contact_sheet([short] * 4, columns=2).height
    assert contact_sheet([short, long, short, short], columns=2).height > low
    assert contact_sheet([short] * 4, columns=4).height < low


@pytest.mark.parametrize(
    "odd",
    [
        Card((), ()),
        card(3000, 40),
        card(7, 5),
        card(ask=CardAsk("x" * 500, "y" * 300)),
        card(ask=CardAsk("", "", ("", ""), 1)),
        card(ask=CardAsk("Which?", "b", tuple(f"option number {k}" for k in range(30)), 4), note="n" * 300),
        card(ask=CardAsk("two\nlines", "a\nb")),
        Card((Image.new("L", (50, 50)), Image.new("RGBA", (90, 40))), (CardAsk("Same?", "No"),)),
    ],
)
def test_odd_cards_are_laid_out(odd):
    sheet = contact_sheet([odd, card()], "t" * 50, "subtitle " * 60)
    assert sheet.mode == "RGB" and sheet.width < 2000


def test_the_right_option_stands_out():
    plain = contact_sheet([card(ask=CardAsk("Which?", "", ("a", "b"), None))])
    marked = contact_sheet([card(ask=CardAsk("Which?", "", ("a", "b"), 1))])
    green = (np.asarray(marked).astype(int) @ [-1, 2, -1] > 10).sum()
    assert green > 200 and (np.asarray(plain).astype(int) @ [-1, 2, -1] > 10).sum() == 0


def test_nothing_to_show_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        contact_sheet([])


def test_card_of_a_scene():
    pixels = np.zeros((96, 128, 3), np.uint8)
    asks = (Answered("Which?", "shape", 0, "A", 1.25, options=("A", "B"), correct=0),)
    made = card_of(scene(asks=asks, cuts=((0, 0, 64, 96), (64, 0, 128, 96)), twin=1), pixels)
    assert [p.shape for p in made.pictures] == [(96, 64, 3), (96, 64, 3)]
    assert made.asks == (CardAsk("Which?", "A", ("A", "B"), 0),)
    assert made.note == "index 7  ·  twin 1  ·  margin 1.2×"
