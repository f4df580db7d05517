"""Small figures as inline SVG, coloured by the style of the page: shares as bars, one after the other, with marks.

All functions return HTML without anything in it that needs to be escaped. Shares are of 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def _bar(parts: Iterable[str]) -> str:
    return (
        '<svg class="bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        + "".join(parts)
        + "</svg>"
    )


def share_bar(share: float, mark: float | None = None) -> str:
    """A bar of a share, with a mark at another."""
    parts = ['<rect class="track" x="0" y="2" width="100" height="8"/>',
             f'<rect class="fill" x="0" y="2" width="{100 * min(share, 1):.2f}" height="8"/>']  # fmt: skip
    if mark is not None:
        parts.append(f'<rect class="mark" x="{min(100 * mark, 99.2):.2f}" y="0" width="0.8" height="12"/>')
    return _bar(parts)


def stacked_bar(counts: Sequence[int]) -> str:
    """A bar of several counts, one after the other, in two colours by turns."""
    total, at, parts = sum(counts) or 1, 0.0, []
    for k, count in enumerate(counts):
        wide = 100 * count / total
        gap = 0.4 if wide > 1 else 0.0
        name = "fill2" if k % 2 else "fill"
        parts.append(f'<rect class="{name}" x="{at:.2f}" y="2" width="{wide - gap:.2f}" height="8"/>')
        at += wide
    return _bar(parts)
