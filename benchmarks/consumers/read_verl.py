"""``verl`` by verl: its ``RLHFDataset`` over all rows, with a processor, its length filter, and its collation; the
reward is loaded by verl from our file by path and name."""

from __future__ import annotations

import importlib.machinery
import sys
import tempfile
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import given
import tiny


def stub_torchvision() -> None:
    """qwen_vl_utils imports it for videos; its wheel wants a build of torch that is not everybody's."""
    try:
        import torchvision  # noqa: F401
    except (ImportError, RuntimeError):
        import transformers.processing_utils  # noqa: F401  (looks for torchvision itself, and must not find this one)

        for name in ("torchvision", "torchvision.io", "torchvision.transforms", "torchvision.transforms.functional"):
            module = ModuleType(name)
            module.__spec__ = importlib.machinery.ModuleSpec(name, None)
            sys.modules[name] = module
        sys.modules["torchvision"].io = sys.modules["torchvision.io"]  # type: ignore[attr-defined]
        sys.modules["torchvision"].transforms = sys.modules["torchvision.transforms"]  # type: ignore[attr-defined]
        sys.modules["torchvision"].__version__ = "0"  # type: ignore[attr-defined]
        sys.modules["torchvision.transforms"].InterpolationMode = object  # type: ignore[attr-defined]
        sys.modules["torchvision.transforms"].functional = sys.modules[  # type: ignore[attr-defined]
            "torchvision.transforms.functional"
        ]


def rows(data: Any, compute: Any) -> Iterator[dict[str, Any]]:
    for number in range(len(data)):
        each = data[number]
        extra, rule = each["extra_info"], each["reward_model"]
        if each["index"] != number:
            raise ValueError(f"index {each['index']} at {number}")
        found = compute(data_source=each["data_source"], solution_str=extra["answer"],
                        ground_truth=rule["ground_truth"], extra_info=extra)  # fmt: skip
        if found["score"] != 1.0:
            raise ValueError(f"the answer of {extra['id']} scores {found}: {extra['answer']!r}")
        parts = [part for message in each["raw_prompt"] for part in message["content"]]
        texts = [part["text"] for part in parts if part["type"] == "text"]
        images = [part["image"] for part in parts if part["type"] == "image"]
        yield given.row(extra["id"], [*texts, extra["answer"]], images)


if __name__ == "__main__":
    stub_torchvision()
    from omegaconf import OmegaConf
    from verl.trainer.ppo.reward import get_custom_reward_fn
    from verl.utils.dataset.rl_dataset import RLHFDataset, collate_fn

    from pgt_dsl.rewards import verl as ours

    with tempfile.TemporaryDirectory() as cache:
        made = tiny.processor()
        files = sorted(str(path) for path in (given.folder() / "data").glob("train-*.parquet"))
        named = {"path": ours.__file__, "name": "compute_score"}
        config = OmegaConf.create({"reward": {"custom_reward_function": named}, "custom_reward_function": named})
        wanted = OmegaConf.create({"cache_dir": cache, "max_prompt_length": 4096, "filter_overlong_prompts": True,
                                   "filter_overlong_prompts_workers": 1})  # fmt: skip
        data = RLHFDataset(files, made.tokenizer, wanted, made)
        given.hand_back(rows(data, get_custom_reward_fn(config)))
        batch = collate_fn([data[k] for k in range(min(4, len(data)))])
        assert len(batch["raw_prompt"]) == min(4, len(data))
