"""Putting a data set in place: all or nothing, nothing outside the given folder, nothing of the user's destroyed.

A build writes into ``OUT/.pgt-building`` and moves everything into ``OUT`` when it is done, the manifest last: a folder
with a manifest is whole. What a build that was stopped has left there serves the next one with the same plan; a build
that was killed while it moved things into place is finished by the next one, whatever that is.

    OUT/.pgt-building/pid         the process that is at work
    OUT/.pgt-building/plan.json   what is built: with another plan nothing of it can be used
    OUT/.pgt-building/new/        what becomes the data set
    OUT/.pgt-building/work/       what writers need meanwhile
    OUT/.pgt-building/moving.json there once everything is made and is being moved
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from pgt_dsl.diagnostics import PgtError

if TYPE_CHECKING:
    from pgt_dsl.dataset.formats.base import Writer

MANIFEST = "manifest.json"
STAGING = ".pgt-building"
PLAN, JOURNAL, MOVING = "plan.json", "journal.json", "moving.json"


class Staging:
    """``with Staging(out, overwrite) as staging``: write below ``staging.folder``, then ``staging.commit()``.

    plan: what decides the samples and their files, as JSON. With one, ``resumed`` says that an earlier build with an
    equal plan has left its ``folder``, ``work`` and journal there, and ``complete`` that it had only to be moved into
    place, which has been done: then there is nothing more to do.
    restart: throw away what an earlier build has left.
    keep: whether an error leaves everything for the next build; at first, when there was something to go on with.

    Raises ``PgtError`` when ``out`` is a file, holds something and ``overwrite`` is not set, cannot be written, when
    another build is at work in it, or when an unfinished build with samples and another plan lies there.
    """

    def __init__(
        self, out: Path, overwrite: bool = False, plan: Mapping[str, Any] | None = None, restart: bool = False
    ) -> None:
        self.out = out
        self.overwrite = overwrite
        self.root = out / STAGING
        self.folder = self.root / "new"
        self.work = self.root / "work"
        self.keep = self.resumed = self.complete = False
        self._plan = None if plan is None else json.loads(json.dumps(plan))
        self._restart = restart
        self._made = False

    def __enter__(self) -> Staging:
        if self.out.exists() and not self.out.is_dir():
            raise PgtError(f"`{self.out}` is a file; --out names a folder")
        _check_idle(self.root)
        try:
            if self._settle():
                return self
            self._check_target()
            self.keep = self.resumed = not self._restart and self._usable()
            self._take()
        except OSError as error:
            raise PgtError(f"cannot write into `{self.out}`: {error.strerror or error}") from error
        return self

    def commit(self) -> None:
        """Move everything into place, the manifest last. With ``overwrite``, what an earlier build put there goes;
        files that no build has made stay, unless they have the name of a new one. Raises ``PgtError``, and moves
        nothing, where a folder of the user's is in the way of a file or the other way round."""
        earlier = _earlier(self.out)
        for name in os.listdir(self.folder):
            if name not in earlier:
                _check_room(self.folder / name, self.out / name)
        write_json(self.root / MOVING, {"remove": earlier})
        self._put()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None and (self.keep or self.moving):
            with suppress(OSError):  # the folder may be closed to us by now, and what went wrong is to be told
                (self.root / "pid").unlink(missing_ok=True)
            return
        with suppress(OSError):
            clear(self.root)
        with suppress(OSError):
            if self._made and error is not None and not any(self.out.iterdir()):
                self.out.rmdir()

    @property
    def where(self) -> str:
        """Where the data set is put, for people and for code that loads it."""
        return str(self.out)

    def settle(self, finished: Iterable[Path]) -> None:
        """Told of files below ``folder`` that nobody will read or write again, as they become so."""

    def digests(self) -> Mapping[str, str]:
        """The SHA-256 of files below ``folder``, by name, that are not there any more but as empty ones."""
        return {}

    def usage(self, writer: Writer) -> str:
        """Python code that loads the data set."""
        return writer.usage(self.out)

    def manifest(self) -> bytes:
        """The manifest of the data set that is in place. Raises ``OSError``."""
        return (self.out / MANIFEST).read_bytes()

    def _check_target(self) -> None:
        """Raise ``PgtError`` when something is where the data set is to be put."""
        _check_target(self.out, self.overwrite)

    def _put(self) -> None:
        """Put what is made into its place. Stopped at any instant, it can be done again."""
        _move_all(self.root, self.out)

    @property
    def moving(self) -> bool:
        """Whether everything is made, and perhaps not all of it is in place."""
        return (self.root / MOVING).is_file()

    def _settle(self) -> bool:
        """Finish what a killed build was moving, remove what nobody can go on with; whether all is done by that."""
        if self.moving and not self.root.is_symlink():
            self.complete = self._plan is not None and read_json(self.root / PLAN) == self._plan
            self._put()
            clear(self.root)
        elif unfinished(self.out) is None:
            clear(self.root)
        return self.complete

    def _usable(self) -> bool:
        """Whether an earlier build with this plan has left something to go on with. Raises ``PgtError`` when one with
        another plan has."""
        left = unfinished(self.out)
        if left is None or self._plan is None:
            return False
        before = read_json(self.root / PLAN)
        if before == self._plan:
            return True
        raise PgtError(
            f"`{self.out}` holds an unfinished build ({left[0]:,} of {left[1]:,} samples) of another plan: "
            f"{difference(before, self._plan)}\ngive the command of that build to go on with it, or add --restart to "
            "throw it away"
        )

    def _take(self) -> None:
        self._made = not self.out.exists()
        self.out.mkdir(parents=True, exist_ok=True)
        if not self.resumed:
            clear(self.root)
            self.root.mkdir()
        (self.root / "pid").write_text(str(os.getpid()), encoding="ascii")
        if not self.resumed:
            write_json(self.root / PLAN, self._plan)
        self.folder.mkdir(exist_ok=True)
        self.work.mkdir(exist_ok=True)


