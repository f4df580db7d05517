"""Scenes of sampled batches: texts, options, shapes, reproducibility, and the oracle's agreement."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest

from pgt_dsl.api import load
from pgt_dsl.plugins.registry import registry
from pgt_dsl.program.formats import Unspeakable
from pgt_dsl.scene.assemble import _cuts, scenes
from pgt_dsl.scene.certify import certify
from pgt_dsl.scene.columns import names_of_colors
from pgt_dsl.scene.parse_answer import parse_answer
from pgt_dsl.scene.scene import Scene, SceneShape
from pgt_dsl.scene.serial import scene_from_json, scene_to_json
from tests.scene.worlds import COLORS, HASH, REGISTRY, circles, sample

NAMES = names_of_colors(COLORS)
MANY = 60


@pytest.fixture(scope="module")
def made() -> list[Scene]:
    return scenes(sample(circles(), range(MANY)), HASH)


def test_the_oracle_agrees(made: list[Scene]) -> None:
    program = circles()
    for scene in made:
        assert [str(d) for d in certify(program, scene, REGISTRY)] == []


def test_every_answer_is_read_back(made: list[Scene]) -> None:
    for scene in made:
        for ask in scene.asks:
            found = parse_answer(ask.text, ask, scene, NAMES)
            if ask.form == "point":
                assert abs(complex(*found) - complex(*ask.value)) <= 0.005 * 500
            else:
                assert found == ask.value
            for option in ask.options:
                assert (parse_answer(option, ask, scene, NAMES) == ask.value) == (option == ask.text)


def test_texts(made: list[Scene]) -> None:
    for scene in made:
        count, left, right, color, point, order = scene.asks
        words = {2: "two", 3: "three", 4: "four"}
        assert count.sentence == f"There are {words[count.value]}."
        first = next(s for s in scene.shapes if s.index == (0,))
        assert left.question.startswith(f"Is {first.phrase} to the left of the ")
        assert left.sentence.startswith(("Yes, ", "No, ")) and left.sentence.endswith("circle.")
        assert left.reason.startswith(first.phrase.capitalize() + " is at (0.")
        assert " or the " in right.question and right.text in right.question
        assert first.phrase == f"the {color.text} circle"
        assert point.text.startswith("(0.") and point.options == ()
        assert order.text.count(",") == count.value - 1
        assert set(left.grounding) == {0, 1} and right.grounding[0] == right.value and not count.grounding


def test_options_hold_the_answer_in_every_place(made: list[Scene]) -> None:
    places = Counter((len(ask.options), ask.correct) for scene in made for ask in scene.asks if ask.options)
    assert all(ask.options[ask.correct] == ask.text for s in made for ask in s.asks if ask.correct is not None)
    assert {places[2, 0] > 15, places[2, 1] > 15} == {True}
    assert {k for k in range(4) if places[4, k]} == {0, 1, 2, 3}


def test_wrong_answers_are_named(made: list[Scene]) -> None:
    for scene in made:
        count, *_, order = scene.asks
        assert count.wrong[0].mistake == "one too many" and count.wrong[0].value == count.value + 1
        assert count.value not in [w.value for w in count.wrong]
        assert order.wrong[0].value == order.value[::-1] and order.wrong[0].mistake == "reversed"


def test_paraphrases_vary(made: list[Scene]) -> None:
    assert Counter(scene.asks[0].paraphrase for scene in made).keys() == {0, 1}


def test_margins(made: list[Scene]) -> None:
    for scene in made:
        count, left, *_, point, _ = scene.asks
        assert count.margin is None and point.margin is None and left.margin is not None and left.margin >= 1


def test_shapes_and_draws(made: list[Scene]) -> None:
    for scene in made:
        n = scene.stratum["n"]
        assert scene.draws["n"] == n == len(scene.shapes) == scene.asks[0].value
        assert [value is None for value in scene.draws["xs.color"]] == [k >= n for k in range(4)]
        for shape in scene.shapes:
            x0, y0, x1, y1 = shape.box
            assert x1 - x0 == pytest.approx(24) and [(x0 + x1) / 2, (y0 + y1) / 2] == pytest.approx(shape.fields["at"])
            assert shape.id == shape.slot + 1 and shape.entity and shape.painted
        assert len({shape.phrase for shape in scene.shapes}) == n


def test_quotas_are_exact(made: list[Scene]) -> None:
    assert set(Counter(scene.stratum["n"] for scene in made).values()) == {MANY // 3}


def test_a_scene_does_not_depend_on_its_batch(made: list[Scene]) -> None:
    program = circles()
    for index in (0, 7, 41):
        assert scenes(sample(program, [index]), HASH) == [made[index]]
    assert scenes(sample(program, [7, 3]), HASH) == [made[7], made[3]]
    assert scenes(sample(program, [7], seed=6), HASH) != [made[7]]


def test_json_is_exact(made: list[Scene]) -> None:
    for scene in made[:10]:
        assert scene_from_json(json.loads(json.dumps(scene_to_json(scene), allow_nan=False))) == scene


def test_unsaid_backgrounds_vary(made: list[Scene]) -> None:
    kinds = Counter(scene.background.kind for scene in made)
    assert kinds.keys() == {"plain", "gradient", "noise"}
    for scene in made:
        fields = scene.background.fields
        if scene.background.kind == "noise":
            assert fields["grain"] == 2.0 and 0.05 <= fields["strength"] <= 0.2
        if scene.background.kind == "plain":
            assert fields["color"] in ("#ff0000", "#eeeeee")
    assert len({scene.background.seed for scene in made}) == MANY


def test_labels_take_the_place_of_phrases() -> None:
    program = circles(label=True)
    made = scenes(sample(program, range(12)), HASH)
    for scene in made:
        assert scene.asks[1].question == "Is A to the left of B?"
        assert scene.asks[2].text in "ABCD" and certify(program, scene, REGISTRY) == []
    assert any(len({s.fields["color"] for s in scene.shapes}) < len(scene.shapes) for scene in made)


def test_twins_share_all_but_the_flipped_pick() -> None:
    made = scenes(sample(circles(twin=True), range(6)), HASH)
    for one, other in zip(made[::2], made[1::2], strict=True):
        assert (one.twin, other.twin) == (0, 1) and one.twin_of == other.twin_of != ""
        assert one.stratum["n"] != other.stratum["n"] and one.index == other.index
        assert one.background == other.background and one.asks[0].paraphrase == other.asks[0].paraphrase
        shared = min(one.stratum["n"], other.stratum["n"])
        assert one.draws["xs.color"][:shared] == other.draws["xs.color"][:shared]


def test_a_colour_without_a_name_stops_with_the_sample() -> None:
    program = circles()
    batch = sample(program, [4])
    batch.ev.registry = type(REGISTRY)(**{**vars(REGISTRY), "colors": {}})
    with pytest.raises(Unspeakable, match=r"sample 4 of test/circles \(seed 5\): .* has no name"):
        scenes(batch, HASH)


def test_assembling_is_fast() -> None:
    batch = sample(circles(label=True), np.arange(400))
    assert len(scenes(batch, HASH)) == 400


HOLLOW = """## Rings that differ in their outline alone.
task "test/hollow"

