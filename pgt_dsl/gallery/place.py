"""Putting a site in place: made beside its folder and moved there when it is whole; the user's own files stay."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from pgt_dsl.diagnostics import PgtError

MARKER = "gallery.json"


@contextmanager
def placed(out: Path) -> Iterator[Path]:
    """``with placed(out) as folder``: what is written below ``folder`` is moved to ``out`` at the end, an error leaves
    ``out`` as it was. Of an earlier site there, what this one has not is removed; other files stay.

    Raises ``PgtError`` when ``out`` is a file, holds something that is no site, or cannot be written.
    """
    check(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise PgtError(f"cannot write beside `{out}`: {error.strerror or error}") from error
    try:
        yield work
        try:
            _move(work, out)
        except OSError as error:
            raise PgtError(f"cannot write into `{out}`: {error.strerror or error}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def check(out: Path) -> None:
    """Raises ``PgtError`` when a site cannot be put there."""
    if out.exists() and not out.is_dir():
        raise PgtError(f"`{out}` is a file; --out names a folder")
    if out.is_dir() and _earlier(out) is None and (there := sorted(os.listdir(out))):
        raise PgtError(f"`{out}` is not empty (it has `{there[0]}`) and holds no gallery; choose another --out")


def mark(folder: Path, facts: Mapping[str, Any]) -> None:
    """Write the marker of a site that is whole: its facts, and the list of its files."""
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    text = json.dumps({"gallery": 1, **facts, "files": files}, indent=1, ensure_ascii=False) + "\n"
    (folder / MARKER).write_text(text, encoding="utf-8", newline="\n")


def _earlier(out: Path) -> list[str] | None:
    """The files of the site that is there; None without one."""
    try:
        found = json.loads((out / MARKER).read_text(encoding="utf-8"))
        names = found["files"] if found["gallery"] == 1 else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return [name for name in names if _is_ours(name)] if isinstance(names, list) else None


def _is_ours(name: object) -> bool:
    """Whether it can be the name of a file of a site: two levels at most, and below the site's folder."""
    if not isinstance(name, str):
        return False
    parts = PurePosixPath(name).parts
    return len(parts) in (1, 2) and not {"..", ".", "/"} & set(parts) and "\\" not in name and ":" not in name


def _move(work: Path, out: Path) -> None:
    before = _earlier(out) or []
    (out / MARKER).unlink(missing_ok=True)
    new = [p.relative_to(work) for p in sorted(work.rglob("*")) if p.is_file()]
    for name in sorted(new, key=lambda p: p.as_posix() == MARKER):
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(work / name, target)
    kept = {p.as_posix() for p in new}
    for old in before:
        if old not in kept:
            (out / old).unlink(missing_ok=True)
