"""Reading back what ``formats.trl`` wrote: whole conversations of ``trl_sft``, a question a row of ``trl_grpo``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.base import TRAIN
from pgt_dsl.dataset.formats.parquet_reader import ParquetReader, files_of
from pgt_dsl.dataset.formats.questions_reader import Asked, QuestionsReader, pictures_of, text_of
from pgt_dsl.dataset.formats.reading import MESSAGES, Row

_OF_SAMPLE = ("task", "group")
_OF_QUESTION = ("ask", "style")


class TrlSftReader(ParquetReader):
    """A row a sample; the texts of messages have no placeholders of images."""

    __slots__ = ()
    needed = ("images", "messages", "id", "metadata", *_OF_SAMPLE)

    def row(self, file: str, number: int, columns: dict[str, Any]) -> Row:
        """The row of some columns. Raises ``ValueError`` when they are not those of a sample."""
        images, names = files_of(columns)
        turns = MESSAGES.read(columns["messages"])
        kept = {name: columns[name] for name in _OF_SAMPLE}
        return Row(file, number, text_of(columns, "id"), text_of(columns, "metadata"), turns, tuple(images),
                   tuple(names), None, kept)  # fmt: skip


class TrlGrpoReader(QuestionsReader):
    """A row a question, whose ``prompt`` ends with it."""

    __slots__ = ()
    needed = ("images", "prompt", "id", "metadata", "answer", *_OF_SAMPLE, *_OF_QUESTION)

    def asked(self, number: int, columns: dict[str, Any], index: int | None) -> Asked:
        """What a row says. Raises ``ValueError`` when it is no question of a sample."""
        answer = {"role": "assistant", "content": text_of(columns, "answer")}
        return Asked(
            number, text_of(columns, "id"), text_of(columns, "metadata"), MESSAGES.read([*columns["prompt"], answer]),
            pictures_of(columns), each={name: columns[name] for name in _OF_QUESTION},
            columns={name: columns[name] for name in _OF_SAMPLE},
        )  # fmt: skip


def read_sft(folder: Path, splits: tuple[str, ...] = (TRAIN,)) -> TrlSftReader:
    """The reader of the format ``trl_sft``."""
    return TrlSftReader(folder, splits)


def read_grpo(folder: Path, splits: tuple[str, ...] = (TRAIN,)) -> TrlGrpoReader:
    """The reader of the format ``trl_grpo``."""
    return TrlGrpoReader(folder, splits)
