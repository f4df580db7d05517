"""A task of inspect-ai: ``inspect eval pgt_dsl/probe -T dataset=FOLDER --model ...`` asks what ``pgt probe`` asks.

The questions are those of a finished data set of any format that ``pgt probe`` takes, with the same ids; replies are
scored by ``pgt_dsl.score``. inspect-ai finds the task through its entry points. ``pgt probe --model LOG.eval`` takes
the log, for the tables and reports.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    Content,
    ContentImage,
    ContentText,
    GenerateConfig,
)
from inspect_ai.scorer import Score, Scorer, Target, accuracy, grouped, mean, scorer, stderr
from inspect_ai.solver import TaskState, generate

from pgt_dsl.plugins.registry import registry
from pgt_dsl.probe.models import MAX_TOKENS, data_url
from pgt_dsl.probe.question import Question, open_questions
from pgt_dsl.scoring.coordinates import profile
from pgt_dsl.scoring.score import score
from pgt_dsl.scoring.subject import asked


@task(name="probe")
def probe(dataset: str, coordinates: str | None = None, limit_to: str | None = None) -> Task:
    """The questions of the data set in the folder ``dataset``. ``coordinates``: what plain coordinates in replies are,
    as of ``pgt probe``; ``limit_to``: only tasks whose name starts so. Raises ``PgtError`` for a folder that is no data
    set."""
    if coordinates is not None:
        profile(coordinates)
    folder = Path(dataset)
    questions = open_questions(folder, registry())
    samples = [_sample(question) for question in questions]
    if limit_to is not None:
        samples = [sample for sample in samples if (sample.metadata or {})["task"].startswith(limit_to)]
    config = GenerateConfig(temperature=0.0, seed=0, max_tokens=MAX_TOKENS)
    return Task(
        dataset=MemoryDataset(samples, name=folder.name, location=str(folder)),
        solver=generate(),
        scorer=by_type(coordinates),
        config=config,
    )


@scorer(metrics=[accuracy(), stderr(), grouped(mean(), "task", all=False)], name="by_type")
def by_type(coordinates: str | None = None) -> Scorer:
    """1 for a right reply and 0 for a wrong one, by the type of the answer; credit for what is nearly right and the
    mistake by its name are in the score's metadata."""

    async def judge(state: TaskState, target: Target) -> Score:
        about = state.metadata
        found = score({"metadata": about["row"]}, state.output.completion, ask=about["ask"], coordinates=coordinates)
        read = None if found.parsed is None else str(found.parsed)
        return Score(
            value=int(found.right),
            answer=read,
            explanation=found.reason or None,
            metadata={"credit": found.value, "mistake": found.mistake, "task": about["task"]},
        )

    return judge


def _sample(question: Question) -> Sample:
    """Images first, as data URLs, then the texts: as ``pgt probe`` asks."""
    about = asked(question.row, question.ask)
    images: list[Content] = [ContentImage(image=data_url(image)) for image in question.images]
    messages: list[ChatMessage] = []
    for said, answer in question.turns:
        messages.append(ChatMessageUser(content=[*images, ContentText(text=said)]))
        if answer is not None:
            messages.append(ChatMessageAssistant(content=answer))
        images = []
    metadata: dict[str, Any] = {
        "task": about.scene.task if about.scene else "",
        "style": about.style,
        "ask": question.ask,
        "row": question.metadata,
    }
    return Sample(id=question.key, input=messages, target=about.ask.text, metadata=metadata)
