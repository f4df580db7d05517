"""What the suites for plugins share: the fault that they raise, what they report, and how Hypothesis is driven.

Hypothesis is no dependency of the package itself; it is imported when a suite is run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["HEADER", "PluginFault", "Report", "hold", "words"]

HEADER = "| what | name | checks | comparisons | result |\n|---|---|---|---|---|"

T = TypeVar("T")


class PluginFault(AssertionError):
    """A member of a plugin is wrong.

    what: its table and name, as in ``kind `wedge```. check: the name of the check that found it. problem: what was
    expected and what came. case: the smallest example in words, "" where there is none. again: Python that finds it
    again.
    """

    def __init__(self, what: str, check: str, problem: str, case: str = "", again: str = "") -> None:
        self.what, self.check, self.problem, self.case, self.again = what, check, problem, case, again
        lines = [f"{what}: {check}: {problem}"]
        lines += [f"  smallest example: {case}"] if case else []
        lines += [f"  again: {again}"] if again else []
        super().__init__("\n".join(lines))


@dataclass(slots=True)
class Report:
    """What was done: ``counts`` has the number of comparisons of each check that passed; ``again`` is Python that does
    it again."""

    what: str
    name: str
    again: str = ""
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, check: str, number: int = 1) -> None:
        """Count comparisons of a check."""
        self.counts[check] += number

    def fault(self, check: str, problem: str, case: str = "") -> PluginFault:
        """The fault to raise."""
        return PluginFault(f"{self.what} `{self.name}`", check, problem, case, self.again)

    def row(self, result: str = "passed") -> str:
        """A row of a table in Markdown; ``HEADER`` is its head."""
        return f"| {self.what} | {self.name} | {len(self.counts)} | {sum(self.counts.values())} | {result} |"

    def __str__(self) -> str:
        told = "\n".join(f"  {check}: {number}" for check, number in sorted(self.counts.items()))
        return f"{HEADER}\n{self.row()}\n{told}"


def hold(strategy: SearchStrategy[T], check: Callable[[T], None], examples: int) -> None:
    """Run a check on ``examples`` cases that Hypothesis draws, the same ones every time, a failing one made small.

    Raises what the check raises for the smallest failing case.
    """
    from hypothesis import HealthCheck, Phase, given, settings

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink), print_blob=False,
    )  # fmt: skip
    @given(strategy)
    def holds(case: T) -> None:
        check(case)

    if examples > 0:
        try:
            holds()
        except PluginFault as fault:
            fault.__dict__.pop("__notes__", None)  # Hypothesis's own telling of a case that the fault has told
            raise


def words(values: Mapping[str, Any]) -> str:
    """Values by name as a person would write them."""
    return ", ".join(f"{name} = {_word(value)}" for name, value in values.items())


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_word(v) for v in value) + "]"
    if isinstance(value, complex):
        return f"({value.real:.10g}, {value.imag:.10g})"
    return f"{value:.10g}" if isinstance(value, float) else repr(value)
