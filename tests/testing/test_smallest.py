"""A failing scene shrinks: to the fewest shapes, whole pixels, the first values of picks."""

from __future__ import annotations

from pathlib import Path

import pytest

import pgt_dsl
from pgt_dsl.scene.serial import scene_to_json
from pgt_dsl.testing.made import Made, Maker
from pgt_dsl.testing.smallest import Trial, search, smallest
from pgt_dsl.testing.spec_run import Plan, SpecRun
from tests.testing.faulty import LIMIT, faulty_task

SPECS = Path(__file__).parents[2] / "task_specs"
SMALL = Plan(scenes=12, explore=0, patience=30.0)


class Given:
    """Chooses what it is given, one after the other."""

    def __init__(self, choices: list[float]) -> None:
        self._choices = choices

    def whole(self, low: int, high: int, want: int | None = None) -> int:
        return low if low == high else int(self._choices.pop(0))

    def real(self, low: float, high: float, want: float | None = None) -> float:
        return low if low == high else float(self._choices.pop(0))


def run_of(task: pgt_dsl.Task, plan: Plan = SMALL) -> SpecRun:
    return SpecRun(task.pipeline(plan.seed, plan.size), plan)


def test_a_faulty_measure_is_shown_on_the_smallest_scene(tmp_path: Path) -> None:
    run = run_of(faulty_task(tmp_path))
    (failure,) = run.failures(["oracle"])
    scene = failure.scene
    assert max(len([s for s in subject.scene.shapes if s.painted]) for subject in run.subjects) == 5
    assert [shape.group for shape in scene.shapes if shape.painted] == ["a", "xs"]
    assert scene.stratum == {"n": 1, "hue": "#d92b2b"} and scene.draws["times"] == 2 and scene.index == 0
    places = [shape.fields["at"] for shape in scene.shapes if shape.painted]
    assert max(x for x, _ in places) == LIMIT + 1  # the first whole pixel that is wrong
    drawn = [x for place in places for x in place] + [s.fields["radius"] for s in scene.shapes if s.painted]
    assert all(x == int(x) for x in drawn)
    assert failure.fault.check == "oracle" and failure.made == "draws" and 0 < failure.failing <= 12


def test_the_same_check_fails_at_the_same_place(tmp_path: Path) -> None:
    """Of two questions that are wrong each has a scene of its own."""
    text = 'task "faulty/two"\nshape a: circle { color = red }\nshape b: circle { color = blue }\n' + "".join(
        f'ask "{words}?"\n  answer {answer}\n' for words, answer in (
            ("Far", "reach(a, b) within 3px"), ("Farther", "reach(a, b) > 55px"))
    )  # fmt: skip
    found = run_of(faulty_task(tmp_path, text)).failures(["oracle"])
    assert [failure.fault.origin.line for failure in found] == [4, 6]
    far, farther = (abs(complex(*f.scene.draws["a.at"]) - complex(*f.scene.draws["b.at"])) for f in found)
    assert farther <= 55 and far != farther  # only within 20 px below the bound, or at it, is the second one wrong


@pytest.mark.parametrize(
    "spec",
    ["counting/one_colour", "spatial/left_of", "ordering/top_to_bottom", "reading/bar_value", "twins/larger_swapped",
     "photo/count_on_photo", "panels/spot_the_difference", "shape/odd_one_out"],
)  # fmt: skip
def test_a_scene_is_made_again_from_its_draws_to_the_bit(spec: str) -> None:
    pipeline = pgt_dsl.load(SPECS / f"{spec}.pgt").pipeline(3, 96)
    scenes, maker = pipeline.scenes(range(4)), Maker(pipeline)
    for scene, wish in zip(scenes, maker.wishes(scenes), strict=True):
        made = maker.remake(wish)
        assert isinstance(made, Made), made
        assert scene_to_json(made.scene) | {"attempt": scene.attempt} == scene_to_json(scene)


def test_a_place_on_a_ring_of_round_numbers_is_made_again() -> None:
    """Its radius and angle are at an end of the law, and a rounding beyond it when they are computed back."""
    ring = "shape a: circle { at ~ ring((50vw, 50vh), 10vmin .. 30vmin), radius = 5vmin, color = red }\n"
    task = pgt_dsl.load(f'task "x/ring"\n{ring}ask "Where is {{a}}?"\n  answer a.at within 3vmin\n')
    maker = Maker(task.pipeline(0, 128))
    for degrees in range(0, 360, 7):
        made = maker.make(Given([12.8, float(degrees), 0]))
        assert isinstance(made, Made)
        again = maker.remake(made.wish)
        assert isinstance(again, Made) and again.scene == made.scene


def test_choices_that_are_written_down_are_the_ones_that_hypothesis_takes() -> None:
    pipeline = pgt_dsl.load(SPECS / "counting/all.pgt").pipeline(0, 96)
    scenes, maker = pipeline.scenes(range(5)), Maker(pipeline)
    seen: list[object] = []

    def see(made: Made) -> bool:
        seen.append(made.scene.draws)
        return False

    search(maker, see, maker.wishes(scenes), seed=0)
    assert len(seen) == 5 and all(scene.draws in seen for scene in scenes)


def test_a_search_without_time_gives_what_it_has() -> None:
    pipeline = pgt_dsl.load(SPECS / "spatial/left_of.pgt").pipeline(0, 96)
    maker = Maker(pipeline)
    wishes = maker.wishes(pipeline.scenes(range(3)))
    found = smallest(maker, Trial(lambda made: True, tries=5), wishes)
    assert found is not None and found.wish.draws
    assert smallest(maker, Trial(lambda made: False), wishes) is None


def test_of_twins_the_one_that_fails_is_found() -> None:
    pipeline = pgt_dsl.load(SPECS / "twins/one_colour_changes.pgt").pipeline(0, 96)
    maker = Maker(pipeline)
    wishes = maker.wishes(pipeline.scenes(range(2)))
    found = smallest(maker, Trial(lambda made: made.scene.twin == 1, tries=40), wishes)
    assert found is not None and found.scene.twin == 1 and len(found.wish.draws) == 2


def test_nothing_is_left_beside_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pipeline = pgt_dsl.load(SPECS / "spatial/left_of.pgt").pipeline(0, 96)
    maker = Maker(pipeline)
    search(maker, lambda made: False, maker.wishes(pipeline.scenes([0])), seed=0, more=3)
    assert list(tmp_path.iterdir()) == []
