"""What to train on next: tasks by how near to its threshold a model is in them, and their difficulties.

Where all answers are right, or none but guesses, there is nothing to be learnt from one more; most is where half of
what guessing does not give is known. So a task weighs 4 k (1 - k), of the share k that is known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pgt_dsl.dataset.series import MARGIN, Series
from pgt_dsl.diagnosis.diagnose import Diagnosis
from pgt_dsl.diagnosis.factors import strata, within
from pgt_dsl.diagnosis.look import ALPHA, chance_of
from pgt_dsl.diagnosis.rows import Row, Tally
from pgt_dsl.diagnosis.variables import Variable, picks
from pgt_dsl.scene.serial import scene_to_json

MASTERED = 0.9  # known, with 97.5 %: nothing is left to be learnt that a hundred more would teach
ENOUGH = 20  # pictures, all right: known as well
UNKNOWN = 0.15  # known at most, with 97.5 %: not told from guessing
EASIER = 3.0  # times the margins, where nothing is known
LEAST_WEIGHT, GUESSED_WEIGHT, NAMED_WEIGHT = 0.1, 0.3, 0.6  # a mistake that has a system can be unlearnt
LEAST_VALUES = 3  # of a pick that is narrowed, so that no answer becomes the only one
TURN = 0.4  # known of the values that are kept: somewhat fewer than half, since easy ones are in the other part
MOST_CLEAR = 20.0


@dataclass(frozen=True)
class Part:
    """One ``[[task]]`` of a recipe: the task of the data set, its weight (0 where it is left out), why, and what is
    changed; ``name`` is another one where the task stands twice."""

    task: str
    weight: float
    why: tuple[str, ...]
    clear: float | None = None
    set: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    name: str = ""


def suggest(found: Diagnosis) -> list[Part]:
    """The parts of a recipe, a task or two for each task, in the order of the tasks."""
    rows: dict[str, list[Row]] = {}
    for row in found.answers.apart:
        rows.setdefault(row.task, []).append(row)
    return [part for task, one in found.tasks.items() for part in _of_task(task, one, rows[task], found)]


def _of_task(task: str, one: Tally, rows: Sequence[Row], found: Diagnosis) -> list[Part]:
    chance = float(np.mean([row.chance or 0.0 for row in rows]))
    low, middle, high = (_beyond(share, chance) for share in (one.bounds[0], _smooth(one), one.bounds[1]))
    guessed = f", of which guessing gives at least {chance:.0%}" if chance else ""
    seen = f"right in {one.right} of {one.asked}{guessed}"
    own = _level(rows, found.answers.series)
    if low >= MASTERED or (one.right == one.asked and one.groups >= ENOUGH):
        return [Part(task, 0.0, (f"{seen}: it is known",), set=own)]
    named = [look for look in found.findings if look.kind == "mistake" and look.scope == task]
    if named:
        told = ", ".join(f"“{look.subject}” ({look.seen} of {look.of} wrong answers)" for look in named)
        return [Part(task, round(max(4 * middle * (1 - middle), NAMED_WEIGHT), 2), (f"{seen}: {told}",), set=own)]
    if high <= UNKNOWN:
        clear = EASIER if _has_margins(rows) and not own else None
        told = f": nothing but guesses; its clearest answers come first ({EASIER:g} times the margins)" if clear else (
            ": nothing but guesses, so that little can be learnt from it yet")  # fmt: skip
        return [Part(task, GUESSED_WEIGHT, (f"{seen}{told}",), clear, own)]
    weight = round(max(4 * middle * (1 - middle), LEAST_WEIGHT), 2)
    why: tuple[str, ...] = (f"{seen}: near the threshold",) if weight > 0.5 else (seen,)
    clear = None if own else _clear(task, rows, found)
    if clear is not None:
        at = _threshold(task, found)
        why = (
            *why,
            f"the threshold is at {at:.3g} times the least margin; answers closer than half of that are guesses",
        )
    whole = Part(task, weight, why, clear, own)
    narrow = None if own else _narrowed(rows)
    if narrow is None:
        return [whole]
    name, values, told = narrow
    rest = Part(task, round(weight / 3, 2), whole.why, whole.clear)
    near = Part(task, weight, (told,), whole.clear, {name: values}, f"{task}/near")
    return [rest, near]


def _beyond(share: float, chance: float) -> float:
    return min(1.0, max(0.0, (share - chance) / (1 - chance))) if chance < 1 else 0.0


def _smooth(one: Tally) -> float:
    return (one.rate * one.groups + 0.5) / (one.groups + 1)


def _has_margins(rows: Sequence[Row]) -> bool:
    return all(row.asked.margin is not None for row in rows)


def _level(rows: Sequence[Row], series: Series | None) -> dict[str, tuple[str, ...]]:
    """The setting of a level of a series, which its spec alone does not have; none where a task has many levels."""
    if series is None:
        return {}
    made = ({"task": row.task, "scene": scene_to_json(row.scene)} for row in rows)
    levels = {series.level(metadata, row.ask) for metadata, row in zip(made, rows, strict=True)}
    if len(levels) > 1 or series.along == MARGIN:
        return {}
    return {series.along: (np.format_float_positional(levels.pop(), trim="-") + series.unit,)}


def _threshold(task: str, found: Diagnosis) -> float:
    return next((c.curve.threshold.value for c in found.curves
                 if c.task == task and not c.graded and c.curve.threshold is not None), 0.0)  # fmt: skip


def _clear(task: str, rows: Sequence[Row], found: Diagnosis) -> float | None:
    """How much clearer answers are to be: half the threshold, as far as a good part of the scenes has as much."""
    half = _threshold(task, found) / 2
    margins = [row.asked.margin for row in rows if row.asked.margin is not None]
    if half < 1.25 or len(margins) < len(rows):
        return None
    most = min(float(np.quantile(margins, 0.6)), MOST_CLEAR)
    return round(min(half, most), 2) if most >= 1.25 else None


def _narrowed(rows: Sequence[Row]) -> tuple[str, tuple[str, ...], str] | None:
    """A pick of whole numbers of which the model knows some values and not others, and half of them around the turn."""
    wrong = np.array([not row.right for row in rows])
    keys = strata(rows)
    found: list[tuple[float, Variable]] = []
    own = [variable for variable in picks(rows) if not variable.names and _is_drawn(variable, rows)]
    for variable in own:
        regions = variable.regions()
        p = min((chance_of(within(keys, wrong, r.inside, variable.there)) for r in regions), default=1.0)
        found.append((p * len(regions) * len(own), variable))
    p, best = min(found, key=lambda one: one[0], default=(1.0, None))
    if best is None or p > ALPHA:
        return None
    values = np.unique(best.values[best.there])
    known = {}
    for value in values.tolist():
        here = best.there & (best.values == value)
        chance = float(np.mean([row.chance or 0.0 for row, is_in in zip(rows, here, strict=True) if is_in]))
        known[value] = _beyond((float((here & ~wrong).sum()) + 0.5) / (float(here.sum()) + 1), chance)
    many = max(LEAST_VALUES, (len(values) + 1) // 2)
    if many >= len(values):
        return None
    spans = [values[k : k + many].tolist() for k in range(len(values) - many + 1)]
    kept = min(spans, key=lambda span: abs(sum(known[value] for value in span) / many - TURN))
    told = ", ".join(f"{value:g}: {known[value]:.0%}" for value in values.tolist())
    return (
        best.pick,
        tuple(f"{value:g}" for value in kept),
        f"known by `{best.pick}`: {told}; set are those around the turn",
    )


def _is_drawn(variable: Variable, rows: Sequence[Row]) -> bool:
    """Whether the pick's values are whole numbers of the spec, and not the numbers of bins."""
    return all(type(row.scene.draws.get(variable.pick)) is int for row in rows)
