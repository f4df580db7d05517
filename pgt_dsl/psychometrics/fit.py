"""The fit: a psychometric function from counted answers, with intervals, or why none can be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pgt_dsl.diagnostics import PgtError
from pgt_dsl.psychometrics.curve import Band, Curve, Estimate, Level, with_unit
from pgt_dsl.psychometrics.posterior import WIDTH, Margin, Posterior, level_evidence, logistic, posterior
from pgt_dsl.psychometrics.tally import Array, Tally, check_tallies, off_axis, on_axis

TAIL = 0.025  # beyond each end of a 95 % interval
SURE = 0.95  # posterior probability that performance goes the declared way, for a threshold to be told
CEILING, FLOOR = 0.8, 0.25  # share of the way from guessing to 1, where performance is the same everywhere
POINTS = 65  # of the curve that is drawn
DRAWS = 800


@dataclass(frozen=True)
class _Data:
    """Counts on the axis, signed so that performance is to rise: all float64[J]. ``sign`` is 1, or -1 where it falls
    with the level; ``low`` and ``high`` are the span's ends."""

    x: Array
    guess: Array
    asked: Array
    right: Array
    sign: int
    low: float
    high: float

    def turned(self) -> _Data:
        """The same, to fall."""
        return _Data(-self.x, self.guess, self.asked, self.right, -self.sign, -self.high, -self.low)

    def posterior(self) -> Posterior:
        return posterior(self.x, self.guess, self.asked, self.right, self.low, self.high)


def fit(
    counts: Sequence[Tally], axis: str = "log2", rising: bool | None = True, span: tuple[float, float] | None = None,
    share: float | None = None, name: str = "level", unit: str = "",
) -> Curve:  # fmt: skip
    """Fit a psychometric function.

    counts: of independent answers. axis: "log2" where ratios of levels count (sizes, gaps), "linear" where differences
    do (numbers of shapes). rising: whether performance is to rise with the level; None to take what the answers show,
    which has to be clear. span: the lowest and the highest level of the series, where not all have been asked.
    share: a share correct whose level is wanted too. name, unit: of the levels, for texts.
    Raises ``PgtError`` for counts that cannot be, a span that does not hold them, or a share outside 0 .. 1.
    """
    check_tallies(counts, axis)
    if share is not None and not 0 < share < 1:
        raise PgtError(f"a share correct lies between 0 and 1; {share:g} does not")
    data = _data(counts, axis, span)
    guess = float((data.guess * data.asked).sum() / data.asked.sum())
    if share is not None and share <= guess:
        raise PgtError(f"guessing alone has {guess:.0%} right: a share correct above that is reached at a level")
    up, down = data.posterior(), data.turned().posterior()
    flat, level = level_evidence(data.guess, data.asked, data.right)
    logs = np.array([up.log_evidence, down.log_evidence, flat])
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    way = rising if rising is not None else bool(chances[0] >= chances[1])
    found, signed = (up, data) if way else (down, data.turned())
    declared, other = (chances[0], chances[1]) if way else (chances[1], chances[0])
    words = _Words(axis, name, unit, signed)
    reason = words.no_way(float(declared), float(other), level, rising is not None)
    at_least = at_most = None
    if not reason:
        reason, at_least, at_most = words.bounds(found.threshold)
    return Curve(
        name, unit, axis, way, reason,
        None if reason else words.estimate(found.threshold),
        None if reason else _slope(found.widths),
        Estimate(found.lapses.quantile(0.5), found.lapses.quantile(TAIL), found.lapses.quantile(1 - TAIL)),
        at_least, at_most, share, None if reason or share is None else words.at_share(found, share, guess),
        _misfit(found, signed), _levels(counts), _band(found, signed, axis),
    )  # fmt: skip


def _data(counts: Sequence[Tally], axis: str, span: tuple[float, float] | None) -> _Data:
    some = sorted(tally for tally in counts if tally.asked)
    x = on_axis([tally.level for tally in some], axis)
    ends = on_axis(span or (some[0].level, some[-1].level), axis)
    low, high = float(ends.min()), float(ends.max())
    near = 1e-9 * (1 + abs(low) + abs(high))
    if not np.isfinite(ends).all() or x[0] < low - near or x[-1] > high + near:
        raise PgtError(f"the answers are at levels {some[0].level:g} .. {some[-1].level:g}, beyond the span {span}")
    guess, asked, right = np.array([(t.guess, t.asked, t.right) for t in some], dtype=np.float64).T
    return _Data(x, guess, asked, right, 1, low, high)


