"""A reward function for TRL's ``GRPOTrainer`` (and its relatives): ``reward_funcs=pgt_dsl.rewards.trl.reward``.

The trainer calls it with lists, one entry a completion: ``completions``, and every column of the data set by its name.
The columns ``metadata`` and ``style`` are those that ``pgt build`` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pgt_dsl.rewards.completions import text_of
from pgt_dsl.scoring.coordinates import CoordinateProfile
from pgt_dsl.scoring.score import score

Reward = Callable[..., list[float]]


def make_reward(
    *, coordinates: str | CoordinateProfile = "unit", strict: bool = False, partial: bool = True, ask: int = 0
) -> Reward:
    """A reward function; the arguments are those of ``pgt_dsl.score``."""

    def pgt_reward(
        completions: Sequence[Any], metadata: Sequence[str], style: Sequence[str] | None = None, **columns: Any
    ) -> list[float]:
        """The scores of completions, 0 .. 1. ``columns`` (prompts, completion_ids, the others) are not read."""
        styles = [None] * len(completions) if style is None else style
        return [
            score({"metadata": data}, text_of(completion), ask=ask, style=said, coordinates=coordinates,
                  strict=strict, partial=partial).value
            for completion, data, said in zip(completions, metadata, styles, strict=True)
        ]  # fmt: skip

    return pgt_reward


reward: Reward = make_reward()
