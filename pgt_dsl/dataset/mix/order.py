"""Seeded orders that are the same for ever, and weaving: whose turn it is, exact to one row in every beginning.

The permutations do not come from ``numpy.random``, whose algorithms may change with a release: rows are sorted by a
64-bit hash of their number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


def key(*parts: object) -> int:
    """64 bits of a name: parts that are different give another order."""
    text = "\0".join(map(str, parts))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def scramble(numbers: Numbers, seed: int) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of each number: SplitMix64 (Steele, Lea and Flood, 2014), of the stream ``seed``. uint64[N]."""
    with np.errstate(over="ignore"):
        z = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed % 2**64)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: npt.NDArray[np.uint64] = z ^ (z >> np.uint64(31))
    return mixed


def shuffled(count: int, seed: int) -> Numbers:
    """0 .. count - 1 in a seeded order: int64[count]."""
    return np.argsort(scramble(np.arange(count, dtype=np.int64), seed), kind="stable")


def in_blocks(indices: Sequence[int], size: int, block: Callable[[int], Numbers]) -> list[int]:
    """What each index has when they come in blocks of ``size``, each made once: ``block(k)``, int64[size]."""
    made: dict[int, Numbers] = {}
    found = []
    for index in indices:
        number, place = divmod(index, size)
        if number not in made:
            made[number] = block(number)
        found.append(int(made[number][place]))
    return found


def turns(counts: Sequence[int]) -> npt.NDArray[np.int16]:
    """Which of several sources is next, so often each, evenly spread: int16[sum(counts)]. In every beginning each
    source has its part, to about one row."""
    sources = np.repeat(np.arange(len(counts), dtype=np.int16), counts)
    places = [(np.arange(n) + 0.5) / n for n in counts if n]
    due = np.concatenate(places) if places else np.empty(0)
    return sources[np.lexsort((sources, due))]


def due(ours: int, of: int, theirs: int) -> int:
    """How many of ``theirs`` have their place before the next of ours, when ``ours`` of ``of`` are there."""
    return ours * theirs // of if of else theirs


def apportion(total: int, weights: Sequence[float] | Sequence[Fraction]) -> list[int]:
    """``total`` in whole parts by weight, largest remainders first (Hamilton's method)."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [total * w / whole for w in weights]
    parts = [int(x) for x in exact]
    order = sorted(range(len(weights)), key=lambda k: (parts[k] - exact[k], k))
    for k in order[: total - sum(parts)]:
        parts[k] += 1
    return parts