@dataclass(frozen=True)
class _Words:
    """Places of the signed axis as levels, and what cannot be told."""

    axis: str
    name: str
    unit: str
    data: _Data

    def level(self, place: float) -> float:
        return off_axis(self.data.sign * place, self.axis)

    def say(self, place: float) -> str:
        return with_unit(self.level(place), self.unit)

    def estimate(self, margin: Margin) -> Estimate:
        ends = sorted(self.level(margin.quantile(q)) for q in (TAIL, 1 - TAIL))
        return Estimate(self.level(margin.quantile(0.5)), ends[0], ends[1])

    def no_way(self, declared: float, other: float, share: Array, told: bool) -> str:
        """Why performance does not go the declared way; "" where it clearly does. share: quantiles of how far from
        guessing to 1 performance is if it is the same at all levels."""
        data = self.data
        if len(np.unique(data.x)) < 2:
            return "all answers are at one level"
        if declared >= SURE:
            return ""
        rises, falls = ("rise", "falls") if data.sign > 0 else ("fall", "rises")
        if told and other >= SURE:
            return f"performance {falls} with {self.name}, where it was to {rises}"
        rate = f"{data.right.sum() / data.asked.sum():.0%} right"
        if share[1] >= CEILING:
            return f"performance is at its ceiling at all levels ({rate}); ask harder ones"
        if share[0] < 0.02 or share[2] < FLOOR:
            return f"performance is not told from guessing at any level ({rate}); ask easier ones, or more questions"
        return f"performance is not seen to {rises} with {self.name} ({rate} over all levels); ask more questions"

    def bounds(self, margin: Margin) -> tuple[str, float | None, float | None]:
        """Why the threshold is not held between levels that were asked, and its bounds (at least, at most) in levels;
        "" where it is."""
        data = self.data
        easiest, hardest = self.say(data.high), self.say(data.low)
        if margin.open_low and margin.open_high:
            return "the answers bound the threshold on neither side; ask more questions", None, None
        low, high = (margin.quantile(q) for q in (TAIL, 1 - TAIL))
        bounds = (self.level(low), None) if data.sign > 0 else (None, self.level(low))
        if margin.open_high or margin.below(data.high) < 0.5:
            text = f"it lies beyond the easiest level ({easiest}), where performance is still less than half-way"
            text = text if margin.below(data.high) < 0.5 else f"nothing bounds it on the side of {easiest}"
            return f"{text}; ask easier questions", *bounds
        bounds = (None, self.level(high)) if data.sign > 0 else (self.level(high), None)
        if margin.open_low or margin.below(data.low) > 0.5:
            text = f"it lies beyond the hardest level ({hardest}), where performance is still more than half-way"
            text = text if margin.below(data.low) > 0.5 else f"nothing bounds it on the side of {hardest}"
            return f"{text}; ask harder questions", *bounds
        return "", None, None

    def at_share(self, found: Posterior, share: float, guess: float) -> Estimate | None:
        """Where a share correct is reached; None where most of the posterior never reaches it."""
        slope = WIDTH / 2.0 ** found.width.middles[:, None]
        rise = (share - guess) / (1 - guess - found.lapse.middles)
        ahead = np.full((len(slope), len(rise)), np.inf)
        some = rise < 1
        ahead[:, some] = np.log(rise[some] / (1 - rise[some])) / slope
        places = (found.t.middles[:, None, None] + ahead).ravel()
        order = np.argsort(places, kind="stable")
        mass = found.mass.ravel()[order]
        middle = np.cumsum(mass) - mass / 2
        low, value, high = (float(places[order][min(np.searchsorted(middle, q), len(middle) - 1)])
                            for q in (TAIL, 0.5, 1 - TAIL))  # fmt: skip
        if not np.isfinite(value):
            return None
        ends = self.level(low), self.level(high) if np.isfinite(high) else None
        return Estimate(self.level(value), *(ends if self.data.sign > 0 else ends[::-1]))


def _slope(widths: Margin) -> Estimate:
    """The slope; steep is narrow. An end that the prior makes is none."""
    value, steep, shallow = (float(WIDTH / 2.0 ** widths.quantile(q)) for q in (0.5, TAIL, 1 - TAIL))
    return Estimate(value, None if widths.open_high else shallow, None if widths.open_low else steep)


def _levels(counts: Sequence[Tally]) -> tuple[Level, ...]:
    found = []
    for level in sorted({tally.level for tally in counts if tally.asked}):
        here = [tally for tally in counts if tally.level == level]
        asked = sum(tally.asked for tally in here)
        guess = sum(tally.guess * tally.asked for tally in here) / asked
        found.append(Level(level, asked, sum(tally.right for tally in here), guess))
    return tuple(found)


def _band(found: Posterior, data: _Data, axis: str) -> tuple[Band, ...]:
    """The curve over the levels and a little beyond; guessing between levels is interpolated, where they are asked in
    other mixtures of forms."""
    t, slope, lapse = found.draws(DRAWS)
    reach = 0.04 * ((data.high - data.low) or 1.0)
    x = np.linspace(data.low - reach, data.high + reach, POINTS)
    places = np.unique(data.x)
    mean = [np.average(data.guess[data.x == p], weights=data.asked[data.x == p]) for p in places]
    guess = np.interp(x, places, mean)
    p = guess + (1 - guess - lapse[:, None]) * logistic(slope[:, None] * (x - t[:, None]))
    low, middle, high = np.quantile(p, [TAIL, 0.5, 1 - TAIL], axis=0)
    rows = zip(x, low, middle, high, guess, strict=True)
    bands = [Band(off_axis(data.sign * at, axis), *(float(v) for v in rest)) for at, *rest in rows]
    return tuple(bands[:: data.sign])


def _misfit(found: Posterior, data: _Data) -> float:
    """A posterior predictive check: the share of simulated data whose deviance from the curve that made them is as
    large as that of the answers."""
    t, slope, lapse = found.draws(DRAWS)
    p = data.guess + (1 - data.guess - lapse[:, None]) * logistic(slope[:, None] * (data.x - t[:, None]))
    random = np.random.Generator(np.random.Philox(0))
    simulated = random.binomial(data.asked.astype(np.int64), p).astype(np.float64)
    return float(np.mean(_deviance(simulated, data.asked, p) >= _deviance(data.right, data.asked, p)))


def _deviance(right: Array, asked: Array, p: Array) -> Array:
    """Twice the log likelihood by which the seen shares are likelier than ``p``: float64[D] of float64[D, J]."""
    total = np.zeros(p.shape)
    for seen, chance in ((right, p), (asked - right, 1 - p)):
        with np.errstate(divide="ignore", invalid="ignore"):
            part = seen * np.log(seen / (asked * chance))
        total += np.where(seen > 0, part, 0.0)
    return np.asarray(2 * total.sum(axis=1), dtype=np.float64)
