"""Wishes near a scene where faults like to sit: whole numbers, and single draws at the ends of what their laws allow.

A wish beyond a law's bounds is taken as the bound (``choosers.Recorder``), so nobody need know the bounds here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, zip_longest
from typing import Any

from pgt_dsl.testing.made import Wish

Json = Any
BEYOND = 1e9  # further than any law reaches


def edges(wishes: Sequence[Wish], most: int) -> list[Wish]:
    """At most so many wishes, from each of the given ones in turn."""
    every = zip_longest(*(_of(wish, k) for k, wish in enumerate(wishes)))
    return list(islice((wish for each in every for wish in each if wish is not None), most))


def _of(wish: Wish, number: int) -> Iterator[Wish]:
    """All draws rounded, then each draw low and high, another one first for each scene."""
    yield _with(wish, {name: _each(value, round) for name, value in wish.draws[0].items()})
    names = [name for name, value in wish.draws[0].items() if _real(value)]
    for k in range(len(names)):
        name = names[(k + number) % len(names)]
        for end in (-BEYOND, BEYOND):
            yield _with(wish, {name: _each(wish.draws[0][name], lambda _: end)})  # noqa: B023


def _with(wish: Wish, draws: Mapping[str, Json]) -> Wish:
    """Draws instead of others; of twins in both, which share all but what moves."""
    return replace(wish, draws=tuple({**row, **draws} for row in wish.draws))


def _real(value: Json) -> bool:
    if isinstance(value, list):
        return any(map(_real, value))
    return isinstance(value, float)


def _each(value: Json, change: Any) -> Json:
    """A draw with its real numbers changed; whole ones, texts and what is not there stay."""
    if isinstance(value, list):
        return [_each(item, change) for item in value]
    return float(change(value)) if isinstance(value, float) else value
