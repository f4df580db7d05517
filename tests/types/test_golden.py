"""Every mistake of names, types and limits gives its report: ``golden/NAME.pgt`` and beside it ``NAME.txt``.

``UPDATE_GOLDEN=1`` writes the reports anew; read the difference before committing it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pgt_dsl.compile import compile_source
from pgt_dsl.diagnostics import Diagnostic, SpecError
from pgt_dsl.plugins.registry import registry
from pgt_dsl.report import render_all, to_json
from pgt_dsl.source import Source

GOLDEN = Path(__file__).parent / "golden"
SYNTAX = Path(__file__).parents[1] / "syntax" / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.pgt"))


def diagnostics(path: Path) -> tuple[Diagnostic, ...]:
    source = Source(path.name, path.read_text(encoding="utf-8"))
    try:
        return compile_source(source, registry()).warnings
    except SpecError as error:
        return error.diagnostics


@pytest.mark.parametrize("name", CASES)
def test_report(name: str) -> None:
    found = diagnostics(GOLDEN / f"{name}.pgt")
    report = render_all(found) + "\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(report, encoding="utf-8")
    assert report == path.read_text(encoding="utf-8")
    if name[1:4].isdigit():
        assert name[:4].upper() in {d.code for d in found}


@pytest.mark.parametrize("name", CASES)
def test_findings_are_in_the_file_and_in_order(name: str) -> None:
    found = diagnostics(GOLDEN / f"{name}.pgt")
    places = [json.loads(json.dumps(to_json(d))) for d in found]
    assert {p["file"] for p in places} == {f"{name}.pgt"}
    assert [(p["line"], p["column"]) for p in places] == sorted((p["line"], p["column"]) for p in places)
    for diagnostic, place in zip(found, places, strict=True):
        assert diagnostic.label is not None and diagnostic.label.span.text
        assert place["code"] == diagnostic.code and place["help"] == list(diagnostic.help)
        assert (place["line"], place["column"]) < (place["end_line"], place["end_column"])


def test_six_mistakes_in_one_run() -> None:
    found = diagnostics(GOLDEN / "six_mistakes_in_one_file.pgt")
    assert [d.code for d in found] == ["T202", "N301", "T205", "T201", "T207", "T209"]
