"""``trl_grpo`` by TRL: its way of putting images into prompts over all rows, two steps of ``GRPOTrainer`` with our
reward."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

import given
import tiny
from datasets import load_dataset
from trl import GRPOConfig, GRPOTrainer
from trl.data_utils import prepare_multimodal_messages

from pgt_dsl.rewards.trl import reward


def rows(data: Any) -> Iterator[dict[str, Any]]:
    """What the trainer makes of each prompt, and the answer that the reward wants."""
    for each in data:
        messages = prepare_multimodal_messages(each["prompt"], each["images"])
        parts = [part for message in messages for part in message["content"]]
        texts = [part["text"] for part in parts if part["type"] == "text"]
        columns = {name: [each[name]] for name in each if name not in ("prompt", "images")}
        right = [{"role": "assistant", "content": each["answer"]}]
        if reward(prompts=[each["prompt"]], completions=[right], **columns) != [1.0]:
            raise ValueError(f"the answer of {each['id']} is not rewarded: {each['answer']!r}")
        yield given.row(each["id"], [*texts, each["answer"]], [p["image"] for p in parts if p["type"] == "image"])


def train(data: Any, folder: str) -> None:
    """Two steps on the first rows; each completion has to come to our reward with its columns."""
    told: list[tuple[int, set[str]]] = []

    def watched(completions: list[Any], **columns: Any) -> list[float]:
        found = reward(completions=completions, **columns)
        told.append((len(found), set(columns)))
        return found

    wanted = GRPOConfig(
        output_dir=folder, max_steps=2, per_device_train_batch_size=4, num_generations=2, max_completion_length=4,
        use_cpu=True, bf16=False, report_to=[], gradient_checkpointing=False, save_strategy="no", disable_tqdm=True,
    )  # fmt: skip
    made = tiny.processor()
    trainer = GRPOTrainer(model=tiny.model(made), reward_funcs=watched, args=wanted, train_dataset=data,
                          processing_class=made)  # fmt: skip
    trainer.train()
    assert trainer.state.global_step == 2 and sum(count for count, _ in told) == 8, told
    assert all({"metadata", "style", "ask", "prompts"} <= columns for _, columns in told), told


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as cache:
        data = load_dataset(str(given.folder()), split="train")
        given.hand_back(rows(data))
        train(data.select(range(min(len(data), 8))), cache)
