"""Putting in place: all or nothing, nothing of the user's lost, nothing outside of the folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pgt_dsl.dataset.atomic import MANIFEST, STAGING, Staging, is_data_set
from pgt_dsl.diagnostics import PgtError


def put(out: Path, names: dict[str, str], overwrite: bool = False) -> None:
    """A build that makes these files."""
    with Staging(out, overwrite) as staging:
        for name, text in names.items():
            path = staging.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        contents = sorted({name.split("/")[0] for name in names})
        manifest = {"pgt_version": "0", "contents": contents}
        (staging.folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        staging.commit()


def tree(out: Path) -> dict[str, str]:
    return {p.relative_to(out).as_posix(): p.read_text() for p in sorted(out.rglob("*")) if p.is_file()}


def test_a_build_leaves_only_what_it_made(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "set"
    put(out, {"data/a": "1", "README.md": "2"})
    assert set(tree(out)) == {"data/a", "README.md", MANIFEST}
    assert is_data_set(out)
    assert not (out / STAGING).exists()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_build_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), Staging(tmp_path / "set") as staging:
        (staging.folder / "half").write_text("x")
        raise error
    assert not (tmp_path / "set").exists()


def test_an_interrupted_overwrite_leaves_the_old_set(tmp_path: Path) -> None:
    put(tmp_path, {"data/a": "1"})
    before = tree(tmp_path)
    with pytest.raises(RuntimeError), Staging(tmp_path, overwrite=True) as staging:
        (staging.folder / "data").mkdir()
        raise RuntimeError
    assert tree(tmp_path) == before


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(PgtError, match=r"not empty.*thesis\.tex"), Staging(tmp_path):
        pass
    assert tree(tmp_path) == {"thesis.tex": "years of work"}
    put(tmp_path, {"data/a": "1"}, overwrite=True)
    assert tree(tmp_path)["thesis.tex"] == "years of work"


def test_a_data_set_is_replaced_only_on_demand(tmp_path: Path) -> None:
    put(tmp_path, {"data/a": "1", "data/b": "1", "images/i": "1"})
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(PgtError, match="already holds a data set"), Staging(tmp_path):
        pass
    put(tmp_path, {"data/a": "2"}, overwrite=True)
    assert set(tree(tmp_path)) == {"data/a", "notes.txt", MANIFEST}
    assert tree(tmp_path)["data/a"] == "2"


def test_a_manifest_cannot_name_what_lies_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    out = tmp_path / "set"
    out.mkdir()
    contents = ["../precious", "..", str(tmp_path / "precious"), 3]
    (out / MANIFEST).write_text(json.dumps({"pgt_version": "0", "contents": contents}))
    put(out, {"data/a": "2"}, overwrite=True)
    assert (tmp_path / "precious").read_text() == "x"


def test_links_are_replaced_and_never_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = tmp_path / "set"
    out.mkdir()
    (out / "data").symlink_to(elsewhere)
    put(out, {"data/a": "1"}, overwrite=True)
    assert list(elsewhere.iterdir()) == []
    assert not (out / "data").is_symlink()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    with pytest.raises(PgtError, match="is a file"), Staging(tmp_path / "f"):
        pass


def test_what_a_killed_build_left_is_cleared(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, signal, sys\n"
        "from pgt_dsl.dataset.atomic import Staging\n"
        "with Staging(pathlib.Path(sys.argv[1])) as s:\n"
        "    (s.folder / 'half').write_text('x')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    out = tmp_path / "set"
    done = subprocess.run([sys.executable, "-c", script, str(out)], timeout=60)
    assert done.returncode == -9
    assert (out / STAGING / "new" / "half").exists()
    assert not is_data_set(out)
    put(out, {"data/a": "1"})
    assert set(tree(out)) == {"data/a", MANIFEST}


def test_two_builds_in_one_folder(tmp_path: Path) -> None:
    out = tmp_path / "set"
    (out / STAGING).mkdir(parents=True)
    (out / STAGING / "pid").write_text(str(os.getppid()))
    with pytest.raises(PgtError, match="another build"), Staging(out):
        pass
    assert (out / STAGING).exists()
