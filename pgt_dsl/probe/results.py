"""What the replies are worth: every one scored, and the shares that are right by task, with exact intervals."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.probe.journal import Reply
from pgt_dsl.probe.question import Question
from pgt_dsl.scoring.pairs import PairScores, score_pairs
from pgt_dsl.scoring.score import score
from pgt_dsl.scoring.subject import asked

LEVEL = 0.95
SCORES, SUMMARY = "scores.csv", "summary.json"


@dataclass(frozen=True, slots=True)
class Line:
    """A question with its reply, scored. ``chance``: how often a guess among the answers that the question leaves is
    right, None where they are not counted (numbers, places, free texts)."""

    key: str
    task: str
    style: str
    chance: float | None
    right: bool
    value: float
    read: str
    answer: str
    mistake: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Share:
    """``right`` of ``asked`` questions; ``low`` and ``high`` bound the true share (Clopper and Pearson 1934, exact: in
    95 % of all samples at least they hold it). ``chance``: the mean of what guessing gives, None where it is not
    known of all. ``unread``: replies without an answer in them. ``mistakes``: wrong answers by their mistake."""

    asked: int
    right: int
    low: float
    high: float
    value: float
    chance: float | None
    unread: int
    mistakes: Mapping[str, int]

    @property
    def rate(self) -> float:
        """The share that is right."""
        return self.right / self.asked


@dataclass
class Results:
    """All scored replies, and the rows of twins and other groups for the scores of pairs."""

    lines: list[Line] = field(default_factory=list)
    _grouped: list[tuple[Any, str]] = field(default_factory=list)

    def add(self, question: Question, reply: Reply, coordinates: str | None = None) -> None:
        """Score a reply. One that was refused says nothing and is wrong."""
        row = question.row
        about = asked(row, question.ask)
        found = score(row, reply.text, ask=question.ask, coordinates=coordinates)
        read = "" if found.parsed is None else json.dumps(found.parsed, ensure_ascii=False)
        assert about.scene is not None  # a row has one
        self.lines.append(
            Line(question.key, about.scene.task, about.style or "", chance(about.ask, about.style), found.right,
                 found.value, read, about.ask.text, found.mistake, found.reason, reply.text or reply.refused)
        )  # fmt: skip
        if about.group and question.ask == 0:
            self._grouped.append((row, reply.text))

    @property
    def pairs(self) -> PairScores | None:
        """The scores of pairs; None without any."""
        return score_pairs(self._grouped) if self._grouped else None

    def tasks(self) -> dict[str, Share]:
        """The share of each task, in the order in which they came."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.task, []).append(line)
        return {task: share(lines) for task, lines in found.items()}


def chance(ask: Any, style: str | None) -> float | None:
    """How often guessing is right, of an ``Answered`` in a style: one in as many as there are options, half of yes and
    no. None where the answers are not counted."""
    if style == "options" and len(ask.options) > 1:
        return 1 / len(ask.options)
    return 0.5 if ask.form == "bool" else None


def share(lines: Sequence[Line]) -> Share:
    """The share of one or more lines."""
    right = sum(line.right for line in lines)
    low, high = interval(right, len(lines))
    known = [line.chance for line in lines if line.chance is not None]
    mistakes = Counter(line.mistake for line in lines if line.mistake)
    return Share(
        len(lines), right, low, high, sum(line.value for line in lines) / len(lines),
        sum(known) / len(known) if len(known) == len(lines) else None,
        sum(not line.read for line in lines), dict(mistakes.most_common()),
    )  # fmt: skip


def interval(count: float, rows: float, level: float = LEVEL) -> tuple[float, float]:
    """The exact interval of a share (Clopper and Pearson 1934: quantiles of beta distributions). Where rows come in
    groups whose answers hang together, both numbers may be those of groups, and so broken: a group then counts once."""
    from scipy.special import betaincinv

    if rows <= 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = float(betaincinv(count, rows - count + 1, tail)) if count > 0 else 0.0
    high = float(betaincinv(count + 1, rows - count, 1 - tail)) if count < rows else 1.0
    return low, high


def results(questions: Iterable[Question], replies: Mapping[str, Reply], coordinates: str | None = None) -> Results:
    """The replies of all questions that have one, scored."""
    found = Results()
    for question in questions:
        reply = replies.get(question.key)
        if reply is not None:
            found.add(question, reply, coordinates)
    return found


def write(found: Results, folder: Path, model: str, data: Path) -> None:
    """Write ``scores.csv``, a line a question, and ``summary.json``, which notes where the data set is, from the folder
    on. Raises ``PgtError`` when they cannot be written."""
    pairs = found.pairs
    summary = {
        "model": model,
        "data": _way(data, folder),
        "all": None if not found.lines else _plain(share(found.lines)),
        "pairs": None if pairs is None else {"groups": pairs.groups, "pair": pairs.pair, "flips": pairs.flips},
        "tasks": {task: _plain(one) for task, one in found.tasks().items()},
    }
    try:
        with (folder / SCORES).open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(Line.__dataclass_fields__)
            for line in found.lines:
                table.writerow([getattr(line, name) for name in Line.__dataclass_fields__])
        text = json.dumps(summary, indent=1, ensure_ascii=False) + "\n"
        (folder / SUMMARY).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise PgtError(f"cannot write the scores into `{folder}`: {error.strerror or error}") from error


def _way(data: Path, folder: Path) -> str:
    """The data set's folder from another one on, so that both can be moved together; whole where there is no way."""
    try:
        return Path(os.path.relpath(data.resolve(), folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return data.resolve().as_posix()


def _plain(one: Share) -> dict[str, Any]:
    return {"rate": one.rate, **{name: getattr(one, name) for name in Share.__dataclass_fields__}}