def is_data_set(folder: Path) -> bool:
    """Whether a finished build stands in the folder."""
    return _read_manifest(folder) is not None


def unfinished(out: Path) -> tuple[int, int] | None:
    """How many samples of how many planned an unfinished build in the folder has kept; None without any."""
    journal = read_json(out / STAGING / JOURNAL)
    if not isinstance(journal, dict) or (out / STAGING).is_symlink():
        return None
    counts = journal.get("samples"), journal.get("planned")
    return counts if all(isinstance(n, int) and n > 0 for n in counts) else None  # type: ignore[return-value]


def write_json(path: Path, value: Any) -> None:
    """Write a whole file or nothing: whoever reads it finds the old text or the new."""
    fresh = path.with_suffix(".fresh")
    fresh.write_text(json.dumps(value), encoding="utf-8")
    os.replace(fresh, path)


def read_json(path: Path) -> Any:
    """The value of a JSON file; None when it cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _read_manifest(folder: Path) -> dict[str, object] | None:
    data = read_json(folder / MANIFEST)
    return data if isinstance(data, dict) and "pgt_version" in data else None


def difference(before: Any, now: Mapping[str, Any]) -> str:
    """What is not the same in two plans, the first few."""
    if not isinstance(before, dict):
        return "its plan cannot be read"
    words = []
    for name in now:
        old, new = before.get(name), now[name]
        if old != new:
            short = all(isinstance(value, str | int | float | None) and len(str(value)) < 24 for value in (old, new))
            words.append(f"{name} ({old} there, {new} now)" if short else name)
    return "not the same " + ", ".join(words[:4])


def _check_target(out: Path, overwrite: bool) -> None:
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


def _check_idle(staging: Path) -> None:
    """Refuse when the process of an earlier build lives."""
    try:
        pid = int((staging / "pid").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return
    if pid > 0 and pid != os.getpid() and _alive(pid):
        raise PgtError(f"another build (process {pid}) is at work in `{staging.parent}`")


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
    return [MANIFEST, *names_of(contents)] if manifest else []


def names_of(value: Any) -> list[str]:
    """The texts of a list that name something directly in a folder, but for the manifest."""
    names = value if isinstance(value, list) else []
    return [n for n in names if isinstance(n, str) and n not in ("", ".", "..", MANIFEST) and Path(n).name == n]


def _move_all(root: Path, out: Path) -> None:
    """Remove what ``moving.json`` says, then move what is in ``new/``. Killed at any instant, it can be done again:
    what is to be removed is forgotten before the first new file is there."""
    order = read_json(root / MOVING)
    remove = order.get("remove") if isinstance(order, dict) else []
    if remove:
        for name in (MANIFEST, *names_of(remove)):
            _remove(out / name)
        write_json(root / MOVING, {"remove": []})
    (root / "new").mkdir(exist_ok=True)  # it may be gone already
    for name in sorted(os.listdir(root / "new"), key=lambda name: (name == MANIFEST, name)):
        _move(root / "new" / name, out / name)


def clear(root: Path) -> None:
    """Remove what a build has left. Killed at any instant, it leaves nothing that one would go on with: the journal
    goes first; and of a data set that is in place one knows to the end that it is."""
    if root.is_symlink():
        root.unlink()
    elif root.is_dir():
        last = [root / MOVING, root / PLAN]
        for path in [root / JOURNAL, *(p for p in root.iterdir() if p not in last), *last]:
            _remove(path)
        root.rmdir()


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _check_room(source: Path, target: Path) -> None:
    if target.is_symlink() or not target.exists():
        return
    if source.is_dir() and target.is_dir():
        for name in os.listdir(source):
            _check_room(source / name, target / name)
    elif source.is_dir() or target.is_dir():
        here, there = ("file", "folder") if source.is_dir() else ("folder", "file")
        raise PgtError(f"`{target}` is a {here} where a {there} is to be put; choose another --out")


def _move(source: Path, target: Path) -> None:
    """Rename; a folder that is there already is kept and filled. A link there is replaced, never followed."""
    if target.is_symlink():
        target.unlink()
    if source.is_dir() and target.is_dir():
        for name in sorted(os.listdir(source)):
            _move(source / name, target / name)
    else:
        os.replace(source, target)
