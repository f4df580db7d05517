"""Putting a finished data set into shared storage: any URL that fsspec knows (``s3://``, ``gs://``, ``file://``, ...).

Files are written whole and the manifest last, only if none is there (put-if-absent, where the store can do that): who
finds a manifest finds a whole data set, and of two who push to one place, one is told so. What has arrived is kept in a
journal in the data set's folder, so that the same command goes on where it was stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pgt_dsl.dataset.atomic import MANIFEST
from pgt_dsl.dataset.manifest import read_manifest
from pgt_dsl.diagnostics import PgtError

JOURNAL = ".pgt-pushed.json"
BUCKETS = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss"}
"""Stores without folders: to make one would make a bucket."""

CHUNK = 1 << 22  # bytes read at a time

Told = Callable[[int, int, str], None]
"""Told of every file: how many are there, of how many, and its name."""


def push(folder: Path, url: str, *, overwrite: bool = False, told: Told | None = None) -> int:
    """Copy a finished data set to a URL; returns how many files were written now.

    overwrite: replace the data set that is there; its manifest is removed first, so that nobody reads a mixture.
    Raises ``PgtError`` when ``folder`` is no finished data set, the URL cannot be used, another data set is there, or
    storage fails; what has arrived is not sent again.
    """
    manifest = read_manifest(folder)
    names = [path.relative_to(folder).as_posix() for path in _files(folder, manifest.contents)]
    with _storage(url):
        fs, root = _open(url)
        mine = (folder / MANIFEST).read_bytes()
        if fs.exists(f"{root}/{MANIFEST}"):
            if fs.cat_file(f"{root}/{MANIFEST}") == mine:
                return 0
            if not overwrite:
                raise PgtError(f"`{url}` already holds another data set; --overwrite replaces it")
            fs.rm_file(f"{root}/{MANIFEST}")
        written = _send(fs, root, url, folder, names, told)
        _commit(fs, f"{root}/{MANIFEST}", mine, url)
    return written


def _send(fs: Any, root: str, url: str, folder: Path, names: list[str], told: Told | None) -> int:
    journal = folder / JOURNAL
    arrived: dict[str, str] = _read(journal).get(url, {})
    written = 0
    for number, name in enumerate(names):
        digest = _digest(folder / name)
        target = f"{root}/{name}"
        if arrived.get(name) != digest or _size(fs, target) != (folder / name).stat().st_size:
            if not BUCKETS.intersection([fs.protocol] if isinstance(fs.protocol, str) else fs.protocol):
                fs.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
            fs.put_file(str(folder / name), target)
            arrived[name] = digest
            _write(journal, {**_read(journal), url: arrived})
            written += 1
        if told is not None:
            told(number + 1, len(names), name)
    return written


def _commit(fs: Any, target: str, data: bytes, url: str) -> None:
    """Write the manifest if there is none."""
    try:
        fs.pipe_file(target, data, mode="create")
    except FileExistsError:
        if fs.cat_file(target) != data:
            raise PgtError(f"somebody else has put another data set into `{url}` meanwhile") from None
    except (TypeError, NotImplementedError):  # a store without conditional writes
        fs.pipe_file(target, data)


def _files(folder: Path, contents: tuple[str, ...]) -> Iterator[Path]:
    """What the build has put there, in a fixed order, the manifest left out."""
    for name in contents:
        path = folder / name
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def _open(url: str) -> tuple[Any, str]:
    try:
        import fsspec
    except ImportError as error:
        raise PgtError(f"URLs need fsspec: pip install 'pgt-dsl[remote]' ({error})") from error
    if "://" not in url:
        raise PgtError(f"`{url}` is no URL: write `s3://bucket/name`, or build straight into a folder")
    fs, root = fsspec.core.url_to_fs(url)
    return fs, str(root).rstrip("/")


def _size(fs: Any, target: str) -> int | None:
    """The size of what is there in bytes; None when nothing is."""
    fs.invalidate_cache(target.rsplit("/", 1)[0])
    try:
        return int(fs.size(target))
    except FileNotFoundError:
        return None


@contextmanager
def _storage(url: str) -> Iterator[None]:
    """Whatever a store's library raises, in one sentence: there is no class that they share."""
    try:
        yield
    except PgtError:
        raise
    except Exception as error:
        said = str(error).strip().split("\n")[0] or type(error).__name__
        raise PgtError(f"cannot write to `{url}`: {said}\nthe same command again goes on from there") from error


def _digest(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            digest.update(data)
    return digest.hexdigest()


def _read(journal: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(journal.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write(journal: Path, entries: dict[str, dict[str, str]]) -> None:
    part = journal.with_suffix(".part")
    part.write_text(json.dumps(entries, indent=0), encoding="utf-8")
    part.replace(journal)
