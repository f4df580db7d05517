"""The report: carets, several labels, several files, wide lines, colours, JSON."""

from __future__ import annotations

import json

from pgt_dsl.diagnostics import Diagnostic, Label
from pgt_dsl.report import render_all, render_text, to_json
from pgt_dsl.source import Source, Span

SPEC = Source("left_of.pgt", 'task "a/b"\n\nask "?"\n  answer left_of(a, b) clear 2deg\n')
PRELUDE = Source("prelude.pgt", "def left_of(a: shape, b: shape): bool = a.x < b.x\n")


def span(source: Source, text: str) -> Span:
    start = source.text.index(text)
    return Span(source, start, start + len(text))


def test_labels_on_one_line_and_in_another_file() -> None:
    found = Diagnostic(
        "T209",
        "nothing in this answer is decided by an angle",
        Label(span(SPEC, "2deg"), "an angle"),
        others=(Label(span(SPEC, "left_of(a, b)"), "compares lengths"), Label(span(PRELUDE, "a.x < b.x"), "here")),
        help=("`clear 2vmin`",),
    )
    assert (
        render_text(found)
        == """error[T209]: nothing in this answer is decided by an angle
 --> left_of.pgt:4:30
  |
4 |   answer left_of(a, b) clear 2deg
  |          -------------       ^^^^ an angle
  |          compares lengths
 ::: prelude.pgt:1:41
  |
1 | def left_of(a: shape, b: shape): bool = a.x < b.x
  |                                         --------- here
  = help: `clear 2vmin`"""
    )
    painted = render_text(found, color=True)
    assert "\x1b[1;31m^^^^\x1b[0m" in painted and "\x1b[1;34m-------------\x1b[0m" in painted
    assert json.loads(json.dumps(to_json(found))) == {
        "code": "T209",
        "severity": "error",
        "message": "nothing in this answer is decided by an angle",
        "file": "left_of.pgt",
        "line": 4,
        "column": 30,
        "end_line": 4,
        "end_column": 34,
        "label": "an angle",
        "others": [
            {
                "file": "left_of.pgt",
                "line": 4,
                "column": 10,
                "end_line": 4,
                "end_column": 23,
                "label": "compares lengths",
            },
            {"file": "prelude.pgt", "line": 1, "column": 41, "end_line": 1, "end_column": 50, "label": "here"},
        ],
        "help": ["`clear 2vmin`"],
    }


def test_counts_and_findings_without_a_place() -> None:
    warning = Diagnostic("S501", "unbalanced", None, "warning")
    error = Diagnostic("S502", "impossible", Label(Span(SPEC, 0, 4)))
    assert render_all([]) == ""
    assert render_all([warning]) == "warning[S501]: unbalanced\n\n1 warning"
    assert render_all([error, error, warning]).endswith("\n\n2 errors, 1 warning")
    assert to_json(warning)["file"] is None


def test_ends_of_lines_and_odd_characters() -> None:
    source = Source("t", "let x = \x1b[2J\t+\nlet y\n")
    at_end = render_text(Diagnostic("P100", "m\x1b", Label(Span(source, 20, 20), "here")))
    assert "\x1b" not in at_end and at_end.splitlines()[-1] == "  |      ^ here"
    over_lines = render_text(Diagnostic("P100", "m", Label(Span(source, 4, 20))))
    assert over_lines.splitlines()[-1].strip() == "|     ^^^^^^^^^^^^^"
    assert render_text(Diagnostic("P100", "m", Label(Span(source, 999, 1000))))


def test_wide_lines_are_cut_around_the_caret() -> None:
    source = Source("t", "a" * 300 + "!" + "b" * 300)
    lines = render_text(Diagnostic("P100", "m", Label(Span(source, 300, 301)))).splitlines()
    assert max(map(len, lines)) < 120
    assert lines[3][lines[4].index("^")] == "!"
