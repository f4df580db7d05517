"""The languages of a data set, by weight: which index is asked in which, the same for any job and process.

The indices of a task come in blocks in which each language has its part exactly, in a seeded order, so that no quota
goes with the language. A block is as short as the weights allow: 4 indices for 2 to 1 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from pgt_dsl.dataset.mix.order import Numbers, in_blocks, key, shuffled
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.languages.language import ENGLISH, check_code

BLOCK = 256  # at most; where the weights are finer, what rounding leaves over is carried on to the next block


@dataclass(frozen=True, slots=True)
class Languages:
    """Codes of languages with their weights, by code."""

    weights: tuple[tuple[str, float], ...] = ((ENGLISH, 1.0),)

    @property
    def codes(self) -> tuple[str, ...]:
        """The languages that are in use."""
        return tuple(code for code, _ in self.weights)

    @property
    def foreign(self) -> tuple[str, ...]:
        """Those that need a translation."""
        return tuple(code for code in self.codes if code != ENGLISH)

    def of(self, indices: Sequence[int], task: str, seed: int) -> list[str]:
        """The language of each index of a task."""
        if len(self.weights) == 1:
            return [self.codes[0]] * len(indices)
        shares = _shares([weight for _, weight in self.weights])
        size = min(math.lcm(*(share.denominator for share in shares)), BLOCK)
        places = in_blocks(indices, size, lambda block: _block(shares, size, block, task, seed))
        return [self.codes[place] for place in places]


ONLY_ENGLISH = Languages()


def _shares(weights: Sequence[float]) -> list[Fraction]:
    exact = [Fraction(weight).limit_denominator(10_000) or Fraction(1, 10_000) for weight in weights]
    return [weight / sum(exact) for weight in exact]


def _block(shares: Sequence[Fraction], size: int, block: int, task: str, seed: int) -> Numbers:
    """The languages of a block, by their places among the weights."""
    ends = [sum(shares[: k + 1], Fraction(0)) for k in range(len(shares))]
    until = [[int(end * size * n + Fraction(1, 2)) for end in ends] for n in (block, block + 1)]
    counts = np.diff([0, *(b - a for a, b in zip(*until, strict=True))])
    places = np.repeat(np.arange(len(shares), dtype=np.int64), counts)
    return places[shuffled(size, key("language", task, seed, block))]


def languages_of(given: str | Mapping[str, float] | Iterable[str]) -> Languages:
    """One language, several in equal parts, or by weight. Raises ``PgtError`` for what is none."""
    if isinstance(given, str):
        given = [given]
    weights = dict(given) if isinstance(given, Mapping) else dict.fromkeys(given, 1.0)
    for code, weight in weights.items():
        check_code(code)
        if not 0 <= weight < math.inf:
            raise PgtError(f"the weight of the language `{code}` is a finite number from 0 up, not {weight:g}")
    used = {code: float(weight) for code, weight in weights.items() if weight}
    if not used:
        raise PgtError("a data set has at least one language with a weight above 0, as in `en=2,de=1`")
    return Languages(tuple(sorted(used.items())))


def parse_languages(text: str) -> dict[str, float]:
    """Read ``"en=2,de=1"`` or ``"de"`` (a bare name weighs 1). Raises ``PgtError`` for a weight that is none."""
    found: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        code, equals, weight = part.partition("=")
        try:
            found[code.strip()] = float(weight) if equals else 1.0
        except ValueError:
            raise PgtError(f"the weight of `{code.strip()}` is not a number: `{weight.strip()}`") from None
    languages_of(found)
    return found
