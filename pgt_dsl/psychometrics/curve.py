"""``Curve``: what is known of a model's performance along a series, as plain numbers that can be written as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pgt_dsl.diagnostics import PgtError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its 95 % interval. ``low`` or ``high`` is None where the answers do not bound it on that side."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Level:
    """What was seen at a level: ``right`` of ``asked``, and the mean of what guessing gives there."""

    level: float
    asked: int
    right: int
    guess: float

    @property
    def rate(self) -> float:
        """The share that is right."""
        return self.right / self.asked


@dataclass(frozen=True, slots=True)
class Band:
    """The posterior of performance at a level: its median, and its 95 % interval from ``low`` to ``high``; ``guess``
    is what guessing gives."""

    level: float
    low: float
    middle: float
    high: float
    guess: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A fitted psychometric function (``fit``).

    ``name``, ``unit``: of the levels. ``axis``: "log2" (slopes are by octave) or "linear" (by unit). ``rising``:
    whether performance is taken to rise with the level.
    ``reason``: why the threshold is not measurable, "" when it is. ``threshold``: the level where performance is
    half-way between guessing and its best, and ``slope``, in logits per octave or unit; both None unless measurable.
    ``at_least``, ``at_most``: bounds of the threshold in levels, each with 97.5 % posterior probability, where only
    one side of it is known. ``lapse``: the share of wrong answers however easy the question is.
    ``share``, ``at_share``: a share correct, and the level where it is reached; None unless asked for.
    ``misfit``: how often data simulated from the curve are as far off it as the answers are; below 0.01, the curve
    does not describe the model. ``levels``: what was seen. ``band``: the curve, to be drawn.
    """

    name: str
    unit: str
    axis: str
    rising: bool
    reason: str
    threshold: Estimate | None
    slope: Estimate | None
    lapse: Estimate
    at_least: float | None
    at_most: float | None
    share: float | None
    at_share: Estimate | None
    misfit: float
    levels: tuple[Level, ...]
    band: tuple[Band, ...]

    @property
    def measurable(self) -> bool:
        """Whether the answers bound the threshold on both sides."""
        return not self.reason

    @property
    def asked(self) -> int:
        """Answers in all."""
        return sum(level.asked for level in self.levels)

    def say(self, level: float) -> str:
        """A level with its unit, as in ``3.2vmin``."""
        return with_unit(level, self.unit)

    @property
    def text(self) -> str:
        """The threshold in words."""
        if self.threshold is None:
            return f"not measurable: {self.reason}"
        return self.span_text(self.threshold)

    def span_text(self, one: Estimate) -> str:
        """A level with its interval, open where it has no end."""
        low, high = ("" if end is None else self.say(end) for end in (one.low, one.high))
        return f"{self.say(one.value)} ({low} .. {high})"

    def to_json(self) -> dict[str, Any]:
        """The curve as JSON's own types."""
        return {"curve": FORMAT, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Curve:
        """The curve of ``to_json``. Raises ``PgtError`` when it is none."""
        try:
            if data["curve"] != FORMAT:
                raise ValueError(f"format {data['curve']!r} instead of {FORMAT}")
            fields = {name: data[name] for name in cls.__dataclass_fields__}
            for name in ("threshold", "slope", "lapse", "at_share"):
                fields[name] = None if fields[name] is None else Estimate(**fields[name])
            fields["levels"] = tuple(Level(**one) for one in fields["levels"])
            fields["band"] = tuple(Band(**one) for one in fields["band"])
            return cls(**fields)
        except (KeyError, TypeError, ValueError) as error:
            raise PgtError(f"this is no curve: {error}") from error


def with_unit(level: float, unit: str) -> str:
    """``3.2vmin``, ``12 shapes``, ``8``: units of the language stand at the number, words apart."""
    return f"{level:.3g}{unit if len(unit) < 5 or not unit else ' ' + unit}"
