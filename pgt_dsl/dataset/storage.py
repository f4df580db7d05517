"""A place in shared storage: any URL that fsspec knows (``s3://``, ``gs://``, ``file://``, ...), as few operations.

Whoever lists the place finds whole files only: stores of objects show an object when all of it has arrived; elsewhere a
file is written under another name and renamed.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pgt_dsl.diagnostics import PgtError

BUCKETS = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss"}
"""Stores without folders: to make one would make a bucket."""

WHOLE = {*BUCKETS, "memory"}  # where nobody sees half a file
PART = ".pgt-part"  # the end of the name of a file that is not whole yet, elsewhere
CHUNK = 1 << 22  # bytes read at a time
AGAIN = "the same command again goes on from there"

_TAGS = ("md5Hash", "ETag", "etag", "mtime")  # what stores call the mark of a file's version


def is_url(place: object) -> bool:
    """Whether a place is a URL, also one that has become a path: `s3:/bucket/name`."""
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]+:/", str(place)))


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in a store: its size in bytes, and a mark that changes when it does ("" where the store has none)."""

    size: int
    tag: str


class Store:
    """The files below a URL. Names are relative to it, with ``/``.

    Raises ``PgtError`` when the URL cannot be used; what its methods raise is the store's library's (``telling``).
    """

    def __init__(self, url: str) -> None:
        try:
            import fsspec
        except ImportError as error:
            raise PgtError(f"URLs need fsspec: pip install 'pgt-dsl[remote]' ({error})") from error
        if "://" not in url:
            raise PgtError(f"`{url}` is no URL: write `s3://bucket/name`, or build straight into a folder")
        fs, root = fsspec.core.url_to_fs(url)
        self.url, self.root = url, str(root).rstrip("/")
        self.fs: Any = fs
        protocols = {fs.protocol} if isinstance(fs.protocol, str) else set(fs.protocol)
        self._buckets, self._whole = bool(BUCKETS & protocols), bool(WHOLE & protocols)
        self._local = "file" in protocols

    @property
    def name(self) -> str:
        """The last part of the URL."""
        return self.root.rsplit("/", 1)[-1]

    def listing(self, parts: bool = False) -> dict[str, Stored]:
        """All files below the URL; with ``parts`` also those that somebody did not write to their end."""
        self.fs.invalidate_cache()
        try:
            found = self.fs.find(self.root, detail=True)
        except FileNotFoundError:
            if self._buckets:  # of a bucket: where only the name is new there is nothing to be found, and no error
                raise
            return {}
        below = f"{self.root}/"
        names = {str(path)[len(below) :]: info for path, info in found.items() if str(path).startswith(below)}
        return {name: stored(info) for name, info in names.items() if name and (parts or not name.endswith(PART))}

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None when there is none."""
        self._forget(name)
        try:
            return bytes(self.fs.cat_file(f"{self.root}/{name}"))
        except FileNotFoundError:
            return None

    def stored(self, name: str) -> Stored | None:
        """What is known of a file; None when there is none."""
        self._forget(name)
        try:
            return stored(self.fs.info(f"{self.root}/{name}"))
        except FileNotFoundError:
            return None

    def put(self, path: Path, name: str) -> Stored:
        """Copy a local file; returns what is there then. Raises ``OSError`` when not all of it has arrived."""
        target = f"{self.root}/{name}"
        if not self._buckets:
            self.fs.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
        if self._whole:
            self.fs.put_file(str(path), target)
        else:
            self.fs.put_file(str(path), target + PART)
            self.fs.mv(target + PART, target)
        there, size = self.stored(name), path.stat().st_size
        if there is None or there.size != size:
            raise OSError(f"`{name}` has {size:,} bytes, and {there.size if there else 0:,} have arrived")
        return there

    def create(self, name: str, data: bytes) -> bool:
        """Write a small file if there is none, in one step where the store can do that; whether it was written."""
        target = f"{self.root}/{name}"
        if not self._buckets:
            self.fs.makedirs(self.root, exist_ok=True)
        if self._local:
            return _linked(Path(target), data)
        try:
            self.fs.pipe_file(target, data, mode="create")
        except FileExistsError:
            return False
        except (TypeError, NotImplementedError):  # a store without conditional writes
            if self.stored(name) is not None:
                return False
            self.fs.pipe_file(target, data)
        return True

    def replace(self, name: str, data: bytes) -> None:
        """Write a small file, whether there is one or not."""
        target = f"{self.root}/{name}"
        self.fs.pipe_file(target if self._whole else target + PART, data)
        if not self._whole:
            self.fs.mv(target + PART, target)

    def remove(self, names: Iterable[str]) -> None:
        """Remove files, one after the other; one that is gone already is none to remove."""
        for name in names:
            try:
                self.fs.rm_file(f"{self.root}/{name}")
            except FileNotFoundError:
                continue

    def _forget(self, name: str) -> None:
        self.fs.invalidate_cache(f"{self.root}/{name}".rsplit("/", 1)[0])


def _linked(target: Path, data: bytes) -> bool:
    """Put a whole file where none is, on a file system; whether it was."""
    part = target.with_name(f"{target.name}.{os.getpid()}{PART}")
    part.write_bytes(data)
    try:
        os.link(part, target)
    except FileExistsError:
        return False
    finally:
        part.unlink()
    return True


def stored(info: dict[str, Any]) -> Stored:
    """What a store's library says of a file."""
    tag = next((info[key] for key in _TAGS if info.get(key) is not None), "")
    return Stored(int(info.get("size") or 0), str(tag).strip('"'))


@contextmanager
def telling(url: str, again: str = "\n" + AGAIN, what: str = "write to") -> Iterator[None]:
    """Whatever a store's library raises as one sentence, with ``again`` behind: there is no class that they share.
    what: was to be done."""
    try:
        yield
    except PgtError:
        raise
    except Exception as error:
        said = str(error).strip().split("\n")[0] or type(error).__name__
        raise PgtError(f"cannot {what} `{url}`: {said}{again}") from error


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
