"""Which outlines are upright rectangles: those may be measured by their boxes alone."""

from __future__ import annotations

import numpy as np
import pytest

from pgt_dsl.geometry.outline import Outline
from pgt_dsl.geometry.pieces import upright
from tests.geometry import cases as g

CORNERS = (0, 8, 8 + 5j, 5j)


def rotated(corners: tuple[complex, ...], by: int) -> tuple[complex, ...]:
    return corners[by:] + corners[:by]


@pytest.mark.parametrize("start", range(4))
def test_rectangles_are_upright_from_whichever_corner_and_way_round(start: int) -> None:
    assert upright(g.polygon(*rotated(CORNERS, start))).all()
    assert upright(g.polygon(*rotated(CORNERS, start)[::-1])).all()


@pytest.mark.parametrize("start", range(4))
@pytest.mark.parametrize("moved", range(4))
@pytest.mark.parametrize("step", [1, 1j, 1 + 1j, -1 + 2j])
def test_a_corner_out_of_place_is_noticed(start: int, moved: int, step: complex) -> None:
    corners = list(CORNERS)
    corners[moved] += step
    assert not upright(g.polygon(*rotated(tuple(corners), start))).any()


def test_what_only_begins_like_a_rectangle_is_none() -> None:
    assert not upright(g.polygon(*CORNERS, 2 + 2j)).any()
    assert not upright(g.polygon(*CORNERS[:3])).any()
    assert not upright(g.stroke(*CORNERS, width=0)).any()
    assert not upright(g.disc(3, 4)).any()
    box = g.polygon(*CORNERS)
    assert not upright(Outline(box.verts, box.count, box.closed, box.radius + 1)).any()
    two = Outline(*(np.concatenate([x, x], 1) for x in (box.verts, box.count, box.closed, box.radius)))
    assert not upright(two).any()
