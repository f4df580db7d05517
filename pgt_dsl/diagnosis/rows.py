"""The scored replies of a folder that ``pgt probe`` wrote, each with the scene that its question is about."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.series import Series
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.plugins.registry import Registry
from pgt_dsl.probe.question import Questions, open_questions
from pgt_dsl.probe.results import SCORES, SUMMARY, Line, chance
from pgt_dsl.scene.options import same_answer
from pgt_dsl.scene.scene import Answered, Scene
from pgt_dsl.scoring.subject import asked

Json = Any
REPLIES = "replies.jsonl"
MOST_TEXT = 1 << 24  # characters of a field of the table


@dataclass(frozen=True)
class Row:
    """A question with its scored reply. ``said``: the value that was read, None for none; ``chance``: how often a guess
    is right, None where that is not known; ``group``: pictures that belong together (twins) have the same one, which is
    else the sample's own."""

    key: str
    scene: Scene
    ask: int
    style: str
    chance: float | None
    right: bool
    said: Json
    mistake: str
    text: str
    group: str

    @property
    def task(self) -> str:
        """The task's name."""
        return self.scene.task

    @property
    def family(self) -> str:
        """What stands before the first stroke of the task's name."""
        return family_of(self.scene.task)

    @property
    def asked(self) -> Answered:
        """The question and its answer."""
        return self.scene.asks[self.ask]

    @cached_property
    def option(self) -> int | None:
        """Which option was chosen, from 0, where options were shown."""
        return option_of(self.asked, self.said) if self.style == "options" and self.said is not None else None


@dataclass(frozen=True)
class Answers:
    """All replies of one model to one data set. ``missing``: questions without a reply."""

    model: str
    rows: tuple[Row, ...]
    data: str = ""
    questions: Questions | None = None
    missing: int = 0

    @property
    def series(self) -> Series | None:
        """What the levels are, where the data set is a series."""
        return None if self.questions is None else self.questions.manifest.series

    @cached_property
    def apart(self) -> tuple[Row, ...]:
        """One row for each group of pictures, whose answers do not hang together: what tests may count. Which one it
        is depends on the names alone, and is as likely any."""
        chosen: dict[str, tuple[bytes, Row]] = {}
        for row in self.rows:
            lot = hashlib.blake2b(row.key.encode(), digest_size=8).digest()
            if row.group not in chosen or lot < chosen[row.group][0]:
                chosen[row.group] = lot, row
        return tuple(row for _, row in chosen.values())


def family_of(task: str) -> str:
    """The family of a task: what stands before the first stroke of its name."""
    return task.split("/", 1)[0]


def option_of(ask: Answered, said: Json) -> int | None:
    """The option that a value is, from 0; None when it is none of them."""
    near = ask.within / 10 if ask.within else None
    values = [(ask.value, ask.text), *((wrong.value, wrong.text) for wrong in ask.wrong)]
    for value, text in values:
        if text in ask.options and type(value) is type(said) and same_answer(value, said, ask.form, near):
            return ask.options.index(text)
    if isinstance(said, bool):
        said = "Yes" if said else "No"
    return ask.options.index(str(said)) if str(said) in ask.options else None


def read_folder(folder: Path, registry: Registry, data: Path | None = None) -> Answers:
    """The replies of a folder of ``pgt probe``. ``data``: the folder of the data set, None for the one that the probe
    notes. Raises ``PgtError`` when something is missing or does not belong together."""
    header = _header(folder)
    place = data or _place(folder)
    questions = open_questions(place, registry)
    if questions.digest != header["data"]:
        raise PgtError(
            f"the replies in `{folder}` are to another data set than `{place}`, or that one was built anew; give the "
            "one that was asked with --data"
        )
    lines = _lines(folder / SCORES)
    rows: list[Row] = []
    missing = 0
    for question in questions:
        line = lines.pop(question.key, None)
        if line is None:
            missing += 1
            continue
        rows.append(_row(line, question.row, question.ask))
    if lines:
        raise PgtError(f"`{folder / SCORES}` has `{next(iter(lines))}`, which is no question of `{place}`; run "
                       "`pgt probe` again, which writes it anew")  # fmt: skip
    if not rows:
        raise PgtError(f"`{folder}` has no replies yet; `pgt probe` asks for them")
    return Answers(str(header["model"]), tuple(rows), questions.digest, questions, missing)


