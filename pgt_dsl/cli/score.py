"""``pgt score``: a file of a model's answers, scored against a data set, by task and by group."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from pgt_dsl.scoring.pairs import PairScores


@click.command("score")
@click.argument("answers", type=click.Path(path_type=Path))
@click.argument("dataset", type=click.Path(path_type=Path))
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Write the score of each answer into this file.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object.")
@click.option("--strict", is_flag=True, help="Read nothing but the bare or marked answer.")
def command(answers: Path, dataset: Path, table: Path | None, as_json: bool, strict: bool) -> int:
    """Score ANSWERS, a JSON object a line with `id`, `text` and (from 0, else 0) `ask`, against the folder DATASET.

    For each task: how many answers, the mean score, the share that is right, and of twins and sweeps the share of
    pairs with both right (pair), of groups with all right (whole), and of pairs with different answers those that the
    model told apart (flips); of sweeps the share that is right at each step. Questions without an answer are counted
    and not scored. The exit status is 1 when an answer is to no row.
    """
    from pgt_dsl.probe.answers import read_answers

    said = read_answers(answers, dataset)
    rows = read_metadata(dataset)
    unknown = [name for name, _, _ in said if name not in rows]
    lines = [_line(name, ask, text, rows[name], strict) for name, ask, text in said if name in rows]
    found = {task: _summary([line for line in lines if line["task"] == task], rows, strict)
             for task in sorted({line["task"] for line in lines})}  # fmt: skip
    whole = _summary(lines, rows, strict)
    if table is not None:
        _write(table, lines)
    unanswered = len(rows) - len({line["id"] for line in lines})
    if as_json:
        click.echo(json.dumps({"all": whole, "tasks": found, "unanswered": unanswered, "unknown": unknown}, indent=1))
        return int(bool(unknown))
    from rich.console import Console

    _show({**found, "all": whole} if len(found) != 1 else found)
    errors = Console(stderr=True, highlight=False)
    if unanswered:
        errors.print(f"{unanswered:,} of {len(rows):,} samples have no answer", markup=False)
    if unknown:
        errors.print(
            f"error: {len(unknown):,} answers are to no row of `{dataset}`, as to `{unknown[0]}`", markup=False
        )
    return int(bool(unknown))


def read_metadata(folder: Path) -> dict[str, str]:
    """The metadata of all rows of a data set by id, as the reader of its format gives them. Raises ``PgtError``."""
    from pgt_dsl.dataset.formats.reading import Problem
    from pgt_dsl.dataset.manifest import read_manifest
    from pgt_dsl.dataset.opening import open_reader
    from pgt_dsl.plugins.registry import registry

    reader = open_reader(folder, read_manifest(folder), registry())
    found: dict[str, str] = {}
    for piece in reader.pieces():
        rows = [piece] if isinstance(piece, Problem) else reader.rows(piece)
        for row in rows:
            if isinstance(row, Problem):
                raise PgtError(f"{folder}: {row.message}; `pgt verify` tells more")
            if "+" not in row.id:  # a record of the user's that is woven in has no scene
                found[row.id] = row.metadata
    return found


def _line(name: str, ask: int, text: str, metadata: str, strict: bool) -> dict[str, Any]:
    from pgt_dsl.scoring.score import score
    from pgt_dsl.scoring.subject import asked

    row = {"metadata": metadata}
    question = asked(row, ask)
    found = score(row, text, ask=ask, strict=strict)
    assert question.scene is not None
    return {"id": name, "ask": ask, "task": question.scene.task, "group": question.group,
            "step": question.scene.twin + 1 if question.scene.steps else "", "text": text,
            "answer": question.ask.text, "value": found.value, "right": found.right, "said": found.said,
            "mistake": found.mistake, "reason": found.reason}  # fmt: skip


def _summary(lines: list[dict[str, Any]], rows: Mapping[str, str], strict: bool) -> dict[str, Any]:
    """Counts, means and, of groups, the metrics of ``score_pairs`` (over the first questions)."""
    from pgt_dsl.scoring.pairs import score_pairs

    pairs: PairScores = score_pairs(
        (({"metadata": rows[line["id"]]}, line["text"]) for line in lines if line["ask"] == 0), strict=strict
    )
    told = ("groups", "pair", "whole", "flips", "torn", "steps")
    groups = {name: value for name, value in asdict(pairs).items() if name in told}
    count = len(lines)
    mean = {
        name: sum(float(line[key]) for line in lines) / count if count else None
        for name, key in (("score", "value"), ("accuracy", "right"))
    }
    return {"answers": count, **mean, **groups}


def _show(found: Mapping[str, Mapping[str, Any]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("task", "answers", "score", "accuracy", "groups", "pair", "whole", "flips", box=None, pad_edge=False)
    for task, row in found.items():
        cells = [row[name] for name in ("score", "accuracy", "pair", "whole", "flips")]
        score, accuracy, *pairs = ["" if value is None else f"{value:.1%}" for value in cells]
        table.add_row(escape(task), f"{row['answers']:,}", score, accuracy, f"{row['groups']:,}", *pairs)
    console = Console(highlight=False)
    console.print(table)
    for task, row in found.items():
        if row["torn"]:
            console.print(f"{task}: {row['torn']:,} groups lack answers, and are in no `whole`", markup=False)
        if task in row["steps"]:
            shares = ", ".join("none" if share is None else f"{share:.0%}" for share in row["steps"][task])
            console.print(f"{task}: right at each step: {shares}", markup=False)


def _write(path: Path, lines: list[dict[str, Any]]) -> None:
    names = ["id", "ask", "task", "group", "step", "text", "answer", "value", "right", "said", "mistake", "reason"]
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, names)
            table.writeheader()
            table.writerows(lines)
    except OSError as error:
        raise PgtError(f"cannot write `{path}`: {error.strerror or error}") from error
