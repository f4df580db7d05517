"""A data set at a URL is verified as one in a folder is; what cannot be is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pgt_dsl
from pgt_dsl.cli.main import run
from pgt_dsl.dataset.build import build
from pgt_dsl.dataset.storage import Store
from pgt_dsl.diagnostics import PgtError
from pgt_dsl.verify.run import verify

pytest.importorskip("fsspec", reason="fsspec is not installed")

SPEC = Path(__file__).parents[2] / "task_specs" / "spatial" / "left_of.pgt"
URL = "memory://verified/set"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(URL)
    build([pgt_dsl.load(SPEC)], 12, URL, size=48, shard_rows=5, work=tmp_path / "work")
    yield store
    store.fs.rm("/verified", recursive=True)


def test_a_data_set_at_a_url(store: Store, tmp_path: Path, capsys: Any) -> None:
    assert run(["verify", URL, "--out", str(tmp_path / "report"), "-q"]) == 0
    assert "ok: 12 samples" in capsys.readouterr().out and (tmp_path / "report" / "verify.html").exists()


def test_what_is_spoilt_at_a_url_is_found(store: Store) -> None:
    store.replace("data/train-00001.parquet", bytes(store.read("data/train-00000.parquet") or b""))
    assert {fault.check for fault in verify(URL).faults} >= {"rows"}


def test_what_is_no_data_set_is_told(capsys: Any) -> None:
    assert run(["verify", "memory://nowhere/set", "--out", "report", "-q"]) == 1
    assert "is not a data set of pgt-dsl: it has no manifest.json" in capsys.readouterr().err
    assert run(["verify", "memory://nowhere/set"]) == 1
    assert "--out DIR says where the report goes" in capsys.readouterr().err


def test_a_name_that_leads_elsewhere_is_refused(store: Store) -> None:
    store.fs.pipe_file(f"{store.root}/data/..\\evil", b"1")
    with pytest.raises(PgtError, match="would not lie within a folder"):
        verify(URL)
