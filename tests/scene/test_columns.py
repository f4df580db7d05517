"""Columns as plain values, seeded choices, and the laws of unsaid backgrounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.program import Background
from pgt_dsl.program.strings import intern
from pgt_dsl.scene.backgrounds import choose_background, drawn
from pgt_dsl.scene.chance import Chances
from pgt_dsl.scene.columns import plain
from tests.scene.worlds import REGISTRY

UNITS = {"px": 1.0, "deg": 1.0, "": 1.0, "%": 0.01, "vmin": 3.0, "vw": 4.0, "vh": 3.0}


def test_items_that_are_not_there_are_left_out_of_lists() -> None:
    data, mask = np.array([[1, 2, 3]]), np.array([[True, False, True], [False, False, False]])
    assert plain(data, "int", mask, 1) == [[1, 3], []]
    assert plain(data, "int", mask, 0) == [[1, None, 3], [None, None, None]]


def test_each_base_type() -> None:
    assert plain(np.array([1 + 2j]), "point") == [[1.0, 2.0]]
    assert plain(np.array([0xFF0001, -1]), "color") == ["#ff0001", "none"]
    assert plain(np.array([intern("b"), intern("a")]), "text") == ["b", "a"]
    assert plain(np.array([True]), "bool") == [True]
    assert plain(np.array([7.9]), "int") == [7] and plain(np.array([0.1]), "number") == [0.1]


def test_what_is_no_number_is_none() -> None:
    assert plain(np.array([[1.0, np.nan]]), "length") == [[1.0, None]]
    assert plain(np.array([1j, complex(np.inf, 0)]), "point") == [[0.0, 1.0], None]
    assert plain(np.array([-5]), "text") == [None]


def test_lists_of_lists() -> None:
    data = np.arange(4).reshape(1, 2, 2)
    mask = np.array([[[True, False], [False, False]]])
    assert plain(data, "int", mask, 2) == [[[0]]]


def test_choices_do_not_depend_on_the_batch() -> None:
    many, one = Chances("h", 3, np.arange(100)), Chances("h", 3, np.array([42]))
    assert many.row(42).shares("p", 8) == one.row(0).shares("p", 8)
    assert many.row(42).shares("q") != one.row(0).shares("p")
    places = [many.row(k).below(4, "p") for k in range(100)]
    assert set(places) == {0, 1, 2, 3} and many.row(0).below(1, "p") == 0


@pytest.mark.parametrize(
    ("default", "share", "value"),
    [("= 2px", 0.5, 2.0), ("= 3", 0.5, 3), ("~ 5% .. 20%", 0.5, 0.125), ("~ 0deg .. 360deg", 0.25, 90.0),
     ("~ 1vmin..2vmin", 0.0, 3.0), ("~ pastel", 0.0, "#ff0000"), ("~ pastel", 0.999, "#eeeeee"),
     ("= red", 0.5, "#ff0000"), ('= "any"', 0.5, "any"), ("= true", 0.5, True), ("= none", 0.5, "none")],
)  # fmt: skip
def test_default_laws(default: str, share: float, value: Any) -> None:
    assert drawn(default, REGISTRY, UNITS, share) == pytest.approx(value)


def test_other_defaults_are_named() -> None:
    with pytest.raises(PgtError, match="normal"):
        drawn("~ normal(1, 2)", REGISTRY, UNITS, 0.5)


def test_a_declared_background_keeps_its_fields() -> None:
    chance = Chances("h", 3, np.array([1])).row(0)
    made = choose_background(Background("noise"), {"grain": 5.0}, "", REGISTRY, chance, 400, 300)
    assert made.kind == "noise" and made.fields["grain"] == 5.0 and 0.05 <= made.fields["strength"] <= 0.2
    photo = choose_background(Background("photo"), {"zoom": 1}, "cat.jpg", REGISTRY, chance, 400, 300)
    assert photo.photo == "cat.jpg" and photo.fields == {"zoom": 1}
