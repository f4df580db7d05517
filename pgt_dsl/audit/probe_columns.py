"""Guesses from single columns and pairs of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pgt_dsl.audit.counting import Coded, accuracies, bits, chance, joined, permuted
from pgt_dsl.audit.finding import Test
from pgt_dsl.audit.table import Column, compared

PAIRS = 2500  # tables of pairs for one question


def probe(ask: int, columns: Sequence[Column], causal: Sequence[bool], y: Coded) -> Iterator[Test]:
    """A test for each column (those that the answer is computed from as cues), for each pair of nuisances, and for the
    same field of two shapes side by side."""
    for column, cue in zip(columns, causal, strict=True):
        yield _test(ask, column.name, (column.name,), column.coded(), y, cue)
    free = [column for column, cue in zip(columns, causal, strict=True) if not cue]
    for beside, a, b in compared(free):
        yield _test(ask, beside.name, (a.name, b.name), beside.coded(), y, False)
    codes = [column.coded(paired=True) for column in free]
    tested = 0
    for i, a in enumerate(free):
        for j in range(i + 1, len(free)):
            if a.source == free[j].source and a.item == free[j].item:
                continue
            if tested == PAIRS:
                return
            tested += 1
            p, degrees = chance(joined(codes[i], codes[j]), y)
            names = (a.name, free[j].name)
            if p > 1e-3:  # most of them: nothing else is worth its time
                yield Test("columns", ask, " with ".join(names), p, len(y.codes), 0.0, 0.0, columns=names,
                           degrees=max(degrees, 1))  # fmt: skip
            else:
                yield _test(ask, " with ".join(names), names, joined(codes[i], codes[j]), y, False)


def _test(ask: int, what: str, names: tuple[str, ...], x: Coded, y: Coded, cue: bool) -> Test:
    p, degrees = chance(x, y)
    best, plain = accuracies(x, y)
    return Test("columns", ask, what, p, int((x.codes < x.levels).sum()), best, plain, bits(x, y), names, cue,
                degrees=max(degrees, 1))  # fmt: skip


def confirmed(test: Test, columns: Sequence[Column], y: Coded, seed: int) -> Test:
    """The test with the larger of its chance by law and by permutations."""
    by_name = {column.name: column for column in columns}
    chosen = [by_name[name] for name in test.columns]
    if len(chosen) == 1:
        x = chosen[0].coded()
    elif " against " in test.what:
        x = next(c for c, a, b in compared(chosen) if (a.name, b.name) == test.columns).coded()
    else:
        x = joined(chosen[0].coded(paired=True), chosen[1].coded(paired=True))
    return replace(test, p=max(test.p, permuted(x, y, seed)))
