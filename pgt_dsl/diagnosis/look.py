"""What is looked at, and what may be said of it: every look has its chance, and many looks are paid for together.

A report says that something is so only where its chance, made larger for all looks of its kind (Holm) and for there
being several kinds (Bonferroni), is below ``ALPHA``: of models without any such weakness, 95 % of reports name none.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from pgt_dsl.diagnosis.exact import Floats, holm, tail
from pgt_dsl.probe.results import interval

ALPHA = 0.05
KINDS = ("bias", "mistake", "factor", "weak")
Json = Any


@dataclass(frozen=True, slots=True)
class Look:
    """One thing that was looked at.

    ``kind``: one of ``KINDS``; ``scope``: the task or family, "" for all; ``subject``: of what, such as "yes", "B", a
    mistake or a variable; ``where``: the region of a variable, or the sort of answers that a bias is of. ``seen`` of
    ``of`` cases have it, and chance would give ``expected``. ``p``: how likely chance gives so many; ``adjusted``: the
    same, paid for all looks. ``behind``: what else explains it, "" for nothing; then it is not named for itself.
    ``says``: a sentence.
    """

    kind: str
    scope: str
    subject: str
    seen: int
    of: int
    expected: float
    p: float
    says: str
    where: str = ""
    adjusted: float = 1.0
    behind: str = ""

    @property
    def named(self) -> bool:
        """Whether the report says so."""
        return self.adjusted <= ALPHA and not self.behind

    @property
    def share(self) -> float:
        """The share that has it."""
        return self.seen / self.of if self.of else 0.0

    @property
    def chance(self) -> float:
        """The share that chance would give."""
        return self.expected / self.of if self.of else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The exact interval of the share."""
        return interval(self.seen, self.of)

    def to_json(self) -> dict[str, Json]:
        """As plain values."""
        low, high = self.bounds
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "named": self.named, "share": self.share, "chance": self.chance, "low": low, "high": high,
        }  # fmt: skip


def paid(looks: Sequence[Look], others: int = 0) -> list[Look]:
    """The looks of one kind with their chances paid for all of them; ``others``: more looks, at which nothing was."""
    found = holm([look.p for look in looks] + [1.0] * others)
    return [
        replace(look, adjusted=min(1.0, len(KINDS) * p))
        for look, p in zip(looks, found[: len(looks)], strict=True)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """Cases of one sort, such as of one task: the law of what chance gives, counted from ``least``, and the hits."""

    law: Floats
    hits: int
    of: int
    least: int = 0

    @property
    def expected(self) -> float:
        """What chance gives on average."""
        return self.least + float(np.arange(len(self.law)) @ self.law)


def together(parts: Iterable[Part]) -> Part:
    """Independent parts as one."""
    law, hits, of, least = np.ones(1), 0, 0, 0
    for part in parts:
        law, hits, of, least = np.convolve(law, part.law), hits + part.hits, of + part.of, least + part.least
    return Part(law, hits, of, least)


def chance_of(part: Part) -> float:
    """The chance of as many hits or more."""
    return tail(part.law, part.hits - part.least)


def in_two_at_least(parts: Sequence[Part]) -> float:
    """The chance of the hits where one part alone may have any cause of its own: the greatest chance that is left when
    a part is taken out (Benjamini and Heller 2008, that at least two of the parts have the effect)."""
    ahead = [k for k, part in enumerate(parts) if part.hits > part.expected]
    if len(parts) < 2:
        return 1.0
    return max(
        (chance_of(together(part for n, part in enumerate(parts) if n != k)) for k in ahead),
        default=1.0,
    )  # fmt: skip


def word_of(value: Json, form: str) -> str:
    """An answer in words, as short as may be."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value.startswith("#"):
        return _names().get(value, value)
    if isinstance(value, str | int | float):
        return str(value)
    return json.dumps(value)


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    from pgt_dsl.scene.columns import color_names

    return color_names()


def key_of(value: Json) -> str:
    """What tells values apart: 1 and True are not the same."""
    return json.dumps(value, sort_keys=True)
