"""Answers that a model gave elsewhere.

JSON lines with ``id``, ``text`` and, where a scene has several questions, ``ask``; the samples that lmms-eval logs
(``--log_samples``); or a log of inspect-ai (``.eval``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.manifest import read_manifest
from pgt_dsl.diagnostics import PgtError

Answer = tuple[str, int, str]
"""The sample's id, the question (from 0), what was said."""
LINE = '{"id": "...", "text": "...", "ask": 0}'


def read_answers(path: Path, dataset: Path) -> list[Answer]:
    """The answers of a file to the questions of a data set. Raises ``PgtError`` with the place of the first that is
    wrong."""
    found: dict[tuple[str, int], Answer] = {}
    for where, answer in _inspect_log(path) if path.suffix == ".eval" else _lines(path, dataset):
        name, ask, _ = answer
        if (name, ask) in found:
            raise PgtError(f"{where}: question {ask} of `{name}` is answered twice")
        found[name, ask] = answer
    return list(found.values())


def _lines(path: Path, dataset: Path) -> Iterator[tuple[str, Answer]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PgtError(f"cannot read the answers `{path}`: {getattr(error, 'strerror', None) or error}") from None
    rows: list[tuple[str, int]] | None = None
    for number, line in enumerate(text.split("\n"), 1):  # not splitlines: JSON may hold other separators of lines
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except ValueError:
            data = None
        fields = data if isinstance(data, dict) else {}
        if "doc_id" in fields:
            rows = _numbered(path, dataset) if rows is None else rows
            answer = _of_lmms_eval(fields, rows)
        else:
            answer = _checked(fields.get("id"), fields.get("ask", 0), fields.get("text"))
        if answer is None:
            raise PgtError(f"{path}:{number}: an answer is one line like {LINE}, or a line that lmms-eval logged")
        yield f"{path}:{number}", answer


def _numbered(path: Path, dataset: Path) -> list[tuple[str, int]]:
    """The questions of a data set in the order in which lmms-eval numbers them: the sample's id, the question."""
    manifest = read_manifest(dataset)
    if manifest.format != "lmms_eval":
        raise PgtError(
            f"`{path}` is a log of lmms-eval, which numbers the rows of its own data; `{dataset}` has the format "
            f"`{manifest.format}`: name the folder that lmms-eval was given"
        )
    import pyarrow.parquet as pq

    found: list[tuple[str, int]] = []
    for file in sorted((dataset / "data").glob("*.parquet")):
        table = pq.read_table(file, columns=["id", "ask"])
        for name, ask in zip(table["id"].to_pylist(), table["ask"].to_pylist(), strict=True):
            found.append((name.removesuffix(f"/{ask}"), ask))
    return found


def _of_lmms_eval(fields: Mapping[str, Any], rows: Sequence[tuple[str, int]]) -> Answer | None:
    number, said = fields["doc_id"], fields.get("filtered_resps")
    if type(number) is not int or not 0 <= number < len(rows):
        return None
    return _checked(*rows[number], said[0] if isinstance(said, list) and said else said)


def _checked(name: Any, ask: Any, said: Any) -> Answer | None:
    right = isinstance(name, str) and isinstance(said, str) and type(ask) is int and ask >= 0
    return (name, ask, said) if right else None


def _inspect_log(path: Path) -> Iterator[tuple[str, Answer]]:
    """The samples of a log that came to an end; those that failed have no answer."""
    try:
        from inspect_ai.log import read_eval_log_samples
    except ImportError as error:
        raise PgtError(f"reading `{path}` needs inspect-ai: pip install 'pgt-dsl[inspect]'") from error
    if not path.is_file():
        raise PgtError(f"cannot read the answers `{path}`: no such file")
    try:
        samples = list(read_eval_log_samples(str(path), all_samples_required=False))
    except Exception as error:  # a foreign file: whatever its reader makes of it
        raise PgtError(f"`{path}` is no log of inspect-ai: {type(error).__name__}: {error}") from error
    for sample in samples:
        where = f"{path}, sample {sample.id}"
        ask = (sample.metadata or {}).get("ask")
        answer = _checked(str(sample.id).removesuffix(f"/{(ask or 0) + 1}"), ask, sample.output.completion)
        if answer is None:
            raise PgtError(f"{where}: it is of another task than `pgt_dsl/probe`")
        if sample.error is None:
            yield where, answer
