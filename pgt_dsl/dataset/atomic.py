"""Putting a data set in place: all or nothing, nothing outside the given folder, nothing of the user's destroyed.

A build writes into ``OUT/.pgt-building`` and moves everything into ``OUT`` when it is done, the manifest last: a folder
with a manifest is whole. An interrupted build removes its folder; one that was killed leaves it to the next build.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from types import TracebackType

from pgt_dsl.diagnostics import PgtError

MANIFEST = "manifest.json"
STAGING = ".pgt-building"


class Staging:
    """``with Staging(out, overwrite) as staging``: write below ``staging.folder``, then ``staging.commit()``.

    Raises ``PgtError`` when ``out`` is a file, holds something and ``overwrite`` is not set, cannot be written, or
    when another build is at work in it.
    """

    def __init__(self, out: Path, overwrite: bool = False) -> None:
        self.out = out
        self.overwrite = overwrite
        self.folder = out / STAGING / "new"
        self._made = False

    def __enter__(self) -> Staging:
        _check_target(self.out, self.overwrite)
        try:
            self._made = not self.out.exists()
            self.out.mkdir(parents=True, exist_ok=True)
            _clear_stale(self.out / STAGING)
            (self.out / STAGING).mkdir()
            (self.out / STAGING / "pid").write_text(str(os.getpid()), encoding="ascii")
            self.folder.mkdir()
        except OSError as error:
            raise PgtError(f"cannot write into `{self.out}`: {error.strerror or error}") from error
        return self

    def commit(self) -> None:
        """Move everything into place, the manifest last. With ``overwrite``, what an earlier build put there goes;
        files that no build has made stay, unless they have the name of a new one."""
        for name in _earlier(self.out):
            _remove(self.out / name)
        names = sorted(os.listdir(self.folder), key=lambda name: (name == MANIFEST, name))
        for name in names:
            _move(self.folder / name, self.out / name)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.out / STAGING, ignore_errors=True)
        if self._made and error is not None and not any(self.out.iterdir()):
            self.out.rmdir()


def is_data_set(folder: Path) -> bool:
    """Whether a finished build stands in the folder."""
    return _read_manifest(folder) is not None


def _read_manifest(folder: Path) -> dict[str, object] | None:
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) and "pgt_version" in data else None


def _check_target(out: Path, overwrite: bool) -> None:
    if out.exists() and not out.is_dir():
        raise PgtError(f"`{out}` is a file; --out names a folder")
    if overwrite or not out.is_dir():
        return
    there = sorted(name for name in os.listdir(out) if name != STAGING)
    if is_data_set(out):
        raise PgtError(f"`{out}` already holds a data set; --overwrite replaces it")
    if there:
        raise PgtError(
            f"`{out}` is not empty (it has `{there[0]}`) and is not a data set of pgt-dsl; "
            "choose another folder, or write into it with --overwrite"
        )


def _clear_stale(staging: Path) -> None:
    """Remove what a killed build left; refuse if its process lives."""
    if not staging.is_dir() or staging.is_symlink():
        return
    try:
        pid = int((staging / "pid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        pid = 0
    if pid and pid != os.getpid() and _alive(pid):
        raise PgtError(f"another build (process {pid}) is at work in `{staging.parent}`")
    shutil.rmtree(staging)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it lives, and is not ours
        return True
    return True


def _earlier(out: Path) -> list[str]:
    """What an earlier build put into the folder, its manifest first, so that a half-removed data set has none."""
    manifest = _read_manifest(out)
    contents = manifest.get("contents") if manifest else None
    names = contents if isinstance(contents, list) else []
    safe = [n for n in names if isinstance(n, str) and n not in ("", ".", "..", MANIFEST) and Path(n).name == n]
    return [MANIFEST, *safe] if manifest else []


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _move(source: Path, target: Path) -> None:
    """Rename; a folder that is there already is kept and filled. A link there is replaced, never followed."""
    if target.is_symlink():
        target.unlink()
    if source.is_dir() and target.is_dir():
        for name in sorted(os.listdir(source)):
            _move(source / name, target / name)
    elif source.is_file() and target.is_dir():
        raise PgtError(f"`{target}` is a folder where a file is to be put; choose another --out")
    else:
        os.replace(source, target)
