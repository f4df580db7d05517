"""A reward for verl: ``compute_score`` as ``custom_reward_function.name``, this file's path as its ``path``.

``as_row`` makes a row of verl's parquet files out of a row of a data set that ``pgt build`` wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pgt_dsl.scoring.score import score


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: Mapping[str, Any] | None = None,
    **options: Any,
) -> dict[str, float]:
    """``score`` (the reward, 0 .. 1), ``acc`` (1.0 when right) and ``read`` (1.0 when an answer was found at all).

    ground_truth: the sample's ``metadata``, as ``as_row`` writes it. extra_info: may hold ``ask``, ``style`` and
    ``coordinates``. options: further arguments of ``pgt_dsl.score`` (verl: ``custom_reward_function.reward_kwargs``);
    others, which verl may pass on, are left alone.
    """
    told = {**(extra_info or {}), **options}
    chosen = {name: told[name] for name in ("style", "coordinates", "strict", "partial") if told.get(name) is not None}
    found = score({"metadata": ground_truth}, solution_str, ask=int(told.get("ask") or 0), **chosen)
    return {"score": found.value, "acc": float(found.right), "read": float(found.parsed is not None)}


def as_row(row: Mapping[str, Any], split: str = "train", number: int = 0) -> dict[str, Any]:
    """A row for verl: the first question with one ``<image>`` for each image, and the metadata as ground truth."""
    images = row.get("images") or ([row["image"]] if row.get("image") is not None else [])
    return {
        "data_source": row["task"],
        "prompt": [{"role": "user", "content": "<image>" * len(images) + row["question"]}],
        "images": images,
        "ability": row["task"].partition("/")[0],
        "reward_model": {"style": "rule", "ground_truth": row["metadata"]},
        "extra_info": {"split": split, "index": number, "id": row["id"], "style": row["style"]},
    }
