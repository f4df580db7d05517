"""Every mistake gives its diagnostic: ``golden/NAME.pgt`` and beside it the report that it must give, ``NAME.txt``.

``UPDATE_GOLDEN=1`` writes the reports anew; read the difference before committing it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pgt_dsl.diagnostics import Diagnostic, SpecError
from pgt_dsl.report import render_all, to_json
from pgt_dsl.source import Source
from pgt_dsl.syntax import parse

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.pgt"))


def diagnostics(name: str) -> tuple[Diagnostic, ...]:
    text = (GOLDEN / f"{name}.pgt").read_bytes().decode("utf-8")
    with pytest.raises(SpecError) as caught:
        parse(Source(f"{name}.pgt", text))
    return caught.value.diagnostics


@pytest.mark.parametrize("name", CASES)
def test_report(name: str) -> None:
    found = diagnostics(name)
    report = render_all(found) + "\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(report, encoding="utf-8")
    assert report == path.read_text(encoding="utf-8")
    if name[0] in "pl" and name[1].isdigit():
        assert name[:4].upper() in {d.code for d in found}


@pytest.mark.parametrize("name", CASES)
def test_every_finding_has_a_place_and_sorts(name: str) -> None:
    found = diagnostics(name)
    places = [(p["line"], p["column"]) for p in map(to_json, found)]
    assert places == sorted(places) and None not in places
    assert len(set(zip(places, (d.code for d in found), strict=True))) == len(found)


def test_several_errors_in_one_run() -> None:
    codes = [d.code for d in diagnostics("several_in_one_file")]
    assert codes == ["P105", "P101", "P128", "P104", "P102", "P103", "P114", "P115"]
