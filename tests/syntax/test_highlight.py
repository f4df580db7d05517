"""Colours of specs: every word of the grammar is known, no letter is lost, a wrong spec is coloured all the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pygments.token import Keyword, Number, String

from pgt_dsl.resources import data_path, grammar_text
from pgt_dsl.syntax.highlight import RESERVED, SOFT, PgtLexer

SPECS = sorted(data_path("task_specs").rglob("*.pgt")) + sorted(data_path("grammar").glob("*.pgt"))


def tokens(text: str) -> list[tuple[object, str]]:
    return list(PgtLexer(stripnl=False, ensurenl=False).get_tokens(text))


def test_the_words_are_those_of_the_grammar() -> None:
    words = re.findall(r"^[A-Z]+\.2: +/([a-z]+)\\b(\(\?!)?", grammar_text(), re.M)
    assert {word for word, soft in words if not soft} == set(RESERVED)
    assert {word for word, soft in words if soft} == set(SOFT)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_no_letter_is_lost(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = tokens(text)
    assert "".join(part for _, part in found) == text
    assert not [part for kind, part in found if "Error" in str(kind)]


def test_soft_words_may_be_fields() -> None:
    found = dict((part, kind) for kind, part in tokens('shape a: dot { where = 3vmin }\nask "by {a}" answer a.by'))
    assert found["answer"] in Keyword and found["ask"] in Keyword and found["vmin"] in Number.Unit
    assert found["where"] not in Keyword and found["by"] not in Keyword and found["by "] in String


@pytest.mark.parametrize(
    "text", ['task "open\nlet x = 1', "\x00\x01 {{{ }} ]", 'ask "{a"\nlet', "shape", '"{"{"', "# \u2028"]
)
def test_a_wrong_spec_is_coloured(text: str) -> None:
    assert "".join(part for _, part in tokens(text)) == text