def several(folders: Sequence[Path], registry: Registry, data: Path | None = None) -> list[Answers]:
    """The replies of several folders; models of one name are told apart by their folders. Raises ``PgtError``."""
    from dataclasses import replace

    found = [read_folder(folder, registry, data) for folder in folders]
    names = [one.model for one in found]
    return [
        replace(one, model=f"{one.model} ({folder.name})") if names.count(one.model) > 1 else one
        for one, folder in zip(found, folders, strict=True)
    ]


def _header(folder: Path) -> Mapping[str, Json]:
    path = folder / REPLIES
    try:
        with path.open("rb") as file:
            found = json.loads(file.readline())
        if not isinstance(found, dict) or not isinstance(found.get("data"), str) or "model" not in found:
            raise ValueError("it does not name a data set and a model")
        return found
    except FileNotFoundError:
        raise PgtError(f"`{folder}` is no folder of `pgt probe`: it has no {REPLIES}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise PgtError(f"cannot read `{path}`: {error}") from error


def _place(folder: Path) -> Path:
    """The data set's folder, as the probe notes it: from its own folder on."""
    path = folder / SUMMARY
    try:
        noted = json.loads(path.read_text(encoding="utf-8")).get("data")
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise PgtError(f"cannot read `{path}`: {error}; run `pgt probe` again, which writes it anew") from error
    if not isinstance(noted, str):
        raise PgtError(f"`{path}` does not say where its data set is; give it with --data")
    place = Path(os.path.normpath(folder.resolve() / noted))
    if not place.is_dir():
        raise PgtError(f"the data set of `{folder}` is not in `{place}` any more; give its folder with --data")
    return place


def _lines(path: Path) -> dict[str, Mapping[str, str]]:
    csv.field_size_limit(MOST_TEXT)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            table = csv.DictReader(file, strict=True)
            lacks = set(Line.__dataclass_fields__) - set(table.fieldnames or ())
            if lacks:
                raise ValueError(f"it has no column `{min(lacks)}`")
            return {line["key"]: line for line in table}
    except (OSError, ValueError, csv.Error) as error:
        raise PgtError(f"cannot read `{path}`: {error}; run `pgt probe` again, which writes it anew") from error


def _row(line: Mapping[str, str], row: Mapping[str, str], ask: int) -> Row:
    about = asked(row, ask)
    assert about.scene is not None  # a row has one
    try:
        said = json.loads(line["read"]) if line["read"] else None
    except ValueError:
        raise PgtError(f"scores.csv: what was read of `{line['key']}` is no JSON; run `pgt probe` again") from None
    return Row(
        line["key"], about.scene, ask, about.style or "short", chance(about.ask, about.style), line["right"] == "True",
        said, line["mistake"], line["text"], about.group or f"{about.scene.task}/{about.scene.index}",
    )  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """``right`` of ``asked`` questions, in ``groups`` that count once each; ``chance`` is None where it is not known
    of all."""

    asked: int
    right: int
    groups: int
    chance: float | None
    unread: int = 0
    bounds: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "bounds", _bounds(self))

    @property
    def rate(self) -> float:
        """The share that is right."""
        return self.right / self.asked if self.asked else 0.0


def _bounds(one: Tally) -> tuple[float, float]:
    from pgt_dsl.probe.results import interval

    return interval(one.rate * one.groups, one.groups)


def tally(rows: Sequence[Row]) -> Tally:
    """Count rows."""
    known = [row.chance for row in rows if row.chance is not None]
    return Tally(
        len(rows), sum(row.right for row in rows), len({row.group for row in rows}),
        sum(known) / len(known) if rows and len(known) == len(rows) else None, sum(row.said is None for row in rows),
    )  # fmt: skip
