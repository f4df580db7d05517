"""Psychometric curves of tasks: along the levels of a series, or else along the margin by which answers are clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pgt_dsl.diagnosis.rows import Answers, Row
from pgt_dsl.psychometrics.answers import curves as graded
from pgt_dsl.psychometrics.answers import points
from pgt_dsl.psychometrics.curve import Curve
from pgt_dsl.psychometrics.fit import fit
from pgt_dsl.psychometrics.tally import tallies

PARTS = 8  # of margins, which are all different: rows of a part stand at the middle of its margins
LEAST = 40  # rows with a margin, from which a curve is tried
MARGIN = "the margin"


@dataclass(frozen=True)
class TaskCurve:
    """A task, or the series that tasks are the levels of, with its curve; ``graded`` where it goes along a series."""

    task: str
    curve: Curve
    graded: bool


def curves(answers: Answers) -> list[TaskCurve]:
    """The curves of a series, as the probe fits them; else that of each task whose answers have margins, of which some
    are wrong. Along margins nothing is taken off where it is not known what guessing gives: then the curve is of what
    is right. Raises ``PgtError`` when a series cannot be fitted."""
    if answers.series is not None and answers.questions is not None:
        right = {row.key: row.right for row in answers.rows}
        made = graded(points(answers.questions, answers.series), right, answers.series)
        tasks = list(dict.fromkeys(row.task for row in answers.rows))
        name = tasks[0] if len(tasks) == 1 else tasks[0].rsplit("/", 1)[0]  # each level is a task of its own
        return [TaskCurve(f"{name}, question {k + 1}" if len(made) > 1 else name, one, True) for k, one in made.items()]
    margins: dict[str, list[Row]] = {}
    for row in answers.apart:
        if row.asked.margin is not None and row.asked.margin > 0:
            margins.setdefault(row.task, []).append(row)
    found = []
    for task, members in margins.items():
        right_ones = sum(row.right for row in members)
        if len(members) >= LEAST and 0 < right_ones < len(members):
            found.append(TaskCurve(task, _by_margin(members), False))
    return found


def _by_margin(rows: Sequence[Row]) -> Curve:
    """Margins are ratios of a slack to the least that the spec allows, so equal ratios are equal steps."""
    values = np.array([row.asked.margin or 0.0 for row in rows])
    cuts = np.unique(np.quantile(values, np.arange(1, PARTS) / PARTS))
    parts = np.searchsorted(cuts, values)
    middles = {part: float(np.exp(np.log(values[parts == part]).mean())) for part in np.unique(parts).tolist()}
    answers = [(middles[int(part)], row.chance or 0.0, row.right) for part, row in zip(parts, rows, strict=True)]
    return fit(tallies(answers), "log2", True, name=MARGIN, unit="times the least")
