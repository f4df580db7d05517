"""The canonical layout: comments and blank lines stay, blocks break, nothing changes the second time."""

from __future__ import annotations

from pgt_dsl.source import Source
from pgt_dsl.syntax import format_expr, format_source, parse, parse_expr
from pgt_dsl.syntax.layout import WIDTH
from tests.syntax.samples import SAMPLE


def test_sample_keeps_its_tree_and_its_comments() -> None:
    spec = parse(Source("t.pgt", SAMPLE))
    printed = format_source(Source("t.pgt", SAMPLE))
    again = parse(Source("t.pgt", printed))
    assert again == spec
    assert format_source(Source("t.pgt", printed)) == printed
    assert [c.text for c in again.comments] == [c.text for c in spec.comments]
    assert [c.own_line for c in again.comments] == [c.own_line for c in spec.comments]
    assert max(map(len, printed.splitlines())) <= WIDTH + 10


def test_layout_of_comments_and_blocks() -> None:
    text = """task "a/b"
let  x=1 # one
# before y


let y = 2
shape a :circle{ radius=1vmin# r
color~basic }
"""
    assert (
        format_source(Source("t.pgt", text))
        == """task "a/b"

let x = 1  # one
# before y

let y = 2
shape a: circle {
  radius = 1vmin  # r
  color ~ basic
}
"""
    )


def test_docs_stay_with_their_statement() -> None:
    spec = parse(Source("t.pgt", '## T.\ntask "a/b"\n\n## not attached\n\n## X,\n## more.\nlet x = 1\n'))
    assert (spec.doc, spec.items[0].doc) == ("T.", "X,\nmore.")  # type: ignore[union-attr]
    assert [c.text for c in spec.comments] == ["## not attached"]


def test_long_blocks_break_one_field_a_line() -> None:
    fields = ", ".join(f"field_number_{i} = {i}" for i in range(8))
    printed = format_source(Source("t.pgt", f'task "a/b"\nshape a: circle {{ {fields} }}\n'))
    assert "  field_number_0 = 0\n  field_number_1 = 1\n" in printed


def test_fewest_parentheses() -> None:
    for text in (
        "(a + b) * c",
        "a + b * c",
        "a - (b - c)",
        "a - b - c",
        "-(a + b)",
        "--a",
        "(-a).x",
        "not (a and b)",
        "a and not b",
        "(not a) == b",
        "(a == b) == c",
        "(a in b) in c",
        "a or b and c",
        "(a or b) and c",
        "(1 .. 2) .. 3",
        "-a * -b",
        "(if a then b else c) + 1",
        "if a then b else if c then d else e",
        "f((a, b))",
        "xs[-1].at",
        "f(x in xs where p: v)",
    ):
        assert format_expr(parse_expr(text)) == text
    assert format_expr(parse_expr("((a)) + ((b * c))")) == "a + b * c"
