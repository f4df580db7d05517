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
    so a late one is only tried on what the earlier ones let through. ``reason`` is that of the constraint; drawn
    variables that found no place or nothing to draw have ``room``, ``defined`` or ``photo``."""

    label: str
    reason: str
    origin: Origin
    tried: int
    passed: int

    @property
    def share(self) -> float:
        """The share that passed (1 when none was tried)."""
        return self.passed / self.tried if self.tried else 1.0


@dataclass(frozen=True, slots=True)
class StratumRow:
    """Attempts and accepted scenes of one combination of picks, by name."""

    values: Mapping[str, Any]
    tried: int
    accepted: int


@dataclass(frozen=True, slots=True)
class YieldReport:
    """The yields of a sampler so far: ``rows`` worst first, ``strata`` with the poorest first."""

    attempts: int
    accepted: int
    rows: tuple[YieldRow, ...]
    strata: tuple[StratumRow, ...] = ()

    @property
    def photo_rejections(self) -> int:
        """How many attempts failed because the photo offers nothing to draw."""
        return sum(row.tried - row.passed for row in self.rows if row.reason == "photo")

    def lines(self, limit: int = 8) -> list[str]:
        """The report in words, worst first."""
        lines = [f"{self.accepted} of {self.attempts} attempts were accepted"]
        for row in self.rows[:limit]:
            where = f"{row.origin.file}:{row.origin.line}: " if row.origin.line else ""
            name = row.label or row.origin.text or row.reason
            lines.append(
                f"  {where}{name} ({row.reason}): {row.passed} of {row.tried} passed ({100 * row.share:.3g} %)"
            )
        for stratum in self.strata[:limit]:
            values = ", ".join(f"{k} = {v}" for k, v in stratum.values.items())
            lines.append(f"  with {values}: {stratum.accepted} of {stratum.tried} attempts were accepted")
        return lines


class Exhausted(PgtError):
    """No scene was found within the budget of attempts. ``index`` is the sample, ``values`` its picks by name,
    ``report`` the yields."""

    def __init__(self, index: int, values: Mapping[str, Any], attempts: int, report: YieldReport) -> None:
        self.index, self.values, self.attempts, self.report = index, dict(values), attempts, report
        super().__init__(index, attempts)

    def __str__(self) -> str:
        where = ", ".join(f"{k} = {v}" for k, v in self.values.items())
        head = f"no scene was found for sample {self.index}" + (f" ({where})" if where else "")
        return "\n".join([f"{head} in {self.attempts} attempts", *self.report.lines()])
