"""Parquet for verl's ``RLHFDataset``, with the rule that ``pgt_dsl/rewards/verl.py`` scores by.

A row for each question. verl splits the contents of messages at ``<image>`` (and ``<video>``, ``<audio>``), so there is
one for each image, before the first question, and no text may hold another.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from pgt_dsl.dataset.formats.base import BuildInfo
from pgt_dsl.dataset.formats.parquet import ParquetWriter
from pgt_dsl.dataset.formats.records import no_placeholder, prompts, question_id
from pgt_dsl.dataset.formats.table import MESSAGE, Table, of_samples, schema
from pgt_dsl.dataset.given import PLACEHOLDER
from pgt_dsl.dataset.sample import Sample

SPLIT = "train"


def rows(sample: Sample, number: int) -> list[dict[str, Any]]:
    """``data_source`` is the task, ``ability`` its family, ``ground_truth`` the metadata; ``extra_info.index`` counts
    rows from ``number``. Raises ``PgtError`` when a text holds a placeholder."""
    no_placeholder(sample, PLACEHOLDER, "<video>", "<audio>")
    return [
        {
            "data_source": sample.task,
            "prompt": prompt,
            "ability": sample.task.partition("/")[0],
            "reward_model": {"style": "rule", "ground_truth": sample.metadata},
            "extra_info": {
                "index": number + place,
                "split": SPLIT,
                "id": question_id(sample, turn.ask),
                "group": sample.group,
                "ask": turn.ask,
                "style": turn.style,
                "answer": turn.answer,
            },
        }
        for place, (prompt, turn) in enumerate(
            zip(prompts(sample, PLACEHOLDER * len(sample.images)), sample.turns, strict=True)
        )
    ]


TEXT = pa.string()
EXTRA = [("index", pa.int64()), ("split", TEXT), ("id", TEXT), ("group", TEXT), ("ask", pa.int64()), ("style", TEXT),
         ("answer", TEXT)]  # fmt: skip
TABLE = Table(
    schema(
        [
            ("data_source", TEXT),
            ("prompt", pa.list_(MESSAGE)),
            ("ability", TEXT),
            ("reward_model", pa.struct([("style", TEXT), ("ground_truth", TEXT)])),
            ("extra_info", pa.struct(EXTRA)),
        ]
    ),
    of_samples(rows),
    unique=("reward_model.ground_truth", "extra_info.id", "extra_info.index"),
)


class VerlWriter(ParquetWriter):
    """``data/train-00000.parquet``, ..."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        super().__init__(folder, info, TABLE)

    def usage(self, folder: Path) -> str:
        """The options of verl: it takes files, not patterns."""
        return (
            "import glob\n\nfrom pgt_dsl.rewards import verl\n\n"
            f'files = sorted(glob.glob("{folder.as_posix()}/data/train-*.parquet"))\n'
            'print("data.train_files=[" + ",".join(files) + "]")\n'
            'print(f"custom_reward_function.path={verl.__file__} custom_reward_function.name=compute_score")'
        )


def make(folder: Path, info: BuildInfo) -> VerlWriter:
    """The writer of the format ``verl``."""
    return VerlWriter(folder, info)
