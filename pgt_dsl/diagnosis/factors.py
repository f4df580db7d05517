"""Factor analysis: in which scenes a model is wrong more often, within each family, by exact tests.

Rows are compared only with rows of the same task and style with the same truth (the letter of the right option, yes or
no, the word), so that what a task, a form of answers or a bias does is not taken for what a scene does. Within these
strata every choice of as many wrong rows is equally likely when the variable does not matter; the law of the number of
wrong ones in a region is then known exactly. Of the regions of a variable the best is taken, and paid for.

What is named must hold without the answers that a named mistake explains, and at equal values of the variables that are
named before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pgt_dsl.audit.counting import Bools
from pgt_dsl.diagnosis.exact import sum_of_draws
from pgt_dsl.diagnosis.look import ALPHA, Look, Part, chance_of, key_of, paid
from pgt_dsl.diagnosis.rows import Row
from pgt_dsl.diagnosis.variables import Region, Variable, picks, variables

LEAST = 5  # rows of a region, and outside of it
TRUTHS = 12  # different answers of a task up to which rows are compared at equal ones only


@dataclass(frozen=True)
class Bin:
    """A part of a variable, for figures: its name, rows, and how many of them are right."""

    name: str
    rows: int
    right: int


@dataclass(frozen=True)
class Factor:
    """A variable within a scope (family or task): the look at its worst region, the rows of the scope, those inside
    the region and with the variable at all, and accuracy by parts."""

    look: Look
    variable: Variable
    region: Region
    rows: tuple[Row, ...]
    bins: tuple[Bin, ...]

    @property
    def inside(self) -> tuple[Row, ...]:
        """The rows of the region."""
        return tuple(row for row, is_in in zip(self.rows, self.region.inside, strict=True) if is_in)

    @property
    def rates(self) -> tuple[float, float]:
        """The share that is right inside the region, and outside of it."""
        right = np.array([row.right for row in self.rows])
        rest = self.variable.there & ~self.region.inside
        return float(right[self.region.inside].mean()), float(right[rest].mean()) if rest.any() else 1.0


def factors(rows: Sequence[Row], mistakes: Sequence[Look] = ()) -> list[Factor]:
    """A factor for each variable of each family, and each pick of each task, the surest first; ``rows`` are apart.
    ``mistakes``: what the mistakes of the model explain is no factor."""
    found: list[Factor] = []
    for scope, members in _scopes(rows, "family").items():
        found += filter(None, (_factor(scope, members, variable) for variable in variables(members)))
    for scope, members in _scopes(rows, "task").items():
        known = {variable.pattern for variable in variables(members)}
        own = [variable for variable in picks(members) if variable.pattern not in known]
        found += filter(None, (_factor(scope, members, variable) for variable in own))
    looks = paid([factor.look for factor in found])
    found = [replace(factor, look=look) for factor, look in zip(found, looks, strict=True)]
    found.sort(key=lambda factor: factor.look.p)
    return _explained(found, mistakes)


def _scopes(rows: Sequence[Row], by: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(getattr(row, by), []).append(row)
    return found


def strata(rows: Sequence[Row]) -> list[Hashable]:
    """What rows must have in common to be compared."""
    truths: dict[str, set[str]] = {}
    for row in rows:
        truths.setdefault(row.task, set()).add(key_of(row.asked.value))
    return [(row.task, row.style, _truth(row, len(truths[row.task]))) for row in rows]


def _truth(row: Row, different: int) -> Hashable:
    if row.asked.form == "bool":
        return row.asked.value, row.asked.correct if row.style == "options" else None
    if row.style == "options":
        return row.asked.correct
    if row.asked.form in ("int", "quantity") or different > TRUTHS:
        return None
    return key_of(row.asked.value)


def within(keys: Sequence[Hashable], wrong: Bools, inside: Bools, there: Bools) -> Part:
    """The law of the number of wrong rows ``inside``, of those that are ``there``."""
    rows: Counter[Hashable] = Counter()
    marked: Counter[Hashable] = Counter()
    drawn: Counter[Hashable] = Counter()
    for key, bad, is_in, counts in zip(keys, wrong.tolist(), inside.tolist(), there.tolist(), strict=True):
        if counts:
            rows[key] += 1
            marked[key] += bad
            drawn[key] += is_in
    least, law = sum_of_draws((rows[key], marked[key], drawn[key]) for key in rows)
    return Part(law, int((wrong & inside & there).sum()), int((inside & there).sum()), least)


def _factor(scope: str, rows: Sequence[Row], variable: Variable) -> Factor | None:
    """The variable's worst region; None when no region has rows enough, or none or all of the rows are wrong."""
    wrong = np.array([not row.right for row in rows])
    keys = strata(rows)
    best: tuple[float, Region, Part] | None = None
    regions = [r for r in variable.regions() if LEAST <= r.inside.sum() <= variable.there.sum() - LEAST]
    for region in regions:
        part = within(keys, wrong, region.inside, variable.there)
        p = chance_of(part)
        if best is None or p < best[0]:
            best = p, region, part
    if best is None or wrong.all() or not wrong.any():
        return None
    p, region, part = best
    right = part.of - part.hits
    rest = int(variable.there.sum()) - part.of
    good = int((variable.there & ~region.inside & ~wrong).sum())
    says = f"{scope}: right in {right} of {part.of} where {region.name}, and in {good} of {rest} elsewhere"
    look = Look("factor", scope, variable.name, part.hits, part.of, part.expected, min(1.0, p * len(regions)), says,
                region.name)  # fmt: skip
    return Factor(look, variable, region, tuple(rows), tuple(_bins(variable, wrong)))


