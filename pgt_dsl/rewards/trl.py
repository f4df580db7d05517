"""A reward function for TRL's ``GRPOTrainer`` (and its relatives): ``reward_funcs=pgt_dsl.rewards.trl.reward``.

The trainer calls it with lists, one entry a completion: ``completions``, and every column of the data set by its name.
The columns ``metadata``, ``style`` and ``ask`` are those that ``pgt build --format trl_grpo`` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pgt_dsl.rewards.completions import text_of
from pgt_dsl.scoring.coordinates import CoordinateProfile
from pgt_dsl.scoring.score import score

Reward = Callable[..., list[float]]


def make_reward(
    *, coordinates: str | CoordinateProfile | None = None, strict: bool = False, partial: bool = True, ask: int = 0
) -> Reward:
    """A reward function; the arguments are those of ``pgt_dsl.score``. A column ``ask`` goes before ``ask``."""

    def pgt_reward(
        completions: Sequence[Any], metadata: Sequence[str], style: Sequence[str] | None = None, **columns: Any
    ) -> list[float]:
        """The scores of completions, 0 .. 1. Of ``columns`` (prompts, completion_ids, ...) only ``ask`` is read: which
        question of the scene it is, from 0."""
        styles = [None] * len(completions) if style is None else style
        asks = columns.get("ask") or [ask] * len(completions)
        return [
            score({"metadata": data}, text_of(completion), ask=which, style=said, coordinates=coordinates,
                  strict=strict, partial=partial).value
            for completion, data, said, which in zip(completions, metadata, styles, asks, strict=True)
        ]  # fmt: skip

    return pgt_reward


reward: Reward = make_reward()
