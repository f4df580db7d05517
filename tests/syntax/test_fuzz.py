"""Texts from nowhere: mutated specs give a tree or diagnostics, quickly, and never a traceback."""

from __future__ import annotations

import random
import time

import pytest

from pgt_dsl.diagnostics import SpecError
from pgt_dsl.report import render_all, to_json
from pgt_dsl.source import Source
from pgt_dsl.syntax import format_spec, parse
from tests.syntax.samples import SAMPLE

_PIECES = [
    "{", "}", "(", ")", "[", "]", '"', "=", "==", "~", ":", ",", "|", "..", ".", "-", "not", "if", "then", "else",
    "let", "shape a: figure", "ask",
    "answer", "clear", "even", "2 vmin", "1e9px", "#", "##", "\n", "\\", "\t", "é", "\x00",
    "'", "{{", "{a", "kind k(", "require", "because", "where", "in", "for",
]  # fmt: skip


def _mutated(random_numbers: random.Random, text: str) -> str:
    for _ in range(random_numbers.randint(1, 4)):
        at = random_numbers.randrange(len(text))
        end = at + random_numbers.choice([0, 1, 1, 3, 20])
        what = random_numbers.random()
        if what < 0.4:
            text = text[:at] + text[end:]
        elif what < 0.8:
            text = text[:at] + random_numbers.choice(_PIECES) + text[end:]
        else:
            other = random_numbers.randrange(len(text))
            text = text[:at] + text[other : other + random_numbers.randint(1, 60)] + text[at:]
    return text


@pytest.mark.parametrize("seed", range(6))
def test_mutations(seed: int) -> None:
    random_numbers = random.Random(seed)
    for _ in range(60):
        text = _mutated(random_numbers, SAMPLE)
        began = time.perf_counter()
        try:
            spec = parse(Source("t.pgt", text))
        except SpecError as problem:
            assert problem.diagnostics
            assert render_all(problem.diagnostics, color=True)
            for diagnostic in problem.diagnostics:
                assert to_json(diagnostic)["line"] >= 1
                assert diagnostic.label is not None
                assert 0 <= diagnostic.label.span.start <= diagnostic.label.span.end <= len(text)
        else:
            printed = format_spec(spec)
            again = parse(Source("t.pgt", printed))
            assert again == spec
            assert format_spec(again) == printed
            assert sorted(c.text for c in again.comments) == sorted(c.text for c in spec.comments)
        assert time.perf_counter() - began < 2.0
