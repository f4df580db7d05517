"""A task of lmms-eval: ``lmms_eval --tasks NAME --include_path FOLDER``.

    NAME.yaml                   the task; NAME is ``pgt_`` and the name of the data set
    utils.py                    its functions, see ``lmms_eval_utils.py``
    data/test-00000.parquet     a row for each question

The YAML names each file: a pattern would be looked for where lmms-eval is run, files are taken from beside the YAML.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import pyarrow as pa

from pgt_dsl.dataset.formats.base import BuildInfo
from pgt_dsl.dataset.formats.parquet import ParquetWriter
from pgt_dsl.dataset.formats.records import prompts, question_id
from pgt_dsl.dataset.formats.table import Table, of_samples, schema
from pgt_dsl.dataset.sample import Sample

YAML = """\
task: {task}
dataset_path: parquet
dataset_kwargs:
  data_files:
    test: {files}
test_split: test
output_type: generate_until
doc_to_visual: !function utils.doc_to_visual
doc_to_text: !function utils.doc_to_text
doc_to_target: !function utils.doc_to_target
process_results: !function utils.process_results
generation_kwargs:
  max_new_tokens: 256
  temperature: 0
  do_sample: false
metric_list:
- metric: acc
  aggregation: mean
  higher_is_better: true
- metric: score
  aggregation: mean
  higher_is_better: true
metadata:
- version: 1.0
"""


def rows(sample: Sample, number: int) -> list[dict[str, Any]]:
    """A row for each question."""
    return [
        {
            "id": question_id(sample, turn.ask),
            "task": sample.task,
            "prompt": "\n".join(message["content"] for message in prompt),
            "question": turn.question,
            "answer": turn.answer,
            "style": turn.style,
            "ask": turn.ask,
            "options": list(sample.scene.asks[turn.ask].options),
            "metadata": sample.metadata,
        }
        for prompt, turn in zip(prompts(sample), sample.turns, strict=True)
    ]


TEXT = pa.string()
COLUMNS = [("id", TEXT), ("task", TEXT), ("prompt", TEXT), ("question", TEXT), ("answer", TEXT), ("style", TEXT),
           ("ask", pa.int64()), ("options", pa.list_(TEXT)), ("metadata", TEXT)]  # fmt: skip
TABLE = Table(schema(COLUMNS), of_samples(rows), split="test")


class LmmsEvalWriter(ParquetWriter):
    """The Parquet files, and at the end the task that reads them."""

    def __init__(self, folder: Path, info: BuildInfo) -> None:
        super().__init__(folder, info, TABLE)
        self._top = folder
        self._task = task_name(info.name)

    def close(self) -> None:
        """Write the last shard, the YAML and the functions."""
        super().close()
        files = [f"data/{path.name}" for path in sorted(self._folder.iterdir())]
        text = YAML.format(task=self._task, files=json.dumps(files))
        (self._top / f"{self._task}.yaml").write_text(text, encoding="utf-8")
        functions = resources.files("pgt_dsl.dataset.formats").joinpath("lmms_eval_utils.py")
        (self._top / "utils.py").write_bytes(functions.read_bytes())

    def usage(self, folder: Path) -> str:
        """The rows, and the options of lmms-eval."""
        return f"{super().usage(folder)}\n# lmms_eval --tasks {self._task} --include_path {folder.as_posix()}"


def task_name(name: str) -> str:
    """``pgt_`` and the letters, digits and underscores of a data set's name, whatever else it holds as ``_``."""
    return "pgt_" + (re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "task")


def make(folder: Path, info: BuildInfo) -> LmmsEvalWriter:
    """The writer of the format ``lmms_eval``."""
    return LmmsEvalWriter(folder, info)
