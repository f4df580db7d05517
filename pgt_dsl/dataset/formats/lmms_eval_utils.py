"""The functions of a task of lmms-eval. ``pgt build --format lmms_eval`` copies this file as ``utils.py``.

Answers are read and scored by ``pgt_dsl.score``, or compared word by word where pgt-dsl is not installed. Coordinates
are those of the data set unless ``PGT_COORDINATES`` in the environment says ``unit``, ``thousand``, ``qwen2_5_vl``, ...
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

try:
    from pgt_dsl import score
except ImportError:
    score = None  # type: ignore[assignment]


def doc_to_visual(doc: Mapping[str, Any]) -> list[Any]:
    """The images, in RGB."""
    return [image.convert("RGB") for image in doc["images"]]


def doc_to_text(doc: Mapping[str, Any], lmms_eval_specific_kwargs: Mapping[str, str] | None = None) -> str:
    """The question, with earlier ones of the same scene and their answers before it."""
    around = lmms_eval_specific_kwargs or {}
    return str(around.get("pre_prompt", "") + doc["prompt"] + around.get("post_prompt", ""))


def doc_to_target(doc: Mapping[str, Any]) -> str:
    """The right answer."""
    return str(doc["answer"])


def process_results(doc: Mapping[str, Any], results: Sequence[str]) -> dict[str, float]:
    """``acc`` (1.0 when right) and ``score`` (0 .. 1, with credit for what is nearly right) of a response."""
    said = results[0]
    if score is None:
        right = _bare(said) == _bare(doc["answer"])
        return {"acc": float(right), "score": float(right)}
    found = score(
        {"metadata": doc["metadata"]},
        said,
        ask=doc["ask"],
        style=doc["style"],
        coordinates=os.environ.get("PGT_COORDINATES"),
    )
    return {"acc": float(found.right), "score": found.value}


def _bare(text: str) -> str:
    return " ".join(text.split()).removesuffix(".").casefold()
