"""Where comments go when a file is printed anew: before, behind or inside the parts between which they stood."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from pgt_dsl.source import Source
from pgt_dsl.syntax import tree as t


@dataclass(frozen=True, slots=True)
class Unit:
    """The stretch of the source that one printed part came from; empty for a part without spans."""

    start: int
    end: int
    divisible: bool = False

    @staticmethod
    def of(*nodes: t.Node) -> Unit:
        """The unit of a node, or of several that are printed together."""
        spans = [node.span for node in nodes if node.span is not None]
        if not spans:
            return Unit(0, 0)
        divisible = isinstance(nodes[0], t.Ask | t.Kind | t.Shape | t.Background | t.Use)
        return Unit(min(s.start for s in spans), max(s.end for s in spans), divisible)


@dataclass(frozen=True, slots=True)
class Place:
    """Comments by unit: ``lead`` before it, ``trail`` at the end of its line, ``inner`` within it (if divisible).

    ``opening`` stands behind the opening brace of what holds the units, ``tail`` after the last unit.
    """

    lead: list[list[t.Comment]]
    trail: list[t.Comment | None]
    inner: list[list[t.Comment]]
    tail: list[t.Comment]
    opening: t.Comment | None


def place_comments(comments: Sequence[t.Comment], units: Sequence[Unit], opened_at: int | None = None) -> Place:
    """Give each comment its place. ``opened_at`` is where a holder with braces begins, None if there are no braces."""
    size = len(units)
    lead: list[list[t.Comment]] = [[] for _ in units]
    inner: list[list[t.Comment]] = [[] for _ in units]
    trail: list[t.Comment | None] = [None] * size
    tail: list[t.Comment] = []
    opening: t.Comment | None = None
    order = sorted(range(size), key=lambda number: units[number].start)
    starts = [units[number].start for number in order]
    for comment in comments:
        assert comment.span is not None
        at = comment.span.start
        rank = bisect_right(starts, at)
        before = order[rank - 1] if rank else None
        after = order[rank] if rank < size else None
        if before is not None and at < units[before].end:
            (inner if units[before].divisible else lead)[before].append(comment)
        elif comment.own_line:
            (tail if after is None else lead[after]).append(comment)
        elif before is None and opened_at is not None and opening is None and not tail and not any(lead):
            opening = comment
        elif before is not None and trail[before] is None and _same_line(comment.span.source, units[before].end, at):
            trail[before] = comment
        else:
            (tail if after is None else lead[after]).append(comment)
    return Place(lead, trail, inner, tail, opening)


def _same_line(source: Source, start: int, end: int) -> bool:
    return "\n" not in source.text[start:end]
