"""Seeded choices of scenes beside their draws: paraphrases, the order of options, an unsaid background.

A choice is a function of (program hash, seed, index, purpose) alone. Twins share theirs, for they share their index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pgt_dsl.solve.philox import mix64, uniforms


class Chances:
    """The choices of a batch; the numbers of each purpose are made for all rows at once."""

    def __init__(self, program: str, seed: int, indices: npt.NDArray[np.int64]) -> None:
        self._program, self._seed = program, seed
        self._indices = indices.astype(np.uint64)
        self._attempts = np.zeros(len(indices), np.uint32)
        self._made: dict[tuple[str, int], list[list[float]]] = {}

    def row(self, row: int) -> Chance:
        """The choices of one row."""
        return Chance(self, row)

    def shares(self, row: int, purpose: str, count: int) -> list[float]:
        """``count`` numbers of a row, uniform over [0, 1)."""
        found = self._made.get((purpose, count))
        if found is None:
            digest = hashlib.blake2b(f"scene\0{self._program}\0{purpose}".encode(), digest_size=8).digest()
            key = mix64(int.from_bytes(digest, "little"), self._seed)
            found = uniforms(key, self._indices, 0, self._attempts, count).tolist()
            self._made[purpose, count] = found
        return found[row]


class Chance:
    """The choices of one scene."""

    def __init__(self, chances: Chances, row: int) -> None:
        self._chances, self._row = chances, row

    def shares(self, purpose: str, count: int = 1) -> Sequence[float]:
        """``count`` numbers, uniform over [0, 1)."""
        return self._chances.shares(self._row, purpose, count)

    def below(self, n: int, purpose: str) -> int:
        """A whole number, uniform over 0 .. n - 1 (n >= 1)."""
        return 0 if n <= 1 else int(self.shares(purpose)[0] * n)
