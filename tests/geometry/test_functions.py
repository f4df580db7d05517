"""Plain functions of the language, and the declarations of the built-ins."""

from __future__ import annotations

import numpy as np
import pytest

from pgt_dsl.builtin import extension
from pgt_dsl.builtin.values import LISTS
from pgt_dsl.geometry.outline import Outline
from pgt_dsl.plugins.discover import load_ref
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.program import functions as f
from pgt_dsl.program.strings import intern, string
from tests.geometry.cases import plain


def points(*values: complex) -> np.ndarray:
    return np.array(values, np.complex128)


def test_points_and_angles() -> None:
    kind = "point point point"
    assert f.distance(plain(points(0), points(3 + 4j), types=kind)) == [5]
    assert f.direction(plain(points(0, 0, 0, 1), points(1, 1j, -1j, 1), types=kind))[:3] == pytest.approx([0, 90, 270])
    assert np.isnan(f.direction(plain(points(1), points(1), types=kind)))[0]
    assert f.angle_at(plain(points(0), points(1), points(-1 - 1j), types=kind)) == pytest.approx([135])
    assert f.turn_between(plain([350.0, 90.0], [10.0, 270.0])) == pytest.approx([20, 180])
    assert f.polar(plain([2.0], [90.0])) == pytest.approx([2j])
    assert f.mix(plain(points(2), points(4), [0.25], types="point point number")) == pytest.approx([2.5])
    assert f.rotate(plain(points(2), points(1), [90.0], types="point point angle")) == pytest.approx([1 + 1j])
    assert f.project(plain(points(3 + 5j), points(0), points(6), types=kind)) == pytest.approx([0.5])
    assert f.project(plain(points(0.25), points(0), points(0.5), types=kind)) == pytest.approx(
        [0.5]
    )  # shorter than a px
    assert f.offset(plain(points(3 + 5j), points(0), points(6), types=kind)) == pytest.approx([5])
    assert f.offset(plain(points(3 - 5j), points(0), points(6), types=kind)) == pytest.approx([-5])


def test_lists_of_points() -> None:
    data, mask = f.grid(plain(np.array([2, 1]), np.array([2, 3]), np.array([0.8]), sizes=(4,)))
    assert mask.tolist() == [[True] * 4, [True] * 3 + [False]]
    assert data[0] == pytest.approx([120 + 120j, 280 + 120j, 120 + 280j, 280 + 280j])
    assert data[1, :3] == pytest.approx([40 + 320 * share + 200j for share in (1 / 6, 1 / 2, 5 / 6)])
    assert f.grid_step(plain(np.array([4]), np.array([0.8]))) == pytest.approx([80])
    data, mask = f.spaced(plain(points(0), points(10), np.array([3]), types="point point int", sizes=(5,)))
    assert data[0, :3] == pytest.approx([0, 5, 10])
    assert mask.tolist() == [[True, True, True, False, False]]
    data, _ = f.spaced(plain(points(0), points(10), np.array([1]), types="point point int", sizes=(1,)))
    assert data == pytest.approx(np.array([[5]]))
    straight = (np.array([[0, 10, 30, 99]]), np.array([[True, True, True, False]]))
    assert f.curve_length(plain(straight)) == pytest.approx([30])


def test_numbers() -> None:
    assert f.round_half_up(plain([0.5, 1.4, -0.5])).tolist() == [1, 1, 0]
    assert f.round_slack(plain([0.5, 1.4, 2.0])) == pytest.approx([0, 0.1, 0.5])
    assert f.floor(plain([1.9, -0.1])).tolist() == [1, -1]
    assert f.floor_slack(plain([1.9, 2.25])) == pytest.approx([0.1, 0.25])
    assert f.mod(plain(np.array([-1, 7, 5]), np.array([6, 3, 0]))).tolist() == [5, 1, 0]
    assert f.sqrt(plain([4.0])) == [2]
    assert np.isnan(f.sqrt(plain([-4.0])))[0]
    assert np.isnan(f.power(plain([-4.0], [0.5])))[0]
    assert f.power(plain([2.0], [3.0])) == [8]
    assert f.tan(plain([45.0])) == pytest.approx([1])


def test_words() -> None:
    assert [string(c) for c in f.letter(plain(np.array([0, 25, 26])))] == ["A", "Z", ""]
    assert [string(c) for c in f.digits(plain([3.0, 2.5, -0.0, 0.1 + 0.2]))] == ["3", "2.5", "0", "0.3"]
    data, mask = f.letters_of(plain(np.array([intern("DOG"), intern("I")]), sizes=(3,)))
    assert [string(c) for c in data[0]] == list("DOG")
    assert mask.tolist() == [[True] * 3, [True, False, False]]


def test_the_built_ins_pass_the_registry() -> None:
    assert Registry.load([("pgt-dsl", extension)]).problems == []


def test_values_and_outlines_can_be_loaded() -> None:
    for function in extension.functions:
        assert callable(load_ref(function.value))
        assert function.slack is None or callable(load_ref(function.slack))
    for kind in extension.kinds:
        assert callable(load_ref(kind.outline))


def test_ways_speak_of_fields() -> None:
    for kind in extension.kinds:
        names = {spec.name for spec in kind.fields} | {"x", "y"}
        for way in kind.ways:
            assert {*way.given, *way.derive} <= names, kind.name
            assert not set(way.given) & set(way.derive), kind.name


def test_placed_kinds_need_no_place_for_their_outline() -> None:
    for kind in extension.kinds:
        fields = {spec.name: spec for spec in kind.fields}
        if fields["at"].default != "~ placed":
            continue
        values: dict[str, np.ndarray] = {}
        for spec in kind.fields:
            if spec.type in ("length", "angle", "number"):
                values[spec.name] = np.array([10.0])
        values.update(form=np.array([intern("star")]), text=np.array([intern("word")]), sides=np.array([5]))
        made = load_ref(kind.outline)(values)
        assert isinstance(made, Outline) and made.count.shape[0] == 1


def test_words_are_not_easily_misread() -> None:
    words = LISTS["words"][1]
    assert len(words) >= 50 and len(set(words)) == len(words)
    for k, a in enumerate(words):
        assert 3 <= len(a) <= 6
        for b in words[:k]:
            assert len(a) != len(b) or sum(x != y for x, y in zip(a, b, strict=True)) >= 2, (a, b)
