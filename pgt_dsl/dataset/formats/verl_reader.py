"""Reading back what ``formats.verl`` wrote: a row a question, with what scores it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.questions_reader import Asked, QuestionsReader, pictures_of, text_of
from pgt_dsl.dataset.formats.reading import MESSAGES

PLACEHOLDER = "<image>"


class VerlReader(QuestionsReader):
    """The id and all that is known of a question are in ``extra_info``, the metadata in ``reward_model``."""

    __slots__ = ()
    needed = ("images", "data_source", "prompt", "ability", "reward_model", "extra_info")
    ids = ("extra_info", "id")

    def asked(self, number: int, columns: dict[str, Any], index: int | None) -> Asked:
        """What a row says. Raises ``ValueError`` when it is no question of a sample."""
        extra, rule = columns["extra_info"], columns["reward_model"]
        answer = {"role": "assistant", "content": text_of(extra, "answer")}
        said = MESSAGES.read([*columns["prompt"], answer])
        question, placeholders = said[0][0], 0
        while question.startswith(PLACEHOLDER):
            question, placeholders = question[len(PLACEHOLDER) :], placeholders + 1
        task = text_of(columns, "data_source")
        wanted = [
            ("`ability`", columns["ability"], task.partition("/")[0]),
            ("`style` of `reward_model`", rule["style"], "rule"),
            ("`split` of `extra_info`", extra["split"], "train"),
            ("`index` of `extra_info`", extra["index"], extra["index"] if index is None else index),
        ]
        faults = [f"row {number}: {name} is {has!r}, not {due!r}" for name, has, due in wanted if has != due]
        return Asked(
            number, text_of(extra, "id"), text_of(rule, "ground_truth"), ((question, said[0][1]), *said[1:]),
            pictures_of(columns), each={name: extra[name] for name in ("ask", "style")},
            columns={"task": task, "group": extra["group"]}, placeholders=placeholders, faults=tuple(faults),
        )  # fmt: skip


def read(folder: Path) -> VerlReader:
    """The reader of the format ``verl``."""
    return VerlReader(folder)
