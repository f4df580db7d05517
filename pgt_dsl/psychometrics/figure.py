"""A curve as a figure: inline SVG in the colours of the page that it stands in, or in those of daylight alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from pgt_dsl.probe.results import interval
from pgt_dsl.psychometrics.curve import Curve
from pgt_dsl.psychometrics.tally import on_axis

WIDE, HIGH = 560, 320  # units of the view box, about px on a desk
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 34, 48
CHAR = 6.6  # width of a character of a label
INK, SOFT, LINE = "var(--ink, #1c2024)", "var(--soft, #5b636d)", "var(--line, #e5e2dc)"
BAR, MARK = "var(--bar, #3d6fb4)", "var(--mark, #a85a12)"
AXES = {"log2": "equal steps are equal ratios", "linear": "equal steps are equal differences"}


@dataclass(frozen=True)
class _Frame:
    """Places of the axis as x of the figure, and shares as y."""

    low: float
    high: float

    def x(self, place: float) -> float:
        return LEFT + (WIDE - LEFT - RIGHT) * (place - self.low) / ((self.high - self.low) or 1.0)

    def y(self, share: float) -> float:
        return TOP + (HIGH - TOP - BOTTOM) * (1 - share)


def curve_svg(curve: Curve) -> str:
    """The figure of a curve: what was seen at each level with its exact interval (Clopper and Pearson, 95 %), the
    posterior median with its 95 % band, what guessing gives, and the threshold with its interval, or why there is
    none. HTML; it fills the width that it is given, and needs no style but may use the common one."""
    frame = _Frame(*on_axis([curve.band[0].level, curve.band[-1].level], curve.axis))
    parts = [*_grid(frame), *_levels(curve, frame), *_band(curve, frame), *_threshold(curve, frame),
             *_points(curve, frame), *_words(curve)]  # fmt: skip
    told = escape(f"Share right by {curve.name}, {curve.asked} answers. Threshold: {curve.text}", quote=True)
    return (
        f'<svg class="figure curve" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{told}" '
        f'xmlns="http://www.w3.org/2000/svg" style="font:12px var(--sans, sans-serif)"><title>{told}</title>'
        + "".join(parts)
        + "</svg>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" style="stroke:{colour};{more}"/>'


def _text(x: float, y: float, text: str, colour: str = SOFT, anchor: str = "middle", more: str = "") -> str:
    style = f"fill:{colour};text-anchor:{anchor};{more}"
    return f'<text x="{x:.1f}" y="{y:.1f}" style="{style}">{escape(text)}</text>'


def _path(places: Iterable[tuple[float, float]], style: str, closed: bool = False) -> str:
    found = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    return f'<path d="M{found}{"Z" if closed else ""}" style="{style}"/>'


def _grid(frame: _Frame) -> Iterable[str]:
    for share in (0, 0.25, 0.5, 0.75, 1):
        yield _line(LEFT, frame.y(share), WIDE - RIGHT, frame.y(share), LINE)
        yield _text(LEFT - 7, frame.y(share) + 4, f"{share:.0%}", anchor="end")


def _levels(curve: Curve, frame: _Frame) -> Iterable[str]:
    """A tick for each level, and as many labels as there is room for."""
    last = -1e9
    for level, place in zip(curve.levels, on_axis((one.level for one in curve.levels), curve.axis), strict=True):
        x, label = frame.x(float(place)), f"{level.level:.3g}"
        yield _line(x, HIGH - BOTTOM, x, HIGH - BOTTOM + 5, SOFT)
        half = CHAR * (len(label) + 1) / 2
        if x - half > last:
            yield _text(x, HIGH - BOTTOM + 18, label)
            last = x + half
    unit = f" ({curve.unit})" if curve.unit else ""
    yield _text((LEFT + WIDE - RIGHT) / 2, HIGH - 10, f"{curve.name}{unit}; {AXES[curve.axis]}")


def _band(curve: Curve, frame: _Frame) -> Iterable[str]:
    xs = [frame.x(float(place)) for place in on_axis((one.level for one in curve.band), curve.axis)]

    def line(values: Sequence[float]) -> list[tuple[float, float]]:
        return [(x, frame.y(value)) for x, value in zip(xs, values, strict=True)]

    low, high = line([one.low for one in curve.band]), line([one.high for one in curve.band])
    guess = line([one.guess for one in curve.band])
    yield _path([*high, *reversed(low)], f"fill:{BAR};opacity:0.18;stroke:none", closed=True)
    yield _path(guess, f"fill:none;stroke:{SOFT};stroke-dasharray:4 4")
    yield _text(WIDE - RIGHT - 2, guess[-1][1] + 15, "guessing", anchor="end")
    yield _path(line([one.middle for one in curve.band]), f"fill:none;stroke:{BAR};stroke-width:2")


def _threshold(curve: Curve, frame: _Frame) -> Iterable[str]:
    if curve.threshold is None:
        return
    one = curve.threshold
    assert one.low is not None and one.high is not None  # bounded, since measurable
    at, low, high = (frame.x(float(p)) for p in on_axis((one.value, one.low, one.high), curve.axis))
    low, high = max(low, LEFT), min(high, WIDE - RIGHT)
    foot = HIGH - BOTTOM
    yield f'<rect x="{low:.1f}" y="{TOP}" width="{high - low:.1f}" height="{foot - TOP}" ' \
          f'style="fill:{MARK};opacity:0.12"/>'  # fmt: skip
    yield _line(at, TOP, at, foot, MARK, "stroke-width:1.5")
    yield _line(low, foot, high, foot, MARK, "stroke-width:4")


def _points(curve: Curve, frame: _Frame) -> Iterable[str]:
    """The levels as points, larger where more was asked."""
    most = max(level.asked for level in curve.levels)
    for level, place in zip(curve.levels, on_axis((one.level for one in curve.levels), curve.axis), strict=True):
        x, (low, high) = frame.x(float(place)), interval(level.right, level.asked)
        radius = 1.6 + 2.8 * (level.asked / most) ** 0.5
        yield (
            f"<g><title>{escape(curve.say(level.level))}: {level.right:,} of {level.asked:,} right, {level.rate:.1%} "
            f"({low:.1%} .. {high:.1%})</title>"
            + _line(x, frame.y(low), x, frame.y(high), INK, "stroke-width:1.2")
            + f'<circle cx="{x:.1f}" cy="{frame.y(level.rate):.1f}" r="{radius:.1f}" style="fill:{INK}"/></g>'
        )


def _words(curve: Curve) -> Iterable[str]:
    """The threshold above the figure; a reason for there being none may take two lines."""
    if curve.measurable:
        yield _text(LEFT, 18, f"threshold {curve.text}", MARK, "start", "font-weight:600")
        return
    lines, room = [""], int((WIDE - LEFT - RIGHT) / CHAR)
    for word in curve.text.split():
        if len(lines[-1]) + len(word) >= room and len(lines) < 2:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    for k, line in enumerate(lines):
        yield _text(LEFT, 12 + 14 * k if len(lines) > 1 else 18, line, MARK, "start")
