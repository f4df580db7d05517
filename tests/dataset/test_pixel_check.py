"""The check of painted ids: silent on what is painted as it should be, and not to be fooled by a broken painter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import shapely

from pgt_dsl.api import load
from pgt_dsl.builtin import extension
from pgt_dsl.dataset.build import build
from pgt_dsl.dataset.manifest import read_manifest
from pgt_dsl.dataset.pipeline import Mispainted, Pipeline, open_photos
from pgt_dsl.dataset.pixel_check import EVERY, _clipped, faults, is_checked
from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.paint.display import DisplayList, Painted
from pgt_dsl.paint.reference import PillowRenderer
from pgt_dsl.plugins.extension import Extension, RendererSpec
from pgt_dsl.plugins.registry import Registry

SPEC = """
task "test/ids"
shape ring: circle { at = (30vw, 30vh), radius = 20vmin, fill = none, outline = blue, stroke = 3vmin }
shape under: square { at = (60vw, 60vh), size = 30vmin, color = red }
shape over: figure { at = (72vw, 66vh), size = 20vmin, form = star, color = green }
shape word: text { at = (30vw, 80vh), text = "bird", size = 14vmin }
shape road: line { from = (10vw, 95vh), to = (90vw, 90vh), stroke = 2vmin }
ask "What is under the star?" answer under
"""

Ids = npt.NDArray[np.uint16]


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    spec = tmp_path_factory.mktemp("spec") / "ids.pgt"
    spec.write_text(SPEC, encoding="utf-8")
    broken = Extension("broken", renderers=(RendererSpec("mirrored", "", f"{__name__}:make"),))
    return load(spec, Registry.load([("pgt-dsl", extension), ("broken", broken)]))


def painted(task: Task, size: int = 200) -> tuple[Pipeline, Ids]:
    pipeline = task.pipeline(0, size)
    ids = pipeline.paint(pipeline.scenes([0]), ids=True)[0].ids
    assert ids is not None
    return pipeline, ids[0]


def told(task: Task, spoil: Callable[[Ids], Ids]) -> list[str]:
    pipeline, ids = painted(task)
    return faults(task.program, pipeline.scenes([0])[0], spoil(ids.copy()), task.registry)


@pytest.mark.parametrize("size", [64, 200, 336])
def test_what_is_painted_as_it_should_be_passes(task: Task, size: int) -> None:
    pipeline, ids = painted(task, size)
    assert set(np.unique(ids).tolist()) == {0, 1, 2, 3, 4, 5}
    assert faults(task.program, pipeline.scenes([0])[0], ids, task.registry) == []


def test_a_sliver_that_a_difference_left_is_clipped_like_any_area() -> None:
    """Of a line beneath another of the same ends, say; GEOS cannot cut it by a box the quick way."""
    sliver = shapely.Polygon([(165.6697503456995, 164.98774805478467), (165.6697503456995, 164.9877480547847),
                              (166.8530067202185, 151.19312473096838)])  # fmt: skip
    with pytest.raises(shapely.errors.GEOSException):
        shapely.clip_by_rect(sliver, 163, 131, 167, 155)
    assert _clipped(sliver, 163, 131, 167, 155).area == 0
    both = _clipped(shapely.union_all([sliver, shapely.box(100, 100, 120, 150)]), 110, 131, 167, 155)
    assert both.area == pytest.approx(10 * 19)


def exchanged(a: int, b: int) -> Callable[[Ids], Ids]:
    def spoil(ids: Ids) -> Ids:
        return np.where(ids == a, b, np.where(ids == b, a, ids)).astype(np.uint16)

    return spoil


def filled(ids: Ids) -> Ids:
    """The ring as a disc."""
    y, x = np.mgrid[: ids.shape[0], : ids.shape[1]]
    ids[(x - 60) ** 2 + (y - 60) ** 2 < 38**2] = 1
    return ids


def unknown(ids: Ids) -> Ids:
    ids[5:8, 190:195] = 77
    return ids


def moved(ids: Ids) -> Ids:
    """The word somewhere else."""
    word = ids == 4
    ids[word] = 0
    ids[np.roll(word, 30, 1)] = 4
    return ids


SLIPS: dict[str, tuple[Callable[[Ids], Ids], str]] = {
    "all a little to the right": (lambda ids: np.roll(ids, 5, 1), "outside its box"),
    "the star beneath the square": (lambda ids: np.where(ids == 3, 2, ids).astype(np.uint16), "(id 3) has 0 px"),
    "ids of two shapes": (exchanged(1, 2), "outside its box"),
    "a hollow shape filled": (filled, "shape 1 of `ring` (id 1)"),
    "an id of no shape": (unknown, "15 px have the id 77, which no shape has"),
    "a word elsewhere": (moved, "of `word` (id 4) has"),
    "no ids at all": (np.zeros_like, "(id 5) has 0 px"),
    "another size": (lambda ids: ids[:-1], "the id mask is 200 x 199 px"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_told(task: Task, slip: str) -> None:
    spoil, words = SLIPS[slip]
    found = told(task, spoil)
    assert any(words in line for line in found), found
    assert all(line.startswith("sample 0 of test/ids (seed 0), 200 x 200 px: ") for line in found)


class Mirrored:
    """A painter that is right but for its ids, which are mirrored."""

    name = "mirrored"

    def paint(self, display: DisplayList, backgrounds: npt.NDArray[np.uint8], ids: bool = True) -> Painted:
        made = PillowRenderer().paint(display, backgrounds, ids)
        return made if made.ids is None else Painted(made.rgb, made.ids[:, :, ::-1])


def make() -> Mirrored:
    return Mirrored()


def test_a_broken_painter_stops_a_build(task: Task, tmp_path: Path) -> None:
    with pytest.raises(PgtError, match="outside its box"):
        build([task], 4, tmp_path / "broken", size=100, renderer="mirrored", workers=1)
    assert (tmp_path / "broken" / "disagreement.json").exists()
    pipeline = Pipeline(task.program, task.registry, 0, 100, open_photos(None), "mirrored")
    with pytest.raises(Mispainted) as caught:
        pipeline.samples(pipeline.scenes(range(3)))
    assert caught.value.scene.index == 0


def test_the_manifest_says_how_many_were_checked(task: Task, tmp_path: Path) -> None:
    build([task], 2 * EVERY + 1, tmp_path / "out", size=64, workers=1)
    assert read_manifest(tmp_path / "out").tasks[0].ids_checked == 3
    assert [k for k in range(40) if is_checked(k)] == [0, 16, 32]


def test_edges_that_lie_on_one_another_may_be_either_ones() -> None:
    grid = load(
        'task "test/grid"\n'
        "shape cells: square[4] { at = (50vw, 50vh) + (27.491px * (index - 1.5), -13.746px), size = 29.507px,"
        " fill = none, outline = black, stroke = 0.6vmin }\n"
        'ask "How many cells are there?" answer count(cells)\n'
    )
    pipeline = grid.pipeline(0, 336)
    (scene,) = pipeline.scenes([0])
    (picture,) = pipeline.paint([scene], ids=True)
    assert picture.ids is not None
    ids = picture.ids[0]
    third = ids == scene.shapes[2].id
    assert third[:, 196].sum() > 20, "a column of the third cell shows beside the edge of the fourth, which lies on it"
    assert faults(grid.program, scene, ids, grid.registry) == []
    wider = ids.copy()
    wider[:, 192:196][third[:, [196]].repeat(4, axis=1)] = scene.shapes[2].id
    assert any("upper right" in fault for fault in faults(grid.program, scene, wider, grid.registry))
