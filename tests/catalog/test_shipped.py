"""The shipped catalogues: every task that is in a language, in each: all holes filled, all answers read back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from pgt_dsl.api import load
from pgt_dsl.catalog.trial import misread
from pgt_dsl.dataset.task import Task
from pgt_dsl.languages.gloss import Gloss
from pgt_dsl.languages.language import known
from pgt_dsl.program.english import NUMBER_WORDS
from pgt_dsl.program.program import Hole, Template
from pgt_dsl.resources import data_path
from pgt_dsl.scene.assemble import scenes as assemble
from pgt_dsl.scene.certify import certify
from pgt_dsl.scene.options import labels_of
from pgt_dsl.scene.scene import Answered, Scene
from pgt_dsl.scoring.score import score

FOLDER = data_path("task_specs")
SIZE, SCENES = 64, 4
LEAST = 40  # tasks in each language


def translated() -> Iterator[str]:
    """The specs that a catalogue names."""
    named = {line for path in FOLDER.glob("locale/*/*.po") for line in path.read_text("utf-8").splitlines()}
    for line in sorted(named):
        if line.startswith("#: "):
            yield from line[3:].split()


SPECS = sorted(set(translated()))


@dataclass(frozen=True)
class Told:
    """The same scenes of a task in English and in each language that it is in."""

    task: Task
    english: list[Scene]
    scenes: dict[str, list[Scene]]
    glosses: dict[str, Gloss]


@pytest.fixture(scope="module", params=SPECS)
def told(request: pytest.FixtureRequest) -> Told:
    """One batch of scenes, certified in every language."""
    task = load(FOLDER / request.param)
    pipeline = task.pipeline(0, SIZE)
    batch = pipeline.sampler.batch(np.arange(SCENES))
    scenes: dict[str, list[Scene]] = {}
    glosses: dict[str, Gloss] = {}
    for code in known():
        voice = task.translation(code).voice()
        scenes[code] = assemble(batch, pipeline.hash, [voice] * len(batch.indices))
        glosses[code] = Gloss(voice.tongue.language)
        for scene in scenes[code]:
            assert certify(task.program, scene, task.registry, tongue=voice.tongue) == []
    return Told(task, assemble(batch, pipeline.hash), scenes, glosses)


def test_there_are_many_of_many_families() -> None:
    assert len(SPECS) >= LEAST and len({Path(spec).parent for spec in SPECS}) >= 10


@pytest.mark.parametrize("code", known())
def test_a_task_in_a_language(told: Told, code: str) -> None:
    """Answers, sentences and wrong answers are read as what they mean, all but the words is the same as in English,
    each value that the English texts tell is told, and nothing is left in braces."""
    gloss, words = told.glosses[code], told.task.translation(code).words
    for mine, english in zip(told.scenes[code], told.english, strict=True):
        assert mine.language == code and same_but_for_words(mine, english)
        for number, (one, other) in enumerate(zip(mine.asks, english.asks, strict=True)):
            assert list(misread(mine, number)) == []
            ask = told.task.program.asks[number]
            for template, text, said in (
                (ask.texts[other.paraphrase], other.question, one.question),
                *((t, other.sentence, one.sentence) for t in ask.say[:1] if len(ask.say) == 1),
                *((t, other.reason, one.reason) for t in ask.because[:1] if len(ask.because) == 1),
            ):
                assert "{" not in said and "}" not in said
                for value in values(template, text):
                    assert tells(said, gloss, words.get(value, ""), value), (value, said, gloss(said))


def same_but_for_words(mine: Scene, english: Scene) -> bool:
    """Whether two scenes are one but for their language."""
    shapes = tuple(replace(shape, phrase="") for shape in mine.shapes)
    others = tuple(replace(shape, phrase="") for shape in english.shapes)
    held = bool(english.twin_of)  # the options of a group stand in the order of their words
    values = [[bare(ask, held) for ask in scene.asks] for scene in (mine, english)]
    whole = replace(mine, language="en", shapes=others, asks=english.asks)
    return whole == replace(english, shapes=others) and shapes == others and values[0] == values[1]


def bare(ask: Answered, held: bool) -> tuple[object, ...]:
    """What a question is without its words."""
    wrong = [(w.value, w.mistake) for w in ask.wrong]
    return ask.value, ask.margin, ask.within, ask.unit, ask.paraphrase, held or ask.correct, len(ask.options), wrong, \
        ask.grounding, len(ask.places)  # fmt: skip


def values(template: Template, text: str) -> Iterator[str]:
    """The words of the holes of an English text, read off the text itself; holes with choices are left out."""
    parts = [
        re.escape(part) if isinstance(part, str)
        else f"(?:{'|'.join(map(re.escape, part.choices))})" if part.choices else "(.*?)"
        for part in template.parts
    ]  # fmt: skip
    match = re.fullmatch("".join(parts), text, re.DOTALL)
    assert match is not None, (template.source, text)
    holes = [part for part in template.parts if isinstance(part, Hole) and not part.choices]
    for hole, words in zip(holes, match.groups(), strict=True):
        places = words.startswith(("(", "["))
        yield from [words] if places else re.split(r", | (?:or|and) (?!to )" if hole.format else r", ", words)


def tells(said: str, gloss: Gloss, word: str, value: str) -> bool:
    """Whether a text in another language tells a value of English."""
    if word and word.lower() in said.lower():
        return True
    value = re.sub(r"^(?:the|an|a) ", "", value[:1].lower() + value[1:]) if len(value) > 1 else value
    value = str(NUMBER_WORDS.get(value.lower(), value))
    english = re.sub(r"[\s\"]+", " ", gloss(said))
    if value == "1" and re.search(r"\ba\b", english):  # "eine Form"
        return True
    measured = re.sub(r" degrees?$| vmin$", "", value)
    return value.lower() in english.lower() or measured in english


@pytest.mark.parametrize("code", known())
def test_what_an_answer_is_not_is_no_answer(told: Told, code: str) -> None:
    """Every option but the right one is wrong, its letter too, and the letter with its text."""
    for scene in told.scenes[code][:2]:
        for number, ask in enumerate(scene.asks):
            for k, (letter, option) in enumerate(zip(labels_of(ask.options), ask.options, strict=False)):
                right = k == ask.correct
                assert score(scene, option, ask=number, style="short").right == right, option
                assert score(scene, letter, ask=number, style="options").right == right, letter
                assert score(scene, f"{letter}. {option}", ask=number, style="options").right == right, option
