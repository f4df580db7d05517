"""Named mistakes: how many of the wrong answers each explains, against what chance would give.

Chance has three readings, of which each wrong answer is given the largest, so that none of them alone makes a finding:
each wrong option or candidate of the question is equally likely; the model says this word, number or letter anyway, as
often as in its other wrong answers to the task; its numbers are off by as much anyway.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from pgt_dsl.diagnosis.exact import sum_of_trials
from pgt_dsl.diagnosis.look import Look, Part, chance_of, key_of, paid
from pgt_dsl.diagnosis.rows import Row, option_of
from pgt_dsl.scene.scene import Answered

Json = Any
OPEN = ("quantity", "point", "points", "box", "boxes", "shapes", "values")  # what else may be said is not counted
POOLED = ("int", "color", "text", "form")  # what may be said: all that the task's questions have as answers


def mistakes(rows: Sequence[Row]) -> list[Look]:
    """A look for each named mistake of each task that any question could reveal; ``rows`` are apart."""
    tasks: dict[str, list[Row]] = {}
    for row in rows:
        tasks.setdefault(row.task, []).append(row)
    looks = [look for task, members in tasks.items() for look in _of_task(task, members)]
    return paid(looks)


def _of_task(task: str, rows: Sequence[Row]) -> Iterable[Look]:
    pool = {key_of(row.asked.value) for row in rows if row.asked.form in POOLED}
    pool |= {key_of(w.value) for row in rows if row.asked.form in POOLED for w in row.asked.wrong}
    wrong = [row for row in rows if not row.right and row.said is not None]
    habits = _Habits(wrong)
    for name in sorted({w.mistake for row in rows for w in row.asked.wrong if w.mistake}):
        able = [row for row in wrong if any(w.mistake == name for w in row.asked.wrong)]
        chances = [max(candidate_chance(row, name, pool), habits.chance(row, name)) for row in able]
        hits = sum(row.mistake == name for row in able)
        part = Part(sum_of_trials(chances), hits, len(able))
        yield Look("mistake", task, name, hits, len(able), sum(chances), chance_of(part),
                   f"{task}: {hits} of {len(able)} wrong answers are “{name}”; chance would give {sum(chances):.1f}",
                   )  # fmt: skip


def candidate_chance(row: Row, name: str, pool: set[str]) -> float:
    """The chance that a wrong answer is the mistake when each wrong one is equally likely: of the options shown; else
    of the candidates of the question or of all answers of the task (``pool``), whichever makes it likelier.

    Where all candidates are the mistake, only the pool counts; where numbers and places are free, one more candidate
    stands for all else."""
    ask = row.asked
    texts = {w.text for w in ask.wrong if w.mistake == name}
    if row.style == "options":
        offered = [k for k in range(len(ask.options)) if k != ask.correct]
        return sum(ask.options[k] in texts for k in offered) / max(len(offered), 1)
    named = {key_of(w.value) for w in ask.wrong if w.mistake == name}
    own = {key_of(w.value) for w in ask.wrong}
    if ask.form not in POOLED:
        return len(named) / max(len(own) + (ask.form in OPEN), 1)
    among = len(named) / len(own | pool - {key_of(ask.value)})
    return max(among, len(named) / len(own)) if len(named) < len(own) else among


class _Habits:
    """What a model says when it is wrong, whatever the question: its words, letters, and how far numbers are off."""

    def __init__(self, wrong: Sequence[Row]) -> None:
        self.words = Counter(key_of(row.said) for row in wrong)
        self.letters = Counter(row.option for row in wrong if row.option is not None)
        self.steps = Counter(step(row.asked, row.said) for row in wrong)
        self.steps.pop(None, None)

    def chance(self, row: Row, name: str) -> float:
        """The share of the other wrong answers that would have been this mistake here."""
        values = [w.value for w in row.asked.wrong if w.mistake == name]
        found = [_share(self.words, {key_of(value) for value in values}, key_of(row.said))]
        steps = {step(row.asked, value) for value in values} - {None}
        found.append(_share(self.steps, steps, step(row.asked, row.said)))
        if row.style == "options":
            letters = {option_of(row.asked, value) for value in values} - {None}
            found.append(_share(self.letters, letters, row.option))
        return max(found)


def _share(counts: Counter[Any], wanted: set[Any], own: Any) -> float:
    """The share of what is wanted, without one's own; 1 where there is nothing else."""
    rest = sum(counts.values()) - (own in counts)
    if not wanted:
        return 0.0
    if rest <= 0:
        return 1.0 if own in wanted else 0.0
    return (sum(counts[key] for key in wanted) - (own in wanted and own in counts)) / rest


def step(ask: Answered, said: Json) -> int | None:
    """How far a whole number is off."""
    if ask.form != "int" or isinstance(said, bool) or not isinstance(said, int):
        return None
    return said - int(ask.value)
