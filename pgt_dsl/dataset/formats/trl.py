"""Parquet for TRL's trainers of vision-language models: ``trl_sft`` has conversations, ``trl_grpo`` prompts.

The contents of messages are plain texts, before the first of which TRL puts the images itself; a literal ``<image>``
would be one more for the processor to look for. What ``pgt_dsl.rewards.trl.reward`` reads is in the columns
``metadata``, ``style`` and ``ask`` of ``trl_grpo``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from pgt_dsl.dataset.formats.base import BuildInfo
from pgt_dsl.dataset.formats.parquet import ParquetWriter
from pgt_dsl.dataset.formats.records import chat, no_placeholder, prompts, question_id
from pgt_dsl.dataset.formats.table import MESSAGE, Table, of_samples, schema
from pgt_dsl.dataset.sample import Sample

TEXT = pa.string()
ABOUT = [("id", TEXT), ("task", TEXT), ("group", TEXT)]


def sft_rows(sample: Sample, number: int) -> list[dict[str, Any]]:
    """One row: ``messages`` of all turns. Raises ``PgtError`` when a text holds ``<image>``."""
    no_placeholder(sample)
    about = {"id": sample.id, "task": sample.task, "group": sample.group, "metadata": sample.metadata}
    return [{"messages": chat(sample), **about}]


def grpo_rows(sample: Sample, number: int) -> list[dict[str, Any]]:
    """A row for each question: ``prompt`` ends with it. Raises ``PgtError`` when a text holds ``<image>``."""
    no_placeholder(sample)
    about = {"task": sample.task, "group": sample.group, "metadata": sample.metadata}
    return [
        {"prompt": prompt, "id": question_id(sample, turn.ask), **about, "ask": turn.ask, "style": turn.style,
         "answer": turn.answer}
        for prompt, turn in zip(prompts(sample), sample.turns, strict=True)
    ]  # fmt: skip


MESSAGES = pa.list_(MESSAGE)
SFT = Table(schema([("messages", MESSAGES), *ABOUT, ("metadata", TEXT)]), of_samples(sft_rows))
GRPO = Table(
    schema([("prompt", MESSAGES), *ABOUT, ("ask", pa.int64()), ("style", TEXT), ("answer", TEXT), ("metadata", TEXT)]),
    of_samples(grpo_rows),
)


class TrlSftWriter(ParquetWriter):
    """``data/train-00000.parquet``, ..., a row a sample."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        super().__init__(folder, info, SFT.of(info.split))

    def usage(self, folder: Path) -> str:
        """What the trainer takes."""
        return super().usage(folder) + "\n# SFTTrainer(model=..., train_dataset=rows)"


class TrlGrpoWriter(ParquetWriter):
    """``data/train-00000.parquet``, ..., a row a question."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        super().__init__(folder, info, GRPO.of(info.split))

    def usage(self, folder: Path) -> str:
        """What the trainer takes, with its reward."""
        return (
            "from pgt_dsl.rewards.trl import reward\n"
            + super().usage(folder)
            + "\n# GRPOTrainer(model=..., train_dataset=rows, reward_funcs=reward)"
        )


def make_sft(folder: Path, info: BuildInfo) -> TrlSftWriter:
    """The writer of the format ``trl_sft``."""
    return TrlSftWriter(folder, info)


def make_grpo(folder: Path, info: BuildInfo) -> TrlGrpoWriter:
    """The writer of the format ``trl_grpo``."""
    return TrlGrpoWriter(folder, info)
