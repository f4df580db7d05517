"""Figures of a diagnosis as inline SVG: shares with their intervals and the chance line, along a line or in steps.

All functions return HTML without anything in it that needs to be escaped, but for what they escape.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from pgt_dsl.diagnosis.factors import Bin
from pgt_dsl.probe.results import interval

WIDE, HIGH, LEFT, FOOT = 320, 130, 30, 26  # of a figure in steps: its frame, and room for its scale and its names
OPEN = '<svg class="bar range" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true">'
MOST_WORDS = 34  # letters that have room below a figure, all names together


def range_bar(rate: float, low: float, high: float, chance: float | None, kind: str = "") -> str:
    """A bar of a share with the line of its interval, and a mark at chance. ``kind``: a class of the bar."""
    parts = [
        '<rect class="track" x="0" y="3" width="100" height="8"/>',
        f'<rect class="fill {kind}" x="0" y="3" width="{_at(rate)}" height="8"/>',
        f'<rect class="span" x="{_at(low)}" y="6" width="{100 * max(high - low, 0.004):.2f}" height="2"/>',
    ]
    if chance is not None:
        parts.append(f'<rect class="mark" x="{min(100 * chance, 99.4):.2f}" y="0" width="0.6" height="14"/>')
    return f"{OPEN}{''.join(parts)}</svg>"


def difference_bar(low: float, middle: float, high: float) -> str:
    """A difference of shares, -1 .. 1, with its interval, around the line of none."""

    def at(value: float) -> float:
        return 50 + 50 * min(max(value, -1.0), 1.0)

    return (
        f'{OPEN}<rect class="track" x="0" y="6" width="100" height="2"/>'
        '<rect class="zero" x="49.8" y="0" width="0.4" height="14"/>'
        f'<rect class="fill2" x="{at(low):.2f}" y="4" width="{at(high) - at(low):.2f}" height="6"/>'
        f'<rect class="fill" x="{at(middle) - 0.5:.2f}" y="2" width="1" height="10"/></svg>'
    )


def steps_figure(bins: Sequence[Bin], chance: float | None, title: str, worst: Sequence[bool]) -> str:
    """Accuracy by the parts of a variable: a dot with its exact interval for each, those of the worst region in
    another colour."""
    wide = (WIDE - LEFT - 6) / max(len(bins), 1)
    parts = [f'<svg class="figure steps" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(title)}">']
    for share in (0.0, 0.5, 1.0):
        y = _down(share)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDE - 4}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="scale" x="{LEFT - 4}" y="{y + 3:.1f}" text-anchor="end">{share:.0%}</text>')
    if chance is not None:
        y = _down(chance)
        parts.append(f'<line class="guess" x1="{LEFT}" x2="{WIDE - 4}" y1="{y:.1f}" y2="{y:.1f}"/>')
    said = sum(len(one.name) for one in bins)
    for k, (one, bad) in enumerate(zip(bins, worst, strict=True)):
        x = LEFT + wide * (k + 0.5)
        low, high = interval(one.right, one.rows)
        kind = "dot low" if bad else "dot"
        parts.append(
            f'<g class="{kind}"><title>{escape(one.name)}: {one.right} of {one.rows}</title>'
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_down(low):.1f}" y2="{_down(high):.1f}"/>'
            f'<circle cx="{x:.1f}" cy="{_down(one.right / max(one.rows, 1)):.1f}" r="4"/></g>'
        )
        if said <= MOST_WORDS or k in (0, len(bins) - 1):
            anchor, at = "middle", x
            if said > MOST_WORDS:
                anchor, at = ("start", LEFT) if k == 0 else ("end", WIDE - 4)
            name = one.name if len(one.name) <= MOST_WORDS // 2 else one.name[: MOST_WORDS // 2 - 1] + "…"
            start = f'<text class="scale" x="{at:.1f}" y="{HIGH - 8}" text-anchor="{anchor}">'
            parts.append(f"{start}{escape(name)}</text>")
    return "".join(parts) + "</svg>"


def _down(share: float) -> float:
    return 8 + (1 - share) * (HIGH - FOOT - 12)


def _at(share: float) -> str:
    return f"{100 * min(max(share, 0.0), 1.0):.2f}"
