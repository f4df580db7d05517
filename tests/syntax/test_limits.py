"""Hostile texts: each has its diagnostic, none takes long, none overflows the stack."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pgt_dsl.diagnostics import SpecError
from pgt_dsl.source import Source
from pgt_dsl.syntax import format_spec, parse, read_source

HEAD = 'task "a/b"\n'
HOSTILE = {
    "size": ("L601", HEAD + "let x = " + "1" * 2_000_000),
    "parentheses": ("L602", HEAD + "let x = " + "(" * 1000 + "1" + ")" * 1000),
    "signs": ("L602", HEAD + "let x = " + "-" * 5000 + "1"),
    "else": ("L602", HEAD + "let x = " + "if a then b else " * 3000 + "c"),
    "dots": ("L602", HEAD + "let x = a" + ".b" * 5000),
    "hole": ("L602", HEAD + 'ask "{' + "not " * 100 + 'a}" answer b'),
    "statements": ("L603", HEAD + "let x = 1\n" * 2001),
    "in a kind": ("L603", HEAD + "kind k() {\n" + "let x = 1\n" * 2001 + "}"),
    "text": ("L604", HEAD + 'let x = "' + "a" * 3000 + '"'),
    "number": ("L605", HEAD + "let x = " + "9" * 5000 + "px"),
    "large number": ("L605", HEAD + "let x = 10000000000.5vmin"),
    "list": ("L606", HEAD + "let x = [" + "1, " * 1000 + "1]"),
    "control": ("L607", HEAD + "let \x00x = 1"),
    "surrogate": ("L607", HEAD + "let x = \ud800"),
    "words": ("L608", HEAD + "let x = 1" + " + 1" * 60_000),
    "holes": ("L608", HEAD + ('let x = "' + "{a}" * 600 + '"\n') * 100),
    "no end": ("L604", HEAD + 'let x = "' + "{a}" * 60_000),
    "quotes": ("P100", HEAD + '"' * 20_000),
    "errors": ("P128", HEAD + "let x 1\n" * 9000),
    "empty": ("P127", ""),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    code, text = HOSTILE[name]
    parse(Source("warm.pgt", HEAD))
    began = time.perf_counter()
    with pytest.raises(SpecError) as caught:
        parse(Source("t.pgt", text))
    assert time.perf_counter() - began < 2.0
    assert code in {d.code for d in caught.value.diagnostics}
    assert len(caught.value.diagnostics) <= 20


def _deep(frames: int, call: Callable[[], Any]) -> Any:
    return call() if frames == 0 else _deep(frames - 1, call)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 63 + "1" + ")" * 63,
        "-" * 62 + "1",
        "f(" * 60 + "1" + ")" * 60,
        "[" * 60 + "]" * 60,
        "1" + " + 1" * 62,
        "if a then b else " * 62 + "c",
        "not " * 62 + "a",
        "(1, " * 60 + "2" + ")" * 60,
    ],
)
def test_just_within_the_depth(text: str) -> None:
    def both_ways() -> None:
        spec = parse(Source("t.pgt", f"{HEAD}let x = {text}\n"))
        assert parse(Source("t.pgt", format_spec(spec))) == spec

    _deep(200, both_ways)


def test_read_source(tmp_path: Path) -> None:
    def code(path: Path) -> str:
        with pytest.raises(SpecError) as caught:
            read_source(path)
        return caught.value.diagnostics[0].code

    good, bad, big = tmp_path / "good.pgt", tmp_path / "bad.pgt", tmp_path / "big.pgt"
    good.write_bytes(b'\xef\xbb\xbftask "a"\r\n')
    bad.write_bytes(b'task "\xff"\n')
    big.write_bytes(b" " * 300_000)
    assert read_source(good).text == 'task "a"\r\n'
    assert read_source(good, "shown").name == "shown"
    assert parse(read_source(good)).name == "a"
    assert (code(tmp_path / "none.pgt"), code(tmp_path), code(bad), code(big)) == ("P201", "P202", "P204", "L601")
    assert code(tmp_path / "a\0b") == "P203"
    if os.name == "posix":
        os.mkfifo(tmp_path / "pipe")
        assert code(tmp_path / "pipe") == "P203"
