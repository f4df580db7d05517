"""The diagnosis of a model: everything that its replies say, put together, as plain values for pages, JSON and CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pgt_dsl.diagnosis.biases import biases
from pgt_dsl.diagnosis.curves import TaskCurve, curves
from pgt_dsl.diagnosis.factors import Factor, factors
from pgt_dsl.diagnosis.look import ALPHA, Look
from pgt_dsl.diagnosis.mistakes import mistakes
from pgt_dsl.diagnosis.rows import Answers, Row, Tally, tally
from pgt_dsl.diagnosis.shares import Share, by_family, by_task, groups, weak

Json = Any
WORST = 3


@dataclass(frozen=True)
class Diagnosis:
    """What is known of a model. ``looks``: all that was looked at, of all kinds; ``factors``: the surest first."""

    model: str
    answers: Answers
    all: Tally
    families: Mapping[str, Tally]
    tasks: Mapping[str, Tally]
    groups: tuple[Share, ...]
    looks: tuple[Look, ...]
    factors: tuple[Factor, ...]
    curves: tuple[TaskCurve, ...] = ()

    @property
    def findings(self) -> list[Look]:
        """What the report names: the surest first within each kind."""
        return sorted((look for look in self.looks if look.named), key=lambda look: (_ORDER[look.kind], look.adjusted))

    def of(self, kind: str) -> list[Look]:
        """The looks of a kind, the surest first."""
        return sorted((look for look in self.looks if look.kind == kind), key=lambda look: (look.p, -look.seen))

    @property
    def worst(self) -> list[Factor]:
        """The regions in which the model is worst: those that are named, then those that come next, of different
        scopes or variables. A region without wrong answers is none."""
        ranked = sorted(self.factors, key=lambda f: (not f.look.named, bool(f.look.behind), f.look.p))
        return [f for f in ranked if f.look.seen and f.look.share > f.look.chance][:WORST]

    def to_json(self) -> dict[str, Json]:
        """As plain values."""
        return {
            "model": self.model, "alpha": ALPHA, "missing": self.answers.missing,
            "all": tally_json(self.all),
            "families": {name: tally_json(one) for name, one in self.families.items()},
            "tasks": {name: tally_json(one) for name, one in self.tasks.items()},
            "groups": [{"name": g.name, "count": g.count, "of": g.of, "rate": g.rate, "low": g.bounds[0],
                        "high": g.bounds[1], "chance": g.chance} for g in self.groups],
            "curves": [{"task": c.task, "graded": c.graded, **c.curve.to_json()} for c in self.curves],
            "findings": [look.to_json() for look in self.findings],
            "looks": [look.to_json() for look in self.looks],
            "factors": [factor_json(factor) for factor in self.factors],
        }  # fmt: skip


_ORDER = {"weak": 0, "bias": 1, "mistake": 2, "factor": 3}


def diagnose(answers: Answers) -> Diagnosis:
    """Look at all replies of a model. Takes time in proportion to the rows times the families and variables."""
    rows: Sequence[Row] = answers.rows
    apart = answers.apart
    wrongs = mistakes(apart)
    found = factors(apart, wrongs)
    looks = [*weak(apart), *biases(apart, wrongs), *wrongs, *(factor.look for factor in found)]
    return Diagnosis(
        answers.model, answers, tally(rows), by_family(rows), by_task(rows), tuple(groups(rows)), tuple(looks),
        tuple(found), tuple(curves(answers)),
    )  # fmt: skip


def tally_json(one: Tally) -> dict[str, Json]:
    """A tally as plain values."""
    low, high = one.bounds
    return {"asked": one.asked, "right": one.right, "rate": one.rate, "low": low, "high": high, "chance": one.chance,
            "groups": one.groups, "unread": one.unread}  # fmt: skip


def factor_json(factor: Factor) -> dict[str, Json]:
    """A factor as plain values."""
    inside, outside = factor.rates
    return {
        "scope": factor.look.scope, "variable": factor.variable.name, "region": factor.region.name,
        "rows": factor.look.of, "wrong": factor.look.seen, "inside": inside, "outside": outside,
        "adjusted": factor.look.adjusted, "named": factor.look.named, "behind": factor.look.behind,
        "bins": [{"name": b.name, "rows": b.rows, "right": b.right} for b in factor.bins],
    }  # fmt: skip
