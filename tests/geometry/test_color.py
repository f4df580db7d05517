"""Colours: CIEDE2000 against the published pairs, and the named colours well apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pytest

from pgt_dsl.builtin.values import COLORS, LISTS
from pgt_dsl.geometry import color
from pgt_dsl.resources import module_text

# Sharma, Wu, Dalal (2005), Table 1: L1 a1 b1 L2 a2 b2 dE00
SHARMA = """
50.0000 2.6772 -79.7751 50.0000 0.0000 -82.7485 2.0425
50.0000 3.1571 -77.2803 50.0000 0.0000 -82.7485 2.8615
50.0000 2.8361 -74.0200 50.0000 0.0000 -82.7485 3.4412
50.0000 -1.3802 -84.2814 50.0000 0.0000 -82.7485 1.0000
50.0000 -1.1848 -84.8006 50.0000 0.0000 -82.7485 1.0000
50.0000 -0.9009 -85.5211 50.0000 0.0000 -82.7485 1.0000
50.0000 0.0000 0.0000 50.0000 -1.0000 2.0000 2.3669
50.0000 -1.0000 2.0000 50.0000 0.0000 0.0000 2.3669
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0009 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0010 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0011 7.2195
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0012 7.2195
50.0000 -0.0010 2.4900 50.0000 0.0009 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0010 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0011 -2.4900 4.7461
50.0000 2.5000 0.0000 50.0000 0.0000 -2.5000 4.3065
50.0000 2.5000 0.0000 73.0000 25.0000 -18.0000 27.1492
50.0000 2.5000 0.0000 61.0000 -5.0000 29.0000 22.8977
50.0000 2.5000 0.0000 56.0000 -27.0000 -3.0000 31.9030
50.0000 2.5000 0.0000 58.0000 24.0000 15.0000 19.4535
50.0000 2.5000 0.0000 50.0000 3.1736 0.5854 1.0000
50.0000 2.5000 0.0000 50.0000 3.2972 0.0000 1.0000
50.0000 2.5000 0.0000 50.0000 1.8634 0.5757 1.0000
50.0000 2.5000 0.0000 50.0000 3.2592 0.3350 1.0000
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


def code(name: str) -> int:
    return int(COLORS.get(name, name)[1:], 16)


def gaps(a: tuple[str, ...], b: tuple[str, ...]) -> np.ndarray:
    return 100 * color.gap(np.array([code(n) for n in a])[:, None], np.array([code(n) for n in b])[None, :])


def test_ciede2000_gives_the_published_differences() -> None:
    table = np.array([[float(x) for x in row.split()] for row in SHARMA.strip().splitlines()])
    assert len(table) == 34
    assert color.ciede2000(table[:, :3], table[:, 3:6]) == pytest.approx(table[:, 6], abs=5e-5)
    assert color.ciede2000(table[:, 3:6], table[:, :3]) == pytest.approx(table[:, 6], abs=5e-5)


def test_lab_of_known_colours() -> None:
    found = color.lab(np.array([0xFFFFFF, 0x000000, 0xFF0000]))
    assert found[0] == pytest.approx([100, 0, 0], abs=0.02)
    assert found[1] == pytest.approx([0, 0, 0], abs=1e-9)
    assert found[2] == pytest.approx([53.24, 80.09, 67.20], abs=0.02)


def test_packing_is_the_inverse() -> None:
    rng = np.random.default_rng(1)
    colors = rng.integers(0, 1 << 24, 500)
    assert (color.packed(color.lab(colors)) == colors).all()


def test_lighter_and_shifted() -> None:
    greys = np.array([code(n) for n in LISTS["greys"][1]])
    assert color.lightness(color.lighter(greys, np.float64(0.1))) == pytest.approx(
        color.lightness(greys) + 0.1, abs=4e-3
    )
    shades = np.array([code(n) for n in LISTS["shades"][1]])
    turned = color.lab(color.shifted(shades, np.float64(40)))
    assert turned[:, 0] == pytest.approx(color.lab(shades)[:, 0], abs=0.6)
    assert (color.shifted(shades, np.float64(0)) == shades).all()


def test_none_is_no_colour() -> None:
    none = np.array([-1, -1, 0])
    assert color.gap(none, np.array([-1, 0, 0])) == pytest.approx([0, 1, 0])
    assert np.isnan(color.lightness(none)[0])
    assert color.lighter(none, np.float64(0.2))[0] == -1


@pytest.mark.parametrize("name", ["basic", "vivid"])
def test_colours_that_are_named_look_different(name: str) -> None:
    names = LISTS[name][1]
    table = gaps(names, names)
    assert table[~np.eye(len(names), dtype=bool)].min() >= 18


@pytest.mark.parametrize("cones", ["protanomaly", "deuteranomaly", "tritanomaly"])
def test_colours_of_the_palette_for_all_differ_without_one_kind_of_cones(cones: str) -> None:
    """By the simulation of Machado, Oliveira and Fernandes (2009) at its full severity, as colorspacious has it."""
    from colorspacious import cspace_convert

    def seen(names: Sequence[str]) -> np.ndarray:
        rgb = np.array([[int(COLORS[name][k : k + 2], 16) for k in (1, 3, 5)] for name in names]) / 255
        as_seen = cspace_convert(rgb, {"name": "sRGB1+CVD", "cvd_type": cones, "severity": 100}, "sRGB1")
        levels = np.round(np.clip(as_seen, 0, 1) * 255).astype(np.int64)
        codes = levels @ [1 << 16, 1 << 8, 1]
        return 100 * color.gap(codes[:, None], codes[None])[~np.eye(len(names), dtype=bool)]

    (palette,) = re.findall(r"let colorblind = \[(.*)\]", module_text("palettes.pgt"))
    assert seen(palette.split(", ")).min() >= 24
    assert seen(LISTS["vivid"][1]).min() < 15, "which is why there is a palette for all"


def test_colours_stand_out_from_pastels() -> None:
    shown = tuple(dict.fromkeys(LISTS["basic"][1] + LISTS["vivid"][1]))
    assert gaps(shown, LISTS["pastel"][1]).min() >= 15


def test_all_colours_with_a_name_differ() -> None:
    table = gaps(tuple(COLORS), tuple(COLORS))
    assert table[~np.eye(len(COLORS), dtype=bool)].min() >= 15