pick n ~ [2]
shape rings: circle[n] { at = (30vw + 40vw * index, 50vh), fill = none, outline = [red, blue][index], radius = 9vmin }

ask "How wide is {rings[1]}?"
  answer rings[1].width within 1px
ask "How far apart are they?"
  answer rings[1].x > rings[0].x
"""


def test_shapes_that_differ_in_their_outline_alone_are_called_by_it() -> None:
    pipeline = load(HOLLOW, registry()).pipeline(0, 64)
    for scene in pipeline.scenes(range(3)):
        assert [shape.phrase for shape in scene.shapes] == ["the red circle", "the blue circle"]
        assert scene.asks[0].question == "How wide is the blue circle?"
        assert certify(pipeline.program, scene, registry()) == []


def test_what_is_the_same_in_all_of_a_batch_is_told_of_each() -> None:
    made = load(HOLLOW, registry()).pipeline(0, 64).scenes(range(3))
    assert [scene.stratum["n"] for scene in made] == [2, 2, 2]
    margins = [scene.asks[1].margin for scene in made]
    assert margins[0] is not None and margins == [margins[0]] * 3


def test_cuts_are_the_boxes_of_what_is_cut_out_within_the_canvas() -> None:
    def panel(box: tuple[float, float, float, float], cut: bool = True, painted: bool = True) -> SceneShape:
        return SceneShape(0, 1, "p", (), "panel", {"cut": cut}, box, painted=painted)

    inner, over = panel((10.4, 20.6, 30, 40)), panel((-5, -9, 130, 110))
    assert _cuts([inner, over], 100, 80) == ((10, 21, 30, 40), (0, 0, 100, 80))
    assert _cuts([panel((0, 0, 9, 9), cut=False), panel((0, 0, 9, 9), painted=False)], 100, 80) == ()
    assert _cuts([panel((120, 0, 130, 9)), panel((0, 90, 9, 95))], 100, 80) == ()  # nothing of them is on it
    assert _cuts([panel((98.6, 5, 130, 6)), panel((-9, 79, 1, 99))], 100, 80) == ((99, 5, 100, 6), (0, 79, 1, 80))
