"""What became of the attempts: the yield of each constraint, worst first, and the error when a budget ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.program.program import Origin


@dataclass(frozen=True, slots=True)
class YieldRow:
    """How many scenes came to one constraint, and how many passed. The constraints are checked one after the other,
    so a late one is only tried on what the earlier ones let through. One that is asked of independent parts of a scene
    counts what came to each of them, so that counts of different samples add up. ``reason`` is that of the constraint;
    drawn variables that found no place or nothing to draw have ``room``, ``defined`` or ``photo``. ``without``: the
    share of attempts that would pass if this one were left out, where that was looked into."""

    label: str
    reason: str
    origin: Origin
    tried: int
    passed: int
    without: float = 0.0

    @property
    def share(self) -> float:
        """The share that passed (1 when none was tried)."""
        return self.passed / self.tried if self.tried else 1.0

    @property
    def relief(self) -> str:
        """How many attempts would pass without it, in words; empty when none is known to."""
        share = 100 * self.without
        percent = f"{share:.0f}" if share >= 10 else f"{share:.2g}"  # two digits, and "100" in full
        return f"; without it {percent} % of the attempts would pass" if share else ""


@dataclass(frozen=True, slots=True)
class StratumRow:
    """Attempts and accepted scenes of one combination of picks, by name."""

    values: Mapping[str, Any]
    tried: int
    accepted: int


@dataclass(frozen=True, slots=True)
class ChainRow:
    """A combination of picks, by name, whose ``scenes`` were the ends of chains of ``sweeps`` sweeps: it is too crowded
    for rejection, so its law is the declared one only as far as chains of that length have settled."""

    values: Mapping[str, Any]
    sweeps: int
    scenes: int


@dataclass(frozen=True, slots=True)
class YieldReport:
    """The yields of a sampler so far: ``rows`` worst first, ``strata`` with the poorest first; ``chains`` the strata
    that are not sampled by rejection."""

    attempts: int
    accepted: int
    rows: tuple[YieldRow, ...]
    strata: tuple[StratumRow, ...] = ()
    chains: tuple[ChainRow, ...] = ()

    @property
    def photo_rejections(self) -> int:
        """How many attempts failed because the photo offers nothing to draw."""
        return sum(row.tried - row.passed for row in self.rows if row.reason == "photo")

    def lines(self, limit: int = 5) -> list[str]:
        """What rejects, in words, worst first, each with its place and its source; then the poorest combination."""
        rejecting = [row for row in self.rows if row.passed < row.tried]
        lines = []
        for row in rejecting[:limit]:
            where = f"{row.origin.file}:{row.origin.line}: " if row.origin.line else ""
            name = row.label or row.origin.text or row.reason
            lines.append(f"  {where}{name} ({row.reason}): {_let(row.tried, row.passed)}{row.relief}")
            if row.origin.text and row.origin.text != name:
                lines.append(f"    | {row.origin.text}")
        if len(rejecting) > limit:
            lines.append(f"  and {len(rejecting) - limit} more that reject less")
        worst = [row for row in self.strata if not row.accepted][:3]
        for stratum in worst:
            values = ", ".join(f"{k} = {v}" for k, v in stratum.values.items())
            lines.append(f"  with {values}: none of {stratum.tried:,} attempts was accepted")
        return lines


def _let(tried: int, passed: int) -> str:
    if not passed:
        return f"lets none of {tried:,} through"
    return f"lets {passed:,} of {tried:,} through ({100 * passed / tried:.2g} %)"


class Exhausted(PgtError):
    """No scene was found. ``index`` is the sample, ``values`` its picks by name, ``attempts`` how many were tried for
    it (or for others with the same picks), ``report`` the yields, ``task`` the task's name."""

    def __init__(
        self, index: int, values: Mapping[str, Any], attempts: int, report: YieldReport, task: str = ""
    ) -> None:
        self.index, self.values, self.attempts, self.report = index, dict(values), attempts, report
        self.task = task
        super().__init__(index, attempts)

    def __reduce__(self) -> tuple[Any, ...]:  # it travels between the processes of a build
        return Exhausted, (self.index, self.values, self.attempts, self.report, self.task)

    def __str__(self) -> str:
        where = ", ".join(f"{k} = {v}" for k, v in self.values.items())
        head = f"no scene was found for sample {self.index}" + (f" of {self.task}" if self.task else "")
        head += (f" ({where})" if where else "") + f" in {self.attempts:,} attempts"
        tail = "  = help: loosen what stands first, or draw closer to it; `pgt explain S506` says more"
        return "\n".join([f"error[S506]: {head}; what rejects, worst first:", *self.report.lines(), tail])
