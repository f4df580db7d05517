"""Biases of responses: yes, a letter, a favourite number or word, said more often than the truth and chance allow.

Each is judged by the wrong answers alone, given what was right: who sees well and guesses fairly errs as often to
either side. A bias of the model, and not of a task, shows in two tasks at least.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pgt_dsl.diagnosis.exact import sum_of_draws, sum_of_trials
from pgt_dsl.diagnosis.look import ALPHA, Look, Part, chance_of, in_two_at_least, key_of, paid, together, word_of
from pgt_dsl.diagnosis.mistakes import POOLED, step
from pgt_dsl.diagnosis.rows import Row, option_of

Json = Any
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
TRUTH, LETTER, WORD = "yes or no", "options", "words and numbers"
Parts = Mapping[str, Part]


def biases(rows: Sequence[Row], mistakes: Sequence[Look] = ()) -> list[Look]:
    """All looks at biases; ``rows`` are apart. ``mistakes``: what the mistakes of the model explain is not a bias."""
    known = {(look.scope, look.subject) for look in mistakes if look.named}
    looks, others = _all(rows)
    found = paid(looks, others)
    if known:
        rest = [row for row in rows if (row.task, row.mistake) not in known]
        again = {_key(one): one for one in _all(rest)[0]}
        names = ", ".join(sorted({f"“{subject}”" for _, subject in known}))
        sure = sum(look.adjusted <= ALPHA for look in found)
        found = [_checked(look, again.get(_key(look)), sure, names) for look in found]
    everywhere = {(look.where, look.subject) for look in found if look.named and not look.scope}
    return [
        replace(look, behind=f"“{look.subject}” everywhere")
        if look.scope and (look.where, look.subject) in everywhere
        else look
        for look in found
    ]


def _key(look: Look) -> tuple[str, str, str]:
    """A word may be a letter, too."""
    return look.scope, look.where, look.subject


def _checked(look: Look, again: Look | None, looks: int, names: str) -> Look:
    """Paid is for the ``looks`` that are sure so far: that a bias is there at all is paid for before."""
    left = 1.0 if again is None else min(1.0, again.p * looks)
    return replace(look, behind=names) if look.adjusted <= ALPHA < left else look


def _all(rows: Sequence[Row]) -> tuple[list[Look], int]:
    """All looks, and how many more there are at what was never said."""
    favourites, silent = _favourites(rows)
    return [*_truths(rows), *_letters(rows), *favourites], silent


def _by_task(rows: Iterable[Row], fits: Callable[[Row], bool]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        if fits(row):
            found.setdefault(row.task, []).append(row)
    return found


def _looks(where: str, subject: str, parts: Parts, says: str) -> Iterable[Look]:
    """A look at all tasks together, where there are several, and at each."""
    if len(parts) > 1:
        yield _look("", where, subject, together(parts.values()), in_two_at_least(list(parts.values())), says)
    for task, part in parts.items():
        yield _look(task, where, subject, part, chance_of(part), says)


def _look(scope: str, kind: str, subject: str, part: Part, p: float, says: str) -> Look:
    where = f"{scope}: " if scope else ""
    return Look("bias", scope, subject, part.hits, part.of, part.expected, p,
                f"{where}{says}: {part.hits} of {part.of} wrong answers are {subject}; chance would give "
                f"{part.expected:.1f}", kind)  # fmt: skip


# yes and no -----------------------------------------------------------------------------------------


def _truths(rows: Sequence[Row]) -> Iterable[Look]:
    tasks = _by_task(rows, lambda row: row.asked.form == "bool" and row.said is not None)
    for said in (True, False):
        parts = {task: _opposed(members, [row.asked.value is not said for row in members])
                 for task, members in tasks.items()}  # fmt: skip
        word = word_of(said, "bool")
        yield from _looks(TRUTH, word, parts, f"says {word} too often")


def _opposed(rows: Sequence[Row], where: Sequence[bool]) -> Part:
    """Of the wrong answers those ``where`` they are of one side, when errors are equally likely on both."""
    wrong = [not row.right for row in rows]
    hits = sum(a and b for a, b in zip(wrong, where, strict=True))
    least, law = sum_of_draws([(len(rows), sum(wrong), sum(where))])
    return Part(law, hits, sum(wrong), least)


# letters of options ---------------------------------------------------------------------------------


def _letters(rows: Sequence[Row]) -> Iterable[Look]:
    tasks = _by_task(rows, lambda row: row.option is not None)
    most = max((len(row.asked.options) for members in tasks.values() for row in members), default=0)
    for k in range(most):
        parts = {}
        for task, members in tasks.items():
            part = _lettered([row for row in members if k < len(row.asked.options)], k)
            if part.of:
                parts[task] = part
        yield from _looks(LETTER, LETTERS[k], parts, f"chooses {LETTERS[k]} too often")


def _lettered(rows: Sequence[Row], k: int) -> Part:
    """Of the wrong choices those of option k, where it is wrong. With two options a wrong choice can only be the other
    one, and errors are counted by what was right."""
    two = [row for row in rows if len(row.asked.options) == 2]
    more = [row for row in rows if len(row.asked.options) > 2 and not row.right and row.asked.correct != k]
    law = sum_of_trials(1 / (len(row.asked.options) - 1) for row in more)
    part = Part(law, sum(row.option == k for row in more), len(more))
    return together([part, _opposed(two, [row.asked.correct != k for row in two])])


# numbers and words ----------------------------------------------------------------------------------


def _favourites(rows: Sequence[Row]) -> tuple[list[Look], int]:
    """A look for each value that was ever said wrongly, and the number of those that were not.

    What is right instead is to be of two sorts at least: who takes blue for purple has no favourite."""
    pools: dict[str, set[str]] = {}
    for row in rows:
        if row.asked.form in POOLED:
            known = (row.asked.value, *(w.value for w in row.asked.wrong))
            pools.setdefault(row.task, set()).update(map(key_of, known))
    wrong = [row for row in rows if row.task in pools and not row.right and row.said is not None
             and row.asked.form in POOLED]  # fmt: skip
    steps: dict[str, Counter[int | None]] = defaultdict(Counter)
    for row in wrong:
        steps[row.task][step(row.asked, row.said)] += 1
    values = {key_of(row.said): (row.said, row.asked.form) for row in wrong}
    every: set[str] = set().union(*pools.values())
    looks = [_favourite(key, *values[key], wrong, pools, steps) for key in sorted(values)]
    return looks, len(every - set(values))


def _favourite(
    key: str, value: Json, form: str, wrong: Sequence[Row], pools: Mapping[str, set[str]],
    steps: Mapping[str, Counter[int | None]],
) -> Look:  # fmt: skip
    chances: dict[str, list[float]] = {}
    hits: Counter[str] = Counter()
    for row in wrong:
        truth, said = key_of(row.asked.value), key_of(row.said) == key
        chance = _chance_of_word(row, key, value, said, pools[row.task])
        if truth == key or chance is None:
            continue
        near, own = step(row.asked, value), step(row.asked, row.said)
        if near is not None:  # numbers near the truth are likelier, for whoever errs
            rest = sum(steps[row.task].values()) - 1
            chance = max(chance, (steps[row.task][near] - (own == near)) / rest if rest else 1.0)
        chances.setdefault(truth, []).append(chance)
        hits[truth] += said
    parts = [Part(sum_of_trials(p), hits[truth], len(p)) for truth, p in chances.items()]
    word = word_of(value, form)
    return _look("", WORD, word, together(parts), in_two_at_least(parts), f"says {word} too often")


def _chance_of_word(row: Row, key: str, value: Json, said: bool, pool: set[str]) -> float | None:
    """The chance of a word when each wrong one is equally likely: of the options shown, else of all that the task has;
    None where it cannot be said."""
    if row.style == "options":
        return 1 / (len(row.asked.options) - 1) if said or option_of(row.asked, value) is not None else None
    return 1 / max(len(pool | {key}) - 1, 1) if said or key in pool else None
