"""Reading back what ``formats.lmms_eval`` wrote: a row a question, and whether the task of lmms-eval finds them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.formats.questions_reader import Asked, QuestionsReader, Said, pictures_of, text_of
from pgt_dsl.dataset.formats.reading import Piece, Problem, json_value, short

FUNCTIONS = "utils.py"
_NEEDED = {"doc_to_visual", "doc_to_text", "doc_to_target", "process_results"}
_FILES = re.compile(r"^    test: (\[.*\])$", re.M)
_TASK = re.compile(r"^task: (\S+)$", re.M)
_OF_QUESTION = ("ask", "style", "options")


class LmmsEvalReader(QuestionsReader):
    """The rows are those of ``test``; a ``prompt`` has the questions and answers before its own in one text."""

    __slots__ = ()
    needed = ("images", "id", "task", "prompt", "question", "answer", "metadata", *_OF_QUESTION)

    def pieces(self) -> Iterator[Piece | Problem]:
        """Questions, after a look at the task."""
        yield from self._task()
        yield from QuestionsReader.pieces(self)

    def asked(self, number: int, columns: dict[str, Any], index: int | None) -> Asked:
        """What a row says. Raises ``ValueError`` when it is no question of a sample."""
        return Asked(
            number, text_of(columns, "id"), text_of(columns, "metadata"),
            ((text_of(columns, "question"), text_of(columns, "answer")),), pictures_of(columns),
            each={name: columns[name] for name in _OF_QUESTION}, columns={"task": columns["task"]},
            prompt=text_of(columns, "prompt"),
        )  # fmt: skip

    def history(self, row: Asked, before: Said) -> bool:
        """Whether the prompt is the turns before and the question, a line each or more."""
        return row.prompt == "\n".join([text for turn in before for text in turn] + [row.said[-1][0]])

    def strays(self) -> Iterator[Problem]:
        """Other tasks, which lmms-eval would offer as well."""
        yield from QuestionsReader.strays(self)
        for path in sorted(self.folder.glob("*.yaml"))[1:]:
            yield Problem(path.name, None, "this file is no task of this data set")

    def _task(self) -> Iterator[Problem]:
        paths = sorted(self.folder.glob("*.yaml"))
        if not paths:
            yield Problem("", None, "there is no task of lmms-eval", "NAME.yaml")
        for path in paths[:1]:
            yield from self._said_by(path)
        try:
            tree = ast.parse((self.folder / FUNCTIONS).read_text(encoding="utf-8"))
        except (OSError, ValueError, SyntaxError) as error:
            yield Problem(FUNCTIONS, None, f"the functions of the task cannot be read: {short(error)}", "Python")
            return
        lacking = _NEEDED - {item.name for item in tree.body if isinstance(item, ast.FunctionDef)}
        if lacking:
            yield Problem(FUNCTIONS, None, f"there is no function `{min(lacking)}`, which the task names", "it")

    def _said_by(self, path: Path) -> Iterator[Problem]:
        try:
            text = path.read_text(encoding="utf-8")
            task, files = _TASK.search(text), _FILES.search(text)
            named = json_value(files[1]) if files else []
        except (OSError, ValueError) as error:
            yield Problem(path.name, None, f"the task cannot be read: {short(error)}", "YAML")
            return
        if task is None or task[1] != path.stem:
            yield Problem(path.name, None, "the task is not named as its file", path.stem)
        there = [f"data/{shard.name}" for shard in sorted((self.folder / "data").glob("*.parquet"))]
        if named != there:
            yield Problem(path.name, None, "lmms-eval would not read the shards that are there", ", ".join(there))


def read(folder: Path) -> LmmsEvalReader:
    """The reader of the format ``lmms_eval``."""
    return LmmsEvalReader(folder, ("test",))
