"""Psychometric curves of tasks: along the levels of a series, or else along the margin by which answers are clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pgt_dsl.diagnosis.rows import Row
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


def curves(rows: Sequence[Row]) -> list[TaskCurve]:
    """The curve of each series, and of each task whose answers have margins, of which some are wrong; ``rows`` are
    apart. Where it is not known what guessing gives, nothing is taken off: then the curve is of what is right."""
    series: dict[str, list[Row]] = {}
    margins: dict[str, list[Row]] = {}
    for row in rows:
        if row.level is not None:
            series.setdefault(row.series, []).append(row)
        elif row.asked.margin is not None and row.asked.margin > 0:
            margins.setdefault(row.task, []).append(row)
    found = [TaskCurve(name, _graded(members), True) for name, members in series.items()]
    for task, members in margins.items():
        right = sum(row.right for row in members)
        if len(members) >= LEAST and 0 < right < len(members):
            found.append(TaskCurve(task, _by_margin(members), False))
    return found


def _graded(rows: Sequence[Row]) -> Curve:
    grade = rows[0].grade
    answers = [(row.level or 0.0, row.chance or 0.0, row.right) for row in rows]
    return fit(tallies(answers), grade.axis, grade.rising, name=grade.name, unit=grade.unit)


def _by_margin(rows: Sequence[Row]) -> Curve:
    """Margins are ratios of a slack to the least that the spec allows, so equal ratios are equal steps."""
    values = np.array([row.asked.margin or 0.0 for row in rows])
    cuts = np.unique(np.quantile(values, np.arange(1, PARTS) / PARTS))
    parts = np.searchsorted(cuts, values)
    middles = {part: float(np.exp(np.log(values[parts == part]).mean())) for part in np.unique(parts).tolist()}
    answers = [(middles[int(part)], row.chance or 0.0, row.right) for part, row in zip(parts, rows, strict=True)]
    return fit(tallies(answers), "log2", True, name=MARGIN, unit="times the least")
