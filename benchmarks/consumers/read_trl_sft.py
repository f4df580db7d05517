"""``trl_sft`` by TRL: its collator for vision-language models over all rows, and two steps of ``SFTTrainer``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

import given
import tiny
from datasets import load_dataset
from trl import SFTConfig, SFTTrainer
from trl.trainer.sft_trainer import DataCollatorForVisionLanguageModeling


def rows(data: Any, made: Any) -> Iterator[dict[str, Any]]:
    """What the collator makes of each row, read back from tokens."""
    collate = DataCollatorForVisionLanguageModeling(made)
    for each in data:
        batch = collate([each])
        said = made.tokenizer.decode(batch["input_ids"][0], skip_special_tokens=False)
        holes = len(made.seen) * (tiny.SIDE // tiny.PATCH) ** 2
        if said.count("<image>") != holes or len(batch["pixel_values"]) != len(made.seen):
            raise ValueError(f"{said.count('<image>')} tokens of images, not {holes}")
        texts = said.replace("<image>", "").replace("<|user|>", "").replace("<|assistant|>", "").split("<|end|>")[:-1]
        yield given.row(each["id"], texts, made.seen)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as cache:
        data = load_dataset(str(given.folder()), split="train")
        made = tiny.processor()
        given.hand_back(rows(data, made))
        wanted = SFTConfig(
            output_dir=cache, max_steps=2, per_device_train_batch_size=4, max_length=None, use_cpu=True, bf16=False,
            report_to=[], gradient_checkpointing=False, save_strategy="no", disable_tqdm=True, logging_steps=1,
        )  # fmt: skip
        trainer = SFTTrainer(model=tiny.model(made), args=wanted, train_dataset=data, processing_class=made)
        trainer.train()
        assert trainer.state.global_step == 2
