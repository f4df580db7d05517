"""The 25 likeliest mistakes: each gives its code, at its place, with the source under a caret and with help."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgt_dsl.report import render_text, to_json
from tests.types.test_golden import GOLDEN, SYNTAX, diagnostics

MISTAKES = {
    1: ("P101", SYNTAX / "p101_number_unit"),
    2: ("P102", SYNTAX / "p102_no_such_unit"),
    3: ("P103", SYNTAX / "p103_equals_in_condition"),
    4: ("P104", SYNTAX / "p104_double_equals_in_block"),
    5: ("P105", SYNTAX / "p105_colon_in_block"),
    6: ("P106", SYNTAX / "p106_chain"),
    7: ("P107", SYNTAX / "p107_signs"),
    8: ("P108", SYNTAX / "p108_if_without_else"),
    9: ("P109", SYNTAX / "p109_for"),
    10: ("P110", SYNTAX / "p110_quotes"),
    11: ("P111", SYNTAX / "p111_no_answer"),
    12: ("P112", SYNTAX / "p112_unknown_statement"),
    13: ("P113", SYNTAX / "p113_statement_in_block"),
    14: ("T201", GOLDEN / "t201_units"),
    15: ("T202", GOLDEN / "t202_no_unit"),
    16: ("T203", GOLDEN / "t203_list_for_one"),
    17: ("T204", GOLDEN / "t204_nothing_to_draw"),
    18: ("T205", GOLDEN / "t205_text_for_color"),
    19: ("T206", GOLDEN / "t206_list_of_shapes"),
    20: ("T207", GOLDEN / "t207_count"),
    21: ("T208", GOLDEN / "t208_clear_or_within"),
    22: ("T209", GOLDEN / "t209_margin_that_nothing_feels"),
    23: ("N301", GOLDEN / "n301_unknown_names"),
    24: ("N302", GOLDEN / "n302_no_value"),
}


def test_all_are_here() -> None:
    """The 25th is what only a run can tell: its codes are S501 to S512, and have their pages."""
    assert list(MISTAKES) == list(range(1, 25))


@pytest.mark.parametrize("number", MISTAKES)
def test_mistake(number: int) -> None:
    code, stem = MISTAKES[number]
    path: Path = stem.with_suffix(".pgt")
    found = [d for d in diagnostics(path) if d.code == code]
    assert found
    lines = path.read_text(encoding="utf-8").splitlines()
    for diagnostic in found:
        place = to_json(diagnostic)
        assert place["file"] == path.name
        line = lines[place["line"] - 1]
        assert 1 <= place["column"] <= len(line) + 1
        text = render_text(diagnostic)
        assert f"{path.name}:{place['line']}:{place['column']}" in text
        assert line.strip()[:40] in text or "..." in text
        assert "^" in text
    assert any(d.help for d in found)


def test_the_example_of_the_margin() -> None:
    first = next(d for d in diagnostics(GOLDEN / "t209_margin_that_nothing_feels.pgt") if d.code == "T209")
    assert first.others[0].text.startswith("compares lengths: `a.x < b.x`, prelude.pgt:")
    assert first.help == ("`clear 2vmin`",)


def test_a_wrong_use_of_the_prelude_is_shown_at_the_use() -> None:
    path = GOLDEN / "uses_of_the_prelude.pgt"
    found = next(d for d in diagnostics(path) if "`length`" in d.message)
    assert found.label is not None and found.label.span.text == "longest(xs)"
    assert found.others[0].span.source.name == "pgt/prelude.pgt"
