"""The scalar plain functions against values known otherwise."""

from __future__ import annotations

import pytest

from pgt_dsl.geometry.oracle import UndefinedValueError, World
from pgt_dsl.program import oracle_plain as plain

# L, a, b, L, a, b, difference: Sharma, Wu, Dalal (2005), "The CIEDE2000 color-difference formula", table 1
SHARMA = """
50 2.6772 -79.7751 50 0 -82.7485 2.0425
50 3.1571 -77.2803 50 0 -82.7485 2.8615
50 2.8361 -74.0200 50 0 -82.7485 3.4412
50 -1.3802 -84.2814 50 0 -82.7485 1.0000
50 -1.1848 -84.8006 50 0 -82.7485 1.0000
50 -0.9009 -85.5211 50 0 -82.7485 1.0000
50 0 0 50 -1 2 2.3669
50 -1 2 50 0 0 2.3669
50 2.4900 -0.0010 50 -2.4900 0.0009 7.1792
50 2.4900 -0.0010 50 -2.4900 0.0010 7.1792
50 2.4900 -0.0010 50 -2.4900 0.0011 7.2195
50 2.4900 -0.0010 50 -2.4900 0.0012 7.2195
50 -0.0010 2.4900 50 0.0009 -2.4900 4.8045
50 -0.0010 2.4900 50 0.0010 -2.4900 4.8045
50 -0.0010 2.4900 50 0.0011 -2.4900 4.7461
50 2.5 0 50 0 -2.5 4.3065
50 2.5 0 73 25 -18 27.1492
50 2.5 0 61 -5 29 22.8977
50 2.5 0 56 -27 -3 31.9030
50 2.5 0 58 24 15 19.4535
50 2.5 0 50 3.1736 0.5854 1.0000
50 2.5 0 50 3.2972 0 1.0000
50 2.5 0 50 1.8634 0.5757 1.0000
50 2.5 0 50 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""


@pytest.mark.parametrize("row", SHARMA.strip().splitlines())
def test_ciede2000_agrees_with_the_published_pairs(row: str) -> None:
    l1, a1, b1, l2, a2, b2, expected = map(float, row.split())
    assert plain.ciede2000((l1, a1, b1), (l2, a2, b2)) == pytest.approx(expected, abs=5e-5)
    assert plain.ciede2000((l2, a2, b2), (l1, a1, b1)) == pytest.approx(expected, abs=5e-5)


def test_colours() -> None:
    assert plain.lightness("#ffffff") == pytest.approx(1, abs=1e-5)
    assert plain.lightness("#000000") == pytest.approx(0, abs=1e-9)
    assert plain.lab_of("#ff0000") == pytest.approx((53.2408, 80.0925, 67.2032), abs=2e-3)
    for color in ("#000000", "#ffffff", "#123456", "#fedcba", "#808080", "#00ff00"):
        assert plain.color_of(plain.lab_of(color)) == color
        assert plain.shifted(color, 360) == color
    assert plain.lightness(plain.lighter("#404040", 0.2)) == pytest.approx(plain.lightness("#404040") + 0.2, abs=2e-3)
    assert plain.lighter("#808080", 1) == "#ffffff"
    assert plain.color_gap("#123456", "#123456") == 0
    assert plain.color_gap("#ff0000", "none") == 1
    with pytest.raises(UndefinedValueError):
        plain.lightness("none")


def test_angles_run_clockwise_from_the_right() -> None:
    assert [plain.direction(0j, p) for p in (1 + 0j, 1j, -1 + 0j, -1j)] == pytest.approx([0, 90, 180, 270])
    assert plain.turn_between(350, 20) == pytest.approx(30)
    assert plain.angle_at(0j, 1 + 0j, -1j) == pytest.approx(90)
    assert plain.polar(2, 90) == pytest.approx(2j)
    assert plain.rotate(2 + 0j, 1 + 0j, 90) == pytest.approx(1 + 1j)
    with pytest.raises(UndefinedValueError):
        plain.direction(1j, 1j)


def test_points_on_and_off_a_line() -> None:
    assert plain.project(3 + 5j, 0j, 4 + 0j) == pytest.approx(0.75)
    assert plain.offset(3 + 5j, 0j, 4 + 0j) == pytest.approx(5)  # below a line to the right is to its right
    assert plain.offset(3 - 5j, 0j, 4 + 0j) == pytest.approx(-5)
    assert plain.mix(0j, 4 + 8j, 0.25) == 1 + 2j
    assert plain.spaced(0j, 4 + 0j, 3) == [0, 2, 4]
    assert plain.spaced(0j, 4 + 0j, 1) == [2]


def test_grids_fill_the_middle_of_the_canvas() -> None:
    world = World(200, 100)
    assert plain.grid(2, 2, 0.5, world=world) == pytest.approx([75 + 37.5j, 125 + 37.5j, 75 + 62.5j, 125 + 62.5j])
    assert plain.grid_step(4, 0.8, world=world) == pytest.approx(20)


def test_numbers() -> None:
    assert [plain.round_(x) for x in (2.5, -2.5, 1.4, -0.2)] == [3, -2, 1, 0]
    assert [plain.floor(x) for x in (2.5, -2.5)] == [2, -3]
    assert plain.mod(-1, 5) == 4
    assert plain.tan(45) == pytest.approx(1)
    assert plain.pow_(2, 0.5) == pytest.approx(plain.sqrt(2))
    for call in (
        lambda: plain.sqrt(-1),
        lambda: plain.pow_(-8, 0.5),
        lambda: plain.mod(3, 0),
        lambda: plain.pow_(0, -1),
    ):
        with pytest.raises(UndefinedValueError):
            call()


def test_words() -> None:
    assert [plain.letter(k) for k in (0, 25)] == ["A", "Z"]
    assert [plain.digits(x) for x in (7, 7.0, 0.5, -0.0, 1 / 3)] == ["7", "7", "0.5", "0", "0.333333"]
    assert plain.letters_of("cat") == ["c", "a", "t"]


@pytest.mark.parametrize(("x", "whole"), [(2.49, 2), (2.5, 3), (2.96, 3), (-2.5, -2), (-2.51, -3), (2.47, 2)])
def test_round_takes_the_nearest_and_halves_upwards(x: float, whole: int) -> None:
    assert plain.round_(x) == whole


def test_there_are_26_letters() -> None:
    assert (plain.letter(0), plain.letter(25)) == ("A", "Z")
    for beyond in (-1, 26):
        with pytest.raises(UndefinedValueError):
            plain.letter(beyond)


def test_a_line_of_one_px_has_sides() -> None:
    assert plain.offset(0.5 + 2j, 0j, 1 + 0j) == 2
    with pytest.raises(UndefinedValueError):
        plain.offset(2j, 1 + 1j, 1 + 1j)