def _bins(variable: Variable, wrong: Bools) -> Iterable[Bin]:
    codes = variable.bins()
    for code in np.unique(codes[codes >= 0]):
        inside = codes == code
        if variable.names:
            name = variable.names[int(code)]
        else:
            low, high = float(variable.values[inside].min()), float(variable.values[inside].max())
            name = variable.say(low) if low == high else f"{variable.say(low)} .. {variable.say(high)}"
        yield Bin(name, int(inside.sum()), int((inside & ~wrong).sum()))


def _explained(found: Sequence[Factor], mistakes: Sequence[Look]) -> list[Factor]:
    """The factors, those told apart that mistakes or surer factors explain."""
    known: Mapping[tuple[str, str], str] = {(m.scope, m.subject): f"“{m.subject}”" for m in mistakes if m.named}
    named: list[Factor] = []
    sure = sum(factor.look.adjusted <= ALPHA for factor in found)
    kept = []
    for factor in found:
        if factor.look.adjusted <= ALPHA:
            behind = _behind(factor, named, known, sure)
            factor = replace(factor, look=replace(factor.look, behind=behind))
            if not behind:
                named.append(factor)
        kept.append(factor)
    return kept


def _behind(factor: Factor, named: Sequence[Factor], known: Mapping[tuple[str, str], str], looks: int) -> str:
    """What explains a factor, "" for nothing. Paid is for the ``looks`` that are sure so far: that a factor has any
    effect at all is paid for before."""
    left = np.array([(row.task, row.mistake) not in known for row in factor.rows])
    said = sorted({known[row.task, row.mistake] for row in factor.rows if (row.task, row.mistake) in known})
    before = [one for one in named if {r.key for r in one.rows} & {r.key for r in factor.rows}]
    wrong = np.array([not row.right for row in factor.rows])
    keys = strata(factor.rows)
    for other in before:
        bins = dict(zip((row.key for row in other.rows), other.variable.bins().tolist(), strict=True))
        keys = [(key, bins.get(row.key)) for key, row in zip(keys, factor.rows, strict=True)]
    part = within(keys, wrong, factor.region.inside, factor.variable.there & left)
    regions = len(factor.variable.regions())
    if chance_of(part) * regions * looks <= ALPHA:
        return ""
    return ", ".join([*said, *(other.variable.name for other in before)]) or "other looks"
