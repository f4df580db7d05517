"""A small data set, and models whose answers to it are written by hand: folders as ``pgt probe`` leaves them."""

from __future__ import annotations

import contextlib
import io
import json
import random
from collections.abc import Callable
from pathlib import Path

from pgt_dsl.api import load_all
from pgt_dsl.cli.main import run as pgt
from pgt_dsl.dataset.build import build
from pgt_dsl.plugins.registry import registry
from pgt_dsl.probe.question import Question, open_questions
from pgt_dsl.scoring.subject import Asked, asked

SPECS = Path(__file__).parents[2] / "task_specs"
TASKS = ("angle/arrow_points", "counting/all", "size/larger", "twins/larger_swapped")
LETTERS = "ABCDEFGH"
Model = Callable[[Asked, random.Random], str]


def made(folder: Path, count: int = 240, tasks: tuple[str, ...] = TASKS) -> Path:
    """A data set of some shipped tasks, half of the questions with options."""
    specs = [SPECS / f"{name}.pgt" for name in tasks]
    build(load_all(specs), count, folder, size=64, styles={"short": 1, "options": 1})
    return folder


def questions(data: Path) -> list[Question]:
    return list(open_questions(data, registry()))


def told(about: Asked, text: str) -> str:
    """An answer in the form of the question: a letter where options were shown."""
    return LETTERS[about.ask.options.index(text)] if about.style == "options" else text


def right(about: Asked, lots: random.Random) -> str:
    return told(about, about.ask.text)


def tail_for_head(about: Asked, lots: random.Random) -> str:
    """Takes the arrow's tail for its head, and one answer in twenty is no answer."""
    if lots.random() < 0.05:
        return "I cannot tell <b>that</b>."
    named = next((w.text for w in about.ask.wrong if w.mistake == "took tail for head"), about.ask.text)
    return told(about, named)


def to_5(about: Asked, lots: random.Random) -> str:
    """Counts to 5, and guesses what is more."""
    if about.ask.form != "int" or about.ask.value <= 5:
        return told(about, about.ask.text)
    others = [w.text for w in about.ask.wrong]
    return told(about, lots.choice([*others, about.ask.text]))


def guess(about: Asked, lots: random.Random) -> str:
    """Any option."""
    return told(about, lots.choice(about.ask.options))


def probed(data: Path, out: Path, model: Model, name: str) -> Path:
    """The folder of a model."""
    lots = random.Random(1)
    out.mkdir(parents=True)
    answers = out / "answers.jsonl"
    with answers.open("w", encoding="utf-8") as file:
        for question in questions(data):
            text = model(asked(question.row, question.ask), lots)
            file.write(json.dumps({"id": question.key, "text": text}) + "\n")
    code, said = run("probe", data, "-m", answers, "--name", name, "-o", out, "-q")
    assert code == 0, said
    return out


def run(*args: object) -> tuple[int, str]:
    """The exit status of a command, and all that it says, in one line."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = pgt([str(a) for a in args])
    return code, " ".join(said.getvalue().split())
