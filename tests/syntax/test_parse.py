"""Trees, spans, soft keywords, the grammar itself and its cache."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pgt_dsl import resources
from pgt_dsl.diagnostics import SpecError
from pgt_dsl.source import Source
from pgt_dsl.syntax import lalr, parse, parse_expr
from pgt_dsl.syntax import tree as t
from pgt_dsl.syntax.format import format_expr
from tests.syntax.samples import SAMPLE


def test_the_sample_parses() -> None:
    spec = parse(Source("t.pgt", SAMPLE))
    assert (spec.what, spec.name, spec.doc) == ("task", "family/name", "What the task is about.\nA second line.")
    ask = next(item for item in spec.items if isinstance(item, t.Ask))
    assert ask.even == t.Even(t.Binary("..", t.Number("0"), t.Number("9")))
    assert ask.margin == t.Margin("clear", (t.Number("3", "vmin"), t.Number("0.08")))
    assert len(ask.texts) == 2 and len(ask.wrong) == 2 and len(ask.say) == 2


def test_spans_point_into_the_file_even_in_holes() -> None:
    source = Source("t.pgt", 'task "a/b"\nask "Is {left_of(aa, b)}?"\n  answer (aa.at)\n')
    ask = parse(source).items[0]
    assert isinstance(ask, t.Ask)
    hole = ask.texts[0].parts[1]
    assert isinstance(hole, t.Hole) and hole.span is not None and hole.span.text == "{left_of(aa, b)}"
    assert isinstance(hole.expr, t.Call) and hole.expr.span is not None and hole.expr.span.text == "left_of(aa, b)"
    assert hole.expr.name_span is not None and hole.expr.name_span.text == "left_of"
    arg = hole.expr.args.items[0].expr
    assert arg.span is not None and arg.span.text == "aa"
    assert ask.answer.span is not None and ask.answer.span.text == "(aa.at)"


def test_holes() -> None:
    def hole(text: str) -> t.Hole:
        parsed = parse_expr(f'"{text}"')
        assert isinstance(parsed, t.Text) and isinstance(parsed.parts[0], t.Hole)
        return parsed.parts[0]

    assert hole("{n:nth}").format == "nth"
    assert hole("{n|one|other}").choices == ("one", "other")
    assert hole("{n||s}").choices == ("", "s")
    assert hole("{n|a:b|(c}").choices == ("a:b", "(c")
    assert hole("{count(x in xs: x.a):word}").format == "word"
    assert isinstance(hole("{count(x in xs: x.a)}").expr, t.Call)
    assert hole('{if a then ":" else "|":00}').format == "00"
    assert parse_expr(r'"a\n\"\{{{}}{{"') == t.Text(('a\n"{{}{',))
    assert parse_expr('""') == t.Text(())


def test_keywords_are_whole_words_and_soft_ones_may_be_names() -> None:
    with pytest.raises(SpecError):
        parse(Source("t.pgt", 'task "a/b"\nletx ~ 1\n'))
    text = """task "a/b"
let where ~ 1 .. 2
let kind = canvas.width
pick shape ~ coin
shape a: text { text = "a" clear = 2vmin even ~ coin where = mix(by, over, answer) by = wrong }
ask "q" answer answer even over over clear clear say "s"
"""
    spec = parse(Source("t.pgt", text))
    assert [getattr(item, "name", None) for item in spec.items[:4]] == ["where", "kind", "shape", "a"]


def test_clauses_come_in_any_order() -> None:
    first = 'task "a/b"\nask "q" answer x even clear 3vmin expect n wrong 1 say "s" because "b"\n'
    second = 'task "a/b"\nask "q" answer x because "b" say "s" wrong 1 expect n clear 3vmin even\n'
    assert parse(Source("1", first)) == parse(Source("2", second))


@pytest.mark.parametrize("text", ["", "a b", "let x = 1", "{", "a +", '"{', "1e5", "(" * 100, "-" * 500 + "1"])
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(SpecError):
        parse_expr(text)


def test_the_grammar_has_no_conflict() -> None:
    pytest.importorskip("interegular")  # lark's strict mode needs it
    lalr.build(resources.grammar_text(), strict=True)


def test_the_cache_is_used_and_a_damaged_or_foreign_one_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    builds: list[str] = []
    build = lalr.build
    monkeypatch.setattr(lalr, "build", lambda grammar: builds.append(grammar) or build(grammar))
    fresh = lalr.parser.__wrapped__
    fresh()
    (path,) = (tmp_path / "pgt-dsl").iterdir()
    assert fresh().parse('task "a"', start="start") and len(builds) == 1
    path.write_bytes(b"\x80\x04cos\nsystem\n.")
    assert fresh().parse('task "a"', start="start") and len(builds) == 2
    if os.name == "posix":
        path.chmod(0o666)
        assert fresh() and len(builds) == 3
    path.parent.chmod(0o500)
    fresh()
    path.parent.chmod(0o700)


def test_resources() -> None:
    assert (resources.data_path("grammar") / "pgt.lark").is_file()
    for name in ("../pyproject.toml", "/etc/passwd", "none.pgt"):
        with pytest.raises(FileNotFoundError):
            resources.module_text(name)
    with pytest.raises(FileNotFoundError):
        resources.data_path("no_such_folder")


@pytest.mark.parametrize(("short", "long"), [
    ("0 .. 7 except d", "(0 .. 7) except d"), ("1 .. 9 except 4 .. 6", "(1 .. 9) except (4 .. 6)"),
    ("xs + ys except a", "(xs + ys) except a"), ("xs except a except b", "(xs except a) except b"),
    ("k in 0 .. 7 except d", "k in ((0 .. 7) except d)"), ("xs except ys[1 + 1]", "xs except (ys[1 + 1])"),
])  # fmt: skip
def test_except_takes_items_out_of_all_that_stands_before_it(short: str, long: str) -> None:
    assert format_expr(parse_expr(short)) == format_expr(parse_expr(long)) == short
