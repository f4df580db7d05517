"""Scenes of a task in a language, on trial: whether what is said of them is read as scoring reads a model's words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from pgt_dsl.dataset.task import Task
from pgt_dsl.diagnostics import Diagnostic, Label
from pgt_dsl.scene.parse_answer import parse_answer
from pgt_dsl.scene.scene import Scene
from pgt_dsl.scoring.score import score
from pgt_dsl.source import Span

SIZE = 96
SENTENCE = "the sentence"
MOST = 3  # faults of a task that are told
CONTINUOUS = ("quantity", "point", "points", "box", "boxes")


def read_back(task: Task, code: str, count: int) -> list[Diagnostic]:
    """What is read wrongly of so many scenes of a task in a language: answers, sentences, wrong answers.

    Raises ``PgtError`` when there are no scenes.
    """
    if not count:
        return []
    pipeline = task.pipeline(0, SIZE, None, None, code)
    scenes = pipeline.scenes(range(count))
    pipeline.certify(scenes)
    told = ((scene, number, *fault) for scene in scenes for number in range(len(scene.asks))
            for fault in misread(scene, number)
            if fault[0] != SENTENCE or not _in_english(task, scene, number))  # fmt: skip
    return [
        Diagnostic(
            "C911", f"{what} is read as {value!r}: `{text}`", Label(Span(task.source, 0, 0)),
            help=(f"question {number + 1} of sample {scene.index} in `{code}`: {scene.asks[number].question}",),
        )
        for scene, number, what, text, value in islice(told, MOST)
    ]  # fmt: skip


def _in_english(task: Task, scene: Scene, number: int) -> bool:
    """Whether the English sentence, too, is read as another answer: one that says much beside it may be."""
    same = (s for s in task.pipeline(0, SIZE).scenes([scene.index]) if s.twin == scene.twin)
    return any(what == SENTENCE for english in same for what, _, _ in misread(english, number))


def misread(scene: Scene, number: int) -> Iterator[tuple[str, str, object]]:
    """What is read wrongly of a question of a scene: what it is, its text, and what was read."""
    ask = scene.asks[number]
    bare = replace(ask, wrong=(), options=(), sentence="")
    asks = tuple(bare if k == number else other for k, other in enumerate(scene.asks))
    plain = replace(scene, asks=asks)
    if ask.form not in CONTINUOUS:
        found = parse_answer(ask.text, bare, scene)
        if found != ask.value:
            yield "the answer", ask.text, found
        for wrong in ask.wrong:
            if parse_answer(wrong.text, ask, scene) == ask.value or score(scene, wrong.text, ask=number).right:
                yield f"the wrong answer ({wrong.mistake or 'an option'})", wrong.text, ask.value
    given = score(scene, ask.text, ask=number, style="short")
    if not given.right:
        yield "the answer", ask.text, given.parsed
    if ask.sentence:  # without knowing the sentence it may find nothing, and never another answer
        said = score(plain, ask.sentence, ask=number, style="sentence")
        if said.parsed is not None and not said.right:
            yield SENTENCE, ask.sentence, said.parsed
