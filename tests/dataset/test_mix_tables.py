"""Records are found by number in files of any layout, whole or broken, without being held."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgt_dsl.dataset.mix import tables
from pgt_dsl.dataset.mix.order import apportion, due, scramble, shuffled, turns
from pgt_dsl.dataset.mix.tables import find_files, open_table
from pgt_dsl.diagnostics import PgtError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=6)


@given(RECORDS, st.integers(3, 40), st.booleans(), st.sampled_from([None, 0, 2]), st.booleans())
def test_an_array_in_pieces_of_any_size(
    tmp_path_factory: pytest.TempPathFactory, items: list[Any], chunk: int, ascii: bool, indent: int | None, mark: bool
) -> None:
    path = tmp_path_factory.mktemp("array") / "a.json"
    path.write_text(json.dumps(items, ensure_ascii=ascii, indent=indent), encoding="utf-8-sig" if mark else "utf-8",
                    errors="replace")  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "CHUNK", chunk)
        places = tables._scan_array(path)
    table = tables.JsonTable(path, *places, lines=False)
    assert [table.read(k) for k in range(len(table))] == json.loads(path.read_text(encoding="utf-8-sig"))


@given(RECORDS, st.integers(1, 40), st.sampled_from(["\n", "\r\n", "\n\n", "\n  \n"]), st.booleans())
def test_lines_in_pieces_of_any_size(
    tmp_path_factory: pytest.TempPathFactory, items: list[Any], chunk: int, end: str, ended: bool
) -> None:
    path = tmp_path_factory.mktemp("lines") / "a.jsonl"
    path.write_bytes((end.join(map(json.dumps, items)) + (end if ended else "")).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "CHUNK", chunk)
        places = tables._scan_lines(path)
    table = tables.JsonTable(path, *places, lines=True)
    assert [table.read(k) for k in range(len(table))] == items
    lines = path.read_bytes().split(b"\n")
    assert [json.loads(lines[int(table.where(k).split(":")[1]) - 1]) for k in range(len(table))] == items


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'[{"a": 1}, {"a": ', "ends before its array does, after 1 records"),
        (b'[{"a": 1}, {"a": 2}', "ends before its array does, after 2 records"),
        (b'[{"a": 1}, {a: 2}, {"a": 3}]', "is not JSON in record 1, at byte 11"),
        (b'[{"a": 1} {"a": 2}, {"a": 3}]', "is not JSON after record 0, at byte 10"),
        (b'[{"a": 1},]    ', "is not JSON in record 1"),
        (b'[{"a": 1}] [2]', "something follows the end of the array, at byte 11"),
        (b"[" * 100_000, "record 0 is nested too deep"),
        (b"no records", "holds no records: it is no array of JSON"),
        (b"PAR1 but then nothing PAR1", "cannot read the Parquet file"),
    ],
)
def test_a_file_that_is_broken_is_told(tmp_path: Path, text: bytes, words: str) -> None:
    (tmp_path / "a.json").write_bytes(text)
    with pytest.raises(PgtError, match=words):
        open_table(tmp_path / "a.json")


def test_one_broken_line_is_that_lines_fault(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"a": 1}\n{"a": \n{"a": "\xff"}\n' + b"[" * 50_000 + b"\n{}\n")
    table = open_table(tmp_path / "a.jsonl")
    assert (table.read(0), table.read(4), len(table)) == ({"a": 1}, {}, 5)
    for number, words in ((1, "not JSON"), (2, "not UTF-8"), (3, "nested too deep")):
        with pytest.raises(ValueError, match=words):
            table.read(number)
    assert table.where(2) == "a.jsonl:3"


def test_a_digest_knows_any_other_byte(tmp_path: Path) -> None:
    found = set()
    for text in ('[{"a": 1}]', '[{"a": 2}]', '[{"a": 1}] ', '{"a": 1}', '{"a": 2}'):
        (tmp_path / "a.json").write_text(text)
        found.add(open_table(tmp_path / "a.json").digest)
    assert len(found) == 5


def test_which_files_a_name_means(tmp_path: Path) -> None:
    for name in ("set/data/b.parquet", "set/data/a.parquet", "set/notes.json", "one.json", "two.json", "x/deep.jsonl"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")

    def names(pattern: str) -> list[str]:
        return [path.relative_to(tmp_path).as_posix() for path in find_files(pattern, tmp_path)]

    assert names("one.json") == ["one.json"]
    assert names("set") == ["set/data/a.parquet", "set/data/b.parquet"]
    assert names("*.json") == ["one.json", "two.json"]
    assert names("x") == ["x/deep.jsonl"]
    assert names(str(tmp_path / "one.json")) == ["one.json"]
    assert names("three.json") == names("*.tar") == []


# orders ---------------------------------------------------------------------------------------------------


@given(st.integers(0, 500), st.integers(0, 2**64 - 1))
def test_an_order_has_each_number_once(count: int, seed: int) -> None:
    assert sorted(shuffled(count, seed)) == list(range(count))


def test_orders_stay_what_they_are() -> None:
    """The order of a data set made years ago can be made again."""
    assert scramble(np.array([0]), 0)[0] == 0xE220A8397B1DCDAF  # the first output of SplitMix64 from 0
    assert list(shuffled(8, 1)) == ORDER


ORDER = [4, 3, 7, 0, 1, 5, 6, 2]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=5))
def test_sources_take_turns_evenly(counts: list[int]) -> None:
    found = turns(counts)
    assert [int((found == k).sum()) for k in range(len(counts))] == counts
    total = sum(counts)
    for length in range(total + 1):
        for k, count in enumerate(counts):
            assert abs(int((found[:length] == k).sum()) - length * count / max(total, 1)) < len(counts) + 1


@given(st.integers(1, 300), st.integers(0, 3000))
def test_every_beginning_has_the_ratio_to_one_row(of: int, theirs: int) -> None:
    there = [due(ours, of, theirs) for ours in range(of + 1)]
    assert there[-1] == theirs and there == sorted(there)
    for ours in range(of + 1):
        for rows in (ours + there[ours], ours + there[max(ours - 1, 0)]):
            assert abs(rows - ours - rows * theirs / (of + theirs)) <= 1


@given(st.integers(0, 1000), st.lists(st.integers(1, 1000), min_size=1, max_size=6))
def test_parts_are_never_more_than_there_is(total: int, weights: list[int]) -> None:
    parts = apportion(min(total, sum(weights)), weights)
    assert sum(parts) == min(total, sum(weights))
    assert all(part <= weight for part, weight in zip(parts, weights, strict=True))
