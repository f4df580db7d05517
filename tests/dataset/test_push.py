"""A data set in shared storage: whole or not at all, gone on with, never over another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pgt_dsl
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.build import build
from pgt_dsl.dataset.push import JOURNAL, push
from pgt_dsl.diagnostics import PgtError
from tests.dataset.stores import held, local

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")

SPEC = Path(__file__).parents[2] / "task_specs" / "spatial" / "left_of.pgt"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "set"
    build([pgt_dsl.load(SPEC)], 12, folder, size=48, shard_rows=5)
    return folder


@pytest.fixture
def folder(made: Path) -> Iterator[Path]:
    (made / JOURNAL).unlink(missing_ok=True)
    yield made


def test_all_of_it_arrives(folder: Path, url: str) -> None:
    assert push(folder, url) == len(local(folder)) - 1
    assert held(url) == local(folder)
    assert push(folder, url) == 0, "and once more there is nothing to do"


def test_a_push_that_was_stopped_goes_on(folder: Path, url: str) -> None:
    """After two files; one of those is then spoilt at the other end."""

    def stop(done: int, all_: int, name: str) -> None:
        if done == 2:
            raise OSError("the line is dead")

    with pytest.raises(PgtError, match=r"the line is dead\nthe same command again"):
        push(folder, url, told=stop)
    assert "manifest.json" not in held(url) and len(held(url)) == 2
    fs, root = fsspec.core.url_to_fs(url)
    fs.pipe_file(f"{root}/{sorted(held(url))[0]}", b"half")
    assert push(folder, url) == len(local(folder)) - 2
    assert held(url) == local(folder)


def test_another_data_set_is_not_overwritten(folder: Path, url: str) -> None:
    fs, root = fsspec.core.url_to_fs(url)
    fs.makedirs(root, exist_ok=True)
    fs.pipe_file(f"{root}/manifest.json", b"{}")
    with pytest.raises(PgtError, match="already holds another data set; --overwrite"):
        push(folder, url)
    assert held(url) == {"manifest.json": b"{}"}
    push(folder, url, overwrite=True)
    assert held(url) == local(folder)


def test_of_two_at_once_the_second_is_told(folder: Path, url: str) -> None:
    """Another's manifest appears while ours is on its way."""
    fs, root = fsspec.core.url_to_fs(url)

    def other(done: int, all_: int, name: str) -> None:
        if done == all_:
            fs.pipe_file(f"{root}/manifest.json", b"{}")

    with pytest.raises(PgtError, match="somebody else"):
        push(folder, url, told=other)
    assert held(url)["manifest.json"] == b"{}"


@pytest.mark.parametrize(
    ("place", "words"),
    [("nowhere/at/all", "is no URL"), ("gopher://x/y", "gopher"), ("file:///proc/nowhere/set", "cannot write")],
)
def test_what_is_no_store(folder: Path, place: str, words: str, capsys: Any) -> None:
    assert run(["push", str(folder), place]) == 1
    said = capsys.readouterr().err
    assert words in said and "Traceback" not in said and "a bug" not in said


@pytest.mark.usefixtures("server")
def test_no_bucket_is_made(folder: Path) -> None:
    with pytest.raises(PgtError, match="bucket"):
        push(folder, "s3://no-such-bucket/set")
    assert not fsspec.filesystem("s3").exists("no-such-bucket")


def test_what_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(PgtError, match=r"manifest\.json"):
        push(tmp_path, "memory://bucket/set")


def test_the_journal_is_no_part_of_the_data_set(folder: Path) -> None:
    fsspec.filesystem("memory").rm("/", recursive=True)
    push(folder, "memory://bucket/set")
    assert JOURNAL not in held("memory://bucket/set")
    assert set(json.loads((folder / JOURNAL).read_text())) == {"memory://bucket/set"}
