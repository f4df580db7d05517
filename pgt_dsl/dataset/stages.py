"""The stages of a curriculum, as a recipe says them: how many samples each has, and of which margins.

[[stage]]
name = "easy"
clear = [4, inf]                     # from 4 margins on
share = 0.25                         # or `count`; those without either share the rest

[[stage]]
name = "hard"
clear = [1, 4]                       # from 1 margin to below 4
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pgt_dsl.dataset.mix.order import apportion
from pgt_dsl.dataset.plan import divided
from pgt_dsl.dataset.recipe_faults import fail
from pgt_dsl.passage import StageOf, passage
from pgt_dsl.source import Source

CLEAREST = 1000  # margins that a stage can ask for


class StagePart(BaseModel):
    """One ``[[stage]]`` of a curriculum: its name, how many samples or which share of all it has (else as many as the
    others that do not say it), and from how many margins to below how many its answers are clear."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    count: int | None = Field(default=None, ge=1)
    share: float | None = Field(default=None, gt=0, lt=1, description="of all samples")
    clear: tuple[float, ...] = ()

    @field_validator("name")
    @classmethod
    def _named(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            raise ValueError("the name of a stage is of letters, digits and _, a letter first, as in `easy`")
        return name

    @field_validator("clear", mode="before")
    @classmethod
    def _bounded(cls, clear: Any) -> tuple[float, ...]:
        found = clear if isinstance(clear, list | tuple) else [clear]
        if all(isinstance(bound, int | float) and not isinstance(bound, bool) for bound in found):
            low, high = _between(found)
            if 1 <= low < high and low <= CLEAREST and (high <= CLEAREST or high == math.inf) and len(found) in (1, 2):
                return tuple(map(float, found))
        raise ValueError(f"margins are two numbers from 1 to {CLEAREST}, the first below the second, as in `[1, 3]`; "
                         "the second may be inf, or left out")  # fmt: skip

    @model_validator(mode="after")
    def _one(self) -> StagePart:
        if self.count is not None and self.share is not None:
            raise ValueError("a stage has a `count` or a `share`, not both")
        return self

    @property
    def bounds(self) -> tuple[float, float | None]:
        """From how many margins, and to below how many (None: any)."""
        low, high = _between(self.clear)
        return low, None if high == math.inf else high


def _between(clear: Sequence[float]) -> tuple[float, float]:
    """The bounds of ``clear``, the second inf when it is left out."""
    return (*clear, *(1.0, math.inf)[len(clear) :])[:2]  # type: ignore[return-value]


def stages(
    parts: Sequence[StagePart], counts: Sequence[int], source: Source
) -> list[tuple[StageOf, list[int]]]:  # fmt: skip
    """The stages in their order, each with its samples of every task, of which there are ``counts``; exactly as many in
    all as each stage is to have. Raises ``SpecError`` (R814) when they cannot be had."""
    names = [part.name for part in parts]
    double = next((k for k, name in enumerate(names) if name in names[:k]), None)
    if double is not None:
        fail(source, "R814", f"two stages are named `{names[double]}`", names[double], ("stage", str(double)))
    wanted = dict(zip(names, _counts(parts, sum(counts), source), strict=True))
    divisions = divided(counts, wanted)
    found = []
    for number, part in enumerate(parts):
        place = passage(source, "stage", number, "clear") or passage(source, "stage", number, "name")
        if place is None:
            fail(source, "R810", "`name` cannot be read in place", "name", ("stage", str(number)))
        found.append((StageOf(part.name, place, *part.bounds), divisions[part.name]))
    return found


def scaled(counts: Sequence[int], names: Sequence[str], total: int) -> list[int]:
    """So many samples in all, for tasks with ``counts`` and stages of these names: each stage keeps its part."""
    stages = list(dict.fromkeys(names))
    wanted = apportion(total, [float(sum(n for n, name in zip(counts, names, strict=True) if name == stage))
                               for stage in stages])  # fmt: skip
    found = [0] * len(counts)
    for stage, many in zip(stages, wanted, strict=True):
        mine = [k for k, name in enumerate(names) if name == stage]
        for k, n in zip(mine, apportion(many, [float(counts[k]) for k in mine]), strict=True):
            found[k] = n
    return found


def _counts(parts: Sequence[StagePart], total: int, source: Source) -> list[int]:
    """The samples of each stage, of so many in all."""
    fixed = sum(part.count or 0 for part in parts)
    shared = sum(part.share or 0.0 for part in parts) * total
    open_ = sum(part.count is None and part.share is None for part in parts)
    left = total - fixed - shared
    last = ("stage", str(len(parts) - 1))
    if (open_ and left < open_ - 0.5) or left < -0.5 or (not open_ and left > 0.5):
        has = f"the stages have {round(fixed + shared):,} samples together"
        fail(source, "R814", f"{has}, and the tasks {total:,}", "count" if fixed else "share", last,
             ["leave out the `count` or `share` of one stage, which then has the rest"])  # fmt: skip
    weights = [0.0 if p.count is not None else p.share * total if p.share is not None else left / open_ for p in parts]
    counts = [p.count or n for p, n in zip(parts, apportion(total - fixed, weights), strict=True)]
    empty = next((k for k, n in enumerate(counts) if n < 1), None)
    if empty is not None:
        fail(source, "R814", f"the stage `{parts[empty].name}` has no sample", parts[empty].name,
             ("stage", str(empty)))  # fmt: skip
    return counts
