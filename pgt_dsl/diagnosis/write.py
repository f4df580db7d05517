"""The files of a report: the page, all of it as JSON, and tables as CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pgt_dsl.diagnosis.compare import Comparison
from pgt_dsl.diagnosis.diagnose import Diagnosis, tally_json
from pgt_dsl.diagnosis.page.page import page
from pgt_dsl.diagnostics import PgtError

REPORT_FORMAT = 1
PAGE, DATA = "report.html", "report.json"


def write(models: Sequence[Diagnosis], comparisons: Sequence[Comparison], folder: Path) -> None:
    """Write ``report.html``, ``report.json``, ``findings.csv``, ``tasks.csv``, ``factors.csv`` and, for several models,
    ``models.csv``. Raises ``PgtError`` when they cannot be written."""
    data = {
        "report_format": REPORT_FORMAT,
        "models": [one.to_json() for one in models],
        "comparisons": [one.to_json() for one in comparisons],
    }
    texts = {
        PAGE: page(models, comparisons),
        DATA: json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n",
        "findings.csv": table({"model": m.model, **look.to_json()} for m in models for look in m.looks),
        "tasks.csv": table({"model": m.model, "task": name, **tally_json(one)}
                           for m in models for name, one in m.tasks.items()),
        "factors.csv": table(_bins(models)),
    }  # fmt: skip
    if comparisons:
        texts["models.csv"] = table(one.to_json() for one in comparisons)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise PgtError(f"cannot write the report into `{folder}`: {error.strerror or error}") from error


def _bins(models: Sequence[Diagnosis]) -> Iterable[Mapping[str, Any]]:
    for one in models:
        for factor in one.factors:
            for part in factor.bins:
                yield {"model": one.model, "scope": factor.look.scope, "variable": factor.variable.name,
                       "part": part.name, "rows": part.rows, "right": part.right,
                       "named": factor.look.named, "adjusted": factor.look.adjusted}  # fmt: skip


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows with the same columns as CSV."""
    out = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, list(row), lineterminator="\n")
            writer.writeheader()
        writer.writerow(row)
    return out.getvalue()
