"""What is said in another language is certified: words that mean something else than the value are found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pgt_dsl.api import load
from pgt_dsl.dataset.task import Task
from pgt_dsl.languages.tongue import Tongue
from pgt_dsl.program.formats import Unspeakable
from pgt_dsl.resources import data_path
from pgt_dsl.scene.certify import certify
from pgt_dsl.scene.scene import Scene


@pytest.fixture(scope="module")
def task() -> Task:
    return load(data_path("task_specs") / "spatial" / "above_or_below.pgt")


@pytest.fixture(scope="module")
def scene(task: Task) -> Scene:
    return task.pipeline(0, 64, language="de").scenes([0])[0]


def tongue(task: Task) -> Tongue:
    return task.translation("de").voice().tongue


def found(task: Task, scene: Scene, said: Tongue | None) -> str:
    return "\n".join(map(str, certify(task.program, scene, task.registry, tongue=said)))


def test_a_good_scene(task: Task, scene: Scene) -> None:
    assert found(task, scene, tongue(task)) == ""


def test_an_answer_with_the_words_of_another(task: Task, scene: Scene) -> None:
    ask = scene.asks[0]
    other = ask.wrong[0].text if ask.wrong else next(o for o in ask.options if o != ask.text)
    options = tuple({ask.text: other, other: ask.text}[o] for o in ask.options)
    bad = replace(scene, asks=(replace(ask, text=other, options=options),))
    assert f"the answer `{other}` in Deutsch" in found(task, bad, tongue(task))


def test_two_shapes_that_are_called_alike(task: Task, scene: Scene) -> None:
    phrases = [shape.phrase for shape in scene.shapes if shape.phrase]
    shapes = tuple(replace(shape, phrase=phrases[0]) if shape.phrase else shape for shape in scene.shapes)
    assert "fits other shapes too" in found(task, replace(scene, shapes=shapes), tongue(task))


def test_a_vocabulary_that_gives_one_word_to_two_things(task: Task) -> None:
    """A catalogue whose own words do it is refused; this one was put together behind its back."""
    made = task.translation("de")
    nouns = tongue(task).language.nouns
    wrong = {name: replace(nouns["circle"]) for name in nouns}
    pipeline = task.pipeline(0, 64)
    mixed = replace(pipeline, languages=task.pipeline(0, 64, language="de").languages,
                    translations={"de": replace(made, nouns=wrong)})  # fmt: skip
    told = found(task, mixed.scenes([0])[0], mixed.voices["de"].tongue)
    assert "in Deutsch" in told or "fits other shapes too" in told


def test_a_scene_of_another_language_than_what_judges_it(task: Task, scene: Scene) -> None:
    assert "the language" in found(task, scene, None)


def test_a_word_that_is_lacking_stops_the_sample(task: Task) -> None:
    made = task.translation("de")
    pipeline = task.pipeline(0, 64, language="de")
    lacking = replace(pipeline, translations={"de": made})
    voice = lacking.voices["de"]
    voice.tongue.language = replace(voice.tongue.language, colors={})
    with pytest.raises(Unspeakable, match="is not among the words of Deutsch"):
        lacking.scenes([0])
